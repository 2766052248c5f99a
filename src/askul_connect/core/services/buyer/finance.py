"""Order history, invoices, matches and ledger as tables for finance (INT-7): the same rows as the database holds.

Everything is read once, page by page, in one reading unit of work: all tables are of one instant, no writer waits, and
the history may be as long as it likes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import chain, islice
from typing import Any

from attrs import frozen

from askul_connect.core.domain.finance import FinanceTable
from askul_connect.core.domain.finance_tables import (
    BUDGETS,
    CONFIRMATION_LINES,
    CONFIRMATIONS,
    CREDIT_NOTE_LINES,
    CREDIT_NOTE_TAX,
    CREDIT_NOTES,
    GOODS_RECEIPTS,
    INPUT_TAX,
    INVOICE_ALLOWANCES,
    INVOICE_LINES,
    INVOICE_TAX,
    INVOICES,
    LEDGER_MOVES,
    MATCHES,
    ORDER_ALLOWANCES,
    ORDER_CHANGES,
    ORDER_LINES,
    ORDERS,
    SHIP_NOTICE_LINES,
    SHIP_NOTICES,
    TABLES,
)
from askul_connect.core.messages.documents import Invoice
from askul_connect.core.ports.buyer_storage import BuyerStorage, BuyerUnitOfWork
from askul_connect.core.ports.finance import FinanceSink, FinanceWriter, TableExport
from askul_connect.core.services.buyer import finance_life_rows as life
from askul_connect.core.services.buyer import finance_rows as rows
from askul_connect.core.services.buyer.input_tax import InputTax
from askul_connect.core.services.buyer.routing import in_the_erps_numbers

#: Documents of a page. Invoices may have thousands of lines, so there are fewer of them.
PAGE = 500
_INVOICES = 20
#: Rows of a batch, for tables that are no documents.
_BATCH = 1_000

Supplied = tuple[str, Any]
Put = Callable[[FinanceTable, Iterable[rows.Row]], None]


@frozen(kw_only=True)
class ExportResult:
    """What became of the tables at one place."""

    place: str
    tables: Sequence[TableExport]


def export_tables(
    storage: BuyerStorage,
    writers: Sequence[FinanceWriter],
    *,
    trial: bool = False,
    say: Callable[[str], None] = lambda _text: None,
) -> Sequence[ExportResult]:
    """Write all tables to all places; at each all or none.

    Args:
        storage: Where they are read.
        writers: Where they go; none are read for none.
        trial: Only say what would be written.
        say: Told what has been written so far.

    Raises:
        StorageUnavailable: A place could not be written; what was there before still is.
        SchemaOutOfDate: A place was written by a newer program, or is another program's.
        ConfigurationError: What a form needs is not installed.
    """
    if not writers:
        return ()
    with storage.reading() as unit, ExitStack() as opened:
        sinks = [opened.enter_context(writer.begin(TABLES, trial=trial)) for writer in writers]
        _write(unit, partial(_put, sinks), say)
        return [
            ExportResult(place=writer.place, tables=sink.finish())
            for writer, sink in zip(writers, sinks, strict=True)
        ]


def _put(sinks: Sequence[FinanceSink], table: FinanceTable, made: Iterable[rows.Row]) -> None:
    batch = list(made)
    for sink in sinks if batch else ():
        sink.put(table, batch)


def _write(unit: BuyerUnitOfWork, put: Put, say: Callable[[str], None]) -> None:
    for name, write in (
        ("orders", _orders),
        ("confirmations", _confirmations),
        ("ship notices", _ship_notices),
        ("goods receipts", _goods_receipts),
        ("invoices", _invoices),
        ("changes", _changes),
        ("credit notes", _credit_notes),
        ("matches", _matches),
        ("ledger moves", _moves),
        ("budgets", _budgets),
    ):
        say(f"{name}: {write(unit, put)}")


def _documents(unit: BuyerUnitOfWork, feed: str, limit: int = 0) -> Iterator[Sequence[Supplied]]:
    after = ("", "")
    while page := unit.history.page(feed, after, limit or PAGE):
        # finance knows a purchase order by the ERP's number, whoever delivers which part of it
        yield [(supplier, in_the_erps_numbers(unit, document)) for supplier, _, document in page]
        after = page[-1][:2]


def _orders(unit: BuyerUnitOfWork, put: Put) -> int:
    count = 0
    for page in _documents(unit, "orders"):
        put(ORDERS, (rows.order_row(*one) for one in page))
        put(ORDER_LINES, _of_each(rows.order_line_rows, page))
        put(ORDER_ALLOWANCES, _of_each(rows.order_allowance_rows, page))
        count += len(page)
    return count


def _confirmations(unit: BuyerUnitOfWork, put: Put) -> int:
    count = 0
    for page in _documents(unit, "confirmations"):
        put(CONFIRMATIONS, (rows.confirmation_row(*one) for one in page))
        put(CONFIRMATION_LINES, _of_each(rows.confirmation_line_rows, page))
        count += len(page)
    return count


def _ship_notices(unit: BuyerUnitOfWork, put: Put) -> int:
    count = 0
    for page in _documents(unit, "ship_notices"):
        put(SHIP_NOTICES, (rows.ship_notice_row(*one) for one in page))
        put(SHIP_NOTICE_LINES, _of_each(rows.ship_notice_line_rows, page))
        count += len(page)
    return count


def _of_each(make: Callable[[str, Any], Iterable[rows.Row]], page: Sequence[Supplied]) -> Iterator[rows.Row]:
    return chain.from_iterable(make(*one) for one in page)


def _goods_receipts(unit: BuyerUnitOfWork, put: Put) -> int:
    after, count = "", 0
    while page := unit.receipts.page(after, _BATCH):
        put(
            GOODS_RECEIPTS,
            (rows.goods_receipt_row(key, in_the_erps_numbers(unit, receipt)) for key, receipt in page),
        )
        after, count = page[-1][1].receipt_id, count + len(page)
    return count


def _invoices(unit: BuyerUnitOfWork, put: Put) -> int:
    count, input_tax = 0, InputTax()
    for page in _documents(unit, "invoices", _INVOICES):
        for supplier, invoice in page:
            _invoice(unit, supplier, invoice, put)
            put(INPUT_TAX, input_tax.add(supplier, invoice))
        count += len(page)
    _in_batches(INPUT_TAX, input_tax.rest(), put)
    return count


def _invoice(unit: BuyerUnitOfWork, supplier: str, invoice: Invoice, put: Put) -> None:
    found = unit.matches.of_invoice(supplier, invoice.invoice_number)
    results = {match.line_number: match.result.value for match in found}
    put(INVOICES, [rows.invoice_row(supplier, invoice)])
    put(INVOICE_LINES, rows.invoice_line_rows(supplier, invoice, results))
    put(INVOICE_ALLOWANCES, rows.invoice_allowance_rows(supplier, invoice))
    put(INVOICE_TAX, rows.invoice_tax_rows(supplier, invoice))


def _changes(unit: BuyerUnitOfWork, put: Put) -> int:
    changes = iter(unit.order_changes.all())
    count = 0
    while batch := list(islice(changes, _BATCH)):
        for change in batch:
            record = unit.purchase_orders.get(change.key)
            put(ORDER_CHANGES, life.change_rows(record.supplier if record else "", change))
        count += len(batch)
    return count


def _credit_notes(unit: BuyerUnitOfWork, put: Put) -> int:
    count = 0
    for page in _documents(unit, "credit_notes", _INVOICES):
        for supplier, note in page:
            found = unit.credit_matches.of_credit_note(supplier, note.credit_note_number)
            results = {match.line_number: match.result.value for match in found}
            put(CREDIT_NOTES, [life.credit_note_row(supplier, note)])
            put(CREDIT_NOTE_LINES, life.credit_note_line_rows(supplier, note, results))
            put(CREDIT_NOTE_TAX, life.credit_note_tax_rows(supplier, note))
        count += len(page)
    return count


def _matches(unit: BuyerUnitOfWork, put: Put) -> int:
    after, count = ("", "", ""), 0
    while page := unit.matches.page(after, _BATCH):
        put(MATCHES, rows.match_rows(page))
        last = page[-1]
        after, count = (last.supplier, last.invoice_number, last.line_number), count + len(page)
    return count


def _moves(unit: BuyerUnitOfWork, put: Put) -> int:
    after, count = 0, 0
    while page := unit.budgets.page(after, _BATCH):
        put(LEDGER_MOVES, (rows.move_row(move) for _, move in page))
        after, count = page[-1][0], count + len(page)
    return count


def _budgets(unit: BuyerUnitOfWork, put: Put) -> int:
    balances = unit.budgets.balances()
    put(BUDGETS, map(rows.budget_row, balances))
    return len(balances)


def _in_batches(table: FinanceTable, made: Iterator[rows.Row], put: Put) -> None:
    while batch := list(islice(made, _BATCH)):
        put(table, batch)
