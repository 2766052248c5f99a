"""A catalog of any size as CSV, read row by row: items with list prices, and contract prices (CAT-3)."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, TypeVar

from attrs import frozen

from askul_connect.adapters.codecs.csv_table import Cells, Row
from askul_connect.adapters.codecs.values import clean_text, iso_date, plain_decimal
from askul_connect.core.domain.accounts import AccountKind
from askul_connect.core.domain.catalog import Fulfilment
from askul_connect.core.domain.findings import Findings
from askul_connect.core.domain.tax import TaxCategory
from askul_connect.core.errors import DocumentError, Problem, ValueInvalid
from askul_connect.core.messages.catalog_import import CatalogRow

E = TypeVar("E", AccountKind, Fulfilment, TaxCategory)

#: Between the levels of a category, and between the entries of the other lists.
STEP, BETWEEN = ">", " "
_CHUNK = 1 << 20
_MAXIMUM_DIGITS = 18
_FLAGS = {"yes": True, "no": False, "true": True, "false": False, "1": True, "0": False}

Reader = Callable[[str], object]


def _number(text: str) -> int:
    bare = text.removeprefix("-")
    if not (bare.isascii() and bare.isdigit()) or len(bare) > _MAXIMUM_DIGITS:
        raise ValueInvalid(f"a whole number in ASCII digits is expected, not {text!r}")
    return int(text)


def _flag(text: str) -> bool:
    if text.lower() not in _FLAGS:
        raise ValueInvalid(f"yes or no is expected, not {text!r}")
    return _FLAGS[text.lower()]


def _path(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(STEP))


def _entries(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _one_of(kind: type[E]) -> Callable[[str], E]:
    def read(text: str) -> E:
        try:
            return kind(text)
        except ValueError:
            raise ValueInvalid(f"one of {', '.join(kind)} is expected, not {text!r}") from None

    return read


def _kinds(text: str) -> tuple[AccountKind, ...]:
    return tuple(map(_one_of(AccountKind), text.split()))


#: Every column and how its cells are read; an empty cell says what a missing column says.
COLUMNS: dict[str, Reader] = {
    "sku": str,
    "name": str,
    "unit": str,
    "unit_price": plain_decimal,
    "tax_category": _one_of(TaxCategory),
    "jan": str,
    "name_en": str,
    "maker": str,
    "category": _path,
    "unspsc": str,
    "content_quantity": _number,
    "fulfilment": _one_of(Fulfilment),
    "minimum": _number,
    "multiple": _number,
    "maximum": _number,
    "lead_days": _number,
    "discontinued": _flag,
    "kinds": _kinds,
    "regions": _entries,
    "catalog_issue": str,
    "catalog_page": _number,
    "family": str,
    "recommended": _flag,
    "substitutes": _entries,
    "large": _flag,
    "on_hand": _number,
    "price_from": iso_date,
    "price_to": iso_date,
    "customer": str,
}
REQUIRED = ("sku", "unit_price")


@frozen(kw_only=True)
class _Line(Row):
    """A row that is known by the line of the file that it begins at."""

    def place(self, column: str) -> str:
        """Where a cell stands, for a person."""
        return f"line {self.number}, column {column}"


@frozen(kw_only=True)
class ReadRow:
    """One row of the file.

    Attributes:
        line: Where it begins.
        row: None when something is wrong with it.
        problems: What is.
    """

    line: int
    row: CatalogRow | None
    problems: tuple[Problem, ...] = ()


@frozen(kw_only=True)
class CatalogFile:
    """A file that was looked through once.

    Attributes:
        encoding: ``utf-8-sig`` or ``cp932``.
        lines: Lines that it has, blank ones and the header among them.
    """

    encoding: str
    lines: int


def look_through(file: BinaryIO, *, name: str) -> CatalogFile:
    """Find out the encoding, reading the file once from its beginning; of any size, in constant memory.

    Args:
        file: The file.
        name: Its name, for errors.

    Raises:
        DocumentError: It is neither UTF-8 nor CP932, or no text.
    """
    looking = _Looking(name)
    while chunk := file.read(_CHUNK):
        looking.at(chunk)
    return looking.found()


class _Looking:
    """Tries both encodings on a file, chunk by chunk.

    A text that is UTF-8 up to some line, and says something in it beyond ASCII, is UTF-8 with a mistake: read as CP932
    it would be taken, and mean nothing.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._lines = 0
        self._last = b"\n"
        self._beyond_ascii = False
        self._wrong_line = 0
        self._utf8 = codecs.getincrementaldecoder("utf-8")()
        self._cp932: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("cp932")()

    def at(self, chunk: bytes, *, end: bool = False) -> None:
        """Look at the next chunk."""
        if (nul := chunk.find(b"\0")) >= 0:
            line = self._lines + chunk.count(b"\n", 0, nul) + 1
            raise DocumentError(f"line {line} holds a NUL byte; the file is no text", where=self._name)
        if not self._wrong_line:
            try:
                self._beyond_ascii |= not self._utf8.decode(chunk, end).isascii()
            except UnicodeDecodeError as error:
                before = error.object[: error.start]
                self._wrong_line = self._lines + before.count(b"\n") + 1
                self._beyond_ascii |= not before.isascii()
        if self._cp932 is not None:
            try:
                self._cp932.decode(chunk, end)
            except UnicodeDecodeError:
                self._cp932 = None
        if self._wrong_line and (self._cp932 is None or self._beyond_ascii):
            kind = "not UTF-8, as what is above it" if self._beyond_ascii else "neither UTF-8 nor CP932"
            raise DocumentError(
                f"line {self._wrong_line} is {kind}; save the file as UTF-8", where=self._name
            )
        self._lines += chunk.count(b"\n")
        self._last = chunk[-1:] or self._last

    def found(self) -> CatalogFile:
        """What the whole file is."""
        self.at(b"", end=True)
        encoding = "cp932" if self._wrong_line else "utf-8-sig"
        return CatalogFile(encoding=encoding, lines=self._lines + (self._last != b"\n"))


def read_rows(file: BinaryIO, known: CatalogFile, *, name: str) -> Iterator[ReadRow]:
    """The rows, one after the other; blank ones are left out.

    Args:
        file: The file, at its beginning.
        known: What looking through it gave.
        name: Its name, for errors.

    Raises:
        DocumentError: (when read) The header does not name the columns, or from some line on it is no CSV.
    """
    text = io.TextIOWrapper(file, encoding=known.encoding, newline="")
    try:
        records = _records(text, name)
        header = [cell.strip() for cell in next(records, (0, []))[1]]
        _check_header(header, name)
        for line, cells in records:
            if any(cell.strip() for cell in cells):
                yield _read(line, header, cells)
    finally:
        text.detach()


def _records(text: Iterable[str], name: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(text, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, UnicodeDecodeError) as error:
            raise DocumentError(f"line {line} is no CSV: {error}", where=name) from None
        yield line, cells


def _check_header(header: list[str], name: str) -> None:
    findings = Findings(name)
    for column in REQUIRED:
        if column not in header:
            findings.add(DocumentError, f"the column {column} is missing", where="line 1")
    for position, column in enumerate(header):
        if findings.full:
            break
        if column not in COLUMNS:
            known = ", ".join(COLUMNS)
            findings.add(
                DocumentError, f"the column {column[:40]!r} is unknown; known are {known}", where="line 1"
            )
        elif column in header[:position]:
            findings.add(DocumentError, f"the column {column} occurs twice", where="line 1")
    if findings:
        raise findings.error()


def _read(line: int, header: list[str], cells: list[str]) -> ReadRow:
    if len(cells) == len(header):
        try:
            # the way of nearly every row: nothing is made that only a finding needs
            given = {
                column: text for column, cell in zip(header, cells, strict=True) if (text := clean_text(cell))
            }
            return ReadRow(
                line=line,
                row=CatalogRow(**{column: COLUMNS[column](text) for column, text in given.items()}),  # type: ignore[arg-type]  # each reader gives its field's type
            )
        except (ValueInvalid, TypeError):
            pass
    return ReadRow(line=line, row=None, problems=_problems(line, header, cells))


def _problems(line: int, header: list[str], cells: list[str]) -> tuple[Problem, ...]:
    findings = Findings()
    width = (
        "" if len(cells) == len(header) else f"the row has {len(cells)} cells and the header {len(header)}"
    )
    row = Cells(
        _Line(number=line, cells=dict(zip(header, cells, strict=False)), width_problem=width), findings
    )
    if not width:
        for column in header:
            row.value(column, COLUMNS[column], default=None, required=column in REQUIRED)
    return findings.error().problems
