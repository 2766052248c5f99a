"""An operation declared here is callable by JSON at once: over the web application, and as its document says."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pytest
from attrs import frozen
from jsonschema import Draft202012Validator

from askul_connect.adapters import _json
from askul_connect.adapters.server.json_caller import JsonCaller
from askul_connect.adapters.server.openapi import openapi
from askul_connect.core.domain.orders import Channel
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import NotFound, ValueInvalid
from askul_connect.core.operations.registry import (
    ANYONE,
    Effect,
    Idempotency,
    Operation,
    Registry,
    ServiceFunction,
)
from askul_connect.core.operations.supplier import SUPPLIER_OPERATIONS
from askul_connect.core.ports.faces import Call, Dispatcher


class Sky(StrEnum):
    CLEAR = "clear"
    CLOUDY = "cloudy"


@frozen(kw_only=True)
class Measurement:
    place: str
    millimetres: Decimal
    sky: Sky | None = None


@frozen(kw_only=True)
class ReportRainRequest:
    measurements: tuple[Measurement, ...]
    key: Secret
    on: date | None = None
    sky: Sky = Sky.CLEAR
    total: int = 0
    best: Measurement | None = None


@frozen(kw_only=True)
class ReportRainResponse:
    at: datetime
    wettest: Measurement
    rained: bool


REPORT_RAIN = Operation(
    name="ReportRain",
    request=ReportRainRequest,
    response=ReportRainResponse,
    access=ANYONE,
    effect=Effect.WRITE,
    idempotency=Idempotency.KEYED,
    function=ServiceFunction.STATUS,
    summary="Report how much it rained.",
)
REQUEST = ReportRainRequest(
    measurements=(Measurement(place="東京 <&>", millimetres=Decimal("1.50"), sky=Sky.CLOUDY),),
    key=Secret("k"),
    on=date(2026, 2, 28),
    best=Measurement(place="", millimetres=Decimal(0)),
)


class Bound:
    """A dispatcher with the one function."""

    def __init__(self, *more: Operation[Any, Any]) -> None:
        self.registry = SUPPLIER_OPERATIONS.having(more)
        self.calls: list[Call] = []

    def dispatch(self, operation: Operation[Any, Any], request: object, call: Call) -> Any:
        assert isinstance(request, ReportRainRequest)
        self.calls.append(call)
        if not request.measurements:
            raise NotFound("no measurements", where="measurements")
        return ReportRainResponse(
            at=datetime(2026, 11, 22, tzinfo=UTC), wettest=request.measurements[0], rained=True
        )


OverHttp = Callable[[Dispatcher], JsonCaller]


def test_it_is_called(over_http: OverHttp) -> None:
    bound = Bound(REPORT_RAIN)
    caller = over_http(bound)

    response = caller.call(
        REPORT_RAIN, REQUEST, token=Secret("t.-_~+/=="), idempotency_key='注文 "1"\\%', correlation_id="a b"
    )

    assert response.wettest == REQUEST.measurements[0]
    [call] = bound.calls
    assert (call.channel, call.token) == (Channel.JSON, Secret("t.-_~+/=="))
    assert (call.idempotency_key, call.correlation_id) == ('注文 "1"\\%', "a b")
    assert call.address


def test_its_refusals_arrive(over_http: OverHttp) -> None:
    caller = over_http(Bound(REPORT_RAIN))

    with pytest.raises(NotFound, match="no measurements") as caught:
        caller.call(REPORT_RAIN, ReportRainRequest(measurements=(), key=Secret("")))
    assert caught.value.where == "measurements"
    with pytest.raises(ValueInvalid, match=r"\$\.measurements\[0\]\.place"):
        caller.call(
            REPORT_RAIN,
            ReportRainRequest(
                measurements=(Measurement(place="\x00", millimetres=Decimal(1)),), key=Secret("")
            ),
        )


def test_its_document_takes_what_is_written() -> None:
    document = json.loads(openapi(SUPPLIER_OPERATIONS.having([REPORT_RAIN]), address="http://localhost/"))
    schemas = document["components"]["schemas"]
    assert {"MeasurementInput", "Measurement", "ReportRainRequest"} <= schemas.keys(), (
        "one for each direction"
    )
    validator = Draft202012Validator({"$ref": "#/components/schemas/ReportRainRequest", **document})
    body = json.loads(_json.dumps(REQUEST))

    validator.validate(body)
    for wrong in ({"more": 1}, {"total": 1.5}, {"sky": "rainy"}, {"measurements": None}, {"key": "\x00"}):
        assert not validator.is_valid({**body, **wrong}), wrong
    assert schemas["ReportRainRequest"]["properties"]["sky"]["default"] == "clear"
    assert schemas["Measurement"]["properties"]["sky"]["type"] == ["string", "null"]
    assert "enum" not in schemas["Measurement"]["properties"]["sky"], "closed in requests only"


@frozen(kw_only=True)
class Weighed:
    weight: float


@frozen(kw_only=True)
class Holder:
    inner: tuple[Weighed, ...]


@frozen(kw_only=True)
class Endless:
    inner: tuple[Endless, ...]


@frozen(kw_only=True)
class Doubtful:
    names: tuple[str, ...] | None


@frozen(kw_only=True)
class Problem:
    text: str


def _twin() -> type[Any]:
    @frozen(kw_only=True)
    class ReportRainResponse:
        other: int

    return ReportRainResponse


@pytest.mark.parametrize(
    ("cls", "said"),
    [
        (Holder, "Weighed.weight"),
        (Endless, "holds itself"),
        (Doubtful, "Doubtful.names"),
        (Problem, "Problem"),
        (_twin(), "two classes"),
        (int, "no attrs class"),
    ],
)
def test_a_message_that_cannot_be_described_is_refused_at_the_start(cls: type[Any], said: str) -> None:
    wrong = Operation(
        name="Wrong",
        request=cls,
        response=ReportRainResponse,
        access=ANYONE,
        effect=Effect.READ,
        idempotency=Idempotency.NATURAL,
        function=ServiceFunction.STATUS,
        summary="Wrong.",
    )
    with pytest.raises(TypeError, match=said):
        openapi(Registry((wrong,)), address="http://localhost/")
