"""The match of one line of a credit note with the invoice line that it gives back (INT-4, BIL-3).

The document's own amounts stay as they are; this only judges them.
"""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

from askul_connect.core.domain.allowances import net_of
from askul_connect.core.domain.currency import currency
from askul_connect.core.domain.purchase_changes import CreditResult
from askul_connect.core.messages.credit_notes import CreditNoteLine
from askul_connect.core.messages.documents import InvoiceLine
from askul_connect.core.policies.matching import in_proportion
from askul_connect.core.policies.settings import MatchingSettings


@frozen(kw_only=True)
class CreditFacts:
    """What a line of a credit note is compared with.

    Attributes:
        currency: ISO 4217 code of the credit note.
        invoiced_currency: That of the invoice; empty when it is not known.
        invoice_line: The line of the invoice that bills the shipment, None when there is none.
        invoice_matched: Whether that line is matched, so that there is something to take back.
        credited_before: Units of it on other lines of credit notes that were matched.
        amount_before: What those give back, minor units without tax.
        taxes_add_up: Whether the credit note's tax of this line's rate, and its totals, are those of its lines.
    """

    currency: str
    invoiced_currency: str
    invoice_line: InvoiceLine | None
    invoice_matched: bool
    credited_before: int
    amount_before: int
    taxes_add_up: bool


@frozen(kw_only=True)
class CreditFinding:
    """The result for one line and what it rests on."""

    result: CreditResult
    detail: str


def match_credit(line: CreditNoteLine, facts: CreditFacts, settings: MatchingSettings) -> CreditFinding:
    """Match one line of a credit note; the first difference in the order of the checks decides."""
    if facts.invoice_line is None:
        return CreditFinding(
            result=CreditResult.UNKNOWN_INVOICE,
            detail=f"no invoice line bills line {line.line_id} of shipment {line.ship_notice_number} of"
            f" order {line.order_number}",
        )
    for result, check in _CHECKS:
        detail = check(line, facts.invoice_line, facts, settings)
        if detail:
            return CreditFinding(result=result, detail=detail)
    total = facts.credited_before + line.quantity
    return CreditFinding(
        result=CreditResult.MATCHED,
        detail=f"{line.quantity} at {line.unit_price}; {total} credited of {facts.invoice_line.quantity} invoiced",
    )


def _price(
    line: CreditNoteLine, invoiced: InvoiceLine, facts: CreditFacts, settings: MatchingSettings
) -> str:
    if facts.currency != facts.invoiced_currency:
        return f"credited in {facts.currency}, invoiced in {facts.invoiced_currency}"
    if abs(line.unit_price - invoiced.unit_price) > settings.price_tolerance:
        return (
            f"credited at {line.unit_price}, invoiced at {invoiced.unit_price}"
            f" (tolerance {settings.price_tolerance})"
        )
    taken, whole = net_of(line.allowances), net_of(invoiced.allowances)
    exact = line.unit_price.scaleb(currency(facts.currency).exponent) * line.quantity
    if abs(exact + taken - line.amount_excl_tax) >= 1:
        return f"the amount {line.amount_excl_tax} is not {line.quantity} times {line.unit_price} with {taken:+d}"
    parts = max(len(invoiced.allowances), len(line.allowances))
    if not in_proportion(taken, line.quantity, whole, invoiced.quantity, parts=parts):
        return (
            f"{taken:+d} of allowances and charges for {line.quantity} units, {whole:+d} were invoiced for"
            f" {invoiced.quantity}"
        )
    return ""


def _tax(line: CreditNoteLine, invoiced: InvoiceLine, facts: CreditFacts, _settings: MatchingSettings) -> str:
    if (line.tax_category, line.tax_rate) != (invoiced.tax_category, invoiced.tax_rate):
        return (
            f"credited as {line.tax_category} at {line.tax_rate} %, invoiced as {invoiced.tax_category} at"
            f" {invoiced.tax_rate} %"
        )
    if not facts.taxes_add_up:
        return f"the credit note's tax at {line.tax_rate} %, or its totals, are not those of its lines"
    return ""


def _quantity(
    line: CreditNoteLine, invoiced: InvoiceLine, facts: CreditFacts, _settings: MatchingSettings
) -> str:
    total, amount = facts.credited_before + line.quantity, facts.amount_before + line.amount_excl_tax
    if line.quantity < 0 or total > invoiced.quantity or amount > invoiced.amount_excl_tax:
        return (
            f"{total} units and {amount} are credited of {invoiced.quantity} and {invoiced.amount_excl_tax}"
            " invoiced"
        )
    return ""


def _invoice(
    _line: CreditNoteLine, invoiced: InvoiceLine, facts: CreditFacts, _settings: MatchingSettings
) -> str:
    return "" if facts.invoice_matched else f"line {invoiced.line_number} of the invoice is not matched yet"


_Check = Callable[[CreditNoteLine, InvoiceLine, CreditFacts, MatchingSettings], str]
#: What is wrong with the credit note itself comes before what is only not settled yet.
_CHECKS: tuple[tuple[CreditResult, _Check], ...] = (
    (CreditResult.PRICE_DIFFERENCE, _price),
    (CreditResult.TAX_DIFFERENCE, _tax),
    (CreditResult.OVER_CREDITED, _quantity),
    (CreditResult.INVOICE_OPEN, _invoice),
)
