"""Allowances, charges and totals of a purchase order in the supplier's terms, and what is refused of them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve

from askul_connect.core.domain.allowances import AllowanceCharge, AnticipatedTotals
from askul_connect.core.domain.mapping import Mapping
from askul_connect.core.domain.tax import TaxCategory
from askul_connect.core.errors import AskulConnectError, UnknownTax, ValueInvalid
from askul_connect.core.messages.purchase_order import (
    PurchaseOrder,
    PurchaseOrderLine,
    StatedAllowance,
    StatedTotals,
)
from askul_connect.core.policies.mapping import MappedOrder, translate

OFF = StatedAllowance(charge=False, amount=Decimal("10.00"), where="/Order/cac:AllowanceCharge[1]")
FREIGHT = StatedAllowance(
    charge=True,
    amount=Decimal("4.50"),
    tax_category="S",
    tax_rate=Decimal(25),
    where="/Order/cac:AllowanceCharge[2]",
    places={"tax_category": "/Order/cac:AllowanceCharge[2]/cac:TaxCategory/cbc:ID"},
)
TOTALS = StatedTotals(
    lines=Decimal("97.50"),
    allowances=Decimal(10),
    charges=Decimal("4.5"),
    excl_tax=Decimal("92.00"),
    tax=Decimal(23),
    incl_tax=Decimal(115),
    payable=Decimal(115),
    places={
        name: f"/Order/{name}"
        for name in ("lines", "allowances", "charges", "excl_tax", "tax", "incl_tax", "payable")
    },
)
LINE = PurchaseOrderLine(
    line_id="1",
    sku="A",
    quantity=4,
    unit="EA",
    unit_price=Decimal(25),
    allowances=(evolve(OFF, amount=Decimal("2.5")),),
)
ORDER = PurchaseOrder(
    purchase_order_id="PO-1", currency="EUR", lines=(LINE,), allowances=(OFF, FREIGHT), totals=TOTALS
)
MAPPING = Mapping(taxes={("S", Decimal(25)): TaxCategory.STANDARD}, currencies={"EURO": "EUR", "YEN": "JPY"})


def mapped(order: PurchaseOrder = ORDER, mapping: Mapping = MAPPING) -> MappedOrder:
    return translate(order, mapping, default_supplier="s", own_party="p")


def refused(order: PurchaseOrder, mapping: Mapping = MAPPING) -> AskulConnectError:
    with pytest.raises(AskulConnectError) as error:
        mapped(order, mapping)
    return error.value


@pytest.mark.spec("INT-2")
@pytest.mark.parametrize("code", ["EUR", "EURO"])
def test_amounts_become_minor_units_and_codes_categories(code: str) -> None:
    found = mapped(evolve(ORDER, currency=code))

    assert found.allowances == (
        AllowanceCharge(charge=False, amount=1_000),
        AllowanceCharge(charge=True, amount=450, tax_category=TaxCategory.STANDARD),
    )
    assert found.lines[0].allowances == (AllowanceCharge(charge=False, amount=250),)
    assert found.anticipated == AnticipatedTotals(
        lines=9_750,
        allowances=1_000,
        charges=450,
        excl_tax=9_200,
        tax=2_300,
        incl_tax=11_500,
        payable=11_500,
    )


def test_nothing_stated_is_nothing_anticipated() -> None:
    assert mapped(evolve(ORDER, totals=StatedTotals())).anticipated is None


@pytest.mark.spec("INT-2")
def test_an_unknown_tax_names_the_line_that_is_missing() -> None:
    error = refused(ORDER, Mapping())

    assert isinstance(error, UnknownTax)
    [problem] = error.problems
    assert problem.where == "/Order/cac:AllowanceCharge[2]/cac:TaxCategory/cbc:ID"
    assert "add to mapping/tax.csv: S,25,<" in problem.detail


@pytest.mark.spec("INT-2")
@pytest.mark.parametrize("name", ["lines", "allowances", "charges", "excl_tax", "incl_tax", "payable"])
def test_a_total_that_does_not_follow_is_refused_at_its_place(name: str) -> None:
    changes: dict[str, Any] = {name: getattr(TOTALS, name) + Decimal("0.01")}

    error = refused(evolve(ORDER, totals=evolve(TOTALS, **changes)))

    assert isinstance(error, ValueInvalid)
    assert f"/Order/{name}" in {problem.where for problem in error.problems}


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": Decimal(-10)},
        {"amount": Decimal("10.001")},
        {"percent": Decimal(10), "base_amount": Decimal(90)},
    ],
)
def test_an_allowance_that_is_none_is_refused(changes: dict[str, Any]) -> None:
    order = evolve(ORDER, totals=StatedTotals(), allowances=(evolve(OFF, **changes),))

    assert [problem.where for problem in refused(order).problems] == [OFF.where]


def test_a_currency_without_decimals_takes_none() -> None:
    order = evolve(ORDER, currency="YEN", totals=StatedTotals(), lines=(evolve(LINE, allowances=()),))

    assert isinstance(refused(order), ValueInvalid)
    assert mapped(evolve(order, allowances=(OFF,))).allowances[0].amount == 10
