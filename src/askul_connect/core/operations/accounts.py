"""Operations about accounts: registering, deciding, changing, merging, ending, and the answer to a leak."""

from __future__ import annotations

from functools import partial

from askul_connect.core.messages import account_changes, account_ends, leaks, registration
from askul_connect.core.operations.registry import (
    ADMINISTRATORS,
    ANYONE,
    SUPPLIER,
    Effect,
    Idempotency,
    Operation,
    ServiceFunction,
)

_READ = partial(
    Operation, effect=Effect.READ, idempotency=Idempotency.NATURAL, function=ServiceFunction.ACCOUNT
)
_WRITE = partial(
    Operation, effect=Effect.WRITE, idempotency=Idempotency.NATURAL, function=ServiceFunction.ACCOUNT
)

REGISTER_ACCOUNT = _WRITE(
    name="RegisterAccount",
    request=registration.RegisterAccountRequest,
    response=registration.RegisterAccountResponse,
    access=ANYONE,
    idempotency=Idempotency.NONE,
    summary="Apply for an account; staff approve or reject it.",
)
APPROVE_ACCOUNT = _WRITE(
    name="ApproveAccount",
    request=registration.ApproveAccountRequest,
    response=registration.ApproveAccountResponse,
    access=SUPPLIER,
    summary="Open a registered account; the first password goes out by letter.",
)
REJECT_ACCOUNT = _WRITE(
    name="RejectAccount",
    request=registration.RejectAccountRequest,
    response=registration.RejectAccountResponse,
    access=SUPPLIER,
    summary="Turn an application down, with the reason.",
)
SUSPEND_ACCOUNT = _WRITE(
    name="SuspendAccount",
    request=registration.SuspendAccountRequest,
    response=registration.SuspendAccountResponse,
    access=SUPPLIER,
    summary="Stop an account; orders under way go on.",
)
REINSTATE_ACCOUNT = _WRITE(
    name="ReinstateAccount",
    request=registration.ReinstateAccountRequest,
    response=registration.ReinstateAccountResponse,
    access=SUPPLIER,
    summary="Let a suspended account work again.",
)
LIST_DUPLICATE_ACCOUNTS = _READ(
    name="ListDuplicateAccounts",
    request=registration.ListDuplicateAccountsRequest,
    response=registration.ListDuplicateAccountsResponse,
    access=SUPPLIER,
    summary="Pairs of accounts that look like one company.",
)
MERGE_ACCOUNTS = _WRITE(
    name="MergeAccounts",
    request=registration.MergeAccountsRequest,
    response=registration.MergeAccountsResponse,
    access=SUPPLIER,
    summary="Give everything of one account to another one of the same company.",
)
PREVIEW_ACCOUNT_CHANGE = _READ(
    name="PreviewAccountChange",
    request=account_changes.PreviewAccountChangeRequest,
    response=account_changes.PreviewAccountChangeResponse,
    access=ADMINISTRATORS,
    summary="What a change of the registered data would do and touch.",
)
CHANGE_ACCOUNT = _WRITE(
    name="ChangeAccount",
    request=account_changes.ChangeAccountRequest,
    response=account_changes.ChangeAccountResponse,
    access=ADMINISTRATORS,
    idempotency=Idempotency.KEYED,
    summary="Change the registered data, based on a version of them.",
)
LIST_ACCOUNT_SNAPSHOTS = _READ(
    name="ListAccountSnapshots",
    request=account_changes.ListAccountSnapshotsRequest,
    response=account_changes.ListAccountSnapshotsResponse,
    access=ADMINISTRATORS,
    summary="The registered data as they were before each change.",
)
RESTORE_ACCOUNT_SNAPSHOT = _WRITE(
    name="RestoreAccountSnapshot",
    request=account_changes.RestoreAccountSnapshotRequest,
    response=account_changes.RestoreAccountSnapshotResponse,
    access=ADMINISTRATORS,
    idempotency=Idempotency.KEYED,
    summary="Put registered data back as they were.",
)
WITHDRAW_ACCOUNT = _WRITE(
    name="WithdrawAccount",
    request=account_ends.WithdrawAccountRequest,
    response=account_ends.WithdrawAccountResponse,
    access=ADMINISTRATORS | SUPPLIER,
    summary="End an account that has no open orders or invoices.",
)
ERASE_PERSONAL_DATA = _WRITE(
    name="ErasePersonalData",
    request=account_ends.ErasePersonalDataRequest,
    response=account_ends.ErasePersonalDataResponse,
    access=SUPPLIER,
    summary="Erase the people of an account that has ended, or one who was removed.",
)
REPORT_LEAK = _READ(
    name="ReportLeak",
    request=leaks.ReportLeakRequest,
    response=leaks.ReportLeakResponse,
    access=SUPPLIER,
    summary="Who is affected by an incident, by which data, and the deadlines of the law.",
)
RESPOND_TO_LEAK = _WRITE(
    name="RespondToLeak",
    request=leaks.RespondToLeakRequest,
    response=leaks.RespondToLeakResponse,
    access=SUPPLIER,
    idempotency=Idempotency.KEYED,
    summary="Tell the people affected, force new passwords, end sessions, revoke credentials.",
)

ACCOUNT_OPERATIONS = (
    REGISTER_ACCOUNT,
    APPROVE_ACCOUNT,
    REJECT_ACCOUNT,
    SUSPEND_ACCOUNT,
    REINSTATE_ACCOUNT,
    LIST_DUPLICATE_ACCOUNTS,
    MERGE_ACCOUNTS,
    PREVIEW_ACCOUNT_CHANGE,
    CHANGE_ACCOUNT,
    LIST_ACCOUNT_SNAPSHOTS,
    RESTORE_ACCOUNT_SNAPSHOT,
    WITHDRAW_ACCOUNT,
    ERASE_PERSONAL_DATA,
    REPORT_LEAK,
    RESPOND_TO_LEAK,
)
