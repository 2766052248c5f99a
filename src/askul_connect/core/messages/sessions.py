"""Requests and responses about sessions, remembered devices, locks and the login history."""

from __future__ import annotations

from datetime import datetime

from attrs import field, frozen

from askul_connect.core.domain.accounts import Role
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.messages.growth import NEW_IN_REQUEST
from askul_connect.core.messages.paging import ListRequest, PageInfo


@frozen(kw_only=True)
class ResumeSessionRequest:
    """Log in by a device that is remembered (AUTH-11); the token is good for this once.

    Attributes:
        device: What the device says of itself.
    """

    device_token: Secret
    device: str = ""


@frozen(kw_only=True)
class ResumeSessionResponse:
    """A session, and what the device logs in with next time.

    Attributes:
        password_change_required: The session may only set a new password (AUTH-4).
        second_factor_required: The session may only prove or enrol a second factor (AUTH-8).
    """

    session_token: Secret
    expires_at: datetime
    device_token: Secret
    device_expires_at: datetime
    role: Role
    account_name: str
    user_name: str
    password_change_required: bool
    second_factor_required: bool


@frozen(kw_only=True)
class LogoutRequest:
    """End the session of the call.

    Attributes:
        forget_device: Whether the device it belongs to is forgotten too.
    """

    forget_device: bool = False


@frozen(kw_only=True)
class LogoutResponse:
    """Logged out."""

    ended_at: datetime


@frozen(kw_only=True)
class ListSessionsRequest:
    """The caller's own sessions."""


@frozen(kw_only=True)
class SessionSummary:
    """One session that can still be used.

    Attributes:
        device: What its device said of itself.
        remembered: Whether its device is remembered.
        current: Whether the call came with it.
    """

    session_id: str
    device: str
    address: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    remembered: bool
    current: bool


@frozen(kw_only=True)
class RememberedDeviceSummary:
    """One device that logs in by itself.

    Attributes:
        device: What it said of itself.
    """

    device: str
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime


@frozen(kw_only=True)
class ListSessionsResponse:
    """The caller's sessions and remembered devices, oldest first."""

    sessions: tuple[SessionSummary, ...] = field(default=())
    devices: tuple[RememberedDeviceSummary, ...] = field(default=())


@frozen(kw_only=True)
class EndSessionRequest:
    """End one of the caller's own sessions, or all but the present one; their devices are forgotten.

    Attributes:
        session_id: Which; empty with ``all_others``.
        all_others: All but the present one, and all remembered devices but its own.
    """

    session_id: str = ""
    all_others: bool = False


@frozen(kw_only=True)
class EndSessionResponse:
    """How many sessions were ended by this call."""

    ended: int


@frozen(kw_only=True)
class UnlockUserRequest:
    """Let a user of the account try again from any device (AUTH-7).

    Attributes:
        ticket: An open ticket of the user's account, for the supplier's staff.
    """

    user_id: str
    ticket: str = field(default="", metadata=NEW_IN_REQUEST)


@frozen(kw_only=True)
class UnlockUserResponse:
    """Whether there was a pause or lock to lift."""

    was_locked: bool
    failures: int


@frozen(kw_only=True)
class ListLoginHistoryRequest(ListRequest):
    """Login attempts (AUTH-10): the caller's own, for an administrator those of the account, for staff a ticket's.

    Attributes:
        whole_account: All of the account, for its administrator.
        newest_first: From the latest back; cursors of one direction are not good for the other.
        reference: Only the attempt that a refusal's number stands for.
        ticket: An open ticket of the account whose attempts the supplier's staff read, all of them.
    """

    whole_account: bool = False
    newest_first: bool = False
    reference: str = ""
    ticket: str = field(default="", metadata=NEW_IN_REQUEST)


@frozen(kw_only=True)
class LoginHistoryEntry:
    """One attempt.

    Attributes:
        login_id: What was typed; empty for a remembered device.
        user_id: Whom the ID names.
        result: ``success``, or the code of the refusal.
        reason: Why, machine-readable.
        risk: What stood out (AUTH-9).
    """

    reference: str
    at: datetime
    login_id: str
    user_id: str
    result: str
    reason: str
    address: str
    device: str
    risk: str


@frozen(kw_only=True)
class ListLoginHistoryResponse:
    """One page of attempts."""

    attempts: tuple[LoginHistoryEntry, ...]
    page: PageInfo
