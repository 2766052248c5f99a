"""An invoice bills the agreed share of allowances and charges, or its lines do not match."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from askul_connect.core.domain.allowances import AllowanceCharge, net_of, taxed_amounts
from askul_connect.core.domain.budget_terms import BudgetBasis
from askul_connect.core.domain.catalog import Fulfilment
from askul_connect.core.domain.matches import DifferenceKind, MatchFinding, MatchResult
from askul_connect.core.domain.orders import Channel, LineState
from askul_connect.core.domain.purchasing import PurchaseLine
from askul_connect.core.domain.sales import Order, OrderLine
from askul_connect.core.domain.tax import TaxCategory, tax_subtotals
from askul_connect.core.messages.documents import Invoice, InvoiceAllowance, InvoiceLine, OrderDocument, Party
from askul_connect.core.policies.budgeting import Borne, TaxedLine, line_values
from askul_connect.core.policies.matching import MatchFacts, match_line, order_difference
from askul_connect.core.policies.matching_tax import rates_in_order
from askul_connect.core.policies.parts import line_allowances, line_amount, order_allowances
from askul_connect.core.policies.settings import MatchingSettings
from askul_connect.core.services.supplier.documents import order_document

STANDARD, ZERO = TaxCategory.STANDARD, TaxCategory.ZERO
RATES = {
    STANDARD: Decimal(25),
    ZERO: Decimal(0),
    TaxCategory.REDUCED: Decimal(10),
    TaxCategory.EXEMPT: Decimal(0),
}
OFF = AllowanceCharge(charge=False, amount=100, reason_code="95")
ON = AllowanceCharge(charge=True, amount=31, reason_code="FC", tax_category=ZERO, tax_rate=Decimal(0))


OTHER = MatchFinding(kind=DifferenceKind.ORDER_CHARGE, amount=1, facts={"held": "+1", "agreed": "+0"})


def order_line(line_id: str, quantity: int, **changes: Any) -> OrderLine:
    made = OrderLine(
        line_id=line_id,
        sku="A",
        name="a",
        quantity=quantity,
        unit="EA",
        unit_price=Decimal("9.99"),
        amount_excl_tax=0,
        tax_category=STANDARD,
        tax_rate=Decimal(25),
        fulfilment=Fulfilment.STOCK,
        lead_days=0,
        department="D",
        cost_centre="",
        requested_on=None,
        state=LineState.CONFIRMED,
    )
    made = evolve(made, **changes)
    return evolve(made, amount_excl_tax=line_amount(made, "EUR", 0, quantity))


def order(*lines: OrderLine, allowances: tuple[AllowanceCharge, ...] = ()) -> Order:
    return Order(
        order_number="O-1",
        account_id="a",
        purchase_order_id="PO-1",
        buyer_party="p",
        issue_year=0,
        checkout_id="c",
        placed_by="u",
        request_hash="h",
        channel=Channel.SOAP,
        currency="EUR",
        placed_at=datetime(2026, 4, 1, tzinfo=UTC),
        order_date=date(2026, 4, 1),
        lines=lines,
        tax=(),
        total_excl_tax=0,
        total_incl_tax=0,
        allowances=allowances,
    )


entries = st.builds(
    AllowanceCharge,
    charge=st.booleans(),
    amount=st.integers(0, 5_000),
    tax_category=st.none() | st.sampled_from(TaxCategory),
)
order_lines = st.builds(
    order_line,
    st.just("?"),
    st.integers(1, 12),
    unit_price=st.sampled_from([Decimal(0), Decimal("0.333"), Decimal("9.99"), Decimal(70)]),
    tax_category=st.sampled_from(TaxCategory),
    allowances=st.lists(entries.map(lambda one: evolve(one, tax_category=None)), max_size=2).map(tuple),
)


@st.composite
def shipped(draw: st.DrawFn) -> tuple[Order, list[dict[str, int]]]:
    """An order, and shipments that together are all of it."""
    drawn = draw(st.lists(order_lines, min_size=1, max_size=4))
    lines = [evolve(line, line_id=str(place)) for place, line in enumerate(drawn)]
    left = {line.line_id: line.quantity for line in lines}
    shipments = []
    while any(left.values()):
        leaving = {line_id: draw(st.integers(0, units)) for line_id, units in left.items() if units}
        if not any(leaving.values()):
            leaving = {line_id: units for line_id, units in left.items() if units}
        shipments.append({line_id: units for line_id, units in leaving.items() if units})
        left = {line_id: units - leaving.get(line_id, 0) for line_id, units in left.items()}
    made = order(*lines, allowances=tuple(draw(st.lists(entries, max_size=3))))
    return made, shipments


@pytest.mark.spec("BIL-1")
@given(shipped())
def test_whatever_the_shipments_each_is_billed_exactly_once(case: tuple[Order, list[dict[str, int]]]) -> None:
    made, shipments = case
    lines, beside = 0, 0
    for leaving in shipments:
        parts = order_allowances(made, leaving, RATES)
        assert all(entry.tax_category is not None and entry.tax_rate is not None for entry in parts)
        assert all(type(entry.amount) is int for entry in parts)
        beside += net_of(parts)
        for line in made.lines:
            units = leaving.get(line.line_id, 0)
            lines += line_amount(line, "EUR", line.quantity_shipped, units)
        made = evolve(
            made,
            lines=tuple(
                evolve(line, quantity_shipped=line.quantity_shipped + leaving.get(line.line_id, 0))
                for line in made.lines
            ),
        )

    assert lines == sum(line.amount_excl_tax for line in made.lines)
    assert beside == net_of(made.allowances)


@pytest.mark.spec("BIL-1")
def test_three_shipments_of_a_third_bill_a_third_each_and_the_last_the_rest() -> None:
    made = order(order_line("1", 3, unit_price=Decimal(10)), allowances=(OFF, ON))
    parts = []
    for gone in range(3):
        shipping = evolve(made, lines=(evolve(made.lines[0], quantity_shipped=gone),))
        parts.append([entry.amount for entry in order_allowances(shipping, {"1": 1}, RATES)])

    assert parts == [[33, 10], [33, 10], [34, 11]]


def test_a_part_says_nothing_of_percentages() -> None:
    line = order_line("1", 4, allowances=(evolve(OFF, percent=Decimal(5), base_amount=2_000),))

    assert line_allowances(line, 0, 4) == line.allowances
    [part] = line_allowances(line, 1, 2)
    assert (part.amount, part.percent, part.base_amount) == (50, None, None)


@pytest.mark.spec("INT-3")
@given(
    st.lists(st.tuples(st.sampled_from([STANDARD, ZERO]), st.integers(0, 10_000)), min_size=1, max_size=6),
    st.lists(entries, max_size=3),
    st.sampled_from(BudgetBasis),
    st.randoms(use_true_random=False),
)
def test_budget_values_add_up_to_the_total_in_any_order(
    rows: list[tuple[TaxCategory, int]], beside: list[AllowanceCharge], basis: BudgetBasis, random: Any
) -> None:
    lines = [
        TaxedLine(line_id=str(place), amount_excl_tax=amount, category=category, rate=RATES[category])
        for place, (category, amount) in enumerate(rows)
    ]
    rated = [evolve(one, tax_rate=RATES[one.tax_category]) if one.tax_category else one for one in beside]
    tax = tax_subtotals(
        taxed_amounts([(line.category, line.rate, line.amount_excl_tax) for line in lines], rated)
    )
    borne = [Borne(entry=entry) for entry in rated]

    values = line_values(lines, tax, basis, borne)

    total = sum(line.amount_excl_tax for line in lines) + net_of(rated)
    if basis is not BudgetBasis.EXCL_TAX:
        total += sum(entry.tax for entry in tax)
    assert sum(values.values()) == total
    assert line_values(random.sample(lines, len(lines)), tax, basis, borne) == values


def invoice_line(quantity: int, amount: int, **changes: Any) -> InvoiceLine:
    made = InvoiceLine(
        line_number="1",
        order_number="O-1",
        purchase_order_id="PO-1",
        line_id="1",
        ship_notice_number="S-1",
        shipped_on=date(2026, 4, 2),
        sku="A",
        name="a",
        quantity=quantity,
        unit="EA",
        unit_price=Decimal(10),
        amount_excl_tax=amount,
        tax_category=STANDARD,
        tax_rate=Decimal(25),
    )
    return evolve(made, **changes)


def purchase_line() -> PurchaseLine:
    return PurchaseLine(
        line_id="1",
        sku="A",
        quantity=10,
        unit="EA",
        unit_price=Decimal(10),
        amount_excl_tax=9_900,
        department="D",
        cost_centre="",
        account="",
        requested_on=None,
        tax_category=None,
        period="2026-04",
        allowances=(OFF,),
    )


@pytest.mark.spec("INT-4")
@pytest.mark.parametrize(
    ("quantity", "amount", "taken_off", "result"),
    [
        (10, 9_900, 100, MatchResult.MATCHED),
        (5, 4_950, 50, MatchResult.MATCHED),
        (5, 4_949, 51, MatchResult.MATCHED),
        (5, 4_952, 48, MatchResult.PRICE_DIFFERENCE),
        (10, 10_000, 0, MatchResult.PRICE_DIFFERENCE),
        (10, 9_900, 0, MatchResult.PRICE_DIFFERENCE),
        (10, 9_905, 95, MatchResult.PRICE_DIFFERENCE),
    ],
)
def test_a_line_bills_its_share(quantity: int, amount: int, taken_off: int, result: MatchResult) -> None:
    part = (evolve(OFF, amount=taken_off),) if taken_off else ()
    line = invoice_line(quantity, amount, allowances=part)
    known = MatchFacts(
        currency="EUR",
        ordered_currency="EUR",
        purchase_line=purchase_line(),
        order_line=None,
        rates=frozenset(),
        received=10,
        invoiced_before=0,
        billed_elsewhere="",
        taxes_add_up=True,
    )

    assert match_line(line, known, MatchingSettings()).result is result
    assert (
        match_line(line, evolve(known, order_difference=OTHER), MatchingSettings()).result
        is MatchResult.PRICE_DIFFERENCE
    )


@pytest.mark.spec("INT-4", "PRC-1")
@pytest.mark.parametrize(
    ("entry", "amount", "result"),
    [
        (evolve(OFF, amount=300), 9_700, MatchResult.MATCHED),
        (evolve(OFF, amount=90), 9_910, MatchResult.PRICE_DIFFERENCE),
        (evolve(OFF, charge=True, amount=300), 10_300, MatchResult.PRICE_DIFFERENCE),
    ],
)
def test_what_the_supplier_takes_off_a_line_counts_and_what_it_adds_does_not(
    entry: AllowanceCharge, amount: int, result: MatchResult
) -> None:
    """100 off were agreed; the order states something else, and the invoice bills that."""
    ordered = order_document(order(order_line("1", 10, unit_price=Decimal(10), allowances=(entry,)))).lines[0]
    known = MatchFacts(
        currency="EUR",
        ordered_currency="EUR",
        purchase_line=purchase_line(),
        order_line=ordered,
        rates=frozenset(),
        received=10,
        invoiced_before=0,
        billed_elsewhere="",
        taxes_add_up=True,
    )

    assert (
        match_line(invoice_line(10, amount, allowances=(entry,)), known, MatchingSettings()).result is result
    )


def invoice(lines: tuple[InvoiceLine, ...], beside: tuple[AllowanceCharge, ...], **changes: Any) -> Invoice:
    taxed = taxed_amounts(
        [(line.tax_category, line.tax_rate, line.amount_excl_tax) for line in lines], beside
    )
    tax = tax_subtotals(taxed)
    net = sum(line.amount_excl_tax for line in lines) + net_of(beside)
    made = Invoice(
        invoice_number="I-1",
        issued_on=date(2026, 5, 1),
        period_start=date(2026, 4, 1),
        period_end=date(2026, 4, 30),
        due_on=date(2026, 5, 31),
        currency="EUR",
        supplier=Party(name="s"),
        customer=Party(name="c"),
        lines=lines,
        tax=tax,
        total_excl_tax=net,
        total_incl_tax=net + sum(entry.tax for entry in tax),
        allowances=tuple(
            InvoiceAllowance(
                order_number="O-1", purchase_order_id="PO-1", ship_notice_number="S-1", allowance=entry
            )
            for entry in beside
        ),
    )
    return evolve(made, **changes)


def held(*allowances: AllowanceCharge) -> OrderDocument:
    return order_document(order(order_line("1", 10, unit_price=Decimal(10)), allowances=allowances))


@pytest.mark.spec("INT-4")
@pytest.mark.parametrize(
    ("beside", "fine"),
    [
        ((ON,), True),
        ((), False),
        ((evolve(ON, amount=32),), True),
        ((evolve(ON, amount=33),), False),
        ((evolve(ON, charge=False),), False),
        ((evolve(ON, tax_category=TaxCategory.REDUCED, tax_rate=Decimal(10)),), False),
    ],
)
def test_an_order_bills_its_share(beside: tuple[AllowanceCharge, ...], fine: bool) -> None:
    made = invoice((invoice_line(10, 10_000),), beside)

    found = order_difference(made, "O-1", order=held(ON), allowances=(), whole=0, settings=MatchingSettings())

    assert (found is None) is fine
    # another order's share is its own
    assert (
        order_difference(made, "O-2", order=None, allowances=(), whole=5, settings=MatchingSettings()) is None
    )


def test_of_half_the_value_half_is_billed() -> None:
    half = invoice((invoice_line(5, 5_000),), (evolve(ON, amount=15),))
    all_of_it = invoice((invoice_line(5, 5_000),), (ON,))

    assert (
        order_difference(half, "O-1", order=held(ON), allowances=(), whole=0, settings=MatchingSettings())
        is None
    )
    assert order_difference(
        all_of_it, "O-1", order=held(ON), allowances=(), whole=0, settings=MatchingSettings()
    )
    assert (
        order_difference(half, "O-1", order=None, allowances=(ON,), whole=10_000, settings=MatchingSettings())
        is None
    )


@pytest.mark.spec("INT-4")
def test_the_tax_and_total_of_an_invoice_count_them() -> None:
    taxed = evolve(ON, tax_category=STANDARD, tax_rate=Decimal(25), amount=400)
    made = invoice((invoice_line(10, 10_000),), (taxed, ON))
    both = frozenset({(STANDARD, Decimal(25)), (ZERO, Decimal(0))})

    assert rates_in_order(made, MatchingSettings()) == both
    assert rates_in_order(evolve(made, allowances=made.allowances[:1]), MatchingSettings()) == frozenset()
    unrated = evolve(made.allowances[0], allowance=evolve(taxed, tax_rate=None))
    assert (
        rates_in_order(evolve(made, allowances=(unrated, made.allowances[1])), MatchingSettings())
        == frozenset()
    )


@pytest.mark.spec("INT-4")
def test_a_wrong_tax_that_only_an_allowance_bears_is_seen() -> None:
    reduced = evolve(ON, tax_category=TaxCategory.REDUCED, tax_rate=Decimal(10), amount=1_000)
    made = invoice((invoice_line(10, 10_000),), (reduced,))
    wrong = tuple(
        evolve(entry, tax=entry.tax + 50) if entry.category is TaxCategory.REDUCED else entry
        for entry in made.tax
    )
    stated = evolve(made, tax=wrong, total_incl_tax=made.total_incl_tax + 50)

    assert rates_in_order(made, MatchingSettings())
    assert rates_in_order(stated, MatchingSettings()) == frozenset()


@pytest.mark.spec("INT-4", "BIL-3")
def test_what_came_back_before_it_was_billed_is_no_difference() -> None:
    """It was never agreed with the order, but it is in the totals and in the tax."""
    back = AllowanceCharge(charge=False, amount=20, tax_category=STANDARD, tax_rate=Decimal(25))
    made = invoice((invoice_line(10, 10_000),), (ON, back))
    returned = evolve(made, allowances=(made.allowances[0], evolve(made.allowances[1], reduction_id="R-1")))
    assert (
        order_difference(returned, "O-1", order=held(ON), allowances=(), whole=0, settings=MatchingSettings())
        is None
    )
    assert (
        order_difference(made, "O-1", order=held(ON), allowances=(), whole=0, settings=MatchingSettings())
        is not None
    )
    assert (STANDARD, Decimal(25)) in rates_in_order(returned, MatchingSettings())
