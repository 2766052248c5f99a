"""A use case of the supplier is one declaration and one function: one added at run time is called over every face."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pytest
from attrs import evolve, field, frozen

from askul_connect.core.domain.accounts import Role
from askul_connect.core.errors import (
    AccessDenied,
    IdempotencyConflict,
    IdempotencyKeyMissing,
    NotFound,
    OurError,
)
from askul_connect.core.operations.registry import BUYERS, Effect, Idempotency, Operation, ServiceFunction
from askul_connect.core.services.supplier.context import Context, Refused, Tried
from askul_connect.core.services.supplier.dispatch import Binding, SupplierDispatcher


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@frozen(kw_only=True)
class Engraving:
    text: str
    colour: Colour = Colour.BLUE


@frozen(kw_only=True)
class EngravePenRequest:
    engravings: tuple[Engraving, ...]
    wanted_on: date | None = None
    price: Decimal = Decimal("1.5")
    rehearse: bool = False


@frozen(kw_only=True)
class EngravePenResponse:
    number: str
    engravings: tuple[Engraving, ...] = field(default=())
    account: str = ""


ENGRAVE_PEN = Operation(
    name="EngravePen",
    request=EngravePenRequest,
    response=EngravePenResponse,
    access=BUYERS,
    effect=Effect.WRITE,
    idempotency=Idempotency.KEYED,
    function=ServiceFunction.ORDERING,
    summary="Have pens engraved.",
    machines=True,
)


def engrave_pen(context: Context, request: EngravePenRequest) -> Any:
    number = f"EN{context.unit.counters.next('engraving')}"
    context.unit.facts.put("engraved", request.engravings[0].text)
    if request.engravings[0].text == "rude":
        return Refused(NotFound("not in our house", where="engravings"))
    if request.engravings[0].text == "blank":
        raise NotFound("nothing to engrave", where="engravings")
    response = EngravePenResponse(
        number=number, engravings=request.engravings, account=context.account().name
    )
    return Tried(response) if request.rehearse else response


BINDING = Binding(
    operation=ENGRAVE_PEN,
    run=engrave_pen,
    reference=lambda response: response.number,
    replay=lambda _context, request, number: EngravePenResponse(number=number, engravings=request.engravings),
)
REQUEST = EngravePenRequest(
    engravings=(Engraving(text="祝 <&>", colour=Colour.RED), Engraving(text="b")), wanted_on=date(2026, 12, 1)
)


@pytest.fixture
def engraver(make_world: Any, storage_kind: str, face: str) -> Any:
    return make_world(storage_kind, face, more_operations=((ENGRAVE_PEN, BINDING),))


def test_it_is_called(engraver: Any) -> None:
    customer = engraver.customer()
    token = customer.credential("EngravePen", label="pens")
    answer = engraver.call(ENGRAVE_PEN, REQUEST, token=token, key="k")
    assert answer == EngravePenResponse(number="EN1", engravings=REQUEST.engravings, account="株式会社見本a")
    assert engraver.call(ENGRAVE_PEN, REQUEST, token=token, key="k").number == "EN1"
    assert engraver.call(ENGRAVE_PEN, REQUEST, token=token, key="l").number == "EN2"
    with pytest.raises(IdempotencyConflict):
        engraver.call(ENGRAVE_PEN, evolve(REQUEST, wanted_on=None), token=token, key="k")
    with pytest.raises(IdempotencyKeyMissing):
        engraver.call(ENGRAVE_PEN, REQUEST, token=token)
    with pytest.raises(AccessDenied):
        engraver.call(ENGRAVE_PEN, REQUEST, token=customer.machine, key="k")
    with pytest.raises(AccessDenied):
        engraver.call(ENGRAVE_PEN, REQUEST, token=customer.person("v@a.example.co.jp", Role.VIEWER), key="k")


def test_what_it_writes_lasts_unless_it_raises_or_rehearses(engraver: Any) -> None:
    token = engraver.customer().administrator

    def attempt(text: str, *, rehearse: bool = False) -> str:
        request = EngravePenRequest(engravings=(Engraving(text=text),), rehearse=rehearse)
        number: str = engraver.call(ENGRAVE_PEN, request, token=token, key=text).number
        return number

    before = engraver.dump()
    assert attempt("first", rehearse=True) == "EN1"
    with pytest.raises(NotFound, match="nothing to engrave"):
        attempt("blank")
    assert engraver.dump() == before
    for _ in range(2):
        with pytest.raises(NotFound, match="not in our house"):
            attempt("rude")
    with engraver.storage.begin() as unit:
        assert unit.facts.get("engraved") == "rude"
    assert attempt("first") == "EN3"


def test_an_operation_without_a_function_is_refused_at_the_start(world: Any) -> None:
    dispatcher = world.supplier.dispatcher

    def make(operations: Any, bindings: Any) -> SupplierDispatcher:
        return SupplierDispatcher(
            registry=operations, bindings=bindings, storage=dispatcher.storage, house=dispatcher.house
        )

    with pytest.raises(OurError, match="EngravePen"):
        make(dispatcher.registry.having([ENGRAVE_PEN]), dispatcher.bindings)
    with pytest.raises(OurError, match="PlaceOrder"):
        make(
            dispatcher.registry,
            tuple(one for one in dispatcher.bindings if one.operation.name != "PlaceOrder"),
        )
    with pytest.raises(OurError, match="several functions"):
        make(dispatcher.registry, (*dispatcher.bindings, dispatcher.bindings[0]))
    # the same name with wider access is not the same operation
    weaker = tuple(
        evolve(one, operation=evolve(one.operation, access=frozenset({Role.VIEWER})))
        if one.operation.name == "CloseBilling"
        else one
        for one in dispatcher.bindings
    )
    with pytest.raises(OurError, match="CloseBilling"):
        make(dispatcher.registry, weaker)


def test_exactly_keyed_operations_are_replayed() -> None:
    with pytest.raises(ValueError, match="EngravePen"):
        Binding(operation=ENGRAVE_PEN, run=engrave_pen)
    with pytest.raises(ValueError, match="EngravePen"):
        evolve(BINDING, operation=evolve(ENGRAVE_PEN, idempotency=Idempotency.NATURAL))
