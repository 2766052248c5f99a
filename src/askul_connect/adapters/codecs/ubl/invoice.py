"""Qualified invoice to UBL 2.1 Invoice, like JP PINT: type 380, a period, tax once per rate, the T-number."""

from __future__ import annotations

from askul_connect.adapters.codecs.ubl.billed import write_money, write_origin
from askul_connect.adapters.codecs.ubl.writing import Group
from askul_connect.core.messages.documents import Invoice, InvoiceLine

_CUSTOMIZATION = "urn:peppol:pint:billing-1@jp-1"
_PROFILE = "urn:peppol:bis:billing"
_COMMERCIAL_INVOICE = "380"


def write_invoice(document: Invoice) -> bytes:
    """The invoice as UBL; its totals and taxes are written as they are, never computed again (INT-4).

    Args:
        document: The invoice.

    Raises:
        ValueInvalid: XML cannot hold a text of it.
        UnknownCurrency: Its currency is not of ISO 4217.
    """
    currency = document.currency
    root = Group.document("Invoice")
    root.text("cbc:CustomizationID", _CUSTOMIZATION)
    root.text("cbc:ProfileID", _PROFILE)
    root.text("cbc:ID", document.invoice_number)
    root.day("cbc:IssueDate", document.issued_on)
    root.day("cbc:DueDate", document.due_on)
    root.text("cbc:InvoiceTypeCode", _COMMERCIAL_INVOICE)
    root.text("cbc:DocumentCurrencyCode", currency)
    period = root.group("cac:InvoicePeriod")
    period.day("cbc:StartDate", document.period_start)
    period.day("cbc:EndDate", document.period_end)
    write_money(root, document)
    for line in document.lines:
        _line(root.group("cac:InvoiceLine"), line, currency)
    return root.encode()


def _line(group: Group, line: InvoiceLine, currency: str) -> None:
    group.text("cbc:ID", line.line_number)
    group.quantity("cbc:InvoicedQuantity", line.quantity, line.unit)
    group.amount("cbc:LineExtensionAmount", line.amount_excl_tax, currency)
    group.text("cbc:AccountingCost", line.department)
    # The day of the transaction, which a qualified invoice states for each line.
    period = group.group("cac:InvoicePeriod")
    period.day("cbc:StartDate", line.shipped_on)
    period.day("cbc:EndDate", line.shipped_on)
    write_origin(group, line, currency)
    item = group.group("cac:Item")
    item.text("cbc:Name", line.name)
    item.group("cac:SellersItemIdentification").text("cbc:ID", line.sku)
    item.tax_category("cac:ClassifiedTaxCategory", line.tax_category, line.tax_rate)
    item.item_property("CostCentre", line.cost_centre)
    group.price(line.unit_price, currency, line.unit)
