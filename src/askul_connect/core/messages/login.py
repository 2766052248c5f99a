"""Requests and responses of login, passwords and machine identities."""

from __future__ import annotations

from datetime import datetime

from attrs import field, frozen

from askul_connect.core.domain.accounts import Role
from askul_connect.core.domain.secrets import Secret


@frozen(kw_only=True)
class LoginRequest:
    """Log in by customer number or e-mail (AUTH-1).

    Attributes:
        device: What the device says of itself, for its owner to recognise it by; at most 100 characters.
        remember: Whether the device is to log in by itself next time (AUTH-11).
        shared_device: The user says that others use the device too: it is not remembered, and forgotten if it was.
        device_token: Of a device that is remembered; exchanged for a new one by a login that succeeds.
    """

    login_id: str
    password: Secret
    device: str = ""
    remember: bool = False
    shared_device: bool = False
    device_token: Secret | None = None


@frozen(kw_only=True)
class LoginResponse:
    """A session.

    Attributes:
        password_change_required: The session may only set a new password (AUTH-4).
        device_token: What the device logs in with next time; None when it is not remembered.
        device_expires_at: Until when it is remembered.
    """

    session_token: Secret
    expires_at: datetime
    role: Role
    account_name: str
    user_name: str
    password_change_required: bool
    device_token: Secret | None = field(default=None, metadata={"later": True})
    device_expires_at: datetime | None = field(default=None, metadata={"later": True})


@frozen(kw_only=True)
class ChangePasswordRequest:
    """Set a new password, from a session or from the login screen (AUTH-5): the ID and present password prove it.

    Attributes:
        device: What the device says of itself.
        device_token: Of a device that is remembered, so that it is counted by itself (AUTH-7); it stays as it is.
    """

    login_id: str
    current_password: Secret
    new_password: Secret
    device: str = ""
    device_token: Secret | None = None


@frozen(kw_only=True)
class ChangePasswordResponse:
    """Done; every other session of the user has ended."""

    password_expires_at: datetime


@frozen(kw_only=True)
class IssueTemporaryPasswordRequest:
    """A temporary password for one user of the account, shown once (AUTH-4)."""

    user_id: str


@frozen(kw_only=True)
class IssueTemporaryPasswordResponse:
    """The temporary password; it is stored nowhere but as a hash."""

    temporary_password: Secret
    expires_at: datetime


@frozen(kw_only=True)
class IssueClientCredentialRequest:
    """A machine identity (AUTH-20).

    Attributes:
        operations: Names of operations it may call; each must be one the administrator may grant.
        departments: Department codes it is limited to; empty means all.
    """

    label: str
    operations: tuple[str, ...]
    departments: tuple[str, ...] = field(default=())


@frozen(kw_only=True)
class IssueClientCredentialResponse:
    """The credential, shown once: what an unattended system sends as its token."""

    credential_id: str
    credential: Secret


@frozen(kw_only=True)
class RevokeClientCredentialRequest:
    """End a machine identity at once."""

    credential_id: str


@frozen(kw_only=True)
class RevokeClientCredentialResponse:
    """Revoked."""

    revoked_at: datetime
