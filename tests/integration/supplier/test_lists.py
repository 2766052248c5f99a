"""The one contract of lists: pages, cursors, totals, order of commits."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from askul_connect.core.domain.calendar import business_date
from askul_connect.core.domain.reductions import Reduction
from askul_connect.core.errors import CursorExpired, NotFound, ValueInvalid
from askul_connect.core.messages.billing import ListCreditNotesRequest, ListUsageRequest
from askul_connect.core.messages.catalog import GetItemRequest, ListItemsRequest
from askul_connect.core.messages.ordering import (
    ListConfirmationsRequest,
    ListInvoicesRequest,
    ListOrdersRequest,
    ListShipNoticesRequest,
)
from askul_connect.core.operations import billing
from askul_connect.core.operations import supplier as operations
from askul_connect.core.operations.sessions import LIST_LOGIN_HISTORY
from askul_connect.core.operations.supplier import SUPPLIER_OPERATIONS

LISTS = {
    "items": (operations.LIST_ITEMS, ListItemsRequest),
    "orders": (operations.LIST_ORDERS, ListOrdersRequest),
    "confirmations": (operations.LIST_CONFIRMATIONS, ListConfirmationsRequest),
    "ship_notices": (operations.LIST_SHIP_NOTICES, ListShipNoticesRequest),
    "invoices": (operations.LIST_INVOICES, ListInvoicesRequest),
    "usage": (billing.LIST_USAGE, ListUsageRequest),
    "credit_notes": (billing.LIST_CREDIT_NOTES, ListCreditNotesRequest),
}

#: Lists that no machine reads, and the searches, whose pages are tried with what they list; test_login_history.py is
#: another.
ELSEWHERE = {
    "SearchItems": "test_item_search.py",
    "SearchOrders": "test_order_history.py",
    "ListAccounts": "test_administration_lists.py",
    "ListAuditRecords": "test_auditing.py",
    "ListTickets": "test_ticket_lists.py",
    "ListReturns": "test_order_returns.py",
}


def test_every_list_of_the_registry_is_checked_here() -> None:
    paged = {one.name for one in SUPPLIER_OPERATIONS if hasattr(one.request, "cursor")}
    elsewhere = ELSEWHERE.keys() | {LIST_LOGIN_HISTORY.name}
    assert paged == {operation.name for operation, _ in LISTS.values()} | elsewhere
    for name, file in ELSEWHERE.items():
        assert f"{name}Request(page_size=" in Path(__file__).with_name(file).read_text("utf-8")


@pytest.fixture
def filled(stored: Any, line: Any) -> tuple[Any, Any]:
    """Five months of one shipped and invoiced order each, of which everything comes back in the month after."""
    customer = stored.customer()
    for month in range(5):
        order = stored.place(customer.machine, f"PO-{month}", line("1", "PEN", 1)).orders[0].order_number
        stored.confirm(order)
        notice = stored.ship(order, ("1", 1, 0)).ship_notice_number
        stored.go_to(2026 + (month + 11) // 12, (month + 11) % 12 + 1, 1, 9)
        stored.supplier.automation.work()
        come_back(stored, customer, order, notice)
    stored.go_to(2027, 5, 1, 9)
    stored.supplier.automation.work()
    customer.administrator = stored.login(customer.number, "Kaede-7-kaze").session_token
    return stored, customer


def come_back(world: Any, customer: Any, order: str, notice: str) -> None:
    with world.storage.begin() as unit:
        account = unit.accounts.by_customer_number(customer.number)
        unit.reductions.add(
            [
                Reduction(
                    reduction_id=f"R-{notice}",
                    account_id=account.account_id,
                    order_number=order,
                    line_id="1",
                    ship_notice_number=notice,
                    quantity=1,
                    returned_on=business_date(world.clock.now(), "Asia/Tokyo"),
                    reason="",
                )
            ]
        )


def ask(world: Any, name: str, token: Any, **changes: Any) -> tuple[tuple[Any, ...], Any]:
    operation, request = LISTS[name]
    answer = world.call(operation, request(**changes), token=token)
    return getattr(answer, name), answer.page


@pytest.mark.parametrize("name", LISTS)
def test_pages_of_any_size_make_the_same_list(filled: tuple[Any, Any], name: str) -> None:
    world, customer = filled
    whole, info = ask(world, name, customer.machine, page_size=1_000)
    assert len(whole) >= 5
    assert not info.more
    assert info.total == len(whole)
    for size in range(1, len(whole) + 2):
        found: tuple[Any, ...] = ()
        cursor, pages, more = "", 0, True
        while more:
            part, page = ask(world, name, customer.machine, cursor=cursor, page_size=size)
            assert page.total == (len(whole) if pages == 0 else None)
            assert len(part) == size or not page.more
            assert page.deleted == ()
            found, cursor, more, pages = found + part, page.next_cursor, page.more, pages + 1
        assert found == whole
        assert pages == -(-len(whole) // size)
        assert ask(world, name, customer.machine, cursor=cursor, page_size=size)[0] == ()


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("size", [0, -1, 1_001, 2**40])
def test_a_page_has_one_to_a_thousand_records(world: Any, name: str, size: int) -> None:
    customer = world.customer()
    with pytest.raises(ValueInvalid) as caught:
        ask(world, name, customer.machine, page_size=size)
    assert caught.value.where == "page_size"


@pytest.mark.parametrize("name", LISTS)
def test_a_cursor_is_good_for_its_list_and_account_only(filled: tuple[Any, Any], name: str) -> None:
    world, customer = filled
    cursor = ask(world, name, customer.machine, page_size=1)[1].next_cursor
    stranger = world.customer("b")
    raw = bytearray(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    raw[7] ^= 1
    moved = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    for other in LISTS:
        if other != name:
            with pytest.raises(CursorExpired):
                ask(world, other, customer.machine, cursor=cursor)
    for token, wrong in (
        (stranger.machine, cursor),
        (customer.machine, moved),
        (customer.machine, cursor[:-1]),
        (customer.machine, f"{cursor}A"),
        (customer.machine, "1"),
        (customer.machine, "あ"),
        (customer.machine, " "),
        (customer.machine, "=" * 7),
    ):
        with pytest.raises(CursorExpired) as caught:
            ask(world, name, token, cursor=wrong)
        assert caught.value.where == "cursor"


def test_a_cursor_outlives_a_restart(filled: tuple[Any, Any]) -> None:
    world, customer = filled
    (first,), page = ask(world, "orders", customer.machine, page_size=1)
    world.caller = world.caller_of(world.start())
    rest, _ = ask(world, "orders", customer.machine, cursor=page.next_cursor)
    assert (first, *rest) == ask(world, "orders", customer.machine)[0]


@pytest.mark.spec("CAT-1")
def test_an_item_is_shown_with_price_tax_and_stock(faced: Any) -> None:
    from decimal import Decimal

    customer = faced.customer()
    found = faced.call(operations.GET_ITEM, GetItemRequest(sku="TEA"), token=customer.machine).item
    assert (found.unit_price, found.tax_rate, found.available, found.multiple) == (
        Decimal("98.5"),
        Decimal(8),
        500,
        2,
    )
    items, _ = ask(faced, "items", customer.machine)
    assert found in items
    assert [one.sku for one in items] == ["PEN", "TEA", "CLIP", "DESK", "RARE", "OLD"]
    with pytest.raises(NotFound):
        faced.call(operations.GET_ITEM, GetItemRequest(sku="NONE"), token=customer.machine)
