"""Authenticators with six digits: enrolment, and a code that is good once ever (AUTH-8, Q-AUTH-7)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pyotp
import pytest

from askul_connect.core.domain.factors import FactorState
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import (
    FactorRejected,
    IllegalStep,
    NotAuthenticated,
    NotFound,
    SecondFactorRequired,
    ValueInvalid,
)
from askul_connect.core.messages.accounts import GetAccountRequest
from askul_connect.core.operations import factors
from askul_connect.core.operations import supplier as operations

STEP = timedelta(seconds=30)


def code(made: pyotp.TOTP, world: Any, steps: int = 0) -> str:
    return made.at(world.clock.now() + steps * STEP)


@pytest.mark.spec("AUTH-8", "AUTH-17")
def test_from_enrolment_to_a_login_with_a_code(everywhere: Any) -> None:
    world = everywhere
    person = world.person(world.customer())
    begun = person.ask(factors.ENROL_TOTP, label="携帯")
    uri = pyotp.parse_uri(begun.uri.reveal())
    assert isinstance(uri, pyotp.TOTP)
    assert (uri.secret, uri.digits, uri.interval) == (begun.seed.reveal(), 6, 30)
    assert (uri.name, uri.issuer) == ("p@a.example.co.jp", "見本文具サプライ株式会社")
    assert len(begun.seed.reveal()) * 5 == 160
    assert person.factors()["携帯"].state is FactorState.PENDING
    # until it is confirmed, the password is enough
    world.call(operations.GET_ACCOUNT, GetAccountRequest(), token=person.log_in())

    done = person.ask(factors.CONFIRM_TOTP, factor_id=begun.factor_id, code=Secret(code(uri, world)))
    assert len(done.recovery_codes) == 10
    assert done.session_token is None
    assert person.factors()["携帯"].state is FactorState.ACTIVE

    world.forward(STEP)
    waiting = person.log_in()
    with pytest.raises(SecondFactorRequired):
        world.call(operations.GET_ACCOUNT, GetAccountRequest(), token=waiting)
    full = person.verify(waiting, code=code(uri, world))
    assert full.recovery_codes_left == 10
    world.call(operations.GET_ACCOUNT, GetAccountRequest(), token=full.session_token)
    # the token of the session that waited is of no more use
    with pytest.raises(NotAuthenticated):
        world.call(operations.GET_ACCOUNT, GetAccountRequest(), token=waiting)
    (notice,) = world.notices("factor-added")
    (record,) = world.audited("factor-added")
    assert notice["to"] == "p@a.example.co.jp"
    assert (record.subject, record.reference) == (begun.factor_id, notice["key"])


@pytest.mark.spec("AUTH-8")
@pytest.mark.parametrize("wait", [0, 1, 29, 31, 58], ids=lambda wait: f"t+{wait}s")
@pytest.mark.parametrize("offset", [-1, 0, 1])
def test_a_code_is_good_once_over_its_whole_window(stored: Any, wait: int, offset: int) -> None:
    """Whichever step of the window it is of: used once, it is refused for as long as it would be taken."""
    world = stored
    person = world.person(world.customer())
    made, _ = person.enrol_totp()
    world.forward(10 * STEP)
    used = code(made, world, offset)
    person.verify(person.log_in(), code=used)
    world.forward(timedelta(seconds=wait))
    with pytest.raises(FactorRejected) as again:
        person.verify(person.log_in(), code=used)
    with pytest.raises(FactorRejected) as wrong:
        person.verify(person.log_in(), code="000000")
    assert (again.value.detail, again.value.problems) == (wrong.value.detail, wrong.value.problems)


@pytest.mark.spec("AUTH-8")
def test_the_code_that_confirmed_is_used_up(world: Any) -> None:
    person = world.person(world.customer())
    made, _ = person.enrol_totp()
    with pytest.raises(FactorRejected):
        person.verify(person.log_in(), code=code(made, world))


@pytest.mark.spec("AUTH-8")
def test_after_a_later_code_an_earlier_one_is_refused(stored: Any) -> None:
    world = stored
    person = world.person(world.customer())
    made, _ = person.enrol_totp()
    world.forward(10 * STEP)
    person.verify(person.log_in(), code=code(made, world, 1))
    for earlier in (0, -1):
        with pytest.raises(FactorRejected):
            person.verify(person.log_in(), code=code(made, world, earlier))
    world.forward(2 * STEP)
    person.verify(person.log_in(), code=code(made, world))


@pytest.mark.spec("AUTH-8")
@pytest.mark.parametrize(("steps", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_one_step_of_tolerance_to_each_side(world: Any, steps: int, good: bool) -> None:
    person = world.person(world.customer())
    made, _ = person.enrol_totp()
    world.forward(10 * STEP)
    waiting = person.log_in()
    if good:
        person.verify(waiting, code=code(made, world, steps))
    else:
        with pytest.raises(FactorRejected):
            person.verify(waiting, code=code(made, world, steps))


@pytest.mark.spec("AUTH-8", "REL-3")
@pytest.mark.parametrize(
    ("storage", "sessions"),
    [("memory", "one"), ("memory", "many"), ("sqlite", "many"), ("postgresql", "many")],
)
def test_fifty_at_once_have_one_success(make_world: Any, together: Any, storage: str, sessions: str) -> None:
    world = make_world(storage)
    person = world.person(world.customer())
    made, _ = person.enrol_totp()
    world.forward(10 * STEP)
    waiting = [person.log_in()] * 50 if sessions == "one" else [person.log_in() for _ in range(50)]
    typed = code(made, world)

    came = together(50, lambda place: person.verify(waiting[place], code=typed))

    assert came.pop("success") == 1
    refusals = {"one": {"not-authenticated"}, "many": {"factor-rejected", "too-many-attempts"}}
    assert set(came) <= refusals[sessions]
    assert came.total() == 49


@pytest.mark.spec("AUTH-8")
def test_what_is_typed_is_read_forgivingly(world: Any) -> None:
    person = world.person(world.customer())
    made, _ = person.enrol_totp()
    for typed in (lambda text: f" {text[:3]} {text[3:]} ", lambda text: f"{text[:3]}-{text[3:]}"):
        world.forward(2 * STEP)
        person.verify(person.log_in(), code=typed(code(made, world)))
    world.forward(2 * STEP)
    wide = code(made, world).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    person.verify(person.log_in(), code=wide)
    for wrong in ("", "12345", "1234567", "abcdef", "٣٣٣٣٣٣"):
        with pytest.raises(FactorRejected):
            person.verify(person.log_in(), code=wrong)
        world.forward(timedelta(minutes=1))


@pytest.mark.spec("AUTH-8")
def test_two_authenticators_are_good_beside_each_other_and_no_third(world: Any) -> None:
    person = world.person(world.customer())
    one, _ = person.enrol_totp("one")
    two, second = person.enrol_totp("two")
    assert second.recovery_codes == ()
    world.forward(2 * STEP)
    for made in (one, two):
        person.verify(person.log_in(), code=code(made, world))
    with pytest.raises(ValueInvalid, match="2 factors"):
        person.ask(factors.ENROL_TOTP, label="three")


@pytest.mark.spec("AUTH-8")
def test_an_enrolment_that_is_not_confirmed_is_forgotten(world: Any) -> None:
    person = world.person(world.customer())
    first = person.ask(factors.ENROL_TOTP, label="first")
    second = person.ask(factors.ENROL_TOTP, label="second")
    assert set(person.factors()) == {"second"}

    def confirm(begun: Any) -> None:
        made = Secret(code(pyotp.TOTP(begun.seed.reveal()), world))
        person.ask(factors.CONFIRM_TOTP, factor_id=begun.factor_id, code=made)

    with pytest.raises(NotFound):
        confirm(first)
    world.forward(timedelta(minutes=10))
    assert person.factors() == {}
    with pytest.raises(NotFound):
        confirm(second)


@pytest.mark.spec("AUTH-8")
def test_five_wrong_codes_of_an_enrolment_end_the_session(stored: Any) -> None:
    person = stored.person(stored.customer())
    begun = person.ask(factors.ENROL_TOTP, label="x")
    for _ in range(5):
        with pytest.raises(FactorRejected):
            person.ask(factors.CONFIRM_TOTP, factor_id=begun.factor_id, code=Secret("000000"))
    with pytest.raises(NotAuthenticated):
        person.ask(factors.LIST_FACTORS)


@pytest.mark.spec("AUTH-8")
@pytest.mark.parametrize("label", ["", "  ", "x" * 51])
def test_a_label_is_asked_for(world: Any, label: str) -> None:
    person = world.person(world.customer())
    for operation in (factors.ENROL_TOTP, factors.ENROL_PASSKEY):
        with pytest.raises(ValueInvalid) as caught:
            person.ask(operation, label=label)
        assert caught.value.where == "label"


@pytest.mark.spec("AUTH-8")
def test_only_a_session_that_waits_is_verified(world: Any) -> None:
    customer = world.customer()
    person = world.person(customer)
    made, _ = person.enrol_totp()
    world.forward(2 * STEP)
    for typed in (code(made, world), "000000"):
        with pytest.raises(IllegalStep):
            person.verify(person.token, code=typed)
    with pytest.raises(IllegalStep):
        person.verify(customer.machine, code=code(made, world))
    with pytest.raises(NotAuthenticated):
        person.verify(Secret("unknown"), code=code(made, world))
    with pytest.raises(NotAuthenticated):
        world.call(
            factors.VERIFY_SECOND_FACTOR,
            factors.VERIFY_SECOND_FACTOR.request(code=Secret(code(made, world))),
        )
    waiting = person.log_in()
    for given in ({}, {"code": "1", "recovery_code": "2"}, {"code": "1", "passkey": "{}"}):
        with pytest.raises(ValueInvalid, match="exactly one"):
            person.verify(waiting, **given)
    person.verify(waiting, code=code(made, world))
