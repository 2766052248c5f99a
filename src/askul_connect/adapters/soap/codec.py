"""Message <-> XML, compiled per class on first use.

This is the precise way, which names the place of what does not fit and reads any XML that says the same. What fits
is written, and what is written as we do is read, by ``straight`` before anything of this is asked.

Writing is exact. Reading has two ways: ``strict`` for requests (an unknown, repeated or missing element, an
attribute or stray text is refused) and lenient for responses (what is unknown is passed over, also within
``extensions``, where the fields are that came after the first version). The order of elements is free in both: the
names say all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar

from lxml import etree

from askul_connect.adapters import _lexical
from askul_connect.adapters._shape import EXTENSIONS, Field, check_bounded, per_class, shape
from askul_connect.adapters.soap import straight
from askul_connect.adapters.soap.model import NAMESPACE
from askul_connect.adapters.soap.straight import escaped
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import ValueInvalid

T = TypeVar("T")

Append = Callable[[str], None]
Writer = Callable[[Any, Append], None]
Reader = Callable[["etree._Element"], Any]  # noqa: SLF001 -- lxml has no other name for it

_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_HINTS = frozenset({_XSI + "type", _XSI + "schemaLocation"})


class _Misfit(Exception):
    """A value that does not fit, on its way up to the root; each level puts its own name before the path."""

    def __init__(self, reason: str, path: tuple[str, ...] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.path = path

    def within(self, step: str) -> _Misfit:
        return _Misfit(self.reason, (step, *self.path))

    def refusal(self, element: str) -> ValueInvalid:
        return ValueInvalid(self.reason, where="/".join(("", element, *self.path)))


# --- writing
# --------------------------------------------------------------------------------------------------


def encode(message: object, element: str) -> str:
    """The message as an element of that name, which declares the namespace.

    Raises:
        ValueInvalid: A value has another type than declared, or holds what XML cannot carry.
    """
    written = straight.write(message)
    if written is not None:
        return f'<{element} xmlns="{NAMESPACE}">{written}</{element}>'
    return encode_precisely(message, element)


def encode_precisely(message: object, element: str) -> str:
    """As :func:`encode`, value by value.

    Raises:
        ValueInvalid: With the XPath of what does not fit.
    """
    parts: list[str] = [f'<{element} xmlns="{NAMESPACE}">']
    try:
        _writer(message.__class__)(message, parts.append)
    except _Misfit as misfit:
        raise misfit.refusal(element) from None
    parts.append(f"</{element}>")
    return "".join(parts)


@per_class
def _writer(cls: type[Any]) -> Writer:
    """Writes the children of a message's element."""
    check_bounded(cls)
    declared = _fields_writer(cls, shape(cls).declared)
    if not shape(cls).extensions:
        return declared
    later = _fields_writer(cls, shape(cls).extensions)

    def write(message: Any, append: Append) -> None:
        declared(message, append)
        inner: list[str] = []
        try:
            later(message, inner.append)
        except _Misfit as misfit:
            raise misfit.within(EXTENSIONS) from None
        if inner:
            append(f"<{EXTENSIONS}>{''.join(inner)}</{EXTENSIONS}>")

    return write


def _fields_writer(cls: type[Any], fields: tuple[Field, ...]) -> Writer:
    """Writes some of a message's fields."""
    writers = [(one.name, one.element, _field_writer(one)) for one in fields]

    def write(message: Any, append: Append) -> None:
        if message.__class__ is not cls:
            raise _Misfit(f"a {message.__class__.__name__} stands where a {cls.__name__} is expected")
        for name, element, write_field in writers:
            try:
                write_field(getattr(message, name), append)
            except ValueError as error:
                raise _Misfit(str(error), (element,)) from None

    return write


def _field_writer(field: Field) -> Writer:
    write = _message_field_writer(field) if field.nested else _scalar_writer(field)
    if field.repeated:
        return _repeated_writer(write, field.element)
    if field.nullable:
        return _nullable_writer(write)
    return write


def _repeated_writer(write: Writer, element: str) -> Writer:
    def repeated(values: Iterable[Any], append: Append) -> None:
        position = 0
        try:
            for value in values:
                position += 1
                write(value, append)
        except ValueError as error:
            raise _Misfit(str(error), (f"{element}[{position}]",)) from None
        except _Misfit as misfit:
            raise _Misfit(misfit.reason, (f"{element}[{position}]", *misfit.path[1:])) from None

    return repeated


def _nullable_writer(write: Writer) -> Writer:
    def nullable(value: Any, append: Append) -> None:
        if value is not None:
            write(value, append)

    return nullable


def _message_field_writer(field: Field) -> Writer:
    write = _writer(field.kind)
    element, start, end = field.element, f"<{field.element}>", f"</{field.element}>"

    def write_nested(value: Any, append: Append) -> None:
        append(start)
        try:
            write(value, append)
        except _Misfit as misfit:
            raise misfit.within(element) from None
        append(end)

    return write_nested


def _scalar_writer(field: Field) -> Writer:
    start, end = f"<{field.element}>", f"</{field.element}>"
    lexical = text_form(field.kind)

    if field.kind in (str, Secret) or field.closed:

        def write_escaped(value: Any, append: Append) -> None:
            append(f"{start}{escaped(lexical(value))}{end}")

        return write_escaped

    def write_plain(value: Any, append: Append) -> None:
        append(f"{start}{lexical(value)}{end}")

    return write_plain


def text_form(kind: type[Any]) -> Callable[[Any], str]:
    """How a scalar is written as text; the function raises ValueError for what is not of that kind."""
    if kind in _WRITTEN:
        return _WRITTEN[kind]

    def member(value: Any) -> str:
        if value.__class__ is not kind:
            raise ValueError(f"a {value.__class__.__name__} stands where a {kind.__name__} is expected")
        return str(value.value)

    return member


def _write_int(value: int) -> str:
    return str(_lexical.checked_int(value))


def _write_text(value: str) -> str:
    if value.__class__ is not str:
        raise ValueError(f"a {value.__class__.__name__} stands where text is expected")
    return _lexical.checked_text(value)


def _write_secret(value: Secret) -> str:
    if value.__class__ is not Secret:
        raise ValueError(f"a {value.__class__.__name__} stands where a secret is expected")
    try:
        return _lexical.checked_text(value.reveal())
    except ValueError:
        raise ValueError("the secret holds a character that cannot be sent") from None


_WRITTEN: dict[type[Any], Callable[[Any], str]] = {
    str: _write_text,
    int: _write_int,
    bool: _lexical.write_bool,
    Decimal: _lexical.write_decimal,
    date: _lexical.write_date,
    datetime: _lexical.write_datetime,
    Secret: _write_secret,
}

# --- reading
# --------------------------------------------------------------------------------------------------


def decode(cls: type[T], element: etree._Element, *, strict: bool) -> T:
    """The message in an element.

    Args:
        cls: The message's class.
        element: Of a tree from the shared parser.
        strict: Refuse what is unknown (requests) instead of passing it over (responses).

    Raises:
        ValueInvalid: With the XPath of what does not fit.
    """
    read = _strict_reader(cls) if strict else _lenient_reader(cls)
    try:
        return read(element)  # type: ignore[no-any-return]
    except _Misfit as misfit:
        raise misfit.refusal(etree.QName(element).localname) from None


def _compile_reader(cls: type[Any], *, strict: bool) -> Reader:
    check_bounded(cls)
    fields = shape(cls).fields
    repeated = tuple(one.name for one in fields if one.repeated)
    collect = _collector(cls, strict=strict)
    finish = _finisher(cls, fields)

    def read(element: etree._Element) -> Any:
        values: dict[str, Any] = {name: [] for name in repeated}
        collect(element, values)
        if strict:
            _refuse_extras(element)
        return finish(values)

    return read


_strict_reader = per_class(partial(_compile_reader, strict=True))
_lenient_reader = per_class(partial(_compile_reader, strict=False))


def _collector(cls: type[Any], *, strict: bool) -> Callable[[etree._Element, dict[str, Any]], None]:
    """Puts the values of an element's children, and of its extensions', under their fields' names."""
    if not shape(cls).extensions:
        return _children_collector(shape(cls).declared, strict=strict)
    extensions = f"{{{NAMESPACE}}}{EXTENSIONS}"
    collect = _children_collector(shape(cls).declared, strict=strict, besides=extensions)
    collect_later = _children_collector(shape(cls).extensions, strict=strict)

    def collect_all(element: etree._Element, values: dict[str, Any]) -> None:
        collect(element, values)
        for later in element.iterchildren(extensions):
            try:
                collect_later(later, values)
            except _Misfit as misfit:
                raise misfit.within(EXTENSIONS) from None

    return collect_all


def _children_collector(
    fields: tuple[Field, ...], *, strict: bool, besides: str = ""
) -> Callable[[etree._Element, dict[str, Any]], None]:
    table: dict[Any, tuple[str, bool, Reader]] = {
        f"{{{NAMESPACE}}}{one.element}": (one.name, one.repeated, _field_reader(one, strict=strict))
        for one in fields
    }

    def collect(element: etree._Element, values: dict[str, Any]) -> None:
        for child in element:
            known = table.get(child.tag)
            if known is None:
                if strict and child.tag != besides:
                    raise _Misfit("there is no such element here", (_local(child.tag),))
                continue
            name, repeated, read_field = known
            try:
                value = read_field(child)
            except ValueError as error:
                raise _Misfit(str(error), (_step(child),)) from None
            except _Misfit as misfit:
                raise misfit.within(_step(child)) from None
            if repeated:
                values[name].append(value)
            elif name in values:
                raise _Misfit("the element occurs twice", (_local(child.tag),))
            else:
                values[name] = value

    return collect


def _finisher(cls: type[Any], fields: tuple[Field, ...]) -> Callable[[dict[str, Any]], Any]:
    """Makes the message of the values that were there."""
    required = {one.name: one.element for one in fields if not one.optional}
    repeated = tuple(one.name for one in fields if one.repeated)
    nullable = tuple(one.name for one in fields if one.nullable)

    def finish(values: dict[str, Any]) -> Any:
        missing = required.keys() - values.keys()
        if missing:
            raise _Misfit("the element is missing", (required[min(missing)],))
        for name in repeated:
            values[name] = tuple(values[name])
        for name in nullable:
            values.setdefault(name, None)
        try:
            return cls(**values)
        except ValueError as error:
            raise _Misfit(str(error)) from None

    return finish


def _field_reader(field: Field, *, strict: bool) -> Reader:
    if field.nested:
        return _strict_reader(field.kind) if strict else _lenient_reader(field.kind)
    from_text = value_form(field.kind)
    if strict:

        def read_strictly(child: etree._Element) -> Any:
            if child.keys():
                _refuse_attributes(child)
            return from_text(_text(child))

        return read_strictly
    if field.kind is str:
        return _text
    return lambda child: from_text(_text(child))


def _text(child: etree._Element) -> str:
    if len(child):
        raise ValueError("text is expected here, not elements")
    return child.text or ""


def value_form(kind: type[Any]) -> Callable[[str], Any]:
    """How a scalar is read from its text; the function raises ValueError for a wrong form."""
    if kind in _READ:
        return _READ[kind]
    members = {str(member.value): member for member in kind}

    def member(text: str) -> Any:
        found = members.get(text.strip())
        if found is None:
            raise ValueError(f"{text[:40]!r} is none of {', '.join(members)}")
        return found

    return member


_READ: dict[type[Any], Callable[[str], Any]] = {
    str: str,
    int: _lexical.read_int,
    bool: _lexical.read_bool,
    Decimal: _lexical.read_decimal,
    date: _lexical.read_date,
    datetime: _lexical.read_datetime,
    Secret: Secret,
}


def _refuse_extras(element: etree._Element) -> None:
    _refuse_attributes(element)
    texts = [element.text, *(child.tail for child in element)]
    if any(text and not text.isspace() for text in texts):
        raise _Misfit("elements are expected here, not text")


def _refuse_attributes(element: etree._Element) -> None:
    # Some clients announce the type they send; the wire needs no announcement, so it is neither used nor
    # refused.
    unknown = [name for name in element.keys() if name not in _HINTS]  # noqa: SIM118 -- no mapping
    if unknown:
        raise _Misfit("there is no such attribute here", (f"@{_local(str(unknown[0]))}",))


def _local(tag: Any) -> str:
    return etree.QName(tag).localname


def _step(child: etree._Element) -> str:
    """The child's name, with its number where there are several of it."""
    name = _local(child.tag)
    parent = child.getparent()
    alike = [] if parent is None else parent.findall(str(child.tag))
    return f"{name}[{alike.index(child) + 1}]" if len(alike) > 1 else name
