"""What a line of a credit note is compared with, and which difference decides (INT-4, BIL-3)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve

from askul_connect.core.domain.allowances import AllowanceCharge
from askul_connect.core.domain.purchase_changes import CreditResult
from askul_connect.core.domain.tax import TaxCategory
from askul_connect.core.policies.credit_matching import CreditFacts, match_credit
from askul_connect.core.policies.settings import MatchingSettings
from askul_connect.testing.storage.samples_billing import credit_note
from askul_connect.testing.storage.samples_documents import invoice_line

[LINE] = credit_note().lines
INVOICED = invoice_line(
    "1",
    line_id=LINE.line_id,
    quantity=10,
    unit_price=Decimal("98.5"),
    amount_excl_tax=985,
    tax_category=TaxCategory.STANDARD,
    tax_rate=Decimal(10),
    allowances=(),
)
OFF = AllowanceCharge(charge=False, amount=30)


def facts(**changes: Any) -> CreditFacts:
    values: dict[str, Any] = {
        "currency": "JPY",
        "invoiced_currency": "JPY",
        "invoice_line": INVOICED,
        "invoice_matched": True,
        "credited_before": 0,
        "amount_before": 0,
        "taxes_add_up": True,
    }
    return CreditFacts(**{**values, **changes})


def result(line: Any = LINE, **changes: Any) -> CreditResult:
    return match_credit(line, facts(**changes), MatchingSettings()).result


@pytest.mark.spec("INT-4", "BIL-3")
def test_what_agrees_with_the_invoice_matches() -> None:
    found = match_credit(LINE, facts(credited_before=7, amount_before=690), MatchingSettings())
    assert found.result is CreditResult.MATCHED
    assert found.detail == "3 at 98.5; 10 credited of 10 invoiced"


@pytest.mark.spec("INT-4", "BIL-3")
@pytest.mark.parametrize(
    ("line", "changes", "wanted"),
    [
        (LINE, {"invoice_line": None}, CreditResult.UNKNOWN_INVOICE),
        (LINE, {"invoice_matched": False}, CreditResult.INVOICE_OPEN),
        (LINE, {"invoiced_currency": "USD"}, CreditResult.PRICE_DIFFERENCE),
        (evolve(LINE, unit_price=Decimal(98)), {}, CreditResult.PRICE_DIFFERENCE),
        (evolve(LINE, amount_excl_tax=297), {}, CreditResult.PRICE_DIFFERENCE),
        (evolve(LINE, amount_excl_tax=265, allowances=(OFF,)), {}, CreditResult.PRICE_DIFFERENCE),
        (evolve(LINE, tax_rate=Decimal(8)), {}, CreditResult.TAX_DIFFERENCE),
        (evolve(LINE, tax_category=TaxCategory.REDUCED), {}, CreditResult.TAX_DIFFERENCE),
        (LINE, {"taxes_add_up": False}, CreditResult.TAX_DIFFERENCE),
        (LINE, {"credited_before": 8}, CreditResult.OVER_CREDITED),
        (LINE, {"amount_before": 691}, CreditResult.OVER_CREDITED),
        # what is wrong with the document comes before what is only not settled yet
        (LINE, {"credited_before": 8, "invoice_matched": False}, CreditResult.OVER_CREDITED),
    ],
)
def test_every_difference_has_its_result(line: Any, changes: dict[str, Any], wanted: CreditResult) -> None:
    assert result(line, **changes) is wanted


@pytest.mark.spec("INT-4")
def test_a_tolerated_price_is_no_difference() -> None:
    line = evolve(LINE, unit_price=Decimal(98), amount_excl_tax=294)
    settings = MatchingSettings(price_tolerance=Decimal("0.5"))
    assert match_credit(line, facts(), settings).result is CreditResult.MATCHED


@pytest.mark.spec("INT-4")
def test_the_share_of_the_lines_allowance_goes_back_with_it() -> None:
    invoiced = evolve(INVOICED, amount_excl_tax=885, allowances=(evolve(OFF, amount=100),))
    line = evolve(LINE, amount_excl_tax=265, allowances=(OFF,))
    assert result(line, invoice_line=invoiced) is CreditResult.MATCHED
    assert result(invoice_line=invoiced) is CreditResult.PRICE_DIFFERENCE
