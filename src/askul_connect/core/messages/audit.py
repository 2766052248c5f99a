"""Requests and responses about audit records (AUTH-17)."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from askul_connect.core.messages.paging import ListRequest, PageInfo


@frozen(kw_only=True)
class ListAuditRecordsRequest(ListRequest):
    """The account's audit records behind a cursor, oldest first."""


@frozen(kw_only=True)
class AuditEntry:
    """One thing that was done.

    Attributes:
        sequence: Its place in the account's chain, from 1, without gaps.
        actor: Id of the user, client credential or staff member who did it; empty when nobody was logged in.
        action: What was done.
        subject: Id of what it was done to.
        detail: JSON text of further facts.
        seal: Over this record and the one before it.
    """

    sequence: int
    at: datetime
    actor: str
    action: str
    subject: str
    detail: str
    reference: str
    seal: str


@frozen(kw_only=True)
class ListAuditRecordsResponse:
    """One page of audit records; none is ever deleted."""

    records: tuple[AuditEntry, ...]
    page: PageInfo


@frozen(kw_only=True)
class ExportAuditHeadRequest:
    """The heads of all chains, to be kept where nobody can change them (AUTH-10)."""


@frozen(kw_only=True)
class AuditHead:
    """The last entry of one chain."""

    chain: str
    sequence: int
    seal: str


@frozen(kw_only=True)
class ExportAuditHeadResponse:
    """All heads at an instant.

    Attributes:
        signature: HMAC-SHA-256 in hex over instant and heads, by the key outside the database.
    """

    at: datetime
    heads: tuple[AuditHead, ...]
    signature: str
