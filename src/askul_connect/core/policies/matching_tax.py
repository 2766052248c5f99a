"""Whether an invoice's tax and totals are those of its lines; they are judged, never recomputed over (INT-4)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from askul_connect.core.domain.allowances import AllowanceCharge, net_of, taxed_amounts
from askul_connect.core.domain.rounding import Rounding
from askul_connect.core.domain.tax import TaxCategory, TaxTotal, tax_subtotals
from askul_connect.core.messages.credit_notes import CreditNote
from askul_connect.core.messages.documents import Invoice
from askul_connect.core.policies.matching import within
from askul_connect.core.policies.settings import MatchingSettings


def rates_in_order(
    invoice: Invoice | CreditNote, settings: MatchingSettings
) -> frozenset[tuple[TaxCategory, Decimal]]:
    """Category and rate of a document's taxes that agree with its lines; none when its totals do not add up.

    The parts of the orders' allowances and charges count as lines do.
    """
    return rates_that_add_up(
        [(line.tax_category, line.tax_rate, line.amount_excl_tax) for line in invoice.lines],
        [entry.allowance for entry in invoice.allowances],
        invoice.tax,
        (invoice.total_excl_tax, invoice.total_incl_tax),
        settings,
    )


def rates_that_add_up(
    lines: Sequence[tuple[TaxCategory, Decimal, int]],
    beside: Sequence[AllowanceCharge],
    tax: Sequence[TaxTotal],
    totals: tuple[int, int],
    settings: MatchingSettings,
) -> frozenset[tuple[TaxCategory, Decimal]]:
    """Category and rate of the taxes that agree with lines, given with their amounts; none when totals do not add up.

    The taxable sum must be that of the lines exactly; the tax must be that sum's tax rounded once, down or up, since
    the law leaves the method free (PRC-3), give or take the tolerance.

    Args:
        lines: Category, rate and amount of each.
        beside: Allowances and charges of the orders as wholes.
        tax: What the invoice states.
        totals: Those that it states, without and with tax.
        settings: What is tolerated.
    """
    total_excl_tax, total_incl_tax = totals
    if any(entry.tax_category is None or entry.tax_rate is None for entry in beside):
        return frozenset()
    if total_excl_tax != sum(amount for _, _, amount in lines) + net_of(beside):
        return frozenset()
    if total_incl_tax != total_excl_tax + sum(entry.tax for entry in tax):
        return frozenset()
    taxed = taxed_amounts(lines, beside)
    lowest = {(entry.category, entry.rate): entry for entry in tax_subtotals(taxed, Rounding.DOWN)}
    highest = {(entry.category, entry.rate): entry for entry in tax_subtotals(taxed, Rounding.UP)}
    keys = [(entry.category, entry.rate) for entry in tax]
    if len(set(keys)) < len(keys) or not lowest.keys() >= set(keys):
        # tax that no line bears would be paid without being looked at
        return frozenset()
    fine = set()
    for key, entry in zip(keys, tax, strict=True):
        if entry.taxable != lowest[key].taxable:
            continue
        off = _outside(entry.tax, lowest[key].tax, highest[key].tax)
        if off == 0 or within(off, lowest[key].tax, settings.tax_tolerance, settings.tax_tolerance_percent):
            fine.add(key)
    if any((entry.tax_category, entry.tax_rate) not in fine for entry in beside):
        # no line may bear that tax, so that none would show the difference
        return frozenset()
    return frozenset(fine)


def _outside(tax: int, one: int, other: int) -> int:
    """By how much a tax lies above (or, negative, below) both its roundings."""
    least, most = min(one, other), max(one, other)
    return max(tax - most, 0) + min(tax - least, 0)


def tax_excess(invoice: Invoice, category: TaxCategory, rate: Decimal) -> int | None:
    """By how much the invoice's tax at a rate is too high (or, negative, too low), minor units.

    Where that tax is right, the invoice's total is what does not add up; None where no single amount can be said.
    """
    beside = [entry.allowance for entry in invoice.allowances]
    if any(entry.tax_category is None or entry.tax_rate is None for entry in beside):
        return None
    lines = taxed_amounts(
        [(line.tax_category, line.tax_rate, line.amount_excl_tax) for line in invoice.lines], beside
    )
    bounds = [
        sum(
            entry.tax
            for entry in tax_subtotals(lines, method)
            if (entry.category, entry.rate) == (category, rate)
        )
        for method in (Rounding.DOWN, Rounding.UP)
    ]
    stated = sum(entry.tax for entry in invoice.tax if (entry.category, entry.rate) == (category, rate))
    off = _outside(stated, *bounds)
    if off:
        return off
    net = sum(line.amount_excl_tax for line in invoice.lines) + net_of(beside)
    beyond = invoice.total_incl_tax - net - sum(entry.tax for entry in invoice.tax)
    return beyond or invoice.total_excl_tax - net or None
