"""The supplier's own mistakes, made through its own operations at the instant they are due."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from attrs import evolve, field, frozen

from askul_connect.core.domain.orders import Channel, LineState
from askul_connect.core.domain.payments import Receivable
from askul_connect.core.domain.sales import Order, OrderLine
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.messages.documents import Invoice
from askul_connect.core.messages.fulfilment import ShipOrderRequest, ShippedLine
from askul_connect.core.messages.order_life import CancelOrdersInBulkRequest, RejectedLine, RejectLinesRequest
from askul_connect.core.messages.ordering import ListInvoicesRequest
from askul_connect.core.operations.order_life import CANCEL_ORDERS_IN_BULK, REJECT_LINES
from askul_connect.core.operations.registry import Operation
from askul_connect.core.operations.supplier import LIST_INVOICES, SHIP_ORDER
from askul_connect.core.ports.faces import Call
from askul_connect.core.ports.supplier_storage import SupplierUnitOfWork
from askul_connect.core.services.supplier.dispatch import SupplierDispatcher
from askul_connect.core.services.supplier.invoicing import INVOICE_FEED
from askul_connect.core.services.units import run_unit
from askul_connect.testing.faulty.plan import Fault, FaultPlan, PlannedFault

_NOTHING_LEFT = frozenset({LineState.PLACED, LineState.CONFIRMED})
_TO_SHIP = frozenset({LineState.CONFIRMED, LineState.PARTLY_SHIPPED})
_PAGE = 1_000


@frozen(kw_only=True)
class FaultyStaff:
    """Makes the supplier's mistakes; each once for each order."""

    dispatcher: SupplierDispatcher
    credential: Secret = field(repr=False)
    plan: FaultPlan

    def make_mistakes(self) -> bool:
        """Make every mistake that can be made by now; whether there was one."""
        made = False
        for planned in self.plan.planned(Fault.MASS_CANCEL):
            made = self._cancel_many(planned) or made
        for order in self._open_orders():
            for planned in self.plan.planned(*_MISTAKES):
                if planned.concerns(order.purchase_order_id) and not self.plan.has_struck(
                    planned.fault, order.purchase_order_id
                ):
                    made = self._make(planned, order) or made
        for planned in self.plan.planned(Fault.DUPLICATE_INVOICE):
            made = self._bill_again(planned) or made
        return made

    def _open_orders(self) -> Sequence[Order]:
        return run_unit(self.dispatcher.storage, lambda unit: unit.orders.open_orders())

    def _make(self, planned: PlannedFault, order: Order) -> bool:
        states = _NOTHING_LEFT if planned.fault in _REJECTIONS else _TO_SHIP
        lines = [
            line
            for line in order.lines
            if line.state in states and planned.concerns(order.purchase_order_id, line.line_id)
        ]
        if not lines:
            return False
        _MISTAKES[planned.fault](self, planned, order, lines)
        return self.plan.note(planned.fault, order.purchase_order_id)

    def reject(self, planned: PlannedFault, order: Order, lines: Sequence[OrderLine]) -> None:
        request = RejectLinesRequest(
            order_number=order.order_number,
            lines=tuple(RejectedLine(line_id=line.line_id, reason="no longer made") for line in lines),
        )
        self._order(REJECT_LINES, request, planned, order)

    def ship_short(self, planned: PlannedFault, order: Order, lines: Sequence[OrderLine]) -> None:
        self._ship(planned, order, ((line, -min(planned.units, line.outstanding)) for line in lines))

    def ship_over(self, planned: PlannedFault, order: Order, lines: Sequence[OrderLine]) -> None:
        self._ship(planned, order, ((line, planned.units) for line in lines))

    def _ship(self, planned: PlannedFault, order: Order, lines: Iterable[tuple[OrderLine, int]]) -> None:
        shipped = tuple(
            ShippedLine(
                line_id=line.line_id,
                quantity=line.outstanding + more,
                quantity_short=max(0, -more),
                reason="out of stock" if more < 0 else "",
            )
            for line, more in lines
        )
        self._order(
            SHIP_ORDER, ShipOrderRequest(order_number=order.order_number, lines=shipped), planned, order
        )

    def cancel(self, planned: PlannedFault, order: Order, lines: Sequence[OrderLine]) -> None:
        for sku in {line.sku for line in lines} if planned.line_id else {""}:
            request = CancelOrdersInBulkRequest(
                reason="the maker cannot deliver", order_numbers=(order.order_number,), sku=sku
            )
            self._order(CANCEL_ORDERS_IN_BULK, request, planned, order)

    def _order(
        self, operation: Operation[Any, Any], request: object, planned: PlannedFault, order: Order
    ) -> None:
        key = f"{planned.fault}:{order.order_number}"
        self.dispatcher.dispatch_as_staff(operation, request, key=key)

    def _cancel_many(self, planned: PlannedFault) -> bool:
        """Cancel what is open now; later orders are left alone."""
        what = planned.sku or "everything"
        if self.plan.has_struck(Fault.MASS_CANCEL, what):
            return False
        concerned = [
            order
            for order in self._open_orders()
            if planned.concerns(order.purchase_order_id)
            and any(line.sku == planned.sku or not planned.sku for line in order.lines if line.outstanding)
        ]
        if not concerned:
            return False
        request = CancelOrdersInBulkRequest(
            reason="the warehouse cannot be used",
            sku=planned.sku,
            order_numbers=tuple(order.order_number for order in concerned),
        )
        self.dispatcher.dispatch_as_staff(CANCEL_ORDERS_IN_BULK, request, key=f"{Fault.MASS_CANCEL}:{what}")
        return self.plan.note(Fault.MASS_CANCEL, what)

    def _bill_again(self, planned: PlannedFault) -> bool:
        call = Call(channel=Channel.IN_PROCESS, token=self.credential)
        answer = self.dispatcher.dispatch(LIST_INVOICES, ListInvoicesRequest(page_size=_PAGE), call)
        known = {invoice.invoice_number for invoice in answer.invoices}
        made = False
        for invoice in answer.invoices:
            number = f"{invoice.invoice_number}D"
            doubled = any(planned.concerns(line.purchase_order_id) for line in invoice.lines)
            if not doubled or number in known or invoice.invoice_number.endswith("D"):
                continue
            copy = partial(_keep, invoice=evolve(invoice, invoice_number=number))
            run_unit(self.dispatcher.storage, copy)
            made = self.plan.note(Fault.DUPLICATE_INVOICE, planned.purchase_order_id or number) or made
        return made


def _keep(unit: SupplierUnitOfWork, *, invoice: Invoice) -> None:
    """An invoice that is owed like any other: no operation of a sound supplier makes one of what is billed."""
    order = unit.orders.get_for_staff(invoice.lines[0].order_number)
    assert order is not None, "an invoice is about an order"
    unit.documents.add_invoice(order.account_id, invoice)
    unit.billing.add_receivable(
        Receivable(
            account_id=order.account_id,
            invoice_number=invoice.invoice_number,
            issued_on=invoice.issued_on,
            due_on=invoice.due_on,
            currency=invoice.currency,
            total=invoice.total_incl_tax,
        )
    )
    unit.changes.record(order.account_id, INVOICE_FEED, [invoice.invoice_number])


_REJECTIONS = frozenset({Fault.REJECT_LINE, Fault.REJECT_ALL})
_MISTAKES = {
    Fault.REJECT_LINE: FaultyStaff.reject,
    Fault.REJECT_ALL: FaultyStaff.reject,
    Fault.SHORT_SHIP: FaultyStaff.ship_short,
    Fault.OVER_SHIP: FaultyStaff.ship_over,
    Fault.CANCEL_LATE: FaultyStaff.cancel,
}
