"""Ship notice to UBL 2.1 DespatchAdvice (Peppol BIS Despatch Advice 3, transaction T16)."""

from __future__ import annotations

from askul_connect.adapters.codecs.ubl.writing import Group
from askul_connect.core.messages.documents import ShipNotice, ShipNoticeLine

_CUSTOMIZATION = "urn:fdc:peppol.eu:poacc:trns:despatch_advice:3"
_PROFILE = "urn:fdc:peppol.eu:poacc:bis:despatch_advice:3"


def write_despatch_advice(document: ShipNotice) -> bytes:
    """The ship notice as UBL.

    The outstanding quantity is what follows in a later shipment, as the profile has it; what will never come
    is neither delivered nor outstanding, and is stated as the item property ``QuantityShort``. Only the
    business date of the shipment is written, because its time of day would need the supplier's zone.

    Args:
        document: The ship notice.

    Raises:
        ValueInvalid: XML cannot hold a text of it.
    """
    root = Group.document("DespatchAdvice")
    root.text("cbc:CustomizationID", _CUSTOMIZATION)
    root.text("cbc:ProfileID", _PROFILE)
    root.text("cbc:ID", document.ship_notice_number)
    root.day("cbc:IssueDate", document.shipped_on)
    root.group("cac:OrderReference").text("cbc:ID", document.purchase_order_id)
    sales_order = root.group("cac:AdditionalDocumentReference")
    sales_order.text("cbc:ID", document.order_number)
    sales_order.text("cbc:DocumentType", "SalesOrder")
    root.party("cac:DespatchSupplierParty", document.supplier)
    root.party("cac:DeliveryCustomerParty", document.customer)
    shipment = root.group("cac:Shipment")
    shipment.text("cbc:ID", document.ship_notice_number)
    shipment.group("cac:Delivery", "cac:Despatch").day("cbc:ActualDespatchDate", document.shipped_on)
    for line in document.lines:
        _line(root.group("cac:DespatchLine"), line, document.purchase_order_id)
    return root.encode()


def _line(group: Group, line: ShipNoticeLine, purchase_order_id: str) -> None:
    group.text("cbc:ID", line.line_id)
    if not line.quantity_outstanding:
        group.text("cbc:Note", line.reason)
    group.quantity("cbc:DeliveredQuantity", line.quantity, line.unit)
    if line.quantity_outstanding:
        group.quantity("cbc:OutstandingQuantity", line.quantity_outstanding, line.unit)
        group.text("cbc:OutstandingReason", line.reason)
    reference = group.group("cac:OrderLineReference")
    reference.text("cbc:LineID", line.line_id)
    reference.group("cac:OrderReference").text("cbc:ID", purchase_order_id)
    item = group.group("cac:Item")
    item.text("cbc:Name", line.name)
    item.group("cac:SellersItemIdentification").text("cbc:ID", line.sku)
    item.item_property("QuantityShort", str(line.quantity_short) if line.quantity_short else "")
