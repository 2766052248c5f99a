"""Changing a stored cart: windows merge by line and version (CART-6).

What is added joins the line of the same item, department and cost centre, whatever other windows did to it. Every
other change names a line and the version of it that its window shows; where the line has changed since, it is refused
and told what the line is now, while changes of other lines go on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from attrs import evolve, field, frozen

from askul_connect.core.domain.stored_carts import CartAction, GoneLine, StoredCart, StoredCartLine

#: As many lines as an order has.
MAXIMUM_LINES = 1_000
#: So many lines that went are remembered, to be told to windows that still show them.
_REMEMBERED = 100


@frozen(kw_only=True)
class Change:
    """One change, in the terms of the cart.

    Attributes:
        number: Its place in the request, from 1.
        quantity: To add, or to have.
        line_id, version: The line, and which version of it is changed; not for what is added.
    """

    number: int
    action: CartAction
    sku: str = ""
    quantity: int = 0
    department: str | None = None
    cost_centre: str | None = None
    line_id: str = ""
    version: int = 0


@frozen(kw_only=True)
class Seen:
    """What a window shows of an item when it is put into the cart.

    Attributes:
        price: The caller's unit price without tax, major units.
        available: Units in stock; None where a maker ships it.
    """

    price: Decimal
    available: int | None


@frozen(kw_only=True)
class Conflict:
    """A change of a line that has changed since.

    Attributes:
        now: The line as it is; None when it went.
        gone: How it went, where that is still known.
    """

    change: Change
    now: StoredCartLine | None
    gone: GoneLine | None = None


@frozen(kw_only=True)
class Changed:
    """What became of a cart.

    Attributes:
        touched: Each change that is done, with the id of the line that it ended in; removals have none.
        conflicts: Why nothing of it may be stored; empty when it may.
    """

    cart: StoredCart
    touched: tuple[tuple[Change, str], ...] = ()
    conflicts: tuple[Conflict, ...] = field(default=())


def change_cart(
    cart: StoredCart, changes: Iterable[Change], seen: Callable[[str], Seen | None], at: datetime
) -> Changed:
    """Carry out changes in their order.

    Args:
        cart: As it is stored.
        changes: What a window asks for; a line is named with the version it had before all of them.
        seen: What is known of an item by its SKU; None of one that is not for sale.
        at: When.
    """
    before = {one.line_id: one for one in cart.lines}
    version = cart.version + 1
    work = _Work(cart, version)
    conflicts = []
    touched = []
    for change in changes:
        if change.action is CartAction.ADD:
            touched.append((change, work.add(change)))
            continue
        known = before.get(change.line_id)
        line = work.lines.get(change.line_id)
        if known is None or line is None or known.version != change.version:
            gone = next((one for one in cart.gone if one.line_id == change.line_id), None)
            conflicts.append(Conflict(change=change, now=known, gone=gone))
            continue
        touched.append((change, work.change(change, line)))
    lines = tuple(
        _looked_at(line, seen(line.sku)) if line.version == version else line for line in work.lines.values()
    )
    return Changed(
        cart=evolve(
            cart,
            version=version,
            changed_at=at,
            last_line=work.last_line,
            lines=lines,
            gone=(*cart.gone, *work.gone)[-_REMEMBERED:],
        ),
        touched=tuple((change, line_id) for change, line_id in touched),
        conflicts=tuple(conflicts),
    )


class _Work:
    """A cart while it is being changed."""

    def __init__(self, cart: StoredCart, version: int) -> None:
        self.lines = {one.line_id: one for one in cart.lines}
        self._places = {one.place: one.line_id for one in cart.lines}
        self.last_line = cart.last_line
        self.version = version
        self.gone: list[GoneLine] = []

    def add(self, change: Change) -> str:
        place = (change.sku, change.department or "", change.cost_centre or "")
        same = self._at(place)
        if same is not None:
            self._put(evolve(same, quantity=same.quantity + change.quantity))
            return same.line_id
        self.last_line += 1
        line_id = str(self.last_line)
        self._put(
            StoredCartLine(
                line_id=line_id,
                sku=change.sku,
                quantity=change.quantity,
                department=place[1],
                cost_centre=place[2],
                seen_price=Decimal(0),
                seen_enough=True,
                version=self.version,
            )
        )
        return line_id

    def change(self, change: Change, line: StoredCartLine) -> str:
        match change.action:
            case CartAction.SET:
                self._put(evolve(line, quantity=change.quantity))
            case CartAction.MOVE:
                return self._move(change, line)
            case CartAction.REMOVE:
                self._drop(line)
                return ""
            case _:
                self._put(line)
        return line.line_id

    def _move(self, change: Change, line: StoredCartLine) -> str:
        moved = evolve(
            line,
            department=line.department if change.department is None else change.department,
            cost_centre=line.cost_centre if change.cost_centre is None else change.cost_centre,
        )
        same = self._at(moved.place)
        if same is None or same.line_id == line.line_id:
            self._put(moved)
            return line.line_id
        self._drop(line)
        self._put(evolve(same, quantity=same.quantity + line.quantity))
        return same.line_id

    def _at(self, place: tuple[str, str, str]) -> StoredCartLine | None:
        line_id = self._places.get(place)
        return None if line_id is None else self.lines[line_id]

    def _put(self, line: StoredCartLine) -> None:
        before = self.lines.get(line.line_id)
        if before is not None and before.place != line.place:
            del self._places[before.place]
        self.lines[line.line_id] = evolve(line, version=self.version)
        self._places[line.place] = line.line_id

    def _drop(self, line: StoredCartLine) -> None:
        del self.lines[line.line_id]
        del self._places[line.place]
        self.gone.append(
            GoneLine(line_id=line.line_id, sku=line.sku, department=line.department, version=self.version)
        )


def _looked_at(line: StoredCartLine, seen: Seen | None) -> StoredCartLine:
    """The line with what its window shows of the item now; of one that is not for sale, as it was."""
    if seen is None:
        return line
    enough = seen.available is None or line.quantity <= seen.available
    return evolve(line, seen_price=seen.price, seen_enough=enough)


def emptied(cart: StoredCart, at: datetime) -> StoredCart:
    """The cart after everything in it was ordered."""
    version = cart.version + 1
    gone = tuple(
        GoneLine(line_id=one.line_id, sku=one.sku, department=one.department, version=version, ordered=True)
        for one in cart.lines
    )
    return evolve(cart, version=version, changed_at=at, lines=(), gone=(*cart.gone, *gone)[-_REMEMBERED:])


def combined(into: StoredCart, other: StoredCart, departments: Mapping[str, str]) -> StoredCart:
    """A cart with the lines of another one, whose departments have new codes, as when two accounts become one."""
    work = _Work(into, into.version + 1)
    for line in other.lines:
        code = departments.get(line.department, line.department)
        change = Change(
            number=0,
            action=CartAction.ADD,
            sku=line.sku,
            quantity=line.quantity,
            department=code,
            cost_centre=line.cost_centre,
        )
        line_id = work.add(change)
        made = work.lines[line_id]
        work.lines[line_id] = evolve(made, seen_price=line.seen_price, seen_enough=line.seen_enough)
    return evolve(
        into,
        version=work.version,
        changed_at=max(into.changed_at, other.changed_at),
        last_line=work.last_line,
        lines=tuple(work.lines.values()),
    )


def changed_since(cart: StoredCart, version: int) -> tuple[tuple[StoredCartLine, ...], tuple[GoneLine, ...]]:
    """The lines that changed, and those that went, after a version."""
    return (
        tuple(one for one in cart.lines if one.version > version),
        tuple(one for one in cart.gone if one.version > version),
    )
