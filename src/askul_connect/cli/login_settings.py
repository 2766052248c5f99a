"""``login-settings show`` and ``set``: how the people of an account log in (ACC-11)."""

from __future__ import annotations

from typing import Any

import click
from attrs import evolve

from askul_connect.cli.administering import Opening, asked_for, by_administrator, group, print_answer
from askul_connect.cli.invocation import Invocation, command
from askul_connect.core.domain.accounts import SecondFactorRule
from askul_connect.core.errors import ProofRequired
from askul_connect.core.messages.factors import GetLoginPolicyRequest, SetLoginPolicyRequest
from askul_connect.core.operations.factors import GET_LOGIN_POLICY, SET_LOGIN_POLICY


def _set(ask: Any, request: SetLoginPolicyRequest) -> Any:
    """The answer; the person's password is asked for where the login did not prove it just now."""
    try:
        return ask(SET_LOGIN_POLICY, request)
    except ProofRequired:
        own = asked_for("your own password")
        return ask(SET_LOGIN_POLICY, evolve(request, current_password=own))


def add_to(application: click.Group) -> None:
    """Add the commands."""
    settings = group(
        application, "login-settings", "How people of an account log in at the in-process supplier."
    )

    @by_administrator
    def show(invocation: Invocation, opening: Opening) -> int:
        """Show the settings, what they can be, and how many people have no second factor."""
        with opening() as ask:
            found = ask(GET_LOGIN_POLICY, GetLoginPolicyRequest())
        own = "" if found.own_password_days else ", as the supplier has it"
        return print_answer(
            invocation,
            found,
            f"second factor: {found.second_factor.value}; people without one: {found.people_without_factor}",
            f"devices may be remembered: {'yes' if found.remember_me else 'no'}",
            f"a session ends after: {found.idle_minutes} minutes without a call",
            f"a password is good for: {found.password_days} days{own}"
            f" ({found.least_password_days} to {found.most_password_days})",
        )

    @click.option(
        "--second-factor",
        type=click.Choice([rule.value for rule in SecondFactorRule]),
        help="Whether everybody needs one.",
    )
    @click.option("--remember-me/--no-remember-me", default=None, help="Whether devices may be remembered.")
    @click.option("--idle-minutes", type=int, help="Minutes without a call after which a session ends.")
    @click.option(
        "--password-days", type=int, help="Days until a password must be changed; 0 for the supplier's own."
    )
    @by_administrator
    def set_settings(
        invocation: Invocation,
        opening: Opening,
        *,
        second_factor: str | None,
        remember_me: bool | None,
        idle_minutes: int | None,
        password_days: int | None,
    ) -> int:
        """Change the settings, in force at once; what is not given stays. Everybody is told."""
        if (second_factor, remember_me, idle_minutes, password_days) == (None,) * 4:
            raise click.UsageError("give what is to change")
        with opening() as ask:
            now = ask(GET_LOGIN_POLICY, GetLoginPolicyRequest())
            request = SetLoginPolicyRequest(
                second_factor=SecondFactorRule(second_factor) if second_factor else now.second_factor,
                remember_me=now.remember_me if remember_me is None else remember_me,
                idle_minutes=now.idle_minutes if idle_minutes is None else idle_minutes,
                password_days=now.own_password_days if password_days is None else password_days,
            )
            answer = _set(ask, request)
        text = f"set; sessions that need a factor now: {answer.sessions_affected}"
        return print_answer(invocation, answer, text if answer.changed else "it was so already")

    command(settings, "show", "json", "trial", "quiet")(show)
    command(settings, "set", "json", "quiet")(set_settings)
