"""The functions of the lists for administrators and staff."""

from __future__ import annotations

from askul_connect.core.operations import administration as operations
from askul_connect.core.services.supplier import account_list, machine_access
from askul_connect.core.services.supplier.dispatch import Binding

ADMINISTRATION_BINDINGS = (
    Binding(operation=operations.LIST_CLIENT_CREDENTIALS, run=machine_access.list_client_credentials),
    Binding(operation=operations.LIST_ACCOUNTS, run=account_list.list_accounts),
)
