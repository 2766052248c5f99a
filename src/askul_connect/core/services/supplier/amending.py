"""Changing quantities of an order until the cut-off, by the rules of ordering (ORD-5)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from attrs import evolve, frozen

from askul_connect.core.domain.catalog import Fulfilment, Item
from askul_connect.core.domain.orders import CancelCause, Step, next_line_state
from askul_connect.core.domain.sales import Order, OrderLine
from askul_connect.core.errors import (
    AskulConnectError,
    ItemDiscontinued,
    OutOfStock,
    PriceChanged,
    Problem,
    QuantityNotSold,
    UnknownItem,
    ValueInvalid,
)
from askul_connect.core.messages.order_life import ChangedLine, ChangeOrderRequest, ChangeOrderResponse
from askul_connect.core.policies.order_changes import (
    changeable_until,
    customers_step,
    live,
    raised,
    reduced,
)
from askul_connect.core.services.supplier.capabilities import offered
from askul_connect.core.services.supplier.catalog import unit_price
from askul_connect.core.services.supplier.context import Context, Tried
from askul_connect.core.services.supplier.credit import require_credit
from askul_connect.core.services.supplier.documents import order_document
from askul_connect.core.services.supplier.findings import finding
from askul_connect.core.services.supplier.limits import change_problems
from askul_connect.core.services.supplier.order_steps import (
    chosen_lines,
    next_change_number,
    note_step,
    own_order,
    refuse,
)
from askul_connect.core.services.supplier.releasing import release
from askul_connect.core.services.supplier.repricing import (
    Repriced,
    checkout_view,
    reprice,
    store_repriced,
)


def change_order(
    context: Context, request: ChangeOrderRequest
) -> ChangeOrderResponse | Tried[ChangeOrderResponse]:
    """Change quantities of an order of one's own; fewer units are given back, more are reserved.

    What is left of its checkout is priced anew.

    Raises:
        NotFound: There is no such order that the caller may see.
        TooLateToChange: The cut-off has passed, or a maker ships a line and it is confirmed.
        IllegalStep: A line's state does not allow it.
        AccountLimitReached: The account's credit does not suffice.
        PriceChanged: It comes to another total than was expected.
        OrderError: A rule of ordering refuses it; all findings are listed.
    """
    order = own_order(context, request.order_number)
    wanted = _judged(context, order, request)
    account = context.account()
    less = {line_id: -by for line_id, by in wanted.items() if by < 0}
    more = {line_id: by for line_id, by in wanted.items() if by > 0}
    asked = evolve(order, lines=tuple(_changed(line, wanted, order.currency) for line in order.lines))
    repriced = reprice(context, account, order, asked)
    _require_expected(request, repriced)
    if more:
        require_credit(context, account, repriced.orders)
    release(context, order, less)
    _reserve(context, order, more)
    store_repriced(context, repriced)
    refuse(
        f"order {order.order_number} would be beyond a limit",
        change_problems(context, repriced.order, [one for one in wanted if one in more], repriced.total),
    )
    number = next_change_number(context)
    note_step(context, "order-changed", number, repriced.order, account, detail={"by": dict(wanted)})
    response = _answer(context, request, repriced.order, number)
    return Tried(response) if request.trial else response


def _require_expected(request: ChangeOrderRequest, repriced: Repriced) -> None:
    if request.expected_total is not None and request.expected_total != repriced.total:
        raise PriceChanged(
            f"with the change the checkout comes to {repriced.total}, expected was {request.expected_total}",
            where="expected_total",
        )


@frozen(kw_only=True)
class _Facts:
    """What a change is judged by; ``taken`` counts what earlier lines of the same item take."""

    items: Mapping[str, Item]
    prices: Mapping[str, Decimal]
    available: Mapping[str, int]
    taken: dict[str, int]


def _judged(context: Context, order: Order, request: ChangeOrderRequest) -> dict[str, int]:
    """By how many units each line changes; all findings at once."""
    chosen, problems = chosen_lines(order, [entry.line_id for entry in request.lines])
    if not request.lines:
        raise ValueInvalid("a change names at least one line", where="lines")
    house = context.house
    until = changeable_until(order.placed_at, house.profile, house.holidays.is_holiday)
    skus = sorted({line.sku for line in chosen.values()})
    account = context.account()
    items = offered(account, context.unit.catalog.items(skus).values())
    facts = _Facts(
        items=items,
        prices={sku: unit_price(context, account, item).value for sku, item in items.items()},
        available={sku: level.available for sku, level in context.unit.catalog.stock(skus).items()},
        taken={},
    )
    wanted: dict[str, int] = {}
    for place, entry in enumerate(request.lines, start=1):
        line = chosen.get(entry.line_id)
        if line is None or entry.line_id in wanted:
            continue
        wanted[entry.line_id] = entry.quantity - live(line)
        where = f"lines[{place}]"
        try:
            customers_step(line, Step.CHANGE, context.now, until)
        except AskulConnectError as error:
            problems.append(finding(type(error), error.detail, where=where, line_id=line.line_id))
            continue
        problems += _quantity_problems(line, entry, facts, f"{where}/quantity")
    refuse(f"order {order.order_number} cannot be changed like this", problems)
    return wanted


def _quantity_problems(line: OrderLine, entry: ChangedLine, facts: _Facts, where: str) -> list[Problem]:
    by = entry.quantity - live(line)
    found = _wanted_problem(line, entry, facts)
    if found is None and by > 0:
        found = _more_problem(line, by, facts)
    return [finding(found[0], found[1], where=where, line_id=line.line_id)] if found else []


def _wanted_problem(
    line: OrderLine, entry: ChangedLine, facts: _Facts
) -> tuple[type[AskulConnectError], str] | None:
    if entry.quantity < 1:
        return ValueInvalid, f"a line keeps one unit at least, not {entry.quantity}; cancel it to have none"
    if entry.quantity == live(line):
        return ValueInvalid, f"line {line.line_id} is of {entry.quantity} units already"
    item = facts.items.get(line.sku)
    if item and (not item.minimum <= entry.quantity <= item.maximum or entry.quantity % item.multiple):
        return QuantityNotSold, (
            f"{item.sku} is sold in quantities from {item.minimum} to {item.maximum}"
            f" in multiples of {item.multiple}, not {entry.quantity}"
        )
    return None


def _more_problem(line: OrderLine, by: int, facts: _Facts) -> tuple[type[AskulConnectError], str] | None:
    item = facts.items.get(line.sku)
    if item is None:
        return UnknownItem, f"there is no item {line.sku!r} in the catalog any more"
    if item.discontinued:
        return ItemDiscontinued, f"{item.sku} {item.name} is no longer sold"
    if facts.prices[line.sku] != line.unit_price:
        return PriceChanged, (
            f"the price of {line.sku} is {facts.prices[line.sku]} now, ordered was {line.unit_price};"
            " order the further units by themselves"
        )
    if line.fulfilment is Fulfilment.STOCK:
        left = facts.available.get(line.sku, 0) - facts.taken.get(line.sku, 0)
        facts.taken[line.sku] = facts.taken.get(line.sku, 0) + by
        if by > left:
            return OutOfStock, f"{max(left, 0)} more of {line.sku} are available, {by} are asked for"
    return None


def _changed(line: OrderLine, wanted: Mapping[str, int], code: str) -> OrderLine:
    by = wanted.get(line.line_id, 0)
    if by < 0:
        return reduced(line, -by, CancelCause.CUSTOMER, state=next_line_state(line.state, Step.CHANGE))
    return raised(line, by, code) if by else line


def _reserve(context: Context, order: Order, more: Mapping[str, int]) -> None:
    held = [line for line in order.lines if line.line_id in more and line.fulfilment is Fulfilment.STOCK]
    stock = dict(context.unit.catalog.stock(sorted({line.sku for line in held})))
    for line in held:
        level = stock[line.sku]
        stock[line.sku] = evolve(level, reserved=level.reserved + more[line.line_id])
    context.unit.catalog.save_stock(stock.values())


def _answer(context: Context, request: ChangeOrderRequest, order: Order, number: str) -> ChangeOrderResponse:
    view = checkout_view(context, order)
    return ChangeOrderResponse(
        order=order_document(order),
        change_number=number,
        trial=request.trial,
        other_orders=view.others,
        total_incl_tax=view.total,
        coupon=view.coupon,
    )


def replay_change_order(context: Context, request: ChangeOrderRequest, reference: str) -> ChangeOrderResponse:
    """The answer of an earlier call with the same key, as the order stands now."""
    order_number, number = reference.split()
    order = own_order(context, order_number)
    return _answer(context, request, order, number)


def change_asked_for(request: ChangeOrderRequest) -> ChangeOrderRequest:
    """What a key stands for: whether it is a trial does not change what is asked for."""
    return evolve(request, trial=False) if request.trial else request
