"""Second factors reset by an administrator; what the database knows of them (AUTH-8, AUTH-19)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from attrs import evolve

from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import (
    AccessDenied,
    AskulConnectError,
    FactorRejected,
    LoginMismatch,
    NotAuthenticated,
    NotFound,
    PasswordRejected,
)
from askul_connect.core.operations import factors

PASSWORD = "Kaede-7-kaze"
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


def now_code(made: pyotp.TOTP, world: Any) -> str:
    return made.at(world.clock.now())


# --- reset by an administrator


@pytest.mark.spec("AUTH-8", "AUTH-17", "AUTH-4")
def test_an_administrator_resets_factors_and_the_old_password_opens_nothing(everywhere: Any) -> None:
    world = everywhere
    customer = world.customer()
    person = world.person(customer)
    _, done = person.enrol_totp()
    with world.storage.begin() as unit:
        user_id = unit.users.by_email_key(person.login_id).user_id
    issued = world.call(
        factors.RESET_FACTORS, factors.RESET_FACTORS.request(user_id=user_id), token=customer.administrator
    )
    assert issued.expires_at == world.clock.now() + timedelta(hours=24)
    with pytest.raises(NotAuthenticated):
        person.ask(factors.LIST_FACTORS)
    with pytest.raises(LoginMismatch):
        person.log_in()
    first = world.login(person.login_id, issued.temporary_password)
    assert first.password_change_required
    world.set_password(person.login_id, issued.temporary_password, "Momiji-9-yama")
    person.password = "Momiji-9-yama"
    person.token = person.log_in()
    assert person.factors() == {}
    assert person.ask(factors.LIST_FACTORS).recovery_codes_left == 0
    person.enrol_totp()
    world.forward(MINUTE)
    with pytest.raises(FactorRejected):
        person.verify(person.log_in(), recovery_code=done.recovery_codes[0].reveal())
    (notice,) = world.notices("factors-reset")
    (record,) = world.audited("factors-reset")
    assert (notice["to"], record.subject, record.reference) == (person.login_id, user_id, notice["key"])
    with world.storage.begin() as unit:
        administrator = unit.users.by_email_key(customer.email).user_id
    assert record.actor == administrator


@pytest.mark.spec("AUTH-8")
def test_the_old_password_is_not_chosen_again_after_a_reset(world: Any) -> None:
    customer = world.customer()
    person = world.person(customer)
    with world.storage.begin() as unit:
        user_id = unit.users.by_email_key(person.login_id).user_id
    issued = world.call(
        factors.RESET_FACTORS, factors.RESET_FACTORS.request(user_id=user_id), token=customer.administrator
    )
    with pytest.raises(PasswordRejected):
        world.set_password(person.login_id, issued.temporary_password, PASSWORD)


@pytest.mark.spec("AUTH-8", "ACC-5")
def test_whose_factors_an_administrator_resets(faced: Any) -> None:
    world = faced
    customer, strangers = world.customer(), world.customer("b")
    person = world.person(customer)
    with world.storage.begin() as unit:
        user = unit.users.by_email_key(person.login_id)
        home = unit.memberships.get(user.account_id, user.user_id)
        theirs = next(a for a in unit.accounts.all() if a.account_id != user.account_id)
        # the person works in the other account too; its administrator does not answer for the identity
        unit.memberships.add(evolve(home, account_id=theirs.account_id))
        own = unit.users.by_email_key(customer.email).user_id

    def reset(token: Secret, user_id: str) -> Any:
        return world.call(factors.RESET_FACTORS, factors.RESET_FACTORS.request(user_id=user_id), token=token)

    answers = []
    for user_id in (user.user_id, "absent"):
        with pytest.raises(NotFound) as caught:
            reset(strangers.administrator, user_id)
        answers.append((caught.value.detail, caught.value.where))
    assert answers[0] == answers[1]
    with pytest.raises(AccessDenied):
        reset(customer.administrator, own)
    with pytest.raises(AccessDenied):
        reset(person.token, own)
    reset(customer.administrator, user.user_id)


# --- the database


@pytest.mark.spec("AUTH-19", "AUTH-8")
def test_a_dump_of_the_database_holds_no_usable_secret(make_world: Any, software_authenticator: Any) -> None:
    world = make_world("sqlite")
    customer = world.customer()
    person = world.person(customer)
    key = software_authenticator()
    begun = person.ask(factors.ENROL_TOTP, label="planted")
    made = pyotp.TOTP(begun.seed.reveal())
    code = now_code(made, world)
    done = person.ask(factors.CONFIRM_TOTP, factor_id=begun.factor_id, code=Secret(code))
    person.enrol_passkey(key)
    waiting = person.log_in()
    challenge = person.ask(factors.START_PASSKEY_VERIFICATION, waiting).options
    started = world.call(
        factors.START_PASSKEY_LOGIN, factors.START_PASSKEY_LOGIN.request(login_id=person.login_id)
    ).options
    full = person.verify(person.log_in(), recovery_code=done.recovery_codes[0].reveal()).session_token
    used = person.log_in()
    with pytest.raises(FactorRejected):
        person.verify(used, recovery_code=done.recovery_codes[0].reveal())
    codes = [one.reveal() for one in done.recovery_codes]
    secrets = [
        begun.seed.reveal(),
        begun.uri.reveal(),
        made.byte_secret().hex(),
        *codes,
        *(one.replace("-", "") for one in codes),
        *(one.replace("-", "")[1:] for one in codes),
        json.loads(challenge)["challenge"],
        json.loads(started)["challenge"],
        waiting.reveal(),
        full.reveal(),
    ]
    kept = repr(world.dump())
    raw = b"".join(path.read_bytes() for path in world.folder.glob("supplier.sqlite3*"))
    assert "planted" in kept
    assert b"planted" in raw
    assert world.dump()["challenges"]
    assert [one for one in secrets if one in kept or one.encode() in raw] == []
    # nor does a notice carry any
    assert not any(one in repr(world.notices("factor-added")) for one in secrets)


@pytest.mark.spec("AUTH-19")
def test_a_seed_is_of_no_use_with_another_key(make_world: Any) -> None:
    world = make_world("sqlite", key=Secret("one key of the house"))
    person = world.person(world.customer())
    made, _ = person.enrol_totp()
    world.forward(MINUTE)
    waiting = person.log_in()
    world.caller = world.caller_of(world.start(key=Secret("another key")))
    with pytest.raises(AskulConnectError) as caught:
        person.verify(waiting, code=now_code(made, world))
    assert caught.value.code == "partner-answer-invalid"
    world.caller = world.caller_of(world.start(key=Secret("one key of the house")))
    person.verify(waiting, code=now_code(made, world))
