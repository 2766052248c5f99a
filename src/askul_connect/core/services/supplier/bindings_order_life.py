"""One function for each operation about an order after it was placed."""

from __future__ import annotations

from typing import Any

from askul_connect.core.operations import order_life as operations
from askul_connect.core.services.supplier import (
    amending,
    cancelling,
    delivering,
    mass_cancelling,
    receiving_returns,
    returning,
)
from askul_connect.core.services.supplier.dispatch import Binding


def _change(response: Any) -> str:
    return f"{response.order.order_number} {response.change_number}"


def _return(response: Any) -> str:
    return f"{response.goods_return.order_number} {response.goods_return.return_number}"


ORDER_LIFE_BINDINGS = (
    Binding(
        operation=operations.CHANGE_ORDER,
        run=amending.change_order,
        reference=_change,
        replay=amending.replay_change_order,
        asked=amending.change_asked_for,
    ),
    Binding(
        operation=operations.CANCEL_ORDER,
        run=cancelling.cancel_order,
        reference=_change,
        replay=cancelling.replay_cancel_order,
        asked=cancelling.cancel_asked_for,
    ),
    Binding(
        operation=operations.REQUEST_RETURN,
        run=returning.request_return,
        reference=_return,
        replay=returning.replay_request_return,
        asked=returning.return_asked_for,
    ),
    Binding(
        operation=operations.REJECT_LINES,
        run=cancelling.reject_lines,
        reference=_change,
        replay=cancelling.replay_reject_lines,
    ),
    Binding(
        operation=operations.RECORD_DELIVERY,
        run=delivering.record_delivery,
        reference=lambda response: response.ship_notice_number,
        replay=delivering.replay_record_delivery,
    ),
    Binding(
        operation=operations.CANCEL_ORDERS_IN_BULK,
        run=mass_cancelling.cancel_orders_in_bulk,
        reference=mass_cancelling.bulk_reference,
        replay=mass_cancelling.replay_cancel_orders_in_bulk,
    ),
    Binding(
        operation=operations.AUTHORISE_RETURN,
        run=returning.authorise_return,
        reference=_return,
        replay=returning.replay_authorise_return,
    ),
    Binding(
        operation=operations.REFUSE_RETURN,
        run=returning.refuse_return,
        reference=_return,
        replay=returning.replay_refuse_return,
    ),
    Binding(
        operation=operations.RECEIVE_RETURN,
        run=receiving_returns.receive_return,
        reference=_return,
        replay=receiving_returns.replay_receive_return,
    ),
    Binding(operation=operations.LIST_RETURNS, run=returning.list_returns),
)
