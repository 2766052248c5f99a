"""A reply in our own form is read without a parser, so whatever is not exactly that form is left to the parser."""

from __future__ import annotations

from decimal import Decimal

import pytest
from attrs import frozen

from askul_connect.adapters._xml import DEFAULT_LIMITS, XmlLimits
from askul_connect.adapters.soap.codec import encode
from askul_connect.adapters.soap.envelope import SOAP11, SOAP12, Version, read_own_form, wrap


@frozen(kw_only=True)
class Line:
    """A line."""

    name: str
    quantity: int
    price: Decimal | None = None


@frozen(kw_only=True)
class Page:
    """A page of lines."""

    lines: tuple[Line, ...]
    names: tuple[str, ...] = ()
    last: Line | None = None
    more: bool = False


PAGE = Page(
    lines=(Line(name="a<&>\r\n\u3000量", quantity=-3, price=Decimal("1.50")), Line(name="", quantity=0)),
    names=("&lt;", "]]>"),
    last=Line(name="z", quantity=7),
    more=True,
)
REPLY = wrap(SOAP11, encode(PAGE, "Answer"))


def read(data: bytes, limits: XmlLimits = DEFAULT_LIMITS) -> Page | None:
    return read_own_form(Page, "Answer", data, limits=limits)


@pytest.mark.spec("PERF-5")
@pytest.mark.parametrize("version", [SOAP11, SOAP12])
def test_what_we_write_is_read(version: Version) -> None:
    assert repr(read(wrap(version, encode(PAGE, "Answer")))) == repr(PAGE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<name>z", b"<name>\r"),
        (b"<name>z", b"<name>\x00"),
        (b"<name>z", b"<name>\xef\xbf\xbf"),
        (b"<name>z", b"<name>\xed\xa0\x80"),
        (b"<name>z", b"<name>]]>"),
        (b"<name>z", b"<name>&quot;"),
        (b"<name>z", b"<name>&x;"),
        (b"<name>z", b"<name>&#0;"),
        (b"<name>z", b"<name>&"),
        (b"<name>z", b"<name><![CDATA[z]]>"),
        (b"<name>z", b"<name><!-- -->z"),
        (b"<name>z", b"<name x='1'>z"),
        (b"<name>z", b" <name>z"),
        (b"<name>z", b"stray<name>z"),
        (b"<name>z</name><quantity>7</quantity>", b"<quantity>7</quantity><name>z</name>"),
        (b"<name>z</name>", b""),
        (b"<name>z</name>", b"<name>z</name><name>z</name>"),
        (b"<quantity>7", b"<quantity>7.0"),
        (b"<quantity>7", b"<quantity> 7"),
        (b"<quantity>7", b"<quantity>" + b"9" * 19),
        (b"<quantity>7", "<quantity>٣".encode()),
        (b"<price>1.50", b"<price>1e2"),
        (b"<price>1.50", b"<price>NaN"),
        (b"<more>true", b"<more>maybe"),
        (b"<last>", b"<last><x/>"),
        (b"</more>", b"</more><more>true</more>"),
        (b"</more>", b"</more><extensions/>"),
        (b"<Answer xmlns=", b"<Answer x='' xmlns="),
        (b"<soap:Envelope", b"<!DOCTYPE a><soap:Envelope"),
        (b"encoding='UTF-8'", b"encoding='UTF-7'"),
        (b"</soap:Envelope>", b"</soap:Envelope>\n"),
        (b"</soap:Body>", b"</soap:Body><soap:Body></soap:Body>"),
    ],
)
def test_anything_else_is_left_to_the_parser(old: bytes, new: bytes) -> None:
    assert old in REPLY
    assert read(REPLY.replace(old, new, 1)) is None


@pytest.mark.parametrize(
    "limits", [XmlLimits(size=len(REPLY) - 1), XmlLimits(elements=10), XmlLimits(attributes=3)]
)
def test_what_asks_for_too_much_is_left_to_the_parser_which_refuses_it(limits: XmlLimits) -> None:
    assert read(REPLY, limits) is None
