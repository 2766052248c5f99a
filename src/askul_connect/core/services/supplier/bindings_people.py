"""The functions of the operations on people, departments and limits."""

from __future__ import annotations

from askul_connect.core.operations import people as operations
from askul_connect.core.services.supplier import (
    departments,
    email_change,
    invitations,
    joining,
    limits,
    switching,
    user_imports,
    users,
)
from askul_connect.core.services.supplier.dispatch import Binding

PEOPLE_BINDINGS = (
    Binding(operation=operations.REGISTER_USER, staged=joining.register_user),
    Binding(operation=operations.CONFIRM_EMAIL, run=email_change.confirm_email),
    Binding(operation=operations.LIST_AWAITING_USERS, run=joining.list_awaiting_users),
    Binding(
        operation=operations.APPROVE_USER,
        run=joining.approve_user,
        reference=lambda response: response.user_id,
        replay=joining.replay_approve_user,
    ),
    Binding(
        operation=operations.REJECT_USER,
        run=joining.reject_user,
        reference=lambda response: response.user_id,
        replay=joining.replay_reject_user,
    ),
    Binding(operation=operations.INVITE_USER, run=invitations.invite_user),
    Binding(operation=operations.ACCEPT_INVITATION, run=invitations.accept_invitation),
    Binding(operation=operations.LIST_INVITATIONS, run=invitations.list_invitations),
    Binding(operation=operations.CANCEL_INVITATION, run=invitations.cancel_invitation),
    Binding(
        operation=operations.CHANGE_USER,
        run=users.change_user,
        reference=lambda response: response.user_id,
        replay=users.replay_change_user,
    ),
    Binding(operation=operations.REMOVE_USER, run=users.remove_user),
    Binding(
        operation=operations.TRANSFER_ADMINISTRATION,
        run=users.transfer_administration,
        reference=users.transfer_reference,
        replay=users.replay_transfer_administration,
    ),
    Binding(
        operation=operations.IMPORT_USERS,
        run=user_imports.import_users,
        reference=lambda response: response.import_id,
        replay=user_imports.replay_import_users,
        asked=user_imports.asked_for,
    ),
    Binding(operation=operations.LIST_USER_IMPORTS, run=user_imports.list_user_imports),
    Binding(operation=operations.CANCEL_USER_IMPORT, run=user_imports.cancel_user_import),
    Binding(operation=operations.LIST_CONTEXTS, run=switching.list_contexts),
    Binding(operation=operations.SWITCH_CONTEXT, run=switching.switch_context),
    Binding(
        operation=operations.CHANGE_DEPARTMENT,
        run=departments.change_department,
        reference=lambda response: response.code,
        replay=departments.replay_change_department,
    ),
    Binding(
        operation=operations.REMOVE_DEPARTMENT,
        run=departments.remove_department,
        reference=lambda response: response.code,
        replay=departments.replay_remove_department,
    ),
    Binding(operation=operations.SET_DEPARTMENT_LIMIT, run=limits.set_department_limit),
    Binding(operation=operations.LIST_DEPARTMENT_LIMITS, run=limits.list_department_limits),
)
