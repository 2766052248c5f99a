"""The supplier's staff read the login history of a ticket's account (AUTH-2, AUTH-10, AUTH-19)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from askul_connect.core.domain.accounts import Role
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import AccessDenied, CursorExpired
from askul_connect.core.messages.sessions import ListLoginHistoryRequest
from askul_connect.core.operations.sessions import LIST_LOGIN_HISTORY

pytestmark = pytest.mark.spec("AUTH-2", "AUTH-10", "AUTH-19")

EMAIL = "hanako@a.example.co.jp"


class Desk:
    """A staff member, and two customers with a ticket and more attempts than an account's view shows."""

    def __init__(self, world: Any) -> None:
        self.world = world
        customers = {name: world.customer(name) for name in ("a", "b")}
        customers["a"].person(EMAIL, Role.BUYER)
        self.references = [world.attempt(EMAIL, "wrong").reference for _ in range(25)]
        self.foreign = world.attempt("Admin@b.example.co.jp", "wrong").reference
        self.unknown = world.attempt("0000000000", "wrong").reference
        self.session: Secret = world.desk_session()
        with world.storage.begin() as unit:
            accounts = {name: unit.accounts.by_customer_number(one.number) for name, one in customers.items()}
        self.account_ids = {name: one.account_id for name, one in accounts.items()}
        self.tickets = {
            name: world.open_ticket(self.session, one.member_number) for name, one in accounts.items()
        }
        self.closed = world.open_ticket(self.session, accounts["a"].member_number, closed=True)

    def ask(self, name: str = "a", **asked: Any) -> Any:
        request = ListLoginHistoryRequest(**{"ticket": self.tickets[name], **asked})
        return self.world.call(LIST_LOGIN_HISTORY, request, token=self.session)

    def reads(self, name: str = "a") -> list[Any]:
        found = self.world.audited("data-read-by-staff")
        return [one for one in found if one.account_id == self.account_ids[name]]


@pytest.fixture
def desk(stored: Any) -> Desk:
    return Desk(stored)


def test_all_of_the_account_is_read_page_by_page_and_each_page_is_recorded(everywhere: Any) -> None:
    desk = Desk(everywhere)
    cursor, found, pages = "", [], 0
    while True:
        answer = desk.ask(newest_first=True, page_size=10, cursor=cursor)
        found += answer.attempts
        pages += 1
        if not cursor:
            total = answer.page.total
        if not answer.page.more:
            break
        cursor = answer.page.next_cursor
    assert pages > 2
    assert len(found) == total
    # with a pause that begins, further attempts are recorded as well
    assert {one.reference for one in found} > set(desk.references)
    assert not {desk.foreign, desk.unknown} & {one.reference for one in found}
    reads = desk.reads()
    assert len(reads) == pages
    assert {(one.subject, one.reference) for one in reads} == {(desk.account_ids["a"], desk.tickets["a"])}
    assert json.loads(reads[0].detail)["fields"] == ["login history"]
    assert reads[0].actor not in {"", "supplier"}
    assert desk.reads("b") == []


def test_the_number_of_a_refusal_is_found_in_the_tickets_account_only(desk: Desk) -> None:
    (found,) = desk.ask(reference=desk.references[0]).attempts
    assert (found.reference, found.login_id) == (desk.references[0], EMAIL)
    assert desk.reads()[-1].subject == desk.references[0]
    for reference in (desk.foreign, desk.unknown, "0"):
        assert desk.ask(reference=reference).attempts == ()


def test_a_cursor_is_good_for_its_account_only(desk: Desk) -> None:
    cursor = desk.ask(page_size=5).page.next_cursor
    with pytest.raises(CursorExpired):
        desk.ask("b", page_size=5, cursor=cursor)
    assert desk.ask(page_size=5, cursor=cursor).attempts


def test_without_an_open_ticket_of_a_customer_there_is_nothing(desk: Desk) -> None:
    said = set()
    for ticket in ("", "0000000000", desk.closed, desk.world.open_ticket(desk.session)):
        for whole_account in (False, True):
            with pytest.raises(AccessDenied) as caught:
                desk.ask(ticket=ticket, whole_account=whole_account)
            said.add((caught.value.detail, caught.value.where))
    assert len(said) == 1
    assert desk.reads() == []


def test_a_ticket_shows_a_customer_no_more_than_before(desk: Desk) -> None:
    buyer = desk.world.customer("c").person("p@c.example.co.jp", Role.BUYER)
    for ticket in (desk.tickets["a"], "0000000000", ""):
        request = ListLoginHistoryRequest(ticket=ticket)
        found = desk.world.call(LIST_LOGIN_HISTORY, request, token=buyer).attempts
        assert {one.login_id for one in found} == {"p@c.example.co.jp"}
