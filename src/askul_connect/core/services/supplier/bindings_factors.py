"""One function for each operation of second factors and login policy."""

from __future__ import annotations

from askul_connect.core.operations import factors as operations
from askul_connect.core.services.supplier import (
    factors,
    login_policy,
    passkey_login,
    passkeys,
    recovery_codes,
    second_factor,
    totp,
)
from askul_connect.core.services.supplier.dispatch import Binding

FACTOR_BINDINGS = (
    Binding(operation=operations.LIST_FACTORS, run=factors.list_factors),
    Binding(operation=operations.ENROL_TOTP, staged=totp.enrol_totp),
    Binding(operation=operations.CONFIRM_TOTP, staged=totp.confirm_totp),
    Binding(operation=operations.ENROL_PASSKEY, staged=passkeys.enrol_passkey),
    Binding(operation=operations.CONFIRM_PASSKEY, staged=passkeys.confirm_passkey),
    Binding(operation=operations.REMOVE_FACTOR, staged=factors.remove_factor),
    Binding(operation=operations.RENEW_RECOVERY_CODES, staged=recovery_codes.renew_recovery_codes),
    Binding(operation=operations.RESET_FACTORS, staged=factors.reset_factors),
    Binding(operation=operations.START_PASSKEY_VERIFICATION, run=second_factor.start_passkey_verification),
    Binding(operation=operations.VERIFY_SECOND_FACTOR, staged=second_factor.verify_second_factor),
    Binding(operation=operations.START_PASSKEY_LOGIN, run=passkey_login.start_passkey_login),
    Binding(operation=operations.LOGIN_WITH_PASSKEY, staged=passkey_login.login_with_passkey),
    Binding(operation=operations.GET_LOGIN_POLICY, run=login_policy.get_login_policy),
    Binding(operation=operations.SET_LOGIN_POLICY, staged=login_policy.set_login_policy),
)
