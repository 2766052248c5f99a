"""Windows that change one cart in any order (CART-6), and usual quantities (CART-1)."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from askul_connect.core.domain.catalog import Fulfilment, Item
from askul_connect.core.domain.stored_carts import CartAction, PastQuantity, StoredCart
from askul_connect.core.domain.tax import TaxCategory
from askul_connect.core.policies.cart_changes import (
    Change,
    Seen,
    change_cart,
    changed_since,
    combined,
    emptied,
)
from askul_connect.core.policies.usual_quantity import sellable, usual_quantity

NOW = datetime(2026, 11, 2, tzinfo=UTC)
EMPTY = StoredCart(account_id="a", user_id="u", version=0, changed_at=NOW)
ITEM = Item(
    sku="TEA",
    jan="",
    name="茶",
    name_en="Tea",
    maker="",
    category=(),
    unspsc="",
    tax_category=TaxCategory.REDUCED,
    currency="JPY",
    list_price=Decimal(1),
    unit="H87",
    content_quantity=1,
    fulfilment=Fulfilment.STOCK,
    minimum=4,
    multiple=4,
    maximum=20,
)


def seen(_sku: str) -> Seen:
    return Seen(price=Decimal(5), available=10)


def add(number: int, sku: str, quantity: int, department: str = "D1") -> Change:
    return Change(number=number, action=CartAction.ADD, sku=sku, quantity=quantity, department=department)


WINDOWS = st.lists(
    st.tuples(
        st.integers(0, 1),
        st.sampled_from([*CartAction, None]),
        st.sampled_from(["PEN", "TEA"]),
        st.integers(1, 9),
        st.sampled_from(["D1", "D2"]),
    ),
    max_size=25,
)


@pytest.mark.spec("CART-6")
@given(WINDOWS)
def test_no_window_overwrites_what_it_has_not_seen(
    steps: list[tuple[int, CartAction | None, str, int, str]],
) -> None:
    """Two windows in any order, each showing what it last read: held against counts that are kept beside."""
    cart, shown = EMPTY, [EMPTY, EMPTY]
    counts: Counter[tuple[str, str]] = Counter()
    for who, action, sku, quantity, department in steps:
        if action is None:
            shown[who] = cart
            continue
        line = next((one for one in shown[who].lines if one.sku == sku), None)
        if action is not CartAction.ADD and line is None:
            continue
        change = evolve(
            add(1, sku, quantity, department),
            action=action,
            line_id=line.line_id if line and action is not CartAction.ADD else "",
            version=line.version if line else 0,
        )
        changed = change_cart(cart, [change], seen, NOW)
        now = next((one for one in cart.lines if line and one.line_id == line.line_id), None)
        stale = action is not CartAction.ADD and now != line
        assert bool(changed.conflicts) is stale
        if stale:
            assert changed.conflicts[0].now == now
            continue
        assert changed.cart.version == cart.version + 1
        if action is CartAction.ADD:
            counts[sku, department] += quantity
        elif now is not None:
            taken = (now.sku, now.department)
            if action is CartAction.SET:
                counts[taken] = quantity
            elif action is CartAction.REMOVE:
                del counts[taken]
            elif action is CartAction.MOVE:
                # out first: it may be moved to where it is
                moved = counts.pop(taken)
                counts[sku, department] += moved
        cart = shown[who] = changed.cart
        assert {(one.sku, one.department): one.quantity for one in cart.lines} == dict(counts)
        ids = [one.line_id for one in (*cart.lines, *cart.gone)]
        assert len(ids) == len(set(ids))


@pytest.mark.spec("CART-6")
def test_changes_of_one_call_name_the_versions_before_it() -> None:
    cart = change_cart(EMPTY, [add(1, "PEN", 3), add(2, "PEN", 4)], seen, NOW).cart
    (line,) = cart.lines
    assert (line.quantity, line.version, line.seen_price, line.seen_enough) == (7, 1, Decimal(5), True)
    both = [
        Change(number=1, action=CartAction.MOVE, line_id="1", version=1, cost_centre="CC"),
        Change(number=2, action=CartAction.SET, line_id="1", version=1, quantity=11),
    ]
    (line,) = change_cart(cart, both, seen, NOW).cart.lines
    assert (line.quantity, line.department, line.cost_centre, line.seen_enough) == (11, "D1", "CC", False)
    gone = [
        Change(number=1, action=CartAction.REMOVE, line_id="1", version=1),
        Change(number=2, action=CartAction.SET, line_id="1", version=1, quantity=2),
    ]
    assert [one.change.number for one in change_cart(cart, gone, seen, NOW).conflicts] == [2]


@pytest.mark.spec("CART-6")
def test_lines_that_went_are_told_by_version() -> None:
    cart = change_cart(EMPTY, [add(1, "PEN", 3), add(2, "TEA", 4)], seen, NOW).cart
    done = emptied(cart, NOW)
    assert (done.version, done.lines) == (2, ())
    assert [(one.line_id, one.ordered) for one in done.gone] == [("1", True), ("2", True)]
    later = change_cart(done, [add(1, "PEN", 1)], seen, NOW).cart
    assert later.lines[0].line_id == "3"
    lines, gone = changed_since(later, 1)
    assert ([one.line_id for one in lines], [one.line_id for one in gone]) == (["3"], ["1", "2"])
    assert changed_since(later, 3) == ((), ())
    many = later
    for number in range(120):
        many = emptied(change_cart(many, [add(1, f"S{number}", 1)], seen, NOW).cart, NOW)
    assert len(many.gone) == 100


@pytest.mark.spec("ACC-4", "CART-6")
def test_two_carts_become_one() -> None:
    mine = change_cart(EMPTY, [add(1, "PEN", 3)], seen, NOW).cart
    other = change_cart(EMPTY, [add(1, "PEN", 1), add(2, "TEA", 2, "D2")], seen, NOW).cart
    both = combined(mine, other, {"D2": "D2-9"})
    assert [(one.sku, one.quantity, one.department) for one in both.lines] == [
        ("PEN", 4, "D1"),
        ("TEA", 2, "D2-9"),
    ]
    assert both.version == 2


def past(*quantities: int, by: str = "other", department: str = "D1") -> list[PastQuantity]:
    return [PastQuantity(placed_by=by, department=department, quantity=one) for one in quantities]


@pytest.mark.spec("CART-1")
def test_the_usual_quantity_is_the_median_of_the_latest_as_it_is_sold_today() -> None:
    assert usual_quantity(ITEM, [], "me") == 4
    assert usual_quantity(ITEM, past(12, 8, 16, 4, 8, 20, 20), "me") == 8
    assert usual_quantity(ITEM, past(4, 4, 4) + past(16, by="me"), "me") == 16
    assert usual_quantity(ITEM, past(12, 20), "me") == 12
    assert usual_quantity(ITEM, past(12, department="D2"), "me", {"D1"}) == 4
    # sold otherwise since
    assert [sellable(ITEM, one) for one in (1, 5, 8, 21, 99)] == [4, 8, 8, 20, 20]
