"""Why somebody who knows the password cannot log in (AUTH-2, ACC-3, ACC-9): a table of reasons and remedies."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from attrs import frozen

from askul_connect.core.domain.accounts import Account, AccountState, Membership, User, UserState


@frozen(kw_only=True)
class Hindrance:
    """What is in the way.

    Attributes:
        reason: Machine-readable.
        detail: For a person.
        remedy: What to do.
    """

    reason: str
    detail: str
    remedy: str


_SUPPORT = "Contact support and name the reference number."

ACCOUNT_HINDRANCES: Mapping[AccountState, Hindrance] = MappingProxyType(
    {
        AccountState.PENDING_APPROVAL: Hindrance(
            reason="account-pending-approval",
            detail="the account is pending approval by the supplier",
            remedy="Wait for the supplier's notice; support says how far it is.",
        ),
        AccountState.SUSPENDED: Hindrance(
            reason="account-suspended", detail="the account is suspended", remedy=_SUPPORT
        ),
        AccountState.REJECTED: Hindrance(
            reason="account-rejected",
            detail="the account is rejected: the supplier did not approve it",
            remedy=_SUPPORT,
        ),
        AccountState.WITHDRAWN: Hindrance(
            reason="account-withdrawn", detail="the account is withdrawn", remedy=_SUPPORT
        ),
    }
)

USER_HINDRANCES: Mapping[UserState, Hindrance] = MappingProxyType(
    {
        UserState.AWAITING_APPROVAL: Hindrance(
            reason="user-awaiting-approval",
            detail="the user awaits the approval of the account's administrator",
            remedy="Ask your administrator to approve you.",
        ),
        UserState.REJECTED: Hindrance(
            reason="user-rejected",
            detail="the account's administrator did not approve the user",
            remedy="Ask your administrator.",
        ),
        UserState.REMOVED: Hindrance(
            reason="user-removed",
            detail="the account's administrator has removed the user",
            remedy="Ask your administrator.",
        ),
    }
)

TEMPORARY_PASSWORD_EXPIRED = Hindrance(
    reason="temporary-password-expired",
    detail="the temporary password has expired",
    remedy="Ask the administrator or support for a new one.",
)


ACCOUNT_MERGED = Hindrance(
    reason="account-merged",
    detail="the account was merged into another one",
    remedy="Log in with the e-mail address, or with the other customer number.",
)


def account_hindrance(account: Account) -> Hindrance | None:
    """What is in the way of everybody's login to an account; None when nothing is."""
    if account.merged_into:
        return ACCOUNT_MERGED
    return None if account.state is AccountState.ACTIVE else ACCOUNT_HINDRANCES[account.state]


def person_hindrance(user: User, membership: Membership | None) -> Hindrance | None:
    """What is in the way of a person, however the login is proved; None when nothing is."""
    if user.state is not UserState.ACTIVE:
        return USER_HINDRANCES[user.state]
    if membership is None or membership.state is not UserState.ACTIVE:
        return USER_HINDRANCES[membership.state if membership else UserState.REMOVED]
    return None


def hindrance(account: Account, user: User, membership: Membership | None, now: datetime) -> Hindrance | None:
    """What is in the way of a person's login by password or remembered device; None when nothing is."""
    found = account_hindrance(account) or person_hindrance(user, membership)
    if found:
        return found
    expires_at = user.password_expires_at
    if user.password_temporary and expires_at is not None and now >= expires_at:
        return TEMPORARY_PASSWORD_EXPIRED
    return None
