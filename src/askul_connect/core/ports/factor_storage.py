"""What the supplier keeps of second factors. Everything of a person is asked for with the home account."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from askul_connect.core.domain.factors import (
    Challenge,
    Factor,
    FactorFailures,
    RecoveryCode,
    SessionProof,
)


class FactorRepository(Protocol):
    """Factors."""

    def add(self, factor: Factor) -> None:
        """Store a new one; StorageConflict when the id or the passkey's credential id exists anywhere."""
        ...

    def save(self, factor: Factor) -> None:
        """Store its new state, all but the last step, which only :meth:`take_step` changes."""
        ...

    def get(self, home_account_id: str, factor_id: str) -> Factor | None:
        """By id within the person's home account."""
        ...

    def of_user(self, home_account_id: str, user_id: str) -> Sequence[Factor]:
        """All of a person, removed ones too, oldest first."""
        ...

    def by_credential(self, credential_id: str) -> Factor | None:
        """The passkey of that id, of whomever."""
        ...

    def take_step(self, home_account_id: str, factor_id: str, step: int) -> bool:
        """Raise the last step to this one, in one statement; False when it was as high already."""
        ...


class RecoveryCodeRepository(Protocol):
    """Recovery codes."""

    def replace(self, home_account_id: str, user_id: str, codes: Iterable[RecoveryCode]) -> None:
        """Forget the person's set and store another one, or none."""
        ...

    def of_user(self, home_account_id: str, user_id: str) -> Sequence[RecoveryCode]:
        """The person's set, by number."""
        ...

    def use(self, code: RecoveryCode, at: datetime) -> bool:
        """Mark exactly this code as used, in one statement; False when it was used or replaced before."""
        ...


class ChallengeRepository(Protocol):
    """Challenges, by the hash of their text."""

    def add(self, challenge: Challenge) -> None:
        """Store a new one; StorageConflict when its hash exists."""
        ...

    def take(self, challenge_hash: str) -> Challenge | None:
        """Give it and forget it: nobody takes it a second time."""
        ...

    def forget_expired(self, now: datetime) -> None:
        """Forget those that expired before now."""
        ...


class ProofRepository(Protocol):
    """What was proved in sessions."""

    def get(self, token_hash: str) -> SessionProof | None:
        """Of the session of that token."""
        ...

    def put(self, proof: SessionProof) -> None:
        """Store or replace."""
        ...


class FactorFailureRepository(Protocol):
    """Wrong codes in a row."""

    def get(self, user_id: str) -> FactorFailures | None:
        """Of a person."""
        ...

    def put(self, failures: FactorFailures) -> None:
        """Store or replace."""
        ...
