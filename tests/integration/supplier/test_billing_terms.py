"""When an account is invoiced and pays, and what one invoice is for, as it and the supplier choose (BIL-1)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from askul_connect.core.domain.accounts import AccountKind, Role
from askul_connect.core.domain.payments import InvoiceSplit, PaymentMethod
from askul_connect.core.errors import AccessDenied, NotForThisAccount, NotFound, ValueInvalid
from askul_connect.core.messages.accounts import GetAccountRequest
from askul_connect.core.messages.billing import ChangeBillingTermsRequest, ListUsageRequest
from askul_connect.core.operations import billing
from askul_connect.core.operations import supplier as operations


def change(world: Any, token: Any, **changes: Any) -> Any:
    return world.call(billing.CHANGE_BILLING_TERMS, ChangeBillingTermsRequest(**changes), token=token)


def member_of(world: Any, customer: Any) -> str:
    with world.storage.begin() as unit:
        number: str = unit.accounts.by_customer_number(customer.number).member_number
    return number


def as_staff(world: Any, customer: Any, **changes: Any) -> Any:
    request = ChangeBillingTermsRequest(member_number=member_of(world, customer), **changes)
    return world.as_staff(billing.CHANGE_BILLING_TERMS, request)


def sell(world: Any, customer: Any, number: str, *lines: Any) -> None:
    order = world.place(customer.machine, number, *lines).orders[0].order_number
    world.confirm(order)
    world.ship(order, *((one.line_id, one.quantity, 0) for one in lines))


@pytest.mark.spec("BIL-1")
def test_an_administrator_chooses_closing_day_and_what_an_invoice_is_for(everywhere: Any, line: Any) -> None:
    world, customer = everywhere, everywhere.customer()
    # the second of November
    done = change(world, customer.administrator, closing_day=10, split=InvoiceSplit.DEPARTMENT)
    assert (done.closing_day, done.payment_months, done.payment_day) == (10, 1, 31)
    assert (done.next_closing, done.due_on) == (date(2026, 11, 10), date(2026, 12, 31))
    assert change(world, customer.administrator) == done
    sell(world, customer, "PO-1", line("1", "PEN", 10), line("2", "PEN", 1, department="D2"))
    world.go_to(2026, 11, 11, 9)
    invoices = world.close_billing(customer, date(2026, 11, 10))
    assert [(one.department, one.total_incl_tax, one.due_on) for one in invoices] == [
        ("D1", 1_320, date(2026, 12, 31)),
        ("D2", 132, date(2026, 12, 31)),
    ]
    with pytest.raises(ValueInvalid):
        world.close_billing(customer, date(2026, 11, 30))
    account = world.call(operations.GET_ACCOUNT, GetAccountRequest(), token=customer.machine)
    assert (account.closing_day, account.payment_months, account.payment_day) == (10, 1, 31)
    assert account.invoice_split is InvoiceSplit.DEPARTMENT
    [told] = world.notices("billing-terms-changed")
    assert told["facts"]["closing_day"] == "10"
    assert len(world.audited("billing-terms-changed")) == 1


@pytest.mark.spec("BIL-1")
def test_what_is_in_no_invoice_yet_goes_with_the_new_closing_once(stored: Any, line: Any) -> None:
    world = stored
    customer = world.customer()
    sell(world, customer, "PO-1", line("1", "PEN", 10))
    world.go_to(2026, 11, 12, 9)
    sell(world, customer, "PO-2", line("1", "PEN", 1))
    world.go_to(2026, 11, 16, 9)

    def usage(cursor: str = "") -> Any:
        return world.call(billing.LIST_USAGE, ListUsageRequest(cursor=cursor), token=customer.machine)

    before = usage()
    assert {one.closing_on for one in before.usage} == {date(2026, 11, 30)}
    # the first session ended long ago
    change(world, world.login(customer.number, "Kaede-7-kaze").session_token, closing_day=10)
    again = usage(before.page.next_cursor)
    assert {one.purchase_order_id: one.closing_on for one in again.usage} == {
        "PO-1": date(2026, 11, 10),
        "PO-2": date(2026, 12, 10),
    }
    first = world.close_billing(customer, date(2026, 11, 10))
    world.go_to(2026, 12, 11, 9)
    second = world.close_billing(customer, date(2026, 12, 10))
    assert [[one.purchase_order_id for one in each.lines] for each in (*first, *second)] == [
        ["PO-1"],
        ["PO-2"],
    ]


@pytest.mark.spec("BIL-1", "AUTH-19")
def test_when_to_pay_is_for_the_supplier_to_say(faced: Any, line: Any) -> None:
    world = faced
    customer, other = world.customer(), world.customer("b")
    done = as_staff(world, customer, closing_day=20, payment_months=2, payment_day=15)
    assert (done.next_closing, done.due_on) == (date(2026, 11, 20), date(2027, 1, 15))
    assert done.split is InvoiceSplit.ACCOUNT
    for refused, error in (
        ({"payment_months": 3}, ValueInvalid),
        ({"payment_day": 31}, ValueInvalid),
        ({"member_number": member_of(world, other), "closing_day": 10}, NotFound),
        ({"member_number": "00000000", "closing_day": 10}, NotFound),
    ):
        with pytest.raises(error):
            change(world, customer.administrator, **refused)
    assert change(world, other.administrator).closing_day == 31
    buyer = world.person(customer, Role.BUYER).log_in()
    for token in (buyer, customer.machine):
        with pytest.raises(AccessDenied):
            change(world, token, closing_day=10)
    desk = world.desk_session()
    member = member_of(world, customer)
    for ticket in ("", world.open_ticket(desk, member_of(world, other))):
        with pytest.raises(AccessDenied):
            change(world, desk, member_number=member, ticket=ticket, closing_day=10)
    ticket = world.open_ticket(desk, member)
    assert change(world, desk, member_number=member, ticket=ticket, payment_day=10).payment_day == 10
    assert world.audited("billing-terms-changed")[-1].reference == ticket


@pytest.mark.spec("BIL-1")
@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"closing_day": 15}, {"closing_day"}),
        (
            {"closing_day": 0, "payment_months": 4, "payment_day": 0},
            {"closing_day", "payment_months", "payment_day"},
        ),
        ({"payment_months": -1}, {"payment_months"}),
        ({"payment_day": 32}, {"payment_day"}),
        ({"closing_day": 20, "payment_months": 0, "payment_day": 20}, {"payment_day"}),
        ({"payment_months": 0}, {"payment_day"}),
    ],
)
def test_terms_that_are_none_are_refused_all_at_once(world: Any, changes: Any, where: set[str]) -> None:
    customer = world.customer()
    before = world.dump()
    with pytest.raises(ValueInvalid) as caught:
        as_staff(world, customer, **changes)
    assert {one.where for one in caught.value.problems} | {caught.value.where} >= where
    assert world.dump() == before
    assert as_staff(world, customer, closing_day=10, payment_months=0, payment_day=25).due_on == date(
        2026, 11, 25
    )


@pytest.mark.spec("BIL-1", "BIL-9", "ACC-1")
def test_who_pays_by_card_has_no_terms(world: Any) -> None:
    letter = world.letter(kind=AccountKind.INDIVIDUAL)
    token = world.first_session(letter.customer_number, letter.temporary_password)
    with pytest.raises(NotForThisAccount):
        change(world, token, closing_day=10)
    with pytest.raises(NotForThisAccount):
        world.as_staff(
            billing.CHANGE_BILLING_TERMS,
            ChangeBillingTermsRequest(member_number=letter.member_number, closing_day=10),
        )
    account = world.call(operations.GET_ACCOUNT, GetAccountRequest(), token=token)
    assert (account.payment_method, account.closing_day) == (PaymentMethod.CARD, 0)
