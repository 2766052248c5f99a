"""docs/reference/states.md: the states of orders, accounts and logins, from the tables that the code works with."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from _pages.markdown import page, table
from askul_connect.core.domain.accounts import AccountState, SessionStage, UserState
from askul_connect.core.domain.invitations import INVITATION_STEPS, InvitationState, InvitationStep
from askul_connect.core.domain.orders import LINE_STEPS, LineState, Step, order_state
from askul_connect.core.domain.outbox import OUTBOX_STEPS, OutboxState, OutboxStep
from askul_connect.core.domain.returns import RETURN_STEPS, ReturnState, ReturnStep
from askul_connect.core.domain.shipments import SHIPMENT_STEPS, ShipmentState, ShipmentStep
from askul_connect.core.domain.staff import STAFF_STEPS, StaffState, StaffStep
from askul_connect.core.domain.standing import (
    ACCOUNT_STEPS,
    CREDENTIAL_STEPS,
    PASSWORD_STEPS,
    SESSION_STEPS,
    USER_STEPS,
    AccountStep,
    CredentialState,
    CredentialStep,
    PasswordState,
    PasswordStep,
    SessionStep,
    UserStep,
)
from askul_connect.core.domain.tickets import TICKET_STEPS, TicketState, TicketStep
from askul_connect.core.domain.user_imports import USER_IMPORT_STEPS, UserImportState, UserImportStep

_INTRODUCTION = """\
Orders, shipments, returns, accounts, people, passwords, sessions and client credentials have states; a step leads from
one to the next. A step that is not in its table is refused (`illegal-step`). An order's own state follows from its
lines.
"""


def states_page() -> str:
    """The page."""
    return page(
        "States",
        _INTRODUCTION,
        "## Lines\n",
        *_machine(LINE_STEPS, LineState, Step, (LineState.DRAFT,)),
        "## Orders\n",
        (
            "A cancelled line does not count unless all lines are cancelled. An order of which some but not all lines"
            " have been shipped is partly shipped. Otherwise the least advanced line names the order's state. For an"
            " order of two lines:\n"
        ),
        table(("", *(state.value for state in LineState)), [_order_row(state) for state in LineState]),
        "## Shipments\n",
        *_machine(SHIPMENT_STEPS, ShipmentState, ShipmentStep, (ShipmentState.ON_THE_WAY,)),
        "## Returns\n",
        *_machine(RETURN_STEPS, ReturnState, ReturnStep, (ReturnState.REQUESTED,)),
        "## Accounts\n",
        *_machine(
            ACCOUNT_STEPS, AccountState, AccountStep, (AccountState.PENDING_APPROVAL, AccountState.ACTIVE)
        ),
        "## People and memberships\n",
        *_machine(USER_STEPS, UserState, UserStep, (UserState.AWAITING_APPROVAL, UserState.ACTIVE)),
        "## Imports of users\n",
        *_machine(
            USER_IMPORT_STEPS,
            UserImportState,
            UserImportStep,
            (UserImportState.WAITING, UserImportState.DONE),
        ),
        "## Invitations\n",
        *_machine(INVITATION_STEPS, InvitationState, InvitationStep, (InvitationState.OPEN,)),
        "## Passwords\n",
        *_machine(PASSWORD_STEPS, PasswordState, PasswordStep, (PasswordState.NONE,)),
        "## Sessions\n",
        *_machine(
            SESSION_STEPS, SessionStage, SessionStep, tuple(one for one in SessionStage if one != "ended")
        ),
        "## Client credentials\n",
        *_machine(CREDENTIAL_STEPS, CredentialState, CredentialStep, (CredentialState.VALID,)),
        "## Staff members\n",
        *_machine(STAFF_STEPS, StaffState, StaffStep, (StaffState.ACTIVE,)),
        "## Tickets\n",
        *_machine(TICKET_STEPS, TicketState, TicketStep, (TicketState.OPEN,)),
        "## Messages of the outbox\n",
        "What [people decide](../guide/outbox-and-retries.md#what-a-person-can-do); sending leads to the others.\n",
        *_machine(OUTBOX_STEPS, OutboxState, OutboxStep, (OutboxState.PENDING,)),
    )


def _machine(
    steps: Mapping[tuple[Any, Any], Any],
    states: type[StrEnum],
    names: type[StrEnum],
    first: tuple[StrEnum, ...],
) -> tuple[str, ...]:
    """The diagram of a table of states, and the table itself."""
    starts = "".join(f"    [*] --> {state.value}\n" for state in first)
    ways = "".join(
        f"    {before.value} --> {after.value}: {step.value}\n" for (before, step), after in steps.items()
    )
    last = sorted({state.value for state in states} - {before.value for before, _ in steps})
    ends = "".join(f"    {state} --> [*]\n" for state in last)
    rows = [
        (
            f"**{state.value}**",
            *(after.value if (after := steps.get((state, step))) else "" for step in names),
        )
        for state in states
    ]
    return (
        f"```mermaid\nstateDiagram-v2\n{starts}{ways}{ends}```\n",
        "The same as a table: what each step makes of each state.\n",
        table(("state", *(step.value for step in names)), rows),
    )


def _order_row(state: LineState) -> tuple[str, ...]:
    return (f"**{state.value}**", *(order_state((state, other)).value for other in LineState))
