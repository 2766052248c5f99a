"""Inviting somebody who is a user of another account (ACC-5).

Whether an address is anybody's is not the inviting account's to know: the answer is the same whatever is found, and
nothing is to be seen before the person has accepted, logged in as who they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from attrs import evolve

from askul_connect.core.domain.accounts import AccountState, Role, UserState
from askul_connect.core.domain.identifiers import email_key, normalise_email
from askul_connect.core.domain.invitations import (
    INVITATION_STEPS,
    Invitation,
    InvitationState,
    InvitationStep,
)
from askul_connect.core.domain.standing import next_state
from askul_connect.core.domain.tokens import TokenPurpose
from askul_connect.core.errors import NotFound, ValueInvalid
from askul_connect.core.messages.invitations import (
    CancelInvitationRequest,
    CancelInvitationResponse,
    InvitationSummary,
    ListInvitationsRequest,
    ListInvitationsResponse,
)
from askul_connect.core.messages.people import (
    AcceptInvitationRequest,
    AcceptInvitationResponse,
    InviteUserRequest,
    InviteUserResponse,
)
from askul_connect.core.services.supplier.asking import take
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.mailed_tokens import invalid, issue, redeem
from askul_connect.core.services.supplier.notices import notify_person
from askul_connect.core.services.supplier.people import (
    Place,
    described,
    email_problems,
    in_order,
    join,
    place_problems,
    tell,
    tell_administrators,
)
from askul_connect.core.services.supplier.records import audit

INVITED = "user-invitation-asked"
INVITATION_LIFE = timedelta(days=7)
_WHERE = "invitation_token"
#: What a token says of the invitation it belongs to; those of before there were records say nothing.
_INVITATION = "invitation"
_EXPIRED = "expired"


def invite_user(context: Context, request: InviteUserRequest) -> InviteUserResponse:
    """Take the invitation; it is sent afterwards, where there is somebody to send it to.

    Raises:
        ValueInvalid: Address, role, departments or limit are not acceptable; all findings at once.
    """
    place = Place(
        role=request.role, department_codes=request.department_codes, order_limit=request.order_limit
    )
    problems = [*email_problems(request.email), *place_problems(context, place)]
    if problems:
        raise ValueInvalid("nobody can be invited like this", problems=tuple(problems))
    caller = context.caller
    asked = {
        "email": normalise_email(request.email),
        "account_id": caller.account_id,
        "invited_by": caller.actor,
        "role": place.role.value,
        "departments": in_order(place.department_codes),
        "order_limit": place.order_limit,
    }
    reference = take(context, INVITED, asked)
    context.unit.invitations.add(
        Invitation(
            account_id=caller.account_id,
            invitation_id=reference,
            email=normalise_email(request.email),
            role=place.role,
            department_codes=in_order(place.department_codes),
            order_limit=place.order_limit,
            invited_by=caller.actor,
            invited_at=context.now,
            expires_at=context.now + INVITATION_LIFE,
            state=InvitationState.OPEN,
        )
    )
    # the address is in the invitation, which can be erased; a sealed record cannot
    audit(context, "user-invited", reference, reference=reference, detail=described(place))
    return InviteUserResponse(reference=reference)


def answer_invitation(context: Context, reference: str, asked: Mapping[str, Any]) -> None:
    """Send the token to an active user of another account, who is not in this one yet."""
    unit, account_id = context.unit, asked["account_id"]
    user = unit.users.by_email_key(email_key(asked["email"]))
    account = unit.accounts.get(account_id)
    if user is None or user.state is not UserState.ACTIVE or user.account_id == account_id:
        return
    known = unit.memberships.get(account_id, user.user_id)
    if account is None or (known is not None and known.state is UserState.ACTIVE):
        return
    invitation = unit.invitations.get(account_id, reference)
    if invitation is not None and invitation.state is not InvitationState.OPEN:
        return
    subject = {key: value for key, value in asked.items() if key != "email"}
    if invitation is not None:
        subject[_INVITATION] = reference
    token = issue(context, TokenPurpose.INVITATION, user.account_id, user.user_id, INVITATION_LIFE, subject)
    if token is not None:
        facts = {"account": account.name, "expires_at": (context.now + INVITATION_LIFE).isoformat()}
        notify_person(context, "user-invited", reference, user.email, facts, secret=token)


def accept_invitation(context: Context, request: AcceptInvitationRequest) -> AcceptInvitationResponse:
    """Belong to one more account; the session stays where it is, and switches there by itself.

    Raises:
        TokenInvalid: It is not good, was sent to somebody else or taken back, or whoever sent it may not invite any
            more.
    """
    unit, caller = context.unit, context.caller
    token, subject = redeem(context, request.invitation_token, TokenPurpose.INVITATION, where=_WHERE)
    account = unit.accounts.get(subject["account_id"])
    user = unit.users.get(token.account_id, token.user_id)
    if user is None or caller.session is None or token.user_id != caller.actor:
        raise invalid(_WHERE)
    if account is None or account.state is not AccountState.ACTIVE:
        raise invalid(_WHERE)
    inviter = unit.memberships.get(account.account_id, subject["invited_by"])
    if inviter is None or inviter.state is not UserState.ACTIVE or inviter.role is not Role.ADMINISTRATOR:
        raise invalid(_WHERE)
    codes = tuple(subject["departments"])
    if any(unit.departments.by_code(account.account_id, code) is None for code in codes):
        # without a department that is gone the person would see more than was meant
        raise invalid(_WHERE)
    known = unit.memberships.get(account.account_id, user.user_id)
    if known is not None and known.state is UserState.ACTIVE:
        raise invalid(_WHERE)
    if _INVITATION in subject:
        _accepted(context, account.account_id, subject[_INVITATION])
    place = Place(role=Role(subject["role"]), department_codes=codes, order_limit=subject["order_limit"])
    join(context, account.account_id, user, place)
    record = audit(
        context, "user-joined", user.user_id, account_id=account.account_id, detail=described(place)
    )
    facts = {"account": account.name, "role": place.role.value}
    tell(context, "user-added", record, user.email, facts)
    tell_administrators(context, "user-joined", record, {"email": user.email, "name": user.name})
    return AcceptInvitationResponse(
        account_name=account.name, member_number=account.member_number, role=place.role
    )


def _accepted(context: Context, account_id: str, reference: str) -> None:
    invitation = context.unit.invitations.get(account_id, reference)
    if invitation is None or invitation.state is not InvitationState.OPEN:
        raise invalid(_WHERE)
    _end(context, invitation, InvitationStep.ACCEPT)


def list_invitations(context: Context, _request: ListInvitationsRequest) -> ListInvitationsResponse:
    """The account's invitations, alike whether or not their addresses are anybody's."""
    return ListInvitationsResponse(
        invitations=tuple(
            InvitationSummary(
                reference=one.invitation_id,
                email=one.email,
                role=one.role,
                department_codes=one.department_codes,
                order_limit=one.order_limit,
                state=_shown_state(context, one),
                invited_by=one.invited_by,
                invited_at=one.invited_at,
                expires_at=one.expires_at,
                ended_at=one.ended_at,
            )
            for one in context.unit.invitations.of_account(context.caller.account_id)
        )
    )


def _shown_state(context: Context, invitation: Invitation) -> str:
    over = context.now >= invitation.expires_at
    return _EXPIRED if over and invitation.state is InvitationState.OPEN else invitation.state.value


def cancel_invitation(context: Context, request: CancelInvitationRequest) -> CancelInvitationResponse:
    """Take an invitation back, whether it was sent already or not; taking it back again answers the same.

    Raises:
        NotFound: The account has sent no such invitation.
        IllegalStep: It was accepted already.
    """
    invitation = context.unit.invitations.get(context.caller.account_id, request.reference)
    if invitation is None:
        raise NotFound("there is no such invitation", where="reference")
    if invitation.state is not InvitationState.CANCELLED:
        _end(context, invitation, InvitationStep.CANCEL)
        audit(context, "invitation-cancelled", invitation.invitation_id, reference=invitation.invitation_id)
    return CancelInvitationResponse(reference=invitation.invitation_id)


def cancel_invitations(context: Context, account_id: str) -> None:
    """Take back what an account has sent that works no more; the end of the account is on record."""
    for one in context.unit.invitations.of_account(account_id):
        if one.state is InvitationState.OPEN:
            _end(context, one, InvitationStep.CANCEL)


def _end(context: Context, invitation: Invitation, step: InvitationStep) -> None:
    state = next_state(INVITATION_STEPS, invitation.state, step, "an invitation")
    context.unit.invitations.save(evolve(invitation, state=state, ended_at=context.now))
