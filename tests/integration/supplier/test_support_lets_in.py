"""The supplier's staff let a person in again, with a ticket of the customer (AUTH-4, AUTH-7, AUTH-14, AUTH-19)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve, frozen

from askul_connect.core.domain.accounts import AccountState, Role
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import AccessDenied, AskulConnectError, NotFound, PartnerRefused, ValueInvalid
from askul_connect.core.messages.login import IssueTemporaryPasswordRequest, TemporaryPasswordDelivery
from askul_connect.core.messages.sessions import UnlockUserRequest
from askul_connect.core.operations import accounts, people
from askul_connect.core.operations import supplier as operations
from askul_connect.core.operations.sessions import UNLOCK_USER

PASSWORD = "Kaede-7-kaze"
EMAIL = "hanako@a.example.co.jp"
BY_EMAIL, BY_LETTER = TemporaryPasswordDelivery.EMAIL, TemporaryPasswordDelivery.LETTER


@frozen(kw_only=True)
class Desk:
    """A staff member, a person whose login is the matter, and an open ticket of the person's account."""

    world: Any
    session: Secret
    account_id: str
    user_id: str
    ticket: str

    def issue(self, delivery: TemporaryPasswordDelivery = BY_EMAIL, **changes: Any) -> Any:
        request = IssueTemporaryPasswordRequest(user_id=self.user_id, delivery=delivery, ticket=self.ticket)
        return self.world.call(
            operations.ISSUE_TEMPORARY_PASSWORD, evolve(request, **changes), token=self.session
        )

    def unlock(self, **changes: Any) -> Any:
        request = UnlockUserRequest(user_id=self.user_id, ticket=self.ticket)
        return self.world.call(UNLOCK_USER, evolve(request, **changes), token=self.session)

    def left(self, event: str) -> list[dict[str, Any]]:
        """Notices of an event that have left as files."""
        self.world.supplier.automation.work()
        folder = Path(self.world.folder / "notices")
        found = [json.loads(path.read_text("utf-8")) for path in folder.glob("*.json")]
        return [one for one in found if one["event"] == event]

    def audited(self, action: str) -> Any:
        """The latest record of an action, which is the customer's own."""
        found = [one for one in self.world.audited(action) if one.account_id == self.account_id]
        return found[-1]


def desk_of(world: Any) -> Desk:
    customer = world.customer()
    customer.person(EMAIL, Role.BUYER)
    with world.storage.begin() as unit:
        user = unit.users.by_email_key(EMAIL)
        number = unit.accounts.get(user.account_id).member_number
    session = world.desk_session()
    return Desk(
        world=world,
        session=session,
        account_id=user.account_id,
        user_id=user.user_id,
        ticket=world.open_ticket(session, number),
    )


@pytest.fixture
def everywhere_desk(everywhere: Any) -> Desk:
    return desk_of(everywhere)


@pytest.fixture
def desk(world: Any) -> Desk:
    return desk_of(world)


@pytest.mark.spec("AUTH-4", "AUTH-19")
def test_support_sends_a_password_by_e_mail_and_never_sees_it(everywhere_desk: Desk) -> None:
    desk, world = everywhere_desk, everywhere_desk.world
    answer = desk.issue()
    assert not answer.temporary_password
    assert answer.expires_at == world.clock.now() + timedelta(hours=24)
    with world.storage.begin() as unit:
        waiting = next(one for one in unit.outbox.all() if one.kind == "temporary-password")
    (sent,) = desk.left("temporary-password")
    assert sent["to"] == EMAIL
    assert sent["secret"] not in waiting.body
    record = desk.audited("temporary-password-issued")
    assert (record.subject, record.reference) == (desk.user_id, desk.ticket)
    assert record.actor not in {"", desk.user_id, "supplier"}
    assert json.loads(record.detail)["delivery"] == "email"
    assert sent["secret"] not in record.detail
    assert world.login(EMAIL, Secret(sent["secret"])).password_change_required
    world.forward(timedelta(hours=24, seconds=1))
    assert world.attempt(EMAIL, sent["secret"]).code != "w:001"


@pytest.mark.spec("AUTH-4", "AUTH-19")
def test_a_letter_is_good_for_14_days_and_no_mail_carries_it(make_world: Callable[..., Any]) -> None:
    got: list[dict[str, Any]] = []

    class Post:
        def deliver(self, message_id: str, body: str) -> None:
            notice = json.loads(body)
            if "@" not in notice["to"]:
                raise PartnerRefused("the notice cannot be addressed")
            got.append(notice)

    world = make_world("sqlite", notifiers={"smtp": Post()})
    desk = desk_of(world)
    answer = desk.issue(BY_LETTER)
    assert not answer.temporary_password
    assert answer.expires_at == world.clock.now() + timedelta(days=14)
    with world.storage.begin() as unit:
        waiting = next(one for one in unit.outbox.all() if one.kind == "temporary-password-letter")
    (letter,) = desk.left("temporary-password-letter")
    assert letter["secret"] not in waiting.body
    assert letter["to"] == f"letter:{desk.user_id}"
    facts = letter["facts"]
    assert (facts["postcode"], facts["address"]) == ("150-0001", "東京都渋谷区見本2-2")
    assert letter["secret"] not in json.dumps(got)
    (said,) = [one for one in got if one["event"] == "temporary-password-by-letter"]
    assert said["to"] == EMAIL
    with world.storage.begin() as unit:
        states = {one.kind: one.state for one in unit.outbox.all()}
    assert states["temporary-password-letter"] == "sent"
    world.forward(timedelta(days=13))
    assert world.login(EMAIL, Secret(letter["secret"])).password_change_required


@pytest.mark.spec("AUTH-4", "AUTH-19")
def test_each_side_has_its_own_ways_of_delivery(desk: Desk) -> None:
    world = desk.world
    with pytest.raises(ValueInvalid) as caught:
        desk.issue(TemporaryPasswordDelivery.HANDED_OVER)
    assert caught.value.where == "delivery"
    administrator = world.login("Admin@a.example.co.jp", PASSWORD).session_token
    request = IssueTemporaryPasswordRequest(user_id=desk.user_id, delivery=BY_LETTER)
    with pytest.raises(ValueInvalid) as caught:
        world.call(operations.ISSUE_TEMPORARY_PASSWORD, request, token=administrator)
    assert caught.value.where == "delivery"
    with world.storage.begin() as unit:
        account = unit.accounts.get(desk.account_id)
        unit.accounts.save(evolve(account, state=AccountState.SUSPENDED))
    with pytest.raises(ValueInvalid):
        desk.issue(BY_LETTER)
    # nothing was changed by what was refused; the one is the person's first
    assert len(world.audited("temporary-password-issued")) == 1
    with world.storage.begin() as unit:
        assert not unit.users.get(desk.account_id, desk.user_id).password_temporary


@pytest.mark.spec("AUTH-7", "AUTH-19")
def test_support_unlocks_a_person(everywhere_desk: Desk) -> None:
    desk, world = everywhere_desk, everywhere_desk.world
    for _ in range(6):
        world.attempt(EMAIL, "wrong")
    assert world.attempt(EMAIL, PASSWORD).code == "too-many-attempts"
    answer = desk.unlock()
    assert (answer.was_locked, answer.failures > 0) == (False, True)
    assert world.login(EMAIL, PASSWORD).session_token
    record = desk.audited("user-unlocked")
    assert (record.subject, record.reference) == (desk.user_id, desk.ticket)
    assert [one["to"] for one in world.notices("login-unlocked")] == [EMAIL]
    # a look that finds nothing is a read like any other
    before = len(world.audited("data-read-by-staff"))
    assert desk.unlock().failures == 0
    assert len(world.audited("data-read-by-staff")) == before + 1
    assert desk.audited("data-read-by-staff").reference == desk.ticket


@pytest.mark.spec("AUTH-19")
def test_without_an_open_ticket_of_the_customer_nothing_is_done(desk: Desk) -> None:
    world = desk.world
    other = world.customer("b")
    foreign = other.add_user("b@b.example.co.jp", Role.BUYER)
    with world.storage.begin() as unit:
        number = unit.accounts.get(desk.account_id).member_number
    tickets = {
        "none": "",
        "unknown": "0000000000",
        "of nobody": world.open_ticket(desk.session),
        "closed": world.open_ticket(desk.session, number, closed=True),
    }
    said = set()
    for ask in (desk.issue, desk.unlock):
        for ticket in tickets.values():
            with pytest.raises(AccessDenied) as caught:
                ask(ticket=ticket)
            said.add((caught.value.detail, caught.value.where))
    assert len(said) == 1
    # a ticket lets into its own customer only: somebody else's person answers like nobody
    refusals: set[tuple[type[AskulConnectError], str, str]] = set()
    for ask in (desk.issue, desk.unlock):
        for user_id in (foreign, "absent", ""):
            with pytest.raises(NotFound) as absent:
                ask(user_id=user_id)
            refusals.add((type(absent.value), absent.value.detail, absent.value.where))
    assert len(refusals) == 1
    # the one is the person's first, by the administrator
    assert len(world.audited("temporary-password-issued", "user-unlocked")) == 1


@pytest.mark.spec("AUTH-19")
def test_the_suppliers_own_program_names_a_ticket_too(desk: Desk) -> None:
    request = UnlockUserRequest(user_id=desk.user_id)
    with pytest.raises(AccessDenied):
        desk.world.as_staff(UNLOCK_USER, request)
    assert desk.world.as_staff(UNLOCK_USER, evolve(request, ticket=desk.ticket)).failures == 0


@pytest.mark.spec("ACC-8", "AUTH-4")
def test_a_letter_is_erased_with_its_person(stored: Any) -> None:
    desk = desk_of(stored)
    desk.issue(BY_LETTER)
    with stored.storage.begin() as unit:
        number = unit.accounts.get(desk.account_id).member_number
    administrator = stored.login("Admin@a.example.co.jp", PASSWORD).session_token
    removal = people.REMOVE_USER.request(user_id=desk.user_id)
    stored.call(people.REMOVE_USER, removal, token=administrator)
    erasing = accounts.ERASE_PERSONAL_DATA.request(
        member_number=number, user_id=desk.user_id, ticket=desk.ticket
    )
    stored.call(accounts.ERASE_PERSONAL_DATA, erasing, token=desk.session)
    with stored.storage.begin() as unit:
        (letter,) = [one for one in unit.outbox.all() if one.kind == "temporary-password-letter"]
    assert json.loads(letter.body)["erased"]
    assert "見本2-2" not in letter.body
