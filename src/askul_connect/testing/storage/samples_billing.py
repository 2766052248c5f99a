"""Values of billing for the suite of storages."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from askul_connect.core.domain.payments import (
    BillingSetting,
    InvoiceSplit,
    Payment,
    PaymentMethod,
    Receivable,
)
from askul_connect.core.domain.tax import TaxCategory, TaxTotal
from askul_connect.core.messages.credit_notes import CreditNote, CreditNoteLine
from askul_connect.testing.storage.samples import NOW
from askul_connect.testing.storage.samples_documents import CUSTOMER, SUPPLIER

DAY = date(2026, 11, 30)


def billing_setting(account_id: str = "account-1", **changes: Any) -> BillingSetting:
    """A company that pays by card, one invoice for each department."""
    values: dict[str, Any] = {
        "account_id": account_id,
        "method": PaymentMethod.CARD,
        "split": InvoiceSplit.DEPARTMENT,
        "card": "sealed",
        "changed_at": NOW,
        "changed_by": "user-1",
    }
    return BillingSetting(**{**values, **changes})


def receivable(invoice_number: str = "I-1", **changes: Any) -> Receivable:
    """What is to be paid for an invoice."""
    values: dict[str, Any] = {
        "account_id": "account-1",
        "invoice_number": invoice_number,
        "issued_on": DAY,
        "due_on": date(2026, 12, 31),
        "currency": "JPY",
        "total": 2**40,
    }
    return Receivable(**{**values, **changes})


def payment(payment_id: str = "P-1", **changes: Any) -> Payment:
    """A payment that was more than was needed."""
    values: dict[str, Any] = {
        "payment_id": payment_id,
        "account_id": "account-1",
        "invoice_number": "I-1",
        "amount": 2**40,
        "applied": 2**40 - 1,
        "method": PaymentMethod.TERMS,
        "received_on": DAY,
        "reference": "振込",
        "recorded_at": NOW,
        "recorded_by": "staff-1",
    }
    return Payment(**{**values, **changes})


def credit_note(number: str = "CN-1", **changes: Any) -> CreditNote:
    """A credit note about one line."""
    line = CreditNoteLine(
        line_number="1",
        order_number="O-1",
        purchase_order_id="PO-1",
        line_id="1",
        ship_notice_number="S-1",
        shipped_on=date(2026, 11, 2),
        returned_on=DAY,
        sku="100001",
        name="油性ボールペン 黒",
        quantity=3,
        unit="EA",
        unit_price=Decimal("98.5"),
        amount_excl_tax=295,
        tax_category=TaxCategory.STANDARD,
        tax_rate=Decimal(10),
        reduction_id="reduction-1",
        reason="damaged",
        exempt=True,
    )
    values: dict[str, Any] = {
        "credit_note_number": number,
        "issued_on": DAY,
        "period_end": DAY,
        "invoice_number": "I-1",
        "invoice_issued_on": date(2026, 11, 1),
        "currency": "JPY",
        "supplier": SUPPLIER,
        "customer": CUSTOMER,
        "lines": (line,),
        "tax": (TaxTotal(category=TaxCategory.STANDARD, rate=Decimal(10), taxable=295, tax=29),),
        "total_excl_tax": 295,
        "total_incl_tax": 324,
        "exempt": True,
    }
    return CreditNote(**{**values, **changes})
