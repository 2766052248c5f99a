"""Filling the cart from pasted lines: what is good goes in, what is not is reported with suggestions (CART-3).

All good lines are put into the cart in one unit of work. A line that cannot be read, or names what is not for sale,
does not keep the others out: whoever pastes a long list wants to correct three lines of it, not to paste it again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from attrs import evolve, field, frozen

from askul_connect.core.domain.catalog import Item
from askul_connect.core.domain.identifiers import normalise_jan
from askul_connect.core.domain.item_query import ItemQuery, ItemSort
from askul_connect.core.domain.search_text import code_of, words_of
from askul_connect.core.domain.stored_carts import CartAction, StoredCart
from askul_connect.core.errors import (
    AskulConnectError,
    ItemDiscontinued,
    Problem,
    UnknownDepartment,
    UnknownItem,
    ValueInvalid,
)
from askul_connect.core.messages.cart import (
    ItemSuggestion,
    QuickOrderItem,
    QuickOrderRefusal,
    QuickOrderRequest,
    QuickOrderResponse,
)
from askul_connect.core.policies.cart_changes import MAXIMUM_LINES, Change
from askul_connect.core.policies.quick_order import MAXIMUM_LENGTH, QuickRow, near_codes, quick_rows
from askul_connect.core.services.supplier.capabilities import offered
from askul_connect.core.services.supplier.cart import (
    Shelf,
    cart_document,
    held_cart,
    new_cart,
    only_department,
    proposed_quantity,
    put_in,
    shelf_of,
)
from askul_connect.core.services.supplier.catalog import price_view
from askul_connect.core.services.supplier.catalog_search import MAXIMUM_WORDS
from askul_connect.core.services.supplier.context import Context, Tried
from askul_connect.core.services.supplier.findings import finding

if TYPE_CHECKING:
    from collections.abc import Iterable

#: So many rows get suggestions; whoever has more has pasted something else.
_ADVISED = 20
#: So many codes that are neither a SKU as it is written nor a JAN are looked for otherwise, for the same reason.
_LOOKED_FOR = 100
_SUGGESTIONS = 5


@frozen(kw_only=True)
class _Wanted:
    """What the rows name of one item."""

    item: Item
    rows: tuple[QuickRow, ...]
    quantity: int


@frozen(kw_only=True)
class _Sorted:
    """The rows of a text: what they name, and what is wrong with the others.

    Attributes:
        near: Items that one of the refused rows may have meant, by the row's number.
    """

    wanted: tuple[_Wanted, ...]
    refused: dict[int, tuple[QuickRow, Problem]] = field(factory=dict)
    near: dict[int, tuple[Item, ...]] = field(factory=dict)


def quick_order(
    context: Context, request: QuickOrderRequest
) -> QuickOrderResponse | Tried[QuickOrderResponse]:
    """Put every good line of a text into the cart.

    Raises:
        ValueInvalid: There are no lines, or too many.
        UnknownDepartment: The account has no such department, or several and none is named.
    """
    cart = held_cart(context)
    sorted_rows, shelf, department = _read(context, request)
    changed, added, problems = _filled(context, cart, sorted_rows.wanted, shelf, request, department)
    if added:
        context.unit.carts.put(changed)
    response = _response(context, changed, added, {**sorted_rows.refused, **problems}, sorted_rows.near)
    return Tried(evolve(response, trial=True)) if request.trial else response


def asked_to_order_quickly(request: QuickOrderRequest) -> QuickOrderRequest:
    """What a key stands for: whether it is a trial does not change what is asked for."""
    return evolve(request, trial=False) if request.trial else request


def replay_quick_order(context: Context, request: QuickOrderRequest, _reference: str) -> QuickOrderResponse:
    """The lines judged again, and the cart as it stands now; nothing is put into it again."""
    caller = context.caller
    cart = context.unit.carts.get(caller.account_id, caller.actor) or new_cart(context)
    sorted_rows, shelf, department = _read(context, request)
    # by themselves, as what is in the cart already has them in it
    _, added, problems = _filled(
        context, evolve(cart, lines=()), sorted_rows.wanted, shelf, request, department
    )
    response = _response(context, cart, added, {**sorted_rows.refused, **problems}, sorted_rows.near)
    return evolve(response, trial=request.trial)


def quick_order_reference(response: QuickOrderResponse) -> str:
    """The version of the cart then."""
    return str(response.cart.version)


def _read(context: Context, request: QuickOrderRequest) -> tuple[_Sorted, Shelf, str]:
    if len(request.text) > MAXIMUM_LENGTH:
        raise ValueInvalid(f"a text has up to {MAXIMUM_LENGTH} characters", where="text")
    rows = quick_rows(request.text)
    if not 1 <= len(rows) <= MAXIMUM_LINES:
        raise ValueInvalid(f"there are 1 to {MAXIMUM_LINES} lines, not {len(rows)}", where="text")
    shelf = shelf_of(context, ())
    department = request.department or only_department(shelf.facts)
    within = shelf.facts.departments & shelf.facts.scope if shelf.facts.scope else shelf.facts.departments
    if department not in within:
        detail = f"the account has no department {department!r}" if department else "say for which department"
        raise UnknownDepartment(detail, where="department")
    found = _sorted(context, rows)
    return found, shelf_of(context, [one.item.sku for one in found.wanted]), department


def _sorted(context: Context, rows: Sequence[QuickRow]) -> _Sorted:
    known = _named(context, [row for row in rows if not row.fault])
    of_item: dict[str, list[QuickRow]] = {}
    items: dict[str, Item] = {}
    refused: dict[int, tuple[QuickRow, Problem]] = {}
    near: dict[int, tuple[Item, ...]] = {}
    unknown: list[QuickRow] = []
    for row in rows:
        if row.fault:
            refused[row.number] = row, _fault(ValueInvalid, row.fault)
            continue
        found = known.get(row.code, ())
        if len(found) == 1 and not found[0].discontinued:
            items[found[0].sku] = found[0]
            of_item.setdefault(found[0].sku, []).append(row)
        elif len(found) == 1:
            detail = f"{found[0].sku} {found[0].name} is no longer sold"
            refused[row.number] = row, _fault(ItemDiscontinued, detail)
            near[row.number] = _sold(context, found[0].substitutes)
        elif found:
            refused[row.number] = row, _fault(UnknownItem, f"{row.code!r} names {len(found)} items")
            near[row.number] = tuple(found[:_SUGGESTIONS])
        else:
            refused[row.number] = row, _fault(UnknownItem, f"there is no item {row.code!r} in the catalog")
            unknown.append(row)
    near.update(_suggested(context, unknown[:_ADVISED]))
    wanted = tuple(
        _Wanted(item=items[sku], rows=tuple(named), quantity=_quantity(context, items[sku], named))
        for sku, named in of_item.items()
    )
    return _Sorted(wanted=wanted, refused=refused, near=near)


def _fault(kind: type[AskulConnectError], detail: str) -> Problem:
    return finding(kind, detail, where="text")


def _quantity(context: Context, item: Item, rows: Sequence[QuickRow]) -> int:
    """Of all rows together; one that says none means the usual quantity."""
    silent = sum(row.quantity is None for row in rows)
    usual = proposed_quantity(context, item) if silent else 0
    return sum(row.quantity or 0 for row in rows) + silent * usual


def _named(context: Context, rows: Sequence[QuickRow]) -> dict[str, tuple[Item, ...]]:
    """The items that rows name, by what they are named with: a SKU as it is written, else a SKU or JAN as it folds."""
    account = context.account()
    codes = {row.code for row in rows}
    exact = offered(account, context.unit.catalog.items(codes | {code.upper() for code in codes}).values())
    found: dict[str, tuple[Item, ...]] = {
        code: (exact[same],) for code in codes for same in (code.upper(), code) if same in exact
    }
    looked_for = 0
    for code in sorted(codes - found.keys()):
        jan, folded = _jan(code), code_of(code)
        looked_for += not jan
        if jan or (folded and looked_for <= _LOOKED_FOR):
            folded = jan or folded
            hits = _searched(context, (folded,), discontinued=True)
            same = [one for one in hits if folded in {code_of(one.sku), code_of(one.jan)}]
            if same:
                found[code] = tuple(same)
    return found


def _jan(code: str) -> str:
    """A code as a JAN; empty where it is none."""
    try:
        return normalise_jan(code)
    except ValueInvalid:
        return ""


def _searched(context: Context, words: tuple[str, ...], *, discontinued: bool = False) -> Sequence[Item]:
    """The first items that have all the words, which are folded."""
    account = context.account()
    query = ItemQuery(
        kind=account.kind, prices=price_view(context, account), words=words, discontinued=discontinued
    )
    limit = _SUGGESTIONS if not discontinued else 4 * _SUGGESTIONS
    skus = [hit.sku for hit in context.unit.item_search.page(query, ItemSort.CATALOG, None, limit)]
    items = offered(account, context.unit.catalog.items(skus).values())
    return [items[sku] for sku in skus if sku in items]


def _sold(context: Context, skus: Iterable[str]) -> tuple[Item, ...]:
    """Those of some items that can be ordered, in their order."""
    wanted = list(dict.fromkeys(skus))
    items = offered(context.account(), context.unit.catalog.items(wanted).values())
    return tuple(items[sku] for sku in wanted if sku in items and not items[sku].discontinued)


def _suggested(context: Context, rows: Sequence[QuickRow]) -> dict[int, tuple[Item, ...]]:
    """What unknown rows may have meant: items whose SKU is one slip away, then those that their words find."""
    near = {row.number: list(dict.fromkeys(near_codes(row.code))) for row in rows}
    candidates = {code for codes in near.values() for code in codes}
    known = {one.sku: one for one in _sold(context, sorted(candidates))}
    found: dict[int, tuple[Item, ...]] = {}
    for row in rows:
        meant = {code: known[code] for code in near[row.number] if code in known}
        words = words_of(row.code)
        if len(meant) < _SUGGESTIONS and 0 < len(words) <= MAXIMUM_WORDS:
            for item in _searched(context, words):
                meant.setdefault(item.sku, item)
        found[row.number] = tuple(meant.values())[:_SUGGESTIONS]
    return found


def _filled(  # noqa: PLR0917 -- the cart, what goes into it and where
    context: Context,
    cart: StoredCart,
    wanted: Sequence[_Wanted],
    shelf: Shelf,
    request: QuickOrderRequest,
    department: str,
) -> tuple[StoredCart, Sequence[_Wanted], dict[int, tuple[QuickRow, Problem]]]:
    """The cart with what the rules let in; what they do not is a finding on each of its rows."""
    full = shelf_of(context, [*shelf.facts.items, *(one.sku for one in cart.lines)])
    changes = [
        Change(
            number=number,
            action=CartAction.ADD,
            sku=one.item.sku,
            quantity=one.quantity,
            department=department,
            cost_centre=request.cost_centre,
        )
        for number, one in enumerate(wanted)
    ]
    changed, found = put_in(context, cart, full, changes, "text")
    added = [one for number, one in enumerate(wanted) if number not in found]
    problems = {
        row.number: (row, problem) for number, problem in found.items() for row in wanted[number].rows
    }
    return changed, added, problems


def _response(
    context: Context,
    cart: StoredCart,
    added: Sequence[_Wanted],
    refused: Mapping[int, tuple[QuickRow, Problem]],
    near: Mapping[int, tuple[Item, ...]],
) -> QuickOrderResponse:
    return QuickOrderResponse(
        cart=cart_document(context, cart),
        added=tuple(
            QuickOrderItem(
                rows=tuple(row.number for row in one.rows),
                sku=one.item.sku,
                name=one.item.name,
                quantity=one.quantity,
            )
            for one in added
        ),
        refused=tuple(
            QuickOrderRefusal(
                row=number,
                code=problem.code,
                text=row.code,
                reason=problem.detail,
                remedy=problem.remedy,
                suggestions=tuple(
                    ItemSuggestion(sku=item.sku, name=item.name) for item in near.get(number, ())
                ),
            )
            for number, (row, problem) in sorted(refused.items())
        ),
    )
