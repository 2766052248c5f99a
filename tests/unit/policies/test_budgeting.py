"""What documents use of budgets (INT-3)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from askul_connect.core.domain.allowances import AllowanceCharge
from askul_connect.core.domain.budget_terms import BudgetBasis, BudgetTerms
from askul_connect.core.domain.purchasing import PurchaseLine
from askul_connect.core.domain.tax import JAPAN_CONSUMPTION_TAX, TaxCategory, TaxTotal, tax_subtotals
from askul_connect.core.errors import ExchangeRateMissing
from askul_connect.core.policies.budgeting import (
    Borne,
    TaxedLine,
    in_budget_currency,
    line_values,
    rate_of_day,
    reserved_values,
)

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
    terms = BudgetTerms(basis=BudgetBasis.INCL_TAX)
    unstated = reserved_values([line("1", 1, Decimal(100))], JAPAN_CONSUMPTION_TAX, DAY, terms)
    stated = reserved_values(
        [line("1", 1, Decimal(100), tax_category=TaxCategory.REDUCED)],
        JAPAN_CONSUMPTION_TAX,
        DAY,
        terms,
    )
    assert (unstated, stated) == ({"1": 110}, {"1": 108})


@pytest.mark.spec("INT-3")
@given(
    st.lists(st.tuples(st.integers(0, 10**6), st.sampled_from([8, 10])), min_size=1, max_size=5),
    st.integers(0, 10_000),
    st.sampled_from(BudgetBasis),
)
def test_what_of_a_document_is_freight_can_be_left_out_with_its_tax(
    drawn: list[tuple[int, int]], amount: int, basis: BudgetBasis
) -> None:
    category = {8: TaxCategory.REDUCED, 10: TaxCategory.STANDARD}
    taxed = [
        TaxedLine(line_id=str(place), amount_excl_tax=one, category=category[rate], rate=Decimal(rate))
        for place, (one, rate) in enumerate(drawn)
    ]
    freight = AllowanceCharge(
        charge=True, amount=amount, tax_category=TaxCategory.STANDARD, tax_rate=Decimal(10)
    )
    tax = tax_subtotals(
        [
            *((one.category, one.rate, one.amount_excl_tax) for one in taxed),
            (TaxCategory.STANDARD, Decimal(10), amount),
        ]
    )
    without = tax_subtotals((one.category, one.rate, one.amount_excl_tax) for one in taxed)
    values = line_values(taxed, tax, basis, [Borne(entry=freight, counts=False)])
    wanted = line_values(taxed, without, basis)
    assert abs(sum(values.values()) - sum(wanted.values())) <= 1
    if basis is BudgetBasis.EXCL_TAX:
        assert values == wanted


@pytest.mark.spec("INT-3")
@pytest.mark.parametrize(
    ("value", "of", "into", "rate", "wanted"),
    [
        (9_990, "EUR", "JPY", "162.5", 16_234),
        (-9_990, "EUR", "JPY", "162.5", -16_234),
        (1_000, "JPY", "USD", "0.0067", 670),
        (1, "JPY", "USD", "0.0049", 0),
        (1, "JPY", "USD", "0.005", 1),
        (1_000, "KWD", "JPY", "490.1", 490),
        (123, "JPY", "JPY", "9", 123),
        (123, "EUR", "", "9", 123),
    ],
)
def test_a_value_in_the_currency_of_its_budget(
    value: int, of: str, into: str, rate: str, wanted: int
) -> None:
    assert in_budget_currency(value, of, BudgetTerms(currency=into, rate=Decimal(rate))) == wanted


RATES = {
    ("EUR", "JPY", date(2026, 4, 1)): Decimal(162),
    ("EUR", "JPY", date(2026, 1, 1)): Decimal(160),
    ("EUR", "USD", date(2025, 1, 1)): Decimal(1),
}


@pytest.mark.spec("INT-3")
@pytest.mark.parametrize(
    ("of", "into", "day", "wanted"),
    [
        ("EUR", "JPY", date(2026, 3, 31), 160),
        ("EUR", "JPY", date(2026, 4, 1), 162),
        ("EUR", "JPY", date(2030, 1, 1), 162),
        ("JPY", "JPY", date(2000, 1, 1), 1),
        ("EUR", "", date(2000, 1, 1), 1),
    ],
)
def test_the_rate_of_a_day(of: str, into: str, day: date, wanted: int) -> None:
    assert rate_of_day(of, into, day, RATES) == wanted


@pytest.mark.spec("INT-3")
@pytest.mark.parametrize(
    ("of", "day", "told"), [("EUR", date(2025, 12, 31), "2026-01-01"), ("USD", date(2026, 4, 1), "none")]
)
def test_no_rate_is_an_error_that_names_the_row(of: str, day: date, told: str) -> None:
    with pytest.raises(ExchangeRateMissing) as caught:
        rate_of_day(of, "JPY", day, RATES)
    assert told in caught.value.detail
    assert f"{of},JPY,{day}" in caught.value.detail
