"""Requests and responses about the invitations that an account has sent (ACC-5)."""

from __future__ import annotations

from datetime import datetime

from attrs import field, frozen

from askul_connect.core.domain.accounts import Role


@frozen(kw_only=True)
class ListInvitationsRequest:
    """The invitations that the account has sent."""


@frozen(kw_only=True)
class InvitationSummary:
    """One invitation; whether the address is anybody's is never said.

    Attributes:
        reference: The number that was answered to who invited.
        state: ``open``, ``accepted``, ``cancelled``, or ``expired`` for an open one whose time is over.
        order_limit: The most one order may cost, minor units with tax; none without a limit.
        invited_by: Id of the administrator.
        ended_at: When it was accepted or cancelled.
    """

    reference: str
    email: str
    role: Role
    state: str
    invited_by: str
    invited_at: datetime
    expires_at: datetime
    department_codes: tuple[str, ...] = field(default=())
    order_limit: int | None = None
    ended_at: datetime | None = None


@frozen(kw_only=True)
class ListInvitationsResponse:
    """The invitations of the last months, newest first."""

    invitations: tuple[InvitationSummary, ...]


@frozen(kw_only=True)
class CancelInvitationRequest:
    """Take an invitation back; nobody joins by it any more."""

    reference: str


@frozen(kw_only=True)
class CancelInvitationResponse:
    """It is cancelled, by this call or an earlier one."""

    reference: str
