"""The three-way match: every result, every boundary, and nothing billed that nobody looks at."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve

from askul_connect.core.domain.catalog import Fulfilment
from askul_connect.core.domain.matches import MatchResult
from askul_connect.core.domain.orders import LineState
from askul_connect.core.domain.purchasing import PurchaseLine
from askul_connect.core.domain.tax import TaxCategory, TaxTotal
from askul_connect.core.messages.documents import Invoice, InvoiceLine, OrderDocumentLine, Party
from askul_connect.core.policies.matching import MatchFacts, match_line
from askul_connect.core.policies.matching_tax import rates_in_order
from askul_connect.core.policies.settings import MatchingSettings

TEN, EIGHT = Decimal(10), Decimal(8)
STANDARD, REDUCED = TaxCategory.STANDARD, TaxCategory.REDUCED


def purchase_line(**changes: Any) -> PurchaseLine:
    made = PurchaseLine(
        line_id="1",
        sku="A",
        quantity=10,
        unit="EA",
        unit_price=Decimal(100),
        amount_excl_tax=1_000,
        department="D",
        cost_centre="",
        account="",
        requested_on=None,
        tax_category=None,
        period="2026-04",
    )
    return evolve(made, **changes)


def order_line(**changes: Any) -> OrderDocumentLine:
    made = OrderDocumentLine(
        line_id="1",
        sku="A",
        name="a",
        quantity=10,
        unit="EA",
        unit_price=Decimal(100),
        amount_excl_tax=1_000,
        tax_category=STANDARD,
        tax_rate=TEN,
        fulfilment=Fulfilment.STOCK,
        state=LineState.SHIPPED,
    )
    return evolve(made, **changes)


def invoice_line(**changes: Any) -> InvoiceLine:
    made = InvoiceLine(
        line_number="1",
        order_number="O-1",
        purchase_order_id="PO-1",
        line_id="1",
        ship_notice_number="S-1",
        shipped_on=date(2026, 4, 2),
        sku="A",
        name="a",
        quantity=10,
        unit="EA",
        unit_price=Decimal(100),
        amount_excl_tax=1_000,
        tax_category=STANDARD,
        tax_rate=TEN,
    )
    return evolve(made, **changes)


def facts(**changes: Any) -> MatchFacts:
    made = MatchFacts(
        currency="JPY",
        ordered_currency="JPY",
        purchase_line=purchase_line(),
        order_line=order_line(),
        rates=frozenset((TEN,)),
        received=10,
        invoiced_before=0,
        billed_elsewhere="",
        taxes_add_up=True,
    )
    return evolve(made, **changes)


def result(line: InvoiceLine, of: MatchFacts, **settings: Any) -> MatchResult:
    found = match_line(line, of, MatchingSettings(**settings))
    assert found.detail
    return found.result


PRICE = {"unit_price": Decimal(101), "amount_excl_tax": 1_010}
CASES = [
    ("everything agrees", {}, {}, {}, MatchResult.MATCHED),
    ("no such order", {}, {"purchase_line": None}, {}, MatchResult.UNKNOWN_ORDER),
    ("billed before", {}, {"billed_elsewhere": "I-0"}, {}, MatchResult.DUPLICATE_INVOICE),
    ("dearer", PRICE, {}, {}, MatchResult.PRICE_DIFFERENCE),
    ("dearer within tolerance", PRICE, {}, {"price_tolerance": Decimal(1)}, MatchResult.MATCHED),
    (
        "dearer by more than the tolerance",
        PRICE,
        {},
        {"price_tolerance": Decimal("0.9999")},
        MatchResult.PRICE_DIFFERENCE,
    ),
    (
        "cheaper",
        {"unit_price": Decimal(99), "amount_excl_tax": 990},
        {},
        {},
        MatchResult.PRICE_DIFFERENCE,
    ),
    (
        "the order's price counts, not the expected one",
        {},
        {"purchase_line": purchase_line(unit_price=Decimal(90))},
        {},
        MatchResult.MATCHED,
    ),
    (
        "without the order, the expected one counts",
        {},
        {"order_line": None, "purchase_line": purchase_line(unit_price=Decimal(90))},
        {},
        MatchResult.PRICE_DIFFERENCE,
    ),
    ("another currency", {}, {"currency": "USD"}, {}, MatchResult.PRICE_DIFFERENCE),
    ("an amount of its own", {"amount_excl_tax": 1_001}, {}, {}, MatchResult.PRICE_DIFFERENCE),
    ("taxes that do not add up", {}, {"taxes_add_up": False}, {}, MatchResult.TAX_DIFFERENCE),
    ("another tax category", {"tax_category": REDUCED}, {}, {}, MatchResult.TAX_DIFFERENCE),
    ("another rate", {"tax_rate": EIGHT}, {}, {}, MatchResult.TAX_DIFFERENCE),
    (
        "a rate that is law on the day of shipment",
        {"tax_rate": Decimal(12)},
        {"rates": frozenset((Decimal(12),))},
        {},
        MatchResult.MATCHED,
    ),
    ("more than ordered", {}, {"invoiced_before": 1, "received": 99}, {}, MatchResult.OVER_INVOICED),
    (
        "more than ordered within tolerance",
        {},
        {"invoiced_before": 1, "received": 10},
        {"quantity_tolerance": 1},
        MatchResult.MATCHED,
    ),
    (
        "what was cancelled",
        {},
        {"order_line": order_line(quantity_cancelled=1)},
        {},
        MatchResult.OVER_INVOICED,
    ),
    (
        "the rest after a short shipment",
        {"quantity": 9, "amount_excl_tax": 900},
        {"order_line": order_line(quantity_cancelled=1), "received": 9},
        {},
        MatchResult.MATCHED,
    ),
    ("less received", {}, {"received": 9}, {}, MatchResult.NOT_RECEIVED),
    ("nothing received", {}, {"received": None}, {}, MatchResult.NOT_RECEIVED),
    (
        "less received within tolerance",
        {},
        {"received": 9},
        {"quantity_tolerance": 1},
        MatchResult.MATCHED,
    ),
    ("a part", {"quantity": 4, "amount_excl_tax": 400}, {"received": 4}, {}, MatchResult.MATCHED),
    (
        "the second part before its receipt",
        {"quantity": 6, "amount_excl_tax": 600},
        {"invoiced_before": 4, "received": 9},
        {},
        MatchResult.NOT_RECEIVED,
    ),
]


@pytest.mark.spec("INT-4")
@pytest.mark.parametrize(
    ("line", "compared", "settings", "wanted"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_results(
    line: dict[str, Any], compared: dict[str, Any], settings: dict[str, Any], wanted: MatchResult
) -> None:
    assert result(invoice_line(**line), facts(**compared), **settings) is wanted


def test_the_table_has_every_result() -> None:
    # whether the budget has it is found when what matched is booked
    assert {case[-1] for case in CASES} == set(MatchResult) - {MatchResult.OVER_BUDGET}


@pytest.mark.spec("INT-4", "PRC-3")
@pytest.mark.parametrize(
    ("price", "quantity", "amount", "fine"),
    [
        ("12.5", 3, 37, True),
        ("12.5", 3, 38, True),
        ("12.5", 3, 36, False),
        ("12.5", 3, 39, False),
        ("12.5", 4, 50, True),
        ("12.5", 4, 49, False),
        ("0.0001", 10_000, 1, True),
        ("-12.5", 3, -37, True),
    ],
)
def test_an_amount_is_the_product_rounded_either_way(
    price: str, quantity: int, amount: int, fine: bool
) -> None:
    line = invoice_line(unit_price=Decimal(price), quantity=quantity, amount_excl_tax=amount)
    compared = facts(
        order_line=order_line(unit_price=Decimal(price), quantity=quantity),
        purchase_line=purchase_line(quantity=quantity),
        received=quantity,
    )
    assert (result(line, compared) is MatchResult.MATCHED) is fine


@pytest.mark.spec("PRC-5")
def test_amounts_are_minor_units_of_the_currency() -> None:
    dollars = {"currency": "USD", "ordered_currency": "USD"}
    line = invoice_line(quantity=2, unit_price=Decimal("0.995"), amount_excl_tax=199)
    compared = facts(order_line=order_line(unit_price=Decimal("0.995")), **dollars)
    assert result(line, compared) is MatchResult.MATCHED


def invoice(lines: tuple[InvoiceLine, ...], tax: tuple[TaxTotal, ...], **changes: Any) -> Invoice:
    net = sum(line.amount_excl_tax for line in lines)
    made = Invoice(
        invoice_number="I-1",
        issued_on=date(2026, 5, 1),
        period_start=date(2026, 4, 1),
        period_end=date(2026, 4, 30),
        due_on=date(2026, 5, 31),
        currency="JPY",
        supplier=Party(name="s"),
        customer=Party(name="c"),
        lines=lines,
        tax=tax,
        total_excl_tax=net,
        total_incl_tax=net + sum(entry.tax for entry in tax),
    )
    return evolve(made, **changes)


def total(category: TaxCategory, rate: Decimal, taxable: int, tax: int) -> TaxTotal:
    return TaxTotal(category=category, rate=rate, taxable=taxable, tax=tax)


# 1,005 at 10 % is 100.5, 333 at 8 % is 26.64
LINES = (
    invoice_line(amount_excl_tax=1_005),
    invoice_line(line_number="2", amount_excl_tax=333, tax_category=REDUCED, tax_rate=EIGHT),
)
BOTH = frozenset(((STANDARD, TEN), (REDUCED, EIGHT)))


@pytest.mark.spec("INT-4", "PRC-3")
@pytest.mark.parametrize(
    ("standard", "reduced", "tolerance", "wanted"),
    [
        (100, 26, 0, BOTH),
        (101, 27, 0, BOTH),
        (99, 26, 0, {(REDUCED, EIGHT)}),
        (102, 28, 0, set()),
        (102, 28, 1, BOTH),
        (99, 25, 1, BOTH),
        (103, 26, 1, {(REDUCED, EIGHT)}),
    ],
)
def test_tax_is_rounded_once_per_rate_in_either_way(
    standard: int, reduced: int, tolerance: int, wanted: Any
) -> None:
    made = invoice(LINES, (total(STANDARD, TEN, 1_005, standard), total(REDUCED, EIGHT, 333, reduced)))
    assert rates_in_order(made, MatchingSettings(tax_tolerance=tolerance)) == frozenset(wanted)


RIGHT = (total(STANDARD, TEN, 1_005, 100), total(REDUCED, EIGHT, 333, 26))


@pytest.mark.spec("INT-4")
@pytest.mark.parametrize(
    ("tax", "changes"),
    [
        ((*RIGHT, total(TaxCategory.ZERO, Decimal(0), 0, 5_000)), {}),
        ((*RIGHT, RIGHT[0]), {}),
        (RIGHT, {"total_incl_tax": 999_999}),
        (RIGHT, {"total_excl_tax": 999_999, "total_incl_tax": 1_000_125}),
    ],
    ids=["tax of no line", "a tax twice", "another total", "other totals"],
)
def test_what_no_line_bears_is_not_paid_unseen(tax: tuple[TaxTotal, ...], changes: dict[str, int]) -> None:
    assert rates_in_order(invoice(LINES, tax, **changes), MatchingSettings()) == frozenset()


@pytest.mark.spec("INT-4")
def test_a_taxable_sum_that_is_not_the_lines_is_a_difference_of_that_rate_only() -> None:
    tax = (total(STANDARD, TEN, 1_000, 100), total(REDUCED, EIGHT, 333, 26))
    assert rates_in_order(invoice(LINES, tax), MatchingSettings()) == {(REDUCED, EIGHT)}
