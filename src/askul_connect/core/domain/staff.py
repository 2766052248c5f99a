"""The supplier's own people who log in, and their states as a table (AUTH-19, AUTH-20)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from attrs import frozen


class StaffState(StrEnum):
    """State of a staff member; only an active one logs in."""

    ACTIVE = "active"
    REMOVED = "removed"


class StaffStep(StrEnum):
    """What can happen to a staff member."""

    REMOVE = "remove"


#: Who was removed never comes back: a new entry is made, with a new password and a new second factor.
STAFF_STEPS: Mapping[tuple[StaffState, StaffStep], StaffState] = MappingProxyType(
    {(StaffState.ACTIVE, StaffStep.REMOVE): StaffState.REMOVED}
)


@frozen(kw_only=True)
class StaffMember:
    """One of the supplier's own people.

    Attributes:
        login_name: What is typed; compared by ``login_key``, which is unique for good.
        password_temporary: The password only lets one set another one.
        password_expires_at: When a temporary password stops working.
        seed: Of the second factor, encrypted by a key outside the database; empty once the person is removed.
        last_step: The highest time step whose code was accepted; no code of it or of an earlier one is again.
        failures: Failed logins in a row.
        paused_until: Until then nothing is accepted, whatever is typed; None when no pause was due.
        added_by: Id of the staff member who added this one; empty for the first, from the supplier's machine.
    """

    staff_id: str
    login_name: str
    login_key: str
    name: str
    state: StaffState
    password_hash: str
    password_temporary: bool
    password_expires_at: datetime | None
    seed: str
    added_by: str
    created_at: datetime
    last_step: int = 0
    failures: int = 0
    paused_until: datetime | None = None
    removed_at: datetime | None = None
