"""Changing registered data: preview, versions, snapshots, restoring (ACC-7, ACC-10)."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any

import pytest
from attrs import evolve

from askul_connect.adapters.storage.sql.storage import supplier_sql
from askul_connect.core.domain.accounts import Role
from askul_connect.core.errors import (
    AccessDenied,
    IdempotencyConflict,
    NotFound,
    ValueInvalid,
    VersionConflict,
)
from askul_connect.core.messages.account_changes import (
    ChangeAccountRequest,
    ListAccountSnapshotsRequest,
    PreviewAccountChangeRequest,
    RestoreAccountSnapshotRequest,
)
from askul_connect.core.messages.accounts import GetAccountRequest
from askul_connect.core.operations import accounts as account_operations
from askul_connect.core.operations import supplier as operations

PROOF = "certificate-of-registration"


def preview(world: Any, token: Any, version: int = 1, **fields: Any) -> Any:
    request = PreviewAccountChangeRequest(version=version, **fields)
    return world.call(account_operations.PREVIEW_ACCOUNT_CHANGE, request, token=token)


def change(world: Any, token: Any, version: int = 1, key: str = "", **fields: Any) -> Any:
    request = ChangeAccountRequest(version=version, **fields)
    return world.call(account_operations.CHANGE_ACCOUNT, request, token=token, key=key or world.fresh())


def restore(world: Any, token: Any, snapshot: int, version: int, **more: Any) -> Any:
    request = RestoreAccountSnapshotRequest(snapshot=snapshot, version=version, **more)
    return world.call(account_operations.RESTORE_ACCOUNT_SNAPSHOT, request, token=token, key=world.fresh())


def snapshots(world: Any, token: Any) -> Any:
    request = ListAccountSnapshotsRequest()
    return world.call(account_operations.LIST_ACCOUNT_SNAPSHOTS, request, token=token).snapshots


def account(world: Any, token: Any) -> Any:
    return world.call(operations.GET_ACCOUNT, GetAccountRequest(), token=token)


def told(world: Any) -> list[str]:
    world.supplier.automation.work()
    found = [json.loads(path.read_text("utf-8")) for path in (world.folder / "notices").glob("*.json")]
    return sorted(one["to"] for one in found if one["event"] == "account-changed")


def with_application_number(world: Any, customer: Any, number: str = "1234567890") -> None:
    with world.storage.begin() as unit:
        known = unit.accounts.by_customer_number(customer.number)
        unit.accounts.save(evolve(known, application_number=number))


@pytest.mark.spec("ACC-7")
def test_a_preview_says_everything_and_does_nothing(stored: Any) -> None:
    world = stored
    customer = world.customer()
    first = world.place(customer.machine, "PO-1").orders[0].order_number
    world.confirm(first)
    second = world.place(customer.machine, "PO-2").orders[0].order_number
    billed = world.place(customer.machine, "PO-3").orders[0].order_number
    world.confirm(billed)
    world.ship(billed, ("1", 10, 0))
    before = world.dump()
    found = preview(
        world,
        customer.administrator,
        name="株式会社新名",
        address="東京都港区1-1",
        email="new@a.example.co.jp",
    )
    assert world.dump() == before
    assert [(one.field, one.before, one.after) for one in found.differences] == [
        ("name", "株式会社見本a", "株式会社新名"),
        ("address", "東京都渋谷区見本2-2", "東京都港区1-1"),
        ("email", "info@a.example.co.jp", "new@a.example.co.jp"),
    ]
    assert (found.version, found.findings, found.application_number_needed) == (1, (), False)
    assert found.documents_needed == (PROOF,)
    assert (found.open_orders, found.deliveries) == ((first, second), (first,))
    assert (found.invoices, found.unbilled_lines) == ((), 1)
    assert [(one.kind, one.to) for one in found.notices] == [
        ("account-changed", "info@a.example.co.jp"),
        ("account-changed", "new@a.example.co.jp"),
    ]
    assert found.factors == ("password", "second-factor-optional")
    world.go_to(2026, 12, 1, 10)
    [invoice] = world.close_billing(customer, date(2026, 11, 30))
    session = world.login(customer.number, "Kaede-7-kaze").session_token
    found = preview(world, session, phone="03-1234-5678")
    assert (found.invoices, found.unbilled_lines) == ((invoice.invoice_number,), 0)
    with_application_number(world, customer)
    assert preview(world, session, name="x").application_number_needed
    assert not preview(world, session, phone="03-1234-5678").application_number_needed


@pytest.mark.spec("ACC-7")
def test_what_would_be_refused_is_found_by_the_preview(faced: Any) -> None:
    customer = faced.customer()
    found = preview(faced, customer.administrator, phone="x", corporate_number="1")
    assert [one.where for one in found.findings] == ["phone", "corporate_number"]
    assert [one.where for one in preview(faced, customer.administrator).findings] == ["version"]


@pytest.mark.spec("ACC-7", "AUTH-17")
def test_a_change_is_in_force_at_once_kept_and_told_to_both_contacts(everywhere: Any) -> None:
    world = everywhere
    customer = world.customer()
    token = customer.administrator
    done = change(world, token, name="株式会社新名", email="new@a.example.co.jp", documents=(PROOF,))
    assert done.version == 2
    now = account(world, token)
    assert now.name == "株式会社新名"
    assert told(world) == ["info@a.example.co.jp", "new@a.example.co.jp"]
    [kept] = snapshots(world, token)
    assert (kept.version, kept.at) == (1, world.clock.now())
    assert json.loads(kept.body)["name"] == "株式会社見本a"
    assert json.loads(kept.body)["schema"] == 1
    # an order that comes next is the new company's
    order = world.place(customer.machine, "PO-1").orders[0].order_number
    assert world.confirm(order).customer.name == "株式会社新名"
    with world.storage.begin() as unit:
        stored = unit.accounts.by_customer_number(customer.number)
        record = unit.audit.of_account(stored.account_id)[-1]
    assert record.action == "account-changed"
    assert json.loads(record.detail) == {
        "schema": 1,
        "version": 2,
        "fields": ["name", "email"],
        "documents": [PROOF],
    }
    assert "new@a.example.co.jp" not in record.detail


@pytest.mark.spec("ACC-7")
def test_nothing_is_emptied_that_was_not_named(everywhere: Any) -> None:
    world = everywhere
    token = world.customer().administrator
    change(world, token, contact="花子", name_kana="ミホン")
    change(world, token, version=2, contact="")
    [first, second] = snapshots(world, token)
    assert json.loads(first.body)["name_kana"] == ""
    assert (json.loads(second.body)["contact"], json.loads(second.body)["name_kana"]) == ("花子", "ミホン")
    answer = preview(world, token, version=3, contact="次郎")
    assert answer.differences[0].before == ""


@pytest.mark.spec("ACC-7")
def test_a_lost_update_is_refused_with_what_differs(faced: Any) -> None:
    world = faced
    token = world.customer().administrator
    change(world, token, phone="03-1111-1111", address="新住所1")
    for act in (change, preview):
        with pytest.raises(VersionConflict) as caught:
            act(world, token, phone="03-2222-2222")
        assert [(one.where, one.detail) for one in caught.value.problems] == [
            ("address", "it was '東京都渋谷区見本2-2' and is '新住所1'"),
            ("phone", "it was '03-0000-0000' and is '03-1111-1111'"),
        ]
    for version in (0, 3, 99):
        with pytest.raises(VersionConflict):
            change(world, token, version=version, phone="03-2222-2222")


@pytest.mark.spec("ACC-7")
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_of_sixteen_at_once_exactly_one_wins(
    kind: str, make_world: Callable[..., Any], tmp_path: Any, request: pytest.FixtureRequest
) -> None:
    if kind == "postgresql":
        storage = supplier_sql(request.getfixturevalue("supplier_postgresql")())
        world = type(make_world())(storage, tmp_path, "in process")
    else:
        world = make_world("sqlite")
    token = world.customer().administrator
    gate = Barrier(16)

    def attempt(number: int) -> bool:
        gate.wait(60)
        try:
            change(world, token, key=f"k-{number}", phone=f"03-0000-00{number:02}", contact="誰か")
        except VersionConflict:
            return False
        return True

    with ThreadPoolExecutor(16) as threads:
        outcomes = list(threads.map(attempt, range(16)))
    assert outcomes.count(True) == 1
    found = snapshots(world, token)
    assert [one.version for one in found] == [1]
    now = preview(world, token, version=2, contact="別")
    assert now.version == 2
    if kind == "postgresql":
        world.storage.close()


@pytest.mark.spec("ACC-10")
def test_the_application_number_is_checked_for_sensitive_data(stored: Any) -> None:
    world = stored
    customer = world.customer()
    with_application_number(world, customer)
    token = customer.administrator
    for wrong in ("", "0000000000", "12345678901"):
        with pytest.raises(ValueInvalid) as caught:
            change(world, token, name="株式会社新名", documents=(PROOF,), application_number=wrong)
        assert [one.where for one in caught.value.problems] == ["application_number"]
    assert not snapshots(world, token)
    # what is not sensitive needs none
    assert change(world, token, phone="03-1111-1111").version == 2
    done = change(
        world, token, version=2, name="株式会社新名", documents=(PROOF,), application_number=" 1234567890 "
    )
    assert done.version == 3


@pytest.mark.spec("ACC-7")
def test_documents_that_prove_a_change_are_asked_for(faced: Any) -> None:
    token = faced.customer().administrator
    with pytest.raises(ValueInvalid) as caught:
        change(faced, token, representative="新代表", phone="x", documents=("other",))
    assert [one.where for one in caught.value.problems] == ["phone", "documents"]
    assert PROOF in caught.value.problems[1].detail


@pytest.mark.spec("ACC-7")
def test_a_snapshot_is_put_back(everywhere: Any) -> None:
    world = everywhere
    token = world.customer().administrator
    change(world, token, phone="03-1111-1111", address="新住所1")
    done = restore(world, token, snapshot=1, version=2)
    assert [(one.field, one.after) for one in done.differences] == [
        ("address", "東京都渋谷区見本2-2"),
        ("phone", "03-0000-0000"),
    ]
    assert [one.version for one in snapshots(world, token)] == [1, 2]
    with pytest.raises(VersionConflict):
        restore(world, token, snapshot=1, version=2)
    with pytest.raises(NotFound):
        restore(world, token, snapshot=9, version=3)
    with pytest.raises(ValueInvalid, match="nothing differs"):
        restore(world, token, snapshot=1, version=3)


@pytest.mark.spec("ACC-7")
def test_a_repeated_call_is_answered_again(faced: Any) -> None:
    token = faced.customer().administrator
    first = change(faced, token, key="k", phone="03-1111-1111")
    again = change(faced, token, key="k", phone="03-1111-1111")
    assert (again.version, again.differences, again.notices) == (2, first.differences, first.notices)
    with pytest.raises(IdempotencyConflict):
        change(faced, token, key="k", phone="03-1111-2222")


@pytest.mark.spec("ACC-7")
def test_only_administrators_and_only_the_own_account(faced: Any) -> None:
    world = faced
    customer = world.customer()
    other = world.customer("b")
    change(world, customer.administrator, phone="03-1111-1111")
    assert not snapshots(world, other.administrator)
    with pytest.raises(NotFound):
        restore(world, other.administrator, snapshot=1, version=1)
    buyer = customer.person("b@a.example.co.jp", Role.BUYER)
    for token in (buyer, customer.machine):
        for act in (preview, change):
            with pytest.raises(AccessDenied):
                act(world, token, version=2, phone="03-2222-2222")
        with pytest.raises(AccessDenied):
            snapshots(world, token)
    seen = account(world, buyer)
    assert (seen.customer_number, seen.representative, seen.email) == ("", "", "")
