"""Tables for finance from a long history: how long each form takes, and that memory does not grow."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

from attrs import evolve

from askul_connect.adapters.documents.csv_tables import csv_tables
from askul_connect.adapters.documents.parquet_tables import parquet_tables
from askul_connect.adapters.storage.sql.finance_export import SqlTables
from askul_connect.adapters.storage.sql.storage import buyer_sql
from askul_connect.core.domain.purchasing import InvoiceMatch, LedgerMove, MatchResult, MoveKind
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.messages.documents import Invoice, InvoiceLine, OrderDocument, Party
from askul_connect.core.ports.buyer_storage import BuyerStorage
from askul_connect.core.ports.finance import FinanceWriter
from askul_connect.core.services.buyer.finance import export_tables
from benchmarks.bench_loop import peak
from benchmarks.samples import START, pages

SUPPLIER = "main"
#: Lines of an invoice: a department's month.
_BILLED = 1_000
_PARTY = Party(name="s", registration_number="T1999999999998")


def fill(storage: BuyerStorage, lines: int) -> None:
    """A history of so many order lines, invoiced, matched and booked."""
    waiting: list[InvoiceLine] = []
    for page in pages(lines):
        with storage.begin() as unit:
            unit.history.put_orders(SUPPLIER, page.orders)
            unit.budgets.move([_move(order, line.line_id) for order in page.orders for line in order.lines])
            for order in page.orders:
                waiting += [_billed(order, place) for place in range(len(order.lines))]
            while len(waiting) >= _BILLED:
                made = _invoice(waiting[:_BILLED])
                del waiting[:_BILLED]
                unit.history.put_invoices(SUPPLIER, [made])
                unit.matches.put([_match(made, line) for line in made.lines])


def _billed(order: OrderDocument, place: int) -> InvoiceLine:
    line = order.lines[place]
    return InvoiceLine(
        line_number="",
        order_number=order.order_number,
        purchase_order_id=order.purchase_order_id,
        line_id=line.line_id,
        ship_notice_number=f"S-{order.order_number}",
        shipped_on=order.order_date,
        sku=line.sku,
        name=line.name,
        quantity=line.quantity,
        unit=line.unit,
        unit_price=line.unit_price,
        amount_excl_tax=line.amount_excl_tax,
        tax_category=line.tax_category,
        tax_rate=line.tax_rate,
    )


def _invoice(lines: list[InvoiceLine]) -> Invoice:
    numbered = tuple(evolve(line, line_number=str(place)) for place, line in enumerate(lines, start=1))
    total = sum(line.amount_excl_tax for line in lines)
    day = date(2026, 4, 30)
    return Invoice(
        invoice_number=f"IN-{lines[0].order_number}-{lines[0].line_id}",
        issued_on=day,
        period_start=day,
        period_end=day,
        due_on=day,
        currency="JPY",
        supplier=_PARTY,
        customer=_PARTY,
        lines=numbered,
        tax=(),
        total_excl_tax=total,
        total_incl_tax=total,
    )


def _match(invoice: Invoice, line: InvoiceLine) -> InvoiceMatch:
    return InvoiceMatch(
        supplier=SUPPLIER,
        invoice_number=invoice.invoice_number,
        line_number=line.line_number,
        purchase_order=f"p:{line.purchase_order_id}",
        line_id=line.line_id,
        result=MatchResult.MATCHED,
        detail="",
    )


def _move(order: OrderDocument, line_id: str) -> LedgerMove:
    return LedgerMove(
        move_key=f"{order.order_number}:{line_id}",
        kind=MoveKind.ENCUMBRANCE,
        department="D1",
        period="2026-04",
        currency="JPY",
        quantity=1,
        pre_encumbrance=0,
        encumbrance=1,
        actual=0,
        source=order.order_number,
        purchase_order=f"p:{order.purchase_order_id}",
        line_id=line_id,
        at=START,
    )


def _writer(form: str, folder: Path) -> FinanceWriter:
    if form == "csv":
        return csv_tables(folder / "csv")
    if form == "parquet":
        return parquet_tables(folder / "parquet")
    return SqlTables(Secret(f"sqlite:///{folder}/finance.sqlite3"))


def _main() -> None:
    folder, form = Path(sys.argv[1]), sys.argv[2]
    storage = buyer_sql(f"sqlite:///{folder}/buyer.sqlite3")
    start = time.perf_counter()
    [result] = export_tables(storage, [_writer(form, folder)])
    seconds = time.perf_counter() - start
    storage.close()
    rows = sum(table.rows for table in result.tables)
    print(json.dumps({"seconds": seconds, "rows": rows, "peak": peak()}))


def table_lines(folder: Path, sizes: tuple[int, ...]) -> list[str]:
    """A table of each form at each size, the database twice: filled, and when nothing has changed."""
    made = ["| order lines | form | rows | s | rows/s | peak MB |", "|---|---|---|---|---|---|"]
    for lines in sizes:
        home = folder / f"finance-{lines}"
        home.mkdir()
        storage = buyer_sql(f"sqlite:///{home}/buyer.sqlite3")
        fill(storage, lines)
        storage.close()
        for form, what in (
            ("csv", "CSV"),
            ("parquet", "Parquet"),
            ("sql", "SQLite, new"),
            ("sql", "SQLite, nothing changed"),
        ):
            done = subprocess.run(  # noqa: S603 -- ourselves
                [sys.executable, "-m", "benchmarks.bench_finance", str(home), form],
                check=True,
                capture_output=True,
                text=True,
                cwd=Path(__file__).parents[1],
            )
            found = json.loads(done.stdout)
            rate = found["rows"] / found["seconds"]
            made.append(
                f"| {lines:,} | {what} | {found['rows']:,} | {found['seconds']:.1f} | {rate:,.0f} |"
                f" {found['peak'] / 1024:.0f} |"
            )
    return made


def finance_lines(folder: Path) -> list[str]:
    """The table at growing sizes; ``HEAVY=1`` adds a million lines."""
    sizes = (10_000, 100_000, 1_000_000) if os.environ.get("HEAVY") == "1" else (10_000, 100_000)
    return table_lines(folder, sizes)


if __name__ == "__main__":
    _main()
