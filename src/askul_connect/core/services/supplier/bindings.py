"""One function for each operation of the registry."""

from __future__ import annotations

from askul_connect.core.operations import audit, recovery
from askul_connect.core.operations import status as status_operations
from askul_connect.core.operations import supplier as operations
from askul_connect.core.services.supplier import (
    accounts,
    audit_trail,
    billing,
    catalog,
    confirming,
    departments,
    guidance,
    inquiries,
    login,
    machine_access,
    ordering,
    placing,
    resetting,
    shipping,
    status,
    temporary_passwords,
)
from askul_connect.core.services.supplier.bindings_accounts import ACCOUNT_BINDINGS
from askul_connect.core.services.supplier.bindings_administration import ADMINISTRATION_BINDINGS
from askul_connect.core.services.supplier.bindings_billing import BILLING_BINDINGS
from askul_connect.core.services.supplier.bindings_cart import CART_BINDINGS
from askul_connect.core.services.supplier.bindings_catalog import CATALOG_BINDINGS
from askul_connect.core.services.supplier.bindings_coupons import COUPON_BINDINGS
from askul_connect.core.services.supplier.bindings_factors import FACTOR_BINDINGS
from askul_connect.core.services.supplier.bindings_order_history import ORDER_HISTORY_BINDINGS
from askul_connect.core.services.supplier.bindings_order_life import ORDER_LIFE_BINDINGS
from askul_connect.core.services.supplier.bindings_people import PEOPLE_BINDINGS
from askul_connect.core.services.supplier.bindings_sessions import SESSION_BINDINGS
from askul_connect.core.services.supplier.bindings_sign_on import SIGN_ON_BINDINGS
from askul_connect.core.services.supplier.bindings_support import SUPPORT_BINDINGS
from askul_connect.core.services.supplier.dispatch import Binding

SUPPLIER_BINDINGS = (
    Binding(operation=operations.GET_SERVICE_STATUS, run=status.get_service_status),
    Binding(operation=operations.LOGIN, staged=login.login),
    Binding(operation=operations.CHANGE_PASSWORD, staged=login.change_password),
    Binding(
        operation=operations.ISSUE_TEMPORARY_PASSWORD, staged=temporary_passwords.issue_temporary_password
    ),
    Binding(operation=recovery.REQUEST_PASSWORD_RESET, run=inquiries.request_password_reset),
    Binding(operation=recovery.RESET_PASSWORD, staged=resetting.reset_password),
    Binding(operation=recovery.RECOVER_LOGIN_ID, run=inquiries.recover_login_id),
    Binding(operation=operations.ISSUE_CLIENT_CREDENTIAL, run=machine_access.issue_client_credential),
    Binding(operation=operations.REVOKE_CLIENT_CREDENTIAL, run=machine_access.revoke_client_credential),
    Binding(operation=operations.GET_ACCOUNT, run=accounts.get_account),
    Binding(
        operation=operations.ADD_USER,
        run=accounts.add_user,
        reference=lambda response: response.user_id,
        replay=accounts.replay_add_user,
    ),
    Binding(operation=operations.LIST_USERS, run=accounts.list_users),
    Binding(
        operation=operations.ADD_DEPARTMENT,
        run=departments.add_department,
        reference=lambda response: response.department_id,
        replay=departments.replay_add_department,
    ),
    Binding(operation=operations.LIST_DEPARTMENTS, run=departments.list_departments),
    Binding(operation=operations.GET_ITEM, run=catalog.get_item),
    Binding(operation=operations.LIST_ITEMS, run=catalog.list_items),
    Binding(
        operation=operations.PLACE_ORDER,
        run=placing.place_order,
        reference=placing.order_reference,
        replay=placing.replay_place_order,
        asked=placing.asked_for,
    ),
    Binding(operation=operations.GET_ORDER, run=ordering.get_order),
    Binding(operation=operations.GET_ORDER_BY_EXTERNAL_ID, run=ordering.get_order_by_external_id),
    Binding(operation=operations.LIST_ORDERS, run=ordering.list_orders),
    Binding(operation=operations.LIST_CONFIRMATIONS, run=confirming.list_confirmations),
    Binding(operation=operations.LIST_SHIP_NOTICES, run=shipping.list_ship_notices),
    Binding(operation=operations.LIST_INVOICES, run=billing.list_invoices),
    Binding(
        operation=operations.CONFIRM_ORDER,
        run=confirming.confirm_order,
        reference=confirming.confirmation_reference,
        replay=confirming.replay_confirm_order,
    ),
    Binding(
        operation=operations.SHIP_ORDER,
        run=shipping.ship_order,
        reference=shipping.ship_notice_reference,
        replay=shipping.replay_ship_order,
    ),
    Binding(operation=operations.CLOSE_BILLING, run=billing.close_billing),
    Binding(operation=status_operations.LIST_NOTICES, run=status.list_notices),
    Binding(
        operation=status_operations.SET_SERVICE_STATUS,
        run=status.set_service_status,
        reference=lambda response: response.notice_id,
        replay=status.replay_set_service_status,
    ),
    Binding(operation=status_operations.DIAGNOSE, run=guidance.diagnose),
    Binding(operation=status_operations.SEARCH_FAQ, run=guidance.search_faq),
    Binding(operation=status_operations.LIST_SUPPORT_CHANNELS, run=guidance.list_support_channels),
    Binding(operation=audit.LIST_AUDIT_RECORDS, run=audit_trail.list_audit_records),
    Binding(operation=audit.EXPORT_AUDIT_HEAD, run=audit_trail.export_audit_head),
    *FACTOR_BINDINGS,
    *SESSION_BINDINGS,
    *SUPPORT_BINDINGS,
    *PEOPLE_BINDINGS,
    *SIGN_ON_BINDINGS,
    *ADMINISTRATION_BINDINGS,
    *ACCOUNT_BINDINGS,
    *COUPON_BINDINGS,
    *ORDER_HISTORY_BINDINGS,
    *CATALOG_BINDINGS,
    *ORDER_LIFE_BINDINGS,
    *BILLING_BINDINGS,
    *CART_BINDINGS,
)
