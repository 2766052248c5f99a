"""What may leave of an order: not too much, not twice, and only what can stand in for what was ordered (ORD-5)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from attrs import frozen

from askul_connect.core.domain.accounts import Account
from askul_connect.core.domain.allowances import net_of
from askul_connect.core.domain.catalog import Fulfilment, Item
from askul_connect.core.domain.currency import currency
from askul_connect.core.domain.money import UnitPrice
from askul_connect.core.domain.sales import Order, OrderLine
from askul_connect.core.errors import (
    AskulConnectError,
    OutOfStock,
    OverShipment,
    Problem,
    SubstituteRefused,
    UnknownItem,
    ValueInvalid,
)
from askul_connect.core.messages import fulfilment as messages
from askul_connect.core.policies.order_changes import most_to_ship
from askul_connect.core.policies.parts import line_allowances, line_amount
from askul_connect.core.policies.pricing import part_amount
from askul_connect.core.services.supplier.catalog import unit_price
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.findings import finding


@frozen(kw_only=True)
class Leaving:
    """What leaves of one line.

    Attributes:
        line: As it stands before.
        quantity: Units in the parcel.
        short: Units that never come.
        item: What is in the parcel, where it is not what was ordered.
        price: Unit price that is billed, never above the ordered one.
    """

    line: OrderLine
    entry: messages.ShippedLine
    item: Item | None
    price: Decimal

    @property
    def quantity(self) -> int:
        """Units in the parcel."""
        return self.entry.quantity

    @property
    def ordered(self) -> int:
        """Of these, units that were ordered; the rest is more than that."""
        return min(self.entry.quantity, self.line.outstanding)

    @property
    def sku(self) -> str:
        """Of what is in the parcel."""
        return self.item.sku if self.item else self.line.sku

    @property
    def name(self) -> str:
        """Of what is in the parcel."""
        return self.item.name if self.item else self.line.name

    @property
    def from_stock(self) -> bool:
        """Whether what is in the parcel comes from the supplier's own stock."""
        return (self.item.fulfilment if self.item else self.line.fulfilment) is Fulfilment.STOCK

    def amount(self, code: str) -> int:
        """What is billed, minor units without tax: parts of a line add up to the line, whatever more came."""
        before, price = self.line.quantity_shipped, UnitPrice(self.price, currency(code))
        if self.item is None:
            more = part_amount(price, before + self.ordered, self.quantity - self.ordered)
            return line_amount(self.line, code, before, self.ordered) + more
        beside = net_of(line_allowances(self.line, before, self.ordered))
        return price.times(self.quantity).minor + beside


def leaving_lines(
    context: Context, order: Order, account: Account, request: messages.ShipOrderRequest
) -> Mapping[str, Leaving]:
    """What a request lets leave, by line; all findings at once.

    Raises:
        OverShipment: More would leave than is outstanding and tolerated.
        SubstituteRefused, OutOfStock, UnknownItem: Something cannot be in the parcel.
        ValueInvalid: A line is unknown, named twice or moves nothing; or several of these.
    """
    lines = {line.line_id: line for line in order.lines}
    found: dict[str, Leaving] = {}
    problems: list[Problem] = []
    seen: set[str] = set()

    def add(kind: type[AskulConnectError], detail: str, line_id: str = "") -> None:
        problems.append(finding(kind, detail, where="lines", line_id=line_id))

    if not request.lines:
        add(ValueInvalid, "a shipment has at least one line")
    for entry in request.lines:
        line = lines.get(entry.line_id)
        if entry.line_id in seen:
            add(ValueInvalid, f"line {entry.line_id!r} is named twice", entry.line_id)
        seen.add(entry.line_id)
        if line is None:
            add(ValueInvalid, f"{order.order_number} has no line {entry.line_id!r}", entry.line_id)
            continue
        try:
            _check_quantity(context, line, entry)
            found[entry.line_id] = _made(context, order, account, line, entry)
        except AskulConnectError as error:
            add(type(error), error.detail, entry.line_id)
    problems += _stock_problems(context, found)
    if problems:
        codes = {problem.code for problem in problems}
        kinds = {kind.code: kind for kind in (OverShipment, SubstituteRefused, OutOfStock, UnknownItem)}
        kind = kinds.get(codes.pop(), ValueInvalid) if len(codes) == 1 else ValueInvalid
        raise kind(f"{order.order_number} cannot be shipped like this", problems=tuple(problems))
    return found


def _check_quantity(context: Context, line: OrderLine, entry: messages.ShippedLine) -> None:
    moved = entry.quantity + entry.quantity_short
    if entry.quantity < 0 or entry.quantity_short < 0 or (moved == 0 and entry.promised_on is None):
        raise ValueInvalid("a shipped line moves at least one unit, and never less than none")
    if entry.promised_on is not None and moved >= line.outstanding:
        raise ValueInvalid("nothing of the line stays outstanding that could be back-ordered")
    if entry.promised_on is not None and entry.promised_on <= context.today:
        raise ValueInvalid(f"back-ordered units are promised for a day after {context.today}")
    if moved <= line.outstanding:
        return
    detail = (
        f"{entry.quantity} shipped and {entry.quantity_short} short are more than"
        f" the {line.outstanding} outstanding"
    )
    if entry.quantity_short:
        raise ValueInvalid(detail)
    most = most_to_ship(line, context.house.profile.over_shipment_percent)
    if entry.quantity > most:
        raise OverShipment(f"{detail}; {most} may leave at most")


def _made(
    context: Context, order: Order, account: Account, line: OrderLine, entry: messages.ShippedLine
) -> Leaving:
    if not entry.substitute_sku:
        return Leaving(line=line, entry=entry, item=None, price=line.unit_price)
    item = context.unit.catalog.items([entry.substitute_sku]).get(entry.substitute_sku)
    if item is None:
        raise UnknownItem(f"there is no item {entry.substitute_sku!r} in the catalog")
    price = min(line.unit_price, unit_price(context, account, item).value)
    made = Leaving(line=line, entry=entry, item=item, price=price)
    _check_substitute(made, item, order.currency)
    return made


def _check_substitute(made: Leaving, item: Item, code: str) -> None:
    line = made.line
    if item.sku == line.sku or made.quantity == 0:
        raise SubstituteRefused(f"no unit of {line.sku} leaves that {item.sku} stands in for")
    if item.unit != line.unit:
        raise SubstituteRefused(f"{item.sku} is sold by {item.unit}, ordered were {line.unit} of {line.sku}")
    if item.tax_category is not line.tax_category:
        raise SubstituteRefused(
            f"{item.sku} is taxed as {item.tax_category}, {line.sku} as {line.tax_category}"
        )
    if made.amount(code) < 0:
        raise SubstituteRefused(f"{item.sku} is worth less than what was agreed to be taken off {line.sku}")


def _stock_problems(context: Context, found: Mapping[str, Leaving]) -> list[Problem]:
    """What leaves beyond what was reserved for its line must be on the shelf and promised to nobody."""
    needs = {
        line_id: made.quantity if made.item else made.quantity - made.ordered
        for line_id, made in found.items()
        if made.from_stock
    }
    stock = context.unit.catalog.stock(sorted({found[one].sku for one, need in needs.items() if need}))
    taken: dict[str, int] = {}
    problems = []
    for line_id, need in needs.items():
        sku = found[line_id].sku
        taken[sku] = taken.get(sku, 0) + need
        available = stock[sku].available if sku in stock else 0
        if need and taken[sku] > available:
            detail = f"{available} of {sku} are available beyond what is promised, {taken[sku]} would leave"
            problems.append(finding(OutOfStock, detail, where="lines", line_id=line_id))
    return problems
