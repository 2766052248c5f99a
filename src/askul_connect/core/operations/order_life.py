"""Operations about an order after it was placed: change, cancellation, delivery, return (ORD-5, ORD-6)."""

from __future__ import annotations

from functools import partial

from askul_connect.core.messages import order_life, returns
from askul_connect.core.operations.registry import (
    BUYERS,
    CUSTOMERS,
    SUPPLIER,
    Effect,
    Idempotency,
    Operation,
    ServiceFunction,
)

_OF_BUYERS = partial(
    Operation,
    access=BUYERS,
    effect=Effect.WRITE,
    idempotency=Idempotency.KEYED,
    function=ServiceFunction.ORDERING,
    machines=True,
)
_OF_STAFF = partial(
    Operation,
    access=SUPPLIER,
    effect=Effect.WRITE,
    idempotency=Idempotency.KEYED,
    function=ServiceFunction.ORDERING,
)

CHANGE_ORDER = _OF_BUYERS(
    name="ChangeOrder",
    request=order_life.ChangeOrderRequest,
    response=order_life.ChangeOrderResponse,
    summary="Change quantities of an order until the cut-off; a trial only answers.",
)
CANCEL_ORDER = _OF_BUYERS(
    name="CancelOrder",
    request=order_life.CancelOrderRequest,
    response=order_life.CancelOrderResponse,
    summary="Cancel an order or some of its lines until the cut-off; a trial only answers.",
)
REQUEST_RETURN = _OF_BUYERS(
    name="RequestReturn",
    request=returns.RequestReturnRequest,
    response=returns.RequestReturnResponse,
    summary="Ask to send shipped goods back; a trial only answers.",
)
REJECT_LINES = _OF_STAFF(
    name="RejectLines",
    request=order_life.RejectLinesRequest,
    response=order_life.RejectLinesResponse,
    summary="Reject lines of an order, with the reason; needs a ticket of that customer.",
)
RECORD_DELIVERY = _OF_STAFF(
    name="RecordDelivery",
    request=order_life.RecordDeliveryRequest,
    response=order_life.RecordDeliveryResponse,
    summary="Record that a shipment has arrived; needs a ticket of that customer.",
)
CANCEL_ORDERS_IN_BULK = _OF_STAFF(
    name="CancelOrdersInBulk",
    request=order_life.CancelOrdersInBulkRequest,
    response=order_life.CancelOrdersInBulkResponse,
    summary="Cancel what has not left of many customers' orders, and tell each user once; needs a ticket.",
)
AUTHORISE_RETURN = _OF_STAFF(
    name="AuthoriseReturn",
    request=returns.AuthoriseReturnRequest,
    response=returns.AuthoriseReturnResponse,
    summary="Let goods be sent back; needs a ticket of that customer.",
)
REFUSE_RETURN = _OF_STAFF(
    name="RefuseReturn",
    request=returns.RefuseReturnRequest,
    response=returns.RefuseReturnResponse,
    summary="Refuse a return, with the reason; needs a ticket of that customer.",
)
RECEIVE_RETURN = _OF_STAFF(
    name="ReceiveReturn",
    request=returns.ReceiveReturnRequest,
    response=returns.ReceiveReturnResponse,
    summary="Take returned goods in, to be credited and sold again; needs a ticket of that customer.",
)
LIST_RETURNS = Operation(
    name="ListReturns",
    request=returns.ListReturnsRequest,
    response=returns.ListReturnsResponse,
    access=CUSTOMERS,
    effect=Effect.READ,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.DOCUMENTS,
    summary="Returns that are new or have changed since a cursor.",
    machines=True,
)

ORDER_LIFE_OPERATIONS = (
    CHANGE_ORDER,
    CANCEL_ORDER,
    REQUEST_RETURN,
    REJECT_LINES,
    RECORD_DELIVERY,
    CANCEL_ORDERS_IN_BULK,
    AUTHORISE_RETURN,
    REFUSE_RETURN,
    RECEIVE_RETURN,
    LIST_RETURNS,
)
