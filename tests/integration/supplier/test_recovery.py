"""Forgotten passwords and login IDs (AUTH-12, AUTH-13), and temporary passwords by e-mail (AUTH-4, AUTH-14)."""

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
from askul_connect.core.domain.accounts import AccountState, Role
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import (
    LoginMismatch,
    NotAuthenticated,
    NotFound,
    PasswordRejected,
    ResetTokenInvalid,
    ValueInvalid,
)
from askul_connect.core.messages.accounts import GetAccountRequest
from askul_connect.core.messages.login import IssueTemporaryPasswordRequest, TemporaryPasswordDelivery
from askul_connect.core.messages.recovery import (
    RecoverLoginIdRequest,
    RequestPasswordResetRequest,
    ResetPasswordRequest,
)
from askul_connect.core.operations import recovery
from askul_connect.core.operations import supplier as operations
from askul_connect.core.policies.passwords import NIST_800_63B_4

PASSWORD = "Kaede-7-kaze"
NEW = "Momiji-8-yama"
EMAIL = "admin@a.example.co.jp"


def ask(world: Any, email: str = EMAIL, company: str = "見本ａ　㈱") -> str:
    request = RequestPasswordResetRequest(email=email, company_name=company)
    reference: str = world.call(recovery.REQUEST_PASSWORD_RESET, request).reference
    return reference


def delivered(world: Any, event: str) -> list[dict[str, Any]]:
    """The notices of an event that have left, oldest first."""
    world.supplier.automation.work()
    found = [json.loads(path.read_text("utf-8")) for path in (world.folder / "notices").glob("*.json")]
    return sorted((one for one in found if one["event"] == event), key=lambda one: one["at"])


def token(world: Any) -> Secret:
    return Secret(delivered(world, "password-reset")[-1]["secret"])


def reset(world: Any, given: Secret, password: str = NEW) -> Any:
    request = ResetPasswordRequest(reset_token=given, new_password=Secret(password))
    return world.call(recovery.RESET_PASSWORD, request)


@pytest.mark.spec("AUTH-12")
def test_a_forgotten_password_is_set_anew_by_the_registered_mailbox(everywhere: Any) -> None:
    world = everywhere
    customer = world.customer()
    ask(world)
    sent = delivered(world, "password-reset")
    assert [one["to"] for one in sent] == ["Admin@a.example.co.jp"]

    answer = reset(world, token(world))
    assert answer.password_expires_at == world.clock.now() + timedelta(days=180)
    with pytest.raises(NotAuthenticated):
        world.call(operations.GET_ACCOUNT, GetAccountRequest(), token=customer.administrator)
    with pytest.raises(LoginMismatch):
        world.login(customer.number, PASSWORD)
    assert not world.login(customer.number, NEW).password_change_required
    # the first password of one's own was told of too
    assert [one["to"] for one in delivered(world, "password-changed")] == ["Admin@a.example.co.jp"] * 2
    with world.storage.begin() as unit:
        account = unit.accounts.by_customer_number(customer.number)
        actions = [one.action for one in unit.audit.of_account(account.account_id)]
    assert actions[-2:] == ["password-reset-asked", "password-reset"]


@pytest.mark.spec("AUTH-12", "AUTH-13")
def test_the_answer_and_the_work_are_the_same_whatever_is_found(stored: Any) -> None:
    world = stored
    world.customer()
    suspended = world.customer("b")
    with world.storage.begin() as unit:
        account = unit.accounts.by_customer_number(suspended.number)
        unit.accounts.save(evolve(account, state=AccountState.SUSPENDED))
    world.supplier.automation.work()
    before = len(delivered(world, "password-reset"))
    kept = []
    for email, company in (
        ("nobody@a.example.co.jp", "株式会社見本a"),
        (EMAIL, "株式会社別"),
        ("no address", ""),
        ("admin@b.example.co.jp", "株式会社見本b"),
        (EMAIL, "株式会社見本a"),
    ):
        assert len(ask(world, email, company)) == 10
        with world.storage.begin() as unit:
            kept.append([one for one in unit.outbox.all() if one.state == "pending"])
        world.supplier.automation.work()
    # one message for each question, of the same kind, which says nothing to whoever reads the database
    assert [len(messages) for messages in kept] == [1] * 5
    assert {(one.kind, one.target) for messages in kept for one in messages} == {
        ("password-reset-asked", "inquiries")
    }
    assert not any("example" in one.body or "見本" in one.body for messages in kept for one in messages)
    assert len(delivered(world, "password-reset")) == before + 1
    with world.storage.begin() as unit:
        answered = [one for one in unit.outbox.all() if one.target == "inquiries"]
    assert {(one.state.value, one.body) for one in answered} == {("sent", '{"schema": 1}')}


@pytest.mark.spec("AUTH-12")
def test_a_token_is_good_once_and_for_thirty_minutes_and_only_the_newest(faced: Any) -> None:
    world = faced
    world.customer()
    ask(world)
    first = token(world)
    world.forward(timedelta(minutes=1))
    ask(world)
    second = token(world)
    for bad in (first, Secret("x"), Secret("")):
        with pytest.raises(ResetTokenInvalid) as caught:
            reset(world, bad)
        assert caught.value.detail == "the token is not valid"
    reset(world, second)
    with pytest.raises(ResetTokenInvalid):
        reset(world, second, "Kaede-9-kawa")

    ask(world)
    world.supplier.automation.work()
    world.forward(timedelta(minutes=29, seconds=59))
    reset(world, token(world), "Kaede-9-kawa")
    world.forward(timedelta(hours=1))
    ask(world)
    late = token(world)
    world.forward(timedelta(minutes=30))
    with pytest.raises(ResetTokenInvalid):
        reset(world, late, "Sakura-5-iwa")


@pytest.mark.spec("AUTH-5", "AUTH-12")
def test_a_password_that_breaks_a_rule_leaves_the_token_good(faced: Any) -> None:
    world = faced
    world.customer()
    ask(world)
    given = token(world)
    for bad, rule in (("short", "password.length"), (PASSWORD, "password.history")):
        with pytest.raises(PasswordRejected) as caught:
            reset(world, given, bad)
        assert rule in [one.where for one in caught.value.problems]
    reset(world, given)


@pytest.mark.spec("AUTH-12")
def test_nobodys_mailbox_is_filled_by_asking(stored: Any) -> None:
    world = stored
    world.customer()
    for _ in range(9):
        ask(world)
        world.supplier.automation.work()
    assert len(delivered(world, "password-reset")) == 5
    world.forward(timedelta(hours=1))
    ask(world)
    assert len(delivered(world, "password-reset")) == 6


class Gate(Argon2Hasher):
    """Lets nobody go on before all have hashed: every caller has seen a good token by then."""

    def __init__(self) -> None:
        super().__init__(memory_kib=8, passes=1)
        self.barrier: Barrier | None = None

    def hash(self, password: Secret) -> str:
        if self.barrier is not None:
            self.barrier.wait(60)
        return super().hash(password)


@pytest.mark.spec("AUTH-12")
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_fifty_at_once_redeem_a_token_once(
    kind: str, make_world: Callable[..., Any], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    gate = Gate()
    if kind == "postgresql":
        storage = supplier_sql(request.getfixturevalue("supplier_postgresql")())
        world = type(make_world())(storage, tmp_path, "in process", hasher=gate)
    else:
        world = make_world("sqlite", hasher=gate)
        storage = world.storage
    world.customer()
    ask(world)
    given = token(world)

    def attempt(number: int) -> bool:
        try:
            reset(world, given, f"Momiji-{number}-yama")
        except ResetTokenInvalid:
            return False
        return True

    gate.barrier = Barrier(50)
    with ThreadPoolExecutor(50) as threads:
        outcomes = list(threads.map(attempt, range(10, 60)))
    gate.barrier = None
    assert outcomes.count(True) == 1
    assert world.login(EMAIL, f"Momiji-{10 + outcomes.index(True)}-yama").session_token
    if kind == "postgresql":
        storage.close()


@pytest.mark.spec("AUTH-13")
def test_a_forgotten_id_is_told_to_the_registered_address_only(everywhere: Any) -> None:
    world = everywhere
    customer = world.customer()
    customer.person("hanako@a.example.co.jp", Role.BUYER)
    questions = [
        ("（株）見本A", "０３-００００ ００００", "管理 者"),
        ("株式会社見本a", "0300000000", "山田"),
        ("株式会社見本a", "0300000001", "山田"),
        ("株式会社見本a", "", "山田"),
        ("株式会社見本a", "0300000000", "誰か"),
        ("株式会社別", "0300000000", "山田"),
    ]
    for company, phone, name in questions:
        request = RecoverLoginIdRequest(company_name=company, phone=phone, name=name)
        assert len(world.call(recovery.RECOVER_LOGIN_ID, request).reference) == 10
    told = delivered(world, "login-id")
    assert sorted((one["to"], one["facts"]["login_id"]) for one in told) == [
        ("Admin@a.example.co.jp", "Admin@a.example.co.jp"),
        ("hanako@a.example.co.jp", "hanako@a.example.co.jp"),
    ]
    # the customer number is for the primary administrator
    assert [one["facts"].get("customer_number") for one in sorted(told, key=lambda one: one["to"])] == [
        customer.number,
        None,
    ]


@pytest.mark.spec("AUTH-12")
def test_what_is_too_long_is_refused_before_it_is_stored(faced: Any) -> None:
    with pytest.raises(ValueInvalid) as caught:
        ask(faced, "a" * 255)
    assert caught.value.where == "email"
    with faced.storage.begin() as unit:
        assert not unit.outbox.all()


@pytest.mark.spec("AUTH-4", "AUTH-14")
def test_a_temporary_password_by_e_mail_is_not_shown_to_the_administrator(everywhere: Any) -> None:
    world = everywhere
    customer = world.customer()
    user_id = customer.add_user("hanako@a.example.co.jp", Role.BUYER)
    request = IssueTemporaryPasswordRequest(user_id=user_id, delivery=TemporaryPasswordDelivery.EMAIL)
    shown = world.call(operations.ISSUE_TEMPORARY_PASSWORD, request, token=customer.administrator)
    assert not shown.temporary_password
    assert shown.expires_at == world.clock.now() + timedelta(hours=24)
    with world.storage.begin() as unit:
        waiting = next(one for one in unit.outbox.all() if one.kind == "temporary-password")
    [sent] = delivered(world, "temporary-password")
    assert sent["to"] == "hanako@a.example.co.jp"
    assert sent["secret"] not in waiting.body
    assert world.login("hanako@a.example.co.jp", Secret(sent["secret"])).password_change_required
    assert world.first_session("hanako@a.example.co.jp", Secret(sent["secret"]))


@pytest.mark.spec("AUTH-14", "ACC-5")
def test_only_the_home_account_issues_a_temporary_password(stored: Any) -> None:
    world = stored
    customer, other = world.customer(), world.customer("b")
    user_id = customer.add_user("hanako@a.example.co.jp", Role.BUYER)
    request = IssueTemporaryPasswordRequest(user_id=user_id)
    with pytest.raises(NotFound):
        world.call(operations.ISSUE_TEMPORARY_PASSWORD, request, token=other.administrator)
    with world.storage.begin() as unit:
        own = unit.accounts.by_customer_number(other.number)
        home = unit.accounts.by_customer_number(customer.number)
        membership = unit.memberships.get(home.account_id, user_id)
        unit.memberships.add(evolve(membership, account_id=own.account_id))
    with pytest.raises(ValueInvalid, match="another account"):
        world.call(operations.ISSUE_TEMPORARY_PASSWORD, request, token=other.administrator)


@pytest.mark.spec("AUTH-5")
def test_under_nist_a_long_phrase_is_enough_and_never_expires(make_world: Callable[..., Any]) -> None:
    world = make_world(password_policy=NIST_800_63B_4)
    letter = world.letter()
    phrase = "ちいさいあきみつけたみつけた"
    with pytest.raises(PasswordRejected):
        world.set_password(letter.customer_number, letter.temporary_password, phrase)
    answer = world.set_password(letter.customer_number, letter.temporary_password, phrase + "よ")
    assert answer.password_expires_at.year == 9999
    world.forward(timedelta(days=4_000))
    assert not world.login(letter.customer_number, phrase + "よ").password_change_required
