"""What an accountant reads of matching: results, differences, what to do, and what was decided (INT-4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from askul_connect.core.domain.matches import MatchDecision, MatchFinding
from askul_connect.core.domain.purchasing import InvoiceMatch
from askul_connect.core.errors import Text
from askul_connect.core.messages.documents import Invoice
from askul_connect.core.policies.match_texts import difference_text, what_to_do
from askul_connect.core.ports.buyer_storage import BuyerUnitOfWork

View = Mapping[str, Any]


def text_view(text: Text) -> dict[str, str]:
    """A sentence in both languages."""
    return {"ja": text.ja, "en": text.en}


def finding_view(finding: MatchFinding) -> dict[str, Any]:
    """A difference, with its texts."""
    return {
        "kind": finding.kind.value,
        "result": finding.result.value,
        "amount": finding.amount,
        "facts": dict(finding.facts),
        "text": text_view(difference_text(finding)),
        "what_to_do": text_view(what_to_do(finding)),
    }


def decision_view(decision: MatchDecision) -> dict[str, Any]:
    """What was decided, by whom, when and why."""
    return {
        "line_number": decision.line_number,
        "decision": decision.decision.value,
        "result": decision.result.value,
        "decided_by": decision.decided_by,
        "decided_at": decision.decided_at.isoformat(),
        "reason": decision.reason,
    }


def match_view(
    match: InvoiceMatch, invoice: Invoice | None, decisions: Iterable[MatchDecision]
) -> dict[str, Any]:
    """One line's result."""
    lines = invoice.lines if invoice else ()
    line = next((one for one in lines if one.line_number == match.line_number), None)
    return {
        "supplier": match.supplier,
        "invoice_number": match.invoice_number,
        "line_number": match.line_number,
        "purchase_order_id": line.purchase_order_id if line else "",
        "order_number": line.order_number if line else "",
        "order_line_id": line.line_id if line else "",
        "currency": invoice.currency if invoice else "",
        "amount_excl_tax": line.amount_excl_tax if line else None,
        "result": match.result.value,
        "standing": match.standing,
        "booked": match.booked,
        "detail": match.detail,
        "differences": [finding_view(one) for one in match.findings],
        "decisions": [decision_view(one) for one in decisions if one.line_number == match.line_number],
    }


def match_views(unit: BuyerUnitOfWork, *, everything: bool = False) -> Sequence[View]:
    """The lines that are open, or every line."""
    matches = unit.matches.all() if everything else unit.matches.open()
    numbers: dict[str, dict[str, None]] = defaultdict(dict)
    for match in matches:
        numbers[match.supplier][match.invoice_number] = None
    invoices: dict[str, Mapping[str, Invoice]] = {}
    decisions: dict[tuple[str, str], list[MatchDecision]] = defaultdict(list)
    for supplier, of_supplier in numbers.items():
        invoices[supplier] = unit.history.many(supplier, "invoices", of_supplier)
        for decision in unit.matches.decisions(supplier, of_supplier):
            decisions[supplier, decision.invoice_number].append(decision)
    return [
        match_view(
            match,
            invoices[match.supplier].get(match.invoice_number),
            decisions[match.supplier, match.invoice_number],
        )
        for match in matches
    ]
