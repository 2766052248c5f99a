"""The ledger of a directory: whatever happens in whatever order, it ends where a recount ends (INT-3).

The recount here knows no ledger and no service: it adds up what the documents themselves say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from attrs import define, evolve, field
from hypothesis import given
from hypothesis import strategies as st

from askul_connect.adapters.storage.memory import buyer_memory
from askul_connect.core.domain.allowances import AllowanceCharge, taxed_amounts
from askul_connect.core.domain.budget_terms import (
    BudgetBasis,
    BudgetDimension,
    BudgetTerms,
    ConsumedAt,
    ShippingBasis,
)
from askul_connect.core.domain.delivery_terms import FREIGHT
from askul_connect.core.domain.purchasing import (
    Budget,
    MatchResult,
    PurchaseLine,
    PurchaseOrderKey,
    PurchaseOrderRecord,
    PurchaseOrderState,
)
from askul_connect.core.domain.requisitions import Requisition, RequisitionLine
from askul_connect.core.domain.tax import JAPAN_CONSUMPTION_TAX, TaxCategory, tax_subtotals
from askul_connect.core.messages.documents import Invoice, InvoiceAllowance, OrderDocument
from askul_connect.core.policies.settings import (
    BudgetSettings,
    CarryOver,
    IdsRepeat,
    MatchingSettings,
    OrderSettings,
    OutboxSettings,
)
from askul_connect.core.services.buyer.budgeting import RECOUNT, carry_over, recount
from askul_connect.core.services.buyer.desk import Desk, DeskRules
from askul_connect.core.services.buyer.report import Tally
from askul_connect.core.services.buyer.settling import settle, settle_requisition
from askul_connect.testing.storage.samples_documents import (
    invoice as sample_invoice,
)
from askul_connect.testing.storage.samples_documents import (
    invoice_line,
    match,
    order_document,
    order_document_line,
    purchase_line,
    purchase_order,
)

NOW = datetime(2026, 4, 1, tzinfo=UTC)
PARTY = "0188:1234567890123"
STANDARD = (TaxCategory.STANDARD, Decimal(10))


@define
class Clock:
    at: datetime = NOW

    def now(self) -> datetime:
        return self.at

    def advance(self, due: datetime) -> bool:
        self.at = max(self.at, due)
        return True


def desk(**budgets: Any) -> Desk:
    """A desk that has a ledger and nobody to talk to."""
    return Desk(
        rules=DeskRules(
            own_party=PARTY,
            default_supplier="askul",
            zone="Asia/Tokyo",
            ids_repeat=IdsRepeat.NEVER,
            budgets=BudgetSettings(**budgets),
            orders=OrderSettings(),
            matching=MatchingSettings(),
            outbox=OutboxSettings(),
            tax_table=JAPAN_CONSUMPTION_TAX,
        ),
        storage=buyer_memory(),
        erp=None,  # type: ignore[arg-type]  # nothing is read from it here
        suppliers={},
        finance=None,  # type: ignore[arg-type]  # nothing is exported here
        timeline=Clock(),
        ids=None,  # type: ignore[arg-type]  # nothing is sent here
        progress=lambda _progress: None,
    )


def freight(amount: int) -> tuple[AllowanceCharge, ...]:
    return (AllowanceCharge(charge=True, amount=amount, reason_code=FREIGHT),) if amount else ()


def taxes(amounts: Iterable[int], charges: tuple[AllowanceCharge, ...]) -> Any:
    return tax_subtotals(taxed_amounts([(*STANDARD, amount) for amount in amounts], charges))


@define
class Life:
    """A purchase order, what the supplier has of it and what was billed; every document as it is at last."""

    record: PurchaseOrderRecord
    orders: list[OrderDocument] = field(factory=list)
    invoices: list[Invoice] = field(factory=list)
    refused: bool = False

    @property
    def placed(self) -> PurchaseOrderRecord:
        if self.refused:
            return evolve(self.record, state=PurchaseOrderState.REFUSED)
        numbers = tuple(order.order_number for order in self.orders)
        return evolve(self.record, state=PurchaseOrderState.PLACED, order_numbers=numbers)


def one_order(draw: st.DrawFn, number: str, purchase_order_id: str, lines: Iterable[PurchaseLine]) -> Any:
    made = []
    for line in lines:
        cancelled = draw(st.integers(0, line.quantity))
        made.append(
            order_document_line(
                line.line_id,
                quantity=line.quantity,
                amount_excl_tax=line.amount_excl_tax + draw(st.integers(-1, 5)) * (line.amount_excl_tax > 1),
                tax_category=STANDARD[0],
                tax_rate=STANDARD[1],
                quantity_cancelled=cancelled,
                quantity_shipped=draw(st.integers(0, line.quantity - cancelled)),
                allowances=(),
            )
        )
    charges = freight(draw(st.sampled_from([0, 550])))
    tax = taxes([line.amount_excl_tax for line in made], charges)
    return order_document(
        number, purchase_order_id=purchase_order_id, lines=tuple(made), tax=tax, allowances=charges
    )


def one_invoice(draw: st.DrawFn, number: str, order: OrderDocument, po: str) -> Invoice:
    lines = tuple(
        invoice_line(
            line.line_id,
            order_number=order.order_number,
            purchase_order_id=po,
            line_id=line.line_id,
            quantity=draw(st.integers(1, line.quantity)),
            amount_excl_tax=draw(st.integers(0, 9_999)),
            tax_category=STANDARD[0],
            tax_rate=STANDARD[1],
            allowances=(),
        )
        for line in order.lines
    )
    charges = freight(draw(st.sampled_from([0, 550])))
    return sample_invoice(
        number,
        lines=lines,
        tax=taxes([line.amount_excl_tax for line in lines], charges),
        allowances=tuple(
            InvoiceAllowance(
                order_number=order.order_number,
                purchase_order_id=po,
                ship_notice_number=lines[0].ship_notice_number,
                allowance=one,
            )
            for one in charges
        ),
    )


@st.composite
def lives(draw: st.DrawFn, number: str, terms: BudgetTerms, requisition: str) -> Life:
    lines = tuple(
        purchase_line(
            # with the separator of other keys in it
            f"{place}:1",
            quantity=draw(st.integers(1, 9)),
            amount_excl_tax=draw(st.integers(0, 9_999)),
            department="D1",
            cost_centre="C1",
            account="A1",
            tax_category=STANDARD[0],
            requisition_id=requisition if draw(st.booleans()) else None,
            requisition_line_id="1",
        )
        for place in range(draw(st.integers(1, 3)))
    )
    record = purchase_order(
        PurchaseOrderKey(buyer_party=PARTY, purchase_order_id=number),
        lines=lines,
        allowances=(),
        anticipated=None,
        accepted_at=NOW,
        terms=terms,
    )
    life = Life(record=record, refused=draw(st.booleans()) and draw(st.booleans()))
    if not life.refused:
        cut = draw(st.integers(0, len(lines)))
        # a purchase order may become two orders
        parts = [part for part in (lines[:cut], lines[cut:]) if part]
        for place, part in enumerate(parts):
            order = one_order(draw, f"{number}-O{place}", number, part)
            life.orders.append(order)
            life.invoices += [
                one_invoice(draw, f"{order.order_number}-I{each}", order, number)
                for each in range(draw(st.integers(0, 2)))
            ]
    return life


Step = Callable[[Desk], None]


def steps(life: Life) -> list[Step]:
    """Everything that comes about a purchase order, each as the services keep it, to be done in any order."""

    def keep(what: Callable[[Any], None]) -> Step:
        def done(at: Desk) -> None:
            with at.storage.begin() as unit:
                what(unit)
                record = unit.purchase_orders.get(life.record.key)
                if record is not None:
                    settle(at, unit, record, source="a document")

        return done

    def answer(unit: Any) -> None:
        save = unit.purchase_orders.save if unit.purchase_orders.get(life.record.key) else None
        (save or unit.purchase_orders.add)(life.placed)

    made = [keep(answer)]
    made += [
        keep(lambda unit, order=order: unit.history.put_orders("askul", [order])) for order in life.orders
    ]
    for one in life.invoices:

        def bill(unit: Any, one: Invoice = one) -> None:
            unit.history.put_invoices("askul", [one])
            unit.matches.put(
                match(
                    line.line_number,
                    invoice_number=one.invoice_number,
                    purchase_order=str(life.record.key),
                    line_id=line.line_id,
                )
                for line in one.lines
            )

        made.append(keep(bill))
    return made


def accept(at: Desk, life: Life) -> None:
    with at.storage.begin() as unit:
        unit.purchase_orders.add(life.record)
        settle(at, unit, life.record, source="PO.csv")


def asked_for(number: str, terms: BudgetTerms, quantity: int, amount: int) -> Requisition:
    return Requisition(
        buyer_party=PARTY,
        requisition_id=number,
        content_hash="",
        currency="JPY",
        lines=(
            RequisitionLine(
                line_id="1",
                quantity=quantity,
                amount_excl_tax=amount,
                department="D1",
                cost_centre="C1",
                account="A1",
                tax_category=None,
                period="2026-04",
            ),
        ),
        cancelled=False,
        document="R.csv",
        taken_at=NOW,
        terms=terms,
    )


def reserve(at: Desk, requisition: Requisition) -> None:
    with at.storage.begin() as unit:
        unit.requisitions.put(requisition)
        settle_requisition(at, unit, requisition, source="R.csv")


def balances(at: Desk) -> dict[tuple[str, str], tuple[int, int, int]]:
    with at.storage.begin() as unit:
        return {
            (one.department, one.period): (one.pre_encumbrance, one.encumbrance, one.actual)
            for one in unit.budgets.balances()
        }


any_terms = st.builds(
    BudgetTerms,
    basis=st.sampled_from(BudgetBasis),
    shipping=st.sampled_from(ShippingBasis),
    consumed_at=st.sampled_from(ConsumedAt),
    dimension=st.sampled_from(BudgetDimension),
)
CODES = {
    BudgetDimension.DEPARTMENT: "D1",
    BudgetDimension.COST_CENTRE: "C1",
    BudgetDimension.ACCOUNT: "A1",
}


def stated(lines: Iterable[Any], tax: Iterable[Any], charges: Iterable[AllowanceCharge], terms: Any) -> int:
    """What a document says it costs, on the basis of the budget."""
    total = sum(line.amount_excl_tax for line in lines)
    freight_amount = sum(one.amount for one in charges)
    included = terms.shipping is ShippingBasis.INCLUDED
    total += freight_amount if included else 0
    if terms.basis is BudgetBasis.INCL_TAX:
        all_tax = sum(entry.tax for entry in tax)
        # what the freight's tax is of one rounded sum is known within one
        total += all_tax if included else all_tax - freight_amount // 10
    return total


@pytest.mark.spec("INT-3")
@given(st.data())
def test_any_sequence_with_replays_ends_where_a_plain_recount_ends(data: st.DataObject) -> None:
    terms = data.draw(any_terms)
    at, fresh = desk(), desk()
    requisition = asked_for("R:1", terms, data.draw(st.integers(1, 20)), data.draw(st.integers(0, 9_999)))
    drawn = [data.draw(lives(number, terms, "R:1")) for number in ("PO", "PO:1")]
    script: list[Step] = [step for life in drawn for step in steps(life)]
    script.append(lambda here: reserve(here, requisition))
    for life in drawn:
        accept(at, life)
    for step in [
        *data.draw(st.permutations(script)),
        *data.draw(st.lists(st.sampled_from(script), max_size=6)),
    ]:
        step(at)

    found = balances(at)
    # a ledger that saw only how it ended
    for step in script:
        step(fresh)
    empty = (0, 0, 0)
    key = (CODES[terms.dimension], "2026-04")
    assert found.get(key, empty) == balances(fresh).get(key, empty)
    assert set(found) <= {key}
    assert not recount(at).differences
    assert not recount(at).balances

    pre, held, actual = found.get(key, empty)
    taken = sum(
        line.quantity
        for life in drawn
        if not life.refused
        for line in life.record.lines
        if line.requisition_id
    )
    left = max(requisition.lines[0].quantity - taken, 0)
    asked = requisition.lines[0].amount_excl_tax
    asked += asked // 10 if terms.basis is BudgetBasis.INCL_TAX else 0
    assert pre == -(-asked * left // requisition.lines[0].quantity)
    if terms.consumed_at is ConsumedAt.INVOICE:
        billed = [
            stated(one.lines, one.tax, [each.allowance for each in one.allowances], terms)
            for life in drawn
            for one in life.invoices
        ]
        slack = len(billed) if terms.shipping is ShippingBasis.EXCLUDED else 0
        assert abs(actual - sum(billed)) <= slack
        ordered = [
            stated(order.lines, order.tax, order.allowances, terms) for life in drawn for order in life.orders
        ]
        assert 0 <= held <= sum(ordered) + len(ordered)
    if terms.consumed_at is ConsumedAt.ORDER:
        assert held == 0


@pytest.mark.spec("INT-3")
@given(st.data())
def test_what_is_open_at_the_end_of_the_year_goes_over_and_what_was_spent_stays(data: st.DataObject) -> None:
    at = desk(carry_over=CarryOver.YEAR)
    terms = BudgetTerms()
    drawn = [data.draw(lives(number, terms, "")) for number in ("PO", "PO:1")]
    for life in drawn:
        accept(at, life)
    script = [step for life in drawn for step in steps(life)]
    cut = data.draw(st.integers(0, len(script)))
    for step in script[:cut]:
        step(at)
    before = balances(at)
    at.timeline.advance(NOW + timedelta(days=300))
    carry_over(at, Tally())
    after = balances(at)
    pre, held, actual = before.get(("D1", "2026-04"), (0, 0, 0))
    assert after.get(("D1", "2026-04"), (0, 0, 0)) == (0, 0, actual)
    assert after.get(("D1", "2027-01"), (0, 0, 0)) == (pre, held, 0)
    # a run that was killed does it again
    carry_over(at, Tally())
    assert balances(at) == after
    assert not recount(at).differences


def placed(at: Desk, *, quantity: int = 10, amount: int = 1_000, **changes: Any) -> PurchaseOrderRecord:
    """A purchase order of one line whose order the supplier took at the same price."""
    record = purchase_order(
        PurchaseOrderKey(buyer_party=PARTY, purchase_order_id="PO-1"),
        lines=(purchase_line("1", quantity=quantity, amount_excl_tax=amount, department="D1"),),
        allowances=(),
        state=PurchaseOrderState.PLACED,
        order_numbers=("O-1",),
        terms=BudgetTerms(),
        **changes,
    )
    with at.storage.begin() as unit:
        unit.purchase_orders.add(record)
        unit.history.put_orders("askul", [ordered(quantity, amount)])
        settle(at, unit, record, source="O-1")
    return record


def ordered(quantity: int, amount: int, **changes: Any) -> OrderDocument:
    line = order_document_line("1", quantity=quantity, amount_excl_tax=amount, allowances=(), **changes)
    return order_document("O-1", lines=(line,), tax=(), allowances=())


def billed(at: Desk, record: PurchaseOrderRecord, number: str, quantity: int, amount: int) -> None:
    line = invoice_line("1", line_id="1", quantity=quantity, amount_excl_tax=amount, allowances=())
    with at.storage.begin() as unit:
        unit.history.put_invoices("askul", [sample_invoice(number, lines=(line,), tax=(), allowances=())])
        unit.matches.put([match("1", invoice_number=number, purchase_order=str(record.key))])
        settle(at, unit, record, source=number)


@pytest.mark.spec("INT-3")
def test_known_failure_actuals_counted_twice() -> None:
    """An invoice that is read again, or comes again with a correction, is spent once."""
    at = desk()
    record = placed(at)
    billed(at, record, "I-1", 10, 1_000)
    billed(at, record, "I-1", 10, 1_000)
    assert balances(at) == {("D1", "2026-04"): (0, 0, 1_000)}
    billed(at, record, "I-1", 10, 900)
    assert balances(at) == {("D1", "2026-04"): (0, 0, 900)}


@pytest.mark.spec("INT-3")
def test_known_failure_encumbrance_stays_beside_the_actual() -> None:
    """What is billed no longer is a commitment: an order of 1,000 never uses more than 1,000."""
    at = desk()
    record = placed(at)
    for place, units in enumerate((3, 3, 4)):
        billed(at, record, f"I-{place}", units, units * 100)
        assert sum(balances(at)["D1", "2026-04"]) == 1_000
    assert balances(at) == {("D1", "2026-04"): (0, 0, 1_000)}


@pytest.mark.spec("INT-3")
@pytest.mark.parametrize("state", [PurchaseOrderState.ACCEPTED, PurchaseOrderState.HELD])
def test_known_failure_submitted_orders_ignored(state: PurchaseOrderState) -> None:
    """What no supplier has answered, or a person has still to approve, uses its budget already."""
    at = desk()
    record = purchase_order(
        lines=(purchase_line("1", amount_excl_tax=1_000, department="D1"),), allowances=(), state=state
    )
    with at.storage.begin() as unit:
        unit.purchase_orders.add(record)
        settle(at, unit, record, source="PO.csv")
    assert balances(at) == {("D1", "2026-04"): (1_000, 0, 0)}


@pytest.mark.spec("INT-3")
def test_known_failure_closed_orders_still_counted() -> None:
    """What was closed short of its order holds only what was billed."""
    at = desk()
    record = placed(at)
    billed(at, record, "I-1", 4, 400)
    with at.storage.begin() as unit:
        unit.history.put_orders("askul", [ordered(10, 1_000, quantity_shipped=4, quantity_cancelled=6)])
        settle(at, unit, record, source="O-1")
    assert balances(at) == {("D1", "2026-04"): (0, 0, 400)}


@pytest.mark.spec("INT-3")
def test_a_document_that_the_supplier_took_back_is_moved_back() -> None:
    at = desk()
    record = placed(at)
    billed(at, record, "I-1", 10, 1_000)
    with at.storage.begin() as unit:
        unit.history.remove("askul", "invoices", ["I-1"])
        settle(at, unit, record, source="I-1")
    assert balances(at) == {("D1", "2026-04"): (0, 1_000, 0)}


@pytest.mark.spec("INT-3")
def test_what_does_not_match_books_nothing() -> None:
    at = desk()
    record = placed(at)
    billed(at, record, "I-1", 10, 1_000)
    with at.storage.begin() as unit:
        unit.matches.put([match("1", purchase_order=str(record.key), result=MatchResult.PRICE_DIFFERENCE)])
        settle(at, unit, record, source="I-1")
    assert balances(at) == {("D1", "2026-04"): (0, 1_000, 0)}


@pytest.mark.spec("INT-3")
def test_a_recount_finds_a_move_too_many_and_puts_it_right() -> None:
    at = desk()
    record = placed(at)
    with at.storage.begin() as unit:
        [made] = unit.budgets.moves(str(record.key))
        unit.budgets.move([evolve(made, move_key="by hand", encumbrance=7)])
    found = recount(at)
    [difference] = found.differences
    assert (difference.moved, difference.counted) == ((0, 1_007, 0), (0, 1_000, 0))
    assert (found.documents, found.moves, found.settled, found.balances) == (1, 2, 0, ())

    assert recount(at, put_right=True).settled == 1
    assert recount(at).differences == ()
    assert balances(at) == {("D1", "2026-04"): (0, 1_000, 0)}
    with at.storage.begin() as unit:
        assert unit.budgets.moves(str(record.key))[-1].source == RECOUNT


@pytest.mark.spec("INT-3")
def test_known_failure_foreign_currency_unchecked() -> None:
    """An order in euros uses the yen of its budget at the rate of the day on which it was taken."""
    at = desk(currency="JPY")
    terms = BudgetTerms(currency="JPY", rate=Decimal("162.535"))
    record = purchase_order(
        currency="EUR",
        lines=(purchase_line("1", quantity=3, amount_excl_tax=1_001, department="D1"),),
        allowances=(),
        state=PurchaseOrderState.PLACED,
        order_numbers=("O-1",),
        terms=terms,
    )
    with at.storage.begin() as unit:
        unit.budgets.put([Budget(department="D1", period="2026-04", currency="JPY", amount=10_000)])
        unit.purchase_orders.add(record)
        unit.history.put_orders("askul", [evolve(ordered(3, 1_001), currency="EUR")])
        settle(at, unit, record, source="O-1")
        # 10.01 EUR x 162.535 = 1,626.97535 JPY
        assert unit.budgets.balance("D1", "2026-04", "JPY").encumbrance == 1_627
        assert unit.budgets.balance("D1", "2026-04", "EUR") is None


@pytest.mark.spec("INT-3")
def test_a_refused_purchase_order_gives_its_requisition_back() -> None:
    at = desk()
    reserve(at, asked_for("R-1", BudgetTerms(), 10, 1_000))
    assert balances(at) == {("D1", "2026-04"): (1_000, 0, 0)}
    line = purchase_line(
        "7", quantity=4, amount_excl_tax=480, department="D1", requisition_id="R-1", requisition_line_id="1"
    )
    record = purchase_order(
        PurchaseOrderKey(buyer_party=PARTY, purchase_order_id="PO-1"), lines=(line,), allowances=()
    )
    with at.storage.begin() as unit:
        unit.purchase_orders.add(record)
        settle(at, unit, record, source="PO.csv")
    # 6 of 10 units of the requisition, and the purchase order at its own price
    assert balances(at) == {("D1", "2026-04"): (600 + 480, 0, 0)}
    refused = evolve(record, state=PurchaseOrderState.REFUSED)
    with at.storage.begin() as unit:
        unit.purchase_orders.save(refused)
        settle(at, unit, refused, source="refused")
    assert balances(at) == {("D1", "2026-04"): (1_000, 0, 0)}


@pytest.mark.spec("INT-3")
def test_a_requisition_of_another_buyer_is_another_one() -> None:
    at = desk()
    reserve(at, asked_for("R-1", BudgetTerms(), 10, 1_000))
    record = purchase_order(
        PurchaseOrderKey(buyer_party="0188:9", purchase_order_id="PO-1"),
        lines=(purchase_line("1", department="D2", requisition_id="R-1"),),
        allowances=(),
    )
    with at.storage.begin() as unit:
        unit.purchase_orders.add(record)
        settle(at, unit, record, source="PO.csv")
    reserve(at, asked_for("R-1", BudgetTerms(), 10, 1_000))
    assert balances(at)["D1", "2026-04"] == (1_000, 0, 0)


@pytest.mark.spec("INT-3")
def test_what_was_taken_before_terms_were_kept_is_charged_by_the_settings() -> None:
    at = desk(basis=BudgetBasis.INCL_TAX, currency="USD")
    record = purchase_order(
        lines=(purchase_line("1", amount_excl_tax=1_000, department="D1"),), allowances=(), terms=None
    )
    with at.storage.begin() as unit:
        unit.purchase_orders.add(record)
        settle(at, unit, record, source="PO.csv")
        assert unit.budgets.balance("D1", "2026-04", "JPY").pre_encumbrance == 1_100


@pytest.mark.spec("INT-3")
def test_a_line_that_is_taken_out_of_its_document_holds_nothing() -> None:
    at = desk()
    asked = asked_for("R-1", BudgetTerms(), 10, 1_000)
    two = evolve(asked, lines=(*asked.lines, evolve(asked.lines[0], line_id="2")))
    reserve(at, two)
    record = purchase_order(
        lines=(purchase_line("1", department="D1"), purchase_line("2", department="D1")), allowances=()
    )
    with at.storage.begin() as unit:
        unit.purchase_orders.add(record)
        settle(at, unit, record, source="PO.csv")
    assert balances(at) == {("D1", "2026-04"): (2_000 + 2 * 985, 0, 0)}
    shorter = evolve(record, lines=record.lines[1:])
    reserve(at, evolve(asked, lines=two.lines[:1]))
    with at.storage.begin() as unit:
        unit.purchase_orders.save(shorter)
        settle(at, unit, shorter, source="PO.csv")
    assert balances(at) == {("D1", "2026-04"): (1_000 + 985, 0, 0)}
