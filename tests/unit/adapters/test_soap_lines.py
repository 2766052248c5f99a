"""Lines of a page: read alike in any order of elements; what a request may not hold is refused with its place."""

from __future__ import annotations

from decimal import Decimal

import pytest
from attrs import frozen
from lxml import etree

from askul_connect.adapters.soap.codec import decode
from askul_connect.adapters.soap.model import NAMESPACE
from askul_connect.core.errors import ValueInvalid


@frozen(kw_only=True)
class Line:
    """A line."""

    line_id: str
    quantity: int
    unit_price: Decimal
    note: str | None = None


@frozen(kw_only=True)
class Nothing:
    """A message without fields."""


COMPLETE = "<lineId>10</lineId><quantity>3</quantity><unitPrice>98.5</unitPrice><note>n</note>"
MADE = Line(line_id="10", quantity=3, unit_price=Decimal("98.5"), note="n")


def read(content: str, *, strict: bool, attributes: str = "") -> Line:
    element = etree.fromstring(f'<line xmlns="{NAMESPACE}"{attributes}>{content}</line>')
    return decode(Line, element, strict=strict)


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize(
    "content",
    [
        COMPLETE,
        "<note>n</note><unitPrice>98.5</unitPrice><quantity>3</quantity><lineId>10</lineId>",
        COMPLETE.replace("><", ">\n  <"),
        COMPLETE.replace("3", " 3 "),
    ],
)
def test_order_and_spacing_change_nothing(content: str, strict: bool):
    assert repr(read(content, strict=strict)) == repr(MADE)


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize(
    ("content", "where"),
    [
        (COMPLETE.replace("3", "3.5"), "/line/quantity"),
        (COMPLETE.replace("<note>n", "<note><b/>"), "/line/note"),
        (COMPLETE.replace("98.5", "1e3"), "/line/unitPrice"),
        (COMPLETE + "<note>m</note>", "/line/note"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(content: str, where: str, strict: bool):
    with pytest.raises(ValueInvalid) as refused:
        read(content, strict=strict)
    assert refused.value.where == where


@pytest.mark.parametrize(
    ("content", "attributes"),
    [
        (COMPLETE, ' x="1"'),
        (COMPLETE.replace("<quantity>", '<quantity x="1">'), ""),
        ("stray" + COMPLETE, ""),
        (COMPLETE + "stray", ""),
        (COMPLETE.replace("</quantity>", "</quantity>stray"), ""),
    ],
)
def test_a_request_with_more_than_its_fields_is_refused_and_an_answer_is_not(content: str, attributes: str):
    with pytest.raises(ValueInvalid):
        read(content, strict=True, attributes=attributes)
    assert read(content, strict=False, attributes=attributes) == MADE


def test_a_request_without_fields_has_no_text_either():
    element = etree.fromstring(f'<nothing xmlns="{NAMESPACE}">stray</nothing>')
    with pytest.raises(ValueInvalid):
        decode(Nothing, element, strict=True)
