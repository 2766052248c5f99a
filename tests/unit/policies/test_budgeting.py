"""What documents use of budgets (INT-3)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from askul_connect.core.domain.purchasing import PurchaseLine
from askul_connect.core.domain.tax import JAPAN_CONSUMPTION_TAX, TaxCategory, TaxTotal, tax_subtotals
from askul_connect.core.policies.budgeting import TaxedLine, line_values, period_of_day, reserved_values
from askul_connect.core.policies.settings import BudgetBasis, BudgetPeriod

DAY = date(2026, 4, 1)


def line(line_id: str, quantity: int, price: Decimal, **changes: Any) -> PurchaseLine:
    made = PurchaseLine(
        line_id=line_id,
        sku="A",
        quantity=quantity,
        unit="EA",
        unit_price=price,
        amount_excl_tax=int(price * quantity),
        department="D1",
        cost_centre="",
        account="",
        requested_on=None,
        tax_category=None,
        period="2026-04",
    )
    return evolve(made, **changes)


@pytest.mark.spec("INT-3")
@given(
    st.lists(st.tuples(st.integers(0, 10**6), st.sampled_from([8, 10])), min_size=1, max_size=8), st.data()
)
def test_the_values_of_a_documents_lines_add_up_to_its_total(
    drawn: list[tuple[int, int]], data: st.DataObject
) -> None:
    category = {8: TaxCategory.REDUCED, 10: TaxCategory.STANDARD}
    taxed = [
        TaxedLine(line_id=str(place), amount_excl_tax=amount, category=category[rate], rate=Decimal(rate))
        for place, (amount, rate) in enumerate(drawn)
    ]
    # the supplier rounds as it likes
    tax = [
        evolve(entry, tax=entry.tax + data.draw(st.integers(0, 1)))
        for entry in tax_subtotals((one.category, one.rate, one.amount_excl_tax) for one in taxed)
    ]
    values = line_values(taxed, tax, BudgetBasis.INCL_TAX)
    assert sum(values.values()) == sum(amount for amount, _ in drawn) + sum(entry.tax for entry in tax)
    assert line_values(taxed, tax, BudgetBasis.EXCL_TAX) == {
        one.line_id: one.amount_excl_tax for one in taxed
    }


def test_tax_on_nothing_is_borne_all_the_same() -> None:
    taxed = [
        TaxedLine(line_id=name, amount_excl_tax=0, category=TaxCategory.STANDARD, rate=Decimal(10))
        for name in "ab"
    ]
    tax = [TaxTotal(category=TaxCategory.STANDARD, rate=Decimal(10), taxable=0, tax=5)]
    assert sum(line_values(taxed, tax, BudgetBasis.INCL_TAX).values()) == 5


@pytest.mark.spec("INT-3")
def test_an_unstated_tax_category_reserves_never_too_little() -> None:
    unstated = reserved_values([line("1", 1, Decimal(100))], JAPAN_CONSUMPTION_TAX, DAY, BudgetBasis.INCL_TAX)
    stated = reserved_values(
        [line("1", 1, Decimal(100), tax_category=TaxCategory.REDUCED)],
        JAPAN_CONSUMPTION_TAX,
        DAY,
        BudgetBasis.INCL_TAX,
    )
    assert (unstated, stated) == ({"1": 110}, {"1": 108})


@pytest.mark.parametrize(("period", "wanted"), [(BudgetPeriod.MONTH, "2026-04"), (BudgetPeriod.YEAR, "2026")])
def test_periods(period: BudgetPeriod, wanted: str) -> None:
    assert period_of_day(date(2026, 4, 30), period) == wanted
