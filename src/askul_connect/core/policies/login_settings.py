"""How an account's people log in: what its administrator can choose (ACC-11)."""

from __future__ import annotations

from datetime import timedelta

from askul_connect.core.domain.accounts import LoginSettings
from askul_connect.core.errors import Problem, ValueInvalid
from askul_connect.core.policies.passwords import PasswordPolicy

#: Minutes without a call; a session ends after half a day in any case.
LEAST_IDLE_MINUTES = 5
MOST_IDLE_MINUTES = 720


def settings_problems(policy: PasswordPolicy, settings: LoginSettings) -> tuple[Problem, ...]:
    """What is wrong with the settings that an administrator chose; empty when nothing is."""
    problems = []
    if not LEAST_IDLE_MINUTES <= settings.idle_minutes <= MOST_IDLE_MINUTES:
        problems.append(
            _problem(
                "idle_minutes",
                f"sessions end after {LEAST_IDLE_MINUTES} to {MOST_IDLE_MINUTES} minutes without a call",
            )
        )
    try:
        policy.lasting(settings.password_days)
    except ValueInvalid as error:
        problems.append(_problem("password_days", error.detail))
    return tuple(problems)


def shift(policy: PasswordPolicy, before: LoginSettings, after: LoginSettings) -> timedelta:
    """By how much the passwords in use expire later under new settings; negative for earlier."""
    later, earlier = (policy.lasting(one.password_days).expires_after_days for one in (after, before))
    # under a policy without expiry there is nothing to shift
    return timedelta(days=(later or 0) - (earlier or 0))


def _problem(where: str, detail: str) -> Problem:
    return Problem(code=ValueInvalid.code, detail=detail, where=where, remedy=ValueInvalid.remedy.en)
