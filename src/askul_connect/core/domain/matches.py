"""What matching found for an invoice line: each difference by itself, and what a person decided about it (INT-4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from attrs import field, frozen

from askul_connect.core.domain.tax import TaxCategory, TaxTotal

#: How a line stands that does not match and was booked all the same.
RELEASED = "released"


class MatchResult(StrEnum):
    """What the match found for an invoice line (INT-4)."""

    MATCHED = "matched"
    PRICE_DIFFERENCE = "price_difference"
    OVER_INVOICED = "over_invoiced"
    NOT_RECEIVED = "not_received"
    DUPLICATE_INVOICE = "duplicate_invoice"
    UNKNOWN_ORDER = "unknown_order"
    TAX_DIFFERENCE = "tax_difference"
    OVER_BUDGET = "over_budget"


class DifferenceKind(StrEnum):
    """One way in which an invoice line can differ from what it is compared with."""

    UNKNOWN_ORDER = "unknown_order"
    BILLED_ELSEWHERE = "billed_elsewhere"
    NUMBER_REUSED = "number_reused"
    LINE_REPEATED = "line_repeated"
    CURRENCY = "currency"
    UNIT_PRICE = "unit_price"
    AMOUNT = "amount"
    LINE_ALLOWANCE = "line_allowance"
    ORDER_CHARGE = "order_charge"
    ORDER_ALLOWANCE = "order_allowance"
    ORDER_ALLOWANCE_TAX = "order_allowance_tax"
    TAX_CATEGORY = "tax_category"
    TAX_RATE = "tax_rate"
    TAX_SUM = "tax_sum"
    MORE_THAN_ORDERED = "more_than_ordered"
    MORE_THAN_INVOICED = "more_than_invoiced"
    MORE_THAN_RECEIVED = "more_than_received"
    OVER_BUDGET = "over_budget"


RESULT_OF: Mapping[DifferenceKind, MatchResult] = {
    DifferenceKind.UNKNOWN_ORDER: MatchResult.UNKNOWN_ORDER,
    DifferenceKind.BILLED_ELSEWHERE: MatchResult.DUPLICATE_INVOICE,
    DifferenceKind.NUMBER_REUSED: MatchResult.DUPLICATE_INVOICE,
    DifferenceKind.LINE_REPEATED: MatchResult.DUPLICATE_INVOICE,
    DifferenceKind.CURRENCY: MatchResult.PRICE_DIFFERENCE,
    DifferenceKind.UNIT_PRICE: MatchResult.PRICE_DIFFERENCE,
    DifferenceKind.AMOUNT: MatchResult.PRICE_DIFFERENCE,
    DifferenceKind.LINE_ALLOWANCE: MatchResult.PRICE_DIFFERENCE,
    DifferenceKind.ORDER_CHARGE: MatchResult.PRICE_DIFFERENCE,
    DifferenceKind.ORDER_ALLOWANCE: MatchResult.PRICE_DIFFERENCE,
    DifferenceKind.ORDER_ALLOWANCE_TAX: MatchResult.PRICE_DIFFERENCE,
    DifferenceKind.TAX_CATEGORY: MatchResult.TAX_DIFFERENCE,
    DifferenceKind.TAX_RATE: MatchResult.TAX_DIFFERENCE,
    DifferenceKind.TAX_SUM: MatchResult.TAX_DIFFERENCE,
    DifferenceKind.MORE_THAN_ORDERED: MatchResult.OVER_INVOICED,
    DifferenceKind.MORE_THAN_INVOICED: MatchResult.OVER_INVOICED,
    DifferenceKind.MORE_THAN_RECEIVED: MatchResult.NOT_RECEIVED,
    DifferenceKind.OVER_BUDGET: MatchResult.OVER_BUDGET,
}


@frozen(kw_only=True)
class MatchFinding:
    """One difference.

    Attributes:
        amount: By how much the invoice asks for more (or, negative, less) than was agreed or has arrived, minor units
            of the invoice: without tax, but the tax itself for a difference in tax. None where no amount can be said.
        facts: What was compared, by name, as text that is the same in every language; the texts are made from it.
    """

    kind: DifferenceKind
    amount: int | None = None
    facts: Mapping[str, str] = field(factory=dict)

    @property
    def result(self) -> MatchResult:
        """What a line with this difference alone would be."""
        return RESULT_OF[self.kind]


class DecisionKind(StrEnum):
    """What was decided about an invoice line, or about an invoice as a whole."""

    ACCEPTED = "accepted"
    """A person released a line that does not match."""
    CHANGED = "changed"
    """The supplier changed the invoice after the line was booked: it is open again."""
    WITHDRAWN = "withdrawn"
    """The supplier deleted the invoice, or the line of it, after the line was booked."""
    NUMBER_REUSED = "number_reused"
    """The supplier sent other lines under the number of an invoice that was booked."""


@frozen(kw_only=True)
class MatchDecision:
    """One entry of the record of decisions, which is only ever added to.

    Attributes:
        line_number: Empty for the invoice as a whole.
        result: The line's result at that time.
        decided_by: A person, or the connection's name when the supplier caused it.
        reason: In their own words, or what was booked before.
    """

    supplier: str
    invoice_number: str
    line_number: str
    decision: DecisionKind
    result: MatchResult
    decided_by: str
    decided_at: datetime
    reason: str


class PlainLine(NamedTuple):
    """An open invoice line with what it is compared with, where that is quantity, price and tax and nothing else.

    A named tuple, since most lines are of this kind and there are many.

    Attributes:
        purchase_order: The purchase order's key as text.
        account: Of the purchase order's line.
        ordered_price, ordered_category, ordered_rate: Of the supplier's order.
        ordered: Units of the purchase order's line.
        cancelled: Units of the order's line that will never come.
        received: Units received; None when no receipt was booked.
    """

    line_number: str
    line_id: str
    quantity: int
    unit_price: Decimal
    amount_excl_tax: int
    tax_category: TaxCategory
    tax_rate: Decimal
    purchase_order: str
    ordered_currency: str
    account: str
    ordered: int
    ordered_price: Decimal
    ordered_category: TaxCategory
    ordered_rate: Decimal
    cancelled: int
    received: int | None


@frozen(kw_only=True)
class PlainInvoice:
    """An invoice of which all lines are plain; totals and tax are its own."""

    invoice_number: str
    currency: str
    total_excl_tax: int
    total_incl_tax: int
    tax: tuple[TaxTotal, ...]
    lines: tuple[PlainLine, ...]
    purchase_order_ids: frozenset[str]
