"""The straight way between messages and JSON: msgspec for the bytes, one generated function per class for the rest.

It takes a document of which every part fits, and nothing else; see ``_compiled``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

import attrs
import msgspec

from askul_connect.adapters._compiled import GIVEN_UP, Source, add_instance, add_values, never, value_of
from askul_connect.adapters._lexical import LONG
from askul_connect.adapters._shape import Field, Shape, check_bounded, per_class, shape

T = TypeVar("T")

_ENCODE = msgspec.json.Encoder().encode
_FORMS: dict[type[Any], Any] = {int: Annotated[int, msgspec.Meta(ge=LONG[0], le=LONG[1])], bool: bool}
# Escapes of characters that no face carries, or perhaps: a lone surrogate msgspec refuses itself.
_UNCARRIED_ESCAPE = re.compile(rb"\\(?:[bf]|u00[01]|u[fF]{3}[eEfF])")


def write(message: object) -> bytes | None:
    """The message as JSON, None when it does not fit."""
    try:
        data = _ENCODE(_writer(message.__class__)(message))
    except (*GIVEN_UP, msgspec.MsgspecError):
        return None
    return data if _carried(data) else None


def read(cls: type[T], data: bytes) -> T | None:
    """The message in a JSON document, None when it does not fit."""
    tally = [0]
    try:
        message: T = _reader(cls)(_decoder(cls)(data), tally)
    except (*GIVEN_UP, msgspec.MsgspecError):
        return None
    # msgspec keeps the last of several fields of one name: then there are more texts in the bytes than were met.
    return message if _quotes(data) == 2 * tally[0] and _carried(data) else None


def _quotes(data: bytes) -> int:
    """Quotation marks around the names and texts of a JSON document."""
    if b"\\" not in data:
        return data.count(b'"')
    bare = _without_backslashes(data)
    return bare.count(b'"') - bare.count(b'\\"')


def _without_backslashes(data: bytes) -> bytes:
    """A JSON document without what stands for a backslash, so that each that is left begins another escape."""
    return data.replace(b"\\\\", b"")


def _carried(data: bytes) -> bool:
    """Whether every text of a JSON document is surely one that each face can carry (``checked_text``)."""
    # JSON takes no control character as it is; what remains of those that XML cannot carry is U+FFFE and U+FFFF.
    if b"\\" in data and _UNCARRIED_ESCAPE.search(_without_backslashes(data)):
        return False
    return b"\xef" not in data or (b"\xef\xbf\xbe" not in data and b"\xef\xbf\xbf" not in data)


@per_class
def _writer(cls: type[Any]) -> Callable[[Any], Any]:
    """From a message to a structure with the same fields, which msgspec writes as it is."""
    of = _sent(cls)
    if of is None:
        return never
    form = msgspec.defstruct(cls.__name__, [one.name for one in of.fields], gc=False)
    source = Source("message")
    names = add_values(source, of, _writer)
    for name, one in zip(names, of.fields, strict=True):
        if one.added and not one.extension:
            # what says nothing is left out: yesterday's supplier refuses a field that it does not know
            source.add(
                f"if message.{one.name} == {source.name(one.default)}: {name} = {source.name(msgspec.UNSET)}"
            )
    source.add(f"return {source.name(form)}({', '.join(names)})")
    return source.made()


@per_class
def _decoder(cls: type[Any]) -> Callable[[bytes], Any]:
    """From bytes to the structure that the reader takes."""
    return never if _sent(cls) is None else msgspec.json.Decoder(_form(cls)).decode


@per_class
def _form(cls: type[Any]) -> type[Any]:
    """A structure with the same fields: no others, none missing, numbers and texts told apart."""
    fields: list[Any] = []
    for one in shape(cls).fields:
        kind: Any = _form(one.kind) if one.nested else _FORMS.get(one.kind, str)
        if one.repeated:
            kind = list[kind]
        elif one.nullable:
            kind |= None
        fields.append((one.name, kind, msgspec.UNSET) if _may_be_absent(one) else (one.name, kind))
    return msgspec.defstruct(cls.__name__, fields, kw_only=True, forbid_unknown_fields=True, gc=False)


@per_class
def _reader(cls: type[Any]) -> Callable[[Any, list[int]], Any]:
    """From that structure to a message; adds how many names and texts were met to the tally."""
    of = _sent(cls)
    if of is None:
        return never
    source = Source("found, tally")
    names = []
    met = 0
    for index, one in enumerate(of.fields):
        name, textual = f"v{index}", not one.nested and one.kind not in _FORMS
        names.append(name)
        source.add(f"{name} = found.{one.name}")
        if one.nested:
            value = f"{source.name(_reader(one.kind))}({{0}}, tally)"
        else:
            value = value_of(source, one) if textual else "{0}"
        if one.repeated:
            change = [f"{name} = tuple([{value.format('one')} for one in {name}])"]
            change += [f"tally[0] += len({name})"] if textual else []
        else:
            change = [f"{name} = {value.format(name)}"] if value != "{0}" else []
        if one.nullable:
            change = [f"if {name} is not None:", *(f"    {line}" for line in change or ("pass",))]
            change += ["    tally[0] += 1"] if textual else []
        met += 1 + (textual and not one.nullable and not one.repeated)
        if _may_be_absent(one):
            less = 1 + (textual and not one.nullable and not one.repeated)
            source.add(f"if {name} is {source.name(msgspec.UNSET)}:")
            source.add(f"    {name} = {source.name(one.default)}", f"    tally[0] -= {less}", "else:")
            change = [f"    {line}" for line in change or ("pass",)]
        source.add(*change)
    add_instance(source, of, names)
    source.add(f"tally[0] += {met}", "return made")
    return source.made()


def _may_be_absent(field: Field) -> bool:
    # What a factory makes is made anew for each message, by the precise way.
    return field.default is not attrs.NOTHING and not isinstance(field.default, attrs.Factory)  # type: ignore[arg-type]


def _sent(cls: type[Any]) -> Shape | None:
    """The shape of a class whose messages have one; the precise way knows some more."""
    try:
        check_bounded(cls)
        return shape(cls)
    except TypeError:
        return None
