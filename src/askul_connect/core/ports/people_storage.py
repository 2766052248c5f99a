"""What the supplier keeps of limits, of changes to many users and of invitations; all by account."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from askul_connect.core.domain.invitations import Invitation
from askul_connect.core.domain.limits import DepartmentLimit
from askul_connect.core.domain.user_imports import UserImport


class DepartmentLimitRepository(Protocol):
    """Monthly limits of departments."""

    def put(self, limit: DepartmentLimit) -> None:
        """Store or replace."""
        ...

    def remove(self, account_id: str, code: str) -> None:
        """Forget one, if there is one."""
        ...

    def of_account(self, account_id: str) -> Sequence[DepartmentLimit]:
        """All of an account, by code."""
        ...


class UserImportRepository(Protocol):
    """Changes of many users at once."""

    def add(self, change: UserImport) -> None:
        """Store a new one; StorageConflict when its id exists."""
        ...

    def save(self, change: UserImport) -> None:
        """Store its new state."""
        ...

    def get(self, account_id: str, import_id: str) -> UserImport | None:
        """By id within the account, held against other writers until the unit ends."""
        ...

    def of_account(self, account_id: str) -> Sequence[UserImport]:
        """All of an account, newest first."""
        ...

    def waiting(self) -> Sequence[UserImport]:
        """Those of all accounts that wait for their date, by date, creation and id; staff only."""
        ...


class InvitationRepository(Protocol):
    """Invitations of users of other accounts."""

    def add(self, invitation: Invitation) -> None:
        """Store a new one; StorageConflict when its id exists."""
        ...

    def save(self, invitation: Invitation) -> None:
        """Store its new state."""
        ...

    def get(self, account_id: str, invitation_id: str) -> Invitation | None:
        """By id within the account that invites, held against other writers until the unit ends."""
        ...

    def of_account(self, account_id: str) -> Sequence[Invitation]:
        """All that an account has sent, newest first."""
        ...

    def forget(self, before: datetime) -> int:
        """Remove those of all accounts whose time was over earlier; returns how many there were."""
        ...
