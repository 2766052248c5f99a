"""The real supplier with a small catalog and one account, and its JSON API as the network would reach it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen
from litestar.testing import TestClient

from askul_connect.adapters.security.argon2_hasher import Argon2Hasher
from askul_connect.adapters.security.simulated import SimulatedClock
from askul_connect.adapters.security.system import SeededIds
from askul_connect.adapters.server.api import PATH, ROUTE, JsonFace
from askul_connect.adapters.server.app import create_app
from askul_connect.adapters.server.in_process import InProcessCaller
from askul_connect.adapters.server.json_caller import JsonCaller
from askul_connect.adapters.storage.memory import supplier_memory
from askul_connect.bootstrap.reference import ReferenceSupplier, make_supplier
from askul_connect.bootstrap.reference_options import InProcessOptions
from askul_connect.core.domain.accounts import AccountKind, BillingTerms, Role, SupplierProfile
from askul_connect.core.domain.catalog import Fulfilment, Item, StockLevel
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.domain.tax import TaxCategory
from askul_connect.core.messages.accounts import AddUserRequest
from askul_connect.core.messages.login import (
    ChangePasswordRequest,
    IssueClientCredentialRequest,
    IssueTemporaryPasswordRequest,
    LoginRequest,
)
from askul_connect.core.operations import supplier as operations
from askul_connect.core.policies.fulfilment import Behaviour
from askul_connect.core.ports.faces import Dispatcher
from askul_connect.core.ports.supplier_storage import SupplierStorage
from askul_connect.core.ports.transport import HttpRequest, HttpResponse
from askul_connect.core.services.buyer.onboarding import OnboardingPlan
from askul_connect.core.services.supplier.opening import (
    AccountOpening,
    DepartmentOpening,
    open_account,
    stock_catalog,
)

START = datetime(2026, 11, 2, tzinfo=UTC)
PASSWORD = "Kaede-7-kaze"
OPENING = AccountOpening(
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
    buyer_party="0188:7010705000725",
    terms=BillingTerms(),
    administrator_name="管理者",
    administrator_email="admin@example.co.jp",
    departments=(DepartmentOpening(code="D1", name="総務"),),
)
OPTIONS = InProcessOptions(
    database=Secret(""),
    items=0,
    seed="tests",
    profile=SupplierProfile(
        name="見本文具サプライ株式会社",
        party_id="0188:1999999999998",
        registration_number="T1999999999998",
        postcode="100-0001",
        address="東京都千代田区見本1-1",
    ),
    opening=OPENING,
    plan=OnboardingPlan(buyer_name="", buyer_email="", buyer_departments=()),
    behaviour=Behaviour(),
)
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
    list_price=Decimal("120.5"),
    unit="H87",
    content_quantity=1,
    fulfilment=Fulfilment.STOCK,
)


class AppTransport:
    """A ``Transport`` into the web application, past the socket only."""

    def __init__(self, client: TestClient[Any]) -> None:
        self._client = client

    def send(self, request: HttpRequest) -> HttpResponse:
        answer = self._client.request(
            request.method, request.url, headers=dict(request.headers), content=request.body
        )
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return HttpResponse(status=answer.status_code, headers=headers, body=answer.content)

    def close(self) -> None:
        """The application outlives its callers."""


@frozen(kw_only=True)
class Opened:
    """The supplier, and what its customer calls with."""

    supplier: ReferenceSupplier
    administrator: Secret
    viewer: Secret
    machine: Secret
    unused: Secret


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    clock = SimulatedClock(START)
    ids = SeededIds("tests", clock)
    storage = supplier_memory()
    supplier = make_supplier(
        OPTIONS,
        storage,
        clock=clock,
        ids=ids,
        notices=tmp_path / "notices",
        hasher=Argon2Hasher(memory_kib=8, passes=1),
    )
    stock_catalog(storage, [(PEN, StockLevel(sku="PEN", on_hand=1_000))])
    letter = open_account(storage, supplier.dispatcher.house, OPENING)
    caller = InProcessCaller(supplier.dispatcher)

    def first_login(login_id: str, temporary: Secret) -> Secret:
        request = ChangePasswordRequest(
            login_id=login_id, current_password=temporary, new_password=Secret(PASSWORD)
        )
        caller.call(operations.CHANGE_PASSWORD, request)
        login = LoginRequest(login_id=login_id, password=Secret(PASSWORD))
        return caller.call(operations.LOGIN, login).session_token

    administrator = first_login(letter.customer_number, letter.temporary_password)
    user = caller.call(
        operations.ADD_USER,
        AddUserRequest(email="view@example.co.jp", name="山田", role=Role.VIEWER),
        token=administrator,
        idempotency_key="viewer",
    )
    temporary = caller.call(
        operations.ISSUE_TEMPORARY_PASSWORD,
        IssueTemporaryPasswordRequest(user_id=user.user_id),
        token=administrator,
    )
    scope = tuple(one.name for one in operations.SUPPLIER_OPERATIONS if one.machines)
    machine = caller.call(
        operations.ISSUE_CLIENT_CREDENTIAL,
        IssueClientCredentialRequest(label="erp", operations=scope),
        token=administrator,
    )
    yield Opened(
        supplier=supplier,
        administrator=administrator,
        viewer=first_login("view@example.co.jp", temporary.temporary_password),
        machine=machine.credential,
        unused=ids.token("unused"),
    )
    supplier.close()


@pytest.fixture
def supplier_over(tmp_path: Path) -> Callable[[SupplierStorage], ReferenceSupplier]:
    """Joins a supplier over a storage that holds what the test put there."""
    clock = SimulatedClock(START)

    def make(storage: SupplierStorage) -> ReferenceSupplier:
        ids, notices = SeededIds("tests", clock), tmp_path / "notices"
        return make_supplier(OPTIONS, storage, clock=clock, ids=ids, notices=notices, stock=False)

    return make


@pytest.fixture
def over_http() -> Iterator[Callable[[Dispatcher], JsonCaller]]:
    """Makes a caller of a dispatcher's JSON API through the whole web application."""
    clients: list[TestClient[Any]] = []

    def make(dispatcher: Dispatcher) -> JsonCaller:
        address = f"http://testserver.local{PATH}"
        client = TestClient(create_app({ROUTE: JsonFace(dispatcher, address=address)}))
        client.__enter__()
        clients.append(client)
        return JsonCaller(AppTransport(client), address=address)

    yield make
    for client in clients:
        client.__exit__(None, None, None)
