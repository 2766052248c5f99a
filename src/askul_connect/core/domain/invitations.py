"""Invitations of people who are users of another account, as the inviting account sees them (ACC-5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from attrs import frozen

from askul_connect.core.domain.accounts import Role


class InvitationState(StrEnum):
    """State of an invitation; that its time is over is no state, but follows from the clock."""

    OPEN = "open"
    ACCEPTED = "accepted"
    CANCELLED = "cancelled"


class InvitationStep(StrEnum):
    """What can happen to an invitation."""

    ACCEPT = "accept"
    CANCEL = "cancel"


INVITATION_STEPS: Mapping[tuple[InvitationState, InvitationStep], InvitationState] = MappingProxyType(
    {
        (InvitationState.OPEN, InvitationStep.ACCEPT): InvitationState.ACCEPTED,
        (InvitationState.OPEN, InvitationStep.CANCEL): InvitationState.CANCELLED,
    }
)


@frozen(kw_only=True)
class Invitation:
    """One invitation, kept alike whether or not the address is anybody's.

    Attributes:
        invitation_id: The reference that whoever invited was told.
        email: As it was given.
        order_limit: The most one order may cost, minor units with tax; none without a limit.
        invited_by: Id of the administrator.
        expires_at: From then on nobody joins by it.
        ended_at: When it was accepted or cancelled.
    """

    account_id: str
    invitation_id: str
    email: str
    role: Role
    department_codes: tuple[str, ...]
    order_limit: int | None
    invited_by: str
    invited_at: datetime
    expires_at: datetime
    state: InvitationState
    ended_at: datetime | None = None
