"""Messages that are to leave: stored before they are sent, marked after the acknowledgement (INT-6)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

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
