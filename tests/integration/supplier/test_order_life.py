"""What happens to an order after it was placed, over each storage and face (ORD-1, ORD-5, ORD-6)."""

from __future__ import annotations

from typing import Any

import pytest

from askul_connect.core.domain.orders import LineState, OrderState
from askul_connect.core.messages.order_life import CancelOrderRequest
from askul_connect.core.messages.ordering import GetOrderRequest
from askul_connect.core.operations import order_life as life
from askul_connect.core.operations import supplier as operations


@pytest.mark.spec("ORD-5")
def test_cancel(everywhere: Any, line: Any) -> None:
    world = everywhere
    customer = world.customer()
    order = (
        world.place(customer.machine, "PO-1", line("a", "PEN", 10), line("b", "TEA", 4))
        .orders[0]
        .order_number
    )
    made = world.call(
        life.CANCEL_ORDER, CancelOrderRequest(order_number=order), token=customer.machine, key="c1"
    )
    assert made.order.state is OrderState.CANCELLED
