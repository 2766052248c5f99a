"""What is kept beside accounts, and what concerns all records of one account at once (ACC-3, ACC-4, ACC-7, ACC-8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from askul_connect.core.domain.account_records import AccountSnapshot, Erasure, RegistrationAttempt
from askul_connect.core.domain.accounts import LoginRecord


class SnapshotRepository(Protocol):
    """Registered data as they were before each change."""

    def add(self, snapshot: AccountSnapshot) -> None:
        """Store; StorageConflict when the account has one of that version."""
        ...

    def get(self, account_id: str, version: int) -> AccountSnapshot | None:
        """That of a version within the account."""
        ...

    def of_account(self, account_id: str) -> Sequence[AccountSnapshot]:
        """All of an account, by version."""
        ...

    def erase(self, account_id: str) -> None:
        """Empty the bodies of all of an account."""
        ...


class ErasureRepository(Protocol):
    """What was erased, append-only."""

    def add(self, erasure: Erasure) -> None:
        """Store; StorageConflict when the same was erased before."""
        ...

    def of_account(self, account_id: str) -> Sequence[Erasure]:
        """Those of an account and its people, oldest first."""
        ...


class RegistrationAttemptRepository(Protocol):
    """Attempts to register."""

    def add(self, attempt: RegistrationAttempt) -> None:
        """Store."""
        ...

    def since(self, source: str, at: datetime) -> int:
        """How many of a source there were from an instant on."""
        ...

    def forget(self, before: datetime) -> None:
        """Remove the older ones."""
        ...


class AccountMoves(Protocol):
    """Work on all records of one account, in the unit of work of what asks for it."""

    def move(self, origin: str, target: str, departments: Mapping[str, str]) -> Mapping[str, int]:
        """Give everything an account owns to another one; sealed records and snapshots stay.

        Departments get the codes of the mapping, also where orders, shipped lines, memberships and credentials name
        them. Documents are not changed. Memberships of people who belong to both stay where they are, and so do keyed
        calls whose key the other account has used: the caller settles them before, or leaves them.

        Returns:
            How many there were, by table.
        """
        ...

    def erase_logins(self, records: Sequence[LoginRecord]) -> None:
        """Store login records again whose personal data are replaced by what their seal covers."""
        ...

    def erase_sessions(self, user_id: str) -> None:
        """Empty addresses and devices of a person's sessions."""
        ...

    def erase_traces(self, user_id: str) -> None:
        """Remove devices, environments, second factors, tokens, carts and counted failures of a person."""
        ...

    def erase_correspondence(self, account_id: str, user_id: str) -> None:
        """Empty tickets of an account, or of one person in it; with the account also imports, tokens, invitations."""
        ...
