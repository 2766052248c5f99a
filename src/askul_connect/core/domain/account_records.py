"""What is kept beside an account: earlier registered data, erasures, attempts to register (ACC-4, ACC-7, ACC-8)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from attrs import frozen


@frozen(kw_only=True)
class AccountSnapshot:
    """The registered data of an account as they were until a change (ACC-7).

    Attributes:
        version: The version the data had; account and version name the snapshot.
        at: When they were replaced.
        actor: Id of who replaced them.
        body: JSON text of the data; empty once they are erased.
    """

    account_id: str
    version: int
    at: datetime
    actor: str
    body: str


class ErasureExtent(StrEnum):
    """How much is erased (ACC-8)."""

    CONTACTS = "contacts"
    EVERYTHING = "everything"


@frozen(kw_only=True)
class Erasure:
    """Personal data were erased; legal records and what seals cover stay.

    Attributes:
        user_id: The one person concerned; empty when it was the whole account.
        extent: ``CONTACTS`` leaves the login ID and the password hash, so that a login can be answered.
    """

    account_id: str
    user_id: str
    extent: ErasureExtent
    at: datetime
    actor: str


@frozen(kw_only=True)
class RegistrationAttempt:
    """Somebody tried to register; counted for each source, and forgotten (ACC-4).

    Attributes:
        source: Keyed hash of the address it came from.
    """

    attempt_id: str
    source: str
    at: datetime
