"""What the rows of an import would do to the users there are: planned by reading only, then carried out (ACC-6)."""

from __future__ import annotations

from attrs import frozen

from askul_connect.core.domain.accounts import Membership, Role, User, UserState
from askul_connect.core.domain.identifiers import email_key
from askul_connect.core.domain.standing import USER_STEPS, UserStep
from askul_connect.core.errors import (
    AskulConnectError,
    DuplicateRegistration,
    LastAdministrator,
    NotFound,
    Problem,
    ValueInvalid,
)
from askul_connect.core.messages.people import PlannedUserChange
from askul_connect.core.policies.user_csv import RowAction, UserRow, read_user_csv, row_problem
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.people import (
    Place,
    add_person,
    change_person,
    in_order,
    name_problems,
    place_of,
    place_problems,
    remove_person,
    require_administrator,
)

_COLUMNS = {"department_codes": "departments"}


@frozen(kw_only=True)
class PlannedRow:
    """One row, with whom it is about.

    Attributes:
        user, membership: None for somebody new.
        place: What the person is to be; None for one who is removed.
    """

    row: UserRow
    user: User | None
    membership: Membership | None
    name: str
    place: Place | None
    shown: PlannedUserChange


@frozen(kw_only=True)
class Plan:
    """Every row, and every finding; with a finding nothing is carried out."""

    changes: tuple[PlannedRow, ...]
    problems: tuple[Problem, ...]


def plan_rows(context: Context, text: str) -> Plan:
    """What a file would do now; nothing is written."""
    file = read_user_csv(text)
    problems = list(file.problems)
    changes = []
    for row in file.rows:
        planned, found = _plan(context, row)
        problems += found
        if planned is not None:
            changes.append(planned)
    if not problems and not _administrator_left(context, changes):
        problems.append(
            Problem(
                code=LastAdministrator.code,
                detail="after the last row the account would have no administrator of its own any more",
                where="rows",
                remedy=LastAdministrator.remedy.en,
            )
        )
    return Plan(changes=tuple(changes), problems=tuple(problems))


def carry_out(context: Context, plan: Plan) -> None:
    """Do what was planned, in the same unit of work."""
    for one in plan.changes:
        if one.place is None:
            if one.user is not None and one.membership is not None:
                remove_person(context, one.user, one.membership)
        elif one.user is None or one.membership is None:
            add_person(context, one.row.email, one.name, one.place)
        else:
            change_person(context, one.user, one.membership, one.name, one.place)
    require_administrator(context.unit, context.caller.account_id)


def _plan(context: Context, row: UserRow) -> tuple[PlannedRow | None, list[Problem]]:
    user = context.unit.users.by_email_key(email_key(row.email))
    # asked for nobody too: an address of another account takes the work of one that nobody has
    found = context.unit.memberships.get(context.caller.account_id, user.user_id if user else "")
    membership = found if found is not None and found.state is UserState.ACTIVE else None
    if row.action is RowAction.ADD:
        return _plan_new(context, row, user)
    if user is None or membership is None:
        return None, [_problem(row, "email", f"there is no user {row.email}", NotFound)]
    before = place_of(membership)
    place = _place(row, before) if row.action is RowAction.CHANGE else None
    name = row.name or user.name
    problems = _findings(context, row, name, place)
    if name != user.name and membership.home_account_id != membership.account_id:
        problems.append(_problem(row, "name", "another account answers for the person's name", ValueInvalid))
    if membership.primary_administrator and (place is None or place.role is not Role.ADMINISTRATOR):
        column = "action" if place is None else "role"
        detail = "the primary administrator stays one; transfer the administration first"
        problems.append(_problem(row, column, detail, LastAdministrator))
    planned = PlannedRow(
        row=row,
        user=user,
        membership=membership,
        name=name,
        place=place,
        shown=_shown(row, before, place),
    )
    return planned, problems


def _plan_new(context: Context, row: UserRow, known: User | None) -> tuple[PlannedRow | None, list[Problem]]:
    place = Place(
        role=row.role or Role.VIEWER, department_codes=row.departments or (), order_limit=row.order_limit
    )
    problems = _findings(context, row, row.name or "", place)
    here = known is not None and known.account_id == context.caller.account_id
    if known is not None and not (here and (known.state, UserStep.RETURN) in USER_STEPS):
        problems.append(_problem(row, "email", f"{row.email} is registered already", DuplicateRegistration))
    planned = PlannedRow(
        row=row,
        user=None,
        membership=None,
        name=row.name or "",
        place=place,
        shown=_shown(row, None, place),
    )
    return planned, problems


def _place(row: UserRow, before: Place) -> Place:
    """What is there, but for the cells that say something."""
    limit = before.order_limit if row.order_limit is None else row.order_limit
    return Place(
        role=row.role or before.role,
        department_codes=before.department_codes if row.departments is None else row.departments,
        order_limit=None if row.without_limit else limit,
    )


def _findings(context: Context, row: UserRow, name: str, place: Place | None) -> list[Problem]:
    if place is None:
        return []
    return [
        Problem(
            code=one.code,
            detail=one.detail,
            where=f"row {row.number}, column {_COLUMNS.get(one.where, one.where)}",
            remedy=one.remedy,
        )
        for one in (*name_problems("name", name), *place_problems(context, place))
    ]


def _problem(row: UserRow, column: str, detail: str, kind: type[AskulConnectError]) -> Problem:
    return row_problem(row.number, column, detail, kind)


def _shown(row: UserRow, before: Place | None, after: Place | None) -> PlannedUserChange:
    return PlannedUserChange(
        row=row.number,
        action=row.action.value,
        email=row.email,
        before=_text(before),
        after=_text(after),
    )


def _text(place: Place | None) -> str:
    if place is None:
        return ""
    limit = "no limit" if place.order_limit is None else f"at most {place.order_limit}"
    return f"{place.role.value}; {' '.join(in_order(place.department_codes)) or 'no department'}; {limit}"


def _administrator_left(context: Context, changes: list[PlannedRow]) -> bool:
    account_id = context.caller.account_id
    after = {
        one.user_id: one.role
        for one in context.unit.memberships.of_account(account_id)
        if one.state is UserState.ACTIVE and one.home_account_id == account_id
    }
    added = 0
    for one in changes:
        if one.user is None:
            added += one.place is not None and one.place.role is Role.ADMINISTRATOR
        elif one.user.user_id in after:
            if one.place is None:
                del after[one.user.user_id]
            else:
                after[one.user.user_id] = one.place.role
    return added > 0 or Role.ADMINISTRATOR in after.values()
