"""Allowances, charges and totals as a UBL Order states them, and what is wrong with them, by its XPath."""

from __future__ import annotations

from decimal import Decimal

import pytest

from askul_connect.adapters.codecs.ubl.allowances import MAXIMUM_OF_A_LINE
from askul_connect.adapters.codecs.ubl.order import UblOrderReader
from askul_connect.core.errors import DocumentTooLarge
from askul_connect.core.messages.purchase_order import PurchaseOrder
from askul_connect.core.ports.documents import RejectedPurchaseOrder

_HEAD = (
    '<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2" '
    'xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" '
    'xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">'
    "<cbc:ID>1</cbc:ID><cbc:IssueDate>2026-04-01</cbc:IssueDate>"
    "<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>"
)
_PARTIES = "".join(
    f"<cac:{role}><cac:Party><cbc:EndpointID>{value}</cbc:EndpointID></cac:Party></cac:{role}>"
    for role, value in (("BuyerCustomerParty", "b"), ("SellerSupplierParty", "s"))
)
ENTRY = (
    "<cac:AllowanceCharge><cbc:ChargeIndicator>{indicator}</cbc:ChargeIndicator>"
    "<cbc:AllowanceChargeReasonCode>95</cbc:AllowanceChargeReasonCode>"
    "<cbc:AllowanceChargeReason>Rebate</cbc:AllowanceChargeReason>{factor}"
    "<cbc:Amount currencyID='{currency}'>{amount}</cbc:Amount>{base}{tax}</cac:AllowanceCharge>"
)
WITHIN = (
    "<cac:AllowanceCharge><cbc:ChargeIndicator>{}</cbc:ChargeIndicator><cbc:Amount>{}</cbc:Amount>"
    "<cbc:BaseAmount>{}</cbc:BaseAmount></cac:AllowanceCharge>"
)
ORDER, LINE = "/Order/cac:AllowanceCharge", "/Order/cac:OrderLine[1]/cac:LineItem/cac:AllowanceCharge"


def entry(
    indicator: str = "false",
    amount: str = "10.00",
    *,
    currency: str = "EUR",
    factor: str = "",
    base: str = "",
    tax: str = "",
) -> str:
    category, _, rate = tax.partition(" ")
    return ENTRY.format(
        indicator=indicator,
        amount=amount,
        currency=currency,
        factor=f"<cbc:MultiplierFactorNumeric>{factor}</cbc:MultiplierFactorNumeric>" if factor else "",
        base=f"<cbc:BaseAmount currencyID='EUR'>{base}</cbc:BaseAmount>" if base else "",
        tax=f"<cac:TaxCategory><cbc:ID>{category}</cbc:ID><cbc:Percent>{rate}</cbc:Percent></cac:TaxCategory>"
        if tax
        else "",
    )


def document(
    *, head: str = "", beside: str = "", within: str = "", totals: str = "", amount: str = ""
) -> bytes:
    return (
        f"{_HEAD}{_PARTIES}{head}{totals}<cac:OrderLine><cac:LineItem><cbc:ID>1</cbc:ID>"
        f"<cbc:Quantity unitCode='EA'>4</cbc:Quantity>{amount}{beside}<cac:Price>"
        f"<cbc:PriceAmount currencyID='EUR'>25</cbc:PriceAmount>{within}</cac:Price>"
        "<cac:Item><cbc:Name>n</cbc:Name><cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID></cac:ClassifiedTaxCategory>"
        "</cac:Item></cac:LineItem></cac:OrderLine></Order>"
    ).encode()


def read(data: bytes) -> PurchaseOrder:
    [found] = UblOrderReader().read(data, name="order.xml")
    assert isinstance(found, PurchaseOrder), found
    return found


def refused(data: bytes) -> RejectedPurchaseOrder:
    [found] = UblOrderReader().read(data, name="order.xml")
    assert isinstance(found, RejectedPurchaseOrder)
    return found


@pytest.mark.spec("INT-2")
def test_everything_stated_is_read() -> None:
    found = read(
        document(
            head=entry("1", factor="2.5", base="400", tax="Z 0"),
            beside=entry(amount="7") + entry("true", "3", tax="S 25"),
            amount="<cbc:LineExtensionAmount currencyID='EUR'>96</cbc:LineExtensionAmount>",
            totals="<cac:TaxTotal><cbc:TaxAmount currencyID='EUR'>5</cbc:TaxAmount></cac:TaxTotal>"
            "<cac:AnticipatedMonetaryTotal><cbc:PayableRoundingAmount currencyID='EUR'>-0.03"
            "</cbc:PayableRoundingAmount></cac:AnticipatedMonetaryTotal>",
        )
    )

    [freight] = found.allowances
    assert (freight.charge, freight.amount, freight.percent, freight.base_amount) == (
        True,
        Decimal(10),
        Decimal("2.5"),
        Decimal(400),
    )
    assert (freight.reason_code, freight.reason, freight.tax_category, freight.tax_rate) == (
        "95",
        "Rebate",
        "Z",
        0,
    )
    first, second = found.lines[0].allowances
    assert (first.charge, first.amount, second.charge, second.amount) == (False, 7, True, 3)
    # a line's is taxed as the line is
    assert (second.tax_category, second.tax_rate) == ("", None)
    assert (found.totals.tax, found.totals.rounding, found.totals.lines) == (5, Decimal("-0.03"), None)
    assert found.totals.places["tax"] == "/Order/cac:TaxTotal/cbc:TaxAmount"


@pytest.mark.spec("INT-2")
@pytest.mark.parametrize(
    ("data", "place"),
    [
        (document(head=entry("maybe")), f"{ORDER}[1]/cbc:ChargeIndicator"),
        (document(head=entry("")), f"{ORDER}[1]/cbc:ChargeIndicator"),
        (document(head=entry(amount="")), f"{ORDER}[1]/cbc:Amount"),
        (document(head=entry(amount="-1")), f"{ORDER}[1]/cbc:Amount"),
        (document(head=entry(amount="1.005")), f"{ORDER}[1]/cbc:Amount"),
        (document(head=entry(currency="USD")), f"{ORDER}[1]/cbc:Amount/@currencyID"),
        (document(head=entry(factor="5")), f"{ORDER}[1]/cbc:BaseAmount"),
        (document(head=entry(factor="5 %", base="200")), f"{ORDER}[1]/cbc:MultiplierFactorNumeric"),
        (document(head=entry(base="-200")), f"{ORDER}[1]/cbc:BaseAmount"),
        (document(head=entry(tax="S 101")), f"{ORDER}[1]/cac:TaxCategory/cbc:Percent"),
        (document(beside=entry(tax="Z 0")), f"{LINE}[1]/cac:TaxCategory/cbc:ID"),
        (
            document(within=WITHIN.format("false", "5", "31")),
            "/Order/cac:OrderLine[1]/cac:LineItem/cac:Price/cac:AllowanceCharge/cbc:Amount",
        ),
        (
            document(within=WITHIN.format("true", "5", "30")),
            "/Order/cac:OrderLine[1]/cac:LineItem/cac:Price/cac:AllowanceCharge/cbc:Amount",
        ),
        (
            document(
                beside=entry(),
                amount="<cbc:LineExtensionAmount currencyID='EUR'>100</cbc:LineExtensionAmount>",
            ),
            "/Order/cac:OrderLine[1]/cac:LineItem/cbc:LineExtensionAmount",
        ),
    ],
)
def test_what_is_wrong_is_named_at_its_place(data: bytes, place: str) -> None:
    assert place in [problem.where for problem in refused(data).error.problems]


@pytest.mark.parametrize("within", [WITHIN.format("false", "5", "30"), WITHIN.format("true", "5.00", "20")])
def test_a_price_that_follows_from_its_base_is_taken(within: str) -> None:
    assert read(document(within=within)).lines[0].unit_price == 25


def test_a_line_has_no_more_than_it_may() -> None:
    error = refused(document(beside=entry(amount="0") * (MAXIMUM_OF_A_LINE + 1))).error

    assert isinstance(error, DocumentTooLarge)
    assert [problem.where for problem in error.problems] == [f"{LINE}[{MAXIMUM_OF_A_LINE + 1}]"]
