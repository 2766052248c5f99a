"""The files of a new directory: configuration, mapping tables, budgets, folders."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from string import Template

from askul_connect.core.errors import UsageError
from askul_connect.settings import FILE_NAME

#: Every folder of a directory; secrets are for their owner only.
FOLDERS = (
    "erp/in",
    "erp/receipts",
    "erp/requisitions",
    "erp/mapping",
    "erp/budgets",
    "erp/done",
    "erp/rejected",
    "erp/out",
    "data",
    "finance",
    "secrets",
    "examples",
)
SECRETS = "secrets"

#: Where the databases are when nothing is said, below the directory.
BUYER_DATABASE = "sqlite:///data/buyer.sqlite3"
SUPPLIER_DATABASE = "sqlite:///data/askul-supplier.sqlite3"

SYSTEM_CLOCK = """[clock]
# "system", or "simulated" with its start and the seed that ids and numbers are derived from.
kind = "system"
"""
_EXCEPTIONS_SHOWN = """
# Exceptions to it, for trying things out:
# [[suppliers.askul.behaviour.exceptions]]
# purchase_order_id = "PO-1"
# parts = 2                       # ships in that many parts
# [[suppliers.askul.behaviour.exceptions]]
# purchase_order_id = "PO-2"
# line_id = "1"
# short = 1                       # units that never come
"""

_MAPPING = ("accounts", "currency", "departments", "items", "parties", "tax", "units")
DEPARTMENTS = ("D100", "D200", "D300")
_ORDER_COLUMNS = (
    "purchase_order_id,line_id,sku,quantity,unit,unit_price,currency,department,cost_centre,requested_on"
)


def configuration(
    *,
    clock: str = SYSTEM_CLOCK,
    exceptions: str = _EXCEPTIONS_SHOWN,
    database: str = BUYER_DATABASE,
    supplier_database: str = SUPPLIER_DATABASE,
    erp_kind: str = "files",
    erp_options: Mapping[str, str] | None = None,
) -> str:
    """The text of a configuration, every key with what it means.

    Args:
        clock: The table of the clock.
        exceptions: Tables of exceptions to what the supplier does by itself.
        database: Our own database, a URL without a password or a reference to one.
        supplier_database: That of the supplier in process.
        erp_kind: The ERP connector.
        erp_options: The keys of its own table.
    """
    keys = "".join(f"{name} = {json.dumps(text)}\n" for name, text in (erp_options or {}).items())
    filled = Template(_resource(FILE_NAME)).substitute(
        clock=clock,
        exceptions=exceptions,
        # a JSON text is a TOML text too
        database=json.dumps(database, ensure_ascii=False),
        supplier_database=json.dumps(supplier_database, ensure_ascii=False),
        erp_kind=json.dumps(erp_kind),
        erp_keys=f"\n\n[erp.{erp_kind}]\n{keys}".rstrip() if keys else "",
    )
    return filled.rstrip() + "\n"


def mapping_tables() -> dict[str, str]:
    """The mapping tables, by path."""
    return {f"erp/mapping/{name}.csv": _resource(f"mapping/{name}.csv") for name in _MAPPING}


def budget_table(budgets: Iterable[tuple[str, str, int]]) -> str:
    """A budget file.

    Args:
        budgets: Department, period (``2026-04``), yen.
    """
    return csv_text(
        ("department", "period", "currency", "budget"),
        [(department, period, "JPY", str(yen)) for department, period, yen in budgets],
    )


def order_table(rows: Iterable[Sequence[str]]) -> str:
    """A file of purchase orders, in the columns of the order CSV."""
    return csv_text(_ORDER_COLUMNS.split(","), rows)


def csv_text(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A CSV text with a header."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def new_directory(year: int) -> dict[str, str]:
    """The files of a new directory, by path.

    Args:
        year: The budgets are for its months.
    """
    months = [f"{year}-{month:02}" for month in range(1, 13)]
    example = [
        ("PO-EXAMPLE-1", "1", "PAPER-A4", "2", "ケース", "4280", "JPY", "D100", "", ""),
        ("PO-EXAMPLE-1", "2", "A100-0001", "1", "パック", "1040", "JPY", "D100", "", ""),
    ]
    return {
        FILE_NAME: configuration(),
        **mapping_tables(),
        f"erp/budgets/{year}.csv": budget_table(
            (department, month, 300_000) for department in DEPARTMENTS for month in months
        ),
        "examples/order.csv": order_table(example),
        "examples/receipts.csv": csv_text(
            ("purchase_order_id", "line_id", "quantity", "received_on"),
            [("PO-EXAMPLE-1", "1", "2", f"{year}-12-28"), ("PO-EXAMPLE-1", "2", "1", f"{year}-12-28")],
        ),
    }


def write_directory(directory: Path, texts: Mapping[str, str], *, trial: bool = False) -> None:
    """Make the folders and write the files.

    The configuration is written last: where it is, everything is. Files that are the same already are no
    obstacle, so an interrupted call can be repeated.

    Args:
        directory: May be new or have other files in it.
        texts: By path.
        trial: Only check.

    Raises:
        UsageError: There is a configuration, or a file with other content; or the directory cannot be
            written to.
    """
    try:
        for path, text in texts.items():
            file = directory / path
            if file.exists() and (path == FILE_NAME or file.read_bytes() != text.encode()):
                raise UsageError(
                    f"{file} exists, and nothing is overwritten; choose another --directory", where=path
                )
        if trial:
            return
        for folder in FOLDERS:
            (directory / folder).mkdir(parents=True, exist_ok=True)
        (directory / SECRETS).chmod(0o700)
        for path in sorted(texts, key=lambda path: path == FILE_NAME):
            (directory / path).write_bytes(texts[path].encode())
    except OSError as error:
        raise UsageError(
            f"{error.filename or directory} cannot be written: {error.strerror}", where=str(directory)
        ) from error


def _resource(path: str) -> str:
    return files("askul_connect.cli").joinpath("templates").joinpath(path).read_text(encoding="utf-8")
