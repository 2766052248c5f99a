"""Tables that both sides have: the outbox and the named facts."""

from __future__ import annotations

import sqlalchemy as sa

from askul_connect.adapters.storage.sql.columns import columns_of, place, text
from askul_connect.adapters.storage.sql.rows import Rows
from askul_connect.core.domain.outbox import OutboxMessage

OUTBOX_ROWS = Rows(OutboxMessage)


def outbox_table(metadata: sa.MetaData) -> sa.Table:
    """Outgoing messages; one message of a kind about a business key."""
    return sa.Table(
        "outbox",
        metadata,
        place(),
        *columns_of(OUTBOX_ROWS),
        sa.UniqueConstraint("message_id"),
        sa.UniqueConstraint("kind", "business_key"),
        sa.Index("ix_outbox_state_next_attempt_at", "state", "next_attempt_at"),
    )


def facts_table(metadata: sa.MetaData) -> sa.Table:
    """Single named texts."""
    return sa.Table("facts", metadata, text("name"), text("text"), sa.PrimaryKeyConstraint("name"))
