"""The operations of the supplier (spec: operations), declared once."""

from __future__ import annotations

from askul_connect.core.domain.capabilities import Capability
from askul_connect.core.messages import accounts, catalog, fulfilment, login, ordering, status
from askul_connect.core.operations.accounts import ACCOUNT_OPERATIONS
from askul_connect.core.operations.administration import ADMINISTRATION_OPERATIONS
from askul_connect.core.operations.audit import AUDIT_OPERATIONS
from askul_connect.core.operations.billing import BILLING_OPERATIONS
from askul_connect.core.operations.cart import CART_OPERATIONS
from askul_connect.core.operations.catalog import CATALOG_OPERATIONS
from askul_connect.core.operations.coupons import COUPON_OPERATIONS
from askul_connect.core.operations.factors import FACTOR_OPERATIONS
from askul_connect.core.operations.order_history import ORDER_HISTORY_OPERATIONS
from askul_connect.core.operations.order_life import ORDER_LIFE_OPERATIONS
from askul_connect.core.operations.people import PEOPLE_OPERATIONS
from askul_connect.core.operations.recovery import RECOVERY_OPERATIONS
from askul_connect.core.operations.registry import (
    ACCOUNTANTS,
    ADMINISTRATORS,
    ANYONE,
    BUYERS,
    CUSTOMERS,
    SUPPLIER,
    Effect,
    Idempotency,
    Operation,
    Registry,
    ServiceFunction,
)
from askul_connect.core.operations.sessions import SESSION_OPERATIONS
from askul_connect.core.operations.sign_on import SIGN_ON_OPERATIONS
from askul_connect.core.operations.status import STATUS_OPERATIONS
from askul_connect.core.operations.support import SUPPORT_OPERATIONS

GET_SERVICE_STATUS = Operation(
    name="GetServiceStatus",
    request=status.GetServiceStatusRequest,
    response=status.GetServiceStatusResponse,
    access=ANYONE,
    effect=Effect.READ,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.STATUS,
    summary="Whether the service works at present.",
)
LOGIN = Operation(
    name="Login",
    request=login.LoginRequest,
    response=login.LoginResponse,
    access=ANYONE,
    effect=Effect.WRITE,
    idempotency=Idempotency.NONE,
    function=ServiceFunction.LOGIN,
    summary="Log in by customer number or e-mail and password.",
)
CHANGE_PASSWORD = Operation(
    name="ChangePassword",
    request=login.ChangePasswordRequest,
    response=login.ChangePasswordResponse,
    access=ANYONE,
    effect=Effect.WRITE,
    idempotency=Idempotency.NONE,
    function=ServiceFunction.LOGIN,
    summary="Set a new password, proved by the login ID and the present password.",
)
ISSUE_TEMPORARY_PASSWORD = Operation(
    name="IssueTemporaryPassword",
    request=login.IssueTemporaryPasswordRequest,
    response=login.IssueTemporaryPasswordResponse,
    access=ADMINISTRATORS | SUPPLIER,
    effect=Effect.WRITE,
    idempotency=Idempotency.NONE,
    function=ServiceFunction.LOGIN,
    summary="Issue a temporary password: an administrator may be shown it once, staff have it sent.",
)
ISSUE_CLIENT_CREDENTIAL = Operation(
    name="IssueClientCredential",
    request=login.IssueClientCredentialRequest,
    response=login.IssueClientCredentialResponse,
    access=ADMINISTRATORS,
    effect=Effect.WRITE,
    idempotency=Idempotency.NONE,
    function=ServiceFunction.LOGIN,
    summary="Issue a machine identity, scoped to operations and departments; shown once.",
    capability=Capability.MACHINES,
)
REVOKE_CLIENT_CREDENTIAL = Operation(
    name="RevokeClientCredential",
    request=login.RevokeClientCredentialRequest,
    response=login.RevokeClientCredentialResponse,
    access=ADMINISTRATORS,
    effect=Effect.WRITE,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.LOGIN,
    summary="End a machine identity at once.",
)
GET_ACCOUNT = Operation(
    name="GetAccount",
    request=accounts.GetAccountRequest,
    response=accounts.GetAccountResponse,
    access=CUSTOMERS,
    effect=Effect.READ,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.ACCOUNT,
    summary="The caller's own account.",
    machines=True,
)
ADD_USER = Operation(
    name="AddUser",
    request=accounts.AddUserRequest,
    response=accounts.AddUserResponse,
    access=ADMINISTRATORS,
    effect=Effect.WRITE,
    idempotency=Idempotency.KEYED,
    function=ServiceFunction.ACCOUNT,
    summary="Add a user to the account.",
    capability=Capability.MANY_USERS,
)
LIST_USERS = Operation(
    name="ListUsers",
    request=accounts.ListUsersRequest,
    response=accounts.ListUsersResponse,
    access=ADMINISTRATORS,
    effect=Effect.READ,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.ACCOUNT,
    summary="The users of the account.",
)
ADD_DEPARTMENT = Operation(
    name="AddDepartment",
    request=accounts.AddDepartmentRequest,
    response=accounts.AddDepartmentResponse,
    access=ADMINISTRATORS,
    effect=Effect.WRITE,
    idempotency=Idempotency.KEYED,
    function=ServiceFunction.ACCOUNT,
    summary="Add a department to the account.",
    capability=Capability.DEPARTMENTS,
)
LIST_DEPARTMENTS = Operation(
    name="ListDepartments",
    request=accounts.ListDepartmentsRequest,
    response=accounts.ListDepartmentsResponse,
    access=CUSTOMERS,
    effect=Effect.READ,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.ACCOUNT,
    summary="The departments of the account.",
    machines=True,
)
GET_ITEM = Operation(
    name="GetItem",
    request=catalog.GetItemRequest,
    response=catalog.GetItemResponse,
    access=CUSTOMERS,
    effect=Effect.READ,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.CATALOG,
    summary="One item at the account's price, with its stock.",
    machines=True,
)
LIST_ITEMS = Operation(
    name="ListItems",
    request=catalog.ListItemsRequest,
    response=catalog.ListItemsResponse,
    access=CUSTOMERS,
    effect=Effect.READ,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.CATALOG,
    summary="Items that are new or have changed since a cursor.",
    machines=True,
)
PLACE_ORDER = Operation(
    name="PlaceOrder",
    request=ordering.PlaceOrderRequest,
    response=ordering.PlaceOrderResponse,
    access=BUYERS,
    effect=Effect.WRITE,
    idempotency=Idempotency.KEYED,
    function=ServiceFunction.ORDERING,
    summary="Place an order; the purchase order's key makes it at most once.",
    machines=True,
)
GET_ORDER = Operation(
    name="GetOrder",
    request=ordering.GetOrderRequest,
    response=ordering.GetOrderResponse,
    access=CUSTOMERS,
    effect=Effect.READ,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.HISTORY,
    summary="One order by the supplier's number.",
    machines=True,
)
GET_ORDER_BY_EXTERNAL_ID = Operation(
    name="GetOrderByExternalId",
    request=ordering.GetOrderByExternalIdRequest,
    response=ordering.GetOrderByExternalIdResponse,
    access=CUSTOMERS,
    effect=Effect.READ,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.HISTORY,
    summary="The orders that a purchase order became.",
    machines=True,
)
LIST_ORDERS = Operation(
    name="ListOrders",
    request=ordering.ListOrdersRequest,
    response=ordering.ListOrdersResponse,
    access=CUSTOMERS,
    effect=Effect.READ,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.HISTORY,
    summary="Orders that are new or have changed since a cursor.",
    machines=True,
    capability=Capability.HISTORY_MANAGEMENT,
)
LIST_CONFIRMATIONS = Operation(
    name="ListConfirmations",
    request=ordering.ListConfirmationsRequest,
    response=ordering.ListConfirmationsResponse,
    access=CUSTOMERS,
    effect=Effect.READ,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.DOCUMENTS,
    summary="Order confirmations since a cursor.",
    machines=True,
    capability=Capability.HISTORY_MANAGEMENT,
)
LIST_SHIP_NOTICES = Operation(
    name="ListShipNotices",
    request=ordering.ListShipNoticesRequest,
    response=ordering.ListShipNoticesResponse,
    access=CUSTOMERS,
    effect=Effect.READ,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.DOCUMENTS,
    summary="Ship notices since a cursor.",
    machines=True,
    capability=Capability.HISTORY_MANAGEMENT,
)
LIST_INVOICES = Operation(
    name="ListInvoices",
    request=ordering.ListInvoicesRequest,
    response=ordering.ListInvoicesResponse,
    access=ACCOUNTANTS,
    effect=Effect.READ,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.DOCUMENTS,
    summary="Invoices since a cursor.",
    machines=True,
    capability=Capability.INVOICE_MANAGEMENT,
)
CONFIRM_ORDER = Operation(
    name="ConfirmOrder",
    request=fulfilment.ConfirmOrderRequest,
    response=fulfilment.ConfirmOrderResponse,
    access=SUPPLIER,
    effect=Effect.WRITE,
    idempotency=Idempotency.KEYED,
    function=ServiceFunction.ORDERING,
    summary="Confirm the placed lines of an order.",
    automation=True,
)
SHIP_ORDER = Operation(
    name="ShipOrder",
    request=fulfilment.ShipOrderRequest,
    response=fulfilment.ShipOrderResponse,
    access=SUPPLIER,
    effect=Effect.WRITE,
    idempotency=Idempotency.KEYED,
    function=ServiceFunction.ORDERING,
    summary="Ship some or all of an order; a short quantity is cancelled.",
    automation=True,
)
CLOSE_BILLING = Operation(
    name="CloseBilling",
    request=fulfilment.CloseBillingRequest,
    response=fulfilment.CloseBillingResponse,
    access=SUPPLIER,
    effect=Effect.WRITE,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.DOCUMENTS,
    summary="Invoice an account's shipped lines up to a closing date.",
    automation=True,
)

SUPPLIER_OPERATIONS = Registry(
    (
        GET_SERVICE_STATUS,
        LOGIN,
        CHANGE_PASSWORD,
        ISSUE_TEMPORARY_PASSWORD,
        ISSUE_CLIENT_CREDENTIAL,
        REVOKE_CLIENT_CREDENTIAL,
        GET_ACCOUNT,
        ADD_USER,
        LIST_USERS,
        ADD_DEPARTMENT,
        LIST_DEPARTMENTS,
        GET_ITEM,
        LIST_ITEMS,
        PLACE_ORDER,
        GET_ORDER,
        GET_ORDER_BY_EXTERNAL_ID,
        LIST_ORDERS,
        LIST_CONFIRMATIONS,
        LIST_SHIP_NOTICES,
        LIST_INVOICES,
        CONFIRM_ORDER,
        SHIP_ORDER,
        CLOSE_BILLING,
        *BILLING_OPERATIONS,
        *ORDER_LIFE_OPERATIONS,
        *RECOVERY_OPERATIONS,
        *AUDIT_OPERATIONS,
        *STATUS_OPERATIONS,
        *FACTOR_OPERATIONS,
        *SESSION_OPERATIONS,
        *SUPPORT_OPERATIONS,
        *PEOPLE_OPERATIONS,
        *SIGN_ON_OPERATIONS,
        *ADMINISTRATION_OPERATIONS,
        *ACCOUNT_OPERATIONS,
        *COUPON_OPERATIONS,
        *ORDER_HISTORY_OPERATIONS,
        *CATALOG_OPERATIONS,
        *CART_OPERATIONS,
    )
)
