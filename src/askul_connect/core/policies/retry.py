"""When a failed message is tried again, and what may have become of it (INT-6)."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from attrs import evolve

from askul_connect.core.domain.outbox import OutboxMessage, OutboxState
from askul_connect.core.errors import (
    AccessDenied,
    AskulConnectError,
    CapabilityMissing,
    ConfigurationError,
    Fault,
    NotAuthenticated,
    OutcomeUnknown,
    PartnerRefused,
    PartnerUnreachable,
)
from askul_connect.core.policies.settings import OutboxSettings

_JITTER_STEPS = 1_000
_OURS_TO_SET_UP = (NotAuthenticated, AccessDenied, ConfigurationError)


def is_refusal(error: AskulConnectError) -> bool:
    """Whether the partner has looked at a message and says no for good: the same message again is useless."""
    return error.fault is Fault.CALLER and not error.retryable and not is_setup_wrong(error)


def is_setup_wrong(error: AskulConnectError) -> bool:
    """Whether our identity or configuration is not accepted, which says nothing about the message."""
    return isinstance(error, _OURS_TO_SET_UP)


def is_connection_lost(error: AskulConnectError) -> bool:
    """Whether the next message to the same partner would fail in the same way now."""
    return isinstance(error, PartnerUnreachable | OutcomeUnknown) or is_setup_wrong(error)


def is_certainly_not_done(error: AskulConnectError) -> bool:
    """Whether the error proves that the partner did nothing; any other leaves the outcome unknown."""
    return error.fault is Fault.CALLER or isinstance(
        error, PartnerUnreachable | PartnerRefused | CapabilityMissing
    )


def after_failure(
    message: OutboxMessage, error: AskulConnectError, now: datetime, settings: OutboxSettings
) -> OutboxMessage:
    """The message after a try that failed without a refusal.

    Waiting doubles from the first retry to the longest, or as long as the partner asks for; up to a quarter of it is
    added by the message's own id, so that many messages do not come back at the same instant. After the last
    attempt the message waits for a person. A try before its time, because somebody started a run, is free: it does
    not count. A message whose outcome is unknown never gives up, since only asking the partner can settle it.

    Args:
        message: As it was when the try began; unknown when the partner has still to be asked about an earlier one.
        error: What happened.
        now: When.
        settings: How often and how long.
    """
    unknown = message.state is OutboxState.UNKNOWN or not is_certainly_not_done(error)
    state = OutboxState.UNKNOWN if unknown else OutboxState.PENDING
    last_error = f"{error.code}: {error.detail}"
    if now < message.next_attempt_at:
        return evolve(message, state=state, last_error=last_error)
    attempts = message.attempts + 1
    if attempts >= settings.attempts and not unknown:
        state = OutboxState.DEAD
    return evolve(
        message,
        state=state,
        attempts=attempts,
        next_attempt_at=now + timedelta(seconds=_wait(message, attempts, error, settings)),
        last_error=last_error,
    )


def is_stale(message: OutboxMessage, now: datetime, settings: OutboxSettings) -> bool:
    """Whether an order was asked for so long ago that a person decides whether it is still wanted."""
    days = settings.stale_after_days
    return days > 0 and now - message.created_at > timedelta(days=days)


def _wait(message: OutboxMessage, attempts: int, error: AskulConnectError, settings: OutboxSettings) -> int:
    """Whole seconds until the next try."""
    # no wait needs more doublings than this, and a message that never gives up would ask for very large numbers
    doublings = min(attempts - 1, settings.longest_retry_seconds.bit_length())
    wait = min(settings.first_retry_seconds << doublings, settings.longest_retry_seconds)
    wait = max(wait, error.retry_after or 0)
    share = int.from_bytes(hashlib.sha256(message.message_id.encode()).digest()[:4], "big") % _JITTER_STEPS
    return wait + wait * share // (4 * _JITTER_STEPS)
