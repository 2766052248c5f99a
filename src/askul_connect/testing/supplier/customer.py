"""Who tries a supplier in the cases: places orders, reads lists, and lets the time go on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import uuid4

from attrs import evolve, field, frozen

from askul_connect.core.messages.documents import OrderDocument
from askul_connect.core.messages.order_life import CancelOrderRequest, ChangedLine, ChangeOrderRequest
from askul_connect.core.messages.ordering import (
    GetOrderByExternalIdRequest,
    OrderLineRequest,
    PlaceOrderRequest,
)
from askul_connect.core.messages.paging import PageInfo
from askul_connect.core.ports.channel import Capability, Channel, SupplierConnection
from askul_connect.core.ports.system import Timeline
from askul_connect.plugins.kinds import SupplierKind
from askul_connect.testing.workbench import BUYER_PARTY, DEPARTMENT

#: A supplier whose own work is not done after so many steps never ends.
_MOST_STEPS = 1_000
_LARGE_PAGE = 1_000

#: The lists of a supplier: capability -> method of the channel, which is also the field of its answer; key of a record.
FEEDS = {
    Capability.HISTORY: ("orders", "order_number"),
    Capability.CONFIRMATIONS: ("confirmations", "confirmation_number"),
    Capability.SHIP_NOTICES: ("ship_notices", "ship_notice_number"),
    Capability.INVOICES: ("invoices", "invoice_number"),
    Capability.CREDIT_NOTES: ("credit_notes", "credit_note_number"),
}


@frozen(kw_only=True)
class Goods:
    """Something that the supplier sells, in a quantity it has.

    Attributes:
        sku, unit: In the supplier's terms.
        department: A department of the account.
    """

    sku: str
    unit: str
    quantity: int = 1
    department: str = DEPARTMENT


#: Of the sample catalog: both tax rates, and a price with a fraction of a yen.
SAMPLE_GOODS = (
    Goods(sku="B100-0001", unit="XCT", quantity=2),
    Goods(sku="G100-0001", unit="XCT", quantity=3),
    Goods(sku="E100-0001", unit="EA", quantity=300),
)


@frozen(kw_only=True)
class Customer:
    """One account at the supplier under test.

    Attributes:
        reopen: Opens another connection to the same account.
        timeline: The supplier's clock.
        goods: What is bought, at least two.
        unknown_sku: What the supplier does not sell.
    """

    kind: SupplierKind
    connection: SupplierConnection = field(repr=False)
    reopen: Callable[[], SupplierConnection] = field(repr=False)
    timeline: Timeline = field(repr=False)
    goods: tuple[Goods, ...] = SAMPLE_GOODS
    buyer_party: str = BUYER_PARTY
    currency: str = "JPY"
    unknown_sku: str = "NO-SUCH-ITEM"

    @property
    def channel(self) -> Channel:
        """The way to the supplier."""
        return self.connection.channel

    def request(self, *goods: Goods, number: str = "") -> PlaceOrderRequest:
        """An order of some goods (all, if none are named) under a number of its own."""
        return PlaceOrderRequest(
            purchase_order_id=number or f"KIT-{uuid4().hex[:12]}",
            buyer_party=self.buyer_party,
            currency=self.currency,
            lines=tuple(
                OrderLineRequest(
                    line_id=str(position),
                    sku=each.sku,
                    quantity=each.quantity,
                    unit=each.unit,
                    department=each.department,
                )
                for position, each in enumerate(goods or self.goods, start=1)
            ),
        )

    def place(self, request: PlaceOrderRequest, *, key: str = "") -> tuple[OrderDocument, ...]:
        """The orders it becomes; the key is the purchase order's number, if none is given."""
        return self.channel.place(
            request, key=key or request.purchase_order_id, correlation_id=request.purchase_order_id
        ).orders

    def find(self, request: PlaceOrderRequest) -> tuple[OrderDocument, ...]:
        """What the supplier says has become of it."""
        wanted = GetOrderByExternalIdRequest(
            purchase_order_id=request.purchase_order_id,
            buyer_party=request.buyer_party,
            issue_year=request.issue_year,
        )
        return self.channel.find(wanted, correlation_id=request.purchase_order_id)

    def change(
        self, order: OrderDocument, quantities: Mapping[str, int], *, key: str, trial: bool = False
    ) -> OrderDocument:
        """Other quantities of an order, by line."""
        lines = tuple(
            ChangedLine(line_id=line_id, quantity=quantity) for line_id, quantity in quantities.items()
        )
        request = ChangeOrderRequest(order_number=order.order_number, lines=lines, trial=trial)
        return self.channel.change(request, key=key, correlation_id=order.purchase_order_id).order

    def cancel(self, order: OrderDocument, *line_ids: str, key: str, trial: bool = False) -> OrderDocument:
        """Lines of an order cancelled; all of it, when none is named."""
        request = CancelOrderRequest(order_number=order.order_number, lines=line_ids, trial=trial)
        return self.channel.cancel(request, key=key, correlation_id=order.purchase_order_id).order

    def page(self, feed: Capability, cursor: str, page_size: int) -> tuple[Sequence[Any], PageInfo]:
        """One page of a list: its records and where it ends."""
        name, _ = FEEDS[feed]
        answer = getattr(self.channel, name)(cursor, page_size)
        return getattr(answer, name), answer.page

    def read(self, feed: Capability, cursor: str = "", page_size: int = _LARGE_PAGE) -> list[Any]:
        """Every record of a list since a cursor, page by page."""
        records: list[Any] = []
        while True:
            found, page = self.page(feed, cursor, page_size)
            assert len(found) <= page_size, "a page holds no more than was asked for"
            records += found
            if not page.more:
                return records
            assert page.next_cursor != cursor, "a page with another one behind it moves the cursor on"
            cursor = page.next_cursor

    def end(self, feed: Capability) -> str:
        """The cursor at the present end of a list."""
        cursor = ""
        while True:
            _, page = self.page(feed, cursor, _LARGE_PAGE)
            cursor = page.next_cursor
            if not page.more:
                return cursor

    def keys(self, feed: Capability, records: Sequence[Any]) -> list[str]:
        """The numbers of some records."""
        return [getattr(record, FEEDS[feed][1]) for record in records]

    def let_time_pass(self, look: Callable[[], None] = lambda: None) -> None:
        """Let the supplier do its own work to its end; ``look`` is called after each step."""
        work = self.connection.work
        assert work is not None, "the supplier works in this process"
        for _ in range(_MOST_STEPS):
            work.work()
            look()
            due = work.next_due()
            if due is None:
                return
            self.timeline.advance(due)
        raise AssertionError("the supplier's own work never ends")


def priced(request: PlaceOrderRequest, prices: Sequence[Decimal]) -> PlaceOrderRequest:
    """The same order, with the prices that are expected."""
    lines = zip(request.lines, prices, strict=True)
    return evolve(request, lines=tuple(evolve(line, expected_unit_price=price) for line, price in lines))
