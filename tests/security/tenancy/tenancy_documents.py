"""Documents that no call of the estate makes."""

from __future__ import annotations

from askul_connect.core.messages.credit_notes import CreditNote, CreditNoteLine
from askul_connect.core.messages.documents import Invoice


def credited(invoice: Invoice) -> CreditNote:
    """A credit note about the first line of an invoice, with the names that are on it."""
    line = invoice.lines[0]
    return CreditNote(
        credit_note_number=invoice.invoice_number.replace("IN", "CN"),
        issued_on=invoice.issued_on,
        period_end=invoice.period_end,
        invoice_number=invoice.invoice_number,
        invoice_issued_on=invoice.issued_on,
        currency=invoice.currency,
        supplier=invoice.supplier,
        customer=invoice.customer,
        lines=(
            CreditNoteLine(
                line_number="1",
                order_number=line.order_number,
                purchase_order_id=line.purchase_order_id,
                line_id=line.line_id,
                ship_notice_number=line.ship_notice_number,
                shipped_on=line.shipped_on,
                returned_on=invoice.issued_on,
                sku=line.sku,
                name=line.name,
                quantity=1,
                unit=line.unit,
                unit_price=line.unit_price,
                amount_excl_tax=1,
                tax_category=line.tax_category,
                tax_rate=line.tax_rate,
                reduction_id="r",
                department=line.department,
                cost_centre=line.cost_centre,
            ),
        ),
        tax=(),
        total_excl_tax=1,
        total_incl_tax=1,
    )
