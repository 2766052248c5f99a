"""Qualified return invoice to UBL 2.1 CreditNote, like JP PINT: type 381, the invoice, tax once per rate."""

from __future__ import annotations

from askul_connect.adapters.codecs.ubl.writing import Group
from askul_connect.core.messages.credit_notes import CreditNote, CreditNoteLine

_CUSTOMIZATION = "urn:peppol:pint:billing-1@jp-1"
_PROFILE = "urn:peppol:bis:billing"
_CREDIT_NOTE = "381"


def write_credit_note(document: CreditNote) -> bytes:
    """The credit note as UBL; its totals and taxes are written as they are, never computed again (INT-4).

    Args:
        document: The credit note.

    Raises:
        ValueInvalid: XML cannot hold a text of it.
        UnknownCurrency: Its currency is not of ISO 4217.
    """
    currency = document.currency
    root = Group.document("CreditNote")
    root.text("cbc:CustomizationID", _CUSTOMIZATION)
    root.text("cbc:ProfileID", _PROFILE)
    root.text("cbc:ID", document.credit_note_number)
    root.day("cbc:IssueDate", document.issued_on)
    root.text("cbc:CreditNoteTypeCode", _CREDIT_NOTE)
    root.text("cbc:DocumentCurrencyCode", currency)
    about = root.group("cac:BillingReference", "cac:InvoiceDocumentReference")
    about.text("cbc:ID", document.invoice_number)
    about.day("cbc:IssueDate", document.invoice_issued_on)
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
    total.amount("cbc:PayableAmount", document.total_incl_tax, currency)
    for line in document.lines:
        _line(root.group("cac:CreditNoteLine"), line, currency)
    return root.encode()


def _line(group: Group, line: CreditNoteLine, currency: str) -> None:
    group.text("cbc:ID", line.line_number)
    group.text("cbc:Note", line.reason)
    group.quantity("cbc:CreditedQuantity", line.quantity, line.unit)
    group.amount("cbc:LineExtensionAmount", line.amount_excl_tax, currency)
    group.text("cbc:AccountingCost", line.department)
    # the day of the original transaction, which a qualified return invoice states
    period = group.group("cac:InvoicePeriod")
    period.day("cbc:StartDate", line.shipped_on)
    period.day("cbc:EndDate", line.shipped_on)
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
    item = group.group("cac:Item")
    item.text("cbc:Name", line.name)
    item.group("cac:SellersItemIdentification").text("cbc:ID", line.sku)
    item.tax_category("cac:ClassifiedTaxCategory", line.tax_category, line.tax_rate)
    item.item_property("CostCentre", line.cost_centre)
    item.item_property("ReturnedOn", line.returned_on.isoformat())
    item.item_property("ReductionID", line.reduction_id)
    group.price(line.unit_price, currency, line.unit)
