"""On PostgreSQL a unit that is confined to an account reaches no row of another, whatever is asked (Q-TEN-5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from attrs import evolve
from tenancy_callers import Caller, canary
from tenancy_estate import Estate
from tenancy_roles import CLERK, OWNER, as_role
from tenancy_statements import ACCOUNT_COLUMNS

from askul_connect.adapters.storage.sql import tables_supplier as tables
from askul_connect.adapters.storage.sql.archive import SqlArchive
from askul_connect.adapters.storage.sql.schema import Side
from askul_connect.adapters.storage.sql.statements import Prepared
from askul_connect.core.domain.accounts import Role
from askul_connect.core.messages.people import ListContextsRequest
from askul_connect.core.operations.people import LIST_CONTEXTS

#: Customers' tables without a policy, and why: a call reads them before, or to find out, where the caller may work.
OUTSIDE = {
    "accounts": "where a person belongs, and a company registers once (ACC-4, ACC-5)",
    "challenges": "a ceremony before the login",
    "client_credentials": "answers whose a machine is",
    "factors": "of a person, whichever account the person works in",
    "memberships": "where a person belongs (ACC-5)",
    "one_time_tokens": "answers whose a mailed secret is",
    "recovery_codes": "of a person, whichever account the person works in",
    "remembered_devices": "of a person, before the login",
    "sessions": "answers whose a token is; of a person in every account",
    "tickets": "opened before the login, and read with their own secret",
    "users": "one address is one person (ACC-4)",
}
#: Read by everybody where they have no account.
FEEDS = {"changes", "coupons", "feeds", "item_prices"}
RECORDS = {"audit_records", "login_records"}
GUARDED = {
    name for name, table in tables.metadata.tables.items() if ACCOUNT_COLUMNS & set(table.columns.keys())
} - set(OUTSIDE)
pytestmark = pytest.mark.spec("ACC-5")


@pytest.fixture(scope="module")
def lived_in(new_lent: Callable[[], str], new_estate: Callable[..., Any]) -> tuple[str, Estate]:
    """A database that customers have worked with, as its clerk's URL, and their accounts."""
    url = new_lent()
    return url, new_estate(url, whole=False)


@contextmanager
def confined(url: str, account_id: str) -> Iterator[psycopg.Connection[Any]]:
    """A bare connection, confined as a unit of work is; what it does is taken back."""
    with psycopg.connect(url) as connection:
        connection.execute("SELECT set_config('askul.account_id', %s, true)", [account_id])
        yield connection
        connection.rollback()


def accounts_in(connection: psycopg.Connection[Any], table: str) -> set[str]:
    return {row[0] for row in connection.execute(f"SELECT account_id FROM {table}")}  # noqa: S608 -- our names


def test_every_customers_table_is_guarded_or_explained(lived_in: tuple[str, Estate]) -> None:
    """Also after later revisions: a table that is made anew loses its policies."""
    with psycopg.connect(lived_in[0]) as connection:
        guarded = connection.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relrowsecurity AND relforcerowsecurity"
        )
        assert {name for (name,) in guarded} == GUARDED, (
            "a new table of customers: a policy, or OUTSIDE with a reason"
        )
        policies = connection.execute("SELECT tablename FROM pg_policies WHERE policyname = 'of_the_account'")
        assert {name for (name,) in policies} == GUARDED


@pytest.mark.parametrize("role", [CLERK, OWNER])
def test_a_bare_query_sees_nothing_of_another_account(lived_in: tuple[str, Estate], role: str) -> None:
    url, estate = as_role(lived_in[0], role), lived_in[1]
    own, other = estate.account_ids["a"], estate.account_ids["b"]
    met = set()
    with psycopg.connect(url) as everything, confined(url, own) as connection:
        for table in sorted(GUARDED):
            there = accounts_in(everything, table)
            seen = accounts_in(connection, table)
            assert seen == {one for one in there if one == own or (not one and table in FEEDS)}, table
            if {own, other} <= there:
                met.add(table)
    assert met >= {
        "orders",
        "order_lines",
        "invoices",
        "confirmations",
        "departments",
        "audit_records",
        "changes",
    }


@pytest.mark.parametrize("role", [CLERK, OWNER])
def test_nothing_of_another_account_is_changed_removed_or_added(
    lived_in: tuple[str, Estate], role: str
) -> None:
    url, estate = as_role(lived_in[0], role), lived_in[1]
    own, other = estate.account_ids["a"], estate.account_ids["b"]
    with confined(url, own) as connection:
        for table in sorted(GUARDED - {"orders"}):
            connection.execute(f"DELETE FROM {table}")  # noqa: S608 -- our names
        connection.execute("DELETE FROM orders")
        connection.execute("SELECT set_config('askul.account_id', '', true)")
        for table in ("orders", "order_lines", "invoices", "departments", "audit_records"):
            assert other in accounts_in(connection, table)
            assert own not in accounts_in(connection, table)
    with confined(url, own) as connection:
        found = connection.execute("UPDATE departments SET name = 'x' WHERE account_id = %s", [other])
        assert found.rowcount == 0
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
            connection.execute("UPDATE departments SET account_id = %s WHERE code = 'D1'", [other])
    with (
        confined(url, own) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"),
    ):
        connection.execute("INSERT INTO feeds (account_id, feed, last) VALUES (%s, 'planted', 1)", [other])


def test_a_record_may_be_left_in_another_account_and_not_be_read(lived_in: tuple[str, Estate]) -> None:
    """Whoever works elsewhere is written down at home (AUTH-17)."""
    url, estate = lived_in
    own, other = estate.account_ids["a"], estate.account_ids["b"]
    for table in sorted(RECORDS):
        columns = tables.metadata.tables[table].columns.keys()
        values = ", ".join({"account_id": "%s", "sequence": "-1"}.get(name, name) for name in columns)
        with confined(url, own) as connection:
            said = f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table} LIMIT 1"  # noqa: S608
            assert connection.execute(said, [other]).rowcount == 1
            assert accounts_in(connection, table) == {own}


def test_a_statement_that_forgot_the_account_finds_the_own_rows_only(lived_in: tuple[str, Estate]) -> None:
    """Through the unit of work; and its next one, on the same connection, is not confined any more."""
    estate = lived_in[1]
    forgetful = Prepared(sa.select(tables.orders.c.account_id))
    with estate.storage.begin() as unit:
        unit.confine(estate.account_ids["a"])
        assert {row[0] for row in unit._transaction.rows(forgetful)} == {estate.account_ids["a"]}
    with estate.storage.begin() as unit:
        assert {row[0] for row in unit._transaction.rows(forgetful)} == set(estate.account_ids.values())


def test_a_person_of_two_accounts_sees_the_departments_of_both_to_choose_from(
    lived_in: tuple[str, Estate],
) -> None:
    estate = lived_in[1]
    own, other = estate.account_ids["a"], estate.account_ids["b"]
    with estate.storage.begin() as unit:
        membership = unit.memberships.get(own, estate.people["a", "admin"])
        assert membership is not None
        unit.memberships.add(
            evolve(membership, account_id=other, role=Role.VIEWER, primary_administrator=False)
        )
    caller = Caller(name="administrator", token=estate.administrators["a"], role=Role.ADMINISTRATOR)
    found = estate.outcome("json", LIST_CONTEXTS, ListContextsRequest(), caller).answer
    departments = {one.account_name: set(one.department_codes) for one in found.contexts}
    assert departments == {
        f"株式会社{canary(name)}": {"D1", "D2", f"{canary(name)}-9"} for name in ("a", "b")
    }


def test_a_backup_by_the_owner_is_whole(lived_in: tuple[str, Estate]) -> None:
    url = as_role(lived_in[0], OWNER)
    with SqlArchive(url, Side.SUPPLIER).snapshot() as copy:
        found = {table.name: len(list(table.rows)) for table in copy.tables()}
    with psycopg.connect(as_role(lived_in[0], "postgres")) as connection:
        for table in GUARDED:
            (count,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone() or (0,)  # noqa: S608
            assert found[table] == count, table
    assert found["orders"] >= 6
