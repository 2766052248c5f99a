"""The tree of departments, who sees and orders for which, and what may be spent (ACC-5, ACC-7)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from attrs import evolve

from askul_connect.adapters.storage.sql.storage import supplier_sql
from askul_connect.core.domain.accounts import Role
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import (
    DepartmentInUse,
    NotFound,
    OrderRefused,
    ValueInvalid,
    VersionConflict,
)
from askul_connect.core.messages.accounts import (
    AddDepartmentRequest,
    ListDepartmentsRequest,
    ListUsersRequest,
)
from askul_connect.core.messages.ordering import (
    GetOrderRequest,
    ListConfirmationsRequest,
    ListInvoicesRequest,
    ListOrdersRequest,
    ListShipNoticesRequest,
)
from askul_connect.core.messages.people import (
    ChangeDepartmentRequest,
    ChangeUserRequest,
    ListDepartmentLimitsRequest,
    RemoveDepartmentRequest,
    SetDepartmentLimitRequest,
)
from askul_connect.core.operations import people
from askul_connect.core.operations import supplier as operations

#: One pen without tax.
PEN = 120


def department(world: Any, customer: Any, code: str, parent: str = "") -> None:
    request = AddDepartmentRequest(code=code, name=code, parent_code=parent)
    world.call(operations.ADD_DEPARTMENT, request, token=customer.administrator, key=world.fresh())


def change(world: Any, customer: Any, code: str, version: int, **changes: Any) -> Any:
    request = evolve(ChangeDepartmentRequest(code=code, version=version, name=code), **changes)
    return world.call(people.CHANGE_DEPARTMENT, request, token=customer.administrator, key=world.fresh())


def remove(world: Any, customer: Any, code: str) -> Any:
    request = RemoveDepartmentRequest(code=code)
    return world.call(people.REMOVE_DEPARTMENT, request, token=customer.administrator, key=world.fresh())


def tree(world: Any, token: Secret) -> dict[str, str]:
    found = world.call(operations.LIST_DEPARTMENTS, ListDepartmentsRequest(), token=token).departments
    return {one.code: one.parent_code for one in found}


def place(world: Any, customer: Any, session_email: str, **changes: Any) -> None:
    """Give a user of the account another place."""
    users = world.call(operations.LIST_USERS, ListUsersRequest(), token=customer.administrator).users
    user = next(one for one in users if one.email == session_email)
    request = ChangeUserRequest(
        user_id=user.user_id,
        version=user.version,
        email=user.email,
        name=user.name,
        role=user.role,
        department_codes=user.department_codes,
        order_limit=user.order_limit,
    )
    world.call(
        people.CHANGE_USER, evolve(request, **changes), token=customer.administrator, key=world.fresh()
    )


def limit(world: Any, customer: Any, code: str, most: int | None) -> Any:
    request = SetDepartmentLimitRequest(code=code, monthly_limit=most)
    return world.call(people.SET_DEPARTMENT_LIMIT, request, token=customer.administrator)


def limits(world: Any, token: Secret) -> dict[str, tuple[int, int, int]]:
    found = world.call(people.LIST_DEPARTMENT_LIMITS, ListDepartmentLimitsRequest(), token=token).limits
    return {one.code: (one.monthly_limit, one.used, one.left) for one in found}


@pytest.mark.spec("ACC-5", "ACC-7")
def test_a_department_moves_within_the_tree_and_never_below_itself(everywhere: Any) -> None:
    world = everywhere
    customer = world.customer()
    department(world, customer, "D11", "D1")
    department(world, customer, "D111", "D11")
    assert change(world, customer, "D11", 1, parent_code="D2", name="営業一課").version == 2
    assert tree(world, customer.administrator) == {"D1": "", "D11": "D2", "D111": "D11", "D2": ""}
    for below in ("D11", "D111"):
        with pytest.raises(ValueInvalid) as caught:
            change(world, customer, "D11", 2, parent_code=below)
        assert [one.where for one in caught.value.problems] == ["parent_code"]
    with pytest.raises(ValueInvalid) as caught:
        change(world, customer, "D11", 2, parent_code="D9", name="")
    assert [one.where for one in caught.value.problems] == ["name", "parent_code"]
    with pytest.raises(VersionConflict) as conflict:
        change(world, customer, "D11", 1)
    assert {one.where for one in conflict.value.problems} == {"name", "parent_code"}
    assert tree(world, customer.administrator)["D11"] == "D2"


def world_over(
    kind: str, make_world: Callable[..., Any], folder: Path, request: pytest.FixtureRequest
) -> Any:
    """A world over a storage, PostgreSQL among them."""
    if kind != "postgresql":
        return make_world(kind)
    storage = supplier_sql(request.getfixturevalue("supplier_postgresql")())
    request.addfinalizer(storage.close)
    return type(make_world())(storage, folder, "in process")


@pytest.mark.spec("ACC-7")
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_of_changes_of_a_department_at_once_one_comes_through(
    kind: str, make_world: Callable[..., Any], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    world = world_over(kind, make_world, tmp_path, request)
    customer = world.customer()
    gate = Barrier(8)

    def attempt(number: int) -> bool:
        asked = ChangeDepartmentRequest(code="D1", version=1, name=f"名前{number}")
        gate.wait(60)
        try:
            world.call(people.CHANGE_DEPARTMENT, asked, token=customer.administrator, key=f"change-{number}")
        except VersionConflict:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        outcomes = list(threads.map(attempt, range(8)))
    assert outcomes.count(True) == 1
    found = world.call(
        operations.LIST_DEPARTMENTS, ListDepartmentsRequest(), token=customer.administrator
    ).departments
    assert (found[0].name, found[0].version) == (f"名前{outcomes.index(True)}", 2)


@pytest.mark.spec("ACC-5")
@pytest.mark.parametrize("kind", ["memory", "sqlite", "postgresql"])
def test_moves_at_once_make_no_circle(
    kind: str, make_world: Callable[..., Any], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    world = world_over(kind, make_world, tmp_path, request)
    customer = world.customer()
    gate = Barrier(2)

    def move(pair: tuple[str, str]) -> bool:
        asked = ChangeDepartmentRequest(code=pair[0], version=1, name="x", parent_code=pair[1])
        gate.wait(60)
        try:
            world.call(people.CHANGE_DEPARTMENT, asked, token=customer.administrator, key=f"move-{pair[0]}")
        except ValueInvalid:
            return False
        return True

    with ThreadPoolExecutor(2) as threads:
        outcomes = list(threads.map(move, [("D1", "D2"), ("D2", "D1")]))
    assert sorted(outcomes) == [False, True]


@pytest.mark.spec("ACC-5")
def test_a_department_in_use_is_not_removed(everywhere: Any, line: Any) -> None:
    world = everywhere
    customer = world.customer()
    department(world, customer, "D11", "D1")
    customer.add_user("hanako@a.example.co.jp", Role.BUYER)
    place(world, customer, "hanako@a.example.co.jp", department_codes=("D1",))
    order = world.place(customer.machine, "PO-1", line("1", "PEN", 1)).orders[0].order_number
    with pytest.raises(DepartmentInUse) as caught:
        remove(world, customer, "D1")
    assert [one.where for one in caught.value.problems] == ["users", "departments", "orders"]
    assert order in caught.value.problems[2].detail
    remove(world, customer, "D11")
    place(world, customer, "hanako@a.example.co.jp", department_codes=())
    limit(world, customer, "D1", 10_000)
    world.confirm(order)
    with pytest.raises(DepartmentInUse):
        remove(world, customer, "D1")
    world.ship(order, ("1", 1, 0))
    remove(world, customer, "D1")
    assert tree(world, customer.administrator) == {"D2": ""}
    assert limits(world, customer.administrator) == {}
    # the history keeps what was ordered for it
    found = world.call(operations.GET_ORDER, GetOrderRequest(order_number=order), token=customer.machine)
    assert found.order.lines[0].department == "D1"


@pytest.mark.spec("ACC-5")
def test_a_foreign_department_answers_like_one_that_is_not_there(faced: Any) -> None:
    world = faced
    customer, other = world.customer(), world.customer("b")
    department(world, customer, "OWN")
    for code in ("OWN", "NONE"):
        for ask in (
            lambda code=code: change(world, other, code, 1),
            lambda code=code: remove(world, other, code),
            lambda code=code: limit(world, other, code, 1),
        ):
            with pytest.raises(NotFound) as caught:
                ask()
            assert caught.value.detail == f"there is no department {code!r}"
    limit(world, customer, "OWN", 5)
    assert limits(world, other.administrator) == {}


# --- who sees and orders for which ---------------------------------------------------------------------------


@pytest.fixture
def company(everywhere: Any, line: Any) -> tuple[Any, Any, dict[str, str]]:
    """Sales with one section, and an order of each department, shipped and invoiced."""
    world = everywhere
    customer = world.customer()
    department(world, customer, "D21", "D2")
    orders = {}
    for code in ("D1", "D2", "D21"):
        order = world.place(customer.machine, f"PO-{code}", line("1", "PEN", 1, department=code)).orders[0]
        world.confirm(order.order_number)
        world.ship(order.order_number, ("1", 1, 0))
        orders[code] = order.order_number
    return world, customer, orders


def seen(world: Any, token: Secret) -> list[set[str]]:
    """The purchase orders whose orders, confirmations and ship notices somebody sees."""
    asked = (
        (operations.LIST_ORDERS, ListOrdersRequest(), "orders"),
        (operations.LIST_CONFIRMATIONS, ListConfirmationsRequest(), "confirmations"),
        (operations.LIST_SHIP_NOTICES, ListShipNoticesRequest(), "ship_notices"),
    )
    found = []
    for operation, request, name in asked:
        answer = world.call(operation, request, token=token)
        assert answer.page.total is None or len(getattr(answer, name)) == answer.page.total
        found.append({one.purchase_order_id for one in getattr(answer, name)})
    return found


@pytest.mark.spec("ACC-5", "AUTH-20")
def test_who_belongs_to_departments_sees_them_and_those_below(company: Any, line: Any) -> None:
    world, customer, orders = company
    email = "hanako@a.example.co.jp"
    session = customer.person(email, Role.BUYER)
    everything = {"PO-D1", "PO-D2", "PO-D21"}
    assert seen(world, session) == [everything] * 3
    for role in (Role.BUYER, Role.APPROVER, Role.VIEWER):
        place(world, customer, email, role=role, department_codes=("D2",))
        assert seen(world, session) == [{"PO-D2", "PO-D21"}] * 3
        assert set(tree(world, session)) == {"D2", "D21"}
        for bad in (orders["D1"], "AC99999999"):
            with pytest.raises(NotFound) as caught:
                world.call(operations.GET_ORDER, GetOrderRequest(order_number=bad), token=session)
            assert caught.value.detail == f"there is no order {bad!r}"
    place(world, customer, email, role=Role.BUYER, department_codes=("D21",))
    assert seen(world, session) == [{"PO-D21"}] * 3
    world.place(session, "PO-OWN", line("1", "PEN", 1, department="D21"))
    for outside in ("D1", "D2", "D9"):
        with pytest.raises(OrderRefused) as refused:
            world.place(session, "PO-X", line("1", "PEN", 1, department=outside))
        assert [one.code for one in refused.value.problems] == ["unknown-department"]
    for role in (Role.ADMINISTRATOR, Role.ACCOUNTANT):
        place(world, customer, email, role=role)
        assert seen(world, session) == [everything | {"PO-OWN"}] * 1 + [everything] * 2
        world.call(operations.LIST_INVOICES, ListInvoicesRequest(), token=session)
    # a department moves, and what is seen moves with it
    place(world, customer, email, role=Role.VIEWER, department_codes=("D1",))
    change(world, customer, "D21", 1, parent_code="D1")
    assert seen(world, session)[1] == {"PO-D1", "PO-D21"}


# --- limits --------------------------------------------------------------------------------------------------


@pytest.mark.spec("ACC-5")
def test_an_order_beyond_a_persons_limit_is_refused(everywhere: Any, line: Any) -> None:
    world = everywhere
    customer = world.customer()
    session = customer.person("hanako@a.example.co.jp", Role.BUYER)
    # ten pens cost 1,200 and 120 tax
    place(world, customer, "hanako@a.example.co.jp", order_limit=1_320)
    for trial in (True, False):
        with pytest.raises(OrderRefused) as caught:
            world.place(session, "PO-1", line("1", "PEN", 11), trial=trial)
        assert [(one.code, one.where) for one in caught.value.problems] == [("order-limit-exceeded", "lines")]
    assert world.stock("PEN").reserved == 0
    assert world.place(session, "PO-1", line("1", "PEN", 10)).orders[0].total_incl_tax == 1_320
    # a limit is the person's; a machine's scope is its credential
    world.place(customer.machine, "PO-2", line("1", "PEN", 11))


@pytest.mark.spec("ACC-5")
def test_a_department_spends_no_more_than_its_limit_in_a_month(everywhere: Any, line: Any) -> None:
    world = everywhere
    customer = world.customer()
    limit(world, customer, "D1", 2_640)
    for trial in (True, False):
        with pytest.raises(OrderRefused) as caught:
            world.place(
                customer.machine,
                "PO-1",
                line("a", "PEN", 50, department="D2"),
                line("b", "PEN", 21),
                trial=trial,
            )
        [problem] = caught.value.problems
        assert (problem.code, problem.where, problem.line_id) == (
            "department-limit-exceeded",
            "lines[2]/department",
            "b",
        )
        assert "2640 left of its 2640" in problem.detail
    assert limits(world, customer.machine) == {"D1": (2_640, 0, 2_640)}
    order = world.place(customer.machine, "PO-1", line("1", "PEN", 20)).orders[0].order_number
    assert limits(world, customer.administrator) == {"D1": (2_640, 2_640, 0)}
    with pytest.raises(OrderRefused):
        world.place(customer.machine, "PO-2", line("1", "PEN", 1))
    # the same order again is an answer, not an order
    again = world.place(customer.machine, "PO-1", line("1", "PEN", 20), key="another")
    assert again.orders[0].order_number == order
    # what is not delivered is not spent
    world.confirm(order)
    world.ship(order, ("1", 10, 10))
    assert limits(world, customer.administrator) == {"D1": (2_640, 1_320, 1_320)}
    world.place(customer.machine, "PO-2", line("1", "PEN", 10))
    limit(world, customer, "D1", 1_000)
    assert limits(world, customer.administrator) == {"D1": (1_000, 2_640, -1_640)}
    limit(world, customer, "D1", None)
    world.place(customer.machine, "PO-3", line("1", "PEN", 100))
    with pytest.raises(ValueInvalid):
        limit(world, customer, "D1", -1)


@pytest.mark.spec("ACC-5")
def test_the_month_is_the_suppliers(stored: Any, line: Any) -> None:
    world = stored
    customer = world.customer()
    limit(world, customer, "D1", 132)
    world.go_to(2026, 11, 30, 23, 59)
    world.place(customer.machine, "PO-1", line("1", "PEN", 1))
    with pytest.raises(OrderRefused):
        world.place(customer.machine, "PO-2", line("1", "PEN", 1))
    # midnight in Tokyo, still November in UTC
    world.go_to(2026, 12, 1, 0, 0)
    world.place(customer.machine, "PO-2", line("1", "PEN", 1))
    assert limits(world, customer.machine) == {"D1": (132, 132, 0)}


@pytest.mark.spec("ACC-5")
def test_only_limits_within_reach_are_shown(stored: Any) -> None:
    world = stored
    customer = world.customer()
    for code in ("D1", "D2"):
        limit(world, customer, code, 100)
    session = customer.person("hanako@a.example.co.jp", Role.VIEWER)
    place(world, customer, "hanako@a.example.co.jp", department_codes=("D2",))
    assert set(limits(world, session)) == {"D2"}
    narrow = customer.credential("ListDepartmentLimits", departments=("D1",), label="narrow")
    assert set(limits(world, narrow)) == {"D1"}


@pytest.mark.spec("ACC-5")
@pytest.mark.parametrize("kind", ["memory", "sqlite", "postgresql"])
def test_however_many_order_at_once_the_limit_holds(
    kind: str,
    make_world: Callable[..., Any],
    tmp_path: Path,
    request: pytest.FixtureRequest,
    line: Any,
) -> None:
    world = world_over(kind, make_world, tmp_path, request)
    customer = world.customer()
    # ten orders of one pen fit
    limit(world, customer, "D1", 10 * 132 + 131)
    gate = Barrier(64)

    def attempt(number: int) -> tuple[str, ...]:
        gate.wait(60)
        try:
            world.place(customer.machine, f"PO-{number}", line("1", "PEN", 1))
        except OrderRefused as refused:
            return tuple(one.code for one in refused.problems)
        return ()

    with ThreadPoolExecutor(64) as threads:
        outcomes = list(threads.map(attempt, range(64)))
    assert outcomes.count(()) == 10
    assert outcomes.count(("department-limit-exceeded",)) == 54
    assert limits(world, customer.machine) == {"D1": (1_451, 1_320, 131)}
