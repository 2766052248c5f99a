"""What of the tax of the invoices the buyer may deduct, by invoice and rate (BIL-7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from askul_connect.core.domain.allowances import shares
from askul_connect.core.domain.identifiers import normalise_registration_number
from askul_connect.core.errors import ValueInvalid
from askul_connect.core.policies.input_tax import (
    Deduction,
    Purchase,
    deductible_percent,
    deductions,
    tax_period_start,
)
from askul_connect.core.services.buyer.views import View

#: The tax whose rules these are is a tax in yen.
_CURRENCY = "JPY"
#: The buyer's tax period is taken to be the calendar year.
_FIRST_MONTH = 1


def input_tax_rows(invoices: Sequence[View]) -> Iterator[View]:
    """One row for each invoice, rate and share, by supplier and invoice.

    An invoice whose purchases lie on both sides of a day on which the share changes has its tax divided by their
    amounts.
    """
    parts = [part for invoice in invoices for part in _parts(invoice)]
    # purchases use up the yearly sum in the order of their days
    order = sorted(range(len(parts)), key=lambda place: (parts[place][1].on, place))
    counted = deductions([parts[place][1] for place in order], first_month=_FIRST_MONTH)
    found: dict[int, Deduction] = dict(zip(order, counted, strict=True))
    for place, (head, purchase) in enumerate(parts):
        one = found[place]
        yield {
            **head,
            "purchased_on": purchase.on.isoformat(),
            "percent": one.percent,
            "taxable": purchase.taxable,
            "tax": purchase.tax,
            "within_cap": one.within_cap,
            "deductible": one.deductible,
        }


def _parts(invoice: View) -> Iterator[tuple[dict[str, Any], Purchase]]:
    if invoice["currency"] != _CURRENCY:
        return
    registered = is_registered(invoice["registration_number"])
    for entry in invoice["tax"]:
        amounts = _amounts(invoice, entry["rate"], registered=registered)
        if not amounts:
            continue
        # by amount, so that an invoice of one share is one purchase of exactly its tax
        taxes = shares(entry["tax"], [amount for _, amount in amounts])
        taxables = shares(entry["taxable"], [amount for _, amount in amounts])
        for (on, _), taxable, tax in zip(amounts, taxables, taxes, strict=True):
            head = {
                "supplier": invoice["supplier"],
                "invoice_number": invoice["invoice_number"],
                "registration_number": invoice["registration_number"],
                "rate": entry["rate"],
            }
            yield (
                head,
                Purchase(
                    supplier=invoice["supplier"], registered=registered, on=on, taxable=taxable, tax=tax
                ),
            )


def _amounts(invoice: View, rate: str, *, registered: bool) -> Sequence[tuple[date, int]]:
    """First day and net amount of what is deducted alike, by day."""
    days = {line["ship_notice_number"]: date.fromisoformat(line["shipped_on"]) for line in invoice["lines"]}
    issued = date.fromisoformat(invoice["issued_on"])
    entries = [
        (date.fromisoformat(line["shipped_on"]), line["amount_excl_tax"])
        for line in invoice["lines"]
        if line["tax_rate"] == rate
    ]
    entries += [
        (days.get(entry["ship_notice_number"], issued), _net(entry))
        for entry in invoice["allowances"]
        if entry["tax_rate"] == rate
    ]
    found: dict[tuple[int, date], tuple[date, int]] = {}
    for on, amount in sorted(entries):
        key = (deductible_percent(on, registered=registered), tax_period_start(on, _FIRST_MONTH))
        first, before = found.get(key, (on, 0))
        found[key] = (first, before + amount)
    return list(found.values())


def _net(entry: Mapping[str, Any]) -> int:
    amount: int = entry["amount"]
    return amount if entry["kind"] == "charge" else -amount


def is_registered(registration_number: str) -> bool:
    """Whether an invoice with that number is a qualified one."""
    try:
        normalise_registration_number(registration_number, corporation=False)
    except ValueInvalid:
        return False
    return True
