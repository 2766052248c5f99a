"""A supplier whose lists a test controls: records come, change, go, come late, and cursors expire.

It stands before another supplier, whose own lists it passes on, or alone. In front of one that passes the conformance
kit it passes it too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from attrs import define, field, frozen

from askul_connect.core.errors import CapabilityMissing, CursorExpired
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
from askul_connect.core.messages.paging import PageInfo
from askul_connect.core.ports.channel import Capability, Channel, InProcessWork, SupplierConnection

#: List -> what asks for it, the field of a record's key.
LISTS = {
    "orders": (Capability.HISTORY, "order_number"),
    "confirmations": (Capability.CONFIRMATIONS, "confirmation_number"),
    "ship_notices": (Capability.SHIP_NOTICES, "ship_notice_number"),
    "invoices": (Capability.INVOICES, "invoice_number"),
    "credit_notes": (Capability.CREDIT_NOTES, "credit_note_number"),
}
_GAP = 1_000
_LARGE_PAGE = 1_000


@define
class ControlledList:
    """One list: each record stands at the place of its latest change.

    Attributes:
        key: Field of a record's key.
        alive: The records that exist, by key.
        counts: Whether the first page says how many there are.
        kept_back: Keys of records that are counted and not sent.
    """

    key: str
    alive: dict[str, Any] = field(factory=dict)
    counts: bool = True
    kept_back: set[str] = field(factory=set)
    _places: dict[str, int] = field(factory=dict)
    _epoch: int = 0
    _end: int = 0
    _inner: str = ""

    def put(self, record: Any) -> None:
        """A record is new, or has changed."""
        key = getattr(record, self.key)
        self.alive[key] = record
        self._end += _GAP
        self._places[key] = self._end

    def put_late(self, record: Any, behind: int = 1) -> None:
        """A new record is entered behind places that readers have passed."""
        key = getattr(record, self.key)
        self.alive[key] = record
        taken = set(self._places.values())
        place = max(self._end - behind * _GAP, 0) + 1
        while place in taken:
            place += 1
        self._places[key] = place

    def delete(self, key: str) -> None:
        """A record is gone; readers that go on learn of it."""
        del self.alive[key]
        self._end += _GAP
        self._places[key] = self._end

    def expire(self) -> None:
        """No cursor given out so far is accepted any more, and what was deleted is forgotten."""
        self._epoch += 1
        self._places = {key: place for key, place in self._places.items() if key in self.alive}

    def page(self, cursor: str, page_size: int) -> tuple[Sequence[Any], PageInfo]:
        """One page, as the contract of lists has it."""
        after = self._place(cursor)
        waiting = sorted((place, key) for key, place in self._places.items() if place > after)
        span = waiting[:page_size]
        records = [self.alive[key] for _, key in span if key in self.alive and key not in self.kept_back]
        end = span[-1][0] if span else after
        page = PageInfo(
            next_cursor=f"{self._epoch}:{end}",
            more=len(waiting) > len(span),
            total=len(self.alive) if self.counts and not cursor else None,
            deleted=tuple(key for _, key in span if key not in self.alive),
        )
        return records, page

    def _place(self, cursor: str) -> int:
        if not cursor:
            return 0
        epoch, _, place = cursor.partition(":")
        if epoch != str(self._epoch) or not place.isdecimal():
            raise CursorExpired(f"the cursor {cursor!r} is not known any more")
        return int(place)

    def follow(self, read: Callable[[str, int], tuple[Sequence[Any], PageInfo]]) -> None:
        """Take over what is new in another list."""
        while True:
            records, page = read(self._inner, _LARGE_PAGE)
            for record in records:
                self.put(record)
            for key in page.deleted:
                if key in self.alive:
                    self.delete(key)
            self._inner = page.next_cursor
            if not page.more:
                return


def _controlled() -> dict[str, ControlledList]:
    return {name: ControlledList(key=key) for name, (_, key) in LISTS.items()}


@define
class ListControl:
    """What a test holds of a controlled supplier.

    Attributes:
        before: Called with list and cursor before a page is made: may raise, or do something else meanwhile.
        after: The same when it is made and not handed over yet.
        calls: The lists and cursors that were asked for.
    """

    lists: dict[str, ControlledList] = field(factory=_controlled)
    before: Callable[[str, str], None] = lambda _name, _cursor: None
    after: Callable[[str, str], None] = lambda _name, _cursor: None
    calls: list[tuple[str, str]] = field(factory=list)


@frozen(kw_only=True)
class ControlledChannel:
    """A ``Channel`` with the lists of a control.

    Attributes:
        inner: The supplier behind it; None for lists alone.
    """

    control: ListControl
    inner: Channel | None = None

    @property
    def capabilities(self) -> frozenset[Capability]:
        """Those of the supplier behind it, or the lists."""
        if self.inner is not None:
            return self.inner.capabilities
        return frozenset(capability for capability, _ in LISTS.values())

    def place(self, request: PlaceOrderRequest, *, key: str, correlation_id: str) -> PlaceOrderResponse:
        """As the supplier behind it does."""
        return self._behind().place(request, key=key, correlation_id=correlation_id)

    def find(self, request: GetOrderByExternalIdRequest, *, correlation_id: str) -> tuple[OrderDocument, ...]:
        """As the supplier behind it does."""
        return self._behind().find(request, correlation_id=correlation_id)

    def availability(self, skus: Sequence[str]) -> GetAvailabilityResponse:
        """As the supplier behind it does."""
        return self._behind().availability(skus)

    def change(self, request: ChangeOrderRequest, *, key: str, correlation_id: str) -> ChangeOrderResponse:
        """As the supplier behind it does."""
        return self._behind().change(request, key=key, correlation_id=correlation_id)

    def cancel(self, request: CancelOrderRequest, *, key: str, correlation_id: str) -> CancelOrderResponse:
        """As the supplier behind it does."""
        return self._behind().cancel(request, key=key, correlation_id=correlation_id)

    def orders(self, cursor: str, page_size: int) -> ListOrdersResponse:
        """A page of orders."""
        records, page = self._page("orders", cursor, page_size)
        return ListOrdersResponse(orders=tuple(records), page=page)

    def confirmations(self, cursor: str, page_size: int) -> ListConfirmationsResponse:
        """A page of confirmations."""
        records, page = self._page("confirmations", cursor, page_size)
        return ListConfirmationsResponse(confirmations=tuple(records), page=page)

    def ship_notices(self, cursor: str, page_size: int) -> ListShipNoticesResponse:
        """A page of ship notices."""
        records, page = self._page("ship_notices", cursor, page_size)
        return ListShipNoticesResponse(ship_notices=tuple(records), page=page)

    def invoices(self, cursor: str, page_size: int) -> ListInvoicesResponse:
        """A page of invoices."""
        records, page = self._page("invoices", cursor, page_size)
        return ListInvoicesResponse(invoices=tuple(records), page=page)

    def credit_notes(self, cursor: str, page_size: int) -> ListCreditNotesResponse:
        """A page of credit notes."""
        records, page = self._page("credit_notes", cursor, page_size)
        return ListCreditNotesResponse(credit_notes=tuple(records), page=page)

    def close(self) -> None:
        """Close what is behind it."""
        if self.inner is not None:
            self.inner.close()

    def _behind(self) -> Channel:
        if self.inner is None:
            raise CapabilityMissing("this supplier has lists and nothing else")
        return self.inner

    def _page(self, name: str, cursor: str, page_size: int) -> tuple[Sequence[Any], PageInfo]:
        self.control.calls.append((name, cursor))
        self.control.before(name, cursor)
        controlled = self.control.lists[name]
        if self.inner is not None:
            ask = getattr(self.inner, name)

            def read(given: str, size: int) -> tuple[Sequence[Any], PageInfo]:
                answer = ask(given, size)
                return getattr(answer, name), answer.page

            controlled.follow(read)
        made = controlled.page(cursor, page_size)
        self.control.after(name, cursor)
        return made


@frozen(kw_only=True)
class ControlledConnection:
    """A ``SupplierConnection`` with the lists of a control."""

    channel: ControlledChannel
    inner: SupplierConnection | None = None

    @property
    def work(self) -> InProcessWork | None:
        """That of the supplier behind it."""
        return self.inner.work if self.inner else None

    def close(self) -> None:
        """Close what is behind it."""
        (self.inner or self.channel).close()


def controlled(control: ListControl, inner: SupplierConnection | None = None) -> ControlledConnection:
    """A connection whose lists a test controls.

    Args:
        control: What the test holds; it outlives connections.
        inner: The supplier behind it, if there is one.
    """
    channel = ControlledChannel(control=control, inner=inner.channel if inner else None)
    return ControlledConnection(channel=channel, inner=inner)
