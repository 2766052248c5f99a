"""Operations on people, departments and limits (ACC-5, ACC-6, ACC-9)."""

from __future__ import annotations

from askul_connect.core.messages import invitations, people
from askul_connect.core.operations.registry import (
    ADMINISTRATORS,
    ANYONE,
    CUSTOMERS,
    Effect,
    Idempotency,
    Operation,
    ServiceFunction,
)

REGISTER_USER = Operation(
    name="RegisterUser",
    request=people.RegisterUserRequest,
    response=people.RegisterUserResponse,
    access=ANYONE,
    effect=Effect.WRITE,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.ACCOUNT,
    summary="Ask to join an account by its member number; the answer never says whether anything was found.",
)
CONFIRM_EMAIL = Operation(
    name="ConfirmEmail",
    request=people.ConfirmEmailRequest,
    response=people.ConfirmEmailResponse,
    access=ANYONE,
    effect=Effect.WRITE,
    idempotency=Idempotency.NONE,
    function=ServiceFunction.ACCOUNT,
    summary="Confirm an e-mail address with the token that was sent to it.",
)
LIST_AWAITING_USERS = Operation(
    name="ListAwaitingUsers",
    request=people.ListAwaitingUsersRequest,
    response=people.ListAwaitingUsersResponse,
    access=ADMINISTRATORS,
    effect=Effect.READ,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.ACCOUNT,
    summary="Who waits for approval to join the account.",
)
APPROVE_USER = Operation(
    name="ApproveUser",
    request=people.ApproveUserRequest,
    response=people.ApproveUserResponse,
    access=ADMINISTRATORS,
    effect=Effect.WRITE,
    idempotency=Idempotency.KEYED,
    function=ServiceFunction.ACCOUNT,
    summary="Let a person who waits join the account, with role and departments.",
)
REJECT_USER = Operation(
    name="RejectUser",
    request=people.RejectUserRequest,
    response=people.RejectUserResponse,
    access=ADMINISTRATORS,
    effect=Effect.WRITE,
    idempotency=Idempotency.KEYED,
    function=ServiceFunction.ACCOUNT,
    summary="Refuse a person who waits to join the account.",
)
INVITE_USER = Operation(
    name="InviteUser",
    request=people.InviteUserRequest,
    response=people.InviteUserResponse,
    access=ADMINISTRATORS,
    effect=Effect.WRITE,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.ACCOUNT,
    summary="Invite a person who is a user of another account; the answer never says whether there is one.",
)
ACCEPT_INVITATION = Operation(
    name="AcceptInvitation",
    request=people.AcceptInvitationRequest,
    response=people.AcceptInvitationResponse,
    access=CUSTOMERS,
    effect=Effect.WRITE,
    idempotency=Idempotency.NONE,
    function=ServiceFunction.ACCOUNT,
    summary="Join a further account by an invitation.",
    over_accounts=True,
)
LIST_INVITATIONS = Operation(
    name="ListInvitations",
    request=invitations.ListInvitationsRequest,
    response=invitations.ListInvitationsResponse,
    access=ADMINISTRATORS,
    effect=Effect.READ,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.ACCOUNT,
    summary="The invitations that the account has sent, alike whether or not their addresses are anybody's.",
)
CANCEL_INVITATION = Operation(
    name="CancelInvitation",
    request=invitations.CancelInvitationRequest,
    response=invitations.CancelInvitationResponse,
    access=ADMINISTRATORS,
    effect=Effect.WRITE,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.ACCOUNT,
    summary="Take back an invitation; nobody joins by it any more.",
)
CHANGE_USER = Operation(
    name="ChangeUser",
    request=people.ChangeUserRequest,
    response=people.ChangeUserResponse,
    access=ADMINISTRATORS,
    effect=Effect.WRITE,
    idempotency=Idempotency.KEYED,
    function=ServiceFunction.ACCOUNT,
    summary="Change a user of the account.",
)
REMOVE_USER = Operation(
    name="RemoveUser",
    request=people.RemoveUserRequest,
    response=people.RemoveUserResponse,
    access=ADMINISTRATORS,
    effect=Effect.WRITE,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.ACCOUNT,
    summary="Remove a user of the account; sessions end at once.",
)
TRANSFER_ADMINISTRATION = Operation(
    name="TransferAdministration",
    request=people.TransferAdministrationRequest,
    response=people.TransferAdministrationResponse,
    access=ADMINISTRATORS,
    effect=Effect.WRITE,
    idempotency=Idempotency.KEYED,
    function=ServiceFunction.ACCOUNT,
    summary="Make another user the primary administrator, in one step.",
)
IMPORT_USERS = Operation(
    name="ImportUsers",
    request=people.ImportUsersRequest,
    response=people.ImportUsersResponse,
    access=ADMINISTRATORS,
    effect=Effect.WRITE,
    idempotency=Idempotency.KEYED,
    function=ServiceFunction.ACCOUNT,
    summary="Add, change and remove many users by CSV, at once or at a date.",
)
LIST_USER_IMPORTS = Operation(
    name="ListUserImports",
    request=people.ListUserImportsRequest,
    response=people.ListUserImportsResponse,
    access=ADMINISTRATORS,
    effect=Effect.READ,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.ACCOUNT,
    summary="The account's imports of users and how they ended.",
)
CANCEL_USER_IMPORT = Operation(
    name="CancelUserImport",
    request=people.CancelUserImportRequest,
    response=people.CancelUserImportResponse,
    access=ADMINISTRATORS,
    effect=Effect.WRITE,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.ACCOUNT,
    summary="Take back an import of users that waits for its date.",
)
LIST_CONTEXTS = Operation(
    name="ListContexts",
    request=people.ListContextsRequest,
    response=people.ListContextsResponse,
    access=CUSTOMERS,
    effect=Effect.READ,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.ACCOUNT,
    summary="The accounts and departments the person may work in.",
    over_accounts=True,
)
SWITCH_CONTEXT = Operation(
    name="SwitchContext",
    request=people.SwitchContextRequest,
    response=people.SwitchContextResponse,
    access=CUSTOMERS,
    effect=Effect.WRITE,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.ACCOUNT,
    summary="Work in another account or department without a new login.",
    over_accounts=True,
)
CHANGE_DEPARTMENT = Operation(
    name="ChangeDepartment",
    request=people.ChangeDepartmentRequest,
    response=people.ChangeDepartmentResponse,
    access=ADMINISTRATORS,
    effect=Effect.WRITE,
    idempotency=Idempotency.KEYED,
    function=ServiceFunction.ACCOUNT,
    summary="Change a department, or move it below another.",
)
REMOVE_DEPARTMENT = Operation(
    name="RemoveDepartment",
    request=people.RemoveDepartmentRequest,
    response=people.RemoveDepartmentResponse,
    access=ADMINISTRATORS,
    effect=Effect.WRITE,
    idempotency=Idempotency.KEYED,
    function=ServiceFunction.ACCOUNT,
    summary="Remove a department that is not in use.",
)
SET_DEPARTMENT_LIMIT = Operation(
    name="SetDepartmentLimit",
    request=people.SetDepartmentLimitRequest,
    response=people.SetDepartmentLimitResponse,
    access=ADMINISTRATORS,
    effect=Effect.WRITE,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.ACCOUNT,
    summary="Set what a department may spend in a month.",
)
LIST_DEPARTMENT_LIMITS = Operation(
    name="ListDepartmentLimits",
    request=people.ListDepartmentLimitsRequest,
    response=people.ListDepartmentLimitsResponse,
    access=CUSTOMERS,
    effect=Effect.READ,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.ACCOUNT,
    summary="Monthly limits of departments, what is used and what is left.",
    machines=True,
)

PEOPLE_OPERATIONS = (
    REGISTER_USER,
    CONFIRM_EMAIL,
    LIST_AWAITING_USERS,
    APPROVE_USER,
    REJECT_USER,
    INVITE_USER,
    ACCEPT_INVITATION,
    CHANGE_USER,
    REMOVE_USER,
    TRANSFER_ADMINISTRATION,
    IMPORT_USERS,
    LIST_USER_IMPORTS,
    CANCEL_USER_IMPORT,
    LIST_CONTEXTS,
    SWITCH_CONTEXT,
    CHANGE_DEPARTMENT,
    REMOVE_DEPARTMENT,
    SET_DEPARTMENT_LIMIT,
    LIST_DEPARTMENT_LIMITS,
    LIST_INVITATIONS,
    CANCEL_INVITATION,
)
