"""How far back the history goes, and why nothing was found (ORD-10)."""

from __future__ import annotations

from datetime import date

import pytest

from askul_connect.core.domain.order_query import EmptyCause, OrderFilter, OrderQuery
from askul_connect.core.policies.empty_texts import FILTER_NAMES, empty_text
from askul_connect.core.policies.order_history import (
    EmptyFacts,
    EmptyReason,
    asked_filters,
    explain_empty,
    online_since,
    without_filter,
)

SINCE = date(2023, 4, 1)


@pytest.mark.spec("ORD-10")
@pytest.mark.parametrize(
    ("today", "since"),
    [
        (date(2026, 4, 1), date(2023, 4, 1)),
        (date(2028, 2, 29), date(2025, 2, 28)),
        (date(2027, 1, 1), date(2024, 1, 1)),
    ],
)
def test_three_years_to_the_day(today: date, since: date) -> None:
    assert online_since(today) == since


@pytest.mark.spec("ORD-10")
def test_without_a_filter_the_others_stay_and_nothing_older_comes_in() -> None:
    query = OrderQuery(account_id="a", first=date(2024, 1, 1), last=date(2024, 2, 1), sku="S", quantity_to=3)
    plain = without_filter(query, OrderFilter.PERIOD, SINCE)
    assert (plain.first, plain.last, plain.sku) == (SINCE, None, "S")
    assert without_filter(query, OrderFilter.SKU, SINCE).first == date(2024, 1, 1)
    numbered = OrderQuery(account_id="a", number="N")
    assert without_filter(numbered, OrderFilter.NUMBER, SINCE).first == SINCE
    assert asked_filters(query, period=True) == (OrderFilter.PERIOD, OrderFilter.SKU, OrderFilter.QUANTITY)
    assert asked_filters(query, period=False) == (OrderFilter.SKU, OrderFilter.QUANTITY)


def _causes(**facts: object) -> list[EmptyCause]:
    plain: dict[str, object] = {"without": {}, "visible": 0, "older": 0, "online_since": SINCE}
    return [one.cause for one in explain_empty(EmptyFacts(**(plain | facts)))]  # type: ignore[arg-type]  # facts by name


@pytest.mark.spec("ORD-10")
def test_each_fact_gives_its_reason() -> None:
    assert _causes() == [EmptyCause.NO_ORDERS]
    assert _causes(older=2) == [EmptyCause.PERIOD_LIMIT, EmptyCause.NO_ORDERS]
    assert _causes(visible=3, without={OrderFilter.SKU: 0, OrderFilter.USER: 0}) == [EmptyCause.TOGETHER]
    assert _causes(visible=3, without={OrderFilter.SKU: 1, OrderFilter.USER: 0}) == [EmptyCause.FILTER]
    assert _causes(visible=3, without={OrderFilter.SKU: 1}, scope=("D1",)) == [
        EmptyCause.FILTER,
        EmptyCause.DEPARTMENTS,
    ]


@pytest.mark.spec("ORD-10", "ACC-5")
def test_that_somebody_is_limited_is_said_without_a_number() -> None:
    [*_, last] = explain_empty(
        EmptyFacts(without={}, visible=0, older=0, online_since=SINCE, scope=("D2", "D1"))
    )
    assert (last.cause, last.orders, last.departments) == (EmptyCause.DEPARTMENTS, None, ("D1", "D2"))


@pytest.mark.spec("ORD-10")
def test_every_reason_is_said_in_both_languages() -> None:
    assert set(FILTER_NAMES) == set(OrderFilter)
    texts = set()
    for cause in EmptyCause:
        for name in OrderFilter if cause is EmptyCause.FILTER else (None,):
            text = empty_text(
                EmptyReason(cause=cause, filter=name, orders=7, online_since=SINCE, departments=("D1",))
            )
            assert text.ja != text.en
            texts.add(text)
    assert len(texts) == len(EmptyCause) - 1 + len(OrderFilter)
