"""Writing UBL: elements in the order they are added, no empty ones, the same bytes for the same document."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from lxml import etree

from askul_connect.adapters.codecs.ubl.names import CAC, CBC, document_namespace, qualified
from askul_connect.core.domain.allowances import AllowanceCharge
from askul_connect.core.domain.money import minor_to_text
from askul_connect.core.domain.tax import TaxCategory
from askul_connect.core.errors import ValueInvalid
from askul_connect.core.messages.documents import Party

#: Tax categories of UN/CEFACT code list 5305; AA is the reduced rate, as JP PINT marks it.
_TAX_CODES = {
    TaxCategory.STANDARD: "S",
    TaxCategory.REDUCED: "AA",
    TaxCategory.ZERO: "Z",
    TaxCategory.EXEMPT: "E",
}
_COUNTRY_OF_T_NUMBERS = "JP"


class Group:
    """An element that holds others."""

    def __init__(self, element: etree._Element) -> None:
        self._element = element

    @classmethod
    def document(cls, name: str) -> Group:
        """The root of a new document, for instance of an ``Invoice``."""
        own = document_namespace(name)
        return cls(etree.Element(f"{{{own}}}{name}", nsmap={None: own, "cac": CAC, "cbc": CBC}))

    def group(self, *names: str) -> Group:
        """A new group below this one, down a path of new groups."""
        element = self._element
        for name in names:
            element = etree.SubElement(element, qualified(name))
        return Group(element)

    def text(self, name: str, text: str, **attributes: str) -> None:
        """A new element with text; nothing when the text is empty.

        Raises:
            ValueInvalid: XML cannot hold a character of the text.
        """
        if not text:
            return
        element = etree.SubElement(self._element, qualified(name))
        try:
            element.text = text
            for attribute, value in attributes.items():
                if value:
                    element.set(attribute, value)
        except ValueError:
            raise ValueInvalid(f"XML cannot hold the text {text!r}", where=name) from None

    def day(self, name: str, day: date | None) -> None:
        """A new element with a date; nothing without one."""
        self.text(name, day.isoformat() if day else "")

    def quantity(self, name: str, quantity: int, unit: str) -> None:
        """A new element with a quantity and its unit."""
        self.text(name, str(quantity), unitCode=unit)

    def amount(self, name: str, minor: int, currency: str) -> None:
        """A new element with an amount of minor units, written with exactly the currency's decimals."""
        self.text(name, minor_to_text(minor, currency), currencyID=currency)

    def price(self, unit_price: Decimal, currency: str, unit: str) -> None:
        """A ``cac:Price`` of one unit."""
        price = self.group("cac:Price")
        price.text("cbc:PriceAmount", format(unit_price, "f"), currencyID=currency)
        price.quantity("cbc:BaseQuantity", 1, unit)

    def tax_category(self, name: str, category: TaxCategory, rate: Decimal) -> None:
        """A tax category with its rate in percent."""
        group = self.group(name)
        group.text("cbc:ID", _TAX_CODES[category])
        group.text("cbc:Percent", format(rate, "f"))
        group.group("cac:TaxScheme").text("cbc:ID", "VAT")

    def allowance(self, entry: AllowanceCharge, currency: str) -> Group:
        """A ``cac:AllowanceCharge``, to which a tax category may be added."""
        group = self.group("cac:AllowanceCharge")
        group.text("cbc:ChargeIndicator", "true" if entry.charge else "false")
        group.text("cbc:AllowanceChargeReasonCode", entry.reason_code)
        group.text("cbc:AllowanceChargeReason", entry.reason)
        if entry.percent is not None and entry.base_amount is not None:
            group.text("cbc:MultiplierFactorNumeric", format(entry.percent, "f"))
        group.amount("cbc:Amount", entry.amount, currency)
        if entry.base_amount is not None:
            group.amount("cbc:BaseAmount", entry.base_amount, currency)
        return group

    def item_property(self, name: str, value: str) -> None:
        """A ``cac:AdditionalItemProperty``; nothing when the value is empty."""
        if value:
            group = self.group("cac:AdditionalItemProperty")
            group.text("cbc:Name", name)
            group.text("cbc:Value", value)

    def party(self, role: str, party: Party, *, with_tax_and_address: bool = False) -> None:
        """A party in its role.

        Args:
            role: The element around the party, for instance ``cac:SellerSupplierParty``.
            party: The party; ``scheme:id`` becomes its electronic address.
            with_tax_and_address: Whether registration number and address are written, as an invoice needs
                them.
        """
        group = self.group(role, "cac:Party")
        scheme, colon, value = party.party_id.partition(":")
        group.text("cbc:EndpointID", value if colon else scheme, schemeID=scheme if colon else "")
        if with_tax_and_address:
            _address(group, party)
            if party.registration_number:
                tax = group.group("cac:PartyTaxScheme")
                tax.text("cbc:CompanyID", party.registration_number)
                tax.group("cac:TaxScheme").text("cbc:ID", "VAT")
        if party.name:
            group.group("cac:PartyLegalEntity").text("cbc:RegistrationName", party.name)

    def encode(self) -> bytes:
        """The document in UTF-8 with a declaration, indented by two spaces, lines ended by LF."""
        etree.indent(self._element, space="  ")
        body: bytes = etree.tostring(self._element, encoding="UTF-8", xml_declaration=False)
        return b'<?xml version="1.0" encoding="UTF-8"?>\n' + body + b"\n"


def _address(group: Group, party: Party) -> None:
    """The postal address. Only the holder of a T-number is known to be in Japan and gets a country."""
    country = _COUNTRY_OF_T_NUMBERS if party.registration_number.startswith("T") else ""
    if not (party.postcode or party.address or country):
        return
    address = group.group("cac:PostalAddress")
    address.text("cbc:PostalZone", party.postcode)
    if party.address:
        address.group("cac:AddressLine").text("cbc:Line", party.address)
    if country:
        address.group("cac:Country").text("cbc:IdentificationCode", country)
