"""What documents use of budgets, line by line, in minor units, with or without tax as the settings say (INT-3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from attrs import evolve, frozen

from askul_connect.core.domain.allowances import AllowanceCharge, shares, taxed_amounts
from askul_connect.core.domain.purchasing import PurchaseLine
from askul_connect.core.domain.tax import TaxCategory, TaxTable, TaxTotal, tax_subtotals
from askul_connect.core.messages.documents import Invoice, OrderDocument
from askul_connect.core.policies.settings import BudgetBasis, BudgetPeriod


def period_of_day(day: date, period: BudgetPeriod) -> str:
    """The budget period a business date belongs to: ``2026-04`` or ``2026``."""
    return f"{day.year:04d}-{day.month:02d}" if period is BudgetPeriod.MONTH else f"{day.year:04d}"


@frozen(kw_only=True)
class TaxedLine:
    """What decides a line's value."""

    line_id: str
    amount_excl_tax: int
    category: TaxCategory
    rate: Decimal


@frozen(kw_only=True)
class Borne:
    """An allowance or charge of an order as a whole, and the lines that bear it; none named means all."""

    entry: AllowanceCharge
    line_ids: frozenset[str] = frozenset()


def line_values(
    lines: Sequence[TaxedLine], tax: Iterable[TaxTotal], basis: BudgetBasis, borne: Iterable[Borne] = ()
) -> dict[str, int]:
    """What each line of a document uses of a budget.

    Allowances and charges of an order as a whole are spread over its lines by their amounts. With tax, the document's
    own tax of each rate (rounded once per rate) is spread over what is taxed at that rate. Both by largest remainder,
    so that the lines' values add up to the document's total exactly, in whatever order the lines are.
    """
    in_order = sorted(lines, key=lambda line: line.line_id)
    values = {line.line_id: line.amount_excl_tax for line in lines}
    taxed: dict[tuple[TaxCategory, Decimal], dict[str, int]] = {}
    for line in in_order:
        taxed.setdefault((line.category, line.rate), {})[line.line_id] = line.amount_excl_tax
    for each in borne:
        bearers = [line for line in in_order if not each.line_ids or line.line_id in each.line_ids]
        parts = shares(each.entry.net, [line.amount_excl_tax for line in bearers]) if bearers else ()
        for line, part in zip(bearers, parts, strict=True):
            values[line.line_id] += part
            own = (line.category, line.rate)
            entry = each.entry
            rate = line.rate if entry.tax_rate is None else entry.tax_rate
            key = own if entry.tax_category is None else (entry.tax_category, rate)
            of_rate = taxed.setdefault(key, {})
            of_rate[line.line_id] = of_rate.get(line.line_id, 0) + part
    if basis is BudgetBasis.EXCL_TAX:
        return values
    for subtotal in tax:
        weights = taxed.get((subtotal.category, subtotal.rate), {})
        if weights:
            # tax on nothing has no proportion: each line bears the same
            parts = shares(subtotal.tax, list(weights.values()))
            for line_id, part in zip(weights, parts, strict=True):
                values[line_id] += part
    return values


def reserved_values(
    lines: Sequence[PurchaseLine],
    table: TaxTable,
    on: date,
    basis: BudgetBasis,
    allowances: Iterable[AllowanceCharge] = (),
) -> dict[str, int]:
    """What the lines of a purchase order use before the supplier has said how they are taxed.

    A line whose tax category the ERP does not state is taken as taxed at the standard rate: a reservation may be
    too high until the order is placed, never too low.
    """
    taxed = []
    for line in lines:
        category = line.tax_category or TaxCategory.STANDARD
        taxed.append(
            TaxedLine(
                line_id=line.line_id,
                amount_excl_tax=line.amount_excl_tax,
                category=category,
                rate=table.rate(category, on).rate,
            )
        )
    rated = [
        entry
        if entry.tax_category is None
        else evolve(entry, tax_rate=table.rate(entry.tax_category, on).rate)
        for entry in allowances
    ]
    amounts = [(line.category, line.rate, line.amount_excl_tax) for line in taxed]
    tax = tax_subtotals(taxed_amounts(amounts, rated))
    return line_values(taxed, tax, basis, [Borne(entry=entry) for entry in rated])


def order_values(order: OrderDocument, basis: BudgetBasis) -> dict[str, int]:
    """What the lines of a supplier's order use, as it stands now; cancelled units included."""
    lines = [
        TaxedLine(
            line_id=line.line_id,
            amount_excl_tax=line.amount_excl_tax,
            category=line.tax_category,
            rate=line.tax_rate,
        )
        for line in order.lines
    ]
    return line_values(lines, order.tax, basis, [Borne(entry=entry) for entry in order.allowances])


def invoice_values(invoice: Invoice, basis: BudgetBasis) -> dict[str, int]:
    """What the lines of an invoice use, by the invoice's own line number."""
    lines = [
        TaxedLine(
            line_id=line.line_number,
            amount_excl_tax=line.amount_excl_tax,
            category=line.tax_category,
            rate=line.tax_rate,
        )
        for line in invoice.lines
    ]
    numbers: dict[str, set[str]] = {}
    for line in invoice.lines:
        numbers.setdefault(line.order_number, set()).add(line.line_number)
    borne = [
        Borne(entry=entry.allowance, line_ids=frozenset(numbers.get(entry.order_number, ())))
        for entry in invoice.allowances
    ]
    return line_values(lines, invoice.tax, basis, borne)
