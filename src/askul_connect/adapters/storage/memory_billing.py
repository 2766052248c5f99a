"""How accounts pay, what they owe and what was given back, in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from askul_connect.adapters.storage.memory_tables import Journal, MemoryTable, present
from askul_connect.core.domain.payments import BillingSetting, Payment, Receivable
from askul_connect.core.messages.credit_notes import CreditNote


class MemoryBilling:
    """Settings, receivables, payments and credit notes of accounts."""

    def __init__(self, journal: Journal) -> None:
        self._settings = MemoryTable[str, BillingSetting](journal, lambda one: one.account_id)
        self._receivables = MemoryTable[tuple[str, str], Receivable](
            journal, lambda one: (one.account_id, one.invoice_number)
        )
        self._payments = MemoryTable[tuple[str, str], Payment](
            journal, lambda one: (one.account_id, one.payment_id)
        )
        self._credit_notes = MemoryTable[tuple[str, str], tuple[str, CreditNote]](
            journal, lambda kept: (kept[0], kept[1].credit_note_number)
        )

    def setting(self, account_id: str) -> BillingSetting | None:
        """How an account pays, if it ever chose."""
        return self._settings.get(account_id)

    def put_setting(self, setting: BillingSetting) -> None:
        """Store or replace."""
        self._settings.put(setting)

    def add_receivable(self, receivable: Receivable) -> None:
        """Store; StorageConflict when the account has one of that invoice."""
        self._receivables.insert(receivable)

    def save_receivable(self, receivable: Receivable) -> None:
        """Store a new state; StorageConflict when it is not there."""
        self._receivables.replace(receivable)

    def receivable(self, account_id: str, invoice_number: str) -> Receivable | None:
        """That of an invoice within the account."""
        return self._receivables.get((account_id, invoice_number))

    def unsettled(self, account_id: str) -> Sequence[Receivable]:
        """Those of an account of which something is open, by invoice number."""
        found = (one for one in self._receivables if one.account_id == account_id and one.outstanding)
        return sorted(found, key=lambda one: one.invoice_number)

    def add_payment(self, payment: Payment) -> None:
        """Store; StorageConflict when the id exists."""
        self._payments.insert(payment)

    def payment(self, account_id: str, payment_id: str) -> Payment | None:
        """One within the account."""
        return self._payments.get((account_id, payment_id))

    def payments_of(self, account_id: str, invoice_number: str) -> Sequence[Payment]:
        """Those of an invoice within the account, by id."""
        key = (account_id, invoice_number)
        found = (one for one in self._payments if (one.account_id, one.invoice_number) == key)
        return sorted(found, key=lambda one: one.payment_id)

    def add_credit_note(self, account_id: str, document: CreditNote) -> None:
        """Store; StorageConflict when the number exists."""
        self._credit_notes.insert((account_id, document))

    def credit_notes(self, account_id: str, numbers: Iterable[str]) -> Mapping[str, CreditNote]:
        """Those that exist within the account."""
        found = present(self._credit_notes, ((account_id, number) for number in numbers))
        return {document.credit_note_number: document for _, document in found}

    def credit_notes_of(self, account_id: str, invoice_number: str) -> Sequence[str]:
        """Numbers of those about an invoice, in order."""
        own = (document for owner, document in self._credit_notes if owner == account_id)
        return sorted(one.credit_note_number for one in own if one.invoice_number == invoice_number)

    def credit_notes_closed_on(self, account_id: str, period_end: date) -> Sequence[CreditNote]:
        """The credit notes of one closing date, by number."""
        own = (document for owner, document in self._credit_notes if owner == account_id)
        found = (document for document in own if document.period_end == period_end)
        return sorted(found, key=lambda document: document.credit_note_number)
