"""What the supplier keeps about signing on (AUTH-16)."""

from __future__ import annotations

from typing import Protocol

from askul_connect.core.domain.sign_on import SignOnSetting


class SignOnRepository(Protocol):
    """Which providers accounts allow."""

    def get(self, account_id: str) -> SignOnSetting | None:
        """An account's choice."""
        ...

    def put(self, setting: SignOnSetting) -> None:
        """Store or replace."""
        ...
