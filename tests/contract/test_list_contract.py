"""The one contract of every list the registry has; a list without a case here fails.

Opaque signed cursors in commit order, any page size, tombstones, a total on the first page, a typed error for any
other cursor.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve, frozen

from askul_connect.adapters.storage.memory import supplier_memory
from askul_connect.adapters.storage.sql.storage import supplier_sql
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import CursorExpired, ValueInvalid
from askul_connect.core.operations.registry import Operation
from askul_connect.core.operations.supplier import SUPPLIER_OPERATIONS
from askul_connect.testing.storage.samples import (
    account,
    credential,
    item,
    order,
    order_line,
    shipped_line,
    stock_level,
)
from askul_connect.testing.storage.samples_billing import credit_note
from askul_connect.testing.storage.samples_documents import confirmation, invoice, ship_notice
from askul_connect.testing.storage.supplier_fulfilment import RETURN

OURS, THEIRS = "account-1", "account-2"
TOKENS = {OURS: Secret("ac_reader.secret"), THEIRS: Secret("ac_other.secret")}
#: Every list: its operation, what its records are called, and what names each.
LISTS = {
    "ListItems": ("items", "sku"),
    "ListOrders": ("orders", "order_number"),
    "ListConfirmations": ("confirmations", "confirmation_number"),
    "ListShipNotices": ("ship_notices", "ship_notice_number"),
    "ListInvoices": ("invoices", "invoice_number"),
    "ListReturns": ("returns", "return_number"),
    "ListCreditNotes": ("credit_notes", "credit_note_number"),
    "ListUsage": ("usage", "ship_notice_number"),
}
#: A list that is the same for every account.
SHARED = {"ListItems"}
EVERY = [operation for operation in SUPPLIER_OPERATIONS if hasattr(operation.request, "cursor")]
#: What is paged and tells no changes: its hits stand in an order of their own. Where its case is.
SEARCHES = {
    "SearchItems": "tests/integration/supplier/test_item_search.py",
    "SearchOrders": "tests/integration/supplier/test_order_history.py",
}
PAGED = [operation for operation in EVERY if operation.machines and operation.name not in SEARCHES]
#: Lists that no machine may read, and where their case is.
OF_PEOPLE = {
    "ListAuditRecords": "tests/integration/supplier/test_auditing.py",
    "ListLoginHistory": "tests/integration/supplier/test_login_history.py",
    "ListTickets": "tests/integration/supplier/test_ticket_lists.py",
    "ListAccounts": "tests/integration/supplier/test_administration_lists.py",
}
ROOT = Path(__file__).parents[2]
KEYS = tuple(f"K{number:02}" for number in range(12))


def add(unit: Any, feed: str, key: str) -> None:
    match feed:
        case "items":
            unit.catalog.add_many([(item(key), stock_level(key, 0, 0))])
        case "orders":
            unit.orders.add(order(key, purchase_order_id=key, lines=(order_line(),)))
        case "confirmations":
            unit.documents.add_confirmation(OURS, confirmation(key))
        case "ship_notices":
            unit.documents.add_ship_notice(OURS, ship_notice(key))
        case "invoices":
            unit.documents.add_invoice(OURS, invoice(key))
        case "returns":
            if unit.orders.get(OURS, RETURN.order_number) is None:
                unit.orders.add(order(RETURN.order_number))
            unit.returns.add(evolve(RETURN, return_number=key))
        case "credit_notes":
            unit.billing.add_credit_note(OURS, credit_note(key))
        case "usage":
            unit.shipped_lines.add([shipped_line(key)])


@frozen
class Reader:
    """Reads one list of a supplier over SOAP."""

    storage: Any
    caller: Any
    operation: Operation[Any, Any]

    @property
    def feed(self) -> str:
        return LISTS[self.operation.name][0]

    @property
    def owner(self) -> str:
        return "" if self.operation.name in SHARED else OURS

    def change(self, *keys: str, deleted: bool = False) -> None:
        with self.storage.begin() as unit:
            unit.changes.record(self.owner, self.feed, keys, deleted=deleted)

    def page(self, cursor: str = "", size: int = 1_000, *, of: str = OURS) -> tuple[list[str], Any]:
        request = self.operation.request(cursor=cursor, page_size=size)
        answer = self.caller.call(self.operation, request, token=TOKENS[of])
        return [
            getattr(record, LISTS[self.operation.name][1]) for record in getattr(answer, self.feed)
        ], answer.page

    def all(self, size: int, cursor: str = "") -> list[str]:
        found, more = [], True
        while more:
            keys, page = self.page(cursor, size)
            assert len(keys) <= size
            found += keys
            cursor, more = page.next_cursor, page.more
        return found


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    if request.param == "memory":
        opened: Any = supplier_memory()
    elif request.param == "sqlite":
        opened = supplier_sql(f"sqlite:///{tmp_path / 'supplier.sqlite3'}")
    else:
        opened = supplier_sql(request.getfixturevalue("supplier_postgresql")())
    yield opened
    opened.close()


@pytest.fixture(params=PAGED, ids=lambda operation: operation.name)
def reader(
    request: pytest.FixtureRequest, storage: Any, supplier_over: Callable[[Any], Any]
) -> Iterator[Reader]:
    operation = request.param
    feed, _ = LISTS[operation.name]
    names = tuple(paged.name for paged in PAGED)
    secret = Secret("secret").fingerprint()
    with storage.begin() as unit:
        for number, (owner, name) in enumerate(((OURS, "reader"), (THEIRS, "other")), start=1):
            unit.accounts.add(account(number))
            unit.credentials.add(credential(name, account_id=owner, secret_hash=secret, operations=names))
        for key in KEYS:
            add(unit, feed, key)
    made = Reader(storage, supplier_over(storage).soap_caller(), operation)
    # one commit each: their order is that of the commits, not of the names
    for key in reversed(KEYS):
        made.change(key)
    yield made
    made.caller.close()


def test_every_list_of_the_registry_has_its_case() -> None:
    assert {operation.name for operation in PAGED} == set(LISTS)
    assert {operation.name for operation in EVERY} == {*LISTS, *OF_PEOPLE, *SEARCHES}
    for path in (*OF_PEOPLE.values(), *SEARCHES.values()):
        assert "CursorExpired" in (ROOT / path).read_text(encoding="utf-8")


@pytest.mark.spec("INT-5", "REL-6")
def test_the_contract_of_a_list(reader: Reader) -> None:
    newest_last = list(reversed(KEYS))
    for size in (1, 5, 12, 1_000):
        assert reader.all(size) == newest_last, f"pages of {size}"
    for size in (0, -1, 1_001):
        with pytest.raises(ValueInvalid):
            reader.page(size=size)

    first, page = reader.page(size=5)
    assert (first, page.more, page.total, page.deleted) == (newest_last[:5], True, 12, ())
    second, behind = reader.page(page.next_cursor, 5)
    assert (second, behind.more, behind.total) == (newest_last[5:10], True, None), (
        "the total is the first page's"
    )

    # what changes behind the reader comes again at the end, what goes comes as a tombstone
    reader.change(newest_last[0])
    reader.change(newest_last[11], deleted=True)
    rest, end = reader.page(behind.next_cursor, 1_000)
    assert (rest, end.deleted, end.more) == ([newest_last[10], newest_last[0]], (newest_last[11],), False)
    again, still = reader.page(end.next_cursor)
    assert (again, still.deleted, still.next_cursor) == ([], (), end.next_cursor)
    whole, page = reader.page()
    assert (len(whole), page.total, page.deleted) == (11, 11, (newest_last[11],))


@pytest.mark.spec("INT-5", "REL-6")
def test_another_cursor_is_refused(reader: Reader) -> None:
    _, page = reader.page(size=3)
    raw = base64.urlsafe_b64decode(page.next_cursor + "=" * (-len(page.next_cursor) % 4))
    moved = base64.urlsafe_b64encode(
        (int.from_bytes(raw[:8], "big") + 1).to_bytes(8, "big") + raw[8:]
    ).decode()
    other = next(operation for operation in PAGED if operation is not reader.operation)
    _, foreign = Reader(reader.storage, reader.caller, other).page()
    _, theirs = reader.page(size=3, of=THEIRS)
    for strange in (
        "nonsense",
        "%",
        "3",
        moved.rstrip("="),
        page.next_cursor[:-4],
        foreign.next_cursor,
        theirs.next_cursor,
    ):
        with pytest.raises(CursorExpired) as caught:
            reader.page(strange)
        assert "again without a cursor" in caught.value.remedy.en, "it advises to read everything again"
