"""Stored carts, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter

from askul_connect.adapters.storage.memory_tables import Journal, MemoryTable
from askul_connect.core.domain.stored_carts import StoredCart


class MemoryCarts:
    """Stored carts, one for each user and account."""

    def __init__(self, journal: Journal) -> None:
        self._carts = MemoryTable[tuple[str, str], StoredCart](
            journal, lambda one: (one.account_id, one.user_id)
        )

    def get(self, account_id: str, user_id: str) -> StoredCart | None:
        """For who looks only."""
        return self._carts.get((account_id, user_id))

    def hold(self, account_id: str, user_id: str) -> StoredCart | None:
        """The cart, held against other writers until the unit ends."""
        return self.get(account_id, user_id)

    def put(self, cart: StoredCart) -> None:
        """Store or replace."""
        self._carts.put(cart)

    def of_account(self, account_id: str) -> Sequence[StoredCart]:
        """All of an account, by user."""
        own = (one for one in self._carts if one.account_id == account_id)
        return sorted(own, key=attrgetter("user_id"))

    def remove(self, account_id: str, user_id: str) -> None:
        """Forget one, if there is one."""
        self._carts.remove((account_id, user_id))

    def forget(self, before: datetime) -> None:
        """Remove those of whichever account that were last changed before an instant."""
        for one in self._carts:
            if one.changed_at < before:
                self.remove(one.account_id, one.user_id)
