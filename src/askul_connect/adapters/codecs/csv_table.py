"""Strict reading of a CSV table: UTF-8, a header that names exactly the known columns, limits, places."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from attrs import frozen

from askul_connect.adapters.codecs.values import clean_text
from askul_connect.core.domain.findings import Findings
from askul_connect.core.errors import (
    AskulConnectError,
    ConfigurationError,
    DocumentError,
    DocumentTooLarge,
    ValueInvalid,
)

#: A table above this size is no table of orders, receipts, budgets or mappings.
MAXIMUM_BYTES = 10_000_000
#: Nor is one of orders or receipts with more lines than this, the header and blank ones counted. Reading so many, all
#: of them wrong, is to stay below a second.
MAXIMUM_LINES = 15_000
#: Tables of the configuration are larger and have few columns.
MAXIMUM_CONFIGURATION_LINES = 30_000
#: Commas for each line that may be there: no table has half as many columns.
_MAXIMUM_COMMAS = 24

Value = TypeVar("Value")


@frozen
class RowPlaces(Mapping[str, str]):
    """Where each cell of a row stands, made when somebody asks: a file has many cells and few findings.

    Attributes:
        number: The row.
        columns: The columns of the table.
    """

    number: int
    columns: tuple[str, ...]

    def __getitem__(self, column: str) -> str:
        if column not in self.columns:
            raise KeyError(column)
        return f"row {self.number}, column {column}"

    def __iter__(self) -> Iterator[str]:
        return iter(self.columns)

    def __len__(self) -> int:
        return len(self.columns)


@frozen(kw_only=True)
class Row:
    """One row of the table.

    Attributes:
        number: As a spreadsheet counts: the header is row 1.
        cells: Text by column, as it stands in the file; columns the row is too short for are missing.
        width_problem: What is wrong with the number of cells, empty when nothing is.
    """

    number: int
    cells: Mapping[str, str]
    width_problem: str = ""

    def place(self, column: str) -> str:
        """Where a cell stands, for a person."""
        return f"row {self.number}, column {column}"


class Cells:
    """Takes values out of one row and notes what is wrong with them.

    Args:
        row: The row.
        findings: Where findings go.
        report_as: The class of every finding, when it is not that of the rule that was broken.
        brief: Look at nothing more once there is a finding.

    Attributes:
        line_id: The document line that the row is, once the reader of the row knows it.
    """

    def __init__(
        self,
        row: Row,
        findings: Findings,
        *,
        report_as: type[AskulConnectError] | None = None,
        brief: bool = False,
    ) -> None:
        self.row = row
        self.line_id = ""
        self._findings = findings
        self._report_as = report_as
        self._brief = brief
        if row.width_problem:
            findings.add(report_as or DocumentError, row.width_problem, where=f"row {row.number}")

    def text(self, column: str, *, required: bool = False) -> str:
        """The cell without surrounding space; empty, and noted, when it is not acceptable."""
        if self._brief and self._findings:
            return ""
        try:
            text = clean_text(self.row.cells.get(column, ""))
        except ValueInvalid as error:
            self.note(type(error), error.detail, column)
            return ""
        if required and not text:
            self.note(ValueInvalid, f"{column} is empty", column)
        return text

    def value(
        self, column: str, convert: Callable[[str], Value], *, default: Value, required: bool = True
    ) -> Value:
        """The cell's value, or the default when it is empty or, which is noted, not acceptable."""
        text = self.text(column, required=required)
        if not text:
            return default
        try:
            return convert(text)
        except AskulConnectError as error:
            self.note(type(error), error.detail, column)
            return default

    def note(self, error: type[AskulConnectError], detail: str, column: str) -> None:
        """Note a finding about a cell."""
        self._findings.add(
            self._report_as or error, detail, where=self.row.place(column), line_id=self.line_id
        )


def read_table(
    data: bytes,
    *,
    name: str,
    columns: tuple[str, ...],
    optional: tuple[str, ...] = (),
    maximum_lines: int = MAXIMUM_LINES,
) -> tuple[Row, ...]:
    """All rows below the header; rows that are blank are left out.

    Args:
        data: The file. A byte order mark is allowed.
        name: The file's name, for errors.
        columns: What the header must name, in any order.
        optional: What it may name besides, and nothing else.
        maximum_lines: Lines that may be there.

    Raises:
        DocumentTooLarge: The file is above :data:`MAXIMUM_BYTES`, or has more lines or commas than may be there.
        DocumentError: It is not UTF-8, no CSV, or has another header.
    """
    _check_size(data, name, maximum_lines)
    records = _records(_decode(data, name), name)
    header = [cell.strip() for cell in next(records, (0, []))[1]]
    _check_header(header, name, columns, optional)
    rows = []
    for number, cells in records:
        if any(cell.strip() for cell in cells):
            width_problem = ""
            if len(cells) != len(header):
                width_problem = f"the row has {len(cells)} cells and the header {len(header)}"
            rows.append(
                Row(
                    number=number,
                    cells=dict(zip(header, cells, strict=False)),
                    width_problem=width_problem,
                )
            )
    return tuple(rows)


def configuration_table(data: bytes, *, name: str, columns: tuple[str, ...]) -> tuple[Row, ...]:
    """The rows of a table that the integrator owns: a mistake in it is one in the configuration.

    Args:
        data: The file, UTF-8.
        name: The file's name, for errors.
        columns: What its header must name.

    Raises:
        ConfigurationError: The file cannot be read as this table.
    """
    try:
        return read_table(data, name=name, columns=columns, maximum_lines=MAXIMUM_CONFIGURATION_LINES)
    except DocumentError as error:
        findings = Findings(name)
        for problem in error.problems:
            findings.add(ConfigurationError, problem.detail, where=problem.where)
        raise findings.error() from None


def _check_size(data: bytes, name: str, maximum_lines: int) -> None:
    """Refuse by counting bytes, which costs next to nothing; every row and cell ends with what is counted."""
    if len(data) > MAXIMUM_BYTES:
        raise DocumentTooLarge(f"the file has {len(data)} bytes; at most {MAXIMUM_BYTES}", where=name)
    lines = data.count(b"\n") + data.count(b"\r") - data.count(b"\r\n") + (data[-1:] not in b"\r\n")
    if lines > maximum_lines:
        raise DocumentTooLarge(f"the file has {lines} lines; at most {maximum_lines}", where=name)
    commas = data.count(b",")
    if commas > maximum_lines * _MAXIMUM_COMMAS:
        detail = f"the file has {commas} commas; at most {maximum_lines * _MAXIMUM_COMMAS}"
        raise DocumentTooLarge(detail, where=name)


def _decode(data: bytes, name: str) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise DocumentError("the file looks like UTF-16; save it as UTF-8", where=name)
    if (nul := data.find(b"\0")) >= 0:
        line = data.count(b"\n", 0, nul) + 1
        raise DocumentError(f"line {line} holds a NUL byte; the file is no text", where=name)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        hint = (
            "; it looks like CP932/Shift_JIS, save it as UTF-8" if _is_cp932(data) else "; save it as UTF-8"
        )
        raise DocumentError(f"line {line} is not UTF-8{hint}", where=name) from None


def _is_cp932(data: bytes) -> bool:
    try:
        data.decode("cp932")
    except UnicodeDecodeError:
        return False
    return True


def _records(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    number = 0
    while True:
        number += 1
        try:
            yield number, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise DocumentError(
                f"row {number} (line {reader.line_num}) is no CSV: {error}", where=name
            ) from None


def _check_header(header: list[str], name: str, columns: tuple[str, ...], optional: tuple[str, ...]) -> None:
    expected = ",".join(columns) + (f" and, where wanted, {','.join(optional)}" if optional else "")
    findings = Findings(name)
    for column in columns:
        if column not in header:
            findings.add(
                DocumentError, f"the column {column} is missing; the header is {expected}", where="row 1"
            )
    for position, column in enumerate(header):
        if findings.full:
            break
        shown = column[:40]
        if column not in columns and column not in optional:
            findings.add(
                DocumentError, f"the column {shown!r} is unknown; the header is {expected}", where="row 1"
            )
        elif column in header[:position]:
            findings.add(DocumentError, f"the column {shown} occurs twice", where="row 1")
    if findings:
        raise findings.error()
