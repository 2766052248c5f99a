"""Requests and responses of login, passwords and machine identities."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from attrs import field, frozen

from askul_connect.core.domain.accounts import Role, SessionStage
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.messages.growth import NEW_IN_REQUEST, NEW_IN_RESPONSE


@frozen(kw_only=True)
class LoginRequest:
    """Log in by customer number or e-mail (AUTH-1).

    Attributes:
        device: What the device says of itself, for its owner to recognise it by; at most 100 characters.
        remember: Whether the device is to log in by itself next time (AUTH-11).
        shared_device: The user says that others use the device too: it is not remembered, and forgotten if it was.
        device_token: Of a device that is remembered; exchanged for a new one by a login that succeeds.
    """

    login_id: str = field(repr=False)
    password: Secret
    device: str = field(default="", metadata=NEW_IN_REQUEST)
    remember: bool = field(default=False, metadata=NEW_IN_REQUEST)
    shared_device: bool = field(default=False, metadata=NEW_IN_REQUEST)
    device_token: Secret | None = field(default=None, metadata=NEW_IN_REQUEST)


@frozen(kw_only=True)
class LoginResponse:
    """A session.

    Attributes:
        password_change_required: The session may only set a new password (AUTH-4).
        device_token: What the device logs in with next time; None when it is not remembered.
        device_expires_at: Until when it is remembered.
        stage: What the session may be used for: all, or only the step that is still missing (AUTH-4, AUTH-8).
    """

    session_token: Secret
    expires_at: datetime
    role: Role
    account_name: str
    user_name: str = field(repr=False)
    password_change_required: bool
    device_token: Secret | None = field(default=None, metadata=NEW_IN_RESPONSE)
    device_expires_at: datetime | None = field(default=None, metadata=NEW_IN_RESPONSE)
    stage: SessionStage = field(default=SessionStage.FULL, metadata=NEW_IN_RESPONSE)


@frozen(kw_only=True)
class ChangePasswordRequest:
    """Set a new password, from a session or from the login screen (AUTH-5): the ID and present password prove it.

    Attributes:
        device: What the device says of itself.
        device_token: Of a device that is remembered, so that it is counted by itself (AUTH-7); it stays as it is.
    """

    login_id: str = field(repr=False)
    current_password: Secret
    new_password: Secret
    device: str = field(default="", metadata=NEW_IN_REQUEST)
    device_token: Secret | None = field(default=None, metadata=NEW_IN_REQUEST)


@frozen(kw_only=True)
class ChangePasswordResponse:
    """Done; every other session of the user has ended."""

    password_expires_at: datetime


class TemporaryPasswordDelivery(StrEnum):
    """How a temporary password reaches its user (AUTH-4)."""

    HANDED_OVER = "handed_over"
    EMAIL = "email"
    LETTER = "letter"


@frozen(kw_only=True)
class IssueTemporaryPasswordRequest:
    """A temporary password for one user of the account (AUTH-4).

    Attributes:
        delivery: Shown once, to be handed over in person or by phone; or sent to the registered e-mail address and not
            shown. The supplier's staff are never shown it; they may have it sent by letter to the account.
        ticket: An open ticket of the user's account, for the supplier's staff.
    """

    user_id: str
    delivery: TemporaryPasswordDelivery = field(
        default=TemporaryPasswordDelivery.HANDED_OVER, metadata=NEW_IN_REQUEST
    )
    ticket: str = field(default="", metadata=NEW_IN_REQUEST)


@frozen(kw_only=True)
class IssueTemporaryPasswordResponse:
    """The temporary password, empty when it was sent; it is stored nowhere but as a hash."""

    temporary_password: Secret
    expires_at: datetime


@frozen(kw_only=True)
class IssueClientCredentialRequest:
    """A machine identity (AUTH-20).

    Attributes:
        operations: Names of operations it may call; each must be one the administrator may grant.
        departments: Department codes it is limited to; empty means all.
        networks: Addresses and networks it is good from, such as ``192.0.2.10`` or ``10.1.0.0/24``; empty means any.
    """

    label: str
    operations: tuple[str, ...]
    departments: tuple[str, ...] = field(default=())
    networks: tuple[str, ...] = field(default=(), metadata=NEW_IN_REQUEST)


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
