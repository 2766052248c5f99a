"""Every list of the supplier while eight threads write: its reader misses nothing and gets nothing twice (REL-6).

``CHANGES`` says how many changes each list goes through; 1,000 without it, 10,000 with HEAVY=1. Writers commit real
units of work, up to a handful of changes each: records that are new, that change and that go. The reader asks the
list operations, in pages of any size, and every few pages forgets all but its cursor and its own records.
"""

import os
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, cast

import pytest
from attrs import evolve, field, frozen

from askul_connect.adapters.security.simulated import SimulatedClock
from askul_connect.adapters.security.system import SeededIds
from askul_connect.adapters.storage.sql.storage import supplier_sql
from askul_connect.bootstrap.reference import ReferenceSupplier, make_supplier
from askul_connect.bootstrap.reference_options import InProcessOptions
from askul_connect.core.domain.accounts import SupplierProfile
from askul_connect.core.domain.returns import GoodsReturn
from askul_connect.core.domain.sales import Order
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.messages.billing import ListCreditNotesRequest, ListUsageRequest
from askul_connect.core.messages.catalog import ListItemsRequest
from askul_connect.core.messages.ordering import (
    ListConfirmationsRequest,
    ListInvoicesRequest,
    ListOrdersRequest,
    ListShipNoticesRequest,
)
from askul_connect.core.messages.returns import ListReturnsRequest
from askul_connect.core.operations import supplier as operations
from askul_connect.core.operations.billing import LIST_CREDIT_NOTES, LIST_USAGE
from askul_connect.core.operations.order_life import LIST_RETURNS
from askul_connect.core.operations.sessions import LIST_LOGIN_HISTORY
from askul_connect.core.operations.supplier import SUPPLIER_OPERATIONS
from askul_connect.core.policies.fulfilment import Behaviour
from askul_connect.core.ports.supplier_storage import SupplierStorage
from askul_connect.core.services.buyer.onboarding import OnboardingPlan
from askul_connect.core.services.units import run_unit
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

CHANGES = int(os.environ.get("CHANGES") or (10_000 if os.environ.get("HEAVY") == "1" else 1_000))
WRITERS = 8
ACCOUNT = "account-1"
START = datetime(2026, 11, 2, tzinfo=UTC)
TOKEN = Secret("ac_reader.secret")


@frozen(kw_only=True)
class List:
    """One list: how its records are written and read.

    Attributes:
        add: Stores a new record.
        change: Stores another version of one; None where a record never changes by itself.
        version: Which version a record that was read is.
    """

    operation: Any
    request: Any
    key: str
    add: Callable[[Any, str], None]
    change: Callable[[Any, str, int], None] | None = None
    version: Callable[[Any], int] = field(default=lambda _record: 0)
    owner: str = ACCOUNT


def _order(key: str, version: int) -> Order:
    return order(key, purchase_order_id=key, lines=(order_line(quantity=10_000, quantity_shipped=version),))


def _return(key: str, version: int) -> GoodsReturn:
    line = evolve(RETURN.lines[0], quantity_received=version)
    return evolve(RETURN, return_number=key, lines=(line,))


LISTS = {
    "items": List(
        operation=operations.LIST_ITEMS,
        request=ListItemsRequest,
        key="sku",
        add=lambda unit, key: unit.catalog.add_many([(item(key), stock_level(key, 0, 0))]),
        change=lambda unit, key, version: unit.catalog.save_stock([stock_level(key, version, 0)]),
        version=lambda record: int(record.available),
        owner="",
    ),
    "orders": List(
        operation=operations.LIST_ORDERS,
        request=ListOrdersRequest,
        key="order_number",
        add=lambda unit, key: unit.orders.add(_order(key, 0)),
        change=lambda unit, key, version: unit.orders.save(_order(key, version)),
        version=lambda record: int(record.lines[0].quantity_shipped),
    ),
    "confirmations": List(
        operation=operations.LIST_CONFIRMATIONS,
        request=ListConfirmationsRequest,
        key="confirmation_number",
        add=lambda unit, key: unit.documents.add_confirmation(ACCOUNT, confirmation(key)),
    ),
    "ship_notices": List(
        operation=operations.LIST_SHIP_NOTICES,
        request=ListShipNoticesRequest,
        key="ship_notice_number",
        add=lambda unit, key: unit.documents.add_ship_notice(ACCOUNT, ship_notice(key)),
    ),
    "invoices": List(
        operation=operations.LIST_INVOICES,
        request=ListInvoicesRequest,
        key="invoice_number",
        add=lambda unit, key: unit.documents.add_invoice(ACCOUNT, invoice(key)),
    ),
    "returns": List(
        operation=LIST_RETURNS,
        request=ListReturnsRequest,
        key="return_number",
        add=lambda unit, key: unit.returns.add(_return(key, 0)),
        change=lambda unit, key, version: unit.returns.save(_return(key, version)),
        version=lambda record: int(record.lines[0].quantity_received),
    ),
    "credit_notes": List(
        operation=LIST_CREDIT_NOTES,
        request=ListCreditNotesRequest,
        key="credit_note_number",
        add=lambda unit, key: unit.billing.add_credit_note(ACCOUNT, credit_note(key)),
    ),
    "usage": List(
        operation=LIST_USAGE,
        request=ListUsageRequest,
        key="ship_notice_number",
        add=lambda unit, key: unit.shipped_lines.add([shipped_line(key)]),
    ),
}


def test_every_list_of_the_registry_is_here() -> None:
    paged = {one.name for one in SUPPLIER_OPERATIONS if hasattr(one.request, "cursor")}
    # the records of two are numbered in commit order themselves; two more are tried with what they list
    elsewhere = {"ListAuditRecords", LIST_LOGIN_HISTORY.name, "ListTickets", "ListAccounts"}
    # and a search tells no changes
    elsewhere |= {"SearchItems", "SearchOrders"}
    assert paged == {one.operation.name for one in LISTS.values()} | elsewhere


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'supplier.sqlite3'}"
    made: str = request.getfixturevalue("supplier_postgresql")()
    return made


@pytest.fixture
def storage(url: str) -> Iterator[SupplierStorage]:
    opened = supplier_sql(url)
    with opened.begin() as unit:
        unit.accounts.add(account())
        # of which the returns are
        unit.orders.add(order(RETURN.order_number))
        unit.credentials.add(
            credential(
                "reader",
                secret_hash=Secret("secret").fingerprint(),
                operations=tuple(one.operation.name for one in LISTS.values()),
            )
        )
    yield opened
    opened.close()


def supplier(url: str) -> ReferenceSupplier:
    """As after a restart: nothing is left but the database."""
    clock = SimulatedClock(START)
    options = InProcessOptions(
        database=Secret(url),
        items=0,
        seed="tests",
        profile=SupplierProfile(
            name="見本", party_id="0188:1", registration_number="T1", postcode="100-0001", address="東京都"
        ),
        opening=cast("Any", None),  # nobody is opened here
        plan=OnboardingPlan(buyer_name="", buyer_email="", buyer_departments=()),
        behaviour=Behaviour(),
    )
    return make_supplier(
        options,
        supplier_sql(url),
        clock=clock,
        ids=SeededIds("tests", clock),
        notices=Path("nowhere"),
        stock=False,
    )


@frozen
class Written:
    """What became of a writer's own records."""

    changes: Counter[str]
    versions: dict[str, int]
    gone: set[str]


def write(storage: SupplierStorage, feed: str, one: List, writer: int, amount: int) -> Written:
    """Commit that many changes, in units of one to five."""
    chance = random.Random(f"{feed}-{writer}")  # noqa: S311 -- chooses cases
    written = Written(Counter(), {}, set())
    numbers, left = count(1), amount
    while left:
        new = [f"{writer}-{next(numbers)}" for _ in range(min(left, chance.randint(1, 5)))]
        left -= len(new)
        alive = sorted(written.versions.keys() - written.gone)
        old = chance.sample(alive, k=min(left, len(alive), chance.choice([0, 0, 1, 2])))
        left -= len(old)
        dying = chance.sample(alive, k=1) if left and alive and chance.random() < 0.1 else []
        dying = [key for key in dying if key not in old]
        left -= len(dying)
        later = {key: written.versions[key] + 1 for key in old}

        def work(
            unit: Any,
            new: list[str] = new,
            old: list[str] = old,
            dying: list[str] = dying,
            later: dict[str, int] = later,
        ) -> None:
            for key in new:
                one.add(unit, key)
            for key in old:
                if one.change is not None:
                    one.change(unit, key, later[key])
            unit.changes.record(one.owner, feed, [*new, *old])
            if dying:
                unit.changes.record(one.owner, feed, dying, deleted=True)

        run_unit(storage, work)
        written.changes.update([*new, *old, *dying])
        written.versions.update(dict.fromkeys(new, 0) | (later if one.change is not None else {}))
        written.gone.update(dying)
    return written


@frozen
class Seen:
    """What a reader keeps: each delivery, and what it holds of each key now (None: gone)."""

    deliveries: list[str]
    held: dict[str, int | None]


def read(url: str, one: List, feed: str, finished: threading.Event) -> tuple[Seen, str]:
    """Follow a list from its beginning until the writers have finished and nothing more comes."""
    chance = random.Random(feed)  # noqa: S311 -- chooses cases
    seen, cursor, last = Seen([], {}), "", False
    while not last:
        running = supplier(url)
        caller = running.soap_caller()
        try:
            for _ in range(chance.randint(1, 30)):
                # asked before reading: what was committed by then must come
                all_written = finished.is_set()
                request = one.request(cursor=cursor, page_size=chance.choice([1, 7, 50, 200, 1_000]))
                answer = caller.call(one.operation, request, token=TOKEN)
                for record in getattr(answer, feed):
                    seen.deliveries.append(getattr(record, one.key))
                    seen.held[getattr(record, one.key)] = one.version(record)
                for key in answer.page.deleted:
                    seen.deliveries.append(key)
                    seen.held[key] = None
                cursor = answer.page.next_cursor
                last = all_written and not answer.page.more
                if last:
                    break
        finally:
            caller.close()
            running.close()
    return seen, cursor


@pytest.mark.spec("REL-6")
@pytest.mark.timeout(120 + CHANGES // 10)
@pytest.mark.parametrize("feed", LISTS)
def test_a_reader_with_restarts_misses_nothing_and_gets_nothing_twice(
    storage: SupplierStorage, url: str, feed: str
) -> None:
    one, finished = LISTS[feed], threading.Event()
    with ThreadPoolExecutor(WRITERS + 1) as threads:
        reading = threads.submit(read, url, one, feed, finished)
        try:
            writing = [
                threads.submit(write, storage, feed, one, writer, CHANGES // WRITERS)
                for writer in range(WRITERS)
            ]
            written = [done.result() for done in writing]
        finally:
            finished.set()
        seen, cursor = reading.result()

    changes: Counter[str] = sum((each.changes for each in written), Counter())
    assert changes.total() == CHANGES // WRITERS * WRITERS
    expected = {
        key: None if key in each.gone else version
        for each in written
        for key, version in each.versions.items()
    }
    assert seen.held == expected
    # a key that changed again before it was read comes once, so never more often than it changed
    assert [key for key, times in Counter(seen.deliveries).items() if times > changes[key]] == []
    untouched = [key for key, times in changes.items() if times == 1]
    assert len(untouched) > len(changes) / 3

    running = supplier(url)
    page = running.soap_caller().call(one.operation, one.request(cursor=cursor), token=TOKEN).page
    assert (page.more, page.next_cursor, page.deleted) == (False, cursor, ())
    running.close()
    ended = threading.Event()
    ended.set()
    fresh, _ = read(url, one, feed, ended)
    assert fresh.held == expected
    assert max(Counter(fresh.deliveries).values()) == 1
