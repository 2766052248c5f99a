"""Closings: long ones, by department, at once, over a change of rates; who may issue at all (BIL-1, BIL-2)."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve

from askul_connect.core.domain.payments import InvoiceSplit, PaymentMethod
from askul_connect.core.domain.sales import ShippedLine
from askul_connect.core.domain.tax import TaxCategory
from askul_connect.core.errors import IssuerNotQualified, NotForThisAccount, NotFound
from askul_connect.core.messages.billing import ChangePaymentMethodRequest, GetInvoiceRequest
from askul_connect.core.messages.fulfilment import CloseBillingRequest
from askul_connect.core.messages.ordering import ListInvoicesRequest
from askul_connect.core.operations import billing
from askul_connect.core.operations import supplier as operations
from askul_connect.core.services.supplier.invoicing import BATCH

NOVEMBER = date(2026, 11, 30)
#: More than two batches; many more in a heavy run.
LONG = 100_000 if os.environ.get("HEAVY") == "1" else 2 * BATCH + 1


def account_of(world: Any, customer: Any) -> Any:
    with world.storage.begin() as unit:
        return unit.accounts.by_customer_number(customer.number)


def shipped(account: Any, number: int, **changes: Any) -> ShippedLine:
    line = ShippedLine(
        ship_notice_number=f"SN{number // 5:08d}",
        account_id=account.account_id,
        order_number=f"AC{number // 5:08d}",
        purchase_order_id=f"PO-{number // 5}",
        line_id=str(number % 5),
        shipped_on=date(2026, 11, 1) + timedelta(days=number % 29),
        sku="PEN",
        name="ペン",
        quantity=1 + number % 3,
        unit="H87",
        unit_price=Decimal("33.3"),
        amount_excl_tax=33 * (1 + number % 3) + number % 7,
        tax_category=TaxCategory.REDUCED if number % 4 == 0 else TaxCategory.STANDARD,
        tax_rate=Decimal(8) if number % 4 == 0 else Decimal(10),
        department=f"D{number % 2 + 1}",
        cost_centre="",
        currency="JPY",
    )
    return evolve(line, **changes)


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def kept(make_world: Callable[..., Any], request: pytest.FixtureRequest) -> Any:
    """Over each storage, PostgreSQL too."""
    return make_world(request.param)


@pytest.mark.spec("BIL-1", "BIL-2")
def test_a_long_closing_is_one_invoice_that_is_read_in_one_piece(kept: Any) -> None:
    world, customer = kept, kept.customer()
    account = account_of(world, customer)
    lines = [shipped(account, number) for number in range(LONG)]
    with world.storage.begin() as unit:
        unit.shipped_lines.add(lines)
    world.go_to(2026, 12, 1, 1)
    request = CloseBillingRequest(customer_number=customer.number, closing_date=NOVEMBER)
    closed = world.as_staff(operations.CLOSE_BILLING, request)
    # what is long is not in the answer, which holds no more than a batch
    assert closed.invoices == ()
    [number] = closed.invoice_numbers
    listed = world.call(operations.LIST_INVOICES, ListInvoicesRequest(), token=customer.machine)
    [invoice] = listed.invoices
    answer = world.call(billing.GET_INVOICE, GetInvoiceRequest(invoice_number=number), token=customer.machine)
    assert answer.invoice == invoice
    assert [one.line_number for one in invoice.lines] == [str(place) for place in range(1, LONG + 1)]
    ordered = sorted(lines, key=lambda one: (one.shipped_on, one.ship_notice_number, one.line_id))
    assert [(one.ship_notice_number, one.line_id) for one in invoice.lines] == [
        (one.ship_notice_number, one.line_id) for one in ordered
    ]
    # a second count, in one go
    taxable: Counter[Decimal] = Counter()
    for one in lines:
        taxable[one.tax_rate] += one.amount_excl_tax
    assert {one.rate: (one.taxable, one.tax) for one in invoice.tax} == {
        rate: (amount, amount * int(rate) // 100) for rate, amount in taxable.items()
    }
    assert invoice.total_incl_tax == sum(one.taxable + one.tax for one in invoice.tax)
    assert (answer.standing.outstanding, answer.standing.known) == (invoice.total_incl_tax, True)
    assert world.as_staff(operations.CLOSE_BILLING, request) == closed


@pytest.mark.spec("BIL-1")
def test_one_invoice_for_each_department_where_the_account_wants_it(kept: Any) -> None:
    world, customer = kept, kept.customer()
    account = account_of(world, customer)
    request = ChangePaymentMethodRequest(method=PaymentMethod.TERMS, split=InvoiceSplit.DEPARTMENT)
    answer = world.call(billing.CHANGE_PAYMENT_METHOD, request, token=customer.administrator)
    assert answer.split is InvoiceSplit.DEPARTMENT
    with world.storage.begin() as unit:
        unit.shipped_lines.add(shipped(account, number) for number in range(9))
        unit.shipped_lines.add([shipped(account, 90, department=""), shipped(account, 91, department="D2")])
    world.go_to(2026, 12, 1, 1)
    invoices = world.close_billing(customer, NOVEMBER)
    assert [one.department for one in invoices] == ["", "D1", "D2"]
    for one in invoices:
        assert {line.department for line in one.lines} == {one.department}
    billed = Counter((one.ship_notice_number, one.line_id) for each in invoices for one in each.lines)
    assert set(billed.values()) == {1}
    assert len(billed) == 11
    assert world.close_billing(customer, NOVEMBER) == invoices


@pytest.mark.spec("BIL-1", "ACC-1")
def test_a_kind_without_departments_has_one_invoice(world: Any) -> None:
    from askul_connect.core.domain.accounts import AccountKind

    letter = world.letter(kind=AccountKind.INDIVIDUAL, departments=())
    token = world.first_session(letter.customer_number, letter.temporary_password)
    request = ChangePaymentMethodRequest(method=PaymentMethod.CARD, split=InvoiceSplit.DEPARTMENT)
    with pytest.raises(NotForThisAccount):
        world.call(billing.CHANGE_PAYMENT_METHOD, request, token=token)


@pytest.mark.spec("BIL-1", "REL-5")
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_closings_at_the_same_time_make_one_invoice(
    kind: str, make_world: Callable[..., Any], together: Callable[..., Counter[str]]
) -> None:
    world = make_world(kind)
    customer = world.customer()
    account = account_of(world, customer)
    with world.storage.begin() as unit:
        unit.shipped_lines.add(shipped(account, number) for number in range(50))
    world.go_to(2026, 12, 1, 1)
    answers: list[Any] = []
    outcome = together(6, lambda _: answers.append(world.close_billing(customer, NOVEMBER)))
    assert outcome == Counter(success=6)
    assert all(answer == answers[0] for answer in answers)
    listed = world.call(operations.LIST_INVOICES, ListInvoicesRequest(), token=customer.machine).invoices
    assert listed == answers[0]
    assert len(listed[0].lines) == 50


@pytest.mark.spec("BIL-2")
@pytest.mark.parametrize("number", ["", "1999999999998", "T199999999999X"])
def test_who_has_no_registration_number_issues_no_qualified_invoice(
    make_world: Callable[..., Any], number: str
) -> None:
    world = make_world()
    customer = world.customer()
    account = account_of(world, customer)
    with world.storage.begin() as unit:
        unit.shipped_lines.add([shipped(account, 1)])
    house = world.supplier.dispatcher.house
    profile = evolve(house.profile, registration_number=number)
    dispatcher = evolve(world.supplier.dispatcher, house=evolve(house, profile=profile))
    world.supplier = evolve(world.supplier, dispatcher=dispatcher)
    world.go_to(2026, 12, 1, 1)
    before = world.dump()
    with pytest.raises(IssuerNotQualified):
        world.close_billing(customer, NOVEMBER)
    assert world.dump() == before


@pytest.mark.spec("BIL-1", "ACC-3")
def test_an_invoice_is_not_found_by_who_may_not_see_it(faced: Any) -> None:
    world, customer = faced, faced.customer()
    other, account = world.customer("b"), account_of(world, customer)
    limited = customer.credential(departments=("D1",), label="limited")
    with world.storage.begin() as unit:
        unit.shipped_lines.add(shipped(account, number) for number in range(4))
    world.go_to(2026, 12, 1, 1)
    [invoice] = world.close_billing(customer, NOVEMBER)
    request = GetInvoiceRequest(invoice_number=invoice.invoice_number)
    assert world.call(billing.GET_INVOICE, request, token=customer.machine).invoice == invoice
    for token in (other.machine, limited):
        with pytest.raises(NotFound):
            world.call(billing.GET_INVOICE, request, token=token)
    with pytest.raises(NotFound):
        world.call(
            billing.GET_INVOICE, GetInvoiceRequest(invoice_number="IN99999999"), token=customer.machine
        )
