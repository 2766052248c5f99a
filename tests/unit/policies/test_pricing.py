"""Totals, contract prices and amounts of parts (PRC-3, PRC-5)."""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askul_connect.core.domain.currency import Currency, currency
from askul_connect.core.domain.money import GrossAmount, NetAmount, UnitPrice
from askul_connect.core.domain.tax import TaxCategory
from askul_connect.core.errors import ValueInvalid
from askul_connect.core.policies.pricing import contract_price, part_amount, totals

JPY = currency("JPY")
USD = currency("USD")
RATES = (
    (TaxCategory.STANDARD, Decimal(10)),
    (TaxCategory.REDUCED, Decimal(8)),
    (TaxCategory.ZERO, Decimal(0)),
)
prices = st.integers(0, 10**9).map(lambda units: Decimal(units).scaleb(-4))
currencies = st.sampled_from([JPY, USD])


def half_up(exact: Fraction) -> int:
    return int(exact + Fraction(1, 2))


@pytest.mark.spec("PRC-3")
@given(st.lists(st.tuples(st.sampled_from(RATES), st.integers(-(10**6), 10**9)), max_size=12), currencies)
def test_totals_are_the_sums_with_tax_once_per_rate(
    lines: list[tuple[tuple[TaxCategory, Decimal], int]], of: Currency
) -> None:
    found = totals(((category, rate, amount) for (category, rate), amount in lines), of)
    by_rate = {
        rate: sum(amount for one, amount in lines if one == rate) for rate in {one for one, _ in lines}
    }
    assert {(one.category, one.rate): one.taxable for one in found.tax} == by_rate
    for one in found.tax:
        exact = Fraction(one.taxable) * Fraction(one.rate) / 100
        assert abs(one.tax) == abs(exact) // 1
        assert one.tax * exact >= 0
    assert found.excl_tax == NetAmount(sum(amount for _, amount in lines), of)
    assert found.incl_tax == GrossAmount(found.excl_tax.minor + sum(one.tax for one in found.tax), of)


@pytest.mark.spec("PRC-3")
def test_tax_is_not_rounded_per_line() -> None:
    found = totals([(TaxCategory.STANDARD, Decimal(10), 9)] * 10, JPY)
    assert (found.tax[0].tax, found.incl_tax.minor) == (9, 99)


@pytest.mark.spec("PRC-5")
def test_totals_take_no_fraction() -> None:
    with pytest.raises(ValueInvalid):
        totals([(TaxCategory.STANDARD, Decimal(10), 1.5)], JPY)  # type: ignore[list-item]


@pytest.mark.spec("PRC-5")
@pytest.mark.parametrize(
    ("listed", "permille", "price"),
    [
        ("120", 1000, "120"),
        ("120.00", 1000, "120"),
        ("98.5", 1000, "98.5"),
        ("1000", 950, "950"),
        ("0.0001", 500, "0.0001"),
        ("0.0001", 499, "0"),
        ("33.3333", 333, "11.1"),
        ("100", 0, "0"),
        ("10", 1100, "11"),
        ("1200000", 1000, "1200000"),
    ],
)
def test_a_contract_price_is_a_share_of_the_list_price(listed: str, permille: int, price: str) -> None:
    found = contract_price(UnitPrice(Decimal(listed), JPY), permille)
    assert str(found.value) == price
    assert found.currency == JPY


@pytest.mark.spec("PRC-5")
@given(prices, st.integers(0, 2_000))
def test_a_contract_price_is_rounded_half_up_to_four_decimals(listed: Decimal, permille: int) -> None:
    exact = Fraction(listed) * permille / 1_000
    with localcontext() as context:
        # whatever precision the caller works with
        context.prec = 3
        found = contract_price(UnitPrice(listed, JPY), permille)
    assert Fraction(found.value) * 10_000 == half_up(exact * 10_000)
    assert "E" not in str(found.value)


@pytest.mark.spec("PRC-5", "BIL-1")
@given(prices, st.lists(st.integers(1, 50), min_size=1, max_size=10), currencies)
def test_the_parts_of_a_line_add_up_to_it(price: Decimal, parts: list[int], of: Currency) -> None:
    unit_price = UnitPrice(price, of)
    amounts = [part_amount(unit_price, sum(parts[:place]), part) for place, part in enumerate(parts)]
    whole = unit_price.times(sum(parts)).minor
    assert sum(amounts) == whole == half_up(Fraction(price) * 10**of.exponent * sum(parts))
    exact = [Fraction(price) * 10**of.exponent * part for part in parts]
    assert all(abs(amount - share) <= 1 for amount, share in zip(amounts, exact, strict=True))
