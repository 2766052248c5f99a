"""Entities and rows: one column for each field, nested values flattened, both ways by one pure mapping.

The way out is an ``attrgetter`` over all fields and a conversion of only those that need one, which costs
as much as a hand-written tuple; bulk loads depend on it.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Any, Generic, TypeVar

import attrs
from attrs import frozen

from askul_connect.adapters.storage.sql.values import Kind, kind_of
from askul_connect.core.messages.growth import ADDED

E = TypeVar("E")


@frozen(kw_only=True)
class Field:
    """One stored field: its column, its path from the entity and its kind."""

    column: str
    path: str
    kind: Kind


class Rows(Generic[E]):
    """How the entities of one class stand in a row.

    Args:
        entity: An attrs class.
        without: Fields that are stored elsewhere (the lines of an order); given again to :meth:`entity`.
        prefixes: Column prefix of a nested field where it is not its name and an underscore.
    """

    def __init__(
        self, entity: type[E], *, without: Sequence[str] = (), prefixes: Mapping[str, str] | None = None
    ) -> None:
        self._class = entity
        self._fields: list[Field] = []
        self._nested: list[tuple[str, Callable[..., Any], list[str], int]] = []
        self._own: list[tuple[str, int]] = []
        hints = typing.get_type_hints(entity)
        for field in attrs.fields(entity):  # type: ignore[arg-type]  # every entity is an attrs class
            if field.name in without:
                continue
            inner = hints[field.name]
            if not attrs.has(inner):
                self._own.append((field.name, len(self._fields)))
                kind = _with_default(kind_of(inner), field)
                self._fields.append(Field(column=field.name, path=field.name, kind=kind))
                continue
            start = len(self._fields)
            prefix = (prefixes or {}).get(field.name, field.name + "_")
            inner_hints = typing.get_type_hints(inner)
            names = [part.name for part in attrs.fields(inner)]
            self._fields += [
                Field(column=prefix + name, path=f"{field.name}.{name}", kind=kind_of(inner_hints[name]))
                for name in names
            ]
            self._nested.append((field.name, inner, names, start))
        self._get = attrgetter(*(f"{f.path}.{f.kind.part}" if f.kind.part else f.path for f in self._fields))
        self._names = [field.path for field in self._fields]
        self._writes = [(i, f.kind.write) for i, f in enumerate(self._fields) if f.kind.write]
        self._reads = [(i, f.kind.read) for i, f in enumerate(self._fields) if f.kind.read]

    @property
    def fields(self) -> Sequence[Field]:
        """The stored fields in the order of their columns."""
        return self._fields

    def row(self, entity: E) -> list[Any]:
        """The values of an entity in the order of its columns."""
        values = list(self._get(entity))
        for index, write in self._writes:
            values[index] = write(values[index])
        return values

    def named(self, entity: E) -> dict[str, Any]:
        """The values of an entity by column."""
        return {field.column: value for field, value in zip(self._fields, self.row(entity), strict=True)}

    def entity(self, row: Sequence[Any], **elsewhere: Any) -> E:
        """The entity of a row that begins with its columns, with the fields that are stored elsewhere."""
        values = list(row)
        for index, read in self._reads:
            values[index] = read(values[index])
        if not self._nested:
            return self._class(**dict(zip(self._names, values, strict=False)), **elsewhere)
        for name, index in self._own:
            elsewhere[name] = values[index]
        for name, make, parts, start in self._nested:
            elsewhere[name] = make(**dict(zip(parts, values[start : start + len(parts)], strict=True)))
        return self._class(**elsewhere)


def _with_default(kind: Kind, field: attrs.Attribute[Any]) -> Kind:
    """The kind of a field that its message got later: rows that were there before hold its default."""
    if ADDED not in field.metadata or kind.nullable or kind.default is not None:
        return kind
    if not isinstance(field.default, str):
        raise TypeError(f"no column has the default of {field.name}")
    return attrs.evolve(kind, default=f"'{field.default}'")
