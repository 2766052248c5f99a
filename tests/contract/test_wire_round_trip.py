"""Every message of the registry survives the way over the wire, and strict zeep reads every reply.

The straight ways are held against the precise ones: on any message, on any object of wrong values, on any document.
"""

from __future__ import annotations

import io
import re
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

from askul_connect.adapters import _json, _json_precise, _json_straight, _xml
from askul_connect.adapters._shape import shape
from askul_connect.adapters.soap import straight
from askul_connect.adapters.soap.codec import decode, encode, encode_precisely
from askul_connect.adapters.soap.envelope import SOAP11, SOAP12, read_own_form, unwrap, wrap
from askul_connect.adapters.soap.messages import CallHeader, ProblemDetail
from askul_connect.adapters.soap.model import NAMESPACE
from askul_connect.adapters.soap.wsdl import wsdl
from askul_connect.core.domain.accounts import Role
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import AskulConnectError, Problem, Reported
from askul_connect.core.messages.documents import Invoice, OrderConfirmation, OrderDocument, ShipNotice
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
    later = '<foreseen>1</foreseen><other xmlns="urn:another"><deep/></other>'

    # a response that has later fields of today stands before those of tomorrow
    body = encode(response, name).removesuffix(f"</{name}>")
    known = body.removesuffix("</extensions>")
    opening = "" if known != body else "<extensions>"
    written = f"{known}{opening}{later}</extensions></{name}>"
    read = binding.process_reply(client, binding.get(operation.name), Reply(wrap(SOAP11, written)))

    found = zeep.helpers.serialize_object(read, dict)
    if shape(operation.response).fields:
        assert found.pop("extensions")["_value_1"]
        assert without_empty(found) == without_empty(as_zeep_reads(response) | {"extensions": None})
    assert decode(operation.response, _xml.parse(written.encode()), strict=False) == response


# --- the straight way against the precise one
# --------------------------------------------------------------------------------------------------

STORED = [Invoice, OrderConfirmation, OrderDocument, ShipNotice, Reported]
ANY_MESSAGE = st.sampled_from([*MESSAGES, *STORED]).flatmap(messages)
MORE = settings(max_examples=min(settings.default.max_examples * 5, 2_000))
#: What is put in the place of a piece of a document.
JSON_PIECES = (
    *(
        "",
        '"',
        "1",
        "1.0",
        "1e0",
        "-0",
        "true",
        "null",
        "[]",
        "{}",
        '"x":1,',
        '"x":"y",',
        ",",
        " ",
        "\n",
        "NaN",
        "//",
    ),
    *(
        '""',
        '"\\u0000"',
        '"\\ud800"',
        '"\\ud83d\\ude00"',
        '"\\b"',
        '"\\\\"',
        '"\\""',
        '"\\u0022"',
        '"\uffff"',
    ),
    *(
        '"1e2"',
        '"NaN"',
        '"1.0"',
        '"2026-02-30"',
        '"2026-11-25T00:00:00"',
        '"\t"',
        '"\x85\u2028\u3000"',
        '"\x7f"',
    ),
    *(
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551616",
        "9" * 5_000,
        '"' + "1" * 41 + '"',
    ),
)
XML_PIECES = (
    *(
        "",
        "<",
        ">",
        "&",
        "&amp;",
        "&lt;",
        "&#13;",
        "&#10;",
        "&#0;",
        "&quot;",
        "&amp;lt;",
        "]]>",
        "\r",
        "\n",
        "\t",
        " ",
    ),
    *(
        "<x/>",
        "<!---->",
        "<?x?>",
        "<![CDATA[x]]>",
        "<!DOCTYPE a>",
        "\x00",
        "\x85\u2028\u3000",
        "\uffff",
        "\U0001f600",
        "é",
    ),
    *(
        "1",
        "+1",
        "-0",
        " 1 ",
        "1.0",
        "1e2",
        "NaN",
        "true",
        "1" * 19,
        "1" * 41,
        "٣",
        "2026-02-30",
        "<extensions/>",
    ),
)


def pieces_changed(data: st.DataObject, text: str, pieces: tuple[str, ...], token: str) -> bytes:
    """The document with some pieces taken out, doubled, or put in the place of others."""
    parts = re.findall(token, text, re.DOTALL)
    for _ in range(data.draw(st.integers(1, 3))):
        first, second = (data.draw(st.integers(0, len(parts) - 1)) for _ in range(2))
        match data.draw(st.sampled_from(["replace", "copy", "insert", "cut"])):
            case "replace":
                parts[first] = data.draw(st.sampled_from(pieces))
            case "copy":
                parts[first] = parts[second]
            case "insert":
                parts[first:first] = parts[second : second + data.draw(st.integers(1, 4))]
            case "cut":
                del parts[first : first + data.draw(st.integers(1, 4))]
        if not parts:
            break
    return "".join(parts).encode()


def outcome(work: Any) -> Any:
    """The message with the types of its values, or all that is said of what is refused."""
    try:
        return repr(work())
    except AskulConnectError as error:
        return type(error), error.detail, error.where, error.problems
    except (AttributeError, TypeError) as error:
        # what is no message at all, or no tuple; only our own code could give it
        return type(error)


def revealed(message: Any) -> Any:
    """With its secrets, whose repr is blank."""
    hidden = (getattr(message, one.name) for one in attrs.fields(message.__class__))
    return message, [one.reveal() for one in hidden if isinstance(one, Secret)]


@MORE
@given(message=ANY_MESSAGE)
def test_the_straight_way_gives_what_the_precise_one_gives(message: Any) -> None:
    cls, data = message.__class__, _json_precise.write(message)
    assert _json.dumps(message) == data
    assert revealed(_json_straight.read(cls, data)) == revealed(_json_precise.read(cls, data, strict=True))
    assert repr(_json_straight.read(cls, data)) == repr(_json_precise.read(cls, data, strict=True))

    written = encode(message, "Root")
    assert written == encode_precisely(message, "Root")
    head, tail = f'<Root xmlns="{NAMESPACE}">'.encode(), b"</Root>"
    made = straight.read(cls, written.encode(), head=head, tail=tail)
    if made is not None:  # an integer of 19 digits goes the precise way
        walked = decode(cls, _xml.parse(written.encode()), strict=True)
        assert revealed(made) == revealed(walked) == revealed(message)
        assert repr(made) == repr(walked)


@pytest.mark.spec("PERF-5")
@pytest.mark.parametrize("cls", [*MESSAGES, *STORED], ids=lambda cls: cls.__name__)
def test_the_straight_way_takes_every_message(cls: type[Any]) -> None:
    """Else nothing would be wrong, but slow."""

    def plainly(hint: Any) -> Any:
        origin, arguments = typing.get_origin(hint), typing.get_args(hint)
        if origin is tuple:
            return (plainly(arguments[0]),)
        if origin in (typing.Union, types.UnionType):
            return plainly(arguments[0])
        if attrs.has(hint):
            hints = typing.get_type_hints(hint)
            return hint(**{one.name: plainly(hints[one.name]) for one in attrs.fields(hint)})
        if issubclass(hint, StrEnum):
            return next(iter(hint))
        return {
            str: "a <&> 量\u3000\n",
            int: -7,
            bool: True,
            Decimal: Decimal("-1.50"),
            date: date(2026, 11, 25),
            datetime: datetime(2026, 11, 25, 1, 2, 3, 40, tzinfo=UTC),
            Secret: Secret("<&>"),
        }[hint]

    message = plainly(cls)
    data = _json_straight.write(message)
    assert data is not None
    assert revealed(_json_straight.read(cls, data)) == revealed(message)
    head, tail = b"<a>", b"</a>"
    written = straight.write(message)
    assert written is not None
    assert revealed(straight.read(cls, head + written.encode() + tail, head=head, tail=tail)) == revealed(
        message
    )


@MORE
@given(message=ANY_MESSAGE, data=st.data())
def test_any_json_has_the_same_outcome(message: Any, data: st.DataObject) -> None:
    cls = message.__class__
    token = r'[{}\[\],:]|"(?:[^"\\]|\\.)*"|[^{}\[\],:"]+'
    changed = pieces_changed(data, _json.dumps(message).decode(), JSON_PIECES, token)

    expected = outcome(lambda: revealed(_json_precise.read(cls, changed, strict=True)))
    taken = _json_straight.read(cls, changed)
    assert taken is None or repr(revealed(taken)) == expected
    assert outcome(lambda: revealed(_json.loads(cls, changed))) == expected
    if isinstance(expected, str):
        assert outcome(lambda: revealed(_json.loads(cls, changed, strict=False))) == expected


@MORE
@given(message=ANY_MESSAGE, data=st.data())
def test_any_xml_in_our_form_is_what_the_parser_says(message: Any, data: st.DataObject) -> None:
    cls, element = message.__class__, "Some"
    written = wrap(SOAP11, encode(message, element)).decode()
    changed = pieces_changed(data, written, XML_PIECES, "<[^<>]*>|[^<>]+")

    taken = read_own_form(cls, element, changed, limits=_xml.DEFAULT_LIMITS)

    if taken is not None:
        walked = decode(cls, unwrap(_xml.parse(changed)).content, strict=True)
        assert repr(revealed(taken)) == repr(revealed(walked))


WRONG = st.sampled_from(
    [
        *(
            None,
            True,
            1,
            1.0,
            2**63,
            -(2**63),
            2**64,
            -1,
            "x",
            "\x00",
            "\ufffe",
            "\ud800",
            "<",
            "1",
            b"x",
            (),
            [],
            ("x",),
            (1,),
        ),
        *(
            Decimal("NaN"),
            Decimal("-Infinity"),
            Decimal("sNaN"),
            Decimal("NaN12"),
            Decimal("1E+2"),
            Decimal("1E-9"),
        ),
        *(
            Decimal("1E+999999"),
            Decimal("1." + "0" * 50),
            Decimal("-0.0"),
            Decimal(7),
            float("nan"),
            Secret("\x00"),
        ),
        *(date(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1)),  # noqa: DTZ001 -- it is wrong
        *(
            datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=9))),
            Problem(code="c", detail="d"),
            Role.BUYER,
        ),
    ]
)


@MORE
@given(message=ANY_MESSAGE.filter(lambda one: attrs.fields(one.__class__)), wrong=WRONG, data=st.data())
def test_any_object_has_the_same_outcome(message: Any, wrong: Any, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([one.name for one in attrs.fields(message.__class__)]))
    changed = attrs.evolve(message, **{name: wrong})

    assert outcome(lambda: _json.dumps(changed)) == outcome(lambda: _json_precise.write(changed))
    assert outcome(lambda: encode(changed, "Root")) == outcome(lambda: encode_precisely(changed, "Root"))
