"""What a session may be used for before its second factor, and how often one is tried (AUTH-8)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pyotp
import pytest
from attrs import evolve

from askul_connect.core.domain.accounts import Role, SecondFactorRule, SessionStage
from askul_connect.core.domain.factors import FactorState
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import (
    FactorRejected,
    LoginMismatch,
    NotAuthenticated,
    NotFound,
    PasswordChangeRequired,
    ProofRequired,
    SecondFactorRequired,
    TooManyAttempts,
)
from askul_connect.core.operations import factors
from askul_connect.core.operations.supplier import SUPPLIER_OPERATIONS
from askul_connect.core.policies.factors import MOST_IN_A_ROW

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


# --- stages


@pytest.mark.spec("AUTH-8", "ACC-11")
def test_who_needs_a_factor_and_has_none_may_only_enrol(everywhere: Any) -> None:
    world = everywhere
    customer = world.customer()
    person = world.person(customer)
    require(world, customer)
    token = person.log_in()
    listed = person.ask(factors.LIST_FACTORS, token)
    assert (listed.stage, listed.required, listed.factors) == (SessionStage.FACTOR_ENROLMENT, True, ())
    made, done = person.enrol_totp(token=token)
    # another token takes the place of the one that could only enrol
    with pytest.raises(NotAuthenticated):
        person.ask(factors.LIST_FACTORS, token)
    assert person.ask(factors.LIST_FACTORS, done.session_token).stage is SessionStage.FULL
    world.forward(MINUTE)
    waiting = person.log_in()
    assert person.ask(factors.LIST_FACTORS, waiting).stage is SessionStage.SECOND_FACTOR
    person.verify(waiting, code=now_code(made, world))


@pytest.mark.spec("AUTH-8")
@pytest.mark.parametrize("stage", [SessionStage.FACTOR_ENROLMENT, SessionStage.SECOND_FACTOR])
def test_an_unfinished_session_may_call_what_the_registry_says(
    world: Any, examples: dict[str, Any], stage: SessionStage
) -> None:
    customer = world.customer()
    person = world.person(customer, Role.ADMINISTRATOR)
    require(world, customer)
    if stage is SessionStage.SECOND_FACTOR:
        person.enrol_totp()
    may = set()
    for operation in SUPPLIER_OPERATIONS:
        if not operation.access:
            continue
        try:
            world.call(operation, examples[operation.name], token=person.log_in(), key=world.fresh())
        except SecondFactorRequired:
            continue
        except (NotFound, ProofRequired):
            pass
        may.add(operation.name)
    always = {"ListFactors", "Logout"}
    enrolling = {"EnrolTotp", "ConfirmTotp", "EnrolPasskey", "ConfirmPasskey"}
    assert may == (always | enrolling if stage is SessionStage.FACTOR_ENROLMENT else always)


@pytest.mark.spec("AUTH-8")
def test_whoever_only_knows_the_password_cannot_enrol_beside_the_owner(stored: Any) -> None:
    """Both are let in to enrol; the first one who does ends the other's session, whatever was chosen."""
    world = stored
    customer = world.customer()
    person = world.person(customer)
    require(world, customer)
    thief, owner = person.log_in(), person.log_in()
    begun = person.ask(factors.ENROL_TOTP, thief, label="mine")
    code = Secret(now_code(pyotp.TOTP(begun.seed.reveal()), world))
    mine = person.ask(factors.ENROL_TOTP, owner, label="phone")
    done = person.ask(
        factors.CONFIRM_TOTP,
        owner,
        factor_id=mine.factor_id,
        code=Secret(now_code(pyotp.TOTP(mine.seed.reveal()), world)),
        end_other_sessions=False,
    )
    for operation, fields in (
        (factors.CONFIRM_TOTP, {"factor_id": begun.factor_id, "code": code}),
        (factors.ENROL_TOTP, {"label": "again"}),
    ):
        with pytest.raises(NotAuthenticated):
            person.ask(operation, thief, **fields)
    person.ask(factors.LIST_FACTORS, done.session_token)


@pytest.mark.spec("AUTH-8", "AUTH-4")
def test_a_password_reset_never_removes_factors(stored: Any) -> None:
    world = stored
    customer = world.customer()
    person = world.person(customer)
    made, _ = person.enrol_totp()
    with world.storage.begin() as unit:
        user_id = unit.users.by_email_key("p@a.example.co.jp").user_id
    temporary = customer.temporary_password(user_id)
    first = world.login(person.login_id, temporary).session_token
    with pytest.raises(PasswordChangeRequired):
        person.ask(factors.LIST_FACTORS, first)
    with pytest.raises(PasswordChangeRequired):
        person.ask(factors.REMOVE_FACTOR, first, factor_id="x")
    world.set_password(person.login_id, temporary, "Momiji-9-yama")
    person.password = "Momiji-9-yama"
    world.forward(MINUTE)
    waiting = person.log_in()
    with pytest.raises(SecondFactorRequired):
        person.ask(factors.REMOVE_FACTOR, waiting, factor_id="x")
    person.verify(waiting, code=now_code(made, world))


# --- tries


@pytest.mark.spec("AUTH-8")
@pytest.mark.parametrize("way", ["code", "recovery_code", "passkey"])
def test_the_fifth_wrong_one_ends_the_session(stored: Any, way: str) -> None:
    world = stored
    person = world.person(world.customer())
    made, _ = person.enrol_totp()
    world.forward(MINUTE)
    waiting = person.log_in()
    for _ in range(5):
        with pytest.raises(FactorRejected) as caught:
            person.verify(waiting, **{way: "000000"})
        assert caught.value.reference
    with pytest.raises(NotAuthenticated):
        person.verify(waiting, code=now_code(made, world))
    (notice,) = world.notices("second-factor-attempts")
    assert notice["to"] == "p@a.example.co.jp"


@pytest.mark.spec("AUTH-8", "AUTH-7")
def test_another_session_does_not_get_round_the_pause(stored: Any) -> None:
    world = stored
    person = world.person(world.customer())
    made, done = person.enrol_totp()
    world.forward(MINUTE)
    waiting = person.log_in()
    for _ in range(5):
        with pytest.raises(FactorRejected):
            person.verify(waiting, code="000000")
    again = person.log_in()
    for given in ({"code": now_code(made, world)}, {"recovery_code": done.recovery_codes[0].reveal()}):
        with pytest.raises(TooManyAttempts, match="too many") as caught:
            person.verify(again, **given)
        assert (caught.value.retry_after, caught.value.retryable) == (1, True)
        assert [(one.code, bool(one.remedy)) for one in caught.value.problems] == [
            ("too-many-attempts", True)
        ]
        with world.storage.begin() as unit:
            record = unit.logins.by_reference(caught.value.reference)
        assert (record.result, record.reason) == ("too-many-attempts", "too-many-attempts")
    world.forward(SECOND)
    # each further one doubles the pause
    for seconds in (2, 4, 8):
        with pytest.raises(FactorRejected):
            person.verify(again, code="000000")
        with pytest.raises(TooManyAttempts) as caught:
            person.verify(again, code="000000")
        assert caught.value.retry_after == seconds
        world.forward(timedelta(seconds=seconds))
    person.verify(again, code=now_code(made, world))
    # a right one forgets the wrong ones
    with pytest.raises(FactorRejected):
        person.verify(person.log_in(), code="000000")
    person.verify(person.log_in(), code=made.at(world.clock.now() + timedelta(seconds=30)))


@pytest.mark.spec("AUTH-8")
def test_after_a_hundred_wrong_ones_codes_are_of_no_use(world: Any) -> None:
    person = world.person(world.customer())
    made, done = person.enrol_totp()
    waiting = person.log_in()
    for number in range(MOST_IN_A_ROW):
        if number % 4 == 0:
            waiting = person.log_in()
        world.forward(timedelta(minutes=15))
        with pytest.raises(FactorRejected):
            person.verify(waiting, code="000000")
    world.forward(timedelta(minutes=15))
    with pytest.raises(FactorRejected):
        person.verify(person.log_in(), code=now_code(made, world))
    assert len(world.notices("factor-suspended")) == 1
    world.forward(timedelta(minutes=15))
    found = person.verify(person.log_in(), recovery_code=done.recovery_codes[0].reveal())
    (listed,) = person.ask(factors.LIST_FACTORS, found.session_token).factors
    assert listed.state is FactorState.SUSPENDED


@pytest.mark.spec("AUTH-7", "AUTH-2")
def test_who_has_not_proved_the_password_learns_nothing_of_the_pause(everywhere: Any) -> None:
    world = everywhere
    person = world.person(world.customer())
    person.enrol_totp()
    world.forward(MINUTE)
    waiting = person.log_in()
    for _ in range(5):
        with pytest.raises(FactorRejected):
            person.verify(waiting, code="000000")
    again = person.log_in()
    with pytest.raises(TooManyAttempts) as caught:
        person.verify(again, code="000000")
    # over every face with the time to wait
    assert caught.value.retry_after == 1
    assert isinstance(world.attempt("p@a.example.co.jp", "wrong"), LoginMismatch)
    with pytest.raises(NotAuthenticated):
        person.verify(Secret("nobody's"), code="000000")
