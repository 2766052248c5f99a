"""SQLite passes the suite; how a database is opened and what goes wrong with one."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.pool.base import _ConnectionFairy

from askul_connect.adapters.storage.sql.storage import buyer_sql, supplier_sql
from askul_connect.core.errors import ConfigurationError, StorageConflict, StorageUnavailable, ValueInvalid
from askul_connect.core.ports.buyer_storage import BuyerStorage
from askul_connect.core.ports.supplier_storage import SupplierStorage
from askul_connect.core.services.units import run_unit
from askul_connect.testing.storage import BuyerStorageSuite, SupplierStorageSuite
from askul_connect.testing.storage.samples import account, order
from askul_connect.testing.storage.units import PATIENCE, at_once


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'storage.db'}"


class TestSupplierSqlite(SupplierStorageSuite):
    @pytest.fixture
    def storage(self, url: str) -> Iterator[SupplierStorage]:
        opened = supplier_sql(url)
        yield opened
        opened.close()


class TestBuyerSqlite(BuyerStorageSuite):
    @pytest.fixture
    def storage(self, url: str) -> Iterator[BuyerStorage]:
        opened = buyer_sql(url)
        yield opened
        opened.close()


@pytest.fixture
def storage(url: str) -> Iterator[Any]:
    opened = buyer_sql(url)
    yield opened
    opened.close()


@pytest.mark.spec("PERF-12", "INT-11")
def test_a_purchase_order_is_found_without_reading_all_orders_of_the_account(
    url: str, tmp_path: Path
) -> None:
    storage = supplier_sql(url)
    said: list[str] = []
    sa.event.listen(
        storage._engine, "connect", lambda driver, _record: driver.set_trace_callback(said.append)
    )
    storage._engine.dispose()
    with storage.begin() as unit:
        unit.accounts.add(account())
        unit.orders.add(order())
    said.clear()
    with storage.begin() as unit:
        assert unit.orders.by_external_id(
            order().account_id, order().buyer_party, order().purchase_order_id, order().issue_year
        ) == [order()]
    storage.close()

    connection = sqlite3.connect(tmp_path / "storage.db")
    selects = [text for text in said if text.startswith("SELECT")]
    plans = [" ".join(row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {text}")) for text in selects]
    connection.close()
    assert len(plans) == len(("number", "header", "lines", "tax"))
    assert "INDEX ix_orders_purchase_order (" in plans[0]
    assert [plan for plan in plans if "(account_id=?)" in plan] == []


@pytest.mark.spec("REL-3")
@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 10_000)],
)
def test_every_connection_is_set_up(storage: Any, pragma: str, value: object) -> None:
    for engine in (storage._engine, storage._engine):
        with engine.connect() as connection:
            assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value


def waits_for_the_disk(storage: Any, *, durable: bool = True) -> bool:
    """Whether the commit of a unit of work of that kind waits."""
    with storage.begin(durable=durable) as unit:
        return bool(unit.facts._transaction._cursor.execute("PRAGMA synchronous").fetchone()[0] == 2)


@pytest.mark.spec("REL-3")
def test_every_unit_waits_for_the_disk_but_one_that_need_not_be_durable(storage: Any, tmp_path: Path) -> None:
    def end_otherwise() -> None:
        with storage.begin(durable=False) as unit:
            unit.facts.put("a", "b")
            raise ZeroDivisionError

    def lose() -> None:
        with storage.begin(durable=False) as unit:
            unit.facts._transaction.conflict("lost")

    assert waits_for_the_disk(storage)
    assert not waits_for_the_disk(storage, durable=False)
    assert waits_for_the_disk(storage)
    with pytest.raises(ZeroDivisionError):
        end_otherwise()
    assert waits_for_the_disk(storage)
    with pytest.raises(StorageConflict, match="lost"):
        lose()
    assert waits_for_the_disk(storage)
    # one that never got the database
    with storage._engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA busy_timeout=1")
    other = sqlite3.connect(tmp_path / "storage.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageConflict), storage.begin(durable=False):
        pass
    other.execute("ROLLBACK")
    other.close()
    assert waits_for_the_disk(storage)


@pytest.mark.spec("REL-3")
def test_a_connection_that_cannot_be_made_durable_again_is_not_used_again(
    storage: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("askul_connect.adapters.storage.sql.transaction.SQLITE_DURABLE", "PRAGMA nonsense(")
        with storage.begin(durable=False) as unit:
            unit.facts.put("name", "kept")
    assert waits_for_the_disk(storage)
    with storage.begin() as unit:
        assert unit.facts.get("name") == "kept"


@pytest.mark.spec("REL-3")
def test_a_unit_holds_the_database_from_its_beginning(storage: Any, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "storage.db", timeout=0)
    with storage.begin(), pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("INSERT INTO facts VALUES ('a', 'b')")
    other.close()


@pytest.mark.spec("REL-3")
def test_no_update_is_lost_between_two_programs(url: str) -> None:
    def count_up(unit: Any) -> None:
        unit.facts.put("count", str(int(unit.facts.get("count") or "0") + 1))

    def program() -> None:
        opened = buyer_sql(url)
        for _ in range(50):
            run_unit(opened, count_up, attempts=PATIENCE)
        opened.close()

    at_once(program, program)
    opened = buyer_sql(url)
    assert run_unit(opened, lambda unit: unit.facts.get("count")) == "100"
    opened.close()


def test_a_database_held_too_long_is_a_conflict(
    storage: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("askul_connect.adapters.storage.sql.engine._PRAGMAS", ("PRAGMA busy_timeout=1",))
    impatient = buyer_sql(f"sqlite:///{tmp_path / 'other.db'}")
    with sqlite3.connect(tmp_path / "other.db", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageConflict, match="locked"), impatient.begin():
            pass
        other.execute("ROLLBACK")
    other.close()
    impatient.close()


def test_amounts_are_integers_and_prices_text(storage: Any, tmp_path: Path) -> None:
    from askul_connect.testing.storage.samples_documents import order_document

    with storage.begin() as unit:
        unit.history.put_orders("askul", [order_document()])
    other = sqlite3.connect(tmp_path / "storage.db")
    row = other.execute(
        "SELECT placed_at, order_date, total_incl_tax, currency, state FROM orders"
    ).fetchone()
    assert row == ("2026-04-01T02:03:04.567891Z", "2026-04-01", 2167, "JPY", "placed")
    lines = other.execute("SELECT line_id, unit_price, tax_rate, amount_excl_tax FROM order_lines").fetchall()
    assert lines == [("1", "98.5", "10", 985), ("2", "98.5", "10", 985)]
    other.close()


@pytest.mark.spec("REL-7")
def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    path = tmp_path / "missing" / "storage.db"
    with pytest.raises(StorageUnavailable) as caught:
        buyer_sql(f"sqlite:///{path}")
    assert caught.value.where == str(path)


@pytest.mark.spec("REL-7")
def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "storage.db"
    path.write_bytes(b"no database " * 100)
    with pytest.raises(StorageUnavailable, match="not a database") as caught:
        buyer_sql(f"sqlite:///{path}")
    assert caught.value.where == str(path)


@pytest.mark.spec("REL-7")
def test_a_full_disk_is_told_and_reading_goes_on(storage: Any) -> None:
    with storage.begin() as unit:
        unit.facts.put("name", "kept")
    with storage._engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    with pytest.raises(StorageUnavailable, match="full"), storage.begin() as unit:
        unit.facts.put("0", "x" * 1_000_000)
    with storage.begin() as unit:
        assert (unit.facts.get("name"), unit.facts.get("0")) == ("kept", None)
    with storage._engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=100000")
    with storage.begin() as unit:
        unit.facts.put("again", "x" * 100_000)


@pytest.mark.spec("REL-2")
def test_a_commit_that_fails_leaves_no_lock_behind(storage: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_connection: Any) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    with monkeypatch.context() as patched:
        # what the pool's connection is asked for goes to the driver's
        patched.setattr(_ConnectionFairy, "commit", broken, raising=False)
        with pytest.raises(StorageUnavailable), storage.begin() as unit:
            unit.facts.put("name", "lost")

    for _ in range(2):
        with storage.begin() as unit:
            assert unit.facts.get("name") is None
            unit.facts.put("other", "kept")


@pytest.mark.parametrize(
    "url", ["", "no url", "mysql://host/db", "sqlite://", "sqlite:///:memory:", "sqlite:///file:x?uri=true"]
)
def test_another_url_is_refused_with_the_forms_taken(url: str) -> None:
    with pytest.raises(ConfigurationError, match="sqlite:///PATH"):
        buyer_sql(url)


def test_a_value_no_column_holds_is_refused(storage: Any) -> None:
    from askul_connect.testing.storage.samples_documents import move

    with pytest.raises(ValueInvalid), storage.begin() as unit:
        unit.budgets.move([move(encumbrance=2**63)])
    with pytest.raises(ValueInvalid), storage.begin() as unit:
        unit.facts.put("surrogate", "\ud800")
    with storage.begin() as unit:
        assert unit.budgets.balances() == []
