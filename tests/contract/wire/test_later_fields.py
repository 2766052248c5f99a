"""An order with allowances: yesterday's strict client reads it, today's reads all of it, and old hashes still agree."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs
import pytest
import zeep

from askul_connect.adapters import _json
from askul_connect.adapters.soap.codec import encode
from askul_connect.adapters.soap.model import NAMESPACE
from askul_connect.adapters.soap.values import values_of
from askul_connect.core.domain.allowances import AllowanceCharge, AnticipatedTotals
from askul_connect.core.messages.canonical import content_hash
from askul_connect.core.messages.documents import Invoice, InvoiceLine, OrderDocument, OrderDocumentLine
from askul_connect.core.messages.growth import ADDED, IN_EXTENSIONS
from askul_connect.core.messages.ordering import (
    ListOrdersResponse,
    OrderLineRequest,
    PlaceOrderRequest,
)
from askul_connect.core.messages.paging import PageInfo

FROZEN = sorted(Path(__file__).with_name("wsdl").glob("supplier-*.wsdl"))
OFF = AllowanceCharge(charge=False, amount=100, reason_code="95", percent=Decimal("2.5"), base_amount=4_000)
REQUEST = PlaceOrderRequest(
    purchase_order_id="PO-1",
    buyer_party="0188:1",
    currency="JPY",
    lines=(OrderLineRequest(line_id="1", sku="A", quantity=1, unit="EA", department="D"),),
)


@attrs.frozen
class Reply:
    content: bytes
    status_code: int = 200
    headers: dict[str, str] = attrs.field(factory=lambda: {"Content-Type": "text/xml"})
    encoding: str = "utf-8"


def order() -> OrderDocument:
    from askul_connect.testing.storage.samples_documents import order_document, order_document_line

    line = order_document_line("1", allowances=(OFF,))
    return order_document(
        lines=(line,), allowances=(OFF, OFF), anticipated=AnticipatedTotals(lines=1, payable=2)
    )


@pytest.mark.spec("INT-8")
@pytest.mark.parametrize("path", FROZEN, ids=lambda path: path.stem)
def test_yesterdays_strict_client_reads_an_order_with_allowances(path: Path) -> None:
    client = zeep.Client(io.BytesIO(path.read_bytes()), settings=zeep.Settings(strict=True))
    binding = client.wsdl.bindings[f"{{{NAMESPACE}}}Supplier11"]
    response = ListOrdersResponse(orders=(order(),), page=PageInfo(next_cursor="", more=False, total=1))
    written = encode(response, "ListOrdersResponse")
    envelope = (
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>'
        f"{written}</e:Body></e:Envelope>"
    )

    read: Any = binding.process_reply(client, binding.get("ListOrders"), Reply(envelope.encode()))

    assert "<extensions><allowances>" in written
    assert [one.orderNumber for one in read.orders] == [order().order_number]
    assert read.orders[0].totalExclTax == order().total_excl_tax


@pytest.mark.parametrize("message", [OrderDocument, OrderDocumentLine, Invoice, InvoiceLine])
def test_every_later_field_of_a_response_has_a_default_and_its_place(message: type[Any]) -> None:
    later = [one for one in attrs.fields(message) if ADDED in one.metadata]

    assert later
    assert all(IN_EXTENSIONS in one.metadata and one.default is not attrs.NOTHING for one in later)


@pytest.mark.spec("INT-11")
def test_what_says_nothing_is_neither_sent_nor_hashed() -> None:
    """Yesterday's supplier refuses what it does not know, and yesterday's order is still the same one."""
    sent = _json.dumps(REQUEST)

    assert b"allowances" not in sent
    assert b"anticipated" not in sent
    assert not {"allowances", "anticipated"} & values_of(REQUEST).keys()
    assert content_hash(REQUEST) == "bf021167dac103f28080b64569fd00091e014cf0601773329f30feae7de9b6c4"


@pytest.mark.spec("INT-11")
@pytest.mark.parametrize(
    "other",
    [
        attrs.evolve(REQUEST, allowances=(OFF,)),
        attrs.evolve(REQUEST, allowances=(attrs.evolve(OFF, charge=True),)),
        attrs.evolve(REQUEST, lines=(attrs.evolve(REQUEST.lines[0], allowances=(OFF,)),)),
        attrs.evolve(REQUEST, anticipated=AnticipatedTotals(payable=1)),
    ],
)
def test_what_says_something_is_sent_and_hashed(other: PlaceOrderRequest) -> None:
    assert content_hash(other) != content_hash(REQUEST)
    assert _json.loads(PlaceOrderRequest, _json.dumps(other)) == other
    assert values_of(other) != values_of(REQUEST)
