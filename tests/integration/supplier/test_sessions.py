"""Sessions: idle and absolute limits, listing, ending, logging out (AUTH-11, ACC-11)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from askul_connect.core.domain.accounts import LoginSettings, Role
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import AccessDenied, NotAuthenticated, NotFound, ValueInvalid
from askul_connect.core.messages.accounts import GetAccountRequest
from askul_connect.core.messages.login import LoginRequest
from askul_connect.core.messages.sessions import (
    EndSessionRequest,
    ListSessionsRequest,
    LogoutRequest,
)
from askul_connect.core.operations import supplier as operations
from askul_connect.core.operations.sessions import END_SESSION, LIST_SESSIONS, LOGOUT
from askul_connect.testing.storage.units import at_once

PASSWORD = "Kaede-7-kaze"
SECOND = timedelta(seconds=1)


def works(world: Any, token: Secret) -> bool:
    try:
        world.call(operations.GET_ACCOUNT, GetAccountRequest(), token=token)
    except NotAuthenticated:
        return False
    return True


def log_in(world: Any, login_id: str, device: str = "", token: Secret | None = None) -> Secret:
    request = LoginRequest(login_id=login_id, password=Secret(PASSWORD), device=device)
    made: Secret = world.call(operations.LOGIN, request, token=token).session_token
    return made


def listed(world: Any, token: Secret) -> Any:
    return world.call(LIST_SESSIONS, ListSessionsRequest(), token=token)


def set_login(world: Any, number: str, **changes: Any) -> None:
    with world.storage.begin() as unit:
        account = unit.accounts.by_customer_number(number)
        unit.accounts.save(evolve(account, login=evolve(account.login, **changes)))


@pytest.mark.spec("AUTH-11", "ACC-11")
@pytest.mark.parametrize("minutes", [1, 5, 30, 120])
def test_the_accounts_idle_time_is_in_force_at_once_and_to_the_second(world: Any, minutes: int) -> None:
    customer = world.customer()
    set_login(world, customer.number, idle_minutes=minutes)
    idle = timedelta(minutes=minutes)
    early, late = log_in(world, customer.number), log_in(world, customer.number)
    world.forward(idle - SECOND)
    assert works(world, early)
    world.forward(SECOND)
    assert works(world, early)
    assert not works(world, late)
    # a shorter time ends sessions that were idle longer than that
    world.forward(SECOND * 30)
    set_login(world, customer.number, idle_minutes=0)
    assert not works(world, early)


@pytest.mark.spec("AUTH-11")
def test_a_day_that_passes_ends_every_session(stored: Any) -> None:
    customer = stored.customer()
    stored.forward(timedelta(days=1))
    assert not works(stored, customer.administrator)
    assert listed(stored, log_in(stored, customer.number)).sessions[0].current


@pytest.mark.spec("AUTH-11")
def test_use_does_not_carry_a_session_beyond_twelve_hours(stored: Any) -> None:
    customer = stored.customer()
    set_login(stored, customer.number, idle_minutes=24 * 60)
    token = log_in(stored, customer.number)
    stored.forward(timedelta(hours=12) - SECOND)
    assert works(stored, token)
    stored.forward(SECOND)
    assert not works(stored, token)


@pytest.mark.spec("AUTH-11")
def test_own_sessions_are_listed_and_nobody_elses(everywhere: Any) -> None:
    world = everywhere
    customer = world.customer()
    customer.person("b@a.example.co.jp", Role.BUYER)
    world.customer("b")
    began = world.clock.now()
    world.forward(timedelta(minutes=2))
    token = log_in(world, customer.email, "Firefox on 経理のPC")
    world.forward(timedelta(minutes=2))
    first, second = listed(world, token).sessions
    assert (first.current, second.current) == (False, True)
    assert (first.created_at, first.last_seen_at, first.device) == (began, began, "")
    assert second.device == "Firefox on 経理のPC"
    assert second.created_at == began + timedelta(minutes=2)
    assert second.last_seen_at == world.clock.now()
    assert second.expires_at == second.created_at + timedelta(hours=12)
    assert first.session_id != second.session_id
    assert token.reveal() not in repr(listed(world, token))
    # idle ones are over, and not shown
    world.forward(timedelta(minutes=27))
    (left,) = listed(world, token).sessions
    assert left.current


@pytest.mark.spec("AUTH-11")
def test_one_session_or_all_others_are_ended_at_once(everywhere: Any) -> None:
    world = everywhere
    customer = world.customer()
    one, two, three = (log_in(world, customer.number, name) for name in ("one", "two", "three"))
    by_name = {each.device: each.session_id for each in listed(world, one).sessions}

    def ask(**asked: Any) -> int:
        ended: int = world.call(END_SESSION, EndSessionRequest(**asked), token=one).ended
        return ended

    assert ask(session_id=by_name["two"]) == 1
    assert [works(world, each) for each in (one, two, three)] == [True, False, True]
    assert ask(all_others=True) == 2
    assert [works(world, each) for each in (one, three, customer.administrator)] == [True, False, False]
    assert ask(all_others=True) == 0
    assert ask(session_id=by_name["one"]) == 1
    assert not works(world, one)
    assert {record.subject for record in world.audited("sessions-ended")} != {""}
    assert len(world.audited("sessions-ended")) == 4


@pytest.mark.spec("AUTH-11", "ACC-5")
def test_foreign_sessions_answer_like_absent_ones(faced: Any) -> None:
    ours, theirs = faced.customer("a"), faced.customer("b")
    colleague = ours.person("b@a.example.co.jp", Role.BUYER)
    refusals = []
    ended = log_in(faced, ours.number, "x")
    gone = next(one.session_id for one in listed(faced, ended).sessions if one.current)
    faced.call(LOGOUT, LogoutRequest(), token=ended)
    for session_id in (
        listed(faced, theirs.administrator).sessions[0].session_id,
        listed(faced, colleague).sessions[0].session_id,
        gone,
        "absent",
    ):
        with pytest.raises(NotFound) as caught:
            faced.call(END_SESSION, EndSessionRequest(session_id=session_id), token=ours.administrator)
        refusals.append((caught.value.detail, caught.value.where, caught.value.problems))
    assert len(set(refusals)) == 1
    assert works(faced, theirs.administrator)
    assert works(faced, colleague)
    for wrong in (EndSessionRequest(), EndSessionRequest(session_id="x", all_others=True)):
        with pytest.raises(ValueInvalid):
            faced.call(END_SESSION, wrong, token=ours.administrator)
    with pytest.raises(AccessDenied):
        faced.call(LIST_SESSIONS, ListSessionsRequest(), token=ours.machine)


@pytest.mark.spec("AUTH-11")
def test_logging_out_ends_the_session_in_whatever_stage(everywhere: Any) -> None:
    world = everywhere
    letter = world.letter()
    unfinished = world.login(letter.customer_number, letter.temporary_password).session_token
    finished = world.first_session(letter.customer_number, letter.temporary_password)
    with pytest.raises(NotAuthenticated):
        # the new password ended it
        world.call(LOGOUT, LogoutRequest(), token=unfinished)
    other = log_in(world, letter.customer_number)
    assert world.call(LOGOUT, LogoutRequest(), token=finished).ended_at == world.clock.now()
    assert (works(world, finished), works(world, other)) == (False, True)
    with pytest.raises(NotAuthenticated):
        world.call(LOGOUT, LogoutRequest(), token=finished)


@pytest.mark.spec("AUTH-11")
def test_a_login_from_a_session_replaces_it(stored: Any) -> None:
    customer, stranger = stored.customer("a"), stored.customer("b")
    before = log_in(stored, customer.number)
    after = log_in(stored, customer.number, token=before)
    assert before != after
    assert (works(stored, before), works(stored, after)) == (False, True)
    # another person's session is none of theirs to end
    log_in(stored, stranger.number, token=after)
    assert works(stored, after)


@pytest.mark.spec("AUTH-11")
def test_a_token_has_256_bits_and_is_stored_as_a_hash(make_world: Any) -> None:
    from askul_connect.adapters.security.simulated import SimulatedClock
    from askul_connect.adapters.security.system import RandomIds

    world = make_world("sqlite")
    customer = world.customer()
    answer = world.attempt(customer.number, PASSWORD, remember=True)
    kept = repr(world.dump())
    for secret in (answer.session_token, answer.device_token, customer.administrator):
        assert secret.reveal() not in kept
        assert secret.fingerprint() in kept
    tokens = {RandomIds(SimulatedClock(world.clock.now())).token("session").reveal() for _ in range(100)}
    assert len(tokens) == 100
    # 32 bytes in base64 without padding
    assert {len(text) for text in tokens} == {43}


@pytest.mark.spec("AUTH-11")
def test_sessions_ended_while_they_are_used_stay_ended(stored: Any) -> None:
    customer = stored.customer()
    victim = log_in(stored, customer.number, "victim")
    stored.forward(timedelta(minutes=2))

    def use() -> None:
        for _ in range(10):
            works(stored, victim)
            stored.forward(timedelta(minutes=1))

    def finish() -> None:
        stored.call(END_SESSION, EndSessionRequest(all_others=True), token=customer.administrator)

    at_once(use, use, finish)
    assert not works(stored, victim)


@pytest.mark.spec("ACC-11")
def test_login_settings_have_the_usual_figures() -> None:
    assert LoginSettings().idle_minutes == 30
