"""Price and stock: what a supplier tells before an order is what it takes an order at (INT-1, INT-9)."""

from __future__ import annotations

import pytest
from attrs import evolve

from askul_connect.core.errors import AskulConnectError
from askul_connect.core.ports.channel import Capability
from askul_connect.testing.supplier.cases import SupplierCases, needs
from askul_connect.testing.supplier.customer import Customer, Goods, priced


class OfferCases(SupplierCases):
    """Asking for price and stock."""

    @pytest.mark.spec("INT-1", "INT-9")
    @needs(Capability.STOCK_AND_PRICE)
    def test_offer_01_an_order_is_taken_at_the_price_that_was_told(self, customer: Customer) -> None:
        skus = [goods.sku for goods in customer.goods]
        told = {one.sku: one for one in customer.channel.availability(skus).items}
        assert set(told) == set(skus)
        prices = [told[sku].unit_price for sku in skus]
        [*placed] = customer.place(priced(customer.request(), prices))
        taken = {line.sku: line for order in placed for line in order.lines}
        for goods in customer.goods:
            assert (taken[goods.sku].unit_price, taken[goods.sku].unit) == (
                told[goods.sku].unit_price,
                told[goods.sku].unit,
            )
            assert told[goods.sku].currency == customer.currency

    @pytest.mark.spec("INT-1", "INT-9")
    @needs(Capability.STOCK_AND_PRICE)
    def test_offer_02_what_is_not_sold_is_named(self, customer: Customer) -> None:
        sold = customer.goods[0].sku
        answer = customer.channel.availability([sold, customer.unknown_sku])
        assert [one.sku for one in answer.items] == [sold]
        assert answer.unknown == (customer.unknown_sku,)

    @pytest.mark.spec("INT-1", "INT-9")
    @needs(Capability.STOCK_AND_PRICE, Capability.TRIAL)
    def test_offer_03_as_many_as_were_told_can_be_ordered_and_no_more(self, customer: Customer) -> None:
        goods = customer.goods[0]
        [told] = customer.channel.availability([goods.sku]).items
        assert told.orderable >= goods.quantity, "the goods are such that the supplier has some"
        most = told.orderable - told.orderable % told.multiple
        assert _is_taken(customer, evolve(goods, quantity=most)), f"{most} were told to be orderable"
        more = most + told.multiple
        assert not _is_taken(customer, evolve(goods, quantity=more)), f"{more} are more than were told"


def _is_taken(customer: Customer, goods: Goods) -> bool:
    try:
        customer.place(evolve(customer.request(goods), trial=True))
    except AskulConnectError:
        return False
    return True
