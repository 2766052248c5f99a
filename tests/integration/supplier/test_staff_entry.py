"""What staff enter for customers who fax or call: the user's own rules, on record, to nobody else (ORD-9)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from attrs import evolve

from askul_connect.core.domain.accounts import AccountState, Role, UserState
from askul_connect.core.domain.limits import DepartmentLimit
from askul_connect.core.domain.orders import Channel
from askul_connect.core.errors import (
    AccessDenied,
    AskulConnectError,
    NotFound,
    OrderRefused,
    PurchaseOrderConflict,
    ValueInvalid,
)
from askul_connect.core.messages.account_ends import ErasePersonalDataRequest
from askul_connect.core.messages.audit import ListAuditRecordsRequest
from askul_connect.core.messages.ordering import GetOrderByExternalIdRequest
from askul_connect.core.messages.staff_entry import (
    CallerCheck,
    EntryChannel,
    PlaceOrderForCustomerRequest,
    ProvideHistoryRequest,
    QuoteForCustomerRequest,
    WantedOrder,
)
from askul_connect.core.operations import accounts as account_operations
from askul_connect.core.operations import supplier as operations
from askul_connect.core.operations.audit import LIST_AUDIT_RECORDS
from askul_connect.core.operations.order_history import (
    PLACE_ORDER_FOR_CUSTOMER,
    PROVIDE_HISTORY,
    QUOTE_FOR_CUSTOMER,
)

PARTY = "0188:7010705000725"


class Desk:
    """A staff member at the telephone, with an open ticket of a customer who has a buyer."""

    def __init__(self, world: Any, role: Role = Role.BUYER) -> None:
        self.world = world
        self.customer = world.customer()
        self.member = self.customer.letter.member_number
        self.user = self.customer.add_user("buyer@a.example.co.jp", role)
        temporary = self.customer.temporary_password(self.user)
        self.session = world.first_session("buyer@a.example.co.jp", temporary)
        self.desk = world.desk_session()
        self.ticket = world.open_ticket(self.desk, self.member)

    def asked(self, kind: Any = PlaceOrderForCustomerRequest, *lines: Any, **changes: Any) -> Any:
        request = kind(
            ticket=self.ticket,
            member_number=self.member,
            user_id=self.user,
            channel=EntryChannel.FAX,
            caller_check=CallerCheck.CALLED_BACK,
            checked="代表番号に折り返した",
            order=WantedOrder(purchase_order_id="FAX-1", buyer_party=PARTY, currency="JPY", lines=lines),
        )
        return evolve(request, **changes)

    def place(self, request: Any) -> Any:
        return self.world.call(PLACE_ORDER_FOR_CUSTOMER, request, token=self.desk)

    def quote(self, request: Any) -> Any:
        return self.world.call(QUOTE_FOR_CUSTOMER, request, token=self.desk)

    def history(self, key: str = "", **changes: Any) -> Any:
        request = ProvideHistoryRequest(
            ticket=self.ticket,
            member_number=self.member,
            caller_check=CallerCheck.ANSWERED_QUESTIONS,
            checked="会員番号と代表者名",
            date_from=date(2026, 11, 1),
            date_to=date(2026, 11, 30),
        )
        request = evolve(request, **changes)
        return self.world.call(PROVIDE_HISTORY, request, token=self.desk, key=key or self.world.fresh())

    def of_user(self, **changes: Any) -> None:
        with self.world.storage.begin() as unit:
            account = unit.accounts.by_member_number(self.member)
            membership = unit.memberships.get(account.account_id, self.user)
            unit.memberships.save(evolve(membership, **changes))

    def stored(self, number: str = "FAX-1") -> list[Any]:
        with self.world.storage.begin() as unit:
            account = unit.accounts.by_member_number(self.member)
            return list(unit.orders.by_external_id(account.account_id, PARTY, number, 0))


@pytest.fixture
def desk(everywhere: Any) -> Desk:
    return Desk(everywhere)


@pytest.fixture
def plain(world: Any) -> Desk:
    return Desk(world)


@pytest.mark.spec("ORD-9")
def test_an_order_by_fax_is_the_users_own_with_channel_and_record(
    desk: Desk, line: Callable[..., Any]
) -> None:
    world = desk.world
    answer = desk.place(desk.asked(PlaceOrderForCustomerRequest, line("1", "PEN", 3)))
    [order] = desk.stored()
    assert [one.order_number for one in answer.orders] == [order.order_number]
    assert (order.placed_by, order.channel) == (desk.user, Channel.FAX)
    own = world.place(desk.session, "OWN-1", line("1", "PEN", 3)).orders[0]
    assert (own.total_excl_tax, own.total_incl_tax) == (order.total_excl_tax, order.total_incl_tax)
    assert world.stock("PEN").reserved == 6
    [told] = [one for one in world.notices("order-placed") if one["number"] == order.order_number]
    assert told["to"] == "info@a.example.co.jp"
    [record] = world.audited("order-placed-for-customer")
    assert record.account_id == order.account_id
    assert record.actor not in {desk.user, ""}
    assert json.loads(record.detail) == {
        "schema": 1,
        "ticket": desk.ticket,
        "caller_check": "called_back",
        "checked": "代表番号に折り返した",
        "orders": [order.order_number],
        "user": desk.user,
        "channel": "fax",
    }
    seen = world.call(
        LIST_AUDIT_RECORDS, ListAuditRecordsRequest(), token=desk.customer.administrator
    ).records
    assert "order-placed-for-customer" in {one.action for one in seen}


@pytest.mark.spec("ORD-9", "INT-11")
def test_the_purchase_order_is_the_key_whoever_sends_it(desk: Desk, line: Callable[..., Any]) -> None:
    world, lines = desk.world, (line("1", "PEN", 3),)
    request = desk.asked(PlaceOrderForCustomerRequest, *lines)
    first = desk.place(request)
    again = desk.place(evolve(request, checked="もう一度", channel=EntryChannel.PHONE))
    own = world.place(desk.session, "FAX-1", *lines)
    assert first.orders == again.orders == own.orders
    assert len(desk.stored()) == 1
    assert world.stock("PEN").reserved == 3
    assert len(world.audited("order-placed-for-customer")) == 1
    other = evolve(request, order=evolve(request.order, lines=(line("1", "PEN", 4),)))
    with pytest.raises(PurchaseOrderConflict):
        desk.place(other)
    assert len(desk.stored()) == 1


@pytest.mark.spec("ORD-9", "ACC-5")
def test_the_users_own_rules_and_limits_hold(plain: Desk, line: Callable[..., Any]) -> None:
    def codes(*lines: Any, **changes: Any) -> set[str]:
        with pytest.raises(OrderRefused) as caught:
            plain.place(plain.asked(PlaceOrderForCustomerRequest, *lines, **changes))
        return {one.code for one in caught.value.problems}

    assert codes(line("1", "OLD", 1), line("2", "TEA", 1)) == {"item-discontinued", "quantity-not-sold"}
    plain.of_user(order_limit=100)
    assert codes(line("1", "PEN", 3)) == {"order-limit-exceeded"}
    plain.of_user(order_limit=None, department_codes=("D2",))
    assert codes(line("1", "PEN", 3)) == {"unknown-department"}
    with plain.world.storage.begin() as unit:
        account = unit.accounts.by_member_number(plain.member)
        limit = DepartmentLimit(account_id=account.account_id, code="D2", monthly_limit=1)
        unit.department_limits.put(limit)
    assert codes(line("1", "PEN", 3, department="D2")) == {"department-limit-exceeded"}
    assert plain.stored() == []
    assert plain.world.stock("PEN").reserved == 0
    assert plain.world.audited("order-placed-for-customer") == []


@pytest.mark.spec("ORD-9", "AUTH-19")
def test_without_an_open_ticket_of_that_customer_nothing_is_done(
    desk: Desk, line: Callable[..., Any]
) -> None:
    world = desk.world
    other = world.customer("b").letter.member_number
    tickets = {
        "none": "",
        "absent": "0000000000",
        "nobody's": world.open_ticket(desk.desk),
        "another's": world.open_ticket(desk.desk, other),
        "closed": world.open_ticket(desk.desk, desk.member, closed=True),
    }
    before = world.dump()
    for ticket in tickets.values():
        for ask in _all_three(desk, line, ticket=ticket):
            with pytest.raises(AccessDenied) as caught:
                ask()
            assert caught.value.where == "ticket"
    # a customer that does not exist is refused like one without a ticket
    for ask in _all_three(desk, line, member_number="M999999"):
        with pytest.raises(AccessDenied):
            ask()
    assert world.dump() == before


def _all_three(desk: Desk, line: Callable[..., Any], **changes: Any) -> list[Callable[[], Any]]:
    lines = (line("1", "PEN", 3),)
    return [
        lambda: desk.place(desk.asked(PlaceOrderForCustomerRequest, *lines, **changes)),
        lambda: desk.quote(desk.asked(QuoteForCustomerRequest, *lines, **changes)),
        lambda: desk.history(**changes),
    ]


@pytest.mark.spec("ORD-9")
def test_it_is_said_how_the_caller_was_checked(desk: Desk, line: Callable[..., Any]) -> None:
    before = desk.world.dump()
    for checked in ("", "  ", "x" * 501):
        for ask in _all_three(desk, line, checked=checked):
            with pytest.raises(ValueInvalid) as caught:
                ask()
            assert caught.value.where == "checked"
    assert desk.world.dump() == before


@pytest.mark.spec("ORD-9", "AUTH-20")
def test_only_an_active_user_of_that_account_who_may_order_is_ordered_for(
    plain: Desk, line: Callable[..., Any]
) -> None:
    world = plain.world
    foreign = world.customer("b").add_user("b@b.example.co.jp", Role.BUYER)
    viewer = plain.customer.add_user("viewer@a.example.co.jp", Role.VIEWER)

    def refusals(**changes: Any) -> list[AskulConnectError]:
        found = []
        for ask in _all_three(plain, line, **changes)[:2]:
            with pytest.raises(AskulConnectError) as caught:
                ask()
            found.append(caught.value)
        return found

    for user_id in (foreign, "none-such"):
        assert {(type(one), one.detail) for one in refusals(user_id=user_id)} == {
            (NotFound, "the account has no such user")
        }
    assert {type(one) for one in refusals(user_id=viewer)} == {AccessDenied}
    plain.of_user(state=UserState.REMOVED)
    assert {type(one) for one in refusals()} == {AccessDenied}
    plain.of_user(state=UserState.ACTIVE)
    with world.storage.begin() as unit:
        unit.accounts.save(evolve(unit.accounts.by_member_number(plain.member), state=AccountState.SUSPENDED))
    assert {(type(one), one.where) for one in refusals()} == {(AccessDenied, "member_number")}
    assert plain.stored() == []
    assert world.audited("order-placed-for-customer", "quoted-for-customer") == []


@pytest.mark.spec("ORD-9", "AUTH-20")
def test_neither_customers_nor_machines_nor_the_suppliers_own_program_may(
    desk: Desk, line: Callable[..., Any]
) -> None:
    lines = (line("1", "PEN", 3),)
    requests = {
        PLACE_ORDER_FOR_CUSTOMER: desk.asked(PlaceOrderForCustomerRequest, *lines),
        QUOTE_FOR_CUSTOMER: desk.asked(QuoteForCustomerRequest, *lines),
    }
    for operation, request in requests.items():
        for token in (desk.session, desk.customer.administrator, desk.customer.machine):
            with pytest.raises(AccessDenied):
                desk.world.call(operation, request, token=token)
        with pytest.raises(AccessDenied):
            desk.world.as_staff(operation, request)
    assert desk.stored() == []


@pytest.mark.spec("ORD-9", "CART-5")
def test_a_quote_is_the_whole_answer_and_keeps_nothing_but_its_record(
    desk: Desk, line: Callable[..., Any]
) -> None:
    world = desk.world
    lines = (line("1", "PEN", 3),)
    quoted = desk.quote(desk.asked(QuoteForCustomerRequest, *lines)).orders
    assert desk.stored() == []
    assert world.stock("PEN").reserved == 0
    assert world.notices("order-placed") == []
    [record] = world.audited("quoted-for-customer")
    assert json.loads(record.detail)["user"] == desk.user
    with pytest.raises(OrderRefused):
        desk.quote(desk.asked(QuoteForCustomerRequest, line("1", "OLD", 1)))
    made = desk.place(desk.asked(PlaceOrderForCustomerRequest, *lines)).orders
    assert [one.total_incl_tax for one in quoted] == [one.total_incl_tax for one in made]


@pytest.mark.spec("ORD-9", "CART-5")
def test_a_trial_is_not_placed(plain: Desk, line: Callable[..., Any]) -> None:
    request = plain.asked(PlaceOrderForCustomerRequest, line("1", "PEN", 3))
    with pytest.raises(ValueInvalid):
        plain.place(evolve(request, order=evolve(request.order, trial=True)))
    found = plain.world.call(
        operations.GET_ORDER_BY_EXTERNAL_ID,
        GetOrderByExternalIdRequest(purchase_order_id="FAX-1", buyer_party=PARTY),
        token=plain.customer.machine,
    )
    assert found.orders == ()


@pytest.mark.spec("ORD-9", "AUTH-19")
def test_a_history_goes_to_the_registered_contact_and_to_nobody_else(
    desk: Desk, line: Callable[..., Any]
) -> None:
    world = desk.world
    number = world.place(desk.customer.machine, "PO-1", line("1", "PEN", 3)).orders[0].order_number
    foreign = world.place(world.customer("b").machine, "PO-1", line("1", "PEN", 3)).orders[0].order_number
    answer = desk.history(key="once")
    assert number not in repr(answer)
    assert desk.history(key="once") == answer
    [notice] = world.letters("history-provided")
    assert notice["to"] == "info@a.example.co.jp"
    assert number in notice["facts"]["orders"]
    assert foreign not in notice["facts"]["orders"]
    [record] = world.audited("history-provided")
    assert json.loads(record.detail)["reference"] == answer.reference
    assert desk.history(date_from=date(2026, 10, 1), date_to=date(2026, 10, 31)).reference != answer.reference
    assert [one["facts"]["orders"] for one in world.letters("history-provided")].count("-") == 1
    with pytest.raises(ValueInvalid):
        desk.history(date_from=date(2026, 12, 1), date_to=date(2026, 11, 1))


@pytest.mark.spec("ORD-9", "ACC-8", "AUTH-19")
def test_a_history_is_encrypted_until_it_has_left_and_then_forgotten(
    plain: Desk, line: Callable[..., Any]
) -> None:
    world = plain.world
    number = world.place(plain.customer.machine, "PO-1", line("1", "PEN", 3)).orders[0].order_number
    plain.history()
    [waiting] = world.notices("history-provided")
    assert number not in json.dumps(waiting, ensure_ascii=False)
    assert "orders" not in waiting["facts"]
    world.supplier.automation.work()
    [sent] = [one for one in world.posted() if one["event"] == "history-provided"]
    assert number in sent["facts"]["orders"]
    [kept] = world.letters("history-provided")
    assert kept["facts"] == {"from": "2026-11-01", "to": "2026-11-30"}


@pytest.mark.spec("ORD-9", "ACC-8")
def test_a_history_that_has_not_left_does_not_leave_an_erased_account(
    plain: Desk, line: Callable[..., Any]
) -> None:
    world = plain.world
    world.place(plain.customer.machine, "PO-1", line("1", "PEN", 3))
    plain.history()
    with world.storage.begin() as unit:
        account = unit.accounts.by_member_number(plain.member)
        unit.accounts.save(evolve(account, state=AccountState.WITHDRAWN))
    request = ErasePersonalDataRequest(member_number=plain.member, ticket="T-1")
    world.as_staff(account_operations.ERASE_PERSONAL_DATA, request)
    [left] = world.notices("history-provided")
    assert {name for name in left if name != "schema"} == {"erased"}
    world.supplier.automation.work()
    assert [one for one in world.posted() if one["event"] == "history-provided"] == []


@pytest.mark.spec("ORD-9")
def test_a_history_too_long_for_a_letter_is_not_sent(
    plain: Desk, line: Callable[..., Any], monkeypatch: Any
) -> None:
    for place in range(3):
        plain.world.place(plain.customer.machine, f"PO-{place}", line("1", "PEN", 1))
    monkeypatch.setattr("askul_connect.core.services.supplier.staff_entry.MOST_ORDERS", 2)
    with pytest.raises(ValueInvalid):
        plain.history()
    assert plain.world.notices("history-provided") == []
