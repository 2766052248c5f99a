"""Importing a file into the catalog of a supplier of this directory, batch by batch (CAT-3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from attrs import evolve, field, frozen

from askul_connect.adapters.codecs.csv_catalog_rows import CatalogFile, ReadRow, look_through, read_rows
from askul_connect.bootstrap.administration import Asking
from askul_connect.core.errors import AskulConnectError, Problem, UsageError
from askul_connect.core.messages.catalog_import import ImportCatalogRequest, ImportCatalogResponse
from askul_connect.core.operations.catalog import IMPORT_CATALOG

#: Rows that are taken or refused together. Each batch is one unit of work, which others wait for.
BATCH = 1_000
#: Findings that are kept to be shown; the others are counted.
SHOWN = 100

Progress = Callable[[int, int], object]
"""Told how many lines were read, and of how many."""


@frozen(kw_only=True)
class CatalogImport:
    """What came of a file.

    Attributes:
        rows: Rows that were read.
        taken: Rows of the batches that were taken.
        refused: Rows of the batches that were not, because something was wrong with one of theirs.
        findings: How many findings there were.
        problems: The first of them, by line and column.
    """

    rows: int = 0
    taken: int = 0
    refused: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    prices: int = 0
    stock: int = 0
    findings: int = 0
    problems: tuple[Problem, ...] = field(default=())


def import_catalog(
    ask: Asking, path: Path, *, trial: bool = False, progress: Progress = lambda _line, _of: None
) -> CatalogImport:
    """Import a file. A batch with a finding is left out whole, and the others are taken all the same.

    Args:
        ask: Asks the supplier as its staff.
        path: The file, CSV in UTF-8 or CP932.
        trial: Check everything, change nothing.
        progress: Told how far it is.

    Raises:
        UsageError: The file cannot be read.
        DocumentError: It is no such table; what came before the line that is no CSV was taken.
    """
    try:
        with path.open("rb") as file:
            known = look_through(file, name=path.name)
            file.seek(0)
            return _import(ask, read_rows(file, known, name=path.name), known, trial=trial, progress=progress)
    except OSError as error:
        raise UsageError(f"the file cannot be read: {error.strerror}", where=str(path)) from None


def _import(
    ask: Asking, rows: Iterator[ReadRow], known: CatalogFile, *, trial: bool, progress: Progress
) -> CatalogImport:
    done = CatalogImport()
    while batch := list(islice(rows, BATCH)):
        done = _add(done, *_ask(ask, batch, trial=trial), len(batch))
        progress(batch[-1].line, known.lines)
    progress(known.lines, known.lines)
    return done


def _ask(
    ask: Asking, batch: list[ReadRow], *, trial: bool
) -> tuple[ImportCatalogResponse | None, list[Problem]]:
    """The answer to a batch, or what is wrong with it."""
    problems = [problem for one in batch for problem in one.problems]
    good = [one for one in batch if one.row is not None]
    if not good:
        return None, problems
    # of a batch that cannot be taken, the other rows are looked at too, so that all of it is corrected at once
    request = ImportCatalogRequest(
        rows=tuple(one.row for one in good if one.row), trial=trial or bool(problems)
    )
    response: ImportCatalogResponse | None = None
    try:
        response = ask(IMPORT_CATALOG, request)
    except AskulConnectError as error:
        if not error.problems:
            raise
        problems += [evolve(one, where=_place(one.where, good)) for one in error.problems]
    return (None if problems else response), problems


def _place(where: str, rows: list[ReadRow]) -> str:
    """``rows[3]/jan`` as the line and column of the file."""
    number, _, column = where.removeprefix("rows[").partition("]/")
    return f"line {rows[int(number) - 1].line}, column {column}" if number.isdigit() else where


def _add(
    done: CatalogImport, response: ImportCatalogResponse | None, problems: list[Problem], rows: int
) -> CatalogImport:
    room = SHOWN - len(done.problems)
    if response is None:
        return evolve(
            done,
            rows=done.rows + rows,
            refused=done.refused + rows,
            findings=done.findings + len(problems),
            problems=(*done.problems, *problems[:room]),
        )
    return evolve(
        done,
        rows=done.rows + rows,
        taken=done.taken + rows,
        added=done.added + response.added,
        changed=done.changed + response.changed,
        unchanged=done.unchanged + response.unchanged,
        prices=done.prices + response.prices,
        stock=done.stock + response.stock,
    )
