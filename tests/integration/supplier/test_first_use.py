"""From the supplier's letter to a machine identity; logins, sessions, passwords (AUTH-1 to AUTH-5, AUTH-11)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from askul_connect.adapters.security.argon2_hasher import Argon2Hasher
from askul_connect.core.domain.accounts import AccountState, Role
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import (
    AccessDenied,
    DuplicateRegistration,
    LoginMismatch,
    LoginRefused,
    NotAuthenticated,
    NotFound,
    PasswordChangeRequired,
    PasswordRejected,
    ValueInvalid,
)
from askul_connect.core.messages.accounts import (
    AddDepartmentRequest,
    AddUserRequest,
    GetAccountRequest,
    ListDepartmentsRequest,
    ListUsersRequest,
)
from askul_connect.core.messages.login import IssueTemporaryPasswordRequest
from askul_connect.core.messages.ordering import ListOrdersRequest
from askul_connect.core.messages.status import GetServiceStatusRequest
from askul_connect.core.operations import supplier as operations
from askul_connect.core.operations.sessions import LOGOUT

PASSWORD = "Kaede-7-kaze"
SECOND = timedelta(seconds=1)


@pytest.mark.spec("AUTH-1", "AUTH-4", "AUTH-5", "AUTH-20", "ACC-2")
def test_the_first_use_from_letter_to_credential(everywhere: Any) -> None:
    world = everywhere
    letter = world.letter()
    first = world.login(letter.customer_number, letter.temporary_password)
    assert first.password_change_required
    assert first.role is Role.ADMINISTRATOR

    with pytest.raises(PasswordRejected) as caught:
        world.set_password(letter.customer_number, letter.temporary_password, "admin1")
    assert [one.where for one in caught.value.problems] == [
        "password.length",
        "password.classes",
        "password.common",
        "password.login_id",
    ]

    world.set_password(letter.customer_number, letter.temporary_password, PASSWORD, first.session_token)
    with pytest.raises(NotAuthenticated):
        world.call(operations.GET_ACCOUNT, GetAccountRequest(), token=first.session_token)
    with pytest.raises(LoginMismatch):
        world.login(letter.customer_number, letter.temporary_password)
    administrator = world.login(letter.customer_number, PASSWORD)
    assert not administrator.password_change_required
    account = world.call(operations.GET_ACCOUNT, GetAccountRequest(), token=administrator.session_token)
    assert account.customer_number == letter.customer_number

    request = AddUserRequest(
        email="Buyer@a.example.co.jp", name="購買", role=Role.BUYER, department_codes=("D1",)
    )
    added = [
        world.call(operations.ADD_USER, request, token=administrator.session_token, key="add")
        for _ in range(2)
    ]
    assert added[0] == added[1]
    with pytest.raises(LoginMismatch):
        world.login("buyer@a.example.co.jp", "")
    issued = world.call(
        operations.ISSUE_TEMPORARY_PASSWORD,
        IssueTemporaryPasswordRequest(user_id=added[0].user_id),
        token=administrator.session_token,
    )
    world.set_password("buyer@a.example.co.jp", issued.temporary_password, PASSWORD)
    buyer = world.login("BUYER@A.EXAMPLE.CO.JP", PASSWORD)
    assert buyer.role is Role.BUYER
    seen = world.call(operations.GET_ACCOUNT, GetAccountRequest(), token=buyer.session_token)
    assert seen.customer_number == ""
    assert world.place(buyer.session_token, "PO-1").orders[0].purchase_order_id == "PO-1"
    with pytest.raises(AccessDenied):
        world.call(operations.LIST_USERS, ListUsersRequest(), token=buyer.session_token)


@pytest.mark.spec("AUTH-4")
@pytest.mark.parametrize(
    "operation",
    [
        operation
        for operation in operations.SUPPLIER_OPERATIONS
        if operation.access and operation is not LOGOUT
    ],
    ids=lambda operation: operation.name,
)
def test_a_temporary_password_opens_nothing_but_the_way_to_a_new_one(
    world: Any, examples: dict[str, Any], operation: Any
) -> None:
    letter = world.letter()
    token = world.login(letter.customer_number, letter.temporary_password).session_token
    with pytest.raises(PasswordChangeRequired):
        world.call(operation, examples[operation.name], token=token, key="k")


@pytest.mark.spec("ACC-2", "AUTH-1")
@pytest.mark.parametrize(
    "typed",
    [
        lambda number: number,
        lambda number: number.translate(str.maketrans("0123456789", "０１２３４５６７８９")),
        lambda number: f" {number[:3]}-{number[3:6]} {number[6:]} ",
        lambda number: f"{number[:5]}－{number[5:]}",
        lambda _: "admin@A.EXAMPLE.co.jp",
    ],
    ids=["plain", "full width", "separated", "full-width hyphen", "e-mail in other case"],
)
def test_a_login_id_is_read_forgivingly(world: Any, typed: Any) -> None:
    customer = world.customer()
    assert world.login(typed(customer.number), PASSWORD).role is Role.ADMINISTRATOR


@pytest.mark.spec("AUTH-1")
def test_a_customer_number_logs_in_its_primary_administrator_only(world: Any) -> None:
    customer = world.customer()
    world.set_password(
        "b@a.example.co.jp",
        customer.temporary_password(customer.add_user("b@a.example.co.jp", Role.ADMINISTRATOR)),
        "Momiji-9-yama",
    )
    with pytest.raises(LoginMismatch):
        world.login(customer.number, "Momiji-9-yama")


@pytest.mark.spec("AUTH-2")
def test_wrong_and_unknown_are_told_apart_by_nothing_but_the_reference(faced: Any) -> None:
    customer = faced.customer()
    attempts = [
        (customer.number, "Kaede-7-kazE"),
        (customer.number, ""),
        ("0000000000", PASSWORD),
        ("admin@a.example.co.jp", "wrong"),
        ("nobody@a.example.co.jp", PASSWORD),
        ("no address", PASSWORD),
        (customer.letter.member_number, PASSWORD),
        ("", ""),
    ]
    refusals = []
    for login_id, password in attempts:
        for ask in (
            lambda: faced.login(login_id, password),  # noqa: B023
            lambda: faced.set_password(login_id, password, "Momiji-9-yama"),  # noqa: B023
        ):
            # beyond the longest pause, so that each attempt is looked at
            faced.forward(timedelta(minutes=16))
            with pytest.raises(LoginMismatch) as caught:
                ask()
            refusals.append(caught.value)
    assert {(one.code, one.detail, one.where, one.problems) for one in refusals} == {
        ("w:001", refusals[0].detail, refusals[0].where, refusals[0].problems)
    }
    references = [one.reference for one in refusals]
    assert len(set(references)) == len(references)
    with faced.storage.begin() as unit:
        (account,) = unit.accounts.all()
        kept = {record.reference for record in unit.logins.of_account(account.account_id)}
        kept |= {record.reference for record in unit.logins.of_account("")}
    assert set(references) <= kept


class CountingHasher(Argon2Hasher):
    """Counts the work that an attempt makes."""

    def __init__(self) -> None:
        super().__init__(memory_kib=8, passes=1)
        self.verified = 0

    def verify(self, encoded: str, password: Secret) -> bool:
        self.verified += 1
        return super().verify(encoded, password)


@pytest.mark.spec("AUTH-2")
def test_an_unknown_id_takes_the_work_of_a_wrong_password(make_world: Any) -> None:
    hasher = CountingHasher()
    world = make_world(hasher=hasher)
    customer = world.customer()
    customer.add_user("new@a.example.co.jp", Role.BUYER)
    for login_id in (
        customer.number,
        customer.email,
        "new@a.example.co.jp",
        "0000000000",
        "x@y.example",
        "x",
    ):
        before = hasher.verified
        with pytest.raises(LoginMismatch):
            world.login(login_id, "wrong")
        assert hasher.verified == before + 1


@pytest.mark.spec("AUTH-2")
@pytest.mark.parametrize("state", [state for state in AccountState if state is not AccountState.ACTIVE])
def test_only_who_proves_the_password_learns_why_the_account_is_closed(
    world: Any, state: AccountState
) -> None:
    customer = world.customer()
    with world.storage.begin() as unit:
        (account,) = unit.accounts.all()
        unit.accounts.save(evolve(account, state=state))
    with pytest.raises(LoginRefused, match=state.value.replace("_", " ")) as caught:
        world.login(customer.number, PASSWORD)
    assert caught.value.reference
    with pytest.raises(LoginMismatch):
        world.login(customer.number, "Kaede-8-kaze")
    for token in (customer.administrator, customer.machine):
        with pytest.raises(NotAuthenticated):
            world.call(operations.GET_ACCOUNT, GetAccountRequest(), token=token)


@pytest.mark.spec("AUTH-4")
@pytest.mark.parametrize("way", ["letter", "administrator"])
def test_a_temporary_password_expires_to_the_second(stored: Any, way: str) -> None:
    world = stored
    letter = world.letter()
    if way == "letter":
        login_id, password, life = letter.customer_number, letter.temporary_password, timedelta(days=14)
    else:
        administrator = world.first_session(letter.customer_number, letter.temporary_password)
        request = AddUserRequest(email="b@a.example.co.jp", name="b", role=Role.VIEWER)
        user_id = world.call(operations.ADD_USER, request, token=administrator, key="k").user_id
        issued = world.call(
            operations.ISSUE_TEMPORARY_PASSWORD,
            IssueTemporaryPasswordRequest(user_id=user_id),
            token=administrator,
        )
        login_id, password, life = "b@a.example.co.jp", issued.temporary_password, timedelta(hours=24)
        assert issued.expires_at == world.clock.now() + life
    world.forward(life - SECOND)
    assert world.login(login_id, password).password_change_required
    world.forward(SECOND)
    for ask in (
        lambda: world.login(login_id, password),
        lambda: world.set_password(login_id, password, PASSWORD),
    ):
        with pytest.raises(LoginRefused, match="expired"):
            ask()


@pytest.mark.spec("AUTH-4")
def test_a_letter_is_written_anew_only_for_the_same_account_and_before_a_password_is_set(world: Any) -> None:
    first = world.letter()
    second = world.letter()
    assert (second.customer_number, second.member_number) == (first.customer_number, first.member_number)
    with pytest.raises(LoginMismatch):
        world.login(first.customer_number, first.temporary_password)
    administrator = world.first_session(second.customer_number, second.temporary_password)
    with pytest.raises(DuplicateRegistration, match="has a password"):
        world.letter()
    request = AddUserRequest(email="b@a.example.co.jp", name="b", role=Role.VIEWER)
    world.call(operations.ADD_USER, request, token=administrator, key="k")
    before = world.dump()
    with pytest.raises(DuplicateRegistration, match="another account"):
        world.letter("c", administrator_email="b@a.example.co.jp")
    assert world.dump() == before


@pytest.mark.spec("ACC-4")
def test_departments_of_an_opening_are_distinct(world: Any) -> None:
    from askul_connect.core.services.supplier.opening import DepartmentOpening

    twice = (DepartmentOpening(code="X", name="一"), DepartmentOpening(code="X", name="二"))
    with pytest.raises(ValueInvalid, match="X"):
        world.letter(departments=twice)


@pytest.mark.spec("AUTH-5")
def test_a_password_expires_into_a_session_that_can_only_change_it(world: Any) -> None:
    customer = world.customer()
    world.forward(timedelta(days=180) - SECOND)
    assert not world.login(customer.number, PASSWORD).password_change_required
    world.forward(SECOND)
    late = world.login(customer.number, PASSWORD)
    assert late.password_change_required
    with pytest.raises(PasswordChangeRequired):
        world.call(operations.GET_ACCOUNT, GetAccountRequest(), token=late.session_token)
    world.set_password(customer.number, PASSWORD, "Momiji-9-yama")
    assert not world.login(customer.number, "Momiji-9-yama").password_change_required


def passwords(count: int) -> list[str]:
    return [f"Kaede-7-kaze{number}" for number in range(count)]


@pytest.mark.spec("AUTH-5")
def test_none_of_the_last_five_passwords_is_taken_again(world: Any) -> None:
    customer = world.customer()
    current = PASSWORD
    for new in passwords(5):
        world.set_password(customer.number, current, new)
        current = new
    for old in passwords(5):
        with pytest.raises(PasswordRejected) as caught:
            world.set_password(customer.number, current, old)
        assert [one.where for one in caught.value.problems] == ["password.history"]
    world.set_password(customer.number, current, PASSWORD)


@pytest.mark.spec("AUTH-5")
def test_temporary_passwords_push_none_out_of_the_memory(world: Any) -> None:
    customer = world.customer()
    user_id = customer.add_user("b@a.example.co.jp", Role.BUYER)
    temporary = customer.temporary_password(user_id)
    for new in passwords(5):
        world.set_password("b@a.example.co.jp", temporary, new)
        for _ in range(6):
            temporary = customer.temporary_password(user_id)
    for old in (*passwords(5), temporary.reveal()):
        with pytest.raises(PasswordRejected) as caught:
            world.set_password("b@a.example.co.jp", temporary, old)
        assert "password.history" in [one.where for one in caught.value.problems]


@pytest.mark.spec("AUTH-11")
def test_a_session_ends_after_thirty_idle_minutes_and_after_twelve_hours(stored: Any) -> None:
    customer = stored.customer()

    def use() -> None:
        stored.call(operations.GET_ACCOUNT, GetAccountRequest(), token=customer.administrator)

    idle = timedelta(minutes=30)
    for _ in range(24):
        stored.forward(idle - SECOND)
        use()
    # 24 times 29:59 is 11:59:36
    stored.forward(timedelta(seconds=23))
    use()
    stored.forward(SECOND)
    with pytest.raises(NotAuthenticated):
        use()
    again = stored.login(customer.number, PASSWORD).session_token
    stored.forward(idle)
    with pytest.raises(NotAuthenticated):
        stored.call(operations.GET_ACCOUNT, GetAccountRequest(), token=again)


@pytest.mark.spec("AUTH-11")
def test_an_old_token_is_no_obstacle_where_none_is_needed(faced: Any) -> None:
    for token in (Secret("nonsense"), Secret("ac_x.y")):
        assert (
            faced.call(operations.GET_SERVICE_STATUS, GetServiceStatusRequest(), token=token).state
            == "available"
        )
        with pytest.raises(NotAuthenticated):
            faced.call(operations.GET_ACCOUNT, GetAccountRequest(), token=token)
    with pytest.raises(NotAuthenticated):
        faced.call(operations.GET_ACCOUNT, GetAccountRequest())


@pytest.mark.spec("AUTH-11")
def test_a_new_password_ends_the_other_sessions_of_that_user(world: Any) -> None:
    customer = world.customer()
    other = world.login(customer.email, PASSWORD).session_token
    buyer = customer.person("b@a.example.co.jp", Role.BUYER)
    world.set_password(customer.number, PASSWORD, "Momiji-9-yama", customer.administrator)
    with pytest.raises(NotAuthenticated):
        world.call(operations.GET_ACCOUNT, GetAccountRequest(), token=other)
    for token in (customer.administrator, buyer):
        world.call(operations.GET_ACCOUNT, GetAccountRequest(), token=token)
    world.set_password(customer.number, "Momiji-9-yama", "Kohaku-3-nagi")
    with pytest.raises(NotAuthenticated):
        world.call(operations.GET_ACCOUNT, GetAccountRequest(), token=customer.administrator)


@pytest.mark.spec("AUTH-4")
def test_a_temporary_password_ends_the_sessions_of_its_user(world: Any) -> None:
    customer = world.customer()
    buyer = customer.person("b@a.example.co.jp", Role.BUYER)
    users = world.call(operations.LIST_USERS, ListUsersRequest(), token=customer.administrator).users
    customer.temporary_password(next(user.user_id for user in users if user.role is Role.BUYER))
    with pytest.raises(NotAuthenticated):
        world.call(operations.LIST_ORDERS, ListOrdersRequest(), token=buyer)
    with pytest.raises(LoginMismatch):
        world.login("b@a.example.co.jp", PASSWORD)


@pytest.mark.spec("ACC-4", "ACC-6")
def test_what_is_wrong_with_a_user_or_department_is_said_at_once(faced: Any) -> None:
    customer = faced.customer()

    def refused(operation: Any, request: Any) -> list[tuple[str, str]]:
        with pytest.raises(ValueInvalid) as caught:
            faced.call(operation, request, token=customer.administrator, key=faced.fresh())
        return [(one.code, one.where) for one in caught.value.problems]

    user = AddUserRequest(email="no address", name=" ", role=Role.SUPPLIER, department_codes=("D1", "D9"))
    assert refused(operations.ADD_USER, user) == [
        ("value-invalid", "email"),
        ("value-invalid", "name"),
        ("value-invalid", "role"),
        ("unknown-department", "department_codes"),
    ]
    department = AddDepartmentRequest(code=" ", name="", parent_code="D9")
    assert refused(operations.ADD_DEPARTMENT, department) == [
        ("value-invalid", "name"),
        ("value-invalid", "code"),
        ("unknown-department", "parent_code"),
    ]
    with pytest.raises(DuplicateRegistration):
        customer.add_user("ADMIN@a.example.co.jp", Role.BUYER)


@pytest.mark.spec("ACC-5")
def test_a_department_is_added_once_per_key_and_per_code(faced: Any) -> None:
    customer = faced.customer()
    request = AddDepartmentRequest(code="D3", name="経理", parent_code="D1")
    answers = [
        faced.call(operations.ADD_DEPARTMENT, request, token=customer.administrator, key="d3")
        for _ in range(2)
    ]
    assert answers[0] == answers[1]
    with pytest.raises(DuplicateRegistration):
        faced.call(operations.ADD_DEPARTMENT, request, token=customer.administrator, key="other")
    found = faced.call(
        operations.LIST_DEPARTMENTS, ListDepartmentsRequest(), token=customer.machine
    ).departments
    assert [(entry.code, entry.parent_code) for entry in found] == [("D1", ""), ("D2", ""), ("D3", "D1")]


@pytest.mark.spec("AUTH-4")
def test_a_temporary_password_is_for_users_of_the_account_only(world: Any) -> None:
    ours, theirs = world.customer("a"), world.customer("b")
    foreign = theirs.add_user("b@b.example.co.jp", Role.BUYER)
    refusals = []
    for user_id in (foreign, "absent"):
        with pytest.raises(NotFound) as caught:
            ours.temporary_password(user_id)
        refusals.append((caught.value.detail, caught.value.problems))
    assert refusals[0] == refusals[1]
