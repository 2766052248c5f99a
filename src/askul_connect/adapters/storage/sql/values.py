"""How values stand in a column: text that any SQL tool shows as it is, and that sorts as it means.

Instants are UTC with six digits of the second (``2026-11-22T01:02:03.000000Z``), dates ``2026-11-22``; both
have one width, so that text order is time order. Decimals are plain digits without exponent, trailing zeros
kept, as on the wire. Lists of texts are JSON arrays; allowances and charges and the anticipated totals are JSON as
the JSON API writes them, which both databases can take apart (``json_each``, ``jsonb_array_elements``).
"""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from operator import attrgetter
from typing import Any, TypeVar

from attrs import frozen

from askul_connect.adapters import _json
from askul_connect.core.domain.accounts import AccountKind
from askul_connect.core.domain.allowances import AllowanceCharge, AnticipatedTotals
from askul_connect.core.domain.budget_terms import BudgetTerms
from askul_connect.core.domain.matches import MatchFinding
from askul_connect.core.domain.purchase_changes import WantedUnits
from askul_connect.core.domain.returns import ReturnLine
from askul_connect.core.errors import ValueInvalid
from askul_connect.core.messages.documents import InvoiceAllowance

E = TypeVar("E")

#: An empty list.
NOTHING = "[]"


def write_instant(at: datetime) -> str:
    """An aware instant as text of fixed width."""
    if at.tzinfo is None:
        raise ValueInvalid(f"an instant has a zone: {at!r}")
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def write_decimal(value: Decimal) -> str:
    """A decimal as plain digits."""
    # the same for nearly every value, in a third of the time
    text = str(value)
    return format(value, "f") if "E" in text else text


def write_texts(texts: tuple[str, ...]) -> str:
    """Texts as a JSON array."""
    return json.dumps(texts, ensure_ascii=False)


@lru_cache(maxsize=1024)
def read_texts(text: str) -> tuple[str, ...]:
    """Texts from a JSON array."""
    return tuple(json.loads(text))


def write_entries(
    entries: tuple[AllowanceCharge | InvoiceAllowance | ReturnLine | WantedUnits | MatchFinding, ...],
) -> str:
    """Allowances and charges, the lines of a return or a change, or differences, as a JSON array."""
    return json.dumps([_json.plain(entry) for entry in entries], ensure_ascii=False) if entries else NOTHING


def entries_reader(kind: type[E]) -> Callable[[str], tuple[E, ...]]:
    """Reads a JSON array of that class."""

    def read(text: str) -> tuple[E, ...]:
        if text == NOTHING:
            # nearly all are none, and bulk loads count
            return ()
        return tuple(_json.loads(kind, json.dumps(entry).encode()) for entry in json.loads(text))

    return read


def write_totals(totals: AnticipatedTotals) -> str:
    """Anticipated totals as a JSON object."""
    return _json.dumps(totals).decode()


def read_totals(text: str) -> AnticipatedTotals:
    """Anticipated totals from a JSON object."""
    return _json.loads(AnticipatedTotals, text.encode())


def write_terms(terms: BudgetTerms) -> str:
    """The terms a document is charged under as a JSON object."""
    return _json.dumps(terms).decode()


# there are few, and every purchase order has some
@lru_cache(maxsize=64)
def read_terms(text: str) -> BudgetTerms:
    """The terms a document is charged under from a JSON object."""
    return _json.loads(BudgetTerms, text.encode())


@lru_cache(maxsize=64)
def read_account_kinds(text: str) -> tuple[AccountKind, ...]:
    """Kinds of accounts from a JSON array."""
    return tuple(map(AccountKind, json.loads(text)))


@frozen(kw_only=True)
class Kind:
    """How the values of one Python type are stored.

    Attributes:
        column: ``text``, ``integer`` or ``flag``.
        write, read: To the column and back; None where the value stays as it is.
        part: Attribute of the value that is what the column holds; then there is no need of ``write``.
        default: SQL of what rows have that were there before the column.
    """

    column: str
    write: Callable[[Any], Any] | None = None
    read: Callable[[Any], Any] | None = None
    nullable: bool = False
    part: str = ""
    default: str | None = None


_KINDS: dict[Any, Kind] = {
    str: Kind(column="text"),
    int: Kind(column="integer"),
    bool: Kind(column="flag", read=bool),
    datetime: Kind(column="text", write=write_instant, read=datetime.fromisoformat),
    date: Kind(column="text", write=date.isoformat, read=date.fromisoformat),
    Decimal: Kind(column="text", write=write_decimal, read=Decimal),
    tuple[str, ...]: Kind(column="text", write=write_texts, read=read_texts),
    tuple[AccountKind, ...]: Kind(column="text", write=write_texts, read=read_account_kinds),
    tuple[AllowanceCharge, ...]: Kind(
        column="text", write=write_entries, read=entries_reader(AllowanceCharge), default=f"'{NOTHING}'"
    ),
    tuple[InvoiceAllowance, ...]: Kind(
        column="text", write=write_entries, read=entries_reader(InvoiceAllowance), default=f"'{NOTHING}'"
    ),
    tuple[ReturnLine, ...]: Kind(column="text", write=write_entries, read=entries_reader(ReturnLine)),
    tuple[WantedUnits, ...]: Kind(column="text", write=write_entries, read=entries_reader(WantedUnits)),
    AnticipatedTotals: Kind(column="text", write=write_totals, read=read_totals),
    tuple[MatchFinding, ...]: Kind(
        column="text", write=write_entries, read=entries_reader(MatchFinding), default=f"'{NOTHING}'"
    ),
    BudgetTerms: Kind(column="text", write=write_terms, read=read_terms),
}


class _Members(dict[str, Any]):
    """The members of an enumeration by value: what calling it gives, in a fifth of the time."""

    def __init__(self, kind: type[StrEnum]) -> None:
        super().__init__((member.value, member) for member in kind)
        self._kind = kind

    def __missing__(self, value: str) -> StrEnum:
        return self._kind(value)


def kind_of(annotation: Any) -> Kind:
    """The kind of a field's type.

    Raises:
        TypeError: There is no column for such a type (a mistake in a table's definition, found on import).
    """
    if annotation in _KINDS:
        return _KINDS[annotation]
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return Kind(column="text", part="_value_", read=_Members(annotation).__getitem__)
    if typing.get_origin(annotation) in (types.UnionType, typing.Union):
        (inner,) = (part for part in typing.get_args(annotation) if part is not type(None))
        known = kind_of(inner)
        write = attrgetter(known.part) if known.part else known.write
        return Kind(
            column=known.column, write=_unless_none(write), read=_unless_none(known.read), nullable=True
        )
    raise TypeError(f"no column holds a {annotation!r}")


def _unless_none(convert: Callable[[Any], Any] | None) -> Callable[[Any], Any] | None:
    return convert and (lambda value: None if value is None else convert(value))
