"""Translating a purchase order: what the tables know, what passes, and every missing line at once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve

from askul_connect.core.domain.mapping import MappedDepartment, Mapping
from askul_connect.core.domain.tax import TaxCategory
from askul_connect.core.errors import (
    UnknownCurrency,
    UnknownDepartment,
    UnknownItem,
    UnknownParty,
    UnknownTax,
    UnknownUnit,
    UnmappedValue,
)
from askul_connect.core.messages.purchase_order import PurchaseOrder, PurchaseOrderLine
from askul_connect.core.policies.mapping import MappedLine, MappedOrder, translate

LINE = PurchaseOrderLine(
    line_id="1",
    sku="OLD-1",
    quantity=3,
    unit="EA",
    unit_price=Decimal("12.5"),
    department="SALES",
    cost_centre="CC-9",
    requested_on=date(2026, 4, 8),
    where="/Order/cac:OrderLine[1]",
    places={"unit": "/Order/cac:OrderLine[1]/cac:LineItem/cbc:Quantity/@unitCode"},
)
CSV_ORDER = PurchaseOrder(purchase_order_id="PO-1", currency="JPY", lines=(LINE,), where="orders.csv")
UBL_ORDER = evolve(
    CSV_ORDER, buyer_party="0188:1", seller_party="0088:2", issued_on=date(2026, 4, 1), where="order.xml"
)
PARTIES = Mapping(buyers=frozenset({"0188:1"}), sellers={"0088:2": "askul"})


def translated(po: PurchaseOrder, mapping: Mapping) -> MappedOrder:
    return translate(po, mapping, default_supplier="other", own_party="0188:9")


def line(mapping: Mapping, **changes: Any) -> MappedLine:
    (found,) = translated(evolve(CSV_ORDER, lines=(evolve(LINE, **changes),)), mapping).lines
    return found


@pytest.mark.spec("INT-2")
def test_what_is_known_passes_without_any_table() -> None:
    assert translated(CSV_ORDER, Mapping()) == MappedOrder(
        purchase_order_id="PO-1",
        buyer_party="0188:9",
        supplier="other",
        issued_on=None,
        currency="JPY",
        lines=(
            MappedLine(
                line_id="1",
                sku="OLD-1",
                quantity=3,
                unit="EA",
                unit_price=Decimal("12.5"),
                department="SALES",
                cost_centre="CC-9",
                requested_on=date(2026, 4, 8),
                account="",
                tax_category=None,
                where="/Order/cac:OrderLine[1]",
            ),
        ),
    )


def test_parties_of_a_document_decide_buyer_and_supplier() -> None:
    found = translated(UBL_ORDER, PARTIES)

    assert (found.buyer_party, found.supplier, found.issued_on) == ("0188:1", "askul", date(2026, 4, 1))


def test_an_item_is_translated_for_its_supplier_only() -> None:
    mapping = evolve(PARTIES, items={("askul", "OLD-1"): "NEW-1"})

    assert translated(UBL_ORDER, mapping).lines[0].sku == "NEW-1"
    assert translated(CSV_ORDER, mapping).lines[0].sku == "OLD-1"


def test_an_item_without_a_number_is_translated_by_its_name() -> None:
    named = evolve(LINE, sku="", description="Pens, blue", places={"sku": "/Order/x/cbc:Name"})
    po = evolve(UBL_ORDER, lines=(named,))

    assert translated(po, evolve(PARTIES, items={("askul", "Pens, blue"): "P-1"})).lines[0].sku == "P-1"
    with pytest.raises(UnknownItem) as caught:
        translated(po, PARTIES)
    assert caught.value.problems[0].where == "/Order/x/cbc:Name"
    assert 'add to mapping/items.csv: askul,"Pens, blue",<SKU>' in caught.value.detail


def test_units_and_currencies_are_translated() -> None:
    mapping = Mapping(units={"箱": "XBX", "EA": "H87"}, currencies={"YEN": "JPY"})

    assert line(mapping, unit="箱").unit == "XBX"
    assert line(mapping).unit == "H87"
    assert translated(evolve(CSV_ORDER, currency="YEN"), mapping).currency == "JPY"


def test_departments_pass_while_their_table_is_empty_and_must_be_in_it_otherwise() -> None:
    mapping = Mapping(
        departments={
            "営業": MappedDepartment(code="SALES", cost_centre="CC-1"),
            "": MappedDepartment(code="HQ", cost_centre="CC-0"),
        }
    )
    found = line(mapping, department="営業", cost_centre="")
    assert (found.department, found.cost_centre) == ("SALES", "CC-1")
    assert line(mapping, department="営業").cost_centre == "CC-9"
    assert line(mapping, department="").department == "HQ"
    with pytest.raises(
        UnknownDepartment, match=r"add to mapping/departments\.csv: SALES,<department code>,CC-9"
    ):
        line(mapping)


def test_the_account_follows_department_and_cost_centre() -> None:
    mapping = Mapping(accounts={("SALES", "CC-9"): "7420", ("SALES", ""): "7400"})

    assert line(mapping).account == "7420"
    assert line(mapping, cost_centre="CC-1").account == "7400"
    assert line(mapping, department="HQ").account == ""


def test_a_tax_category_is_needed_only_when_one_is_stated() -> None:
    mapping = Mapping(
        taxes={
            ("S", Decimal(10)): TaxCategory.STANDARD,
            ("S", Decimal(8)): TaxCategory.REDUCED,
            ("Z", None): TaxCategory.ZERO,
        }
    )

    assert line(mapping).tax_category is None
    assert line(mapping, tax_category="S", tax_rate=Decimal("8.00")).tax_category is TaxCategory.REDUCED
    assert line(mapping, tax_category="Z", tax_rate=Decimal(0)).tax_category is TaxCategory.ZERO
    with pytest.raises(UnknownTax, match=r"add to mapping/tax\.csv: S,5,<standard"):
        line(mapping, tax_category="S", tax_rate=Decimal(5))
    with pytest.raises(UnknownTax, match=r"add to mapping/tax\.csv: S,,<standard"):
        line(mapping, tax_category="S", tax_rate=None)


def test_all_that_is_missing_is_named_at_once_with_place_and_table_line() -> None:
    po = evolve(
        UBL_ORDER,
        currency="YEN",
        lines=(evolve(LINE, unit="BOX"), evolve(LINE, line_id="2", unit="BOX,6", places={})),
        places={
            "buyer_party": "/Order/b",
            "seller_party": "/Order/s",
            "currency": "/Order/cbc:DocumentCurrencyCode",
        },
    )

    with pytest.raises(UnmappedValue) as caught:
        translated(po, Mapping())

    assert type(caught.value) is UnknownParty
    assert caught.value.where == "order.xml"
    assert [(problem.code, problem.where, problem.line_id) for problem in caught.value.problems] == [
        (UnknownParty.code, "/Order/b", ""),
        (UnknownParty.code, "/Order/s", ""),
        (UnknownCurrency.code, "/Order/cbc:DocumentCurrencyCode", ""),
        (UnknownUnit.code, "/Order/cac:OrderLine[1]/cac:LineItem/cbc:Quantity/@unitCode", "1"),
        (UnknownUnit.code, "/Order/cac:OrderLine[1]", "2"),
    ]
    advice = [problem.detail.partition("add to ")[2] for problem in caught.value.problems]
    assert advice == [
        "mapping/parties.csv: 0188:1,buyer,",
        "mapping/parties.csv: 0088:2,seller,<supplier connection>",
        "mapping/currency.csv: YEN,<ISO 4217 code>",
        "mapping/units.csv: BOX,<UN/ECE Rec. 20 code>",
        'mapping/units.csv: "BOX,6",<UN/ECE Rec. 20 code>',
    ]
