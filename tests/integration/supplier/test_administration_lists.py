"""Lists for administrators and staff: machine identities (AUTH-20) and accounts (ACC-3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from askul_connect.adapters.storage.sql import schema
from askul_connect.adapters.storage.sql.schema import Side
from askul_connect.adapters.storage.sql.storage import supplier_sql
from askul_connect.core.domain.accounts import Role
from askul_connect.core.errors import AccessDenied, CursorExpired, NotAuthenticated, ValueInvalid
from askul_connect.core.messages.accounts import GetAccountRequest
from askul_connect.core.messages.administration import ListAccountsRequest, ListClientCredentialsRequest
from askul_connect.core.messages.login import RevokeClientCredentialRequest
from askul_connect.core.operations import administration
from askul_connect.core.operations import supplier as operations

CREDENTIALS = administration.LIST_CLIENT_CREDENTIALS
ACCOUNTS = administration.LIST_ACCOUNTS


def credentials(world: Any, customer: Any) -> Any:
    found = world.call(CREDENTIALS, ListClientCredentialsRequest(), token=customer.administrator)
    return found.credentials


@pytest.mark.spec("AUTH-20")
def test_machine_identities_are_listed_with_their_scope_and_last_use(everywhere: Any) -> None:
    world = everywhere
    customer, other = world.customer("a"), world.customer("b")
    world.forward(timedelta(minutes=10))
    token = customer.credential("GetItem", "GetAccount", departments=("D2", "D1"), label="shop")

    first, second = credentials(world, customer)
    assert (second.label, second.operations, second.departments) == (
        "shop",
        ("GetAccount", "GetItem"),
        ("D1", "D2"),
    )
    assert (second.created_at, second.last_used_at, second.revoked_at) == (world.clock.now(), None, None)
    assert second.created_by
    assert first.label == "erp"
    assert len(credentials(world, other)) == 1

    world.forward(timedelta(minutes=10))
    world.call(operations.GET_ACCOUNT, GetAccountRequest(), token=token)
    revoke = RevokeClientCredentialRequest(credential_id=second.credential_id)
    world.call(operations.REVOKE_CLIENT_CREDENTIAL, revoke, token=customer.administrator)
    second = credentials(world, customer)[1]
    assert (second.last_used_at, second.revoked_at) == (world.clock.now(), world.clock.now())


@pytest.mark.spec("AUTH-20")
def test_no_list_has_anything_of_a_secret(world: Any) -> None:
    customer = world.customer()
    secret = customer.machine.reveal().rpartition(".")[2]
    said = repr(credentials(world, customer))
    assert secret not in said
    with world.storage.begin() as unit:
        (account,) = unit.accounts.all()
        (stored,) = unit.credentials.of_account(account.account_id)
    assert stored.secret_hash not in said


@pytest.mark.spec("AUTH-20", "ACC-5")
def test_who_may_list(faced: Any) -> None:
    customer = faced.customer()
    buyer = customer.person("p@a.example.co.jp", Role.BUYER)
    for operation, request in (
        (CREDENTIALS, ListClientCredentialsRequest()),
        (ACCOUNTS, ListAccountsRequest()),
    ):
        for token in (buyer, customer.machine):
            with pytest.raises(AccessDenied):
                faced.call(operation, request, token=token)
        with pytest.raises(NotAuthenticated):
            faced.call(operation, request)
    with pytest.raises(AccessDenied):
        faced.call(ACCOUNTS, ListAccountsRequest(), token=customer.administrator)


@pytest.mark.spec("ACC-3")
def test_staff_page_through_the_accounts_in_commit_order(stored: Any) -> None:
    for name in ("c", "a", "b"):
        stored.letter(name)
    # a letter that is written anew is no change of the account
    stored.letter("c")

    page = stored.as_staff(ACCOUNTS, ListAccountsRequest(page_size=2))
    assert [one.name for one in page.accounts] == ["株式会社見本c", "株式会社見本a"]
    assert (page.page.total, page.page.more) == (3, True)
    rest = stored.as_staff(ACCOUNTS, ListAccountsRequest(cursor=page.page.next_cursor, page_size=2))
    [last] = rest.accounts
    assert (last.name, rest.page.more, rest.page.total) == ("株式会社見本b", False, None)
    with stored.storage.begin() as unit:
        account = unit.accounts.by_customer_number(last.customer_number)
    assert (account.member_number, account.kind, account.state) == (
        last.member_number,
        last.kind,
        last.state,
    )
    stored.letter("d")
    news = stored.as_staff(ACCOUNTS, ListAccountsRequest(cursor=rest.page.next_cursor))
    assert [one.name for one in news.accounts] == ["株式会社見本d"]
    with pytest.raises(CursorExpired):
        stored.as_staff(ACCOUNTS, ListAccountsRequest(cursor="x"))
    with pytest.raises(ValueInvalid):
        stored.as_staff(ACCOUNTS, ListAccountsRequest(page_size=1_001))


@pytest.mark.spec("ACC-3", "REL-9")
def test_accounts_from_before_there_was_a_list_stand_at_its_beginning(
    make_world: Callable[..., Any], tmp_path: Path
) -> None:
    world = make_world("sqlite")
    for name in ("b", "a"):
        world.letter(name)
        world.forward(timedelta(minutes=1))
    before = world.as_staff(ACCOUNTS, ListAccountsRequest()).accounts
    # a database of the schema before, with these accounts
    url = f"sqlite:///{tmp_path / 'before.sqlite3'}"
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        schema.migrate(connection, Side.SUPPLIER, "supplier_0060")
    with engine.begin() as connection:
        connection.exec_driver_sql(f"ATTACH '{world.folder / 'supplier.sqlite3'}' AS now")
        known = [one[1] for one in connection.exec_driver_sql("PRAGMA main.table_info(accounts)")]
        columns = ", ".join(known)
        taken = f"SELECT {columns} FROM now.accounts"  # noqa: S608 -- our own names
        connection.exec_driver_sql(f"INSERT INTO main.accounts ({columns}) {taken}")
    engine.dispose()

    schema.schema_upgrade(url, Side.SUPPLIER)
    storage = supplier_sql(url)
    world.storage = storage
    world.start()

    assert world.as_staff(ACCOUNTS, ListAccountsRequest()).accounts == before
    world.letter("c")
    assert len(world.as_staff(ACCOUNTS, ListAccountsRequest()).accounts) == 3
    storage.close()
