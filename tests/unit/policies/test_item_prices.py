"""Which price is in force, until when, and what a piece costs (CAT-1)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askul_connect.core.domain.catalog import DatedPrice
from askul_connect.core.domain.item_query import PriceView
from askul_connect.core.policies.item_prices import (
    paid_units,
    per_piece,
    price_of_units,
    price_units,
    price_until,
    rounded,
)

DAY = date(2026, 11, 2)
_DAYS = [DAY + timedelta(days=offset) for offset in range(8)]


def dated(price: str, first: int, last: int | None = None, account: str = "") -> DatedPrice:
    return DatedPrice(
        account_id=account,
        sku="x",
        valid_from=_DAYS[first],
        valid_to=None if last is None else _DAYS[last],
        price=Decimal(price),
    )


_prices = st.lists(
    st.builds(
        lambda first, more, account, price: dated(str(price), first, more and min(first + more, 7), account),
        st.integers(0, 7),
        st.none() | st.integers(1, 4),
        st.sampled_from(["", "mine", "theirs"]),
        st.integers(1, 9),
    ),
    max_size=5,
    unique_by=lambda one: (one.account_id, one.valid_from),
)


@pytest.mark.spec("CAT-1")
def test_a_contract_price_comes_first_then_a_dated_list_price_then_the_list_price() -> None:
    own = [dated("50", 2, 3, "mine"), dated("9", 0, None, "theirs"), dated("80", 1), dated("70", 3)]
    paid = [
        paid_units(1_000_000, own, PriceView(account_id="mine", on=day, permille=905)) for day in _DAYS[:6]
    ]
    assert [str(price_of_units(one)) for one in paid] == ["90.5", "72.4", "50", "50", "63.35", "63.35"]


@pytest.mark.spec("CAT-1")
@given(_prices, st.sampled_from(_DAYS))
def test_a_price_holds_to_the_last_day_that_is_named_and_no_longer(own: list[DatedPrice], on: date) -> None:
    def on_day(day: date) -> tuple[int, object]:
        found = [one for one in own if one.in_force(day) and one.account_id in {"", "mine"}]
        chosen = max(found, key=lambda one: (one.account_id, one.valid_from), default=None)
        view = PriceView(account_id="mine", on=day, permille=1_000)
        paid = paid_units(1, own, view)
        assert paid == (1 if chosen is None else price_units(chosen.price))
        return paid, chosen

    last = price_until(own, "mine", on)
    days = [on + timedelta(days=offset) for offset in range(1, 12)]
    changes = [day for day in days if on_day(day)[1] != on_day(on)[1]]
    assert last == (changes[0] - timedelta(days=1) if changes else None)


@pytest.mark.spec("CAT-1")
def test_a_piece_is_compared_exactly_and_shown_rounded() -> None:
    third = per_piece(price_units(Decimal(1)), 3, Decimal(10))
    assert (rounded(third), third * 3) == (Decimal("0.3667"), 11_000)
    assert rounded(per_piece(5, 10)) == Decimal("0.0001")
    assert per_piece(10_001, 3) > per_piece(10_000, 3)
