"""Remember me: a rotating token that detects theft (AUTH-11; facts Q-AUTH-10)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from askul_connect.adapters.storage.sql.storage import supplier_sql
from askul_connect.core.domain.accounts import AccountState, Role, UserState
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import LoginRefused, NotAuthenticated, ValueInvalid
from askul_connect.core.messages.accounts import GetAccountRequest
from askul_connect.core.messages.login import LoginRequest
from askul_connect.core.messages.sessions import (
    EndSessionRequest,
    ListSessionsRequest,
    LogoutRequest,
    ResumeSessionRequest,
    ResumeSessionResponse,
)
from askul_connect.core.operations import supplier as operations
from askul_connect.core.operations.sessions import END_SESSION, LIST_SESSIONS, LOGOUT, RESUME_SESSION
from askul_connect.testing.storage.units import at_once

PASSWORD = "Kaede-7-kaze"
SECOND = timedelta(seconds=1)
CONCURRENT = 50


def remember(world: Any, customer: Any, **more: Any) -> Any:
    """A login that asks to be remembered, over the world's face."""
    request = LoginRequest(login_id=customer.number, password=Secret(PASSWORD), remember=True, **more)
    return world.call(operations.LOGIN, request)


def resume(world: Any, token: Secret, **more: Any) -> Any:
    try:
        return world.call(RESUME_SESSION, ResumeSessionRequest(device_token=token, **more))
    except LoginRefused as error:
        return error


def works(world: Any, token: Secret) -> bool:
    try:
        world.call(operations.GET_ACCOUNT, GetAccountRequest(), token=token)
    except NotAuthenticated:
        return False
    return True


def reason(refusal: Any) -> str:
    assert isinstance(refusal, LoginRefused), refusal
    assert refusal.reference
    (problem,) = refusal.problems
    return str(problem.code)


def history(world: Any, customer: Any) -> list[Any]:
    with world.storage.begin() as unit:
        account = unit.accounts.by_customer_number(customer.number)
        return list(unit.logins.of_account(account.account_id))


@pytest.mark.spec("AUTH-11")
def test_a_remembered_device_logs_in_by_itself_again_and_again(everywhere: Any) -> None:
    world = everywhere
    customer = world.customer()
    first = remember(world, customer, device="Firefox")
    assert first.device_expires_at == world.clock.now() + timedelta(days=90)
    token, seen = first.device_token, {first.device_token.reveal()}
    for _ in range(5):
        world.forward(timedelta(days=3))
        answer = resume(world, token)
        assert works(world, answer.session_token)
        assert answer.role is Role.ADMINISTRATOR
        assert answer.device_expires_at == first.device_expires_at
        assert not answer.password_change_required
        assert not answer.second_factor_required
        token = answer.device_token
        seen.add(token.reveal())
    assert len(seen) == 6
    (session,) = world.call(LIST_SESSIONS, ListSessionsRequest(), token=answer.session_token).sessions
    assert (session.device, session.remembered, session.current) == ("Firefox", True, True)
    assert [one.reason for one in history(world, customer)][-5:] == ["remembered-device"] * 5


@pytest.mark.spec("AUTH-11")
def test_nothing_is_remembered_that_was_not_asked_for(stored: Any) -> None:
    customer = stored.customer()
    answer = stored.attempt(customer.number, PASSWORD)
    assert (answer.device_token, answer.device_expires_at) == (None, None)


@pytest.mark.spec("AUTH-11")
def test_a_shared_device_is_refused_and_forgotten(stored: Any) -> None:
    customer = stored.customer()
    before = len(history(stored, customer))
    for login_id in (customer.number, "0000000000"):
        with pytest.raises(ValueInvalid) as caught:
            stored.attempt(login_id, PASSWORD, remember=True, shared_device=True)
        assert caught.value.where == "remember"
    assert len(history(stored, customer)) == before
    token = remember(stored, customer).device_token
    shared = stored.attempt(customer.number, PASSWORD, device_token=token, shared_device=True)
    assert shared.device_token is None
    assert works(stored, shared.session_token)
    assert reason(resume(stored, token)) == "device-not-remembered"


@pytest.mark.spec("AUTH-11", "ACC-11")
def test_the_accounts_setting_is_in_force_at_once(stored: Any) -> None:
    customer = stored.customer()
    token = remember(stored, customer).device_token

    def allow(allowed: bool) -> None:
        with stored.storage.begin() as unit:
            account = unit.accounts.by_customer_number(customer.number)
            unit.accounts.save(evolve(account, login=evolve(account.login, remember_me=allowed)))

    allow(False)
    assert reason(resume(stored, token)) == "device-not-remembered"
    assert remember(stored, customer).device_token is None
    # a device that does not count is no way past a pause
    for _ in range(5):
        stored.attempt(customer.number, "wrong")
    assert not hasattr(stored.attempt(customer.number, PASSWORD, device_token=token), "session_token")
    allow(True)
    assert resume(stored, token).session_token


@pytest.mark.spec("AUTH-11")
def test_a_device_is_remembered_for_ninety_days_to_the_second(stored: Any) -> None:
    customer = stored.customer()
    token = remember(stored, customer).device_token
    stored.forward(timedelta(days=90) - SECOND)
    token = resume(stored, token).device_token
    stored.forward(SECOND)
    assert reason(resume(stored, token)) == "device-not-remembered"


@pytest.mark.spec("AUTH-11")
def test_a_token_that_comes_twice_ends_the_device_and_its_sessions(everywhere: Any) -> None:
    world = everywhere
    customer = world.customer()
    first = remember(world, customer, device="盗まれたPC")
    elsewhere = remember(world, customer)
    second = resume(world, first.device_token)
    third = resume(world, second.device_token)
    assert all(works(world, one.session_token) for one in (first, second, third))

    assert reason(resume(world, first.device_token)) == "device-not-remembered"

    assert not any(works(world, one.session_token) for one in (first, second, third))
    assert reason(resume(world, third.device_token)) == "device-not-remembered"
    # another device and session of the same person go on
    assert works(world, elsewhere.session_token)
    assert resume(world, elsewhere.device_token).session_token
    (notice,) = world.notices("device-token-reused")
    assert (notice["to"], notice["facts"]["device"]) == ("Admin@a.example.co.jp", "盗まれたPC")
    (record,) = world.audited("device-reuse-detected")
    assert record.account_id == history(world, customer)[0].account_id
    reasons = [one.reason for one in history(world, customer) if one.result != "success"]
    assert reasons == ["device-reused", "device-ended"]
    # once more is no news
    assert reason(resume(world, first.device_token)) == "device-not-remembered"
    assert len(world.notices("device-token-reused")) == 1


@pytest.mark.spec("AUTH-11")
def test_a_used_token_beside_a_password_ends_the_device_too(stored: Any) -> None:
    customer = stored.customer()
    first = remember(stored, customer)
    second = resume(stored, first.device_token)
    login = stored.attempt(customer.number, PASSWORD, device_token=first.device_token)
    assert works(stored, login.session_token)
    assert login.device_token is None
    assert not works(stored, second.session_token)
    assert reason(resume(stored, second.device_token)) == "device-not-remembered"
    assert len(stored.notices("device-token-reused")) == 1


@pytest.mark.spec("AUTH-11")
def test_a_login_exchanges_the_token_and_a_failure_does_not(stored: Any) -> None:
    customer = stored.customer()
    token = remember(stored, customer).device_token
    stored.attempt(customer.number, "wrong", device_token=token)
    login = stored.attempt(customer.number, PASSWORD, device_token=token)
    assert login.device_token not in (None, token)
    assert resume(stored, login.device_token).session_token


@pytest.mark.spec("AUTH-11")
def test_what_never_was_a_token_ends_nothing(everywhere: Any) -> None:
    world = everywhere
    customer = world.customer()
    token = remember(world, customer).device_token
    text = token.reveal()
    for wrong in ("", "x", text[:-1], f"{text}x", text.swapcase(), Secret(text).fingerprint()):
        if wrong != text:
            assert reason(resume(world, Secret(wrong))) == "device-not-remembered"
    assert reason(resume(world, customer.administrator)) == "device-not-remembered"
    assert resume(world, token).session_token
    with pytest.raises(NotAuthenticated):
        world.call(operations.GET_ACCOUNT, GetAccountRequest(), token=token)


@pytest.mark.spec("AUTH-2", "AUTH-11")
def test_every_token_that_is_not_good_answers_alike(stored: Any) -> None:
    customer = stored.customer()
    used, ended, expired = (remember(stored, customer, device=name) for name in ("used", "ended", "expired"))
    stored.call(LOGOUT, LogoutRequest(forget_device=True), token=ended.session_token)
    resume(stored, used.device_token)
    stored.forward(timedelta(days=91))
    answers = set()
    for token in (used.device_token, ended.device_token, expired.device_token, Secret("nonsense")):
        error = resume(stored, token)
        answers.add((error.code, error.detail, error.where, error.problems, error.retry_after))
    assert len(answers) == 1


@pytest.fixture(params=["sqlite", "postgresql"])
def on_database(request: pytest.FixtureRequest, make_world: Callable[..., Any], tmp_path: Any) -> Any:
    if request.param == "sqlite":
        yield make_world("sqlite")
        return
    world_class = type(make_world())
    url = request.getfixturevalue("supplier_postgresql")()
    with closing(supplier_sql(url)) as storage:
        yield world_class(storage, tmp_path, "in process")


@pytest.mark.spec("AUTH-11")
def test_of_fifty_at_once_one_succeeds(on_database: Any) -> None:
    world = on_database
    customer = world.customer()
    token = remember(world, customer).device_token
    found: list[Any] = []
    at_once(*[lambda: found.append(resume(world, token))] * CONCURRENT)
    good = [one for one in found if isinstance(one, ResumeSessionResponse)]
    assert len(good) == 1
    assert {reason(one) for one in found if one is not good[0]} == {"device-not-remembered"}
    # two held it, and nobody knows which of them was the owner
    assert not works(world, good[0].session_token)
    assert reason(resume(world, good[0].device_token)) == "device-not-remembered"
    assert len(world.notices("device-token-reused")) == 1


@pytest.mark.spec("AUTH-11", "AUTH-4")
@pytest.mark.parametrize("how", ["change", "temporary"])
def test_a_new_password_forgets_the_devices(stored: Any, how: str) -> None:
    customer = stored.customer()
    user_id = customer.add_user("b@a.example.co.jp", Role.BUYER)
    stored.set_password("b@a.example.co.jp", customer.temporary_password(user_id), PASSWORD)
    here = stored.attempt("b@a.example.co.jp", PASSWORD, remember=True)
    there = stored.attempt("b@a.example.co.jp", PASSWORD, remember=True)
    if how == "change":
        stored.set_password("b@a.example.co.jp", PASSWORD, "Momiji-9-yama", here.session_token)
    else:
        customer.temporary_password(user_id)
    kept = how == "change"
    assert works(stored, here.session_token) is kept
    assert not works(stored, there.session_token)
    assert reason(resume(stored, there.device_token)) == "device-not-remembered"
    assert isinstance(resume(stored, here.device_token), ResumeSessionResponse) is kept


@pytest.mark.spec("AUTH-11")
def test_ending_a_session_forgets_its_device(everywhere: Any) -> None:
    world = everywhere
    customer = world.customer()
    one, two, three = (remember(world, customer, device=name) for name in ("one", "two", "three"))
    sessions = world.call(LIST_SESSIONS, ListSessionsRequest(), token=one.session_token)
    assert sorted(each.device for each in sessions.devices) == ["one", "three", "two"]
    which = next(each.session_id for each in sessions.sessions if each.device == "two")
    world.call(END_SESSION, EndSessionRequest(session_id=which), token=one.session_token)
    assert reason(resume(world, two.device_token)) == "device-not-remembered"
    world.call(END_SESSION, EndSessionRequest(all_others=True), token=one.session_token)
    assert reason(resume(world, three.device_token)) == "device-not-remembered"
    world.call(LOGOUT, LogoutRequest(), token=one.session_token)
    again = resume(world, one.device_token)
    world.call(LOGOUT, LogoutRequest(forget_device=True), token=again.session_token)
    assert reason(resume(world, again.device_token)) == "device-not-remembered"


@pytest.mark.spec("AUTH-2", "AUTH-11")
def test_a_device_does_not_carry_past_what_is_in_the_way(stored: Any) -> None:
    customer = stored.customer()
    user_id = customer.add_user("b@a.example.co.jp", Role.BUYER)
    stored.set_password("b@a.example.co.jp", customer.temporary_password(user_id), PASSWORD)
    token = stored.attempt("b@a.example.co.jp", PASSWORD, remember=True).device_token

    def change(account_state: AccountState, user_state: UserState) -> None:
        with stored.storage.begin() as unit:
            account = unit.accounts.by_customer_number(customer.number)
            unit.accounts.save(evolve(account, state=account_state))
            unit.users.save(evolve(unit.users.by_email_key("b@a.example.co.jp"), state=user_state))

    change(AccountState.SUSPENDED, UserState.ACTIVE)
    assert reason(resume(stored, token)) == "account-suspended"
    change(AccountState.ACTIVE, UserState.REMOVED)
    assert reason(resume(stored, token)) == "user-removed"
    change(AccountState.ACTIVE, UserState.ACTIVE)
    stored.forward(timedelta(days=60))
    answer = resume(stored, token)
    assert not answer.password_change_required
    with stored.storage.begin() as unit:
        user = unit.users.by_email_key("b@a.example.co.jp")
        unit.users.save(evolve(user, password_expires_at=stored.clock.now()))
    assert resume(stored, answer.device_token).password_change_required


@pytest.mark.spec("AUTH-4", "AUTH-11")
def test_a_session_that_may_only_set_a_password_is_not_remembered(stored: Any) -> None:
    letter = stored.letter()
    answer = stored.attempt(letter.customer_number, letter.temporary_password, remember=True)
    assert answer.password_change_required
    assert answer.device_token is None
