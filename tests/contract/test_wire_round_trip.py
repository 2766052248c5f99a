"""Every message of the registry survives the way over the wire, and strict zeep reads every reply."""

from __future__ import annotations

import io
import types
import typing
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any

import attrs
import pytest
import zeep
import zeep.helpers
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from askul_connect.adapters import _json, _xml
from askul_connect.adapters.soap.codec import decode, encode
from askul_connect.adapters.soap.envelope import SOAP11, SOAP12, wrap
from askul_connect.adapters.soap.messages import CallHeader, ProblemDetail
from askul_connect.adapters.soap.model import shape
from askul_connect.adapters.soap.wsdl import wsdl
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.operations.supplier import SUPPLIER_OPERATIONS

OPERATIONS = list(SUPPLIER_OPERATIONS)
MESSAGES = [CallHeader, ProblemDetail, *(one for op in OPERATIONS for one in (op.request, op.response))]

# Many classes share few kinds of fields, so each needs few examples.
FEWER = settings(max_examples=max(settings.default.max_examples // 4, 10))

# What XML 1.0 can carry: no control characters but tab and line ends, no surrogates, no U+FFFE and U+FFFF.
TEXT = st.text(
    st.one_of(
        st.sampled_from("\t\n\r &<>\"']"),
        st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"),
    ),
    max_size=12,
)
SCALARS: dict[Any, st.SearchStrategy[Any]] = {
    str: TEXT,
    int: st.one_of(st.integers(-3, 3), st.integers(-(2**63), 2**63 - 1)),
    bool: st.booleans(),
    Decimal: st.decimals(
        allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=4
    ),
    date: st.dates(),
    datetime: st.datetimes(
        min_value=datetime(2, 1, 1),  # noqa: DTZ001 -- hypothesis adds the zone
        max_value=datetime(9998, 1, 1),  # noqa: DTZ001
        timezones=st.sampled_from([UTC, timezone(timedelta(hours=9))]),
    ),
    Secret: st.builds(Secret, TEXT),
}


def values_of(hint: Any) -> st.SearchStrategy[Any]:
    """A strategy for the type of a field."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return st.one_of(*(values_of(one) for one in arguments))
    if origin is tuple:
        return st.lists(values_of(arguments[0]), max_size=3).map(tuple)
    if hint is types.NoneType:
        return st.none()
    if attrs.has(hint):
        return messages(hint)
    return st.sampled_from(list(hint)) if issubclass(hint, StrEnum) else SCALARS[hint]


@cache
def messages(cls: type[Any]) -> st.SearchStrategy[Any]:
    """A strategy for a message class."""
    hints = typing.get_type_hints(cls)
    return st.builds(cls, **{one.name: values_of(hints[one.name]) for one in attrs.fields(cls)})


@pytest.mark.parametrize("cls", MESSAGES, ids=lambda cls: cls.__name__)
@pytest.mark.parametrize("strict", [True, False])
@FEWER
@given(data=st.data())
def test_xml_and_back(cls: type[Any], strict: bool, data: st.DataObject) -> None:
    message = data.draw(messages(cls))

    element = _xml.parse(encode(message, "Root").encode())

    assert decode(cls, element, strict=strict) == message


@pytest.mark.parametrize("cls", MESSAGES, ids=lambda cls: cls.__name__)
@given(data=st.data())
def test_json_and_back(cls: type[Any], data: st.DataObject) -> None:
    message = data.draw(messages(cls))

    written = _json.dumps(message)

    assert _json.loads(cls, written) == message
    assert _json.dumps(_json.loads(cls, written)) == written


@cache
def zeep_client() -> Any:
    description = wsdl(SUPPLIER_OPERATIONS, address="http://localhost/soap/1")
    return zeep.Client(io.BytesIO(description), settings=zeep.Settings(strict=True))


@attrs.frozen
class Reply:
    content: bytes
    status_code: int = 200
    headers: dict[str, str] = attrs.field(factory=lambda: {"Content-Type": "text/xml"})
    encoding: str = "utf-8"


def as_zeep_reads(message: Any) -> dict[str, Any]:
    """What a strict reader has to find, in zeep's terms: an empty element is None, as is an absent one."""

    def plain(value: Any) -> Any:
        if attrs.has(value.__class__):
            return as_zeep_reads(value)
        if isinstance(value, tuple):
            return [plain(one) for one in value]
        if isinstance(value, Secret):
            return value.reveal() or None
        return (value.value or None) if isinstance(value, StrEnum) else (None if value == "" else value)

    found = {one.element: plain(getattr(message, one.name)) for one in shape(message.__class__).declared}
    later = []
    for one in shape(message.__class__).extensions:
        value = getattr(message, one.name)
        later += [one.element] * (len(value) if one.repeated else value is not None)
    return found | {"extensions": {"_value_1": later} if later else None}


def without_empty(found: Any) -> Any:
    """Zeep gives None, an empty list or an empty text for what is not there, depending on the schema."""
    if isinstance(found, dict):
        return {name: without_empty(one) for name, one in found.items() if one not in (None, [], "")}
    if isinstance(found, list):
        return [without_empty(one) for one in found]
    # of what stands in extensions zeep knows no type
    return etree.QName(found).localname if isinstance(found, etree._Element) else found


@pytest.mark.spec("PERF-4")
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.name)
@pytest.mark.parametrize(("port", "version"), [("Supplier11", SOAP11), ("Supplier12", SOAP12)])
@FEWER
@given(data=st.data())
def test_strict_zeep_reads_every_reply(operation: Any, port: str, version: Any, data: st.DataObject) -> None:
    response = data.draw(messages(operation.response))
    client = zeep_client()
    binding = client.wsdl.services["Supplier"].ports[port].binding

    body = wrap(version, encode(response, f"{operation.name}Response"))
    read = binding.process_reply(client, binding.get(operation.name), Reply(body))

    assert without_empty(zeep.helpers.serialize_object(read, dict) or {}) == without_empty(
        as_zeep_reads(response)
    )


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.name)
@FEWER
@given(data=st.data())
def test_zeep_and_our_decoder_pass_over_later_fields(operation: Any, data: st.DataObject) -> None:
    """What a later supplier adds stands in ``extensions``; a reader with today's WSDL goes on."""
    response = data.draw(messages(operation.response))
    client = zeep_client()
    binding = client.wsdl.services["Supplier"].ports["Supplier11"].binding
    name = f"{operation.name}Response"
    later = (
        '<extensions><foreseen>1</foreseen><other xmlns="urn:another"><deep/></other></extensions></'
        + name
        + ">"
    )

    written = encode(response, name).removesuffix(f"</{name}>") + later
    read = binding.process_reply(client, binding.get(operation.name), Reply(wrap(SOAP11, written)))

    found = zeep.helpers.serialize_object(read, dict)
    if shape(operation.response).fields:
        assert found.pop("extensions")["_value_1"]
        assert without_empty(found) == without_empty(as_zeep_reads(response))
    assert decode(operation.response, _xml.parse(written.encode()), strict=False) == response
