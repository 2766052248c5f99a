"""The buyer's connection to one supplier: what a supplier plugin gives (INT-1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

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


class Capability(StrEnum):
    """What a supplier connection offers; asking for what it lacks is an error before anything is sent."""

    PLACE = "place"
    TRIAL = "trial"
    FIND = "find"
    HISTORY = "history"
    CONFIRMATIONS = "confirmations"
    SHIP_NOTICES = "ship_notices"
    INVOICES = "invoices"
    STOCK_AND_PRICE = "stock_and_price"
    CHANGE = "change"
    CANCEL = "cancel"
    CREDIT_NOTES = "credit_notes"


class Channel(Protocol):
    """One supplier, for one account.

    Every method raises, besides what it names: PartnerUnreachable (nothing was done), OutcomeUnknown (it may have
    been done), PartnerAnswerInvalid, or the supplier's own typed refusal.
    """

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What can be asked of it."""
        ...

    def place(self, request: PlaceOrderRequest, *, key: str, correlation_id: str) -> PlaceOrderResponse:
        """Place an order; the same key again answers with the same orders."""
        ...

    def find(self, request: GetOrderByExternalIdRequest, *, correlation_id: str) -> tuple[OrderDocument, ...]:
        """The orders of a purchase order; none when the supplier never took it."""
        ...

    def orders(self, cursor: str, page_size: int) -> ListOrdersResponse:
        """Orders that are new or have changed since the cursor."""
        ...

    def confirmations(self, cursor: str, page_size: int) -> ListConfirmationsResponse:
        """Confirmations since the cursor."""
        ...

    def ship_notices(self, cursor: str, page_size: int) -> ListShipNoticesResponse:
        """Ship notices since the cursor."""
        ...

    def invoices(self, cursor: str, page_size: int) -> ListInvoicesResponse:
        """Invoices since the cursor."""
        ...

    def availability(self, skus: Sequence[str]) -> GetAvailabilityResponse:
        """Price and stock of up to 1,000 items."""
        ...

    def change(self, request: ChangeOrderRequest, *, key: str, correlation_id: str) -> ChangeOrderResponse:
        """Change quantities of an order; the same key again answers and does nothing more.

        Raises:
            TooLateToChange, IllegalStep, OrderError: The supplier refuses, and nothing is changed.
        """
        ...

    def cancel(self, request: CancelOrderRequest, *, key: str, correlation_id: str) -> CancelOrderResponse:
        """Cancel an order or lines of it; the same key again answers and does nothing more.

        Raises:
            TooLateToChange, IllegalStep, OrderError: The supplier refuses, and nothing is cancelled.
        """
        ...

    def credit_notes(self, cursor: str, page_size: int) -> ListCreditNotesResponse:
        """Credit notes since the cursor."""
        ...

    def close(self) -> None:
        """Release connections."""
        ...


class InProcessWork(Protocol):
    """What a supplier that runs in this process does by itself, driven by its clock."""

    def work(self) -> bool:
        """Do everything that is due by now; whether there was anything."""
        ...

    def next_due(self) -> datetime | None:
        """When the next thing is due; None when nothing is left."""
        ...


class SupplierConnection(Protocol):
    """An opened supplier."""

    @property
    def channel(self) -> Channel:
        """The way to it."""
        ...

    @property
    def work(self) -> InProcessWork | None:
        """Its own work, if it runs in this process."""
        ...

    def close(self) -> None:
        """Release everything."""
        ...
