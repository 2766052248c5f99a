"""What is worked on: orders of any number and size, the same in every run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

from askul_connect.core.domain.catalog import Fulfilment, Item, StockLevel
from askul_connect.core.domain.orders import Channel, LineState, OrderState
from askul_connect.core.domain.tax import TaxCategory, TaxTotal
from askul_connect.core.messages.documents import OrderDocument, OrderDocumentLine
from askul_connect.core.messages.ordering import (
    ListOrdersResponse,
    OrderLineRequest,
    PlaceOrderRequest,
)
from askul_connect.core.messages.paging import PageInfo

#: 09:00 in Tokyo.
START = datetime(2026, 11, 2, 0, 0, tzinfo=UTC)
BUYER = "0188:7010705000725"
LINES = 10
PAGE = 100


def order(number: int, lines: int) -> OrderDocument:
    """An order of the history, of that many lines."""
    made = tuple(_line(number, position) for position in range(lines))
    net = sum(line.amount_excl_tax for line in made)
    return OrderDocument(
        order_number=f"AC{number:08d}",
        purchase_order_id=f"PO-2026-{number:06d}",
        buyer_party=BUYER,
        state=OrderState.CONFIRMED,
        channel=Channel.SOAP,
        currency="JPY",
        placed_at=START,
        order_date=START.date(),
        lines=made,
        tax=(TaxTotal(category=TaxCategory.STANDARD, rate=Decimal(10), taxable=net, tax=net // 10),),
        total_excl_tax=net,
        total_incl_tax=net + net // 10,
    )


def _line(number: int, position: int) -> OrderDocumentLine:
    quantity = 1 + (number + position) % 20
    return OrderDocumentLine(
        line_id=str(10 * (position + 1)),
        sku=f"SK{(number * 31 + position * 7) % 2400:06d}",
        name="コピー用紙 A4 <スタンダード> 500枚" if position % 5 == 0 else "ボールペン 0.5 黒 10本",
        quantity=quantity,
        unit="H87",
        unit_price=Decimal("98.5"),
        amount_excl_tax=(quantity * 985 + 5) // 10,
        tax_category=TaxCategory.STANDARD,
        tax_rate=Decimal(10),
        fulfilment=Fulfilment.STOCK,
        state=LineState.CONFIRMED,
        department="D1",
        cost_centre="CC-100",
    )


def pages(lines: int) -> Iterator[ListOrdersResponse]:
    """The pages of a history of that many lines, each made when it is asked for."""
    orders = lines // LINES
    for first in range(0, orders, PAGE):
        last = min(first + PAGE, orders)
        yield ListOrdersResponse(
            orders=tuple(order(number, LINES) for number in range(first + 1, last + 1)),
            page=PageInfo(
                next_cursor=f"cursor-{last}", more=last < orders, total=orders if first == 0 else None
            ),
        )


ITEMS = tuple(
    (
        Item(
            sku=f"SK{number:06d}",
            jan="",
            name=f"ボールペン 0.5 黒 {number}",
            name_en="Ballpoint pen",
            maker="見本製作所",
            category=("文具", "ペン"),
            unspsc="44121701",
            tax_category=TaxCategory.REDUCED if number % 5 == 0 else TaxCategory.STANDARD,
            currency="JPY",
            list_price=Decimal("98.5") + number,
            unit="H87",
            content_quantity=1,
            # what makers ship would be orders of their own
            fulfilment=Fulfilment.STOCK,
        ),
        StockLevel(sku=f"SK{number:06d}", on_hand=1_000_000_000),
    )
    for number in range(200)
)


def purchase(number: int, lines: int = 5) -> PlaceOrderRequest:
    """A request to place an order."""
    return PlaceOrderRequest(
        purchase_order_id=f"PO-2026-{number:06d}",
        buyer_party=BUYER,
        currency="JPY",
        lines=tuple(
            OrderLineRequest(
                line_id=str(10 * (position + 1)),
                sku=ITEMS[(number + position * 7) % len(ITEMS)][0].sku,
                quantity=1 + (number + position) % 20,
                unit="H87",
                expected_unit_price=ITEMS[(number + position * 7) % len(ITEMS)][0].list_price,
                department="D1",
                cost_centre="CC-100",
                requested_on=date(2026, 11, 9),
            )
            for position in range(lines)
        ),
    )
