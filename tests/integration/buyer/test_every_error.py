"""Every code of the catalogue is met through something a user or an integrator touches, and no other exists."""

from __future__ import annotations

import socket
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pyotp
import pytest
from attrs import define, evolve, field

from askul_connect import load_settings, open_workspace
from askul_connect.adapters.security.holder import this_process
from askul_connect.adapters.security.simulated import SimulatedClock
from askul_connect.adapters.security.system import SeededIds, SystemClock
from askul_connect.adapters.soap.caller import SoapCaller
from askul_connect.adapters.soap.face import SoapFace
from askul_connect.adapters.storage.sql.storage import buyer_sql
from askul_connect.adapters.transports.in_process import InProcessTransport
from askul_connect.bootstrap import RunReport, back_up, restore, supplier_wsdl
from askul_connect.bootstrap.reference import IN_PROCESS_ADDRESS, ReferenceSupplier
from askul_connect.bootstrap.reference_options import reference_options
from askul_connect.bootstrap.toolkit import ProjectToolkit
from askul_connect.bootstrap.workspace import installed_plugins
from askul_connect.core.domain.accounts import AccountKind, Role, SecondFactorRule
from askul_connect.core.domain.allowances import AllowanceCharge
from askul_connect.core.domain.orders import Channel
from askul_connect.core.domain.payments import PaymentMethod
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.domain.service_status import Disturbance, ServiceFunction
from askul_connect.core.errors import (
    AskulConnectError,
    IdempotencyInFlight,
    LoginMismatch,
    PartnerUnreachable,
    ServiceStopped,
    ValueInvalid,
    concrete_errors,
)
from askul_connect.core.messages.account_ends import WithdrawAccountRequest
from askul_connect.core.messages.accounts import AddUserRequest, GetAccountRequest, ListUsersRequest
from askul_connect.core.messages.billing import ChangePaymentMethodRequest
from askul_connect.core.messages.fulfilment import ConfirmOrderRequest, ShipOrderRequest, ShippedLine
from askul_connect.core.messages.login import (
    ChangePasswordRequest,
    IssueTemporaryPasswordRequest,
    LoginRequest,
)
from askul_connect.core.messages.order_life import CancelOrderRequest
from askul_connect.core.messages.ordering import (
    GetOrderRequest,
    ListOrdersRequest,
    OrderLineRequest,
    PlaceOrderRequest,
)
from askul_connect.core.messages.people import (
    ChangeUserRequest,
    ConfirmEmailRequest,
    RemoveDepartmentRequest,
    RemoveUserRequest,
    SetDepartmentLimitRequest,
)
from askul_connect.core.messages.recovery import ResetPasswordRequest
from askul_connect.core.messages.registration import RegisterAccountRequest
from askul_connect.core.messages.status import SetServiceStatusRequest
from askul_connect.core.messages.tickets import OpenTicketRequest
from askul_connect.core.operations import accounts as account_operations
from askul_connect.core.operations import billing, factors, people, recovery
from askul_connect.core.operations import supplier as operations
from askul_connect.core.operations.order_life import CANCEL_ORDER
from askul_connect.core.operations.status import SET_SERVICE_STATUS
from askul_connect.core.operations.supplier import SUPPLIER_OPERATIONS
from askul_connect.core.operations.support import OPEN_TICKET
from askul_connect.core.ports.channel import Capability
from askul_connect.core.ports.faces import Call
from askul_connect.core.ports.transport import HttpRequest, HttpResponse
from askul_connect.core.services.buyer.lease import take_lease
from askul_connect.plugins.connections import ConnectionSettings
from askul_connect.plugins.toolkit import ReferenceRules
from askul_connect.testing.storage.samples_documents import invoice

Scenario = Callable[[Any], object]

ROW = "PO-1,1,K200-0001,12,XPK,298,JPY,D100,,"
ORDER = PlaceOrderRequest(
    purchase_order_id="PO-1",
    buyer_party="0188:9999999999999",
    currency="JPY",
    lines=(OrderLineRequest(line_id="1", sku="K200-0001", quantity=1, unit="XPK", department="D100"),),
)
UBL = """<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"
  xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
  xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
  <cbc:CustomizationID>urn:fdc:peppol.eu:poacc:trns:order:3</cbc:CustomizationID>
  <cbc:ID>PO-1</cbc:ID><cbc:IssueDate>2026-04-01</cbc:IssueDate>
  <cbc:DocumentCurrencyCode>JPY</cbc:DocumentCurrencyCode>
  <cbc:AccountingCost>D100</cbc:AccountingCost>
  <cac:BuyerCustomerParty><cac:Party><cbc:EndpointID schemeID="0188">1234567890123</cbc:EndpointID></cac:Party>
  </cac:BuyerCustomerParty>
  <cac:SellerSupplierParty><cac:Party><cbc:EndpointID schemeID="0188">1999999999998</cbc:EndpointID></cac:Party>
  </cac:SellerSupplierParty>
  <cac:OrderLine><cac:LineItem><cbc:ID>1</cbc:ID><cbc:Quantity unitCode="XPK">2</cbc:Quantity>
    <cbc:LineExtensionAmount currencyID="JPY">596</cbc:LineExtensionAmount>
    <cac:Price><cbc:PriceAmount currencyID="JPY">298</cbc:PriceAmount></cac:Price>
    <cac:Item><cbc:Name>wipes</cbc:Name>
      <cac:SellersItemIdentification><cbc:ID>K200-0001</cbc:ID></cac:SellersItemIdentification>
      <cac:ClassifiedTaxCategory><cbc:ID>Q</cbc:ID><cbc:Percent>7</cbc:Percent>
        <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:ClassifiedTaxCategory>
    </cac:Item></cac:LineItem></cac:OrderLine>
</Order>"""


# ---------------------------------------------------------------------------------------- through `run`


def run(place: Any) -> RunReport:
    """A run that ends although something in it failed."""
    report: RunReport = place.run()
    return report


def dropped(name: str, text: str | bytes, *, folder: str = "in") -> Scenario:
    """A run with one document."""

    def scenario(place: Any) -> RunReport:
        place.write(f"erp/{folder}/{name}", text)
        return run(place)

    return scenario


def rows(*lines: str) -> Scenario:
    """A run with one order CSV."""

    def scenario(place: Any) -> RunReport:
        place.order("a.csv", *lines)
        return run(place)

    return scenario


def given_up(place: Any) -> RunReport:
    place.order("a.csv", ROW)
    place.faults.down["askul"] = PartnerUnreachable("down")
    run(place)
    place.cli("outbox", "give-up", "--state", "pending", "--reason", "bought elsewhere")
    return run(place)


def same_number_with_other_content(place: Any) -> RunReport:
    place.order("a.csv", ROW)
    place.faults.down["askul"] = PartnerUnreachable("down")
    run(place)
    place.order("b.csv", ROW.replace(",12,", ",13,"))
    return run(place)


def failing_call(method: str, error: Exception) -> Scenario:
    """A run in which a supplier's plugin raises."""

    def scenario(place: Any) -> RunReport:
        def fail(*_given: Any, **_named: Any) -> Any:
            raise error

        place.faults.plan["askul", method] = fail
        place.order("a.csv", ROW)
        return run(place)

    return scenario


def without_capability(place: Any) -> RunReport:
    place.faults.lacking.add(Capability.PLACE)
    return rows(ROW)(place)  # type: ignore[return-value]


def unreachable_address(place: Any) -> RunReport:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    text = (place.directory / "askul-connect.toml").read_text(encoding="utf-8")
    head, _, _ = text.partition("[suppliers.askul.supplier]")
    place.write("askul-connect.toml", f'{head}address = "http://127.0.0.1:{port}/soap/1"\n')
    return rows(ROW)(place)  # type: ignore[return-value]


def gone_from_the_database(place: Any) -> None:
    place.order("a.csv", ROW)
    place.faults.down["askul"] = PartnerUnreachable("down")
    run(place)
    (place.directory / "erp" / "in" / "a.csv").unlink()
    database(place, "DELETE FROM purchase_orders")
    run(place)


# ----------------------------------------------------------------------------- through opening a directory


def database(place: Any, statement: str, name: str = "buyer") -> None:
    connection = sqlite3.connect(place.directory / "data" / f"{name}.sqlite3")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(statement)
    connection.commit()
    connection.close()


def wrong_configuration(place: Any) -> None:
    place.configure(settings='[budgets]\nbasis = "gross"\n')
    load_settings(place.directory)


def no_rate(place: Any) -> RunReport:
    place.configure(settings='[budgets]\ncurrency = "USD"\n')
    place.order("a.csv", ROW)
    return run(place)


def no_directory(place: Any) -> None:
    open_workspace(place.directory / "none")


def another_schema(place: Any) -> None:
    database(place, "UPDATE alembic_version SET version_num = 'buyer_9999'")
    open_workspace(place.directory)


def no_database(place: Any) -> None:
    path = place.directory / "data" / "buyer.sqlite3"
    path.unlink()
    path.mkdir()
    open_workspace(place.directory)


def held_directory(place: Any) -> None:
    storage = buyer_sql(f"sqlite:///{place.directory}/data/buyer.sqlite3")
    holder = f"{this_process().partition(':')[0]}:somebody-else"
    take_lease(storage, holder, SystemClock().now(), lambda _: False)
    storage.close()
    run(place)


def stored_twice(place: Any) -> None:
    place.order("a.csv", ROW)
    place.faults.down["askul"] = PartnerUnreachable("down")
    run(place)
    storage = buyer_sql(f"sqlite:///{place.directory}/data/buyer.sqlite3")
    try:
        with storage.begin() as unit:
            [message] = unit.outbox.all()
            unit.outbox.add(evolve(message, message_id="another"))
    finally:
        storage.close()


def explained_nothing(place: Any) -> None:
    with open_workspace(place.directory) as opened:
        opened.explain("NOPE")


def released(*suppliers: str) -> Callable[[Any], None]:
    """A line of an invoice that these suppliers have is released."""

    def release(place: Any) -> None:
        storage = buyer_sql(f"sqlite:///{place.directory}/data/buyer.sqlite3")
        with storage.begin() as unit:
            for supplier in suppliers:
                unit.history.put_invoices(supplier, [invoice()])
        storage.close()
        with open_workspace(place.directory) as opened:
            line = invoice().lines[0].line_number
            opened.accept_match(invoice().invoice_number, line, reason="right", decided_by="me")

    return release


# ------------------------------------------------------------------------------- through the supplier's SOAP


@define
class House:
    """The directory's supplier, called over SOAP as its customers do."""

    place: Any
    clock: SimulatedClock = field(init=False)
    supplier: ReferenceSupplier = field(init=False)
    credential: Secret = field(init=False)
    caller: SoapCaller = field(init=False)

    def __attrs_post_init__(self) -> None:
        settings = load_settings(self.place.directory)
        assert settings.clock.start is not None
        self.clock = SimulatedClock(settings.clock.start)
        toolkit = ProjectToolkit(
            settings=settings,
            plugins=installed_plugins(),
            clock=self.clock,
            ids=SeededIds("house", self.clock),
            say=lambda _step, _text: None,
        )
        found = settings.suppliers["askul"]
        connection = ConnectionSettings(name="askul", credential=found.credential, options=found.options)
        options = reference_options(connection, ReferenceRules(), settings.directory, settings.buyer.party)
        assert options.in_process is not None
        self.supplier, self.credential = toolkit.supplier_here(connection, options.in_process)
        self.caller = self.supplier.soap_caller()

    def call(self, operation: Any, request: Any, *, token: Secret | None = None, key: str = "") -> Any:
        return self.caller.call(operation, request, token=token, idempotency_key=key)

    def place_order(self, request: PlaceOrderRequest = ORDER, *, key: str = "k") -> Any:
        return self.call(operations.PLACE_ORDER, request, token=self.credential, key=key)

    def line(self, **changes: Any) -> Any:
        return self.place_order(evolve(ORDER, lines=(evolve(ORDER.lines[0], **changes),)))

    def secret(self, name: str) -> Secret:
        path = self.place.directory / "secrets" / "askul" / name
        return Secret(path.read_text(encoding="utf-8").strip())

    def login(self, login_id: str, password: Secret) -> Secret:
        token: Secret = self.call(
            operations.LOGIN, LoginRequest(login_id=login_id, password=password)
        ).session_token
        return token

    def administrator(self) -> Secret:
        return self.login(self.secret("customer-number").reveal(), self.secret("administrator-password"))

    def temporary_password(self) -> Secret:
        """A new one for the buyer."""
        token = self.administrator()
        users = self.call(operations.LIST_USERS, ListUsersRequest(), token=token).users
        [user_id] = [user.user_id for user in users if user.role is Role.BUYER]
        password: Secret = self.call(
            operations.ISSUE_TEMPORARY_PASSWORD, IssueTemporaryPasswordRequest(user_id=user_id), token=token
        ).temporary_password
        return password


def at_the_supplier(scenario: Callable[[House], object]) -> Scenario:
    def with_house(place: Any) -> object:
        house = House(place)
        try:
            return scenario(house)
        finally:
            house.supplier.close()

    return with_house


def expired_password(house: House) -> object:
    password = house.temporary_password()
    house.clock.advance(house.clock.now().replace(month=12))
    return house.login("jiro@example.co.jp", password)


def too_many_attempts(house: House) -> object:
    for _ in range(5):
        with pytest.raises(LoginMismatch):
            house.login("jiro@example.co.jp", Secret("wrong"))
    return house.login("jiro@example.co.jp", Secret("wrong"))


def unchanged_password(house: House) -> object:
    token = house.login("jiro@example.co.jp", house.temporary_password())
    return house.call(operations.GET_ACCOUNT, GetAccountRequest(), token=token)


def weak_password(house: House) -> object:
    request = ChangePasswordRequest(
        login_id=house.secret("customer-number").reveal(),
        current_password=house.secret("administrator-password"),
        new_password=Secret("abc"),
    )
    return house.call(operations.CHANGE_PASSWORD, request, token=house.administrator())


def known_address(house: House) -> object:
    request = AddUserRequest(email="jiro@example.co.jp", name="x", role=Role.BUYER)
    return house.call(operations.ADD_USER, request, token=house.administrator(), key="k")


def many_tickets(house: House) -> None:
    request = OpenTicketRequest(
        message="x", company="x", contact_name="x", contact_email="x@example.jp", contact_phone="1"
    )
    for _ in range(6):
        house.call(OPEN_TICKET, request)


def stopped(kind: Disturbance, part: ServiceFunction) -> Scenario:
    """An order while the supplier has said that a part of it does not work."""

    def scenario(house: House) -> object:
        house.supplier.dispatcher.dispatch_as_staff(
            SET_SERVICE_STATUS,
            SetServiceStatusRequest(kind=kind, parts=(part,), text_ja="停止", text_en="stopped"),
            key="stop",
        )
        return house.place_order()

    return at_the_supplier(scenario)


def require_factors(house: House, token: Secret) -> None:
    request = factors.SET_LOGIN_POLICY.request(
        second_factor=SecondFactorRule.REQUIRED, remember_me=False, idle_minutes=30
    )
    house.call(factors.SET_LOGIN_POLICY, request, token=token)


def enrolled(house: House, token: Secret, code: Callable[[pyotp.TOTP], str]) -> str:
    """A second factor, confirmed by that code."""
    begun = house.call(factors.ENROL_TOTP, factors.ENROL_TOTP.request(label="phone"), token=token)
    given = Secret(code(pyotp.TOTP(begun.seed.reveal())))
    request = factors.CONFIRM_TOTP.request(factor_id=begun.factor_id, code=given)
    house.call(factors.CONFIRM_TOTP, request, token=token)
    found: str = begun.factor_id
    return found


def without_factor(house: House) -> object:
    require_factors(house, house.administrator())
    return house.call(operations.GET_ACCOUNT, GetAccountRequest(), token=house.administrator())


def wrong_code(house: House) -> object:
    return enrolled(house, house.administrator(), lambda _codes: "000000")


def last_factor(house: House) -> object:
    token = house.administrator()
    factor_id = enrolled(house, token, lambda codes: codes.at(house.clock.now()))
    require_factors(house, token)
    request = factors.REMOVE_FACTOR.request(factor_id=factor_id)
    return house.call(factors.REMOVE_FACTOR, request, token=token)


def late_change(house: House) -> object:
    token = house.administrator()
    house.clock.advance(house.clock.now() + timedelta(minutes=6))
    return house.call(factors.ENROL_TOTP, factors.ENROL_TOTP.request(label="phone"), token=token)


def no_such_reset(house: House) -> object:
    request = ResetPasswordRequest(reset_token=Secret("x"), new_password=Secret("Momiji-8-yama"))
    return house.call(recovery.RESET_PASSWORD, request)


def changed_from_an_old_version(house: House) -> object:
    token = house.administrator()
    [user] = [
        one
        for one in house.call(operations.LIST_USERS, ListUsersRequest(), token=token).users
        if one.role is Role.BUYER
    ]
    request = ChangeUserRequest(user_id=user.user_id, version=99, email=user.email, name="x", role=user.role)
    return house.call(people.CHANGE_USER, request, token=token, key="k")


def without_administrator(house: House) -> object:
    token = house.administrator()
    [user] = [
        one
        for one in house.call(operations.LIST_USERS, ListUsersRequest(), token=token).users
        if one.role is Role.ADMINISTRATOR
    ]
    return house.call(people.REMOVE_USER, RemoveUserRequest(user_id=user.user_id), token=token)


def department_in_use(house: House) -> object:
    house.place_order()
    request = RemoveDepartmentRequest(code="D100")
    return house.call(people.REMOVE_DEPARTMENT, request, token=house.administrator(), key="k")


def beyond_the_departments_limit(house: House) -> object:
    request = SetDepartmentLimitRequest(code="D100", monthly_limit=1)
    house.call(people.SET_DEPARTMENT_LIMIT, request, token=house.administrator())
    return house.place_order()


def beyond_the_persons_limit(house: House) -> object:
    database(house.place, "UPDATE memberships SET order_limit = 1", "askul-supplier")
    return house.call(operations.PLACE_ORDER, ORDER, token=house.administrator(), key="k")


def with_a_coupon_that_is_none(house: House) -> object:
    return house.place_order(evolve(ORDER, coupons=("NONE",)), key="coupon")


def ordering_what_a_maker_ships(house: House) -> object:
    database(house.place, "UPDATE items SET fulfilment = 'direct'", "askul-supplier")
    return house.place_order(ORDER, key="restricted")


def ordering_what_goes_elsewhere(house: House) -> object:
    database(house.place, "UPDATE items SET regions = '[\"47\"]'", "askul-supplier")
    return house.place_order(ORDER, key="elsewhere")


def no_such_token(house: House) -> object:
    return house.call(people.CONFIRM_EMAIL, ConfirmEmailRequest(email_token=Secret("x")))


def member_number(house: House) -> str:
    number: str = house.call(
        operations.GET_ACCOUNT, GetAccountRequest(), token=house.administrator()
    ).member_number
    return number


def withdrawn_too_early(house: House) -> object:
    house.place_order()
    request = WithdrawAccountRequest(member_number=member_number(house))
    return house.call(account_operations.WITHDRAW_ACCOUNT, request, token=house.administrator())


def of_another_kind(kind: str, call: Callable[[House], object]) -> Callable[[House], object]:
    """A call by an account that is of another kind meanwhile."""

    def scenario(house: House) -> object:
        database(house.place, f"UPDATE accounts SET kind = '{kind}'", "askul-supplier")  # noqa: S608 -- our own word
        return call(house)

    return scenario


def paying_by_a_number(house: House) -> object:
    request = ChangePaymentMethodRequest(method=PaymentMethod.CARD, card_token=Secret("4111 1111 1111 1111"))
    return house.call(billing.CHANGE_PAYMENT_METHOD, request, token=house.administrator())


def paying_by_terms(house: House) -> object:
    request = ChangePaymentMethodRequest(method=PaymentMethod.TERMS)
    return house.call(billing.CHANGE_PAYMENT_METHOD, request, token=house.administrator())


def shipped_by_nobody(house: House) -> object:
    """What is billed at its shipment, by a supplier without a registration number."""
    card = ChangePaymentMethodRequest(method=PaymentMethod.CARD, card_token=Secret("tok_any_card_visa"))
    house.call(billing.CHANGE_PAYMENT_METHOD, card, token=house.administrator())
    [order] = house.place_order().orders
    known = house.supplier.dispatcher
    profile = evolve(known.house.profile, registration_number="")
    dispatcher = evolve(known, house=evolve(known.house, profile=profile))
    number = order.order_number
    dispatcher.dispatch_as_staff(
        operations.CONFIRM_ORDER, ConfirmOrderRequest(order_number=number), key="confirm"
    )
    shipment = ShipOrderRequest(order_number=number, lines=(ShippedLine(line_id="1", quantity=1),))
    return dispatcher.dispatch_as_staff(operations.SHIP_ORDER, shipment, key="ship")


def listed_by(house: House) -> object:
    return house.call(operations.LIST_ORDERS, ListOrdersRequest(), token=house.credential)


def more_than_its_credit(house: House) -> object:
    database(house.place, "UPDATE items SET list_price = '2000000'", "askul-supplier")
    return house.place_order(
        evolve(ORDER, lines=(evolve(ORDER.lines[0], expected_unit_price=None),)), key="credit"
    )


def registered_too_often(house: House) -> object:
    request = RegisterAccountRequest(
        kind=AccountKind.INDIVIDUAL,
        name="x",
        postcode="x",
        address="x",
        representative="x",
        phone="x",
        email="x",
    )
    call = Call(channel=Channel.JSON, address="192.0.2.1")
    for _ in range(20):
        with suppress(ValueInvalid):
            house.supplier.dispatcher.dispatch(account_operations.REGISTER_ACCOUNT, request, call)
    return house.supplier.dispatcher.dispatch(account_operations.REGISTER_ACCOUNT, request, call)


def confirmed_twice(house: House) -> None:
    [order] = house.place_order().orders
    for key in ("first", "second"):
        house.supplier.dispatcher.dispatch_as_staff(
            operations.CONFIRM_ORDER, ConfirmOrderRequest(order_number=order.order_number), key=key
        )


def confirmed(house: House) -> str:
    [order] = house.place_order().orders
    house.supplier.dispatcher.dispatch_as_staff(
        operations.CONFIRM_ORDER, ConfirmOrderRequest(order_number=order.order_number), key="c"
    )
    number: str = order.order_number
    return number


def shipped(**line: Any) -> Scenario:
    def scenario(house: House) -> object:
        moved = ShippedLine(**{"line_id": "1", "quantity": 1, **line})
        request = ShipOrderRequest(order_number=confirmed(house), lines=(moved,))
        return house.supplier.dispatcher.dispatch_as_staff(operations.SHIP_ORDER, request, key="s")

    return at_the_supplier(scenario)


def cancelled_late(house: House) -> object:
    [order] = house.place_order().orders
    house.clock.advance(house.clock.now() + timedelta(days=7))
    token = house.administrator()
    return house.call(CANCEL_ORDER, CancelOrderRequest(order_number=order.order_number), token=token, key="k")


def discontinued(house: House) -> object:
    database(house.place, "UPDATE items SET discontinued = 1 WHERE sku = 'K200-0001'", "askul-supplier")
    return house.place_order()


def key_used_for_another(house: House) -> object:
    house.place_order()
    return house.place_order(evolve(ORDER, purchase_order_id="PO-2"))


def no_such_operation(house: House) -> set[str]:
    body = (
        b'<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
        b'<Nothing xmlns="urn:askul-connect:supplier:1"/></soap:Body></soap:Envelope>'
    )
    headers = {"content-type": "text/xml; charset=utf-8"}
    transport = InProcessTransport(house.supplier.soap_face(IN_PROCESS_ADDRESS).handle)
    answer = transport.send(HttpRequest(method="POST", url=IN_PROCESS_ADDRESS, headers=headers, body=body))
    return {code for code in concrete_errors() if f">{code}<".encode() in answer.body}


# ----------------------------------------------------------------------------- through answers of a partner


def answered(status: int, body: bytes, call: Callable[[SoapCaller], object]) -> Scenario:
    """A call that a partner's server answers with these bytes."""

    def scenario(_place: Any) -> object:
        transport = InProcessTransport(lambda _request: HttpResponse(status=status, headers={}, body=body))
        caller = SoapCaller(transport, wsdl=supplier_wsdl(IN_PROCESS_ADDRESS), address=IN_PROCESS_ADDRESS)
        return call(caller)

    return scenario


def reported(error: AskulConnectError) -> Scenario:
    """A code of the wire that another supplier may send, and the one of this package has no reason to yet."""

    class Refusing:
        registry = SUPPLIER_OPERATIONS

        def dispatch(self, *_given: object) -> Any:
            raise error

    def scenario(_place: Any) -> object:
        face = SoapFace(Refusing(), address=IN_PROCESS_ADDRESS)
        caller = SoapCaller(
            InProcessTransport(face.handle), wsdl=face.description, address=IN_PROCESS_ADDRESS
        )
        return ordered(caller)

    return scenario


def ordered(caller: SoapCaller) -> object:
    return caller.call(operations.PLACE_ORDER, ORDER, token=Secret("ac_x"), idempotency_key="k")


def listed(caller: SoapCaller) -> object:
    return caller.call(operations.LIST_ORDERS, ListOrdersRequest(), token=Secret("ac_x"))


# ----------------------------------------------------------------------------------------- through a backup


def restored_copy(place: Any) -> object:
    load_and_back_up(place)
    copy = restore(place.directory.with_name("backup"), place.directory.with_name("copy"))
    with open_workspace(place.directory.with_name("copy")) as opened:
        return opened.run() and copy


def damaged_backup(place: Any) -> object:
    load_and_back_up(place)
    (place.directory.with_name("backup") / "files" / "askul-connect.toml").unlink()
    return restore(place.directory.with_name("backup"), place.directory.with_name("copy"))


def load_and_back_up(place: Any) -> None:
    back_up(load_settings(place.directory), place.directory.with_name("backup"))


SCENARIOS: dict[str, Scenario] = {
    "configuration-invalid": wrong_configuration,
    "usage": no_directory,
    "copy-on-hold": restored_copy,
    "backup-damaged": damaged_backup,
    "document-malformed": dropped("a.xml", "<Order"),
    "document-forbidden": dropped("a.xml", '<!DOCTYPE Order [<!ENTITY a "b">]><Order>&a;</Order>'),
    "document-too-large": dropped("a.csv", ROW * 400_000),
    "document-unsupported": dropped("a.pdf", b"%PDF"),
    "value-invalid": rows(ROW.replace(",12,", ",-12,")),
    "unknown-party": dropped("a.xml", UBL),
    "unknown-item": rows(ROW.replace("K200-0001", "NO-SUCH")),
    "unknown-unit": rows(ROW.replace("XPK", "furlong")),
    "unknown-currency": rows(ROW.replace("JPY", "ZZZ")),
    "unknown-tax": dropped("a.xml", UBL),
    "unknown-department": at_the_supplier(lambda house: house.line(department="D999")),
    "purchase-order-conflict": same_number_with_other_content,
    "purchase-order-unknown": dropped(
        "r.csv",
        "purchase_order_id,line_id,quantity,received_on\nPO-0,1,1,2026-04-01\n",
        folder="receipts",
    ),
    "budget-exceeded": rows(ROW.replace(",12,", ",1200,")),
    "exchange-rate-missing": no_rate,
    "order-given-up": given_up,
    "budget-missing": rows(ROW.replace("D100", "D999")),
    "idempotency-key-missing": at_the_supplier(lambda house: house.place_order(key="")),
    "idempotency-conflict": at_the_supplier(key_used_for_another),
    "idempotency-in-flight": reported(IdempotencyInFlight("x")),
    "w:001": at_the_supplier(lambda house: house.login("jiro@example.co.jp", Secret("wrong"))),
    "login-refused": at_the_supplier(expired_password),
    "too-many-attempts": at_the_supplier(too_many_attempts),
    "w:004": reported(ServiceStopped("x")),
    "password-change-required": at_the_supplier(unchanged_password),
    "password-rejected": at_the_supplier(weak_password),
    "not-authenticated": at_the_supplier(lambda house: listed(house.caller)),
    "access-denied": at_the_supplier(
        lambda house: house.call(operations.LIST_USERS, ListUsersRequest(), token=house.credential)
    ),
    "not-found": at_the_supplier(
        lambda house: house.call(
            operations.GET_ORDER, GetOrderRequest(order_number="AC00000099"), token=house.administrator()
        )
    ),
    "order-refused": rows(ROW.replace("K200-0001", "NO-SUCH")),
    "price-changed": at_the_supplier(lambda house: house.line(expected_unit_price=Decimal(1))),
    "allowance-refused": at_the_supplier(
        lambda house: house.line(allowances=(AllowanceCharge(charge=False, amount=1, reason_code="95"),))
    ),
    "out-of-stock": at_the_supplier(lambda house: house.line(quantity=9_000)),
    "quantity-not-sold": at_the_supplier(lambda house: house.line(sku="E100-0001", unit="EA", quantity=7)),
    "item-discontinued": at_the_supplier(discontinued),
    "illegal-step": at_the_supplier(confirmed_twice),
    "too-late-to-change": at_the_supplier(cancelled_late),
    "over-shipment": shipped(quantity=2),
    "substitute-refused": shipped(substitute_sku="K200-0001"),
    "duplicate-registration": at_the_supplier(known_address),
    "too-many-tickets": at_the_supplier(many_tickets),
    "second-factor-required": at_the_supplier(without_factor),
    "factor-rejected": at_the_supplier(wrong_code),
    "factor-needed": at_the_supplier(last_factor),
    "proof-required": at_the_supplier(late_change),
    "reset-token-invalid": at_the_supplier(no_such_reset),
    "function-stopped": stopped(Disturbance.OUTAGE, ServiceFunction.ORDERING),
    "orders-stopped": stopped(Disturbance.ORDERS_STOPPED, ServiceFunction.ORDERING),
    "version-conflict": at_the_supplier(changed_from_an_old_version),
    "last-administrator": at_the_supplier(without_administrator),
    "department-in-use": at_the_supplier(department_in_use),
    "department-limit-exceeded": at_the_supplier(beyond_the_departments_limit),
    "order-limit-exceeded": at_the_supplier(beyond_the_persons_limit),
    "card-not-registered": at_the_supplier(of_another_kind("individual", House.place_order)),
    "coupon-refused": at_the_supplier(with_a_coupon_that_is_none),
    "item-restricted": at_the_supplier(of_another_kind("individual", ordering_what_a_maker_ships)),
    "not-deliverable": at_the_supplier(ordering_what_goes_elsewhere),
    "token-invalid": at_the_supplier(no_such_token),
    "not-for-this-account": at_the_supplier(of_another_kind("individual", listed_by)),
    "account-limit-reached": at_the_supplier(of_another_kind("sole_proprietor", more_than_its_credit)),
    "too-many-registrations": at_the_supplier(registered_too_often),
    "card-number-refused": at_the_supplier(paying_by_a_number),
    "payment-method-unavailable": at_the_supplier(of_another_kind("individual", paying_by_terms)),
    "issuer-not-qualified": at_the_supplier(of_another_kind("individual", shipped_by_nobody)),
    "account-in-use": at_the_supplier(withdrawn_too_early),
    "cursor-expired": at_the_supplier(
        lambda house: house.call(
            operations.LIST_ORDERS, ListOrdersRequest(cursor="x"), token=house.credential
        )
    ),
    "unknown-operation": at_the_supplier(no_such_operation),
    "partner-unreachable": unreachable_address,
    "outcome-unknown": answered(500, b"<html>", ordered),
    "partner-refused": answered(403, b"<html>", ordered),
    "partner-answer-invalid": answered(200, b"<html>", listed),
    "capability-missing": without_capability,
    "storage-unavailable": no_database,
    "storage-conflict": stored_twice,
    "schema-out-of-date": another_schema,
    "plugin-failed": failing_call("orders", RuntimeError("a stranger's mistake")),
    "directory-busy": held_directory,
    "number-unknown": explained_nothing,
    "number-ambiguous": released("askul", "other"),
    "match-not-accepted": released("askul"),
    "internal-error": gone_from_the_database,
}


def codes_of(found: object) -> Iterable[str]:
    """The codes in an error, or in what a run reports."""
    if isinstance(found, AskulConnectError):
        return {found.code, *(problem.code for problem in found.problems)}
    if isinstance(found, RunReport):
        errors = [entry.error for entry in found.rejections] + [entry.error for entry in found.failures]
        return {code for error in errors for code in codes_of(error)}
    return found if isinstance(found, set) else set()


@pytest.mark.parametrize("code", SCENARIOS)
def test_the_code_is_met(place: Any, code: str) -> None:
    try:
        found = SCENARIOS[code](place)
    except AskulConnectError as error:
        found = error

    assert code in codes_of(found)


def test_every_code_has_its_scenario_and_no_other() -> None:
    assert set(SCENARIOS) == set(concrete_errors())


@pytest.mark.parametrize("code", sorted(concrete_errors()))
def test_every_error_says_in_both_languages_what_it_is_and_what_to_do(code: str) -> None:
    kind = concrete_errors()[code]
    for text in (kind.cause, kind.remedy):
        assert any("\u3040" <= letter <= "\u9fff" for letter in text.ja), text
        assert text.en.isascii(), text
    assert code in str(kind("x"))
