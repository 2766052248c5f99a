"""Requests and responses about people, what they may do, and how they join (ACC-5, ACC-6, ACC-9)."""

from __future__ import annotations

from datetime import date, datetime

from attrs import field, frozen

from askul_connect.core.domain.accounts import Role
from askul_connect.core.domain.secrets import Secret

# --- joining -------------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class RegisterUserRequest:
    """Ask to join one's employer's account, by its member number (ACC-9).

    Attributes:
        member_number: Printed on invoices.
        password: What to log in with once the administrator has approved.
    """

    email: str
    name: str
    member_number: str
    password: Secret


@frozen(kw_only=True)
class RegisterUserResponse:
    """Taken; whether the number or the address is known is never said. What comes next is said by mail.

    Attributes:
        reference: The number under which support finds the request.
    """

    reference: str


@frozen(kw_only=True)
class ConfirmEmailRequest:
    """Show that an address is one's own, by the token that was sent to it."""

    email_token: Secret


@frozen(kw_only=True)
class ConfirmEmailResponse:
    """The address is confirmed.

    Attributes:
        email: The address.
        awaiting_approval: The administrator has to approve before one can log in.
    """

    email: str
    awaiting_approval: bool


@frozen(kw_only=True)
class ListAwaitingUsersRequest:
    """Who waits for an administrator's approval."""


@frozen(kw_only=True)
class AwaitingUser:
    """One person who asks to join."""

    user_id: str
    email: str
    name: str
    asked_at: datetime


@frozen(kw_only=True)
class ListAwaitingUsersResponse:
    """Those who wait, the first first."""

    users: tuple[AwaitingUser, ...]


@frozen(kw_only=True)
class ApproveUserRequest:
    """Let a person join (ACC-9).

    Attributes:
        order_limit: The most one order may cost, minor units with tax; none without a limit.
    """

    user_id: str
    role: Role
    department_codes: tuple[str, ...] = field(default=())
    order_limit: int | None = None


@frozen(kw_only=True)
class ApproveUserResponse:
    """The person may log in now."""

    user_id: str
    version: int


@frozen(kw_only=True)
class RejectUserRequest:
    """Refuse a person.

    Attributes:
        reason: What the person is told.
    """

    user_id: str
    reason: str = ""


@frozen(kw_only=True)
class RejectUserResponse:
    """The person was told."""

    user_id: str


@frozen(kw_only=True)
class InviteUserRequest:
    """Invite a person who is a user already, in another account (ACC-5)."""

    email: str
    role: Role
    department_codes: tuple[str, ...] = field(default=())
    order_limit: int | None = None


@frozen(kw_only=True)
class InviteUserResponse:
    """Taken; whether the address is anybody's is never said. Until it is accepted nothing is to be seen.

    Attributes:
        reference: The number under which support finds the request.
    """

    reference: str


@frozen(kw_only=True)
class AcceptInvitationRequest:
    """Join a further account, by the token of the invitation, in a session of the person it was sent to."""

    invitation_token: Secret


@frozen(kw_only=True)
class AcceptInvitationResponse:
    """The person belongs to the account now; the session stays where it is."""

    account_name: str
    member_number: str
    role: Role


# --- changing ------------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class ChangeUserRequest:
    """Change what is registered of a user; every field is given, changed or not (ACC-6, ACC-7).

    Attributes:
        version: Of the user as it was read; refused when somebody else has changed the user since.
        email: A new address is asked to confirm itself before one logs in with it.
        order_limit: The most one order may cost, minor units with tax; none without a limit.
    """

    user_id: str
    version: int
    email: str
    name: str
    role: Role
    department_codes: tuple[str, ...] = field(default=())
    order_limit: int | None = None


@frozen(kw_only=True)
class ChangeUserResponse:
    """The user after the change.

    Attributes:
        confirmation_sent: A new address was asked to confirm itself; until then the old one stays.
    """

    user_id: str
    version: int
    confirmation_sent: bool


@frozen(kw_only=True)
class RemoveUserRequest:
    """Remove a user; sessions end at once."""

    user_id: str


@frozen(kw_only=True)
class RemoveUserResponse:
    """The user is removed, by this call or an earlier one."""

    user_id: str


@frozen(kw_only=True)
class TransferAdministrationRequest:
    """Make another user of the account its primary administrator, whom the customer number logs in (ACC-6).

    Attributes:
        former_role: What the primary administrator of until now is from then on.
    """

    user_id: str
    former_role: Role = Role.ADMINISTRATOR


@frozen(kw_only=True)
class TransferAdministrationResponse:
    """The primary administrator now, and the one before."""

    user_id: str
    former_user_id: str


# --- many at once --------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class ImportUsersRequest:
    """Add, change and remove many users by one CSV file: all of it or nothing (ACC-6).

    Attributes:
        csv_text: With the columns action, email, name, role, departments, order_limit.
        effective_on: The business day from whose beginning it is in force; none for at once.
        trial: Check everything, show what would change, keep nothing.
    """

    csv_text: str
    effective_on: date | None = None
    trial: bool = False


@frozen(kw_only=True)
class PlannedUserChange:
    """What one row does.

    Attributes:
        before, after: Role, departments and limit; empty for who is not there.
    """

    row: int
    action: str
    email: str
    before: str
    after: str


@frozen(kw_only=True)
class ImportUsersResponse:
    """The import.

    Attributes:
        import_id: Empty for a trial.
        state: ``done``, or ``waiting`` for its date.
        rows: How many changes it has.
        changes: For a trial: what each row would change.
    """

    import_id: str
    state: str
    effective_on: date
    rows: int
    changes: tuple[PlannedUserChange, ...] = ()


@frozen(kw_only=True)
class ListUserImportsRequest:
    """The account's imports of users."""


@frozen(kw_only=True)
class UserImportSummary:
    """One import.

    Attributes:
        state: ``waiting``, ``done``, ``failed`` or ``cancelled``.
        created_by: Id of the administrator.
        failure: Why it failed at its date; empty otherwise.
    """

    import_id: str
    state: str
    effective_on: date
    rows: int
    created_by: str
    created_at: datetime
    ended_at: datetime | None = None
    failure: str = ""


@frozen(kw_only=True)
class ListUserImportsResponse:
    """The imports, newest first."""

    imports: tuple[UserImportSummary, ...]


@frozen(kw_only=True)
class CancelUserImportRequest:
    """Take back an import that waits for its date."""

    import_id: str


@frozen(kw_only=True)
class CancelUserImportResponse:
    """It is cancelled, by this call or an earlier one."""

    import_id: str


# --- contexts ------------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class ListContextsRequest:
    """The accounts and departments that the person may work in (ACC-5)."""


@frozen(kw_only=True)
class WorkContext:
    """One account that the person belongs to.

    Attributes:
        department_codes: Departments to choose from; empty where the account has none.
        second_factor_required: A session needs a proved second factor to work there.
        current: The session works there now.
        current_department: The department it works in; empty for all within reach.
    """

    member_number: str
    account_name: str
    role: Role
    department_codes: tuple[str, ...]
    second_factor_required: bool
    current: bool
    current_department: str


@frozen(kw_only=True)
class ListContextsResponse:
    """The accounts, by name."""

    contexts: tuple[WorkContext, ...]


@frozen(kw_only=True)
class SwitchContextRequest:
    """Work in another account or department from now on, in the same session (ACC-5).

    Attributes:
        department_code: The department to work in, with those below it; empty for all within reach.
    """

    member_number: str
    department_code: str = ""


@frozen(kw_only=True)
class SwitchContextResponse:
    """Where the session works now."""

    account_name: str
    role: Role
    department_code: str


# --- departments and limits ----------------------------------------------------------------------------------


@frozen(kw_only=True)
class ChangeDepartmentRequest:
    """Change a department; every field is given, changed or not (ACC-5, ACC-7).

    Attributes:
        version: Of the department as it was read; refused when somebody else has changed it since.
        parent_code: The department above it; empty for the top.
    """

    code: str
    version: int
    name: str
    parent_code: str = ""
    postcode: str = ""
    address: str = ""


@frozen(kw_only=True)
class ChangeDepartmentResponse:
    """The department after the change."""

    code: str
    version: int


@frozen(kw_only=True)
class RemoveDepartmentRequest:
    """Remove a department that has no users, no departments below it and no open orders."""

    code: str


@frozen(kw_only=True)
class RemoveDepartmentResponse:
    """It is removed; its orders stay in the history."""

    code: str


@frozen(kw_only=True)
class SetDepartmentLimitRequest:
    """Set what a department may spend in a month.

    Attributes:
        monthly_limit: Minor units with tax; none takes the limit away.
    """

    code: str
    monthly_limit: int | None = None


@frozen(kw_only=True)
class SetDepartmentLimitResponse:
    """The limit now, in force at once."""

    code: str
    monthly_limit: int | None = None


@frozen(kw_only=True)
class ListDepartmentLimitsRequest:
    """The limits of the departments that the caller may see."""


@frozen(kw_only=True)
class DepartmentLimitSummary:
    """One limit; minor units with tax.

    Attributes:
        used: By open and shipped orders of the month.
        left: What is left of it; negative when the limit was lowered below what was used.
    """

    code: str
    monthly_limit: int
    used: int
    left: int


@frozen(kw_only=True)
class ListDepartmentLimitsResponse:
    """The limits, by department.

    Attributes:
        month: First day of the business month that is counted.
    """

    month: date
    limits: tuple[DepartmentLimitSummary, ...]
