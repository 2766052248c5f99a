"""Whatever is compared, matching finds what a slow recount finds, and the short way never says anything else."""

from __future__ import annotations

import os
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from match_recount import DECIMALS, recount

from askul_connect.core.domain.allowances import AllowanceCharge
from askul_connect.core.domain.catalog import Fulfilment
from askul_connect.core.domain.matches import (
    DifferenceKind,
    MatchFinding,
    MatchResult,
    PlainInvoice,
    PlainLine,
)
from askul_connect.core.domain.orders import LineState
from askul_connect.core.domain.purchasing import PurchaseLine
from askul_connect.core.domain.tax import TaxCategory, TaxTotal
from askul_connect.core.messages.documents import InvoiceLine, OrderDocumentLine
from askul_connect.core.policies.match_texts import difference_text, what_to_do
from askul_connect.core.policies.matching import MatchFacts, match_line, receipts_count
from askul_connect.core.policies.matching_plain import plainly_matched
from askul_connect.core.policies.matching_tax import rates_that_add_up
from askul_connect.core.policies.settings import MatchingSettings, MatchWay

EXAMPLES = settings(max_examples=int(os.environ.get("MATCHING_EXAMPLES", "60")))

prices = st.sampled_from([Decimal(text) for text in ("0", "1", "98.5", "98.4999", "99", "100", "0.3333")])
quantities = st.integers(0, 6)
currencies = st.sampled_from(sorted(DECIMALS))
rates = st.sampled_from([Decimal(0), Decimal(8), Decimal(10)])
categories = st.sampled_from([TaxCategory.STANDARD, TaxCategory.REDUCED])
allowances = st.lists(
    st.builds(AllowanceCharge, charge=st.booleans(), amount=st.integers(0, 60)), max_size=2
).map(tuple)
tolerances = st.builds(
    MatchingSettings,
    price_tolerance=st.sampled_from([Decimal(0), Decimal("0.5"), Decimal(2)]),
    price_tolerance_percent=st.sampled_from([Decimal(0), Decimal("0.5"), Decimal(50)]),
    quantity_tolerance=st.integers(0, 2),
    quantity_tolerance_percent=st.sampled_from([Decimal(0), Decimal(10), Decimal(100)]),
    amount_tolerance=st.sampled_from([0, 1, 50]),
    amount_tolerance_percent=st.sampled_from([Decimal(0), Decimal("0.1"), Decimal(20)]),
)


def purchased(**changes: Any) -> PurchaseLine:
    made = PurchaseLine(
        line_id="1",
        sku="A",
        quantity=5,
        unit="EA",
        unit_price=Decimal(100),
        amount_excl_tax=500,
        department="D",
        cost_centre="",
        account="7420",
        requested_on=None,
        tax_category=None,
        period="2026-04",
    )
    return evolve(made, **changes)


def ordered(**changes: Any) -> OrderDocumentLine:
    made = OrderDocumentLine(
        line_id="1",
        sku="A",
        name="a",
        quantity=5,
        unit="EA",
        unit_price=Decimal(100),
        amount_excl_tax=500,
        tax_category=TaxCategory.STANDARD,
        tax_rate=Decimal(10),
        fulfilment=Fulfilment.STOCK,
        state=LineState.SHIPPED,
    )
    return evolve(made, **changes)


def billed(**changes: Any) -> InvoiceLine:
    made = InvoiceLine(
        line_number="1",
        order_number="O-1",
        purchase_order_id="PO-1",
        line_id="1",
        ship_notice_number="S-1",
        shipped_on=date(2026, 4, 2),
        sku="A",
        name="a",
        quantity=5,
        unit="EA",
        unit_price=Decimal(100),
        amount_excl_tax=500,
        tax_category=TaxCategory.STANDARD,
        tax_rate=Decimal(10),
    )
    return evolve(made, **changes)


@st.composite
def lines(draw: st.DrawFn, currency: str) -> InvoiceLine:
    quantity, price = draw(st.integers(-4, 6)), draw(prices)
    part = draw(allowances)
    exact = price.scaleb(DECIMALS[currency]) * quantity
    amount = int(exact) + sum(one.amount if one.charge else -one.amount for one in part)
    return billed(
        quantity=quantity,
        unit_price=price,
        allowances=part,
        # mostly right, give or take a little
        amount_excl_tax=amount + draw(st.sampled_from([0, 0, 0, 1, -1, 2, 40])),
        tax_category=draw(categories),
        tax_rate=draw(rates),
    )


@st.composite
def compared(draw: st.DrawFn) -> tuple[InvoiceLine, MatchFacts]:
    currency = draw(currencies)
    line = draw(lines(currency))
    order = draw(
        st.none()
        | st.builds(
            ordered,
            quantity=quantities,
            unit_price=st.just(line.unit_price) | prices,
            tax_category=categories,
            tax_rate=rates,
            quantity_cancelled=st.integers(0, 3),
            allowances=allowances,
        )
    )
    other = MatchFinding(kind=DifferenceKind.ORDER_CHARGE, amount=7, facts={"held": "+7", "agreed": "+0"})
    facts = MatchFacts(
        currency=currency,
        ordered_currency=draw(st.just(currency) | currencies),
        purchase_line=draw(
            st.none()
            | st.builds(
                purchased,
                quantity=quantities,
                unit_price=st.just(line.unit_price) | prices,
                allowances=st.just(line.allowances) | allowances,
            )
        ),
        order_line=order,
        rates=draw(st.frozensets(rates)),
        received=draw(st.none() | st.integers(0, 8)),
        invoiced_before=draw(st.integers(0, 5)),
        billed_elsewhere=draw(st.sampled_from(["", "", "I-0"])),
        taxes_add_up=draw(st.booleans()),
        order_difference=draw(st.none() | st.just(other)),
        tax_excess=draw(st.none() | st.integers(-9, 9)),
        receipts_count=draw(st.booleans()),
        reused=draw(st.sampled_from(["", "", "line 1"])),
        times=draw(st.sampled_from([1, 1, 1, 2])),
    )
    return line, facts


@pytest.mark.spec("INT-4")
@EXAMPLES
@given(compared(), tolerances)
def test_every_difference_is_found_and_the_first_is_the_result(
    case: tuple[InvoiceLine, MatchFacts], allowed: MatchingSettings
) -> None:
    line, facts = case
    wanted = recount(line, facts, allowed)

    found = match_line(line, facts, allowed)

    assert [(one.kind.value, one.amount) for one in found.findings] == wanted
    assert all(one.amount is None or type(one.amount) is int for one in found.findings)
    if wanted:
        first = found.findings[0]
        assert (found.result, found.detail) == (first.result, difference_text(first).en)
    else:
        assert found.result is MatchResult.MATCHED
    for finding in found.findings:
        for text in (difference_text(finding), what_to_do(finding)):
            assert text.en.isascii()
            assert "{" not in text.en + text.ja
            assert any("\u3040" <= letter <= "\u9fff" for letter in text.ja)


plain_lines = st.builds(
    PlainLine,
    line_number=st.just(""),
    line_id=st.just("1"),
    quantity=st.integers(-1, 4),
    unit_price=prices,
    amount_excl_tax=st.just(0),
    tax_category=categories,
    tax_rate=rates,
    purchase_order=st.just("0188:1:PO-1"),
    ordered_currency=st.sampled_from(["JPY", "JPY", "USD"]),
    account=st.sampled_from(["7420", "6100"]),
    ordered=st.integers(0, 5),
    ordered_price=prices,
    ordered_category=categories,
    ordered_rate=rates,
    cancelled=st.integers(0, 1),
    received=st.none() | st.integers(0, 5),
)


@st.composite
def plain_invoices(draw: st.DrawFn) -> PlainInvoice:
    currency = draw(st.sampled_from(["JPY", "JPY", "USD"]))
    made = []
    for place, drawn in enumerate(draw(st.lists(plain_lines, min_size=1, max_size=3))):
        line = drawn
        if draw(st.integers(0, 3)):
            # most lines have nothing wrong, else no invoice ever matched
            line = line._replace(
                quantity=abs(line.quantity),
                ordered=5,
                cancelled=0,
                received=5,
                ordered_currency=currency,
                ordered_price=line.unit_price,
                ordered_category=line.tax_category,
                ordered_rate=line.tax_rate,
            )
        amount = int(line.unit_price.scaleb(DECIMALS[currency]) * line.quantity)
        off = draw(st.sampled_from([0, 0, 0, 0, 1, -1]))
        made.append(line._replace(line_number=str(place), amount_excl_tax=amount + off))
    sums: dict[tuple[TaxCategory, Decimal], int] = {}
    for line in made:
        key = (line.tax_category, line.tax_rate)
        sums[key] = sums.get(key, 0) + line.amount_excl_tax
    tax = tuple(
        TaxTotal(category=category, rate=rate, taxable=taxable, tax=int(taxable * rate / 100))
        for (category, rate), taxable in sums.items()
    )
    net, wrong = sum(sums.values()), draw(st.sampled_from([0, 0, 0, 0, 5]))
    return PlainInvoice(
        invoice_number="I-1",
        currency=currency,
        total_excl_tax=net,
        total_incl_tax=net + sum(one.tax for one in tax) + wrong,
        tax=tax,
        lines=tuple(made),
        purchase_order_ids=frozenset({"PO-1"}),
    )


@pytest.mark.spec("INT-4")
@EXAMPLES
@given(plain_invoices(), st.sampled_from(list(MatchWay)))
def test_the_short_way_says_what_the_long_one_says(invoice: PlainInvoice, way: MatchWay) -> None:
    strict = MatchingSettings(accounts={"6100": way})
    in_order = rates_that_add_up(
        [(line.tax_category, line.tax_rate, line.amount_excl_tax) for line in invoice.lines],
        (),
        invoice.tax,
        (invoice.total_excl_tax, invoice.total_incl_tax),
        strict,
    )
    full = []
    for line in invoice.lines:
        facts = MatchFacts(
            currency=invoice.currency,
            ordered_currency=line.ordered_currency,
            purchase_line=purchased(quantity=line.ordered, account=line.account),
            order_line=ordered(
                unit_price=line.ordered_price,
                tax_category=line.ordered_category,
                tax_rate=line.ordered_rate,
                quantity_cancelled=line.cancelled,
            ),
            rates=frozenset(),
            received=line.received,
            invoiced_before=0,
            billed_elsewhere="",
            taxes_add_up=(line.tax_category, line.tax_rate) in in_order,
            receipts_count=receipts_count(strict, "askul", line.account),
        )
        made = billed(
            line_number=line.line_number,
            quantity=line.quantity,
            unit_price=line.unit_price,
            amount_excl_tax=line.amount_excl_tax,
            tax_category=line.tax_category,
            tax_rate=line.tax_rate,
        )
        full.append(match_line(made, facts, strict))

    short = plainly_matched(invoice, "askul", strict)

    if short is None:
        assert any(one.findings for one in full)
    else:
        assert [(one.result, one.detail) for one in full] == [(MatchResult.MATCHED, text) for text in short]


PLAIN = PlainLine(
    line_number="1",
    line_id="1",
    quantity=4,
    unit_price=Decimal(100),
    amount_excl_tax=400,
    tax_category=TaxCategory.STANDARD,
    tax_rate=Decimal(10),
    purchase_order="0188:1:PO-1",
    ordered_currency="JPY",
    account="7420",
    ordered=5,
    ordered_price=Decimal(100),
    ordered_category=TaxCategory.STANDARD,
    ordered_rate=Decimal(10),
    cancelled=1,
    received=4,
)


@pytest.mark.spec("INT-4")
@pytest.mark.parametrize(
    ("changes", "fine"),
    [
        ({}, True),
        ({"received": 3}, False),
        ({"received": None}, False),
        ({"received": None, "account": "6100"}, True),
        ({"cancelled": 2}, False),
        ({"ordered_price": Decimal("100.0001")}, False),
        ({"amount_excl_tax": 401}, False),
        ({"ordered_category": TaxCategory.REDUCED}, False),
        ({"ordered_rate": Decimal(8)}, False),
        ({"ordered_currency": "USD"}, False),
        ({"quantity": -4, "amount_excl_tax": -400}, False),
    ],
)
def test_one_thing_that_differs_is_not_for_the_short_way(changes: dict[str, Any], fine: bool) -> None:
    line = PLAIN._replace(**changes)
    net = line.amount_excl_tax
    tax = TaxTotal(category=TaxCategory.STANDARD, rate=Decimal(10), taxable=net, tax=net // 10)
    invoice = PlainInvoice(
        invoice_number="I-1",
        currency="JPY",
        total_excl_tax=net,
        total_incl_tax=net + tax.tax,
        tax=(tax,),
        lines=(line,),
        purchase_order_ids=frozenset({"PO-1"}),
    )
    by_account = MatchingSettings(accounts={"6100": MatchWay.TWO_WAY})
    assert (plainly_matched(invoice, "askul", by_account) is not None) is fine
    wrong = evolve(invoice, total_incl_tax=net)
    assert plainly_matched(wrong, "askul", by_account) is None


@pytest.mark.spec("INT-4")
@pytest.mark.parametrize(
    ("absolute", "percent", "over", "fine"),
    [
        (0, "0", "0.0001", False),
        (3, "0", "3", True),
        (3, "0", "3.0001", False),
        (0, "2", "2", True),
        (0, "2", "2.0001", False),
        (3, "2", "2", True),
        (3, "2", "2.5", False),
        (1, "2", "1", True),
        (1, "2", "1.5", False),
    ],
)
def test_of_a_tolerance_and_its_percentage_the_smaller_counts(
    absolute: int, percent: str, over: str, fine: bool
) -> None:
    """100 were agreed, so that a percent is a yen."""
    allowed = MatchingSettings(price_tolerance=Decimal(absolute), price_tolerance_percent=Decimal(percent))
    price = Decimal(100) + Decimal(over)
    line = billed(quantity=1, unit_price=price, amount_excl_tax=int(price))
    facts = MatchFacts(
        currency="JPY",
        ordered_currency="JPY",
        purchase_line=purchased(),
        order_line=ordered(),
        rates=frozenset(),
        received=5,
        invoiced_before=0,
        billed_elsewhere="",
        taxes_add_up=True,
    )
    assert (match_line(line, facts, allowed).result is MatchResult.MATCHED) is fine


@pytest.mark.spec("INT-4")
def test_the_account_decides_before_the_supplier() -> None:
    two, three = MatchWay.TWO_WAY, MatchWay.THREE_WAY
    said = MatchingSettings(way=three, suppliers={"services": two}, accounts={"7420": three, "6100": two})
    assert receipts_count(said, "goods", "")
    assert not receipts_count(said, "services", "9999")
    assert receipts_count(said, "services", "7420")
    assert not receipts_count(said, "goods", "6100")
