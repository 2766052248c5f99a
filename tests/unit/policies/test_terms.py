"""What a supplier takes off or adds: only what was agreed, and never more."""

from __future__ import annotations

from decimal import Decimal

import pytest
from attrs import evolve

from askul_connect.core.domain.allowances import AgreedTerm, AllowanceCharge
from askul_connect.core.domain.currency import currency
from askul_connect.core.domain.tax import TaxCategory
from askul_connect.core.errors import AllowanceRefused, ValueInvalid
from askul_connect.core.policies.terms import MAXIMUM_ALLOWANCES, allowance_findings

DISCOUNT = AgreedTerm(charge=False, reason_code="95", most_percent=Decimal(10))
FREIGHT = AgreedTerm(charge=True, reason="Freight", on_lines=False)
OFF = AllowanceCharge(charge=False, amount=100, reason_code="95", reason="Discount")
ON = AllowanceCharge(charge=True, amount=5_000, reason="Freight", tax_category=TaxCategory.STANDARD)


def found(*entries: AllowanceCharge, of_order: bool = True, beside: int = 1_000) -> list[type[Exception]]:
    return [
        error
        for error, _, _ in allowance_findings(
            entries,
            beside=beside,
            of_order=of_order,
            terms=(DISCOUNT, FREIGHT),
            currency=currency("EUR"),
        )
    ]


@pytest.mark.spec("CART-4")
def test_what_was_agreed_is_taken() -> None:
    assert found() == []
    assert found(OFF, ON) == []
    assert found(OFF, of_order=False) == []


@pytest.mark.spec("CART-4")
@pytest.mark.parametrize(
    ("entry", "of_order"),
    [
        (evolve(OFF, amount=101), True),
        (evolve(OFF, reason_code="96"), True),
        (evolve(OFF, reason_code=""), True),
        (evolve(OFF, charge=True), True),
        (evolve(ON, charge=False), True),
        (evolve(ON, reason="freight"), True),
        (evolve(ON, tax_category=None), False),
    ],
)
def test_what_was_not_is_refused(entry: AllowanceCharge, of_order: bool) -> None:
    assert AllowanceRefused in found(entry, of_order=of_order)


@pytest.mark.spec("CART-4")
def test_a_limit_is_not_passed_in_pieces() -> None:
    assert found(evolve(OFF, amount=60), evolve(OFF, amount=41)) == [AllowanceRefused]
    assert found(evolve(OFF, amount=60), evolve(OFF, amount=40)) == []


@pytest.mark.parametrize("changes", [{"amount": -100}, {"percent": Decimal(5), "base_amount": 1_000}])
def test_what_is_none_at_all_is_invalid(changes: dict[str, object]) -> None:
    assert ValueInvalid in found(evolve(OFF, **changes))


def test_a_line_is_taxed_as_it_is() -> None:
    assert found(evolve(OFF, tax_category=TaxCategory.ZERO), of_order=False) == [ValueInvalid]


def test_there_is_a_limit_to_their_number() -> None:
    assert found(*[evolve(OFF, amount=0)] * (MAXIMUM_ALLOWANCES + 1)) == [ValueInvalid]
