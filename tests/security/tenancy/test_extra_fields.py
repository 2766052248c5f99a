"""What a request has beyond its declaration changes nothing, wherever it stands (Q-TEN-6)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import attrs
import pytest
from attrs import evolve
from lxml import etree
from tenancy_callers import Caller, canary, expected
from tenancy_estate import ADDRESS
from tenancy_table import Asked, entry_of

from askul_connect.core.errors import ValueInvalid
from askul_connect.core.operations.registry import Operation
from askul_connect.core.operations.supplier import SUPPLIER_OPERATIONS
from askul_connect.core.ports.transport import HttpRequest

OPERATIONS = pytest.mark.parametrize("operation", list(SUPPLIER_OPERATIONS), ids=lambda one: one.name)
EXTRAS: dict[str, Any] = {
    "account_id": "b",
    "role": "administrator",
    "price": "0.01",
    "unit_price": "0.01",
    "approved": True,
    "state": "active",
    "customer_number": "1234567890",
    "user_id": "b",
    "actor": "supplier",
    "is_staff": True,
    "order_limit": 999999999,
    "extensions": {"role": "administrator"},
}


@pytest.fixture(scope="module")
def memory(estates: Any) -> Any:
    return estates("memory")


def able(estate: Any, operation: Operation[Any, Any]) -> Caller:
    """Somebody who may call, or else the administrator."""
    callers = estate.callers
    found = [one for one in callers.values() if one.alive and not one.staff and not expected(operation, one)]
    return callers["administrator"] if not found or callers["administrator"] in found else found[0]


def places(value: Any) -> Iterator[dict[str, Any]]:
    """Every object in a JSON value."""
    if isinstance(value, dict):
        yield value
        for entry in value.values():
            yield from places(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from places(entry)


def extras(operation: Operation[Any, Any]) -> dict[str, Any]:
    declared = {one.name for one in attrs.fields(operation.request)}
    return {name: value for name, value in EXTRAS.items() if name not in declared}


@pytest.mark.spec("ACC-5")
@OPERATIONS
def test_json_with_one_field_more_is_refused_and_changes_nothing(
    memory: Any, operation: Operation[Any, Any]
) -> None:
    caller = able(memory, operation)
    request = entry_of(operation.name).request(Asked(estate=memory, caller=caller))
    sent: list[HttpRequest] = []

    def note(request: HttpRequest) -> HttpRequest:
        sent.append(request)
        return evolve(request, body=b"[]")

    transport = memory.transports["json"]
    transport.change = note
    try:
        memory.outcome("json", operation, request, caller)
    finally:
        transport.change = lambda request: request
    whole = json.loads(sent[0].body)
    before = memory.dump()
    for place in range(len(list(places(whole)))):
        for name, value in extras(operation).items():
            body = json.loads(sent[0].body)
            target = list(places(body))[place]
            if name in target:
                continue
            target[name] = value
            answer = transport.send(evolve(sent[0], body=json.dumps(body).encode()))
            found = json.loads(answer.body)
            assert (answer.status, found.get("code")) == (400, ValueInvalid.code), (place, name, found)
    assert memory.dump() == before


@pytest.mark.spec("ACC-5")
@OPERATIONS
def test_soap_with_one_element_more_is_refused_and_changes_nothing(
    memory: Any, operation: Operation[Any, Any]
) -> None:
    caller = able(memory, operation)
    request = entry_of(operation.name).request(Asked(estate=memory, caller=caller))
    before = memory.dump()
    transport = memory.transports["soap"]
    for name in extras(operation):
        for first in (True, False):

            def slip_in(sent: HttpRequest, name: str = name, first: bool = first) -> HttpRequest:
                root = etree.fromstring(sent.body)
                (body,) = root.xpath("//*[local-name()='Body']/*")
                words = name.split("_")
                camel = words[0] + "".join(map(str.title, words[1:]))
                extra = etree.Element(f"{{{etree.QName(body).namespace}}}{camel}")
                extra.text = "administrator"
                body.insert(0 if first else len(body), extra)
                return evolve(sent, body=etree.tostring(root))

            transport.change = slip_in
            try:
                found = memory.outcome("soap", operation, request, caller)
            finally:
                transport.change = lambda request: request
            assert found.code == ValueInvalid.code, (name, found)
    assert memory.dump() == before


@pytest.mark.spec("ACC-5")
@OPERATIONS
def test_soap_with_one_element_more_within_another_is_refused_and_changes_nothing(
    memory: Any, operation: Operation[Any, Any]
) -> None:
    caller = able(memory, operation)
    request = entry_of(operation.name).request(Asked(estate=memory, caller=caller))
    transport, within = memory.transports["soap"], []

    def slip_in(sent: HttpRequest) -> HttpRequest:
        root = etree.fromstring(sent.body)
        (body,) = root.xpath("//*[local-name()='Body']/*")
        within[:] = [one for one in body.iterdescendants() if len(one)]
        if place is None:
            # only looked at; nothing is done
            return evolve(sent, body=b"<")
        etree.SubElement(within[place], f"{{{etree.QName(body).namespace}}}accountId").text = "b"
        return evolve(sent, body=etree.tostring(root))

    place: int | None = None
    before = memory.dump()
    transport.change = slip_in
    try:
        memory.outcome("soap", operation, request, caller)
        for place in range(len(within)):
            found = memory.outcome("soap", operation, request, caller)
            assert found.code == ValueInvalid.code, (place, found)
    finally:
        transport.change = lambda request: request
    assert memory.dump() == before


@pytest.mark.spec("ACC-5")
def test_nothing_beside_the_message_says_who_calls(memory: Any) -> None:
    """Neither a header nor the address of a request names account, role or department."""
    operation = SUPPLIER_OPERATIONS.get("GetAccount")
    caller = memory.callers["viewer"]
    headers = {
        "x-account-id": "b",
        "x-role": "administrator",
        "x-user": "b",
        "x-original-url": "/",
        "cookie": "a=b",
    }
    for face in ("json", "soap"):
        transport = memory.transports[face]
        transport.change = lambda sent: evolve(sent, headers={**sent.headers, **headers})
        try:
            found = memory.outcome(face, operation, operation.request(), caller)
        finally:
            transport.change = lambda request: request
        assert canary("a") in found.answer.name
        assert found.answer.customer_number == ""
    answer = memory.transports["json"].send(
        HttpRequest(
            method="POST",
            url=f"{ADDRESS}/GetAccount?account_id=b",
            headers={"content-type": "application/json", "authorization": f"Bearer {caller.token.reveal()}"},
            body=b"{}",
        )
    )
    assert answer.status == 400
