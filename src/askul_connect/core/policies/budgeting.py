"""What documents use of budgets, line by line, in minor units, with or without tax as the settings say (INT-3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from attrs import evolve, frozen

from askul_connect.core.domain.allowances import AllowanceCharge, shares, taxed_amounts
from askul_connect.core.domain.budget_terms import (
    BudgetBasis,
    BudgetDimension,
    BudgetTerms,
    ShippingBasis,
)
from askul_connect.core.domain.currency import currency
from askul_connect.core.domain.delivery_terms import FREIGHT
from askul_connect.core.domain.purchasing import PurchaseLine
from askul_connect.core.domain.requisitions import RequisitionLine
from askul_connect.core.domain.rounding import Rounding, divide
from askul_connect.core.domain.tax import TaxCategory, TaxTable, TaxTotal, tax_subtotals
from askul_connect.core.errors import ExchangeRateMissing
from askul_connect.core.messages.credit_notes import CreditNote
from askul_connect.core.messages.documents import Invoice, OrderDocument


@frozen(kw_only=True)
class TaxedLine:
    """What decides a line's value."""

    line_id: str
    amount_excl_tax: int
    category: TaxCategory
    rate: Decimal


@frozen(kw_only=True)
class Borne:
    """An allowance or charge of an order as a whole, and the lines that bear it; none named means all.

    Attributes:
        counts: Whether it uses the budget; its tax goes with it.
    """

    entry: AllowanceCharge
    line_ids: frozenset[str] = frozenset()
    counts: bool = True


#: Bears what uses no budget.
_NOBODY = None


def _borne(entry: AllowanceCharge, terms: BudgetTerms, line_ids: frozenset[str] = frozenset()) -> Borne:
    freight = entry.charge and entry.reason_code == FREIGHT
    return Borne(
        entry=entry,
        line_ids=line_ids,
        counts=not freight or terms.shipping is ShippingBasis.INCLUDED,
    )


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
    taxed: dict[tuple[TaxCategory, Decimal], dict[str | None, int]] = {}
    for line in in_order:
        taxed.setdefault((line.category, line.rate), {})[line.line_id] = line.amount_excl_tax
    for each in borne:
        bearers = [line for line in in_order if not each.line_ids or line.line_id in each.line_ids]
        parts = shares(each.entry.net, [line.amount_excl_tax for line in bearers]) if bearers else ()
        for line, part in zip(bearers, parts, strict=True):
            if each.counts:
                values[line.line_id] += part
            own = (line.category, line.rate)
            entry = each.entry
            rate = line.rate if entry.tax_rate is None else entry.tax_rate
            key = own if entry.tax_category is None else (entry.tax_category, rate)
            of_rate = taxed.setdefault(key, {})
            # what does not count bears its tax itself
            bearer = line.line_id if each.counts else _NOBODY
            of_rate[bearer] = of_rate.get(bearer, 0) + part
    if basis is BudgetBasis.EXCL_TAX:
        return values
    for subtotal in tax:
        weights = taxed.get((subtotal.category, subtotal.rate), {})
        if weights:
            # tax on nothing has no proportion: each line bears the same
            parts = shares(subtotal.tax, list(weights.values()))
            for line_id, part in zip(weights, parts, strict=True):
                if line_id is not _NOBODY:
                    values[line_id] += part
    return values


def reserved_values(
    lines: Sequence[PurchaseLine | RequisitionLine],
    table: TaxTable,
    on: date,
    terms: BudgetTerms,
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
    return line_values(taxed, tax, terms.basis, [_borne(entry, terms) for entry in rated])


def order_values(order: OrderDocument, terms: BudgetTerms) -> dict[str, int]:
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
    return line_values(lines, order.tax, terms.basis, [_borne(entry, terms) for entry in order.allowances])


def invoice_values(invoice: Invoice | CreditNote, terms: BudgetTerms) -> dict[str, int]:
    """What the lines of an invoice use, or those of a credit note give back, by the document's own line number."""
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
        _borne(entry.allowance, terms, frozenset(numbers.get(entry.order_number, ())))
        for entry in invoice.allowances
    ]
    return line_values(lines, invoice.tax, terms.basis, borne)


def budget_code(line: PurchaseLine | RequisitionLine, dimension: BudgetDimension) -> str:
    """What names the budget of a line: its department, cost centre or account; empty when it has none."""
    codes = {
        BudgetDimension.DEPARTMENT: line.department,
        BudgetDimension.COST_CENTRE: line.cost_centre,
        BudgetDimension.ACCOUNT: line.account,
    }
    return codes[dimension]


def in_budget_currency(value: int, of: str, terms: BudgetTerms) -> int:
    """A value in minor units of the budget's currency, a half away from zero.

    Each line is converted and rounded by itself, so that the lines of a document add up to what its budgets hold; the
    document's total at the same rate may differ from that by half a minor unit for each line.
    """
    if not terms.currency or terms.currency == of:
        return value
    numerator, denominator = terms.rate.as_integer_ratio()
    numerator *= 10 ** currency(terms.currency).exponent
    denominator *= 10 ** currency(of).exponent
    return divide(value * numerator, denominator, Rounding.HALF_UP)


def rate_of_day(of: str, into: str, on: date, rates: Mapping[tuple[str, str, date], Decimal]) -> Decimal:
    """Units of the budget's currency for one unit of the document's: the rate whose first day is the last one before.

    Args:
        of: The document's currency.
        into: The budget's; empty where that is the document's.
        on: The day on which the document is taken.
        rates: The integrator's, by both currencies and first day.

    Raises:
        ExchangeRateMissing: There is none for that day.
    """
    if not into or into == of:
        return Decimal(1)
    days = [
        first for currency_of, currency_into, first in rates if (currency_of, currency_into) == (of, into)
    ]
    valid = [first for first in days if first <= on]
    if not valid:
        known = f"the first one is of {min(days)}" if days else "there is none at all"
        raise ExchangeRateMissing(
            f"no rate from {of} into {into} is valid on {on}; {known}; the row is: {of},{into},{on},<rate>",
            where="mapping/rates.csv",
        )
    return rates[of, into, max(valid)]
