"""What is done with passwords, however their owner came to set one (AUTH-5, AUTH-12)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from attrs import evolve

from askul_connect.core.domain.accounts import Account, User
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import Problem
from askul_connect.core.policies.passwords import PasswordFacts, PasswordPolicy, judge
from askul_connect.core.services.supplier.context import Context, House
from askul_connect.core.services.supplier.notices import notify_person


def policy_of(house: House, account: Account) -> PasswordPolicy:
    """The policy in force for the people of an account (ACC-11)."""
    return house.password_policy.lasting(account.login.password_days)


def chosen_passwords(user: User) -> tuple[str, ...]:
    """Hashes of the passwords the user chose, the latest first.

    Temporary ones are not among them, so that asking for new ones pushes none out of the policy's memory (AUTH-5).
    """
    if user.password_temporary or not user.password_hash:
        return user.old_password_hashes
    return (user.password_hash, *user.old_password_hashes)


def judge_new_password(
    house: House, account: Account, user: User, password: Secret, *, second_factor: bool = False
) -> Sequence[Problem]:
    """Every rule the new password breaks. Hashes, so it is called between units of work.

    Args:
        house: Policy and hasher.
        account: The person's home account.
        user: Who sets it.
        password: What was typed.
        second_factor: Whether the person also proves a second factor.
    """
    policy = policy_of(house, account)
    used = dict.fromkeys((*chosen_passwords(user)[: policy.remembered], user.password_hash))
    facts = PasswordFacts(
        login_ids=(user.email, account.customer_number),
        name=user.name,
        company=account.name,
        used_before=any(house.hasher.verify(old, password) for old in used if old),
        second_factor=second_factor,
    )
    return judge(policy, password, facts)


def with_password(house: House, account: Account, user: User, encoded: str, now: datetime) -> User:
    """The user with a password of the user's own choice, already judged and hashed."""
    policy = policy_of(house, account)
    return evolve(
        user,
        password_hash=encoded,
        password_temporary=False,
        password_compromised=False,
        password_expires_at=policy.expires_at(now),
        old_password_hashes=chosen_passwords(user)[: max(policy.remembered - 1, 0)],
    )


def warn_of_expiry(context: Context, user: User) -> None:
    """Tell a person once that the password will have to be changed soon (AUTH-5)."""
    expires_at = user.password_expires_at
    if expires_at is None or user.password_temporary:
        return
    kind, key = "password-expires", f"{user.user_id}:{expires_at.isoformat()}"
    if context.now >= context.house.password_policy.warns_at(expires_at) and not context.unit.outbox.find(
        kind, key
    ):
        notify_person(context, kind, key, user.email, {"expires_at": expires_at.isoformat()})
