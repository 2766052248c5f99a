"""What a supplier does to an order afterwards reaches the buyer (ORD-5, INT-3)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from attrs import evolve

from askul_connect.adapters.storage.sql.storage import buyer_sql
from askul_connect.core.domain.orders import CancelCause, LineState, OrderState


def known(place: Any) -> Any:
    """The order and the ledger's moves of the first purchase order, as the buyer holds them."""
    storage = buyer_sql(f"sqlite:///{place.directory}/data/buyer.sqlite3")
    with storage.begin() as unit:
        (record,) = unit.purchase_orders.by_ids(["PO-1"])["PO-1"]
        order = unit.history.order("askul", record.order_numbers[0])
        moves = list(unit.budgets.moves(str(record.key)))
    storage.close()
    return order, moves


@pytest.mark.spec("ORD-5", "INT-3")
@pytest.mark.parametrize("cause", [CancelCause.REJECTED, CancelCause.MASS])
def test_a_line_that_will_not_come_is_kept_and_relieved(place: Any, cause: CancelCause) -> None:
    def told(inner: Any, cursor: str, page_size: int) -> Any:
        answer = inner.orders(cursor, page_size)
        orders = tuple(
            evolve(
                order,
                state=OrderState.CANCELLED,
                lines=tuple(
                    evolve(
                        line,
                        state=LineState.CANCELLED,
                        quantity_shipped=0,
                        quantity_cancelled=line.quantity,
                        cancel_cause=cause,
                        cancel_reason="廃番",
                    )
                    for line in order.lines
                ),
            )
            for order in answer.orders
        )
        return evolve(answer, orders=orders)

    place.faults.plan["askul", "orders"] = told
    place.order("a.csv", "PO-1,1,K200-0001,2,XPK,298,JPY,D100,,")
    place.run()
    order, moves = known(place)
    (line,) = order.lines
    assert order.state is OrderState.CANCELLED
    assert (line.state, line.cancel_cause, line.cancel_reason) == (LineState.CANCELLED, cause, "廃番")
    assert sum(move.encumbrance for move in moves if move.kind == "relief") < 0


@pytest.mark.spec("ORD-1", "ORD-5")
@pytest.mark.parametrize("state", [LineState.CONFIRMED, LineState.PARTLY_SHIPPED, LineState.RETURNED])
def test_every_state_of_a_line_is_taken(place: Any, state: LineState) -> None:
    def told(inner: Any, cursor: str, page_size: int) -> Any:
        answer = inner.orders(cursor, page_size)
        orders = tuple(
            evolve(
                order,
                state=OrderState(state.value),
                # more was ordered meanwhile, and a part of it comes later
                lines=tuple(
                    evolve(one, state=state, quantity=one.quantity + 3, promised_on=date(2026, 12, 1))
                    for one in order.lines
                ),
            )
            for order in answer.orders
        )
        return evolve(answer, orders=orders)

    place.faults.plan["askul", "orders"] = told
    place.order("a.csv", "PO-1,1,K200-0001,2,XPK,298,JPY,D100,,")
    assert not place.run().failures
    (line,) = known(place)[0].lines
    assert (line.state, line.quantity, line.promised_on) == (state, 5, date(2026, 12, 1))
