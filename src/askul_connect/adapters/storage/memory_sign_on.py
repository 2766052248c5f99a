"""Which providers accounts allow, in memory."""

from __future__ import annotations

from askul_connect.adapters.storage.memory_tables import Journal, MemoryTable
from askul_connect.core.domain.sign_on import SignOnSetting


class MemorySignOn:
    """Which providers accounts allow (AUTH-16)."""

    def __init__(self, journal: Journal) -> None:
        self._settings = MemoryTable[str, SignOnSetting](journal, lambda setting: setting.account_id)

    def get(self, account_id: str) -> SignOnSetting | None:
        """An account's choice."""
        return self._settings.get(account_id)

    def put(self, setting: SignOnSetting) -> None:
        """Store or replace."""
        self._settings.put(setting)
