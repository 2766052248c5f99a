"""Who may do what: roles, machine identities, departments, accounts, and what the database knows (AUTH-20, ACC-5)."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from attrs import evolve

from askul_connect.core.domain.accounts import Role
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import (
    AccessDenied,
    AskulConnectError,
    NotAuthenticated,
    NotFound,
    OrderRefused,
    PurchaseOrderConflict,
    ValueInvalid,
)
from askul_connect.core.messages.accounts import GetAccountRequest, ListDepartmentsRequest
from askul_connect.core.messages.catalog import GetItemRequest
from askul_connect.core.messages.login import IssueClientCredentialRequest, RevokeClientCredentialRequest
from askul_connect.core.messages.ordering import (
    GetOrderByExternalIdRequest,
    GetOrderRequest,
    ListConfirmationsRequest,
    ListInvoicesRequest,
    ListOrdersRequest,
    ListShipNoticesRequest,
)
from askul_connect.core.operations import supplier as operations
from askul_connect.core.operations.registry import CUSTOMERS
from askul_connect.core.operations.sessions import LOGOUT
from askul_connect.core.operations.supplier import SUPPLIER_OPERATIONS

BUYER_PARTY = "0188:7010705000725"
PROTECTED = tuple(operation for operation in SUPPLIER_OPERATIONS if operation.access)
MACHINES = tuple(operation for operation in SUPPLIER_OPERATIONS if operation.machines)


def allowed(world: Any, operation: Any, request: Any, token: Secret) -> bool:
    """Whether the caller may; any other refusal comes after that question."""
    try:
        world.call(operation, request, token=token, key=world.fresh())
    except AccessDenied:
        return False
    except NotAuthenticated:
        raise
    except AskulConnectError:
        return True
    return True


@pytest.mark.spec("ACC-5", "AUTH-20")
@pytest.mark.parametrize("role", sorted(CUSTOMERS))
def test_each_role_may_what_the_registry_says(faced: Any, examples: dict[str, Any], role: Role) -> None:
    customer = faced.customer()
    token = customer.person("p@a.example.co.jp", role)
    # who logs out can ask for nothing more
    asked = sorted(PROTECTED, key=lambda one: one is LOGOUT)
    found = {one.name for one in asked if allowed(faced, one, examples[one.name], token)}
    assert found == {one.name for one in PROTECTED if role in one.access}


@pytest.mark.spec("AUTH-20")
@pytest.mark.parametrize("granted", MACHINES, ids=lambda one: one.name)
def test_a_credential_may_what_it_is_scoped_to_and_nothing_else(
    faced: Any, examples: dict[str, Any], granted: Any
) -> None:
    token = faced.customer().credential(granted.name)
    assert [one.name for one in PROTECTED if allowed(faced, one, examples[one.name], token)] == [granted.name]


@pytest.mark.spec("AUTH-20")
def test_what_is_wrong_with_a_credential_is_said_at_once(faced: Any) -> None:
    customer = faced.customer()
    not_for_machines = [one.name for one in SUPPLIER_OPERATIONS if not one.machines]
    with pytest.raises(ValueInvalid) as caught:
        customer.credential(*not_for_machines, "NoSuch", departments=("D1", "D9"), label=" ")
    assert [one.where for one in caught.value.problems] == [
        "label",
        *["operations"] * (len(not_for_machines) + 1),
        "departments",
    ]
    assert caught.value.problems[-1].code == "unknown-department"
    with pytest.raises(ValueInvalid, match="cannot be issued"):
        faced.call(
            operations.ISSUE_CLIENT_CREDENTIAL,
            IssueClientCredentialRequest(label="x", operations=()),
            token=customer.administrator,
        )


def account_of(world: Any, customer: Any) -> str:
    with world.storage.begin() as unit:
        found: str = unit.accounts.by_customer_number(customer.number).account_id
    return found


def issue(world: Any, customer: Any, label: str) -> Any:
    request = IssueClientCredentialRequest(label=label, operations=("GetAccount",))
    return world.call(operations.ISSUE_CLIENT_CREDENTIAL, request, token=customer.administrator)


@pytest.mark.spec("AUTH-17", "AUTH-20")
def test_credentials_are_audited_with_what_they_may_and_without_the_secret(everywhere: Any) -> None:
    world = everywhere
    customer = world.customer()
    world.forward(timedelta(minutes=1))
    made = issue(world, customer, "new")
    with pytest.raises(ValueInvalid):
        issue(world, customer, " ")
    issued, *_ = [
        one for one in world.audited("client-credential-issued") if one.subject == made.credential_id
    ]
    assert (issued.at, issued.account_id) == (world.clock.now(), account_of(world, customer))
    assert json.loads(issued.detail) == {
        "schema": 1,
        "label": "new",
        "operations": ["GetAccount"],
        "departments": [],
    }
    assert made.credential.reveal().rpartition(".")[2] not in issued.detail
    # one that was refused is none: the customer's own and this one
    assert len(world.audited("client-credential-issued")) == 2
    revoke = RevokeClientCredentialRequest(credential_id=made.credential_id)
    world.call(operations.REVOKE_CLIENT_CREDENTIAL, revoke, token=customer.administrator)
    (revoked,) = world.audited("client-credential-revoked")
    assert (revoked.actor, revoked.subject) == (issued.actor, made.credential_id)


@pytest.mark.spec("AUTH-20")
def test_two_credentials_of_a_label_are_valid_at_once_and_one_is_revoked(everywhere: Any) -> None:
    world = everywhere
    customer = world.customer()
    first, second = issue(world, customer, "new"), issue(world, customer, "new")
    for one in (first, second):
        world.call(operations.GET_ACCOUNT, GetAccountRequest(), token=one.credential)
    with pytest.raises(ValueInvalid) as caught:
        issue(world, customer, "new")
    assert caught.value.problems[0].where == "label"

    revoke = RevokeClientCredentialRequest(credential_id=first.credential_id)
    ended = world.call(operations.REVOKE_CLIENT_CREDENTIAL, revoke, token=customer.administrator)
    world.forward(timedelta(minutes=5))
    assert world.call(operations.REVOKE_CLIENT_CREDENTIAL, revoke, token=customer.administrator) == ended
    # revoked once, recorded once
    (record,) = world.audited("client-credential-revoked")
    assert (record.subject, json.loads(record.detail)["label"]) == (first.credential_id, "new")
    with pytest.raises(NotAuthenticated):
        world.call(operations.GET_ACCOUNT, GetAccountRequest(), token=first.credential)
    world.call(operations.GET_ACCOUNT, GetAccountRequest(), token=second.credential)
    third = issue(world, customer, "new")
    world.call(operations.GET_ACCOUNT, GetAccountRequest(), token=third.credential)


@pytest.mark.spec("AUTH-20")
def test_a_credential_needs_every_character_of_it(world: Any) -> None:
    text = world.customer().machine.reveal()
    credential_id, _, secret = text.removeprefix("ac_").partition(".")
    for wrong in (
        text[:-1],
        f"ac_{credential_id}.",
        f"ac_{credential_id}",
        f"ac_.{secret}",
        secret,
        "ac_",
        f"{text}x",
    ):
        with pytest.raises(NotAuthenticated):
            world.call(operations.GET_ACCOUNT, GetAccountRequest(), token=Secret(wrong))


@pytest.mark.spec("AUTH-20")
def test_the_last_use_of_a_credential_is_kept(stored: Any) -> None:
    customer = stored.customer()
    stored.forward(timedelta(hours=1))
    stored.call(operations.GET_ACCOUNT, GetAccountRequest(), token=customer.machine)
    with stored.storage.begin() as unit:
        (account,) = unit.accounts.all()
        (credential,) = unit.credentials.of_account(account.account_id)
    assert credential.last_used_at == stored.clock.now()


@pytest.fixture
def traded(everywhere: Any, line: Any) -> tuple[Any, Any]:
    """A customer with an order of each department and one of both, all shipped and billed."""
    world = everywhere
    customer = world.customer()
    for number, departments in (("PO-1", ["D1"]), ("PO-2", ["D2"]), ("PO-12", ["D1", "D2"])):
        lines = [line(str(i), "PEN", 5, department=code) for i, code in enumerate(departments, start=1)]
        order = world.place(customer.machine, number, *lines).orders[0].order_number
        world.confirm(order)
        world.ship(order, *((one.line_id, 5, 0) for one in lines))
    world.go_to(2026, 12, 1, 10)
    world.close_billing(customer, date(2026, 11, 30))
    customer.administrator = world.login(customer.number, "Kaede-7-kaze").session_token
    return world, customer


LISTS = (
    (operations.LIST_ORDERS, ListOrdersRequest(), "orders"),
    (operations.LIST_CONFIRMATIONS, ListConfirmationsRequest(), "confirmations"),
    (operations.LIST_SHIP_NOTICES, ListShipNoticesRequest(), "ship_notices"),
)


@pytest.mark.spec("AUTH-20")
def test_a_department_sees_and_orders_for_itself_only(traded: tuple[Any, Any], line: Any) -> None:
    world, customer = traded
    token = customer.credential(departments=("D1",))
    everything = customer.credential(label="all")
    numbers = {}
    for operation, request, name in LISTS:
        seen = world.call(operation, request, token=token)
        assert [one.purchase_order_id for one in getattr(seen, name)] == ["PO-1"]
        assert seen.page.total is None
        assert len(getattr(world.call(operation, request, token=everything), name)) == 3
    assert world.call(operations.LIST_INVOICES, ListInvoicesRequest(), token=token).invoices == ()
    for order in world.call(operations.LIST_ORDERS, ListOrdersRequest(), token=everything).orders:
        numbers[order.purchase_order_id] = order.order_number
    departments = world.call(operations.LIST_DEPARTMENTS, ListDepartmentsRequest(), token=token).departments
    assert [one.code for one in departments] == ["D1"]

    assert world.call(operations.GET_ORDER, GetOrderRequest(order_number=numbers["PO-1"]), token=token).order
    for hidden in ("PO-2", "PO-12"):
        with pytest.raises(NotFound):
            world.call(operations.GET_ORDER, GetOrderRequest(order_number=numbers[hidden]), token=token)
        request = GetOrderByExternalIdRequest(purchase_order_id=hidden, buyer_party=BUYER_PARTY)
        assert world.call(operations.GET_ORDER_BY_EXTERNAL_ID, request, token=token).orders == ()

    refusals = []
    for department in ("D2", "D9"):
        with pytest.raises(OrderRefused) as caught:
            world.place(token, "PO-new", line("1", "PEN", 1, department=department))
        (problem,) = caught.value.problems
        refusals.append(evolve(problem, detail=problem.detail.replace(department, "?")))
    assert refusals[0] == refusals[1]
    assert refusals[0].code == "unknown-department"
    assert world.place(token, "PO-new", line("1", "PEN", 1)).orders


@pytest.mark.spec("AUTH-20")
def test_a_department_does_not_get_at_others_orders_by_repeating_them(
    traded: tuple[Any, Any], line: Any
) -> None:
    world, customer = traded
    token = customer.credential(departments=("D1",))
    same = line("1", "PEN", 5, department="D2")
    with pytest.raises(NotFound):
        world.place(token, "PO-2", same)
    with pytest.raises(PurchaseOrderConflict):
        world.place(token, "PO-2", same, key="another")


@pytest.mark.spec("ACC-5")
def test_a_foreign_id_answers_like_an_absent_one(traded: tuple[Any, Any]) -> None:
    world, ours = traded
    theirs = world.customer("b")
    order = world.call(operations.LIST_ORDERS, ListOrdersRequest(), token=ours.machine).orders[0].order_number
    credential = issue(world, ours, "x").credential_id

    def answer(operation: Any, request: Any, token: Secret, text: str) -> tuple[str, str, str]:
        with pytest.raises(NotFound) as caught:
            world.call(operation, request, token=token)
        return caught.value.code, caught.value.detail.replace(text, "?"), caught.value.where

    found = {
        answer(operations.GET_ORDER, GetOrderRequest(order_number=number), theirs.machine, number)
        for number in (order, "AC99999999")
    }
    assert len(found) == 1
    found = {
        answer(
            operations.REVOKE_CLIENT_CREDENTIAL,
            RevokeClientCredentialRequest(credential_id=text),
            theirs.administrator,
            text,
        )
        for text in (credential, "absent")
    }
    assert len(found) == 1
    request = GetOrderByExternalIdRequest(purchase_order_id="PO-1", buyer_party=BUYER_PARTY)
    assert world.call(operations.GET_ORDER_BY_EXTERNAL_ID, request, token=theirs.machine).orders == ()
    for operation, request, name in (*LISTS, (operations.LIST_INVOICES, ListInvoicesRequest(), "invoices")):
        empty = world.call(operation, request, token=theirs.machine)
        assert getattr(empty, name) == ()
        assert empty.page.total == 0
        assert not empty.page.more
    again = world.place(theirs.machine, "PO-1", key="po:PO-1").orders[0]
    assert again.order_number != order


@pytest.mark.spec("ACC-2")
def test_a_machine_never_sees_the_customer_number(faced: Any) -> None:
    customer = faced.customer()
    assert (
        faced.call(operations.GET_ACCOUNT, GetAccountRequest(), token=customer.machine).customer_number == ""
    )
    viewer = customer.person("v@a.example.co.jp", Role.VIEWER)
    assert faced.call(operations.GET_ACCOUNT, GetAccountRequest(), token=viewer).customer_number == ""


@pytest.mark.spec("AUTH-6", "AUTH-11", "AUTH-20")
def test_the_database_knows_no_secret(make_world: Any) -> None:
    world = make_world("sqlite")
    customer = world.customer()
    user_id = customer.add_user("b@a.example.co.jp", Role.BUYER)
    temporary = customer.temporary_password(user_id)
    world.set_password("b@a.example.co.jp", temporary, "Momiji-9-yama")
    session = world.login("b@a.example.co.jp", "Momiji-9-yama").session_token
    world.place(session, "PO-1")
    for token in (customer.machine, session):
        world.call(operations.LIST_ORDERS, ListOrdersRequest(), token=token)
        world.call(operations.GET_ITEM, GetItemRequest(sku="PEN"), token=token)
    secrets = {
        "letter": customer.letter.temporary_password.reveal(),
        "issued": temporary.reveal(),
        "first password": "Kaede-7-kaze",
        "second password": "Momiji-9-yama",
        "session": session.reveal(),
        "administrator's session": customer.administrator.reveal(),
        "credential": customer.machine.reveal(),
        "its secret half": customer.machine.reveal().partition(".")[2],
    }
    kept = repr(world.dump())
    raw = b"".join(path.read_bytes() for path in world.folder.glob("supplier.sqlite3*"))
    assert "PO-1" in kept
    assert b"PO-1" in raw
    assert [name for name, text in secrets.items() if text in kept or text.encode() in raw] == []
