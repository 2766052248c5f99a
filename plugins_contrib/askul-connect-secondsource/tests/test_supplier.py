"""The second source does what every supplier must, at its own prices."""

from decimal import Decimal

import pytest

import askul_connect_secondsource
from askul_connect.core.ports.channel import Capability
from askul_connect.testing.supplier import Customer, SupplierSuite


class TestSecondSource(SupplierSuite):
    [kind] = askul_connect_secondsource.askul_connect_suppliers()

    @pytest.mark.spec("INT-9")
    def test_its_prices_are_its_own(self, customer: Customer) -> None:
        [order] = customer.place(customer.request(*customer.goods[:1]))

        assert order.lines[0].unit_price == Decimal(4066)

    @pytest.mark.spec("BIL-2")
    def test_its_documents_bear_its_own_name(self, customer: Customer) -> None:
        end = customer.end(Capability.INVOICES)
        customer.place(customer.request())
        customer.let_time_pass()

        [issuer] = {invoice.supplier for invoice in customer.read(Capability.INVOICES, end)}

        assert (issuer.name, issuer.party_id) == ("第二見本オフィス株式会社", "0188:2999999999997")
        assert issuer.registration_number == "T2999999999997"
