"""One-time tokens, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from askul_connect.adapters.storage.memory_tables import Journal, MemoryTable
from askul_connect.core.domain.tokens import OneTimeToken, TokenPurpose


class MemoryOneTimeTokens:
    """Tokens that are good for one thing, once, by their hash."""

    def __init__(self, journal: Journal) -> None:
        self._tokens = MemoryTable[str, OneTimeToken](journal, lambda token: token.token_hash)

    def add(self, token: OneTimeToken) -> None:
        """Store a new one; StorageConflict when the hash exists."""
        self._tokens.insert(token)

    def save(self, token: OneTimeToken) -> None:
        """Store its new state."""
        self._tokens.replace(token)

    def get(self, token_hash: str) -> OneTimeToken | None:
        """By hash, held against other writers until the unit ends."""
        return self._tokens.get(token_hash)

    def of_user(self, purpose: TokenPurpose, user_id: str) -> Sequence[OneTimeToken]:
        """A person's, ended ones among them, newest first."""
        own = (one for one in self._tokens if (one.purpose, one.user_id) == (purpose, user_id))
        return sorted(own, key=lambda one: (one.created_at, one.token_hash), reverse=True)

    def forget(self, before: datetime) -> int:
        """Remove those that expired earlier, but none whose end nobody knows; returns how many there were."""
        old = [one.token_hash for one in self._tokens if one.created_at < one.expires_at < before]
        for token_hash in old:
            self._tokens.remove(token_hash)
        return len(old)
