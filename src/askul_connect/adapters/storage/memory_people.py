"""Limits of departments, changes of many users and invitations, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from askul_connect.adapters.storage.memory_tables import Journal, MemoryTable
from askul_connect.core.domain.invitations import Invitation
from askul_connect.core.domain.limits import DepartmentLimit
from askul_connect.core.domain.user_imports import UserImport, UserImportState


class MemoryDepartmentLimits:
    """Monthly limits of departments."""

    def __init__(self, journal: Journal) -> None:
        self._limits = MemoryTable[tuple[str, str], DepartmentLimit](
            journal, lambda one: (one.account_id, one.code)
        )

    def put(self, limit: DepartmentLimit) -> None:
        """Store or replace."""
        self._limits.put(limit)

    def remove(self, account_id: str, code: str) -> None:
        """Forget one, if there is one."""
        self._limits.remove((account_id, code))

    def of_account(self, account_id: str) -> Sequence[DepartmentLimit]:
        """All of an account, by code."""
        return sorted((one for one in self._limits if one.account_id == account_id), key=lambda one: one.code)


class MemoryUserImports:
    """Changes of many users at once."""

    def __init__(self, journal: Journal) -> None:
        self._imports = MemoryTable[tuple[str, str], UserImport](
            journal, lambda one: (one.account_id, one.import_id)
        )

    def add(self, change: UserImport) -> None:
        """Store a new one; StorageConflict when its id exists."""
        self._imports.insert(change)

    def save(self, change: UserImport) -> None:
        """Store its new state."""
        self._imports.replace(change)

    def get(self, account_id: str, import_id: str) -> UserImport | None:
        """By id within the account, held against other writers until the unit ends."""
        return self._imports.get((account_id, import_id))

    def of_account(self, account_id: str) -> Sequence[UserImport]:
        """All of an account, newest first."""
        own = (one for one in self._imports if one.account_id == account_id)
        return sorted(own, key=lambda one: (one.created_at, one.import_id), reverse=True)

    def waiting(self) -> Sequence[UserImport]:
        """Those of all accounts that wait for their date, by date, creation and id; staff only."""
        found = (one for one in self._imports if one.state is UserImportState.WAITING)
        return sorted(found, key=lambda one: (one.effective_on, one.created_at, one.import_id))


class MemoryInvitations:
    """Invitations of users of other accounts."""

    def __init__(self, journal: Journal) -> None:
        self._invitations = MemoryTable[tuple[str, str], Invitation](
            journal, lambda one: (one.account_id, one.invitation_id)
        )

    def add(self, invitation: Invitation) -> None:
        """Store a new one; StorageConflict when its id exists."""
        self._invitations.insert(invitation)

    def save(self, invitation: Invitation) -> None:
        """Store its new state."""
        self._invitations.replace(invitation)

    def get(self, account_id: str, invitation_id: str) -> Invitation | None:
        """By id within the account that invites, held against other writers until the unit ends."""
        return self._invitations.get((account_id, invitation_id))

    def of_account(self, account_id: str) -> Sequence[Invitation]:
        """All that an account has sent, newest first."""
        own = (one for one in self._invitations if one.account_id == account_id)
        return sorted(own, key=lambda one: (one.invited_at, one.invitation_id), reverse=True)

    def forget(self, before: datetime) -> int:
        """Remove those of all accounts whose time was over earlier; returns how many there were."""
        old = [one for one in self._invitations if one.expires_at < before]
        for one in old:
            self._invitations.remove((one.account_id, one.invitation_id))
        return len(old)
