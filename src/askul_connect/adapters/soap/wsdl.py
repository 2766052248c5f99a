"""The WSDL of a registry of operations: document/literal wrapped, SOAP 1.1 and 1.2.

Rules that keep later versions compatible: each type of a response ends with an optional ``extensions``
wrapper that takes any element, since an element added to a sequence breaks strict clients; enumerations are
closed in requests only, since a value added to a response's enumeration would break them too. Same registry
and address, same bytes.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from lxml import etree

from askul_connect.adapters._shape import EXTENSIONS, Field, shape
from askul_connect.adapters.soap.messages import CALL_HEADER, PROBLEM, CallHeader, ProblemDetail
from askul_connect.adapters.soap.model import NAMESPACE, Usage, response_element, usage
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.operations.registry import Operation, Registry

_WSDL = "http://schemas.xmlsoap.org/wsdl/"
_SOAP11 = "http://schemas.xmlsoap.org/wsdl/soap/"
_SOAP12 = "http://schemas.xmlsoap.org/wsdl/soap12/"
_XSD = "http://www.w3.org/2001/XMLSchema"
_HTTP = "http://schemas.xmlsoap.org/soap/http"

_XSD_NAMES: dict[type[Any], str] = {
    str: "xs:string",
    int: "xs:long",
    bool: "xs:boolean",
    Decimal: "xs:decimal",
    date: "xs:date",
    datetime: "xs:dateTime",
    Secret: "xs:string",
}
SERVICE = "Supplier"


def wsdl(registry: Registry, *, address: str) -> bytes:
    """The description of all operations.

    Args:
        registry: The operations.
        address: URL of the face, as the buyer reaches it.

    Returns:
        UTF-8, the same for the same registry and address.

    Raises:
        TypeError: A message has a field that cannot be sent; the text names it.
    """
    root = etree.Element(
        f"{{{_WSDL}}}definitions",
        {"name": SERVICE, "targetNamespace": NAMESPACE},
        nsmap={"wsdl": _WSDL, "soap": _SOAP11, "soap12": _SOAP12, "xs": _XSD, "tns": NAMESPACE},
    )
    types = etree.SubElement(root, f"{{{_WSDL}}}types")
    _Schema(types, usage(registry, answers=(ProblemDetail,))).write(registry)
    _messages(root, registry)
    _port_type(root, registry)
    for soap, suffix in ((_SOAP11, "11"), (_SOAP12, "12")):
        _binding(root, registry, soap, suffix)
    service = _child(root, "service", name=SERVICE)
    for soap, suffix in ((_SOAP11, "11"), (_SOAP12, "12")):
        port = _child(service, "port", name=f"{SERVICE}{suffix}", binding=f"tns:{SERVICE}{suffix}")
        etree.SubElement(port, f"{{{soap}}}address", {"location": address})
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


class _Schema:
    """The schema within the WSDL."""

    def __init__(self, parent: etree._Element, used: Usage) -> None:
        self._schema = etree.SubElement(
            parent,
            f"{{{_XSD}}}schema",
            {"targetNamespace": NAMESPACE, "elementFormDefault": "qualified"},
        )
        self._used = used
        self._requests = set(used.requests)
        self._responses = set(used.responses)

    def write(self, registry: Registry) -> None:
        self._enumerations()
        wrapped = {one.request for one in registry} | {one.response for one in registry} | {ProblemDetail}
        for cls in self._used.requests:
            if cls not in wrapped:
                self._type(cls, response=False)
        for cls in self._used.responses:
            if cls not in wrapped:
                self._type(cls, response=True)
        for operation in registry:
            self._element(operation.name, operation.request, response=False)
            self._element(response_element(operation.name), operation.response, response=True)
        self._element(CALL_HEADER, CallHeader, response=False)
        self._element(PROBLEM, ProblemDetail, response=True)

    def _enumerations(self) -> None:
        kinds = [one.kind for cls in self._used.requests for one in shape(cls).fields if one.closed]
        for kind in dict.fromkeys(kinds):
            simple = _child(self._schema, "simpleType", name=kind.__name__)
            restriction = _child(simple, "restriction", base="xs:string")
            for member in kind:
                _child(restriction, "enumeration", value=str(member.value))

    def _element(self, name: str, cls: type[Any], *, response: bool) -> None:
        element = _child(self._schema, "element", name=name)
        self._sequence(_child(element, "complexType"), cls, response=response)

    def _type(self, cls: type[Any], *, response: bool) -> None:
        complex_type = _child(self._schema, "complexType", name=self._type_name(cls, response=response))
        self._sequence(complex_type, cls, response=response)

    def _type_name(self, cls: type[Any], *, response: bool) -> str:
        """A class that travels both ways has two types: only the one of responses can grow."""
        both = cls in self._requests and cls in self._responses
        return f"{cls.__name__}Input" if both and not response else cls.__name__

    def _sequence(self, complex_type: etree._Element, cls: type[Any], *, response: bool) -> None:
        sequence = _child(complex_type, "sequence")
        for one in shape(cls).declared:
            occurs: dict[str, str] = {}
            if one.optional:
                occurs["minOccurs"] = "0"
            if one.repeated:
                occurs["maxOccurs"] = "unbounded"
            _child(sequence, "element", name=one.element, type=self._kind(one, response=response), **occurs)
        if response:
            extensions = _child(sequence, "element", name=EXTENSIONS, minOccurs="0")
            room = _child(_child(extensions, "complexType"), "sequence")
            _child(
                room,
                "any",
                namespace="##any",
                processContents="lax",
                minOccurs="0",
                maxOccurs="unbounded",
            )

    def _kind(self, field: Field, *, response: bool) -> str:
        if field.nested:
            return f"tns:{self._type_name(field.kind, response=response)}"
        if field.closed:
            return "xs:string" if response else f"tns:{field.kind.__name__}"
        return _XSD_NAMES[field.kind]


def _messages(root: etree._Element, registry: Registry) -> None:
    for operation in registry:
        for element in (operation.name, response_element(operation.name)):
            message = _child(root, "message", name=element)
            _child(message, "part", name="parameters", element=f"tns:{element}")
    for name in (CALL_HEADER, PROBLEM):
        _child(_child(root, "message", name=name), "part", name=name, element=f"tns:{name}")


def _port_type(root: etree._Element, registry: Registry) -> None:
    port_type = _child(root, "portType", name=SERVICE)
    for operation in registry:
        declared = _child(port_type, "operation", name=operation.name)
        _child(declared, "documentation").text = operation.summary
        _child(declared, "input", message=f"tns:{operation.name}")
        _child(declared, "output", message=f"tns:{response_element(operation.name)}")
        _child(declared, "fault", name=PROBLEM, message=f"tns:{PROBLEM}")


def _binding(root: etree._Element, registry: Registry, soap: str, suffix: str) -> None:
    binding = _child(root, "binding", name=f"{SERVICE}{suffix}", type=f"tns:{SERVICE}")
    etree.SubElement(binding, f"{{{soap}}}binding", {"style": "document", "transport": _HTTP})
    for operation in registry:
        _bound(binding, operation, soap)


def _bound(binding: etree._Element, operation: Operation[Any, Any], soap: str) -> None:
    bound = _child(binding, "operation", name=operation.name)
    etree.SubElement(
        bound, f"{{{soap}}}operation", {"soapAction": f"{NAMESPACE}:{operation.name}", "style": "document"}
    )
    asked = _child(bound, "input")
    etree.SubElement(
        asked, f"{{{soap}}}header", {"message": f"tns:{CALL_HEADER}", "part": CALL_HEADER, "use": "literal"}
    )
    etree.SubElement(asked, f"{{{soap}}}body", {"use": "literal"})
    etree.SubElement(_child(bound, "output"), f"{{{soap}}}body", {"use": "literal"})
    fault = _child(bound, "fault", name=PROBLEM)
    etree.SubElement(fault, f"{{{soap}}}fault", {"name": PROBLEM, "use": "literal"})


def _child(parent: etree._Element, tag: str, /, **attributes: str) -> etree._Element:
    """A child in its parent's namespace."""
    return etree.SubElement(parent, f"{{{etree.QName(parent).namespace}}}{tag}", attributes)
