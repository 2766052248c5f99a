"""What each kind of account has, by the one table (ACC-1)."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from askul_connect.core.domain.accounts import AccountKind, Role
from askul_connect.core.domain.capabilities import CAPABILITIES, LIMITS, Capability
from askul_connect.core.errors import (
    AccessDenied,
    AccountLimitReached,
    AskulConnectError,
    NotAuthenticated,
    NotForThisAccount,
    NotFound,
    OrderRefused,
)
from askul_connect.core.messages.accounts import GetAccountRequest
from askul_connect.core.messages.catalog import GetItemRequest, ListItemsRequest
from askul_connect.core.messages.ordering import OrderLineRequest
from askul_connect.core.operations import supplier as operations
from askul_connect.core.operations.supplier import SUPPLIER_OPERATIONS

CORE = Path(__file__).parents[3] / "src" / "askul_connect" / "core"
PASSWORD = "Kaede-7-kaze"
#: What an individual's account lacks, said here a second time on purpose.
CORPORATE_ONLY = {
    "ChangeBillingTerms",
    "IssueClientCredential",
    "AddUser",
    "AddDepartment",
    "ListOrders",
    "ListConfirmations",
    "ListShipNotices",
    "ListInvoices",
    "ListCreditNotes",
    "ListUsage",
    "SearchOrders",
    "SummariseOrders",
}


def administrator(world: Any, kind: AccountKind) -> Any:
    letter = world.letter(kind=kind)
    return world.first_session(letter.customer_number, letter.temporary_password)


@pytest.mark.spec("ACC-1")
@pytest.mark.parametrize("kind", list(AccountKind))
def test_each_kind_may_what_the_table_says(faced: Any, examples: dict[str, Any], kind: AccountKind) -> None:
    letter = faced.letter(kind=kind)
    token = faced.first_session(letter.customer_number, letter.temporary_password)
    refused = set()
    for operation in SUPPLIER_OPERATIONS:
        if Role.ADMINISTRATOR not in operation.access:
            continue
        try:
            faced.call(operations.GET_ACCOUNT, GetAccountRequest(), token=token)
        except NotAuthenticated:
            # an operation before ended the session; without one nobody looks at the kind
            token = faced.login(letter.customer_number, PASSWORD).session_token
        try:
            faced.call(operation, examples[operation.name], token=token, key=faced.fresh())
        except NotForThisAccount:
            refused.add(operation.name)
        except AccessDenied:
            raise
        except AskulConnectError:
            pass
    declared = {one.name for one in SUPPLIER_OPERATIONS if one.capability not in {None, *CAPABILITIES[kind]}}
    assert refused == declared
    assert refused == (CORPORATE_ONLY if kind is AccountKind.INDIVIDUAL else set())


@pytest.mark.spec("ACC-1")
def test_the_table_is_whole() -> None:
    assert set(CAPABILITIES) == set(LIMITS) == set(AccountKind)
    assert CAPABILITIES[AccountKind.CORPORATION] == set(Capability)
    assert not CAPABILITIES[AccountKind.INDIVIDUAL]
    limits = [LIMITS[kind] for kind in AccountKind]
    assert [one.users for one in limits] == [None, 5, 1]
    assert [one.credit is None for one in limits] == [True, False, False]
    assert LIMITS[AccountKind.INDIVIDUAL].shipping != LIMITS[AccountKind.CORPORATION].shipping


@pytest.mark.spec("ACC-1")
def test_nothing_asks_for_the_kind() -> None:
    """Only the table names kinds."""
    asking = re.compile(r"kind\s*(?:is|==|!=|in)\s.*AccountKind|AccountKind\.[A-Z_]+")
    found = {
        path.relative_to(CORE).as_posix()
        for path in CORE.rglob("*.py")
        if asking.search(path.read_text("utf-8"))
    }
    assert found == {"domain/capabilities.py"}


@pytest.mark.spec("ACC-1")
def test_an_individual_sees_part_of_the_catalog_at_list_prices(everywhere: Any) -> None:
    world = everywhere
    world.start(profile=evolve(world.supplier.dispatcher.house.profile, price_factor_permille=900))
    world.caller = world.caller_of(world.supplier)
    corporate = world.customer("a").administrator
    letter = world.letter("b", kind=AccountKind.INDIVIDUAL)
    individual = world.first_session(letter.customer_number, letter.temporary_password)
    seen = {}
    for who, token in (("corporate", corporate), ("individual", individual)):
        answer = world.call(operations.LIST_ITEMS, ListItemsRequest(), token=token)
        seen[who] = {one.sku: one.unit_price for one in answer.items}
    assert set(seen["corporate"]) - set(seen["individual"]) == {"DESK"}
    assert (str(seen["corporate"]["PEN"]), str(seen["individual"]["PEN"])) == ("108", "120")
    with pytest.raises(NotFound):
        world.call(operations.GET_ITEM, GetItemRequest(sku="DESK"), token=individual)
    world.pay_by_card(individual)
    with pytest.raises(OrderRefused) as caught:
        world.place(individual, "PO-1", world_line("1", "DESK", 1))
    assert [one.code for one in caught.value.problems] == ["item-restricted"]


def world_line(line_id: str, sku: str, quantity: int) -> Any:
    return OrderLineRequest(line_id=line_id, sku=sku, quantity=quantity, unit="H87", department="D1")


@pytest.mark.spec("ACC-1")
def test_an_individual_orders_no_bulk(stored: Any) -> None:
    token = stored.pay_by_card(administrator(stored, AccountKind.INDIVIDUAL))
    lines = [world_line(str(number), "PEN", 1) for number in range(1, 22)]
    with pytest.raises(NotForThisAccount, match="bulk orders"):
        stored.place(token, "PO-1", *lines)
    assert stored.place(token, "PO-2", *lines[:20]).orders


@pytest.mark.spec("ACC-1")
def test_a_sole_proprietor_has_so_many_users(stored: Any) -> None:
    letter = stored.letter(kind=AccountKind.SOLE_PROPRIETOR)
    token = stored.first_session(letter.customer_number, letter.temporary_password)

    def add(number: int) -> None:
        request = operations.ADD_USER.request(
            email=f"p{number}@a.example.co.jp", name="山田", role=Role.BUYER
        )
        stored.call(operations.ADD_USER, request, token=token, key=stored.fresh())

    for number in range(4):
        add(number)
    with pytest.raises(AccountLimitReached, match="at most 5 users"):
        add(9)


@pytest.mark.spec("ACC-1")
def test_credit_counts_what_is_ordered_and_not_yet_invoiced(stored: Any) -> None:
    world = stored
    customer = world.customer("a", kind=AccountKind.SOLE_PROPRIETOR)
    desks = 60  # 60 x 15,000 and tax: 990,000 of the 1,000,000
    order = world.place(customer.machine, "PO-1", world_line("1", "DESK", desks)).orders[0]
    with pytest.raises(AccountLimitReached, match="exceed the credit of 1000000"):
        world.place(customer.machine, "PO-2", world_line("1", "DESK", 1))
    world.confirm(order.order_number)
    world.ship(order.order_number, ("1", desks, 0))
    with pytest.raises(AccountLimitReached):
        world.place(customer.machine, "PO-3", world_line("1", "DESK", 1))
    world.go_to(2026, 12, 1, 10)
    world.close_billing(customer, date(2026, 11, 30))
    assert world.place(customer.machine, "PO-4", world_line("1", "DESK", 1)).orders


@pytest.mark.spec("ACC-1")
def test_an_account_is_told_what_it_has(world: Any) -> None:
    answer = world.call(
        operations.GET_ACCOUNT, GetAccountRequest(), token=administrator(world, AccountKind.SOLE_PROPRIETOR)
    )
    assert answer.capabilities == tuple(sorted(set(Capability) - {Capability.LEGAL_PERSON}))
