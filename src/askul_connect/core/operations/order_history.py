"""Operations of the history of orders, of ordering again and of staff who enter orders (ORD-8, ORD-9, ORD-10)."""

from __future__ import annotations

from askul_connect.core.domain.capabilities import Capability
from askul_connect.core.messages import order_history, reordering, staff_entry
from askul_connect.core.operations.registry import (
    BUYERS,
    CUSTOMERS,
    SUPPLIER,
    Effect,
    Idempotency,
    Operation,
    ServiceFunction,
)

SEARCH_ORDERS = Operation(
    name="SearchOrders",
    request=order_history.SearchOrdersRequest,
    response=order_history.SearchOrdersResponse,
    access=CUSTOMERS,
    effect=Effect.READ,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.HISTORY,
    summary="Orders of the last three years by whatever is known of them, the newest first.",
    machines=True,
    capability=Capability.HISTORY_MANAGEMENT,
)
SUMMARISE_ORDERS = Operation(
    name="SummariseOrders",
    request=order_history.SummariseOrdersRequest,
    response=order_history.SummariseOrdersResponse,
    access=CUSTOMERS,
    effect=Effect.READ,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.HISTORY,
    summary="Orders that a search would find, added up by month, department or category.",
    machines=True,
    capability=Capability.HISTORY_MANAGEMENT,
)
REORDER = Operation(
    name="Reorder",
    request=reordering.ReorderRequest,
    response=reordering.ReorderResponse,
    access=BUYERS,
    effect=Effect.WRITE,
    idempotency=Idempotency.KEYED,
    function=ServiceFunction.ORDERING,
    summary="Lines of an earlier order as they would be ordered today, with substitutes for items that are gone.",
    machines=True,
)
PLACE_ORDER_FOR_CUSTOMER = Operation(
    name="PlaceOrderForCustomer",
    request=staff_entry.PlaceOrderForCustomerRequest,
    response=staff_entry.PlaceOrderForCustomerResponse,
    access=SUPPLIER,
    effect=Effect.WRITE,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.ORDERING,
    summary="Place an order that came by fax or phone for a named user; the purchase order makes it at most once.",
)
QUOTE_FOR_CUSTOMER = Operation(
    name="QuoteForCustomer",
    request=staff_entry.QuoteForCustomerRequest,
    response=staff_entry.QuoteForCustomerResponse,
    access=SUPPLIER,
    effect=Effect.READ,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.ORDERING,
    summary="What an order for a named user would be and cost; nothing is ordered.",
)
PROVIDE_HISTORY = Operation(
    name="ProvideHistory",
    request=staff_entry.ProvideHistoryRequest,
    response=staff_entry.ProvideHistoryResponse,
    access=SUPPLIER,
    effect=Effect.WRITE,
    idempotency=Idempotency.KEYED,
    function=ServiceFunction.HISTORY,
    summary="Send the orders of a period to the account's registered contact; the caller sees none of them.",
)

ORDER_HISTORY_OPERATIONS = (
    SEARCH_ORDERS,
    SUMMARISE_ORDERS,
    REORDER,
    PLACE_ORDER_FOR_CUSTOMER,
    QUOTE_FOR_CUSTOMER,
    PROVIDE_HISTORY,
)
