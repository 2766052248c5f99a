"""A passkey as the only factor: no password, and the same answer for every ID (AUTH-8, AUTH-2)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from askul_connect.core.domain.accounts import AccountState, SecondFactorRule, SessionStage, UserState
from askul_connect.core.domain.factors import FactorState
from askul_connect.core.errors import LoginMismatch, LoginRefused, PasswordChangeRequired
from askul_connect.core.operations import factors

POLICY = {"remember_me": True, "idle_minutes": 30}


def start(world: Any, login_id: str) -> str:
    request = factors.START_PASSKEY_LOGIN.request(login_id=login_id)
    made: str = world.call(factors.START_PASSKEY_LOGIN, request).options
    return made


def log_in(world: Any, answer: str) -> Any:
    return world.call(factors.LOGIN_WITH_PASSKEY, factors.LOGIN_WITH_PASSKEY.request(passkey=answer))


@pytest.mark.spec("AUTH-8", "AUTH-10")
def test_a_login_without_a_password(everywhere: Any, software_authenticator: Any) -> None:
    world = everywhere
    customer = world.customer()
    person = world.person(customer)
    key = software_authenticator()
    person.enrol_passkey(key)
    world.call(
        factors.SET_LOGIN_POLICY,
        factors.SET_LOGIN_POLICY.request(second_factor=SecondFactorRule.REQUIRED, **POLICY),
        token=customer.administrator,
    )
    found = log_in(world, key.get(start(world, "P@A.example.co.jp")))
    assert (found.user_name, found.account_name) == ("山田", "株式会社見本a")
    assert not found.password_change_required
    # it is identity and second factor in one, and a fresh proof of both
    listed = person.ask(factors.LIST_FACTORS, found.session_token)
    assert (listed.stage, listed.required) == (SessionStage.FULL, True)
    person.ask(factors.RENEW_RECOVERY_CODES, found.session_token)
    with world.storage.begin() as unit:
        (account,) = unit.accounts.all()
        last = unit.logins.of_account(account.account_id)[-1]
    assert (last.result, last.reason, last.login_id) == ("success", "passkey", "P@A.example.co.jp")


def shape(options: str) -> tuple[Any, ...]:
    read = json.loads(options)
    shown = [(one["type"], sorted(one)) for one in read.pop("allowCredentials")]
    assert len(read.pop("challenge")) == 43
    return shown, sorted(read.items())


@pytest.mark.spec("AUTH-2", "AUTH-8")
def test_every_id_gets_an_answer_of_one_shape(faced: Any, software_authenticator: Any) -> None:
    world = faced
    customer = world.customer()
    person = world.person(customer)
    keys = [software_authenticator(), software_authenticator()]
    for key in keys:
        person.enrol_passkey(key)
    ids = (
        "p@a.example.co.jp",
        customer.email,
        customer.number,
        "0000000000",
        "nobody@a.example.co.jp",
        "x",
        "",
    )
    shapes = [shape(start(world, one)) for one in ids]
    assert shapes == [shapes[0]] * len(ids)
    assert len(shapes[0][0]) == 5


@pytest.mark.spec("AUTH-2", "AUTH-8")
def test_the_decoys_of_an_id_stay_and_differ_between_ids(world: Any, software_authenticator: Any) -> None:
    person = world.person(world.customer())
    key = software_authenticator()
    person.enrol_passkey(key)

    def shown(login_id: str) -> list[str]:
        return [one["id"] for one in json.loads(start(world, login_id))["allowCredentials"]]

    nobody = shown("nobody@a.example.co.jp")
    world.forward(timedelta(days=1))
    assert shown("Nobody@A.EXAMPLE.co.jp") == nobody == sorted(nobody)
    assert not set(shown("other@a.example.co.jp")) & set(nobody)
    known = shown("p@a.example.co.jp")
    assert known == shown("P@a.example.co.jp") == sorted(known)
    assert key.keys[0].id in known
    lengths = {len(one) for number in range(30) for one in shown(f"{number}@a.example.co.jp")}
    assert lengths == {22, 27, 43, 64, 86}


@pytest.mark.spec("AUTH-2", "AUTH-8")
def test_what_is_refused_says_nothing_of_the_id(stored: Any, software_authenticator: Any) -> None:
    world = stored
    customer = world.customer()
    person, other = world.person(customer), world.person(customer, email="q@a.example.co.jp")
    key, theirs = software_authenticator(), software_authenticator()
    person.enrol_passkey(key)
    other.enrol_passkey(theirs)
    used = key.get(start(world, "p@a.example.co.jp"))
    log_in(world, used)
    elsewhere = key.clone()
    elsewhere.origin = "http://evil.example"
    waiting = person.log_in()
    answers = (
        "nonsense",
        used,
        elsewhere.get(start(world, "p@a.example.co.jp")),
        key.get(start(world, "nobody@a.example.co.jp"), key=key.keys[0]),
        key.get(start(world, "q@a.example.co.jp"), key=key.keys[0]),
        theirs.get(start(world, "p@a.example.co.jp"), key=theirs.keys[0]),
        # a challenge that was given for another purpose
        key.get(person.ask(factors.START_PASSKEY_VERIFICATION, waiting).options),
    )
    refusals = []
    for answer in answers:
        with pytest.raises(LoginMismatch) as caught:
            log_in(world, answer)
        refusals.append(caught.value)
    assert {(one.code, one.detail, one.where, one.problems) for one in refusals} == {
        ("w:001", refusals[0].detail, "", refusals[0].problems)
    }
    with world.storage.begin() as unit:
        (account,) = unit.accounts.all()
        kept = {one.reference for owner in (account.account_id, "") for one in unit.logins.of_account(owner)}
    assert {one.reference for one in refusals} <= kept
    log_in(world, key.get(start(world, "p@a.example.co.jp")))


@pytest.mark.spec("AUTH-8")
def test_a_challenge_of_a_login_expires_and_is_answered_once_by_all_together(
    make_world: Any, together: Any, software_authenticator: Any
) -> None:
    world = make_world("sqlite")
    person = world.person(world.customer())
    key = software_authenticator()
    person.enrol_passkey(key)
    options = start(world, "p@a.example.co.jp")
    world.forward(timedelta(minutes=5))
    with pytest.raises(LoginMismatch):
        log_in(world, key.get(options))
    answer = key.get(start(world, "p@a.example.co.jp"))
    assert together(20, lambda _: log_in(world, answer)) == {"success": 1, "w:001": 19}


@pytest.mark.spec("AUTH-8")
def test_a_copy_of_the_passkey_is_noticed(world: Any, software_authenticator: Any) -> None:
    person = world.person(world.customer())
    key = software_authenticator()
    person.enrol_passkey(key)
    copy = key.clone()
    log_in(world, key.get(start(world, "p@a.example.co.jp")))
    log_in(world, key.get(start(world, "p@a.example.co.jp")))
    with pytest.raises(LoginMismatch):
        log_in(world, copy.get(start(world, "p@a.example.co.jp")))
    assert person.factors()["key"].state is FactorState.SUSPENDED
    with pytest.raises(LoginMismatch):
        log_in(world, key.get(start(world, "p@a.example.co.jp"), key=key.keys[0]))


@pytest.mark.spec("AUTH-2", "AUTH-8")
def test_standing_of_account_person_and_membership(world: Any, software_authenticator: Any) -> None:
    person = world.person(world.customer())
    key = software_authenticator()
    person.enrol_passkey(key)

    def attempt() -> Any:
        return log_in(world, key.get(start(world, "p@a.example.co.jp"), key=key.keys[0]))

    with world.storage.begin() as unit:
        (account,) = unit.accounts.all()
        user = unit.users.by_email_key("p@a.example.co.jp")
        membership = unit.memberships.get(account.account_id, user.user_id)
        unit.accounts.save(evolve(account, state=AccountState.SUSPENDED))
    with pytest.raises(LoginRefused, match="suspended") as caught:
        attempt()
    assert caught.value.reference
    with world.storage.begin() as unit:
        unit.accounts.save(account)
    started = start(world, "p@a.example.co.jp")
    with world.storage.begin() as unit:
        unit.memberships.save(evolve(membership, state=UserState.REMOVED))
    for options in (started, start(world, "p@a.example.co.jp")):
        with pytest.raises(LoginMismatch):
            log_in(world, key.get(options, key=key.keys[0]))
    with world.storage.begin() as unit:
        unit.memberships.save(membership)
    started = start(world, "p@a.example.co.jp")
    with world.storage.begin() as unit:
        unit.users.save(evolve(user, state=UserState.REMOVED))
    for options in (started, start(world, "p@a.example.co.jp")):
        with pytest.raises(LoginMismatch):
            log_in(world, key.get(options, key=key.keys[0]))
    with world.storage.begin() as unit:
        unit.users.save(evolve(user, password_compromised=True))
    found = attempt()
    assert found.password_change_required
    with pytest.raises(PasswordChangeRequired):
        person.ask(factors.LIST_FACTORS, found.session_token)


@pytest.mark.spec("AUTH-8")
def test_challenges_that_nobody_answered_are_forgotten(make_world: Any) -> None:
    world = make_world("sqlite")
    for number in range(5):
        start(world, f"{number}@example.co.jp")
    world.forward(timedelta(minutes=5, seconds=1))
    start(world, "x@example.co.jp")
    assert len(world.dump()["challenges"]) == 1
