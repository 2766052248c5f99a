"""The supplier's own people: login with a second factor, who they are, what they may not (AUTH-19, AUTH-20)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest

from askul_connect.adapters.security.argon2_hasher import Argon2Hasher
from askul_connect.adapters.storage.sql.storage import supplier_sql
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import (
    AccessDenied,
    LoginMismatch,
    NotAuthenticated,
    NotFound,
    PasswordChangeRequired,
    PasswordRejected,
    ValueInvalid,
)
from askul_connect.core.messages.staff import (
    AddStaffRequest,
    ListStaffRequest,
    RemoveStaffRequest,
    StaffLoginRequest,
)
from askul_connect.core.operations import supplier as operations
from askul_connect.core.operations import support

PASSWORD = "Tsubaki-3-ame"


class Member:
    """A staff member with an authenticator."""

    def __init__(self, world: Any, name: str = "hanako", by: Secret | None = None) -> None:
        self.world = world
        self.name = name
        request = AddStaffRequest(login_name=name, name="支援 花子")
        made = (
            world.call(support.ADD_STAFF, request, token=by)
            if by
            else world.as_staff(support.ADD_STAFF, request)
        )
        self.staff_id = made.staff_id
        self.temporary = made.temporary_password
        uri = urlsplit(made.enrolment_uri.reveal())
        self.totp = pyotp.TOTP(parse_qs(uri.query)["secret"][0])

    def code(self) -> Secret:
        """The code of the present step, which is moved on first, so that none comes twice."""
        self.world.forward(timedelta(seconds=30))
        return Secret(self.totp.at(self.world.clock.now()))

    def login(self, password: str | Secret = PASSWORD, code: Secret | None = None, new: str = "") -> Any:
        request = StaffLoginRequest(
            login_name=self.name,
            password=password if isinstance(password, Secret) else Secret(password),
            code=self.code() if code is None else code,
            new_password=Secret(new) if new else None,
        )
        return self.world.call(support.STAFF_LOGIN, request)

    def session(self) -> Secret:
        """The first session, with a password of one's own."""
        made: Secret = self.login(self.temporary, new=PASSWORD).session_token
        return made


@pytest.mark.spec("AUTH-20")
def test_staff_log_in_with_password_and_code(everywhere: Any) -> None:
    world = everywhere
    member = Member(world)
    with pytest.raises(PasswordChangeRequired):
        member.login(member.temporary)
    answer = member.login(member.temporary, new=PASSWORD)
    assert answer.name == "支援 花子"
    assert answer.expires_at == world.clock.now() + timedelta(hours=8)
    listed = world.call(support.LIST_STAFF, ListStaffRequest(), token=answer.session_token).staff
    assert [(one.login_name, one.state) for one in listed] == [("hanako", "active")]
    with pytest.raises(LoginMismatch):
        member.login(member.temporary)
    assert member.login().session_token
    # however the name is written
    member.name = " ＨＡＮＡＫＯ "
    assert member.login().session_token


@pytest.mark.spec("AUTH-20")
def test_whatever_is_wrong_the_answer_is_the_same_and_costs_one_hash(faced: Any) -> None:
    class Counting(Argon2Hasher):
        calls = 0

        def verify(self, encoded: str, password: Secret) -> bool:
            Counting.calls += 1
            return super().verify(encoded, password)

    world = faced
    member = Member(world)
    member.session()
    world.start(hasher=Counting(memory_kib=8, passes=1))
    world.caller = world.caller_of(world.supplier)
    gone = Member(world, "jiro")
    world.as_staff(support.REMOVE_STAFF, RemoveStaffRequest(staff_id=gone.staff_id))
    Counting.calls = 0
    details = set()
    cases: list[Callable[[], Any]] = [
        lambda: member.login("wrong"),
        lambda: member.login(code=Secret("000000")),
        lambda: member.login(code=Secret("")),
        lambda: gone.login(gone.temporary, new=PASSWORD),
    ]
    stranger = Member.__new__(Member)
    stranger.world, stranger.name, stranger.totp = world, "nobody", member.totp
    cases.append(stranger.login)
    for case in cases:
        with pytest.raises(LoginMismatch) as caught:
            case()
        assert len(caught.value.reference) == 10
        details.add(caught.value.detail)
    assert details == {"the login data do not match"}
    assert Counting.calls == len(cases)


@pytest.mark.spec("AUTH-20")
def test_a_code_is_good_once(stored: Any) -> None:
    world = stored
    member = Member(world)
    member.session()
    code = member.code()
    assert member.login(code=code).session_token
    with pytest.raises(LoginMismatch):
        member.login(code=code)
    # nor one of a step before it, which its clock's tolerance would still take
    earlier = Secret(member.totp.at(world.clock.now() - timedelta(seconds=30)))
    with pytest.raises(LoginMismatch):
        member.login(code=earlier)


@pytest.mark.spec("AUTH-20")
def test_a_new_password_is_judged_only_for_who_has_proved_both(stored: Any) -> None:
    world = stored
    member = Member(world)
    with pytest.raises(LoginMismatch):
        member.login("wrong", new="short")
    with pytest.raises(LoginMismatch):
        member.login(member.temporary, code=Secret("000000"), new="short")
    for bad in ("short", "Hanako-77-xyz"):
        with pytest.raises(PasswordRejected):
            member.login(member.temporary, new=bad)
    first = member.session()
    member.login(PASSWORD, new="Botan-4-yuki")
    with pytest.raises(NotAuthenticated):
        world.call(support.LIST_STAFF, ListStaffRequest(), token=first)


@pytest.mark.spec("AUTH-4", "AUTH-20")
def test_a_temporary_password_ends(world: Any) -> None:
    member = Member(world)
    world.forward(timedelta(hours=24))
    with pytest.raises(LoginMismatch):
        member.login(member.temporary, new=PASSWORD)


@pytest.mark.spec("AUTH-20")
def test_five_failures_make_a_pause_that_says_nothing(stored: Any) -> None:
    world = stored
    member = Member(world)
    member.session()
    for _ in range(5):
        with pytest.raises(LoginMismatch):
            member.login("wrong")
    with pytest.raises(LoginMismatch):
        member.login()
    world.forward(timedelta(minutes=1))
    assert member.login().session_token
    # a login that succeeds begins anew
    for _ in range(4):
        with pytest.raises(LoginMismatch):
            member.login("wrong")
    assert member.login().session_token


@pytest.mark.spec("AUTH-20")
def test_a_session_ends_after_a_quarter_of_an_hour_and_after_eight(faced: Any) -> None:
    world = faced
    member = Member(world)
    token = member.session()

    def ask() -> None:
        world.call(support.LIST_STAFF, ListStaffRequest(), token=token)

    for _ in range(33):
        world.forward(timedelta(minutes=14))
        ask()
    world.forward(timedelta(minutes=14))
    ask()
    world.forward(timedelta(minutes=5))
    with pytest.raises(NotAuthenticated):
        ask()
    token = member.login().session_token
    world.forward(timedelta(minutes=15))
    with pytest.raises(NotAuthenticated):
        ask()


@pytest.mark.spec("AUTH-20")
def test_staff_add_and_remove_each_other_but_never_the_last(everywhere: Any) -> None:
    world = everywhere
    first = Member(world)
    token = first.session()
    with pytest.raises(ValueInvalid, match="last"):
        world.call(support.REMOVE_STAFF, RemoveStaffRequest(staff_id=first.staff_id), token=token)
    second = Member(world, "jiro", by=token)
    other = second.session()
    with pytest.raises(ValueInvalid, match="login name"):
        Member(world, "JIRO", by=token)
    removed = world.call(support.REMOVE_STAFF, RemoveStaffRequest(staff_id=second.staff_id), token=token)
    again = world.call(support.REMOVE_STAFF, RemoveStaffRequest(staff_id=second.staff_id), token=token)
    assert again == removed
    with pytest.raises(NotAuthenticated):
        world.call(support.LIST_STAFF, ListStaffRequest(), token=other)
    with pytest.raises(LoginMismatch):
        second.login()
    with pytest.raises(NotFound):
        world.call(support.REMOVE_STAFF, RemoveStaffRequest(staff_id="x"), token=token)
    with world.storage.begin() as unit:
        actions = [one.action for one in unit.audit.of_account("")]
        member = unit.staff.get(second.staff_id)
    assert actions.count("staff-added") == 2
    assert "staff-removed" in actions
    assert (member.seed, member.password_hash, member.added_by) == ("", "", first.staff_id)


@pytest.mark.spec("AUTH-19", "AUTH-20")
def test_staff_operations_are_nobody_elses(faced: Any, examples: Any) -> None:
    world = faced
    customer = world.customer()
    for operation in support.SUPPORT_OPERATIONS:
        if operation.access != frozenset({"supplier"}):
            continue
        for token in (customer.administrator, customer.machine):
            with pytest.raises(AccessDenied):
                world.call(operation, examples[operation.name], token=token)
        with pytest.raises(NotAuthenticated):
            world.call(operation, examples[operation.name])


@pytest.mark.spec("AUTH-19")
def test_staff_call_no_operation_of_customers_and_none_of_the_supplier_s_program(
    faced: Any, examples: Any
) -> None:
    world = faced
    token = Member(world).session()
    refused = [
        one
        for one in operations.SUPPLIER_OPERATIONS
        if one.access and ("supplier" not in one.access or one.automation)
    ]
    assert {one.name for one in refused} >= {
        "GetAccount",
        "ListUsers",
        "ListOrders",
        "ConfirmOrder",
        "ShipOrder",
    }
    for operation in refused:
        with pytest.raises(AccessDenied):
            world.call(operation, examples[operation.name], token=token, key=world.fresh())


@pytest.mark.spec("AUTH-19")
def test_what_staff_can_do_with_customers_data_names_a_ticket() -> None:
    """Every operation for staff carries a ticket, is the program's own, or touches no customer's data."""
    without_data = {
        "SetServiceStatus",
        "ExportAuditHead",
        "AddStaff",
        "RemoveStaff",
        "ListStaff",
        "ListTickets",
        "DesignateRecommendedItems",
        "ImportCatalog",
    }
    for operation in operations.SUPPLIER_OPERATIONS:
        if "supplier" in operation.access and not operation.automation and operation.name not in without_data:
            assert hasattr(operation.request, "__attrs_attrs__"), operation.name
            assert "ticket" in {one.name for one in operation.request.__attrs_attrs__}, operation.name


@pytest.mark.spec("AUTH-20")
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_many_at_once_use_a_code_once(
    kind: str, make_world: Callable[..., Any], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if kind == "postgresql":
        storage = supplier_sql(request.getfixturevalue("supplier_postgresql")())
        world = type(make_world())(storage, tmp_path, "in process")
    else:
        world = make_world("sqlite")
        storage = world.storage
    member = Member(world)
    member.session()
    code = member.code()

    def attempt(_number: int) -> bool:
        try:
            member.login(code=code)
        except LoginMismatch:
            return False
        return True

    with ThreadPoolExecutor(12) as threads:
        outcomes = list(threads.map(attempt, range(12)))
    assert outcomes.count(True) == 1
    if kind == "postgresql":
        storage.close()
