"""Whether the amounts of a supplier's document agree with each other (PRC-3, BIL-2)."""

from __future__ import annotations

from decimal import Decimal

from askul_connect.core.domain.currency import currency
from askul_connect.core.messages.documents import Invoice, OrderDocument


def assert_totals(document: OrderDocument | Invoice) -> None:
    """Each line is quantity times price, the tax is reckoned once per rate, and everything adds up.

    How a supplier rounds is its own affair, so an amount may be off by less than one minor unit.
    """
    minor = Decimal(10) ** currency(document.currency).exponent
    sums: dict[tuple[str, Decimal], int] = {}
    for line in document.lines:
        exact = line.unit_price * line.quantity * minor
        assert abs(line.amount_excl_tax - exact) < 1, (
            f"line {line.line_id}: {line.amount_excl_tax}, not {exact}"
        )
        rate = (line.tax_category.value, line.tax_rate)
        sums[rate] = sums.get(rate, 0) + line.amount_excl_tax
    stated = [(total.category.value, total.rate) for total in document.tax]
    assert sorted(stated) == sorted(sums), "the tax is stated once for each rate of the lines"
    for total in document.tax:
        assert total.taxable == sums[total.category.value, total.rate], (
            "taxable is the sum of the rate's lines"
        )
        assert abs(total.tax * 100 - total.taxable * total.rate) < 100, "tax is the rate of the taxable sum"
    assert document.total_excl_tax == sum(sums.values()), "the total without tax is the sum of the lines"
    taxes = sum(total.tax for total in document.tax)
    assert document.total_incl_tax == document.total_excl_tax + taxes, "the total with tax has every tax once"
