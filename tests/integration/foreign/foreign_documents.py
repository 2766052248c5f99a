"""Documents of our own in the shapes that foreign ones have: invented parties, and every feature that is read."""

from __future__ import annotations

from foreign_world import ALL_TERMS, Abroad, Item

_HEAD = (
    '<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2" '
    'xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" '
    'xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">'
)
BUYER, SELLER = "9999:1000000008", "9999:2000000005"


def money(name: str, amount: str, currency: str) -> str:
    return f'<cbc:{name} currencyID="{currency}">{amount}</cbc:{name}>' if amount else ""


def allowance(
    amount: str,
    currency: str,
    *,
    charge: bool = False,
    code: str = "95",
    reason: str = "",
    percent: str = "",
    base: str = "",
    tax: str = "",
) -> str:
    """``tax`` is category and rate, as ``S 25``."""
    category, _, rate = tax.partition(" ")
    return (
        f"<cac:AllowanceCharge><cbc:ChargeIndicator>{str(charge).lower()}</cbc:ChargeIndicator>"
        + (f"<cbc:AllowanceChargeReasonCode>{code}</cbc:AllowanceChargeReasonCode>" if code else "")
        + (f"<cbc:AllowanceChargeReason>{reason}</cbc:AllowanceChargeReason>" if reason else "")
        + (f"<cbc:MultiplierFactorNumeric>{percent}</cbc:MultiplierFactorNumeric>" if percent else "")
        + money("Amount", amount, currency)
        + money("BaseAmount", base, currency)
        + (
            f"<cac:TaxCategory><cbc:ID>{category}</cbc:ID><cbc:Percent>{rate}</cbc:Percent></cac:TaxCategory>"
            if tax
            else ""
        )
        + "</cac:AllowanceCharge>"
    )


def line(  # noqa: PLR0917 -- the cells of a row, in the order of a printed order
    number: str,
    item: str,
    quantity: str,
    price: str,
    amount: str,
    currency: str,
    *,
    unit: str = "EA",
    base: str = "",
    tax: str = "S 25",
    beside: str = "",
    within: str = "",
) -> str:
    """An item is a seller's number, or a name when it has a space in it."""
    category, _, rate = tax.partition(" ")
    named = (
        f"<cbc:Name>{item}</cbc:Name>"
        if " " in item
        else "<cbc:Name>Goods</cbc:Name><cac:SellersItemIdentification>"
        f"<cbc:ID>{item}</cbc:ID></cac:SellersItemIdentification>"
    )
    taxed = (
        f"<cac:ClassifiedTaxCategory><cbc:ID>{category}</cbc:ID><cbc:Percent>{rate}</cbc:Percent></cac:ClassifiedTaxCategory>"
        if tax
        else ""
    )
    return (
        f"<cac:OrderLine><cac:LineItem><cbc:ID>{number}</cbc:ID>"
        f'<cbc:Quantity unitCode="{unit}">{quantity}</cbc:Quantity>'
        + money("LineExtensionAmount", amount, currency)
        + f"<cbc:AccountingCost>Ward 7</cbc:AccountingCost>{beside}<cac:Price>"
        + money("PriceAmount", price, currency)
        + (f'<cbc:BaseQuantity unitCode="{unit}">{base}</cbc:BaseQuantity>' if base else "")
        + f"{within}</cac:Price><cac:Item>{named}{taxed}</cac:Item></cac:LineItem></cac:OrderLine>"
    )


def order(
    *lines: str, currency: str, number: str, beside: str = "", tax: str = "", totals: dict[str, str]
) -> str:
    def of(party: str) -> str:
        scheme, _, value = party.partition(":")
        return f'<cac:Party><cbc:EndpointID schemeID="{scheme}">{value}</cbc:EndpointID></cac:Party>'

    stated = "".join(money(name, amount, currency) for name, amount in totals.items())
    return (
        f"{_HEAD}<cbc:ID>{number}</cbc:ID><cbc:IssueDate>2026-03-30</cbc:IssueDate>"
        f"<cbc:DocumentCurrencyCode>{currency}</cbc:DocumentCurrencyCode>"
        f"<cac:BuyerCustomerParty>{of(BUYER)}</cac:BuyerCustomerParty>"
        f"<cac:SellerSupplierParty>{of(SELLER)}</cac:SellerSupplierParty>{beside}"
        + (f"<cac:TaxTotal>{money('TaxAmount', tax, currency)}</cac:TaxTotal>" if tax else "")
        + f"<cac:AnticipatedMonetaryTotal>{stated}</cac:AnticipatedMonetaryTotal>{''.join(lines)}</Order>"
    )


#: Everything at once: both kinds at both places, by percentage and plain, within a price, prepaid, rounded.
EVERYTHING = order(
    line(
        "10",
        "P-1",
        "12.00",
        "49.95",
        "594.42",
        "NOK",
        beside=allowance("30", "NOK", percent="5.005", base="599.40")
        + allowance("25.02", "NOK", charge=True, code="ABK", reason="Packing"),
        within='<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator><cbc:Amount currencyID="NOK">'
        '10.00</cbc:Amount><cbc:BaseAmount currencyID="NOK">59.95</cbc:BaseAmount></cac:AllowanceCharge>',
    ),
    line("20", "P-2", "7", "100", "700.00", "NOK", tax="S 15"),
    line("30", "P-3", "3", "12.5", "37.50", "NOK", tax="Z 0"),
    currency="NOK",
    number="PO/7",
    beside=allowance("133.19", "NOK", percent="10", base="1331.92", tax="S 25")
    + allowance("80.01", "NOK", charge=True, code="FC", reason="Freight", tax="Z 0"),
    tax="220.31",
    totals={
        "LineExtensionAmount": "1331.92",
        "TaxExclusiveAmount": "1278.74",
        "TaxInclusiveAmount": "1499.05",
        "AllowanceTotalAmount": "133.19",
        "ChargeTotalAmount": "80.01",
        "PrepaidAmount": "100.00",
        "PayableRoundingAmount": "-0.05",
        "PayableAmount": "1399.00",
    },
)
NORWAY = Abroad(
    buyer=BUYER,
    seller=SELLER,
    currency="NOK",
    items=(
        Item(number="P-1", sku="N-1", unit="EA", price="49.95"),
        Item(number="P-2", sku="N-2", unit="EA", price="100", tax_category="reduced"),
        Item(number="P-3", sku="N-3", unit="EA", price="12.5", tax_category="zero"),
    ),
    taxes=(("S", "25", "standard"), ("S", "15", "reduced"), ("Z", "", "zero")),
    rates=(("standard", "25"), ("reduced", "15"), ("zero", "0")),
    departments=("Ward 7",),
)

#: What is taken off follows the lines' tax; a price for a hundred; an item by its name; units that are mapped.
FOLLOWS_THE_LINES = order(
    line("1", "Blue paper", "250", "3.50", "8.75", "EUR", unit="LEAF", base="100"),
    line("2", "P-8", "2", "40", "80.00", "EUR", tax="O 0", unit="HUR"),
    line("3", "P-9", "1", "11.25", "11.25", "EUR", tax="E 0"),
    currency="EUR",
    number="PO/8",
    beside=allowance("10.00", "EUR", code="", reason="Agreed discount"),
    totals={"LineExtensionAmount": "100.00", "PayableAmount": "91.97"},
)
EURO = Abroad(
    buyer=BUYER,
    seller=SELLER,
    currency="EUR",
    items=(
        Item(number="Blue paper", sku="E-1", unit="LEF", price="0.035"),
        Item(number="P-8", sku="E-2", unit="HUR", price="40", tax_category="exempt"),
        Item(number="P-9", sku="E-3", unit="EA", price="11.25", tax_category="exempt"),
    ),
    taxes=(("S", "25", "standard"), ("O", "", "exempt"), ("E", "0", "exempt")),
    rates=(("standard", "25"), ("exempt", "0")),
    departments=("Ward 7",),
    units=(("LEAF", "LEF"),),
)

#: A currency by a name of the ERP's own, and no tax at all.
NAMED_CURRENCY = order(
    line("1", "P-5", "4", "25.00", "90.00", "KRONOR", tax="", beside=allowance("10", "KRONOR")),
    currency="KRONOR",
    number="PO/9",
    totals={"LineExtensionAmount": "90", "TaxExclusiveAmount": "90", "PayableAmount": "90"},
)
SWEDEN = Abroad(
    buyer=BUYER,
    seller=SELLER,
    currency="SEK",
    items=(Item(number="P-5", sku="S-5", unit="EA", price="25", tax_category="exempt"),),
    rates=(("exempt", "0"),),
    departments=("Ward 7",),
    currencies=(("KRONOR", "SEK"),),
)

DOCUMENTS: dict[str, tuple[str, Abroad]] = {
    "everything": (EVERYTHING, NORWAY),
    "follows the lines": (FOLLOWS_THE_LINES, EURO),
    "named currency": (NAMED_CURRENCY, SWEDEN),
}
TERMS = ALL_TERMS
