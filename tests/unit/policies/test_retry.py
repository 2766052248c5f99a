"""When a failed message goes again, when it waits for a person, and what must be asked for first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from askul_connect.core.domain.outbox import OutboxMessage, OutboxState
from askul_connect.core.errors import (
    AccessDenied,
    AskulConnectError,
    CapabilityMissing,
    ConfigurationError,
    InternalError,
    NotAuthenticated,
    NotFound,
    OrderRefused,
    OutcomeUnknown,
    PartnerAnswerInvalid,
    PartnerRefused,
    PartnerUnreachable,
    ServiceStopped,
    concrete_errors,
)
from askul_connect.core.policies.retry import (
    after_failure,
    is_certainly_not_done,
    is_connection_lost,
    is_refusal,
    is_setup_wrong,
)
from askul_connect.core.policies.settings import OutboxSettings

NOW = datetime(2026, 4, 1, tzinfo=UTC)
SETTINGS = OutboxSettings(attempts=3, first_retry_seconds=100, longest_retry_seconds=1_000)


def message(**changes: Any) -> OutboxMessage:
    made = OutboxMessage(
        message_id="m-1",
        kind="place-order",
        business_key="PO-1",
        target="askul",
        body="{}",
        state=OutboxState.PENDING,
        attempts=0,
        next_attempt_at=NOW,
        last_error="",
        correlation_id="",
        created_at=NOW,
    )
    return evolve(made, **changes)


def wait(made: OutboxMessage) -> int:
    return int((made.next_attempt_at - NOW).total_seconds())


@pytest.mark.spec("INT-6")
@pytest.mark.parametrize(
    ("error", "refusal", "setup", "lost", "not_done"),
    [
        (OrderRefused("x"), True, False, False, True),
        (NotFound("x"), True, False, False, True),
        (NotAuthenticated("x"), False, True, True, True),
        (AccessDenied("x"), False, True, True, True),
        (ConfigurationError("x"), False, True, True, True),
        (ServiceStopped("x"), False, False, False, True),
        (PartnerUnreachable("x"), False, False, True, True),
        (OutcomeUnknown("x"), False, False, True, False),
        (PartnerAnswerInvalid("x"), False, False, False, False),
        (PartnerRefused("x"), False, False, False, True),
        (CapabilityMissing("x"), False, False, False, True),
        (InternalError("x"), False, False, False, False),
    ],
    ids=lambda value: value.code if isinstance(value, AskulConnectError) else str(value),
)
def test_what_an_error_says_of_the_message(
    error: AskulConnectError, refusal: bool, setup: bool, lost: bool, not_done: bool
) -> None:
    assert is_refusal(error) is refusal
    assert is_setup_wrong(error) is setup
    assert is_connection_lost(error) is lost
    assert is_certainly_not_done(error) is not_done


@pytest.mark.spec("INT-6")
def test_nothing_that_may_have_been_done_is_ever_pending_again() -> None:
    for kind in concrete_errors().values():
        made = after_failure(message(), kind("x"), NOW, SETTINGS)
        assert (made.state is OutboxState.PENDING) == is_certainly_not_done(kind("x"))


@pytest.mark.spec("INT-6")
def test_waiting_doubles_up_to_the_longest_and_is_given_up() -> None:
    made, waits, states = message(), [], []
    for _ in range(SETTINGS.attempts):
        made = after_failure(made, PartnerUnreachable("down"), made.next_attempt_at, SETTINGS)
        states.append(made.state)
        waits.append(made.attempts)
    assert waits == [1, 2, 3]
    assert states == [OutboxState.PENDING, OutboxState.PENDING, OutboxState.DEAD]
    assert made.last_error == "partner-unreachable: down"


@pytest.mark.spec("INT-6")
@given(attempts=st.integers(0, 10**6), message_id=st.text(min_size=1))
def test_the_wait_is_the_doubled_one_and_at_most_a_quarter_more(attempts: int, message_id: str) -> None:
    settings = OutboxSettings(attempts=10**9, first_retry_seconds=60, longest_retry_seconds=3_600)
    made = after_failure(
        message(attempts=attempts, message_id=message_id), PartnerUnreachable("x"), NOW, settings
    )
    plain = 3_600 if attempts >= 6 else 60 * 2**attempts
    assert plain <= wait(made) <= plain + plain // 4


@pytest.mark.spec("INT-6")
def test_many_messages_do_not_come_back_at_one_instant() -> None:
    waits = {
        wait(after_failure(message(message_id=f"m-{number}"), PartnerUnreachable("x"), NOW, SETTINGS))
        for number in range(50)
    }
    assert len(waits) > 10


@pytest.mark.spec("INT-6")
def test_the_partner_may_ask_for_more_patience_and_not_for_less() -> None:
    patient = after_failure(message(), PartnerUnreachable("x", retry_after=5_000), NOW, SETTINGS)
    hasty = after_failure(message(), PartnerUnreachable("x", retry_after=1), NOW, SETTINGS)
    assert wait(patient) >= 5_000
    assert wait(hasty) >= 100


@pytest.mark.spec("INT-6")
def test_a_try_before_its_time_does_not_count() -> None:
    first = after_failure(message(), PartnerUnreachable("down"), NOW, SETTINGS)
    early = after_failure(first, PartnerRefused("teapot"), NOW + timedelta(seconds=1), SETTINGS)
    assert early == evolve(first, last_error="partner-refused: teapot")


@pytest.mark.spec("INT-6")
def test_an_unknown_outcome_is_never_given_up_and_never_forgotten() -> None:
    made = message(state=OutboxState.UNKNOWN)
    for _ in range(10 * SETTINGS.attempts):
        made = after_failure(made, PartnerUnreachable("down"), made.next_attempt_at, SETTINGS)
        assert made.state is OutboxState.UNKNOWN
