"""What the messages look like on the wire: their fields, compiled from the attrs classes.

The WSDL and the codec are both made from these shapes, so they cannot disagree. A field's ``snake_case`` name
becomes a ``lowerCamelCase`` element; a field with a default may be absent; a tuple is a repeated element.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import wraps
from typing import Any, Final, TypeVar, Union

import attrs
from attrs import frozen

from askul_connect.core.domain.secrets import Secret
from askul_connect.core.operations.registry import Registry

T = TypeVar("T")

NAMESPACE: Final = "urn:askul-connect:supplier:1"
"""The major version of the wire; nothing else in the package spells it."""

EXTENSIONS: Final = "extensions"
"""Last element of each type of a response: where later fields of this version go."""

SCALARS: Final = (str, int, bool, Decimal, date, datetime, Secret)


@frozen(kw_only=True)
class Field:
    """One field of a message.

    Attributes:
        name: Of the attrs field.
        element: Local name of the element.
        kind: A scalar class, a StrEnum, or an attrs class.
        repeated: It is a tuple; none is the empty one.
        optional: It may be absent: it is repeated, may be None, or has a default.
        nullable: Absent means None.
    """

    name: str
    element: str
    kind: type[Any]
    repeated: bool
    optional: bool
    nullable: bool

    @property
    def nested(self) -> bool:
        """Whether the value is a message of its own."""
        return attrs.has(self.kind)

    @property
    def closed(self) -> bool:
        """Whether the value is one of a list."""
        return issubclass(self.kind, StrEnum)


@frozen(kw_only=True)
class Shape:
    """The fields of one message class, inherited ones first."""

    cls: type[Any]
    fields: tuple[Field, ...]


def per_class(compile_for: Callable[[type[Any]], T]) -> Callable[[type[Any]], T]:
    """Remember what was compiled for a class, for the life of the process."""
    made: dict[type[Any], T] = {}

    @wraps(compile_for)
    def compiled(cls: type[Any]) -> T:
        try:
            return made[cls]
        except KeyError:
            return made.setdefault(cls, compile_for(cls))

    return compiled


@per_class
def shape(cls: type[Any]) -> Shape:
    """The shape of a message class.

    Raises:
        TypeError: It is no frozen attrs class, or a field's type cannot be sent.
    """
    if not attrs.has(cls):
        raise TypeError(f"{cls.__qualname__} is no attrs class and cannot be sent")
    hints = typing.get_type_hints(cls)
    # A field that came later to a response has no element in the first version's schema.
    first = [attribute for attribute in attrs.fields(cls) if not attribute.metadata.get("later")]
    fields = tuple(_field(cls, attribute, hints[attribute.name]) for attribute in first)
    elements = [one.element for one in fields]
    if len(set(elements)) < len(elements) or EXTENSIONS in elements:
        raise TypeError(f"{cls.__qualname__}: two fields share an element, or one is called {EXTENSIONS!r}")
    return Shape(cls=cls, fields=fields)


def _field(cls: type[Any], attribute: attrs.Attribute[Any], hint: Any) -> Field:
    place = f"{cls.__qualname__}.{attribute.name}"
    if not attribute.init or attribute.alias != attribute.name:
        raise TypeError(f"{place}: a field that is private or not given to the class cannot be sent")
    inner, nullable = _without_none(hint)
    repeated = typing.get_origin(inner) is tuple
    if repeated:
        arguments = typing.get_args(inner)
        if nullable or len(arguments) != 2 or arguments[1] is not Ellipsis:  # noqa: PLR2004 -- tuple[X, ...]
            raise TypeError(f"{place}: a repeated field is written tuple[X, ...], with () for none")
        if attribute.default not in (attrs.NOTHING, ()):
            raise TypeError(f"{place}: the default of a repeated field is ()")
        inner = arguments[0]
    if not _can_be_sent(inner):
        names = ", ".join(one.__name__ for one in SCALARS)
        raise TypeError(
            f"{place}: {hint} cannot be sent;"
            f" use {names}, a StrEnum, a message class, X | None or tuple[X, ...]"
        )
    return Field(
        name=attribute.name,
        element=element_name(attribute.name),
        kind=inner,
        repeated=repeated,
        optional=repeated or nullable or attribute.default is not attrs.NOTHING,
        nullable=nullable,
    )


def _without_none(hint: Any) -> tuple[Any, bool]:
    if typing.get_origin(hint) in (Union, types.UnionType):
        others = [one for one in typing.get_args(hint) if one is not types.NoneType]
        if len(others) == 1:
            return others[0], True
    return hint, False


def _can_be_sent(kind: Any) -> bool:
    return isinstance(kind, type) and (kind in SCALARS or issubclass(kind, StrEnum) or attrs.has(kind))


def element_name(name: str) -> str:
    """``lowerCamelCase`` of a ``snake_case`` name."""
    first, *rest = name.rstrip("_").split("_")
    return first + "".join(part.capitalize() for part in rest)


def reachable(cls: type[Any], _above: tuple[type[Any], ...] = ()) -> Iterator[type[Any]]:
    """The message classes within a class, itself last, each after those it holds; repeats are possible.

    Raises:
        TypeError: A class holds itself, so that its documents would have no bound.
    """
    if cls in _above:
        raise TypeError(f"{cls.__qualname__} holds itself and cannot be sent")
    for one in shape(cls).fields:
        if one.nested:
            yield from reachable(one.kind, (*_above, cls))
    yield cls


def check_bounded(cls: type[Any]) -> None:
    """Refuse a class that cannot be sent, or whose documents have no bound.

    Raises:
        TypeError: The text names class and field.
    """
    for _ in reachable(cls):
        pass


def response_element(operation_name: str) -> str:
    """Local name of the element that wraps an operation's response; the request's is the operation's own."""
    return f"{operation_name}Response"


@frozen(kw_only=True)
class Usage:
    """Which message classes travel in which direction, in the order they are first met."""

    requests: tuple[type[Any], ...]
    responses: tuple[type[Any], ...]


def usage(registry: Registry, *, answers: tuple[type[Any], ...] = ()) -> Usage:
    """Compile the shapes of all messages of a registry; ``answers`` are the face's own response classes.

    Raises:
        TypeError: A message cannot be sent, or two share a name; the text names class and field.
    """
    requests = _distinct(one for operation in registry for one in reachable(operation.request))
    responses = _distinct(one for operation in registry for one in reachable(operation.response))
    responses = _distinct((*responses, *(one for cls in answers for one in reachable(cls))))
    names: dict[str, type[Any]] = {}
    closed = (one.kind for cls in (*requests, *responses) for one in shape(cls).fields if one.closed)
    for cls in (*requests, *responses, *closed):
        if names.setdefault(cls.__name__, cls) is not cls:
            raise TypeError(f"two classes of messages are called {cls.__name__}")
    operations = {operation.name for operation in registry}
    clash = operations & {response_element(name) for name in operations}
    if clash:
        raise TypeError(f"the names of operations and responses clash: {', '.join(sorted(clash))}")
    return Usage(requests=requests, responses=responses)


def _distinct(classes: Any) -> tuple[type[Any], ...]:
    return tuple(dict.fromkeys(classes))
