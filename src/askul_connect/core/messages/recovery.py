"""Requests and responses of who has forgotten a password or a login ID (AUTH-12, AUTH-13)."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from askul_connect.core.domain.secrets import Secret


@frozen(kw_only=True)
class RequestPasswordResetRequest:
    """Ask for a link to set a new password, by registered e-mail address and company (AUTH-12)."""

    email: str
    company_name: str


@frozen(kw_only=True)
class RequestPasswordResetResponse:
    """Taken; whether anything was found is never said.

    Attributes:
        reference: The number under which support finds the request.
    """

    reference: str


@frozen(kw_only=True)
class ResetPasswordRequest:
    """Set a new password with the token that was sent."""

    reset_token: Secret
    new_password: Secret


@frozen(kw_only=True)
class ResetPasswordResponse:
    """Done; every session of the person has ended. Second factors stay as they were.

    Attributes:
        password_expires_at: When it must be changed; the end of the year 9999 for never.
    """

    password_expires_at: datetime


@frozen(kw_only=True)
class RecoverLoginIdRequest:
    """Ask which ID one logs in with, by registered company, phone and one's own name (AUTH-13)."""

    company_name: str
    phone: str
    name: str


@frozen(kw_only=True)
class RecoverLoginIdResponse:
    """Taken; the answer goes to the registered address only.

    Attributes:
        reference: The number under which support finds the request.
    """

    reference: str
