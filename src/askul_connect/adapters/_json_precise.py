"""The precise way between messages and JSON: cattrs, made strict.

Unknown fields, a float where an integer or a Decimal belongs, a boolean as a number and text as a list are
refused, and all findings are reported at once, each with its path.
"""

from __future__ import annotations

import json
import typing
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from heapq import nsmallest
from itertools import islice
from typing import Any, Never, TypeVar

import attrs
from cattrs import Converter
from cattrs.errors import (
    AttributeValidationNote,
    BaseValidationError,
    ForbiddenExtraKeysError,
    IterableValidationError,
    IterableValidationNote,
)
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from askul_connect.adapters import _lexical
from askul_connect.core.domain.findings import MAXIMUM_FINDINGS
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import (
    AskulConnectError,
    DocumentError,
    DocumentTooLarge,
    Problem,
    ValueInvalid,
)
from askul_connect.core.messages.growth import ADDED, IN_EXTENSIONS

T = TypeVar("T")


def write(message: object) -> bytes:
    """A message as UTF-8 JSON.

    Raises:
        ValueInvalid: A value has another type than declared, or holds what no face can carry.
    """
    try:
        return json.dumps(plain(message), ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    except ValueError as error:
        place, reason = next(_misfits(message, "$"), ("$", str(error)))
        raise ValueInvalid(reason, where=place) from None


def plain(value: object) -> Any:
    """One value of a message as it is in JSON."""
    return _converter(strict=True).unstructure(value)


def read(cls: type[T], data: bytes, *, strict: bool) -> T:
    """The message in a JSON document.

    Raises:
        DocumentTooLarge: It is nested too deep.
        DocumentError: It is no JSON, or names a field twice.
        ValueInvalid: The findings, the first hundred of them each with its path, are in the problems.
    """
    try:
        parsed = json.loads(data.decode(), parse_constant=_no_constant, object_pairs_hook=_object)
    except RecursionError:
        raise DocumentTooLarge("the JSON is nested too deep") from None
    except json.JSONDecodeError as error:
        raise DocumentError(f"not JSON: {error.msg}", where=f"line {error.lineno}") from None
    except ValueError as error:
        raise DocumentError(f"not JSON that is taken here: {error}") from None
    try:
        return _converter(strict=strict).structure(parsed, cls)
    except (BaseValidationError, ValueError) as error:
        raise _refusal(tuple(islice(_problems(error, "$"), MAXIMUM_FINDINGS))) from None


def _refusal(problems: tuple[Problem, ...]) -> ValueInvalid:
    if len(problems) == 1:
        return ValueInvalid(problems[0].detail, where=problems[0].where)
    shown = "; ".join(f"{one.where}: {one.detail}" for one in problems[:3])
    more = f"; and {len(problems) - 3} more" if len(problems) > 3 else ""  # noqa: PLR2004 -- what fits a line
    return ValueInvalid(shown + more, problems=problems)


@cache
def _converter(*, strict: bool) -> Converter:
    converter = Converter(forbid_extra_keys=strict)
    converter.register_structure_hook_factory(attrs.has, _message_reader)
    converter.register_structure_hook_factory(_is_repeated, _list_reader)
    for kind, write, read in _SCALARS:
        converter.register_unstructure_hook(kind, write)
        converter.register_structure_hook(kind, _reader(read))
    converter.register_unstructure_hook(StrEnum, _write_member)
    converter.register_unstructure_hook_factory(_has_grown, lambda cls: _request_writer(cls, converter))
    converter.register_structure_hook(StrEnum, _read_member)
    return converter


def _has_grown(cls: Any) -> bool:
    return attrs.has(cls) and any(map(_new_in_request, attrs.fields(cls)))


def _new_in_request(field: attrs.Attribute[Any]) -> bool:
    return ADDED in field.metadata and IN_EXTENSIONS not in field.metadata


def _request_writer(cls: Any, converter: Converter) -> Callable[[Any], Any]:
    """Leaves out what says nothing: yesterday's supplier refuses a field that it does not know."""
    overrides = {
        one.name: override(omit_if_default=True) for one in attrs.fields(cls) if _new_in_request(one)
    }
    return make_dict_unstructure_fn(cls, converter, **overrides)  # type: ignore[arg-type]  # by field name


def _message_reader(cls: Any, converter: Converter) -> Callable[[Any, Any], Any]:
    structure = make_dict_structure_fn(
        cls,
        converter,
        _cattrs_forbid_extra_keys=converter.forbid_extra_keys,
    )

    def read(value: Any, _: Any) -> Any:
        if value.__class__ is not dict:
            raise ValueError("an object is expected")
        return structure(value, cls)

    return read


def _is_repeated(kind: Any) -> bool:
    return typing.get_origin(kind) is tuple


def _list_reader(kind: Any, converter: Converter) -> Callable[[Any, Any], Any]:
    item: Any = typing.get_args(kind)[0]
    structure = converter.get_structure_hook(item)

    def read(value: Any, _: Any) -> Any:
        if value.__class__ is not list:
            raise ValueError("a list is expected")
        found: list[Any] = []
        refused: list[Exception] = []
        for index, one in enumerate(value):
            try:
                found.append(structure(one, item))
            except (BaseValidationError, AskulConnectError, ValueError) as error:
                error.add_note(IterableValidationNote("", index, item))
                refused.append(error)
                # cattrs' own reader would keep an exception for each of a million wrong entries
                if len(refused) == MAXIMUM_FINDINGS:
                    break
        if refused:
            raise IterableValidationError("", refused, kind)
        return tuple(found)

    return read


def _reader(read: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda value, _kind: read(value)


def _text(value: Any) -> str:
    if value.__class__ is not str:
        raise ValueError("text is expected")
    return _lexical.checked_text(value)


def _bool(value: Any) -> bool:
    _lexical.write_bool(value)
    return bool(value)


def _write_secret(value: Any) -> str:
    if value.__class__ is not Secret:
        raise ValueError("a secret is expected")
    return _text(value.reveal())


def _read_secret(value: Any) -> Secret:
    return Secret(_text(value))


def _from_text(read: Callable[[str], Any]) -> Callable[[Any], Any]:
    return lambda value: read(_text(value))


def _write_member(value: StrEnum) -> str:
    if not isinstance(value, StrEnum):
        raise ValueError(  # noqa: TRY004 -- a wrong value of a document, reported with its place
            "a value of the list is expected"
        )
    return str(value.value)


@cache
def _members(kind: type[StrEnum]) -> dict[str, StrEnum]:
    return {member.value: member for member in kind}


def _read_member(value: Any, kind: type[StrEnum]) -> StrEnum:
    members = _members(kind)
    found = members.get(_text(value))
    if found is None:
        raise ValueError(f"{value[:40]!r} is none of {', '.join(members)}")
    return found


_Scalar = tuple[type[Any], Callable[[Any], Any], Callable[[Any], Any]]
_SCALARS: tuple[_Scalar, ...] = (
    (str, _text, _text),
    (int, _lexical.checked_int, _lexical.checked_int),
    (bool, _bool, _bool),
    (Decimal, _lexical.write_decimal, _from_text(_lexical.read_decimal)),
    (date, _lexical.write_date, _from_text(_lexical.read_date)),
    (datetime, _lexical.write_datetime, _from_text(_lexical.read_datetime)),
    (Secret, _write_secret, _read_secret),
)


def _no_constant(name: str) -> Never:
    raise ValueError(f"{name} is no number")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a field stands twice in one object")
    return found


def _problems(error: BaseException, place: str) -> Iterator[Problem]:
    """Every finding of cattrs' tree of exceptions with its path."""
    if not isinstance(error, BaseValidationError):
        yield Problem(code=ValueInvalid.code, detail=_reason(error), where=place)
        return
    for one in error.exceptions:
        if isinstance(one, ForbiddenExtraKeysError):
            for name in nsmallest(MAXIMUM_FINDINGS, one.extra_fields):
                yield Problem(
                    code=ValueInvalid.code, detail="there is no such field", where=f"{place}.{name[:80]}"
                )
        else:
            step = next((_step(note) for note in getattr(one, "__notes__", ())), "")
            yield from _problems(one, place + step)


def _step(note: Any) -> str:
    if isinstance(note, IterableValidationNote):
        return f"[{note.index}]"
    return f".{note.name}" if isinstance(note, AttributeValidationNote) else ""


def _reason(error: BaseException) -> str:
    if isinstance(error, AskulConnectError):
        return error.detail
    return "the field is missing" if isinstance(error, KeyError) else str(error)


def _misfits(value: Any, place: str) -> Iterator[tuple[str, str]]:
    """Where a value that could not be written is, and why; called for the one message that has one."""
    if attrs.has(value.__class__):
        hints = typing.get_type_hints(value.__class__)
        for one in attrs.fields(value.__class__):
            inner = getattr(value, one.name)
            yield from _misfits_of(hints[one.name], inner, f"{place}.{one.name}")


def _misfits_of(kind: Any, value: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, tuple):
        item = (typing.get_args(kind) or (Any,))[0]
        for index, one in enumerate(value):
            yield from _misfits_of(item, one, f"{place}[{index}]")
    elif attrs.has(value.__class__):
        yield from _misfits(value, place)
    else:
        try:
            _converter(strict=True).unstructure(value, unstructure_as=kind)
        except ValueError as error:
            yield place, str(error)
