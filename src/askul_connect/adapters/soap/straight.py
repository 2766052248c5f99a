"""The straight way between messages and XML: one generated function per class and direction.

The writer fills in the text of a class's elements. The reader follows that same text with a pattern, so it takes
exactly what the writer gives: every element in its place, no attribute, no space between. Nothing else is
understood, so there is nothing to harden: a document in any other form goes to the shared parser. See
``_compiled``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

import attrs

from askul_connect.adapters._compiled import (
    GIVEN_UP,
    Source,
    Unfit,
    add_instance,
    add_values,
    members,
    never,
    value_of,
)
from askul_connect.adapters._lexical import checked_text
from askul_connect.adapters._shape import EXTENSIONS, Field, check_bounded, per_class, shape
from askul_connect.core.domain.secrets import Secret

T = TypeVar("T")

_MARKUP = re.compile("[&<>]")
_BEGIN, _END = f"<{EXTENSIONS}>", f"</{EXTENSIONS}>"


def write(message: object) -> str | None:
    """The children of a message's element, None when it does not fit."""
    try:
        written: str = _writer(message.__class__)(message)
    except GIVEN_UP:
        return None
    return written


def read(cls: type[T], data: bytes, *, head: bytes, tail: bytes) -> T | None:
    """The message in a document.

    Args:
        cls: Its class.
        data: The document.
        head: All that stands before the children of the message's element.
        tail: All that stands after them.

    Returns:
        None when it is not written as :func:`write` does, in UTF-8 and without a carriage return.
    """
    # XML reads a carriage return as a line feed.
    if not data.startswith(head) or not data.endswith(tail) or b"\r" in data:
        return None
    try:
        text = checked_text(data[len(head) :].decode())
        message, end = _reader(cls)(text, 0)
    except GIVEN_UP:
        return None
    return message if text[end:] == tail.decode() else None


def escaped(text: str) -> str:
    """The text as it stands within an element."""
    checked = checked_text(text)
    # A bare carriage return would come back as a line feed.
    return checked.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


def _unescaped(text: str) -> str:
    """Of what :func:`escaped` writes."""
    plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&#13;", "\r")
    # Every reference to anything else keeps its ampersand until here, and shows by it.
    if plain.count("&") != plain.count("&amp;"):
        raise Unfit
    return plain.replace("&amp;", "&")


@per_class
def _writer(cls: type[Any]) -> Callable[[Any], str]:
    check_bounded(cls)
    of = shape(cls)
    if not all(map(_is_plain, of.fields)):
        return never
    source = Source("message")
    names = add_values(source, of, _writer)
    named = [*zip(names, of.fields, strict=True)]
    texts = [name for name, one in named if one.kind in (str, Secret) and not one.repeated]
    if texts:
        together, escape = "".join(f"{{{name}}}" for name in texts), source.name(escaped)
        optional = {name for name, one in named if one.nullable}
        source.add(
            f'all = f"{together}"',
            "if not all.isprintable() or '&' in all or '<' in all or '>' in all:",
            *(f"    {name} = {escape}({name})" for name in texts if name not in optional),
            *(f"    if {name} is not None: {name} = {escape}({name})" for name in texts if name in optional),
        )
    parts: list[str] = []
    later: list[str] = []
    for name, one in named:
        into = later if one.extension else parts
        start, end = f"<{one.element}>", f"</{one.element}>"
        form = _form(one)
        if one.repeated:
            if one.kind in (str, Secret):
                form = f"{source.name(escaped)}({{0}})"
            source.add(f"{name} = ''.join([{start!r} + {form.format('one')} + {end!r} for one in {name}])")
            into.append(f"{{{name}}}")
        elif one.nullable:
            source.add(f"{name} = '' if {name} is None else {start!r} + {form.format(name)} + {end!r}")
            into.append(f"{{{name}}}")
        else:
            if one.kind in _FORMS or one.closed:
                source.add(f"{name} = {form.format(name)}")
            into.append(f"{start}{{{name}}}{end}")
    if later:
        source.add(f"later = f{''.join(later)!r}")
        source.add(f"if later: later = {_BEGIN!r} + later + {_END!r}")
        parts.append("{later}")
    source.add(f"return f{''.join(parts)!r}")
    return source.made()


def _form(field: Field) -> str:
    """An expression: a checked value, ``{0}``, as text."""
    return "{0}._value_" if field.closed else _FORMS.get(field.kind, "{0}")


def _is_plain(field: Field) -> bool:
    """Whether no value of a list has to be escaped."""
    return not field.closed or all(
        text.isprintable() and not _MARKUP.search(text) for text in members(field.kind)
    )


@per_class
def _reader(cls: type[Any]) -> Callable[[str, int], Any]:
    """Reads a message from a position on; gives it and the position after it."""
    check_bounded(cls)
    of = shape(cls)
    source = Source("text, at")
    names = [f"v{index}" for index in range(len(of.fields))]
    named = [*zip(names, of.fields, strict=True)]
    _add_fields(source, [(name, one) for name, one in named if not one.extension])
    later = [(name, one) for name, one in named if one.extension]
    if later:
        # an earlier version of the supplier has none of them
        source.add(*(f"{name} = {_default(source, one)}" for name, one in later))
        source.add(f"if text.startswith({_BEGIN!r}, at):", f"    at += {len(_BEGIN)}")
        inner = source.within()
        _add_fields(inner, later)
        inner.add(f"if not text.startswith({_END!r}, at): raise Unfit", f"at += {len(_END)}")
    add_instance(source, of, names)
    source.add("return made, at")
    return source.made()


def _default(source: Source, field: Field) -> str:
    """An expression: what a field is that is not there."""
    if isinstance(field.default, attrs.Factory):  # type: ignore[arg-type]  # attrs types Factory as a function
        return f"{source.name(field.default.factory)}()"
    return "()" if field.repeated else source.name(field.default)


def _add_fields(source: Source, named: Sequence[tuple[str, Field]]) -> None:
    """Elements in the order of their fields."""
    scalars: list[tuple[str, Field]] = []
    for name, one in named:
        if not one.nested and not one.repeated:
            scalars.append((name, one))
            continue
        _add_scalars(source, scalars)
        scalars = []
        _add_elements(source, name, one)
    _add_scalars(source, scalars)


def _add_scalars(source: Source, scalars: Sequence[tuple[str, Field]]) -> None:
    """Elements that follow each other, with text in them."""
    if not scalars:
        return
    pattern = "".join(f"(?:{_pattern(one)})?+" if one.nullable else _pattern(one) for _, one in scalars)
    source.add(
        f"match = {source.name(re.compile(pattern).match)}(text, at)",
        "if match is None: raise Unfit",
        f"{', '.join(name for name, _ in scalars)}, = match.groups()",
        "at = match.end()",
    )
    for name, one in scalars:
        before = f"if {name} is not None: " if one.nullable else ""
        source.add(f"{before}{name} = {_value(source, one).format(name)}")


def _pattern(field: Field) -> str:
    inner = _PATTERNS.get(field.kind, "[^<>]*+")
    return f"<{field.element}>({inner})</{field.element}>"


def _value(source: Source, field: Field) -> str:
    """An expression: what ``{0}``, a text that fits the pattern, stands for."""
    if field.kind in _VALUES:
        return _VALUES[field.kind]
    value = value_of(source, field)
    if field.kind not in (str, Secret):
        return value
    unescaped = f"({source.name(_unescaped)}({{0}}) if '&' in {{0}} else {{0}})"
    return value.replace("{0}", unescaped)


def _add_elements(source: Source, name: str, field: Field) -> None:
    """Elements of one name: any number if repeated, else one."""
    start, end = f"<{field.element}>", f"</{field.element}>"
    if field.nested:
        one = [f"one, at = {source.name(_reader(field.kind))}(text, at + {len(start)})"]
        one += [f"if not text.startswith({end!r}, at): raise Unfit", f"at += {len(end)}"]
    else:
        one = [f"match = {source.name(re.compile(_pattern(field)).match)}(text, at)"]
        one += ["if match is None: raise Unfit", "at = match.end()", "one = match.group(1)"]
        one += [f"one = {_value(source, field).format('one')}"]
    if field.repeated:
        source.add(f"{name} = []", f"while text.startswith({start!r}, at):")
        source.add(*(f"    {line}" for line in (*one, f"{name}.append(one)")), f"{name} = tuple({name})")
    elif field.nullable:
        source.add(f"{name} = None", f"if text.startswith({start!r}, at):")
        source.add(*(f"    {line}" for line in (*one, f"{name} = one")))
    else:
        source.add(f"if not text.startswith({start!r}, at): raise Unfit", *one, f"{name} = one")


# As concatenated text; a plain one is put between its tags as it is.
_FORMS: dict[type[Any], str] = {
    int: "str({0})",
    bool: "('true' if {0} else 'false')",
    date: "{0}.isoformat()",
    datetime: "{0}.isoformat().removesuffix('+00:00') + 'Z'",
}
_PATTERNS: dict[type[Any], str] = {int: "-?[0-9]{1,18}", bool: "true|false"}
_VALUES: dict[type[Any], str] = {int: "int({0})", bool: "{0} == 'true'"}
