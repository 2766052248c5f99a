"""A channel over a supplier's operations: whatever carries the calls (SOAP, JSON, in process), one behaviour."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from attrs import field, frozen

from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import CapabilityMissing
from askul_connect.core.messages.billing import ListCreditNotesRequest, ListCreditNotesResponse
from askul_connect.core.messages.documents import OrderDocument
from askul_connect.core.messages.item_search import GetAvailabilityRequest, GetAvailabilityResponse
from askul_connect.core.messages.order_life import (
    CancelOrderRequest,
    CancelOrderResponse,
    ChangeOrderRequest,
    ChangeOrderResponse,
)
from askul_connect.core.messages.ordering import (
    GetOrderByExternalIdRequest,
    ListConfirmationsRequest,
    ListConfirmationsResponse,
    ListInvoicesRequest,
    ListInvoicesResponse,
    ListOrdersRequest,
    ListOrdersResponse,
    ListShipNoticesRequest,
    ListShipNoticesResponse,
    PlaceOrderRequest,
    PlaceOrderResponse,
)
from askul_connect.core.operations.billing import LIST_CREDIT_NOTES
from askul_connect.core.operations.catalog import GET_AVAILABILITY
from askul_connect.core.operations.order_life import CANCEL_ORDER, CHANGE_ORDER
from askul_connect.core.operations.registry import Operation
from askul_connect.core.operations.supplier import (
    GET_ORDER_BY_EXTERNAL_ID,
    LIST_CONFIRMATIONS,
    LIST_INVOICES,
    LIST_ORDERS,
    LIST_SHIP_NOTICES,
    PLACE_ORDER,
)
from askul_connect.core.ports.callers import OperationCaller
from askul_connect.core.ports.channel import Capability, Channel

Req = TypeVar("Req")
Res = TypeVar("Res")

#: The operations a buyer's machine identity needs, and nothing else (AUTH-20).
CHANNEL_OPERATIONS = (
    PLACE_ORDER,
    GET_ORDER_BY_EXTERNAL_ID,
    LIST_ORDERS,
    LIST_CONFIRMATIONS,
    LIST_SHIP_NOTICES,
    LIST_INVOICES,
    GET_AVAILABILITY,
    CHANGE_ORDER,
    CANCEL_ORDER,
    LIST_CREDIT_NOTES,
)


def require(channel: Channel, capability: Capability, supplier: str) -> None:
    """Make sure that a supplier can do something before anything is sent.

    Raises:
        CapabilityMissing: It cannot.
    """
    if capability not in channel.capabilities:
        raise CapabilityMissing(
            f"the supplier connection {supplier!r} does not offer {capability}", where=supplier
        )


@frozen(kw_only=True)
class OperationChannel:
    """Implements the ``Channel`` port with a client credential."""

    caller: OperationCaller
    credential: Secret
    capabilities: frozenset[Capability] = field(default=frozenset(Capability))

    def _call(
        self, operation: Operation[Req, Res], request: Req, *, key: str = "", correlation_id: str = ""
    ) -> Res:
        return self.caller.call(
            operation, request, token=self.credential, idempotency_key=key, correlation_id=correlation_id
        )

    def place(self, request: PlaceOrderRequest, *, key: str, correlation_id: str) -> PlaceOrderResponse:
        """Place an order; the same key again answers with the same orders."""
        return self._call(PLACE_ORDER, request, key=key, correlation_id=correlation_id)

    def find(self, request: GetOrderByExternalIdRequest, *, correlation_id: str) -> tuple[OrderDocument, ...]:
        """The orders of a purchase order."""
        return self._call(GET_ORDER_BY_EXTERNAL_ID, request, correlation_id=correlation_id).orders

    def orders(self, cursor: str, page_size: int) -> ListOrdersResponse:
        """Orders since the cursor."""
        return self._call(LIST_ORDERS, ListOrdersRequest(cursor=cursor, page_size=page_size))

    def confirmations(self, cursor: str, page_size: int) -> ListConfirmationsResponse:
        """Confirmations since the cursor."""
        return self._call(LIST_CONFIRMATIONS, ListConfirmationsRequest(cursor=cursor, page_size=page_size))

    def ship_notices(self, cursor: str, page_size: int) -> ListShipNoticesResponse:
        """Ship notices since the cursor."""
        return self._call(LIST_SHIP_NOTICES, ListShipNoticesRequest(cursor=cursor, page_size=page_size))

    def invoices(self, cursor: str, page_size: int) -> ListInvoicesResponse:
        """Invoices since the cursor."""
        return self._call(LIST_INVOICES, ListInvoicesRequest(cursor=cursor, page_size=page_size))

    def availability(self, skus: Sequence[str]) -> GetAvailabilityResponse:
        """Price and stock of some items."""
        return self._call(GET_AVAILABILITY, GetAvailabilityRequest(skus=tuple(skus)))

    def change(self, request: ChangeOrderRequest, *, key: str, correlation_id: str) -> ChangeOrderResponse:
        """Change quantities of an order; the same key again does nothing more."""
        return self._call(CHANGE_ORDER, request, key=key, correlation_id=correlation_id)

    def cancel(self, request: CancelOrderRequest, *, key: str, correlation_id: str) -> CancelOrderResponse:
        """Cancel an order or lines of it; the same key again does nothing more."""
        return self._call(CANCEL_ORDER, request, key=key, correlation_id=correlation_id)

    def credit_notes(self, cursor: str, page_size: int) -> ListCreditNotesResponse:
        """Credit notes since the cursor."""
        return self._call(LIST_CREDIT_NOTES, ListCreditNotesRequest(cursor=cursor, page_size=page_size))

    def close(self) -> None:
        """Release connections."""
        self.caller.close()
