"""Matching invoice lines: facts read in pages, every check, results written in pages (INT-4)."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import count
from pathlib import Path
from typing import cast

from attrs import evolve

from askul_connect.adapters.security.simulated import SimulatedClock
from askul_connect.adapters.security.system import SeededIds
from askul_connect.adapters.storage.sql.storage import buyer_sql
from askul_connect.core.domain.purchasing import (
    PurchaseLine,
    PurchaseOrderKey,
    PurchaseOrderRecord,
    PurchaseOrderState,
)
from askul_connect.core.domain.tax import JAPAN_CONSUMPTION_TAX, TaxCategory, TaxTotal
from askul_connect.core.messages.documents import Invoice, InvoiceLine, OrderDocument, Party
from askul_connect.core.messages.goods_receipt import GoodsReceipt
from askul_connect.core.policies.settings import (
    BudgetSettings,
    IdsRepeat,
    MatchingSettings,
    OrderSettings,
    OutboxSettings,
)
from askul_connect.core.ports.buyer_storage import BuyerStorage, BuyerUnitOfWork
from askul_connect.core.ports.erp import ErpConnector
from askul_connect.core.ports.finance import FinanceWriter
from askul_connect.core.services.buyer.desk import Desk, DeskRules
from askul_connect.core.services.buyer.invoice_matching import compare_page, match_invoices, pages_of
from askul_connect.core.services.buyer.report import Tally
from askul_connect.core.services.units import run_unit
from benchmarks import baseline_matching
from benchmarks.baseline_sync import connect
from benchmarks.contest import Contest, Side
from benchmarks.samples import BUYER, LINES, START, order

SUPPLIER = "main"
COUNT = int(os.environ.get("MATCHING_LINES", "20000"))
#: Orders that one invoice bills.
ORDERS = 5
#: Documents that are stored at once.
BATCH = 500
REACH = 3.0


def _record(made: OrderDocument) -> PurchaseOrderRecord:
    return PurchaseOrderRecord(
        key=PurchaseOrderKey(buyer_party=BUYER, purchase_order_id=made.purchase_order_id),
        content_hash="",
        supplier=SUPPLIER,
        currency="JPY",
        state=PurchaseOrderState.PLACED,
        lines=tuple(
            PurchaseLine(
                line_id=line.line_id,
                sku=line.sku,
                quantity=line.quantity,
                unit=line.unit,
                unit_price=line.unit_price,
                amount_excl_tax=line.amount_excl_tax,
                department="D1",
                cost_centre="CC-100",
                account="7420",
                requested_on=date(2026, 11, 9),
                tax_category=TaxCategory.STANDARD,
                period="2026-11",
            )
            for line in made.lines
        ),
        accepted_at=START,
        correlation_id=made.purchase_order_id,
        document="a.csv",
        order_numbers=(made.order_number,),
    )


def _receipts(record: PurchaseOrderRecord) -> Iterator[GoodsReceipt]:
    for line in record.lines:
        yield GoodsReceipt(
            receipt_id=f"{record.key.purchase_order_id}/{line.line_id}",
            purchase_order_id=record.key.purchase_order_id,
            line_id=line.line_id,
            quantity=line.quantity,
            received_on=date(2026, 11, 10),
        )


def invoice(number: int, billed: list[OrderDocument]) -> Invoice:
    """The invoice of some orders."""
    lines = tuple(
        InvoiceLine(
            line_number=str(place),
            order_number=one.order_number,
            purchase_order_id=one.purchase_order_id,
            line_id=line.line_id,
            ship_notice_number=f"SN-{one.order_number}",
            shipped_on=date(2026, 11, 10),
            sku=line.sku,
            name=line.name,
            quantity=line.quantity,
            unit=line.unit,
            unit_price=line.unit_price,
            amount_excl_tax=line.amount_excl_tax,
            tax_category=line.tax_category,
            tax_rate=line.tax_rate,
            department="D1",
        )
        for place, (one, line) in enumerate(((one, line) for one in billed for line in one.lines), start=1)
    )
    net = sum(line.amount_excl_tax for line in lines)
    tax = TaxTotal(category=TaxCategory.STANDARD, rate=Decimal(10), taxable=net, tax=net // 10)
    return Invoice(
        invoice_number=f"IN{number:08d}",
        issued_on=date(2026, 12, 1),
        period_start=date(2026, 11, 1),
        period_end=date(2026, 11, 30),
        due_on=date(2026, 12, 31),
        currency="JPY",
        supplier=Party(name="s", registration_number="T1234567890123"),
        customer=Party(name="c"),
        lines=lines,
        tax=(tax,),
        total_excl_tax=net,
        total_incl_tax=net + tax.tax,
    )


def fill(storage: BuyerStorage, lines: int) -> None:
    """Store purchase orders, orders, receipts and invoices of that many lines."""
    orders = [
        evolve(order(number, LINES), purchase_order_id=f"PO-2026-{number:06d}")
        for number in range(1, lines // LINES + 1)
    ]
    for first in range(0, len(orders), BATCH):
        with storage.begin(durable=False) as unit:
            batch = orders[first : first + BATCH]
            unit.history.put_orders(SUPPLIER, batch)
            for one in batch:
                record = _record(one)
                unit.purchase_orders.add(record)
                for receipt in _receipts(record):
                    unit.receipts.add(receipt, record.key)
            unit.history.put_invoices(
                SUPPLIER,
                [
                    invoice((first + place) // ORDERS, batch[place : place + ORDERS])
                    for place in range(0, len(batch), ORDERS)
                ],
            )


def desk(storage: BuyerStorage) -> Desk:
    """A desk that matches; it has neither ERP nor suppliers."""
    clock = SimulatedClock(START)
    return Desk(
        rules=DeskRules(
            own_party="",
            default_supplier=SUPPLIER,
            zone="Asia/Tokyo",
            ids_repeat=IdsRepeat.NEVER,
            budgets=BudgetSettings(),
            orders=OrderSettings(),
            matching=MatchingSettings(),
            outbox=OutboxSettings(),
            tax_table=JAPAN_CONSUMPTION_TAX,
        ),
        storage=storage,
        erp=cast("ErpConnector", None),
        finance=cast("FinanceWriter", None),
        suppliers={},
        timeline=clock,
        ids=SeededIds("bench", clock),
        progress=lambda _step: None,
    )


def match_only(storage: BuyerStorage) -> None:
    """Compare and store the results, page by page; nothing is booked."""
    matching = desk(storage)

    def page(unit: BuyerUnitOfWork, *, supplier: str, numbers: list[str]) -> None:
        unit.matches.put(compare_page(matching, unit, supplier, numbers).matches)

    for supplier, numbers in pages_of(run_unit(storage, lambda unit: unit.matches.open_invoices())):
        run_unit(storage, partial(page, supplier=supplier, numbers=list(numbers)))


def match_and_book(storage: BuyerStorage) -> None:
    """What ``run`` calls: the ledger is moved as well."""
    tally = Tally()
    match_invoices(desk(storage), tally)
    assert tally.changed


class Databases:
    """Copies of a filled database, one after the other."""

    def __init__(self, folder: Path, lines: int) -> None:
        self._folder = folder
        self._filled = folder / "matching-filled.sqlite3"
        storage = buyer_sql(f"sqlite:///{self._filled}")
        fill(storage, lines)
        storage.close()
        self._numbers = count()
        self._open: list[Callable[[], None]] = []

    def close(self) -> None:
        """Close and remove what is open."""
        while self._open:
            self._open.pop()()

    def _copy(self) -> Path:
        self.close()
        path = self._folder / f"matching-{next(self._numbers)}.sqlite3"
        shutil.copy(self._filled, path)
        self._open.append(path.unlink)
        return path

    def ours(self) -> BuyerStorage:
        """A new one, opened by us."""
        storage = buyer_sql(f"sqlite:///{self._copy()}")
        self._open.append(storage.close)
        return storage

    def baseline(self) -> sqlite3.Connection:
        """A new one, opened by the driver."""
        connection = connect(str(self._copy()))
        self._open.append(connection.close)
        return connection

    def compare(self) -> None:
        """Raise AssertionError unless both come to the same results."""
        found = []
        for run in (self._by_us, self._by_hand):
            path = run()
            with closing(sqlite3.connect(path)) as connection:
                found.append(connection.execute("SELECT * FROM invoice_matches ORDER BY 1, 2, 3").fetchall())
        assert found[0], "nothing was matched"
        assert found[0] == found[1]
        self.close()

    def _by_us(self) -> Path:
        path = self._copy()
        storage = buyer_sql(f"sqlite:///{path}")
        match_only(storage)
        storage.close()
        return path

    def _by_hand(self) -> Path:
        path = self._copy()
        connection = connect(str(path))
        baseline_matching.match(connection)
        connection.close()
        return path


def contests(folder: Path, *, lines: int = COUNT) -> Iterator[Contest]:
    """Matching alone, and with what it books."""
    databases = Databases(folder, lines)
    baseline = Side(prepare=databases.baseline, run=baseline_matching.match)
    yield Contest(
        name=f"match {lines:,} invoice lines, SQLite",
        against="join, one comparison and one result row per line",
        ours=Side(prepare=databases.ours, run=match_only),
        baseline=baseline,
        check=databases.compare,
        close=databases.close,
        items=lines,
        unit="line",
        reach=REACH,
    )
    yield Contest(
        name=f"match and book {lines:,} invoice lines, SQLite",
        against="the same, nothing booked",
        ours=Side(prepare=databases.ours, run=match_and_book),
        baseline=baseline,
        close=databases.close,
        items=lines,
        unit="line",
    )
