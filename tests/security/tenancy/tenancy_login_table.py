"""Entries of second factors, sessions, locks, the login history and the login policy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import evolve
from tenancy_callers import Caller, canary
from tenancy_entry import ABSENT, COMPANY, Asked, Entry, listed, ticket_of_own
from tenancy_estate import PASSWORD

from askul_connect.core.domain.accounts import Role, SecondFactorRule, SessionStage
from askul_connect.core.domain.factors import FactorState
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import IllegalStep, NotAuthenticated
from askul_connect.core.messages import factors, sessions

_PROOF = Secret(PASSWORD)
_FAILURES = 3


def _token(asked: Asked) -> Secret | None:
    """Of whom a request is to name something: the caller, or the administrator of another account."""
    return asked.estate.administrators[asked.account] if asked.whose == COMPANY else asked.caller.token


def _factor(asked: Asked, state: FactorState) -> str:
    return (
        "absent"
        if asked.whose == ABSENT
        else asked.estate.people_of.totp(_token(asked), state, canary(asked.own))
    )


def _factors(asked: Asked) -> Mapping[str, Any]:
    """The caller's factors as they are stored."""
    session = asked.estate.people_of.session_of(asked.caller.token)
    return asked.estate.people_of.factors_of(session.home_account_id, session.user_id) if session else {}


def _states(asked: Asked) -> set[FactorState]:
    return {one.state for one in _factors(asked).values()}


def _after(make: Callable[[Asked], Any], state: FactorState | None = None) -> Callable[[Asked], Any]:
    """A request of a caller whose session is as it was, with a factor in a state or none."""

    def request(asked: Asked) -> Any:
        asked.estate.people_of.restore()
        if state is not None:
            asked.estate.people_of.totp(asked.caller.token, state, canary(asked.own))
        return make(asked)

    return request


def _needs_waiting(caller: Caller) -> str:
    """Who calls what is declared to need no login, and goes on with a session that waits for its factor."""
    if caller.token is None or not caller.alive:
        return NotAuthenticated.code
    return "" if caller.stage is SessionStage.SECOND_FACTOR else IllegalStep.code


def _confirm_passkey(asked: Asked) -> Any:
    factor_id, made = "absent", "{}"
    may = asked.caller.alive and asked.caller.stage in (SessionStage.FULL, SessionStage.FACTOR_ENROLMENT)
    if asked.whose != ABSENT and may:
        asked.estate.people_of.restore()
        factor_id, made = asked.estate.people_of.begun_passkey(_token(asked))
    return factors.ConfirmPasskeyRequest(factor_id=factor_id, credential=made, end_other_sessions=False)


def _start_verification(asked: Asked) -> Any:
    people = asked.estate.people_of
    people.restore()
    if asked.caller.stage is SessionStage.SECOND_FACTOR:
        # the same person in a session that may
        people.passkey(asked.estate.callers["administrator"].token)
    return factors.StartPasskeyVerificationRequest()


def _ended(asked: Asked) -> bool:
    session = asked.estate.people_of.session_of(asked.caller.token)
    return session is not None and session.ended_at == asked.estate.clock.now()


def _session_id(asked: Asked) -> str:
    return "absent" if asked.whose == ABSENT else asked.estate.people_of.beside(_token(asked))


def _reset(asked: Asked) -> Any:
    if asked.whose != ABSENT:
        asked.person("someone")
        asked.estate.people_of.totp_of(asked.account, "someone")
    return factors.ResetFactorsRequest(user_id=asked.user(), current_password=_PROOF)


def _was_reset(answer: Any, asked: Asked) -> bool:
    estate = asked.estate
    found = estate.people_of.factors_of(estate.account_ids[asked.own], estate.people[asked.own, "someone"])
    states = {one.state for one in found.values()}
    return bool(answer.temporary_password.reveal()) and states == {FactorState.REMOVED}


def _ticket(asked: Asked) -> str:
    """For the supplier's own people; an administrator needs none."""
    return ticket_of_own(asked) if asked.caller.role is Role.SUPPLIER else ""


def _unlock(asked: Asked) -> Any:
    if asked.whose != ABSENT:
        asked.person("someone")
        asked.estate.people_of.failed(asked.account, "someone", _FAILURES)
    return sessions.UnlockUserRequest(user_id=asked.user(), ticket=_ticket(asked))


def _policy(asked: Asked) -> Any:
    """Another number of days than there is, as nobody's idle time may change here."""
    asked.estate.people_of.restore()
    with asked.estate.storage.begin() as unit:
        account = unit.accounts.get(asked.estate.account_ids[asked.own])
    assert account is not None
    return factors.SetLoginPolicyRequest(
        second_factor=account.login.second_factor,
        remember_me=account.login.remember_me,
        idle_minutes=account.login.idle_minutes,
        password_days=90 if account.login.password_days != 90 else 91,
        current_password=_PROOF,
    )


_history = listed(sessions.ListLoginHistoryRequest, "ListLoginHistory")


def _history_of(asked: Asked) -> Any:
    """One's own attempts; else those of the number that another account's login, or none, was recorded under."""
    request = evolve(_history(asked), ticket=_ticket(asked))
    if asked.whose == ABSENT:
        return evolve(request, reference="0000000000")
    if asked.whose == COMPANY:
        token = asked.estate.administrators[asked.account]
        operation = asked.estate.supplier.dispatcher.registry.get("ListLoginHistory")
        found = asked.estate.call(operation, sessions.ListLoginHistoryRequest(), token)
        return evolve(request, reference=found.attempts[0].reference)
    return request


def _is_canary(answer: Any, asked: Asked) -> bool:
    return canary(asked.own) in answer.account_name and bool(answer.session_token.reveal())


LOGIN_ENTRIES: Mapping[str, Entry] = {
    "ListFactors": Entry(
        request=_after(lambda _: factors.ListFactorsRequest(), FactorState.ACTIVE),
        reaches=lambda answer, asked: (
            [one.label for one in answer.factors] == [canary(asked.own)]
            and answer.stage is asked.caller.stage
        ),
    ),
    "EnrolTotp": Entry(
        request=_after(
            lambda asked: factors.EnrolTotpRequest(label=canary(asked.own), current_password=_PROOF)
        ),
        reaches=lambda answer, asked: answer.factor_id in _factors(asked) and bool(answer.seed.reveal()),
        free={"label", "current_password"},
        wrong=(lambda _: factors.EnrolTotpRequest(label="", current_password=_PROOF),),
    ),
    "ConfirmTotp": Entry(
        request=lambda asked: factors.ConfirmTotpRequest(
            factor_id=_factor(asked, FactorState.PENDING),
            code=asked.estate.people_of.code(),
            end_other_sessions=False,
        ),
        reaches=lambda answer, asked: (
            answer.confirmed_at == asked.estate.clock.now() and FactorState.ACTIVE in _states(asked)
        ),
        names={"factor_id"},
        free={"code"},
    ),
    "EnrolPasskey": Entry(
        request=_after(lambda _: factors.EnrolPasskeyRequest(label="x", current_password=_PROOF)),
        reaches=lambda answer, asked: answer.factor_id in _factors(asked) and "challenge" in answer.options,
        free={"label", "current_password"},
        wrong=(lambda _: factors.EnrolPasskeyRequest(label="", current_password=_PROOF),),
    ),
    "ConfirmPasskey": Entry(
        request=_confirm_passkey,
        reaches=lambda answer, asked: (
            answer.confirmed_at == asked.estate.clock.now() and FactorState.ACTIVE in _states(asked)
        ),
        names={"factor_id"},
        free={"credential"},
    ),
    "RemoveFactor": Entry(
        request=lambda asked: factors.RemoveFactorRequest(
            factor_id=_factor(asked, FactorState.ACTIVE), current_password=_PROOF, end_other_sessions=False
        ),
        reaches=lambda answer, asked: answer.factors_left == 0 and _states(asked) == {FactorState.REMOVED},
        names={"factor_id"},
        free={"current_password"},
    ),
    "RenewRecoveryCodes": Entry(
        request=_after(
            lambda _: factors.RenewRecoveryCodesRequest(current_password=_PROOF), FactorState.ACTIVE
        ),
        reaches=lambda answer, _: len(set(answer.recovery_codes)) == 10,
        free={"current_password"},
    ),
    "ResetFactors": Entry(
        request=_reset,
        reaches=_was_reset,
        names={"user_id"},
        free={"current_password"},
    ),
    "StartPasskeyVerification": Entry(
        request=_start_verification,
        reaches=lambda answer, _: "challenge" in answer.options,
        refuses=_needs_waiting,
    ),
    "VerifySecondFactor": Entry(
        request=_after(
            lambda asked: factors.VerifySecondFactorRequest(code=asked.estate.people_of.code()),
            FactorState.ACTIVE,
        ),
        reaches=_is_canary,
        free={"code", "recovery_code", "passkey"},
        wrong=(lambda _: factors.VerifySecondFactorRequest(),),
        refuses=_needs_waiting,
    ),
    "StartPasskeyLogin": Entry(
        request=lambda asked: factors.StartPasskeyLoginRequest(login_id=f"admin@{canary(asked.own)}.example"),
        reaches=lambda answer, _: "challenge" in answer.options,
        free={"login_id"},
    ),
    "LoginWithPasskey": Entry(
        request=lambda asked: factors.LoginWithPasskeyRequest(
            passkey=asked.estate.people_of.passkey_answer(asked.own)
        ),
        reaches=_is_canary,
        free={"passkey", "device"},
        wrong=(lambda _: factors.LoginWithPasskeyRequest(passkey="x"),),
    ),
    "GetLoginPolicy": Entry(
        request=lambda _: factors.GetLoginPolicyRequest(),
        reaches=lambda answer, _: answer.people_without_factor > 0,
    ),
    "SetLoginPolicy": Entry(
        request=_policy,
        reaches=lambda answer, _: answer.changed,
        free={"current_password"},
        wrong=(
            lambda _: factors.SetLoginPolicyRequest(
                second_factor=SecondFactorRule.OPTIONAL,
                remember_me=True,
                idle_minutes=1,
                current_password=_PROOF,
            ),
        ),
    ),
    "ResumeSession": Entry(
        request=lambda asked: sessions.ResumeSessionRequest(
            device_token=asked.estate.people_of.device_token(asked.own, "remembered")
        ),
        reaches=_is_canary,
        free={"device_token", "device"},
        wrong=(lambda _: sessions.ResumeSessionRequest(device_token=Secret("x")),),
    ),
    "Logout": Entry(
        request=_after(lambda _: sessions.LogoutRequest()),
        reaches=lambda answer, asked: answer.ended_at == asked.estate.clock.now() and _ended(asked),
    ),
    "ListSessions": Entry(
        request=lambda _: sessions.ListSessionsRequest(),
        reaches=lambda answer, _: sum(one.current for one in answer.sessions) == 1,
    ),
    "EndSession": Entry(
        request=lambda asked: sessions.EndSessionRequest(session_id=_session_id(asked)),
        reaches=lambda answer, _: answer.ended == 1,
        names={"session_id"},
        wrong=(lambda _: sessions.EndSessionRequest(),),
    ),
    "UnlockUser": Entry(
        request=_unlock,
        reaches=lambda answer, _: answer.failures == _FAILURES,
        names={"user_id"},
        free={"ticket"},
    ),
    "ListLoginHistory": Entry(
        request=_history_of,
        reaches=lambda answer, _: any(one.result == "success" for one in answer.attempts),
        names={"cursor", "reference"},
        free={"ticket"},
        wrong=(
            lambda _: sessions.ListLoginHistoryRequest(page_size=0),
            lambda _: sessions.ListLoginHistoryRequest(cursor="注文"),
        ),
    ),
}
