"""One conversation with the supplier, every operation once, recorded in process; and a like supplier on a socket."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any, get_args, get_origin

import attrs
import pyotp
import pytest

from askul_connect.adapters.security.argon2_hasher import Argon2Hasher
from askul_connect.adapters.security.simulated import SimulatedClock
from askul_connect.adapters.security.system import SeededIds
from askul_connect.adapters.server.app import create_app
from askul_connect.adapters.server.listener import Listen, Listener
from askul_connect.adapters.soap.caller import SoapCaller
from askul_connect.adapters.soap.face import SoapFace
from askul_connect.adapters.storage.memory import supplier_memory
from askul_connect.bootstrap.reference import ReferenceSupplier, make_supplier
from askul_connect.bootstrap.reference_options import InProcessOptions
from askul_connect.core.domain.accounts import (
    AccountKind,
    BillingTerms,
    Role,
    SecondFactorRule,
    SupplierProfile,
)
from askul_connect.core.domain.orders import Channel
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.domain.tickets import TicketChannel
from askul_connect.core.errors import AskulConnectError, Fault
from askul_connect.core.messages import (
    account_changes,
    accounts,
    catalog,
    fulfilment,
    guidance,
    login,
    ordering,
    registration,
    staff,
    tickets,
)
from askul_connect.core.messages import sessions as messages
from askul_connect.core.operations import accounts as account_operations
from askul_connect.core.operations import administration, factors, sessions, sign_on, support
from askul_connect.core.operations import status as status_operations
from askul_connect.core.operations import supplier as operations
from askul_connect.core.operations.registry import Operation
from askul_connect.core.policies.fulfilment import Behaviour
from askul_connect.core.ports.faces import Call
from askul_connect.core.ports.transport import HttpRequest, HttpResponse
from askul_connect.core.services.buyer.onboarding import OnboardingPlan
from askul_connect.core.services.supplier.opening import AccountOpening, DepartmentOpening, open_account

IN_PROCESS = "http://in-process.invalid/soap/1"
START = datetime(2026, 11, 2, 0, 0, tzinfo=UTC)
PASSWORD = Secret("Kaede-7-kaze")
PARTY = "0188:7010705000725"


class LocalSupplier:
    """A supplier that is the same each time: simulated clock, seeded ids, its storage in memory."""

    def __init__(self, folder: Path) -> None:
        self.clock = SimulatedClock(START)
        self.storage = supplier_memory()
        opening = AccountOpening(
            kind=AccountKind.CORPORATION,
            name="株式会社見本",
            name_kana="",
            postcode="150-0001",
            address="東京都渋谷区見本2-2",
            representative="代表",
            phone="03-0000-0000",
            email="info@example.co.jp",
            corporate_number="",
            invoice_registration_number="",
            buyer_party=PARTY,
            terms=BillingTerms(),
            administrator_name="管理者",
            administrator_email="admin@example.co.jp",
            departments=(DepartmentOpening(code="D1", name="総務"),),
        )
        options = InProcessOptions(
            database=Secret(""),
            items=40,
            seed="wire",
            profile=SupplierProfile(
                name="見本文具サプライ株式会社",
                party_id="0188:1999999999998",
                registration_number="T1999999999998",
                postcode="100-0001",
                address="東京都千代田区見本1-1",
            ),
            opening=opening,
            plan=OnboardingPlan(buyer_name="", buyer_email="", buyer_departments=()),
            behaviour=Behaviour(),
        )
        self.supplier: ReferenceSupplier = make_supplier(
            options,
            self.storage,
            clock=self.clock,
            ids=SeededIds("wire", self.clock),
            notices=folder / "notices",
            hasher=Argon2Hasher(memory_kib=8, passes=1),
            key=Secret("the key that decoys and seals are derived from"),
        )
        self.letter = open_account(self.storage, self.supplier.dispatcher.house, opening)

    def staff(self, operation: Operation[Any, Any], request: Any, key: str) -> Any:
        return self.supplier.dispatcher.dispatch_as_staff(operation, request, key=key)


Staff = Callable[[LocalSupplier], object]


@attrs.frozen(kw_only=True)
class Exchange:
    """One call of the conversation.

    Attributes:
        staff: What the supplier's people did just before.
        answer: The response's message, None for a refusal.
        code: The refusal's code.
    """

    operation: Operation[Any, Any]
    request: Any
    token: str
    key: str
    staff: tuple[Staff, ...]
    sent: HttpRequest
    received: HttpResponse
    answer: Any = None
    code: str = ""


class Recorder:
    """Calls a supplier in process and keeps what was said."""

    def __init__(self, world: LocalSupplier) -> None:
        self.world = world
        self.exchanges: list[Exchange] = []
        self._face = world.supplier.soap_face(IN_PROCESS)
        self._caller = SoapCaller(self, wsdl=self._face.description, address=IN_PROCESS)
        self._last: tuple[HttpRequest, HttpResponse] | None = None
        self._staff: list[Staff] = []

    def send(self, request: HttpRequest) -> HttpResponse:
        response = self._face.handle(request)
        self._last = (request, response)
        return response

    def close(self) -> None:
        """Nothing is held."""

    def staff(self, step: Staff) -> Any:
        self._staff.append(step)
        return step(self.world)

    def call(self, operation: Any, request: Any, *, token: Secret | None = None, key: str = "") -> Any:
        answer, code = None, ""
        try:
            answer = self._caller.call(operation, request, token=token, idempotency_key=key)
        except AskulConnectError as error:
            if error.fault is not Fault.CALLER:
                raise
            code = error.code
        assert self._last is not None
        sent, received = self._last
        self.exchanges.append(
            Exchange(
                operation=operation,
                request=request,
                token=token.reveal() if token else "",
                key=key,
                staff=tuple(self._staff),
                sent=sent,
                received=received,
                answer=answer,
                code=code,
            )
        )
        self._staff.clear()
        return answer


def _ask_for_help(recorder: Recorder, admin: Secret) -> None:
    """The support desk, and one of its people."""
    call = recorder.call
    png = base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()
    stranger = tickets.OpenTicketRequest(
        message="ログインできません <&>",
        channel=TicketChannel.CHAT,
        company="株式会社見本",
        contact_name="山田",
        contact_email="y@example.co.jp",
        contact_phone="03-0000-0000",
        error_code="w:001",
        happened_at=START,
        attachments=(tickets.AttachedFile(name="画面.png", content=png),),
    )
    opened = call(support.OPEN_TICKET, stranger)
    call(support.GET_TICKET, tickets.GetTicketRequest(ticket=opened.ticket, secret=opened.secret))
    answer = tickets.ReplyTicketRequest(ticket=opened.ticket, message="まだです", secret=opened.secret)
    call(support.REPLY_TICKET, answer)
    own = call(support.OPEN_TICKET, tickets.OpenTicketRequest(message="請求書"), token=admin)
    added = recorder.staff(
        lambda world: world.staff(
            support.ADD_STAFF, staff.AddStaffRequest(login_name="hanako", name="支援"), "staff-1"
        )
    )
    seed = added.enrolment_uri.reveal().partition("secret=")[2].partition("&")[0]
    desk = call(
        support.STAFF_LOGIN,
        staff.StaffLoginRequest(
            login_name="hanako",
            password=added.temporary_password,
            code=Secret(pyotp.TOTP(seed).at(recorder.world.clock.now())),
            new_password=Secret("Tsubaki-3-ame"),
        ),
    ).session_token
    call(support.ADD_STAFF, staff.AddStaffRequest(login_name="jiro", name="次郎"), token=desk)
    call(support.LIST_STAFF, staff.ListStaffRequest(), token=desk)
    call(support.LIST_TICKETS, tickets.ListTicketsRequest(), token=desk)
    customer = recorder.world.letter.customer_number
    link = tickets.LinkTicketRequest(ticket=opened.ticket, customer=customer, checked="折り返し確認")
    call(support.LINK_TICKET, link, token=desk)
    call(support.CLOSE_TICKET, tickets.CloseTicketRequest(ticket=own.ticket), token=admin)
    call(support.GET_OUTAGE_PLAYBOOK, tickets.GetOutagePlaybookRequest())


def converse(recorder: Recorder, authenticator: Any) -> None:  # noqa: PLR0915 -- one conversation, told in its order
    """Say everything there is to say; an operation that has no step here is called with an example."""
    call, letter = recorder.call, recorder.world.letter
    call(operations.GET_SERVICE_STATUS, operations.GET_SERVICE_STATUS.request())
    call(
        operations.CHANGE_PASSWORD,
        login.ChangePasswordRequest(
            login_id=letter.customer_number, current_password=letter.temporary_password, new_password=PASSWORD
        ),
    )
    logged_in = call(operations.LOGIN, login.LoginRequest(login_id=letter.customer_number, password=PASSWORD))
    admin = logged_in.session_token
    call(operations.LOGIN, login.LoginRequest(login_id=letter.customer_number, password=Secret("wrong")))
    call(operations.GET_ACCOUNT, accounts.GetAccountRequest(), token=admin)
    call(operations.GET_ACCOUNT, accounts.GetAccountRequest())
    converse_about_sessions(recorder, admin)
    request = accounts.AddUserRequest(email="b@example.co.jp", name="山田 <&>", role=Role.BUYER)
    user = call(operations.ADD_USER, request, token=admin, key="user-1")
    temporary = login.IssueTemporaryPasswordRequest(user_id=user.user_id)
    call(operations.ISSUE_TEMPORARY_PASSWORD, temporary, token=admin)
    call(operations.LIST_USERS, accounts.ListUsersRequest(), token=admin)
    department = accounts.AddDepartmentRequest(code="D2", name="営業")
    call(operations.ADD_DEPARTMENT, department, token=admin, key="department-2")
    machine_operations = tuple(one.name for one in operations.SUPPLIER_OPERATIONS if one.machines)
    issue = login.IssueClientCredentialRequest(label="erp", operations=machine_operations)
    issued = call(operations.ISSUE_CLIENT_CREDENTIAL, issue, token=admin)
    erp = issued.credential
    call(
        administration.LIST_CLIENT_CREDENTIALS, administration.LIST_CLIENT_CREDENTIALS.request(), token=admin
    )
    call(sign_on.LIST_SIGN_ON_PROVIDERS, sign_on.LIST_SIGN_ON_PROVIDERS.request(), token=admin)
    call(sign_on.SET_SIGN_ON_PROVIDERS, sign_on.SET_SIGN_ON_PROVIDERS.request(), token=admin)
    call(operations.LIST_DEPARTMENTS, accounts.ListDepartmentsRequest(), token=erp)
    _ask_for_help(recorder, admin)
    page = call(operations.LIST_ITEMS, catalog.ListItemsRequest(page_size=10), token=erp)
    item = next(one for one in page.items if one.available >= 10 * one.multiple and not one.discontinued)
    call(operations.GET_ITEM, catalog.GetItemRequest(sku=item.sku), token=erp)
    call(operations.GET_ITEM, catalog.GetItemRequest(sku="NO-SUCH"), token=erp)
    order = ordering.PlaceOrderRequest(
        purchase_order_id="PO-1",
        buyer_party=PARTY,
        currency=item.currency,
        lines=(
            ordering.OrderLineRequest(
                line_id="1",
                sku=item.sku,
                quantity=max(item.minimum, item.multiple, 1),
                unit=item.unit,
                expected_unit_price=item.unit_price,
                department="D1",
            ),
        ),
    )
    call(
        operations.PLACE_ORDER,
        attrs.evolve(order, purchase_order_id="PO-0", buyer_party="x"),
        token=erp,
        key="po:0",
    )
    placed = call(operations.PLACE_ORDER, order, token=erp, key="po:1")
    number = placed.orders[0].order_number
    call(operations.GET_ORDER, ordering.GetOrderRequest(order_number=number), token=erp)
    by_id = ordering.GetOrderByExternalIdRequest(purchase_order_id="PO-1", buyer_party=PARTY)
    call(operations.GET_ORDER_BY_EXTERNAL_ID, by_id, token=erp)
    confirm = fulfilment.ConfirmOrderRequest(order_number=number)
    call(operations.CONFIRM_ORDER, confirm, token=erp, key="c-1")
    recorder.staff(lambda world: world.staff(operations.CONFIRM_ORDER, confirm, "c-1"))
    call(operations.LIST_CONFIRMATIONS, ordering.ListConfirmationsRequest(), token=erp)
    lines = tuple(
        fulfilment.ShippedLine(line_id=one.line_id, quantity=one.quantity) for one in placed.orders[0].lines
    )
    ship = fulfilment.ShipOrderRequest(order_number=number, lines=lines)
    call(operations.SHIP_ORDER, ship, token=erp, key="s-1")
    recorder.staff(lambda world: world.staff(operations.SHIP_ORDER, ship, "s-1"))
    call(operations.LIST_SHIP_NOTICES, ordering.ListShipNoticesRequest(), token=erp)
    close = fulfilment.CloseBillingRequest(
        customer_number=letter.customer_number, closing_date=date(2026, 11, 30)
    )
    call(operations.CLOSE_BILLING, close, token=erp)
    recorder.staff(lambda world: world.clock.advance(world.clock.now() + timedelta(days=30)))
    recorder.staff(lambda world: world.staff(operations.CLOSE_BILLING, close, ""))
    call(operations.LIST_INVOICES, ordering.ListInvoicesRequest(), token=erp)
    call(operations.LIST_ORDERS, ordering.ListOrdersRequest(page_size=1), token=erp)
    call(status_operations.SEARCH_FAQ, guidance.SearchFaqRequest(words="パスワード"))
    talk_of_factors(recorder, user.user_id, authenticator)
    _about_the_account(recorder)
    for operation in operations.SUPPLIER_OPERATIONS:
        if operation not in {one.operation for one in recorder.exchanges}:
            call(operation, example(operation.request), token=erp, key=f"example:{operation.name}")
    revoke = login.RevokeClientCredentialRequest(credential_id=issued.credential_id)
    logged_in = call(operations.LOGIN, login.LoginRequest(login_id=letter.customer_number, password=PASSWORD))
    call(operations.REVOKE_CLIENT_CREDENTIAL, revoke, token=logged_in.session_token)


def talk_of_factors(recorder: Recorder, user_id: str, authenticator: Any) -> None:
    """Everything about second factors, by the administrator."""
    letter, now = recorder.world.letter, recorder.world.clock.now()

    def call(operation: Any, token: Secret | None = None, **fields: Any) -> Any:
        return recorder.call(operation, operation.request(**fields), token=token)

    def log_in() -> Secret:
        found: Secret = call(
            operations.LOGIN, login_id=letter.customer_number, password=PASSWORD
        ).session_token
        return found

    admin = log_in()
    begun = call(factors.ENROL_TOTP, admin, label="携帯 <1>")
    codes = pyotp.TOTP(begun.seed.reveal())
    call(factors.CONFIRM_TOTP, admin, factor_id=begun.factor_id, code=Secret("000000"))
    code = Secret(codes.at(now))
    set_of_codes = call(factors.CONFIRM_TOTP, admin, factor_id=begun.factor_id, code=code).recovery_codes
    passkey = call(factors.ENROL_PASSKEY, admin, label="鍵")
    made = authenticator.create(passkey.options)
    call(factors.CONFIRM_PASSKEY, admin, factor_id=passkey.factor_id, credential=made)
    call(factors.LIST_FACTORS, admin)
    waiting = log_in()
    call(factors.VERIFY_SECOND_FACTOR, waiting, code=code)
    call(factors.VERIFY_SECOND_FACTOR, waiting, recovery_code=set_of_codes[0])
    waiting = log_in()
    started = call(factors.START_PASSKEY_VERIFICATION, waiting)
    call(factors.VERIFY_SECOND_FACTOR, waiting, passkey=authenticator.get(started.options))
    call(factors.START_PASSKEY_LOGIN, login_id="nobody@example.co.jp")
    started = call(factors.START_PASSKEY_LOGIN, login_id=letter.customer_number)
    answer = authenticator.get(started.options)
    admin = call(factors.LOGIN_WITH_PASSKEY, passkey=answer).session_token
    call(factors.LOGIN_WITH_PASSKEY, passkey=answer)
    call(factors.RENEW_RECOVERY_CODES, admin)
    call(factors.GET_LOGIN_POLICY, admin)
    policy: dict[str, Any] = {"remember_me": False, "idle_minutes": 20, "password_days": 90}
    call(factors.SET_LOGIN_POLICY, admin, second_factor=SecondFactorRule.REQUIRED, **policy)
    call(factors.SET_LOGIN_POLICY, admin, second_factor=SecondFactorRule.OPTIONAL, **policy)
    call(factors.RESET_FACTORS, admin, user_id=user_id)
    for one in (begun, passkey):
        call(factors.REMOVE_FACTOR, admin, factor_id=one.factor_id)


def converse_about_sessions(recorder: Recorder, admin: Secret) -> None:
    """Devices, sessions, the login history; every operation answers once and refuses once."""
    call, number = recorder.call, recorder.world.letter.customer_number
    token = recorder.staff(device_token)
    resumed = call(sessions.RESUME_SESSION, messages.ResumeSessionRequest(device_token=token, device="x <&>"))
    call(sessions.RESUME_SESSION, messages.ResumeSessionRequest(device_token=token))
    other = call(operations.LOGIN, login.LoginRequest(login_id=number, password=PASSWORD)).session_token
    listed = call(sessions.LIST_SESSIONS, messages.ListSessionsRequest(), token=admin)
    assert resumed.session_token
    assert len(listed.sessions) > 1
    end = messages.EndSessionRequest(session_id=listed.sessions[-1].session_id)
    call(sessions.END_SESSION, end, token=admin)
    call(sessions.END_SESSION, messages.EndSessionRequest(session_id="absent"), token=admin)
    call(sessions.LOGOUT, messages.LogoutRequest(), token=other)
    history = messages.ListLoginHistoryRequest(page_size=2, newest_first=True)
    call(sessions.LIST_LOGIN_HISTORY, history, token=admin)
    call(sessions.UNLOCK_USER, messages.UnlockUserRequest(user_id="absent"), token=admin)
    for _ in range(6):
        call(operations.LOGIN, login.LoginRequest(login_id="0000000000", password=Secret("wrong")))


def device_token(world: LocalSupplier) -> Secret:
    """The token of a remembered device."""
    request = login.LoginRequest(login_id=world.letter.customer_number, password=PASSWORD, remember=True)
    call = Call(channel=Channel.IN_PROCESS)
    made = world.supplier.dispatcher.dispatch(operations.LOGIN, request, call).device_token
    assert made is not None
    return made


def _about_the_account(recorder: Recorder) -> None:
    call = recorder.call
    # the month that went by has ended the first session
    logged_in = call(
        operations.LOGIN,
        login.LoginRequest(login_id=recorder.world.letter.customer_number, password=PASSWORD),
    )
    admin = logged_in.session_token
    application = registration.RegisterAccountRequest(
        kind=AccountKind.SOLE_PROPRIETOR,
        name="楓 <&> 商店",
        postcode="150-0001",
        address="東京都渋谷区見本3-3",
        representative="楓 太郎",
        phone="03-1111-2222",
        email="taro@example.co.jp",
        invoice_registration_number="T1234567890123",
    )
    call(account_operations.REGISTER_ACCOUNT, application)
    call(account_operations.REGISTER_ACCOUNT, application)
    change = account_changes.PreviewAccountChangeRequest(version=1, phone="03-1111-1111")
    call(account_operations.PREVIEW_ACCOUNT_CHANGE, change, token=admin)
    done = account_changes.ChangeAccountRequest(version=1, phone="03-1111-1111")
    call(account_operations.CHANGE_ACCOUNT, done, token=admin, key="change-1")
    call(account_operations.CHANGE_ACCOUNT, done, token=admin, key="change-2")
    call(
        account_operations.LIST_ACCOUNT_SNAPSHOTS, account_changes.ListAccountSnapshotsRequest(), token=admin
    )
    back = account_changes.RestoreAccountSnapshotRequest(snapshot=1, version=2)
    call(account_operations.RESTORE_ACCOUNT_SNAPSHOT, back, token=admin, key="restore-1")


_EXAMPLES: dict[Any, Any] = {
    bool: False,
    int: 1,
    str: "x",
    Decimal: Decimal(1),
    Secret: Secret("x"),
    date: date(2026, 10, 31),
    datetime: START,
}


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


class StagedFace:
    """The face of a like supplier, whose people do at each request what they did when the conversation was recorded."""

    def __init__(self, world: LocalSupplier, exchanges: list[Exchange]) -> None:
        self._world = world
        self._waiting = iter(exchanges)
        self.face: SoapFace | None = None

    def handle(self, request: HttpRequest, *, peer: str = "") -> HttpResponse:
        assert self.face is not None
        if request.method == "POST":
            with suppress(StopIteration):
                for step in next(self._waiting).staff:
                    step(self._world)
        # answers about sessions name the caller's address, which the recorded conversation had none of
        assert peer
        return self.face.handle(request)


@pytest.fixture(scope="module")
def conversation(tmp_path_factory: pytest.TempPathFactory, software_authenticator: Any) -> list[Exchange]:
    """The recorded conversation."""
    recorder = Recorder(LocalSupplier(tmp_path_factory.mktemp("recorded")))
    converse(recorder, software_authenticator())
    return recorder.exchanges


@pytest.fixture
def served(tmp_path: Path, conversation: list[Exchange]) -> Iterator[str]:
    """Address of a like supplier that has not been spoken to yet."""
    with serving(LocalSupplier(tmp_path), conversation) as address:
        yield address


@contextmanager
def serving(world: LocalSupplier, exchanges: list[Exchange]) -> Iterator[str]:
    face = StagedFace(world, exchanges)
    listener = Listener(create_app({"/soap/1": face}), Listen(port=0))
    address = f"{listener.address}/soap/1"
    face.face = world.supplier.soap_face(address)
    thread = threading.Thread(target=listener.run)
    thread.start()
    try:
        yield address
    finally:
        listener.stop()
        thread.join(20)
        assert not thread.is_alive()
