"""A person's new e-mail address: it confirms itself before it is a login ID (AUTH-1, AUTH-17)."""

from __future__ import annotations

from datetime import timedelta

from attrs import evolve

from askul_connect.core.domain.accounts import AccountState, User, UserState
from askul_connect.core.domain.identifiers import email_key
from askul_connect.core.domain.tokens import TokenPurpose
from askul_connect.core.errors import DuplicateRegistration
from askul_connect.core.messages.people import ConfirmEmailRequest, ConfirmEmailResponse
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.devices import end_access
from askul_connect.core.services.supplier.joining import confirm_registration
from askul_connect.core.services.supplier.mailed_tokens import end_older, invalid, issue, redeem
from askul_connect.core.services.supplier.people import tell
from askul_connect.core.services.supplier.records import audit

CONFIRMATION_LIFE = timedelta(hours=24)
_WHERE = "email_token"


def ask_new_address(context: Context, user: User, email: str) -> None:
    """Send the new address a token; the old one is told that it was asked.

    An address that is somebody's already gets none: its owner did not ask, and the administrator learns nothing.
    """
    end_older(context, TokenPurpose.EMAIL_CHANGE, user.user_id)
    record = audit(context, "email-change-asked", user.user_id, detail={"from": user.email, "to": email})
    tell(context, "email-change-asked", record, user.email, {"to": email})
    if context.unit.users.by_email_key(email_key(email)) not in (None, user):
        return
    token = issue(
        context,
        TokenPurpose.EMAIL_CHANGE,
        user.account_id,
        user.user_id,
        CONFIRMATION_LIFE,
        {"email": email},
    )
    if token is not None:
        expires_at = (context.now + CONFIRMATION_LIFE).isoformat()
        tell(context, "email-confirmation", record, email, {"expires_at": expires_at}, secret=token)


def confirm_email(context: Context, request: ConfirmEmailRequest) -> ConfirmEmailResponse:
    """The holder of the token reads the mailbox it was sent to.

    Raises:
        TokenInvalid: It is not good, or not any more.
        DuplicateRegistration: The address has become somebody's since.
    """
    token, subject = redeem(
        context,
        request.email_token,
        TokenPurpose.EMAIL_CHANGE,
        TokenPurpose.REGISTRATION,
        where=_WHERE,
    )
    account = context.unit.accounts.get(token.account_id)
    if account is None or account.state is not AccountState.ACTIVE:
        raise invalid(_WHERE)
    if token.purpose is TokenPurpose.REGISTRATION:
        return confirm_registration(context, account, subject)
    user = context.unit.users.get(token.account_id, token.user_id)
    if user is None or user.state is not UserState.ACTIVE:
        raise invalid(_WHERE)
    email: str = subject["email"]
    owner = context.unit.users.by_email_key(email_key(email))
    if owner is not None and owner.user_id != user.user_id:
        raise DuplicateRegistration(f"{email} is registered already", where="email")
    changed = evolve(user, email=email, email_key=email_key(email), version=user.version + 1)
    context.unit.users.save(changed)
    # whoever reads the old mailbox has nothing left to come in by
    end_older(context, TokenPurpose.PASSWORD_RESET, user.user_id)
    end_access(context.unit, changed.user_id, context.now, "email")
    record = audit(
        context,
        "email-changed",
        user.user_id,
        account_id=user.account_id,
        actor=user.user_id,
        detail={"from": user.email, "to": email},
    )
    for address in (user.email, email):
        tell(context, "email-changed", record, address, {"from": user.email, "to": email})
    return ConfirmEmailResponse(email=email, awaiting_approval=False)
