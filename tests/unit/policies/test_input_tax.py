"""Input tax of the buyer, at every day on which it changes (BIL-7)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askul_connect.core.domain.allowances import AllowanceCharge
from askul_connect.core.domain.finance_tables import INPUT_TAX
from askul_connect.core.domain.tax import TaxCategory, TaxTotal
from askul_connect.core.messages.documents import Invoice, InvoiceAllowance, Party
from askul_connect.core.policies.input_tax import (
    Purchase,
    deductible_percent,
    deductions,
    tax_period_start,
    yearly_cap,
)
from askul_connect.core.services.buyer.input_tax import InputTax
from askul_connect.testing.storage.samples_documents import invoice, invoice_line


@pytest.mark.spec("BIL-7")
@pytest.mark.parametrize(
    ("on", "percent"),
    [
        ("2023-09-30", 100),
        ("2023-10-01", 80),
        ("2026-09-30", 80),
        ("2026-10-01", 70),
        ("2028-09-30", 70),
        ("2028-10-01", 50),
        ("2030-09-30", 50),
        ("2030-10-01", 30),
        ("2031-09-30", 30),
        ("2031-10-01", 0),
        ("2045-01-01", 0),
    ],
)
def test_the_share_of_each_day(on: str, percent: int) -> None:
    day = date.fromisoformat(on)
    assert deductible_percent(day, registered=False) == percent
    assert deductible_percent(day, registered=True) == 100


@pytest.mark.spec("BIL-7")
@pytest.mark.parametrize(
    ("period", "cap"),
    [
        ("2024-09-30", None),
        ("2024-10-01", 1_000_000_000),
        ("2026-09-30", 1_000_000_000),
        ("2026-10-01", 100_000_000),
        ("2027-04-01", 100_000_000),
    ],
)
def test_the_cap_of_a_period_by_its_first_day(period: str, cap: int | None) -> None:
    assert yearly_cap(date.fromisoformat(period)) == cap


@pytest.mark.spec("BIL-7")
@pytest.mark.parametrize(
    ("on", "first_month", "start"),
    [
        ("2027-03-31", 4, "2026-04-01"),
        ("2027-04-01", 4, "2027-04-01"),
        ("2027-12-31", 1, "2027-01-01"),
        ("2026-10-01", 10, "2026-10-01"),
        ("2026-09-30", 10, "2025-10-01"),
    ],
)
def test_a_tax_period_is_a_year(on: str, first_month: int, start: str) -> None:
    assert tax_period_start(date.fromisoformat(on), first_month) == date.fromisoformat(start)


def bought(on: str, taxable: int, tax: int, supplier: str = "s", *, registered: bool = False) -> Purchase:
    return Purchase(
        supplier=supplier, registered=registered, on=date.fromisoformat(on), taxable=taxable, tax=tax
    )


@pytest.mark.spec("BIL-7")
def test_what_goes_beyond_the_yearly_sum_is_not_deducted() -> None:
    found = deductions(
        [
            bought("2027-01-05", 90_000_000, 9_000_000),
            # 1,000,000 of 2,200,000 are within: 90,909 of the tax of 200,000
            bought("2027-02-05", 2_000_000, 200_000),
            bought("2027-03-05", 1_000, 100),
            bought("2027-03-05", 1_000, 100, "another"),
            bought("2027-03-05", 1_000, 100, "good", registered=True),
            # a new year
            bought("2028-01-01", 1_000, 100),
        ]
    )
    assert [(one.percent, one.within_cap, one.deductible) for one in found] == [
        (70, 9_000_000, 6_300_000),
        (70, 90_909, 63_636),
        (70, 0, 0),
        (70, 100, 70),
        (100, 100, 100),
        (70, 100, 70),
    ]


@pytest.mark.spec("BIL-7")
def test_a_period_that_began_before_the_reform_keeps_the_old_sum() -> None:
    late = bought("2026-12-31", 200_000_000, 20_000_000)
    assert deductions([late], first_month=1)[0].within_cap == 20_000_000
    # the period of October has the new one: 100,000,000 of 220,000,000 count
    assert deductions([late], first_month=10)[0].within_cap == 20_000_000 * 100 // 220


@pytest.mark.spec("BIL-7")
@given(st.lists(st.tuples(st.integers(1, 80_000_000), st.integers(0, 27)), min_size=1, max_size=9))
def test_never_more_than_the_tax_nor_beyond_the_sum(amounts: list[tuple[int, int]]) -> None:
    found = deductions(
        bought(f"2027-01-{day + 1:02}", taxable, taxable // 10)
        for taxable, day in sorted(amounts, key=lambda one: one[1])
    )
    assert all(0 <= one.deductible <= one.within_cap <= one.purchase.tax for one in found)
    assert sum(one.within_cap for one in found) <= 100_000_000 * 10 // 110


def made(registration_number: str, *lines: tuple[str, int, int], **changes: Any) -> Invoice:
    """An invoice of lines with day, rate and amount."""
    rates = sorted({rate for _, rate, _ in lines}, reverse=True)
    sums = {rate: sum(amount for _, one, amount in lines if one == rate) for rate in rates}
    values: dict[str, Any] = {
        "supplier": Party(name="s", registration_number=registration_number),
        "issued_on": date(2026, 11, 1),
        "lines": tuple(
            invoice_line(
                ship_notice_number=day,
                shipped_on=date.fromisoformat(day),
                tax_rate=Decimal(rate),
                amount_excl_tax=amount,
            )
            for day, rate, amount in lines
        ),
        "tax": tuple(tax_total(rate, sums[rate]) for rate in rates),
    }
    return invoice("IN1", **{**values, **changes})


def tax_total(rate: int, taxable: int) -> TaxTotal:
    category = TaxCategory.REDUCED if rate == 8 else TaxCategory.STANDARD
    return TaxTotal(category=category, rate=Decimal(rate), taxable=taxable, tax=taxable * rate // 100)


def rows_of(one: Invoice) -> list[dict[str, Any]]:
    counted = InputTax()
    rows = [*counted.add("askul", one), *counted.rest()]
    return [dict(zip(INPUT_TAX.names, row, strict=True)) for row in rows]


@pytest.mark.spec("BIL-7", "INT-7")
def test_an_invoice_over_a_change_is_divided_by_its_days() -> None:
    lines = (("2026-09-30", 10, 333), ("2026-10-01", 10, 667), ("2026-09-02", 8, 1000))
    of_nobody = rows_of(made("", *lines))
    assert [
        (
            str(one["rate"]),
            one["purchased_on"].isoformat(),
            one["percent"],
            one["taxable"],
            one["tax"],
            one["deductible"],
        )
        for one in of_nobody
    ] == [
        ("10", "2026-09-30", 80, 333, 33, 26),
        ("10", "2026-10-01", 70, 667, 67, 46),
        ("8", "2026-09-02", 80, 1000, 80, 64),
    ]
    assert [one["position"] for one in of_nobody] == [1, 2, 3]
    [ten, eight] = rows_of(made("T7010705000725", *lines))
    assert [(one["percent"], one["tax"], one["deductible"]) for one in (ten, eight)] == [
        (100, 100, 100),
        (100, 80, 80),
    ]
    assert rows_of(made("", *lines, currency="USD")) == []


@pytest.mark.spec("BIL-7")
def test_the_yearly_sum_is_used_up_by_day_whatever_the_numbers() -> None:
    counted = InputTax()
    late = made("", ("2027-02-01", 10, 80_000_000), invoice_number="A")
    early = made("", ("2027-01-01", 10, 80_000_000), invoice_number="B")
    assert [*counted.add("askul", late), *counted.add("askul", early)] == []
    within = {row[1]: row[INPUT_TAX.names.index("within_cap")] for row in counted.rest()}
    assert within["B"] == 8_000_000
    assert within["A"] == 8_000_000 * 12_000_000 // 88_000_000


@pytest.mark.spec("BIL-7")
def test_what_was_given_back_lessens_what_is_deducted() -> None:
    given = InvoiceAllowance(
        order_number="O-1",
        purchase_order_id="PO-1",
        ship_notice_number="2026-10-01",
        allowance=AllowanceCharge(
            charge=False, amount=400, tax_category=TaxCategory.STANDARD, tax_rate=Decimal(10)
        ),
    )
    [row] = rows_of(made("", ("2026-10-01", 10, 1000), allowances=(given,), tax=(tax_total(10, 600),)))
    assert (row["taxable"], row["tax"], row["deductible"]) == (600, 60, 42)
