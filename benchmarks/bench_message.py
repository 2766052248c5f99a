"""An order of 20 lines: message <-> JSON, message <-> XML."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from json import loads
from typing import Any

from askul_connect.adapters import _json, _xml
from askul_connect.adapters.soap import straight
from askul_connect.adapters.soap.codec import decode, encode
from askul_connect.adapters.soap.model import NAMESPACE
from askul_connect.core.domain.catalog import Fulfilment
from askul_connect.core.domain.orders import Channel, LineState, OrderState
from askul_connect.core.domain.tax import TaxCategory, TaxTotal
from askul_connect.core.messages.documents import OrderDocument, OrderDocumentLine
from benchmarks import baseline_message
from benchmarks.contest import Contest, Side
from benchmarks.samples import order

ENUMS = {
    "taxCategory": TaxCategory,
    "fulfilment": Fulfilment,
    "lineState": LineState,
    "state": OrderState,
    "channel": Channel,
}


def write_xml(message: OrderDocument) -> bytes:
    """Our way to XML."""
    return encode(message, "order").encode()


def read_xml(data: bytes) -> OrderDocument:
    """Our way back; what is not in our own form goes through the parser and is walked."""
    head, tail = f'<order xmlns="{NAMESPACE}">'.encode(), b"</order>"
    message = straight.read(OrderDocument, data, head=head, tail=tail)
    return message or walk_xml(data)


def walk_xml(data: bytes) -> OrderDocument:
    """Our way back for any document, through the parser that strangers' documents go through."""
    return decode(OrderDocument, _xml.parse(data), strict=True)


def contests(*, lines: int = 20, repeat: int = 200) -> Iterator[Contest]:
    """Both formats, both ways."""
    message = order(1, lines)
    msgspec = baseline_message.Json(OrderDocument)
    walk = baseline_message.Xml(OrderDocument, OrderDocumentLine, TaxTotal, ENUMS)
    as_json, as_xml = _json.dumps(message), write_xml(message)

    def check() -> None:
        # msgspec writes the fields of an attrs class in the order of its slots
        assert loads(msgspec.dumps(message)) == loads(as_json)
        # a text equals its closed value, but is no such value; its repr says so
        assert repr(msgspec.loads(as_json)) == repr(_json.loads(OrderDocument, as_json)) == repr(message)
        assert walk.dumps(message) == as_xml
        assert repr(walk.loads(as_xml)) == repr(read_xml(as_xml)) == repr(message)
        assert repr(walk_xml(as_xml)) == repr(message)

    def contest(name: str, against: str, ours: Callable[[], Any], baseline: Callable[[], Any]) -> Contest:
        return Contest(
            name=f"{name}, order of {lines} lines",
            against=against,
            ours=Side(run=lambda _: [ours() for _ in range(repeat)]),
            baseline=Side(run=lambda _: [baseline() for _ in range(repeat)]),
            check=check,
            items=repeat,
            unit="order",
            reach=2.0,
        )

    yield contest("message to JSON", "msgspec", lambda: _json.dumps(message), lambda: msgspec.dumps(message))
    yield contest(
        "JSON to message",
        "msgspec, same classes",
        lambda: _json.loads(OrderDocument, as_json),
        lambda: msgspec.loads(as_json),
    )
    yield contest(
        "message to XML", "formatted text by hand", lambda: write_xml(message), lambda: walk.dumps(message)
    )
    yield contest(
        "XML to message", "lxml walk, same classes", lambda: read_xml(as_xml), lambda: walk.loads(as_xml)
    )
    yield contest(
        "XML in another form to message",
        "lxml walk, same classes",
        lambda: walk_xml(as_xml),
        lambda: walk.loads(as_xml),
    )
