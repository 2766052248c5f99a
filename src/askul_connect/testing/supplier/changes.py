"""Changing and cancelling an order until the supplier's cut-off, and the list of credit notes (ORD-5, BIL-3)."""

from __future__ import annotations

import pytest

from askul_connect.core.domain.orders import LineState
from askul_connect.core.errors import CursorExpired, OrderError
from askul_connect.core.messages.documents import OrderDocument, OrderDocumentLine
from askul_connect.core.ports.channel import Capability
from askul_connect.testing.supplier.cases import SupplierCases, driven, needs
from askul_connect.testing.supplier.customer import Customer
from askul_connect.testing.supplier.totals import assert_totals


def _ordered(customer: Customer) -> OrderDocument:
    """A new order of one line with several units."""
    [good] = [each for each in customer.goods if each.quantity > 1][:1]
    [order] = customer.place(customer.request(good))
    return order


def _now(customer: Customer, order: OrderDocument) -> OrderDocument:
    """The order as the list of orders has it."""
    listed: list[OrderDocument] = customer.read(Capability.HISTORY)
    return next(one for one in listed if one.order_number == order.order_number)


def _line(order: OrderDocument) -> OrderDocumentLine:
    [line] = order.lines
    return line


def _live(order: OrderDocument) -> int:
    return _line(order).quantity - _line(order).quantity_cancelled


class ChangeCases(SupplierCases):
    """Other quantities (ORD-5)."""

    @pytest.mark.spec("ORD-5")
    @needs(Capability.CHANGE, Capability.HISTORY)
    def test_change_01_fewer_units_are_cancelled_units(self, customer: Customer) -> None:
        placed = _ordered(customer)
        changed = customer.change(placed, {"1": _line(placed).quantity - 1}, key=placed.order_number)
        assert _live(changed) == _live(placed) - 1
        assert _line(changed).quantity == _line(placed).quantity, "what was ordered stays"
        assert _line(_now(customer, placed)) == _line(changed), "the list has what was answered"

    @pytest.mark.spec("ORD-5", "PRC-3")
    @needs(Capability.CHANGE, Capability.HISTORY)
    def test_change_02_more_units_are_sold_at_the_lines_price(self, customer: Customer) -> None:
        placed = _ordered(customer)
        changed = customer.change(placed, {"1": _line(placed).quantity * 2}, key=placed.order_number)
        assert _live(changed) == _line(placed).quantity * 2
        assert _line(changed).unit_price == _line(placed).unit_price
        assert_totals(changed)
        assert _line(_now(customer, placed)) == _line(changed), "the list has what was answered"

    @pytest.mark.spec("REL-4", "INT-6")
    @needs(Capability.CHANGE, Capability.HISTORY)
    def test_change_03_the_same_key_again_changes_nothing_more(self, customer: Customer) -> None:
        placed = _ordered(customer)
        first = customer.change(placed, {"1": _line(placed).quantity * 2}, key=f"{placed.order_number}-a")
        customer.change(placed, {"1": _line(placed).quantity}, key=f"{placed.order_number}-b")
        customer.change(placed, {"1": _line(placed).quantity * 2}, key=f"{placed.order_number}-a")
        assert _live(first) == _line(placed).quantity * 2
        assert _live(_now(customer, placed)) == _line(placed).quantity

    @pytest.mark.spec("CART-5", "INT-10")
    @needs(Capability.CHANGE, Capability.HISTORY, Capability.TRIAL)
    def test_change_04_a_trial_answers_and_changes_nothing(self, customer: Customer) -> None:
        placed = _ordered(customer)
        tried = customer.change(placed, {"1": 1}, key=f"trial-{placed.order_number}", trial=True)
        assert _live(tried) == 1
        assert _line(_now(customer, placed)) == _line(placed)

    @pytest.mark.spec("ORD-5")
    @driven
    @needs(Capability.CHANGE, Capability.HISTORY)
    def test_change_05_it_is_refused_when_the_goods_have_left(self, customer: Customer) -> None:
        placed = _ordered(customer)
        customer.let_time_pass()
        before = _now(customer, placed)
        with pytest.raises(OrderError):
            customer.change(placed, {"1": 1}, key=placed.order_number)
        assert _now(customer, placed) == before


class CancellationCases(SupplierCases):
    """No units at all (ORD-5)."""

    @pytest.mark.spec("ORD-5")
    @needs(Capability.CANCEL, Capability.HISTORY)
    def test_cancel_01_an_order_is_cancelled_whole(self, customer: Customer) -> None:
        [placed, *others] = customer.place(customer.request())
        cancelled = customer.cancel(placed, key=placed.order_number)
        assert {line.state for line in cancelled.lines} == {LineState.CANCELLED}
        assert all(line.quantity_cancelled == line.quantity for line in cancelled.lines)
        assert _now(customer, placed) == cancelled, "the list has what was answered"
        assert [_now(customer, other) for other in others] == others, "and nothing else is"

    @pytest.mark.spec("ORD-5")
    @needs(Capability.CANCEL, Capability.HISTORY)
    def test_cancel_02_only_the_lines_that_are_named(self, customer: Customer) -> None:
        good = customer.goods[0]
        [placed] = customer.place(customer.request(good, good))
        cancelled = customer.cancel(placed, "2", key=placed.order_number)
        assert [line.quantity_cancelled for line in cancelled.lines] == [0, good.quantity]
        assert cancelled.lines[0] == placed.lines[0]

    @pytest.mark.spec("REL-4", "INT-6")
    @needs(Capability.CANCEL)
    def test_cancel_03_the_same_key_again_answers_the_same(self, customer: Customer) -> None:
        placed = _ordered(customer)
        first = customer.cancel(placed, key=placed.order_number)
        assert customer.cancel(placed, key=placed.order_number) == first

    @pytest.mark.spec("CART-5", "INT-10")
    @needs(Capability.CANCEL, Capability.HISTORY, Capability.TRIAL)
    def test_cancel_04_a_trial_answers_and_cancels_nothing(self, customer: Customer) -> None:
        placed = _ordered(customer)
        assert _live(customer.cancel(placed, key=f"trial-{placed.order_number}", trial=True)) == 0
        assert _line(_now(customer, placed)) == _line(placed)

    @pytest.mark.spec("ORD-5")
    @driven
    @needs(Capability.CANCEL, Capability.HISTORY)
    def test_cancel_05_it_is_refused_when_the_goods_have_left(self, customer: Customer) -> None:
        placed = _ordered(customer)
        customer.let_time_pass()
        before = _now(customer, placed)
        with pytest.raises(OrderError):
            customer.cancel(placed, key=placed.order_number)
        assert _now(customer, placed) == before


class CreditNoteCases(SupplierCases):
    """The list of credit notes; a customer cannot make any by itself, so what is in it is not asked for."""

    @pytest.mark.spec("INT-5", "BIL-3")
    @needs(Capability.CREDIT_NOTES)
    def test_credit_01_the_end_is_a_cursor_too(self, customer: Customer) -> None:
        end = customer.end(Capability.CREDIT_NOTES)
        nothing, page = customer.page(Capability.CREDIT_NOTES, end, 10)
        assert (list(nothing), page.more) == ([], False)

    @pytest.mark.spec("INT-5")
    @needs(Capability.CREDIT_NOTES)
    def test_credit_02_a_strange_cursor_is_refused(self, customer: Customer) -> None:
        with pytest.raises(CursorExpired):
            customer.channel.credit_notes("no cursor of this supplier", 10)
