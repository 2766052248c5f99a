"""The WSDL reader loads the WSDL it is given and nothing else, and nothing it logs holds a secret."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from askul_connect.adapters.soap.caller import SoapCaller
from askul_connect.adapters.soap.description import Description
from askul_connect.adapters.soap.wsdl import wsdl
from askul_connect.adapters.transports.in_process import InProcessTransport
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import (
    AskulConnectError,
    DocumentForbidden,
    OutcomeUnknown,
    PartnerAnswerInvalid,
    PartnerUnreachable,
)
from askul_connect.core.messages.login import LoginRequest
from askul_connect.core.operations.registry import Registry
from askul_connect.core.operations.supplier import GET_SERVICE_STATUS, LOGIN
from askul_connect.core.ports.transport import HttpRequest, HttpResponse

WSDL = wsdl(Registry((GET_SERVICE_STATUS, LOGIN)), address="http://localhost/soap/1").decode()
SCHEMA = '<xs:schema targetNamespace="urn:askul-connect:supplier:1" elementFormDefault="qualified">'

seen: list[str] = []
watching = False


def watch(event: str, arguments: tuple[Any, ...]) -> None:
    if watching and event in {"open", "socket.connect", "socket.getaddrinfo", "urllib.Request"}:
        seen.append(f"{event} {arguments[:1]}")


sys.addaudithook(watch)


@contextmanager
def nothing_opened() -> Iterator[None]:
    global watching  # noqa: PLW0603 -- an audit hook cannot be taken away again
    seen.clear()
    watching = True
    try:
        yield
    finally:
        watching = False
    assert not seen


def in_schema(reference: str) -> str:
    assert SCHEMA in WSDL
    return WSDL.replace(SCHEMA, SCHEMA + reference)


def malicious(bait: Path) -> dict[str, str]:
    declaration = "<?xml version='1.0' encoding='UTF-8'?>"
    return {
        "include by file://": in_schema(f'<xs:include schemaLocation="file://{bait}"/>'),
        "import of an absolute path": in_schema(f'<xs:import namespace="urn:x" schemaLocation="{bait}"/>'),
        "import by http": in_schema(
            '<xs:import namespace="urn:x" schemaLocation="http://127.0.0.1:9/x.xsd"/>'
        ),
        "relative path upwards": in_schema('<xs:include schemaLocation="../../../../etc/passwd"/>'),
        "redefine": in_schema(f'<xs:redefine schemaLocation="file://{bait}"/>'),
        "wsdl import": WSDL.replace(
            "<wsdl:types>", f'<wsdl:import namespace="urn:x" location="file://{bait}"/><wsdl:types>'
        ),
        "doctype": WSDL.replace(declaration, f'{declaration}<!DOCTYPE d SYSTEM "file://{bait}">'),
        "entity": WSDL.replace(
            declaration, f'{declaration}<!DOCTYPE d [<!ENTITY x SYSTEM "file://{bait}">]>'
        ).replace("Whether the service", "&x; the service"),
    }


@pytest.mark.parametrize("name", malicious(Path("/bait")).keys())
def test_a_wsdl_that_refers_to_another_document_is_refused(tmp_path: Path, name: str) -> None:
    bait = tmp_path / "bait.xsd"
    bait.write_text(f"{SCHEMA.replace('xs:schema', 'xs:schema xmlns:xs=')}</xs:schema>", encoding="utf-8")
    text = malicious(bait)[name]
    assert text != WSDL

    with nothing_opened(), pytest.raises(DocumentForbidden):
        Description(text.encode())


def test_even_what_zeep_would_load_by_itself_is_not_loaded() -> None:
    """It knows places of some namespaces and would fetch them without being told a location."""
    soap_encoding = "http://schemas.xmlsoap.org/soap/encoding/"
    text = in_schema(f'<xs:import namespace="{soap_encoding}"/>')

    with nothing_opened(), pytest.raises((DocumentForbidden, PartnerAnswerInvalid)):
        Description(
            text.replace('type="xs:boolean"', 'type="e:Array" xmlns:e="' + soap_encoding + '"').encode()
        )


@pytest.mark.parametrize(
    "text",
    [
        "<a/>",
        '<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"/>',
        WSDL.replace('type="xs:boolean"', 'type="tns:Missing"'),
        WSDL.replace('element="tns:Login"', 'element="tns:Missing"'),
        WSDL.replace('binding="tns:', 'binding="tns:No'),
        WSDL.replace('style="document"', 'style="rpc"'),
    ],
)
@pytest.mark.filterwarnings("ignore:The wsdl.:UserWarning")  # zeep warns, and goes on without it
def test_a_wsdl_that_contradicts_itself_is_a_typed_error(text: str) -> None:
    caller = SoapCaller(InProcessTransport(refusing), wsdl=text.encode())

    with pytest.raises(AskulConnectError):
        caller.call(LOGIN, LoginRequest(login_id="x", password=Secret("y")))


def refusing(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=503, headers={}, body=b"")


@pytest.mark.parametrize("status", [200, 500, 503])
def test_no_envelope_reaches_a_logger(caplog: pytest.LogCaptureFixture, status: int) -> None:
    """Zeep logs whole envelopes at DEBUG when it sends; it never sends here, and what it does is watched."""
    caplog.set_level(logging.DEBUG)
    for name in list(logging.root.manager.loggerDict):
        caplog.set_level(logging.DEBUG, logger=name)
    canary = Secret("canary-77aa")
    echoed: list[bytes] = []

    def echo(request: HttpRequest) -> HttpResponse:
        echoed.append(request.body)
        return HttpResponse(status=status, headers={}, body=request.body)

    # A WSDL of its own, so that zeep reads it now and not from the cache.
    text = WSDL.replace("localhost", f"localhost:{status}")
    with pytest.raises((PartnerAnswerInvalid, PartnerUnreachable, OutcomeUnknown)) as caught:
        SoapCaller(InProcessTransport(echo), wsdl=text.encode()).call(
            LOGIN, LoginRequest(login_id="x", password=canary), token=canary
        )

    assert echoed[0].count(b"canary-77aa") == 2
    assert "canary-77aa" not in caplog.text
    assert "canary-77aa" not in str(caught.value)
