"""The functions of the operations of signing on."""

from __future__ import annotations

from askul_connect.core.operations import sign_on as operations
from askul_connect.core.services.supplier import sign_on, sign_on_settings
from askul_connect.core.services.supplier.dispatch import Binding

SIGN_ON_BINDINGS = (
    Binding(operation=operations.LOGIN_WITH_ASSERTION, staged=sign_on.login_with_assertion),
    Binding(operation=operations.LIST_SIGN_ON_PROVIDERS, run=sign_on_settings.list_sign_on_providers),
    Binding(operation=operations.SET_SIGN_ON_PROVIDERS, run=sign_on_settings.set_sign_on_providers),
)
