"""Matching the invoices that are not wholly booked yet, and booking what matched as actual (INT-3, INT-4).

Invoices are matched in pages: a page's facts are read in a few queries, its results are written in one, and all of it
lasts together with the moves of the ledger or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import groupby
from operator import itemgetter

from attrs import evolve, field, frozen

from askul_connect.core.domain.correlation import correlated
from askul_connect.core.domain.matches import DifferenceKind, MatchFinding, MatchResult
from askul_connect.core.domain.purchasing import InvoiceMatch, PurchaseOrderRecord
from askul_connect.core.messages.documents import Invoice, InvoiceLine
from askul_connect.core.policies.matching import LineMatch, match_line
from askul_connect.core.policies.matching_plain import plainly_matched
from askul_connect.core.policies.settings import OverBudget
from askul_connect.core.ports.buyer_storage import BuyerUnitOfWork
from askul_connect.core.services.buyer.booking import book_invoice
from askul_connect.core.services.buyer.desk import LOGGER, Desk
from askul_connect.core.services.buyer.match_facts import page_facts
from askul_connect.core.services.buyer.report import Tally
from askul_connect.core.services.buyer.settling import BilledInvoices
from askul_connect.core.services.units import run_unit

#: Invoices of one unit of work.
PAGE = 50


@frozen(kw_only=True)
class Compared:
    """What is new in a page.

    Attributes:
        matches: Results that are new or not as they were; those of one invoice stand together.
        ids: Ids of the purchase orders with a line that is to be booked.
    """

    matches: list[InvoiceMatch] = field(factory=list)
    ids: set[str] = field(factory=set)


def match_invoices(desk: Desk, tally: Tally) -> None:
    """Match every invoice with a line that is not booked: new ones, and those that waited for a receipt."""
    # what the budget refuses is not billed, as the invoices after it have to know
    size = 1 if _may_refuse(desk) else PAGE
    open_invoices = run_unit(desk.storage, lambda unit: unit.matches.open_invoices())
    for supplier, numbers in pages_of(open_invoices, size):
        match = partial(_match_page, desk, supplier=supplier, numbers=numbers)
        matches, warnings = run_unit(desk.storage, match)
        tally.warnings.extend(warnings)
        for number, found in groupby(matches, key=lambda match: match.invoice_number):
            tally.changed = True
            of_invoice = list(found)
            results = sorted({one.result.value for one in of_invoice})
            desk.say("match", f"invoice {number} of {supplier}: {', '.join(results)}")
            for one in of_invoice:
                # the key as text is the purchase order's correlation id
                with correlated(one.purchase_order):
                    LOGGER.debug(
                        "line %s of invoice %s of %s: %s", one.line_number, number, supplier, one.result.value
                    )


def open_matches(unit: BuyerUnitOfWork) -> int:
    """How many invoice lines are not booked."""
    return len(unit.matches.open())


def pages_of(
    open_invoices: Iterable[tuple[str, str]], size: int = PAGE
) -> Iterator[tuple[str, Sequence[str]]]:
    """The invoices of each unit of work, with their supplier."""
    for supplier, invoices in groupby(open_invoices, key=itemgetter(0)):
        numbers = [number for _, number in invoices]
        for first in range(0, len(numbers), size):
            yield supplier, numbers[first : first + size]


def _match_page(
    desk: Desk, unit: BuyerUnitOfWork, *, supplier: str, numbers: Sequence[str]
) -> tuple[list[InvoiceMatch], list[str]]:
    """Match and book the open lines of some invoices; the results that are new, and warnings."""
    found = compare_page(desk, unit, supplier, numbers)
    before = unit.matches.of_invoices(supplier, numbers) if _may_refuse(desk) else {}
    by_id = unit.purchase_orders.by_ids(sorted(found.ids)) if found.ids else {}
    records = {str(record.key): record for of_id in by_id.values() for record in of_id}
    results: list[InvoiceMatch] = []
    warnings: list[str] = []
    read = BilledInvoices()
    for number, of_invoice in groupby(found.matches, key=lambda match: match.invoice_number):
        matches = list(of_invoice)
        unit.matches.put(matches)
        billed = dict.fromkeys(match.purchase_order for match in matches if match.booked)
        done = book_invoice(
            desk,
            unit,
            supplier=supplier,
            number=number,
            records=[records[key] for key in billed],
            read=read,
        )
        warnings += done.warnings
        if done.over:
            matches = [_over_budget(match, done.over) if match.booked else match for match in matches]
            unit.matches.put(matches)
        results += [one for one in matches if one != before.get((one.invoice_number, one.line_number))]
    return results, warnings


def _may_refuse(desk: Desk) -> bool:
    """Whether a line that matches may be left unbooked for its budget's sake."""
    return desk.rules.budgets.invoice_over_budget in {OverBudget.BLOCK, OverBudget.ASK}


def _over_budget(match: InvoiceMatch, why: str) -> InvoiceMatch:
    finding = MatchFinding(kind=DifferenceKind.OVER_BUDGET, facts={"budgets": why})
    return evolve(match, result=finding.result, detail=why, booked=False, findings=(finding,))


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
