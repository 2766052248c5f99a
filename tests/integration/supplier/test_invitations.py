"""Invitations that an account has sent: listed, and taken back (ACC-5)."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from attrs import evolve

from askul_connect.adapters.storage.sql.storage import supplier_sql
from askul_connect.core.domain.accounts import Role
from askul_connect.core.domain.invitations import InvitationState
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import AccessDenied, IllegalStep, NotFound, TokenInvalid
from askul_connect.core.messages.account_ends import ErasePersonalDataRequest, WithdrawAccountRequest
from askul_connect.core.messages.audit import ListAuditRecordsRequest
from askul_connect.core.messages.invitations import (
    CancelInvitationRequest,
    InvitationSummary,
    ListInvitationsRequest,
)
from askul_connect.core.messages.people import AcceptInvitationRequest, InviteUserRequest
from askul_connect.core.messages.registration import MergeAccountsRequest
from askul_connect.core.operations import accounts, audit, people

EMAIL = "hanako@a.example.co.jp"
NOBODY = "nobody@example.co.jp"


def delivered(world: Any, event: str) -> list[dict[str, Any]]:
    world.supplier.automation.work()
    found = [json.loads(path.read_text("utf-8")) for path in (world.folder / "notices").glob("*.json")]
    return sorted((one for one in found if one["event"] == event), key=lambda one: one["at"])


def invite(world: Any, customer: Any, email: str = EMAIL, **changes: Any) -> str:
    request = evolve(InviteUserRequest(email=email, role=Role.BUYER, department_codes=("D2",)), **changes)
    reference: str = world.call(people.INVITE_USER, request, token=customer.administrator).reference
    return reference


def listed(world: Any, customer: Any) -> dict[str, InvitationSummary]:
    token = customer.administrator
    found = world.call(people.LIST_INVITATIONS, ListInvitationsRequest(), token=token).invitations
    return {one.reference: one for one in found}


def cancel(world: Any, customer: Any, reference: str) -> Any:
    request = CancelInvitationRequest(reference=reference)
    return world.call(people.CANCEL_INVITATION, request, token=customer.administrator)


def accept(world: Any, token: str, session: Secret) -> Any:
    request = AcceptInvitationRequest(invitation_token=Secret(token))
    return world.call(people.ACCEPT_INVITATION, request, token=session)


@pytest.mark.spec("ACC-5")
def test_invitations_are_listed_alike_whether_or_not_somebody_has_the_address(faced: Any) -> None:
    world = faced
    home, other = world.customer(), world.customer("b")
    session = home.person(EMAIL, Role.VIEWER)
    first = invite(world, other, NOBODY, order_limit=50_000)
    second = invite(world, other)
    [sent] = delivered(world, "user-invited")
    found = listed(world, other)
    assert list(found) == [second, first]
    known, unknown = found[second], found[first]
    assert (unknown.email, unknown.role, unknown.department_codes, unknown.order_limit) == (
        NOBODY,
        Role.BUYER,
        ("D2",),
        50_000,
    )
    assert unknown.expires_at - unknown.invited_at == timedelta(days=7)
    same = evolve(known, reference=first, email=NOBODY, order_limit=50_000)
    assert evolve(same, invited_at=unknown.invited_at, expires_at=unknown.expires_at) == unknown
    assert listed(world, home) == {}

    accept(world, sent["secret"], session)
    found = listed(world, other)
    assert (found[second].state, found[first].state) == ("accepted", "open")
    assert found[second].ended_at is not None
    with pytest.raises(IllegalStep):
        cancel(world, other, second)


@pytest.mark.spec("ACC-5")
def test_nobody_joins_by_an_invitation_that_was_taken_back(everywhere: Any) -> None:
    world = everywhere
    home, other = world.customer(), world.customer("b")
    session = home.person(EMAIL, Role.VIEWER)
    reference = invite(world, other)
    [sent] = delivered(world, "user-invited")
    assert cancel(world, other, reference).reference == reference
    assert cancel(world, other, reference).reference == reference
    with pytest.raises(TokenInvalid):
        accept(world, sent["secret"], session)
    assert listed(world, other)[reference].state == "cancelled"
    records = world.call(
        audit.LIST_AUDIT_RECORDS, ListAuditRecordsRequest(), token=other.administrator
    ).records
    assert [one.action for one in records].count("invitation-cancelled") == 1
    # a further one is another one
    invite(world, other)
    assert accept(world, delivered(world, "user-invited")[-1]["secret"], session).role is Role.BUYER


@pytest.mark.spec("ACC-5")
def test_an_invitation_that_is_taken_back_before_it_is_sent_is_not_sent(stored: Any) -> None:
    world = stored
    home, other = world.customer(), world.customer("b")
    home.person(EMAIL, Role.VIEWER)
    cancel(world, other, invite(world, other))
    assert delivered(world, "user-invited") == []


@pytest.mark.spec("ACC-5", "AUTH-19")
def test_invitations_are_the_administrators_and_a_foreign_one_is_like_none(faced: Any) -> None:
    world = faced
    home, other = world.customer(), world.customer("b")
    reference = invite(world, other)
    refusals = []
    for absent in (reference, "0000000000"):
        with pytest.raises(NotFound) as caught:
            cancel(world, home, absent)
        refusals.append((caught.value.detail, caught.value.where))
    assert refusals[0] == refusals[1]
    buyer = other.person("c@b.example.co.jp", Role.BUYER)
    for operation, request in (
        (people.LIST_INVITATIONS, ListInvitationsRequest()),
        (people.CANCEL_INVITATION, CancelInvitationRequest(reference=reference)),
    ):
        with pytest.raises(AccessDenied):
            world.call(operation, request, token=buyer)
    assert listed(world, other)[reference].state == "open"


@pytest.mark.spec("ACC-5")
def test_an_invitation_expires_and_is_forgotten_after_a_time(stored: Any) -> None:
    world = stored
    other = world.customer("b")
    reference = invite(world, other)
    world.forward(timedelta(days=7))
    other.administrator = world.login(other.number, "Kaede-7-kaze").session_token
    assert listed(world, other)[reference].state == "expired"
    world.forward(timedelta(days=89))
    world.supplier.automation.work()
    with world.storage.begin() as unit:
        account = unit.accounts.by_customer_number(other.number)
        assert len(unit.invitations.of_account(account.account_id)) == 1
    world.forward(timedelta(days=2))
    world.supplier.automation.work()
    with world.storage.begin() as unit:
        assert list(unit.invitations.of_account(account.account_id)) == []


@pytest.mark.spec("ACC-5")
def test_an_invitation_from_before_they_were_kept_is_still_good_and_one_that_is_gone_is_not(
    stored: Any,
) -> None:
    world = stored
    home, other = world.customer(), world.customer("b")
    session = home.person(EMAIL, Role.VIEWER)

    def forget() -> None:
        with world.storage.begin() as unit:
            unit.invitations.forget(world.clock.now() + timedelta(days=30))

    invite(world, other)
    forget()
    # what was asked then is answered without a record of it
    sent = delivered(world, "user-invited")[-1]["secret"]
    assert accept(world, sent, session).role is Role.BUYER
    third = home.person("c@a.example.co.jp", Role.VIEWER)
    invite(world, other, "c@a.example.co.jp")
    sent = delivered(world, "user-invited")[-1]["secret"]
    forget()
    with pytest.raises(TokenInvalid):
        accept(world, sent, third)


@pytest.mark.spec("ACC-5", "ACC-4", "ACC-8")
@pytest.mark.parametrize("how", ["withdrawn", "merged"])
def test_invitations_end_with_the_account_that_sent_them(stored: Any, how: str) -> None:
    world = stored
    home, other = world.customer(), world.customer("b")
    home.person(EMAIL, Role.VIEWER)
    reference = invite(world, other)
    with world.storage.begin() as unit:
        account = unit.accounts.by_customer_number(other.number)
        target = unit.accounts.by_customer_number(home.number)
    if how == "withdrawn":
        request: Any = WithdrawAccountRequest(member_number=account.member_number)
        world.as_staff(accounts.WITHDRAW_ACCOUNT, request)
    else:
        request = MergeAccountsRequest(
            surviving=target.member_number, absorbed=account.member_number, ticket=""
        )
        world.as_staff(accounts.MERGE_ACCOUNTS, request)
    with world.storage.begin() as unit:
        [kept] = unit.invitations.of_account(account.account_id)
        assert list(unit.invitations.of_account(target.account_id)) == []
    assert (kept.invitation_id, kept.state) == (reference, InvitationState.CANCELLED)
    assert delivered(world, "user-invited") == []


@pytest.mark.spec("ACC-5")
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_accepting_and_taking_back_at_once_do_not_both_succeed(
    kind: str, make_world: Callable[..., Any], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if kind == "sqlite":
        storage = supplier_sql(f"sqlite:///{tmp_path / 'supplier.sqlite3'}")
    else:
        storage = supplier_sql(request.getfixturevalue("supplier_postgresql")())
    request.addfinalizer(storage.close)
    world = make_world(storage=storage)
    home, other = world.customer(), world.customer("b")
    session = home.person(EMAIL, Role.VIEWER)
    reference = invite(world, other)
    token = delivered(world, "user-invited")[-1]["secret"]
    gate = Barrier(2)

    def attempt(number: int) -> bool:
        gate.wait(60)
        try:
            if number:
                cancel(world, other, reference)
            else:
                accept(world, token, session)
        except (TokenInvalid, IllegalStep):
            return False
        return True

    with ThreadPoolExecutor(2) as threads:
        accepted, cancelled = threads.map(attempt, range(2))
    assert accepted is not cancelled
    assert listed(world, other)[reference].state == ("accepted" if accepted else "cancelled")


@pytest.mark.spec("ACC-8")
def test_addresses_that_were_invited_are_erased_with_the_account(stored: Any) -> None:
    world = stored
    other = world.customer("b")
    invite(world, other, NOBODY)
    delivered(world, "user-invited")
    [where] = [name for name, rows in world.dump().items() if NOBODY in repr(rows)]
    assert "invitations" in where
    with world.storage.begin() as unit:
        number = unit.accounts.by_customer_number(other.number).member_number
    world.as_staff(accounts.WITHDRAW_ACCOUNT, WithdrawAccountRequest(member_number=number))
    world.as_staff(accounts.ERASE_PERSONAL_DATA, ErasePersonalDataRequest(member_number=number, ticket=""))
    assert NOBODY not in repr(world.dump())
