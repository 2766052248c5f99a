"""How accounts pay, what they owe, and what was given back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from askul_connect.adapters.storage.sql import tables_supplier as tables
from askul_connect.adapters.storage.sql.bodies import body_schema, read_body, write_body
from askul_connect.adapters.storage.sql.statements import OneOf, Prepared, insert, replace_where, upsert
from askul_connect.adapters.storage.sql.transaction import Transaction
from askul_connect.core.domain.payments import BillingSetting, Payment, Receivable
from askul_connect.core.messages.credit_notes import CreditNote

_ACCOUNT: sa.BindParameter[str] = sa.bindparam("account_id")
_INVOICE: sa.BindParameter[str] = sa.bindparam("invoice_number")
_SETTING_PUT = upsert(tables.billing_settings)
_SETTING = Prepared(
    sa.select(tables.billing_settings).where(tables.billing_settings.c.account_id == _ACCOUNT)
)
_RECEIVABLES = tables.receivables.c
_RECEIVABLE_INSERT = insert(tables.receivables)
_RECEIVABLE_SAVE = replace_where(tables.receivables, ("account_id", "invoice_number"))
_RECEIVABLE = Prepared(
    sa.select(tables.receivables).where(
        _RECEIVABLES.account_id == _ACCOUNT, _RECEIVABLES.invoice_number == _INVOICE
    )
)
_UNSETTLED = Prepared(
    sa.select(tables.receivables)
    .where(_RECEIVABLES.account_id == _ACCOUNT, tables.UNSETTLED)
    .order_by(_RECEIVABLES.invoice_number)
)
_PAYMENTS = tables.payments.c
_PAYMENT_INSERT = insert(tables.payments)
_PAYMENT = Prepared(
    sa.select(tables.payments).where(
        _PAYMENTS.account_id == _ACCOUNT, _PAYMENTS.payment_id == sa.bindparam("payment_id")
    )
)
_PAYMENTS_OF = Prepared(
    sa.select(tables.payments)
    .where(_PAYMENTS.account_id == _ACCOUNT, _PAYMENTS.invoice_number == _INVOICE)
    .order_by(_PAYMENTS.payment_id)
)
_NOTES = tables.credit_notes.c
_NOTE_INSERT = insert(tables.credit_notes)
_BODY = (_NOTES.number, _NOTES.schema, _NOTES.body)
_NOTES_MANY = Prepared(
    sa.select(*_BODY).where(_NOTES.account_id == _ACCOUNT, OneOf(_NOTES.number, "numbers"))
)
_NOTES_OF = Prepared(
    sa.select(_NOTES.number)
    .where(_NOTES.account_id == _ACCOUNT, _NOTES.invoice_number == _INVOICE)
    .order_by(_NOTES.number)
)
_NOTES_CLOSED_ON = Prepared(
    sa.select(*_BODY)
    .where(_NOTES.account_id == _ACCOUNT, _NOTES.period_end == sa.bindparam("period_end"))
    .order_by(_NOTES.number)
)


class SqlBilling:
    """Settings, receivables, payments and credit notes of accounts."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def setting(self, account_id: str) -> BillingSetting | None:
        """How an account pays, if it ever chose."""
        row = self._transaction.row(_SETTING, {"account_id": account_id})
        return tables.BILLING_SETTING_ROWS.entity(row) if row else None

    def put_setting(self, setting: BillingSetting) -> None:
        """Store or replace."""
        self._transaction.run(_SETTING_PUT, tables.BILLING_SETTING_ROWS.row(setting))

    def add_receivable(self, receivable: Receivable) -> None:
        """Store; StorageConflict when the account has one of that invoice."""
        self._transaction.run(_RECEIVABLE_INSERT, tables.RECEIVABLE_ROWS.row(receivable))

    def save_receivable(self, receivable: Receivable) -> None:
        """Store a new state; StorageConflict when it is not there."""
        self._transaction.run_known(_RECEIVABLE_SAVE, tables.RECEIVABLE_ROWS.named(receivable))

    def receivable(self, account_id: str, invoice_number: str) -> Receivable | None:
        """That of an invoice within the account."""
        asked = {"account_id": account_id, "invoice_number": invoice_number}
        row = self._transaction.row(_RECEIVABLE, asked)
        return tables.RECEIVABLE_ROWS.entity(row) if row else None

    def unsettled(self, account_id: str) -> Sequence[Receivable]:
        """Those of an account of which something is open, by invoice number."""
        rows = self._transaction.rows(_UNSETTLED, {"account_id": account_id})
        return [tables.RECEIVABLE_ROWS.entity(row) for row in rows]

    def add_payment(self, payment: Payment) -> None:
        """Store; StorageConflict when the id exists."""
        self._transaction.run(_PAYMENT_INSERT, tables.PAYMENT_ROWS.row(payment))

    def payment(self, account_id: str, payment_id: str) -> Payment | None:
        """One within the account."""
        row = self._transaction.row(_PAYMENT, {"account_id": account_id, "payment_id": payment_id})
        return tables.PAYMENT_ROWS.entity(row) if row else None

    def payments_of(self, account_id: str, invoice_number: str) -> Sequence[Payment]:
        """Those of an invoice within the account, by id."""
        asked = {"account_id": account_id, "invoice_number": invoice_number}
        return [tables.PAYMENT_ROWS.entity(row) for row in self._transaction.rows(_PAYMENTS_OF, asked)]

    def add_credit_note(self, account_id: str, document: CreditNote) -> None:
        """Store; StorageConflict when the number exists."""
        row = (
            account_id,
            document.credit_note_number,
            document.invoice_number,
            document.period_end.isoformat(),
            body_schema(CreditNote),
            write_body(document),
        )
        self._transaction.run(_NOTE_INSERT, row)

    def credit_notes(self, account_id: str, numbers: Iterable[str]) -> Mapping[str, CreditNote]:
        """Those that exist within the account."""
        asked = {"account_id": account_id, "numbers": self._transaction.keys(numbers)}
        return {one.credit_note_number: one for one in self._documents(_NOTES_MANY, asked)}

    def credit_notes_of(self, account_id: str, invoice_number: str) -> Sequence[str]:
        """Numbers of those about an invoice, in order."""
        asked = {"account_id": account_id, "invoice_number": invoice_number}
        return [number for (number,) in self._transaction.rows(_NOTES_OF, asked)]

    def credit_notes_closed_on(self, account_id: str, period_end: date) -> Sequence[CreditNote]:
        """The credit notes of one closing date, by number."""
        asked = {"account_id": account_id, "period_end": period_end.isoformat()}
        return self._documents(_NOTES_CLOSED_ON, asked)

    def _documents(self, statement: Prepared, asked: Mapping[str, Any]) -> Sequence[CreditNote]:
        rows = self._transaction.rows(statement, asked)
        return [read_body(CreditNote, schema, body) for _, schema, body in rows]
