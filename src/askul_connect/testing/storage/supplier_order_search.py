"""The history of orders: every filter alone and together, pages, sums, and whose orders they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from askul_connect.core.domain.catalog import Fulfilment
from askul_connect.core.domain.order_query import (
    SHOWN_NAMES,
    LineTotal,
    OrderPlace,
    OrderQuery,
    OrderTotal,
    TotalsBy,
)
from askul_connect.core.domain.orders import Channel, LineState, OrderState, order_state
from askul_connect.core.domain.sales import Order, OrderLine
from askul_connect.core.domain.search_text import fold
from askul_connect.testing.storage.samples import TODAY, item, order, order_line, shipped_line, stock_level
from askul_connect.testing.storage.samples_documents import ship_notice
from askul_connect.testing.storage.units import StorageCases, made_by_hypothesis, stored

_OURS, _THEIRS = "account-1", "account-2"
_DEPARTMENTS = ("A", "B", "")
_NAMES = ("油性ﾎﾞｰﾙﾍﾟﾝ 黒", "コピー用紙 Ａ４", "copy paper A4", "50% off_x")
_SKUS = ("100001", "100002", "none-such")
_USERS = ("user-1", "user-2")
_STATES = (LineState.PLACED, LineState.SHIPPED, LineState.CANCELLED, LineState.RETURNED)
_DAYS = tuple(TODAY - timedelta(days=days) for days in (0, 0, 1, 31, 400))


def _sample_orders() -> Iterator[Order]:
    """Sixty orders of two accounts, whose properties meet in many ways."""
    for number in range(60):
        lines = tuple(
            order_line(
                str(place),
                sku=_SKUS[(number + place) % 2],
                name=_NAMES[(number // 2 + place) % 4],
                quantity=1 + (number * 7 + place) % 9,
                quantity_cancelled=(number + place) % 2,
                amount_excl_tax=100 * number + place,
                department=_DEPARTMENTS[(number // 3 + place * (number % 2)) % 3],
                fulfilment=Fulfilment.DIRECT if (number + place) % 5 == 0 else Fulfilment.STOCK,
                state=_STATES[(number // 4 + place * (number % 3)) % 4],
            )
            for place in range(1 + number % 3)
        )
        yield order(
            f"O-{(number * 37) % 60:03}",
            _THEIRS if number % 4 == 3 else _OURS,
            purchase_order_id=f"PO-{number // 2}",
            placed_by=_USERS[number // 5 % 2],
            channel=(Channel.SOAP, Channel.FAX)[number // 7 % 2],
            order_date=_DAYS[number % 5],
            lines=lines,
            total_excl_tax=1_000 * (number % 10),
            total_incl_tax=1_100 * (number % 10),
        )


ORDERS = tuple(_sample_orders())

queries = st.builds(
    OrderQuery,
    account_id=st.sampled_from((_OURS, _OURS, _THEIRS, "nobody")),
    scope=st.sampled_from((frozenset[str](), frozenset({"A"}), frozenset({"A", "B"}), frozenset({"Z"}))),
    first=st.none() | st.sampled_from(_DAYS),
    last=st.none() | st.sampled_from(_DAYS),
    department=st.sampled_from(("", "", "A", "B", "Z")),
    placed_by=st.sampled_from(("", "", *_USERS)),
    fulfilment=st.none() | st.sampled_from(Fulfilment),
    sku=st.sampled_from(("", "", *_SKUS)),
    item_words=st.sampled_from(
        ((), (), ("a4",), ("ぺん",), ("copy", "a4"), ("%",), ("f_x",), ("用紙", "'"))
    ).map(lambda words: tuple(map(fold, words))),
    quantity_from=st.none() | st.integers(1, 9),
    quantity_to=st.none() | st.integers(1, 9),
    number=st.sampled_from(("", "", "", "O-000", "O-037", "PO-3")),
    state=st.none() | st.sampled_from(OrderState),
    channel=st.none() | st.sampled_from((Channel.SOAP, Channel.FAX, Channel.PHONE)),
    amount_from=st.none() | st.integers(0, 9_900),
    amount_to=st.none() | st.integers(0, 9_900),
)

_ORDER_TESTS: Mapping[str, Callable[[Order, Any], bool]] = {
    "account_id": lambda one, asked: one.account_id == asked,
    "scope": lambda one, asked: {line.department for line in one.lines} <= asked,
    "first": lambda one, asked: one.order_date >= asked,
    "last": lambda one, asked: one.order_date <= asked,
    "placed_by": lambda one, asked: one.placed_by == asked,
    "number": lambda one, asked: asked in (one.order_number, one.purchase_order_id),
    "state": lambda one, asked: order_state(tuple(line.state for line in one.lines)) is asked,
    "channel": lambda one, asked: one.channel is asked,
    "amount_from": lambda one, asked: one.total_incl_tax >= asked,
    "amount_to": lambda one, asked: one.total_incl_tax <= asked,
}
_LINE_TESTS: Mapping[str, Callable[[OrderLine, Any], bool]] = {
    "department": lambda line, asked: line.department == asked,
    "fulfilment": lambda line, asked: line.fulfilment is asked,
    "sku": lambda line, asked: line.sku == asked,
    "item_words": lambda line, asked: not [word for word in asked if word not in fold(line.name)],
    "quantity_from": lambda line, asked: line.quantity >= asked,
    "quantity_to": lambda line, asked: line.quantity <= asked,
}


def recounted(query: OrderQuery) -> dict[str, tuple[Order, list[OrderLine]]]:
    """The orders of a query with their fitting lines, by number, newest first: one test after the other."""
    found = {}
    for one in sorted(ORDERS, key=lambda one: (one.order_date, one.order_number), reverse=True):
        lines = [line for line in one.lines if _passes(_LINE_TESTS, query, line)]
        if lines and _passes(_ORDER_TESTS, query, one):
            found[one.order_number] = (one, lines)
    return found


def _passes(tests: Mapping[str, Callable[[Any, Any], bool]], query: OrderQuery, one: Any) -> bool:
    asked = {name: getattr(query, name) for name in tests}
    return all(
        tests[name](one, value) for name, value in asked.items() if value not in (None, "", (), frozenset())
    )


def _keys(by: TotalsBy, one: Order, line: OrderLine) -> str:
    if by is TotalsBy.MONTH:
        return one.order_date.isoformat()[:7]
    if by is TotalsBy.DEPARTMENT:
        return line.department
    return {"100001": "文具"}.get(line.sku, "")


def summed(found: Mapping[str, tuple[Order, list[OrderLine]]], by: TotalsBy) -> list[LineTotal]:
    """The totals of what was recounted."""
    groups: dict[str, list[tuple[str, OrderLine]]] = {}
    for number, (one, lines) in found.items():
        for line in lines:
            if line.state is not LineState.CANCELLED:
                groups.setdefault(_keys(by, one, line), []).append((number, line))
    return [
        LineTotal(
            key=key,
            orders=len({number for number, _ in lines}),
            lines=len(lines),
            quantity=sum(line.quantity for _, line in lines)
            - sum(line.quantity_cancelled for _, line in lines),
            amount_excl_tax=sum(line.amount_excl_tax for _, line in lines),
        )
        for key, lines in sorted(groups.items())
    ]


class SupplierOrderSearchCases(StorageCases):
    """The history of orders."""

    @pytest.mark.spec("ORD-10")
    @made_by_hypothesis
    @given(query=queries, size=st.integers(1, 20))
    def test_order_search_01_filters_together_are_those_of_a_recount(
        self, storage: Any, query: OrderQuery, size: int
    ) -> None:
        _fill(storage)
        found = recounted(query)
        with storage.begin() as unit:
            search = unit.order_search
            assert search.count(query) == len(found)
            numbers: list[str] = []
            after: OrderPlace | None = None
            while rows := search.page(query, after, size):
                numbers += [row.order_number for row in rows]
                after = rows[-1].place
            assert numbers == list(found)
            assert search.total(query) == OrderTotal(
                orders=len(found),
                total_excl_tax=sum(one.total_excl_tax for one, _ in found.values()),
                total_incl_tax=sum(one.total_incl_tax for one, _ in found.values()),
            )
            for by in TotalsBy:
                assert list(search.totals(query, by)) == summed(found, by)

    @pytest.mark.spec("ORD-10")
    def test_order_search_02_each_filter_finds_and_leaves_out(self, storage: Any) -> None:
        _fill(storage)
        given_one: dict[str, Any] = {
            "scope": frozenset({"A"}),
            "first": _DAYS[2],
            "last": _DAYS[2],
            "department": "A",
            "placed_by": "user-2",
            "fulfilment": Fulfilment.DIRECT,
            "sku": "100002",
            "item_words": (fold("ボールペン"),),
            "quantity_from": 9,
            "quantity_to": 1,
            "number": "PO-3",
            "state": OrderState.CANCELLED,
            "channel": Channel.FAX,
            "amount_from": 9_900,
            "amount_to": 0,
        }
        everything = OrderQuery(account_id=_OURS)
        whole = len(recounted(everything))
        with storage.begin() as unit:
            for name, value in given_one.items():
                query = evolve(everything, **{name: value})
                expected = list(recounted(query))
                assert 0 < len(expected) < whole, name
                assert [row.order_number for row in unit.order_search.page(query, None, 99)] == expected, name

    @pytest.mark.spec("ORD-10")
    def test_order_search_03_the_status_is_that_of_the_order_for_every_mixture_of_lines(
        self, storage: Any
    ) -> None:
        mixtures = [
            *product(LineState, LineState),
            (LineState.PLACED, LineState.CANCELLED, LineState.DELIVERED),
        ]

        def fill(unit: Any) -> None:
            for number, states in enumerate(mixtures):
                lines = tuple(order_line(str(place), state=state) for place, state in enumerate(states))
                unit.orders.add(order(f"O-{number:03}", lines=lines))

        stored(storage, fill)
        with storage.begin() as unit:
            for state in OrderState:
                query = OrderQuery(account_id=_OURS, state=state)
                rows = unit.order_search.page(query, None, 999)
                expected = {
                    f"O-{place:03}" for place, one in enumerate(mixtures) if order_state(one) is state
                }
                assert {row.order_number for row in rows} == expected
                assert {row.state for row in rows} <= {state}

    @pytest.mark.spec("ORD-10", "ORD-1")
    def test_order_search_08_an_order_is_found_by_the_state_it_has_now(self, storage: Any) -> None:
        one = order("O-1", lines=(order_line("1", state=LineState.PLACED),))

        def having(state: LineState) -> Any:
            return evolve(one, lines=tuple(evolve(line, state=state) for line in one.lines))

        def found(state: OrderState) -> list[str]:
            query = OrderQuery(account_id=_OURS, state=state)
            rows = stored(storage, lambda unit: unit.order_search.page(query, None, 9))
            assert stored(storage, lambda unit: unit.order_search.count(query)) == len(rows)
            return [row.order_number for row in rows]

        stored(storage, lambda unit: unit.orders.add(one))
        assert found(OrderState.PLACED) == ["O-1"]
        stored(storage, lambda unit: unit.orders.save(having(LineState.SHIPPED)))
        assert (found(OrderState.PLACED), found(OrderState.SHIPPED)) == ([], ["O-1"])
        stored(storage, lambda unit: unit.orders.amend(having(LineState.CANCELLED)))
        assert (found(OrderState.SHIPPED), found(OrderState.CANCELLED)) == ([], ["O-1"])

    @pytest.mark.spec("ORD-10")
    def test_order_search_04_a_row_says_what_the_order_is(self, storage: Any) -> None:
        lines = tuple(
            order_line(str(place), name=f"品 {place // 2}", department=_DEPARTMENTS[place % 2])
            for place in range(SHOWN_NAMES + 4)
        )
        one = order(lines=lines)

        def fill(unit: Any) -> None:
            unit.orders.add(one)
            unit.documents.add_ship_notice(_OURS, ship_notice("S-2"))
            unit.documents.add_ship_notice(_OURS, ship_notice("S-1"))
            unit.documents.add_ship_notice(_THEIRS, ship_notice("S-3"))
            unit.documents.add_ship_notice(_OURS, evolve(ship_notice("S-4"), order_number="O-2"))
            unit.shipped_lines.add(
                [
                    shipped_line("S-1", "1", invoice_number="I-2"),
                    shipped_line("S-1", "2", invoice_number="I-1"),
                    shipped_line("S-2", "1", invoice_number="I-2"),
                    shipped_line("S-2", "2"),
                    shipped_line("S-3", "1", account_id=_THEIRS, invoice_number="I-3"),
                ]
            )

        stored(storage, fill)
        [row] = stored(storage, lambda unit: unit.order_search.page(OrderQuery(account_id=_OURS), None, 9))
        assert row.item_names == tuple(f"品 {place}" for place in range(SHOWN_NAMES // 2))
        assert row.lines == len(lines)
        assert row.departments == ("A", "B")
        assert row.ship_notices == ("S-1", "S-2")
        assert row.invoices == ("I-1", "I-2")
        assert row.state is one.state
        plain = ("order_number", "purchase_order_id", "order_date", "placed_by", "channel", "currency")
        for name in (*plain, "total_excl_tax", "total_incl_tax"):
            assert getattr(row, name) == getattr(one, name)

    @pytest.mark.spec("ORD-10")
    def test_order_search_05_a_page_goes_on_where_the_last_ended_whatever_comes_in_front(
        self, storage: Any
    ) -> None:
        _fill(storage)
        query = OrderQuery(account_id=_OURS)
        expected = list(recounted(query))
        numbers: list[str] = []
        after: OrderPlace | None = None
        for turn in range(len(expected)):
            with storage.begin() as unit:
                rows = unit.order_search.page(query, after, 3)
            if not rows:
                break
            numbers += [row.order_number for row in rows]
            after = rows[-1].place
            with storage.begin() as unit:
                unit.orders.add(order(f"P-{turn:03}", order_date=date(2026, 12, 1)))
        assert numbers == expected


def _fill(storage: Any) -> None:
    def fill(unit: Any) -> None:
        if unit.orders.get(ORDERS[0].account_id, ORDERS[0].order_number) is None:
            unit.catalog.add_many([(item("100001", category=("文具", "ペン")), stock_level("100001"))])
            for one in ORDERS:
                unit.orders.add(one)

    stored(storage, fill)
