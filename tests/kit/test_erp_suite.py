"""The drop folders pass the suite for ERPs, and the suite catches connectors that are wrong."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar

import pytest
from attrs import frozen

from askul_connect import ErpConnection, Toolkit
from askul_connect.adapters import builtin
from askul_connect.core.ports.erp import ErpConnector
from askul_connect.testing import plugin_workbench
from askul_connect.testing.erp import ErpBench, ErpSuite
from askul_connect.testing.erp.bench import ApprovedOrder

HEADER = "purchase_order_id,line_id,sku,quantity,unit,unit_price,currency,department,cost_centre,requested_on"


[FILES] = builtin.askul_connect_erps()


@frozen
class FilesBench:
    """People who drop files."""

    toolkit: Toolkit
    connect: Callable[[ErpConnector], Any] = lambda erp: erp
    # one for all benches: no case relies on an empty ERP
    numbers: ClassVar[Iterator[int]] = itertools.count(1)

    supplier = "askul"
    sku = "B100-0001"
    unit = "XCT"
    department = "D100"

    @property
    def folder(self) -> Path:
        return self.toolkit.directory / "erp"

    def open(self) -> ErpConnector:
        erp = FILES.connect(self.toolkit, ErpConnection(key="erp.files"))
        connected: ErpConnector = self.connect(erp)
        return connected

    def approve(self, *quantities: int) -> ApprovedOrder:
        number = f"KIT-{next(self.numbers):04}"
        lines = tuple(str(position) for position, _ in enumerate(quantities, start=1))
        rows = [
            f"{number},{line},{self.sku},{quantity},{self.unit},100,JPY,{self.department},,"
            for line, quantity in zip(lines, quantities, strict=True)
        ]
        self._write("in", number, HEADER, *rows)
        return ApprovedOrder(purchase_order_id=number, line_ids=lines)

    def receive(self, order: ApprovedOrder, line: int, quantity: int) -> None:
        row = f"{order.purchase_order_id},{order.line_ids[line]},{quantity},2026-04-01"
        name = f"{order.purchase_order_id}-{next(self.numbers)}"
        self._write("receipts", name, "purchase_order_id,line_id,quantity,received_on", row)

    def told(self, order: ApprovedOrder) -> Sequence[str]:
        reports = sorted((self.folder / "rejected").glob(f"{order.purchase_order_id}.csv*.error.json"))
        texts = [report.read_text(encoding="utf-8") for report in reports]
        return [text for text in texts if json.loads(text)["problems"]]

    def held(self) -> object:
        return {path.name: path.read_bytes() for path in (self.folder / "out").glob("*")}

    def _write(self, folder: str, name: str, *rows: str) -> None:
        path = self.folder / folder / f"{name}.csv"
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join((*rows, "")), encoding="utf-8")


@pytest.fixture(scope="module")
def toolkit(tmp_path_factory: pytest.TempPathFactory) -> Toolkit:
    directory = tmp_path_factory.mktemp("files")
    (directory / "erp" / "in").mkdir(parents=True)
    return plugin_workbench(directory).toolkit


@pytest.fixture(scope="module")
def bench(toolkit: Toolkit) -> FilesBench:
    return FilesBench(toolkit)


class TestFiles(ErpSuite):
    """The connector that comes with the package."""


class Changed:
    """A connector with one method that is another."""

    def __init__(self, inner: ErpConnector, **methods: Callable[..., Any]) -> None:
        self._inner = inner
        self._methods = methods

    def __getattr__(self, name: str) -> Any:
        if name in self._methods:
            return lambda *args, **named: self._methods[name](self._inner, *args, **named)
        return getattr(self._inner, name)


def forgets(_inner: ErpConnector, *_args: Any) -> None:
    """Notes nothing."""


def takes_at_once(inner: ErpConnector, document: Any) -> Any:
    """Counts what was read as taken."""
    found = inner.read(document)
    inner.accepted(document.name)
    return found


def says_nothing(inner: ErpConnector, name: str, _report: Any) -> None:
    """Puts a rejected document aside and tells nobody."""
    inner.accepted(name)


def takes_all(inner: ErpConnector, name: str) -> None:
    """One that was taken is every one that waits."""
    for document in list(inner.incoming()):
        inner.accepted(document.name)


def files_at_once(inner: ErpConnector, document: Any) -> Any:
    found = inner.read_receipts(document)
    inner.receipts_filed(document.name)
    return found


def half(inner: ErpConnector, document: Any) -> Any:
    return tuple(found for found in inner.read(document))[:0]


CASES = {
    "test_incoming_01_an_approved_order_waits_with_its_lines": {"read": half},
    "test_incoming_02_it_is_met_again_until_it_is_settled": {"read": takes_at_once},
    "test_incoming_03_what_was_accepted_waits_no_longer": {"accepted": forgets},
    "test_incoming_04_what_was_rejected_waits_no_longer_and_the_erp_is_told_once": {"rejected": says_nothing},
    "test_incoming_06_one_that_waits_is_not_passed_over_for_later_ones": {"accepted": takes_all},
    "test_receipts_01_what_was_received_waits_until_it_is_filed": {"read_receipts": files_at_once},
    "test_receipts_02_each_has_an_id_of_its_own_that_stays": {"read_receipts": files_at_once},
    "test_receipts_03_what_was_rejected_waits_no_longer": {"receipts_rejected": forgets},
}


@pytest.mark.parametrize("case", CASES)
def test_each_mistake_is_caught_by_the_case_named(case: str, toolkit: Toolkit) -> None:
    methods = CASES[case]
    bench = FilesBench(toolkit, connect=lambda erp: Changed(erp, **methods))

    with pytest.raises((AssertionError, ValueError)):
        getattr(ErpSuite(), case)(bench)


def doubles(state: dict[str, int]) -> Callable[..., str]:
    def post(inner: ErpConnector, supplier: str, document: Any) -> str:
        state["count"] = state.get("count", 0) + 1
        return inner.post(f"{supplier}-{state['count']}", document)

    return post


def test_a_connector_that_doubles_is_caught(toolkit: Toolkit) -> None:
    from askul_connect.testing.erp import posting

    post = doubles({})
    bench: ErpBench = FilesBench(toolkit, connect=lambda erp: Changed(erp, post=post))

    with pytest.raises(AssertionError):
        ErpSuite().test_posting_01_a_document_is_there_once_however_often_it_is_handed_over(
            bench, posting._DOCUMENTS[2]
        )
