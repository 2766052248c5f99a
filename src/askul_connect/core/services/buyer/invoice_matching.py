"""Matching the invoices that are not wholly booked yet, and booking what matched as actual (INT-3, INT-4).

Invoices are matched in pages: a page's facts are read in a few queries, its results are written in one, and all of it
lasts together with the moves of the ledger or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import groupby
from operator import itemgetter

from attrs import field, frozen

from askul_connect.core.domain.correlation import correlated
from askul_connect.core.domain.matches import MatchResult
from askul_connect.core.domain.purchasing import InvoiceMatch, PurchaseOrderRecord
from askul_connect.core.messages.documents import Invoice, InvoiceLine
from askul_connect.core.policies.matching import LineMatch, match_line
from askul_connect.core.policies.matching_plain import plainly_matched
from askul_connect.core.ports.buyer_storage import BuyerUnitOfWork
from askul_connect.core.services.buyer.desk import LOGGER, Desk
from askul_connect.core.services.buyer.match_facts import page_facts
from askul_connect.core.services.buyer.report import Tally
from askul_connect.core.services.buyer.settling import settle
from askul_connect.core.services.units import run_unit

#: Invoices of one unit of work.
PAGE = 50


@frozen(kw_only=True)
class Compared:
    """What is new in a page.

    Attributes:
        matches: Results that are new or not as they were; those of one invoice stand together.
        booked: Keys, as text, of purchase orders with a line that is to be booked, and the invoices with those lines.
        ids: Ids of these purchase orders.
    """

    matches: list[InvoiceMatch] = field(factory=list)
    booked: dict[str, dict[str, None]] = field(factory=dict)
    ids: set[str] = field(factory=set)


def match_invoices(desk: Desk, tally: Tally) -> None:
    """Match every invoice with a line that is not booked: new ones, and those that waited for a receipt."""
    for supplier, numbers in pages_of(run_unit(desk.storage, lambda unit: unit.matches.open_invoices())):
        matches = run_unit(desk.storage, partial(_match_page, desk, supplier=supplier, numbers=numbers))
        for number, found in groupby(matches, key=lambda match: match.invoice_number):
            tally.changed = True
            of_invoice = list(found)
            results = sorted({match.result.value for match in of_invoice})
            desk.say("match", f"invoice {number} of {supplier}: {', '.join(results)}")
            for match in of_invoice:
                # the key as text is the purchase order's correlation id
                with correlated(match.purchase_order):
                    LOGGER.debug(
                        "line %s of invoice %s of %s: %s",
                        match.line_number,
                        number,
                        supplier,
                        match.result.value,
                    )


def open_matches(unit: BuyerUnitOfWork) -> int:
    """How many invoice lines are not booked."""
    return len(unit.matches.open())


def pages_of(open_invoices: Iterable[tuple[str, str]]) -> Iterator[tuple[str, Sequence[str]]]:
    """The invoices of each unit of work, with their supplier."""
    for supplier, invoices in groupby(open_invoices, key=itemgetter(0)):
        numbers = [number for _, number in invoices]
        for first in range(0, len(numbers), PAGE):
            yield supplier, numbers[first : first + PAGE]


def _match_page(
    desk: Desk, unit: BuyerUnitOfWork, *, supplier: str, numbers: Sequence[str]
) -> list[InvoiceMatch]:
    """Match the open lines of some invoices; the results that are new."""
    found = compare_page(desk, unit, supplier, numbers)
    if found.matches:
        unit.matches.put(found.matches)
    for records in unit.purchase_orders.by_ids(sorted(found.ids)).values() if found.ids else ():
        for record in records:
            invoices = found.booked.get(str(record.key))
            if invoices:
                settle(desk, unit, record, source=", ".join(f"{supplier}/{number}" for number in invoices))
    return found.matches


def compare_page(desk: Desk, unit: BuyerUnitOfWork, supplier: str, numbers: Sequence[str]) -> Compared:
    """Compare the open lines of some invoices; nothing is stored."""
    new = Compared()
    plain = _compare_plain(desk, unit, supplier, numbers, new)
    rest = [number for number in numbers if number not in plain]
    if not rest:
        return new
    stored = unit.history.many(supplier, "invoices", rest)
    # another run may have been quicker, or the supplier have deleted one
    invoices: list[Invoice] = [stored[number] for number in rest if number in stored]
    known = unit.matches.of_invoices(supplier, rest)
    facts = page_facts(unit, supplier, invoices, desk.rules.matching, desk.rules.tax_table)
    for invoice in invoices:
        whole = facts.of_invoice(invoice)
        for line in invoice.lines:
            before = known.get((invoice.invoice_number, line.line_number))
            if before is not None and before.booked:
                continue
            record = facts.record(line)
            found = match_line(line, facts.of_line(invoice, whole, line, record), desk.rules.matching)
            match = _result(supplier, invoice, line, record, found)
            if match.booked and record is not None:
                facts.book(invoice, line)
                new.booked.setdefault(match.purchase_order, {})[invoice.invoice_number] = None
                new.ids.add(record.key.purchase_order_id)
            if match != before:
                new.matches.append(match)
    return new


def _compare_plain(
    desk: Desk, unit: BuyerUnitOfWork, supplier: str, numbers: Sequence[str], new: Compared
) -> set[str]:
    """Take the invoices that match beyond doubt the short way; their numbers."""
    done: set[str] = set()
    for invoice in unit.matches.plain_invoices(supplier, numbers):
        texts = plainly_matched(invoice, supplier, desk.rules.matching)
        if texts is None:
            continue
        number = invoice.invoice_number
        done.add(number)
        new.ids.update(invoice.purchase_order_ids)
        for line, text in zip(invoice.lines, texts, strict=True):
            new.booked.setdefault(line.purchase_order, {})[number] = None
            new.matches.append(
                InvoiceMatch(
                    supplier=supplier,
                    invoice_number=number,
                    line_number=line.line_number,
                    purchase_order=line.purchase_order,
                    line_id=line.line_id,
                    result=MatchResult.MATCHED,
                    detail=text,
                    booked=True,
                )
            )
    return done


def _result(
    supplier: str, invoice: Invoice, line: InvoiceLine, record: PurchaseOrderRecord | None, found: LineMatch
) -> InvoiceMatch:
    return InvoiceMatch(
        supplier=supplier,
        invoice_number=invoice.invoice_number,
        line_number=line.line_number,
        purchase_order=str(record.key) if record else "",
        line_id=line.line_id if record else "",
        result=found.result,
        detail=found.detail,
        booked=found.result is MatchResult.MATCHED,
        amount=found.findings[0].amount if found.findings else None,
        findings=found.findings,
    )
