"""Walking a UBL document with a place for everything: each node knows its absolute XPath."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import TypeVar

from attrs import frozen
from lxml import etree

from askul_connect.adapters.codecs.ubl.names import qualified
from askul_connect.adapters.codecs.values import clean_text, xml_decimal
from askul_connect.core.domain.findings import Findings
from askul_connect.core.errors import AskulConnectError, DocumentError

Value = TypeVar("Value")


@frozen
class Node:
    """An element and where it stands.

    Attributes:
        element: The element.
        path: Absolute XPath with the prefixes ``cac`` and ``cbc``; a position where the element may repeat.
    """

    element: etree._Element
    path: str

    def children(self, name: str) -> Iterator[Node]:
        """Children of a name (``cac:OrderLine``), each with its position."""
        for position, found in enumerate(self.element.iterchildren(qualified(name)), start=1):
            yield Node(found, f"{self.path}/{name}[{position}]")

    def find(self, *names: str) -> Node | None:
        """The first element down a path of names, None when a step is missing."""
        node = self
        for name in names:
            found = next(node.element.iterchildren(qualified(name)), None)
            if found is None:
                return None
            repeated = next(found.itersiblings(qualified(name)), None) is not None
            node = Node(found, f"{node.path}/{name}{'[1]' if repeated else ''}")
        return node

    @property
    def text(self) -> str:
        """All text, comments left out, without space around it."""
        if len(self.element) == 0:
            return (self.element.text or "").strip()
        return str(self.element.xpath("string()")).strip()

    def attribute(self, name: str) -> str:
        """An attribute's text, empty when it is not there."""
        return str(self.element.get(name, "")).strip()


class Reading:
    """Takes values out of nodes and notes what is missing or wrong.

    Args:
        findings: Where findings go.
    """

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self.line_id = ""

    def note(self, error: type[AskulConnectError], detail: str, where: str) -> None:
        """Note a finding at a place."""
        self._findings.add(error, detail, where=where, line_id=self.line_id)

    def text(self, start: Node, *names: str, required: bool = False) -> str:
        """The text at a path below a node; empty when it is missing, which is noted if it is required."""
        node = start.find(*names)
        text = self._checked(node.text, clean_text, node.path, default="") if node is not None else ""
        if required and not text:
            place = node.path if node is not None else "/".join((start.path, *names))
            self.note(DocumentError, "it is missing or empty", place)
        return text

    def prose(self, node: Node) -> str:
        """Free text, its white space made single spaces."""
        return self._checked(" ".join(node.text.split()), clean_text, node.path, default="")

    def value(self, node: Node, convert: Callable[[str], Value], *, default: Value) -> Value:
        """The node's value, or the default when it is, which is noted, not acceptable."""
        return self._checked(node.text, convert, node.path, default=default)

    def decimal(self, node: Node) -> Decimal | None:
        """The node's number, None when it is, which is noted, none."""
        return self._checked(node.text, xml_decimal, node.path, default=None)

    def attempt(self, convert: Callable[[], Value], where: str, *, default: Value) -> Value:
        """What the conversion gives, or the default when it, which is noted, refuses."""
        try:
            return convert()
        except AskulConnectError as error:
            self.note(type(error), error.detail, where)
            return default

    def _checked(self, text: str, convert: Callable[[str], Value], where: str, *, default: Value) -> Value:
        return self.attempt(lambda: convert(text), where, default=default)
