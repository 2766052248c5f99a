"""Purchase orders, budgets and matches as the buyer keeps them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from attrs import frozen

from askul_connect.core.domain.allowances import AllowanceCharge, AnticipatedTotals
from askul_connect.core.domain.budget_terms import BudgetDimension, BudgetTerms
from askul_connect.core.domain.matches import RELEASED, MatchFinding, MatchResult
from askul_connect.core.domain.tax import TaxCategory


class PurchaseOrderState(StrEnum):
    """State of an accepted purchase order on the buyer's side; ``CANCELLED`` is one that never left.

    ``GIVEN_UP`` will not be sent, and the ERP, where its document still waits, has to be told.
    """

    HELD = "held"
    """Over its budget: it reserves, and a person decides whether it is sent."""
    ACCEPTED = "accepted"
    PLACED = "placed"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    GIVEN_UP = "given_up"


@frozen(kw_only=True)
class PurchaseOrderKey:
    """What makes a purchase order the same one (INT-11); ``issue_year`` is 0 where ids never repeat."""

    buyer_party: str
    purchase_order_id: str
    issue_year: int = 0

    def __str__(self) -> str:
        """One text for each key: a colon within the number is not one between the parts."""
        number = self.purchase_order_id.replace("%", "%25").replace(":", "%3A")
        year = f":{self.issue_year}" if self.issue_year else ""
        return f"{self.buyer_party}:{number}{year}"


@frozen(kw_only=True)
class PurchaseLine:
    """One line in the supplier's terms, with what it reserves.

    Attributes:
        amount_excl_tax: quantity x unit price with the line's allowances and charges, minor units without tax.
        tax_category: None when the ERP did not state it; the supplier decides.
        period: Budget period the line is charged to (``2026-04``, ``2026-Q1``, ``2026-H1`` or ``2026``).
        requisition_id, requisition_line_id: The requisition whose reservation it takes over; None without one.
    """

    line_id: str
    sku: str
    quantity: int
    unit: str
    unit_price: Decimal
    amount_excl_tax: int
    department: str
    cost_centre: str
    account: str
    requested_on: date | None
    tax_category: TaxCategory | None
    period: str
    allowances: tuple[AllowanceCharge, ...] = ()
    requisition_id: str | None = None
    requisition_line_id: str | None = None


@frozen(kw_only=True)
class PurchaseOrderRecord:
    """A purchase order that was taken: its lines, its way to the supplier and what became of it.

    Attributes:
        content_hash: Hash of the document's content, whatever its format; decides duplicate or conflict.
        order_numbers: The supplier's orders, once placed.
        document: Name of the ERP's file.
        refusal: JSON text of the supplier's problems, empty unless refused.
        attempt: Counts the times it was taken: a refused one may be corrected and dropped again.
        budget_before: What its budgets had available before it reserved, minor units; None without a budget.
        allowances: Those of the order as a whole.
        anticipated: The totals the document states.
        terms: How it is charged to budgets; None for what was taken before terms were kept, which is charged by the
            settings of today.
        closed_lines: Ids of lines of which nothing more is awaited, though more may be outstanding.
        purged_on: Since when only this head is kept, by which the purchase order is known again; None while all is.
    """

    key: PurchaseOrderKey
    content_hash: str
    supplier: str
    currency: str
    state: PurchaseOrderState
    lines: tuple[PurchaseLine, ...]
    accepted_at: datetime
    correlation_id: str
    document: str
    order_numbers: tuple[str, ...] = ()
    refusal: str = ""
    attempt: int = 1
    budget_before: int | None = None
    allowances: tuple[AllowanceCharge, ...] = ()
    anticipated: AnticipatedTotals | None = None
    terms: BudgetTerms | None = None
    closed_lines: tuple[str, ...] = ()
    purged_on: date | None = None


@frozen(kw_only=True)
class Budget:
    """What a department, cost centre or account may spend in a period, minor units.

    Attributes:
        department: Its code; that of a cost centre or account where budgets are kept by those.
        dimension: What the code is of.
    """

    department: str
    period: str
    currency: str
    amount: int
    dimension: BudgetDimension = BudgetDimension.DEPARTMENT


class MoveKind(StrEnum):
    """The four moves of the budget ledger (INT-3); ``CLOSING`` stands for moves whose time of keeping is over."""

    PRE_ENCUMBRANCE = "pre_encumbrance"
    ENCUMBRANCE = "encumbrance"
    ACTUAL = "actual"
    RELIEF = "relief"
    CLOSING = "closing"


@frozen(kw_only=True)
class LedgerMove:
    """One move, keyed by its source document and line so that a replay cannot move it twice (INT-3).

    Attributes:
        move_key: Unique: kind, source document and line.
        quantity: Units of the line the move is about.
        pre_encumbrance, encumbrance, actual: Signed change of each balance, minor units.
        source: The document that caused it.
    """

    move_key: str
    kind: MoveKind
    department: str
    period: str
    currency: str
    quantity: int
    pre_encumbrance: int
    encumbrance: int
    actual: int
    source: str
    purchase_order: str
    line_id: str
    at: datetime


@frozen(kw_only=True)
class BudgetBalance:
    """Where a budget stands, minor units; ``available`` may be negative when that is allowed."""

    department: str
    period: str
    currency: str
    budget: int
    pre_encumbrance: int = 0
    encumbrance: int = 0
    actual: int = 0

    @property
    def available(self) -> int:
        """Budget less all three balances."""
        return self.budget - self.pre_encumbrance - self.encumbrance - self.actual


@frozen(kw_only=True)
class InvoiceMatch:
    """The match of one invoice line.

    Attributes:
        purchase_order, line_id: The purchase order's key as text and its line; empty when unknown.
        result: What the first difference makes it.
        detail: What was compared with what, for a person, in English.
        booked: Whether the line is in the ledger: it matched, or a person released it.
        amount: By how much the first difference is more (or, negative, less) than it should be, minor units; None
            where there is none or no amount can be said.
        findings: Every difference, the one that decides first; none when it matched.
    """

    supplier: str
    invoice_number: str
    line_number: str
    purchase_order: str
    line_id: str
    result: MatchResult
    detail: str
    booked: bool
    amount: int | None = None
    findings: tuple[MatchFinding, ...] = ()

    @property
    def standing(self) -> str:
        """The result, or ``released`` where a person booked the line in spite of it."""
        return RELEASED if self.booked and self.result is not MatchResult.MATCHED else self.result.value


@frozen(kw_only=True)
class BilledLine:
    """A booked invoice line, as one that bills the same order line has to know it."""

    invoice_number: str
    line_number: str
    ship_notice_number: str
    quantity: int


class Reading(StrEnum):
    """How a list is being read: from its beginning for the first time or again, or what is new."""

    FIRST = "first"
    AGAIN = "again"
    NEW = "new"


@frozen(kw_only=True)
class Watermark:
    """How far a list of a supplier has been read; moves only with the commit that stored the rows (INT-5).

    Attributes:
        feed: The list; for a reader beside the run, the list and the reader.
        cursor: Sent with the next request.
        total: Records of the list, as the supplier counted them when it was last read from its beginning, with
            those that were new and less those deleted since; None if unsaid.
        reading: What the next page belongs to.
    """

    supplier: str
    feed: str
    cursor: str
    total: int | None = None
    reading: Reading = Reading.NEW


@frozen(kw_only=True)
class Lease:
    """Who holds the directory and until when (INT-12)."""

    name: str
    holder: str
    expires_at: datetime
