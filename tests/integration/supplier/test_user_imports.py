"""Many users at once, now or at a date (ACC-6)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from threading import Barrier, local
from typing import Any

import pytest
from attrs import evolve

from askul_connect.adapters.storage.sql.storage import supplier_sql
from askul_connect.core.domain.accounts import Role, UserState
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import IllegalStep, NotAuthenticated, NotFound, ValueInvalid
from askul_connect.core.messages.accounts import GetAccountRequest, ListUsersRequest
from askul_connect.core.messages.people import (
    CancelUserImportRequest,
    ImportUsersRequest,
    ListUserImportsRequest,
)
from askul_connect.core.operations import people
from askul_connect.core.operations import supplier as operations
from askul_connect.core.services.units import run_unit

HEADER = "action,email,name,role,departments,order_limit\n"
REORGANISATION = (
    HEADER
    + "add,new@a.example.co.jp,新人,buyer,D1 D2,5000\n"
    + "change,b@a.example.co.jp,,approver,D2,\n"
    + "remove,c@a.example.co.jp,,,,\n"
)
DAY = date(2026, 12, 1)


def staffed(world: Any) -> tuple[Any, Secret]:
    """An account with b and c, and c's session."""
    customer = world.customer()
    customer.add_user("b@a.example.co.jp", Role.BUYER)
    return customer, customer.person("c@a.example.co.jp", Role.VIEWER)


def bring_in(world: Any, customer: Any, text: str = REORGANISATION, **changes: Any) -> Any:
    key = changes.pop("key", None) or world.fresh()
    request = evolve(ImportUsersRequest(csv_text=text), **changes)
    return world.call(people.IMPORT_USERS, request, token=customer.administrator, key=key)


def users(world: Any, customer: Any) -> dict[str, tuple[Any, ...]]:
    found = world.call(operations.LIST_USERS, ListUsersRequest(), token=customer.administrator).users
    return {
        one.email.partition("@")[0]: (one.role, one.department_codes, one.order_limit, one.state)
        for one in found
    }


def imports(world: Any, customer: Any) -> Any:
    return world.call(
        people.LIST_USER_IMPORTS, ListUserImportsRequest(), token=customer.administrator
    ).imports


def again(world: Any, customer: Any) -> None:
    """A new session: the clock went on."""
    customer.administrator = world.login(customer.number, "Kaede-7-kaze").session_token


def notices(world: Any, event: str) -> int:
    world.supplier.automation.work()
    found = [json.loads(path.read_text("utf-8")) for path in (world.folder / "notices").glob("*.json")]
    return sum(one["event"] == event for one in found)


AFTER = {
    "Admin": (Role.ADMINISTRATOR, (), None, UserState.ACTIVE),
    "b": (Role.APPROVER, ("D2",), None, UserState.ACTIVE),
    "c": (Role.VIEWER, (), None, UserState.REMOVED),
    "new": (Role.BUYER, ("D1", "D2"), 5_000, UserState.ACTIVE),
}


@pytest.mark.spec("ACC-6")
def test_a_file_is_imported_at_once_after_a_trial(everywhere: Any) -> None:
    world = everywhere
    customer, session = staffed(world)
    before = users(world, customer)
    trial = bring_in(world, customer, trial=True, key="import")
    assert (trial.import_id, trial.state, trial.rows) == ("", "done", 3)
    assert [(one.row, one.action, one.before, one.after) for one in trial.changes] == [
        (2, "add", "", "buyer; D1 D2; at most 5000"),
        (3, "change", "buyer; no department; no limit", "approver; D2; no limit"),
        (4, "remove", "viewer; no department; no limit", ""),
    ]
    assert users(world, customer) == before
    assert not imports(world, customer)

    done = bring_in(world, customer, key="import")
    assert (done.state, done.rows, done.effective_on) == ("done", 3, date(2026, 11, 2))
    assert users(world, customer) == AFTER
    with pytest.raises(NotAuthenticated):
        world.call(operations.GET_ACCOUNT, GetAccountRequest(), token=session)
    assert bring_in(world, customer, key="import") == done
    assert [one.import_id for one in imports(world, customer)] == [done.import_id]
    assert notices(world, "user-added") == 3
    assert notices(world, "users-imported") == 1


@pytest.mark.spec("ACC-6")
def test_every_finding_is_named_and_nothing_half_stored(everywhere: Any) -> None:
    world = everywhere
    customer, _ = staffed(world)
    world.customer("b").add_user("x@b.example.co.jp", Role.VIEWER)
    before = users(world, customer)
    text = (
        HEADER
        + "add,new@a.example.co.jp,新人,buyer,D1 D9,\n"
        + "add,x@b.example.co.jp,他社,viewer,,\n"
        + "add,b@a.example.co.jp,重複,viewer,,\n"
        + "change,admin@b.example.co.jp,,viewer,,\n"
        + "remove,nobody@a.example.co.jp,,,,\n"
        + "change,admin@a.example.co.jp,,viewer,,\n"
        + "remove,c@a.example.co.jp,,,,\n"
        + f"change,b2@a.example.co.jp,{'x' * 101},,,\n"
    )
    for day in (None, DAY):
        with pytest.raises(ValueInvalid) as caught:
            bring_in(world, customer, text, effective_on=day)
        assert [(one.where, one.code) for one in caught.value.problems] == [
            ("row 2, column departments", "unknown-department"),
            ("row 3, column email", "duplicate-registration"),
            ("row 4, column email", "duplicate-registration"),
            ("row 5, column email", "not-found"),
            ("row 6, column email", "not-found"),
            ("row 7, column role", "last-administrator"),
            ("row 9, column email", "not-found"),
        ]
    with pytest.raises(ValueInvalid) as caught:
        bring_in(world, customer, effective_on=date(2026, 11, 1))
    assert caught.value.where == "effective_on"
    assert users(world, customer) == before
    assert not imports(world, customer)


@pytest.mark.spec("ACC-6")
def test_an_import_leaves_an_administrator(stored: Any) -> None:
    world = stored
    customer, _ = staffed(world)
    with world.storage.begin() as unit:
        account = unit.accounts.by_customer_number(customer.number)
        primary = unit.memberships.primary_administrator(account.account_id)
        unit.memberships.save(evolve(primary, primary_administrator=False))
    gone = "change,admin@a.example.co.jp,,viewer,,\n"
    with pytest.raises(ValueInvalid) as caught:
        bring_in(world, customer, HEADER + gone)
    assert [(one.where, one.code) for one in caught.value.problems] == [("rows", "last-administrator")]
    bring_in(world, customer, HEADER + gone + "change,b@a.example.co.jp,,administrator,,\n")
    with world.storage.begin() as unit:
        roles = {one.user_id: one.role for one in unit.memberships.of_account(account.account_id)}
    assert list(roles.values()).count(Role.ADMINISTRATOR) == 1


@pytest.mark.spec("ACC-6")
def test_a_reorganisation_waits_for_its_day(everywhere: Any) -> None:
    world = everywhere
    customer, _ = staffed(world)
    before = users(world, customer)
    planned = bring_in(world, customer, effective_on=DAY, key="plan")
    assert (planned.state, planned.effective_on) == ("waiting", DAY)
    assert users(world, customer) == before
    assert world.supplier.automation.next_due() == world.clock.now().replace(month=11, day=30, hour=15)
    world.go_to(2026, 11, 30, 23, 59)
    world.supplier.automation.work()
    again(world, customer)
    assert users(world, customer) == before
    # the day begins in Tokyo
    world.go_to(2026, 12, 1, 0, 0)
    for _ in range(2):
        world.supplier.automation.work()
    again(world, customer)
    assert users(world, customer) == AFTER
    [listed] = imports(world, customer)
    assert (listed.state, listed.failure, listed.ended_at) == ("done", "", world.clock.now())
    assert notices(world, "users-imported") == 1
    assert bring_in(world, customer, effective_on=DAY, key="plan").state == "done"
    with world.storage.begin() as unit:
        account = unit.accounts.by_customer_number(customer.number)
        records = unit.audit.of_account(account.account_id)
        [kept] = unit.user_imports.of_account(account.account_id)
    # in the name of who planned it, and the file with its names is forgotten
    added = [one for one in records if one.action == "user-added"]
    assert added[-1].actor == kept.created_by
    assert kept.text == ""


@pytest.mark.spec("ACC-6")
def test_what_waits_can_be_taken_back(faced: Any) -> None:
    world = faced
    customer, _ = staffed(world)
    other = world.customer("b")
    planned = bring_in(world, customer, effective_on=DAY)
    request = CancelUserImportRequest(import_id=planned.import_id)
    for bad in (request, CancelUserImportRequest(import_id="none")):
        with pytest.raises(NotFound) as caught:
            world.call(people.CANCEL_USER_IMPORT, bad, token=other.administrator)
        assert caught.value.detail == "there is no such import"
    assert not imports(world, other)
    before = users(world, customer)
    for _ in range(2):
        world.call(people.CANCEL_USER_IMPORT, request, token=customer.administrator)
    world.go_to(2026, 12, 2, 0, 0)
    world.supplier.automation.work()
    again(world, customer)
    assert users(world, customer) == before
    assert [one.state for one in imports(world, customer)] == ["cancelled"]
    done = bring_in(world, customer)
    with pytest.raises(IllegalStep):
        world.call(
            people.CANCEL_USER_IMPORT,
            CancelUserImportRequest(import_id=done.import_id),
            token=customer.administrator,
        )


@pytest.mark.spec("ACC-6")
def test_what_no_longer_fits_at_its_day_changes_nothing_and_is_told(stored: Any) -> None:
    world = stored
    customer, _ = staffed(world)
    bring_in(world, customer, effective_on=DAY)
    customer.add_user("new@a.example.co.jp", Role.VIEWER)
    before = users(world, customer)
    world.go_to(2026, 12, 1, 9, 0)
    for _ in range(2):
        world.supplier.automation.work()
    again(world, customer)
    assert users(world, customer) == before
    [listed] = imports(world, customer)
    assert listed.state == "failed"
    assert listed.failure == "row 2, column email: new@a.example.co.jp is registered already"
    assert notices(world, "users-import-failed") == 1


class PowerCut(Exception):
    """The machine is gone."""


class Failing:
    """A storage whose n-th unit of work ends with the machine, before or after its commit."""

    def __init__(self, inner: Any, number: int, *, after: bool) -> None:
        self._inner, self._left, self._after = inner, number, after

    @contextmanager
    def begin(self, *, durable: bool = True) -> Iterator[Any]:
        self._left -= 1
        last = self._left == 0
        with self._inner.begin(durable=durable) as unit:
            yield unit
            if last and not self._after:
                raise PowerCut
        if last:
            raise PowerCut


@pytest.mark.spec("ACC-6")
@pytest.mark.parametrize("after", [False, True])
def test_whenever_the_machine_stops_the_day_is_done_once(stored: Any, after: bool) -> None:
    world = stored
    customer, _ = staffed(world)
    world.supplier.automation.work()
    bring_in(world, customer, effective_on=DAY)
    world.go_to(2026, 12, 1, 9, 0)
    cuts = 0
    for number in range(1, 30):
        automation = evolve(world.supplier.automation, storage=Failing(world.storage, number, after=after))
        try:
            automation.work()
        except PowerCut:
            cuts += 1
        else:
            break
    assert cuts > 3
    again(world, customer)
    assert users(world, customer) == AFTER
    with world.storage.begin() as unit:
        account = unit.accounts.by_customer_number(customer.number)
        actions = [one.action for one in unit.audit.of_account(account.account_id)]
    assert (actions.count("users-imported"), actions.count("user-removed")) == (1, 1)


class Together:
    """A storage that lets nobody begin a second unit of work before all have ended their first."""

    def __init__(self, inner: Any, count: int) -> None:
        self._inner, self._gate, self._local = inner, Barrier(count), local()

    def begin(self, *, durable: bool = True) -> Any:
        self._local.begun = getattr(self._local, "begun", 0) + 1
        if self._local.begun == 2:
            self._gate.wait(60)
        return self._inner.begin(durable=durable)


@pytest.mark.spec("ACC-6")
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_several_at_work_do_it_once(
    kind: str, make_world: Callable[..., Any], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if kind == "postgresql":
        storage = supplier_sql(request.getfixturevalue("supplier_postgresql")())
        request.addfinalizer(storage.close)
        world = type(make_world())(storage, tmp_path, "in process")
    else:
        world = make_world(kind)
    customer, _ = staffed(world)
    world.supplier.automation.work()
    bring_in(world, customer, effective_on=DAY)
    world.supplier.automation.work()
    world.go_to(2026, 12, 1, 9, 0)
    automation = evolve(world.supplier.automation, storage=Together(world.storage, 4))

    def attempt(_number: int) -> None:
        waiting = run_unit(automation.storage, lambda unit: unit.user_imports.waiting())
        automation._import_users(waiting, world.clock.now())

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(attempt, range(4)))
    again(world, customer)
    assert users(world, customer) == AFTER
    with world.storage.begin() as unit:
        account = unit.accounts.by_customer_number(customer.number)
        actions = [one.action for one in unit.audit.of_account(account.account_id)]
    assert (actions.count("users-imported"), actions.count("user-removed")) == (1, 1)
