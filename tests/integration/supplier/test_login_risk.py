"""A login's environment against the person's past, and what assessors may decide (AUTH-9)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from askul_connect.core.domain.login_risk import LoginFacts, RiskAssessment, RiskVerdict
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import LoginMismatch, LoginRefused, TooManyAttempts, ValueInvalid
from askul_connect.core.messages.login import ChangePasswordRequest, LoginResponse
from askul_connect.core.messages.sessions import ResumeSessionRequest
from askul_connect.core.operations import supplier as operations
from askul_connect.core.operations.sessions import RESUME_SESSION
from askul_connect.core.ports.login_risk import NamedAssessor
from askul_connect.core.ports.storage import Storage

PASSWORD = "Kaede-7-kaze"
HOME, OFFICE = "192.0.2.1", "198.51.100.1"


def risks(world: Any, customer: Any) -> list[str]:
    with world.storage.begin() as unit:
        account = unit.accounts.by_customer_number(customer.number)
        return [one.risk for one in unit.logins.of_account(account.account_id)]


@pytest.mark.spec("AUTH-9")
def test_a_new_network_or_device_is_told_once(stored: Any) -> None:
    customer = stored.customer()

    def log_in(address: str, device: str) -> None:
        found = stored.attempt(customer.number, PASSWORD, address=address, device=device)
        assert isinstance(found, LoginResponse)

    def told() -> list[str]:
        return [one["facts"]["reasons"] for one in stored.notices("login-unusual")]

    log_in("", "")
    assert told() == []
    log_in(HOME, "")
    log_in("192.0.2.200", "")
    assert told() == ["new-network"]
    log_in(HOME, "Firefox")
    log_in(HOME, "Firefox")
    assert told() == ["new-network", "new-device"]
    log_in(OFFICE, "Edge")
    log_in(OFFICE, "Edge")
    log_in(HOME, "Edge")
    assert told() == ["new-network", "new-device", "new-network, new-device"]
    (last,) = stored.notices("login-unusual")[-1:]
    assert (last["to"], last["facts"]["let_in"]) == ("Admin@a.example.co.jp", "yes")
    assert last["facts"]["address"] == OFFICE
    assert [one for one in risks(stored, customer) if one] == told()


@pytest.mark.spec("AUTH-9")
def test_a_failure_makes_no_environment_known(stored: Any) -> None:
    customer = stored.customer()
    stored.attempt(customer.number, "wrong", address=OFFICE, device="Edge")
    stored.attempt(customer.number, PASSWORD, address=OFFICE, device="Edge")
    assert [one["facts"]["reasons"] for one in stored.notices("login-unusual")] == ["new-network, new-device"]


@pytest.mark.spec("AUTH-9")
def test_only_the_latest_fifty_environments_are_kept(stored: Any) -> None:
    customer = stored.customer()
    for number in range(60):
        stored.forward(timedelta(minutes=1))
        stored.attempt(customer.number, PASSWORD, address=f"10.0.{number}.1")
    with stored.storage.begin() as unit:
        user = unit.users.by_email_key(customer.email)
        known = unit.environments.of_user(user.user_id)
    assert [one.network for one in known] == [f"10.0.{number}.0/24" for number in range(59, 9, -1)]


class Fixed:
    """Says what it is told to say, and keeps what it was asked."""

    def __init__(self, verdict: RiskVerdict, storage: Storage[Any] | None = None) -> None:
        self.verdict = verdict
        self.storage = storage
        self.asked: list[LoginFacts] = []

    def assess(self, facts: LoginFacts) -> RiskAssessment:
        self.asked.append(facts)
        if self.storage is not None:
            # another unit of work can be had: none is open while it is asked
            with self.storage.begin() as unit:
                assert unit.facts.get("nothing") is None
        return RiskAssessment(verdict=self.verdict, reasons=("because",))


class Broken:
    def assess(self, facts: LoginFacts) -> RiskAssessment:
        raise ValueInvalid("it cannot say")


def judged(world: Any, *assessors: Any, fails_closed: bool = False) -> None:
    named = tuple(
        NamedAssessor(name=f"n{place}", fails_closed=fails_closed, assessor=each)
        for place, each in enumerate(assessors)
    )
    # a supplier that starts at the same instant would draw the same tokens again
    world.forward(timedelta(seconds=1))
    world.caller = world.caller_of(world.start(risk=named))


@pytest.mark.spec("AUTH-9")
def test_an_assessor_is_asked_about_who_proved_the_password_only_and_outside_of_units(stored: Any) -> None:
    customer = stored.customer()
    fixed = Fixed(RiskVerdict.ALLOW, stored.storage)
    judged(stored, fixed)
    for login_id, password in ((customer.number, "wrong"), ("0000000000", PASSWORD), ("", "")):
        assert isinstance(stored.attempt(login_id, password), LoginMismatch)
    assert fixed.asked == []
    assert isinstance(stored.attempt(customer.number, PASSWORD, address=HOME, device="x"), LoginResponse)
    (facts,) = fixed.asked
    assert (facts.address, facts.network, facts.device, facts.remembered) == (
        HOME,
        "192.0.2.0/24",
        "x",
        False,
    )
    assert (facts.known_networks, facts.known_devices, facts.failures) == (("",), ("",), 1)
    assert PASSWORD not in repr(facts)


@pytest.mark.spec("AUTH-9")
def test_risk_may_refuse(stored: Any) -> None:
    customer = stored.customer()
    token = stored.attempt(customer.number, PASSWORD, remember=True).device_token
    judged(stored, Fixed(RiskVerdict.ALLOW), Fixed(RiskVerdict.REFUSE), Fixed(RiskVerdict.NOTIFY))
    sessions = len(stored.dump().get("sessions", stored.dump().get("sessions_sessions")))
    found = stored.attempt(customer.number, PASSWORD)
    assert isinstance(found, LoginRefused)
    assert [one.code for one in found.problems] == ["risk-refused"]
    change = ChangePasswordRequest(
        login_id=customer.number, current_password=Secret(PASSWORD), new_password=Secret("Momiji-9-yama")
    )
    with pytest.raises(LoginRefused):
        stored.call(operations.CHANGE_PASSWORD, change)
    with pytest.raises(LoginRefused):
        stored.call(RESUME_SESSION, ResumeSessionRequest(device_token=token))
    assert len(stored.dump().get("sessions", stored.dump().get("sessions_sessions"))) == sessions
    assert [one["facts"]["let_in"] for one in stored.notices("login-unusual")] == ["no"] * 3
    assert risks(stored, customer)[-3:] == ["because"] * 3
    # it was no failure of the password, and it locked nothing
    judged(stored)
    assert isinstance(stored.attempt(customer.number, PASSWORD), LoginResponse)
    assert stored.call(RESUME_SESSION, ResumeSessionRequest(device_token=token)).session_token


@pytest.mark.spec("AUTH-9", "AUTH-7")
def test_risk_may_lock(stored: Any) -> None:
    customer = stored.customer()
    token = stored.attempt(customer.number, PASSWORD, remember=True).device_token
    judged(stored, Fixed(RiskVerdict.LOCK))
    assert isinstance(stored.attempt(customer.number, PASSWORD, device_token=token), LoginRefused)
    judged(stored)
    stored.forward(timedelta(days=1))
    for more in ({}, {"device_token": token}):
        locked = stored.attempt(customer.number, PASSWORD, **more)
        assert isinstance(locked, TooManyAttempts)
        assert locked.problems[0].code == "locked"
    with pytest.raises(LoginRefused):
        stored.call(RESUME_SESSION, ResumeSessionRequest(device_token=token))
    (record,) = stored.audited("user-locked")
    assert record.subject


@pytest.mark.spec("AUTH-9")
@pytest.mark.parametrize("fails_closed", [True, False])
def test_a_failing_assessor_fails_as_it_says(stored: Any, fails_closed: bool) -> None:
    customer = stored.customer()
    judged(stored, Fixed(RiskVerdict.ALLOW), Broken(), fails_closed=fails_closed)
    found = stored.attempt(customer.number, PASSWORD)
    assert isinstance(found, LoginRefused if fails_closed else LoginResponse)
    assert risks(stored, customer)[-1] == "because, not-assessed-n1"


@pytest.mark.spec("AUTH-9")
def test_a_return_of_a_device_from_elsewhere_is_told(make_world: Callable[..., Any]) -> None:
    world = make_world()
    customer = world.customer()
    token = world.attempt(customer.number, PASSWORD, remember=True, address=HOME).device_token
    before = len(world.notices("login-unusual"))
    request = ResumeSessionRequest(device_token=token, device="anything")
    answer = world.ask_from(OFFICE, RESUME_SESSION, request)
    assert answer.session_token
    assert [one["facts"]["reasons"] for one in world.notices("login-unusual")[before:]] == ["new-network"]
