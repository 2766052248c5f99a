"""What the supplier does next for an order, planned from its state alone (ORD-4, ORD-5)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from askul_connect.core.domain.accounts import SupplierProfile
from askul_connect.core.domain.catalog import Fulfilment
from askul_connect.core.domain.delivery import Closure, DeliveryTerms
from askul_connect.core.domain.orders import Channel, LineState
from askul_connect.core.domain.sales import Order, OrderLine
from askul_connect.core.domain.shipments import Shipment, ShipmentState
from askul_connect.core.domain.tax import TaxCategory
from askul_connect.core.policies.fulfilment import (
    Behaviour,
    FulfilmentException,
    PlannedLine,
    business_days_after,
    delivery_due,
    next_step,
)

PROFILE = SupplierProfile(name="", party_id="", registration_number="", postcode="", address="")
#: A Monday, 09:00 in Tokyo.
PLACED = datetime(2026, 11, 9, 0, 0, tzinfo=UTC)


def no_holidays(_day: date) -> bool:
    return False


def line(line_id: str = "1", quantity: int = 10, **changes: Any) -> OrderLine:
    made = OrderLine(
        line_id=line_id,
        sku="A",
        name="A",
        quantity=quantity,
        unit="H87",
        unit_price=Decimal(1),
        amount_excl_tax=quantity,
        tax_category=TaxCategory.STANDARD,
        tax_rate=Decimal(10),
        fulfilment=Fulfilment.STOCK,
        lead_days=0,
        department="D1",
        cost_centre="",
        requested_on=None,
        state=LineState.CONFIRMED,
    )
    return evolve(made, **changes)


def order(*lines: OrderLine) -> Order:
    return Order(
        order_number="AC1",
        account_id="a",
        purchase_order_id="PO-1",
        buyer_party="b",
        issue_year=0,
        checkout_id="c",
        placed_by="d",
        request_hash="e",
        channel=Channel.SOAP,
        currency="JPY",
        placed_at=PLACED,
        order_date=date(2026, 11, 9),
        lines=lines,
        tax=(),
        total_excl_tax=0,
        total_incl_tax=0,
    )


def exception(**changes: Any) -> FulfilmentException:
    return FulfilmentException(purchase_order_id="PO-1", **changes)


def planned(asked: Order, *exceptions: FulfilmentException, **changes: Any) -> Any:
    return next_step(asked, Behaviour(exceptions=exceptions, **changes), PROFILE, no_holidays)


@pytest.mark.spec("ORD-1")
def test_an_order_is_confirmed_first() -> None:
    step = planned(order(line(state=LineState.PLACED), line("2")), confirm_after_minutes=90)
    assert (step.due, step.lines) == (PLACED + timedelta(minutes=90), ())


@pytest.mark.parametrize(
    "state", [LineState.SHIPPED, LineState.CANCELLED, LineState.DELIVERED, LineState.RETURNED]
)
def test_nothing_is_left_to_do_for_what_is_done(state: LineState) -> None:
    assert planned(order(line(state=state))) is None


@pytest.mark.spec("ORD-4")
def test_lines_that_leave_on_one_day_leave_together() -> None:
    direct = line("2", fulfilment=Fulfilment.DIRECT, lead_days=3)
    step = planned(order(line("1"), direct, line("3")))
    assert [one.line_id for one in step.lines] == ["1", "3"]
    # Tuesday, 15:00 in Tokyo
    assert step.due == datetime(2026, 11, 10, 6, 0, tzinfo=UTC)
    step = planned(order(direct))
    assert step.due == datetime(2026, 11, 13, 6, 0, tzinfo=UTC)


@pytest.mark.spec("ORD-5")
def test_exceptions_concern_their_order_and_line() -> None:
    other = FulfilmentException(purchase_order_id="PO-2", short=5)
    step = planned(order(line("1"), line("2")), other, exception(line_id="1", short=2), exception(short=1))
    assert step.lines == (
        PlannedLine(line_id="1", quantity=7, short=3),
        PlannedLine(line_id="2", quantity=9, short=1),
    )
    assert planned(order(line())).lines == (PlannedLine(line_id="1", quantity=10, short=0),)


@pytest.mark.spec("ORD-5")
@given(
    st.integers(1, 40),
    st.integers(0, 45),
    st.integers(0, 45),
    st.integers(0, 5),
    st.integers(1, 5),
)
def test_the_parts_of_a_line_make_it_whole(
    quantity: int, parts: int, short: int, lead: int, interval: int
) -> None:
    asked = order(line(quantity=quantity, fulfilment=Fulfilment.DIRECT, lead_days=lead))
    dues, moved, done = [], [], []
    while True:
        step = planned(
            asked,
            exception(parts=parts, short=short),
            part_interval_days=interval,
        )
        if step is None:
            break
        (plan,) = step.lines
        assert plan.quantity + plan.short > 0
        dues.append(step.due)
        moved.append(plan.quantity)
        done.append(step.done)
        (now,) = asked.lines
        now = evolve(
            now,
            quantity_shipped=now.quantity_shipped + plan.quantity,
            quantity_cancelled=now.quantity_cancelled + plan.short,
        )
        asked = order(evolve(now, state=LineState.PARTLY_SHIPPED if now.outstanding else LineState.SHIPPED))
    coming = max(0, quantity - short)
    assert sum(moved) == coming == asked.lines[0].quantity_shipped
    assert asked.lines[0].outstanding == 0
    assert len(moved) == max(1, min(parts or 1, coming))
    assert max(moved) - min(moved) <= 1
    # each step has a day and a name of its own
    assert dues == sorted(set(dues))
    assert done == sorted(set(done))


@pytest.mark.spec("ORD-5")
@given(
    quantity=st.integers(1, 30),
    cancelled=st.integers(0, 29),
    parts=st.integers(0, 6),
    short=st.integers(0, 10),
)
def test_what_a_changed_order_still_wants_leaves_and_no_more(
    quantity: int, cancelled: int, parts: int, short: int
) -> None:
    left = line(quantity=quantity, quantity_cancelled=min(cancelled, quantity - 1))
    exceptions = (FulfilmentException(purchase_order_id="PO-1", parts=parts, short=short),)
    behaviour = Behaviour(exceptions=exceptions)
    for _ in range(quantity + 1):
        step = next_step(order(left), behaviour, PROFILE, no_holidays)
        if step is None:
            break
        [planned] = step.lines
        assert planned.quantity >= 0
        assert planned.short >= 0
        assert 0 < planned.quantity + planned.short <= left.outstanding
        left = evolve(
            left,
            quantity_shipped=left.quantity_shipped + planned.quantity,
            quantity_cancelled=left.quantity_cancelled + planned.short,
        )
        done = LineState.SHIPPED if left.quantity_shipped else LineState.CANCELLED
        left = evolve(left, state=LineState.PARTLY_SHIPPED if left.outstanding else done)
    assert left.outstanding == 0


@pytest.mark.spec("ORD-1", "ORD-4")
def test_nothing_arrives_while_the_supplier_is_closed() -> None:
    shipment = Shipment(
        ship_notice_number="SN1",
        account_id="a",
        order_number="AC1",
        shipped_on=date(2026, 11, 9),
        state=ShipmentState.ON_THE_WAY,
    )
    closed = DeliveryTerms(closures=(Closure(first=date(2026, 11, 10), last=date(2026, 11, 10)),))
    behaviour = Behaviour(deliver_after_days=1)
    days = [
        delivery_due(shipment, behaviour, evolve(PROFILE, delivery=terms), no_holidays)
        for terms in (DeliveryTerms(), closed)
    ]
    assert [str(day.date()) for day in days if day is not None] == ["2026-11-10", "2026-11-11"]


@pytest.mark.spec("ORD-4")
@given(
    st.integers(0, 2 * 365 * 24),
    st.integers(0, 10),
    st.times(),
    st.integers(0, 3),
)
def test_later_is_never_earlier(hour: int, count: int, cutoff: time, days_off: int) -> None:
    profile = evolve(PROFILE, delivery=DeliveryTerms(cutoff=cutoff))

    def is_holiday(day: date) -> bool:
        return day.day % 7 < days_off

    start = PLACED + timedelta(hours=hour)
    found = [
        business_days_after(start + timedelta(hours=hours), count, profile, is_holiday)
        for hours in range(0, 120, 5)
    ]
    assert found == sorted(found)
    assert all(day.isoweekday() <= 5 and not is_holiday(day) for day in found)
