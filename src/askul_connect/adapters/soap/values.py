"""Messages as zeep takes them: elements by name, every value already in the form it has on the wire."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from askul_connect.adapters._shape import Field, per_class, shape
from askul_connect.adapters.soap.codec import text_form

Values = dict[str, Any]


def values_of(message: object) -> Values:
    """The message's values by element; what is None is left out.

    zeep would write some of them otherwise than XML Schema asks (a Decimal with an exponent), so it gets
    text.
    """
    return _taker(message.__class__)(message)


@per_class
def _taker(cls: type[Any]) -> Callable[[Any], Values]:
    takers = [
        (one.name, one.element, _unless_default(one, _field_taker(one)) if one.added else _field_taker(one))
        for one in shape(cls).declared
    ]

    def take(message: Any) -> Values:
        taken = ((element, take_field(getattr(message, name))) for name, element, take_field in takers)
        return {element: value for element, value in taken if value is not None}

    return take


def _unless_default(field: Field, take: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """What says nothing is left out: yesterday's WSDL has no such element."""
    return lambda value: None if value == field.default else take(value)


def _field_taker(field: Field) -> Callable[[Any], Any]:
    take = _taker(field.kind) if field.nested else text_form(field.kind)
    if field.repeated:
        return lambda values: [take(value) for value in values]
    if field.nullable:
        return lambda value: None if value is None else take(value)
    return take
