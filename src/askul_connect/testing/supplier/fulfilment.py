"""From the order to the invoice: what the supplier does by itself, and the documents it sends (ORD-1, BIL-1, BIL-2)."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from askul_connect.core.domain.orders import OrderState
from askul_connect.core.messages.documents import Invoice, InvoiceLine, OrderDocument, ShipNotice
from askul_connect.core.ports.channel import Capability
from askul_connect.testing.supplier.cases import SupplierCases, driven, needs
from askul_connect.testing.supplier.customer import FEEDS, Customer
from askul_connect.testing.supplier.totals import assert_totals

_REGISTRATION_NUMBER = re.compile("T[0-9]{13}")
_COURSE = (
    OrderState.PLACED,
    OrderState.CONFIRMED,
    OrderState.PARTLY_SHIPPED,
    OrderState.SHIPPED,
    OrderState.DELIVERED,
)


class FulfilmentCases(SupplierCases):
    """One order's course, with every document of it."""

    @pytest.mark.spec("ORD-1")
    @driven
    @needs(Capability.FIND)
    def test_course_01_states_follow_each_other(self, customer: Customer) -> None:
        request = customer.request()
        seen = [order.state for order in customer.place(request)]
        customer.let_time_pass(lambda: seen.extend(order.state for order in customer.find(request)))
        course = [_COURSE.index(state) for state in dict.fromkeys(seen)]
        assert course == sorted(course), f"never back: {seen}"
        assert OrderState.CONFIRMED in seen
        assert seen[-1] in (OrderState.SHIPPED, OrderState.DELIVERED)

    @pytest.mark.spec("ORD-5")
    @driven
    @needs(Capability.FIND)
    def test_course_02_every_unit_is_shipped_or_cancelled(self, customer: Customer) -> None:
        request = customer.request()
        customer.place(request)
        customer.let_time_pass()
        for order in customer.find(request):
            for line in order.lines:
                assert line.quantity_shipped + line.quantity_cancelled == line.quantity, line.line_id

    @pytest.mark.spec("INT-5")
    @driven
    @needs(Capability.CONFIRMATIONS)
    def test_course_03_the_confirmation_answers_every_line(self, customer: Customer) -> None:
        end = customer.end(Capability.CONFIRMATIONS)
        placed = customer.place(customer.request())
        customer.let_time_pass()
        confirmed = {
            (found.order_number, line.line_id): line
            for found in customer.read(Capability.CONFIRMATIONS, end)
            for line in found.lines
        }
        for order in placed:
            for line in order.lines:
                answer = confirmed.get((order.order_number, line.line_id))
                assert answer is not None, f"{order.order_number} line {line.line_id} is confirmed"
                assert (answer.sku, answer.quantity, answer.unit) == (line.sku, line.quantity, line.unit)
                assert answer.unit_price == line.unit_price
                assert 0 <= answer.quantity_confirmed <= line.quantity
                assert answer.quantity_confirmed == line.quantity or answer.reason, "less has a reason"

    @pytest.mark.spec("ORD-5")
    @driven
    @needs(Capability.SHIP_NOTICES)
    def test_course_04_ship_notices_add_up_to_the_order(self, customer: Customer) -> None:
        end = customer.end(Capability.SHIP_NOTICES)
        placed = customer.place(customer.request())
        customer.let_time_pass()
        accounted = _accounted(customer.read(Capability.SHIP_NOTICES, end))
        for order in placed:
            for line in order.lines:
                assert accounted[order.order_number, line.line_id] == line.quantity, line.line_id

    @pytest.mark.spec("BIL-1")
    @driven
    @needs(Capability.INVOICES, Capability.FIND)
    def test_course_05_what_was_shipped_is_invoiced_once(self, customer: Customer) -> None:
        end = customer.end(Capability.INVOICES)
        request = customer.request()
        customer.place(request)
        customer.let_time_pass()
        invoices: list[Invoice] = customer.read(Capability.INVOICES, end)
        for order in customer.find(request):
            _assert_invoiced(order, [line for invoice in invoices for line in invoice.lines])

    @pytest.mark.spec("BIL-2", "PRC-3")
    @driven
    @needs(Capability.INVOICES)
    def test_course_06_an_invoice_is_a_qualified_one(self, customer: Customer) -> None:
        end = customer.end(Capability.INVOICES)
        customer.place(customer.request())
        customer.let_time_pass()
        invoices: list[Invoice] = customer.read(Capability.INVOICES, end)
        assert invoices, "there is an invoice"
        for invoice in invoices:
            assert_totals(invoice)
            assert _REGISTRATION_NUMBER.fullmatch(invoice.supplier.registration_number)
            assert invoice.supplier.name
            assert invoice.customer.party_id == customer.buyer_party
            assert invoice.currency == customer.currency
            assert invoice.period_start <= invoice.period_end <= invoice.due_on
            assert all(
                invoice.period_start <= line.shipped_on <= invoice.period_end for line in invoice.lines
            )

    @pytest.mark.spec("BIL-1", "REL-4")
    @driven
    def test_course_07_nothing_is_done_twice(self, customer: Customer) -> None:
        customer.place(customer.request())
        customer.let_time_pass()
        work = customer.connection.work
        assert work is not None
        ends = {feed: customer.end(feed) for feed in FEEDS if feed in customer.channel.capabilities}
        assert work.work() is False
        for feed, end in ends.items():
            assert customer.read(feed, end) == [], feed


def _accounted(notices: list[ShipNotice]) -> Counter[tuple[str, str]]:
    """Units shipped or never coming, by order and line."""
    units: Counter[tuple[str, str]] = Counter()
    for notice in notices:
        for line in notice.lines:
            units[notice.order_number, line.line_id] += line.quantity + line.quantity_short
    return units


def _assert_invoiced(order: OrderDocument, lines: list[InvoiceLine]) -> None:
    for line in order.lines:
        mine = [
            each for each in lines if (each.order_number, each.line_id) == (order.order_number, line.line_id)
        ]
        assert sum(each.quantity for each in mine) == line.quantity_shipped, line.line_id
        assert {each.unit_price for each in mine} <= {line.unit_price}, "at the price that was ordered"
        assert {each.purchase_order_id for each in mine} <= {order.purchase_order_id}
