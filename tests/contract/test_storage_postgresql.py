"""PostgreSQL passes the suite, on a real server."""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from askul_connect.adapters.storage.sql import tables_buyer, tables_supplier
from askul_connect.adapters.storage.sql.engine import open_engine
from askul_connect.adapters.storage.sql.schema import Side, migrate, schema_check, schema_upgrade
from askul_connect.adapters.storage.sql.search_grams import GRAMS
from askul_connect.adapters.storage.sql.storage import buyer_sql, supplier_sql
from askul_connect.core.errors import StorageConflict, StorageUnavailable
from askul_connect.core.ports.buyer_storage import BuyerStorage
from askul_connect.core.ports.supplier_storage import SupplierStorage
from askul_connect.testing.storage import BuyerStorageSuite, SupplierStorageSuite
from askul_connect.testing.storage.samples import user
from askul_connect.testing.storage.units import at_once


def empty(url: str, metadata: sa.MetaData) -> None:
    """Delete every row: much quicker than a database for each test."""
    with psycopg.connect(url) as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(f"DELETE FROM {table.name}")  # noqa: S608 -- our own tables


@pytest.fixture(scope="module")
def supplier_url(new_postgresql: Callable[..., str]) -> str:
    return new_postgresql()


@pytest.fixture(scope="module")
def buyer_url(new_postgresql: Callable[..., str]) -> str:
    return new_postgresql()


class TestSupplierPostgresql(SupplierStorageSuite):
    @pytest.fixture
    def storage(self, supplier_url: str) -> Iterator[SupplierStorage]:
        opened = supplier_sql(supplier_url)
        empty(supplier_url, tables_supplier.metadata)
        yield opened
        opened.close()


class TestBuyerPostgresql(BuyerStorageSuite):
    @pytest.fixture
    def storage(self, buyer_url: str) -> Iterator[BuyerStorage]:
        opened = buyer_sql(buyer_url)
        empty(buyer_url, tables_buyer.metadata)
        yield opened
        opened.close()


@pytest.mark.spec("REL-3")
def test_units_are_serializable(new_postgresql: Callable[..., str]) -> None:
    engine = open_engine(new_postgresql())
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SHOW transaction_isolation").scalar() == "serializable"
    engine.dispose()


@pytest.mark.spec("REL-3")
def test_every_unit_waits_for_the_disk_but_one_that_need_not_be_durable(
    new_postgresql: Callable[..., str],
) -> None:
    storage: Any = buyer_sql(new_postgresql())

    def setting(*, durable: bool = True, fail: bool = False) -> str:
        with storage.begin(durable=durable) as unit:
            cursor = unit.facts._transaction._cursor
            found = str(cursor.execute("SHOW synchronous_commit").fetchone()[0])
            assert cursor.execute("SHOW transaction_isolation").fetchone()[0] == "serializable"
            if fail:
                raise ZeroDivisionError
        return found

    assert setting() == "on"
    assert setting(durable=False) == "off"
    assert setting() == "on"
    with pytest.raises(ZeroDivisionError):
        setting(durable=False, fail=True)
    assert setting() == "on"
    storage.close()


@pytest.mark.parametrize(
    ("side", "metadata"), [(Side.SUPPLIER, tables_supplier.metadata), (Side.BUYER, tables_buyer.metadata)]
)
def test_migrations_make_what_the_tables_say(
    new_postgresql: Callable[..., str], side: Side, metadata: sa.MetaData
) -> None:
    url = new_postgresql()
    engine = migrated(url, side)
    with engine.connect() as connection:
        # the index of grams is made beside the tables that SQLAlchemy knows; what it is declared as is compared below
        known = {"compare_type": True, "include_name": lambda name, *_: not str(name).startswith(GRAMS)}
        context = MigrationContext.configure(connection, opts=known)
        assert compare_metadata(context, metadata) == []
        collations = connection.exec_driver_sql(
            "SELECT DISTINCT collation_name FROM information_schema.columns "
            "WHERE table_schema = 'public' AND data_type = 'text'"
        ).scalars()
        assert list(collations) == ["C"]
        grams = sa.text("SELECT indexdef FROM pg_indexes WHERE tablename = 'item_grams' ORDER BY indexname")
        definitions = connection.execute(grams).scalars().all()
    engine.dispose()
    if side is Side.SUPPLIER:
        assert [text.partition(" ON ")[2] for text in definitions] == [
            "public.item_grams USING btree (place)"
            if "pkey" in text
            else "public.item_grams USING gin (grams)"
            for text in definitions
        ]
        assert len(definitions) == 2


@pytest.mark.parametrize("side", list(Side))
def test_a_new_database_is_what_the_migrations_make(new_postgresql: Callable[..., str], side: Side) -> None:
    """Columns, constraints, indexes, row security and rows: it is made of today's tables, not through their history."""
    urls = new_postgresql(), new_postgresql()
    schema_upgrade(urls[0], side)
    migrated(urls[1], side).dispose()
    found = [everything(url) for url in urls]
    for name in found[0]:
        assert found[0][name] == found[1][name]
    assert set(found[0]) == set(found[1])


#: What a database consists of.
CATALOGS = (
    (
        "SELECT table_name, column_name, data_type, collation_name, is_nullable, column_default,"
        " character_maximum_length FROM information_schema.columns WHERE table_schema = 'public'"
    ),
    (
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE connamespace = 'public'::regnamespace"
    ),
    "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    (
        "SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class"
        " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
    ),
    "SELECT * FROM pg_policies",
    "SELECT version_num FROM alembic_version",
)


def migrated(url: str, side: Side) -> sa.Engine:
    """A database that has come through all versions."""
    engine = open_engine(url)
    with engine.begin() as connection:
        migrate(connection, side, "head")
    return engine


def everything(url: str) -> dict[str, list[str]]:
    engine = open_engine(url)
    with engine.connect() as connection:
        found = {text: sorted(map(repr, connection.exec_driver_sql(text))) for text in CATALOGS}
        for table in sa.inspect(connection).get_table_names():
            found[table] = sorted(map(repr, connection.exec_driver_sql(f"SELECT * FROM {table}")))  # noqa: S608 -- our own names
    engine.dispose()
    return found


def test_four_programs_may_open_a_new_database_at_once(new_postgresql: Callable[..., str]) -> None:
    url = new_postgresql()
    at_once(*[lambda: buyer_sql(url).close()] * 4)
    assert schema_check(url, Side.BUYER).up_to_date


def test_a_password_is_in_no_message() -> None:
    url = "postgresql://someone:hunter2@127.0.0.1:1/nothing?password=hunter2"
    with pytest.raises(StorageUnavailable) as caught:
        buyer_sql(url)
    assert "hunter2" not in repr(caught.value) + str(caught.value)
    assert caught.value.where == "postgresql://someone@127.0.0.1:1/nothing"


def test_a_key_that_exists_is_named_by_its_constraint_without_its_values(
    new_postgresql: Callable[..., str],
) -> None:
    storage = supplier_sql(new_postgresql())
    with storage.begin() as unit:
        unit.users.add(user())
    with pytest.raises(StorageConflict, match="uq_users_email_key") as caught, storage.begin() as unit:
        unit.users.add(user(2, "account-2", email_key="user1@example.jp"))
    assert "user1@" not in str(caught.value)
    storage.close()


def end_connections(url: str) -> None:
    """What a restart of the server does to everybody."""
    with psycopg.connect(url) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.mark.spec("REL-7")
def test_a_connection_that_the_server_ended_fails_its_unit_only(
    new_postgresql: Callable[..., str], caplog: pytest.LogCaptureFixture
) -> None:
    url = new_postgresql()
    storage = supplier_sql(url)

    def interrupted(*, goes_on: bool) -> None:
        with storage.begin() as unit:
            unit.counters.next("order")
            end_connections(url)
            if goes_on:
                unit.counters.next("order")

    with pytest.raises(StorageUnavailable):
        interrupted(goes_on=True)
    with pytest.raises(StorageUnavailable):
        interrupted(goes_on=False)
    with storage.begin() as unit:
        assert unit.counters.next("order") == 1
    # one that ended while nobody used it is not noticed at all
    end_connections(url)
    with storage.begin() as unit:
        assert unit.counters.next("order") == 2
    storage.close()
    assert caplog.records == []
