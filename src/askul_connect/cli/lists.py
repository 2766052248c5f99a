"""``orders``, ``invoices``, ``credit-notes``: what is known, for people and for programs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click
from attrs import frozen

from askul_connect import bootstrap
from askul_connect.cli.invocation import Invocation, command
from askul_connect.cli.output import amount, print_json, print_table

Record = Mapping[str, Any]


@frozen(kw_only=True)
class Listing:
    """One list.

    Attributes:
        name: Of the command and, with underscores, of the workspace's method.
        columns: Headings of the table; ``>`` begins a right-aligned one.
        row: The cells of one record.
    """

    name: str
    text: str
    columns: Sequence[str]
    row: Callable[[Record], tuple[str, ...]]


def _order(order: Record) -> tuple[str, ...]:
    return (
        order["order_number"],
        order["purchase_order_id"],
        order["supplier"],
        order["state"],
        str(len(order["lines"])),
        amount(order["total_excl_tax"], order["currency"]),
        amount(order["total_incl_tax"], order["currency"]),
    )


def _invoice(invoice: Record) -> tuple[str, ...]:
    results = {match["result"] for match in invoice["match"]}
    return (
        invoice["invoice_number"],
        ", ".join(invoice["order_numbers"]),
        str(len(invoice["lines"])),
        amount(invoice["total_incl_tax"], invoice["currency"]),
        ", ".join(sorted(results)),
    )


def _credit_note(note: Record) -> tuple[str, ...]:
    results = {match["result"] for match in note["match"]}
    return (
        note["credit_note_number"],
        note["invoice_number"],
        ", ".join(note["order_numbers"]),
        str(len(note["lines"])),
        amount(note["total_incl_tax"], note["currency"]),
        ", ".join(sorted(results)),
    )


LISTINGS = (
    Listing(
        name="orders",
        text="List the orders as the suppliers hold them.",
        columns=(
            "order number",
            "purchase order",
            "supplier",
            "state",
            ">lines",
            ">excl. tax",
            ">incl. tax",
        ),
        row=_order,
    ),
    Listing(
        name="invoices",
        text="List the invoices and what matching them found.",
        columns=("invoice", "orders", ">lines", ">incl. tax", "match"),
        row=_invoice,
    ),
    Listing(
        name="credit-notes",
        text="List the credit notes and what matching them found.",
        columns=("credit note", "invoice", "orders", ">lines", ">incl. tax", "match"),
        row=_credit_note,
    ),
)


def _add(application: click.Group, listing: Listing) -> None:
    def show(invocation: Invocation) -> int:
        settings = bootstrap.load_settings(invocation.home)
        with bootstrap.open_workspace(settings) as workspace:
            records: tuple[Record, ...] = getattr(workspace, listing.name.replace("-", "_"))()
        if invocation.as_json:
            print_json(records)
        else:
            print_table(
                listing.name.replace("-", " ").capitalize(), listing.columns, map(listing.row, records)
            )
        return 0

    show.__doc__ = listing.text
    command(application, listing.name, "json", "trial", "quiet")(show)


def add_to(application: click.Group) -> None:
    """Add the commands."""
    for listing in LISTINGS:
        _add(application, listing)
