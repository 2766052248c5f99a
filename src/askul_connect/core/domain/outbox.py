"""Messages that are to leave: stored before they are sent, marked after the acknowledgement (INT-6)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from attrs import frozen


class OutboxState(StrEnum):
    """State of an outgoing message.

    ``UNKNOWN`` was sent without an answer: it is asked for before anything is sent again. ``DEAD`` waits for a
    person, ``HELD`` for one who approves that it is sent so late.
    """

    PENDING = "pending"
    UNKNOWN = "unknown"
    SENT = "sent"
    REFUSED = "refused"
    DEAD = "dead"
    HELD = "held"


@frozen(kw_only=True)
class OutboxMessage:
    """One outgoing message.

    Attributes:
        kind: What it is, for instance ``place-order`` or ``erp-invoice``.
        business_key: What it is about; kind and key are unique together.
        target: Supplier connection, ERP connector or notification channel it goes to.
        body: JSON text of the message; its schema version is part of it.
        attempts: Tries that were answered or failed.
        next_attempt_at: Not before this instant.
        last_error: Code and detail of the last failure, empty when there was none.
        correlation_id: Follows the purchase order through both sides.
        created_at: When it was last asked for: by what caused it, or by a person who had it sent again.
    """

    message_id: str
    kind: str
    business_key: str
    target: str
    body: str
    state: OutboxState
    attempts: int
    next_attempt_at: datetime
    last_error: str
    correlation_id: str
    created_at: datetime
    done_at: datetime | None = None


class OutboxStep(StrEnum):
    """What was decided about a message; all but ``HOLD`` by a person."""

    RESEND = "resend"
    GIVE_UP = "give-up"
    REPAIR = "repair"
    HOLD = "hold"


_WAITS = (OutboxState.PENDING, OutboxState.HELD, OutboxState.DEAD)

#: What a decision makes of a message that is to leave; another one is refused. What may have been executed is settled
#: by asking alone, so it can be asked again and nothing else; what was sent or refused is over.
OUTBOX_STEPS: Mapping[tuple[OutboxState, OutboxStep], OutboxState] = MappingProxyType(
    {
        **{(state, OutboxStep.RESEND): OutboxState.PENDING for state in _WAITS},
        (OutboxState.UNKNOWN, OutboxStep.RESEND): OutboxState.UNKNOWN,
        **{(state, OutboxStep.GIVE_UP): OutboxState.REFUSED for state in _WAITS},
        **{(state, OutboxStep.REPAIR): OutboxState.PENDING for state in _WAITS},
        (OutboxState.PENDING, OutboxStep.HOLD): OutboxState.HELD,
    }
)


@frozen(kw_only=True)
class OutboxDecision:
    """Who decided what about a message, when and why.

    Attributes:
        by: A person's name, or ``askul-connect``.
        was: State of the message before.
    """

    message_id: str
    step: OutboxStep
    at: datetime
    by: str
    reason: str
    was: OutboxState
