"""What the supplier keeps of how accounts pay, what they owe, and what it gave back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Protocol

from askul_connect.core.domain.payments import BillingSetting, Payment, Receivable
from askul_connect.core.messages.credit_notes import CreditNote


class BillingRepository(Protocol):
    """Settings, receivables, payments and credit notes of accounts."""

    def setting(self, account_id: str) -> BillingSetting | None:
        """How an account pays, if it ever chose."""
        ...

    def put_setting(self, setting: BillingSetting) -> None:
        """Store or replace."""
        ...

    def add_receivable(self, receivable: Receivable) -> None:
        """Store; StorageConflict when the account has one of that invoice."""
        ...

    def save_receivable(self, receivable: Receivable) -> None:
        """Store a new state; StorageConflict when it is not there."""
        ...

    def receivable(self, account_id: str, invoice_number: str) -> Receivable | None:
        """That of an invoice within the account."""
        ...

    def unsettled(self, account_id: str) -> Sequence[Receivable]:
        """Those of an account of which something is open, by invoice number."""
        ...

    def add_payment(self, payment: Payment) -> None:
        """Store; StorageConflict when the id exists."""
        ...

    def payment(self, account_id: str, payment_id: str) -> Payment | None:
        """One within the account."""
        ...

    def payments_of(self, account_id: str, invoice_number: str) -> Sequence[Payment]:
        """Those of an invoice within the account, by id."""
        ...

    def add_credit_note(self, account_id: str, document: CreditNote) -> None:
        """Store; StorageConflict when the number exists."""
        ...

    def credit_notes(self, account_id: str, numbers: Iterable[str]) -> Mapping[str, CreditNote]:
        """Those that exist within the account."""
        ...

    def credit_notes_of(self, account_id: str, invoice_number: str) -> Sequence[str]:
        """Numbers of those about an invoice, in order."""
        ...

    def credit_notes_closed_on(self, account_id: str, period_end: date) -> Sequence[CreditNote]:
        """The credit notes of one closing date, by number."""
        ...
