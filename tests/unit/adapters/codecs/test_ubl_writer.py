"""What is written as UBL says exactly what the document says, read back with nothing but XPath."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from askul_connect.adapters.codecs.ubl.writer import UblWriter
from askul_connect.core.domain.money import minor_from_text
from askul_connect.core.domain.tax import TaxCategory, TaxTotal
from askul_connect.core.errors import ValueInvalid
from askul_connect.core.messages.credit_notes import CreditNote, CreditNoteLine
from askul_connect.core.messages.documents import (
    ConfirmationLine,
    Invoice,
    InvoiceLine,
    OrderConfirmation,
    Party,
    ShipNotice,
    ShipNoticeLine,
)

PREFIXES = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}
TAX_CODES = {
    "S": TaxCategory.STANDARD,
    "AA": TaxCategory.REDUCED,
    "Z": TaxCategory.ZERO,
    "E": TaxCategory.EXEMPT,
}

days = st.dates(date(2020, 1, 1), date(2035, 12, 31))
instants = st.datetimes(timezones=st.just(UTC))
words = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1, max_size=6)
units = st.sampled_from(["EA", "XBX", "NAR"])
prices = st.decimals(0, 1_000_000, places=4)
quantities = st.integers(1, 9_999)
parties = st.builds(
    Party,
    name=words,
    party_id=st.from_regex(r"0[0-9]{3}:[A-Z0-9]{1,10}", fullmatch=True),
    registration_number=st.from_regex(r"T[0-9]{13}", fullmatch=True),
    postcode=words,
    address=words,
)
categories = st.sampled_from(TaxCategory)
rates = st.sampled_from([Decimal(0), Decimal(8), Decimal(10), Decimal("7.7")])
amounts = st.integers(-(10**12), 10**12)

confirmations = st.builds(
    OrderConfirmation,
    confirmation_number=words,
    order_number=words,
    purchase_order_id=words,
    currency=st.just("JPY"),
    confirmed_at=instants,
    confirmed_on=days,
    supplier=parties,
    customer=parties,
    lines=st.lists(
        st.builds(
            ConfirmationLine,
            line_id=words,
            sku=words,
            name=words,
            quantity=quantities,
            unit=units,
            unit_price=prices,
            quantity_confirmed=st.integers(0, 9_999),
            promised_on=st.none() | days,
            reason=st.just("") | words,
        ),
        min_size=1,
        max_size=2,
    ).map(tuple),
)
ship_notices = st.builds(
    ShipNotice,
    ship_notice_number=words,
    order_number=words,
    purchase_order_id=words,
    shipped_at=instants,
    shipped_on=days,
    supplier=parties,
    customer=parties,
    lines=st.lists(
        st.builds(
            ShipNoticeLine,
            line_id=words,
            sku=words,
            name=words,
            quantity=st.integers(0, 9_999),
            unit=units,
            quantity_outstanding=st.integers(0, 9),
            quantity_short=st.integers(0, 9),
            reason=st.just("") | words,
        ),
        min_size=1,
        max_size=2,
    ).map(tuple),
)
invoices = st.builds(
    Invoice,
    invoice_number=words,
    issued_on=days,
    period_start=days,
    period_end=days,
    due_on=days,
    currency=st.sampled_from(["JPY", "EUR", "KWD"]),
    supplier=parties,
    customer=parties,
    lines=st.lists(
        st.builds(
            InvoiceLine,
            line_number=words,
            order_number=words,
            purchase_order_id=words,
            line_id=words,
            ship_notice_number=words,
            shipped_on=days,
            sku=words,
            name=words,
            quantity=quantities,
            unit=units,
            unit_price=prices,
            amount_excl_tax=amounts,
            tax_category=categories,
            tax_rate=rates,
            department=st.just("") | words,
            cost_centre=st.just("") | words,
        ),
        min_size=1,
        max_size=2,
    ).map(tuple),
    tax=st.lists(
        st.builds(TaxTotal, category=categories, rate=rates, taxable=amounts, tax=amounts),
        min_size=1,
        max_size=3,
    ).map(tuple),
    total_excl_tax=amounts,
    total_incl_tax=amounts,
)


class Xml:
    """An element asked by XPath; a path has exactly one result, or the text is empty."""

    def __init__(self, element: etree._Element) -> None:
        self.element = element

    def all(self, path: str) -> list[Xml]:
        return [Xml(found) for found in self.element.xpath(path, namespaces=PREFIXES)]

    def __call__(self, path: str) -> str:
        found = self.element.xpath(path, namespaces=PREFIXES)
        assert len(found) <= 1, path
        if not found:
            return ""
        return str(found[0]) if isinstance(found[0], str) else found[0].text

    def day(self, path: str) -> date | None:
        return date.fromisoformat(self(path)) if self(path) else None

    def party(self, path: str) -> tuple[str, str]:
        endpoint = f"{path}/cac:Party/cbc:EndpointID"
        name = self(f"{path}/cac:Party/cac:PartyLegalEntity/cbc:RegistrationName")
        return f"{self(f'{endpoint}/@schemeID')}:{self(endpoint)}", name


def parsed(data: bytes, root: str) -> Xml:
    assert data.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<')
    assert data.endswith(b">\n")
    assert b"\r" not in data
    element = etree.fromstring(data)
    assert element.tag == f"{{urn:oasis:names:specification:ubl:schema:xsd:{root}-2}}{root}"
    # An element without text or children is what no UBL document may have.
    assert not element.xpath("//*[not(*) and not(normalize-space())]")
    return Xml(element)


def named(party: Party) -> tuple[str, str]:
    return party.party_id, party.name


@given(confirmations)
def test_a_confirmation_is_read_back(document: OrderConfirmation) -> None:
    data = UblWriter().confirmation(document)
    xml = parsed(data, "OrderResponse")

    assert UblWriter().confirmation(document) == data
    assert xml("cbc:CustomizationID") == "urn:fdc:peppol.eu:poacc:trns:order_response:3"
    assert xml("cbc:ID") == document.confirmation_number
    assert xml("cbc:SalesOrderID") == document.order_number
    assert xml.day("cbc:IssueDate") == document.confirmed_on
    assert xml("cbc:OrderResponseCode") == "CA"
    assert xml("cbc:DocumentCurrencyCode") == document.currency
    assert xml("cac:OrderReference/cbc:ID") == document.purchase_order_id
    assert xml.party("cac:SellerSupplierParty") == named(document.supplier)
    assert xml.party("cac:BuyerCustomerParty") == named(document.customer)
    lines = xml.all("cac:OrderLine")
    assert len(lines) == len(document.lines)
    for line, written in zip(document.lines, lines, strict=True):
        assert written("cac:LineItem/cbc:ID") == line.line_id
        assert written("cac:OrderLineReference/cbc:LineID") == line.line_id
        assert written("cac:LineItem/cbc:Note") == line.reason
        status = (
            "7" if not line.quantity_confirmed else "5" if line.quantity_confirmed == line.quantity else "3"
        )
        assert written("cac:LineItem/cbc:LineStatusCode") == status
        assert int(written("cac:LineItem/cbc:Quantity")) == line.quantity_confirmed
        assert written("cac:LineItem/cbc:Quantity/@unitCode") == line.unit
        for end in ("Start", "End"):
            period = f"cac:LineItem/cac:Delivery/cac:PromisedDeliveryPeriod/cbc:{end}Date"
            assert written.day(period) == line.promised_on
        assert Decimal(written("cac:LineItem/cac:Price/cbc:PriceAmount")) == line.unit_price
        assert written("cac:LineItem/cac:Price/cbc:PriceAmount/@currencyID") == document.currency
        assert written("cac:LineItem/cac:Item/cbc:Name") == line.name
        assert written("cac:LineItem/cac:Item/cac:SellersItemIdentification/cbc:ID") == line.sku


@given(ship_notices)
def test_a_ship_notice_is_read_back(document: ShipNotice) -> None:
    data = UblWriter().ship_notice(document)
    xml = parsed(data, "DespatchAdvice")

    assert UblWriter().ship_notice(document) == data
    assert xml("cbc:CustomizationID") == "urn:fdc:peppol.eu:poacc:trns:despatch_advice:3"
    assert xml("cbc:ID") == document.ship_notice_number
    assert xml.day("cbc:IssueDate") == document.shipped_on
    assert xml("cac:OrderReference/cbc:ID") == document.purchase_order_id
    assert xml("cac:AdditionalDocumentReference/cbc:ID") == document.order_number
    assert xml.party("cac:DespatchSupplierParty") == named(document.supplier)
    assert xml.party("cac:DeliveryCustomerParty") == named(document.customer)
    assert xml.day("cac:Shipment/cac:Delivery/cac:Despatch/cbc:ActualDespatchDate") == document.shipped_on
    lines = xml.all("cac:DespatchLine")
    assert len(lines) == len(document.lines)
    for line, written in zip(document.lines, lines, strict=True):
        assert written("cbc:ID") == line.line_id
        assert int(written("cbc:DeliveredQuantity")) == line.quantity
        assert written("cbc:DeliveredQuantity/@unitCode") == line.unit
        assert int(written("cbc:OutstandingQuantity") or 0) == line.quantity_outstanding
        assert written("cbc:Note | cbc:OutstandingReason") == line.reason
        assert written("cac:OrderLineReference/cbc:LineID") == line.line_id
        assert written("cac:OrderLineReference/cac:OrderReference/cbc:ID") == document.purchase_order_id
        assert written("cac:Item/cbc:Name") == line.name
        assert written("cac:Item/cac:SellersItemIdentification/cbc:ID") == line.sku
        short = written("cac:Item/cac:AdditionalItemProperty[cbc:Name='QuantityShort']/cbc:Value")
        assert int(short or 0) == line.quantity_short


@pytest.mark.spec("BIL-2", "INT-4")
@given(invoices)
def test_an_invoice_is_read_back(document: Invoice) -> None:
    data = UblWriter().invoice(document)
    xml = parsed(data, "Invoice")

    def minor(at: Xml, path: str) -> int:
        assert at(f"{path}/@currencyID") == document.currency
        return minor_from_text(at(path), document.currency)

    assert UblWriter().invoice(document) == data
    assert xml("cbc:CustomizationID") == "urn:peppol:pint:billing-1@jp-1"
    assert xml("cbc:ProfileID") == "urn:peppol:bis:billing"
    assert (xml("cbc:ID"), xml("cbc:InvoiceTypeCode")) == (document.invoice_number, "380")
    assert (xml.day("cbc:IssueDate"), xml.day("cbc:DueDate")) == (document.issued_on, document.due_on)
    assert xml("cbc:DocumentCurrencyCode") == document.currency
    assert xml.day("cac:InvoicePeriod/cbc:StartDate") == document.period_start
    assert xml.day("cac:InvoicePeriod/cbc:EndDate") == document.period_end
    for role, party in (("Supplier", document.supplier), ("Customer", document.customer)):
        path = f"cac:Accounting{role}Party"
        assert xml.party(path) == named(party)
        tax = f"{path}/cac:Party/cac:PartyTaxScheme[cac:TaxScheme/cbc:ID='VAT']/cbc:CompanyID"
        assert xml(tax) == party.registration_number
        assert xml(f"{path}/cac:Party/cac:PostalAddress/cbc:PostalZone") == party.postcode
        assert xml(f"{path}/cac:Party/cac:PostalAddress/cac:AddressLine/cbc:Line") == party.address
    assert minor(xml, "cac:TaxTotal/cbc:TaxAmount") == sum(part.tax for part in document.tax)
    subtotals = xml.all("cac:TaxTotal/cac:TaxSubtotal")
    assert document.tax == tuple(
        TaxTotal(
            category=TAX_CODES[written("cac:TaxCategory/cbc:ID")],
            rate=Decimal(written("cac:TaxCategory/cbc:Percent")),
            taxable=minor(written, "cbc:TaxableAmount"),
            tax=minor(written, "cbc:TaxAmount"),
        )
        for written in subtotals
    )
    total = "cac:LegalMonetaryTotal"
    assert minor(xml, f"{total}/cbc:LineExtensionAmount") == sum(
        line.amount_excl_tax for line in document.lines
    )
    assert minor(xml, f"{total}/cbc:TaxExclusiveAmount") == document.total_excl_tax
    assert minor(xml, f"{total}/cbc:TaxInclusiveAmount") == document.total_incl_tax
    assert minor(xml, f"{total}/cbc:PayableAmount") == document.total_incl_tax
    assert document.lines == tuple(
        InvoiceLine(
            line_number=written("cbc:ID"),
            order_number=written("cac:OrderLineReference/cac:OrderReference/cbc:SalesOrderID"),
            purchase_order_id=written("cac:OrderLineReference/cac:OrderReference/cbc:ID"),
            line_id=written("cac:OrderLineReference/cbc:LineID"),
            ship_notice_number=written("cac:DespatchLineReference/cac:DocumentReference/cbc:ID"),
            shipped_on=date.fromisoformat(written("cac:InvoicePeriod/cbc:EndDate")),
            sku=written("cac:Item/cac:SellersItemIdentification/cbc:ID"),
            name=written("cac:Item/cbc:Name"),
            quantity=int(written("cbc:InvoicedQuantity")),
            unit=written("cbc:InvoicedQuantity/@unitCode"),
            unit_price=Decimal(written("cac:Price/cbc:PriceAmount")),
            amount_excl_tax=minor(written, "cbc:LineExtensionAmount"),
            tax_category=TAX_CODES[written("cac:Item/cac:ClassifiedTaxCategory/cbc:ID")],
            tax_rate=Decimal(written("cac:Item/cac:ClassifiedTaxCategory/cbc:Percent")),
            department=written("cbc:AccountingCost"),
            cost_centre=written("cac:Item/cac:AdditionalItemProperty[cbc:Name='CostCentre']/cbc:Value"),
        )
        for written in xml.all("cac:InvoiceLine")
    )


def ship_notice(**changes: str) -> ShipNotice:
    values = {"ship_notice_number": "SN-1", "order_number": "O-1", "purchase_order_id": "PO-1"} | changes
    return ShipNotice(
        **values,
        shipped_at=datetime(2026, 4, 1, tzinfo=UTC),
        shipped_on=date(2026, 4, 1),
        supplier=Party(name="Supplier"),
        customer=Party(name="Customer"),
        lines=(),
    )


def test_bytes_are_indented_by_two_spaces_and_keep_japanese_as_it_is() -> None:
    text = UblWriter().ship_notice(ship_notice(purchase_order_id="発注 <1>")).decode()

    assert "\n  <cac:OrderReference>\n    <cbc:ID>発注 &lt;1&gt;</cbc:ID>\n  </cac:OrderReference>\n" in text
    assert UblWriter().suffix == "xml"


@pytest.mark.parametrize("text", ["\x00", "a\x0b", "\ud800"])
def test_what_xml_cannot_hold_is_a_typed_error(text: str) -> None:
    with pytest.raises(ValueInvalid, match="cbc:ID"):
        UblWriter().ship_notice(ship_notice(ship_notice_number=text))


@pytest.mark.spec("BIL-3", "INT-4")
def test_a_credit_note_names_its_invoice_and_keeps_its_own_totals() -> None:
    line = CreditNoteLine(
        line_number="1",
        order_number="O-1",
        purchase_order_id="PO-1",
        line_id="3",
        ship_notice_number="SN-1",
        shipped_on=date(2026, 4, 3),
        returned_on=date(2026, 4, 20),
        sku="P-1",
        name="Paper",
        quantity=2,
        unit="XBX",
        unit_price=Decimal(500),
        amount_excl_tax=990,
        tax_category=TaxCategory.STANDARD,
        tax_rate=Decimal(10),
        reduction_id="R-1",
        reason="broken",
    )
    document = CreditNote(
        credit_note_number="CN-1",
        issued_on=date(2026, 4, 30),
        period_end=date(2026, 4, 30),
        invoice_number="INV-1",
        invoice_issued_on=date(2026, 4, 20),
        currency="JPY",
        supplier=Party(name="Supplier", registration_number="T1234567890123"),
        customer=Party(name="Customer"),
        lines=(line,),
        # not what the lines add up to: they are written as they are
        tax=(TaxTotal(category=TaxCategory.STANDARD, rate=Decimal(10), taxable=991, tax=98),),
        total_excl_tax=991,
        total_incl_tax=1089,
    )

    xml = parsed(UblWriter().credit_note(document), "CreditNote")

    assert (xml("cbc:ID"), xml("cbc:CreditNoteTypeCode")) == ("CN-1", "381")
    about = "cac:BillingReference/cac:InvoiceDocumentReference"
    assert (xml(f"{about}/cbc:ID"), xml.day(f"{about}/cbc:IssueDate")) == ("INV-1", date(2026, 4, 20))
    assert (xml("cac:TaxTotal/cbc:TaxAmount"), xml("cac:LegalMonetaryTotal/cbc:TaxExclusiveAmount")) == (
        "98",
        "991",
    )
    assert xml("cac:LegalMonetaryTotal/cbc:PayableAmount") == "1089"
    (written,) = xml.all("cac:CreditNoteLine")
    assert (written("cbc:CreditedQuantity"), written("cbc:CreditedQuantity/@unitCode")) == ("2", "XBX")
    assert written("cbc:LineExtensionAmount") == "990"
    assert written("cac:OrderLineReference/cac:OrderReference/cbc:ID") == "PO-1"
    assert written("cac:OrderLineReference/cbc:LineID") == "3"
    assert written.day("cac:InvoicePeriod/cbc:StartDate") == date(2026, 4, 3)
    returned = "cac:Item/cac:AdditionalItemProperty[cbc:Name='ReturnedOn']/cbc:Value"
    assert (written(returned), written("cbc:Note")) == ("2026-04-20", "broken")
