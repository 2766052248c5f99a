"""Inviting somebody who is a user of another account (ACC-5).

Whether an address is anybody's is not the inviting account's to know: the answer is the same whatever is found, and
nothing is to be seen before the person has accepted, logged in as who they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from askul_connect.core.domain.accounts import AccountState, Role, UserState
from askul_connect.core.domain.identifiers import email_key, normalise_email
from askul_connect.core.domain.tokens import TokenPurpose
from askul_connect.core.errors import ValueInvalid
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
    detail = {"email": asked["email"], **described(place)}
    audit(context, "user-invited", reference, reference=reference, detail=detail)
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
    subject = {key: value for key, value in asked.items() if key != "email"}
    token = issue(context, TokenPurpose.INVITATION, user.account_id, user.user_id, INVITATION_LIFE, subject)
    if token is not None:
        facts = {"account": account.name, "expires_at": (context.now + INVITATION_LIFE).isoformat()}
        notify_person(context, "user-invited", reference, user.email, facts, secret=token)


def accept_invitation(context: Context, request: AcceptInvitationRequest) -> AcceptInvitationResponse:
    """Belong to one more account; the session stays where it is, and switches there by itself.

    Raises:
        TokenInvalid: It is not good, was sent to somebody else, or whoever sent it may not invite any more.
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
