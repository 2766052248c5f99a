"""Confirming orders, and the confirmations (ORD-1, ORD-4)."""

from __future__ import annotations

from datetime import date

from attrs import evolve

from askul_connect.core.domain.orders import LineState, Step, next_line_state
from askul_connect.core.domain.sales import OrderLine
from askul_connect.core.errors import IllegalStep
from askul_connect.core.messages.documents import ConfirmationLine, OrderConfirmation
from askul_connect.core.messages.fulfilment import ConfirmOrderRequest, ConfirmOrderResponse
from askul_connect.core.messages.ordering import ListConfirmationsRequest, ListConfirmationsResponse
from askul_connect.core.policies.delivery import Destination
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.cursors import in_order, page
from askul_connect.core.services.supplier.documents import customer_party, supplier_party
from askul_connect.core.services.supplier.notices import notify_customer
from askul_connect.core.services.supplier.ordering import ORDER_FEED, order_for_staff
from askul_connect.core.services.supplier.promising import destination, promise_to
from askul_connect.core.services.supplier.visibility import visible_documents

CONFIRMATION_FEED = "confirmations"
_CONFIRMATION_NUMBER = "CF{:08d}"


def confirm_order(context: Context, request: ConfirmOrderRequest) -> ConfirmOrderResponse:
    """Confirm every placed line.

    Raises:
        NotFound: There is no such order.
        IllegalStep: No line of it is waiting to be confirmed.
    """
    order, account = order_for_staff(context, request.order_number)
    if all(line.state is not LineState.PLACED for line in order.lines):
        raise IllegalStep(f"no line of {order.order_number} waits to be confirmed; it is {order.state}")
    order = evolve(
        order,
        lines=tuple(
            evolve(line, state=next_line_state(line.state, Step.CONFIRM))
            if line.state is LineState.PLACED
            else line
            for line in order.lines
        ),
    )
    departments = {one.code: one for one in context.unit.departments.of_account(account.account_id)}
    number = _CONFIRMATION_NUMBER.format(context.unit.counters.next("confirmation"))
    document = OrderConfirmation(
        confirmation_number=number,
        order_number=order.order_number,
        purchase_order_id=order.purchase_order_id,
        currency=order.currency,
        confirmed_at=context.now,
        confirmed_on=context.today,
        lines=tuple(
            ConfirmationLine(
                line_id=line.line_id,
                sku=line.sku,
                name=line.name,
                quantity=line.quantity,
                unit=line.unit,
                unit_price=line.unit_price,
                quantity_confirmed=line.quantity - line.quantity_cancelled,
                promised_on=request.promised_on
                or promised_on(
                    context, line, destination(context, account, departments.get(line.department))
                ),
                reason=(line.cancel_reason or str(line.cancel_cause or ""))
                if line.quantity_cancelled
                else "",
            )
            for line in order.lines
        ),
        supplier=supplier_party(context.house.profile),
        customer=customer_party(account),
    )
    context.unit.orders.save(order)
    context.unit.documents.add_confirmation(order.account_id, document)
    context.unit.changes.record(order.account_id, ORDER_FEED, [order.order_number])
    context.unit.changes.record(order.account_id, CONFIRMATION_FEED, [number])
    notify_customer(context, "order-confirmed", number, account, order.purchase_order_id)
    return ConfirmOrderResponse(confirmation=document)


def promised_on(context: Context, line: OrderLine, where_to: Destination) -> date | None:
    """The day a line arrives at its department's address; None where nothing is delivered to (ORD-4)."""
    found = promise_to(context, where_to, line.fulfilment, line.lead_days)
    return found.delivered_on if found else None


def replay_confirm_order(
    context: Context, _request: ConfirmOrderRequest, reference: str
) -> ConfirmOrderResponse:
    """The answer of an earlier call with the same key."""
    order_number, number = reference.split()
    order, _ = order_for_staff(context, order_number)
    document = context.unit.documents.confirmations(order.account_id, [number])[number]
    return ConfirmOrderResponse(confirmation=document)


def confirmation_reference(response: ConfirmOrderResponse) -> str:
    """What of the response names its result."""
    return f"{response.confirmation.order_number} {response.confirmation.confirmation_number}"


def list_confirmations(context: Context, request: ListConfirmationsRequest) -> ListConfirmationsResponse:
    """Order confirmations, in commit order."""
    account_id = context.caller.account_id
    documents = context.unit.documents

    visible = visible_documents(
        context,
        lambda numbers: {
            number: frozenset({document.order_number})
            for number, document in documents.confirmations(account_id, numbers).items()
        },
    )
    found = page(context, CONFIRMATION_FEED, request, visible=visible)
    entries = documents.confirmations(account_id, found.keys)
    return ListConfirmationsResponse(confirmations=in_order(found.keys, entries), page=found.info)
