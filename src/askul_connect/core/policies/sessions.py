"""How long sessions and remembered devices last (AUTH-11)."""

from __future__ import annotations

from datetime import datetime, timedelta

from attrs import frozen

from askul_connect.core.domain.accounts import Account, Session, User
from askul_connect.core.domain.devices import RememberedDevice

_MOST_NOTES = 10


@frozen(kw_only=True)
class SessionRules:
    """The figures; ``ASKUL_SESSIONS`` has the usual ones. The idle time is the account's own (ACC-11).

    Attributes:
        hours: After which a session ends, however much it is used.
        device_days: After which a device has to be remembered anew.
        environments: Networks and devices of a person that are kept to compare with.
    """

    hours: int = 12
    device_days: int = 90
    environments: int = 50


ASKUL_SESSIONS = SessionRules()


def is_over(session: Session, account: Account, now: datetime) -> bool:
    """Whether a session has ended, by itself or otherwise. The account is the one it works in at present."""
    idle = timedelta(minutes=account.login.idle_minutes)
    return session.ended_at is not None or now >= session.expires_at or now - session.last_seen_at >= idle


def is_to_be_noted(session: Session, account: Account, now: datetime) -> bool:
    """Whether a use is written down: often enough for the idle time, not at each call."""
    idle = timedelta(minutes=account.login.idle_minutes)
    return now - session.last_seen_at >= min(timedelta(minutes=1), idle / _MOST_NOTES)


def is_trusted(device: RememberedDevice, account: Account, user: User, now: datetime) -> bool:
    """Whether a device still logs in by itself for that person; the account's setting is in force at once."""
    return (
        account.login.remember_me
        and (device.user_id, device.home_account_id) == (user.user_id, user.account_id)
        and device.ended_at is None
        and now < device.expires_at
    )
