"""Whether the amounts of a supplier's document agree with each other (PRC-3, BIL-2)."""

from __future__ import annotations

from decimal import Decimal

from askul_connect.core.domain.allowances import AllowanceCharge, net_of, taxed_amounts
from askul_connect.core.domain.currency import currency
from askul_connect.core.messages.documents import Invoice, OrderDocument


def assert_totals(document: OrderDocument | Invoice) -> None:
    """Each line is quantity times price with its allowances, the tax is reckoned once per rate, and all adds up.

    How a supplier rounds is its own affair, so an amount may be off by less than one minor unit.
    """
    minor = Decimal(10) ** currency(document.currency).exponent
    sums: dict[tuple[str, Decimal], int] = {}
    for line in document.lines:
        exact = line.unit_price * line.quantity * minor + net_of(line.allowances)
        assert abs(line.amount_excl_tax - exact) < 1, (
            f"line {line.line_id}: {line.amount_excl_tax}, not {exact}"
        )
        rate = (line.tax_category.value, line.tax_rate)
        sums[rate] = sums.get(rate, 0) + line.amount_excl_tax
    beside = [
        entry if isinstance(entry, AllowanceCharge) else entry.allowance for entry in document.allowances
    ]
    amounts = taxed_amounts(
        [(line.tax_category, line.tax_rate, line.amount_excl_tax) for line in document.lines], beside
    )
    for category, percent, amount in amounts[len(document.lines) :]:
        sums[category.value, percent] = sums.get((category.value, percent), 0) + amount
    stated = [(total.category.value, total.rate) for total in document.tax]
    assert sorted(stated) == sorted(sums), "the tax is stated once for each rate"
    for total in document.tax:
        assert total.taxable == sums[total.category.value, total.rate], (
            "taxable is the sum of the rate's lines"
        )
        assert abs(total.tax * 100 - total.taxable * total.rate) < 100, "tax is the rate of the taxable sum"
    assert document.total_excl_tax == sum(sums.values()), "the total without tax is the sum of the lines"
    taxes = sum(total.tax for total in document.tax)
    assert document.total_incl_tax == document.total_excl_tax + taxes, "the total with tax has every tax once"
