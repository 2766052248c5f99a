"""Changes of purchase orders as the buyer keeps them, and what matching said of credit notes."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from attrs import frozen

from askul_connect.core.domain.purchasing import PurchaseOrderKey


class ChangeKind(StrEnum):
    """What a change asks for.

    ``CLOSE`` says that nothing more is awaited, which is between ERP and budget and not told to the supplier;
    ``REOPEN`` takes that back.
    """

    CHANGE = "change"
    CANCEL = "cancel"
    CLOSE = "close"
    REOPEN = "reopen"


class ChangeState(StrEnum):
    """State of a change.

    ``WAITING`` is on its way to the supplier, ``GIVEN_UP`` waits for a person.
    """

    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"
    GIVEN_UP = "given_up"


@frozen(kw_only=True)
class WantedUnits:
    """The units wanted of a line all in all; zero cancels it."""

    line_id: str
    quantity: int


@frozen(kw_only=True)
class OrderChange:
    """A change of a purchase order that was taken.

    Attributes:
        key: The purchase order.
        change_id: The ERP's number of the change, unique for the purchase order.
        content_hash: Of what it asks for; decides duplicate or conflict.
        lines: The lines that are to change; of ``CLOSE`` and ``REOPEN`` only their ids count.
        document: Name of the ERP's file.
        taken_at: When it was taken last.
        sequence: Its place among the changes of the purchase order, which are carried out one after the other.
        attempt: Counts the times it was taken: a refused one may be dropped again.
        refusal: JSON text of what the supplier said, empty unless refused.
    """

    key: PurchaseOrderKey
    change_id: str
    kind: ChangeKind
    state: ChangeState
    content_hash: str
    lines: tuple[WantedUnits, ...]
    document: str
    taken_at: datetime
    sequence: int
    attempt: int = 1
    refusal: str = ""

    @property
    def business_key(self) -> str:
        """One text for each change: a colon within its number is not one between the parts."""
        number = self.change_id.replace("%", "%25").replace(":", "%3A")
        return f"{self.key}:change={number}"


class CreditResult(StrEnum):
    """What matching found for a line of a credit note (INT-4, BIL-3)."""

    MATCHED = "matched"
    UNKNOWN_INVOICE = "unknown_invoice"
    INVOICE_OPEN = "invoice_open"
    PRICE_DIFFERENCE = "price_difference"
    TAX_DIFFERENCE = "tax_difference"
    OVER_CREDITED = "over_credited"


@frozen(kw_only=True)
class CreditMatch:
    """The match of one line of a credit note.

    Attributes:
        purchase_order, line_id: The purchase order's key as text and its line; empty when unknown.
        detail: What was compared with what, for a person.
    """

    supplier: str
    credit_note_number: str
    line_number: str
    purchase_order: str
    line_id: str
    result: CreditResult
    detail: str


@frozen(kw_only=True)
class CreditedLine:
    """A matched line of a credit note, as one that credits the same shipped line has to know it."""

    credit_note_number: str
    line_number: str
    ship_notice_number: str
    quantity: int
    amount_excl_tax: int
