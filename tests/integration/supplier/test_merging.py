"""Merging two accounts of one company (ACC-4)."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any

import pytest
from attrs import evolve

from askul_connect.adapters.storage.sql import tables_supplier
from askul_connect.adapters.storage.sql.account_records import HANDLED
from askul_connect.adapters.storage.sql.storage import supplier_sql
from askul_connect.core.domain.accounts import AccountKind, Membership, Role, UserState
from askul_connect.core.errors import (
    AccessDenied,
    AskulConnectError,
    CursorExpired,
    IllegalStep,
    LoginMismatch,
    LoginRefused,
    NotAuthenticated,
    NotFound,
    PurchaseOrderConflict,
    ValueInvalid,
)
from askul_connect.core.messages.accounts import ListDepartmentsRequest, ListUsersRequest
from askul_connect.core.messages.ordering import ListInvoicesRequest, ListOrdersRequest
from askul_connect.core.messages.registration import MergeAccountsRequest
from askul_connect.core.operations import accounts as account_operations
from askul_connect.core.operations import supplier as operations
from askul_connect.core.services.supplier.audit_trail import verify_chains

PASSWORD = "Kaede-7-kaze"


def number_of(world: Any, customer: Any) -> str:
    with world.storage.begin() as unit:
        number: str = unit.accounts.by_customer_number(customer.number).member_number
    return number


def account_of(world: Any, customer: Any) -> str:
    with world.storage.begin() as unit:
        found: str = unit.accounts.by_customer_number(customer.number).account_id
    return found


def merge(world: Any, surviving: Any, absorbed: Any, ticket: str = "T-1") -> Any:
    request = MergeAccountsRequest(
        surviving=number_of(world, surviving), absorbed=number_of(world, absorbed), ticket=ticket
    )
    return world.as_staff(account_operations.MERGE_ACCOUNTS, request)


def orders(world: Any, token: Any, cursor: str = "") -> Any:
    return world.call(operations.LIST_ORDERS, ListOrdersRequest(cursor=cursor), token=token)


@pytest.mark.spec("ACC-4")
def test_everything_goes_over_and_nothing_is_lost(everywhere: Any, line: Any) -> None:
    world = everywhere
    kept, gone = world.customer("a"), world.customer("b")
    billed = world.place(gone.machine, "PO-1").orders[0].order_number
    world.confirm(billed)
    world.ship(billed, ("1", 10, 0))
    world.go_to(2026, 12, 1, 10)
    [invoice] = world.close_billing(gone, date(2026, 11, 30))
    running = world.place(gone.machine, "PO-2", line("1", "PEN", 3, department="D2")).orders[0].order_number
    own = world.place(kept.machine, "PO-1", line("1", "PEN", 7)).orders[0].order_number
    gone.administrator = world.login("admin@b.example.co.jp", PASSWORD).session_token
    gone.person("buyer@b.example.co.jp", Role.BUYER)
    seen = orders(world, kept.machine)
    absorbed = number_of(world, gone)

    done = merge(world, kept, gone)
    counts = {one.kind: one.count for one in done.moved}
    assert (counts["orders"], counts["invoices"], counts["users"], counts["client_credentials"]) == (
        2,
        1,
        2,
        1,
    )
    assert [(one.before, one.after) for one in done.renamed] == [
        ("D1", f"D1-{absorbed}"),
        ("D2", f"D2-{absorbed}"),
    ]

    # a reader of the surviving account gets what came
    more = orders(world, kept.machine, seen.page.next_cursor)
    assert {one.order_number for one in more.orders} == {billed, running}
    assert {one.order_number for one in orders(world, kept.machine).orders} == {own, billed, running}
    departments = {one.order_number: one.lines[0].department for one in more.orders}
    assert departments == {billed: f"D1-{absorbed}", running: f"D2-{absorbed}"}
    invoices = world.call(operations.LIST_INVOICES, ListInvoicesRequest(), token=kept.machine).invoices
    assert invoices == (invoice,)
    # the machine of the other account works on, for the surviving one
    assert len(orders(world, gone.machine).orders) == 3
    assert world.place(gone.machine, "PO-3").orders
    token = world.login(kept.number, PASSWORD).session_token
    users = world.call(operations.LIST_USERS, ListUsersRequest(), token=token).users
    assert [one.email for one in users] == [
        "Admin@a.example.co.jp",
        "Admin@b.example.co.jp",
        "buyer@b.example.co.jp",
    ]
    codes = world.call(operations.LIST_DEPARTMENTS, ListDepartmentsRequest(), token=token).departments
    assert {one.code for one in codes} == {"D1", "D2", f"D1-{absorbed}", f"D2-{absorbed}"}
    # what was under way is shipped and invoiced to the surviving account
    world.confirm(running)
    world.ship(running, ("1", 3, 0))
    world.go_to(2027, 1, 4, 10)
    [last] = world.close_billing(kept, date(2026, 12, 31))
    assert [one.order_number for one in last.lines] == [running]
    assert verify_chains(world.storage, world.supplier.dispatcher.house).breaks == ()


@pytest.mark.spec("ACC-4", "AUTH-2", "AUTH-11")
def test_who_logged_in_by_the_old_number_is_told_why_not(everywhere: Any) -> None:
    world = everywhere
    kept, gone = world.customer("a"), world.customer("b")
    merge(world, kept, gone)
    with pytest.raises(NotAuthenticated):
        world.call(operations.LIST_USERS, ListUsersRequest(), token=gone.administrator)
    with pytest.raises(LoginRefused, match="merged into another one"):
        world.login(gone.number, PASSWORD)
    with pytest.raises(LoginMismatch):
        world.login(gone.number, "wrong")
    token = world.login("admin@b.example.co.jp", PASSWORD).session_token
    users = world.call(operations.LIST_USERS, ListUsersRequest(), token=token).users
    assert len(users) == 2
    # the surviving number logs in its own administrator
    assert world.login(kept.number, PASSWORD).account_name == "株式会社見本a"


@pytest.mark.spec("ACC-4")
def test_merging_again_answers_the_same(stored: Any) -> None:
    world = stored
    kept, gone, third = world.customer("a"), world.customer("b"), world.customer("c")
    world.place(gone.machine, "PO-1")
    done = merge(world, kept, gone)
    before = world.dump()
    assert merge(world, kept, gone) == done
    assert world.dump() == before
    with pytest.raises(IllegalStep):
        merge(world, third, gone)
    with pytest.raises(IllegalStep):
        merge(world, gone, third)
    # a chain of merges ends in the last account
    merge(world, third, kept)
    with world.storage.begin() as unit:
        last = unit.accounts.by_customer_number(third.number).account_id
        for customer in (kept, gone):
            assert unit.accounts.by_customer_number(customer.number).merged_into == last
    for customer in (kept, gone):
        with pytest.raises(LoginRefused, match="merged"):
            world.login(customer.number, PASSWORD)
    assert len(orders(world, gone.machine).orders) == 1


@pytest.mark.spec("ACC-4", "AUTH-17", "AUTH-19")
def test_it_is_recorded_for_both_and_told_to_both(stored: Any) -> None:
    world = stored
    kept, gone = world.customer("a"), world.customer("b")
    accounts = account_of(world, kept), account_of(world, gone)
    desk = world.desk_session()
    third = world.open_ticket(desk, number_of(world, world.customer("c")))
    shut = world.open_ticket(desk, number_of(world, kept), closed=True)
    for ticket in ("", " ", third, shut):
        request = MergeAccountsRequest(
            surviving=number_of(world, kept), absorbed=number_of(world, gone), ticket=ticket
        )
        with pytest.raises(AccessDenied, match="ticket"):
            world.call(account_operations.MERGE_ACCOUNTS, request, token=desk)
    request = MergeAccountsRequest(
        surviving=number_of(world, kept),
        absorbed="00000000",
        ticket=world.open_ticket(desk, number_of(world, kept)),
    )
    with pytest.raises(AccessDenied, match="ticket"):
        world.call(account_operations.MERGE_ACCOUNTS, request, token=desk)
    merge(world, kept, gone)
    with world.storage.begin() as unit:
        for owner, other in (accounts, accounts[::-1]):
            record = unit.audit.of_account(owner)[-1]
            assert (record.action, record.subject) == ("accounts-merged", other)
            assert json.loads(record.detail)["ticket"] == "T-1"
    world.supplier.automation.work()
    found = [json.loads(one.read_text("utf-8")) for one in (world.folder / "notices").glob("*.json")]
    assert sorted(one["to"] for one in found if one["event"] == "accounts-merged") == [
        "Admin@b.example.co.jp",
        "info@a.example.co.jp",
        "info@b.example.co.jp",
    ]


@pytest.mark.spec("ACC-4")
def test_readers_of_the_account_that_went_begin_anew(stored: Any) -> None:
    world = stored
    kept, gone = world.customer("a"), world.customer("b")
    world.place(gone.machine, "PO-1")
    cursor = orders(world, gone.machine).page.next_cursor
    account = account_of(world, gone)
    merge(world, kept, gone)
    with pytest.raises(CursorExpired):
        orders(world, gone.machine, cursor)
    with world.storage.begin() as unit:
        assert [one.deleted for one in unit.changes.since(account, "orders", 0, 9)] == [True]


@pytest.mark.spec("ACC-4", "INT-11")
def test_purchase_orders_of_both_with_one_number_stay_two(stored: Any, line: Any) -> None:
    world = stored
    kept, gone = world.customer("a"), world.customer("b")
    theirs = world.place(gone.machine, "PO-1", line("1", "PEN", 3)).orders[0].order_number
    own = world.place(kept.machine, "PO-1", line("1", "PEN", 7), key="own").orders[0].order_number
    merge(world, kept, gone)
    again = world.place(gone.machine, "PO-1", line("1", "PEN", 3), key="new").orders
    assert [one.order_number for one in again] == [theirs]
    again = world.place(kept.machine, "PO-1", line("1", "PEN", 7), key="own").orders
    assert [one.order_number for one in again] == [own]
    with pytest.raises(PurchaseOrderConflict):
        world.place(gone.machine, "PO-1", line("1", "PEN", 4), key="newer")


@pytest.mark.spec("ACC-4", "ACC-5")
def test_who_belonged_to_both_belongs_once(stored: Any) -> None:
    world = stored
    kept, gone = world.customer("a"), world.customer("b")
    user = gone.add_user("both@b.example.co.jp", Role.VIEWER)
    target, origin = account_of(world, kept), account_of(world, gone)
    with world.storage.begin() as unit:
        unit.memberships.add(
            Membership(
                account_id=target,
                user_id=user,
                home_account_id=origin,
                role=Role.APPROVER,
                department_codes=("D2",),
                state=UserState.ACTIVE,
                primary_administrator=False,
                joined_at=world.clock.now(),
            )
        )
        old = unit.memberships.get(origin, user)
        unit.memberships.save(evolve(old, department_codes=("D1",)))
    done = merge(world, kept, gone)
    assert done.joined_people == (user,)
    with world.storage.begin() as unit:
        found = unit.memberships.get(target, user)
        account = unit.accounts.get(origin)
        assert (found.role, found.home_account_id) == (Role.APPROVER, target)
        assert found.department_codes == (f"D1-{account.member_number}", "D2")
        assert unit.memberships.get(origin, user).state is UserState.REMOVED
        assert unit.memberships.primary_administrator(target).user_id != user


@pytest.mark.spec("ACC-4", "AUTH-20")
def test_a_limited_credential_sees_no_more_than_before(stored: Any, line: Any) -> None:
    world = stored
    kept, gone = world.customer("a"), world.customer("b")
    limited = gone.credential(departments=("D1",), label="limited")
    mine = world.place(gone.machine, "PO-1", line("1", "PEN", 1)).orders[0].order_number
    world.place(gone.machine, "PO-2", line("1", "PEN", 1, department="D2"))
    world.place(kept.machine, "PO-3", line("1", "PEN", 1))
    merge(world, kept, gone)
    assert [one.order_number for one in orders(world, limited).orders] == [mine]


@pytest.mark.spec("ACC-4", "ACC-1")
def test_what_cannot_be_merged(stored: Any) -> None:
    world = stored
    kept, gone = world.customer("a"), world.customer("b")
    with pytest.raises(ValueInvalid, match="itself"):
        merge(world, kept, kept)
    request = MergeAccountsRequest(surviving=number_of(world, kept), absorbed="00000000", ticket="T-1")
    with pytest.raises(NotFound):
        world.as_staff(account_operations.MERGE_ACCOUNTS, request)
    with world.storage.begin() as unit:
        account = unit.accounts.by_customer_number(kept.number)
        unit.accounts.save(evolve(account, kind=AccountKind.INDIVIDUAL))
    with pytest.raises(ValueInvalid, match="other way round"):
        merge(world, kept, gone)


def test_a_merge_handles_every_table_with_an_account() -> None:
    owned = {
        table.name
        for table in tables_supplier.metadata.sorted_tables
        if any(column.name.endswith("account_id") for column in table.columns)
    }
    assert owned == HANDLED, "a table with an account goes over in a merge, or says in STAYING why not"


@pytest.mark.spec("ACC-4")
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_orders_that_are_placed_meanwhile_are_not_lost(
    kind: str,
    make_world: Callable[..., Any],
    tmp_path: Any,
    line: Any,
    request: pytest.FixtureRequest,
) -> None:
    if kind == "postgresql":
        storage = supplier_sql(request.getfixturevalue("supplier_postgresql")())
        world = type(make_world())(storage, tmp_path, "in process")
    else:
        world = make_world("sqlite")
    kept, gone = world.customer("a"), world.customer("b")
    gate = Barrier(9)

    def place(number: int) -> list[str]:
        gate.wait(60)
        placed = []
        for round_ in range(4):
            name = f"PO-{number}-{round_}"
            for _ in range(20):
                try:
                    answer = world.place(gone.machine, name, line("1", "PEN", 1))
                    placed += [one.order_number for one in answer.orders]
                    break
                except AskulConnectError as error:
                    if not error.retryable:
                        raise
        return placed

    def join() -> list[str]:
        gate.wait(60)
        merge(world, kept, gone)
        return []

    with ThreadPoolExecutor(9) as threads:
        running = [threads.submit(place, number) for number in range(8)] + [threads.submit(join)]
        placed = [order for one in running for order in one.result()]
    assert len(placed) == 32
    assert {one.order_number for one in orders(world, kept.machine).orders} == set(placed)
    with world.storage.begin() as unit:
        origin = unit.accounts.by_customer_number(gone.number)
        assert unit.changes.alive(origin.account_id, "orders") == 0
        assert not unit.orders.open_of_account(origin.account_id)
    if kind == "postgresql":
        world.storage.close()


@pytest.mark.spec("ACC-4")
def test_a_trial_says_what_would_go_over_and_changes_nothing(stored: Any) -> None:
    world = stored
    kept, gone = world.customer("a"), world.customer("b")
    world.place(gone.machine, "PO-1")

    owners = [account_of(world, one) for one in (kept, gone)]

    def standing() -> Any:
        with world.storage.begin() as unit:
            return (
                unit.accounts.all(),
                [unit.audit.of_account(one) for one in ("", *owners)],
                [unit.orders.open_of_account(one) for one in owners],
                [unit.memberships.of_account(one) for one in owners],
                unit.outbox.all(),
            )

    request = MergeAccountsRequest(
        surviving=number_of(world, kept), absorbed=number_of(world, gone), ticket="T-1", trial=True
    )
    before = standing()
    shown = world.as_staff(account_operations.MERGE_ACCOUNTS, request)
    assert {one.kind: one.count for one in shown.moved}["orders"] == 1
    assert standing() == before
    assert merge(world, kept, gone) == shown
    with pytest.raises(ValueInvalid):
        world.as_staff(account_operations.MERGE_ACCOUNTS, evolve(request, absorbed=request.surviving))
