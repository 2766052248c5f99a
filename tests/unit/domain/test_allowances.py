"""Allowances, charges and totals: what adds up, in whatever parts and order."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from askul_connect.core.domain.allowances import (
    AgreedTerm,
    AllowanceCharge,
    AnticipatedTotals,
    broken_rules,
    disagreements,
    net_of,
    part_of,
    percentage_agrees,
    shares,
    taxed_amounts,
)
from askul_connect.core.domain.tax import TaxCategory
from askul_connect.core.errors import ValueInvalid

ALLOWANCE = AllowanceCharge(charge=False, amount=1_000)
CHARGE = AllowanceCharge(charge=True, amount=300)

amounts = st.integers(0, 10**12)
entries = st.builds(
    AllowanceCharge,
    charge=st.booleans(),
    amount=amounts,
    tax_category=st.none() | st.sampled_from(TaxCategory),
    tax_rate=st.just(Decimal("12.5")),
)
lines = st.lists(
    st.tuples(
        st.sampled_from(TaxCategory), st.sampled_from([Decimal(8), Decimal("8.0"), Decimal(25)]), amounts
    ),
    min_size=1,
    max_size=8,
)


def test_an_allowance_is_taken_off_and_a_charge_is_added() -> None:
    assert (ALLOWANCE.net, CHARGE.net, net_of((ALLOWANCE, CHARGE))) == (-1_000, 300, -700)


@pytest.mark.spec("BIL-1")
@given(amounts, st.lists(st.integers(0, 10**6), min_size=1, max_size=20))
def test_all_parts_are_the_whole(amount: int, quantities: list[int]) -> None:
    whole = sum(quantities) or 1
    entry, gone, billed = evolve(ALLOWANCE, amount=amount), 0, []
    for quantity in quantities:
        billed.append(part_of(entry, gone, quantity, whole))
        gone += quantity

    assert sum(billed) == (amount if sum(quantities) else 0)
    assert all(type(part) is int and 0 <= part <= amount for part in billed)


@pytest.mark.spec("PRC-3")
@given(lines, st.lists(entries, max_size=5), st.randoms(use_true_random=False))
def test_what_is_taxed_adds_up_in_any_order(
    rows: list[tuple[TaxCategory, Decimal, int]], beside: list[AllowanceCharge], random: Any
) -> None:
    found = taxed_amounts(rows, beside)
    shuffled = random.sample(rows, len(rows))

    assert all(type(amount) is int for _, _, amount in found)
    assert sum(amount for _, _, amount in found) == sum(row[2] for row in rows) + net_of(beside)
    assert sorted(found) == sorted(taxed_amounts(shuffled, beside))


def test_one_without_a_category_follows_the_lines() -> None:
    rows = [(TaxCategory.STANDARD, Decimal(25), 100), (TaxCategory.EXEMPT, Decimal(0), 200)]

    found = taxed_amounts(rows, [AllowanceCharge(charge=False, amount=100)])

    assert found[2:] == ((TaxCategory.EXEMPT, Decimal(0), -67), (TaxCategory.STANDARD, Decimal(25), -33))


def test_a_category_needs_its_rate() -> None:
    with pytest.raises(ValueInvalid, match="rate"):
        taxed_amounts([], [evolve(CHARGE, tax_category=TaxCategory.STANDARD)])


def test_over_nothing_each_bears_the_same() -> None:
    assert shares(-5, [0, 0]) == (-3, -2)


@pytest.mark.parametrize(("amount", "agrees"), [(32, False), (33, True), (34, True), (35, False), (0, False)])
def test_a_percentage_may_be_rounded_either_way(amount: int, agrees: bool) -> None:
    assert percentage_agrees(amount, 1_000, Decimal("3.35")) is agrees


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"amount": -1}, "amount is -1"),
        ({"base_amount": -1}, "base amount is -1"),
        ({"percent": Decimal(-1)}, "percentage"),
        ({"percent": Decimal("0.00001")}, "percentage"),
        ({"percent": Decimal(10), "base_amount": 9_000}, "is not 1000"),
    ],
)
def test_a_broken_rule_is_named(changes: dict[str, object], word: str) -> None:
    assert broken_rules(ALLOWANCE) == ()
    assert broken_rules(evolve(ALLOWANCE, percent=Decimal(10), base_amount=10_000)) == ()
    [found] = broken_rules(evolve(ALLOWANCE, **changes))
    assert word in found


STATED = AnticipatedTotals(
    lines=10_000,
    allowances=1_000,
    charges=300,
    excl_tax=9_300,
    tax=930,
    incl_tax=10_230,
    prepaid=200,
    rounding=-30,
    payable=10_000,
)


def test_totals_that_agree() -> None:
    assert disagreements(STATED, [4_000, 6_000], [ALLOWANCE, CHARGE]) == ()
    assert disagreements(AnticipatedTotals(), [1], [CHARGE]) == ()
    # without tax and total with tax nothing says what is payable
    assert disagreements(AnticipatedTotals(payable=77), [1], []) == ()
    assert disagreements(AnticipatedTotals(tax=10, payable=110), [100], []) == ()


@pytest.mark.parametrize(
    "name",
    ["lines", "allowances", "charges", "excl_tax", "incl_tax", "payable", "prepaid", "rounding", "tax"],
)
@pytest.mark.parametrize("by", [1, -1])
def test_a_minor_unit_is_a_disagreement(name: str, by: int) -> None:
    stated = evolve(STATED, **{name: getattr(STATED, name) + by})
    found = disagreements(stated, [4_000, 6_000], [ALLOWANCE, CHARGE])

    assert found
    if name not in {"prepaid", "rounding", "tax"}:
        assert name in {entry[0].value for entry in found}


@given(st.lists(amounts, max_size=6), st.lists(entries, max_size=4), amounts, amounts, st.integers(-50, 50))
def test_what_follows_never_disagrees(
    rows: list[int], beside: list[AllowanceCharge], tax: int, prepaid: int, rounding: int
) -> None:
    net = sum(rows) + net_of(beside)
    stated = AnticipatedTotals(
        lines=sum(rows),
        allowances=sum(entry.amount for entry in beside if not entry.charge),
        charges=sum(entry.amount for entry in beside if entry.charge),
        excl_tax=net,
        tax=tax,
        incl_tax=net + tax,
        prepaid=prepaid,
        rounding=rounding,
        payable=net + tax - prepaid + rounding,
    )

    assert disagreements(stated, rows[::-1], beside[::-1]) == ()


def test_a_term_needs_a_name() -> None:
    with pytest.raises(ValueInvalid, match="reason"):
        AgreedTerm(charge=False)
