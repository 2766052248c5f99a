"""The answer to a leak: who is affected, and what is done for them (AUTH-18)."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from attrs import evolve

from askul_connect.core.domain.account_records import ErasureExtent
from askul_connect.core.domain.accounts import Role, UserState
from askul_connect.core.domain.leaks import LeakedField
from askul_connect.core.errors import (
    AccessDenied,
    IdempotencyConflict,
    NotAuthenticated,
    NotFound,
    ValueInvalid,
)
from askul_connect.core.messages.account_changes import ChangeAccountRequest
from askul_connect.core.messages.account_ends import ErasePersonalDataRequest, WithdrawAccountRequest
from askul_connect.core.messages.accounts import GetAccountRequest
from askul_connect.core.messages.leaks import ReportLeakRequest, RespondToLeakRequest
from askul_connect.core.operations import accounts as account_operations
from askul_connect.core.operations import supplier as operations

PASSWORD = "Kaede-7-kaze"
LOGIN = (LeakedField.NAME, LeakedField.LOGIN_ID, LeakedField.PASSWORD_HASH)


class Planted:
    """Two accounts with people from before, during and after a leak that lasted the second of three days."""

    def __init__(self, world: Any) -> None:
        self.world = world
        self.a, self.b = world.customer("a"), world.customer("b")
        self.before = self.a.add_user("before@a.example.co.jp", Role.BUYER)
        self.erased = self.a.add_user("erased@a.example.co.jp", Role.BUYER)
        self._leave(self.erased)
        world.place(self.a.machine, "PO-1")
        world.forward(timedelta(days=1))
        self.starts_at = world.clock.now()
        world.forward(timedelta(hours=1))
        self._renew()
        self.during = self.a.add_user("during@a.example.co.jp", Role.BUYER)
        change = ChangeAccountRequest(version=1, contact="窓口 新", phone="03-1111-1111")
        world.call(account_operations.CHANGE_ACCOUNT, change, token=self.a.administrator, key=world.fresh())
        world.forward(timedelta(hours=23))
        self.ends_at = world.clock.now()
        self._renew()
        self.after = self.a.add_user("after@a.example.co.jp", Role.BUYER)
        self.late = world.customer("c")
        world.forward(timedelta(days=1))

    def _renew(self) -> None:
        self.a.administrator = self.world.login(self.a.number, PASSWORD).session_token

    def number(self, customer: Any) -> str:
        with self.world.storage.begin() as unit:
            found: str = unit.accounts.by_customer_number(customer.number).member_number
        return found

    def _leave(self, user_id: str) -> None:
        with self.world.storage.begin() as unit:
            account = unit.accounts.by_customer_number(self.a.number)
            member = unit.memberships.get(account.account_id, user_id)
            unit.memberships.save(evolve(member, state=UserState.REMOVED))
        request = ErasePersonalDataRequest(
            member_number=self.number(self.a),
            ticket="T-1",
            user_id=user_id,
            extent=ErasureExtent.EVERYTHING,
        )
        self.world.as_staff(account_operations.ERASE_PERSONAL_DATA, request)

    def scope(self, *fields: LeakedField, **more: Any) -> dict[str, Any]:
        return {
            "starts_at": self.starts_at,
            "ends_at": self.ends_at,
            "fields": fields or LOGIN,
            "known_on": date(2026, 11, 10),
            "ticket": "T-9",
            **more,
        }

    def report(self, *fields: LeakedField, **more: Any) -> Any:
        request = ReportLeakRequest(**self.scope(*fields, **more))
        return self.world.as_staff(account_operations.REPORT_LEAK, request)

    def respond(self, *fields: LeakedField, key: str = "", **more: Any) -> Any:
        request = RespondToLeakRequest(**self.scope(*fields, **more))
        return self.world.as_staff(account_operations.RESPOND_TO_LEAK, request, key=key)


@pytest.fixture
def planted(stored: Any) -> Planted:
    return Planted(stored)


def emails(found: Any) -> set[str]:
    return {one.email for one in found.people}


@pytest.mark.spec("AUTH-18")
def test_the_list_is_exact(planted: Planted) -> None:
    found = planted.report()
    said = {one.email: one.fields for one in found.people}
    with_password = ("login_id", "name", "password_hash")
    without = ("login_id", "name")
    assert said == {
        "Admin@a.example.co.jp": with_password,
        "Admin@b.example.co.jp": with_password,
        "before@a.example.co.jp": without,
        "during@a.example.co.jp": without,
    }
    assert len(found.people) == 4
    assert {one.user_id for one in found.people} >= {planted.before, planted.during}
    assert not {one.user_id for one in found.people} & {planted.erased, planted.after}


@pytest.mark.spec("AUTH-18")
def test_only_the_accounts_and_the_data_named(planted: Planted) -> None:
    number = planted.number(planted.b)
    found = planted.report(LeakedField.LOGIN_ID, member_numbers=(number,))
    assert [(one.member_number, one.email, one.fields) for one in found.people] == [
        (number, "Admin@b.example.co.jp", ("login_id",))
    ]
    assert emails(planted.report(LeakedField.PASSWORD_HASH)) == {
        "Admin@a.example.co.jp",
        "Admin@b.example.co.jp",
    }
    assert emails(planted.report(LeakedField.LOGIN_HISTORY)) == {
        "Admin@a.example.co.jp",
        "Admin@b.example.co.jp",
    }


@pytest.mark.spec("AUTH-18")
def test_registered_data_count_as_they_were_in_the_period(planted: Planted) -> None:
    number = planted.number(planted.a)
    fields = (LeakedField.REPRESENTATIVE, LeakedField.CONTACT, LeakedField.PHONE)
    found = planted.report(*fields, member_numbers=(number,))
    said = {one.name: one.fields for one in found.people}
    # the contact of before the change was there too; it is the administrator, who is one person
    assert said == {
        "代表": ("representative",),
        "管理者": ("contact", "phone"),
        "窓口 新": ("contact", "phone"),
    }


@pytest.mark.spec("AUTH-18")
def test_who_was_erased_since_is_counted_without_a_name(planted: Planted) -> None:
    planted._leave(planted.before)
    found = planted.report()
    [gone] = [one for one in found.people if one.user_id == planted.before]
    assert (gone.name, gone.email) == ("", "")
    assert "name" in gone.fields


@pytest.mark.spec("AUTH-18")
def test_contacts_that_were_erased_since_are_counted_and_those_before_are_not(planted: Planted) -> None:
    world, number = planted.world, planted.number(planted.late)
    during = {"starts_at": planted.ends_at, "ends_at": world.clock.now(), "member_numbers": (number,)}
    fields = (LeakedField.REPRESENTATIVE, LeakedField.PHONE)
    named = planted.report(*fields, **during)
    assert [one.name for one in named.people] == ["代表", "管理者"]
    end = WithdrawAccountRequest(member_number=number, ticket="T-1")
    world.as_staff(account_operations.WITHDRAW_ACCOUNT, end)
    request = ErasePersonalDataRequest(member_number=number, ticket="T-1")
    world.as_staff(account_operations.ERASE_PERSONAL_DATA, request)
    [gone] = planted.report(*fields, **during).people
    assert (gone.name, gone.email, gone.fields) == ("", "", ("phone", "representative"))
    world.forward(timedelta(days=1))
    later = {**during, "starts_at": world.clock.now(), "ends_at": world.clock.now() + timedelta(days=1)}
    assert not planted.report(*fields, **later).people


@pytest.mark.spec("AUTH-18")
def test_credentials_whose_hashes_leaked(planted: Planted) -> None:
    found = planted.report(LeakedField.CREDENTIALS)
    assert {one.member_number for one in found.credentials} == {
        planted.number(planted.a),
        planted.number(planted.b),
    }
    assert not found.people


@pytest.mark.spec("AUTH-18")
def test_deadlines_and_triggers_of_the_law(planted: Planted) -> None:
    found = planted.report()
    assert found.triggers == ()
    days = (found.preliminary_from, found.preliminary_by, found.final_by)
    assert days == (date(2026, 11, 13), date(2026, 11, 15), date(2026, 12, 10))
    found = planted.report(malicious=True, sensitive=True, financial_harm=True)
    assert found.triggers == ("malicious", "sensitive", "financial_harm")
    assert found.final_by == date(2027, 1, 9)


@pytest.mark.spec("AUTH-18", "AUTH-17")
def test_what_is_done_for_them(planted: Planted) -> None:
    world = planted.world
    planted._renew()
    other = world.login(planted.late.number, PASSWORD).session_token
    done = planted.respond(*LOGIN, LeakedField.CREDENTIALS, malicious=True)
    assert (done.people, done.notified, done.passwords, done.credentials) == (4, 4, 2, 2)
    assert done.sessions >= 1
    with pytest.raises(NotAuthenticated):
        world.call(operations.GET_ACCOUNT, GetAccountRequest(), token=planted.a.administrator)
    for machine in (planted.a.machine, planted.b.machine):
        with pytest.raises(NotAuthenticated):
            world.call(operations.GET_ACCOUNT, GetAccountRequest(), token=machine)
    for customer in (planted.a, planted.b):
        assert world.login(customer.number, PASSWORD).password_change_required
    # whoever came later goes on
    world.call(operations.GET_ACCOUNT, GetAccountRequest(), token=other)
    assert not world.login(planted.late.number, PASSWORD).password_change_required
    assert world.place(planted.late.machine, "PO-9").orders
    # a new password ends it
    world.set_password(planted.a.number, PASSWORD, "Momiji-8-yama")
    assert not world.login(planted.a.number, "Momiji-8-yama").password_change_required

    world.supplier.automation.work()
    found = [json.loads(one.read_text("utf-8")) for one in (world.folder / "notices").glob("*.json")]
    told = {one["to"]: one["facts"] for one in found if one["event"] == "leak"}
    assert set(told) == {
        "Admin@a.example.co.jp",
        "Admin@b.example.co.jp",
        "before@a.example.co.jp",
        "during@a.example.co.jp",
    }
    assert told["before@a.example.co.jp"]["fields"] == "login_id, name"
    with world.storage.begin() as unit:
        record = unit.audit.of_account("")[-1]
        account = unit.accounts.by_customer_number(planted.a.number)
        forced = [one for one in unit.audit.of_account(account.account_id) if one.action == "password-forced"]
    assert (record.action, record.reference) == ("leak-answered", done.incident)
    kept = json.loads(record.detail)
    assert (kept["ticket"], kept["people"], kept["final_by"]) == ("T-9", 4, "2027-01-09")
    assert "example.co.jp" not in record.detail
    assert [one.reference for one in forced] == [done.incident]


@pytest.mark.spec("AUTH-18")
def test_an_answer_is_given_once(planted: Planted) -> None:
    first = planted.respond(key="k")
    again = planted.respond(key="k")
    assert again == first
    with pytest.raises(IdempotencyConflict):
        planted.respond(key="k", malicious=True)
    with planted.world.storage.begin() as unit:
        actions = [one.action for one in unit.audit.of_account("")]
    assert actions.count("leak-answered") == 1


@pytest.mark.spec("AUTH-18", "AUTH-19")
def test_only_for_a_ticket_and_only_by_staff(planted: Planted) -> None:
    for ask in (planted.report, planted.respond):
        with pytest.raises(ValueInvalid, match="ends after"):
            ask(ends_at=planted.starts_at)
        with pytest.raises(NotFound):
            ask(member_numbers=("00000000",))
    request = ReportLeakRequest(**planted.scope(fields=()))
    with pytest.raises(ValueInvalid, match="at least one field"):
        planted.world.as_staff(account_operations.REPORT_LEAK, request)
    planted._renew()
    desk = planted.world.desk_session()
    shut = planted.world.open_ticket(desk, closed=True)
    for operation, kind in (
        (account_operations.REPORT_LEAK, ReportLeakRequest),
        (account_operations.RESPOND_TO_LEAK, RespondToLeakRequest),
    ):
        for ticket in ("", " ", shut):
            with pytest.raises(AccessDenied, match="ticket"):
                planted.world.call(operation, kind(**planted.scope(ticket=ticket)), token=desk, key="y")
    for operation, kind in (
        (account_operations.REPORT_LEAK, ReportLeakRequest),
        (account_operations.RESPOND_TO_LEAK, RespondToLeakRequest),
    ):
        with pytest.raises(AccessDenied):
            planted.world.call(operation, kind(**planted.scope()), token=planted.a.administrator, key="x")
    planted.report()
    with planted.world.storage.begin() as unit:
        record = unit.audit.of_account("")[-1]
    assert (record.action, json.loads(record.detail)["ticket"]) == ("leak-reported", "T-9")
