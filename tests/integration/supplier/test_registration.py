"""Registering accounts, and what staff decide about them (ACC-2, ACC-3, ACC-4, ACC-10)."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise
from threading import Barrier
from typing import Any

import pytest
from attrs import evolve

from askul_connect.adapters.security.argon2_hasher import Argon2Hasher
from askul_connect.adapters.storage.sql.storage import supplier_sql
from askul_connect.core.domain.accounts import AccountKind, AccountState, Role
from askul_connect.core.domain.orders import Channel
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import (
    AccessDenied,
    DuplicateRegistration,
    IllegalStep,
    LoginMismatch,
    LoginRefused,
    NotAuthenticated,
    NotFound,
    TooManyRegistrations,
    ValueInvalid,
)
from askul_connect.core.messages.accounts import GetAccountRequest
from askul_connect.core.messages.registration import (
    ApproveAccountRequest,
    ListDuplicateAccountsRequest,
    RegisterAccountRequest,
)
from askul_connect.core.operations import accounts as account_operations
from askul_connect.core.operations import supplier as operations
from askul_connect.core.ports.faces import Call
from askul_connect.core.services.supplier.registering import ATTEMPTS

NEW = "Momiji-8-yama"
OWN = "Sakura-9-mori"
REQUEST = RegisterAccountRequest(
    kind=AccountKind.CORPORATION,
    name="株式会社楓",
    name_kana="カエデ",
    postcode="１５０-0001",
    address="東京都渋谷区見本3-3",
    representative="楓 太郎",
    contact="楓 花子",
    phone="03-1111-2222",
    email="Taro@kaede.example.co.jp",
    corporate_number="7010705000725",
    invoice_registration_number="t7010705000725",
)


def register(world: Any, **changes: Any) -> Any:
    return world.call(account_operations.REGISTER_ACCOUNT, evolve(REQUEST, **changes))


def delivered(world: Any, event: str) -> list[dict[str, Any]]:
    world.supplier.automation.work()
    found = [json.loads(path.read_text("utf-8")) for path in (world.folder / "notices").glob("*.json")]
    return sorted((one for one in found if one["event"] == event), key=lambda one: one["at"])


def approve(world: Any, member_number: str, ticket: str = "T-1") -> Any:
    request = ApproveAccountRequest(member_number=member_number, ticket=ticket)
    return world.as_staff(account_operations.APPROVE_ACCOUNT, request)


def decide(
    world: Any, operation: Any, member_number: str, reason: str = "because", ticket: str = "T-1"
) -> Any:
    request = operation.request(member_number=member_number, ticket=ticket, reason=reason)
    return world.as_staff(operation, request)


def stored(world: Any, member_number: str) -> Any:
    with world.storage.begin() as unit:
        return unit.accounts.by_member_number(member_number)


@pytest.mark.spec("ACC-2", "ACC-3", "ACC-10", "AUTH-4")
def test_from_the_application_by_letter_to_the_first_login(everywhere: Any) -> None:
    world = everywhere
    made = register(world)
    assert made.state is AccountState.PENDING_APPROVAL
    assert (len(made.application_number), len(made.member_number), made.warnings) == (10, 8, ())
    told = delivered(world, "account-registered")
    assert [one["to"] for one in told] == ["Taro@kaede.example.co.jp"]
    assert told[0]["facts"]["application_number"] == made.application_number
    assert "customer_number" not in told[0]["facts"]
    account = stored(world, made.member_number)
    assert (account.invoice_registration_number, account.contact) == ("T7010705000725", "楓 花子")

    assert approve(world, made.member_number).state is AccountState.ACTIVE
    [letter] = delivered(world, "account-approved")
    number, password = letter["facts"]["customer_number"], Secret(letter["secret"])
    token = world.first_session(number, password)
    answer = world.call(operations.GET_ACCOUNT, GetAccountRequest(), token=token)
    assert (answer.name, answer.customer_number) == ("株式会社楓", number)
    # afterwards approving changes nothing
    assert approve(world, made.member_number).state is AccountState.ACTIVE
    assert len(delivered(world, "account-approved")) == 1
    with world.storage.begin() as unit:
        records = unit.audit.of_account(account.account_id)
    assert [one.action for one in records][:2] == ["account-registered", "account-approved"]
    assert json.loads(records[1].detail)["ticket"] == "T-1"


@pytest.mark.spec("ACC-3", "AUTH-2")
def test_who_waits_is_told_so_only_after_proving_the_password(everywhere: Any) -> None:
    world = everywhere
    made = register(world, password=Secret(OWN))
    email = REQUEST.email
    with pytest.raises(LoginRefused, match="pending approval") as caught:
        world.login(email, OWN)
    assert caught.value.code == "login-refused"
    for login_id, password in ((email, NEW), ("nobody@example.jp", OWN)):
        with pytest.raises(LoginMismatch):
            world.login(login_id, password)
    approve(world, made.member_number)
    # what the applicant chose proved nothing about the address
    with pytest.raises(LoginMismatch):
        world.login(email, OWN)


@pytest.mark.spec("ACC-3")
def test_without_a_password_an_application_answers_like_nobody(everywhere: Any) -> None:
    register(everywhere)
    for password in ("", OWN):
        with pytest.raises(LoginMismatch):
            everywhere.login(REQUEST.email, password)


@pytest.mark.spec("ACC-3", "ACC-10")
def test_everything_that_is_wrong_is_said_at_once(faced: Any) -> None:
    with pytest.raises(ValueInvalid) as caught:
        register(
            faced,
            name=" ",
            postcode="15",
            phone="x",
            email="nothing",
            corporate_number="1010705000725",
            invoice_registration_number="T1010705000725",
        )
    places = [one.where for one in caught.value.problems]
    for where in (
        "name",
        "postcode",
        "phone",
        "email",
        "corporate_number",
        "invoice_registration_number",
    ):
        assert where in places
    with pytest.raises(ValueInvalid) as weak:
        register(faced, name=" ", password=Secret("short"))
    assert {one.where for one in weak.value.problems} == {"name", "password"}
    with faced.storage.begin() as unit:
        assert not unit.accounts.all()


@pytest.mark.spec("ACC-3")
@pytest.mark.parametrize("kind", [AccountKind.SOLE_PROPRIETOR, AccountKind.INDIVIDUAL])
def test_a_persons_registration_number_is_looked_at_twice_and_not_refused(
    faced: Any, kind: AccountKind
) -> None:
    changes = {"corporate_number": "", "invoice_registration_number": "T1234567890123", "kind": kind}
    assert "compare the notice" in register(faced, **changes).warnings[0]
    with pytest.raises(ValueInvalid, match="check digit"):
        register(faced, **{**changes, "kind": AccountKind.CORPORATION, "email": "b@kaede.example.co.jp"})


@pytest.mark.spec("ACC-4")
def test_one_address_is_one_user(everywhere: Any) -> None:
    world = everywhere
    world.letter()
    for email in ("admin@a.example.co.jp", "ADMIN@A.example.co.jp"):
        with pytest.raises(DuplicateRegistration, match="reset the password"):
            register(world, administrator_email=email)
    # the contact's address is no login
    register(world, email="info@a.example.co.jp", administrator_email="new@kaede.example.co.jp")


@pytest.mark.spec("ACC-4")
def test_one_source_cannot_try_out_addresses(world: Any) -> None:
    world.letter()

    def attempt(number: int, source: str) -> Any:
        request = evolve(REQUEST, administrator_email="admin@a.example.co.jp", name=f"会社{number}")
        call = Call(channel=Channel.JSON, address=source)
        return world.supplier.dispatcher.dispatch(account_operations.REGISTER_ACCOUNT, request, call)

    for number in range(ATTEMPTS):
        with pytest.raises(DuplicateRegistration):
            attempt(number, "192.0.2.1")
    with pytest.raises(TooManyRegistrations) as caught:
        attempt(0, "192.0.2.1")
    assert caught.value.retry_after == 3600
    with pytest.raises(DuplicateRegistration):
        attempt(0, "192.0.2.2")
    world.forward(timedelta(hours=1, seconds=1))
    with pytest.raises(DuplicateRegistration):
        attempt(0, "192.0.2.1")


class Gate(Argon2Hasher):
    """A hasher at which all wait for one another."""

    def __init__(self) -> None:
        super().__init__(memory_kib=8, passes=1)
        self.barrier: Barrier | None = None

    def hash(self, password: Secret) -> str:
        if self.barrier is not None:
            self.barrier.wait(60)
        return super().hash(password)


@pytest.mark.spec("ACC-4")
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_sixteen_at_once_register_one_address_once(
    kind: str, make_world: Callable[..., Any], tmp_path: Any, request: pytest.FixtureRequest
) -> None:
    gate = Gate()
    if kind == "postgresql":
        storage = supplier_sql(request.getfixturevalue("supplier_postgresql")())
        world = type(make_world())(storage, tmp_path, "in process", hasher=gate)
    else:
        world = make_world("sqlite", hasher=gate)
    gate.barrier = Barrier(16)

    def attempt(number: int) -> bool:
        try:
            register(world, name=f"会社{number}", password=Secret(OWN))
        except DuplicateRegistration:
            return False
        return True

    with ThreadPoolExecutor(16) as threads:
        outcomes = list(threads.map(attempt, range(16)))
    assert outcomes.count(True) == 1
    with world.storage.begin() as unit:
        assert len(unit.accounts.all()) == 1
    if kind == "postgresql":
        world.storage.close()


@pytest.mark.spec("ACC-3")
def test_a_rejected_application_says_why_and_the_address_may_apply_again(everywhere: Any) -> None:
    world = everywhere
    made = register(world, password=Secret(OWN))
    decide(world, account_operations.REJECT_ACCOUNT, made.member_number, "登記が確認できません")
    assert [one["subject"] for one in delivered(world, "account-rejected")] == ["登記が確認できません"]
    with pytest.raises(LoginRefused, match="rejected"):
        world.login(REQUEST.email, OWN)
    with pytest.raises(IllegalStep):
        approve(world, made.member_number)
    again = register(world)
    assert again.member_number != made.member_number
    with pytest.raises(LoginMismatch):
        world.login(REQUEST.email, OWN)
    assert approve(world, again.member_number).state is AccountState.ACTIVE


@pytest.mark.spec("ACC-3", "AUTH-2")
def test_suspended_stops_at_once_and_reinstated_works_again(everywhere: Any) -> None:
    world = everywhere
    customer = world.customer()
    with world.storage.begin() as unit:
        number = unit.accounts.by_customer_number(customer.number).member_number
    decide(world, account_operations.SUSPEND_ACCOUNT, number, "unpaid")
    decide(world, account_operations.SUSPEND_ACCOUNT, number, "unpaid")
    for token in (customer.administrator, customer.machine):
        with pytest.raises(NotAuthenticated):
            world.call(operations.GET_ACCOUNT, GetAccountRequest(), token=token)
    with pytest.raises(LoginRefused, match="suspended"):
        world.login(customer.number, "Kaede-7-kaze")
    with pytest.raises(LoginMismatch):
        world.login(customer.number, "wrong")
    decide(world, account_operations.REINSTATE_ACCOUNT, number, "paid")
    world.login(customer.number, "Kaede-7-kaze")
    # the session of before has ended for good
    with pytest.raises(NotAuthenticated):
        world.call(operations.GET_ACCOUNT, GetAccountRequest(), token=customer.administrator)
    world.place(customer.machine, "PO-1")
    with pytest.raises(IllegalStep):
        decide(world, account_operations.REINSTATE_ACCOUNT, number, "again")
    assert [len(delivered(world, f"account-{what}")) for what in ("suspended", "reinstated")] == [1, 1]


@pytest.mark.spec("ACC-3", "ACC-5")
def test_who_works_in_another_account_goes_on(stored_world: Any) -> None:
    world = stored_world
    home, other = world.customer(), world.customer("b")
    token = home.person("p@a.example.co.jp", Role.BUYER)
    with world.storage.begin() as unit:
        user = unit.users.by_email_key("p@a.example.co.jp")
        membership = unit.memberships.get(user.account_id, user.user_id)
        guest = unit.accounts.by_customer_number(other.number)
        unit.memberships.add(evolve(membership, account_id=guest.account_id))
        own = unit.accounts.get(user.account_id).member_number
    decide(world, account_operations.SUSPEND_ACCOUNT, guest.member_number)
    world.call(operations.GET_ACCOUNT, GetAccountRequest(), token=token)
    decide(world, account_operations.SUSPEND_ACCOUNT, own)
    with world.storage.begin() as unit:
        assert not unit.sessions.live_of_user(user.user_id)


@pytest.fixture
def stored_world(make_world: Callable[..., Any], storage_kind: str) -> Any:
    return make_world(storage_kind)


@pytest.mark.spec("AUTH-19")
def test_staff_name_a_ticket_and_a_reason(world: Any) -> None:
    made = register(world)
    number = made.member_number
    desk = world.desk_session()
    shut = world.open_ticket(desk, number, closed=True)
    unlinked = world.open_ticket(desk)
    for ticket in ("", "  ", "x" * 101, shut, unlinked):
        for operation in (
            account_operations.APPROVE_ACCOUNT,
            account_operations.REJECT_ACCOUNT,
            account_operations.SUSPEND_ACCOUNT,
            account_operations.REINSTATE_ACCOUNT,
        ):
            reason = {} if operation is account_operations.APPROVE_ACCOUNT else {"reason": "because"}
            request = operation.request(member_number=number, ticket=ticket, **reason)
            with pytest.raises(AccessDenied, match="ticket"):
                world.call(operation, request, token=desk)
    for ticket in ("", "  ", shut):
        request = ListDuplicateAccountsRequest(ticket=ticket)
        with pytest.raises(AccessDenied, match="ticket"):
            world.call(account_operations.LIST_DUPLICATE_ACCOUNTS, request, token=desk)
    request = ListDuplicateAccountsRequest(ticket=unlinked)
    assert world.call(account_operations.LIST_DUPLICATE_ACCOUNTS, request, token=desk).pairs == ()
    own = world.open_ticket(desk, number)
    request = account_operations.APPROVE_ACCOUNT.request(member_number="00000000", ticket=own)
    with pytest.raises(AccessDenied, match="ticket"):
        world.call(account_operations.APPROVE_ACCOUNT, request, token=desk)
    with pytest.raises(ValueInvalid, match="reason"):
        decide(world, account_operations.REJECT_ACCOUNT, number, " ")
    with pytest.raises(NotFound):
        approve(world, "00000000")
    assert stored(world, number).state is AccountState.PENDING_APPROVAL
    request = account_operations.APPROVE_ACCOUNT.request(member_number=number, ticket=own)
    assert world.call(account_operations.APPROVE_ACCOUNT, request, token=desk).state is AccountState.ACTIVE


@pytest.mark.spec("ACC-4")
def test_one_company_registered_twice_is_flagged(stored_pairs: Any) -> None:
    world, numbers = stored_pairs
    found = world.as_staff(
        account_operations.LIST_DUPLICATE_ACCOUNTS, ListDuplicateAccountsRequest(ticket="T-1")
    ).pairs
    said = {(one.older, one.newer): one.reasons for one in found}
    assert said == {
        (numbers["first"], numbers["same name and phone"]): ("phone",),
        (numbers["first"], numbers["same corporate number"]): ("corporate-number",),
        (numbers["first"], numbers["same name and postcode"]): ("postcode",),
    }
    with world.storage.begin() as unit:
        actions = [one.action for one in unit.audit.of_account("")]
    assert actions.count("duplicate-flagged") == 3
    assert actions[-1] == "duplicates-read"


@pytest.fixture
def stored_pairs(make_world: Callable[..., Any], storage_kind: str) -> Any:
    world = make_world(storage_kind)
    other = {"corporate_number": "", "invoice_registration_number": "", "phone": "03-9999-0000"}
    applications = {
        "first": {},
        "same name and phone": {
            **other,
            "name": "カエデ㈱",
            "postcode": "100-0001",
            "phone": "+81 3 1111 2222",
        },
        "same corporate number": {"name": "別の名", "phone": "03-9999-0001"},
        "same name and postcode": {**other, "name": "(株)　楓"},
        "same name only": {**other, "postcode": "100-0009", "phone": "03-9999-0002"},
        "same phone only": {**other, "name": "無関係", "phone": "03-1111-2222"},
    }
    applications["same name and phone"]["name"] = "楓㈱"
    made = {}
    for place, (what, changes) in enumerate(applications.items()):
        world.forward(timedelta(minutes=1))
        made[what] = register(world, email=f"p{place}@kaede.example.co.jp", **changes).member_number
    return world, made


@pytest.mark.spec("ACC-2")
def test_customer_numbers_do_not_follow_from_one_another(world: Any) -> None:
    numbers = []
    for place in range(50):
        made = register(
            world,
            email=f"p{place}@kaede.example.co.jp",
            name=f"会社{place}",
            corporate_number="",
            invoice_registration_number="",
        )
        numbers.append(int(stored(world, made.member_number).customer_number))
    steps = {after - before for before, after in pairwise(numbers)}
    assert len(set(numbers)) == 50
    assert len(steps) == 49
    assert not {1, -1} & steps
