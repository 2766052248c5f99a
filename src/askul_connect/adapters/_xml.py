"""The one XML parser of the package: bytes in, a tree out, and nothing else ever opened, fetched or expanded.

No DOCTYPE, no entities, no network, no XInclude, no XSLT; comments and processing instructions are dropped.
The limits are checked on the bytes before the parser sees them, so that a bomb costs less than it weighs.
Figures and
attacks: specification, quality, Security.
"""

from __future__ import annotations

import codecs
import re
from functools import cache

from attrs import frozen
from lxml import etree

from askul_connect.core.errors import DocumentError, DocumentForbidden, DocumentTooLarge

_PARSERS_OWN_DEPTH = 256

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00<", "utf-16-be"),
    (b"<\x00", "utf-16-le"),
)
_ENCODINGS = re.compile(
    r"utf-(?:16|32)(?:-[bl]e)?|us-ascii|ascii|iso-8859-[0-9]{1,2}|windows-12[0-9]{2}|windows-31j|cp932|shift_jis|sjis|euc-jp",
    re.IGNORECASE,
)
_DECLARATION = re.compile(rb"<\?xml\s([^>]*)>")
_DECLARED = re.compile(rb"""\sencoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
# What may stand before the root element; possessive, so that no input makes it go back and forth.
_PROLOG = re.compile(rb"(?>\s++|<\?(?>.*?\?>)|<!--(?>.*?-->))*+", re.DOTALL)


@frozen(kw_only=True)
class XmlLimits:
    """How much one document may ask for.

    Attributes:
        size: Bytes.
        depth: Elements within each other.
        elements: Elements, comments and other pieces of markup.
        attributes: Equals signs, of which each attribute and namespace declaration has one.
    """

    size: int = 10_000_000
    depth: int = 256
    elements: int = 200_000
    attributes: int = 250_000


DEFAULT_LIMITS = XmlLimits()


def parse(data: bytes, *, limits: XmlLimits = DEFAULT_LIMITS, where: str = "") -> etree._Element:
    """The root element of a document.

    Args:
        data: The document; never a path.
        limits: What it may ask for.
        where: Its name, for messages.

    Raises:
        DocumentTooLarge: It is beyond the limits.
        DocumentForbidden: It has a DOCTYPE, or an encoding in which one could hide.
        DocumentError: It is not well-formed; the place names the line.
    """
    if len(data) > limits.size:
        raise DocumentTooLarge(f"{len(data)} bytes; the limit is {limits.size}", where=where)
    text = _as_utf8(data, where)
    _check_markup(text, limits, where)
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
        # Never what the document declares: the checks above have read these very bytes as UTF-8.
        encoding="utf-8",
    )
    try:
        root = etree.fromstring(text, parser)
    except etree.XMLSyntaxError as error:
        raise _refusal(error, where) from None
    if root.getroottree().docinfo.doctype:
        raise DocumentForbidden("a DOCTYPE is not accepted", where=where)
    unlimited = limits.depth < _PARSERS_OWN_DEPTH or not _parser_limits_depth()
    if unlimited and _deeper_than(limits.depth)(root):
        raise DocumentTooLarge(f"elements are nested deeper than {limits.depth}", where=where)
    return root


def within(data: bytes, limits: XmlLimits) -> bool:
    """Whether a document in UTF-8 asks for no more than it may, as far as its bytes tell; its depth they do not."""
    return (
        len(data) <= limits.size
        and data.count(b"<") - data.count(b"</") <= limits.elements
        and data.count(b"=") <= limits.attributes
    )


def _as_utf8(data: bytes, where: str) -> bytes:
    """The document in UTF-8, where markup is visible in the bytes; UTF-7 and EBCDIC would hide a DOCTYPE."""
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "") or _declared(data)
    if encoding.lower() in {"utf-8", "utf8"}:
        return data.removeprefix(codecs.BOM_UTF8)
    if not _ENCODINGS.fullmatch(encoding):
        raise DocumentForbidden(f"the encoding {encoding} is not accepted; send UTF-8", where=where)
    try:
        return data.decode(encoding).removeprefix("\ufeff").encode()
    except (UnicodeError, LookupError):
        raise DocumentError(f"the bytes are not {encoding}", where=where) from None


def _declared(data: bytes) -> str:
    """The declared encoding, UTF-8 when there is none."""
    declaration = _DECLARATION.match(data)
    declared = _DECLARED.search(declaration.group()) if declaration else None
    return declared.group(1).decode("ascii") if declared else "utf-8"


def _check_markup(text: bytes, limits: XmlLimits, where: str) -> None:
    markup = text.count(b"<") - text.count(b"</")
    if markup > limits.elements:
        raise DocumentTooLarge(f"{markup} elements; the limit is {limits.elements}", where=where)
    equals = text.count(b"=")
    if equals > limits.attributes:
        raise DocumentTooLarge(f"{equals} attributes; the limit is {limits.attributes}", where=where)
    prolog = _PROLOG.match(text)
    if text.startswith(b"<!", prolog.end() if prolog else 0):
        raise DocumentForbidden("a DOCTYPE is not accepted", where=where)


def _refusal(error: etree.XMLSyntaxError, where: str) -> DocumentError:
    line = error.lineno or 1
    place = f"{where}, line {line}" if where else f"line {line}"
    message = error.msg or "not well-formed"
    if "depth" in message:
        return DocumentTooLarge(f"elements are nested deeper than {_PARSERS_OWN_DEPTH}", where=place)
    return DocumentError(f"not well-formed XML: {message}", where=place)


@cache
def _deeper_than(depth: int) -> etree.XPath:
    # One step for each level: costs one visit of each element, and stops at the first level that is empty.
    return etree.XPath(f"boolean({'/*' * (depth + 1)})")


@cache
def _parser_limits_depth() -> bool:
    """Whether libxml2 itself stops at 256 levels; some versions go on to 2,048."""
    deep = _PARSERS_OWN_DEPTH + 1
    try:
        etree.fromstring(b"<a>" * deep + b"</a>" * deep, etree.XMLParser(huge_tree=False))
    except etree.XMLSyntaxError:
        return True
    return False
