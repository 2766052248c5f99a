"""Invoices that a supplier changes or deletes after they were matched: what was booked is taken back (INT-4, INT-5).

A line that was booked is forgotten with the content that it was booked for, and its value leaves the ledger, in the
unit of work that stores the new content. The next matching looks at the new lines as at those of any invoice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from askul_connect.core.domain.matches import DecisionKind, MatchDecision, MatchResult
from askul_connect.core.domain.money import minor_to_text
from askul_connect.core.domain.purchasing import InvoiceMatch
from askul_connect.core.messages.documents import Invoice, InvoiceLine
from askul_connect.core.ports.buyer_storage import BuyerUnitOfWork
from askul_connect.core.services.buyer.desk import Desk
from askul_connect.core.services.buyer.outgoing import document_key
from askul_connect.core.services.buyer.settling import settle


def reopen_invoices(
    desk: Desk,
    unit: BuyerUnitOfWork,
    supplier: str,
    before: Mapping[str, Invoice],
    after: Mapping[str, Invoice],
) -> None:
    """Take back what was booked of invoices that are no longer what they were.

    Args:
        desk: Whose they are.
        unit: The unit of work that has stored them as they are now, or removed them.
        supplier: Whose invoices.
        before: As they were, by number.
        after: As they are now, by number; those that are missing were deleted.
    """
    changed = {
        number: invoice
        for number, invoice in before.items()
        if number not in after or not bill_the_same(invoice, after[number])
    }
    if not changed:
        return
    matches: dict[str, list[InvoiceMatch]] = {number: [] for number in changed}
    for (number, _), match in unit.matches.of_invoices(supplier, changed).items():
        matches[number].append(match)
    taken_back: dict[str, dict[str, None]] = {}
    for number, invoice in changed.items():
        found = sorted(matches[number], key=lambda match: match.line_number)
        unit.matches.remove(supplier, number, [match.line_number for match in found])
        if found:
            unit.matches.decide(_decisions(desk, supplier, invoice, after.get(number), found))
        for match in (one for one in found if one.booked):
            taken_back.setdefault(match.purchase_order, {})[number] = None
    if taken_back:
        _settle(desk, unit, supplier, changed.values(), taken_back)


def bill_the_same(one: Invoice, other: Invoice) -> bool:
    """Whether two versions of an invoice are the same to whoever matches and books them."""
    return (one.currency, one.lines, one.allowances, one.tax, one.total_excl_tax, one.total_incl_tax) == (
        other.currency,
        other.lines,
        other.allowances,
        other.tax,
        other.total_excl_tax,
        other.total_incl_tax,
    )


def _settle(
    desk: Desk,
    unit: BuyerUnitOfWork,
    supplier: str,
    invoices: Iterable[Invoice],
    taken_back: Mapping[str, Mapping[str, None]],
) -> None:
    ids = {line.purchase_order_id for invoice in invoices for line in invoice.lines}
    for records in unit.purchase_orders.by_ids(sorted(ids)).values():
        for record in records:
            numbers = taken_back.get(str(record.key))
            if numbers:
                settle(
                    desk, unit, record, source=", ".join(document_key(supplier, number) for number in numbers)
                )


def _decisions(
    desk: Desk, supplier: str, before: Invoice, after: Invoice | None, found: Sequence[InvoiceMatch]
) -> list[MatchDecision]:
    kind = DecisionKind.WITHDRAWN if after is None else DecisionKind.CHANGED
    was = {line.line_number: line for line in before.lines}
    booked = [match for match in found if match.booked and match.line_number in was]

    def decision(kind: DecisionKind, line_number: str, result: MatchResult, reason: str) -> MatchDecision:
        return MatchDecision(
            supplier=supplier,
            invoice_number=before.invoice_number,
            line_number=line_number,
            decision=kind,
            result=result,
            decided_by=supplier,
            decided_at=desk.timeline.now(),
            reason=reason,
        )

    words = {match.line_number: _described(was[match.line_number], before.currency) for match in booked}
    made = [decision(kind, match.line_number, match.result, words[match.line_number]) for match in booked]
    if after is None:
        made.append(decision(kind, "", found[0].result, "the supplier deleted the invoice"))
    elif booked and not _shipped(before) & _shipped(after):
        made.append(
            decision(DecisionKind.NUMBER_REUSED, "", MatchResult.DUPLICATE_INVOICE, "; ".join(words.values()))
        )
    return made


def _shipped(invoice: Invoice) -> set[tuple[str, str, str]]:
    return {(line.order_number, line.line_id, line.ship_notice_number) for line in invoice.lines}


def _described(line: InvoiceLine, currency: str) -> str:
    return (
        f"order {line.order_number} line {line.line_id}: {line.quantity} x {line.unit_price} ="
        f" {minor_to_text(line.amount_excl_tax, currency)} {currency}"
    )
