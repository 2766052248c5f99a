"""A SOAP response with zeep at both ends: its own types from the WSDL, values in, envelope out, and back."""

import io
from typing import Any

import zeep
import zeep.helpers
from lxml import etree

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"


class Zeep:
    """zeep on a WSDL.

    Args:
        wsdl: The description.
        operation: Whose response is written and read.
    """

    def __init__(self, wsdl: bytes, operation: str) -> None:
        self._client = zeep.Client(  # type: ignore[no-untyped-call]
            io.BytesIO(wsdl)
        )
        service = next(iter(self._client.wsdl.services.values()))
        self._binding = next(iter(service.ports.values())).binding
        self._output = self._binding.get(operation).output

    def render(self, values: dict[str, Any]) -> bytes:
        """The envelope of a response, from plain values."""
        envelope = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap={"soap": ENVELOPE})
        body = etree.SubElement(envelope, f"{{{ENVELOPE}}}Body")
        element = self._output.body
        element.render(body, element(**values))
        return etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")

    def parse(self, data: bytes) -> Any:
        """The objects zeep makes of a response."""
        return self._output.deserialize(etree.fromstring(data))

    @staticmethod
    def plain(parsed: Any) -> Any:
        """Dictionaries and lists of what was parsed."""
        return zeep.helpers.serialize_object(parsed, dict)  # type: ignore[no-untyped-call]
