"""Migrations: a new database, one of another version, one that is not ours; no drift from the tables."""

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from attrs import evolve

from askul_connect.adapters.storage.sql import creation, schema, tables_buyer, tables_supplier
from askul_connect.adapters.storage.sql.bodies import write_body
from askul_connect.adapters.storage.sql.schema import SchemaVersion, Side, schema_check, schema_upgrade
from askul_connect.adapters.storage.sql.search_grams import GRAMS
from askul_connect.adapters.storage.sql.storage import buyer_sql, supplier_sql
from askul_connect.core.errors import SchemaOutOfDate, StorageUnavailable
from askul_connect.testing.storage import samples
from askul_connect.testing.storage.samples_documents import invoice

#: The newest revision of each side.
HEAD = {Side.SUPPLIER: "supplier_0180", Side.BUYER: "buyer_0210"}
METADATA = {Side.SUPPLIER: tables_supplier.metadata, Side.BUYER: tables_buyer.metadata}
OPEN: dict[Side, Any] = {Side.SUPPLIER: supplier_sql, Side.BUYER: buyer_sql}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    # A percent sign is special to Alembic's configuration.
    folder = tmp_path / "100% 見本"
    folder.mkdir()
    return folder / "storage.db"


@pytest.fixture
def url(path: Path) -> str:
    return f"sqlite:///{path}"


def definitions(connection: sa.Connection) -> dict[str, str]:
    rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return {name: " ".join(sql.split()) for name, sql in rows if name != "alembic_version"}


def everything(path: Path) -> tuple[dict[str, str], dict[str, Any]]:
    """Every declaration and every row of a database."""
    connection = sqlite3.connect(path)
    found = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    declared = {name: "".join(sql.split()) for name, sql in found}
    # what the search's index keeps is in no order that means anything
    tables = [name for name in declared if declared[name].startswith("CREATETABLE") and GRAMS not in name]
    rows = {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in tables}  # noqa: S608 -- our own names
    connection.close()
    return declared, rows


def set_version(path: Path, version: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute("UPDATE alembic_version SET version_num = ?", (version,))
    connection.commit()
    connection.close()


@pytest.mark.parametrize("side", list(Side))
def test_a_new_database_is_set_up_when_it_is_opened(url: str, side: Side) -> None:
    OPEN[side](url).close()

    assert schema_check(url, side).up_to_date


@pytest.mark.parametrize("side", list(Side))
def test_migrations_make_what_the_tables_say(url: str, side: Side) -> None:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        schema.migrate(connection, side, "head")
    as_made = sa.create_engine("sqlite://")
    METADATA[side].create_all(as_made)
    with engine.connect() as connection, as_made.connect() as other:
        # the index of grams is no table that SQLAlchemy knows; what it is declared as is compared below
        known = {"compare_type": True, "include_name": lambda name, *_: not str(name).startswith(GRAMS)}
        context = MigrationContext.configure(connection, opts=known)
        differences = compare_metadata(context, METADATA[side])
        migrated, declared = definitions(connection), definitions(other)
    engine.dispose()
    as_made.dispose()

    assert differences == []
    assert migrated.keys() == declared.keys()
    assert [name for name in declared if migrated[name] != declared[name]] == []


@pytest.mark.parametrize("side", list(Side))
def test_a_new_database_is_what_the_migrations_make(url: str, path: Path, side: Side) -> None:
    """It is made of today's tables, and not through all of their history."""
    OPEN[side](url).close()
    migrated = path.with_name("migrated.db")
    engine = sa.create_engine(f"sqlite:///{migrated}")
    with engine.begin() as connection:
        schema.migrate(connection, side, "head")
    engine.dispose()

    assert everything(path) == everything(migrated)


@pytest.mark.parametrize("side", list(Side))
def test_a_new_database_is_upgraded_by_being_set_up(url: str, side: Side) -> None:
    assert schema_upgrade(url, side).found == ""
    assert schema_check(url, side).up_to_date


@pytest.mark.parametrize("side", list(Side))
def test_upgrading_again_changes_nothing(url: str, side: Side) -> None:
    schema_upgrade(url, side)
    again = schema_upgrade(url, side)

    assert again.found == again.wanted == HEAD[side]


@pytest.mark.parametrize("side", list(Side))
def test_the_versions_are_those_of_the_scripts_in_their_order(side: Side) -> None:
    migrations = Path(schema.__file__).with_name("migrations")
    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    config.set_main_option("version_locations", str(migrations / side.value).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    script = ScriptDirectory.from_config(config)
    newest_first = [revision.revision for revision in script.walk_revisions()]

    assert list(schema.revisions(side)) == newest_first[::-1]
    assert script.get_heads() == [schema.revisions(side)[-1]]


@pytest.mark.spec("PERF-1")
def test_a_database_that_is_up_to_date_is_opened_without_alembic(url: str) -> None:
    supplier_sql(url).close()
    program = (
        "import sys\n"
        "from askul_connect.adapters.storage.sql.storage import supplier_sql\n"
        f"supplier_sql({url!r}).close()\n"
        "assert 'alembic' not in sys.modules\n"
    )

    subprocess.run([sys.executable, "-c", program], check=True)


def test_checking_changes_nothing(url: str, path: Path) -> None:
    found = schema_check(url, Side.BUYER)

    assert found == SchemaVersion(place=str(path), found="", wanted=HEAD[Side.BUYER])
    assert not found.up_to_date
    assert schema_check(url, Side.BUYER) == found


@pytest.mark.parametrize("side", list(Side))
def test_another_version_is_refused_with_the_command(url: str, path: Path, side: Side) -> None:
    OPEN[side](url).close()
    set_version(path, f"{side}_9999")

    with pytest.raises(SchemaOutOfDate, match=f"{side}_9999") as caught:
        OPEN[side](url)
    assert caught.value.where == str(path)
    assert "askul-connect db upgrade" in str(caught.value)
    # A newer program's database is not taken back.
    with pytest.raises(SchemaOutOfDate, match=f"{side}_9999"):
        schema_upgrade(url, side)
    assert schema_check(url, side).found == f"{side}_9999"


def test_the_other_sides_database_is_refused(url: str) -> None:
    supplier_sql(url).close()

    with pytest.raises(SchemaOutOfDate, match=HEAD[Side.SUPPLIER]):
        buyer_sql(url)


def test_another_programs_database_is_refused_and_left_alone(url: str, path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE theirs (a)")
    connection.close()

    for attempt in (buyer_sql, lambda url: schema_upgrade(url, Side.BUYER)):
        with pytest.raises(SchemaOutOfDate, match="theirs"):
            attempt(url)
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("theirs",)]
    connection.close()


def test_a_migration_that_fails_leaves_nothing(url: str, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from alembic import op

    add, added = op.add_column, []

    def fail_at_the_third(*args: Any, **options: Any) -> None:
        added.append(args)
        if len(added) == 3:
            message = "half way"
            raise RuntimeError(message)
        add(*args, **options)

    engine = sa.create_engine(url)
    with engine.begin() as connection:
        schema.migrate(connection, Side.BUYER, schema.revisions(Side.BUYER)[0])
    engine.dispose()
    before = everything(path)
    monkeypatch.setattr(op, "add_column", fail_at_the_third)
    with pytest.raises(RuntimeError, match="half way"):
        schema_upgrade(url, Side.BUYER)
    monkeypatch.undo()

    assert everything(path) == before
    assert schema_upgrade(url, Side.BUYER).found == schema.revisions(Side.BUYER)[0]
    assert schema_check(url, Side.BUYER).up_to_date


def test_a_database_that_cannot_be_set_up_stays_empty(
    url: str, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    statements = creation._statements("buyer", "sqlite")
    monkeypatch.setattr(creation, "_statements", lambda *_: (*statements[:9], "CREATE nothing"))
    with pytest.raises(StorageUnavailable):
        buyer_sql(url)
    monkeypatch.undo()

    assert everything(path) == ({}, {})
    buyer_sql(url).close()
    assert schema_check(url, Side.BUYER).up_to_date


def test_two_programs_may_open_a_new_database_at_once(url: str) -> None:
    with ThreadPoolExecutor(4) as threads:
        for opened in threads.map(lambda _: buyer_sql(url), range(4)):
            opened.close()

    assert schema_check(url, Side.BUYER).up_to_date


def test_what_the_supplier_knew_is_kept_when_its_tables_are_made_anew(url: str, path: Path) -> None:
    engine = sa.create_engine(url)
    with engine.begin() as connection_of_engine:
        schema.migrate(connection_of_engine, Side.SUPPLIER, "supplier_0100")
    engine.dispose()
    account, record = samples.account(), samples.login_record(sequence=1)
    connection = sqlite3.connect(path)
    for table, row in (
        ("accounts", tables_supplier.ACCOUNT_ROWS.named(account) | {"name_key": "見本"}),
        ("login_records", tables_supplier.LOGIN_ROWS.named(record)),
    ):
        columns = [one[1] for one in connection.execute(f"PRAGMA table_info({table})")]
        marks = ", ".join("?" * len(columns))
        connection.execute(f"INSERT INTO {table} VALUES ({marks})", [row[name] for name in columns])  # noqa: S608 -- our own names
    connection.commit()
    connection.close()

    schema_upgrade(url, Side.SUPPLIER)

    storage = supplier_sql(url)
    with storage.begin() as unit:
        assert unit.accounts.get(account.account_id) == evolve(account, contact="", state_since=None)
        assert list(unit.logins.of_account(record.account_id)) == [record]
        assert unit.accounts.by_name("見本")
    storage.close()


@pytest.mark.spec("BIL-1", "REL-9")
def test_invoices_from_before_payments_are_owed_until_they_are_due(url: str, path: Path) -> None:
    """Of these nobody recorded whether they were paid; and their shipments are the beginning of usage."""
    engine = sa.create_engine(url)
    with engine.begin() as opened:
        schema.migrate(opened, Side.SUPPLIER, "supplier_0140")
    engine.dispose()
    whole = invoice("I-1")
    connection = sqlite3.connect(path)
    connection.execute(
        "INSERT INTO invoices (account_id, number, period_end, schema, body) VALUES ('account-1', 'I-1', ?, 1, ?)",
        (whole.period_end.isoformat(), write_body(whole)),
    )
    connection.execute("INSERT INTO feeds (account_id, feed, last) VALUES ('account-1', 'ship_notices', 7)")
    connection.execute(
        "INSERT INTO changes (account_id, feed, key, sequence, deleted)"
        " VALUES ('account-1', 'ship_notices', 'S-1', 7, 0)"
    )
    connection.commit()
    connection.close()
    schema_upgrade(url, Side.SUPPLIER)
    storage = supplier_sql(url)
    with storage.begin() as unit:
        [owed] = unit.billing.unsettled("account-1")
        assert unit.documents.invoices("account-1", ["I-1"]) == {"I-1": whole}
        unit.changes.record("account-1", "usage", ["S-2"])
        found = unit.changes.since("account-1", "usage", 0, 9)
    storage.close()
    assert (owed.total, owed.issued_on, owed.due_on) == (whole.total_incl_tax, whole.issued_on, whole.due_on)
    assert owed.is_open(whole.due_on)
    assert not owed.is_open(whole.due_on + timedelta(days=1))
    assert [(one.key, one.sequence) for one in found] == [("S-1", 7), ("S-2", 8)]
