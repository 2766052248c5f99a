"""What of the tax of the invoices the buyer may deduct, by invoice and rate (BIL-7)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from attrs import define, field, frozen

from askul_connect.core.domain.allowances import AllowanceCharge, shares
from askul_connect.core.domain.finance import FinanceCell
from askul_connect.core.domain.identifiers import normalise_registration_number
from askul_connect.core.errors import ValueInvalid
from askul_connect.core.messages.documents import Invoice
from askul_connect.core.policies.input_tax import (
    Deduction,
    Purchase,
    deductible_percent,
    deductions,
    tax_period_start,
)

Row = tuple[FinanceCell, ...]

#: The tax whose rules these are is a tax in yen.
_CURRENCY = "JPY"
#: The buyer's tax period is taken to be the calendar year.
_FIRST_MONTH = 1


@frozen
class _Part:
    """What of an invoice is deducted alike, with what its row says of the invoice."""

    head: tuple[str, str, str]
    rate: Decimal
    position: int
    purchase: Purchase


@define
class InputTax:
    """Rows of ``input_tax`` while invoices go by.

    An invoice whose purchases lie on both sides of a day on which the share changes has its tax divided by their
    amounts. Those of registered suppliers are settled at once; of the others only their parts are kept, since
    purchases use up the yearly sum in the order of their days.
    """

    _waiting: list[_Part] = field(factory=list)

    def add(self, supplier: str, invoice: Invoice) -> Iterator[Row]:
        """The rows of an invoice that nothing else decides."""
        registered = is_registered(invoice.supplier.registration_number)
        parts = list(_parts(supplier, invoice, registered=registered))
        if registered:
            return _settled(parts)
        self._waiting += parts
        return iter(())

    def rest(self) -> Iterator[Row]:
        """The other rows, by supplier and invoice as they came."""
        return _settled(self._waiting)


def _settled(parts: Sequence[_Part]) -> Iterator[Row]:
    order = sorted(range(len(parts)), key=lambda place: (parts[place].purchase.on, place))
    counted = deductions([parts[place].purchase for place in order], first_month=_FIRST_MONTH)
    found: dict[int, Deduction] = dict(zip(order, counted, strict=True))
    for place, part in enumerate(parts):
        one, purchase = found[place], part.purchase
        yield (
            *part.head,
            part.rate,
            purchase.on,
            one.percent,
            purchase.taxable,
            purchase.tax,
            one.within_cap,
            one.deductible,
            part.position,
        )


def _parts(supplier: str, invoice: Invoice, *, registered: bool) -> Iterator[_Part]:
    if invoice.currency != _CURRENCY:
        return
    head = (supplier, invoice.invoice_number, invoice.supplier.registration_number)
    position = 0
    by_rate = _amounts(invoice, registered=registered)
    for entry in invoice.tax:
        amounts = by_rate.get(entry.rate)
        if not amounts:
            continue
        # by amount, so that an invoice of one share is one purchase of exactly its tax
        taxes = shares(entry.tax, [amount for _, amount in amounts])
        taxables = shares(entry.taxable, [amount for _, amount in amounts])
        for (on, _), taxable, tax in zip(amounts, taxables, taxes, strict=True):
            position += 1
            purchase = Purchase(supplier=supplier, registered=registered, on=on, taxable=taxable, tax=tax)
            yield _Part(head, entry.rate, position, purchase)


def _amounts(invoice: Invoice, *, registered: bool) -> dict[Decimal, list[tuple[date, int]]]:
    """First day and net amount of what is deducted alike, by day, for each rate."""
    days = {line.ship_notice_number: line.shipped_on for line in invoice.lines}
    entries: dict[Decimal, list[tuple[date, int]]] = defaultdict(list)
    for line in invoice.lines:
        entries[line.tax_rate].append((line.shipped_on, line.amount_excl_tax))
    for entry in invoice.allowances:
        if entry.allowance.tax_rate is not None:
            on = days.get(entry.ship_notice_number, invoice.issued_on)
            entries[entry.allowance.tax_rate].append((on, _net(entry.allowance)))
    return {rate: _alike(found, registered=registered) for rate, found in entries.items()}


def _alike(entries: Sequence[tuple[date, int]], *, registered: bool) -> list[tuple[date, int]]:
    found: dict[tuple[int, date], tuple[date, int]] = {}
    for on, amount in sorted(entries):
        key = (deductible_percent(on, registered=registered), tax_period_start(on, _FIRST_MONTH))
        first, before = found.get(key, (on, 0))
        found[key] = (first, before + amount)
    return list(found.values())


def _net(entry: AllowanceCharge) -> int:
    return entry.amount if entry.charge else -entry.amount


def is_registered(registration_number: str) -> bool:
    """Whether an invoice with that number is a qualified one."""
    try:
        normalise_registration_number(registration_number, corporation=False)
    except ValueInvalid:
        return False
    return True
