"""Fresh proofs before a change, and the removal of second factors (AUTH-8, AUTH-17)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pyotp
import pytest
from attrs import evolve

from askul_connect.core.domain.accounts import Role, SecondFactorRule
from askul_connect.core.domain.factors import FactorState
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import (
    FactorNeeded,
    LoginMismatch,
    NotAuthenticated,
    NotFound,
    ProofRequired,
)
from askul_connect.core.operations import factors

PASSWORD = "Kaede-7-kaze"
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


def require(world: Any, customer: Any, rule: SecondFactorRule = SecondFactorRule.REQUIRED) -> Any:
    with world.storage.begin() as unit:
        account = next(one for one in unit.accounts.all() if one.customer_number == customer.number)
        unit.accounts.save(evolve(account, login=evolve(account.login, second_factor=rule)))
    return account


def now_code(made: pyotp.TOTP, world: Any) -> str:
    return made.at(world.clock.now())


# --- fresh proofs

CHANGES = {
    factors.ENROL_TOTP: {"label": "x"},
    factors.ENROL_PASSKEY: {"label": "x"},
    factors.REMOVE_FACTOR: {"factor_id": "x"},
    factors.RENEW_RECOVERY_CODES: {},
    factors.RESET_FACTORS: {"user_id": "x"},
    factors.SET_LOGIN_POLICY: {
        "second_factor": SecondFactorRule.OPTIONAL,
        "remember_me": True,
        "idle_minutes": 30,
    },
}


@pytest.mark.spec("AUTH-8")
@pytest.mark.parametrize("operation", CHANGES, ids=lambda one: one.name)
def test_a_change_needs_a_fresh_proof(stored: Any, operation: Any) -> None:
    world = stored
    person = world.person(world.customer(), Role.ADMINISTRATOR)

    def change(**more: Any) -> bool:
        try:
            person.ask(operation, **CHANGES[operation], **more)
        except ProofRequired:
            return False
        except (NotFound, LoginMismatch):
            if "current_password" in more and more["current_password"].reveal() != PASSWORD:
                raise
        return True

    person.enrol_totp()
    world.forward(timedelta(minutes=5) - SECOND)
    assert change()
    world.forward(SECOND)
    assert not change()
    with pytest.raises(LoginMismatch) as caught:
        change(current_password=Secret("Kaede-8-kaze"))
    assert caught.value.reference
    assert not change()
    assert change(current_password=Secret(PASSWORD))
    # and that counts for the next five minutes of this session
    world.forward(timedelta(minutes=5) - SECOND)
    assert change()
    world.forward(SECOND)
    assert not change()


@pytest.mark.spec("AUTH-8")
def test_a_proof_counts_in_its_own_session_only(world: Any) -> None:
    person = world.person(world.customer())
    old = person.log_in()
    world.forward(timedelta(minutes=10))
    person.ask(factors.ENROL_TOTP, person.log_in(), label="x")
    with pytest.raises(ProofRequired):
        person.ask(factors.ENROL_TOTP, old, label="x")


@pytest.mark.spec("AUTH-8")
def test_a_session_without_any_proof_is_not_fresh(world: Any) -> None:
    """One that a remembered device opened, for instance (AUTH-11)."""
    person = world.person(world.customer())
    with world.storage.begin() as unit:
        session = unit.sessions.get(person.token.fingerprint())
        unit.sessions.add(evolve(session, token_hash=Secret("resumed").fingerprint(), session_id="resumed"))
    person.ask(factors.LIST_FACTORS, Secret("resumed"))
    with pytest.raises(ProofRequired):
        person.ask(factors.ENROL_TOTP, Secret("resumed"), label="x")


@pytest.mark.spec("AUTH-8")
def test_the_fifth_wrong_password_ends_the_session(stored: Any) -> None:
    person = stored.person(stored.customer())
    for _ in range(5):
        with pytest.raises(LoginMismatch):
            person.ask(factors.ENROL_TOTP, label="x", current_password=Secret("wrong"))
    with pytest.raises(NotAuthenticated):
        person.ask(factors.LIST_FACTORS)


# --- removal


@pytest.mark.spec("AUTH-8", "AUTH-17")
def test_removal_tells_the_person_and_leaves_nothing(everywhere: Any) -> None:
    world = everywhere
    person = world.person(world.customer())
    person.enrol_totp()
    found = person.factors()["phone"]
    for _ in range(2):
        # doing it again answers the same
        assert person.ask(factors.REMOVE_FACTOR, factor_id=found.factor_id).factors_left == 0
    assert person.factors() == {}
    (notice,) = world.notices("factor-removed")
    (record,) = world.audited("factor-removed")
    assert (notice["key"], record.subject) == (record.reference, found.factor_id)
    with world.storage.begin() as unit:
        (account,) = unit.accounts.all()
        kept = unit.factors.get(account.account_id, found.factor_id)
    assert (kept.state, kept.seed) == (FactorState.REMOVED, "")
    # the password is enough again
    person.ask(factors.LIST_FACTORS, person.log_in())


@pytest.mark.spec("AUTH-8")
def test_the_last_factor_stays_while_an_account_requires_one(stored: Any) -> None:
    world = stored
    customer = world.customer()
    person = world.person(customer)
    person.enrol_totp("one")
    person.enrol_totp("two")
    account = require(world, customer)
    one, two = person.factors()["one"], person.factors()["two"]
    assert person.ask(factors.REMOVE_FACTOR, factor_id=one.factor_id).factors_left == 1
    with pytest.raises(FactorNeeded):
        person.ask(factors.REMOVE_FACTOR, factor_id=two.factor_id)
    # what is not confirmed is no factor
    person.ask(factors.ENROL_TOTP, label="three")
    with pytest.raises(FactorNeeded):
        person.ask(factors.REMOVE_FACTOR, factor_id=two.factor_id)
    person.ask(factors.REMOVE_FACTOR, factor_id=person.factors()["three"].factor_id)
    assert len(world.notices("factor-removed")) == 1
    # another account of the person counts as well
    require(world, customer, SecondFactorRule.OPTIONAL)
    other = world.customer("b")
    require(world, other)
    with world.storage.begin() as unit:
        theirs = next(a for a in unit.accounts.all() if a.account_id != account.account_id)
        home = unit.memberships.get(account.account_id, unit.users.by_email_key(person.login_id).user_id)
        unit.memberships.add(evolve(home, account_id=theirs.account_id))
    with pytest.raises(FactorNeeded):
        person.ask(factors.REMOVE_FACTOR, factor_id=two.factor_id)


@pytest.mark.spec("AUTH-8")
@pytest.mark.parametrize("change", ["enrolment", "removal"])
@pytest.mark.parametrize("chosen", [True, False])
def test_other_sessions_end_as_the_person_chooses(stored: Any, change: str, chosen: bool) -> None:
    world = stored
    person = world.person(world.customer())
    if change == "removal":
        person.enrol_totp()
        factor_id = person.factors()["phone"].factor_id
    with world.storage.begin() as unit:
        session = unit.sessions.get(person.token.fingerprint())
        unit.sessions.add(evolve(session, token_hash=Secret("other").fingerprint(), session_id="other"))
    if change == "removal":
        person.ask(factors.REMOVE_FACTOR, factor_id=factor_id, end_other_sessions=chosen)
    else:
        begun = person.ask(factors.ENROL_TOTP, label="x")
        code = Secret(now_code(pyotp.TOTP(begun.seed.reveal()), world))
        person.ask(factors.CONFIRM_TOTP, factor_id=begun.factor_id, code=code, end_other_sessions=chosen)
    person.ask(factors.LIST_FACTORS)
    if chosen:
        with pytest.raises(NotAuthenticated):
            person.ask(factors.LIST_FACTORS, Secret("other"))
    else:
        person.ask(factors.LIST_FACTORS, Secret("other"))


@pytest.mark.spec("AUTH-8", "ACC-5")
def test_a_foreign_factor_answers_like_an_absent_one(faced: Any) -> None:
    world = faced
    customer, strangers = world.customer(), world.customer("b")
    person = world.person(customer)
    others = (
        world.person(customer, Role.ADMINISTRATOR, "q@a.example.co.jp"),
        world.person(strangers, Role.ADMINISTRATOR, "r@b.example.co.jp"),
    )
    begun = person.ask(factors.ENROL_TOTP, label="x")
    code = Secret(now_code(pyotp.TOTP(begun.seed.reveal()), world))
    for other in others:
        assert other.factors() == {}
        for operation, fields in (
            (factors.REMOVE_FACTOR, {}),
            (factors.CONFIRM_TOTP, {"code": code}),
            (factors.CONFIRM_PASSKEY, {"credential": "{}"}),
        ):
            answers = []
            for factor_id in (begun.factor_id, "absent"):
                with pytest.raises(NotFound) as caught:
                    other.ask(operation, factor_id=factor_id, **fields)
                answers.append((caught.value.detail, caught.value.where, caught.value.problems))
            assert answers[0] == answers[1]
    person.ask(factors.CONFIRM_TOTP, factor_id=begun.factor_id, code=code)
