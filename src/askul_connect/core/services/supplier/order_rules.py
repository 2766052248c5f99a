"""The supplier's rules for an order: all findings at once, each on its line (CART-2, CART-4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from attrs import field, frozen

from askul_connect.core.domain.allowances import AgreedTerm, net_of
from askul_connect.core.domain.catalog import Fulfilment, Item, StockLevel
from askul_connect.core.domain.currency import currency
from askul_connect.core.domain.money import UnitPrice
from askul_connect.core.errors import (
    AllowanceRefused,
    AskulConnectError,
    ItemDiscontinued,
    ItemRestricted,
    NotDeliverable,
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
from askul_connect.core.policies.delivery import Destination, undelivered
from askul_connect.core.policies.terms import allowance_findings
from askul_connect.core.services.supplier.findings import finding

_ID_LENGTH = 100
MAXIMUM_LINES = 1_000


@frozen(kw_only=True)
class Facts:
    """What the rules are asked about.

    Attributes:
        prices: The caller's unit price by SKU, without tax.
        departments: Codes of the account's departments.
        scope: Departments the caller is limited to; empty means all.
        terms: The allowances and charges that were agreed.
        restricted: SKUs of the catalog that are not sold to the account.
        destinations: Where the lines of each department go.
    """

    items: Mapping[str, Item]
    stock: Mapping[str, StockLevel]
    prices: Mapping[str, Decimal]
    currency: str
    departments: frozenset[str]
    scope: frozenset[str]
    terms: tuple[AgreedTerm, ...] = ()
    restricted: frozenset[str] = frozenset()
    destinations: Mapping[str, Destination] = field(factory=dict)

    @property
    def unit_prices(self) -> Mapping[str, UnitPrice]:
        """The prices with their currency."""
        of = currency(self.currency)
        return {sku: UnitPrice(price, of) for sku, price in self.prices.items()}


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


def judge_order(request: PlaceOrderRequest, facts: Facts) -> Verdict:
    """Judge a whole order.

    A line is dropped for its price only where nothing else is wrong with it: the price of another unit or of an item
    that is no longer sold says nothing.
    """
    problems = _head_problems(request, facts)
    if len(request.lines) > MAXIMUM_LINES:
        return Verdict(lines=(), problems=tuple(problems))
    kept: list[OrderLineRequest] = []
    dropped: list[Problem] = []
    seen: set[str] = set()
    asked: dict[str, int] = {}
    for number, line in enumerate(request.lines, start=1):
        where = f"lines[{number}]"
        found = line_problems(line, facts, where)
        if line.line_id in seen:
            detail = f"line id {line.line_id!r} occurs twice"
            found.append(finding(ValueInvalid, detail, where=f"{where}/line_id", line_id=line.line_id))
        seen.add(line.line_id)
        item = facts.items.get(line.sku)
        if item is not None:
            deviation = _price_problem(line, request, facts.prices[line.sku], where)
            if deviation and not found and request.on_price_change is OnPriceChange.DROP_LINE:
                dropped.append(deviation)
                continue
            if deviation:
                found.append(deviation)
            # a quantity below one is a finding of its own and asks for nothing
            asked[line.sku] = asked.get(line.sku, 0) + max(line.quantity, 0)
            found += _line_allowance_problems(line, facts, where)
            found += _stock_problem(line, item, facts, asked[line.sku], where)
        problems += found
        kept.append(line)
    problems += _order_allowance_problems(request, facts, kept, complete=not dropped)
    if not kept and not problems:
        problems = dropped
    return Verdict(
        lines=tuple(kept),
        dropped=tuple(
            DroppedLine(line_id=entry.line_id, code=entry.code, reason=entry.detail) for entry in dropped
        ),
        problems=tuple(problems),
    )


def _head_problems(request: PlaceOrderRequest, facts: Facts) -> list[Problem]:
    problems = []
    for name in ("purchase_order_id", "buyer_party"):
        text: str = getattr(request, name)
        if not text.strip() or len(text) > _ID_LENGTH:
            problems.append(finding(ValueInvalid, f"{name} has 1 to {_ID_LENGTH} characters", where=name))
    if not 0 <= request.issue_year <= date.max.year:
        problems.append(finding(ValueInvalid, f"{request.issue_year} is no year", where="issue_year"))
    if request.currency != facts.currency:
        detail = f"orders are taken in {facts.currency}, not {request.currency!r}"
        problems.append(finding(UnknownCurrency, detail, where="currency"))
    if not 1 <= len(request.lines) <= MAXIMUM_LINES:
        detail = f"an order has 1 to {MAXIMUM_LINES} lines, not {len(request.lines)}"
        problems.append(finding(ValueInvalid, detail, where="lines"))
    if request.price_tolerance < 0:
        problems.append(finding(ValueInvalid, "a tolerance is not negative", where="price_tolerance"))
    return problems


def line_problems(line: OrderLineRequest, facts: Facts, where: str) -> list[Problem]:
    """What is wrong with a line by itself: its id, department, item, unit and quantity."""
    problems = []

    def add(kind: type[AskulConnectError], detail: str, place: str) -> None:
        problems.append(finding(kind, detail, where=f"{where}/{place}", line_id=line.line_id))

    if not line.line_id.strip() or len(line.line_id) > _ID_LENGTH:
        add(ValueInvalid, f"a line id has 1 to {_ID_LENGTH} characters", "line_id")
    # a department outside the caller's scope answers like one that does not exist (AUTH-20)
    if line.department not in facts.departments or (facts.scope and line.department not in facts.scope):
        add(UnknownDepartment, f"the account has no department {line.department!r}", "department")
    item = facts.items.get(line.sku)
    if line.sku in facts.restricted:
        add(ItemRestricted, f"{line.sku} is not sold to accounts of this kind", "sku")
        return problems
    if item is None:
        add(UnknownItem, f"there is no item {line.sku!r} in the catalog", "sku")
        return problems
    where_to = facts.destinations.get(line.department)
    if where_to is not None and (detail := undelivered(item, where_to)):
        add(NotDeliverable, detail, "department")
    if item.discontinued:
        add(ItemDiscontinued, f"{item.sku} {item.name} is no longer sold", "sku")
    if line.unit != item.unit:
        add(UnknownUnit, f"{item.sku} is sold by {item.unit}, not by {line.unit!r}", "unit")
    if not item.minimum <= line.quantity <= item.maximum or line.quantity % item.multiple:
        detail = (
            f"{item.sku} is sold in quantities from {item.minimum} to {item.maximum}"
            f" in multiples of {item.multiple}, not {line.quantity}"
        )
        add(QuantityNotSold, detail, "quantity")
    return problems


def gross_amount(line: OrderLineRequest, price: Decimal, code: str) -> int:
    """Quantity times price of a line, minor units; its allowances and charges are not in it."""
    # a quantity below one is a finding of its own
    return UnitPrice(price, currency(code)).times(max(line.quantity, 0)).minor


def _line_allowance_problems(line: OrderLineRequest, facts: Facts, where: str) -> list[Problem]:
    if not line.allowances:
        return []
    found = allowance_findings(
        line.allowances,
        beside=gross_amount(line, facts.prices[line.sku], facts.currency),
        of_order=False,
        terms=facts.terms,
        currency=currency(facts.currency),
    )
    return [
        finding(error, detail, where=f"{where}/{place}", line_id=line.line_id)
        for error, detail, place in found
    ]


def _order_allowance_problems(
    request: PlaceOrderRequest, facts: Facts, kept: list[OrderLineRequest], *, complete: bool
) -> list[Problem]:
    if not request.allowances:
        return []
    if not complete:
        detail = "what is taken off the whole order or added to it was agreed for all its lines, and one is left out"
        return [finding(AllowanceRefused, detail, where="allowances")]
    lines = [line for line in kept if line.sku in facts.prices]
    beside = sum(
        gross_amount(line, facts.prices[line.sku], facts.currency) + net_of(line.allowances) for line in lines
    )
    found = allowance_findings(
        request.allowances,
        beside=beside,
        of_order=True,
        terms=facts.terms,
        currency=currency(facts.currency),
    )
    return [finding(error, detail, where=place) for error, detail, place in found]


def _price_problem(
    line: OrderLineRequest, request: PlaceOrderRequest, price: Decimal, where: str
) -> Problem | None:
    expected = line.expected_unit_price
    if expected is None or abs(expected - price) <= request.price_tolerance:
        return None
    detail = (
        f"the price of {line.sku} is {price}, expected was {expected} (tolerance {request.price_tolerance})"
    )
    return finding(PriceChanged, detail, where=f"{where}/expected_unit_price", line_id=line.line_id)


def _stock_problem(line: OrderLineRequest, item: Item, facts: Facts, asked: int, where: str) -> list[Problem]:
    if item.fulfilment is not Fulfilment.STOCK:
        return []
    level = facts.stock.get(item.sku)
    available = level.available if level else 0
    if asked <= available:
        return []
    detail = f"{available} of {item.sku} are available, {asked} are asked for"
    return [finding(OutOfStock, detail, where=f"{where}/quantity", line_id=line.line_id)]
