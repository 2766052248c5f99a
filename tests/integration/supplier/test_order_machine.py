"""Random legal and illegal steps of orders against an independent account of what must come of them (ORD-1, ORD-5).

``ORDER_MACHINES`` says how many runs are made over each storage; HEAVY=1 makes 300.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from attrs import define, evolve, field
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from askul_connect.core.domain.accounts import AccountKind
from askul_connect.core.domain.returns import ReturnReason
from askul_connect.core.errors import AccountLimitReached, OrderError, ValueInvalid
from askul_connect.core.messages import order_life, returns
from askul_connect.core.messages.fulfilment import ConfirmOrderRequest, ShipOrderRequest, ShippedLine
from askul_connect.core.messages.ordering import GetOrderRequest
from askul_connect.core.messages.people import ListDepartmentLimitsRequest, SetDepartmentLimitRequest
from askul_connect.core.operations import order_life as life
from askul_connect.core.operations import people
from askul_connect.core.operations import supplier as operations
from askul_connect.core.services.supplier.auditing import audit_orders

HEAVY = os.environ.get("HEAVY") == "1"
RUNS = int(os.environ.get("ORDER_MACHINES") or (300 if HEAVY else 20))
#: SKU -> price in tenths of a yen, tax in percent, multiple, units on the shelf (None: its maker's).
GOODS: dict[str, tuple[int, int, int, int | None]] = {
    "PEN": (1_200, 10, 1, 1_000),
    "RARE": (7_000, 10, 1, 5),
    "TEA": (985, 8, 2, 500),
    "DESK": (150_000, 10, 1, None),
}
LIMIT = 60_000
TOLERANCE = 20
TOKYO = timezone(timedelta(hours=9))
HOLIDAYS = {(11, 3), (11, 23)}
COUNTED = {"placed", "confirmed", "partly_shipped", "shipped", "delivered"}


@define
class Line:
    sku: str
    quantity: int
    state: str = "placed"
    cancelled: int = 0
    shipped: int = 0
    returned: int = 0
    substituted: bool = False
    #: notice -> what is in the parcel, units, whether it has arrived, units of returns that hold them, what it costs,
    #: units that came back
    parcels: dict[str, list[Any]] = field(factory=dict)

    @property
    def outstanding(self) -> int:
        return max(0, self.quantity - self.cancelled - self.shipped)


@define
class Order:
    number: str
    until: datetime
    month: int
    lines: dict[str, Line]


@define
class Return:
    number: str
    order: Order
    line: str
    parts: list[tuple[str, int]]
    state: str = "requested"


def noon_of_business(at: datetime) -> datetime:
    """The cut-off of an order placed at an instant of Tokyo, reckoned by hand."""
    day = at.date() + timedelta(days=at.hour >= 12)
    while day.weekday() >= 5 or (day.month, day.day) in HOLIDAYS:
        day += timedelta(days=1)
    return datetime(day.year, day.month, day.day, 12, tzinfo=TOKYO)


def rounded(tenths: int) -> int:
    """Whole yen, half up."""
    return (tenths + 5) // 10


def what_a_parcel_costs(line: Line, units: int, sku: str) -> int:
    """What the next units of a line cost: of something else at the lower price."""
    price = GOODS[line.sku][0]
    if sku != line.sku:
        return rounded(min(price, GOODS[sku][0]) * units)
    return rounded(price * (line.shipped + units)) - rounded(price * line.shipped)


class OrderMachine(RuleBasedStateMachine):
    """Each rule takes one step, which the account says is legal or not."""

    make: Any = None
    lines: Any = None

    @initialize()
    def open(self) -> None:
        self.world = type(self).make()
        profile = self.world.supplier.dispatcher.house.profile
        self.world.start(profile=evolve(profile, over_shipment_percent=TOLERANCE, return_days=3_650))
        self.world.caller = self.world.caller_of(self.world.supplier)
        # so that its credit is limited
        self.customer = self.world.customer(kind=AccountKind.SOLE_PROPRIETOR)
        limit = SetDepartmentLimitRequest(code="D1", monthly_limit=LIMIT)
        self.world.call(people.SET_DEPARTMENT_LIMIT, limit, token=self.customer.administrator)
        self.orders: list[Order] = []
        self.returns: list[Return] = []
        self.told: Counter[str] = Counter()
        self.audited: Counter[str] = Counter()
        self.shelf = {sku: goods[3] for sku, goods in GOODS.items() if goods[3] is not None}
        self.last: Any = None

    # --- the account

    @property
    def now(self) -> datetime:
        return datetime.astimezone(self.world.clock.now(), TOKYO)

    def reserved(self, sku: str) -> int:
        return sum(
            line.outstanding for order in self.orders for line in order.lines.values() if line.sku == sku
        )

    def available(self, sku: str) -> int:
        return self.shelf[sku] - self.reserved(sku)

    def used(self, month: int) -> int:
        total = 0
        for order in self.orders:
            if order.month == month:
                sums: Counter[int] = Counter()
                for line in order.lines.values():
                    if line.state in COUNTED:
                        price, rate, _, _ = GOODS[line.sku]
                        live = line.quantity - line.cancelled
                        back = max(0, line.returned - max(0, line.shipped - live))
                        sums[rate] += rounded(price * max(0, live - back))
                total += sum(amount + amount * rate // 100 for rate, amount in sums.items())
        return total

    def owed(self) -> int:
        """What all orders will still be invoiced for."""
        total = 0
        for order in self.orders:
            sums: Counter[int] = Counter()
            for line in order.lines.values():
                price, rate, _, _ = GOODS[line.sku]
                sums[rate] += rounded(price * (line.shipped + line.outstanding)) - rounded(
                    price * line.shipped
                )
                for _, units, _, _, amount, back in line.parcels.values():
                    sums[rate] += amount - amount * back // units
            total += sum(amount + amount * rate // 100 for rate, amount in sums.items())
        return total

    def changeable(self, order: Order, line: Line) -> bool:
        if self.now >= order.until or line.state not in {"placed", "confirmed"}:
            return False
        return line.state == "placed" or GOODS[line.sku][3] is not None

    def settle(self, order: Order) -> None:
        for line in order.lines.values():
            if line.state == "shipped" and all(parcel[2] for parcel in line.parcels.values()):
                line.state = "delivered"

    def step(self, legal: bool, call: Any) -> Any:
        """Take a step; what is refused must have left no trace."""
        before = self.world.dump()
        answer, refusal = None, None
        try:
            answer = call()
        except (OrderError, ValueInvalid) as error:
            refusal = error
        assert legal is (refusal is None), (refusal, refusal and refusal.problems, answer)
        if refusal is not None:
            assert self.world.dump() == before
            return None
        self.last = call
        return answer

    def mine(self, operation: Any, request: Any) -> Any:
        key = self.world.fresh()
        return lambda: self.world.call(operation, request, token=self.customer.machine, key=key)

    def staffs(self, operation: Any, request: Any) -> Any:
        key = self.world.fresh()
        return lambda: self.world.as_staff(operation, request, key)

    def pick(self, data: Any, *states: str) -> tuple[Order, str, Line]:
        """A line: mostly one of these states, so that orders get far, else any."""
        every = [(order, one, line) for order in self.orders for one, line in order.lines.items()]
        ready = [found for found in every if found[2].state in states]
        mostly = ready if ready and data.draw(st.integers(0, 5)) else every
        made: tuple[Order, str, Line] = data.draw(st.sampled_from(mostly))
        return made

    # --- steps

    @precondition(lambda self: len(self.orders) < 5)
    @rule(
        chosen=st.lists(st.tuples(st.sampled_from(sorted(GOODS)), st.integers(1, 4)), min_size=1, max_size=3),
        confirmed=st.sampled_from([True, True, False]),
    )
    def place(self, chosen: list[tuple[str, int]], confirmed: bool) -> None:
        asked = [(sku, count * GOODS[sku][2]) for sku, count in chosen]
        lines = {str(place): Line(sku, quantity) for place, (sku, quantity) in enumerate(asked)}
        # what a maker ships becomes an order of its own
        parts = [
            {one: line for one, line in lines.items() if (line.sku in self.shelf) is shelved}
            for shelved in (True, False)
        ]
        made = [
            Order(number="", until=noon_of_business(self.now), month=self.now.month, lines=part)
            for part in parts
            if part
        ]
        wanted: Counter[str] = Counter()
        for sku, quantity in asked:
            wanted[sku] += quantity
        there = all(wanted[sku] <= self.available(sku) for sku in wanted if sku in self.shelf)
        known = list(self.orders)
        self.orders = [*known, *made]
        legal = there and self.used(self.now.month) <= LIMIT
        self.orders = known
        wished = [type(self).lines(one, line.sku, line.quantity) for one, line in lines.items()]
        number = f"PO-{self.world.fresh()}"
        answer = self.step(legal, lambda: self.world.place(self.customer.machine, number, *wished))
        if answer:
            numbers = {one.line_id: placed.order_number for placed in answer.orders for one in placed.lines}
            for order in made:
                [order.number] = {numbers[one] for one in order.lines}
                self.orders.append(order)
                self.told["order-placed"] += 1
            assert len(answer.orders) == len(made)
            for order in made if confirmed else ():
                self.confirmed(order)

    @rule(hours=st.sampled_from([1, 1, 3, 24]))
    def wait(self, hours: int) -> None:
        self.world.forward(timedelta(hours=hours))

    @precondition(lambda self: self.last is not None)
    @rule()
    def repeat(self) -> None:
        """The last call again, with its key: it answers, and nothing is done twice."""
        before = self.world.dump()
        self.last()
        assert self.world.dump() == before

    @precondition(lambda self: self.orders)
    @rule(data=st.data())
    def confirm(self, data: Any) -> None:
        self.confirmed(self.pick(data, "placed")[0])

    def confirmed(self, order: Order) -> None:
        legal = any(line.state == "placed" for line in order.lines.values())
        request = ConfirmOrderRequest(order_number=order.number)
        if self.step(legal, self.staffs(operations.CONFIRM_ORDER, request)):
            for line in order.lines.values():
                line.state = "confirmed" if line.state == "placed" else line.state
            self.told["order-confirmed"] += 1

    @precondition(lambda self: self.orders)
    @rule(data=st.data(), whole=st.booleans())
    def cancel(self, data: Any, whole: bool) -> None:
        order, line_id, line = self.pick(data)
        gone = [one for one in order.lines.values() if one.state != "cancelled"] if whole else [line]
        legal = bool(gone) and all(self.changeable(order, one) for one in gone)
        request = order_life.CancelOrderRequest(order_number=order.number, lines=() if whole else (line_id,))
        if self.step(legal, self.mine(life.CANCEL_ORDER, request)):
            for one in gone:
                one.cancelled, one.state = one.quantity, "cancelled"
            self.told["order-cancelled"] += 1
            self.audited["order-cancelled"] += 1

    @precondition(lambda self: self.orders)
    @rule(data=st.data(), wanted=st.integers(0, 12))
    def change(self, data: Any, wanted: int) -> None:
        order, line_id, line = self.pick(data)
        by = wanted - (line.quantity - line.cancelled)
        multiple = GOODS[line.sku][2]
        legal = self.changeable(order, line) and by != 0 and wanted >= 1 and wanted % multiple == 0
        if by > 0 and line.sku in self.shelf:
            legal = legal and by <= self.available(line.sku)
        if legal and by > 0:
            line.quantity += by
            legal = self.used(order.month) <= LIMIT
            line.quantity -= by
        request = order_life.ChangeOrderRequest(
            order_number=order.number, lines=(order_life.ChangedLine(line_id=line_id, quantity=wanted),)
        )
        if self.step(legal, self.mine(life.CHANGE_ORDER, request)):
            line.quantity += max(by, 0)
            line.cancelled += max(-by, 0)
            self.told["order-changed"] += 1
            self.audited["order-changed"] += 1

    @precondition(lambda self: self.orders)
    @rule(data=st.data())
    def reject(self, data: Any) -> None:
        order, line_id, line = self.pick(data, "cancelled", "shipped", "placed")
        rejected = order_life.RejectedLine(line_id=line_id, reason="廃番")
        request = order_life.RejectLinesRequest(order_number=order.number, lines=(rejected,))
        if self.step(line.state in {"placed", "confirmed"}, self.staffs(life.REJECT_LINES, request)):
            line.cancelled, line.state = line.quantity, "cancelled"
            self.told["lines-rejected"] += 1

    @precondition(lambda self: self.orders)
    @rule(
        data=st.data(),
        quantity=st.sampled_from([1, 1, 2, 2, 3, 4, 5, 8, 0]),
        short=st.sampled_from([0, 0, 0, 0, 1, 2]),
        later=st.sampled_from([False, False, True]),
        instead=st.sampled_from(["", "", "", "", "PEN", "RARE"]),
    )
    def ship(self, data: Any, quantity: int, short: int, later: bool, instead: str) -> None:
        found = self.pick(data, "confirmed", "partly_shipped")
        self.ship_line(*found, quantity, short=short, later=later, instead=instead)

    def ship_line(
        self,
        order: Order,
        line_id: str,
        line: Line,
        quantity: int,
        *,
        short: int = 0,
        later: bool = False,
        instead: str = "",
    ) -> None:
        moved, left = quantity + short, line.outstanding
        parcel = instead or line.sku
        legal = line.state in {"confirmed", "partly_shipped"} and (moved > 0 or later)
        if later:
            legal = legal and moved < left
        if moved > left:
            legal = legal and not short and quantity <= left + line.quantity * TOLERANCE // 100
        if instead:
            legal = legal and quantity > 0 and line.sku not in {instead, "TEA"}
        beyond = quantity if instead else quantity - min(quantity, left)
        if parcel in self.shelf and beyond:
            legal = legal and beyond <= self.available(parcel)
        entry = ShippedLine(
            line_id=line_id,
            quantity=quantity,
            quantity_short=short,
            promised_on=(self.now + timedelta(days=9)).date() if later else None,
            substitute_sku=instead,
        )
        request = ShipOrderRequest(order_number=order.number, lines=(entry,))
        answer = self.step(legal, self.staffs(operations.SHIP_ORDER, request))
        if answer:
            costs = what_a_parcel_costs(line, quantity, parcel)
            line.shipped += quantity
            line.cancelled += short
            line.substituted = line.substituted or bool(instead)
            if line.shipped + line.cancelled >= line.quantity:
                line.state = "shipped" if line.shipped else "cancelled"
            elif quantity:
                line.state = "partly_shipped"
            if quantity:
                line.parcels[answer.ship_notice.ship_notice_number] = [parcel, quantity, False, 0, costs, 0]
            if parcel in self.shelf:
                self.shelf[parcel] -= quantity
            self.settle(order)
            self.told["order-shipped"] += 1

    @precondition(lambda self: any(line.parcels for order in self.orders for line in order.lines.values()))
    @rule(data=st.data())
    def deliver(self, data: Any) -> None:
        found = [
            (order, number, parcel)
            for order in self.orders
            for line in order.lines.values()
            for number, parcel in line.parcels.items()
        ]
        self.deliver_parcel(*data.draw(st.sampled_from(found)))

    def deliver_parcel(self, order: Order, number: str, parcel: list[Any]) -> None:
        request = order_life.RecordDeliveryRequest(ship_notice_number=number)
        if self.step(not parcel[2], self.staffs(life.RECORD_DELIVERY, request)):
            parcel[2] = True
            self.settle(order)
            self.told["order-delivered"] += 1

    @precondition(lambda self: len(self.orders) > 2)
    @rule(
        data=st.data(), sku=st.sampled_from(sorted(GOODS)), everywhere=st.sampled_from([False] * 9 + [True])
    )
    def cancel_in_bulk(self, data: Any, sku: str, everywhere: bool) -> None:
        meant = self.orders if everywhere else [data.draw(st.sampled_from(self.orders))]
        numbers = () if everywhere else (meant[0].number,)
        request = order_life.CancelOrdersInBulkRequest(reason="停止", sku=sku, order_numbers=numbers)
        answer = self.step(True, self.staffs(life.CANCEL_ORDERS_IN_BULK, request))
        gone = set()
        for order in meant:
            for line in order.lines.values():
                if line.sku == sku and line.state in {"placed", "confirmed", "partly_shipped"}:
                    gone.add(order.number)
                    line.cancelled += line.outstanding
                    line.state = "shipped" if line.state == "partly_shipped" else "cancelled"
            if order.number in gone:
                self.settle(order)
        assert set(answer.order_numbers) == gone
        assert answer.informed == bool(gone)
        self.told["orders-cancelled"] += bool(gone)

    @precondition(lambda self: any(line.parcels for order in self.orders for line in order.lines.values()))
    @rule(data=st.data(), quantity=st.sampled_from([1, 1, 2, 3, 6, 0]))
    def ask_return(self, data: Any, quantity: int) -> None:
        self.ask_back(*self.pick(data, "partly_shipped", "shipped", "delivered"), quantity)

    def ask_back(self, order: Order, line_id: str, line: Line, quantity: int) -> None:
        free = sum(parcel[1] - parcel[3] for parcel in line.parcels.values())
        legal = line.state in {"partly_shipped", "shipped", "delivered"} and 1 <= quantity <= free
        entry = returns.ReturnLineRequest(line_id=line_id, quantity=quantity, reason=ReturnReason.LATE)
        request = returns.RequestReturnRequest(order_number=order.number, lines=(entry,))
        answer = self.step(legal, self.mine(life.REQUEST_RETURN, request))
        if answer:
            parts, wanted = [], quantity
            for number, parcel in sorted(line.parcels.items()):
                units = min(wanted, parcel[1] - parcel[3])
                if units:
                    parts.append((number, units))
                    parcel[3] += units
                    wanted -= units
            self.returns.append(Return(answer.goods_return.return_number, order, line_id, parts))
            self.told["return-requested"] += 1
            self.audited["return-requested"] += 1

    @precondition(lambda self: self.returns)
    @rule(data=st.data(), refused=st.sampled_from([False, False, True]))
    def answer_return(self, data: Any, refused: bool) -> None:
        one = data.draw(st.sampled_from(self.returns))
        if refused:
            request: Any = returns.RefuseReturnRequest(return_number=one.number, answer="開封済み")
            legal = one.state in {"requested", "authorised"}
            if self.step(legal, self.staffs(life.REFUSE_RETURN, request)):
                one.state = "refused"
                for number, units in one.parts:
                    one.order.lines[one.line].parcels[number][3] -= units
                self.told["return-refused"] += 1
            return
        self.authorise(one)

    def authorise(self, one: Return) -> None:
        request = returns.AuthoriseReturnRequest(return_number=one.number)
        if self.step(one.state == "requested", self.staffs(life.AUTHORISE_RETURN, request)):
            one.state = "authorised"
            self.told["return-authorised"] += 1

    @precondition(lambda self: self.returns)
    @rule(data=st.data(), quantity=st.sampled_from([1, 1, 2, 3, 6, 0]), good=st.sampled_from([0, 0, 1, 1, 3]))
    def receive(self, data: Any, quantity: int, good: int) -> None:
        ready = [one for one in self.returns if one.state == "authorised"]
        self.receive_units(data.draw(st.sampled_from(ready or self.returns)), quantity, good)

    def receive_units(self, one: Return, quantity: int, good: int) -> None:
        line = one.order.lines[one.line]
        asked = sum(units for _, units in one.parts)
        legal = one.state == "authorised" and 1 <= quantity <= asked and good <= quantity
        came = returns.ReceivedLine(line_id=one.line, quantity=quantity, sellable=good)
        request = returns.ReceiveReturnRequest(return_number=one.number, lines=(came,))
        if self.step(legal, self.staffs(life.RECEIVE_RETURN, request)):
            one.state, line.returned = "received", line.returned + quantity
            for number, units in one.parts:
                parcel = line.parcels[number]
                back = min(units, quantity)
                again = min(back, good)
                quantity, good = quantity - back, good - again
                parcel[3] -= units - back
                parcel[5] += back
                if parcel[0] in self.shelf:
                    self.shelf[parcel[0]] += again
            if line.returned >= line.shipped and line.state in {"shipped", "delivered"}:
                line.state = "returned"
            self.told["return-received"] += 1

    @precondition(lambda self: self.orders)
    @rule(data=st.data(), steps=st.integers(1, 6), some=st.integers(1, 3))
    def go_on(self, data: Any, steps: int, some: int) -> None:
        """A line takes what is next, several times over: what is drawn at random alone seldom gets far."""
        order, line_id, line = self.pick(data, "confirmed", "partly_shipped", "shipped", "delivered")
        for _ in range(steps):
            waiting = [one for one in self.returns if one.order is order and one.line == line_id]
            open_ones = [one for one in waiting if one.state in {"requested", "authorised"}]
            coming = [(number, parcel) for number, parcel in line.parcels.items() if not parcel[2]]
            if line.state == "placed":
                self.confirmed(order)
            elif open_ones and open_ones[0].state == "requested":
                self.authorise(open_ones[0])
            elif open_ones:
                units = sum(quantity for _, quantity in open_ones[0].parts)
                self.receive_units(open_ones[0], units, min(units, some - 1))
            elif line.outstanding:
                self.ship_line(order, line_id, line, min(some, line.outstanding))
            elif coming and some != 1:
                self.deliver_parcel(order, *coming[0])
            elif line.parcels:
                free = sum(parcel[1] - parcel[3] for parcel in line.parcels.values())
                self.ask_back(order, line_id, line, min(free, some + 1))

    @rule()
    def ask_for_more_than_the_credit(self) -> None:
        """Nobody has the credit for so many desks, and the refusal says what the rest of it is used for."""
        number = f"PO-{self.world.fresh()}"
        desks = type(self).lines("1", "DESK", 90)
        with pytest.raises((OrderError, AccountLimitReached)) as caught:
            self.world.place(self.customer.machine, number, desks, trial=True)
        details = [caught.value.detail, *(one.detail for one in caught.value.problems)]
        [used] = {found[1] for text in details if (found := re.search(r"the (\d+) ordered and not", text))}
        assert int(used) == self.owed()

    # --- what must hold after each step

    @invariant()
    def the_audit_finds_nothing(self) -> None:
        with self.world.storage.begin() as unit:
            assert list(audit_orders(unit)) == []

    @invariant()
    def stock_is_right(self) -> None:
        for sku in self.shelf:
            level = self.world.stock(sku)
            assert (level.on_hand, level.reserved) == (self.shelf[sku], self.reserved(sku)), sku
            assert level.on_hand >= level.reserved >= 0

    @invariant()
    def lines_are_right(self) -> None:
        for order in self.orders:
            found = self.world.call(
                operations.GET_ORDER, GetOrderRequest(order_number=order.number), token=self.customer.machine
            ).order
            for shown in found.lines:
                line = order.lines[shown.line_id]
                counts = (shown.quantity, shown.quantity_cancelled, shown.quantity_shipped)
                assert counts == (line.quantity, line.cancelled, line.shipped)
                assert shown.state == line.state
                assert min(counts) >= 0
                assert shown.amount_excl_tax == rounded(GOODS[line.sku][0] * line.quantity)
                assert (shown.cancel_cause is None) == (line.cancelled == 0)
                assert shown.promised_on is None or line.outstanding
            assert found.total_excl_tax == sum(line.amount_excl_tax for line in found.lines)
            assert found.total_excl_tax == sum(tax.taxable for tax in found.tax)
            assert found.total_incl_tax == found.total_excl_tax + sum(tax.tax for tax in found.tax)

    @invariant()
    def limits_are_right(self) -> None:
        answer = self.world.call(
            people.LIST_DEPARTMENT_LIMITS, ListDepartmentLimitsRequest(), token=self.customer.machine
        )
        assert [one.used for one in answer.limits] == [self.used(self.now.month)]

    @invariant()
    def everything_is_told_and_recorded_once(self) -> None:
        with self.world.storage.begin() as unit:
            kinds = Counter(one.kind for one in unit.outbox.all())
        assert {kind: kinds[kind] for kind in self.told} == dict(self.told)
        records = Counter(one.action for one in self.world.audited(*self.audited))
        assert records == +self.audited

    def teardown(self) -> None:
        if not hasattr(self, "orders"):
            return
        self.ask_for_more_than_the_credit()
        with self.world.storage.begin() as unit:
            account = unit.accounts.by_customer_number(self.customer.number)
            assert account is not None
            billed = unit.shipped_lines.unbilled(account.account_id, self.now.date())
            for order in self.orders:
                reduced = unit.reductions.of_order(account.account_id, order.number)
                for line_id, line in order.lines.items():
                    parts = [
                        one for one in billed if (one.order_number, one.line_id) == (order.number, line_id)
                    ]
                    assert sum(one.quantity for one in parts) == line.shipped
                    if not line.substituted:
                        # parts of whatever size are together what the units cost
                        amount = sum(one.amount_excl_tax for one in parts)
                        assert amount == rounded(GOODS[line.sku][0] * line.shipped)
                    back = sum(one.quantity for one in reduced if one.line_id == line_id)
                    assert back == line.returned <= line.shipped


@pytest.mark.spec("ORD-1", "ORD-5", "ORD-6")
def test_orders_live_as_the_account_says(make_world: Any, storage_kind: str, line: Any) -> None:
    class Machine(OrderMachine):
        make = staticmethod(lambda: make_world(storage_kind))
        lines = staticmethod(line)

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=RUNS if storage_kind == "memory" else max(1, RUNS // 6),
            stateful_step_count=40,
            deadline=None,
            # shrinking what it finds takes minutes
            phases=[Phase.generate, Phase.shrink] if HEAVY else [Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
