"""Functions of the operations of the history, of ordering again and of staff who enter orders."""

from __future__ import annotations

from askul_connect.core.operations import order_history as operations
from askul_connect.core.services.supplier import order_history, reordering, staff_entry
from askul_connect.core.services.supplier.dispatch import Binding

ORDER_HISTORY_BINDINGS = (
    Binding(operation=operations.SEARCH_ORDERS, run=order_history.search_orders),
    Binding(operation=operations.SUMMARISE_ORDERS, run=order_history.summarise_orders),
    Binding(
        operation=operations.REORDER,
        run=reordering.reorder,
        reference=lambda response: " ".join(line.line_id for line in response.lines),
        replay=reordering.replay_reorder,
    ),
    Binding(operation=operations.PLACE_ORDER_FOR_CUSTOMER, run=staff_entry.place_order_for_customer),
    Binding(operation=operations.QUOTE_FOR_CUSTOMER, staged=staff_entry.quote_for_customer),
    Binding(
        operation=operations.PROVIDE_HISTORY,
        run=staff_entry.provide_history,
        reference=lambda response: response.reference,
        replay=staff_entry.replay_provide_history,
    ),
)
