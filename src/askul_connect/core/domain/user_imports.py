"""Changes of many users at once, now or at a date (ACC-6)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType

from attrs import frozen


class UserImportState(StrEnum):
    """State of an import of users."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class UserImportStep(StrEnum):
    """What can happen to an import of users."""

    CARRY_OUT = "carry_out"
    FAIL = "fail"
    CANCEL = "cancel"


#: One that failed at its date stays so: its file is corrected and imported anew.
USER_IMPORT_STEPS: Mapping[tuple[UserImportState, UserImportStep], UserImportState] = MappingProxyType(
    {
        (UserImportState.WAITING, UserImportStep.CARRY_OUT): UserImportState.DONE,
        (UserImportState.WAITING, UserImportStep.FAIL): UserImportState.FAILED,
        (UserImportState.WAITING, UserImportStep.CANCEL): UserImportState.CANCELLED,
    }
)


@frozen(kw_only=True)
class UserImport:
    """One file of changes.

    Attributes:
        created_by: Id of the administrator; carries it out at its date in that name.
        effective_on: The business day, in the supplier's zone, from whose beginning the changes are in force.
        text: The file.
        rows: How many changes it has.
        ended_at: When it was carried out, failed or was cancelled.
        failure: Why it failed, finding by finding; empty otherwise.
    """

    import_id: str
    account_id: str
    created_by: str
    created_at: datetime
    effective_on: date
    state: UserImportState
    text: str
    rows: int
    ended_at: datetime | None = None
    failure: str = ""
