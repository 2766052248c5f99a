"""A supplier's WSDL, read by zeep, which is kept from loading anything else.

zeep's own ``forbid_external`` stops http(s) references only: ``file://`` and paths still load. So the WSDL is
parsed by the shared parser first, every reference to another document is refused, and the transport that zeep
gets can load nothing. zeep writes requests; it never sends and never reads a reply.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Never

import zeep
import zeep.exceptions
from lxml import etree
from zeep.wsdl.bindings import Soap11Binding, Soap12Binding

from askul_connect.adapters import _xml
from askul_connect.core.errors import CapabilityMissing, DocumentForbidden, PartnerAnswerInvalid

_REFERENCES = frozenset({"import", "include", "redefine", "override"})
_LOCATIONS = ("location", "schemaLocation")
# What zeep raises over a description that contradicts itself; it has no one error for that.
_ZEEP_ERRORS = (
    zeep.exceptions.Error,
    etree.LxmlError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NotImplementedError,
    RecursionError,
    TypeError,
    ValueError,
)


class _LoadsNothing:
    """Stands where zeep expects a transport."""

    def load(self, url: str) -> Never:
        raise DocumentForbidden("the WSDL refers to another document, and none is loaded", where=str(url))


class Description:
    """What a WSDL says: how to write each request, and where to send it."""

    def __init__(self, wsdl: bytes) -> None:
        _refuse_references(_xml.parse(wsdl, where="WSDL"))
        try:
            self._client: Any = _client(wsdl)
            service, port = next(
                (service.name, port)
                for service in self._client.wsdl.services.values()
                for port in service.ports.values()
                if isinstance(port.binding, Soap11Binding | Soap12Binding)
            )
            self._service = self._client.bind(service, port.name)
        except StopIteration:
            raise PartnerAnswerInvalid("the WSDL has no port for SOAP", where="WSDL") from None
        except _ZEEP_ERRORS as error:
            raise PartnerAnswerInvalid(f"the WSDL cannot be used: {error}", where="WSDL") from error
        self._binding = port.binding
        self.address: str = port.binding_options["address"]
        """Where the WSDL says requests go."""

    def request(
        self, name: str, values: Mapping[str, Any], header: Mapping[str, Any]
    ) -> tuple[bytes, dict[str, str]]:
        """An envelope and its HTTP headers.

        Args:
            name: Of the operation.
            values: By element; text, booleans, mappings and lists of them.
            header: By element of the call's header.

        Raises:
            CapabilityMissing: The WSDL has no such operation.
            PartnerAnswerInvalid: The WSDL asks for something else than we have.
        """
        try:
            action = self._binding.get(name).soapaction
        except (LookupError, ValueError):
            raise CapabilityMissing(f"the supplier's WSDL has no operation {name}") from None
        try:
            envelope = self._client.create_message(
                self._service, name, _soapheaders={"callHeader": dict(header)}, **values
            )
        except _ZEEP_ERRORS as error:
            raise PartnerAnswerInvalid(f"the WSDL asks for another request: {error}", where=name) from error
        body = etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")
        if isinstance(self._binding, Soap12Binding):
            return body, {"content-type": f'application/soap+xml; charset=utf-8; action="{action}"'}
        return body, {"content-type": "text/xml; charset=utf-8", "soapaction": f'"{action}"'}


def _client(wsdl: bytes) -> Any:
    settings = zeep.Settings(strict=True, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    make: Any = zeep.Client
    return make(io.BytesIO(wsdl), transport=_LoadsNothing(), settings=settings)


@lru_cache(maxsize=16)
def description(wsdl: bytes) -> Description:
    """The description of a WSDL; made once for the same bytes, since it takes zeep some 40 ms.

    Raises:
        DocumentForbidden: It has a DOCTYPE or refers to another document.
        DocumentError: It is no XML.
        PartnerAnswerInvalid: zeep cannot make sense of it.
    """
    return Description(wsdl)


def _refuse_references(root: etree._Element) -> None:
    for element in root.iter():
        if etree.QName(element).localname in _REFERENCES:
            location = next((element.get(name) for name in _LOCATIONS if element.get(name)), None)
            if location:
                raise DocumentForbidden(
                    f"the WSDL refers to {location[:200]!r}, and nothing else is loaded",
                    where=f"WSDL, line {element.sourceline}",
                )
