"""Order confirmation to UBL 2.1 OrderResponse (Peppol BIS Ordering 3, transaction T76)."""

from __future__ import annotations

from askul_connect.adapters.codecs.ubl.writing import Group
from askul_connect.core.messages.documents import ConfirmationLine, OrderConfirmation

_CUSTOMIZATION = "urn:fdc:peppol.eu:poacc:trns:order_response:3"
_PROFILE = "urn:fdc:peppol.eu:poacc:bis:ordering:3"
#: A response with lines is "conditionally accepted": with AP or RE the profile allows none (PEPPOL-T76-R008,
#: R009).
_WITH_LINES = "CA"
# UN/CEFACT code list 1229.
_ACCEPTED = "5"
_CHANGED = "3"
_REFUSED = "7"


def write_order_response(document: OrderConfirmation) -> bytes:
    """The confirmation as UBL.

    The quantity of a line is the confirmed one; the ordered one is the purchase order's, which the line
    refers to. Only the business date of the confirmation is written, because its time of day would need the
    supplier's zone.

    Args:
        document: The confirmation.

    Raises:
        ValueInvalid: XML cannot hold a text of it.
    """
    root = Group.document("OrderResponse")
    root.text("cbc:CustomizationID", _CUSTOMIZATION)
    root.text("cbc:ProfileID", _PROFILE)
    root.text("cbc:ID", document.confirmation_number)
    root.text("cbc:SalesOrderID", document.order_number)
    root.day("cbc:IssueDate", document.confirmed_on)
    root.text("cbc:OrderResponseCode", _WITH_LINES)
    root.text("cbc:DocumentCurrencyCode", document.currency)
    root.group("cac:OrderReference").text("cbc:ID", document.purchase_order_id)
    root.party("cac:SellerSupplierParty", document.supplier)
    root.party("cac:BuyerCustomerParty", document.customer)
    for line in document.lines:
        _line(root.group("cac:OrderLine"), line, document.currency)
    return root.encode()


def _status(line: ConfirmationLine) -> str:
    if line.quantity_confirmed == 0:
        return _REFUSED
    return _ACCEPTED if line.quantity_confirmed == line.quantity else _CHANGED


def _line(order_line: Group, line: ConfirmationLine, currency: str) -> None:
    item = order_line.group("cac:LineItem")
    item.text("cbc:ID", line.line_id)
    item.text("cbc:Note", line.reason)
    item.text("cbc:LineStatusCode", _status(line))
    item.quantity("cbc:Quantity", line.quantity_confirmed, line.unit)
    if line.promised_on:
        period = item.group("cac:Delivery", "cac:PromisedDeliveryPeriod")
        period.day("cbc:StartDate", line.promised_on)
        period.day("cbc:EndDate", line.promised_on)
    item.price(line.unit_price, currency, line.unit)
    goods = item.group("cac:Item")
    goods.text("cbc:Name", line.name)
    goods.group("cac:SellersItemIdentification").text("cbc:ID", line.sku)
    order_line.group("cac:OrderLineReference").text("cbc:LineID", line.line_id)
