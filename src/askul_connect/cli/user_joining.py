"""``users waiting``, ``approve``, ``reject``, ``invite``, ``invitations``: how people join (ACC-5, ACC-9)."""

from __future__ import annotations

import click

from askul_connect.cli.administering import Opening, by_administrator, print_answer, subgroup
from askul_connect.cli.failures import ExitCode
from askul_connect.cli.instants import shown
from askul_connect.cli.invocation import Invocation, command
from askul_connect.cli.output import print_json, print_table
from askul_connect.cli.people import ROLES, chosen
from askul_connect.cli.users import department_option, limit_option
from askul_connect.core.domain.accounts import Role
from askul_connect.core.domain.invitations import InvitationState
from askul_connect.core.messages.invitations import CancelInvitationRequest, ListInvitationsRequest
from askul_connect.core.messages.people import (
    ApproveUserRequest,
    InviteUserRequest,
    ListAwaitingUsersRequest,
    RejectUserRequest,
)
from askul_connect.core.operations.people import (
    APPROVE_USER,
    CANCEL_INVITATION,
    INVITE_USER,
    LIST_AWAITING_USERS,
    LIST_INVITATIONS,
    REJECT_USER,
)

_INVITATIONS = ("reference", "e-mail", "role", "departments", "state", "invited", "until", "ended")


def add_to(application: click.Group) -> None:
    """Add the commands."""
    users = subgroup(application, "users")
    _add_asking(users)
    _add_inviting(users)


def _add_asking(users: click.Group) -> None:
    @by_administrator
    def waiting(invocation: Invocation, opening: Opening) -> int:
        """List the people who ask to join the account."""
        with opening() as ask:
            found = ask(LIST_AWAITING_USERS, ListAwaitingUsersRequest()).users
        if invocation.as_json:
            print_json(found)
        else:
            rows = [(one.user_id, one.email, one.name, shown(one.asked_at)) for one in found]
            print_table("Waiting", ("user id", "e-mail", "name", "asked"), rows)
        return ExitCode.DONE

    @click.argument("user")
    @click.option("--role", required=True, type=ROLES, help="What the person may do.")
    @department_option
    @limit_option
    @by_administrator
    def approve(
        invocation: Invocation,
        opening: Opening,
        *,
        user: str,
        role: str,
        departments: tuple[str, ...],
        order_limit: int | None,
    ) -> int:
        """Let a person who waits join, by id or e-mail address."""
        with opening() as ask:
            found = chosen(ask(LIST_AWAITING_USERS, ListAwaitingUsersRequest()).users, user)
            answer = ask(
                APPROVE_USER,
                ApproveUserRequest(
                    user_id=found.user_id,
                    role=Role(role),
                    department_codes=departments,
                    order_limit=order_limit,
                ),
            )
        return print_answer(invocation, answer, f"approved {answer.user_id}")

    @click.argument("user")
    @click.option("--reason", default="", help="What the person is told.")
    @by_administrator
    def reject(invocation: Invocation, opening: Opening, *, user: str, reason: str) -> int:
        """Refuse a person who waits, by id or e-mail address."""
        with opening() as ask:
            found = chosen(ask(LIST_AWAITING_USERS, ListAwaitingUsersRequest()).users, user)
            answer = ask(REJECT_USER, RejectUserRequest(user_id=found.user_id, reason=reason))
        return print_answer(invocation, answer, f"rejected {answer.user_id}")

    command(users, "waiting", "json", "trial", "quiet")(waiting)
    command(users, "approve", "json", "quiet")(approve)
    command(users, "reject", "json", "quiet")(reject)


def _add_inviting(users: click.Group) -> None:
    @click.argument("email")
    @click.option("--role", required=True, type=ROLES, help="What the person may do here.")
    @department_option
    @limit_option
    @by_administrator
    def invite(
        invocation: Invocation,
        opening: Opening,
        *,
        email: str,
        role: str,
        departments: tuple[str, ...],
        order_limit: int | None,
    ) -> int:
        """Invite a person who is a user of another account; whether there is one is never said."""
        request = InviteUserRequest(
            email=email, role=Role(role), department_codes=departments, order_limit=order_limit
        )
        with opening() as ask:
            answer = ask(INVITE_USER, request)
        return print_answer(invocation, answer, f"taken as {answer.reference}")

    @click.option(
        "--state", type=click.Choice([*InvitationState, "expired"]), help="Only those in this state."
    )
    @by_administrator
    def invitations(invocation: Invocation, opening: Opening, *, state: str | None) -> int:
        """List the invitations that were sent, and what became of them."""
        with opening() as ask:
            found = [
                one
                for one in ask(LIST_INVITATIONS, ListInvitationsRequest()).invitations
                if state in (None, one.state)
            ]
        if invocation.as_json:
            print_json(found)
            return ExitCode.DONE
        rows = [
            (
                one.reference,
                one.email,
                one.role.value,
                ", ".join(one.department_codes),
                one.state,
                shown(one.invited_at),
                shown(one.expires_at),
                shown(one.ended_at),
            )
            for one in found
        ]
        print_table("Invitations", _INVITATIONS, rows)
        return ExitCode.DONE

    @click.argument("reference")
    @by_administrator
    def cancel(invocation: Invocation, opening: Opening, *, reference: str) -> int:
        """Take an invitation back, by its reference; nobody joins by it any more."""
        with opening() as ask:
            answer = ask(CANCEL_INVITATION, CancelInvitationRequest(reference=reference))
        return print_answer(invocation, answer, f"cancelled {answer.reference}")

    command(users, "invite", "json", "quiet")(invite)
    command(users, "invitations", "json", "trial", "quiet")(invitations)
    command(users, "cancel-invitation", "json", "quiet")(cancel)
