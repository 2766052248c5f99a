"""What was said in process is said over HTTP byte for byte."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from askul_connect.adapters.transports.http import HttpTransport
from askul_connect.core.operations.factors import FACTOR_OPERATIONS
from askul_connect.core.operations.supplier import SUPPLIER_OPERATIONS
from askul_connect.core.ports.transport import HttpRequest

IN_PROCESS = b"http://in-process.invalid/soap/1"
COMPARED = ("content-type", "cache-control")


def test_the_conversation_calls_every_operation(conversation: list[Any]) -> None:
    answered = {one.operation.name for one in conversation if one.answer is not None}
    refused = {one.operation.name: one.code for one in conversation if one.code}

    assert answered | set(refused) == {one.name for one in SUPPLIER_OPERATIONS}
    assert {"Login", "PlaceOrder", "ListInvoices", "ListShipNotices"} <= answered
    assert {one.name for one in FACTOR_OPERATIONS} <= answered
    assert all(one.answer.invoices for one in conversation if one.operation.name == "ListInvoices")


@pytest.mark.spec("SRV-2")
def test_the_bytes_are_the_same_over_http(conversation: list[Any], served: str) -> None:
    transport = HttpTransport()
    try:
        for one in conversation:
            received = transport.send(evolve(one.sent, url=served))

            assert received.status == one.received.status, one.operation.name
            assert received.body == one.received.body, one.operation.name
            for name in COMPARED:
                assert received.headers[name] == one.received.headers[name]
    finally:
        transport.close()


def test_the_description_differs_by_its_address_only(conversation: list[Any], served: str) -> None:
    from askul_connect.adapters.soap.wsdl import wsdl

    transport = HttpTransport()
    try:
        received = transport.send(HttpRequest(method="GET", url=f"{served}?wsdl", headers={}))
    finally:
        transport.close()

    in_process = wsdl(SUPPLIER_OPERATIONS, address=IN_PROCESS.decode())
    assert received.body.replace(served.encode(), IN_PROCESS) == in_process
