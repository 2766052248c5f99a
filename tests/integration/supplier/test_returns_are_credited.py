"""From a return to the money: invoice or credit note, usage, state of the return (ORD-6, BIL-1, BIL-3)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from askul_connect.core.domain.returns import ReturnReason, ReturnState
from askul_connect.core.messages.billing import ListCreditNotesRequest, ListUsageRequest
from askul_connect.core.messages.ordering import ListInvoicesRequest
from askul_connect.core.messages.returns import (
    AuthoriseReturnRequest,
    ListReturnsRequest,
    ReceivedLine,
    ReceiveReturnRequest,
    RequestReturnRequest,
    ReturnLineRequest,
)
from askul_connect.core.operations import billing
from askul_connect.core.operations import order_life as life
from askul_connect.core.operations import supplier as operations


def sold(world: Any, customer: Any, number: str, line: Any) -> tuple[str, str]:
    """An order that was shipped, and its ship notice."""
    order = world.place(customer.machine, number, line).orders[0].order_number
    world.confirm(order)
    return order, world.ship(order, (line.line_id, line.quantity, 0)).ship_notice_number


def sent_back(world: Any, customer: Any, order: str, line_id: str, quantity: int) -> str:
    """A return that has arrived; its number."""
    asked = RequestReturnRequest(
        order_number=order,
        lines=(ReturnLineRequest(line_id=line_id, quantity=quantity, reason=ReturnReason.DAMAGED),),
    )
    made = world.call(life.REQUEST_RETURN, asked, token=customer.machine, key=world.fresh()).goods_return
    world.as_staff(life.AUTHORISE_RETURN, AuthoriseReturnRequest(return_number=made.return_number))
    came = ReceiveReturnRequest(
        return_number=made.return_number,
        lines=(ReceivedLine(line_id=line_id, quantity=quantity, sellable=0),),
    )
    world.as_staff(life.RECEIVE_RETURN, came)
    number: str = made.return_number
    return number


def states(world: Any, customer: Any) -> dict[str, ReturnState]:
    found = world.call(life.LIST_RETURNS, ListReturnsRequest(), token=customer.machine).returns
    return {one.return_number: one.state for one in found}


@pytest.mark.spec("ORD-6", "BIL-1", "BIL-3")
def test_a_return_is_credited_when_what_it_is_worth_is_given_back(stored: Any, line: Any) -> None:
    world = stored
    customer = world.customer()
    order, notice = sold(world, customer, "PO-1", line("1", "PEN", 10))
    world.go_to(2026, 11, 4, 9)

    def usage(cursor: str = "") -> Any:
        return world.call(billing.LIST_USAGE, ListUsageRequest(cursor=cursor), token=customer.machine)

    before = usage()
    assert [one.ship_notice_number for one in before.usage] == [notice]
    early = sent_back(world, customer, order, "1", 2)
    # the usage of the shipment is told anew, with what came back
    changed = usage(before.page.next_cursor)
    assert [one.ship_notice_number for one in changed.usage] == [notice]
    assert changed.usage[0] != before.usage[0]
    assert states(world, customer) == {early: ReturnState.RECEIVED}

    world.go_to(2026, 12, 1, 9)
    world.close_billing(customer, date(2026, 11, 30))
    [invoice] = world.call(operations.LIST_INVOICES, ListInvoicesRequest(), token=customer.machine).invoices
    assert invoice.total_excl_tax == 8 * 120
    assert states(world, customer) == {early: ReturnState.CREDITED}

    late = sent_back(world, customer, order, "1", 3)
    assert states(world, customer) == {early: ReturnState.CREDITED, late: ReturnState.RECEIVED}
    world.go_to(2027, 1, 4, 9)
    world.close_billing(customer, date(2026, 12, 31))
    notes = world.call(
        billing.LIST_CREDIT_NOTES, ListCreditNotesRequest(), token=customer.machine
    ).credit_notes
    assert [(one.invoice_number, one.total_excl_tax) for one in notes] == [(invoice.invoice_number, 3 * 120)]
    assert states(world, customer) == {early: ReturnState.CREDITED, late: ReturnState.CREDITED}
