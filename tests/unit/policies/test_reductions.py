"""How much is given back, and when the law asks for no credit note (BIL-3)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve

from askul_connect.core.domain.allowances import AllowanceCharge
from askul_connect.core.domain.reductions import Reduction
from askul_connect.core.domain.sales import ShippedLine
from askul_connect.core.domain.tax import TaxCategory
from askul_connect.core.errors import OurError
from askul_connect.core.policies.reductions import is_exempt, reduced_lines

DAY = date(2026, 12, 7)


def shipped(line_id: str = "1", **changes: Any) -> ShippedLine:
    line = ShippedLine(
        ship_notice_number="SN1",
        account_id="a",
        order_number="O-1",
        purchase_order_id="PO-1",
        line_id=line_id,
        shipped_on=date(2026, 11, 2),
        sku="PEN",
        name="ペン",
        quantity=3,
        unit="H87",
        unit_price=Decimal(100),
        amount_excl_tax=290,
        tax_category=TaxCategory.STANDARD,
        tax_rate=Decimal(10),
        department="D1",
        cost_centre="",
        currency="JPY",
        allowances=(AllowanceCharge(charge=False, amount=10),),
    )
    return evolve(line, **changes)


def back(reduction_id: str, quantity: int, line_id: str = "1", **changes: Any) -> Reduction:
    made = Reduction(
        reduction_id=reduction_id,
        account_id="a",
        order_number="O-1",
        line_id=line_id,
        ship_notice_number="SN1",
        quantity=quantity,
        returned_on=DAY,
        reason="",
    )
    return evolve(made, **changes)


@pytest.mark.spec("BIL-3")
def test_parts_add_up_to_the_line_whatever_came_first() -> None:
    found = reduced_lines([shipped()], [back("R-2", 1), back("R-1", 1), back("R-3", 1)])
    assert [(one.reduction.reduction_id, one.amount_excl_tax) for one in found] == [
        ("R-1", 97),
        ("R-2", 97),
        ("R-3", 96),
    ]
    assert [[entry.amount for entry in one.allowances] for one in found] == [[3], [3], [4]]


@pytest.mark.spec("BIL-3")
def test_what_is_credited_counts_before_what_is_not() -> None:
    # though it has a later day, its units are gone already
    credited = back("R-9", 1, returned_on=date(2026, 12, 30), credit_note_number="CN1")
    found = reduced_lines([shipped()], [back("R-1", 2), credited])
    assert [(one.reduction.reduction_id, one.amount_excl_tax) for one in found] == [("R-9", 97), ("R-1", 193)]


@pytest.mark.spec("BIL-3")
def test_the_orders_discount_is_taken_back_and_its_shipping_fee_stays() -> None:
    fee = AllowanceCharge(charge=True, amount=500, tax_category=TaxCategory.STANDARD, tax_rate=Decimal(10))
    discount = evolve(fee, charge=False, amount=100)
    lines = [shipped(order_allowances=(fee, discount)), shipped("2", amount_excl_tax=610)]
    found = reduced_lines(lines, [back("R-1", 3), back("R-2", 1, "2"), back("R-3", 2, "2")])
    assert [[entry.amount for entry in one.taken_back] for one in found] == [[32], [22], [46]]
    assert sum(amount for one in found for _, _, amount in one.taxed) == 290 + 610 - 100


@pytest.mark.spec("BIL-3")
@pytest.mark.parametrize(
    "wrong", [[back("R-1", 4)], [back("R-1", 2), back("R-2", 2)], [back("R-1", 1, "9")], [back("R-1", 0)]]
)
def test_more_than_was_shipped_is_a_defect(wrong: list[Reduction]) -> None:
    with pytest.raises(OurError):
        reduced_lines([shipped()], wrong)


@pytest.mark.spec("BIL-3")
@pytest.mark.parametrize(
    ("incl_tax", "currency", "on", "exempt"),
    [
        (9_999, "JPY", DAY, True),
        (10_000, "JPY", DAY, False),
        (20_000, "JPY", DAY, False),
        (440, "JPY", date(2023, 10, 1), True),
        (440, "JPY", date(2023, 9, 30), False),
        (440, "USD", DAY, False),
    ],
)
def test_below_ten_thousand_yen_the_law_asks_for_none(
    incl_tax: int, currency: str, on: date, exempt: bool
) -> None:
    assert is_exempt(incl_tax, currency, on) is exempt
