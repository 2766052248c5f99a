"""Ending an account, and erasing personal data (ACC-8)."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest
from attrs import evolve

from askul_connect.adapters.storage.sql.storage import supplier_sql
from askul_connect.core.domain.account_records import ErasureExtent
from askul_connect.core.domain.accounts import AccountKind, Role, UserState
from askul_connect.core.domain.orders import Channel
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import (
    AccessDenied,
    AccountInUse,
    LoginMismatch,
    LoginRefused,
    NotAuthenticated,
    NotFound,
    ValueInvalid,
)
from askul_connect.core.messages.account_changes import ChangeAccountRequest
from askul_connect.core.messages.account_ends import ErasePersonalDataRequest, WithdrawAccountRequest
from askul_connect.core.messages.accounts import GetAccountRequest
from askul_connect.core.messages.login import LoginRequest
from askul_connect.core.operations import accounts as account_operations
from askul_connect.core.operations import supplier as operations
from askul_connect.core.ports.faces import Call
from askul_connect.core.services.supplier.audit_trail import verify_chains

PASSWORD = "Kaede-7-kaze"


def member_number(world: Any, customer: Any) -> str:
    with world.storage.begin() as unit:
        number: str = unit.accounts.by_customer_number(customer.number).member_number
    return number


def withdraw(world: Any, customer: Any, number: str = "", **more: Any) -> Any:
    request = WithdrawAccountRequest(member_number=number or member_number(world, customer), **more)
    return world.call(account_operations.WITHDRAW_ACCOUNT, request, token=customer.administrator)


def erase(world: Any, number: str, **more: Any) -> Any:
    request = ErasePersonalDataRequest(member_number=number, **{"ticket": "T-1", **more})
    return world.as_staff(account_operations.ERASE_PERSONAL_DATA, request)


def codes(caught: Any) -> list[str]:
    return [one.where for one in caught.value.problems]


@pytest.mark.spec("ACC-8")
def test_open_orders_and_invoices_stand_in_the_way_and_are_listed(everywhere: Any) -> None:
    world = everywhere
    customer = world.customer()
    first = world.place(customer.machine, "PO-1").orders[0].order_number
    second = world.place(customer.machine, "PO-2").orders[0].order_number
    with pytest.raises(AccountInUse) as caught:
        withdraw(world, customer)
    assert codes(caught) == [first, second]
    for number in (first, second):
        world.confirm(number)
        world.ship(number, ("1", 10, 0))
    with pytest.raises(AccountInUse) as caught:
        withdraw(world, customer)
    assert codes(caught) == [first, second]
    world.go_to(2026, 12, 1, 10)
    [invoice] = world.close_billing(customer, date(2026, 11, 30))
    customer.administrator = world.login(customer.number, PASSWORD).session_token
    with pytest.raises(AccountInUse) as caught:
        withdraw(world, customer)
    assert codes(caught) == [invoice.invoice_number]
    world.go_to(2027, 1, 4, 10)
    customer.administrator = world.login(customer.number, PASSWORD).session_token
    # what is overdue and not paid is open too
    with pytest.raises(AccountInUse) as caught:
        withdraw(world, customer)
    assert codes(caught) == [invoice.invoice_number]
    world.pay(customer, invoice)
    assert withdraw(world, customer).state == "withdrawn"


@pytest.mark.spec("ACC-8", "AUTH-2")
def test_afterwards_nothing_works_and_a_login_is_told_why(everywhere: Any) -> None:
    world = everywhere
    customer = world.customer()
    buyer = customer.person("b@a.example.co.jp", Role.BUYER)
    number = member_number(world, customer)
    answer = withdraw(world, customer, reason="閉店")
    assert (answer.contacts_erased_after_days, answer.logins_erased_after_days) == (90, 365)
    for token in (customer.administrator, customer.machine, buyer):
        with pytest.raises(NotAuthenticated):
            world.call(operations.GET_ACCOUNT, GetAccountRequest(), token=token)
    for login_id in (customer.number, "b@a.example.co.jp"):
        with pytest.raises(LoginRefused, match="withdrawn") as caught:
            world.login(login_id, PASSWORD)
        assert caught.value.code == "login-refused"
        assert caught.value.reference
        with pytest.raises(LoginMismatch):
            world.login(login_id, "wrong")
    world.supplier.automation.work()
    notices = [json.loads(one.read_text("utf-8")) for one in (world.folder / "notices").glob("*.json")]
    told = sorted(one["to"] for one in notices if one["event"] == "account-withdrawn")
    assert told == ["Admin@a.example.co.jp", "b@a.example.co.jp", "info@a.example.co.jp"]
    with world.storage.begin() as unit:
        account = unit.accounts.by_member_number(number)
        assert all(one.revoked_at for one in unit.credentials.of_account(account.account_id))
        assert unit.audit.of_account(account.account_id)[-1].action == "account-withdrawn"


@pytest.mark.spec("ACC-8", "AUTH-19")
def test_who_may_end_an_account(faced: Any) -> None:
    world = faced
    customer, other = world.customer(), world.customer("b")
    number = member_number(world, customer)
    with pytest.raises(NotFound):
        withdraw(world, other, number)
    with pytest.raises(NotFound):
        withdraw(world, other, "00000000")
    buyer = customer.person("b@a.example.co.jp", Role.BUYER)
    request = WithdrawAccountRequest(member_number=number)
    for token in (buyer, customer.machine):
        with pytest.raises(AccessDenied):
            world.call(account_operations.WITHDRAW_ACCOUNT, request, token=token)
    desk = world.desk_session()
    foreign = world.open_ticket(desk, member_number(world, other))
    for ticket in ("", foreign):
        with pytest.raises(AccessDenied, match="ticket"):
            world.call(account_operations.WITHDRAW_ACCOUNT, evolve(request, ticket=ticket), token=desk)
    with world.storage.begin() as unit:
        account = unit.accounts.by_member_number(number)
        unit.accounts.save(evolve(account, application_number="1234567890"))
    with pytest.raises(ValueInvalid, match="application number"):
        withdraw(world, customer)
    done = world.as_staff(account_operations.WITHDRAW_ACCOUNT, evolve(request, ticket="T-1"))
    assert world.as_staff(account_operations.WITHDRAW_ACCOUNT, evolve(request, ticket="T-1")) == done


PEOPLE = {
    "representative": "代表取締役 消去太郎",
    "contact": "窓口 消去花子",
    "phone": "03-7654-3210",
    "email": "shokyo@a.example.co.jp",
}


def lived(world: Any, kind: AccountKind = AccountKind.CORPORATION) -> Any:
    """A customer with people, orders, an invoice, a changed contact, who withdraws; its personal data."""
    customer = world.customer(
        "a",
        kind=kind,
        administrator_name="管理 消去子",
        **{name: text for name, text in PEOPLE.items() if name != "contact"},
    )
    change = ChangeAccountRequest(version=1, contact=PEOPLE["contact"], email="later@a.example.co.jp")
    world.call(account_operations.CHANGE_ACCOUNT, change, token=customer.administrator, key=world.fresh())
    customer.person("kounyuu@a.example.co.jp", Role.BUYER)
    order = world.place(customer.machine, "PO-1").orders[0].order_number
    world.confirm(order)
    world.ship(order, ("1", 10, 0))
    world.go_to(2026, 12, 1, 10)
    world.close_billing(customer, date(2026, 11, 30))
    world.pay_all(customer)
    with pytest.raises(LoginMismatch):
        world.login("Admin@a.example.co.jp", "wrong")
    world.go_to(2027, 1, 4, 10)
    customer.administrator = world.login(customer.number, PASSWORD).session_token
    world.supplier.automation.work()
    number = member_number(world, customer)
    withdraw(world, customer, number)
    world.supplier.automation.work()
    return customer, number


SECRETS = (*PEOPLE.values(), "管理 消去子", "later@a.example.co.jp")
LOGINS = ("Admin@a.example.co.jp", "admin@a.example.co.jp", "kounyuu@a.example.co.jp")


def bytes_of(world: Any) -> bytes:
    """Everything that is on the disk once the database was vacuumed."""
    database = world.folder / "supplier.sqlite3"
    connection = sqlite3.connect(database)
    connection.execute("VACUUM")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return b"".join(path.read_bytes() for path in world.folder.glob("supplier.sqlite3*"))


def present(world: Any, texts: tuple[str, ...]) -> set[str]:
    found = bytes_of(world)
    escaped = {text: json.dumps(text)[1:-1].encode() for text in texts}
    return {text for text in texts if text.encode() in found or escaped[text] in found}


@pytest.mark.spec("ACC-8")
def test_what_was_erased_is_nowhere_and_what_must_stay_is_valid(make_world: Any) -> None:
    world = make_world("sqlite")
    customer, number = lived(world)
    assert present(world, (*SECRETS, *LOGINS)) == {*SECRETS, *LOGINS}
    with world.storage.begin() as unit:
        account = unit.accounts.by_member_number(number)
        keys = [one.key for one in unit.changes.since(account.account_id, "invoices", 0, 9)]
        invoices = unit.documents.invoices(account.account_id, keys)

    world.forward(timedelta(days=89))
    world.supplier.automation.work()
    assert present(world, SECRETS) == set(SECRETS)
    world.forward(timedelta(days=1))
    world.supplier.automation.work()
    assert present(world, SECRETS) == set()
    # the login ID and the password are there for the answer
    with pytest.raises(LoginRefused, match="withdrawn"):
        world.login(LOGINS[0], PASSWORD)
    with pytest.raises(LoginRefused, match="withdrawn"):
        world.login(customer.number, PASSWORD)

    world.forward(timedelta(days=275))
    world.supplier.automation.work()
    assert present(world, (*SECRETS, *LOGINS)) == set()
    with pytest.raises(LoginMismatch):
        world.login(LOGINS[0], PASSWORD)
    with world.storage.begin() as unit:
        assert unit.documents.invoices(account.account_id, keys) == invoices
        assert invoices
        assert len(unit.orders.by_external_id(account.account_id, "0188:7010705000725", "PO-1", 0)) == 1
    report = verify_chains(world.storage, world.supplier.dispatcher.house)
    assert (report.breaks, report.unsealed) == ((), 0)
    assert report.entries > 10
    before = world.dump()
    world.supplier.automation.work()
    assert world.dump() == before


@pytest.mark.spec("ACC-8")
def test_addresses_and_devices_of_sessions_go_too(stored: Any) -> None:
    world = stored
    customer = world.customer()
    number = member_number(world, customer)
    call = Call(channel=Channel.JSON, address="192.0.2.77")
    request = LoginRequest(login_id=customer.number, password=Secret(PASSWORD))
    world.supplier.dispatcher.dispatch(operations.LOGIN, request, call)
    assert repr(world.dump()).count("192.0.2.77") == 4
    withdraw(world, customer, number)
    erase(world, number)
    left = {name for name, rows in world.dump().items() if "192.0.2.77" in repr(rows)}
    assert all("sources" in name for name in left)
    # how often logins from a place failed is nobody's, and forgotten after its time
    world.forward(timedelta(days=1))
    world.supplier.automation.work()
    assert "192.0.2.77" not in repr(world.dump())


@pytest.mark.spec("ACC-8")
def test_staff_erase_for_a_ticket(stored: Any) -> None:
    world = stored
    _, number = lived(world)
    desk = world.desk_session()
    for ticket in ("", world.open_ticket(desk), world.open_ticket(desk, number, closed=True)):
        request = ErasePersonalDataRequest(member_number=number, ticket=ticket)
        with pytest.raises(AccessDenied, match="ticket"):
            world.call(account_operations.ERASE_PERSONAL_DATA, request, token=desk)
    with pytest.raises(NotFound):
        erase(world, "00000000")
    done = erase(world, number, extent=ErasureExtent.EVERYTHING)
    assert len(done.people) == 2
    assert done.notices > 0
    assert any("tax law" in one for one in done.kept)
    assert not [text for text in (*SECRETS, *LOGINS) if text in repr(world.dump())]
    again = erase(world, number, extent=ErasureExtent.EVERYTHING)
    assert (again.people, again.notices) == ((), 0)
    assert verify_chains(world.storage, world.supplier.dispatcher.house).breaks == ()


@pytest.mark.spec("ACC-8")
def test_a_persons_account_loses_its_name_and_a_companys_keeps_it(stored: Any) -> None:
    world = stored
    _, number = lived(world, AccountKind.SOLE_PROPRIETOR)
    erase(world, number)
    with world.storage.begin() as unit:
        account = unit.accounts.by_member_number(number)
        assert (account.name, account.address, account.postcode) == ("", "", "")
    other = world.customer("b")
    theirs = member_number(world, other)
    withdraw(world, other)
    erase(world, theirs)
    with world.storage.begin() as unit:
        account = unit.accounts.by_member_number(theirs)
        assert (account.name, account.representative) == ("株式会社見本b", "")


@pytest.mark.spec("ACC-8")
def test_who_is_still_there_is_not_erased(stored: Any) -> None:
    world = stored
    customer = world.customer()
    number = member_number(world, customer)
    user = customer.add_user("b@a.example.co.jp", Role.BUYER)
    with pytest.raises(AccountInUse):
        erase(world, number)
    with pytest.raises(AccountInUse):
        erase(world, number, user_id=user)
    with pytest.raises(NotFound):
        erase(world, member_number(world, world.customer("c")), user_id=user)
    with world.storage.begin() as unit:
        account = unit.accounts.by_member_number(number)
        member = unit.memberships.get(account.account_id, user)
        unit.memberships.save(evolve(member, state=UserState.REMOVED))
    done = erase(world, number, user_id=user, extent=ErasureExtent.EVERYTHING)
    assert done.people == (user,)
    assert "b@a.example.co.jp" not in repr(world.dump())
    # the others go on
    world.login(customer.number, PASSWORD)
    assert "Admin@a.example.co.jp" in repr(world.dump())


@pytest.mark.spec("ACC-8")
def test_an_erasure_cannot_be_forged(make_world: Any) -> None:
    world = make_world("sqlite")
    world.customer()
    house = world.supplier.dispatcher.house
    assert not verify_chains(world.storage, house).breaks
    connection = sqlite3.connect(world.folder / "supplier.sqlite3")
    connection.execute("UPDATE login_records SET login_id = '', address = '', device = '', personal = 'x'")
    connection.commit()
    connection.close()
    assert verify_chains(world.storage, house).breaks


#: Tables that hold personal data, and how they lose them.
ERASED = {
    "accounts": "emptied",
    "users": "emptied",
    "sessions": "emptied",
    "login_records": "replaced by what the seal covers",
    "account_snapshots": "emptied",
    "outbox": "emptied",
    "remembered_devices": "removed",
    "device_tokens": "removed",
    "login_environments": "removed",
    "login_attempts": "removed",
    "factors": "removed",
    "recovery_codes": "removed",
    "challenges": "removed",
    "factor_failures": "removed",
    "carts": "removed",
    "one_time_tokens": "removed: what they are about is encrypted in them",
    "tickets": "emptied",
    "ticket_messages": "emptied",
    "ticket_attachments": "emptied",
    "user_imports": "emptied",
    "invitations": "emptied",
    "billing_settings": "the card's token is removed when the account ends",
}
#: Tables without personal data but ids and hashes, or that the law keeps.
WITHOUT = frozenset(
    {
        "alembic_version",
        "audit_records",
        "chains",
        "changes",
        "client_credentials",
        "confirmations",
        "coupon_claims",
        "coupon_uses",
        "coupons",
        "counters",
        "credit_notes",
        "department_limits",
        "departments",
        "erasures",
        "facts",
        "feeds",
        "idempotency",
        "invoice_parts",
        "invoices",
        # digests of what was typed, and networks; forgotten within the hour
        "login_sources",
        "session_proofs",
        "sign_on_settings",
        # the supplier's own people
        "staff",
        "items",
        "item_prices",
        # made from the items
        "item_search",
        "item_search_version",
        "memberships",
        "order_lines",
        "order_tax",
        "orders",
        "payments",
        "receivables",
        "reductions",
        "returns",
        "shipments",
        "recommended_items",
        "recommended_registrations",
        "registration_attempts",
        "ship_notices",
        "shipped_lines",
        "status_notices",
        "stock",
    }
)


@pytest.mark.spec("ACC-8")
def test_every_table_says_whether_it_holds_personal_data(make_world: Any) -> None:
    world = make_world("sqlite")
    tables = {name for name in world.dump() if not name.startswith("sqlite_")}
    assert tables == {*ERASED, *WITHOUT}, "erase it in erasing.py, or say here that it holds none"


@pytest.mark.spec("ACC-8")
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_no_order_is_placed_into_an_account_that_ends(
    kind: str, make_world: Callable[..., Any], tmp_path: Any, request: pytest.FixtureRequest
) -> None:
    if kind == "postgresql":
        storage = supplier_sql(request.getfixturevalue("supplier_postgresql")())
        world = type(make_world())(storage, tmp_path, "in process")
    else:
        world = make_world("sqlite")
    for round_ in range(4):
        customer = world.customer(f"r{round_}")
        number = member_number(world, customer)
        gate = Barrier(5)

        def place(
            place_number: int, customer: Any = customer, gate: Barrier = gate, round_: int = round_
        ) -> bool:
            gate.wait(60)
            try:
                world.place(customer.machine, f"PO-{round_}-{place_number}")
            except NotAuthenticated:
                return False
            return True

        def end(customer: Any = customer, number: str = number, gate: Barrier = gate) -> bool:
            gate.wait(60)
            try:
                withdraw(world, customer, number)
            except AccountInUse:
                return False
            return True

        with ThreadPoolExecutor(5) as threads:
            placing = [threads.submit(place, place_number) for place_number in range(4)]
            ended = threads.submit(end).result()
            placed = [one.result() for one in placing]
        assert any(placed) != ended
    if kind == "postgresql":
        world.storage.close()


@pytest.mark.spec("ACC-8")
def test_what_waits_to_be_sent_to_somebody_erased_does_not_leave(stored: Any) -> None:
    world = stored
    customer = world.customer()
    number = member_number(world, customer)
    world.supplier.automation.work()
    withdraw(world, customer)
    erase(world, number, extent=ErasureExtent.EVERYTHING)
    world.supplier.automation.work()
    assert not [
        one
        for one in (world.folder / "notices").glob("*.json")
        if "account-withdrawn" in one.read_text("utf-8")
    ]
