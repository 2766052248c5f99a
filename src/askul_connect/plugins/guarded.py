"""A plugin's supplier connection, held to its port: what it raises is typed, what it lacks is refused unsent (INT-1).

A mistake of the plugin while an order is placed, changed or cancelled leaves it open whether that was done. So it is
reported as ``outcome-unknown``, and the supplier is asked before anything is sent again (INT-6). Everywhere else
nothing is lost: the failure is ``plugin-failed``, of this supplier only (INT-9).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from attrs import field, frozen

from askul_connect.core.errors import CapabilityMissing, OutcomeUnknown, PluginFailed
from askul_connect.core.messages.billing import ListCreditNotesResponse
from askul_connect.core.messages.documents import OrderDocument
from askul_connect.core.messages.item_search import GetAvailabilityResponse
from askul_connect.core.messages.order_life import (
    CancelOrderRequest,
    CancelOrderResponse,
    ChangeOrderRequest,
    ChangeOrderResponse,
)
from askul_connect.core.messages.ordering import (
    GetOrderByExternalIdRequest,
    ListConfirmationsResponse,
    ListInvoicesResponse,
    ListOrdersResponse,
    ListShipNoticesResponse,
    PlaceOrderRequest,
    PlaceOrderResponse,
)
from askul_connect.core.ports.channel import Capability, Channel, InProcessWork, SupplierConnection
from askul_connect.plugins.boundary import code_of

T = TypeVar("T")
Altered = TypeVar("Altered", ChangeOrderResponse, CancelOrderResponse)


@frozen(kw_only=True)
class GuardedChannel:
    """Implements the ``Channel`` port over a plugin's.

    Attributes:
        plugin: Which one, as a message names it.
        supplier: Name of the connection.
    """

    plugin: str
    supplier: str
    channel: Channel = field(repr=False)
    capabilities: frozenset[Capability]

    def place(self, request: PlaceOrderRequest, *, key: str, correlation_id: str) -> PlaceOrderResponse:
        """Place an order; the same key again answers with the same orders."""
        self._need(Capability.PLACE)
        if request.trial:
            self._need(Capability.TRIAL)
        try:
            answer = self._ask(
                f"placing {request.purchase_order_id}",
                lambda: self.channel.place(request, key=key, correlation_id=correlation_id),
                PlaceOrderResponse,
            )
            self._check(request, answer)
        except PluginFailed as error:
            if request.trial:
                raise
            raise OutcomeUnknown(error.detail, where=self.supplier) from error
        return answer

    def find(self, request: GetOrderByExternalIdRequest, *, correlation_id: str) -> tuple[OrderDocument, ...]:
        """The orders of a purchase order; none when the supplier never took it."""
        self._need(Capability.FIND)
        doing = f"finding {request.purchase_order_id}"
        found = self._ask(doing, lambda: self.channel.find(request, correlation_id=correlation_id), tuple)
        if not all(isinstance(order, OrderDocument) for order in found):
            raise self._wrong(doing, found, "a tuple of OrderDocument")
        return found

    def orders(self, cursor: str, page_size: int) -> ListOrdersResponse:
        """Orders since the cursor."""
        self._need(Capability.HISTORY)
        return self._ask("listing orders", lambda: self.channel.orders(cursor, page_size), ListOrdersResponse)

    def confirmations(self, cursor: str, page_size: int) -> ListConfirmationsResponse:
        """Confirmations since the cursor."""
        self._need(Capability.CONFIRMATIONS)
        return self._ask(
            "listing confirmations",
            lambda: self.channel.confirmations(cursor, page_size),
            ListConfirmationsResponse,
        )

    def ship_notices(self, cursor: str, page_size: int) -> ListShipNoticesResponse:
        """Ship notices since the cursor."""
        self._need(Capability.SHIP_NOTICES)
        return self._ask(
            "listing ship notices",
            lambda: self.channel.ship_notices(cursor, page_size),
            ListShipNoticesResponse,
        )

    def invoices(self, cursor: str, page_size: int) -> ListInvoicesResponse:
        """Invoices since the cursor."""
        self._need(Capability.INVOICES)
        return self._ask(
            "listing invoices", lambda: self.channel.invoices(cursor, page_size), ListInvoicesResponse
        )

    def availability(self, skus: Sequence[str]) -> GetAvailabilityResponse:
        """Price and stock of some items."""
        self._need(Capability.STOCK_AND_PRICE)
        return self._ask(
            "asking for price and stock", lambda: self.channel.availability(skus), GetAvailabilityResponse
        )

    def change(self, request: ChangeOrderRequest, *, key: str, correlation_id: str) -> ChangeOrderResponse:
        """Change quantities of an order; the same key again does nothing more."""
        self._need(Capability.CHANGE)
        return self._alter(
            f"changing {request.order_number}",
            request,
            lambda: self.channel.change(request, key=key, correlation_id=correlation_id),
            ChangeOrderResponse,
        )

    def cancel(self, request: CancelOrderRequest, *, key: str, correlation_id: str) -> CancelOrderResponse:
        """Cancel an order or lines of it; the same key again does nothing more."""
        self._need(Capability.CANCEL)
        return self._alter(
            f"cancelling {request.order_number}",
            request,
            lambda: self.channel.cancel(request, key=key, correlation_id=correlation_id),
            CancelOrderResponse,
        )

    def credit_notes(self, cursor: str, page_size: int) -> ListCreditNotesResponse:
        """Credit notes since the cursor."""
        self._need(Capability.CREDIT_NOTES)
        return self._ask(
            "listing credit notes",
            lambda: self.channel.credit_notes(cursor, page_size),
            ListCreditNotesResponse,
        )

    def close(self) -> None:
        """Release connections."""
        with code_of(self.plugin, "closing its channel", where=self.supplier):
            self.channel.close()

    def _need(self, capability: Capability) -> None:
        if capability not in self.capabilities:
            raise CapabilityMissing(
                f"the supplier connection {self.supplier!r} does not offer {capability}", where=self.supplier
            )

    def _alter(
        self,
        doing: str,
        request: ChangeOrderRequest | CancelOrderRequest,
        ask: Callable[[], Altered],
        wanted: type[Altered],
    ) -> Altered:
        """Change or cancel; a mistake of the plugin leaves it open whether that was done."""
        if request.trial:
            self._need(Capability.TRIAL)
        try:
            answer = self._ask(doing, ask, wanted)
            if answer.order.order_number != request.order_number or answer.trial is not request.trial:
                raise self._wrong(doing, answer, f"the answer about {request.order_number}, as asked for")
        except PluginFailed as error:
            if request.trial:
                raise
            raise OutcomeUnknown(error.detail, where=self.supplier) from error
        return answer

    def _ask(self, doing: str, ask: Callable[[], T], wanted: type[T]) -> T:
        with code_of(self.plugin, doing, where=self.supplier):
            answer = ask()
        if not isinstance(answer, wanted):
            raise self._wrong(doing, answer, wanted.__name__)
        return answer

    def _check(self, request: PlaceOrderRequest, answer: PlaceOrderResponse) -> None:
        """An answer is about what was asked for: otherwise it would be booked on the wrong purchase order."""
        doing = f"placing {request.purchase_order_id}"
        if not answer.orders:
            raise self._wrong(doing, answer, "at least one order")
        if answer.trial is not request.trial:
            raise self._wrong(doing, answer, f"trial {request.trial}, as asked for")
        strange = {order.purchase_order_id for order in answer.orders} - {request.purchase_order_id}
        if strange:
            raise self._wrong(doing, answer, f"orders of this purchase order, not of {sorted(strange)}")

    def _wrong(self, doing: str, answer: object, wanted: str) -> PluginFailed:
        return PluginFailed(
            f"{self.plugin} failed {doing}: it returned {type(answer).__name__}, wanted is {wanted}",
            where=self.supplier,
        )


@frozen(kw_only=True)
class GuardedWork:
    """Implements the ``InProcessWork`` port over a plugin's."""

    plugin: str
    supplier: str
    inner: InProcessWork = field(repr=False)

    def work(self) -> bool:
        """Do everything that is due by now; whether there was anything."""
        with code_of(self.plugin, "doing its own work", where=self.supplier):
            return self.inner.work()

    def next_due(self) -> datetime | None:
        """When the next thing is due; None when nothing is left."""
        with code_of(self.plugin, "saying what is due next", where=self.supplier):
            return self.inner.next_due()


@frozen(kw_only=True)
class GuardedConnection:
    """Implements the ``SupplierConnection`` port over a plugin's."""

    plugin: str
    supplier: str
    inner: SupplierConnection = field(repr=False)
    channel: GuardedChannel
    work: GuardedWork | None

    def close(self) -> None:
        """Release everything."""
        with code_of(self.plugin, "closing its connection", where=self.supplier):
            self.inner.close()


def guarded(
    made: SupplierConnection, most: frozenset[Capability], *, plugin: str, supplier: str
) -> GuardedConnection:
    """A plugin's connection, held to its port.

    Args:
        made: What the plugin's ``connect`` returned.
        most: The capabilities that its kind has at most.
        plugin: Which one, as a message names it.
        supplier: Name of the connection.

    Raises:
        PluginFailed: It is no supplier connection, or it claims more than its kind.
    """
    missing = [name for name in ("channel", "work", "close") if not hasattr(made, name)]
    if missing:
        raise PluginFailed(
            f"{plugin} connected {supplier!r} to a {type(made).__name__}, which has no {', '.join(missing)}",
            where=supplier,
        )
    channel, work = made.channel, made.work
    capabilities = channel.capabilities
    if not isinstance(capabilities, frozenset) or not capabilities <= most:
        made.close()
        raise PluginFailed(
            f"{plugin} connected {supplier!r} to a channel whose capabilities are {capabilities!r};"
            f" those of its kind are {', '.join(sorted(most))}",
            where=supplier,
        )
    return GuardedConnection(
        plugin=plugin,
        supplier=supplier,
        inner=made,
        channel=GuardedChannel(plugin=plugin, supplier=supplier, channel=channel, capabilities=capabilities),
        work=GuardedWork(plugin=plugin, supplier=supplier, inner=work) if work is not None else None,
    )
