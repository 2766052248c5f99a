"""A supplier over each storage, asked over each face, on a clock that the tests move."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path
from threading import Barrier
from typing import Any, get_args, get_origin

import attrs
import pyotp
import pytest
from attrs import evolve

from askul_connect.adapters.security.argon2_hasher import Argon2Hasher
from askul_connect.adapters.security.simulated import SimulatedClock
from askul_connect.adapters.security.system import SeededIds
from askul_connect.adapters.server.in_process import InProcessCaller
from askul_connect.adapters.storage.memory import supplier_memory
from askul_connect.adapters.storage.memory_tables import MemoryTable
from askul_connect.adapters.storage.sql.storage import supplier_sql
from askul_connect.bootstrap.reference import ReferenceSupplier, make_supplier
from askul_connect.bootstrap.reference_options import InProcessOptions
from askul_connect.core.domain.accounts import AccountKind, BillingTerms, Role, SupplierProfile
from askul_connect.core.domain.catalog import Fulfilment, Item, StockLevel
from askul_connect.core.domain.orders import Channel
from askul_connect.core.domain.payments import PaymentMethod
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.domain.tax import TaxCategory
from askul_connect.core.errors import AskulConnectError, LoginError
from askul_connect.core.messages.accounts import AddUserRequest
from askul_connect.core.messages.billing import ChangePaymentMethodRequest, RecordPaymentRequest
from askul_connect.core.messages.fulfilment import (
    CloseBillingRequest,
    ConfirmOrderRequest,
    ShipOrderRequest,
    ShippedLine,
)
from askul_connect.core.messages.login import (
    ChangePasswordRequest,
    IssueClientCredentialRequest,
    IssueTemporaryPasswordRequest,
    LoginRequest,
)
from askul_connect.core.messages.ordering import OrderLineRequest, PlaceOrderRequest
from askul_connect.core.messages.staff import AddStaffRequest, StaffLoginRequest
from askul_connect.core.messages.tickets import CloseTicketRequest, LinkTicketRequest, OpenTicketRequest
from askul_connect.core.operations import billing, factors, support
from askul_connect.core.operations import supplier as operations
from askul_connect.core.policies.fulfilment import Behaviour
from askul_connect.core.policies.passwords import ASKUL_GUIDE, PasswordPolicy
from askul_connect.core.ports.callers import OperationCaller
from askul_connect.core.ports.faces import Call
from askul_connect.core.ports.supplier_storage import SupplierStorage
from askul_connect.core.services.buyer.onboarding import OnboardingPlan
from askul_connect.core.services.supplier.notices import opened
from askul_connect.core.services.supplier.opening import (
    AccountOpening,
    DepartmentOpening,
    Letter,
    open_account,
    stock_catalog,
)

#: A Monday, 09:00 in Tokyo.
START = datetime(2026, 11, 2, 0, 0, tzinfo=UTC)
PASSWORD = "Kaede-7-kaze"
KEY = Secret("a key from outside the database, the same after a restart")
MACHINE_OPERATIONS = tuple(
    operation.name for operation in operations.SUPPLIER_OPERATIONS if operation.machines
)
PROFILE = SupplierProfile(
    name="見本文具サプライ株式会社",
    party_id="0188:1999999999998",
    registration_number="T1999999999998",
    postcode="100-0001",
    address="東京都千代田区見本1-1",
)


def item(sku: str, price: str, on_hand: int, **changes: Any) -> tuple[Item, StockLevel]:
    made = Item(
        sku=sku,
        jan="",
        name=f"品 {sku}",
        name_en=sku.title(),
        maker="見本製作所",
        category=("文具",),
        unspsc="44121701",
        tax_category=TaxCategory.STANDARD,
        currency="JPY",
        list_price=Decimal(price),
        unit="H87",
        content_quantity=1,
        fulfilment=Fulfilment.STOCK,
    )
    return evolve(made, **changes), StockLevel(sku=sku, on_hand=on_hand)


ITEMS = (
    item("PEN", "120", 1_000),
    item("TEA", "98.5", 500, tax_category=TaxCategory.REDUCED, minimum=2, multiple=2, maximum=20),
    item("CLIP", "0.3333", 100_000),
    item("DESK", "15000", 0, fulfilment=Fulfilment.DIRECT, lead_days=5),
    item("RARE", "700", 5),
    item("OLD", "50", 10, discontinued=True),
)


class Customer:
    """An account whose administrator has set a password, and what its people and machines call with."""

    def __init__(self, world: World, letter: Letter, email: str) -> None:
        self.world = world
        self.letter = letter
        self.number = letter.customer_number
        self.email = email
        self.administrator = world.first_session(letter.customer_number, letter.temporary_password)
        self.machine = self.credential()

    def credential(
        self,
        *scope: str,
        departments: tuple[str, ...] = (),
        label: str = "erp",
    ) -> Secret:
        request = IssueClientCredentialRequest(
            label=label, operations=scope or MACHINE_OPERATIONS, departments=departments
        )
        made: Secret = self.world.call(
            operations.ISSUE_CLIENT_CREDENTIAL, request, token=self.administrator
        ).credential
        return made

    def add_user(self, email: str, role: Role) -> str:
        request = AddUserRequest(email=email, name="山田", role=role)
        made: str = self.world.call(
            operations.ADD_USER, request, token=self.administrator, key=self.world.fresh()
        ).user_id
        return made

    def temporary_password(self, user_id: str) -> Secret:
        request = IssueTemporaryPasswordRequest(user_id=user_id)
        made: Secret = self.world.call(
            operations.ISSUE_TEMPORARY_PASSWORD, request, token=self.administrator
        ).temporary_password
        return made

    def person(self, email: str, role: Role) -> Secret:
        """The session of a new user of that role."""
        return self.world.first_session(email, self.temporary_password(self.add_user(email, role)))


class Person:
    """Somebody who knows a password, and maybe holds more than that."""

    def __init__(self, world: World, login_id: str, password: str = PASSWORD) -> None:
        self.world = world
        self.login_id = login_id
        self.password = password
        self.token = self.log_in()

    def log_in(self) -> Secret:
        made: Secret = self.world.login(self.login_id, self.password).session_token
        return made

    def ask(self, operation: Any, token: Secret | None = None, **fields: Any) -> Any:
        """Call as the person, by the latest full session unless another is given."""
        return self.world.call(operation, operation.request(**fields), token=token or self.token)

    def enrol_totp(self, label: str = "phone", token: Secret | None = None) -> tuple[pyotp.TOTP, Any]:
        """An authenticator and what its confirmation answered; its first code is used up."""
        begun = self.ask(factors.ENROL_TOTP, token, label=label)
        made = pyotp.TOTP(begun.seed.reveal())
        code = Secret(made.at(self.world.clock.now()))
        done = self.ask(factors.CONFIRM_TOTP, token, factor_id=begun.factor_id, code=code)
        self.token = done.session_token or self.token
        return made, done

    def enrol_passkey(self, authenticator: Any, label: str = "key") -> Any:
        begun = self.ask(factors.ENROL_PASSKEY, label=label)
        done = self.ask(
            factors.CONFIRM_PASSKEY,
            factor_id=begun.factor_id,
            credential=authenticator.create(begun.options),
        )
        self.token = done.session_token or self.token
        return done

    def verify(self, waiting: Secret, **fields: Any) -> Any:
        given = {name: Secret(one) if name != "passkey" else one for name, one in fields.items()}
        return self.ask(factors.VERIFY_SECOND_FACTOR, waiting, **given)

    def factors(self) -> dict[str, Any]:
        """By label."""
        return {one.label: one for one in self.ask(factors.LIST_FACTORS).factors}


class World:
    """A supplier with a small catalog, a clock and one caller."""

    def __init__(self, storage: SupplierStorage, folder: Path, face: str, **changes: Any) -> None:
        self.clock = SimulatedClock(START)
        self.storage = storage
        self.face = face
        self.folder = folder
        self.numbers = 0
        self.supplier = self.start(**changes)
        stock_catalog(storage, ITEMS)
        self.caller = self.caller_of(self.supplier)

    def start(
        self,
        *,
        behaviour: Behaviour | None = None,
        profile: SupplierProfile = PROFILE,
        password_policy: PasswordPolicy = ASKUL_GUIDE,
        security_email: str = "",
        **more: Any,
    ) -> ReferenceSupplier:
        """A supplier over this storage, as after a restart."""
        options = InProcessOptions(
            database=Secret(""),
            items=0,
            seed="tests",
            profile=profile,
            opening=opening("a"),
            plan=OnboardingPlan(buyer_name="", buyer_email="", buyer_departments=()),
            behaviour=behaviour or Behaviour(),
            password_policy=password_policy,
            security_email=security_email,
        )
        self.supplier = make_supplier(
            options,
            self.storage,
            clock=self.clock,
            ids=SeededIds("tests", self.clock),
            notices=self.folder / "notices",
            **{"hasher": Argon2Hasher(memory_kib=8, passes=1), "key": KEY, **more},
        )
        return self.supplier

    def caller_of(self, supplier: ReferenceSupplier) -> OperationCaller:
        return supplier.soap_caller() if self.face == "soap" else InProcessCaller(supplier.dispatcher)

    def fresh(self) -> str:
        self.numbers += 1
        return f"key-{self.numbers}"

    def call(self, operation: Any, request: Any, *, token: Secret | None = None, key: str = "") -> Any:
        return self.caller.call(operation, request, token=token, idempotency_key=key)

    def forward(self, by: timedelta) -> None:
        self.clock.advance(self.clock.now() + by)

    def go_to(self, *day_and_hour: int) -> None:
        """To an instant in Tokyo."""
        self.clock.advance(datetime(*day_and_hour, tzinfo=UTC) - timedelta(hours=9))  # type: ignore[misc,arg-type]

    def letter(self, name: str = "a", **changes: Any) -> Letter:
        return open_account(self.storage, self.supplier.dispatcher.house, evolve(opening(name), **changes))

    def customer(self, name: str = "a", **changes: Any) -> Customer:
        return Customer(self, self.letter(name, **changes), f"admin@{name}.example.co.jp")

    def login(self, login_id: str, password: Secret | str) -> Any:
        secret = password if isinstance(password, Secret) else Secret(password)
        return self.call(operations.LOGIN, LoginRequest(login_id=login_id, password=secret))

    def ask_from(self, address: str, operation: Any, request: Any, *, token: Secret | None = None) -> Any:
        """Call as from a network address, which no caller in process has."""
        call = Call(channel=Channel.JSON, token=token, address=address)
        return self.supplier.dispatcher.dispatch(operation, request, call)

    def attempt(self, login_id: str, password: Secret | str, *, address: str = "", **more: Any) -> Any:
        """The response of a login, or the refusal."""
        secret = password if isinstance(password, Secret) else Secret(password)
        request = LoginRequest(login_id=login_id, password=secret, **more)
        try:
            return self.ask_from(address, operations.LOGIN, request)
        except LoginError as error:
            return error

    def notices(self, *kinds: str) -> list[dict[str, Any]]:
        """What waits to be told or was told, of these kinds, as the bodies say it."""
        with self.storage.begin() as unit:
            return [json.loads(one.body) for one in unit.outbox.all() if one.kind in kinds]

    def letters(self, *kinds: str) -> list[dict[str, Any]]:
        """What waits to be told of these kinds, as it will leave: with what is encrypted until then."""
        house = self.supplier.dispatcher.house
        with self.storage.begin() as unit:
            return [dict(opened(house, one.body)) for one in unit.outbox.all() if one.kind in kinds]

    def posted(self) -> list[dict[str, Any]]:
        """What has left, as the files say it."""
        found = sorted((self.folder / "notices").glob("*.json"))
        return [json.loads(one.read_text(encoding="utf-8")) for one in found]

    def audited(self, *actions: str) -> list[Any]:
        """The audit records of these actions, over all accounts and the supplier's own."""
        with self.storage.begin() as unit:
            owners = ["", *(account.account_id for account in unit.accounts.all())]
            return [one for owner in owners for one in unit.audit.of_account(owner) if one.action in actions]

    def set_password(
        self, login_id: str, current: Secret | str, new: str, token: Secret | None = None
    ) -> Any:
        secret = current if isinstance(current, Secret) else Secret(current)
        request = ChangePasswordRequest(login_id=login_id, current_password=secret, new_password=Secret(new))
        return self.call(operations.CHANGE_PASSWORD, request, token=token)

    def first_session(self, login_id: str, temporary: Secret) -> Secret:
        self.set_password(login_id, temporary, PASSWORD)
        made: Secret = self.login(login_id, PASSWORD).session_token
        return made

    def pay_by_card(self, token: Secret, card: str = "tok_any_card_visa") -> Secret:
        """Register a card for the account of a session, which is given back."""
        request = ChangePaymentMethodRequest(method=PaymentMethod.CARD, card_token=Secret(card))
        self.call(billing.CHANGE_PAYMENT_METHOD, request, token=token)
        return token

    def person(self, customer: Customer, role: Role = Role.BUYER, email: str = "p@a.example.co.jp") -> Person:
        """A new user of the account, logged in."""
        customer.person(email, role)
        return Person(self, email)

    # --- orders

    def place(
        self, token: Secret, number: str, *lines: OrderLineRequest, key: str = "", **changes: Any
    ) -> Any:
        request = PlaceOrderRequest(
            purchase_order_id=number,
            buyer_party="0188:7010705000725",
            currency="JPY",
            lines=lines or (line("1", "PEN", 10),),
        )
        return self.call(
            operations.PLACE_ORDER, evolve(request, **changes), token=token, key=key or f"po:{number}"
        )

    def as_staff(self, operation: Any, request: Any, key: str = "") -> Any:
        return self.supplier.dispatcher.dispatch_as_staff(operation, request, key=key or self.fresh())

    def desk_session(self, name: str = "desk") -> Secret:
        """A session of a staff member."""
        made = self.as_staff(support.ADD_STAFF, AddStaffRequest(login_name=name, name="支援"))
        seed = made.enrolment_uri.reveal().partition("secret=")[2].partition("&")[0]
        request = StaffLoginRequest(
            login_name=name,
            password=made.temporary_password,
            code=Secret(pyotp.TOTP(seed).at(self.clock.now())),
            new_password=Secret("Tsubaki-3-ame"),
        )
        token: Secret = self.call(support.STAFF_LOGIN, request).session_token
        return token

    def open_ticket(self, desk: Secret, member_number: str = "", *, closed: bool = False) -> str:
        """A ticket of an account, linked by the desk; without an account, one of nobody."""
        request = OpenTicketRequest(
            message="x",
            company="x",
            contact_name="x",
            contact_email="x@example.jp",
            contact_phone="03-1111-2222",
        )
        ticket: str = self.call(support.OPEN_TICKET, request).ticket
        if member_number:
            link = LinkTicketRequest(ticket=ticket, customer=member_number, checked="折り返し確認")
            self.call(support.LINK_TICKET, link, token=desk)
        if closed:
            self.call(support.CLOSE_TICKET, CloseTicketRequest(ticket=ticket), token=desk)
        return ticket

    @staticmethod
    def letter_number(customer: Customer) -> str:
        """The number that a ticket is linked by."""
        return customer.letter.member_number

    def confirm(self, order: str, key: str = "") -> Any:
        return self.as_staff(
            operations.CONFIRM_ORDER, ConfirmOrderRequest(order_number=order), key
        ).confirmation

    def ship(self, order: str, *moves: tuple[str, int, int], key: str = "") -> Any:
        lines = tuple(
            ShippedLine(line_id=line_id, quantity=quantity, quantity_short=short)
            for line_id, quantity, short in moves
        )
        return self.as_staff(
            operations.SHIP_ORDER, ShipOrderRequest(order_number=order, lines=lines), key
        ).ship_notice

    def close_billing(self, customer: Customer, closing: Any) -> Any:
        request = CloseBillingRequest(customer_number=customer.number, closing_date=closing)
        return self.as_staff(operations.CLOSE_BILLING, request).invoices

    def pay(self, customer: Customer, invoice: Any, amount: int = 0, **changes: Any) -> Any:
        """Record a payment of an invoice; of all of it unless an amount is given."""
        with self.storage.begin() as unit:
            account = unit.accounts.by_customer_number(customer.number)
        assert account is not None
        request = RecordPaymentRequest(
            member_number=account.member_number,
            invoice_number=invoice.invoice_number,
            amount=amount or invoice.total_incl_tax,
            received_on=date(2026, 11, 2),
        )
        return self.as_staff(billing.RECORD_PAYMENT, evolve(request, **changes))

    def pay_all(self, customer: Customer) -> None:
        """Record payments of everything that is open."""
        with self.storage.begin() as unit:
            account = unit.accounts.by_customer_number(customer.number)
            assert account is not None
            unsettled = unit.billing.unsettled(account.account_id)
        for one in unsettled:
            self.pay(customer, one, one.outstanding)

    def stock(self, sku: str) -> StockLevel:
        with self.storage.begin() as unit:
            return unit.catalog.stock([sku])[sku]

    def dump(self) -> dict[str, Any]:
        """Everything the storage holds."""
        database = self.folder / "supplier.sqlite3"
        if database.exists():
            return dump_sqlite(database)
        with self.storage.begin() as unit:
            return {
                f"{name}{place}": dict(table._values)
                for name, repository in vars(unit).items()
                for place, table in vars(repository).items()
                if isinstance(table, MemoryTable)
            }


def dump_sqlite(database: Path) -> dict[str, Any]:
    connection = sqlite3.connect(database)
    try:
        names = [
            row[0]
            for row in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'item_grams%'"
            )
        ]
        rows = {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in names}  # noqa: S608
        return {name: sorted(found, key=repr) for name, found in rows.items()}
    finally:
        connection.close()


def opening(name: str) -> AccountOpening:
    return AccountOpening(
        kind=AccountKind.CORPORATION,
        name=f"株式会社見本{name}",
        name_kana="",
        postcode="150-0001",
        address="東京都渋谷区見本2-2",
        representative="代表",
        phone="03-0000-0000",
        email=f"info@{name}.example.co.jp",
        corporate_number="",
        invoice_registration_number="",
        buyer_party=f"0188:{name}",
        terms=BillingTerms(),
        administrator_name="管理者",
        administrator_email=f"Admin@{name}.example.co.jp",
        departments=(
            DepartmentOpening(code="D1", name="総務"),
            DepartmentOpening(code="D2", name="営業"),
        ),
    )


def line(line_id: str, sku: str, quantity: int, **changes: Any) -> OrderLineRequest:
    return evolve(
        OrderLineRequest(line_id=line_id, sku=sku, quantity=quantity, unit="H87", department="D1"), **changes
    )


def example(kind: Any) -> Any:
    """Some value of a message's type."""
    if get_origin(kind) is tuple:
        return (example(get_args(kind)[0]),)
    if type(None) in get_args(kind):
        return None
    if attrs.has(kind):
        attrs.resolve_types(kind)
        return kind(**{one.name: example(one.type) for one in attrs.fields(kind)})
    if issubclass(kind, Enum):
        return next(iter(kind))
    return _EXAMPLES[kind]


_EXAMPLES: dict[Any, Any] = {
    bool: False,
    int: 1,
    str: "x",
    Decimal: Decimal(1),
    Secret: Secret("x"),
    date: date(2026, 10, 31),
    datetime: START,
}


@pytest.fixture
def examples() -> dict[str, Any]:
    """A request of every operation, by name."""
    return {one.name: example(one.request) for one in operations.SUPPLIER_OPERATIONS}


@pytest.fixture(name="line")
def line_maker() -> Callable[..., OrderLineRequest]:
    return line


@pytest.fixture
def make_world(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Callable[..., World]]:
    """Makes a world over a storage and a face."""
    opened: list[SupplierStorage] = []
    taken: set[Path] = set()

    def make(storage: str = "memory", face: str = "in process", **changes: Any) -> World:
        folder = tmp_path / str(len(opened))
        folder.mkdir()
        taken.add(folder)
        if storage == "memory":
            made = supplier_memory()
        elif storage == "postgresql":
            made = supplier_sql(request.getfixturevalue("supplier_postgresql")())
        else:
            made = supplier_sql(f"sqlite:///{folder / 'supplier.sqlite3'}")
        opened.append(made)
        return World(made, folder, face, **changes)

    yield make
    for storage in opened:
        storage.close()


def at_once(number: int, attempt: Any) -> Counter[str]:
    """What came of so many attempts that start together."""
    barrier = Barrier(number)

    def run(place: int) -> str:
        barrier.wait()
        try:
            attempt(place)
        except AskulConnectError as error:
            return error.code
        return "success"

    with ThreadPoolExecutor(number) as threads:
        return Counter(threads.map(run, range(number)))


@pytest.fixture
def together() -> Callable[..., Counter[str]]:
    return at_once


@pytest.fixture(params=["memory", "sqlite"])
def storage_kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["soap", "in process"])
def face(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    """In memory, in process: for what neither storage nor face has a say in."""
    return make_world()


@pytest.fixture
def faced(make_world: Callable[..., World], face: str) -> World:
    """In memory, over each face."""
    return make_world(face=face)


@pytest.fixture
def stored(make_world: Callable[..., World], storage_kind: str) -> World:
    """Over each storage, in process."""
    return make_world(storage_kind)


@pytest.fixture
def everywhere(make_world: Callable[..., World], storage_kind: str, face: str) -> World:
    """Over each storage and each face."""
    return make_world(storage_kind, face)
