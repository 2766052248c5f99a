"""By which providers the people of an account may sign on, besides their password (AUTH-16)."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen


@frozen(kw_only=True)
class SignOnSetting:
    """An account's choice; an account without one lets nobody sign on.

    Attributes:
        providers: Names of providers, sorted.
    """

    account_id: str
    providers: tuple[str, ...]
    changed_at: datetime
