"""The credit note: what a return takes off an invoice that was issued (BIL-3)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from attrs import frozen

from askul_connect.core.domain.allowances import AllowanceCharge
from askul_connect.core.domain.tax import TaxCategory, TaxTotal
from askul_connect.core.messages.documents import InvoiceAllowance, Party


@frozen(kw_only=True)
class CreditNoteLine:
    """Units of one invoiced line that came back; amounts are above zero and are given back.

    Attributes:
        shipped_on: The day of the original transaction.
        returned_on: The day the goods were received back.
        amount_excl_tax: Minor units without tax, with this part's share of the line's allowances and charges.
        reduction_id: The return's own number at the supplier; credited exactly once.
        exempt: The return is below the limit for which the law asks for a qualified credit note.
    """

    line_number: str
    order_number: str
    purchase_order_id: str
    line_id: str
    ship_notice_number: str
    shipped_on: date
    returned_on: date
    sku: str
    name: str
    quantity: int
    unit: str
    unit_price: Decimal
    amount_excl_tax: int
    tax_category: TaxCategory
    tax_rate: Decimal
    reduction_id: str
    reason: str = ""
    exempt: bool = False
    department: str = ""
    cost_centre: str = ""
    allowances: tuple[AllowanceCharge, ...] = ()


@frozen(kw_only=True)
class CreditNote:
    """A qualified return invoice about one invoice: issuer, both dates, lines, tax once per rate (BIL-3).

    Attributes:
        period_end: The closing it was made at.
        invoice_number, invoice_issued_on: The invoice it is about.
        allowances: The orders' allowances that are taken back with what was returned: they lessen what is given back.
        exempt: The law asks for none for any of its lines; it is issued all the same.
    """

    credit_note_number: str
    issued_on: date
    period_end: date
    invoice_number: str
    invoice_issued_on: date
    currency: str
    supplier: Party
    customer: Party
    lines: tuple[CreditNoteLine, ...]
    tax: tuple[TaxTotal, ...]
    total_excl_tax: int
    total_incl_tax: int
    allowances: tuple[InvoiceAllowance, ...] = ()
    exempt: bool = False
