"""The stored cart: reading and changing it (CART-1, CART-6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from attrs import evolve, frozen

from askul_connect.core.domain.catalog import Fulfilment, Item
from askul_connect.core.domain.stored_carts import CartAction, StoredCart
from askul_connect.core.errors import OrderRefused, Problem, ValueInvalid, VersionConflict
from askul_connect.core.messages.cart import (
    CartChange,
    CartDocument,
    CartLineDocument,
    ChangeCartRequest,
    ChangeCartResponse,
    GetCartRequest,
    GetCartResponse,
)
from askul_connect.core.messages.ordering import OrderLineRequest
from askul_connect.core.policies.cart_changes import (
    MAXIMUM_LINES,
    Change,
    Conflict,
    Seen,
    change_cart,
)
from askul_connect.core.policies.usual_quantity import usual_quantity
from askul_connect.core.services.supplier.capabilities import offered
from askul_connect.core.services.supplier.catalog import unit_prices
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.findings import finding
from askul_connect.core.services.supplier.order_rules import Facts, line_problems

#: So many of the latest orders of an item are looked at for its usual quantity, before those of others are left out.
_PAST_ORDERS = 50
_TEXT_LENGTH = 100
_MOST = 10**9


def get_cart(context: Context, _request: GetCartRequest) -> GetCartResponse:
    """The caller's cart in the account, as it is kept."""
    caller = context.caller
    cart = context.unit.carts.get(caller.account_id, caller.actor)
    return GetCartResponse(cart=cart_document(context, cart or new_cart(context)))


def change_stored_cart(context: Context, request: ChangeCartRequest) -> ChangeCartResponse:
    """Carry out changes of the cart, all or none.

    Raises:
        VersionConflict: A line was changed elsewhere since; the problems say what it is now.
        OrderRefused: Something cannot be put into a cart; all findings are listed.
        ValueInvalid: The request itself is wrong.
    """
    _require_acceptable(request.changes)
    cart = held_cart(context)
    shelf = shelf_of(context, [*(one.sku for one in request.changes), *(one.sku for one in cart.lines)])
    changes = [_change(context, shelf, number, one) for number, one in enumerate(request.changes, start=1)]
    changed = change_cart(cart, changes, shelf.seen, context.now)
    if changed.conflicts:
        problems = tuple(map(_conflict, changed.conflicts))
        raise VersionConflict(problems[0].detail, where=problems[0].where, problems=problems)
    found = judged(shelf, changed.cart, changed.touched)
    if found:
        raise OrderRefused("the cart was not changed", problems=tuple(found))
    context.unit.carts.put(changed.cart)
    return ChangeCartResponse(cart=cart_document(context, changed.cart))


def replay_change_cart(context: Context, _request: ChangeCartRequest, _reference: str) -> ChangeCartResponse:
    """The cart as it stands now; what was added is not added again."""
    return ChangeCartResponse(cart=get_cart(context, GetCartRequest()).cart)


def cart_reference(response: ChangeCartResponse) -> str:
    """The version that a change made."""
    return str(response.cart.version)


def new_cart(context: Context) -> StoredCart:
    """The cart of somebody who never used one."""
    caller = context.caller
    return StoredCart(account_id=caller.account_id, user_id=caller.actor, version=0, changed_at=context.now)


def held_cart(context: Context) -> StoredCart:
    """The caller's cart, which nobody else changes until the unit ends."""
    caller = context.caller
    return context.unit.carts.hold(caller.account_id, caller.actor) or new_cart(context)


def cart_document(context: Context, cart: StoredCart) -> CartDocument:
    """The cart as its owner sees it."""
    known = context.unit.catalog.items({one.sku for one in cart.lines})
    items = offered(context.account(), known.values())
    return CartDocument(
        version=cart.version,
        changed_at=cart.changed_at if cart.version else None,
        lines=tuple(
            CartLineDocument(
                line_id=one.line_id,
                version=one.version,
                sku=one.sku,
                name=items[one.sku].name if one.sku in items else "",
                quantity=one.quantity,
                unit=items[one.sku].unit if one.sku in items else "",
                department=one.department,
                cost_centre=one.cost_centre,
                seen_price=one.seen_price,
            )
            for one in cart.lines
        ),
    )


@frozen(kw_only=True)
class Shelf:
    """What is known of the items of a cart and of those that are to be put into it.

    Attributes:
        facts: As the rules of an order ask for them.
        available: Units in stock, of what the supplier keeps.
    """

    facts: Facts
    available: Mapping[str, int]

    def seen(self, sku: str) -> Seen | None:
        """What a window shows of an item; None of one that is not for sale."""
        item = self.facts.items.get(sku)
        if item is None:
            return None
        stocked = item.fulfilment is Fulfilment.STOCK
        return Seen(price=self.facts.prices[sku], available=self.available.get(sku, 0) if stocked else None)


def shelf_of(context: Context, skus: Sequence[str]) -> Shelf:
    """What is known of some items."""
    account = context.account()
    wanted = set(skus)
    known = context.unit.catalog.items(wanted)
    items = offered(account, known.values())
    levels = context.unit.catalog.levels(items)
    departments = context.unit.departments.of_account(account.account_id)
    facts = Facts(
        items=items,
        restricted=frozenset(known) - frozenset(items),
        stock=levels,
        prices=dict[str, Decimal](
            {sku: price.value for sku, price in unit_prices(context, account, items).items()}
        ),
        currency=context.house.profile.currency,
        departments=frozenset(one.code for one in departments),
        scope=context.caller.departments,
    )
    return Shelf(facts=facts, available={sku: level.available for sku, level in levels.items()})


def only_department(facts: Facts) -> str:
    """The one department that a caller who names none means; empty where there are several."""
    within = facts.departments & facts.scope if facts.scope else facts.departments
    return next(iter(within)) if len(within) == 1 else ""


def proposed_quantity(context: Context, item: Item) -> int:
    """The quantity of an item that the caller usually orders (CART-1)."""
    caller = context.caller
    past = context.unit.orders.quantities_of(caller.account_id, item.sku, _PAST_ORDERS)
    return usual_quantity(item, past, caller.actor, caller.departments)


def judged(
    shelf: Shelf, cart: StoredCart, touched: Sequence[tuple[Change, str]], place: str = "changes[{}]"
) -> list[Problem]:
    """What is wrong with the lines that changes ended in, once each; stock and limits are for when it is priced."""
    problems = []
    if len(cart.lines) > MAXIMUM_LINES:
        detail = f"a cart has up to {MAXIMUM_LINES} lines, not {len(cart.lines)}"
        problems.append(finding(ValueInvalid, detail, where="changes"))
    in_order = sorted(_findings(shelf, cart, touched, place), key=lambda one: one[0].number)
    for change, found in in_order:
        if change.action is not CartAction.KEEP:
            problems += found
    return problems


def _findings(
    shelf: Shelf, cart: StoredCart, touched: Sequence[tuple[Change, str]], place: str
) -> Iterator[tuple[Change, list[Problem]]]:
    """What is wrong with each line that a change ended in, by the last change, which says what it became."""
    last = {line_id: change for change, line_id in touched}
    for line in cart.lines:
        if line.line_id not in last:
            continue
        item, change = shelf.facts.items.get(line.sku), last[line.line_id]
        asked = OrderLineRequest(
            line_id=line.line_id,
            sku=line.sku,
            quantity=line.quantity,
            unit=item.unit if item else "",
            department=line.department,
            cost_centre=line.cost_centre,
        )
        yield change, line_problems(asked, shelf.facts, place.format(change.number))


def put_in(
    context: Context, cart: StoredCart, shelf: Shelf, changes: Sequence[Change], place: str
) -> tuple[StoredCart, dict[int, Problem]]:
    """The cart with those of the additions that the rules let in; the first finding on each other, by its number.

    Args:
        context: Gives the instant.
        cart: As it is.
        shelf: With the items of the cart and of the additions.
        changes: Additions only.
        place: Where a finding is said to be, with ``{}`` for the number.
    """
    changed = change_cart(cart, changes, shelf.seen, context.now)
    found: dict[int, Problem] = {}
    of_line = {change.number: line_id for change, line_id in changed.touched}
    for change, problems in _findings(shelf, changed.cart, changed.touched, place):
        if problems:
            # all that went into the line, as none of them is more to blame than another
            line_id = of_line[change.number]
            found |= {number: problems[0] for number, its in of_line.items() if its == line_id}
    if len(changed.cart.lines) > MAXIMUM_LINES:
        detail = f"a cart has up to {MAXIMUM_LINES} lines, not {len(changed.cart.lines)}"
        full = finding(ValueInvalid, detail, where=place)
        found |= {one.number: full for one in changes if one.number not in found}
    good = [one for one in changes if one.number not in found]
    if not good:
        return cart, found
    if found:
        changed = change_cart(cart, good, shelf.seen, context.now)
    return changed.cart, found


def _change(context: Context, shelf: Shelf, number: int, asked: CartChange) -> Change:
    quantity, department = asked.quantity, asked.department
    if asked.action is CartAction.ADD:
        department = department or only_department(shelf.facts)
        item = shelf.facts.items.get(asked.sku)
        if quantity is None:
            # of an item that is not for sale nothing is usual, and it is refused for that
            quantity = proposed_quantity(context, item) if item else 1
    return Change(
        number=number,
        action=asked.action,
        sku=asked.sku,
        quantity=quantity or 0,
        department=department,
        cost_centre=asked.cost_centre,
        line_id=asked.line_id,
        version=asked.version,
    )


def _conflict(conflict: Conflict) -> Problem:
    change, now, gone = conflict.change, conflict.now, conflict.gone
    if now is not None:
        detail = (
            f"line {now.line_id} is {now.quantity} of {now.sku} for {now.department} in version {now.version},"
            f" and version {change.version} was to be changed"
        )
    elif gone is not None:
        how = "was ordered" if gone.ordered else "was removed or moved into another line"
        detail = f"line {gone.line_id}, {gone.sku} for {gone.department}, {how} in version {gone.version}"
    else:
        detail = f"there is no line {change.line_id!r} in the cart"
    where = f"changes[{change.number}]/line_id"
    return evolve(finding(VersionConflict, detail, where=where), line_id=change.line_id)


def _require_acceptable(changes: Sequence[CartChange]) -> None:
    problems: list[Problem] = []
    if not 1 <= len(changes) <= MAXIMUM_LINES:
        detail = f"there are 1 to {MAXIMUM_LINES} changes in a call, not {len(changes)}"
        problems.append(finding(ValueInvalid, detail, where="changes"))
    for number, one in enumerate(changes[:MAXIMUM_LINES], start=1):
        problems += [
            finding(ValueInvalid, detail, where=f"changes[{number}]/{name}") for name, detail in _faults(one)
        ]
    if problems:
        raise ValueInvalid(problems[0].detail, where=problems[0].where, problems=tuple(problems))


def _faults(one: CartChange) -> list[tuple[str, str]]:
    found = []
    if one.action is CartAction.ADD and not one.sku.strip():
        found.append(("sku", "what is added has a SKU"))
    if one.action is not CartAction.ADD and not one.line_id:
        found.append(("line_id", f"to {one.action} needs the line"))
    if one.action is CartAction.SET and one.quantity is None:
        found.append(("quantity", "set needs the quantity"))
    if one.quantity is not None and not 1 <= one.quantity <= _MOST:
        found.append(
            ("quantity", f"a quantity is from 1 to {_MOST}, not {one.quantity}; remove takes a line out")
        )
    if one.action is CartAction.MOVE and one.department is None and one.cost_centre is None:
        found.append(("department", "move needs a department or a cost centre"))
    for name in ("sku", "line_id", "department", "cost_centre"):
        text: str = getattr(one, name) or ""
        if len(text) > _TEXT_LENGTH:
            found.append((name, f"{name} has up to {_TEXT_LENGTH} characters"))
    return found
