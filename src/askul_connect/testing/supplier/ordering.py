"""Placing orders and finding them again."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest
from attrs import evolve

from askul_connect.core.domain.orders import OrderState
from askul_connect.core.errors import (
    AskulConnectError,
    IdempotencyConflict,
    OrderError,
    PurchaseOrderConflict,
)
from askul_connect.core.messages.documents import OrderDocument
from askul_connect.core.messages.ordering import OnPriceChange, PlaceOrderRequest
from askul_connect.core.ports.channel import Capability
from askul_connect.testing.supplier.cases import SupplierCases, needs
from askul_connect.testing.supplier.customer import Customer, Goods, priced
from askul_connect.testing.supplier.totals import assert_totals


def _numbers(orders: Sequence[OrderDocument]) -> list[str]:
    return sorted(order.order_number for order in orders)


def _prices(request: PlaceOrderRequest, orders: Sequence[OrderDocument]) -> list[Decimal]:
    """The price of each line asked for."""
    found = {line.line_id: line.unit_price for order in orders for line in order.lines}
    return [found[line.line_id] for line in request.lines]


def _refused(customer: Customer, request: PlaceOrderRequest) -> AskulConnectError:
    with pytest.raises(OrderError) as caught:
        customer.place(request)
    return caught.value


class ConnectionCases(SupplierCases):
    """What the connection says of itself (INT-1)."""

    @pytest.mark.spec("INT-1")
    def test_connection_01_has_the_capabilities_of_its_kind(self, customer: Customer) -> None:
        capabilities = customer.channel.capabilities
        assert isinstance(capabilities, frozenset)
        assert Capability.PLACE in capabilities, "what takes no orders is no supplier connection"
        assert capabilities == customer.kind.capabilities

    @pytest.mark.spec("SRV-1")
    def test_connection_02_works_in_this_process_when_it_says_so(self, customer: Customer) -> None:
        assert (customer.connection.work is not None) is self.works_in_process

    @pytest.mark.spec("INT-12")
    def test_connection_03_is_closed_twice_and_opened_again(self, customer: Customer) -> None:
        request = customer.request()
        first = customer.reopen()
        try:
            placed = evolve(customer, connection=first).place(request)
        finally:
            first.close()
        first.close()
        second = customer.reopen()
        try:
            again = evolve(customer, connection=second).place(request)
        finally:
            second.close()
        assert _numbers(again) == _numbers(placed), "the account is the same after closing"


class PlacingCases(SupplierCases):
    """An order is placed once and whole (ORD-2)."""

    @pytest.mark.spec("ORD-2")
    def test_place_01_orders_every_line_once(self, customer: Customer) -> None:
        request = customer.request()
        response = customer.channel.place(request, key=request.purchase_order_id, correlation_id="kit")
        assert response.trial is False
        assert response.dropped == ()
        numbers = _numbers(response.orders)
        assert all(numbers), "every order has a number"
        assert len(numbers) == len(set(numbers))
        ordered = [
            (line.line_id, line.sku, line.quantity, line.unit, line.department)
            for order in response.orders
            for line in order.lines
        ]
        asked = [
            (line.line_id, line.sku, line.quantity, line.unit, line.department) for line in request.lines
        ]
        assert sorted(ordered) == sorted(asked)
        for order in response.orders:
            assert order.purchase_order_id == request.purchase_order_id
            assert order.buyer_party == request.buyer_party
            assert order.currency == request.currency
            assert order.state in (OrderState.PLACED, OrderState.CONFIRMED)

    @pytest.mark.spec("ORD-2", "REL-4")
    def test_place_02_the_same_key_again_is_the_same_order(self, customer: Customer) -> None:
        request = customer.request()
        placed = customer.place(request, key="first")
        assert _numbers(customer.place(request, key="first")) == _numbers(placed)

    @pytest.mark.spec("INT-11")
    def test_place_03_the_same_purchase_order_under_another_key_is_the_same_order(
        self, customer: Customer
    ) -> None:
        request = customer.request()
        placed = customer.place(request, key=f"{request.purchase_order_id}-1")
        assert _numbers(customer.place(request, key=f"{request.purchase_order_id}-2")) == _numbers(placed)

    @pytest.mark.spec("ORD-2", "INT-11")
    @pytest.mark.parametrize("same_key", [True, False], ids=["same key", "another key"])
    def test_place_04_the_same_purchase_order_with_other_content_is_refused(
        self, customer: Customer, *, same_key: bool
    ) -> None:
        request = customer.request()
        customer.place(request)
        first, *others = request.lines
        changed = evolve(request, lines=(evolve(first, quantity=first.quantity * 2), *others))
        with pytest.raises((PurchaseOrderConflict, IdempotencyConflict)):
            customer.place(changed, key="" if same_key else f"{request.purchase_order_id}-other")

    @pytest.mark.spec("PRC-3", "PRC-5")
    def test_place_05_the_totals_agree(self, customer: Customer) -> None:
        for order in customer.place(customer.request()):
            assert_totals(order)


class RefusalCases(SupplierCases):
    """What cannot be ordered is refused with the line and the reason, and nothing is ordered (CART-2, CART-4)."""

    @pytest.mark.spec("CART-2")
    def test_refusal_01_an_unknown_item_is_named_with_its_line(self, customer: Customer) -> None:
        good = customer.goods[0]
        request = customer.request(good, evolve(good, sku=customer.unknown_sku))
        found = _refused(customer, request).problems
        assert [(problem.code, problem.line_id) for problem in found] == [("unknown-item", "2")]

    @pytest.mark.spec("CART-4")
    def test_refusal_02_a_changed_price_is_named_with_its_line(self, customer: Customer) -> None:
        goods = customer.goods[:2]
        prices = self._prices_of(customer, goods)
        request = priced(customer.request(*goods), [prices[0], prices[1] + 1])
        found = _refused(customer, request).problems
        assert [(problem.code, problem.line_id) for problem in found] == [("price-changed", "2")]

    @pytest.mark.spec("CART-4")
    def test_refusal_03_the_expected_price_is_no_reason(self, customer: Customer) -> None:
        goods = customer.goods[:2]
        prices = self._prices_of(customer, goods)
        request = priced(customer.request(*goods), prices)
        assert _prices(request, customer.place(request)) == prices

    @pytest.mark.spec("CART-4")
    def test_refusal_04_a_price_within_the_tolerance_is_no_reason(self, customer: Customer) -> None:
        goods = customer.goods[:1]
        [price] = self._prices_of(customer, goods)
        request = evolve(priced(customer.request(*goods), [price + 1]), price_tolerance=Decimal(1))
        assert _prices(request, customer.place(request)) == [price], "it is ordered at the supplier's price"

    @pytest.mark.spec("CART-4")
    def test_refusal_05_a_line_with_a_changed_price_is_dropped_when_asked_for(
        self, customer: Customer
    ) -> None:
        goods = customer.goods[:2]
        prices = self._prices_of(customer, goods)
        request = evolve(
            priced(customer.request(*goods), [prices[0] + 1, prices[1]]),
            on_price_change=OnPriceChange.DROP_LINE,
        )
        response = customer.channel.place(request, key=request.purchase_order_id, correlation_id="kit")
        assert [(line.line_id, line.code) for line in response.dropped] == [("1", "price-changed")]
        assert [line.line_id for order in response.orders for line in order.lines] == ["2"]

    @pytest.mark.spec("CART-2")
    def test_refusal_06_every_finding_is_named(self, customer: Customer) -> None:
        good = customer.goods[0]
        request = customer.request(
            evolve(good, sku=customer.unknown_sku), evolve(good, quantity=0), good, evolve(good, unit="ZZ")
        )
        assert {problem.line_id for problem in _refused(customer, request).problems} == {"1", "2", "4"}

    @pytest.mark.spec("ORD-2")
    @needs(Capability.FIND)
    def test_refusal_07_nothing_of_a_refused_order_is_ordered(self, customer: Customer) -> None:
        good = customer.goods[0]
        request = customer.request(good, evolve(good, sku=customer.unknown_sku))
        _refused(customer, request)
        assert customer.find(request) == ()

    @pytest.mark.spec("INT-11")
    def test_refusal_08_a_refused_order_is_placed_once_corrected(self, customer: Customer) -> None:
        good = customer.goods[0]
        wrong = customer.request(evolve(good, sku=customer.unknown_sku))
        _refused(customer, wrong)
        corrected = customer.request(good, number=wrong.purchase_order_id)
        assert _numbers(customer.place(corrected))

    @staticmethod
    def _prices_of(customer: Customer, goods: tuple[Goods, ...]) -> list[Decimal]:
        request = customer.request(*goods)
        return _prices(request, customer.place(request))


class TrialCases(SupplierCases):
    """A trial answers as the order would, and does nothing (CART-5)."""

    @pytest.mark.spec("CART-5", "INT-10")
    @needs(Capability.TRIAL, Capability.FIND)
    def test_trial_01_has_no_effect(self, customer: Customer) -> None:
        request = customer.request()
        tried = customer.channel.place(
            evolve(request, trial=True), key=f"trial:{request.purchase_order_id}", correlation_id="kit"
        )
        assert tried.trial is True
        assert customer.find(request) == ()

    @pytest.mark.spec("CART-5", "INT-10")
    @needs(Capability.TRIAL, Capability.HISTORY)
    def test_trial_02_is_in_no_list(self, customer: Customer) -> None:
        end = customer.end(Capability.HISTORY)
        request = evolve(customer.request(), trial=True)
        customer.place(request, key=f"trial:{request.purchase_order_id}")
        assert customer.read(Capability.HISTORY, end) == []

    @pytest.mark.spec("CART-5")
    @needs(Capability.TRIAL)
    def test_trial_03_answers_as_the_order_does(self, customer: Customer) -> None:
        request = customer.request()
        tried = customer.place(evolve(request, trial=True), key=f"trial:{request.purchase_order_id}")
        placed = customer.place(request)
        assert [(order.lines, order.tax, order.total_incl_tax) for order in tried] == [
            (order.lines, order.tax, order.total_incl_tax) for order in placed
        ]

    @pytest.mark.spec("CART-5")
    @needs(Capability.TRIAL)
    def test_trial_04_is_refused_as_the_order_is(self, customer: Customer) -> None:
        request = customer.request(evolve(customer.goods[0], sku=customer.unknown_sku))
        tried = _refused(customer, evolve(request, trial=True))
        placed = _refused(customer, request)
        assert [(problem.code, problem.line_id) for problem in tried.problems] == [
            (problem.code, problem.line_id) for problem in placed.problems
        ]


class FindingCases(SupplierCases):
    """An unknown outcome is found out by asking (INT-6)."""

    @pytest.mark.spec("INT-6")
    @needs(Capability.FIND)
    def test_find_01_none_before_and_the_orders_after(self, customer: Customer) -> None:
        request = customer.request()
        assert customer.find(request) == ()
        placed = customer.place(request)
        assert customer.find(request) == placed

    @pytest.mark.spec("INT-6", "REL-4")
    @needs(Capability.FIND)
    def test_find_02_no_second_order_after_a_repeated_call(self, customer: Customer) -> None:
        request = customer.request()
        placed = customer.place(request)
        customer.place(request)
        assert _numbers(customer.find(request)) == _numbers(placed)

    @pytest.mark.spec("INT-11")
    @needs(Capability.FIND)
    def test_find_03_a_key_is_party_number_and_year(self, customer: Customer) -> None:
        request = customer.request()
        customer.place(request)
        assert customer.find(evolve(request, buyer_party="0188:1111111111118")) == ()
        assert customer.find(evolve(request, issue_year=2026)) == ()
