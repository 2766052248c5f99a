"""Which part of an order's amounts goes with a shipment, so that every amount is billed exactly once (BIL-1).

A line's own allowances and charges go with its units, those of the order as a whole with the value that leaves. Parts
are differences of one running sum rounded down, so whatever the parts, all of them together are the whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from attrs import evolve

from askul_connect.core.domain.allowances import AllowanceCharge, net_of, part_of, shares
from askul_connect.core.domain.currency import currency
from askul_connect.core.domain.money import UnitPrice
from askul_connect.core.domain.sales import Order, OrderLine
from askul_connect.core.domain.tax import TaxCategory
from askul_connect.core.policies.pricing import part_amount


def line_allowances(line: OrderLine, before: int, quantity: int) -> tuple[AllowanceCharge, ...]:
    """The part of a line's allowances and charges that goes with some of its units.

    Args:
        line: The line.
        before: Units that went in earlier parts.
        quantity: Units of this part.
    """
    if quantity == line.quantity:
        return line.allowances
    return tuple(
        evolve(entry, amount=amount, percent=None, base_amount=None)
        for entry in line.allowances
        if (amount := part_of(entry, before, quantity, line.quantity))
    )


def line_amount(line: OrderLine, code: str, before: int, quantity: int) -> int:
    """Amount of some units of a line with their part of its allowances and charges, minor units without tax.

    Args:
        line: The line.
        code: Currency of the order.
        before: Units that went in earlier parts.
        quantity: Units of this part.
    """
    price = UnitPrice(line.unit_price, currency(code))
    return part_amount(price, before, quantity) + net_of(line_allowances(line, before, quantity))


def order_allowances(
    order: Order, leaving: Mapping[str, int], rates: Mapping[TaxCategory, Decimal]
) -> tuple[AllowanceCharge, ...]:
    """The part of the order's allowances and charges that goes with a shipment, each with its category and rate.

    What follows the lines' tax is divided over the categories of what leaves.

    Args:
        order: As it stood before the shipment.
        leaving: Units by line.
        rates: The rate of each category on the day of shipping.
    """
    if not order.allowances:
        return ()
    # what more was shipped than ordered bears nothing of what was agreed for the order
    before = sum(_weight(order, line, 0, min(line.quantity_shipped, line.quantity)) for line in order.lines)
    parts: dict[TaxCategory, int] = {}
    for line in order.lines:
        quantity = leaving.get(line.line_id, 0)
        if quantity:
            part = _weight(order, line, line.quantity_shipped, quantity)
            parts[line.tax_category] = parts.get(line.tax_category, 0) + part
    whole = sum(_weight(order, line, 0, line.quantity) for line in order.lines)
    made: list[AllowanceCharge] = []
    for entry in order.allowances:
        amount = part_of(entry, before, sum(parts.values()), whole)
        made += _by_category(evolve(entry, amount=amount), parts, rates, whole=amount == entry.amount)
    return tuple(made)


def _weight(order: Order, line: OrderLine, before: int, quantity: int) -> int:
    """How much some units of a line count: their value, or in an order of no value their number."""
    if any(each.amount_excl_tax for each in order.lines):
        return line_amount(line, order.currency, before, quantity)
    return quantity


def _by_category(
    entry: AllowanceCharge,
    parts: Mapping[TaxCategory, int],
    rates: Mapping[TaxCategory, Decimal],
    *,
    whole: bool,
) -> Sequence[AllowanceCharge]:
    if not whole:
        # neither percentage nor base says how a part of the amount came about
        entry = evolve(entry, percent=None, base_amount=None)
    if not entry.amount:
        return ()
    if entry.tax_category is not None:
        return (evolve(entry, tax_rate=rates[entry.tax_category]),)
    categories = sorted(parts)
    divided = shares(entry.amount, [parts[category] for category in categories])
    return [
        evolve(
            entry,
            amount=amount,
            percent=entry.percent if amount == entry.amount else None,
            base_amount=entry.base_amount if amount == entry.amount else None,
            tax_category=category,
            tax_rate=rates[category],
        )
        for category, amount in zip(categories, divided, strict=True)
        if amount
    ]
