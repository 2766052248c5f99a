"""The tables for finance in a database of finance's own: exact, upserted by key, one transaction."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from attrs import evolve

from askul_connect.adapters.storage.sql.finance_export import SqlTables
from askul_connect.core.domain.finance_tables import SCHEMA_VERSION, TABLES
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import ConfigurationError, SchemaOutOfDate, StorageUnavailable
from askul_connect.core.services.buyer.finance import export_tables
from askul_connect.testing.storage.samples_documents import order_document

from .test_files import COUNTS, Breaks


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/finance.sqlite3"
    new: Callable[..., str] = request.getfixturevalue("new_postgresql")
    return new()


def query(url: str, *statements: str) -> list[Any]:
    engine = sa.create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    try:
        with engine.begin() as connection:
            for statement in statements[:-1]:
                connection.execute(sa.text(statement))
            found = connection.execute(sa.text(statements[-1]))
            return list(map(tuple, found)) if found.returns_rows else []
    finally:
        engine.dispose()


def counted(storage: Any, url: str, *, trial: bool = False) -> dict[str, tuple[int, int, int]]:
    [result] = export_tables(storage, [SqlTables(Secret(url))], trial=trial)
    return {one.name: (one.rows, one.written, one.removed) for one in result.tables}


@pytest.mark.spec("INT-7")
def test_only_what_differs_is_written(storage: Any, url: str) -> None:
    first = counted(storage, url)
    assert {name: rows for name, (rows, *_) in first.items()}.items() >= COUNTS.items()
    assert all(rows == written for rows, written, _ in first.values())
    lines = "SELECT unit_price, amount_excl_tax, tax_rate FROM finance_order_lines"
    [price, amount, rate] = query(url, lines)[0]
    assert (Decimal(price), amount, Decimal(rate)) == (Decimal("98.5"), 985, 10)
    assert isinstance(amount, int)
    assert isinstance(price, str if url.startswith("sqlite") else Decimal)
    assert query(url, "SELECT version FROM finance_schema") == [(SCHEMA_VERSION,)]
    for table in TABLES:
        [(rows,)] = query(url, f"SELECT COUNT(*) FROM finance_{table.name}")  # noqa: S608 -- our own tables
        assert rows == first[table.name][0]

    again = counted(storage, url)
    assert again == {name: (rows, 0, 0) for name, (rows, *_) in first.items()}

    with storage.begin() as unit:
        order = unit.history.order("askul", "O-2")
        changed = evolve(order.lines[1], amount_excl_tax=986)
        unit.history.put_orders("askul", [evolve(order, lines=(order.lines[0], changed, order.lines[2]))])
        unit.history.put_orders("askul", [order_document("O-9", lines=order.lines[:2])])
        unit.history.remove("other", "orders", ["O-1"])
    third = counted(storage, url)
    assert {name: one for name, one in third.items() if one[1:] != (0, 0)} == {
        "orders": (5, 1, 1),
        "order_lines": (14, 3, 1),
    }
    total = "SELECT COUNT(*), SUM(amount_excl_tax) FROM finance_order_lines"
    assert query(url, total) == [(14, 14 * 985 + 1)]
    assert query(url, "SELECT order_number FROM finance_orders WHERE supplier = 'other'") == []


@pytest.mark.spec("INT-7")
def test_a_failure_takes_everything_back(storage: Any, url: str) -> None:
    with pytest.raises(StorageUnavailable):
        export_tables(storage, [SqlTables(Secret(url)), Breaks()])
    assert counted(storage, url, trial=True)["orders"] == (5, 5, 0)
    counted(storage, url)
    with storage.begin() as unit:
        unit.history.put_orders("askul", [order_document("O-9")])
    with pytest.raises(StorageUnavailable):
        export_tables(storage, [SqlTables(Secret(url)), Breaks()])
    assert query(url, "SELECT COUNT(*) FROM finance_orders") == [(5,)]


@pytest.mark.spec("INT-7", "INT-10")
def test_a_trial_says_what_would_be_written_and_leaves_no_trace(
    storage: Any, url: str, tmp_path: Path
) -> None:
    assert counted(storage, url, trial=True)["order_lines"] == (13, 13, 0)
    assert list(tmp_path.iterdir()) == []
    counted(storage, url)
    with storage.begin() as unit:
        unit.history.remove("askul", "orders", ["O-1", "O-3"])
    assert counted(storage, url, trial=True)["orders"] == (3, 0, 2)
    assert query(url, "SELECT COUNT(*) FROM finance_orders") == [(5,)]


@pytest.mark.spec("INT-7")
def test_an_older_version_is_brought_up_and_what_finance_built_on_it_stays(storage: Any, url: str) -> None:
    counted(storage, url)
    query(
        url,
        "ALTER TABLE finance_matches DROP COLUMN detail",
        "DROP TABLE finance_ledger_moves",
        "CREATE VIEW results AS SELECT result FROM finance_matches",
        f"UPDATE finance_schema SET version = {SCHEMA_VERSION - 1}",  # noqa: S608 -- a number
    )
    brought = counted(storage, url)
    assert brought["matches"] == (2, 2, 0)
    assert brought["ledger_moves"] == (2, 2, 0)
    assert brought["orders"] == (5, 0, 0)
    assert query(url, "SELECT detail FROM finance_matches ORDER BY line_id") == [("10 = 10",), ("+81",)]
    assert query(url, "SELECT COUNT(*) FROM results") == [(2,)]
    assert query(url, "SELECT version FROM finance_schema") == [(SCHEMA_VERSION,)]


@pytest.mark.spec("INT-7")
def test_a_newer_programs_tables_and_those_of_others_are_left_alone(storage: Any, url: str) -> None:
    query(url, "CREATE TABLE finance_orders (number INTEGER)")
    with pytest.raises(SchemaOutOfDate, match="not ours"):
        counted(storage, url)
    query(url, "DROP TABLE finance_orders")
    counted(storage, url)
    query(url, f"UPDATE finance_schema SET version = {SCHEMA_VERSION + 1}")  # noqa: S608 -- a number
    with pytest.raises(SchemaOutOfDate, match=f"version {SCHEMA_VERSION + 1}"):
        counted(storage, url)


@pytest.mark.spec("INT-7")
def test_a_database_without_its_driver_is_said(storage: Any) -> None:
    with pytest.raises(ConfigurationError, match="oracle"):
        counted(storage, "oracle+nosuch://user:hidden@host/name")
