"""Walking a UBL document with a place for everything: each node knows its absolute XPath."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import TypeVar

from lxml import etree

from askul_connect.adapters.codecs.ubl.names import qualified
from askul_connect.adapters.codecs.values import clean_text, xml_decimal
from askul_connect.core.domain.findings import Findings
from askul_connect.core.errors import AskulConnectError, DocumentError

Value = TypeVar("Value")


class Node:
    """An element and where it stands.

    Looks at each child of its element once, whatever is asked of it: an order has many lines, and a hostile one has
    many children below one element.

    Args:
        element: The element.
        path: Absolute XPath with the prefixes ``cac`` and ``cbc``; a position where the element may repeat.
    """

    __slots__ = ("_first", "_found", "_repeated", "element", "path")

    def __init__(self, element: etree._Element, path: str) -> None:
        self.element = element
        self.path = path
        self._found: dict[str, Node] = {}
        self._first: dict[str, etree._Element] | None = None
        self._repeated: set[str] = set()

    def count(self, name: str) -> int:
        """How many children of a name there are."""
        return sum(1 for _ in self.element.iterchildren(qualified(name)))

    def children(self, name: str) -> Iterator[Node]:
        """Children of a name (``cac:OrderLine``), each with its position."""
        for position, found in enumerate(self.element.iterchildren(qualified(name)), start=1):
            yield Node(found, f"{self.path}/{name}[{position}]")

    def find(self, *names: str) -> Node | None:
        """The first element down a path of names, None when a step is missing."""
        node: Node | None = self
        for name in names:
            if node is None:
                return None
            node = node._found.get(name) or node._child(name)  # noqa: SLF001 -- another node of this class
        return node

    def _child(self, name: str) -> Node | None:
        tag = qualified(name)
        element = self._children().get(tag)
        if element is None:
            return None
        node = Node(element, f"{self.path}/{name}{'[1]' if tag in self._repeated else ''}")
        self._found[name] = node
        return node

    def _children(self) -> dict[str, etree._Element]:
        """The first child of each tag."""
        if self._first is None:
            self._first = {}
            for child in self.element:
                tag = str(child.tag)
                if tag in self._first:
                    self._repeated.add(tag)
                else:
                    self._first[tag] = child
        return self._first

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

    @property
    def full(self) -> bool:
        """Whether further findings would only be counted, so that looking for them is of no use."""
        return self._findings.full

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
