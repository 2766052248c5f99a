"""What is recorded for good: audit records and the chains that seal them (AUTH-10, AUTH-17)."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen


@frozen(kw_only=True)
class AuditRecord:
    """Something that was done; append-only.

    Attributes:
        account_id: Whose it is; empty for what is the supplier's own.
        sequence: Its place in the account's chain, from 1.
        actor: Id of the user, credential or staff member who did it.
        action: What was done, as ``noun-verb`` (``password-changed``).
        subject: Id of what it was done to.
        detail: JSON text of further facts; never a secret, personal data only as far as the record is about them.
        reference: The number under which the caller knows of it.
        seal: Over the record and the one before it, by a key that is not in the database.
    """

    account_id: str
    sequence: int
    at: datetime
    actor: str
    action: str
    subject: str
    detail: str
    reference: str
    seal: str


@frozen(kw_only=True)
class ChainHead:
    """The last entry of a chain: what is exported, so that a cut end is noticed."""

    chain: str
    sequence: int
    seal: str
