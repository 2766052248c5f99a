"""The CSV file of changes to many users (ACC-6): what its rows say, and what is wrong with them."""

from __future__ import annotations

import csv
import io
from enum import StrEnum
from typing import TypeVar

from attrs import field, frozen

from askul_connect.core.domain.accounts import Role
from askul_connect.core.domain.identifiers import email_key
from askul_connect.core.errors import AskulConnectError, Problem, ValueInvalid

K = TypeVar("K", bound=StrEnum)

COLUMNS = ("action", "email", "name", "role", "departments", "order_limit")
_NEEDED = ("action", "email")
MAXIMUM_ROWS = 5_000
MAXIMUM_LENGTH = 1_000_000
#: Takes away what an empty cell would leave.
NONE = "-"


class RowAction(StrEnum):
    """What a row does with the user of its address."""

    ADD = "add"
    CHANGE = "change"
    REMOVE = "remove"


@frozen(kw_only=True)
class UserRow:
    """One row; None where its cell is empty.

    Attributes:
        number: Its line of the file, the header is line 1.
        order_limit: Minor units with tax.
        without_limit: The limit is to be taken away.
    """

    number: int
    action: RowAction
    email: str
    name: str | None
    role: Role | None
    departments: tuple[str, ...] | None
    order_limit: int | None
    without_limit: bool


@frozen(kw_only=True)
class UserFile:
    """A file that was read.

    Attributes:
        problems: Every finding with its row and column; the rows are good for nothing when there is one.
    """

    rows: tuple[UserRow, ...]
    problems: tuple[Problem, ...] = field(default=())


def row_problem(
    number: int, column: str, detail: str, kind: type[AskulConnectError] = ValueInvalid
) -> Problem:
    """A finding at a row and column."""
    return Problem(
        code=kind.code, detail=detail, where=f"row {number}, column {column}", remedy=kind.remedy.en
    )


def read_user_csv(text: str) -> UserFile:
    """Read a file; nothing is looked up.

    Args:
        text: Comma-separated, the first row names the columns; departments of a cell are separated by spaces. An empty
            cell leaves what is there, ``-`` takes departments or limit away.
    """
    if len(text) > MAXIMUM_LENGTH:
        return _refused(f"a file has at most {MAXIMUM_LENGTH} characters")
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        lines = [(reader.line_num, [cell.strip() for cell in line]) for line in reader]
    except csv.Error as error:
        return _refused(f"it is no CSV: {error}", reader.line_num)
    lines = [(number, line) for number, line in lines if any(line)]
    if not lines:
        return _refused("the file is empty")
    header = lines[0][1]
    strange = [name for name in header if name not in COLUMNS]
    missing = [name for name in _NEEDED if name not in header]
    if strange or missing or len(set(header)) != len(header):
        return _refused(
            f"the columns are {', '.join(COLUMNS)}, each at most once; action and email are needed,"
            f" not {', '.join(header)}"
        )
    if not 1 <= len(lines) - 1 <= MAXIMUM_ROWS:
        return _refused(f"a file has 1 to {MAXIMUM_ROWS} rows of changes, not {len(lines) - 1}")
    rows: list[UserRow] = []
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for number, line in lines[1:]:
        if len(line) != len(header):
            problems.append(
                row_problem(number, "action", f"the row has {len(line)} cells, the header {len(header)}")
            )
            continue
        row, found = _read_row(number, dict(zip(header, line, strict=True)))
        problems += found
        if row is None:
            continue
        first = seen.setdefault(email_key(row.email), number)
        if first != number:
            problems.append(row_problem(number, "email", f"row {first} is about this address already"))
        rows.append(row)
    return UserFile(rows=tuple(rows), problems=tuple(problems))


def _refused(detail: str, number: int = 1) -> UserFile:
    return UserFile(rows=(), problems=(row_problem(number, "action", detail),))


def _read_row(number: int, cells: dict[str, str]) -> tuple[UserRow | None, list[Problem]]:
    problems = []
    action = _one_of(RowAction, cells["action"].lower())
    if action is None:
        problems.append(
            row_problem(number, "action", f"{cells['action']!r} is not one of {', '.join(RowAction)}")
        )
    try:
        email_key(cells["email"])
    except ValueInvalid as error:
        problems.append(row_problem(number, "email", error.detail))
    role = _one_of(Role, cells.get("role", "").lower())
    if cells.get("role") and role in (None, Role.SUPPLIER):
        named = ", ".join(one for one in Role if one is not Role.SUPPLIER)
        problems.append(row_problem(number, "role", f"{cells['role']!r} is not one of {named}"))
    limit = cells.get("order_limit", "")
    if limit not in ("", NONE) and not (limit.isascii() and limit.isdigit() and len(limit) <= 15):  # noqa: PLR2004 -- below 2**63
        problems.append(
            row_problem(number, "order_limit", f"{limit!r} is no amount in minor units; '-' is none")
        )
    if action is RowAction.ADD:
        problems += [
            row_problem(number, column, "a new user needs one")
            for column in ("name", "role")
            if not cells.get(column)
        ]
    if problems or action is None:
        return None, problems
    departments = cells.get("departments", "")
    row = UserRow(
        number=number,
        action=action,
        email=cells["email"],
        name=cells.get("name") or None,
        role=role,
        departments=(() if departments == NONE else tuple(departments.split())) if departments else None,
        order_limit=int(limit) if limit not in ("", NONE) else None,
        without_limit=limit == NONE,
    )
    return row, []


def _one_of(kind: type[K], text: str) -> K | None:
    return next((one for one in kind if one.value == text), None)
