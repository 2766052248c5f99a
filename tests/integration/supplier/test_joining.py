"""Joining an account with its member number (ACC-9), and by invitation (ACC-5)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from askul_connect.core.domain.accounts import AccountState, Role, UserState
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import (
    DuplicateRegistration,
    IllegalStep,
    LoginMismatch,
    LoginRefused,
    NotAuthenticated,
    NotFound,
    PasswordRejected,
    TokenInvalid,
    ValueInvalid,
)
from askul_connect.core.messages.accounts import GetAccountRequest, ListUsersRequest
from askul_connect.core.messages.people import (
    AcceptInvitationRequest,
    ApproveUserRequest,
    ConfirmEmailRequest,
    InviteUserRequest,
    ListAwaitingUsersRequest,
    ListContextsRequest,
    RegisterUserRequest,
    RejectUserRequest,
    RemoveUserRequest,
)
from askul_connect.core.operations import people
from askul_connect.core.operations import supplier as operations

PASSWORD = "Sakura-5-iwa"
EMAIL = "hanako@a.example.co.jp"


def delivered(world: Any, event: str) -> list[dict[str, Any]]:
    """The notices of an event that have left, oldest first."""
    world.supplier.automation.work()
    found = [json.loads(path.read_text("utf-8")) for path in (world.folder / "notices").glob("*.json")]
    return sorted((one for one in found if one["event"] == event), key=lambda one: one["at"])


def register(world: Any, number: str, email: str = EMAIL, **changes: Any) -> str:
    request = RegisterUserRequest(
        email=email, name="花子", member_number=number, password=Secret(PASSWORD), **changes
    )
    reference: str = world.call(people.REGISTER_USER, request).reference
    return reference


def confirm(world: Any, token: str) -> Any:
    return world.call(people.CONFIRM_EMAIL, ConfirmEmailRequest(email_token=Secret(token)))


def awaiting(world: Any, customer: Any) -> Any:
    return world.call(
        people.LIST_AWAITING_USERS, ListAwaitingUsersRequest(), token=customer.administrator
    ).users


def joined(world: Any, customer: Any) -> str:
    """Id of a person who has confirmed the address and waits."""
    register(world, customer.letter.member_number)
    confirm(world, delivered(world, "email-confirmation")[-1]["secret"])
    user_id: str = awaiting(world, customer)[-1].user_id
    return user_id


def approve(world: Any, token: Secret, user_id: str, **changes: Any) -> Any:
    request = evolve(
        ApproveUserRequest(user_id=user_id, role=Role.BUYER, department_codes=("D1",)), **changes
    )
    return world.call(people.APPROVE_USER, request, token=token, key=world.fresh())


@pytest.mark.spec("ACC-9", "AUTH-2")
def test_an_employee_joins_with_the_members_number(everywhere: Any) -> None:
    world = everywhere
    customer = world.customer()
    assert len(register(world, customer.letter.member_number)) == 10
    # nothing is anybody's before the address has proved itself
    with pytest.raises(LoginMismatch):
        world.login(EMAIL, PASSWORD)
    [sent] = delivered(world, "email-confirmation")
    assert sent["to"] == EMAIL
    assert not awaiting(world, customer)
    assert confirm(world, sent["secret"]).awaiting_approval

    with pytest.raises(LoginRefused) as caught:
        world.login(EMAIL, PASSWORD)
    assert caught.value.problems[0].code == "user-awaiting-approval"
    assert "Ask your administrator" in caught.value.problems[0].remedy
    with pytest.raises(LoginMismatch):
        world.login(EMAIL, "Sakura-6-iwa")
    [told] = delivered(world, "user-awaiting-approval")
    assert (told["to"], told["facts"]["email"]) == ("Admin@a.example.co.jp", EMAIL)

    [one] = awaiting(world, customer)
    assert (one.email, one.name) == (EMAIL, "花子")
    approve(world, customer.administrator, one.user_id, order_limit=5_000)
    assert not awaiting(world, customer)
    assert [one["to"] for one in delivered(world, "user-approved")] == [EMAIL]
    session = world.login(EMAIL, PASSWORD)
    assert session.role is Role.BUYER
    users = world.call(operations.LIST_USERS, ListUsersRequest(), token=customer.administrator).users
    mine = next(user for user in users if user.email == EMAIL)
    assert (mine.department_codes, mine.order_limit, mine.home) == (("D1",), 5_000, True)


@pytest.mark.spec("ACC-9")
def test_a_rejected_person_is_told_and_cannot_log_in_until_added(stored: Any) -> None:
    world = stored
    customer = world.customer()
    user_id = joined(world, customer)
    request = RejectUserRequest(user_id=user_id, reason="退職済み")
    world.call(people.REJECT_USER, request, token=customer.administrator, key="r")
    assert delivered(world, "user-rejected")[0]["facts"]["reason"] == "退職済み"
    with pytest.raises(LoginRefused) as caught:
        world.login(EMAIL, PASSWORD)
    assert caught.value.problems[0].code == "user-rejected"
    for step in (
        lambda: approve(world, customer.administrator, user_id),
        lambda: world.call(people.REJECT_USER, request, token=customer.administrator, key="again"),
    ):
        with pytest.raises(IllegalStep):
            step()
    # a decision by mistake is taken back by adding the person, whose old password is good for nothing
    assert customer.add_user(EMAIL, Role.VIEWER) == user_id
    with pytest.raises(LoginMismatch):
        world.login(EMAIL, PASSWORD)


@pytest.mark.spec("ACC-9")
def test_the_answer_is_the_same_whatever_is_known(faced: Any) -> None:
    world = faced
    customer = world.customer()
    customer.person("known@a.example.co.jp", Role.VIEWER)
    kept = []
    for number, email in (
        (customer.letter.member_number, EMAIL),
        ("00000000", EMAIL),
        (customer.letter.member_number, "known@a.example.co.jp"),
        ("00000000", "known@a.example.co.jp"),
    ):
        with world.storage.begin() as unit:
            before = {one.message_id for one in unit.outbox.all()}
        assert len(register(world, number, email)) == 10
        with world.storage.begin() as unit:
            kept.append([one for one in unit.outbox.all() if one.message_id not in before])
    # one message is stored each time, and it shows neither address nor number nor hash
    assert [len(one) for one in kept] == [1, 1, 1, 1]
    assert not any("example" in one.body or "argon2" in one.body for messages in kept for one in messages)
    assert [one["to"] for one in delivered(world, "email-confirmation")] == [EMAIL]
    assert [one["to"] for one in delivered(world, "user-known")] == ["known@a.example.co.jp"]
    assert not delivered(world, "user-awaiting-approval")


@pytest.mark.spec("ACC-9", "AUTH-5")
def test_what_cannot_be_registered(faced: Any) -> None:
    world = faced
    customer = world.customer()
    request = RegisterUserRequest(email="x", name="", member_number="1", password=Secret("short"))
    with pytest.raises(ValueInvalid) as caught:
        world.call(people.REGISTER_USER, request)
    assert {one.where for one in caught.value.problems} == {"email", "name", "member_number"}
    good = evolve(request, email=EMAIL, name="花子", member_number=customer.letter.member_number)
    with pytest.raises(PasswordRejected):
        world.call(people.REGISTER_USER, good)


@pytest.mark.spec("ACC-9")
def test_a_token_is_good_once_for_a_day_and_for_an_open_account(stored: Any) -> None:
    world = stored
    customer = world.customer()
    register(world, customer.letter.member_number)
    register(world, customer.letter.member_number)
    first, second = (one["secret"] for one in delivered(world, "email-confirmation"))
    for bad in ("x", ""):
        with pytest.raises(TokenInvalid):
            confirm(world, bad)
    confirm(world, first)
    with pytest.raises(TokenInvalid):
        confirm(world, first)
    with pytest.raises(DuplicateRegistration):
        confirm(world, second)
    register(world, customer.letter.member_number, "late@a.example.co.jp")
    late = delivered(world, "email-confirmation")[-1]["secret"]
    world.forward(timedelta(hours=24))
    with pytest.raises(TokenInvalid):
        confirm(world, late)
    register(world, customer.letter.member_number, "late@a.example.co.jp")
    late = delivered(world, "email-confirmation")[-1]["secret"]
    with world.storage.begin() as unit:
        account = unit.accounts.by_customer_number(customer.number)
        unit.accounts.save(evolve(account, state=AccountState.SUSPENDED))
    with pytest.raises(TokenInvalid):
        confirm(world, late)


@pytest.mark.spec("ACC-9")
def test_nobodys_mailbox_is_filled_by_registering(world: Any) -> None:
    customer = world.customer()
    customer.person("known@a.example.co.jp", Role.VIEWER)
    for _ in range(8):
        register(world, customer.letter.member_number)
        register(world, customer.letter.member_number, "known@a.example.co.jp")
    assert len(delivered(world, "email-confirmation")) == 5
    assert len(delivered(world, "user-known")) == 1


@pytest.mark.spec("ACC-9")
def test_only_the_own_administrator_decides(everywhere: Any) -> None:
    world = everywhere
    customer, other = world.customer(), world.customer("b")
    user_id = joined(world, customer)
    assert not awaiting(world, other)
    for bad in (user_id, "no-such-user"):
        with pytest.raises(NotFound):
            approve(world, other.administrator, bad)
        with pytest.raises(NotFound):
            world.call(
                people.REJECT_USER,
                RejectUserRequest(user_id=bad),
                token=other.administrator,
                key=world.fresh(),
            )
    with pytest.raises(ValueInvalid) as caught:
        approve(
            world,
            customer.administrator,
            user_id,
            role=Role.SUPPLIER,
            department_codes=("D9",),
            order_limit=-1,
        )
    assert [one.where for one in caught.value.problems] == ["role", "department_codes", "order_limit"]


@pytest.mark.spec("ACC-5", "AUTH-12")
def test_a_token_is_not_good_for_something_else(stored: Any) -> None:
    world = stored
    home, other = world.customer(), world.customer("b")
    session = home.person(EMAIL, Role.VIEWER)
    invite(world, other)
    sent = delivered(world, "user-invited")[-1]["secret"]
    with pytest.raises(TokenInvalid):
        confirm(world, sent)
    register(world, home.letter.member_number, "new@a.example.co.jp")
    with pytest.raises(TokenInvalid):
        accept(world, delivered(world, "email-confirmation")[-1]["secret"], session)
    assert accept(world, sent, session).role is Role.BUYER


# --- invitations ---------------------------------------------------------------------------------------------


def invite(world: Any, customer: Any, email: str = EMAIL, **changes: Any) -> str:
    request = evolve(InviteUserRequest(email=email, role=Role.BUYER, department_codes=("D2",)), **changes)
    reference: str = world.call(people.INVITE_USER, request, token=customer.administrator).reference
    return reference


def accept(world: Any, token: str, session: Secret) -> Any:
    request = AcceptInvitationRequest(invitation_token=Secret(token))
    return world.call(people.ACCEPT_INVITATION, request, token=session)


@pytest.mark.spec("ACC-5")
def test_a_person_of_another_account_joins_by_invitation(everywhere: Any) -> None:
    world = everywhere
    home, other = world.customer(), world.customer("b")
    session = home.person(EMAIL, Role.VIEWER)
    assert len(invite(world, other)) == 10
    [sent] = delivered(world, "user-invited")
    assert sent["to"] == EMAIL
    listed = world.call(operations.LIST_USERS, ListUsersRequest(), token=other.administrator).users
    assert [user.email for user in listed] == ["Admin@b.example.co.jp"]

    assert accept(world, sent["secret"], session).account_name == "株式会社見本b"
    listed = world.call(operations.LIST_USERS, ListUsersRequest(), token=other.administrator).users
    assert [(user.email, user.role, user.home) for user in listed] == [
        ("Admin@b.example.co.jp", Role.ADMINISTRATOR, True),
        (EMAIL, Role.BUYER, False),
    ]
    assert [one["to"] for one in delivered(world, "user-joined")] == ["Admin@b.example.co.jp"]
    contexts = world.call(people.LIST_CONTEXTS, ListContextsRequest(), token=session).contexts
    assert [(one.account_name, one.role, one.current) for one in contexts] == [
        ("株式会社見本a", Role.VIEWER, True),
        ("株式会社見本b", Role.BUYER, False),
    ]
    with pytest.raises(TokenInvalid):
        accept(world, sent["secret"], session)


@pytest.mark.spec("ACC-5", "ACC-4")
def test_an_invitation_does_not_show_whose_an_address_is(faced: Any) -> None:
    world = faced
    home, other = world.customer(), world.customer("b")
    home.person(EMAIL, Role.VIEWER)
    for email in (EMAIL, "nobody@example.co.jp", "admin@b.example.co.jp"):
        assert len(invite(world, other, email)) == 10
    assert [one["to"] for one in delivered(world, "user-invited")] == [EMAIL]
    # a new user is listed at once and given a password, which somebody else's user cannot be
    with pytest.raises(DuplicateRegistration):
        other.add_user(EMAIL, Role.VIEWER)
    with pytest.raises(ValueInvalid):
        invite(world, other, department_codes=("D9",))


@pytest.mark.spec("ACC-5")
def test_an_invitation_is_for_the_person_it_was_sent_to(stored: Any) -> None:
    world = stored
    home, other = world.customer(), world.customer("b")
    session, colleague = home.person(EMAIL, Role.VIEWER), home.person("c@a.example.co.jp", Role.VIEWER)
    invite(world, other)
    sent = delivered(world, "user-invited")[-1]["secret"]
    for bad in (colleague, home.administrator):
        with pytest.raises(TokenInvalid):
            accept(world, sent, bad)
    world.forward(timedelta(days=7))
    session = world.login(EMAIL, "Kaede-7-kaze").session_token
    with pytest.raises(TokenInvalid):
        accept(world, sent, session)


@pytest.mark.spec("ACC-5")
@pytest.mark.parametrize("why", ["inviter", "department", "account"])
def test_an_invitation_ends_with_what_it_rests_on(stored: Any, why: str) -> None:
    world = stored
    home, other = world.customer(), world.customer("b")
    session = home.person(EMAIL, Role.VIEWER)
    second = other.person("second@b.example.co.jp", Role.ADMINISTRATOR)
    request = InviteUserRequest(email=EMAIL, role=Role.BUYER, department_codes=("D2",))
    world.call(people.INVITE_USER, request, token=second)
    sent = delivered(world, "user-invited")[-1]["secret"]
    with world.storage.begin() as unit:
        account = unit.accounts.by_customer_number(other.number)
        inviter = unit.users.by_email_key("second@b.example.co.jp")
        if why == "inviter":
            membership = unit.memberships.get(account.account_id, inviter.user_id)
            unit.memberships.save(evolve(membership, state=UserState.REMOVED))
        elif why == "department":
            unit.departments.remove(account.account_id, "D2")
        else:
            unit.accounts.save(evolve(account, state=AccountState.SUSPENDED))
    with pytest.raises(TokenInvalid):
        accept(world, sent, session)


@pytest.mark.spec("ACC-5", "ACC-6")
def test_who_leaves_home_leaves_everywhere_and_a_guest_only_the_account(stored: Any) -> None:
    world = stored
    home, other = world.customer(), world.customer("b")
    session = home.person(EMAIL, Role.VIEWER)
    user_id = world.call(operations.LIST_USERS, ListUsersRequest(), token=home.administrator).users[1].user_id
    invite(world, other)
    accept(world, delivered(world, "user-invited")[-1]["secret"], session)
    world.call(people.REMOVE_USER, RemoveUserRequest(user_id=user_id), token=other.administrator)
    assert world.call(operations.GET_ACCOUNT, GetAccountRequest(), token=session).name == "株式会社見本a"

    world.forward(timedelta(hours=2))
    home.administrator = world.login(home.number, "Kaede-7-kaze").session_token
    other.administrator = world.login(other.number, "Kaede-7-kaze").session_token
    session = world.login(EMAIL, "Kaede-7-kaze").session_token
    invite(world, other)
    accept(world, delivered(world, "user-invited")[-1]["secret"], session)
    world.call(people.REMOVE_USER, RemoveUserRequest(user_id=user_id), token=home.administrator)
    with pytest.raises(NotAuthenticated):
        world.call(operations.GET_ACCOUNT, GetAccountRequest(), token=session)
    listed = world.call(operations.LIST_USERS, ListUsersRequest(), token=other.administrator).users
    assert [user.state for user in listed] == [UserState.ACTIVE, UserState.REMOVED]
    assert [one["to"] for one in delivered(world, "user-left")] == ["Admin@b.example.co.jp"]
