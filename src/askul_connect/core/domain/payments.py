"""How an account pays, what it has paid, and what of its invoices is open (BIL-1, BIL-9)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum

from attrs import evolve, field, frozen

from askul_connect.core.errors import ValueInvalid


class PaymentMethod(StrEnum):
    """How invoices are paid (BIL-9)."""

    TERMS = "terms"
    """By the account's terms, after the closing."""
    CARD = "card"
    """By a card, at each shipment."""


class InvoiceSplit(StrEnum):
    """What one invoice of a closing is for (BIL-1)."""

    ACCOUNT = "account"
    DEPARTMENT = "department"


@frozen(kw_only=True)
class BillingSetting:
    """How an account is invoiced and pays; an account without one is invoiced as a whole, by its terms.

    Attributes:
        card: The provider's token, encrypted; empty without a card. A card's number is never held (BIL-9).
    """

    account_id: str
    method: PaymentMethod = PaymentMethod.TERMS
    split: InvoiceSplit = InvoiceSplit.ACCOUNT
    card: str = field(default="", repr=False)
    changed_at: datetime
    changed_by: str


@frozen(kw_only=True)
class Receivable:
    """What is to be paid for one invoice; amounts in minor units with tax.

    Attributes:
        total: Of the invoice.
        paid: Sum of the payments that were applied.
        credited: Sum of the credit notes.
        tracked: False for an invoice that is older than the recording of payments: it counts as paid once it is due.
        refunding: What is on its way back to the card that paid.
    """

    account_id: str
    invoice_number: str
    issued_on: date
    due_on: date
    currency: str
    total: int
    paid: int = 0
    credited: int = 0
    tracked: bool = True
    refunding: int = 0

    @property
    def outstanding(self) -> int:
        """What is still to be paid."""
        return max(0, self.total - self.paid - self.credited)

    @property
    def in_credit(self) -> int:
        """What was paid or credited beyond the total, which the customer has coming."""
        return max(0, self.paid + self.credited - self.total)

    def is_open(self, today: date) -> bool:
        """Whether the customer still has to pay."""
        return self.outstanding > 0 and (self.tracked or self.due_on >= today)


@frozen(kw_only=True)
class Payment:
    """One payment for one invoice, append-only; below zero what went back to the customer.

    Attributes:
        amount: What came in, minor units.
        applied: What of it the invoice needed; the rest is kept for the customer as unapplied.
        reference: The bank's or card provider's.
    """

    payment_id: str
    account_id: str
    invoice_number: str
    amount: int
    applied: int
    method: PaymentMethod
    received_on: date
    reference: str
    recorded_at: datetime
    recorded_by: str

    @property
    def unapplied(self) -> int:
        """What is kept for the customer."""
        return self.amount - self.applied


def paid(receivable: Receivable, amount: int) -> tuple[Receivable, int]:
    """A receivable after a payment, and what of the payment it took: never more than is open.

    Raises:
        ValueInvalid: Nothing was paid.
    """
    if amount <= 0:
        raise ValueInvalid(f"a payment is above zero, not {amount}", where="amount")
    applied = min(amount, receivable.outstanding)
    return evolve(receivable, paid=receivable.paid + applied), applied


def refundable(receivable: Receivable, by_card: Iterable[Payment]) -> int:
    """What goes back to the card: what it has paid and the invoice does not need, without what is under way.

    Args:
        receivable: Of the invoice.
        by_card: Its payments by card, with what has gone back.
    """
    held = list(by_card)
    spare = receivable.in_credit + sum(one.unapplied for one in held)
    return max(0, min(sum(one.amount for one in held), spare) - receivable.refunding)


def refunded(receivable: Receivable, amount: int, unapplied: int) -> tuple[Receivable, int]:
    """A receivable after something went back, and what of it had been applied: first goes what never was.

    Args:
        receivable: As it was.
        amount: What went back.
        unapplied: What is kept of the card's payments beyond what was applied.
    """
    applied = amount - min(amount, max(0, unapplied))
    return evolve(receivable, paid=receivable.paid - applied), applied
