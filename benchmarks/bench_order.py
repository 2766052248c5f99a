"""Placing an order of five lines, from the dispatcher to the commit, on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from attrs import frozen

from askul_connect.adapters.security.argon2_hasher import Argon2Hasher
from askul_connect.adapters.security.simulated import SimulatedClock
from askul_connect.adapters.security.system import RandomIds
from askul_connect.adapters.storage.sql.storage import supplier_sql
from askul_connect.bootstrap.reference import ReferenceSupplier, make_supplier
from askul_connect.bootstrap.reference_options import InProcessOptions
from askul_connect.core.domain.accounts import AccountKind, BillingTerms, SupplierProfile
from askul_connect.core.domain.orders import Channel
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.messages.login import (
    ChangePasswordRequest,
    IssueClientCredentialRequest,
    LoginRequest,
)
from askul_connect.core.messages.ordering import PlaceOrderRequest
from askul_connect.core.operations import supplier as operations
from askul_connect.core.policies.fulfilment import Behaviour
from askul_connect.core.ports.faces import Call
from askul_connect.core.services.buyer.channel import CHANNEL_OPERATIONS
from askul_connect.core.services.buyer.onboarding import OnboardingPlan
from askul_connect.core.services.supplier.opening import (
    AccountOpening,
    DepartmentOpening,
    open_account,
    stock_catalog,
)
from benchmarks import baseline_order
from benchmarks.contest import Contest, Side
from benchmarks.postgresql import connect, postgresql_server
from benchmarks.samples import BUYER, ITEMS, START, purchase

PASSWORD = Secret("Kaede-7-kaze")
EMAIL = "admin@example.co.jp"
OPTIONS = InProcessOptions(
    database=Secret(""),
    items=0,
    seed="bench",
    profile=SupplierProfile(
        name="見本文具サプライ株式会社",
        party_id="0188:1999999999998",
        registration_number="T1999999999998",
        postcode="100-0001",
        address="東京都千代田区見本1-1",
    ),
    opening=AccountOpening(
        kind=AccountKind.CORPORATION,
        name="見本商事株式会社",
        name_kana="",
        postcode="150-0001",
        address="東京都渋谷区見本2-2",
        representative="代表",
        phone="03-0000-0000",
        email="info@example.co.jp",
        corporate_number="",
        invoice_registration_number="",
        buyer_party=BUYER,
        terms=BillingTerms(),
        administrator_name="管理者",
        administrator_email=EMAIL,
        departments=(DepartmentOpening(code="D1", name="総務"),),
    ),
    plan=OnboardingPlan(buyer_name="", buyer_email="", buyer_departments=()),
    behaviour=Behaviour(),
)
TABLES = {
    "stock": "sku, on_hand, reserved",
    # without checkout_id, which is random
    "orders": "order_number, account_id, purchase_order_id, buyer_party, issue_year, placed_by, request_hash, channel,"
    " currency, placed_at, order_date, total_excl_tax, total_incl_tax",
    "order_lines": "*",
    "order_tax": "*",
    "feeds": "*",
    "changes": "*",
    "counters": "*",
    "idempotency": "*",
    "client_credentials": "*",
    # without message_id, which is random
    "outbox": "place, kind, business_key, target, body, state, attempts, next_attempt_at, last_error, correlation_id,"
    " created_at, done_at",
}
ORDERS = 200


def open_supplier(url: str, folder: Path) -> ReferenceSupplier:
    """The supplier over a database; its clock stands still."""
    clock = SimulatedClock(START)
    return make_supplier(
        OPTIONS,
        supplier_sql(url),
        clock=clock,
        ids=RandomIds(clock),
        notices=folder / "notices",
        hasher=Argon2Hasher(memory_kib=8, passes=1),
        stock=False,
    )


def set_up(url: str, folder: Path) -> Secret:
    """A catalog, an account, and the client credential of its machine."""
    supplier = open_supplier(url, folder)
    with closing(supplier):
        stock_catalog(supplier.storage, ITEMS)
        letter = open_account(supplier.storage, supplier.dispatcher.house, OPTIONS.opening)

        def call(operation: Any, request: object, token: Secret | None = None) -> Any:
            return supplier.dispatcher.dispatch(
                operation, request, Call(channel=Channel.IN_PROCESS, token=token)
            )

        change = ChangePasswordRequest(
            login_id=EMAIL, current_password=letter.temporary_password, new_password=PASSWORD
        )
        call(operations.CHANGE_PASSWORD, change)
        session = call(operations.LOGIN, LoginRequest(login_id=EMAIL, password=PASSWORD)).session_token
        scope = tuple(operation.name for operation in CHANNEL_OPERATIONS)
        request = IssueClientCredentialRequest(label="erp", operations=scope)
        issued = call(operations.ISSUE_CLIENT_CREDENTIAL, request, session)
        assert isinstance(issued.credential, Secret)
        return issued.credential


def place_ours(supplier: ReferenceSupplier, token: Secret, request: PlaceOrderRequest) -> Any:
    """Our way: authentication, key, rules, rows and commit, through the dispatcher."""
    call = Call(
        channel=Channel.IN_PROCESS,
        token=token,
        idempotency_key=f"po:{request.purchase_order_id}",
        correlation_id="bench",
    )
    return supplier.dispatcher.dispatch(operations.PLACE_ORDER, request, call)


def as_dictionary(request: PlaceOrderRequest) -> dict[str, Any]:
    """What the baseline is asked: the same content as plain values."""
    return {
        "purchase_order_id": request.purchase_order_id,
        "buyer_party": request.buyer_party,
        "currency": request.currency,
        "issue_year": request.issue_year,
        "price_tolerance": "0",
        "on_price_change": request.on_price_change.value,
        "trial": False,
        "lines": [
            {
                "line_id": line.line_id,
                "sku": line.sku,
                "quantity": line.quantity,
                "unit": line.unit,
                "expected_unit_price": str(line.expected_unit_price),
                "department": line.department,
                "cost_centre": line.cost_centre,
                "requested_on": str(line.requested_on),
            }
            for line in request.lines
        ],
    }


@frozen(kw_only=True)
class Place:
    """Where both sides keep a database each.

    Attributes:
        copies: Makes a database that is set up and gives its URL.
        raw: Opens the baseline on a URL.
        dump: Everything of a URL's database that is compared.
    """

    copies: Callable[[], str]
    raw: Callable[[str], tuple[baseline_order.Orders, Callable[[], None]]]
    dump: Callable[[str], dict[str, list[Any]]]


def contest(name: str, against: str, at: tuple[Place, Secret], folder: Path, orders: int) -> Contest:
    """One row of the table."""
    place, token = at
    numbers = count(1)
    supplier = open_supplier(place.copies(), folder)
    raw, close_raw = place.raw(place.copies())

    def fresh() -> list[PlaceOrderRequest]:
        return [purchase(next(numbers)) for _ in range(orders)]

    def ours(requests: list[PlaceOrderRequest]) -> None:
        for request in requests:
            place_ours(supplier, token, request)

    def baseline(asked: list[dict[str, Any]]) -> None:
        for one in asked:
            raw.place(token.reveal(), f"po:{one['purchase_order_id']}", "bench", START, one)

    def check() -> None:
        first, second = place.copies(), place.copies()
        other, close = place.raw(second)
        with closing(open_supplier(first, folder)) as mine:
            for number in range(1, 8):
                request = purchase(number)
                (made,) = place_ours(mine, token, request).orders
                key = f"po:{request.purchase_order_id}"
                answer = other.place(token.reveal(), key, "bench", START, as_dictionary(request))
                assert answer == {name: getattr(made, name) for name in answer}
        close()
        found = place.dump(first)
        assert all(found.values())
        assert found == place.dump(second)

    def close() -> None:
        supplier.close()
        close_raw()

    return Contest(
        name=name,
        against=against,
        ours=Side(prepare=fresh, run=ours),
        baseline=Side(prepare=lambda: [as_dictionary(one) for one in fresh()], run=baseline),
        check=check,
        items=orders,
        unit="order",
        reach=4.0,
        close=close,
    )


def sqlite_place(folder: Path) -> tuple[Place, Secret]:
    """SQLite in a folder."""
    ready = folder / "supplier-ready.sqlite3"
    token = set_up(f"sqlite:///{ready}", folder)
    numbers = count()

    def copies() -> str:
        path = folder / f"supplier-{next(numbers)}.sqlite3"
        shutil.copy(ready, path)
        return f"sqlite:///{path}"

    def raw(url: str) -> tuple[baseline_order.Orders, Callable[[], None]]:
        connection = baseline_order.connect(url.removeprefix("sqlite:///"))
        return baseline_order.Orders(connection.cursor()), connection.close

    def dump(url: str) -> dict[str, list[Any]]:
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            return {
                table: sorted(connection.execute(f"SELECT {columns} FROM {table}").fetchall(), key=repr)  # noqa: S608
                for table, columns in TABLES.items()
            }

    return Place(copies=copies, raw=raw, dump=dump), token


@contextmanager
def postgresql_place(folder: Path, *, fsync: bool) -> Iterator[tuple[Place, Secret]]:
    """A PostgreSQL server of our own, with or without waiting for the disk."""
    with postgresql_server(folder / f"postgresql-{fsync}", fsync=fsync) as server:
        token = set_up(server.create("ready"), folder)
        yield (
            Place(copies=lambda: server.copy("ready"), raw=_raw_postgresql, dump=_dump_postgresql),
            token,
        )


def _raw_postgresql(url: str) -> tuple[baseline_order.Orders, Callable[[], None]]:
    connection = connect(url)
    orders = baseline_order.Orders(
        connection.cursor(),
        begin="BEGIN ISOLATION LEVEL SERIALIZABLE",
        mark="%s",
        lock=" ORDER BY s.sku FOR UPDATE OF s",
    )
    return orders, connection.close


def _dump_postgresql(url: str) -> dict[str, list[Any]]:
    with connect(url) as connection:
        return {
            table: sorted(connection.execute(f"SELECT {columns} FROM {table}").fetchall(), key=repr)  # noqa: S608
            for table, columns in TABLES.items()
        }


def postgresql_contests(folder: Path, *, orders: int = ORDERS) -> Iterator[Contest]:
    """PostgreSQL, with and without waiting for the disk."""
    for fsync, suffix in ((True, ""), (False, ", without the disk's part (fsync off)")):
        with postgresql_place(folder, fsync=fsync) as at:
            name = f"place an order of 5 lines, PostgreSQL{suffix}"
            yield contest(name, "hand-written SQL, psycopg", at, folder, orders)


def contests(folder: Path, *, orders: int = ORDERS) -> Iterator[Contest]:
    """SQLite on disk, and in memory, where a commit waits for no disk."""
    title = "place an order of 5 lines, SQLite"
    yield contest(title, "hand-written SQL, sqlite3", sqlite_place(folder), folder, orders)
    memory = Path("/dev/shm")  # noqa: S108 -- looked for, made below it
    if memory.is_dir() and os.access(memory, os.W_OK):
        with tempfile.TemporaryDirectory(dir=memory) as without_disk:
            at = sqlite_place(Path(without_disk))
            yield contest(f"{title}, without the disk's part (tmpfs)", "the same", at, folder, orders)
