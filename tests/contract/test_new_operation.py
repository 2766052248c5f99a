"""A use case is one declaration and one function: one made here is callable over every face at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pytest
from attrs import frozen

from askul_connect.adapters.server.in_process import InProcessCaller
from askul_connect.adapters.soap.caller import SoapCaller
from askul_connect.adapters.soap.face import SoapFace
from askul_connect.adapters.transports.in_process import InProcessTransport
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import AskulConnectError, NotFound, ValueInvalid
from askul_connect.core.operations.registry import (
    ANYONE,
    Effect,
    Idempotency,
    Operation,
    Registry,
    ServiceFunction,
)
from askul_connect.core.operations.supplier import SUPPLIER_OPERATIONS
from askul_connect.core.ports.callers import OperationCaller
from askul_connect.core.ports.faces import Call


class Mood(StrEnum):
    FINE = "fine"
    TIRED = "tired"


@frozen(kw_only=True)
class Bloom:
    flower: str
    petals: int = 5
    price: Decimal | None = None


@frozen(kw_only=True)
class WaterPlantsRequest:
    blooms: tuple[Bloom, ...]
    key: Secret
    mood: Mood = Mood.FINE
    on: date | None = None
    twice: bool = False


@frozen(kw_only=True)
class WaterPlantsResponse:
    watered_at: datetime
    first: Bloom
    moods: tuple[Mood, ...]


WATER_PLANTS = Operation(
    name="WaterPlants",
    request=WaterPlantsRequest,
    response=WaterPlantsResponse,
    access=ANYONE,
    effect=Effect.WRITE,
    idempotency=Idempotency.NONE,
    function=ServiceFunction.STATUS,
    summary="Water the plants.",
)
NOW = datetime(2026, 11, 22, 3, 4, 5, 678, tzinfo=UTC)


def water_plants(request: WaterPlantsRequest) -> WaterPlantsResponse:
    if not request.blooms:
        raise NotFound("no plants", where="blooms")
    return WaterPlantsResponse(watered_at=NOW, first=request.blooms[0], moods=(request.mood, Mood.TIRED))


class Bound:
    """One function to each operation, as the supplier's dispatcher has it."""

    def __init__(self, registry: Registry, functions: dict[str, Callable[[Any], Any]]) -> None:
        self.registry = registry
        self.functions = functions
        self.calls: list[Call] = []

    def dispatch(self, operation: Operation[Any, Any], request: object, call: Call) -> Any:
        self.calls.append(call)
        return self.functions[operation.name](request)


@pytest.fixture
def bound() -> Bound:
    return Bound(SUPPLIER_OPERATIONS.having([WATER_PLANTS]), {"WaterPlants": water_plants})


@pytest.fixture(params=["soap", "in process"])
def caller(request: pytest.FixtureRequest, bound: Bound) -> OperationCaller:
    if request.param == "in process":
        return InProcessCaller(bound)
    face = SoapFace(bound, address="http://localhost/soap/1")
    return SoapCaller(InProcessTransport(face.handle), wsdl="http://localhost/soap/1?wsdl")


REQUEST = WaterPlantsRequest(
    blooms=(Bloom(flower="菊 <&>", price=Decimal("1.50")), Bloom(flower="", petals=-3)),
    key=Secret("k"),
    mood=Mood.TIRED,
    on=date(2026, 2, 28),
    twice=True,
)


def test_it_is_called(bound: Bound, caller: OperationCaller) -> None:
    response = caller.call(WATER_PLANTS, REQUEST, token=Secret("t"), idempotency_key="i", correlation_id="c")

    assert response == water_plants(REQUEST)
    [call] = bound.calls
    assert (call.token, call.idempotency_key, call.correlation_id) == (Secret("t"), "i", "c")


def test_its_refusal_arrives_as_the_same_class(caller: OperationCaller) -> None:
    with pytest.raises(NotFound) as caught:
        caller.call(WATER_PLANTS, WaterPlantsRequest(blooms=(), key=Secret("")))

    assert (caught.value.detail, caught.value.where) == ("no plants", "blooms")


def test_its_failure_tells_nothing(bound: Bound, caller: OperationCaller) -> None:
    def fail(request: Any) -> Any:
        raise RuntimeError("hunter2")

    bound.functions["WaterPlants"] = fail
    with pytest.raises(AskulConnectError) as caught:
        caller.call(WATER_PLANTS, REQUEST)

    assert "hunter2" not in str(caught.value)
    assert caught.value.reference


@pytest.mark.parametrize("text", ["a\x00", "a\ud800", "a\ufffe", "\x1b[31m"])
def test_the_faces_refuse_the_same_text(bound: Bound, caller: OperationCaller, text: str) -> None:
    with pytest.raises(ValueInvalid, match="flower"):
        caller.call(WATER_PLANTS, WaterPlantsRequest(blooms=(Bloom(flower=text),), key=Secret("k")))

    assert not bound.calls


@frozen(kw_only=True)
class Weighed:
    weight: float


@frozen(kw_only=True)
class Holder:
    inner: Weighed


@frozen(kw_only=True)
class Endless:
    inner: tuple[Endless, ...]


@frozen(kw_only=True)
class Doubtful:
    names: tuple[str, ...] | None


@frozen(kw_only=True)
class Twins:
    a_b: str
    aB: str  # noqa: N815 -- the clash is the point


@pytest.mark.parametrize(
    ("cls", "said"),
    [
        (Holder, "Weighed.weight"),
        (Endless, "holds itself"),
        (Doubtful, "Doubtful.names"),
        (Twins, "share an element"),
        (int, "no attrs class"),
    ],
)
def test_a_message_that_cannot_be_sent_is_refused_at_the_start(cls: type[Any], said: str) -> None:
    wrong = Operation(
        name="Wrong",
        request=cls,
        response=WaterPlantsResponse,
        access=ANYONE,
        effect=Effect.READ,
        idempotency=Idempotency.NATURAL,
        function=ServiceFunction.STATUS,
        summary="Wrong.",
    )
    with pytest.raises(TypeError, match=said):
        SoapFace(Bound(Registry((wrong,)), {}), address="http://localhost/")
