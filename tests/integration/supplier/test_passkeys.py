"""Passkeys as a second factor, with a software authenticator that can lie (AUTH-8, WebAuthn)."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from askul_connect.core.domain.accounts import SecondFactorRule
from askul_connect.core.domain.factors import FactorState
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import (
    ConfigurationError,
    FactorRejected,
    IllegalStep,
    NotAuthenticated,
    NotFound,
    SecondFactorRequired,
    ValueInvalid,
)
from askul_connect.core.operations import factors

PRESENT_ONLY = 0x01


def start(person: Any, waiting: Secret) -> str:
    made: str = person.ask(factors.START_PASSKEY_VERIFICATION, waiting).options
    return made


@pytest.mark.spec("AUTH-8")
def test_from_enrolment_to_a_login_with_a_passkey(everywhere: Any, software_authenticator: Any) -> None:
    world = everywhere
    person = world.person(world.customer())
    key = software_authenticator()
    begun = person.ask(factors.ENROL_PASSKEY, label="鍵")
    asked = json.loads(begun.options)
    assert asked["rp"] == {"name": "askul-connect", "id": "localhost"}
    assert asked["user"]["name"] == "p@a.example.co.jp"
    made = key.create(begun.options)
    done = person.ask(factors.CONFIRM_PASSKEY, factor_id=begun.factor_id, credential=made)
    assert len(done.recovery_codes) == 10
    for _ in range(2):
        waiting = person.log_in()
        with pytest.raises(SecondFactorRequired):
            person.ask(factors.GET_LOGIN_POLICY, waiting)
        full = person.verify(waiting, passkey=key.get(start(person, waiting)))
        person.ask(factors.LIST_FACTORS, full.session_token)
    assert person.factors()["鍵"].last_used_at == world.clock.now()


LIES = {
    "another origin": lambda key, options: key_of(key, origin="https://localhost.evil.example").get(options),
    "another port": lambda key, options: key_of(key, origin="http://localhost:1").get(options),
    "another relying party": lambda key, options: key.get(options, rp_id="evil.example"),
    "the person not verified": lambda key, options: key_of(key, flags=PRESENT_ONLY).get(options),
    "the person not present": lambda key, options: key_of(key, flags=0x04).get(options),
    "an enrolment's answer": lambda key, options: key.get(options, kind="webauthn.create"),
    "within another page": lambda key, options: key.get(options, crossOrigin=True),
    "another challenge": lambda key, options: key.get(options, challenge="A" * 43),
    "another person's handle": lambda key, options: key.get(options, user_handle=b"somebody"),
    "no JSON": lambda key, options: "nonsense",
    "another type": lambda key, options: json.dumps({"response": [], "id": 1}),
    "nested": lambda key, options: "[" * 30_000,
    "too long": lambda key, options: json.dumps({"x": "x" * 70_000}),
    "no signature": lambda key, options: without(key.get(options), "signature"),
    "broken data": lambda key, options: broken(key.get(options), "authenticatorData"),
    "a broken signature": lambda key, options: broken(key.get(options), "signature"),
}


def key_of(key: Any, **changes: Any) -> Any:
    made = key.clone()
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def without(answer: str, member: str) -> str:
    read = json.loads(answer)
    del read["response"][member]
    return json.dumps(read)


def broken(answer: str, member: str) -> str:
    read = json.loads(answer)
    read["response"][member] = read["response"][member][:-8] + "AAAAAAAA"
    return json.dumps(read)


@pytest.mark.spec("AUTH-8")
@pytest.mark.parametrize("lie", LIES)
def test_an_answer_that_lies_is_refused_and_uses_the_challenge_up(
    world: Any, software_authenticator: Any, lie: str
) -> None:
    person = world.person(world.customer())
    key = software_authenticator()
    person.enrol_passkey(key)
    waiting = person.log_in()
    options = start(person, waiting)
    with pytest.raises(FactorRejected) as caught:
        person.verify(waiting, passkey=LIES[lie](key, options))
    assert caught.value.detail == "the second factor does not match or was used before"
    if "challenge" not in lie and lie not in (
        "no JSON",
        "another type",
        "nested",
        "too long",
        "within another page",
    ):
        with pytest.raises(FactorRejected):
            person.verify(waiting, passkey=key.get(options))
    assert person.factors()["key"].state is FactorState.ACTIVE
    person.verify(waiting, passkey=key.get(start(person, waiting)))


@pytest.mark.spec("AUTH-8")
def test_a_foreign_passkey_is_refused(stored: Any, software_authenticator: Any) -> None:
    world = stored
    customer = world.customer()
    person, other = world.person(customer), world.person(customer, email="q@a.example.co.jp")
    ours, theirs = software_authenticator(), software_authenticator()
    person.enrol_passkey(ours)
    other.enrol_passkey(theirs)
    waiting = person.log_in()
    for forged in (
        lambda options: theirs.get(options, key=theirs.keys[0]),
        lambda options: ours.get(options, signed_by=theirs.keys[0]),
        lambda options: theirs.get(options, key=theirs.keys[0], user_handle=ours.keys[0].user_handle),
    ):
        with pytest.raises(FactorRejected):
            person.verify(waiting, passkey=forged(start(person, waiting)))
    person.verify(waiting, passkey=ours.get(start(person, waiting)))


@pytest.mark.spec("AUTH-8")
def test_a_challenge_is_answered_once_soon_and_in_its_session(
    stored: Any, software_authenticator: Any
) -> None:
    world = stored
    person = world.person(world.customer())
    key = software_authenticator()
    person.enrol_passkey(key)
    first, second = person.log_in(), person.log_in()
    options = start(person, first)
    answer = key.get(options)
    person.verify(first, passkey=answer)
    with pytest.raises(FactorRejected):
        person.verify(second, passkey=answer)
    with pytest.raises(FactorRejected):
        person.verify(second, passkey=key.get(options))

    third = person.log_in()
    with pytest.raises(FactorRejected):
        person.verify(second, passkey=key.get(start(person, third)))
    options = start(person, second)
    world.forward(timedelta(minutes=5))
    with pytest.raises(FactorRejected):
        person.verify(second, passkey=key.get(options))
    options = start(person, third)
    world.forward(timedelta(minutes=5) - timedelta(seconds=1))
    person.verify(third, passkey=key.get(options))


@pytest.mark.spec("AUTH-8", "AUTH-17")
def test_a_counter_that_goes_back_suspends_the_passkey_for_good(
    everywhere: Any, software_authenticator: Any
) -> None:
    world = everywhere
    person = world.person(world.customer())
    key = software_authenticator()
    person.enrol_passkey(key)
    copy = key.clone()
    for _ in range(2):
        waiting = person.log_in()
        person.verify(waiting, passkey=key.get(start(person, waiting)))
    waiting = person.log_in()
    with pytest.raises(FactorRejected) as copied:
        person.verify(waiting, passkey=copy.get(start(person, waiting)))
    assert copied.value.detail == "the second factor does not match or was used before"
    found = person.factors()["key"]
    assert (found.state, bool(found.suspended_reason)) == (FactorState.SUSPENDED, True)
    (notice,) = world.notices("factor-suspended")
    (record,) = world.audited("factor-suspended")
    assert (notice["key"], record.subject) == (record.reference, found.factor_id)
    # the rightful one is of no use any more either, and the password alone opens nothing
    with pytest.raises(IllegalStep):
        start(person, waiting)
    with pytest.raises(SecondFactorRequired):
        person.ask(factors.RENEW_RECOVERY_CODES, person.log_in())


@pytest.mark.spec("AUTH-8")
@pytest.mark.parametrize(
    ("counts", "good"), [((None, None), True), ((5, 5), False), ((5, 3), False), ((0, 1), True)]
)
def test_counters(world: Any, software_authenticator: Any, counts: tuple[Any, Any], good: bool) -> None:
    person = world.person(world.customer())
    key = software_authenticator(count=counts[0])
    person.enrol_passkey(key)
    key.count = None if counts[1] is None else counts[1] - 1
    waiting = person.log_in()
    answer = key.get(start(person, waiting))
    if good:
        person.verify(waiting, passkey=answer)
    else:
        with pytest.raises(FactorRejected):
            person.verify(waiting, passkey=answer)


ENROLMENT_LIES = {
    "another origin": lambda key, options: key_of(key, origin="http://evil.example").create(options),
    "another relying party": lambda key, options: key.create(options, rp_id="evil.example"),
    "another challenge": lambda key, options: key.create(options, challenge="A" * 43),
    "an assertion": lambda key, options: key.create(options, kind="webauthn.get"),
    "the person not verified": lambda key, options: key_of(key, flags=PRESENT_ONLY).create(options),
    "no JSON": lambda key, options: "{",
    "no attestation": lambda key, options: without(key.create(options), "attestationObject"),
    "broken attestation": lambda key, options: broken(key.create(options), "attestationObject"),
}


@pytest.mark.spec("AUTH-8")
@pytest.mark.parametrize("lie", ENROLMENT_LIES)
def test_an_enrolment_that_lies_is_refused(world: Any, software_authenticator: Any, lie: str) -> None:
    person = world.person(world.customer())
    begun = person.ask(factors.ENROL_PASSKEY, label="x")
    forged = ENROLMENT_LIES[lie](software_authenticator(), begun.options)
    with pytest.raises(FactorRejected):
        person.ask(factors.CONFIRM_PASSKEY, factor_id=begun.factor_id, credential=forged)
    assert person.factors()["x"].state is FactorState.PENDING
    # the password is still enough
    person.ask(factors.LIST_FACTORS, person.log_in())


@pytest.mark.spec("AUTH-8")
def test_an_enrolment_belongs_to_its_session_and_person(world: Any, software_authenticator: Any) -> None:
    customer = world.customer()
    person, other = world.person(customer), world.person(customer, email="q@a.example.co.jp")
    begun = person.ask(factors.ENROL_PASSKEY, label="x")
    made = software_authenticator().create(begun.options)
    with pytest.raises(NotFound):
        other.ask(factors.CONFIRM_PASSKEY, factor_id=begun.factor_id, credential=made)
    with pytest.raises(FactorRejected):
        person.ask(factors.CONFIRM_PASSKEY, person.log_in(), factor_id=begun.factor_id, credential=made)
    # and the challenge is used up by that
    with pytest.raises(FactorRejected):
        person.ask(factors.CONFIRM_PASSKEY, factor_id=begun.factor_id, credential=made)
    theirs = other.ask(factors.ENROL_PASSKEY, label="x")
    ours = person.ask(factors.ENROL_PASSKEY, label="x")
    with pytest.raises(FactorRejected):
        person.ask(
            factors.CONFIRM_PASSKEY,
            factor_id=ours.factor_id,
            credential=software_authenticator().create(theirs.options),
        )


@pytest.mark.spec("AUTH-8")
def test_a_passkey_of_somebody_is_not_taken_a_second_time(world: Any, software_authenticator: Any) -> None:
    customer = world.customer()
    person, other = world.person(customer), world.person(customer, email="q@a.example.co.jp")
    key = software_authenticator()
    person.enrol_passkey(key)
    for one in (person, other):
        begun = one.ask(factors.ENROL_PASSKEY, label="again")
        again = key.create_again(key.keys[0], begun.options)
        with pytest.raises(FactorRejected):
            one.ask(factors.CONFIRM_PASSKEY, factor_id=begun.factor_id, credential=again)
    person.ask(factors.REMOVE_FACTOR, factor_id=person.factors()["key"].factor_id)
    begun = other.ask(factors.ENROL_PASSKEY, label="mine now")
    again = key.create_again(key.keys[0], begun.options)
    other.ask(factors.CONFIRM_PASSKEY, factor_id=begun.factor_id, credential=again)


@pytest.mark.spec("AUTH-8")
def test_known_passkeys_are_named_and_there_are_five_at_most(world: Any, software_authenticator: Any) -> None:
    person = world.person(world.customer())
    keys = [software_authenticator() for _ in range(5)]
    for number, key in enumerate(keys):
        person.enrol_passkey(key, label=f"key {number}")
        begun = json.loads(person.ask(factors.ENROL_PASSKEY, label="x").options) if number < 4 else {}
        known = {one["id"] for one in begun.get("excludeCredentials", ())}
        assert number == 4 or known == {one.keys[0].id for one in keys[: number + 1]}
    with pytest.raises(ValueInvalid, match="5 factors"):
        person.ask(factors.ENROL_PASSKEY, label="one more")
    options = json.loads(start(person, person.log_in()))
    assert {one["id"] for one in options["allowCredentials"]} == {one.keys[0].id for one in keys}


@pytest.mark.spec("AUTH-8")
def test_without_the_library_the_extra_is_named(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    person = world.person(world.customer())
    monkeypatch.setitem(sys.modules, "webauthn", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'askul-connect\[passkeys\]'"):
        person.ask(factors.ENROL_PASSKEY, label="x")
    # everything else works
    person.enrol_totp()
    with pytest.raises(NotAuthenticated):
        person.ask(factors.LIST_FACTORS, Secret("unknown"))


@pytest.mark.spec("AUTH-8")
def test_a_challenge_of_an_enrolment_is_of_no_use_for_a_verification(
    world: Any, software_authenticator: Any
) -> None:
    """Even in the very session it was given to, once that has to prove a factor."""
    customer = world.customer()
    person = world.person(customer)
    key = software_authenticator()
    person.enrol_passkey(key)
    resumed = Secret("resumed")
    with world.storage.begin() as unit:
        session = unit.sessions.get(person.token.fingerprint())
        unit.sessions.add(evolve(session, token_hash=resumed.fingerprint(), session_id="resumed"))
    begun = person.ask(factors.ENROL_PASSKEY, resumed, label="x", current_password=Secret("Kaede-7-kaze"))
    world.call(
        factors.SET_LOGIN_POLICY,
        factors.SET_LOGIN_POLICY.request(
            second_factor=SecondFactorRule.REQUIRED, remember_me=True, idle_minutes=30
        ),
        token=customer.administrator,
    )
    asked = json.loads(start(person, resumed))
    forged = key.get(json.dumps({**asked, "challenge": json.loads(begun.options)["challenge"]}))
    with pytest.raises(FactorRejected):
        person.verify(resumed, passkey=forged)
    good = key.get(start(person, resumed))
    person.verify(resumed, passkey=good)
