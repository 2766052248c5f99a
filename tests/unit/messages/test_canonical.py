"""The content of a message is the same in whatever spelling it came, and nothing else is."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from attrs import evolve, frozen

from askul_connect.core.messages.canonical import content_hash
from askul_connect.core.messages.ordering import OnPriceChange, OrderLineRequest, PlaceOrderRequest
from askul_connect.core.messages.purchase_order import PurchaseOrder, PurchaseOrderLine

LINE = OrderLineRequest(
    line_id="1",
    sku="B100-0001",
    quantity=10,
    unit="XCT",
    expected_unit_price=Decimal(4280),
    department="D100",
    requested_on=date(2026, 4, 10),
)
REQUEST = PlaceOrderRequest(
    purchase_order_id="PO-1", buyer_party="0188:1", currency="JPY", lines=(LINE, evolve(LINE, line_id="2"))
)


@pytest.mark.spec("ORD-2", "REL-4")
@pytest.mark.parametrize("price", [Decimal("4280.0"), Decimal("4280.0000"), Decimal("4.28E+3")])
def test_the_spelling_of_a_price_does_not_count(price: Decimal) -> None:
    same = evolve(REQUEST, lines=(evolve(LINE, expected_unit_price=price), REQUEST.lines[1]))

    assert content_hash(same) == content_hash(REQUEST)


@pytest.mark.spec("ORD-2", "REL-4")
@pytest.mark.parametrize(
    "other",
    [
        evolve(REQUEST, purchase_order_id="PO-2"),
        evolve(REQUEST, lines=REQUEST.lines[::-1]),
        evolve(REQUEST, lines=REQUEST.lines[:1]),
        evolve(REQUEST, lines=(evolve(LINE, quantity=11), REQUEST.lines[1])),
        evolve(REQUEST, lines=(evolve(LINE, expected_unit_price=None), REQUEST.lines[1])),
        evolve(REQUEST, lines=(evolve(LINE, requested_on=date(2026, 4, 11)), REQUEST.lines[1])),
        evolve(REQUEST, on_price_change=OnPriceChange.DROP_LINE),
        evolve(REQUEST, trial=True),
    ],
)
def test_anything_else_counts(other: PlaceOrderRequest) -> None:
    assert content_hash(other) != content_hash(REQUEST)


@pytest.mark.spec("INT-11")
def test_where_it_stands_is_no_content() -> None:
    line = PurchaseOrderLine(line_id="1", sku="A", quantity=1, unit="EA", unit_price=Decimal(1))
    order = PurchaseOrder(purchase_order_id="PO-1", currency="JPY", lines=(line,))
    moved = evolve(order, where="other.csv", lines=(evolve(line, where="row 7"),))

    assert content_hash(moved) == content_hash(order)


def test_what_has_no_canonical_form_is_refused() -> None:
    @frozen
    class Odd:
        amount: object

    with pytest.raises(TypeError, match="float"):
        content_hash(Odd(1.5))
