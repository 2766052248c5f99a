"""What a remembered device, a second factor and a new password have to do with each other (AUTH-8, AUTH-11)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from attrs import evolve

from askul_connect.core.domain.accounts import SessionStage
from askul_connect.core.domain.login_risk import LoginFacts, RiskAssessment, RiskVerdict
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import LoginRefused, NotAuthenticated, SecondFactorRequired, TooManyAttempts
from askul_connect.core.messages.accounts import GetAccountRequest
from askul_connect.core.messages.login import IssueTemporaryPasswordRequest, LoginRequest
from askul_connect.core.messages.recovery import RequestPasswordResetRequest, ResetPasswordRequest
from askul_connect.core.messages.sessions import ResumeSessionRequest
from askul_connect.core.operations import factors, recovery
from askul_connect.core.operations import supplier as operations
from askul_connect.core.operations.sessions import RESUME_SESSION
from askul_connect.core.ports.login_risk import NamedAssessor

PASSWORD = "Kaede-7-kaze"
NEW = "Momiji-8-yama"
MINUTE = timedelta(minutes=1)


class Fixed:
    """Says the same of every login."""

    def __init__(self, verdict: RiskVerdict) -> None:
        self.verdict = verdict

    def assess(self, facts: LoginFacts) -> RiskAssessment:
        return RiskAssessment(verdict=self.verdict, reasons=("because",))


def log_in(world: Any, person: Any, **more: Any) -> Any:
    request = LoginRequest(login_id=person.login_id, password=Secret(PASSWORD), **more)
    return world.call(operations.LOGIN, request)


def resume(world: Any, token: Secret) -> Any:
    return world.call(RESUME_SESSION, ResumeSessionRequest(device_token=token))


def prove(world: Any, person: Any, waiting: Secret, made: Any, **more: Any) -> Any:
    """The factor by the next code."""
    world.forward(MINUTE)
    code = Secret(made.at(world.clock.now()))
    return person.ask(factors.VERIFY_SECOND_FACTOR, waiting, code=code, **more)


def is_full(world: Any, token: Secret) -> bool:
    try:
        world.call(operations.GET_ACCOUNT, GetAccountRequest(), token=token)
    except SecondFactorRequired:
        return False
    return True


@pytest.mark.spec("AUTH-8", "AUTH-11")
def test_a_device_on_which_the_factor_was_proved_needs_none_next_time(everywhere: Any) -> None:
    world = everywhere
    person = world.person(world.customer())
    made, _ = person.enrol_totp()
    waiting = log_in(world, person, device="Firefox", remember=True)
    assert (waiting.stage, waiting.device_token) == (SessionStage.SECOND_FACTOR, None)
    proved = prove(world, person, waiting.session_token, made, remember=True)
    assert is_full(world, proved.session_token)
    assert proved.device_expires_at > world.clock.now() + timedelta(days=89)
    resumed = resume(world, proved.device_token)
    assert is_full(world, resumed.session_token)
    assert not resumed.second_factor_required
    answer = log_in(world, person, device_token=resumed.device_token)
    assert answer.stage is SessionStage.FULL
    assert answer.device_token not in (None, resumed.device_token)
    # by the password alone, from anywhere else, it is asked for as before
    assert log_in(world, person).stage is SessionStage.SECOND_FACTOR


@pytest.mark.spec("AUTH-8", "AUTH-11")
def test_a_device_from_before_the_factor_has_to_prove_it_once(everywhere: Any) -> None:
    world = everywhere
    person = world.person(world.customer())
    token = log_in(world, person, remember=True).device_token
    begun = person.ask(factors.ENROL_TOTP, label="phone")
    made = pyotp.TOTP(begun.seed.reveal())
    code = Secret(made.at(world.clock.now()))
    person.ask(factors.CONFIRM_TOTP, factor_id=begun.factor_id, code=code, end_other_sessions=False)
    resumed = resume(world, token)
    assert resumed.second_factor_required
    assert not is_full(world, resumed.session_token)
    proved = prove(world, person, resumed.session_token, made)
    # the device keeps the token it has
    assert (proved.device_token, proved.device_expires_at) == (None, None)
    assert is_full(world, resume(world, resumed.device_token).session_token)


@pytest.mark.spec("AUTH-8", "AUTH-11")
def test_a_device_is_remembered_only_on_request_and_where_the_account_allows_it(stored: Any) -> None:
    customer = stored.customer()
    person = stored.person(customer)
    made, _ = person.enrol_totp()
    assert prove(stored, person, person.log_in(), made).device_token is None
    with stored.storage.begin() as unit:
        (account,) = unit.accounts.all()
        unit.accounts.save(evolve(account, login=evolve(account.login, remember_me=False)))
    assert prove(stored, person, person.log_in(), made, remember=True).device_token is None


@pytest.mark.spec("AUTH-8", "AUTH-9")
@pytest.mark.parametrize(
    ("verdict", "stage"),
    [(RiskVerdict.NOTIFY, SessionStage.FULL), (RiskVerdict.SECOND_FACTOR, SessionStage.SECOND_FACTOR)],
)
def test_a_doubtful_login_proves_the_factor_though_the_device_is_known(
    stored: Any, verdict: RiskVerdict, stage: SessionStage
) -> None:
    person = stored.person(stored.customer())
    made, _ = person.enrol_totp()
    token = prove(stored, person, person.log_in(), made, remember=True).device_token
    assessor = NamedAssessor(name="fixed", fails_closed=False, assessor=Fixed(verdict))
    # a supplier that starts at the same instant would draw the same tokens again
    stored.forward(timedelta(seconds=1))
    stored.caller = stored.caller_of(stored.start(risk=(assessor,)))
    answer = log_in(stored, person, device_token=token)
    assert answer.stage is stage
    resumed = resume(stored, answer.device_token)
    assert resumed.second_factor_required == (stage is SessionStage.SECOND_FACTOR)


@pytest.mark.spec("AUTH-5", "AUTH-11")
@pytest.mark.parametrize("way", ["change", "reset", "temporary", "factors-reset", "factor-added"])
def test_whatever_ends_the_sessions_of_a_person_forgets_the_devices(stored: Any, way: str) -> None:
    customer = stored.customer()
    person = stored.person(customer)
    answer = log_in(stored, person, remember=True)
    with stored.storage.begin() as unit:
        user_id = unit.sessions.get(answer.session_token.fingerprint()).user_id
    if way == "change":
        stored.set_password(person.login_id, PASSWORD, NEW)
    elif way == "reset":
        reset(stored, person.login_id)
    elif way == "temporary":
        request = IssueTemporaryPasswordRequest(user_id=user_id)
        stored.call(operations.ISSUE_TEMPORARY_PASSWORD, request, token=customer.administrator)
    elif way == "factors-reset":
        request = factors.RESET_FACTORS.request(user_id=user_id, current_password=Secret(PASSWORD))
        stored.call(factors.RESET_FACTORS, request, token=customer.administrator)
    else:
        begun = person.ask(factors.ENROL_PASSKEY, label="key")
        assert begun.factor_id
        made = person.ask(factors.ENROL_TOTP, label="phone")
        code = Secret(pyotp.TOTP(made.seed.reveal()).at(stored.clock.now()))
        person.ask(factors.CONFIRM_TOTP, factor_id=made.factor_id, code=code, end_other_sessions=True)
    with pytest.raises(NotAuthenticated):
        stored.call(operations.GET_ACCOUNT, GetAccountRequest(), token=answer.session_token)
    with pytest.raises(LoginRefused):
        resume(stored, answer.device_token)


def reset(world: Any, email: str) -> None:
    """A new password by the token that was sent."""
    request = RequestPasswordResetRequest(email=email, company_name="見本ａ　㈱")
    world.call(recovery.REQUEST_PASSWORD_RESET, request)
    world.supplier.automation.work()
    sent = [json.loads(path.read_text("utf-8")) for path in (world.folder / "notices").glob("*.json")]
    (token,) = [Secret(one["secret"]) for one in sent if one["event"] == "password-reset"]
    world.call(recovery.RESET_PASSWORD, ResetPasswordRequest(reset_token=token, new_password=Secret(NEW)))


@pytest.mark.spec("AUTH-7", "AUTH-12")
def test_whoever_reads_the_mailbox_is_let_in_at_once(stored: Any) -> None:
    person = stored.person(stored.customer())
    for _ in range(6):
        refused = stored.attempt(person.login_id, "wrong")
    assert isinstance(refused, TooManyAttempts)
    reset(stored, person.login_id)
    assert stored.login(person.login_id, NEW).session_token
