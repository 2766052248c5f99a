"""The supplier's rules for an order: all findings at once, each on its line, in the domain and nowhere else (CART-2)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from attrs import field, frozen

from askul_connect.core.domain.catalog import Fulfilment, Item, StockLevel
from askul_connect.core.errors import (
    AskulConnectError,
    ItemDiscontinued,
    OutOfStock,
    PriceChanged,
    Problem,
    QuantityNotSold,
    UnknownCurrency,
    UnknownDepartment,
    UnknownItem,
    UnknownUnit,
    ValueInvalid,
)
from askul_connect.core.messages.ordering import (
    DroppedLine,
    OnPriceChange,
    OrderLineRequest,
    PlaceOrderRequest,
)

_ID_LENGTH = 100
_LINES = 1_000


@frozen(kw_only=True)
class Facts:
    """What the rules are asked about.

    Attributes:
        prices: The caller's unit price by SKU, without tax.
        departments: Codes of the account's departments.
        scope: Departments the caller is limited to; empty means all.
    """

    items: Mapping[str, Item]
    stock: Mapping[str, StockLevel]
    prices: Mapping[str, Decimal]
    currency: str
    departments: frozenset[str]
    scope: frozenset[str]


@frozen(kw_only=True)
class Verdict:
    """What the rules found.

    Attributes:
        lines: The lines to order.
        dropped: Lines left out because the caller said so for a changed price.
        problems: Why nothing can be ordered; empty when it can.
    """

    lines: tuple[OrderLineRequest, ...]
    dropped: tuple[DroppedLine, ...] = ()
    problems: tuple[Problem, ...] = field(default=())


def _problem(kind: type[AskulConnectError], detail: str, where: str, line_id: str = "") -> Problem:
    return Problem(code=kind.code, detail=detail, where=where, remedy=kind.remedy.en, line_id=line_id)


def judge_order(request: PlaceOrderRequest, facts: Facts) -> Verdict:
    """Judge a whole order."""
    problems = _head_problems(request, facts)
    kept: list[OrderLineRequest] = []
    dropped: list[DroppedLine] = []
    seen: set[str] = set()
    asked: dict[str, int] = {}
    for number, line in enumerate(request.lines, start=1):
        where = f"lines[{number}]"
        if line.line_id in seen:
            problems.append(
                _problem(ValueInvalid, f"line id {line.line_id!r} occurs twice", where, line.line_id)
            )
        seen.add(line.line_id)
        found = _line_problems(line, facts, where)
        item = facts.items.get(line.sku)
        if item is not None:
            deviation = _price_problem(line, request, facts.prices[line.sku], where)
            if deviation and request.on_price_change is OnPriceChange.DROP_LINE:
                dropped.append(
                    DroppedLine(line_id=line.line_id, code=deviation.code, reason=deviation.detail)
                )
                continue
            if deviation:
                found.append(deviation)
            asked[line.sku] = asked.get(line.sku, 0) + line.quantity
            found += _stock_problem(line, item, facts, asked[line.sku], where)
        problems += found
        kept.append(line)
    if not kept and not problems:
        problems.append(_problem(PriceChanged, "every line was dropped for its price", "lines"))
    return Verdict(lines=tuple(kept), dropped=tuple(dropped), problems=tuple(problems))


def _head_problems(request: PlaceOrderRequest, facts: Facts) -> list[Problem]:
    problems = []
    for name in ("purchase_order_id", "buyer_party"):
        text: str = getattr(request, name)
        if not text.strip() or len(text) > _ID_LENGTH:
            problems.append(_problem(ValueInvalid, f"{name} has 1 to {_ID_LENGTH} characters", name))
    if request.currency != facts.currency:
        detail = f"orders are taken in {facts.currency}, not {request.currency!r}"
        problems.append(_problem(UnknownCurrency, detail, "currency"))
    if not 1 <= len(request.lines) <= _LINES:
        problems.append(_problem(ValueInvalid, f"an order has 1 to {_LINES} lines", "lines"))
    if request.price_tolerance < 0:
        problems.append(_problem(ValueInvalid, "a tolerance is not negative", "price_tolerance"))
    return problems


def _line_problems(line: OrderLineRequest, facts: Facts, where: str) -> list[Problem]:
    problems = []
    if not line.line_id.strip() or len(line.line_id) > _ID_LENGTH:
        problems.append(
            _problem(
                ValueInvalid, f"a line id has 1 to {_ID_LENGTH} characters", f"{where}/line_id", line.line_id
            )
        )
    if line.department not in facts.departments:
        detail = f"the account has no department {line.department!r}"
        problems.append(_problem(UnknownDepartment, detail, f"{where}/department", line.line_id))
    elif facts.scope and line.department not in facts.scope:
        # the caller's scope is a right of its own; a department outside it answers like one that does not exist
        detail = f"the account has no department {line.department!r}"
        problems.append(_problem(UnknownDepartment, detail, f"{where}/department", line.line_id))
    item = facts.items.get(line.sku)
    if item is None:
        detail = f"there is no item {line.sku!r} in the catalog"
        problems.append(_problem(UnknownItem, detail, f"{where}/sku", line.line_id))
        return problems
    if item.discontinued:
        detail = f"{item.sku} {item.name} is no longer sold"
        problems.append(_problem(ItemDiscontinued, detail, f"{where}/sku", line.line_id))
    if line.unit != item.unit:
        detail = f"{item.sku} is sold by {item.unit}, not by {line.unit!r}"
        problems.append(_problem(UnknownUnit, detail, f"{where}/unit", line.line_id))
    if line.quantity < item.minimum or line.quantity > item.maximum or line.quantity % item.multiple:
        detail = (
            f"{item.sku} is sold in quantities from {item.minimum} to {item.maximum}"
            f" in multiples of {item.multiple}, not {line.quantity}"
        )
        problems.append(_problem(QuantityNotSold, detail, f"{where}/quantity", line.line_id))
    return problems


def _price_problem(
    line: OrderLineRequest, request: PlaceOrderRequest, price: Decimal, where: str
) -> Problem | None:
    expected = line.expected_unit_price
    if expected is None or abs(expected - price) <= request.price_tolerance:
        return None
    detail = (
        f"the price of {line.sku} is {price}, expected was {expected} (tolerance {request.price_tolerance})"
    )
    return _problem(PriceChanged, detail, f"{where}/expected_unit_price", line.line_id)


def _stock_problem(line: OrderLineRequest, item: Item, facts: Facts, asked: int, where: str) -> list[Problem]:
    if item.fulfilment is not Fulfilment.STOCK:
        return []
    level = facts.stock.get(item.sku)
    available = level.available if level else 0
    if asked <= available:
        return []
    detail = f"{available} of {item.sku} are available, {asked} are asked for"
    return [_problem(OutOfStock, detail, f"{where}/quantity", line.line_id)]
