"""One supplier, asked the same over SOAP, in process and over HTTP: the same answers, the same refusals."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve, frozen

from askul_connect.adapters.server.in_process import InProcessCaller
from askul_connect.adapters.server.json_caller import JsonCaller
from askul_connect.core import errors
from askul_connect.core.domain.accounts import Role, SecondFactorRule
from askul_connect.core.domain.orders import Channel
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import AskulConnectError
from askul_connect.core.messages.accounts import AddUserRequest, GetAccountRequest, ListUsersRequest
from askul_connect.core.messages.catalog import GetItemRequest, ListItemsRequest
from askul_connect.core.messages.factors import (
    GetLoginPolicyRequest,
    ListFactorsRequest,
    LoginWithPasskeyRequest,
    SetLoginPolicyRequest,
    VerifySecondFactorRequest,
)
from askul_connect.core.messages.fulfilment import ConfirmOrderRequest
from askul_connect.core.messages.login import ChangePasswordRequest, LoginRequest
from askul_connect.core.messages.ordering import (
    GetOrderByExternalIdRequest,
    GetOrderRequest,
    ListInvoicesRequest,
    ListOrdersRequest,
    OrderLineRequest,
    PlaceOrderRequest,
    PlaceOrderResponse,
)
from askul_connect.core.messages.status import GetServiceStatusRequest
from askul_connect.core.operations import factors
from askul_connect.core.operations import supplier as operations
from askul_connect.core.operations.registry import Operation
from askul_connect.core.ports.callers import OperationCaller
from askul_connect.core.ports.faces import Dispatcher

LINE = OrderLineRequest(
    line_id="1", sku="PEN", quantity=3, unit="H87", expected_unit_price=Decimal("120.5"), department="D1"
)
TRIAL = PlaceOrderRequest(
    purchase_order_id="PO-1", buyer_party="0188:7010705000725", currency="JPY", lines=(LINE,), trial=True
)
WRONG_LINES = (
    evolve(LINE, quantity=100_000),
    evolve(LINE, line_id="2", sku="NO-SUCH"),
    evolve(LINE, line_id="3", quantity=0),
    evolve(LINE, line_id="4", expected_unit_price=Decimal(99)),
)
ADMINISTRATOR, VIEWER, MACHINE, UNUSED = "administrator", "viewer", "machine", "unused"


@frozen(kw_only=True)
class Asked:
    """One call, and the error it ends in, None for a response."""

    operation: Operation[Any, Any]
    request: Any
    by: str = ""
    key: str = ""
    error: type[AskulConnectError] | None = None


CALLS = {
    "status": Asked(operation=operations.GET_SERVICE_STATUS, request=GetServiceStatusRequest()),
    "status with an old token": Asked(
        operation=operations.GET_SERVICE_STATUS, request=GetServiceStatusRequest(), by=UNUSED
    ),
    "wrong login": Asked(
        operation=operations.LOGIN,
        request=LoginRequest(login_id="1234567890", password=Secret("x")),
        error=errors.LoginMismatch,
    ),
    "wrong password": Asked(
        operation=operations.LOGIN,
        request=LoginRequest(login_id="view@example.co.jp", password=Secret("x")),
        error=errors.LoginMismatch,
    ),
    "weak password": Asked(
        operation=operations.CHANGE_PASSWORD,
        request=ChangePasswordRequest(
            login_id="view@example.co.jp", current_password=Secret("Kaede-7-kaze"), new_password=Secret("a")
        ),
        error=errors.PasswordRejected,
    ),
    "factors": Asked(operation=factors.LIST_FACTORS, request=ListFactorsRequest(), by=VIEWER),
    "login policy, denied": Asked(
        operation=factors.GET_LOGIN_POLICY,
        request=GetLoginPolicyRequest(),
        by=VIEWER,
        error=errors.AccessDenied,
    ),
    "login policy out of range": Asked(
        operation=factors.SET_LOGIN_POLICY,
        request=SetLoginPolicyRequest(
            second_factor=SecondFactorRule.REQUIRED, remember_me=False, idle_minutes=1, password_days=7
        ),
        by=ADMINISTRATOR,
        error=errors.ValueInvalid,
    ),
    "a session that waits for nothing": Asked(
        operation=factors.VERIFY_SECOND_FACTOR,
        request=VerifySecondFactorRequest(code=Secret("123456")),
        by=VIEWER,
        error=errors.IllegalStep,
    ),
    "nobody's second factor": Asked(
        operation=factors.VERIFY_SECOND_FACTOR,
        request=VerifySecondFactorRequest(code=Secret("123456")),
        error=errors.NotAuthenticated,
    ),
    "wrong passkey": Asked(
        operation=factors.LOGIN_WITH_PASSKEY,
        request=LoginWithPasskeyRequest(passkey="{}"),
        error=errors.LoginMismatch,
    ),
    "no token": Asked(
        operation=operations.GET_ACCOUNT, request=GetAccountRequest(), error=errors.NotAuthenticated
    ),
    "unknown token": Asked(
        operation=operations.GET_ACCOUNT,
        request=GetAccountRequest(),
        by=UNUSED,
        error=errors.NotAuthenticated,
    ),
    "account": Asked(operation=operations.GET_ACCOUNT, request=GetAccountRequest(), by=ADMINISTRATOR),
    "account for a machine": Asked(operation=operations.GET_ACCOUNT, request=GetAccountRequest(), by=MACHINE),
    "users": Asked(operation=operations.LIST_USERS, request=ListUsersRequest(), by=ADMINISTRATOR),
    "users, denied": Asked(
        operation=operations.LIST_USERS, request=ListUsersRequest(), by=VIEWER, error=errors.AccessDenied
    ),
    "a user twice": Asked(
        operation=operations.ADD_USER,
        request=AddUserRequest(email="view@example.co.jp", name="x", role=Role.BUYER),
        by=ADMINISTRATOR,
        key="twice",
        error=errors.DuplicateRegistration,
    ),
    "the supplier's work": Asked(
        operation=operations.CONFIRM_ORDER,
        request=ConfirmOrderRequest(order_number="1"),
        by=ADMINISTRATOR,
        key="confirm",
        error=errors.AccessDenied,
    ),
    "item": Asked(operation=operations.GET_ITEM, request=GetItemRequest(sku="PEN"), by=VIEWER),
    "unknown item": Asked(
        operation=operations.GET_ITEM, request=GetItemRequest(sku="ない"), by=MACHINE, error=errors.NotFound
    ),
    "items": Asked(operation=operations.LIST_ITEMS, request=ListItemsRequest(page_size=1), by=MACHINE),
    "page size": Asked(
        operation=operations.LIST_ITEMS,
        request=ListItemsRequest(page_size=0),
        by=MACHINE,
        error=errors.ValueInvalid,
    ),
    "cursor": Asked(
        operation=operations.LIST_ORDERS,
        request=ListOrdersRequest(cursor="注文"),
        by=MACHINE,
        error=errors.CursorExpired,
    ),
    "orders": Asked(operation=operations.LIST_ORDERS, request=ListOrdersRequest(), by=VIEWER),
    "invoices, denied": Asked(
        operation=operations.LIST_INVOICES,
        request=ListInvoicesRequest(),
        by=VIEWER,
        error=errors.AccessDenied,
    ),
    "unknown order": Asked(
        operation=operations.GET_ORDER,
        request=GetOrderRequest(order_number="x"),
        by=MACHINE,
        error=errors.NotFound,
    ),
    "unknown purchase order": Asked(
        operation=operations.GET_ORDER_BY_EXTERNAL_ID,
        request=GetOrderByExternalIdRequest(purchase_order_id="x", buyer_party="y"),
        by=MACHINE,
    ),
    "trial order": Asked(operation=operations.PLACE_ORDER, request=TRIAL, by=MACHINE, key="試し"),
    "order without a key": Asked(
        operation=operations.PLACE_ORDER, request=TRIAL, by=MACHINE, error=errors.IdempotencyKeyMissing
    ),
    "order with too long a key": Asked(
        operation=operations.PLACE_ORDER,
        request=TRIAL,
        by=MACHINE,
        key="k" * 201,
        error=errors.IdempotencyKeyMissing,
    ),
    "key of another request": Asked(
        operation=operations.ADD_USER,
        request=AddUserRequest(email="other@example.co.jp", name="x", role=Role.BUYER),
        by=ADMINISTRATOR,
        key="viewer",
        error=errors.IdempotencyConflict,
    ),
    "wrong lines": Asked(
        operation=operations.PLACE_ORDER,
        request=evolve(TRIAL, lines=WRONG_LINES),
        by=MACHINE,
        key="wrong",
        error=errors.CallerError,
    ),
    "currency": Asked(
        operation=operations.PLACE_ORDER,
        request=evolve(TRIAL, currency="XXX"),
        by=MACHINE,
        key="currency",
        error=errors.CallerError,
    ),
}


def outcome(caller: OperationCaller, asked: Asked, tokens: Any) -> tuple[Any, ...]:
    def call() -> Any:
        return caller.call(
            asked.operation,
            asked.request,
            token=getattr(tokens, asked.by) if asked.by else None,
            idempotency_key=asked.key,
            correlation_id="相関",
        )

    if asked.error is not None:
        with pytest.raises(asked.error) as caught:
            call()
        error = caught.value
        return type(error), error.detail, error.where, error.line_id, error.retry_after, error.problems
    answer = call()
    if isinstance(answer, PlaceOrderResponse):
        # the order says which face it came in by (ORD-9)
        assert {one.channel for one in answer.orders} <= {Channel.SOAP, Channel.JSON, Channel.IN_PROCESS}
        answer = evolve(
            answer, orders=tuple(evolve(one, channel=Channel.IN_PROCESS) for one in answer.orders)
        )
    return (answer,)


@pytest.mark.parametrize("name", CALLS)
def test_the_faces_agree(opened: Any, over_http: Callable[[Dispatcher], JsonCaller], name: str) -> None:
    dispatcher = opened.supplier.dispatcher
    callers: list[OperationCaller] = [
        InProcessCaller(dispatcher),
        over_http(dispatcher),
        opened.supplier.soap_caller(),
    ]

    first, *others = [outcome(caller, CALLS[name], opened) for caller in callers]

    assert others == [first, first]
    if name == "wrong lines":
        assert {one.line_id for one in first[-1]} == {"1", "2", "3", "4"}
    if name == "trial order":
        assert first[0].trial
        assert first[0].orders[0].lines[0].name == "ペン"


@pytest.mark.spec("REL-4")
def test_an_order_over_one_face_is_seen_over_the_others(
    opened: Any, over_http: Callable[[Dispatcher], JsonCaller]
) -> None:
    dispatcher = opened.supplier.dispatcher
    http, soap = over_http(dispatcher), opened.supplier.soap_caller()
    request = evolve(TRIAL, trial=False)

    def place(caller: OperationCaller, **changes: Any) -> Any:
        return caller.call(
            operations.PLACE_ORDER,
            evolve(request, **changes),
            token=opened.machine,
            idempotency_key="po:注文-1",
        )

    placed = place(http)

    assert place(soap) == place(http) == place(InProcessCaller(dispatcher)) == placed
    assert placed.orders[0].channel is Channel.JSON
    for caller in (http, soap):
        with pytest.raises(errors.IdempotencyConflict):
            place(caller, purchase_order_id="PO-2")
        page = caller.call(operations.LIST_ORDERS, ListOrdersRequest(), token=opened.machine)
        assert page.orders == placed.orders
        later = caller.call(
            operations.LIST_ORDERS, ListOrdersRequest(cursor=page.page.next_cursor), token=opened.machine
        )
        assert later.orders == ()
