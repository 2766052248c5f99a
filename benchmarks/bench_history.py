"""A page of the history of orders, its first and its thousandth, against bare indexed SQL (ORD-10).

``HISTORY_ORDERS`` says how many orders of five lines one account has: 25,000 by default, 1,000,000 for the figure that
counts. The thousandth page is read on from the place where the page before ended, as a cursor does.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from attrs import evolve

from askul_connect.adapters.storage.sql.storage import supplier_sql
from askul_connect.core.domain.catalog import Fulfilment
from askul_connect.core.domain.order_query import OrderPlace, OrderQuery, OrderRow
from askul_connect.core.domain.orders import Channel, LineState, OrderState
from askul_connect.core.domain.sales import Order, OrderLine, ShippedLine
from askul_connect.core.domain.tax import TaxCategory, TaxTotal
from askul_connect.core.ports.supplier_storage import SupplierStorage
from benchmarks import baseline_history
from benchmarks.contest import Contest, Side

ORDERS = int(os.environ.get("HISTORY_ORDERS", "25000"))
PAGE = 20
ACCOUNT = "account-1"
SINCE = date(2023, 11, 2)
_DAYS = 1_000
_NAMES = tuple(f"品 {number}" for number in range(500))
_BATCH = 2_000
_BEYOND = ("9999-12-31", "")
_TENTH = 3
#: How the column of an order's state says confirmed.
_CONFIRMED = 3


def _line(number: int, place: int) -> OrderLine:
    return OrderLine(
        line_id=str(place),
        sku=f"S-{(number * 7 + place) % 500}",
        name=_NAMES[(number * 7 + place) % 500],
        quantity=1 + number % 9,
        unit="H87",
        unit_price=Decimal(100),
        amount_excl_tax=100 * (1 + number % 9),
        tax_category=TaxCategory.STANDARD,
        tax_rate=Decimal(10),
        fulfilment=Fulfilment.STOCK,
        lead_days=0,
        department=f"D{(number + place) % 20}",
        cost_centre="",
        requested_on=None,
        # one order in ten
        state=LineState.CONFIRMED if number % 10 == _TENTH else LineState.SHIPPED,
    )


def _orders(count: int) -> Iterator[Order]:
    lines = [tuple(_line(number, place) for place in range(5)) for number in range(500)]
    first = Order(
        order_number="",
        account_id=ACCOUNT,
        purchase_order_id="",
        buyer_party="0188:1",
        issue_year=0,
        checkout_id="checkout",
        placed_by="user-1",
        request_hash="sha",
        channel=Channel.SOAP,
        currency="JPY",
        placed_at=datetime(2026, 11, 2, tzinfo=UTC),
        order_date=SINCE,
        lines=(),
        tax=(TaxTotal(category=TaxCategory.STANDARD, rate=Decimal(10), taxable=500, tax=50),),
        total_excl_tax=500,
        total_incl_tax=550,
    )
    for number in range(count):
        yield evolve(
            first,
            order_number=f"AC{number:08}",
            purchase_order_id=f"PO-{number}",
            placed_by=f"user-{number % 50}",
            order_date=SINCE + timedelta(days=number * _DAYS // count),
            lines=lines[number % 500],
        )


def _shipped(order: Order) -> ShippedLine:
    line = order.lines[0]
    return ShippedLine(
        ship_notice_number=f"S{order.order_number}",
        account_id=ACCOUNT,
        order_number=order.order_number,
        purchase_order_id=order.purchase_order_id,
        line_id=line.line_id,
        shipped_on=order.order_date,
        sku=line.sku,
        name=line.name,
        quantity=line.quantity,
        unit=line.unit,
        unit_price=line.unit_price,
        amount_excl_tax=line.amount_excl_tax,
        tax_category=line.tax_category,
        tax_rate=line.tax_rate,
        department=line.department,
        cost_centre="",
        currency="JPY",
        invoice_number=f"I{order.order_date:%Y%m}",
    )


def _plain(row: OrderRow) -> tuple[Any, ...]:
    return (
        row.order_number,
        row.purchase_order_id,
        row.order_date.isoformat(),
        row.placed_by,
        row.channel.value,
        row.currency,
        row.total_excl_tax,
        row.total_incl_tax,
        row.item_names,
        row.departments,
        row.ship_notices,
        row.invoices,
    )


def _by_state_and_total(
    storage: SupplierStorage, connection: sqlite3.Connection, query: OrderQuery, orders: int
) -> Iterator[Contest]:
    """A page of one status, of which one order in ten is, and all orders added up."""
    since = SINCE.isoformat()
    by_state = evolve(query, state=OrderState.CONFIRMED)

    def of_state(_given: object) -> Sequence[OrderRow]:
        with storage.begin() as unit:
            return unit.order_search.page(by_state, None, PAGE)

    def bare_of_state(_given: object) -> list[tuple[Any, ...]]:
        return baseline_history.page_of_state(connection, ACCOUNT, since, _CONFIRMED, PAGE)

    def check_state() -> None:
        found = [_plain(row) for row in of_state(None)]
        assert len(found) == PAGE
        assert found == bare_of_state(None)

    yield Contest(
        name=f"history of {orders:,} orders: page of {PAGE} of one status",
        against="the bare SQL of that page on the same indexes",
        ours=Side(run=of_state),
        baseline=Side(run=bare_of_state),
        check=check_state,
        items=1,
        unit="page",
        reach=1.5,
        beyond=0.001,
    )

    def added_up(_given: object) -> tuple[int, int]:
        with storage.begin() as unit:
            found = unit.order_search.total(query)
        return found.total_excl_tax, found.total_incl_tax

    def bare_added_up(_given: object) -> tuple[int, int]:
        return baseline_history.total(connection, ACCOUNT, since)

    def check_total() -> None:
        assert added_up(None) == bare_added_up(None)

    yield Contest(
        name=f"history of {orders:,} orders: their total",
        against="the bare SQL on the same index",
        ours=Side(run=added_up),
        baseline=Side(run=bare_added_up),
        check=check_total,
        items=1,
        unit="total",
        reach=1.5,
    )


def contests(folder: Path, orders: int = ORDERS) -> Iterator[Contest]:
    """The first page, the thousandth, and how many there are."""
    path = folder / "history.sqlite3"
    storage = supplier_sql(f"sqlite:///{path}")
    made = _orders(orders)
    for _ in range(0, orders, _BATCH):
        with storage.begin() as unit:
            for _place, order in zip(range(_BATCH), made, strict=False):
                unit.orders.add(order)
                unit.shipped_lines.add([_shipped(order)])
    connection = baseline_history.connect(path)
    query = OrderQuery(account_id=ACCOUNT, first=SINCE)
    far = max(0, orders - 999 * PAGE) if orders > 999 * PAGE else orders // 2
    last_before = next(one for one in _orders(orders) if one.order_number == f"AC{far:08}")
    places = {
        "the first": (None, _BEYOND),
        "the thousandth": (
            OrderPlace(order_date=last_before.order_date, order_number=last_before.order_number),
            (last_before.order_date.isoformat(), last_before.order_number),
        ),
    }
    since = SINCE.isoformat()
    for name, (after, bare_after) in places.items():

        def ours(_given: object, after: OrderPlace | None = after) -> Sequence[OrderRow]:
            with storage.begin() as unit:
                return unit.order_search.page(query, after, PAGE)

        def bare(_given: object, after: tuple[str, str] = bare_after) -> list[tuple[Any, ...]]:
            return baseline_history.page(connection, ACCOUNT, since, after, PAGE)

        def check(ours: Any = ours, bare: Any = bare) -> None:
            found = [_plain(row) for row in ours(None)]
            assert len(found) == PAGE
            assert found == bare(None)

        yield Contest(
            name=f"history of {orders:,} orders, {orders * 5:,} lines: {name} page of {PAGE}",
            against="the bare SQL of that page on the same indexes",
            ours=Side(run=ours),
            baseline=Side(run=bare),
            check=check,
            items=1,
            unit="page",
            reach=1.5,
            beyond=0.001,
        )

    def counted(_given: object) -> int:
        with storage.begin() as unit:
            return unit.order_search.count(query)

    def check_count() -> None:
        assert counted(None) == baseline_history.count(connection, ACCOUNT, since) == orders

    yield from _by_state_and_total(storage, connection, query, orders)

    def close() -> None:
        connection.close()
        storage.close()

    yield Contest(
        name=f"history of {orders:,} orders: how many there are",
        against="the bare SQL on the same index",
        ours=Side(run=counted),
        baseline=Side(run=lambda _given: baseline_history.count(connection, ACCOUNT, since)),
        check=check_count,
        close=close,
        items=1,
        unit="count",
        reach=1.5,
    )
