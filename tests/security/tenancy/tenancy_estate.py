"""A supplier with three customers whose data can be told apart wherever they turn up, and all who can call it.

Everything of account ``a`` has ``kanaria`` in it, everything of ``b`` has ``kanarib``, of ``c`` ``kanaric``. What the
supplier numbers itself (orders, invoices, people, credentials) is noted in ``numbers`` of the account.
"""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

from attrs import evolve
from tenancy_belongings import PASSWORD, Belongings
from tenancy_callers import ACCOUNTS, FACES, Caller, Outcome, canary
from tenancy_documents import credited
from tenancy_provider import PROVIDERS

from askul_connect.adapters.security.argon2_hasher import Argon2Hasher
from askul_connect.adapters.security.simulated import SimulatedClock
from askul_connect.adapters.security.system import SeededIds
from askul_connect.adapters.server.api import PATH, JsonFace
from askul_connect.adapters.server.in_process import InProcessCaller
from askul_connect.adapters.server.json_caller import JsonCaller
from askul_connect.adapters.soap.caller import SoapCaller
from askul_connect.adapters.storage.memory import supplier_memory
from askul_connect.adapters.storage.memory_tables import MemoryTable
from askul_connect.adapters.storage.sql.storage import supplier_sql
from askul_connect.bootstrap.reference import make_supplier
from askul_connect.bootstrap.reference_options import InProcessOptions
from askul_connect.core.domain.accounts import (
    AccountKind,
    AccountState,
    BillingTerms,
    ClientCredential,
    Role,
    Session,
    SessionStage,
    SupplierProfile,
    UserState,
)
from askul_connect.core.domain.catalog import Fulfilment, Item, StockLevel
from askul_connect.core.domain.returns import ReturnReason
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.domain.tax import TaxCategory
from askul_connect.core.errors import AskulConnectError
from askul_connect.core.messages.accounts import AddUserRequest
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
from askul_connect.core.messages.returns import RequestReturnRequest, ReturnLineRequest
from askul_connect.core.messages.staff import RemoveStaffRequest
from askul_connect.core.operations import supplier as operations
from askul_connect.core.operations.order_life import REQUEST_RETURN
from askul_connect.core.operations.registry import CUSTOMERS
from askul_connect.core.operations.support import REMOVE_STAFF
from askul_connect.core.policies.fulfilment import Behaviour
from askul_connect.core.ports.transport import HttpRequest, HttpResponse
from askul_connect.core.services.buyer.onboarding import OnboardingPlan
from askul_connect.core.services.supplier.authentication import CREDENTIAL_MARK
from askul_connect.core.services.supplier.opening import (
    AccountOpening,
    DepartmentOpening,
    open_account,
    stock_catalog,
)

#: A Monday, 09:00 in Tokyo; the estate is then lived in until the new year.
START = datetime(2026, 11, 2, tzinfo=UTC)
PRESENT = datetime(2027, 1, 4, 1, 0, tzinfo=UTC)
KEY = Secret("a key from outside the database, the same for every estate")
ADDRESS = f"http://localhost{PATH}"
SOAP_ADDRESS = "http://in-process.invalid/soap/1"
MACHINE_OPERATIONS = tuple(one.name for one in operations.SUPPLIER_OPERATIONS if one.machines)
PEN = Item(
    sku="PEN",
    jan="",
    name="ペン",
    name_en="Pen",
    maker="見本製作所",
    category=("文具",),
    unspsc="44121701",
    tax_category=TaxCategory.STANDARD,
    currency="JPY",
    list_price=Decimal(120),
    unit="H87",
    content_quantity=1,
    fulfilment=Fulfilment.STOCK,
)


class FaceTransport:
    """A ``Transport`` into a face: the bytes a network would carry, and a hand on them."""

    def __init__(self, handle: Any) -> None:
        self._handle = handle
        self.change = lambda request: request
        self.received = HttpResponse(status=0, headers={}, body=b"")

    def send(self, request: HttpRequest) -> HttpResponse:
        self.received = self._handle(self.change(request))
        return self.received

    def close(self) -> None:
        """Nothing is held."""


class Estate:
    """The supplier, its customers, and every kind of caller.

    Args:
        storage: ``memory``, ``sqlite``, or the URL of an empty database.
        folder: For its database and its notices.
        whole: Whether there are callers of every kind; without, each customer has an administrator and a machine.
    """

    def __init__(self, storage: str, folder: Path, *, whole: bool = True) -> None:
        self.folder = folder
        self.in_memory = storage == "memory"
        #: On PostgreSQL a part of all cases has to do, the same one each time; HEAVY=1 runs all.
        self.sampled = storage not in {"memory", "sqlite"} and os.environ.get("HEAVY") != "1"
        #: All storages meet the bytes of a network; with a database two faces have to do, or one.
        self.used_faces = FACES if self.in_memory else ("json",) if self.sampled else ("in process", "json")
        self.clock = SimulatedClock(START)
        url = f"sqlite:///{folder / 'x.sqlite3'}" if storage == "sqlite" else storage
        self.storage = supplier_memory() if self.in_memory else supplier_sql(url)
        options = InProcessOptions(
            database=Secret(""),
            items=0,
            seed="tenancy",
            profile=SupplierProfile(
                name="見本文具サプライ株式会社",
                party_id="0188:1999999999998",
                registration_number="T1999999999998",
                postcode="100-0001",
                address="東京都千代田区見本1-1",
            ),
            opening=opening("a"),
            plan=OnboardingPlan(buyer_name="", buyer_email="", buyer_departments=()),
            behaviour=Behaviour(),
        )
        self.ids = SeededIds("tenancy", self.clock)
        self.supplier = make_supplier(
            options,
            self.storage,
            clock=self.clock,
            ids=self.ids,
            notices=folder / "notices",
            hasher=Argon2Hasher(memory_kib=8, passes=1),
            key=KEY,
            providers=PROVIDERS,
        )
        self.house = self.supplier.dispatcher.house
        stock_catalog(self.storage, [(PEN, StockLevel(sku="PEN", on_hand=10_000_000))])
        self._numbers = count(1)
        dispatcher = self.supplier.dispatcher
        json_face = JsonFace(dispatcher, address=ADDRESS)
        soap_face = self.supplier.soap_face(SOAP_ADDRESS)
        self.transports = {"json": FaceTransport(json_face.handle), "soap": FaceTransport(soap_face.handle)}
        self.faces: dict[str, Any] = {
            "in process": InProcessCaller(dispatcher),
            "json": JsonCaller(self.transports["json"], address=ADDRESS),
            "soap": SoapCaller(self.transports["soap"], wsdl=soap_face.description, address=SOAP_ADDRESS),
        }
        self.account_ids: dict[str, str] = {}
        self.customer_numbers: dict[str, str] = {}
        self.numbers: dict[str, set[str]] = {name: set() for name in ACCOUNTS}
        self.people: dict[tuple[str, str], str] = {}
        #: Member numbers of companies that invite people of an account.
        self.hosts: dict[str, str] = {}
        self.orders: dict[tuple[str, str], str] = {}
        self.invoices: dict[tuple[str, str], str] = {}
        self.administrators: dict[str, Secret] = {}
        self.machines: dict[str, Secret] = {}
        self.limited: dict[tuple[str, str], Secret] = {}
        self.callers: dict[str, Caller] = {}
        self.passwords: dict[str, str] = {}
        self.people_of = Belongings(self)
        for name in ACCOUNTS:
            self._open(name)
        ended = self._doomed() if whole else {}
        self._trade()
        self.administrators = {name: self.login(f"admin@{canary(name)}.example") for name in ACCOUNTS}
        for name in ACCOUNTS:
            self.people_of.keep(self.administrators[name])
            self.machines[name] = self.credential(name)
            for code in ("D1", "D2"):
                self.limited[name, code] = self.credential(name, departments=(code,), label=code)
        if whole:
            self._introduce(ended)

    def close(self) -> None:
        self.storage.close()

    # --- calling

    def fresh(self) -> int:
        """A number that was not used before."""
        return next(self._numbers)

    def call(self, operation: Any, request: Any, token: Secret | None = None, key: str = "") -> Any:
        key = key or f"key-{self.fresh()}"
        return self.faces["in process"].call(operation, request, token=token, idempotency_key=key)

    def as_staff(self, operation: Any, request: Any) -> Any:
        return self.supplier.dispatcher.dispatch_as_staff(operation, request, key=f"staff-{self.fresh()}")

    def outcome(self, face: str, operation: Any, request: Any, caller: Caller, *, key: str = "") -> Outcome:
        """What a caller learns over a face."""
        key = key or f"key-{self.fresh()}"
        try:
            if caller.staff:
                answer = self.supplier.dispatcher.dispatch_as_staff(operation, request, key=key)
            else:
                answer = self.faces[face].call(operation, request, token=caller.token, idempotency_key=key)
        except AskulConnectError as error:
            said = (error.detail, error.where, error.line_id, error.reference, error.retry_after)
            return Outcome(code=error.code, said=(*said, error.problems))
        return Outcome(answer=answer)

    # --- customers

    def _open(self, name: str) -> None:
        letter = open_account(self.storage, self.house, opening(name))
        self.customer_numbers[name] = letter.customer_number
        self.set_password(letter.customer_number, letter.temporary_password, PASSWORD)
        self.administrators[name] = self.login(letter.customer_number)
        with self.storage.begin() as unit:
            account = unit.accounts.by_customer_number(letter.customer_number)
            assert account is not None
            self.account_ids[name] = account.account_id
            (administrator,) = unit.users.of_account(account.account_id)
        self.people[name, "admin"] = administrator.user_id
        self.numbers[name] |= {account.account_id, account.member_number, letter.customer_number}
        self.person(name, "someone", Role.VIEWER)
        self.temporary(name, "someone")

    def person(self, account: str, who: str, role: Role) -> str:
        """The address of a new user who has no password yet."""
        email = f"{who}@{canary(account)}.example"
        request = AddUserRequest(email=email, name=f"{canary(account)} {who}", role=role)
        user_id = self.call(operations.ADD_USER, request, self.administrators[account]).user_id
        self.people[account, who] = user_id
        self.numbers[account].add(user_id)
        return email

    def temporary(self, account: str, who: str) -> Secret:
        request = IssueTemporaryPasswordRequest(user_id=self.people[account, who])
        issued = self.call(operations.ISSUE_TEMPORARY_PASSWORD, request, self.administrators[account])
        made: Secret = issued.temporary_password
        return made

    def set_password(self, login_id: str, current: Secret, new: str, token: Secret | None = None) -> None:
        request = ChangePasswordRequest(login_id=login_id, current_password=current, new_password=Secret(new))
        self.call(operations.CHANGE_PASSWORD, request, token)

    def login(self, login_id: str, password: Secret | str = PASSWORD) -> Secret:
        secret = password if isinstance(password, Secret) else Secret(password)
        request = LoginRequest(login_id=login_id, password=secret)
        token: Secret = self.call(operations.LOGIN, request).session_token
        return token

    def session(self, account: str, who: str, role: Role) -> Secret:
        """The session of a new user."""
        email = self.person(account, who, role)
        self.set_password(email, self.temporary(account, who), PASSWORD)
        return self.login(email)

    def credential(
        self, account: str, *scope: str, departments: tuple[str, ...] = (), label: str = "erp"
    ) -> Secret:
        request = IssueClientCredentialRequest(
            label=f"{canary(account)}-{label}-{self.fresh()}",
            operations=scope or MACHINE_OPERATIONS,
            departments=departments,
        )
        made = self.call(operations.ISSUE_CLIENT_CREDENTIAL, request, self.administrators[account])
        self.numbers[account].add(made.credential_id)
        token: Secret = made.credential
        return token

    def order_request(self, account: str, number: str, *departments: str) -> PlaceOrderRequest:
        return PlaceOrderRequest(
            purchase_order_id=f"{canary(account)}-{number}",
            buyer_party=f"0188:{canary(account)}",
            currency="JPY",
            lines=tuple(
                OrderLineRequest(
                    line_id=str(place),
                    sku="PEN",
                    quantity=2,
                    unit="H87",
                    department=code,
                    cost_centre=f"{canary(account)}-note",
                )
                for place, code in enumerate(departments or ("D1",), start=1)
            ),
        )

    def place(self, account: str, number: str, *departments: str) -> str:
        """The number of a new order."""
        request = self.order_request(account, number, *departments)
        placed = self.call(operations.PLACE_ORDER, request, self.administrators[account])
        made: str = placed.orders[0].order_number
        self.numbers[account].add(made)
        return made

    def fresh_order(self, account: str, *, confirmed: bool = False) -> str:
        """An order nobody has touched yet."""
        number = self.place(account, f"fresh-{self.fresh()}")
        if confirmed:
            self.as_staff(operations.CONFIRM_ORDER, ConfirmOrderRequest(order_number=number))
        return number

    def shipped_order(self, account: str) -> tuple[str, str]:
        """A new order of which everything has left, and its ship notice."""
        number = self.fresh_order(account, confirmed=True)
        request = ShipOrderRequest(order_number=number, lines=(ShippedLine(line_id="1", quantity=2),))
        notice: str = self.as_staff(operations.SHIP_ORDER, request).ship_notice.ship_notice_number
        self.numbers[account].add(notice)
        return number, notice

    def made_return(self, account: str) -> str:
        """A return that waits for an answer."""
        line = ReturnLineRequest(line_id="1", quantity=1, reason=ReturnReason.DAMAGED)
        request = RequestReturnRequest(order_number=self.shipped_order(account)[0], lines=(line,))
        answer = self.call(REQUEST_RETURN, request, self.administrators[account])
        made: str = answer.goods_return.return_number
        self.numbers[account].add(made)
        return made

    def _trade(self) -> None:
        """For each customer an order of each department, each shipped and billed by itself."""
        for code, closing in (("D1", date(2026, 11, 30)), ("D2", date(2026, 12, 31))):
            self.clock.advance(datetime(closing.year, closing.month, 26, 1, tzinfo=UTC))
            for name in ACCOUNTS:
                self.administrators[name] = self.login(f"admin@{canary(name)}.example")
                number = self.orders[name, code] = self.place(name, f"PO-{code}", code)
                confirmed = self.as_staff(operations.CONFIRM_ORDER, ConfirmOrderRequest(order_number=number))
                lines = (ShippedLine(line_id="1", quantity=2),)
                shipped = self.as_staff(
                    operations.SHIP_ORDER, ShipOrderRequest(order_number=number, lines=lines)
                )
                self.numbers[name].add(confirmed.confirmation.confirmation_number)
                self.numbers[name].add(shipped.ship_notice.ship_notice_number)
            self.clock.advance(datetime(closing.year, closing.month, closing.day, 16, tzinfo=UTC))
            for name in ACCOUNTS:
                request = CloseBillingRequest(
                    customer_number=self.customer_numbers[name], closing_date=closing
                )
                (invoice,) = self.as_staff(operations.CLOSE_BILLING, request).invoices
                self.invoices[name, code] = invoice.invoice_number
                with self.storage.begin() as unit:
                    note = credited(invoice)
                    unit.billing.add_credit_note(self.account_ids[name], note)
                    unit.changes.record(self.account_ids[name], "credit_notes", [note.credit_note_number])
                self.numbers[name] |= {invoice.invoice_number, note.credit_note_number}
        self.clock.advance(PRESENT)

    # --- callers

    def _doomed(self) -> dict[str, Secret]:
        """Sessions that have to be old to be what they are."""
        return {"absolute": self.session("a", "expired", Role.ADMINISTRATOR)}

    def _introduce(self, doomed: dict[str, Secret]) -> None:
        for role in sorted(CUSTOMERS):
            self._add(Caller(name=role.value, token=self.session("a", role.value, role), role=role))
        administrator = self.callers["administrator"]
        self._add(Caller(name="staff", staff=True, role=Role.SUPPLIER, account=""))
        for name, alive in (("session of staff", True), ("session of removed staff", False)):
            staff_id, token = self.people_of.staff_session(name)
            if not alive:
                self.people_of.keep(token)
                self.as_staff(REMOVE_STAFF, RemoveStaffRequest(staff_id=staff_id))
                # as if it had begun in the same moment: who was removed is out by that alone
                self.people_of.restore()
            self._add(Caller(name=name, token=token, role=Role.SUPPLIER, account="", alive=alive))
        self._add(Caller(name="anonymous", alive=False))
        self._add(Caller(name="unknown token", token=Secret("0" * 64), alive=False))
        self._add(evolve(administrator, name="session of yesterday", token=doomed["absolute"], alive=False))
        self._add(self._session("idle session", last_seen_at=PRESENT - timedelta(minutes=30)))
        self._add(self._session("expired session", expires_at=PRESENT))
        self._add(self._password_ended())
        for name, kind in (("removed from the account", "membership"), ("disabled user", "user")):
            who = f"gone-{kind}"
            token = self.session("a", who, Role.ADMINISTRATOR)
            with self.storage.begin() as unit:
                account_id, user_id = self.account_ids["a"], self.people["a", who]
                repository: Any = unit.users if kind == "user" else unit.memberships
                repository.save(evolve(repository.get(account_id, user_id), state=UserState.REMOVED))
            self._add(Caller(name=name, token=token, role=Role.ADMINISTRATOR, alive=False))
        self._suspend()
        for stage in SessionStage:
            if stage is not SessionStage.ENDED and stage is not SessionStage.FULL:
                self._add(self._session(f"stage {stage.value}", stage=stage))
        every = frozenset(MACHINE_OPERATIONS)
        self._add(Caller(name="credential in scope", token=self.machines["a"], scope=every))
        one = MACHINE_OPERATIONS[0]
        self._add(
            Caller(name=f"credential for {one}", token=self.credential("a", one), scope=frozenset({one}))
        )
        # no request can issue these two: a scope that was stored by mistake opens nothing
        overreaching = tuple(sorted(one.name for one in operations.SUPPLIER_OPERATIONS))
        for name, scope in (("credential for everything", overreaching), ("credential for nothing", ())):
            token = self._stored_credential("a", scope)
            self._add(Caller(name=name, token=token, scope=frozenset(scope)))
        revoked = self._stored_credential("a", MACHINE_OPERATIONS, revoked_at=PRESENT - timedelta(days=1))
        self._add(Caller(name="revoked credential", token=revoked, scope=every, alive=False))
        guessed = Secret(f"{self.machines['a'].reveal().partition('.')[0]}.{'0' * 64}")
        self._add(Caller(name="credential with another secret", token=guessed, scope=every, alive=False))

    def _add(self, caller: Caller) -> None:
        self.callers[caller.name] = caller
        if caller.alive:
            self.people_of.keep(caller.token)

    def _session(self, name: str, **changes: Any) -> Caller:
        """A session of the administrator's, as it would be stored after some time or step."""
        token = self.ids.token("session")
        user_id = self.people["a", "administrator"]
        session = Session(
            token_hash=token.fingerprint(),
            session_id=f"session-{self.fresh()}",
            account_id=self.account_ids["a"],
            user_id=user_id,
            home_account_id=self.account_ids["a"],
            stage=SessionStage.FULL,
            created_at=PRESENT - timedelta(hours=1),
            last_seen_at=PRESENT,
            expires_at=PRESENT + timedelta(hours=11),
        )
        with self.storage.begin() as unit:
            unit.sessions.add(evolve(session, **changes))
        stage = changes.get("stage", SessionStage.FULL)
        return Caller(
            name=name, token=token, role=Role.ADMINISTRATOR, stage=stage, alive=stage is not SessionStage.FULL
        )

    def _password_ended(self) -> Caller:
        """A session that a change of the password has ended."""
        token = self.session("a", "changed", Role.ADMINISTRATOR)
        self.set_password(f"changed@{canary('a')}.example", Secret(PASSWORD), "Momiji-8-yama")
        return Caller(name="ended session", token=token, role=Role.ADMINISTRATOR, alive=False)

    def _suspend(self) -> None:
        """Callers of an account that was suspended afterwards."""
        letter = open_account(self.storage, self.house, opening("d"))
        self.set_password(letter.customer_number, letter.temporary_password, PASSWORD)
        self.administrators["d"] = self.login(letter.customer_number)
        self.numbers["d"] = set()
        machine = self.credential("d")
        with self.storage.begin() as unit:
            account = unit.accounts.by_customer_number(letter.customer_number)
            assert account is not None
            unit.accounts.save(evolve(account, state=AccountState.SUSPENDED))
        person = Caller(name="suspended account", token=self.administrators.pop("d"), alive=False)
        self._add(evolve(person, role=Role.ADMINISTRATOR))
        every = frozenset(MACHINE_OPERATIONS)
        self._add(Caller(name="credential of a suspended account", token=machine, scope=every, alive=False))

    def _stored_credential(self, account: str, scope: tuple[str, ...], **changes: Any) -> Secret:
        secret, credential_id = self.ids.token("client-credential"), f"stored-{self.fresh()}"
        with self.storage.begin() as unit:
            unit.credentials.add(
                ClientCredential(
                    credential_id=credential_id,
                    account_id=self.account_ids[account],
                    label=f"{canary(account)}-stored-{credential_id}",
                    secret_hash=secret.fingerprint(),
                    operations=scope,
                    departments=(),
                    created_by="test",
                    created_at=PRESENT,
                    **changes,
                )
            )
        return Secret(f"{CREDENTIAL_MARK}{credential_id}.{secret.reveal()}")

    # --- looking inside

    def dump(self) -> dict[str, Any]:
        """Everything the storage holds; nothing for a database, whose rows its own tests look at."""
        if not self.in_memory:
            return {}
        with self.storage.begin() as unit:
            return {
                f"{name}{place}": dict(table._values)
                for name, repository in vars(unit).items()
                for place, table in vars(repository).items()
                if isinstance(table, MemoryTable)
            }


def opening(name: str) -> AccountOpening:
    """An account with two departments as everybody has them, and one that only it has."""
    return AccountOpening(
        kind=AccountKind.CORPORATION,
        name=f"株式会社{canary(name)}",
        name_kana="",
        postcode="150-0001",
        address=f"東京都渋谷区{canary(name)}2-2",
        representative=f"{canary(name)}代表",
        phone="03-0000-0000",
        email=f"info@{canary(name)}.example",
        corporate_number="",
        invoice_registration_number="",
        buyer_party=f"0188:{canary(name)}",
        terms=BillingTerms(),
        administrator_name=f"{canary(name)}管理者",
        administrator_email=f"admin@{canary(name)}.example",
        departments=(
            DepartmentOpening(code="D1", name=f"{canary(name)}総務"),
            DepartmentOpening(code="D2", name=f"{canary(name)}営業"),
            DepartmentOpening(code=f"{canary(name)}-9", name=f"{canary(name)}研究"),
        ),
    )
