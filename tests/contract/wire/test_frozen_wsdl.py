"""Yesterday's client and today's supplier: each frozen WSDL is kept, and run with plain strict zeep (ADR 0006)."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import attrs
import pytest
import requests
import zeep
import zeep.exceptions
import zeep.helpers
from lxml import etree

from askul_connect.adapters._shape import shape
from askul_connect.adapters.soap.model import NAMESPACE
from askul_connect.adapters.soap.wsdl import wsdl
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.operations.supplier import SUPPLIER_OPERATIONS

FROZEN = sorted(Path(__file__).with_name("wsdl").glob("supplier-*.wsdl"))
ADDRESS = "http://localhost/soap/1"
XSD = "{http://www.w3.org/2001/XMLSchema}"


def declarations(description: bytes) -> dict[str, etree._Element]:
    """Everything with a name at the top of the schema, and the messages, ports and bindings, without their prose."""
    root = etree.fromstring(description, etree.XMLParser(remove_blank_text=True))
    etree.strip_elements(root, "{http://schemas.xmlsoap.org/wsdl/}documentation", with_tail=False)
    found: dict[str, etree._Element] = {}
    for part in root.iterchildren("{*}types", "{*}message", "{*}portType", "{*}binding", "{*}service"):
        schema = part.find(f"{XSD}schema")
        for child in part if schema is None else schema:
            name = child.get("name") or etree.QName(child).localname
            found[f"{etree.QName(part).localname} {part.get('name', '')}: {name}"] = child
    return found


def written(element: etree._Element) -> bytes:
    """Canonical, without the namespaces of the document around it."""
    return etree.tostring(element, method="c14n", exclusive=True)


def compatible(old: etree._Element, new: etree._Element | None) -> bool:
    """Whether who knows the old declaration gets along with the new: it is the same, or a request can say more.

    The type of a response, known by its ``extensions``, never changes; that of a request may get optional elements,
    and its enumerations more values.
    """
    if new is None:
        return False
    if written(old) == written(new):
        return True
    if old.find(f".//{XSD}element[@name='extensions']") is not None:
        return False
    known = {
        written(each)
        for each in (*old.iter(f"{XSD}element"), *old.iter(f"{XSD}enumeration"))
        if each is not old
    }
    for each in (*new.iter(f"{XSD}element"), *new.iter(f"{XSD}enumeration")):
        optional = each.get("minOccurs") == "0" or each.tag == f"{XSD}enumeration"
        if each is not new and written(each) not in known and optional:
            each.getparent().remove(each)
    return written(old) == written(new)


def broken(frozen: bytes, today: bytes) -> list[str]:
    """The declarations that a client of the frozen description would stumble over."""
    now = declarations(today)
    return [name for name, old in declarations(frozen).items() if not compatible(old, now.get(name))]


@pytest.mark.parametrize("path", FROZEN, ids=lambda path: path.stem)
def test_what_was_described_is_still_what_is_spoken(path: Path) -> None:
    found = broken(path.read_bytes(), wsdl(SUPPLIER_OPERATIONS, address=ADDRESS))

    assert not found, "clients of version 1 would stumble over these; see ADR 0006"


def test_there_is_a_frozen_description() -> None:
    assert FROZEN


STATUS_FIELD = b'<xs:element name="zone" type="xs:string"/>'
ORDER_FIELD = b'<xs:element name="trial" type="xs:boolean" minOccurs="0"/>'


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (STATUS_FIELD, STATUS_FIELD + b'<xs:element name="later" type="xs:string" minOccurs="0"/>', True),
        (STATUS_FIELD, b"", True),
        (ORDER_FIELD, ORDER_FIELD + b'<xs:element name="later" type="xs:string" minOccurs="0"/>', False),
        (ORDER_FIELD, ORDER_FIELD + b'<xs:element name="later" type="xs:string"/>', True),
        (ORDER_FIELD, b"", True),
        (ORDER_FIELD, ORDER_FIELD.replace(b"boolean", b"string"), True),
        (
            b'<xs:enumeration value="buyer"/>',
            b'<xs:enumeration value="buyer"/><xs:enumeration value="x"/>',
            False,
        ),
        (b'<xs:enumeration value="buyer"/>', b"", True),
        (b'<wsdl:operation name="GetOrder">', b'<wsdl:operation name="GetOrders">', True),
        (b"</xs:schema>", b'<xs:element name="Later" type="xs:string"/></xs:schema>', False),
    ],
)
def test_what_would_break_a_client_is_noticed(old: bytes, new: bytes, said: bool) -> None:
    description = FROZEN[0].read_bytes()
    changed = description.replace(old, new)

    assert changed != description
    assert bool(broken(description, changed)) is said


def plain(value: Any) -> Any:
    """A message in zeep's terms."""
    if attrs.has(value.__class__):
        found = {one.element: plain(getattr(value, one.name)) for one in shape(value.__class__).declared}
        later = []
        for one in shape(value.__class__).extensions:
            kept = getattr(value, one.name)
            later += [one.element] * (len(kept) if one.repeated else kept is not None)
        return found | {"extensions": {"_value_1": later} if later else None}
    if isinstance(value, tuple):
        return [plain(one) for one in value]
    if isinstance(value, Secret):
        return value.reveal()
    return getattr(value, "value", value)


def without_empty(found: Any) -> Any:
    """Zeep gives None, an empty list or an empty text for what is not there, depending on the schema."""
    if isinstance(found, dict):
        kept = {name: without_empty(one) for name, one in found.items()}
        return {name: one for name, one in kept.items() if one not in (None, [], "", {})}
    if isinstance(found, list):
        return [without_empty(one) for one in found]
    # of what stands in extensions zeep knows no type
    return etree.QName(found).localname if isinstance(found, etree._Element) else found


def known_to(client: Any, port: str, name: str, arguments: Any, request: Any) -> Any:
    """Without what this client has never heard of, which must have been left at its default."""
    body = client.wsdl.bindings[f"{{{NAMESPACE}}}{port}"].all()[name].input.body
    heard_of = {element for element, _ in body.type.elements}
    defaults = {
        one.element: attrs.fields_dict(type(request))[one.name].default for one in shape(type(request)).fields
    }
    for one in shape(type(request)).fields:
        if one.element in arguments and one.element not in heard_of:
            assert getattr(request, one.name) == defaults[one.element], f"{name}: {one.element}"
    return {element: value for element, value in arguments.items() if element in heard_of}


@pytest.mark.parametrize("port", ["Supplier11", "Supplier12"])
@pytest.mark.parametrize("path", FROZEN, ids=lambda path: path.stem)
def test_plain_strict_zeep_with_a_frozen_wsdl_calls_every_operation_over_http(
    path: Path, port: str, conversation: list[Any], served: str
) -> None:
    with requests.Session() as session:
        session.trust_env = False
        client = zeep.Client(
            io.BytesIO(path.read_bytes()),
            settings=zeep.Settings(strict=True),
            transport=zeep.Transport(session=session),
        )
        service = client.create_service(f"{{{NAMESPACE}}}{port}", served)
        described = set(client.wsdl.bindings[f"{{{NAMESPACE}}}{port}"].all())
        called = set()
        for one in conversation:
            name = one.operation.name
            if name not in described:
                # An operation that this client does not know of; the supplier's side of it has to happen still.
                session.post(served, data=one.sent.body, headers=dict(one.sent.headers))
                continue
            called.add(name)
            header = {"token": one.token, "idempotencyKey": one.key}
            call = {"_soapheaders": {"callHeader": header}}
            arguments = known_to(client, port, name, without_empty(plain(one.request)), one.request)
            if one.code:
                with pytest.raises(zeep.exceptions.Fault) as refusal:
                    service[name](**arguments, **call)
                assert refusal.value.detail.findtext(".//{*}code") == one.code
            else:
                answer = zeep.helpers.serialize_object(service[name](**arguments, **call), dict)
                assert without_empty(answer or {}) == without_empty(plain(one.answer)), name
        assert called == described
