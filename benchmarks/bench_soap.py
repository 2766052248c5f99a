"""A page of 1,000 order lines over SOAP: written by the supplier, read by the buyer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Enum
from typing import Any

import attrs

from askul_connect.adapters import _xml
from askul_connect.adapters._shape import shape
from askul_connect.adapters.soap.codec import decode, encode
from askul_connect.adapters.soap.envelope import SOAP11, read_own_form, unwrap, wrap
from askul_connect.adapters.soap.wsdl import wsdl
from askul_connect.core.messages.ordering import ListOrdersResponse
from askul_connect.core.operations.supplier import LIST_ORDERS, SUPPLIER_OPERATIONS
from benchmarks.baseline_soap import Zeep
from benchmarks.contest import Contest, Side
from benchmarks.samples import pages

#: Ten times as fast.
REACH = 0.1


def write(message: ListOrdersResponse) -> bytes:
    """What the supplier's face does with an answer."""
    return wrap(SOAP11, encode(message, f"{LIST_ORDERS.name}Response"))


def read(data: bytes) -> ListOrdersResponse:
    """What the buyer's caller does with a reply."""
    element = f"{LIST_ORDERS.name}Response"
    message = read_own_form(ListOrdersResponse, element, data, limits=_xml.DEFAULT_LIMITS)
    return message or decode(ListOrdersResponse, unwrap(_xml.parse(data)).content, strict=False)


def plain(value: Any) -> Any:
    """A message as the values that zeep takes and gives, by element."""
    if attrs.has(value.__class__):
        fields = shape(value.__class__).declared
        return {one.element: plain(getattr(value, one.name)) for one in fields}
    if isinstance(value, tuple):
        return [plain(one) for one in value]
    return value.value if isinstance(value, Enum) else value


def _without_absent(value: Any) -> Any:
    """What was said: zeep gives None for what is absent, an empty list for what does not repeat."""
    if isinstance(value, dict):
        return {name: _without_absent(one) for name, one in value.items() if one is not None and one != []}
    return [_without_absent(one) for one in value] if isinstance(value, list) else value


def contests(*, lines: int = 1_000, repeat: int = 5) -> Iterator[Contest]:
    """Writing, and reading."""
    (message,) = pages(lines)
    values = plain(message)
    zeep = Zeep(wsdl(SUPPLIER_OPERATIONS, address="http://bench.invalid/soap/1"), LIST_ORDERS.name)
    data = write(message)

    def check() -> None:
        assert _without_absent(zeep.plain(zeep.parse(data))) == _without_absent(values)
        assert repr(read(zeep.render(values))) == repr(message)
        assert repr(read(data)) == repr(message)

    def contest(
        what: str, ours: Callable[[], Any], baseline: Callable[[], Any], reach: float | None
    ) -> Contest:
        return Contest(
            name=f"SOAP page of {lines:,} lines, {what}",
            against="zeep, the same types",
            ours=Side(run=lambda _: [ours() for _ in range(repeat)]),
            baseline=Side(run=lambda _: [baseline() for _ in range(repeat)]),
            check=check,
            items=repeat,
            unit="page",
            reach=reach,
        )

    foreign = zeep.render(values)
    yield contest("written", lambda: write(message), lambda: zeep.render(values), REACH)
    yield contest("read", lambda: read(data), lambda: zeep.parse(data), REACH)
    # Explains the row before: what another program wrote goes through the parser.
    yield contest("written by zeep, read", lambda: read(foreign), lambda: zeep.parse(foreign), None)
