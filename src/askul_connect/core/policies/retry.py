"""When a failed message is tried again (INT-6)."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from attrs import evolve

from askul_connect.core.domain.outbox import OutboxMessage, OutboxState
from askul_connect.core.errors import AskulConnectError, OutcomeUnknown
from askul_connect.core.policies.settings import OutboxSettings

_JITTER_STEPS = 1_000


def after_failure(
    message: OutboxMessage, error: AskulConnectError, now: datetime, settings: OutboxSettings
) -> OutboxMessage:
    """The message after a transient failure.

    Waiting doubles from the first retry to the longest; up to a quarter of it is added by the message's own id, so
    that many messages do not come back at the same instant. After the last attempt it waits for a person; a message
    whose outcome is unknown stays so, since only asking the partner can settle it.
    """
    attempts = message.attempts + 1
    wait = min(settings.first_retry_seconds * 2 ** (attempts - 1), settings.longest_retry_seconds)
    share = int.from_bytes(hashlib.sha256(message.message_id.encode()).digest()[:4], "big") % _JITTER_STEPS
    unknown = isinstance(error, OutcomeUnknown) or message.state is OutboxState.UNKNOWN
    state = OutboxState.UNKNOWN if unknown else OutboxState.PENDING
    if attempts >= settings.attempts:
        state = OutboxState.DEAD
    return evolve(
        message,
        state=state,
        attempts=attempts,
        next_attempt_at=now + timedelta(seconds=wait + wait * share // (4 * _JITTER_STEPS)),
        last_error=f"{error.code}: {error.detail}",
    )
