"""The tables for finance as CSV and Parquet files: whole, typed, the same for the same history."""

import csv
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from askul_connect.adapters.documents.csv_tables import csv_tables
from askul_connect.adapters.documents.parquet_tables import parquet_tables
from askul_connect.core.domain.finance import FinanceTable
from askul_connect.core.domain.finance_tables import BUDGETS, SCHEMA_VERSION, TABLES
from askul_connect.core.errors import ConfigurationError, StorageUnavailable
from askul_connect.core.services.buyer import finance
from askul_connect.core.services.buyer.finance import export_tables
from askul_connect.testing.storage.samples_documents import invoice, order_document

COUNTS = {
    "orders": 5,
    "order_lines": 13,
    "order_allowances": 4,
    "confirmations": 1,
    "ship_notices": 1,
    "goods_receipts": 1,
    "invoices": 2,
    "invoice_lines": 3,
    "invoice_allowances": 2,
    "invoice_tax": 2,
    "input_tax": 2,
    "order_changes": 2,
    "credit_notes": 1,
    "matches": 2,
    "ledger_moves": 2,
    "budgets": 1,
}


def read_csv(folder: Path, table: str) -> list[dict[str, str]]:
    with (folder / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


class Breaks:
    """A place that fails at the last table."""

    place = "nowhere"

    @contextmanager
    def begin(self, tables: Sequence[FinanceTable], *, trial: bool = False) -> Iterator[Any]:
        yield self

    def put(self, table: FinanceTable, rows: Any) -> None:
        if table is BUDGETS:
            raise StorageUnavailable("it is gone")


@pytest.mark.spec("INT-7")
def test_every_table_has_its_columns_and_rows(storage: Any, tmp_path: Path) -> None:
    [result] = export_tables(storage, [csv_tables(tmp_path)])
    assert [one.name for one in result.tables] == [table.name for table in TABLES]
    assert {one.name: one.rows for one in result.tables}.items() >= COUNTS.items()
    for table in TABLES:
        with (tmp_path / f"{table.name}.csv").open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
        assert tuple(rows[0]) == table.names
        keys = [tuple(row[table.names.index(name)] for name in table.key) for row in rows[1:]]
        assert len(set(keys)) == len(keys)
    [first, *_] = read_csv(tmp_path, "order_lines")
    assert (first["unit_price"], first["amount_excl_tax"], first["position"]) == ("98.5", "985", "1")
    assert read_csv(tmp_path, "order_allowances")[0]["reason"] == "'=送料"
    assert [row["detail"] for row in read_csv(tmp_path, "matches")] == ["10 = 10", "'+81"]
    assert [row["match"] for row in read_csv(tmp_path, "invoice_lines")] == ["matched", "matched", ""]
    assert [row["quantity"] for row in read_csv(tmp_path, "order_changes")] == ["8", "0"]
    assert read_csv(tmp_path, "ledger_moves")[1]["actual"] == "-7"
    assert read_csv(tmp_path, "budgets")[0]["available"] == str(90_000 - 200 + 7)


@pytest.mark.spec("INT-7")
@pytest.mark.parametrize("make", [csv_tables, parquet_tables])
def test_the_same_history_leaves_the_files_alone(make: Any, storage: Any, tmp_path: Path) -> None:
    export_tables(storage, [make(tmp_path)])
    before = {path.name: (path.read_bytes(), path.stat().st_ino) for path in tmp_path.iterdir()}
    [again] = export_tables(storage, [make(tmp_path)])
    assert {path.name: (path.read_bytes(), path.stat().st_ino) for path in tmp_path.iterdir()} == before
    assert not any(one.written for one in again.tables)
    with storage.begin() as unit:
        unit.history.put_orders("askul", [order_document("O-9", allowances=())])
    [more] = export_tables(storage, [make(tmp_path)])
    assert {one.name for one in more.tables if one.written} == {"orders", "order_lines"}


@pytest.mark.spec("INT-7")
@pytest.mark.parametrize("make", [csv_tables, parquet_tables])
def test_a_failure_leaves_the_files_of_before(make: Any, storage: Any, tmp_path: Path) -> None:
    export_tables(storage, [make(tmp_path)])
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with storage.begin() as unit:
        unit.history.put_orders("askul", [order_document("O-9")])
    with pytest.raises(StorageUnavailable):
        export_tables(storage, [make(tmp_path), Breaks()])
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.spec("INT-7", "INT-10")
@pytest.mark.parametrize("make", [csv_tables, parquet_tables])
def test_a_trial_counts_and_writes_nothing(make: Any, storage: Any, tmp_path: Path) -> None:
    [result] = export_tables(storage, [make(tmp_path / "new")], trial=True)
    assert {one.name: one.rows for one in result.tables}.items() >= COUNTS.items()
    assert not (tmp_path / "new").exists()


@pytest.mark.spec("INT-7")
def test_parquet_has_types_units_and_meanings(storage: Any, tmp_path: Path) -> None:
    export_tables(storage, [parquet_tables(tmp_path)])
    lines = parquet.read_table(tmp_path / "order_lines.parquet")
    assert lines.schema.field("amount_excl_tax").type == pa.int64()
    assert lines.schema.field("unit_price").type == pa.decimal128(38, 10)
    assert lines.schema.field("amount_excl_tax").metadata[b"kind"] == b"amount"
    assert lines.schema.metadata[b"askul_connect.schema_version"] == str(SCHEMA_VERSION).encode()
    assert lines.schema.metadata[b"askul_connect.key"] == b"supplier order_number position"
    assert lines.column("unit_price").to_pylist()[0] == Decimal("98.5")
    orders = parquet.read_table(tmp_path / "orders.parquet")
    assert orders.column("order_date").to_pylist()[0] == date(2026, 4, 1)
    moves = parquet.read_table(tmp_path / "ledger_moves.parquet")
    assert moves.column("at").to_pylist()[0] == datetime(2026, 4, 1, 2, 3, 4, 567_891, tzinfo=UTC)
    # a formula is none outside a spreadsheet
    assert parquet.read_table(tmp_path / "matches.parquet").column("detail").to_pylist()[1] == "+81"
    empty = parquet.read_table(tmp_path / "order_allowances.parquet").column("percent").to_pylist()
    assert empty == [Decimal("2.5")] * 4
    for table in TABLES:
        found = parquet.read_schema(tmp_path / f"{table.name}.parquet")
        assert tuple(found.names) == table.names
        assert [field.nullable for field in found] == [column.empty for column in table.columns]


@pytest.mark.spec("INT-7")
def test_without_pyarrow_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "pyarrow"]:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ConfigurationError, match=r"askul-connect\[parquet\]"):
        parquet_tables(tmp_path)


@pytest.mark.spec("INT-7")
def test_no_more_than_a_page_is_handed_on_at_once(
    storage: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finance, "PAGE", 2)
    with storage.begin() as unit:
        unit.history.put_orders("askul", [order_document(f"M-{n}") for n in range(20)])
        unit.history.put_invoices("askul", [invoice(f"M-{n}") for n in range(50)])
    batches: list[int] = []

    class Watches(Breaks):
        def put(self, table: FinanceTable, rows: Any) -> None:
            batches.append(len(rows))

        def finish(self) -> Any:
            return ()

    export_tables(storage, [Watches(), csv_tables(tmp_path)])
    assert len(read_csv(tmp_path, "orders")) == 25
    assert len(read_csv(tmp_path, "invoices")) == 52
    # of the orders two documents of three lines each; input tax comes in batches of its own
    assert max(batches) <= 52
    assert batches.count(1) > 50
