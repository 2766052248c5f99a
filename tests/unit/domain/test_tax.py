from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askul_connect.core.domain.rounding import Rounding
from askul_connect.core.domain.tax import (
    JAPAN_CONSUMPTION_TAX,
    RateStatus,
    TaxCategory,
    TaxRate,
    TaxTable,
    TaxTotal,
    tax_subtotals,
)
from askul_connect.core.errors import UnknownTax, ValueInvalid

STANDARD, REDUCED, ZERO, EXEMPT = TaxCategory
LINES = st.lists(
    st.tuples(
        st.sampled_from(TaxCategory),
        st.sampled_from(
            [Decimal(text) for text in ("0", "1", "5", "7.8", "8", "8.0", "8.00", "10", "19.25")]
        ),
        st.integers(-(10**9), 10**9),
    ),
    max_size=20,
)


def row(
    first: str,
    last: str = "",
    rate: str = "10",
    status: RateStatus = RateStatus.ENACTED,
    category: TaxCategory = STANDARD,
) -> TaxRate:
    return TaxRate(
        category=category,
        rate=Decimal(rate),
        valid_from=date.fromisoformat(first),
        valid_to=date.fromisoformat(last) if last else None,
        status=status,
    )


@pytest.mark.spec("PRC-3")
@pytest.mark.parametrize(
    ("category", "on", "rate"),
    [
        (STANDARD, "1989-04-01", "3"),
        (STANDARD, "1997-03-31", "3"),
        (STANDARD, "1997-04-01", "5"),
        (STANDARD, "2014-03-31", "5"),
        (STANDARD, "2014-04-01", "8"),
        (STANDARD, "2015-10-01", "8"),
        (STANDARD, "2017-04-01", "8"),
        (STANDARD, "2019-09-30", "8"),
        (STANDARD, "2019-10-01", "10"),
        (STANDARD, "2026-11-22", "10"),
        (REDUCED, "2019-10-01", "8"),
        (REDUCED, "2027-03-31", "8"),
        (REDUCED, "2027-04-01", "8"),
        (REDUCED, "2029-04-01", "8"),
        (ZERO, "2026-11-22", "0"),
        (EXEMPT, "2026-11-22", "0"),
    ],
)
def test_japanese_rates_by_date(category: TaxCategory, on: str, rate: str) -> None:
    found = JAPAN_CONSUMPTION_TAX.rate(category, date.fromisoformat(on))

    assert found.rate == Decimal(rate)
    assert found.status is RateStatus.ENACTED
    assert found.source


@pytest.mark.spec("PRC-3")
def test_the_planned_food_rate_is_present_and_inactive() -> None:
    planned = [rate for rate in JAPAN_CONSUMPTION_TAX.rates if rate.status is RateStatus.PLANNED]

    assert [(rate.category, rate.rate, rate.valid_from, rate.valid_to) for rate in planned] == [
        (REDUCED, Decimal(1), date(2027, 4, 1), date(2029, 3, 31))
    ]


@pytest.mark.spec("PRC-3")
@pytest.mark.parametrize(("category", "on"), [(STANDARD, "1989-03-31"), (REDUCED, "2019-09-30")])
def test_a_day_without_law_has_no_rate(category: TaxCategory, on: str) -> None:
    with pytest.raises(UnknownTax, match=on):
        JAPAN_CONSUMPTION_TAX.rate(category, date.fromisoformat(on))


def test_two_enacted_rates_never_apply_on_one_day() -> None:
    with pytest.raises(ValueInvalid):
        TaxTable((row("2020-01-01"), row("2021-01-01")))
    with pytest.raises(ValueInvalid):
        TaxTable((row("2021-01-01"), row("2020-01-01", "2021-01-01")))
    with pytest.raises(ValueInvalid):
        TaxTable(
            (
                row("2020-01-01", "2030-01-01"),
                row("2021-01-01", "2022-01-01"),
                row("2023-01-01", "2024-01-01"),
            )
        )


def test_what_is_no_law_or_another_category_may_overlap() -> None:
    table = TaxTable(
        (
            row("2020-01-01", "2020-12-31"),
            row("2021-01-01", rate="11"),
            row("2020-06-01", rate="1", status=RateStatus.PLANNED),
            row("2020-06-01", rate="2", status=RateStatus.REPEALED),
            row("2020-06-01", rate="3", category=REDUCED),
        )
    )

    assert [table.rate(STANDARD, date(2020, 12, 31)).rate, table.rate(STANDARD, date(2021, 1, 1)).rate] == [
        10,
        11,
    ]
    assert table.rate(REDUCED, date(2020, 12, 31)).rate == 3


@pytest.mark.parametrize("rate", ["-1", "100.01", "7.805", "NaN", "Infinity", "1E+9"])
def test_a_rate_is_a_percentage(rate: str) -> None:
    with pytest.raises(ValueInvalid):
        row("2020-01-01", rate=rate)
    with pytest.raises(ValueInvalid):
        tax_subtotals([(STANDARD, Decimal(rate), 1)])


def test_a_period_does_not_end_before_it_begins() -> None:
    with pytest.raises(ValueInvalid):
        row("2020-01-02", "2020-01-01")


@pytest.mark.spec("PRC-3", "BIL-2")
def test_tax_is_rounded_once_per_rate_and_not_per_line() -> None:
    lines = [(STANDARD, Decimal(10), 105)] * 3 + [(REDUCED, Decimal(8), 112)] * 2

    assert tax_subtotals(lines) == (
        TaxTotal(category=STANDARD, rate=Decimal(10), taxable=315, tax=31),
        TaxTotal(category=REDUCED, rate=Decimal(8), taxable=224, tax=17),
    )


@pytest.mark.spec("PRC-3", "BIL-3")
@pytest.mark.parametrize(
    ("net", "method", "tax"),
    [
        (105, Rounding.DOWN, 10),
        (105, Rounding.UP, 11),
        (105, Rounding.HALF_UP, 11),
        (104, Rounding.HALF_UP, 10),
        (-105, Rounding.DOWN, -10),
        (-105, Rounding.UP, -11),
        (-105, Rounding.HALF_UP, -11),
    ],
)
def test_the_method_is_mirrored_for_credit(net: int, method: Rounding, tax: int) -> None:
    assert tax_subtotals([(STANDARD, Decimal(10), net)], method)[0].tax == tax


def test_totals_are_sorted_and_rates_spelt_in_one_way() -> None:
    totals = tax_subtotals(
        [
            (ZERO, Decimal("0.00"), 3),
            (EXEMPT, Decimal(0), 4),
            (REDUCED, Decimal("8.00"), 1),
            (REDUCED, Decimal(8), 1),
            (STANDARD, Decimal("8.0"), 5),
            (STANDARD, Decimal("1E+1"), 7),
        ]
    )

    assert [(total.category, str(total.rate), total.taxable) for total in totals] == [
        (STANDARD, "10", 7),
        (REDUCED, "8", 2),
        (STANDARD, "8", 5),
        (EXEMPT, "0", 4),
        (ZERO, "0", 3),
    ]
    assert tax_subtotals([]) == ()


@pytest.mark.spec("PRC-3", "BIL-2")
@given(LINES, st.sampled_from(Rounding), st.randoms())
def test_subtotals_agree_with_a_recount_in_fractions(
    lines: list[tuple[TaxCategory, Decimal, int]], method: Rounding, shuffle: Random
) -> None:
    sums: dict[tuple[TaxCategory, Decimal], int] = defaultdict(int)
    for category, rate, net in lines:
        sums[category, rate] += net

    totals = tax_subtotals(lines, method)

    assert {(total.category, total.rate): total.taxable for total in totals} == sums
    for total in totals:
        exact = Fraction(total.rate) * total.taxable / 100
        lower = int(exact) if exact >= 0 else -int(-exact)
        away = lower + (1 if exact > 0 else -1) if lower != exact else lower
        expected = {
            Rounding.DOWN: lower,
            Rounding.UP: away,
            Rounding.HALF_UP: away if abs(exact - lower) >= Fraction(1, 2) else lower,
        }
        assert total.tax == expected[method]
    shuffle.shuffle(lines)
    assert tax_subtotals(lines, method) == totals


@pytest.mark.parametrize("net", [1.0, True, Decimal(1)])
def test_amounts_are_integers(net: int) -> None:
    with pytest.raises(ValueInvalid):
        tax_subtotals([(STANDARD, Decimal(10), net)])


@pytest.mark.parametrize("rate", [10, 10.0, "10"])
def test_rates_are_decimals(rate: Decimal) -> None:
    with pytest.raises(ValueInvalid):
        tax_subtotals([(STANDARD, rate, 1)])
