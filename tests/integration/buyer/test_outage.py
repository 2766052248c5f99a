"""A supplier that is away for 45 days: every order is there once or was given up by a person (INT-6).

The clock is a fake one, and the supplier one that would make a second order of every second call: it knows no key.
``DAYS`` and ``ORDERS`` say how long it is away and how many orders come each day; 45 and 5 without them.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from attrs import define, evolve, field, frozen

from askul_connect.adapters import builtin
from askul_connect.adapters.security.simulated import RealTimeline, SimulatedClock
from askul_connect.adapters.security.system import SeededIds
from askul_connect.adapters.storage.memory import buyer_memory
from askul_connect.core.domain.outbox import OutboxMessage, OutboxState, OutboxStep
from askul_connect.core.domain.purchasing import PurchaseOrderState
from askul_connect.core.domain.tax import JAPAN_CONSUMPTION_TAX, TaxCategory, TaxTotal
from askul_connect.core.errors import AskulConnectError, OutcomeUnknown, PartnerUnreachable
from askul_connect.core.messages.documents import OrderDocument
from askul_connect.core.messages.ordering import PlaceOrderRequest, PlaceOrderResponse
from askul_connect.core.policies.settings import (
    BudgetSettings,
    IdsRepeat,
    MatchingSettings,
    OrderSettings,
    OutboxSettings,
)
from askul_connect.core.ports.channel import Capability
from askul_connect.core.services.buyer.auditing import audit_ledger, audit_outbox
from askul_connect.core.services.buyer.decisions import Decision, give_up, resend
from askul_connect.core.services.buyer.desk import Desk, DeskRules
from askul_connect.core.services.buyer.report import RunReport
from askul_connect.core.services.buyer.run import run_desk
from askul_connect.plugins.connections import ErpConnection
from askul_connect.testing.storage.samples_documents import order_document, order_document_line

DAYS = int(os.environ.get("DAYS") or 45)
ORDERS = int(os.environ.get("ORDERS") or 5)
STALE = 14
HEADER = "purchase_order_id,line_id,sku,quantity,unit,unit_price,currency,department,cost_centre,requested_on"
START = datetime(2026, 4, 1, 1, tzinfo=UTC)
[FILES] = [one for one in builtin.askul_connect_erps() if one.name == "files"]


@define
class Forgetful:
    """A supplier that makes an order of every call, and what goes wrong on the way.

    Attributes:
        made: The orders by purchase order.
        weather: Says of each call what becomes of it: an error before or after it is executed.
    """

    made: dict[str, list[OrderDocument]] = field(factory=dict)
    weather: Callable[[str], tuple[str, AskulConnectError] | None] = lambda _number: None
    calls: int = 0
    capabilities: frozenset[Capability] = frozenset({Capability.PLACE, Capability.FIND})

    def place(self, request: PlaceOrderRequest, *, key: str, correlation_id: str) -> PlaceOrderResponse:
        assert key
        assert correlation_id
        self.calls += 1
        gone_wrong = self.weather(request.purchase_order_id)
        if gone_wrong and gone_wrong[0] == "before":
            raise gone_wrong[1]
        orders = self.made.setdefault(request.purchase_order_id, [])
        orders.append(self._order(request, f"A-{request.purchase_order_id}-{len(orders)}"))
        if gone_wrong:
            raise gone_wrong[1]
        return PlaceOrderResponse(orders=(orders[-1],), trial=False)

    def find(self, request: Any, *, correlation_id: str) -> tuple[OrderDocument, ...]:
        gone_wrong = self.weather(request.purchase_order_id)
        if gone_wrong:
            raise gone_wrong[1]
        return tuple(self.made.get(request.purchase_order_id, ()))

    def _order(self, request: PlaceOrderRequest, number: str) -> OrderDocument:
        amount = sum(int(line.quantity * Decimal(line.expected_unit_price or 0)) for line in request.lines)
        lines = tuple(
            order_document_line(
                line.line_id,
                quantity=line.quantity,
                amount_excl_tax=int(line.quantity * Decimal(line.expected_unit_price or 0)),
                quantity_cancelled=0,
                quantity_shipped=0,
                allowances=(),
            )
            for line in request.lines
        )
        tax = TaxTotal(category=TaxCategory.STANDARD, rate=Decimal(10), taxable=amount, tax=amount // 10)
        return order_document(
            number,
            purchase_order_id=request.purchase_order_id,
            lines=lines,
            tax=(tax,),
            total_excl_tax=amount,
            total_incl_tax=amount + amount // 10,
            allowances=(),
        )

    def close(self) -> None:
        pass


@frozen
class Connection:
    channel: Any
    work: None = None

    def close(self) -> None:
        pass


@frozen
class Plant:
    """What a toolkit is to the ERP's folders."""

    directory: Path
    clock: SimulatedClock


@define
class Office:
    """One directory with a fake clock."""

    directory: Path
    supplier: Forgetful = field(factory=Forgetful)
    clock: SimulatedClock = field(factory=lambda: SimulatedClock(START))
    storage: Any = field(factory=buyer_memory)
    outbox: OutboxSettings = field(factory=lambda: OutboxSettings(stale_after_days=STALE))
    dropped: list[str] = field(factory=list)

    def __attrs_post_init__(self) -> None:
        for name in ("in", "mapping", "budgets"):
            (self.directory / "erp" / name).mkdir(parents=True)
        months = "".join(f"D100,2026-{month:02},JPY,99000000\n" for month in range(4, 13))
        text = f"department,period,currency,budget\n{months}"
        (self.directory / "erp" / "budgets" / "2026.csv").write_text(text, encoding="utf-8")

    @property
    def desk(self) -> Desk:
        toolkit: Any = Plant(self.directory, self.clock)
        return Desk(
            rules=DeskRules(
                own_party="0188:9999999999999",
                default_supplier="askul",
                zone="Asia/Tokyo",
                ids_repeat=IdsRepeat.NEVER,
                budgets=BudgetSettings(),
                orders=OrderSettings(),
                matching=MatchingSettings(),
                outbox=self.outbox,
                tax_table=JAPAN_CONSUMPTION_TAX,
            ),
            storage=self.storage,
            erp=FILES.connect(toolkit, ErpConnection(key="erp.files", options={})),
            suppliers={"askul": Connection(self.supplier)},
            finance=(),
            timeline=RealTimeline(self.clock),
            ids=SeededIds("test", self.clock),
            progress=lambda _progress: None,
        )

    def drop(self, *numbers: str, file: str = "") -> None:
        """Let the ERP order something."""
        rows = [f"{number},1,K200-0001,2,XPK,298,JPY,D100,," for number in numbers]
        path = self.directory / "erp" / "in" / (file or f"{numbers[0]}.csv")
        path.write_text("\n".join((HEADER, *rows, "")), encoding="utf-8")
        self.dropped.extend(numbers)

    def wait(self, **span: float) -> None:
        self.clock.advance(self.clock.now() + timedelta(**span))

    def run(self) -> RunReport:
        return run_desk(self.desk)

    def messages(self, *states: OutboxState) -> list[OutboxMessage]:
        with self.storage.begin() as unit:
            return [one for one in unit.outbox.all() if one.state in states]

    def message(self, number: str) -> OutboxMessage:
        with self.storage.begin() as unit:
            [found] = [one for one in unit.outbox.all() if one.business_key.endswith(f":{number}")]
        return found

    def state(self, number: str) -> PurchaseOrderState:
        with self.storage.begin() as unit:
            return unit.purchase_orders.by_id(number)[0].state  # type: ignore[no-any-return]

    def names(self, folder: str) -> list[str]:
        path = self.directory / "erp" / folder
        return sorted(one.name for one in path.iterdir()) if path.exists() else []

    def used(self) -> dict[str, int]:
        """What the budgets hold altogether."""
        with self.storage.begin() as unit:
            sums: Counter[str] = Counter()
            for one in unit.budgets.balances():
                sums.update(pre=one.pre_encumbrance, held=one.encumbrance)
        return dict(sums)

    def audit(self) -> list[str]:
        with self.storage.begin() as unit:
            return [*audit_ledger(unit), *audit_outbox(unit)]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def away(kind: str = "before", error: AskulConnectError | None = None) -> Any:
    return lambda _number: (kind, error or PartnerUnreachable("no route to host"))


@pytest.mark.spec("INT-6")
def test_an_outage_of_45_days_drains_with_nothing_lost_and_nothing_doubled(office: Office) -> None:
    # two are under way when the line breaks: one of them was executed
    office.drop("UNKNOWN-1", "UNKNOWN-2")
    broken = {"UNKNOWN-1": "after", "UNKNOWN-2": "before"}

    def breaks(number: str) -> tuple[str, AskulConnectError]:
        kind = broken.pop(number, "")
        return (kind, OutcomeUnknown("reset")) if kind else ("before", PartnerUnreachable("no route to host"))

    office.supplier.weather = breaks
    office.run()
    office.wait(minutes=2)
    office.run()
    for day in range(DAYS):
        office.drop(*(f"PO-{day:02}-{number}" for number in range(ORDERS)))
        office.wait(days=1)
        report = office.run()
        assert report.placed == 0
    assert Counter(len(orders) for orders in office.supplier.made.values()) == {1: 1}
    assert office.used() == {"pre": len(office.dropped) * 2 * 298, "held": 0}

    office.supplier.weather = lambda _number: None
    report = office.run()

    # what is young is sent, what is old waits for a person, what was executed is found
    now = office.clock.now()
    held, dead = office.messages(OutboxState.HELD), office.messages(OutboxState.DEAD)
    old = [one for one in office.messages(*OutboxState) if now - one.created_at > timedelta(days=STALE)]
    assert {one.message_id for one in (*held, *dead)} == {
        one.message_id for one in old if not one.business_key.endswith("UNKNOWN-1")
    }
    assert office.message("UNKNOWN-1").state is OutboxState.SENT
    assert office.message("UNKNOWN-2").state is OutboxState.HELD
    assert report.held == len(held) > 0
    assert report.exit_code == 1
    assert len(office.supplier.made) == len(office.dropped) - len(held) - len(dead)

    # a person approves what is held but one day's orders, and lets go what was given up by itself
    refused = {f"PO-03-{number}" for number in range(ORDERS)}
    decision = Decision(by="花子", reason="the supplier is back")
    for message in held + dead:
        number = message.business_key.rpartition(":")[2]
        (give_up if number in refused else resend)(office.desk, message.message_id, decision)
    office.run()

    assert {number: len(orders) for number, orders in office.supplier.made.items()} == {
        number: 1 for number in office.dropped if number not in refused
    }
    assert {office.state(number) for number in refused} == {PurchaseOrderState.REFUSED}
    assert [name for name in office.names("rejected") if name == "PO-03-0.csv"]
    assert office.names("in") == []
    assert office.used() == {"pre": 0, "held": (len(office.dropped) - len(refused)) * 2 * 298}
    assert office.audit() == []
    assert office.messages(OutboxState.HELD, OutboxState.PENDING, OutboxState.UNKNOWN, OutboxState.DEAD) == []
    calls = office.supplier.calls
    assert office.run().changed is False
    assert office.supplier.calls == calls


@pytest.mark.spec("INT-6")
def test_an_order_that_is_too_old_waits_for_approval_and_is_sent_once_approved(office: Office) -> None:
    office.supplier.weather = away()
    office.drop("PO-1")
    office.run()
    office.wait(days=STALE)
    office.run()
    assert office.message("PO-1").state is OutboxState.PENDING, "the last day belongs to it"
    office.wait(seconds=1)
    office.supplier.weather = lambda _number: None

    report = office.run()

    assert (office.message("PO-1").state, office.supplier.made) == (OutboxState.HELD, {})
    [warning] = report.warnings
    assert "PO-1 needs approval" in warning
    assert "outbox resend PO-1" in warning
    assert office.names("in") == ["PO-1.csv"], "the ERP sees that it is not done"
    resend(office.desk, "PO-1", Decision(by="花子", reason="still wanted"))
    office.run()
    assert len(office.supplier.made["PO-1"]) == 1
    message_id = office.message("PO-1").message_id
    with office.storage.begin() as unit:
        decisions = unit.decisions.of(message_id)
    assert [(one.step, one.by, one.was) for one in decisions] == [
        (OutboxStep.HOLD, "askul-connect", OutboxState.PENDING),
        (OutboxStep.RESEND, "花子", OutboxState.HELD),
    ]


@pytest.mark.spec("INT-6")
def test_zero_days_never_hold_an_order(office: Office) -> None:
    office.outbox = evolve(office.outbox, stale_after_days=0)
    office.supplier.weather = away()
    office.drop("PO-1")
    office.run()
    office.wait(days=400)
    office.supplier.weather = lambda _number: None

    office.run()

    assert list(office.supplier.made) == ["PO-1"]


@pytest.mark.spec("INT-6")
def test_an_old_order_of_unknown_outcome_is_asked_for_and_only_then_held(office: Office) -> None:
    office.supplier.weather = away("after", OutcomeUnknown("reset"))
    office.drop("PO-1")
    office.run()
    office.supplier.weather = away("before", OutcomeUnknown("reset"))
    office.drop("PO-2")
    office.run()
    office.wait(days=STALE + 1)
    office.supplier.weather = lambda _number: None

    office.run()

    assert office.message("PO-1").state is OutboxState.SENT
    assert office.message("PO-2").state is OutboxState.HELD
    assert list(office.supplier.made) == ["PO-1"]


@pytest.mark.spec("INT-6", "INT-3")
def test_what_is_given_up_is_rejected_to_the_erp_and_may_be_dropped_again(office: Office) -> None:
    office.supplier.weather = away()
    office.drop("PO-1")
    office.run()
    give_up(office.desk, "PO-1", Decision(by="花子", reason="bought elsewhere"))
    assert office.state("PO-1") is PurchaseOrderState.GIVEN_UP
    assert office.used() == {"pre": 0, "held": 0}
    office.supplier.weather = lambda _number: None

    office.run()

    assert office.supplier.calls == 1, "only before it was given up"
    assert office.names("in") == []
    report = (office.directory / "erp" / "rejected" / "PO-1.csv.error.json").read_text(encoding="utf-8")
    assert "order-given-up" in report
    assert "花子: bought elsewhere" in report
    assert office.audit() == []
    office.drop("PO-1")
    office.run()
    assert len(office.supplier.made["PO-1"]) == 1
    assert office.used() == {"pre": 0, "held": 2 * 298}


@pytest.mark.spec("INT-6", "INT-11")
def test_what_was_given_up_and_corrected_is_rejected_once_and_then_taken(office: Office) -> None:
    office.supplier.weather = away()
    office.drop("PO-1")
    office.run()
    give_up(office.desk, "PO-1", Decision(by="花子", reason="wrong quantity"))
    office.supplier.weather = lambda _number: None
    # the ERP corrects it before it was told
    file = office.directory / "erp" / "in" / "PO-1.csv"
    corrected = file.read_text(encoding="utf-8").replace(",2,", ",3,")
    file.write_text(corrected, encoding="utf-8")

    office.run()

    assert (office.names("in"), office.supplier.made) == ([], {})
    report = (office.directory / "erp" / "rejected" / "PO-1.csv.error.json").read_text(encoding="utf-8")
    assert "order-given-up" in report
    file.write_text(corrected, encoding="utf-8")
    office.run()
    assert [order.lines[0].quantity for order in office.supplier.made["PO-1"]] == [3]


@pytest.mark.spec("INT-6")
def test_every_incoming_document_is_taken_once_by_its_key(office: Office) -> None:
    office.drop("PO-1", "PO-2", file="a.csv")
    office.run()
    # the same orders under another name, twice in one file, and in another order
    office.drop("PO-2", "PO-1", file="b.csv")
    office.drop("PO-1", "PO-1", file="c.csv")
    office.run()

    assert {number: len(orders) for number, orders in office.supplier.made.items()} == {"PO-1": 1, "PO-2": 1}
    assert office.used() == {"pre": 0, "held": 2 * 2 * 298}


def test_dates_of_the_outage_are_in_the_budgets() -> None:
    assert START.date() + timedelta(days=DAYS) < date(2026, 12, 31)
