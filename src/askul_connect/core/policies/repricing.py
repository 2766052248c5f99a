"""What an order's amounts become when its customer orders fewer or more units: priced anew, kept by units (ADR 0035).

What was ordered stays, so an amount for the units that are left is stored as that of all units, of which these have
their part. It is rounded up, so that the part, which is rounded down, is the amount exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attrs import evolve

from askul_connect.core.domain.allowances import AgreedTerm, AllowanceCharge, part_of
from askul_connect.core.domain.carts import CartItem, CartLine, PricedCart, PricedLine
from askul_connect.core.domain.catalog import Item
from askul_connect.core.domain.credit_notes import Taxed
from askul_connect.core.domain.currency import Currency
from askul_connect.core.domain.rounding import Rounding, divide
from askul_connect.core.domain.sales import Order, OrderLine
from askul_connect.core.policies.order_changes import live, reckoned
from askul_connect.core.policies.parts import line_amount, order_allowances
from askul_connect.core.policies.pricing import totals


def is_fixed(line: OrderLine) -> bool:
    """Whether a line keeps its amounts: some of it has left, and that part is billed as it was."""
    return line.quantity_shipped > 0


def agreed_of(
    entries: Sequence[AllowanceCharge], count: int | None, terms: Iterable[AgreedTerm]
) -> tuple[AllowanceCharge, ...]:
    """What was agreed, of everything that a line or an order has: it comes first.

    Args:
        entries: All allowances and charges.
        count: How many of them were agreed; None for an order that is older than the count.
        terms: What may be agreed; decides where there is no count.
    """
    if count is not None:
        return tuple(entries[:count])
    known = tuple(terms)
    return tuple(entry for entry in entries if any(term.names(entry) for term in known))


def agreed_for(
    before: OrderLine, after: OrderLine, terms: Iterable[AgreedTerm]
) -> tuple[AllowanceCharge, ...]:
    """What was agreed for a line, for the units that are left: fewer units have their part, more units no more."""
    was, now = live(before), live(after)
    return tuple(
        _kept(entry, (was, before.quantity), (min(now, was), was))
        for entry in agreed_of(before.allowances, before.agreed, terms)
    )


def cart_line(before: OrderLine, after: OrderLine, terms: Iterable[AgreedTerm]) -> CartLine:
    """What is left of a line, as something to be priced."""
    return CartLine(
        line_id=after.line_id,
        sku=after.sku,
        quantity=live(after),
        department=after.department,
        cost_centre=after.cost_centre,
        allowances=agreed_for(before, after, terms),
    )


def cart_item(line: OrderLine, item: Item | None) -> CartItem:
    """What the price of a line depends on: price, tax and shipper of the order, all else of the catalog."""
    made = CartItem(
        sku=line.sku,
        name=line.name,
        unit_price=line.unit_price,
        tax_category=line.tax_category,
        tax_rate=line.tax_rate,
        fulfilment=line.fulfilment,
    )
    if item is None:
        return made
    return evolve(
        made,
        maker=item.maker,
        category=item.category,
        family=item.family,
        catalog_issue=item.catalog_issue,
        large=item.large,
    )


def repriced_line(line: OrderLine, priced: PricedLine, code: str) -> OrderLine:
    """A line whose units that are left cost what they were priced at."""
    units = live(line)
    return reckoned(
        evolve(
            line,
            allowances=tuple(
                _grown(one.entry, line.quantity, units) for one in priced.adjustments if one.entry.amount
            ),
            agreed=sum(1 for entry in priced.line.allowances if entry.amount),
        ),
        code,
    )


def repriced_beside(
    before: Order, order: Order, priced: PricedCart, terms: Iterable[AgreedTerm]
) -> tuple[tuple[AllowanceCharge, ...], int]:
    """An order's own allowances and charges, and how many of them were agreed.

    Args:
        before: The order as it was.
        order: With the lines as they are now.
        priced: What all of its checkout costs.
        terms: What may be agreed.
    """
    agreed = agreed_of(before.allowances, before.agreed, terms)
    whole, left = _worth(order, whole=True), _worth(order, whole=False)
    whole_before, left_before = _worth(before, whole=True), _worth(before, whole=False)
    ours = {line.line_id for line in order.lines if live(line)}
    parts = [part for part in priced.parts if set(part.line_ids) <= ours]
    if {one for part in parts for one in part.line_ids} != ours or not left or not left_before:
        return before.allowances, len(agreed)
    fees = [fee.entry for part in parts for fee in part.shipping if fee.entry is not None]
    kept = [
        _kept(entry, (left_before, whole_before), (min(left, left_before), left_before)) for entry in agreed
    ]
    return tuple(_grown(entry, whole, left) for entry in (*kept, *fees)), len(agreed)


def rest_of(order: Order, of: Currency, method: Rounding = Rounding.DOWN) -> int:
    """What the units that were not cancelled come to, shipped or not, minor units with tax."""
    whole = evolve(order, lines=tuple(evolve(line, quantity_shipped=0) for line in order.lines))
    leaving = {line.line_id: live(line) for line in order.lines if live(line) > 0}
    amounts: list[Taxed] = [
        (line.tax_category, line.tax_rate, line_amount(line, of.code, 0, leaving[line.line_id]))
        for line in order.lines
        if line.line_id in leaving
    ]
    rates = {line.tax_category: line.tax_rate for line in order.lines}
    for entry in order.allowances:
        if entry.tax_category is not None and entry.tax_rate is not None:
            rates[entry.tax_category] = entry.tax_rate
    amounts += [
        (entry.tax_category, entry.tax_rate, entry.net)
        for entry in (order_allowances(whole, leaving, rates) if leaving else ())
        if entry.tax_category is not None and entry.tax_rate is not None
    ]
    return totals(amounts, of, method).incl_tax.minor if amounts else 0


def _grown(entry: AllowanceCharge, whole: int, part: int) -> AllowanceCharge:
    """An entry whose part for ``part`` of ``whole`` is the entry's amount."""
    if whole == part:
        return entry
    amount = divide(entry.amount * whole, part, Rounding.UP)
    return evolve(entry, amount=amount, percent=None, base_amount=None)


def _kept(entry: AllowanceCharge, was: tuple[int, int], now: tuple[int, int]) -> AllowanceCharge:
    """What of an entry was there for the part that was left, and of that for the part that is left now."""
    amount = part_of(entry, 0, *was)
    if now[0] < now[1]:
        amount = divide(amount * now[0], now[1], Rounding.DOWN)
    if was[0] == was[1] and now[0] == now[1]:
        return entry
    return evolve(entry, amount=amount, percent=None, base_amount=None)


def _worth(order: Order, *, whole: bool) -> int:
    """How much an order's units count: their value, or where none has any their number."""
    code = order.currency
    counted = [(line, line.quantity if whole else live(line)) for line in order.lines]
    if any(line.amount_excl_tax for line in order.lines):
        return sum(line_amount(line, code, 0, units) for line, units in counted)
    return sum(units for _, units in counted)
