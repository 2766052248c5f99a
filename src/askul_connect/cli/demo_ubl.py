"""UBL 2.1 Orders in the profile of Peppol BIS Ordering 3, as an ERP would have written the demo's."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from xml.sax.saxutils import escape

from askul_connect.cli.demo_orders import ISSUED_ON, REQUESTED_ON, DemoLine, DemoOrder
from askul_connect.core.domain.catalog import Item
from askul_connect.core.domain.rounding import Rounding, round_decimal
from askul_connect.core.domain.tax import TaxCategory, tax_subtotals

_TAX = {TaxCategory.STANDARD: ("S", "10"), TaxCategory.REDUCED: ("AA", "8")}
_DOCUMENT = """<?xml version="1.0" encoding="UTF-8"?>
<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"
       xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
       xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
  <cbc:CustomizationID>urn:fdc:peppol.eu:poacc:trns:order:3</cbc:CustomizationID>
  <cbc:ProfileID>urn:fdc:peppol.eu:poacc:bis:ordering:3</cbc:ProfileID>
  <cbc:ID>{id}</cbc:ID>
  <cbc:IssueDate>{issued_on}</cbc:IssueDate>
  <cbc:OrderTypeCode>220</cbc:OrderTypeCode>
  <cbc:Note>{note}</cbc:Note>
  <cbc:DocumentCurrencyCode>JPY</cbc:DocumentCurrencyCode>
  <cbc:AccountingCost>{department}</cbc:AccountingCost>
  <cac:BuyerCustomerParty>
{buyer}  </cac:BuyerCustomerParty>
  <cac:SellerSupplierParty>
{seller}  </cac:SellerSupplierParty>
  <cac:Delivery>
    <cac:RequestedDeliveryPeriod>
      <cbc:StartDate>{requested_on}</cbc:StartDate>
      <cbc:EndDate>{requested_on}</cbc:EndDate>
    </cac:RequestedDeliveryPeriod>
  </cac:Delivery>
  <cac:TaxTotal>
    <cbc:TaxAmount currencyID="JPY">{tax}</cbc:TaxAmount>
  </cac:TaxTotal>
  <cac:AnticipatedMonetaryTotal>
    <cbc:LineExtensionAmount currencyID="JPY">{total}</cbc:LineExtensionAmount>
    <cbc:TaxExclusiveAmount currencyID="JPY">{total}</cbc:TaxExclusiveAmount>
    <cbc:TaxInclusiveAmount currencyID="JPY">{payable}</cbc:TaxInclusiveAmount>
    <cbc:PayableAmount currencyID="JPY">{payable}</cbc:PayableAmount>
  </cac:AnticipatedMonetaryTotal>
{lines}</Order>
"""
_PARTY = """    <cac:Party>
      <cbc:EndpointID schemeID="0188">{id}</cbc:EndpointID>
      <cac:PartyIdentification>
        <cbc:ID schemeID="0188">{id}</cbc:ID>
      </cac:PartyIdentification>
      <cac:PostalAddress>
        <cac:Country>
          <cbc:IdentificationCode>JP</cbc:IdentificationCode>
        </cac:Country>
      </cac:PostalAddress>
      <cac:PartyLegalEntity>
        <cbc:RegistrationName>{name}</cbc:RegistrationName>
      </cac:PartyLegalEntity>
    </cac:Party>
"""
_LINE = """  <cac:OrderLine>
    <cac:LineItem>
      <cbc:ID>{number}</cbc:ID>
      <cbc:Quantity unitCode="{unit}" unitCodeListID="UNECERec20">{quantity}</cbc:Quantity>
      <cbc:LineExtensionAmount currencyID="JPY">{amount}</cbc:LineExtensionAmount>
      <cbc:AccountingCost>{department}</cbc:AccountingCost>
      <cac:Price>
        <cbc:PriceAmount currencyID="JPY">{price}</cbc:PriceAmount>
        <cbc:BaseQuantity unitCode="{unit}" unitCodeListID="UNECERec20">1</cbc:BaseQuantity>
      </cac:Price>
      <cac:Item>
        <cbc:Name>{name}</cbc:Name>
        <cac:SellersItemIdentification>
          <cbc:ID>{sku}</cbc:ID>
        </cac:SellersItemIdentification>
        <cac:StandardItemIdentification>
          <cbc:ID schemeID="0160">{jan}</cbc:ID>
        </cac:StandardItemIdentification>
        <cac:ClassifiedTaxCategory>
          <cbc:ID>{tax}</cbc:ID>
          <cbc:Percent>{rate}</cbc:Percent>
          <cac:TaxScheme>
            <cbc:ID>VAT</cbc:ID>
          </cac:TaxScheme>
        </cac:ClassifiedTaxCategory>
      </cac:Item>
    </cac:LineItem>
  </cac:OrderLine>
"""


def ubl_order(order: DemoOrder, items: Mapping[str, Item]) -> str:
    """The document.

    Args:
        order: What it is about.
        items: By SKU; units, prices, names and tax are taken from there.
    """
    taxes = tax_subtotals(
        (items[line.sku].tax_category, Decimal(_TAX[items[line.sku].tax_category][1]), _yen(line, items))
        for line in order.lines
    )
    total = sum(each.taxable for each in taxes)
    tax = sum(each.tax for each in taxes)
    return _DOCUMENT.format(
        id=order.purchase_order_id,
        issued_on=ISSUED_ON,
        requested_on=REQUESTED_ON,
        note=escape(order.note),
        department=order.department,
        buyer=_PARTY.format(id="9999999999999", name="見本商事株式会社"),
        seller=_PARTY.format(id="1999999999998", name="見本文具サプライ株式会社"),
        total=total,
        tax=tax,
        payable=total + tax,
        lines="".join(_ubl_line(order, number, items) for number in range(1, len(order.lines) + 1)),
    )


def _yen(line: DemoLine, items: Mapping[str, Item]) -> int:
    """The line without tax."""
    return round_decimal(items[line.sku].list_price * line.quantity, 0, Rounding.HALF_UP)


def _ubl_line(order: DemoOrder, number: int, items: Mapping[str, Item]) -> str:
    line = order.lines[number - 1]
    item = items[line.sku]
    tax, rate = _TAX[item.tax_category]
    return _LINE.format(
        number=number,
        quantity=line.quantity,
        unit=item.unit,
        price=format(item.list_price, "f"),
        amount=_yen(line, items),
        department=order.department,
        name=escape(item.name),
        sku=item.sku,
        jan=item.jan,
        tax=tax,
        rate=rate,
    )
