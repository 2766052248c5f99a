"""What happened at the supplier, told to whoever counts or watches; nothing in it leads to a person or an order."""

from __future__ import annotations

from enum import StrEnum

from attrs import frozen


class LoginCause(StrEnum):
    """Why somebody was not let in (SRV-5)."""

    MISMATCH = "mismatch"
    TEMPORARY_PASSWORD_EXPIRED = "temporary_password_expired"  # noqa: S105 -- a cause, no password
    ACCOUNT_PENDING_APPROVAL = "account_pending_approval"
    ACCOUNT_SUSPENDED = "account_suspended"
    ACCOUNT_REJECTED = "account_rejected"
    ACCOUNT_WITHDRAWN = "account_withdrawn"
    ACCOUNT_MERGED = "account_merged"
    USER_AWAITING_APPROVAL = "user_awaiting_approval"
    USER_REJECTED = "user_rejected"
    USER_REMOVED = "user_removed"
    TOO_MANY_ATTEMPTS = "too_many_attempts"
    LOCKED = "locked"
    RISK_REFUSED = "risk_refused"
    DEVICE_UNKNOWN = "device_unknown"
    DEVICE_REUSED = "device_reused"
    DEVICE_ENDED = "device_ended"
    PASSKEY = "passkey"
    SECOND_FACTOR = "second_factor"


@frozen(kw_only=True)
class LoginTurnedDown:
    """A login or a change of a password was refused."""

    cause: LoginCause


@frozen(kw_only=True)
class OrderPlaced:
    """An order was taken that had not been taken before; trials and repeated calls are none."""


Event = LoginTurnedDown | OrderPlaced
