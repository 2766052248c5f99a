"""Ordering again: any earlier order or line at today's prices, with what takes the place of what is gone (ORD-8)."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import evolve

from askul_connect.core.domain.catalog import Item
from askul_connect.core.domain.money import UnitPrice
from askul_connect.core.domain.sales import OrderLine
from askul_connect.core.domain.stored_carts import CartAction
from askul_connect.core.errors import NotFound
from askul_connect.core.messages.cart import GetCartRequest
from askul_connect.core.messages.reordering import ReorderLine, ReorderRequest, ReorderResponse
from askul_connect.core.policies.cart_changes import Change
from askul_connect.core.policies.reordering import LONGEST_CHAIN, Proposal, ReorderFacts, propose, sold
from askul_connect.core.services.supplier.capabilities import offered
from askul_connect.core.services.supplier.cart import cart_document, get_cart, held_cart, put_in, shelf_of
from askul_connect.core.services.supplier.catalog import unit_prices
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.visibility import visible_order


def reorder(context: Context, request: ReorderRequest) -> ReorderResponse:
    """The lines of an earlier order as they would be ordered today, put into the cart where that is asked for.

    What has no department any more, or nothing that takes its place, or is too much beside what is in the cart, is
    proposed and not put into it.

    Raises:
        NotFound: There is no such order that the caller may see, or it has no such line.
    """
    response = _proposed(context, request)
    return _into_cart(context, response) if request.into_cart else response


def _proposed(context: Context, request: ReorderRequest) -> ReorderResponse:
    order = context.unit.orders.get(context.caller.account_id, request.order_number)
    if order is None or not visible_order(context, order):
        raise NotFound(f"there is no order {request.order_number!r}", where="order_number")
    absent = set(request.line_ids) - {line.line_id for line in order.lines}
    if absent:
        raise NotFound(f"the order has no line {min(absent)!r}", where="line_ids")
    lines = [line for line in order.lines if not request.line_ids or line.line_id in request.line_ids]
    facts = _facts(context, lines)
    return ReorderResponse(
        currency=context.house.profile.currency,
        lines=tuple(_line(propose(line, facts), facts) for line in lines),
    )


def replay_reorder(context: Context, request: ReorderRequest, _reference: str) -> ReorderResponse:
    """The lines as they would be ordered by now, with the cart as it stands; nothing is put into it again."""
    response = _proposed(context, request)
    if not request.into_cart:
        return response
    cart = get_cart(context, GetCartRequest()).cart
    held = {(one.sku, one.department, one.cost_centre) for one in cart.lines}
    lines = tuple(
        evolve(one, added=(one.sku, one.department, one.cost_centre) in held) for one in response.lines
    )
    return evolve(response, lines=lines, cart=cart)


def _into_cart(context: Context, response: ReorderResponse) -> ReorderResponse:
    cart = held_cart(context)
    shelf = shelf_of(context, [*(one.sku for one in response.lines), *(one.sku for one in cart.lines)])
    changes = [
        Change(
            number=number,
            action=CartAction.ADD,
            sku=one.sku,
            quantity=one.quantity,
            department=one.department,
            cost_centre=one.cost_centre,
        )
        for number, one in enumerate(response.lines)
        if one.sku and one.quantity and one.department
    ]
    filled, refused = put_in(context, cart, shelf, changes, "line_ids")
    added = {one.number for one in changes} - refused.keys()
    if added:
        context.unit.carts.put(filled)
    return evolve(
        response,
        lines=tuple(evolve(one, added=number in added) for number, one in enumerate(response.lines)),
        cart=cart_document(context, filled),
    )


def _facts(context: Context, lines: Iterable[OrderLine]) -> ReorderFacts:
    account = context.account()
    items = _items(context, {line.sku for line in lines})
    codes = frozenset(one.code for one in context.unit.departments.of_account(account.account_id))
    scope = context.caller.departments
    levels = context.unit.catalog.levels(items)
    return ReorderFacts(
        items=items,
        prices=unit_prices(context, account, items),
        available={sku: level.available for sku, level in levels.items()},
        departments=codes & scope if scope else codes,
    )


def _items(context: Context, skus: set[str]) -> dict[str, Item]:
    """Items that the account is offered, with what takes the place of those that are not sold any more."""
    account, found = context.account(), dict[str, Item]()
    wanted = set(skus)
    for _ in range(LONGEST_CHAIN + 1):
        found |= offered(account, context.unit.catalog.items(sorted(wanted)).values())
        gone = (found[sku] for sku in sorted(wanted) if sku in found and not sold(found[sku]))
        wanted = {other for item in gone for other in item.substitutes} - set(found)
        if not wanted:
            break
    return found


def _line(proposal: Proposal, facts: ReorderFacts) -> ReorderLine:
    line, item = proposal.line, proposal.item
    price: UnitPrice | None = facts.prices[item.sku] if item else None
    return ReorderLine(
        line_id=line.line_id,
        ordered_sku=line.sku,
        ordered_name=line.name,
        ordered_quantity=line.quantity,
        ordered_unit_price=line.unit_price,
        sku=item.sku if item else "",
        name=item.name if item else "",
        unit=item.unit if item else "",
        quantity=proposal.quantity,
        unit_price=price.value if price else None,
        amount_excl_tax=price.times(proposal.quantity).minor if price else 0,
        available=facts.available.get(item.sku, 0) if item else 0,
        department=proposal.department,
        cost_centre=line.cost_centre,
        changes=proposal.changes,
    )
