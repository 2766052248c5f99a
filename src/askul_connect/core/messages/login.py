"""Requests and responses of login, passwords and machine identities."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from attrs import field, frozen

from askul_connect.core.domain.accounts import Role
from askul_connect.core.domain.secrets import Secret


@frozen(kw_only=True)
class LoginRequest:
    """Log in by customer number or e-mail (AUTH-1)."""

    login_id: str = field(repr=False)
    password: Secret


@frozen(kw_only=True)
class LoginResponse:
    """A session.

    Attributes:
        password_change_required: The session may only set a new password (AUTH-4).
    """

    session_token: Secret
    expires_at: datetime
    role: Role
    account_name: str
    user_name: str = field(repr=False)
    password_change_required: bool


@frozen(kw_only=True)
class ChangePasswordRequest:
    """Set a new password, from a session or from the login screen (AUTH-5): the ID and present password prove it."""

    login_id: str = field(repr=False)
    current_password: Secret
    new_password: Secret


@frozen(kw_only=True)
class ChangePasswordResponse:
    """Done; every other session of the user has ended."""

    password_expires_at: datetime


class TemporaryPasswordDelivery(StrEnum):
    """How a temporary password reaches its user (AUTH-4)."""

    HANDED_OVER = "handed_over"
    EMAIL = "email"


@frozen(kw_only=True)
class IssueTemporaryPasswordRequest:
    """A temporary password for one user of the account (AUTH-4).

    Attributes:
        delivery: Shown once, to be handed over in person or by phone; or sent to the registered address and not shown.
    """

    user_id: str
    delivery: TemporaryPasswordDelivery = TemporaryPasswordDelivery.HANDED_OVER


@frozen(kw_only=True)
class IssueTemporaryPasswordResponse:
    """The temporary password, empty when it was sent by e-mail; it is stored nowhere but as a hash."""

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
