"""What invoices and credit notes have in common: parties, taxes and totals, and what each line is about."""

from __future__ import annotations

from askul_connect.adapters.codecs.ubl.writing import Group
from askul_connect.core.messages.credit_notes import CreditNote, CreditNoteLine
from askul_connect.core.messages.documents import Invoice, InvoiceLine


def write_money(root: Group, document: Invoice | CreditNote) -> None:
    """Parties, the orders' allowances and charges, taxes and totals, as the document states them."""
    currency = document.currency
    root.party("cac:AccountingSupplierParty", document.supplier, with_tax_and_address=True)
    root.party("cac:AccountingCustomerParty", document.customer, with_tax_and_address=True)
    for entry in document.allowances:
        group = root.allowance(entry.allowance, currency)
        if entry.allowance.tax_category is not None and entry.allowance.tax_rate is not None:
            group.tax_category("cac:TaxCategory", entry.allowance.tax_category, entry.allowance.tax_rate)
    tax = root.group("cac:TaxTotal")
    tax.amount("cbc:TaxAmount", sum(part.tax for part in document.tax), currency)
    for part in document.tax:
        subtotal = tax.group("cac:TaxSubtotal")
        subtotal.amount("cbc:TaxableAmount", part.taxable, currency)
        subtotal.amount("cbc:TaxAmount", part.tax, currency)
        subtotal.tax_category("cac:TaxCategory", part.category, part.rate)
    total = root.group("cac:LegalMonetaryTotal")
    total.amount("cbc:LineExtensionAmount", sum(line.amount_excl_tax for line in document.lines), currency)
    total.amount("cbc:TaxExclusiveAmount", document.total_excl_tax, currency)
    total.amount("cbc:TaxInclusiveAmount", document.total_incl_tax, currency)
    if document.allowances:
        entries = [entry.allowance for entry in document.allowances]
        taken_off = sum(entry.amount for entry in entries if not entry.charge)
        total.amount("cbc:AllowanceTotalAmount", taken_off, currency)
        total.amount(
            "cbc:ChargeTotalAmount", sum(entry.amount for entry in entries if entry.charge), currency
        )
    total.amount("cbc:PayableAmount", document.total_incl_tax, currency)


def write_origin(group: Group, line: InvoiceLine | CreditNoteLine, currency: str) -> None:
    """The order and shipment of a line, and what was taken off it or added."""
    order_line = group.group("cac:OrderLineReference")
    order_line.text("cbc:LineID", line.line_id)
    order = order_line.group("cac:OrderReference")
    order.text("cbc:ID", line.purchase_order_id)
    order.text("cbc:SalesOrderID", line.order_number)
    despatch_line = group.group("cac:DespatchLineReference")
    despatch_line.text("cbc:LineID", line.line_id)
    despatch_line.group("cac:DocumentReference").text("cbc:ID", line.ship_notice_number)
    for entry in line.allowances:
        group.allowance(entry, currency)
