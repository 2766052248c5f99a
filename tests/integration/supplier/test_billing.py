"""Closing the month: each shipped line is billed exactly once, by a qualified invoice (BIL-1, BIL-2)."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from askul_connect.core.domain.accounts import BillingTerms, Role
from askul_connect.core.domain.calendar import closing_date
from askul_connect.core.domain.tax import TaxCategory
from askul_connect.core.errors import NotFound, ValueInvalid
from askul_connect.core.messages.fulfilment import CloseBillingRequest
from askul_connect.core.messages.ordering import ListInvoicesRequest
from askul_connect.core.operations import supplier as operations


def sell(world: Any, customer: Any, number: str, *lines: Any, shipped: bool = True) -> str:
    order: str = world.place(customer.machine, number, *lines).orders[0].order_number
    world.confirm(order)
    if shipped:
        world.ship(order, *((one.line_id, one.quantity, 0) for one in lines))
    return order


@pytest.mark.spec("BIL-2", "PRC-3")
def test_a_qualified_invoice_holds_what_the_law_asks_for(everywhere: Any, line: Any) -> None:
    world = everywhere
    customer = world.customer(invoice_registration_number="T7010705000725", corporate_number="7010705000725")
    # 3 x 0.3333 = 0.9999 -> 1, 7 x 0.3333 = 2.3331 -> 2; 2 x 98.5 = 197, tax 15.76 -> 15
    first = sell(world, customer, "PO-1", line("a", "CLIP", 3), line("b", "TEA", 2))
    world.go_to(2026, 11, 20, 23)
    second = sell(world, customer, "PO-2", line("a", "CLIP", 7, department="D2", cost_centre="K-1"))
    world.go_to(2026, 12, 1, 0)
    (invoice,) = world.close_billing(customer, date(2026, 11, 30))

    assert (invoice.supplier.name, invoice.supplier.registration_number) == (
        "見本文具サプライ株式会社",
        "T1999999999998",
    )
    assert (invoice.customer.name, invoice.customer.registration_number) == (
        "株式会社見本a",
        "T7010705000725",
    )
    assert (invoice.issued_on, invoice.period_start, invoice.period_end, invoice.due_on) == (
        date(2026, 12, 1),
        date(2026, 11, 1),
        date(2026, 11, 30),
        date(2026, 12, 31),
    )
    assert [
        (one.line_number, one.order_number, one.purchase_order_id, one.line_id, one.shipped_on, one.quantity)
        for one in invoice.lines
    ] == [
        ("1", first, "PO-1", "a", date(2026, 11, 2), 3),
        ("2", first, "PO-1", "b", date(2026, 11, 2), 2),
        ("3", second, "PO-2", "a", date(2026, 11, 20), 7),
    ]
    assert [(one.tax_category, one.tax_rate, one.amount_excl_tax) for one in invoice.lines] == [
        (TaxCategory.STANDARD, Decimal(10), 1),
        (TaxCategory.REDUCED, Decimal(8), 197),
        (TaxCategory.STANDARD, Decimal(10), 2),
    ]
    assert (invoice.lines[2].department, invoice.lines[2].cost_centre) == ("D2", "K-1")
    assert [(one.category, one.rate, one.taxable, one.tax) for one in invoice.tax] == [
        (TaxCategory.STANDARD, Decimal(10), 3, 0),
        (TaxCategory.REDUCED, Decimal(8), 197, 15),
    ]
    assert (invoice.total_excl_tax, invoice.total_incl_tax) == (200, 215)
    listed = world.call(operations.LIST_INVOICES, ListInvoicesRequest(), token=customer.machine)
    assert listed.invoices == (invoice,)


@pytest.mark.spec("PRC-3")
def test_a_sale_is_taxed_by_the_day_it_was_shipped(make_world: Any, line: Any) -> None:
    world = make_world()
    customer = world.customer()
    order = sell(world, customer, "PO-1", line("1", "TEA", 2), shipped=False)
    # The planned rate of one per cent is not law and is never used.
    world.go_to(2027, 4, 1, 9)
    world.ship(order, ("1", 2, 0))
    world.go_to(2027, 5, 1, 9)
    (invoice,) = world.close_billing(customer, date(2027, 4, 30))
    assert [one.tax_rate for one in invoice.lines] == [Decimal(8)]


@pytest.mark.spec("PRC-3")
def test_an_order_across_a_change_of_rates_is_invoiced_at_the_new_one(world: Any, line: Any) -> None:
    from attrs import evolve

    from askul_connect.core.domain.tax import RateStatus, TaxTable

    house = world.supplier.dispatcher.house
    enacted = TaxTable(
        tuple(
            evolve(rate, valid_to=date(2027, 3, 31))
            if rate.category is TaxCategory.REDUCED and rate.status is RateStatus.ENACTED
            else evolve(rate, status=RateStatus.ENACTED)
            if rate.status is RateStatus.PLANNED
            else rate
            for rate in house.tax_table.rates
        )
    )
    dispatcher = evolve(world.supplier.dispatcher, house=evolve(house, tax_table=enacted))
    world.supplier = evolve(world.supplier, dispatcher=dispatcher)
    world.caller = world.caller_of(world.supplier)
    customer = world.customer()
    world.go_to(2027, 3, 31, 9)
    customer.administrator = world.login(customer.number, "Kaede-7-kaze").session_token
    order = sell(world, customer, "PO-1", line("1", "TEA", 4), shipped=False)
    world.ship(order, ("1", 2, 0))
    world.go_to(2027, 4, 1, 0)
    world.ship(order, ("1", 2, 0))
    world.go_to(2027, 5, 1, 9)
    (invoice,) = world.close_billing(customer, date(2027, 4, 30))
    assert [(one.shipped_on, one.tax_rate) for one in invoice.lines] == [
        (date(2027, 3, 31), Decimal(8)),
        (date(2027, 4, 1), Decimal(1)),
    ]
    assert [(one.rate, one.taxable, one.tax) for one in invoice.tax] == [
        (Decimal(8), 197, 15),
        (Decimal(1), 197, 1),
    ]
    assert invoice.period_start == date(2027, 3, 31)


@pytest.mark.spec("BIL-1")
@pytest.mark.parametrize(
    ("closing_day", "closing", "wrong"),
    [
        (10, date(2026, 11, 10), date(2026, 11, 20)),
        (20, date(2026, 11, 20), date(2026, 11, 30)),
        (31, date(2026, 11, 30), date(2026, 11, 29)),
    ],
)
def test_an_account_closes_on_its_day_once_that_is_over(
    stored: Any, line: Any, closing_day: int, closing: date, wrong: date
) -> None:
    world = stored
    customer = world.customer(terms=BillingTerms(closing_day=closing_day))
    sell(world, customer, "PO-1", line("1", "PEN", 1))
    world.go_to(2026, 11, closing.day, 23)
    with pytest.raises(ValueInvalid, match="has not passed"):
        world.close_billing(customer, closing)
    # on the closing day itself it still belongs to the period, on the next it does not
    last = sell(world, customer, "PO-2", line("1", "PEN", 2))
    world.forward(timedelta(hours=1))
    late = sell(world, customer, "PO-3", line("1", "PEN", 3))
    with pytest.raises(ValueInvalid, match="no closing date"):
        world.close_billing(customer, wrong)
    (invoice,) = world.close_billing(customer, closing)
    assert [one.order_number for one in invoice.lines][1:] == [last]
    assert world.close_billing(customer, closing) == (invoice,)
    world.go_to(2027, 2, 1, 9)
    (following,) = world.close_billing(customer, closing_date(date(2026, 12, 5), closing_day))
    assert [one.order_number for one in following.lines] == [late]
    assert following.invoice_number != invoice.invoice_number


@pytest.mark.spec("BIL-1")
def test_a_period_without_shipments_has_no_invoice(world: Any, line: Any) -> None:
    customer = world.customer()
    sell(world, customer, "PO-1", line("1", "PEN", 1), shipped=False)
    world.go_to(2026, 12, 1, 9)
    assert world.close_billing(customer, date(2026, 11, 30)) == ()
    for number, error in (("0000000000", NotFound), ("12", ValueInvalid)):
        with pytest.raises(error):
            world.as_staff(
                operations.CLOSE_BILLING,
                CloseBillingRequest(customer_number=number, closing_date=date(2026, 11, 30)),
            )


@pytest.mark.spec("BIL-1")
def test_accountants_see_invoices_and_buyers_do_not(world: Any, examples: dict[str, Any]) -> None:
    from askul_connect.core.errors import AccessDenied

    customer = world.customer()
    for role, may in ((Role.ACCOUNTANT, True), (Role.BUYER, False)):
        token = customer.person(f"{role}@a.example.co.jp", role)
        if may:
            assert world.call(operations.LIST_INVOICES, ListInvoicesRequest(), token=token).invoices == ()
        else:
            with pytest.raises(AccessDenied):
                world.call(operations.LIST_INVOICES, ListInvoicesRequest(), token=token)


CLOSINGS = [date(2026, 11, 30), date(2026, 12, 31), date(2027, 1, 31), date(2027, 2, 28)]


@pytest.mark.spec("BIL-1", "BIL-2")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("sell"), st.sampled_from(["PEN", "TEA", "CLIP"]), st.integers(1, 9)),
            st.tuples(st.just("wait"), st.just(""), st.integers(1, 40)),
            st.tuples(st.just("close"), st.just(""), st.integers(0, 3)),
        ),
        max_size=14,
    )
)
def test_each_shipped_line_is_billed_once_however_closings_go(
    make_world: Any, line: Any, steps: list[tuple[str, str, int]]
) -> None:
    world = make_world()
    customer = world.customer()
    sold = []
    for number, (what, sku, count) in enumerate(steps):
        if what == "sell":
            order = sell(world, customer, f"PO-{number}", line("1", sku, count * 2), shipped=False)
            for part in (count, count):
                notice = world.ship(order, ("1", part, 0))
                sold.append((notice.ship_notice_number, "1"))
        elif what == "wait":
            world.forward(timedelta(days=count))
        else:
            try:
                world.close_billing(customer, CLOSINGS[count])
            except ValueInvalid:
                continue
    world.go_to(2029, 1, 1, 9)
    for closing in (date(2028, 12, 31), *CLOSINGS):
        world.close_billing(customer, closing)
    listed = world.call(operations.LIST_INVOICES, ListInvoicesRequest(), token=customer.machine).invoices
    billed = Counter((one.ship_notice_number, one.line_id) for invoice in listed for one in invoice.lines)
    assert billed == Counter(sold)
    for invoice in listed:
        taxable: Counter[tuple[Any, Any]] = Counter()
        for one in invoice.lines:
            taxable[one.tax_category, one.tax_rate] += one.amount_excl_tax
            assert invoice.period_start <= one.shipped_on <= invoice.period_end
        assert {(one.category, one.rate): one.taxable for one in invoice.tax} == taxable
        assert len(invoice.tax) == len(taxable)
        assert all(one.tax == one.taxable * int(one.rate) // 100 for one in invoice.tax)
        assert invoice.total_excl_tax == sum(taxable.values())
        assert invoice.total_incl_tax == invoice.total_excl_tax + sum(one.tax for one in invoice.tax)
