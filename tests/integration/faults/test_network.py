"""The n-th call over a real network fails in one of twelve ways: one order for each key, and the same end.

A buyer's directory and the reference supplier, served, with a proxy of sockets between them. ``CALLS`` says how many n
of each fault are tried besides one
that places an order, 1 without it; every n on both faces with HEAVY=1.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from attrs import define, field, frozen

from askul_connect import bootstrap, open_workspace
from askul_connect.adapters.security.simulated import SimulatedClock
from askul_connect.adapters.security.system import SeededIds
from askul_connect.adapters.server.api import PATH, ROUTE, JsonFace
from askul_connect.adapters.server.app import create_app
from askul_connect.adapters.server.listener import Listen, Listener
from askul_connect.bootstrap.reference import SOAP_PATH, ReferenceSupplier
from askul_connect.bootstrap.reference_options import reference_options
from askul_connect.bootstrap.toolkit import ProjectToolkit
from askul_connect.bootstrap.workspace import installed_plugins
from askul_connect.core.errors import OutcomeUnknown, PartnerUnreachable
from askul_connect.core.services.buyer.report import RunReport
from askul_connect.plugins.connections import ConnectionSettings
from askul_connect.plugins.toolkit import ReferenceRules
from askul_connect.testing.faulty import Disturbance, FaultyProxy

HEAVY = os.environ.get("HEAVY") == "1"
CALLS = int(os.environ.get("CALLS") or (0 if HEAVY else 1))
#: Patience of the buyer's side.
SHORT = """
[suppliers.askul.network]
connect_timeout_seconds = 5
read_timeout_seconds = 1
answer_timeout_seconds = 2
"""


@define
class Way:
    """The proxy between the two sides; the ``at``-th call meets a fault.

    Attributes:
        fault: A disturbance of the call, or that its connection is refused.
    """

    to: int
    fault: str = ""
    at: int = 0
    proxy: FaultyProxy = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.proxy = FaultyProxy(to=self.to, choose=self._choose)

    @property
    def struck(self) -> bool:
        return len(self.proxy.seen) >= self.at

    def _choose(self, _asked: bytes) -> Disturbance | None:
        number = len(self.proxy.seen)
        if self.fault == REFUSED:
            if number == self.at - 1:
                self.proxy.close()
        elif number == self.at:
            return Disturbance(self.fault)
        return None


REFUSED = "refused"
#: What is left out, every fault of the faulty supplier has: see ``test_every_fault.py``.
LEFT_OUT = {Disturbance.CORRUPT, Disturbance.GIVEN_UP}
FAULTS = (REFUSED, *(fault.value for fault in Disturbance if fault not in LEFT_OUT))


class LateFace:
    """Mounted before its address is known."""

    handle: Callable[..., Any]


@frozen
class Served:
    """The supplier of a directory, served on a clock of its own."""

    supplier: ReferenceSupplier
    clock: SimulatedClock
    port: int

    def work(self) -> None:
        """Confirm, ship and bill, to the end of the month."""
        automation = self.supplier.automation
        automation.work()
        while (due := automation.next_due()) is not None:
            self.clock.advance(due)
            automation.work()


@contextmanager
def served(directory: Path) -> Iterator[Served]:
    settings = bootstrap.load_settings(directory)
    known = settings.suppliers["askul"]
    connection = ConnectionSettings(name="askul", credential=known.credential, options=known.options)
    options = reference_options(connection, ReferenceRules(), directory, settings.buyer.party).in_process
    assert options is not None
    assert settings.clock.start is not None
    clock = SimulatedClock(settings.clock.start)
    toolkit = ProjectToolkit(
        settings=settings,
        plugins=installed_plugins(),
        clock=clock,
        ids=SeededIds("served", clock),
        say=lambda step, text: None,
    )
    supplier, _ = toolkit.supplier_here(connection, options)
    soap, api = LateFace(), LateFace()
    listener = Listener(create_app({SOAP_PATH: soap, ROUTE: api}), Listen(port=0))
    soap.handle = supplier.soap_face(f"{listener.address}{SOAP_PATH}").handle
    api.handle = JsonFace(supplier.dispatcher, address=f"{listener.address}{PATH}").handle
    thread = threading.Thread(target=listener.run)
    thread.start()
    try:
        yield Served(supplier, clock, int(listener.address.rpartition(":")[2]))
    finally:
        listener.stop()
        thread.join(10)
        supplier.close()
        assert not thread.is_alive()


@frozen
class End:
    """What is to be the same in the end, on both sides."""

    views: dict[str, Any]
    posted: dict[str, bytes] = field(repr=False)
    files: dict[str, list[str]]
    supplier: dict[str, list[dict[str, Any]]] = field(repr=False)


@pytest.fixture(scope="module")
def network_place(tmp_path_factory: pytest.TempPathFactory, new_place: Callable[[Path], Any]) -> Any:
    return new_place(tmp_path_factory.mktemp("network"))


@pytest.fixture(scope="module")
def opened(network_place: Any) -> Path:
    directory: Path = network_place.prepare_opened()
    return directory


FACES = {"soap": SOAP_PATH, "json": PATH}


@frozen
class Trade:
    """One directory, one supplier, and the proxy between them, from the purchase orders to their invoice."""

    place: Any
    opened: Path
    outcome_of: Callable[[Path], Any]

    def go(self, face: str, fault: str, at: int) -> tuple[End, Way, list[RunReport]]:
        directory = self.place.copy(self.opened)
        receipts = directory / "erp" / "receipts"
        receipts.rename(directory / "receipts")
        with served(directory) as supplier:
            way = Way(supplier.port, fault, at)
            proxy = way.proxy
            proxy.open()
            if fault == REFUSED and at == 1:
                proxy.close()
            configuration = directory / "askul-connect.toml"
            text = configuration.read_text(encoding="utf-8")
            address = f'address = "http://127.0.0.1:{proxy.port}{FACES[face]}"'
            assert text.count('\naddress = ""\n') == 1
            text = text.replace('\naddress = ""\n', f"\n{address}\n")
            configuration.write_text(f"{text}{SHORT}", encoding="utf-8")
            try:
                reports = self._settle(directory, proxy)
                assert_one_order_per_key(supplier.supplier)
                supplier.work()
                shutil.move(directory / "receipts", receipts)
                reports += self._settle(directory, proxy)
            finally:
                proxy.end()
        return self._end(directory), way, reports

    def _settle(self, directory: Path, proxy: FaultyProxy) -> list[RunReport]:
        """Run until nothing fails; a fault is met once, so the second time at the latest."""
        reports = []
        for _ in range(3):
            with open_workspace(directory) as opened:
                reports.append(opened.run())
            proxy.open()
            if not reports[-1].failures:
                return reports
        raise AssertionError(f"{reports[-1].failures}")

    def _end(self, directory: Path) -> End:
        outcome = self.outcome_of(directory)
        views = {name: json.loads(text) for name, text in outcome.views.items()}
        for message in views["outbox"]:
            # honest: a try that failed was one
            assert message.pop("attempts") >= 1
            # a document that was read in a later pass left later, and an id begins with its instant
            for instant in [name for name in message if name.endswith("_at") or name == "id"]:
                del message[instant]
        rows = self.place.rows(directory, "supplier")
        return End(views, outcome.posted, outcome.files, rows)


def assert_one_order_per_key(supplier: ReferenceSupplier) -> None:
    with supplier.storage.begin() as unit:
        orders = Counter(order.purchase_order_id for order in unit.orders.open_orders())
    assert orders == {"PO-2026-0002": 1, "PO-2026-0003": 1}


@pytest.fixture(scope="module")
def trade(network_place: Any, opened: Path, outcome_of: Callable[[Path], Any]) -> Trade:
    return Trade(network_place, opened, outcome_of)


@pytest.fixture(scope="module")
def undisturbed(trade: Trade) -> dict[str, tuple[End, tuple[str, ...]]]:
    """By face: the end, and the calls that lead to it."""
    found = {}
    for face in FACES:
        end, way, reports = trade.go(face, "none", 0)
        assert [report.exit_code for report in reports] == [0, 0]
        found[face] = (end, tuple(call.partition(b"\r\n")[0].decode() for call in way.proxy.seen))
    assert found["soap"][0].views == found["json"][0].views
    return found


#: Which call is the first to place an order: over SOAP the WSDL is fetched first.
PLACING = {"soap": 2, "json": 1}
#: Faults after which nothing is sent again: it reached the supplier, and its answer us.
HARMLESS = {"duplicated", "duplicated late"}


def chosen(number: int, calls: dict[str, int]) -> list[tuple[str, int]]:
    """Face and n for the fault of that number: a call that places an order, and one of all of them in turn."""
    if not CALLS:
        return [(face, at) for face in FACES for at in range(1, calls[face] + 1)]
    one, other = list(FACES) if number % 2 else reversed(FACES)
    spread = [1 + (number + part * calls[other] // CALLS) % calls[other] for part in range(CALLS)]
    return [(one, PLACING[one]), *((other, at) for at in spread)]


@pytest.mark.spec("REL-2", "INT-6", "INT-11", "ORD-2")
@pytest.mark.timeout(3_600 if HEAVY else 120)
@pytest.mark.parametrize("fault", FAULTS)
def test_the_nth_call_meets_a_fault(
    trade: Trade, undisturbed: dict[str, tuple[End, tuple[str, ...]]], fault: str
) -> None:
    calls = {face: len(seen) for face, (_, seen) in undisturbed.items()}
    for face, at in chosen(FAULTS.index(fault), calls):
        wanted, seen = undisturbed[face]
        what = f"{fault}: call {at} of {len(seen)} by {face}, {seen[at - 1]}"
        end, way, reports = trade.go(face, fault, at)
        assert way.struck, what
        failures = [failure.error for report in reports for failure in report.failures]
        if fault in HARMLESS:
            assert failures == [], what
        elif at == PLACING[face]:
            # a list is read again in the next pass of the same run
            assert failures, what
        assert all(isinstance(error, PartnerUnreachable | OutcomeUnknown) for error in failures), (
            f"{what}: {failures}"
        )
        assert end == wanted, f"{what}: {differing(end, wanted)}"


def differing(one: End, other: End) -> list[Any]:
    """Where two ends differ: what pytest shows of whole databases is cut before it says anything."""
    pairs = [(one.views, other.views), (one.posted, other.posted), (one.files, other.files)]
    pairs.append((one.supplier, other.supplier))
    return [
        (name, found.get(name), wanted[name])
        for found, wanted in pairs
        for name in wanted
        if found.get(name) != wanted[name]
    ]


@pytest.mark.spec("REL-2", "INT-6")
@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize(
    "fault", ["time out after commit", "reset after", "truncated", "failed after commit"]
)
def test_after_a_lost_answer_the_supplier_is_asked_and_nothing_is_sent_again(
    trade: Trade, face: str, fault: str
) -> None:
    at = PLACING[face]
    _, way, reports = trade.go(face, fault, at)

    assert [failure.error.code for failure in reports[0].failures] == ["outcome-unknown"]
    asked = [operation_of(call) for call in way.proxy.seen]
    placed = [
        number
        for number, call in enumerate(way.proxy.seen)
        if b"PO-2026-0002" in call and asked[number] == "PlaceOrder"
    ]
    assert placed == [at - 1], "the order was sent once, and not again"
    assert "GetOrderByExternalId" in asked[at:]


def operation_of(call: bytes) -> str:
    found = re.search(rb"(PlaceOrder|GetOrderByExternalId|List[A-Z][A-Za-z]+?)(Request)?\b", call)
    return found[1].decode() if found else ""
