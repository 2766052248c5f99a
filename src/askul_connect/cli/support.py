"""``playbook``: what to do while a supplier does not work (SUP-3)."""

from __future__ import annotations

import click

from askul_connect import bootstrap
from askul_connect.cli.failures import ExitCode
from askul_connect.cli.invocation import Invocation, command
from askul_connect.cli.language import spoken
from askul_connect.cli.output import print_json, print_lines
from askul_connect.cli.serving import chosen_supplier
from askul_connect.settings import load_settings


class _Item(click.ParamType[tuple[str, int]]):
    """``ITEM=QUANTITY``."""

    name = "item=quantity"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, int]:
        """Item number and quantity."""
        sku, sign, quantity = str(value).rpartition("=")
        if not sign or not sku or not (quantity.isascii() and quantity.isdecimal()):
            self.fail(f"{value!r} is not ITEM=QUANTITY, such as K200-0001=12", param, ctx)
        return sku, int(quantity)


def _show(book: bootstrap.OutagePlaybook) -> None:
    print_lines(f"{number}. {spoken(one.text)}" for number, one in enumerate(book.steps, 1))
    print_lines([""])
    print_lines(f"{one.channel}: {spoken(one.use)}" for one in book.channels)
    print_lines([""])
    print_lines(f"- {spoken(one.text)}" for one in book.have_ready)
    if book.latest_orders:
        print_lines([""])
        print_lines(
            f"{one.order_number}  {one.purchase_order_id}  {one.ordered_on}  {one.state}"
            for one in book.latest_orders
        )
    if book.waiting:
        print_lines(["", f"waiting in the outbox: {', '.join(book.waiting)}"])
    form = book.order_form
    if form is None:
        return
    head = form.head
    print_lines(
        [
            "",
            f"== {form.supplier} ==",
            f"company: {head.company}",
            f"member number: {head.member_number}",
            f"contact: {head.contact} {head.email}",
            f"phone: {head.phone}",
            f"deliver to: {head.deliver_to}",
        ]
    )
    print_lines(
        f"{line.sku}  {line.quantity} {line.unit}  {line.name}  {line.unit_price} {line.currency}"
        for line in form.lines
    )
    if form.missing:
        print_lines([f"to be filled in by hand: {', '.join(form.missing)}"], err=True)


def add_to(application: click.Group) -> None:
    """Add the commands."""
    supplier_option = click.option(
        "--supplier", default="", help="Which connection's supplier, when there are several."
    )

    @supplier_option
    @click.option(
        "--order-form",
        "items",
        type=_Item(),
        multiple=True,
        help="ITEM=QUANTITY for the order form; repeatable.",
    )
    @click.option("--member-number", default="", help="Of our account, for the order form.")
    @click.option("--contact", default="", help="Who orders; otherwise the account's buyer.")
    @click.option("--phone", default="", help="Daytime phone; otherwise the account's.")
    @click.option("--deliver-to", default="", help="Postcode and address; otherwise the account's.")
    def playbook(  # noqa: PLR0917 -- click gives each option by its name
        invocation: Invocation,
        supplier: str,
        items: tuple[tuple[str, int], ...],
        member_number: str,
        contact: str,
        phone: str,
        deliver_to: str,
    ) -> int:
        """Say what to do while a supplier does not work, with an order form for fax from our own data.

        Nothing is asked of any supplier.
        """
        settings = load_settings(invocation.home)
        wanted = dict(items)
        if len(wanted) != len(items):
            raise click.UsageError("--order-form names an item twice")
        given = bootstrap.FormHead(
            member_number=member_number, contact=contact, phone=phone, deliver_to=deliver_to
        )
        book = bootstrap.playbook(settings, chosen_supplier(settings, supplier), given, wanted)
        if invocation.as_json:
            print_json(book)
        else:
            _show(book)
        return ExitCode.DONE

    command(application, "playbook", "json", "trial", "quiet")(playbook)
