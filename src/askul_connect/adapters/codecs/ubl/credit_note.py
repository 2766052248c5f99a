"""Qualified return invoice to UBL 2.1 CreditNote, like JP PINT: type 381, the invoice, tax once per rate."""

from __future__ import annotations

from askul_connect.adapters.codecs.ubl.billed import write_money, write_origin
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
    write_money(root, document)
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
    write_origin(group, line, currency)
    item = group.group("cac:Item")
    item.text("cbc:Name", line.name)
    item.group("cac:SellersItemIdentification").text("cbc:ID", line.sku)
    item.tax_category("cac:ClassifiedTaxCategory", line.tax_category, line.tax_rate)
    item.item_property("CostCentre", line.cost_centre)
    item.item_property("ReturnedOn", line.returned_on.isoformat())
    item.item_property("ReductionID", line.reduction_id)
    group.price(line.unit_price, currency, line.unit)
