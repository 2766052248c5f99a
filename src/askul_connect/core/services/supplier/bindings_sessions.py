"""The functions of sessions, remembered devices, locks and the login history."""

from __future__ import annotations

from askul_connect.core.operations import sessions as operations
from askul_connect.core.services.supplier import login_history, resuming, sessions, unlocking
from askul_connect.core.services.supplier.dispatch import Binding

SESSION_BINDINGS = (
    Binding(operation=operations.RESUME_SESSION, staged=resuming.resume_session),
    Binding(operation=operations.LOGOUT, run=sessions.logout),
    Binding(operation=operations.LIST_SESSIONS, run=sessions.list_sessions),
    Binding(operation=operations.END_SESSION, run=sessions.end_session),
    Binding(operation=operations.UNLOCK_USER, run=unlocking.unlock_user),
    Binding(operation=operations.LIST_LOGIN_HISTORY, run=login_history.list_login_history),
)
