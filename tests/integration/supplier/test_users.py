"""Changing and removing users, handing over the administration, switching (ACC-5, ACC-6, ACC-7)."""

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

from askul_connect.adapters.security.argon2_hasher import Argon2Hasher
from askul_connect.adapters.storage.sql.storage import supplier_sql
from askul_connect.core.domain.accounts import Membership, Role, UserState
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import (
    AccessDenied,
    DuplicateRegistration,
    LastAdministrator,
    LoginMismatch,
    LoginRefused,
    NotAuthenticated,
    NotFound,
    TokenInvalid,
    ValueInvalid,
    VersionConflict,
)
from askul_connect.core.messages.accounts import (
    AddUserRequest,
    GetAccountRequest,
    ListUsersRequest,
    UserSummary,
)
from askul_connect.core.messages.audit import ListAuditRecordsRequest
from askul_connect.core.messages.login import IssueTemporaryPasswordRequest
from askul_connect.core.messages.people import (
    ChangeUserRequest,
    ConfirmEmailRequest,
    RemoveUserRequest,
    TransferAdministrationRequest,
)
from askul_connect.core.operations import audit, people
from askul_connect.core.operations import supplier as operations

PASSWORD = "Kaede-7-kaze"
EMAIL = "hanako@a.example.co.jp"
NEW = "hanako.new@a.example.co.jp"


def delivered(world: Any, event: str) -> list[dict[str, Any]]:
    world.supplier.automation.work()
    found = [json.loads(path.read_text("utf-8")) for path in (world.folder / "notices").glob("*.json")]
    return sorted((one for one in found if one["event"] == event), key=lambda one: one["at"])


def listed(world: Any, token: Secret) -> dict[str, UserSummary]:
    users = world.call(operations.LIST_USERS, ListUsersRequest(), token=token).users
    return {user.email: user for user in users}


def change_of(user: UserSummary, **changes: Any) -> ChangeUserRequest:
    request = ChangeUserRequest(
        user_id=user.user_id,
        version=user.version,
        email=user.email,
        name=user.name,
        role=user.role,
        department_codes=user.department_codes,
        order_limit=user.order_limit,
    )
    return evolve(request, **changes)


def change(world: Any, token: Secret, user: UserSummary, **changes: Any) -> Any:
    return world.call(people.CHANGE_USER, change_of(user, **changes), token=token, key=world.fresh())


def remove(world: Any, token: Secret, user_id: str) -> Any:
    return world.call(people.REMOVE_USER, RemoveUserRequest(user_id=user_id), token=token)


def opened(world: Any, token: Secret) -> str:
    name: str = world.call(operations.GET_ACCOUNT, GetAccountRequest(), token=token).name
    return name


def actions(world: Any, token: Secret) -> list[str]:
    request = ListAuditRecordsRequest(page_size=100)
    return [one.action for one in world.call(audit.LIST_AUDIT_RECORDS, request, token=token).records]


def storage_of(kind: str, make_world: Callable[..., Any], folder: Path, request: Any, **more: Any) -> Any:
    """A world over SQLite or PostgreSQL."""
    if kind == "sqlite":
        return make_world("sqlite", **more)
    storage = supplier_sql(request.getfixturevalue("supplier_postgresql")())
    request.addfinalizer(storage.close)
    return type(make_world())(storage, folder, "in process", **more)


@pytest.mark.spec("ACC-5")
def test_a_user_is_added_with_an_order_limit(faced: Any) -> None:
    world = faced
    customer = world.customer()
    request = AddUserRequest(email=EMAIL, name="山田 花子", role=Role.BUYER, order_limit=50_000)
    world.call(operations.ADD_USER, request, token=customer.administrator, key="add-1")
    assert listed(world, customer.administrator)[EMAIL].order_limit == 50_000
    wrong = evolve(request, email=NEW, order_limit=-1)
    with pytest.raises(ValueInvalid) as caught:
        world.call(operations.ADD_USER, wrong, token=customer.administrator, key="add-2")
    assert [one.where for one in caught.value.problems] == ["order_limit"]


@pytest.mark.spec("ACC-6", "ACC-7", "AUTH-17")
def test_a_change_is_in_force_at_once_and_told(everywhere: Any) -> None:
    world = everywhere
    customer = world.customer()
    session = customer.person(EMAIL, Role.VIEWER)
    user = listed(world, customer.administrator)[EMAIL]
    done = change(
        world,
        customer.administrator,
        user,
        name="鈴木",
        role=Role.ADMINISTRATOR,
        department_codes=("D2", "D1"),
        order_limit=1_000,
    )
    assert not done.confirmation_sent
    after = listed(world, customer.administrator)[EMAIL]
    assert after == evolve(
        user,
        name="鈴木",
        role=Role.ADMINISTRATOR,
        department_codes=("D1", "D2"),
        order_limit=1_000,
        version=done.version,
    )
    assert done.version > user.version
    # the session that was a viewer's is an administrator's now
    assert EMAIL in listed(world, session)
    [told] = delivered(world, "user-role-changed")
    assert (told["to"], told["facts"]["before"], told["facts"]["after"]) == (EMAIL, "viewer", "administrator")
    assert {"user-renamed", "user-role-changed"} <= set(actions(world, customer.administrator))
    change(world, session, after, role=Role.VIEWER)
    with pytest.raises(AccessDenied):
        listed(world, session)


@pytest.mark.spec("ACC-7")
def test_a_change_based_on_an_old_version_is_refused_with_the_difference(everywhere: Any) -> None:
    world = everywhere
    customer = world.customer()
    customer.add_user(EMAIL, Role.VIEWER)
    user = listed(world, customer.administrator)[EMAIL]
    change(world, customer.administrator, user, name="鈴木", department_codes=("D1",))
    with pytest.raises(VersionConflict) as caught:
        change(world, customer.administrator, user, role=Role.BUYER)
    assert {one.where: one.detail for one in caught.value.problems} == {
        "name": "it is '鈴木' now, asked for is '山田'",
        "role": "it is 'viewer' now, asked for is 'buyer'",
        "department_codes": "it is ['D1'] now, asked for is []",
    }
    assert listed(world, customer.administrator)[EMAIL].role is Role.VIEWER


@pytest.mark.spec("ACC-7")
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_of_changes_at_once_one_comes_through(
    kind: str, make_world: Callable[..., Any], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    world = storage_of(kind, make_world, tmp_path, request)
    customer = world.customer()
    customer.add_user(EMAIL, Role.VIEWER)
    user = listed(world, customer.administrator)[EMAIL]
    gate = Barrier(8)

    def attempt(number: int) -> bool:
        asked = change_of(user, name=f"名前{number}", order_limit=number)
        gate.wait(60)
        try:
            world.call(people.CHANGE_USER, asked, token=customer.administrator, key=f"change-{number}")
        except VersionConflict:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        outcomes = list(threads.map(attempt, range(8)))
    assert outcomes.count(True) == 1
    number = outcomes.index(True)
    after = listed(world, customer.administrator)[EMAIL]
    assert (after.name, after.order_limit) == (f"名前{number}", number)


@pytest.mark.spec("ACC-6")
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize("way", ["remove", "demote"])
def test_two_administrators_cannot_end_each_other(
    kind: str, way: str, make_world: Callable[..., Any], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    world = storage_of(kind, make_world, tmp_path, request)
    customer = world.customer()
    sessions = [customer.person(f"{name}@a.example.co.jp", Role.ADMINISTRATOR) for name in ("b", "c")]
    with world.storage.begin() as unit:
        # nobody but these two is left; the primary one is gone by other means
        account = unit.accounts.by_customer_number(customer.number)
        primary = unit.memberships.primary_administrator(account.account_id)
        unit.memberships.save(evolve(primary, state=UserState.REMOVED, primary_administrator=False))
    users = listed(world, sessions[0])
    targets = [users["c@a.example.co.jp"], users["b@a.example.co.jp"]]
    gate = Barrier(2)

    def attempt(number: int) -> bool:
        gate.wait(60)
        try:
            if way == "remove":
                remove(world, sessions[number], targets[number].user_id)
            else:
                asked = change_of(targets[number], role=Role.VIEWER)
                world.call(people.CHANGE_USER, asked, token=sessions[number], key=f"key-of-{number}")
        except (LastAdministrator, NotAuthenticated, AccessDenied):
            return False
        return True

    with ThreadPoolExecutor(2) as threads:
        outcomes = list(threads.map(attempt, range(2)))
    assert sorted(outcomes) == [False, True]
    with world.storage.begin() as unit:
        left = [
            one
            for one in unit.memberships.of_account(account.account_id)
            if one.role is Role.ADMINISTRATOR and one.state is UserState.ACTIVE
        ]
    assert len(left) == 1


@pytest.mark.spec("ACC-6")
def test_an_account_keeps_an_administrator_of_its_own(faced: Any) -> None:
    world = faced
    customer, other = world.customer(), world.customer("b")
    [admin] = listed(world, customer.administrator).values()
    guest = other.add_user("guest@b.example.co.jp", Role.ADMINISTRATOR)
    with world.storage.begin() as unit:
        account = unit.accounts.by_customer_number(customer.number)
        membership = unit.memberships.get(unit.accounts.by_customer_number(other.number).account_id, guest)
        assert isinstance(membership, Membership)
        unit.memberships.add(evolve(membership, account_id=account.account_id))
    # the primary one is handed over first, and a guest does not count
    with pytest.raises(LastAdministrator):
        remove(world, customer.administrator, admin.user_id)
    with pytest.raises(LastAdministrator):
        change(world, customer.administrator, admin, role=Role.BUYER)
    with world.storage.begin() as unit:
        own = unit.memberships.get(account.account_id, admin.user_id)
        unit.memberships.save(evolve(own, primary_administrator=False))
    with pytest.raises(LastAdministrator):
        remove(world, customer.administrator, admin.user_id)
    with pytest.raises(LastAdministrator):
        change(world, customer.administrator, admin, role=Role.BUYER)
    assert listed(world, customer.administrator)[admin.email] == admin


@pytest.mark.spec("ACC-6", "AUTH-17")
def test_removal_ends_every_session_at_once(everywhere: Any) -> None:
    world = everywhere
    customer = world.customer()
    session = customer.person(EMAIL, Role.BUYER)
    second = world.login(EMAIL, PASSWORD).session_token
    user = listed(world, customer.administrator)[EMAIL]
    for _ in range(2):
        remove(world, customer.administrator, user.user_id)
    for token in (session, second):
        with pytest.raises(NotAuthenticated):
            opened(world, token)
    with pytest.raises(LoginRefused) as caught:
        world.login(EMAIL, PASSWORD)
    assert caught.value.problems[0].code == "user-removed"
    assert [one["to"] for one in delivered(world, "user-removed")] == [EMAIL]
    assert actions(world, customer.administrator).count("user-removed") == 1
    # who comes back is the same person, and needs a new password
    assert customer.add_user(EMAIL, Role.VIEWER) == user.user_id
    with pytest.raises(LoginMismatch):
        world.login(EMAIL, PASSWORD)
    for token in (session, second):
        with pytest.raises(NotAuthenticated):
            opened(world, token)
    customer.world.first_session(EMAIL, customer.temporary_password(user.user_id))


class Paused(Argon2Hasher):
    """Does something else before it hashes: what happens to a call that is in flight."""

    def __init__(self) -> None:
        super().__init__(memory_kib=8, passes=1)
        self.meanwhile: Callable[[], object] | None = None

    def hash(self, password: Secret) -> str:
        if self.meanwhile is not None:
            step, self.meanwhile = self.meanwhile, None
            step()
        return super().hash(password)


@pytest.mark.spec("ACC-6")
def test_a_call_in_flight_of_a_removed_user_changes_nothing(make_world: Callable[..., Any]) -> None:
    hasher = Paused()
    world = make_world(hasher=hasher)
    customer = world.customer()
    session = customer.person(EMAIL, Role.ADMINISTRATOR)
    target = customer.add_user("c@a.example.co.jp", Role.VIEWER)
    user = listed(world, customer.administrator)[EMAIL]
    hasher.meanwhile = lambda: remove(world, customer.administrator, user.user_id)
    with pytest.raises(NotAuthenticated):
        world.call(
            operations.ISSUE_TEMPORARY_PASSWORD, IssueTemporaryPasswordRequest(user_id=target), token=session
        )
    with world.storage.begin() as unit:
        assert not unit.users.get(unit.users.by_email_key(EMAIL).account_id, target).password_hash


@pytest.mark.spec("ACC-6", "AUTH-1")
def test_the_administration_is_handed_over_in_one_step(everywhere: Any) -> None:
    world = everywhere
    customer = world.customer()
    session = customer.person(EMAIL, Role.BUYER)
    users = listed(world, customer.administrator)
    request = TransferAdministrationRequest(user_id=users[EMAIL].user_id, former_role=Role.VIEWER)
    done = world.call(people.TRANSFER_ADMINISTRATION, request, token=customer.administrator, key="t")
    assert done.former_user_id == users["Admin@a.example.co.jp"].user_id
    assert listed(world, session)["Admin@a.example.co.jp"].role is Role.VIEWER
    with pytest.raises(AccessDenied):
        listed(world, customer.administrator)
    # the customer number is the new one's now
    assert world.login(customer.number, PASSWORD).role is Role.ADMINISTRATOR
    assert world.login(customer.number, PASSWORD).user_name == "山田"
    told = delivered(world, "administration-transferred")
    assert sorted(one["to"] for one in told) == ["Admin@a.example.co.jp", EMAIL]
    for bad, error in (("no-such-user", NotFound), (users[EMAIL].user_id, ValueInvalid)):
        asked = TransferAdministrationRequest(user_id=bad, former_role=Role.SUPPLIER)
        with pytest.raises(error):
            world.call(people.TRANSFER_ADMINISTRATION, asked, token=session, key=world.fresh())


# --- another address -----------------------------------------------------------------------------------------


@pytest.mark.spec("AUTH-1", "AUTH-17", "ACC-7")
def test_a_new_address_confirms_itself_before_it_is_a_login_id(everywhere: Any) -> None:
    world = everywhere
    customer = world.customer()
    session = customer.person(EMAIL, Role.BUYER)
    user = listed(world, customer.administrator)[EMAIL]
    assert change(world, customer.administrator, user, email=NEW).confirmation_sent
    assert listed(world, customer.administrator)[EMAIL].email == EMAIL
    assert opened(world, session)
    with pytest.raises(LoginMismatch):
        world.login(NEW, PASSWORD)
    assert [one["to"] for one in delivered(world, "email-change-asked")] == [EMAIL]
    [sent] = delivered(world, "email-confirmation")
    assert sent["to"] == NEW

    request = ConfirmEmailRequest(email_token=Secret(sent["secret"]))
    answer = world.call(people.CONFIRM_EMAIL, request)
    assert (answer.email, answer.awaiting_approval) == (NEW, False)
    with pytest.raises(NotAuthenticated):
        opened(world, session)
    with pytest.raises(LoginMismatch):
        world.login(EMAIL, PASSWORD)
    assert world.login(NEW, PASSWORD).session_token
    assert sorted(one["to"] for one in delivered(world, "email-changed")) == sorted([EMAIL, NEW])
    with pytest.raises(TokenInvalid):
        world.call(people.CONFIRM_EMAIL, request)
    records = world.call(
        audit.LIST_AUDIT_RECORDS, ListAuditRecordsRequest(page_size=100), token=customer.administrator
    ).records
    detail = json.loads(next(one.detail for one in records if one.action == "email-changed"))
    assert detail == {"schema": 1, "from": EMAIL, "to": NEW}


@pytest.mark.spec("ACC-4", "AUTH-17")
def test_an_address_that_is_somebodys_gets_no_token_and_only_the_newest_is_good(stored: Any) -> None:
    world = stored
    customer, other = world.customer(), world.customer("b")
    customer.add_user(EMAIL, Role.VIEWER)
    user = listed(world, customer.administrator)[EMAIL]
    assert change(world, customer.administrator, user, email="admin@b.example.co.jp").confirmation_sent
    assert not delivered(world, "email-confirmation")
    change(world, customer.administrator, user, email=NEW)
    world.forward(timedelta(seconds=1))
    change(world, customer.administrator, user, email=NEW)
    first, second = (one["secret"] for one in delivered(world, "email-confirmation"))
    with pytest.raises(TokenInvalid):
        world.call(people.CONFIRM_EMAIL, ConfirmEmailRequest(email_token=Secret(first)))
    other.add_user(NEW, Role.VIEWER)
    with pytest.raises(DuplicateRegistration):
        world.call(people.CONFIRM_EMAIL, ConfirmEmailRequest(email_token=Secret(second)))
    remove(world, customer.administrator, user.user_id)
    with pytest.raises(TokenInvalid):
        world.call(people.CONFIRM_EMAIL, ConfirmEmailRequest(email_token=Secret(second)))


@pytest.mark.spec("ACC-5", "ACC-6")
def test_a_foreign_user_answers_like_one_that_is_not_there(everywhere: Any) -> None:
    world = everywhere
    customer, other = world.customer(), world.customer("b")
    customer.add_user(EMAIL, Role.VIEWER)
    user = listed(world, customer.administrator)[EMAIL]
    said = []
    for user_id in (user.user_id, "no-such-user"):
        for ask in (
            lambda user_id=user_id: change(world, other.administrator, evolve(user, user_id=user_id)),
            lambda user_id=user_id: remove(world, other.administrator, user_id),
            lambda user_id=user_id: world.call(
                people.TRANSFER_ADMINISTRATION,
                TransferAdministrationRequest(user_id=user_id),
                token=other.administrator,
                key=world.fresh(),
            ),
        ):
            with pytest.raises(NotFound) as caught:
                ask()
            said.append((caught.value.detail, caught.value.where))
    assert set(said) == {("there is no such user", "user_id")}
    bad = {"email": "x", "name": " ", "role": Role.SUPPLIER, "department_codes": ("D9",), "order_limit": -1}
    with pytest.raises(ValueInvalid) as caught_value:
        change(world, customer.administrator, user, **bad)
    assert {one.where for one in caught_value.value.problems} == set(bad)
