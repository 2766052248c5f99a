"""JSON Schemas (2020-12) of the messages, made from their attrs classes, for the OpenAPI document.

Requests are closed, as the converter reads them: no other field, no other value of a list. Responses are open, so
that a later version can add to them; a field that is there today is always there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import attrs

from askul_connect.adapters import _json
from askul_connect.adapters._lexical import LONG
from askul_connect.adapters._shape import Field, check_bounded, shape
from askul_connect.core.domain.secrets import Secret

Schema = dict[str, Any]

#: What XML 1.0 cannot carry, no face carries.
_CARRIED = "^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\ufffe\\uffff]*$"
_SCALARS: Mapping[type[Any], Schema] = {
    str: {"type": "string", "pattern": _CARRIED},
    int: {"type": "integer", "format": "int64", "minimum": LONG[0], "maximum": LONG[1]},
    bool: {"type": "boolean"},
    Decimal: {
        "type": "string",
        "format": "decimal",
        "pattern": r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)$",
        "maxLength": 40,
    },
    date: {"type": "string", "format": "date"},
    datetime: {"type": "string", "format": "date-time"},
    Secret: {"type": "string", "format": "password", "pattern": _CARRIED},
}


class Schemas:
    """The schemas of all messages.

    Args:
        requests: Classes that are sent to the supplier.
        responses: Classes that it answers with.

    Raises:
        TypeError: A message cannot be sent, or two share a name; the text names class and field.
    """

    def __init__(self, requests: Iterable[type[Any]], responses: Iterable[type[Any]]) -> None:
        self._requests = dict.fromkeys(one for cls in requests for one in _outermost_first(cls))
        self._responses = dict.fromkeys(one for cls in responses for one in _outermost_first(cls))
        names: dict[str, type[Any]] = {}
        for cls in (*self._requests, *self._responses):
            if names.setdefault(cls.__name__, cls) is not cls:
                raise TypeError(f"two classes of messages are called {cls.__name__}")

    def reference(self, cls: type[Any], *, request: bool) -> Schema:
        """Where the schema of a message is."""
        return {"$ref": f"#/components/schemas/{self._name(cls, request=request)}"}

    def components(self) -> dict[str, Schema]:
        """Every schema by its name, in the order they are first met."""
        named = {self._name(cls, request=True): self._object(cls, request=True) for cls in self._requests}
        for cls in self._responses:
            named[self._name(cls, request=False)] = self._object(cls, request=False)
        return named

    def _name(self, cls: type[Any], *, request: bool) -> str:
        """A class that travels both ways has two schemas: only the one of requests is closed."""
        return f"{cls.__name__}Input" if request and cls in self._responses else cls.__name__

    def _object(self, cls: type[Any], *, request: bool) -> Schema:
        properties, required = {}, []
        for one in shape(cls).fields:
            schema = self._of(one, request=request)
            if one.default is attrs.NOTHING or not request:
                required.append(one.name)
            else:
                schema = {**schema, "default": _default(cls, one)}
            properties[one.name] = schema
        made: Schema = {"type": "object", "properties": properties}
        if required:
            made["required"] = required
        if request:
            made["additionalProperties"] = False
        return made

    def _of(self, field: Field, *, request: bool) -> Schema:
        made = self._one(field, request=request)
        if field.repeated:
            return {"type": "array", "items": made}
        if not field.nullable:
            return made
        if field.nested:
            return {"anyOf": [made, {"type": "null"}]}
        made["type"] = [made["type"], "null"]
        if "enum" in made:
            made["enum"] = [*made["enum"], None]
        return made

    def _one(self, field: Field, *, request: bool) -> Schema:
        if field.nested:
            return self.reference(field.kind, request=request)
        return _member_of(field.kind, request=request) if field.closed else dict(_SCALARS[field.kind])


def _outermost_first(cls: type[Any]) -> Iterator[type[Any]]:
    """The message classes within a class, itself first."""
    check_bounded(cls)
    yield cls
    for one in shape(cls).fields:
        if one.nested:
            yield from _outermost_first(one.kind)


def _member_of(kind: type[StrEnum], *, request: bool) -> Schema:
    values = [str(member.value) for member in kind]
    if request:
        return {"type": "string", "enum": values}
    return {"type": "string", "description": f"Today one of {', '.join(values)}; more may come."}


def _default(cls: type[Any], field: Field) -> Any:
    if isinstance(field.default, attrs.Factory):  # type: ignore[arg-type]  # attrs types Factory as a function
        raise TypeError(f"{cls.__qualname__}.{field.name}: a default that is made anew cannot be described")
    return _json.plain(field.default)
