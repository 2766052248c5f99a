"""Second factors, in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from attrs import evolve

from askul_connect.adapters.storage.memory_tables import Journal, MemoryTable
from askul_connect.core.domain.factors import (
    Challenge,
    Factor,
    FactorFailures,
    RecoveryCode,
    SessionProof,
)


class MemoryFactors:
    """Factors."""

    def __init__(self, journal: Journal) -> None:
        # those without a credential id share none: each has its own id in its place
        self._factors = MemoryTable[str, Factor](
            journal,
            lambda factor: factor.factor_id,
            lambda factor: (factor.credential_id, "" if factor.credential_id else factor.factor_id),
        )

    def add(self, factor: Factor) -> None:
        """Store a new one; StorageConflict when the id or the passkey's credential id exists anywhere."""
        self._factors.insert(factor)

    def save(self, factor: Factor) -> None:
        """Store its new state, all but the last step."""
        known = self._factors.get(factor.factor_id)
        self._factors.replace(evolve(factor, last_step=known.last_step) if known else factor)

    def get(self, home_account_id: str, factor_id: str) -> Factor | None:
        """By id within the person's home account."""
        found = self._factors.get(factor_id)
        return found if found is not None and found.home_account_id == home_account_id else None

    def of_user(self, home_account_id: str, user_id: str) -> Sequence[Factor]:
        """All of a person, removed ones too, oldest first."""
        own = (f for f in self._factors if (f.home_account_id, f.user_id) == (home_account_id, user_id))
        return sorted(own, key=lambda factor: (factor.created_at, factor.factor_id))

    def by_credential(self, credential_id: str) -> Factor | None:
        """The passkey of that id, of whomever."""
        return self._factors.find(0, (credential_id, "")) if credential_id else None

    def take_step(self, home_account_id: str, factor_id: str, step: int) -> bool:
        """Raise the last step to this one; False when it was as high already."""
        found = self.get(home_account_id, factor_id)
        if found is None or found.last_step >= step:
            return False
        self._factors.replace(evolve(found, last_step=step))
        return True


class MemoryRecoveryCodes:
    """Recovery codes."""

    def __init__(self, journal: Journal) -> None:
        self._codes = MemoryTable[tuple[str, str, int], RecoveryCode](
            journal, lambda code: (code.home_account_id, code.user_id, code.number)
        )

    def replace(self, home_account_id: str, user_id: str, codes: Iterable[RecoveryCode]) -> None:
        """Forget the person's set and store another one, or none."""
        for old in self.of_user(home_account_id, user_id):
            self._codes.remove((old.home_account_id, old.user_id, old.number))
        self._codes.insert_all(codes)

    def of_user(self, home_account_id: str, user_id: str) -> Sequence[RecoveryCode]:
        """The person's set, by number."""
        own = (c for c in self._codes if (c.home_account_id, c.user_id) == (home_account_id, user_id))
        return sorted(own, key=lambda code: code.number)

    def use(self, code: RecoveryCode, at: datetime) -> bool:
        """Mark exactly this code as used; False when it was used or replaced before."""
        found = self._codes.get((code.home_account_id, code.user_id, code.number))
        if found is None or found.code_hash != code.code_hash or found.used_at is not None:
            return False
        self._codes.replace(evolve(found, used_at=at))
        return True


class MemoryChallenges:
    """Challenges, by the hash of their text."""

    def __init__(self, journal: Journal) -> None:
        self._challenges = MemoryTable[str, Challenge](journal, lambda challenge: challenge.challenge_hash)

    def add(self, challenge: Challenge) -> None:
        """Store a new one; StorageConflict when its hash exists."""
        self._challenges.insert(challenge)

    def take(self, challenge_hash: str) -> Challenge | None:
        """Give it and forget it: nobody takes it a second time."""
        found = self._challenges.get(challenge_hash)
        self._challenges.remove(challenge_hash)
        return found

    def forget_expired(self, now: datetime) -> None:
        """Forget those that expired before now."""
        for one in self._challenges:
            if one.expires_at < now:
                self._challenges.remove(one.challenge_hash)


class MemoryProofs:
    """What was proved in sessions."""

    def __init__(self, journal: Journal) -> None:
        self._proofs = MemoryTable[str, SessionProof](journal, lambda proof: proof.token_hash)

    def get(self, token_hash: str) -> SessionProof | None:
        """Of the session of that token."""
        return self._proofs.get(token_hash)

    def put(self, proof: SessionProof) -> None:
        """Store or replace."""
        self._proofs.put(proof)


class MemoryFactorFailures:
    """Wrong codes in a row."""

    def __init__(self, journal: Journal) -> None:
        self._failures = MemoryTable[str, FactorFailures](journal, lambda one: one.user_id)

    def get(self, user_id: str) -> FactorFailures | None:
        """Of a person."""
        return self._failures.get(user_id)

    def put(self, failures: FactorFailures) -> None:
        """Store or replace."""
        self._failures.put(failures)
