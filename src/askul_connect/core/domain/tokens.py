"""Tokens that are good for one thing, once (AUTH-12)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from attrs import frozen


class TokenPurpose(StrEnum):
    """What a one-time token is good for."""

    PASSWORD_RESET = "password_reset"  # noqa: S105 -- a purpose, no password
    REGISTRATION = "registration"
    EMAIL_CHANGE = "email_change"
    INVITATION = "invitation"
    SIGN_ON = "sign_on"


@frozen(kw_only=True)
class OneTimeToken:
    """A token that was sent to a person, or the assertion one came with; stored nowhere but as a hash.

    Attributes:
        account_id: The person's home account.
        expires_at: From then on it is good for nothing. An assertion whose end nobody knows has the instant it came
            at: it was used then, and is remembered for good.
        ended_at: When it was used, or replaced by a newer one.
        subject: What it is about beside the person, by its purpose; encrypted where it holds more than ids.
    """

    token_hash: str
    purpose: TokenPurpose
    account_id: str
    user_id: str
    created_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None
    subject: str = ""
