"""Whatever happens at a supplier and on the way, the history ends as the supplier has it (INT-5).

Hypothesis makes the interleavings: records come, change, go and come late, cursors expire, calls fail before and after
the supplier worked, the program is killed at any commit, and the run and a back-fill overtake each other. ``EXAMPLES``
says how many; 15 without it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from attrs import define, evolve, field
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from askul_connect.adapters.security.simulated import SimulatedClock
from askul_connect.adapters.security.system import SeededIds
from askul_connect.adapters.storage.memory import buyer_memory
from askul_connect.core.domain.outbox import OutboxState
from askul_connect.core.domain.tax import JAPAN_CONSUMPTION_TAX
from askul_connect.core.errors import (
    AskulConnectError,
    CapabilityMissing,
    CursorExpired,
    PartnerUnreachable,
)
from askul_connect.core.policies.settings import (
    BudgetSettings,
    IdsRepeat,
    MatchingSettings,
    OrderSettings,
    OutboxSettings,
    SyncSettings,
)
from askul_connect.core.services.buyer import backfilling, completeness, syncing
from askul_connect.core.services.buyer.backfilling import BackfillReport, backfill, backfill_in_progress
from askul_connect.core.services.buyer.desk import Desk, DeskRules
from askul_connect.core.services.buyer.feed_views import feed_views
from askul_connect.core.services.buyer.outgoing import ERP_CREDIT_NOTE_KIND, ERP_INVOICE_KIND
from askul_connect.core.services.buyer.report import Tally
from askul_connect.core.services.buyer.syncing import sync_supplier
from askul_connect.testing.controlled_lists import ControlledList, ListControl, controlled
from askul_connect.testing.storage.samples_billing import credit_note
from askul_connect.testing.storage.samples_documents import confirmation, invoice, order_document, ship_notice

EXAMPLES = int(os.environ.get("EXAMPLES") or 15)
MAKE: dict[str, Callable[..., Any]] = {
    "orders": order_document,
    "confirmations": confirmation,
    "ship_notices": ship_notice,
    "invoices": invoice,
    "credit_notes": credit_note,
}
DATED = {
    "orders": "order_date",
    "confirmations": "confirmed_on",
    "ship_notices": "shipped_on",
    "invoices": "issued_on",
    "credit_notes": "issued_on",
}
#: Kinds of the messages to the ERP about what is made here.
MESSAGES = {"invoices": ERP_INVOICE_KIND, "credit_notes": ERP_CREDIT_NOTE_KIND}
DAY = date(2026, 4, 1)


class Killed(BaseException):
    """The program ends here."""


@define
class Fragile:
    """The buyer's storage, which can be killed at a commit, just before it or just after."""

    inner: Any
    kill_at: int = 0
    after: bool = False

    @contextmanager
    def begin(self, *, durable: bool = True) -> Iterator[Any]:
        strikes = self._strikes()
        with self.inner.begin(durable=durable) as unit:
            yield unit
            if strikes and not self.after:
                raise Killed
        if strikes:
            raise Killed

    def _strikes(self) -> bool:
        if self.kill_at == 0:
            return False
        self.kill_at -= 1
        return self.kill_at == 0

    def close(self) -> None:
        self.inner.close()


@define
class Buyer:
    """A desk that only reads lists, in front of a supplier with nothing else."""

    control: ListControl
    storage: Fragile = field(factory=lambda: Fragile(buyer_memory()))
    clock: SimulatedClock = field(factory=lambda: SimulatedClock(datetime(2026, 4, 1, tzinfo=UTC)))
    look_back_days: int = 0
    said: list[str] = field(factory=list)

    @property
    def desk(self) -> Desk:
        nothing: Any = None
        return Desk(
            rules=DeskRules(
                own_party="0188:9999999999999",
                default_supplier="askul",
                zone="Asia/Tokyo",
                ids_repeat=IdsRepeat.NEVER,
                budgets=BudgetSettings(),
                orders=OrderSettings(),
                matching=MatchingSettings(),
                outbox=OutboxSettings(),
                tax_table=JAPAN_CONSUMPTION_TAX,
                sync=SyncSettings(look_back_days=self.look_back_days),
            ),
            storage=self.storage,
            erp=nothing,
            suppliers={"askul": controlled(self.control)},
            finance=(),
            timeline=self.clock,
            ids=SeededIds("test", self.clock),
            progress=lambda progress: self.said.append(progress.text),
        )

    def run(self) -> Tally:
        tally = Tally()
        sync_supplier(self.desk, "askul", tally)
        return tally

    def backfill(self, *feeds: str, since: date | None = None, trial: bool = False) -> BackfillReport:
        return backfill(self.desk, "askul", feeds, since=since, trial=trial)

    def read(self, view: Callable[[Any], Any]) -> Any:
        with self.storage.inner.begin() as unit:
            return view(unit)

    def stored(self, name: str) -> dict[str, Any]:
        listed = self.control.lists[name]
        known = {*listed.alive, *self._once}
        found: dict[str, Any] = self.read(lambda unit: dict(unit.history.many("askul", name, known)))
        assert len(found) == self.read(lambda unit: unit.history.count("askul", name))
        return found

    #: Keys that records ever had.
    _once: set[str] = field(factory=set)

    def has(self, name: str, key: str, **changes: Any) -> Any:
        """A record of a list, as the supplier makes it."""
        self._once.add(key)
        return MAKE[name](key, **changes)

    def cursor(self, name: str) -> str:
        mark = self.read(lambda unit: unit.watermarks.get("askul", name))
        return mark.cursor if mark else ""


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    set_small_pages(monkeypatch)


def set_small_pages(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(syncing, "PAGE_SIZE", 2)
    patch.setattr(backfilling, "PAGE_SIZE", 2)
    patch.setattr(completeness, "_BATCH", 2)


@pytest.fixture
def buyer() -> Buyer:
    return Buyer(ListControl())


def listed(buyer: Buyer, name: str, *numbers: int) -> ControlledList:
    """A list with records of these numbers, each on a day of its own."""
    found = buyer.control.lists[name]
    for number in numbers:
        found.put(buyer.has(name, f"{name}-{number}", **{DATED[name]: DAY + timedelta(number)}))
    return found


class Histories(RuleBasedStateMachine):
    """The supplier, the way to it and the two readers."""

    name = st.sampled_from(["orders", "invoices", "credit_notes"])
    number = st.integers(0, 7)

    @initialize()
    def open(self) -> None:
        self.buyer = Buyer(ListControl())
        self.late: set[str] = set()
        self.patch = pytest.MonkeyPatch()
        set_small_pages(self.patch)

    def teardown(self) -> None:
        try:
            self.everything_is_as_the_supplier_has_it()
        finally:
            self.patch.undo()

    def everything_is_as_the_supplier_has_it(self) -> None:
        self.buyer.run()
        for name, found in self.buyer.control.lists.items():
            if name not in self.late:
                assert self.buyer.stored(name) == found.alive, f"{name} after a run"
        if self.buyer.read(lambda unit: backfill_in_progress(unit, "askul")):
            # a list that it had read to its end may have got a late record since
            self.buyer.backfill()
        report = self.buyer.backfill()
        for name, found in self.buyer.control.lists.items():
            assert self.buyer.stored(name) == found.alive, f"{name} after a back-fill"
            self._messages_are_one_each(name, found)
        assert report.warnings == ()
        assert {one.count.missing for one in report.feeds} == {0}
        assert self.buyer.run().changed is False
        views = self.buyer.read(lambda unit: feed_views(unit, ["askul"]))
        assert {(view["reading"], view["backfill"], view["missing"]) for view in views} == {("new", False, 0)}
        left = self.buyer.read(
            lambda unit: [unit.sightings.count("askul", f"{n}{r}") for n in MAKE for r in ("", ":backfill")]
        )
        assert set(left) == {0}, "nothing is kept of readings that are over"

    def _messages_are_one_each(self, name: str, found: ControlledList) -> None:
        if name not in MESSAGES:
            return
        messages = self.buyer.read(lambda unit: unit.outbox.all())
        keys = [
            one.business_key
            for one in messages
            if one.kind == MESSAGES[name] and one.state is not OutboxState.REFUSED
        ]
        assert len(keys) == len(set(keys))
        assert {f"askul/{key}" for key in found.alive} <= set(keys)
        assert {key for key in keys if key.removeprefix("askul/") not in found.alive} == set()

    @rule(name=name, number=number, quantity=st.integers(1, 3), promised=st.sampled_from([None, DAY]))
    def come_or_change(self, name: str, number: int, quantity: int, promised: date | None) -> None:
        changes: dict[str, Any] = {"total_excl_tax": quantity, DATED[name]: DAY + timedelta(number)}
        record = self.buyer.has(name, f"{name}-{number}", **changes)
        if name == "orders":
            record = evolve(record, lines=tuple(evolve(line, promised_on=promised) for line in record.lines))
        self.buyer.control.lists[name].put(record)

    @rule(name=name, number=number, behind=st.integers(0, 5))
    def come_late(self, name: str, number: int, behind: int) -> None:
        found = self.buyer.control.lists[name]
        if f"{name}-{number}" not in found.alive:
            found.put_late(self.buyer.has(name, f"{name}-{number}"), behind)
            self.late.add(name)

    @rule(name=name, number=number)
    def go(self, name: str, number: int) -> None:
        found = self.buyer.control.lists[name]
        if f"{name}-{number}" in found.alive:
            found.delete(f"{name}-{number}")

    @rule(name=name)
    def expire(self, name: str) -> None:
        self.buyer.control.lists[name].expire()

    @rule()
    def run(self) -> None:
        self.buyer.run()

    @rule()
    def read_again(self) -> None:
        before = {name: self.buyer.cursor(name) for name in MAKE}
        self.buyer.backfill()
        assert {name: self.buyer.cursor(name) for name in MAKE} == before, "the run's place is its own"

    @rule(beside=st.booleans(), at=st.integers(1, 9), after=st.booleans())
    def a_call_fails(self, *, beside: bool, at: int, after: bool) -> None:
        def fail() -> None:
            raise PartnerUnreachable("gone")

        self._with(at, after, fail, beside=beside)

    @rule(beside=st.booleans(), at=st.integers(1, 25), after=st.booleans())
    def it_is_killed(self, *, beside: bool, at: int, after: bool) -> None:
        self.buyer.storage.kill_at, self.buyer.storage.after = at, after
        with suppress(Killed):
            (self.buyer.backfill if beside else self.buyer.run)()
        self.buyer.storage.kill_at = 0

    @rule(
        beside=st.booleans(),
        at=st.integers(1, 9),
        after=st.booleans(),
        name=name,
        number=number,
        what=st.sampled_from(["change", "go", "expire"]),
        overtaken=st.booleans(),
    )
    def the_supplier_goes_on_meanwhile(
        self, *, beside: bool, at: int, after: bool, name: str, number: int, what: str, overtaken: bool
    ) -> None:
        def go_on() -> None:
            if what == "change":
                self.come_or_change(name=name, number=number, quantity=7, promised=None)
            elif what == "go":
                self.go(name=name, number=number)
            else:
                self.expire(name=name)
            if beside and overtaken:
                self.buyer.run()

        self._with(at, after, go_on, beside=beside)

    def _with(self, at: int, after: bool, act: Callable[[], None], *, beside: bool) -> None:
        """Do something at a call of a reading."""
        left = [at]

        def count(_name: str, _cursor: str) -> None:
            left[0] -= 1
            if left[0] == 0:
                act()

        control = self.buyer.control
        setattr(control, "after" if after else "before", count)
        try:
            (self.buyer.backfill if beside else self.buyer.run)()
        except AskulConnectError:
            assert beside, "a run notes what fails"
        finally:
            control.before = control.after = lambda _name, _cursor: None


Histories.TestCase.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


@pytest.mark.spec("INT-5")
class TestHistories(Histories.TestCase):
    """The machine."""


@pytest.mark.spec("INT-5")
def test_a_record_that_went_while_the_cursor_was_lost_is_forgotten(buyer: Buyer) -> None:
    found = listed(buyer, "invoices", 1, 2, 3, 4, 5)
    buyer.run()
    found.delete("invoices-2")
    found.expire()

    tally = buyer.run()

    assert tally.changed
    assert buyer.stored("invoices") == found.alive
    states = {one.business_key: one.state for one in buyer.read(lambda unit: unit.outbox.all())}
    assert states["askul/invoices-2"] is OutboxState.REFUSED, "and is not handed to the ERP any more"
    assert buyer.run().changed is False


@pytest.mark.spec("INT-5")
@pytest.mark.parametrize("counts", [True, False])
def test_nothing_is_forgotten_when_a_supplier_sends_less_than_it_counts(
    buyer: Buyer, *, counts: bool
) -> None:
    found = listed(buyer, "orders", 1, 2, 3)
    buyer.run()
    found.kept_back.add("orders-2")
    found.counts = counts
    found.expire()

    tally = buyer.run()

    assert set(buyer.stored("orders")) == set(found.alive)
    [count] = [one for one in tally.report(open_matches=0, rows=()).feeds if one.feed == "orders"]
    assert (count.stored, count.promised) == ((3, 4) if counts else (3, None))


@pytest.mark.spec("INT-5")
def test_a_record_that_is_never_sent_is_missed_by_every_run_until_it_comes(buyer: Buyer) -> None:
    found = listed(buyer, "orders", 1, 2, 3)
    found.kept_back.add("orders-2")
    first = buyer.run()
    listed(buyer, "orders", 4, 5)

    second = buyer.run()

    assert [text for text in first.warnings if "2 orders are stored" in text and "spoke of 3" in text]
    [warning] = second.warnings
    assert "4 orders are stored" in warning, "what is new does not hide what is missing"
    assert "spoke of 5" in warning
    assert "askul-connect sync --backfill askul orders" in warning
    found.kept_back.clear()
    report = buyer.backfill("orders")
    assert [(one.changed, one.count.stored, one.count.promised) for one in report.feeds] == [(1, 5, 5)]
    assert buyer.run().warnings == []


@pytest.mark.spec("INT-5")
def test_a_back_fill_finds_what_came_late_and_leaves_the_run_its_place(buyer: Buyer) -> None:
    found = listed(buyer, "orders", 1, 2, 3)
    buyer.run()
    place = buyer.cursor("orders")
    found.put_late(buyer.has("orders", "orders-9"), 2)
    assert buyer.run().changed is False, "no reading that goes on could find it"

    tried = buyer.backfill("orders", trial=True)
    assert "orders-9" not in buyer.stored("orders")
    report = buyer.backfill("orders")

    assert [one.changed for one in (*tried.feeds, *report.feeds)] == [1, 1]
    assert buyer.stored("orders") == found.alive
    assert buyer.cursor("orders") == place


@pytest.mark.spec("INT-5")
def test_a_back_fill_goes_on_where_it_was_interrupted(buyer: Buyer) -> None:
    listed(buyer, "orders", *range(1, 8))
    listed(buyer, "invoices", 1, 2)

    def interrupt(name: str, cursor: str) -> None:
        if (name, cursor) == ("orders", "0:4000"):
            raise KeyboardInterrupt

    buyer.control.before = interrupt
    with pytest.raises(KeyboardInterrupt):
        buyer.backfill("orders", "invoices")
    assert len(buyer.stored("orders")) == 4
    buyer.control.before = lambda _name, _cursor: None
    buyer.control.calls.clear()

    report = buyer.backfill("orders", "invoices")

    assert buyer.control.calls[0] == ("orders", "0:4000")
    assert [(one.count.feed, one.read, one.resumed) for one in report.feeds] == [
        ("orders", 3, True),
        ("invoices", 2, False),
    ]
    assert (len(buyer.stored("orders")), len(buyer.stored("invoices"))) == (7, 2)


@pytest.mark.spec("INT-5")
def test_another_back_fill_takes_the_place_of_one_that_was_interrupted(buyer: Buyer) -> None:
    listed(buyer, "orders", *range(1, 8))

    def fail(_name: str, cursor: str) -> None:
        if cursor:
            raise PartnerUnreachable("gone")

    buyer.control.before = fail
    with pytest.raises(PartnerUnreachable):
        buyer.backfill("orders")
    buyer.control.before = lambda _name, _cursor: None

    report = buyer.backfill("orders", since=DAY + timedelta(5))

    assert [(one.read, one.resumed) for one in report.feeds] == [(7, False)]


@pytest.mark.spec("INT-5")
def test_what_comes_behind_the_place_of_an_interrupted_back_fill_is_found_all_the_same(buyer: Buyer) -> None:
    found = listed(buyer, "orders", *range(1, 8))
    buyer.run()

    def fail(_name: str, cursor: str) -> None:
        if cursor == "0:4000":
            raise PartnerUnreachable("gone")

    buyer.control.before = fail
    with pytest.raises(PartnerUnreachable):
        buyer.backfill("orders")
    buyer.control.before = lambda _name, _cursor: None
    found.put_late(buyer.has("orders", "orders-9"), 5)

    report = buyer.backfill("orders")

    assert buyer.stored("orders") == found.alive
    assert [one.complete for one in report.feeds] == [True]


@pytest.mark.spec("INT-5")
def test_only_what_is_dated_since_is_stored_and_the_day_itself_belongs_to_it(buyer: Buyer) -> None:
    found = listed(buyer, "orders", 1, 2, 3)
    undated = evolve(buyer.has("orders", "orders-0"), order_date=None)
    found.put(undated)

    report = buyer.backfill("orders", since=DAY + timedelta(2))

    assert set(buyer.stored("orders")) == {"orders-0", "orders-2", "orders-3"}
    assert [(one.read, one.changed, one.gone) for one in report.feeds] == [(4, 3, 0)]


@pytest.mark.spec("INT-5")
def test_a_back_fill_never_stores_what_the_run_has_overtaken(buyer: Buyer) -> None:
    found = listed(buyer, "orders", 1, 2, 3)
    buyer.run()
    buyer.control.lists["orders"].put(buyer.has("orders", "orders-1", total_excl_tax=1))
    met: list[str] = []
    overtaken: list[str] = []

    def look(_name: str, _cursor: str) -> None:
        if overtaken:
            stored = buyer.stored("orders")
            assert "orders-3" not in stored, (
                "what the run has forgotten does not come back, not even for a moment"
            )

    def overtake(name: str, _cursor: str) -> None:
        if name == "orders" and not met:
            # the page is made and holds the older versions of these
            met.append(name)
            found.put(buyer.has("orders", "orders-1", total_excl_tax=2))
            found.delete("orders-3")
            buyer.run()
            overtaken.append(name)

    buyer.control.before, buyer.control.after = look, overtake
    buyer.backfill("orders")

    assert buyer.stored("orders") == found.alive
    assert buyer.stored("orders")["orders-1"].total_excl_tax == 2


@pytest.mark.spec("INT-5")
def test_a_list_that_the_supplier_does_not_offer_is_an_error_before_anything_is_asked(
    buyer: Buyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from askul_connect.testing import controlled_lists

    offered = {name: kept for name, kept in controlled_lists.LISTS.items() if name != "invoices"}
    monkeypatch.setattr(controlled_lists, "LISTS", offered)

    with pytest.raises(CapabilityMissing, match="invoices"):
        buyer.backfill("orders", "invoices")

    assert buyer.control.calls == []


@pytest.mark.spec("INT-5")
def test_the_first_run_of_a_day_looks_back(buyer: Buyer) -> None:
    buyer.look_back_days = 2
    found = listed(buyer, "orders", 1, 2, 3)
    for _ in range(3):
        buyer.run()
        buyer.clock.advance(buyer.clock.now() + timedelta(days=1))
    listed(buyer, "orders", 4, 5)
    buyer.run()
    found.put_late(buyer.has("orders", "orders-9"), 1)

    same_day = buyer.run()
    assert (same_day.changed, "orders-9" in buyer.stored("orders")) == (False, False)
    buyer.clock.advance(buyer.clock.now() + timedelta(days=1))
    assert buyer.run().changed
    assert buyer.stored("orders") == found.alive
    assert buyer.run().warnings == []
    buyer.control.calls.clear()
    buyer.clock.advance(buyer.clock.now() + timedelta(days=30))
    buyer.run()
    assert buyer.control.calls[0] != ("orders", "")


@pytest.mark.spec("INT-5")
def test_a_look_back_farther_than_the_supplier_remembers_goes_on_where_it_stopped(buyer: Buyer) -> None:
    buyer.look_back_days = 1
    found = listed(buyer, "orders", 1, 2, 3)
    buyer.run()
    buyer.clock.advance(buyer.clock.now() + timedelta(days=1))
    buyer.run()
    listed(buyer, "orders", 4)
    buyer.run()
    buyer.clock.advance(buyer.clock.now() + timedelta(days=1))
    latest = buyer.cursor("orders")

    def forget(name: str, cursor: str) -> None:
        if name == "orders" and cursor not in ("", latest):
            raise CursorExpired("too old")

    buyer.control.before = forget
    listed(buyer, "orders", 5)
    buyer.control.calls.clear()

    assert buyer.run().changed
    assert [cursor for name, cursor in buyer.control.calls if name == "orders"] == ["0:3000", latest]
    assert buyer.stored("orders") == found.alive
