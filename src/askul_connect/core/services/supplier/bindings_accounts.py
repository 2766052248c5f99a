"""One function for each operation about accounts."""

from __future__ import annotations

from askul_connect.core.operations import accounts as operations
from askul_connect.core.services.supplier import (
    changing,
    duplicates,
    erasing,
    leaking,
    merging,
    registering,
    withdrawing,
)
from askul_connect.core.services.supplier.dispatch import Binding

ACCOUNT_BINDINGS = (
    Binding(operation=operations.REGISTER_ACCOUNT, staged=registering.register_account),
    Binding(operation=operations.APPROVE_ACCOUNT, staged=registering.approve_account),
    Binding(operation=operations.REJECT_ACCOUNT, run=registering.reject_account),
    Binding(operation=operations.SUSPEND_ACCOUNT, run=registering.suspend_account),
    Binding(operation=operations.REINSTATE_ACCOUNT, run=registering.reinstate_account),
    Binding(operation=operations.LIST_DUPLICATE_ACCOUNTS, run=duplicates.list_duplicate_accounts),
    Binding(operation=operations.MERGE_ACCOUNTS, run=merging.merge_accounts),
    Binding(operation=operations.PREVIEW_ACCOUNT_CHANGE, run=changing.preview_account_change),
    Binding(
        operation=operations.CHANGE_ACCOUNT,
        run=changing.change_account,
        reference=lambda response: str(response.version),
        replay=changing.replay_change_account,
    ),
    Binding(operation=operations.LIST_ACCOUNT_SNAPSHOTS, run=changing.list_account_snapshots),
    Binding(
        operation=operations.RESTORE_ACCOUNT_SNAPSHOT,
        run=changing.restore_account_snapshot,
        reference=lambda response: str(response.version),
        replay=changing.replay_restore_account_snapshot,
    ),
    Binding(operation=operations.WITHDRAW_ACCOUNT, run=withdrawing.withdraw_account),
    Binding(operation=operations.ERASE_PERSONAL_DATA, run=erasing.erase_personal_data),
    Binding(operation=operations.REPORT_LEAK, run=leaking.report_leak),
    Binding(
        operation=operations.RESPOND_TO_LEAK,
        run=leaking.respond_to_leak,
        reference=lambda response: response.incident,
        replay=leaking.replay_respond_to_leak,
    ),
)
