"""What came back: taken off the invoice before it, credited after it, each unit once and to the yen (BIL-3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from askul_connect.core.domain.allowances import AllowanceCharge
from askul_connect.core.domain.reductions import Reduction
from askul_connect.core.domain.sales import ShippedLine
from askul_connect.core.domain.tax import TaxCategory
from askul_connect.core.errors import ValueInvalid
from askul_connect.core.messages.billing import (
    GetInvoiceRequest,
    ListCreditNotesRequest,
    ListUsageRequest,
)
from askul_connect.core.messages.fulfilment import CloseBillingRequest
from askul_connect.core.messages.ordering import ListInvoicesRequest
from askul_connect.core.operations import billing
from askul_connect.core.operations import supplier as operations

CLOSINGS = (date(2026, 11, 30), date(2026, 12, 31), date(2027, 1, 31))


def sell(world: Any, customer: Any, number: str, *lines: Any) -> tuple[str, str]:
    """The numbers of an order that left whole, and of its shipment."""
    order: str = world.place(customer.machine, number, *lines).orders[0].order_number
    world.confirm(order)
    notice = world.ship(order, *((one.line_id, one.quantity, 0) for one in lines))
    return order, notice.ship_notice_number


def give_back(  # noqa: PLR0917 -- which units of which line
    world: Any, customer: Any, shipment: tuple[str, str], line_id: str, quantity: int, reduction_id: str
) -> None:
    """What the receipt of returned goods records, today."""
    with world.storage.begin() as unit:
        account = unit.accounts.by_customer_number(customer.number)
        unit.reductions.add(
            [
                Reduction(
                    reduction_id=reduction_id,
                    account_id=account.account_id,
                    order_number=shipment[0],
                    line_id=line_id,
                    ship_notice_number=shipment[1],
                    quantity=quantity,
                    returned_on=(world.clock.now() + timedelta(hours=9)).date(),
                    reason="damaged",
                )
            ]
        )


def close(world: Any, customer: Any, closing: date) -> Any:
    request = CloseBillingRequest(customer_number=customer.number, closing_date=closing)
    return world.as_staff(operations.CLOSE_BILLING, request)


def credit_notes(world: Any, token: Any) -> Any:
    return world.call(billing.LIST_CREDIT_NOTES, ListCreditNotesRequest(), token=token).credit_notes


@pytest.mark.spec("BIL-3")
def test_what_came_back_before_the_closing_lessens_the_invoice(everywhere: Any, line: Any) -> None:
    world, customer = everywhere, everywhere.customer()
    shipment = sell(world, customer, "PO-1", line("1", "PEN", 10), line("2", "TEA", 4))
    world.go_to(2026, 11, 10, 9)
    give_back(world, customer, shipment, "1", 4, "R-1")
    world.go_to(2026, 12, 1, 9)
    closed = close(world, customer, CLOSINGS[0])
    [invoice] = closed.invoices
    assert closed.credit_notes == ()
    # the line stands as it was shipped, and beside it what came back
    assert [(one.quantity, one.amount_excl_tax) for one in invoice.lines] == [(10, 1200), (4, 394)]
    [entry] = invoice.allowances
    assert (entry.reduction_id, entry.ship_notice_number, entry.allowance.net) == ("R-1", shipment[1], -480)
    assert (entry.allowance.tax_category, entry.allowance.tax_rate) == (TaxCategory.STANDARD, Decimal(10))
    assert [(one.rate, one.taxable, one.tax) for one in invoice.tax] == [(10, 720, 72), (8, 394, 31)]
    assert (invoice.total_excl_tax, invoice.total_incl_tax) == (1114, 1217)
    assert close(world, customer, CLOSINGS[0]) == closed
    assert credit_notes(world, customer.machine) == ()


@pytest.mark.spec("BIL-3")
def test_what_came_back_after_it_makes_a_credit_note(everywhere: Any, line: Any) -> None:
    world, customer = everywhere, everywhere.customer()
    first = sell(world, customer, "PO-1", line("1", "PEN", 10), line("2", "TEA", 4, department="D2"))
    world.go_to(2026, 12, 1, 9)
    [invoice] = close(world, customer, CLOSINGS[0]).invoices
    world.go_to(2026, 12, 7, 9)
    give_back(world, customer, first, "1", 3, "R-1")
    give_back(world, customer, first, "2", 2, "R-2")
    world.go_to(2027, 1, 1, 9)
    closed = close(world, customer, CLOSINGS[1])
    [note] = closed.credit_notes
    assert closed.invoices == ()
    assert (note.credit_note_number, note.issued_on, note.period_end) == (
        "CN00000001",
        date(2027, 1, 1),
        CLOSINGS[1],
    )
    # the issuer, the invoice and both dates of the transaction
    assert note.supplier == invoice.supplier
    assert note.customer == invoice.customer
    assert (note.invoice_number, note.invoice_issued_on) == (invoice.invoice_number, invoice.issued_on)
    assert [
        (one.line_id, one.shipped_on, one.returned_on, one.quantity, one.amount_excl_tax, one.tax_rate)
        for one in note.lines
    ] == [
        ("1", date(2026, 11, 2), date(2026, 12, 7), 3, 360, 10),
        ("2", date(2026, 11, 2), date(2026, 12, 7), 2, 197, 8),
    ]
    assert [(one.rate, one.taxable, one.tax) for one in note.tax] == [(10, 360, 36), (8, 197, 15)]
    assert (note.total_excl_tax, note.total_incl_tax) == (557, 608)
    assert close(world, customer, CLOSINGS[1]) == closed
    customer.administrator = world.login(customer.number, "Kaede-7-kaze").session_token
    assert credit_notes(world, customer.administrator) == (note,)
    answer = world.call(
        billing.GET_INVOICE,
        GetInvoiceRequest(invoice_number=invoice.invoice_number),
        token=customer.administrator,
    )
    assert answer.credit_notes == (note.credit_note_number,)
    assert (answer.standing.credited, answer.standing.outstanding) == (608, invoice.total_incl_tax - 608)
    # a credential that sees one department sees no note that is about another one too
    limited = customer.credential(departments=("D1",), label="limited")
    assert credit_notes(world, limited) == ()
    other = world.customer("b")
    assert credit_notes(world, other.machine) == ()


@pytest.mark.spec("BIL-3")
def test_below_ten_thousand_yen_a_note_is_exempt_and_still_given(world: Any, line: Any) -> None:
    customer = world.customer()
    # 82 x 120 = 9,840 -> 10,824 with tax; 75 x 120 = 9,000 -> 9,900
    shipments = [sell(world, customer, f"PO-{number}", line("1", "PEN", 100)) for number in range(3)]
    world.go_to(2026, 12, 1, 9)
    close(world, customer, CLOSINGS[0])
    world.go_to(2026, 12, 7, 9)
    give_back(world, customer, shipments[0], "1", 75, "R-1")
    give_back(world, customer, shipments[1], "1", 82, "R-2")
    # two parts of one return are one reduction, on another day they are two
    give_back(world, customer, shipments[2], "1", 41, "R-3")
    give_back(world, customer, shipments[2], "1", 41, "R-4")
    world.go_to(2026, 12, 8, 9)
    give_back(world, customer, shipments[2], "1", 10, "R-5")
    world.go_to(2027, 1, 1, 9)
    [note] = close(world, customer, CLOSINGS[1]).credit_notes
    assert {one.reduction_id: one.exempt for one in note.lines} == {
        "R-1": True,
        "R-2": False,
        "R-3": False,
        "R-4": False,
        "R-5": True,
    }
    assert not note.exempt
    assert note.total_excl_tax == 120 * (75 + 82 + 41 + 41 + 10)


@pytest.mark.spec("BIL-1", "BIL-3")
def test_the_suppliers_own_work_credits_what_came_back(stored: Any, line: Any) -> None:
    world, customer = stored, stored.customer()
    shipment = sell(world, customer, "PO-1", line("1", "PEN", 10))
    world.go_to(2026, 12, 1, 9)
    assert world.supplier.automation.work()
    world.go_to(2026, 12, 7, 9)
    give_back(world, customer, shipment, "1", 10, "R-1")
    world.go_to(2027, 1, 1, 9)
    assert world.supplier.automation.work()
    assert [one.total_excl_tax for one in credit_notes(world, customer.machine)] == [1200]
    assert not world.supplier.automation.work()
    assert [one["subject"] for one in world.notices("credit-note-issued")] == ["IN00000001"]


@pytest.mark.spec("BIL-3", "REL-5")
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_closings_at_the_same_time_credit_once(
    kind: str, make_world: Callable[..., Any], together: Callable[..., Counter[str]], line: Any
) -> None:
    world = make_world(kind)
    customer = world.customer()
    shipment = sell(world, customer, "PO-1", line("1", "PEN", 10))
    world.go_to(2026, 12, 1, 9)
    close(world, customer, CLOSINGS[0])
    world.go_to(2026, 12, 7, 9)
    give_back(world, customer, shipment, "1", 5, "R-1")
    world.go_to(2027, 1, 1, 9)
    assert together(4, lambda _: close(world, customer, CLOSINGS[1])) == Counter(success=4)
    [note] = credit_notes(world, customer.machine)
    assert note.total_excl_tax == 600


ENTRIES = st.builds(
    AllowanceCharge,
    charge=st.booleans(),
    amount=st.integers(0, 40),
    tax_category=st.just(None),
)


def _sale(draw: Any, account_id: str, number: int, day: date) -> list[ShippedLine]:
    """A shipment of some lines with allowances of lines and of the order."""
    lines = []
    for place in range(draw(st.integers(1, 3))):
        own = tuple(draw(st.lists(ENTRIES, max_size=2)))
        quantity, reduced = draw(st.integers(1, 7)), draw(st.booleans())
        lines.append(
            ShippedLine(
                ship_notice_number=f"SN{number:08d}",
                account_id=account_id,
                order_number=f"AC{number:08d}",
                purchase_order_id=f"PO-{number}",
                line_id=str(place),
                shipped_on=day,
                sku="PEN",
                name="ペン",
                quantity=quantity,
                unit="H87",
                unit_price=Decimal("33.3"),
                amount_excl_tax=draw(st.integers(80, 400)),
                tax_category=TaxCategory.REDUCED if reduced else TaxCategory.STANDARD,
                tax_rate=Decimal(8 if reduced else 10),
                department="D1",
                cost_centre="",
                currency="JPY",
                allowances=own,
            )
        )
    whole = tuple(
        evolve(entry, tax_category=lines[0].tax_category, tax_rate=lines[0].tax_rate)
        for entry in draw(st.lists(ENTRIES, max_size=2))
    )
    lines[0] = evolve(lines[0], order_allowances=whole)
    return lines


@pytest.mark.spec("BIL-1", "BIL-2", "BIL-3")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
@given(st.data())
def test_usage_is_what_is_invoiced_and_all_of_it_is_given_back_once(
    make_world: Callable[..., Any], data: Any
) -> None:
    world = make_world()
    customer = world.customer()
    with world.storage.begin() as unit:
        account_id = unit.accounts.by_customer_number(customer.number).account_id
    sold: list[ShippedLine] = []
    left: dict[tuple[str, str], int] = {}
    for step in range(data.draw(st.integers(1, 10))):
        what = data.draw(st.sampled_from(["sell", "return", "return", "wait", "close"]))
        today = (world.clock.now() + timedelta(hours=9)).date()
        if what == "sell":
            lines = _sale(data.draw, account_id, step, today)
            with world.storage.begin() as unit:
                unit.shipped_lines.add(lines)
                unit.changes.record(account_id, "usage", [lines[0].ship_notice_number])
            sold += lines
            left.update({(one.ship_notice_number, one.line_id): one.quantity for one in lines})
        elif what == "return" and any(left.values()):
            notice, line_id = data.draw(st.sampled_from(sorted(key for key in left if left[key])))
            quantity = data.draw(st.integers(1, left[notice, line_id]))
            left[notice, line_id] -= quantity
            shipment = (notice.replace("SN", "AC"), notice)
            give_back(world, customer, shipment, line_id, quantity, f"R-{step:02}")
        elif what == "wait":
            world.forward(timedelta(days=data.draw(st.integers(1, 40))))
        else:
            _close_if_possible(world, customer, data.draw(st.sampled_from(CLOSINGS)))
    # the rest of everything comes back, so that all that was billed is given back
    world.forward(timedelta(days=1))
    for number, ((notice, line_id), quantity) in enumerate(sorted(left.items())):
        if quantity:
            shipment = (notice.replace("SN", "AC"), notice)
            give_back(world, customer, shipment, line_id, quantity, f"S-{number:02}")
    world.go_to(2029, 1, 4, 9)
    for closing in (*CLOSINGS, date(2028, 12, 31), date(2028, 12, 31)):
        close(world, customer, closing)

    _compare(world, customer, sold)


def _compare(world: Any, customer: Any, sold: list[ShippedLine]) -> None:
    """Usage against invoices, and both against what was sold."""
    invoices = world.call(operations.LIST_INVOICES, ListInvoicesRequest(), token=customer.machine).invoices
    notes = credit_notes(world, customer.machine)
    usage = world.call(billing.LIST_USAGE, ListUsageRequest(), token=customer.machine).usage
    billed = Counter((one.ship_notice_number, one.line_id) for each in invoices for one in each.lines)
    assert billed == Counter({(one.ship_notice_number, one.line_id): 1 for one in sold})
    assert {(one.ship_notice_number, each.line_id) for one in usage for each in one.lines} == set(billed)
    in_documents = Counter(one.reduction_id for each in notes for one in each.lines)
    in_documents += Counter(
        {key: 1 for each in invoices for key in {one.reduction_id for one in each.allowances} if key}
    )
    assert set(in_documents.values()) <= {1}
    assert set(in_documents) == {each.reduction_id for one in usage for each in one.reductions}
    by_notice = {line.ship_notice_number: each for each in invoices for line in each.lines}
    for invoice in invoices:
        taxable: Counter[Any] = Counter()
        for record in usage:
            if by_notice[record.ship_notice_number] is not invoice:
                continue
            for line in record.lines:
                taxable[line.tax_rate] += line.amount_excl_tax
            taken = [
                each
                for one in record.reductions
                if one.document == invoice.invoice_number
                for each in one.allowances
            ]
            for entry in (*record.allowances, *taken):
                taxable[entry.allowance.tax_rate] += entry.allowance.net
        assert {one.rate: one.taxable for one in invoice.tax} == dict(taxable)
        assert all(one.tax == _tax(one.taxable, int(one.rate)) for one in invoice.tax)
    for note in notes:
        assert all(one.tax == _tax(one.taxable, int(one.rate)) for one in note.tax)
    # what stays with the supplier are the charges of orders as a whole
    kept = sum(entry.net for one in sold for entry in one.order_allowances if entry.charge)
    assert sum(one.total_excl_tax for one in invoices) - sum(one.total_excl_tax for one in notes) == kept


def _tax(taxable: int, rate: int) -> int:
    """Down, mirrored."""
    return taxable * rate // 100 if taxable >= 0 else -(-taxable * rate // 100)


def _close_if_possible(world: Any, customer: Any, closing: date) -> None:
    with suppress(ValueInvalid):
        close(world, customer, closing)
