"""UBL Order documents become purchase orders, or say where and why they cannot."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from askul_connect.adapters.codecs.ubl.order import UblOrderReader
from askul_connect.core.errors import (
    AskulConnectError,
    DocumentError,
    DocumentTooLarge,
    DocumentUnsupported,
    ValueInvalid,
)
from askul_connect.core.messages.purchase_order import PurchaseOrder
from askul_connect.core.ports.documents import RejectedPurchaseOrder

NAMESPACES = (
    'xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2" '
    'xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" '
    'xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"'
)
PREFIXES = {
    "o": "urn:oasis:names:specification:ubl:schema:xsd:Order-2",
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}


def line(
    line_id: str = "1",
    *,
    quantity: str = '<cbc:Quantity unitCode="EA">3</cbc:Quantity>',
    amount: str = '<cbc:LineExtensionAmount currencyID="JPY">1200</cbc:LineExtensionAmount>',
    more: str = "",
    price: str = '<cac:Price><cbc:PriceAmount currencyID="JPY">400</cbc:PriceAmount></cac:Price>',
    item: str = "<cbc:Name>Pens</cbc:Name><cac:SellersItemIdentification><cbc:ID>P-1</cbc:ID>"
    "</cac:SellersItemIdentification><cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>10</cbc:Percent>"
    "</cac:ClassifiedTaxCategory>",
) -> str:
    return (
        f"<cac:OrderLine><cac:LineItem><cbc:ID>{line_id}</cbc:ID>{quantity}{amount}{more}{price}"
        f"<cac:Item>{item}</cac:Item></cac:LineItem></cac:OrderLine>"
    )


def order(
    *lines: str,
    head: str = "<cbc:ID>PO-1</cbc:ID><cbc:IssueDate>2026-04-01</cbc:IssueDate>",
    currency: str = "JPY",
    parties: str = "<cac:BuyerCustomerParty><cac:Party><cbc:EndpointID schemeID='0188'>111</cbc:EndpointID>"
    "</cac:Party></cac:BuyerCustomerParty><cac:SellerSupplierParty><cac:Party><cac:PartyIdentification>"
    "<cbc:ID schemeID='0088'>222</cbc:ID></cac:PartyIdentification></cac:Party></cac:SellerSupplierParty>",
    more: str = "",
    total: str | None = None,
) -> bytes:
    stated = (
        ""
        if total is None
        else f"<cac:AnticipatedMonetaryTotal><cbc:LineExtensionAmount currencyID='{currency}'>{total}"
        "</cbc:LineExtensionAmount></cac:AnticipatedMonetaryTotal>"
    )
    return (
        f"<Order {NAMESPACES}>{head}<cbc:DocumentCurrencyCode>{currency}</cbc:DocumentCurrencyCode>"
        f"{more}{parties}{stated}{''.join(lines or (line(),))}</Order>"
    ).encode()


def read(data: bytes) -> PurchaseOrder:
    (found,) = UblOrderReader().read(data, name="order.xml")
    assert isinstance(found, PurchaseOrder), [
        vars(p) if hasattr(p, "__dict__") else p for p in problems(found)
    ]
    return found


def problems(found: object) -> tuple[object, ...]:
    assert isinstance(found, RejectedPurchaseOrder)
    return found.error.problems


def refused(data: bytes) -> AskulConnectError:
    """The error; every place it names exists in the document, or is where the missing part belongs."""
    (found,) = UblOrderReader().read(data, name="order.xml")
    assert isinstance(found, RejectedPurchaseOrder)
    assert all(problem.where.startswith("/Order/") for problem in found.error.problems)
    return found.error


def places(error: AskulConnectError) -> list[str]:
    return [problem.where for problem in error.problems]


@pytest.mark.spec("INT-2")
def test_every_value_of_an_order_is_read() -> None:
    found = read(
        order(
            line(
                more="<cbc:AccountingCost>SALES</cbc:AccountingCost><cac:Delivery><cac:RequestedDeliveryPeriod>"
                "<cbc:StartDate>2026-04-05</cbc:StartDate><cbc:EndDate>2026-04-08Z</cbc:EndDate>"
                "</cac:RequestedDeliveryPeriod></cac:Delivery>"
            ),
            line("2", quantity="<cbc:Quantity unitCode='XBX'>15.00</cbc:Quantity>", amount=""),
            head="<cbc:ID> PO-1 </cbc:ID><cbc:IssueDate>2026-04-01</cbc:IssueDate>"
            "<cbc:Note>be\n  quick</cbc:Note>",
            more="<cbc:AccountingCost>HQ</cbc:AccountingCost><cac:Delivery><cac:RequestedDeliveryPeriod>"
            "<cbc:StartDate>2026-05-01</cbc:StartDate></cac:RequestedDeliveryPeriod></cac:Delivery>",
            total="7200",
        )
    )

    assert (found.purchase_order_id, found.currency, found.issued_on) == ("PO-1", "JPY", date(2026, 4, 1))
    assert (found.buyer_party, found.seller_party) == ("0188:111", "0088:222")
    assert (found.note, found.total_excl_tax, found.where) == ("be quick", 7200, "order.xml")
    first, second = found.lines
    assert (first.line_id, first.sku, first.quantity, first.unit) == ("1", "P-1", 3, "EA")
    assert (first.unit_price, first.amount_excl_tax) == (Decimal(400), 1200)
    assert (first.tax_category, first.tax_rate, first.description) == ("S", Decimal(10), "Pens")
    assert (first.department, first.requested_on) == ("SALES", date(2026, 4, 8))
    assert (second.quantity, second.unit, second.amount_excl_tax) == (15, "XBX", None)
    assert (second.department, second.requested_on) == ("HQ", date(2026, 5, 1))


def test_every_place_leads_to_its_value() -> None:
    data = order(line(), line("2"), more="<cbc:AccountingCost>HQ</cbc:AccountingCost>")
    found = read(data)
    tree = etree.fromstring(data)

    def at(path: str) -> str:
        result = tree.xpath(path.replace("/Order", "/o:Order"), namespaces=PREFIXES)
        assert len(result) == 1, path
        return result[0] if isinstance(result[0], str) else result[0].text

    assert at(found.places["currency"]) == "JPY"
    assert at(found.places["buyer_party"]) == "111"
    assert at(found.places["seller_party"]) == "222"
    for read_line in found.lines:
        assert at(read_line.places["line_id"]) == read_line.line_id
        assert at(read_line.places["quantity"]) == "3"
        assert at(read_line.places["unit"]) == "EA"
        assert at(read_line.places["unit_price"]) == "400"
        assert at(read_line.places["department"]) == "HQ"
        assert at(read_line.places["tax_category"]) == "S"
        assert at(read_line.places["sku"]) == "P-1"


BUYERS = "<cac:BuyersItemIdentification><cbc:ID>B</cbc:ID></cac:BuyersItemIdentification>"
STANDARD = "<cac:StandardItemIdentification><cbc:ID>G</cbc:ID></cac:StandardItemIdentification>"


@pytest.mark.parametrize(("numbers", "sku"), [(BUYERS + STANDARD, "G"), (BUYERS, "B"), ("", "")])
def test_the_item_number_is_the_sellers_then_a_standard_then_the_buyers(numbers: str, sku: str) -> None:
    assert read(order(line(item=f"<cbc:Name>n</cbc:Name>{numbers}"))).lines[0].sku == sku


def test_a_price_for_a_base_quantity_is_brought_to_one_unit() -> None:
    price = (
        "<cac:Price><cbc:PriceAmount>100</cbc:PriceAmount>"
        "<cbc:BaseQuantity unitCode='EA'>8</cbc:BaseQuantity></cac:Price>"
    )
    quantity = "<cbc:Quantity unitCode='EA'>1</cbc:Quantity>"

    found = read(order(line(price=price, quantity=quantity, amount="")))
    assert found.lines[0].unit_price == Decimal("12.5")
    # 12.5 yen is 13 by halves up.
    assert (
        read(order(line(price=price, quantity=quantity, amount="", more=""), total="13")).total_excl_tax == 13
    )

    error = refused(order(line(price=price.replace(">8<", ">3<"), amount="")))
    assert isinstance(error, ValueInvalid)
    assert "4 decimals" in error.detail

    error = refused(order(line(price=price.replace("'EA'", "'XBX'"), amount="")))
    assert places(error) == ["/Order/cac:OrderLine[1]/cac:LineItem/cac:Price/cbc:BaseQuantity/@unitCode"]


@pytest.mark.parametrize("text", ["1.5", "0", "-3", "1e3", "3,000", "３", "NaN", "", "9" * 30])
def test_a_quantity_is_a_whole_number_above_zero(text: str) -> None:
    error = refused(
        order(line(), line("2", quantity=f"<cbc:Quantity unitCode='EA'>{text}</cbc:Quantity>", amount=""))
    )

    assert places(error) == ["/Order/cac:OrderLine[2]/cac:LineItem/cbc:Quantity"]
    assert error.problems[0].line_id == "2"
    if text == "1.5":
        assert "1.5 is a fraction" in error.detail


@pytest.mark.parametrize("text", ["-1", "1.23456", "1e2", "1,000", "INF", "1000000000000"])
def test_a_price_is_a_plain_number_with_four_decimals(text: str) -> None:
    error = refused(
        order(line(price=f"<cac:Price><cbc:PriceAmount>{text}</cbc:PriceAmount></cac:Price>", amount=""))
    )

    assert places(error) == ["/Order/cac:OrderLine[1]/cac:LineItem/cac:Price/cbc:PriceAmount"]


def test_an_amount_has_no_more_decimals_than_its_currency() -> None:
    error = refused(order(line(amount="<cbc:LineExtensionAmount>1200.5</cbc:LineExtensionAmount>")))

    assert isinstance(error, ValueInvalid)
    assert places(error) == ["/Order/cac:OrderLine[1]/cac:LineItem/cbc:LineExtensionAmount"]


def test_an_amount_is_in_the_documents_currency() -> None:
    error = refused(
        order(line(amount="<cbc:LineExtensionAmount currencyID='USD'>1200</cbc:LineExtensionAmount>"))
    )

    assert places(error) == ["/Order/cac:OrderLine[1]/cac:LineItem/cbc:LineExtensionAmount/@currencyID"]


def test_amounts_that_do_not_agree_are_named_with_both_values() -> None:
    error = refused(
        order(
            line(),
            line("2", amount="<cbc:LineExtensionAmount currencyID='JPY'>1201</cbc:LineExtensionAmount>"),
            total="9",
        )
    )

    assert isinstance(error, ValueInvalid)
    assert places(error) == [
        "/Order/cac:OrderLine[2]/cac:LineItem/cbc:LineExtensionAmount",
        "/Order/cac:AnticipatedMonetaryTotal/cbc:LineExtensionAmount",
    ]
    assert "1201" in error.problems[0].detail
    assert "1200" in error.problems[0].detail
    assert "9" in error.problems[1].detail
    assert "2401" in error.problems[1].detail


ALLOWANCE = (
    "<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator>"
    "<cbc:Amount currencyID='JPY'>{}</cbc:Amount></cac:AllowanceCharge>"
)


def test_allowances_are_read_and_not_overlooked() -> None:
    amount = '<cbc:LineExtensionAmount currencyID="JPY">1150</cbc:LineExtensionAmount>'
    found = read(
        order(line(amount=amount, more=ALLOWANCE.format(50)), more=ALLOWANCE.format(10), total="1150")
    )

    assert [(entry.amount, entry.charge, entry.where) for entry in found.allowances] == [
        (Decimal(10), False, "/Order/cac:AllowanceCharge[1]")
    ]
    assert [(entry.amount, entry.where) for entry in found.lines[0].allowances] == [
        (Decimal(50), "/Order/cac:OrderLine[1]/cac:LineItem/cac:AllowanceCharge[1]")
    ]


def test_an_allowance_of_nothing_changes_nothing() -> None:
    assert (
        read(order(line(more=ALLOWANCE.format(0)), more=ALLOWANCE.format(0), total="1200")).total_excl_tax
        == 1200
    )


def test_an_allowance_inside_the_price_is_in_the_price_already() -> None:
    price = (
        "<cac:Price><cbc:PriceAmount currencyID='JPY'>400</cbc:PriceAmount><cac:AllowanceCharge>"
        "<cbc:ChargeIndicator>false</cbc:ChargeIndicator><cbc:Amount>100</cbc:Amount></cac:AllowanceCharge></cac:Price>"
    )
    assert read(order(line(price=price))).lines[0].unit_price == Decimal(400)


def test_all_missing_parts_are_named_at_once() -> None:
    error = refused(
        order(
            line("", quantity="<cbc:Quantity>3</cbc:Quantity>", price="", item=""),
            head="",
            currency="",
            parties="",
        )
    )

    assert isinstance(error, DocumentError)
    assert places(error) == [
        "/Order/cbc:ID",
        "/Order/cbc:DocumentCurrencyCode",
        "/Order/cbc:IssueDate",
        "/Order/cac:BuyerCustomerParty/cac:Party/cbc:EndpointID",
        "/Order/cac:SellerSupplierParty/cac:Party/cbc:EndpointID",
        "/Order/cac:OrderLine[1]/cac:LineItem/cbc:ID",
        "/Order/cac:OrderLine[1]/cac:LineItem/cbc:Quantity/@unitCode",
        "/Order/cac:OrderLine[1]/cac:LineItem/cac:Price/cbc:PriceAmount",
        "/Order/cac:OrderLine[1]/cac:LineItem/cac:Item/cbc:Name",
    ]
    (rejected,) = UblOrderReader().read(order("<cac:OrderLine/>"), name="o.xml")
    assert isinstance(rejected, RejectedPurchaseOrder)
    assert rejected.purchase_order_id == "PO-1"
    assert places(refused(order(" "))) == ["/Order/cac:OrderLine"]


def test_an_order_with_too_many_lines_is_refused_without_reading_them() -> None:
    lines = (line(str(number), item="<cbc:Name>n</cbc:Name>") for number in range(10_001))
    (found,) = UblOrderReader().read(order(*lines, total="1"), name="order.xml")

    assert isinstance(found, RejectedPurchaseOrder)
    assert isinstance(found.error, DocumentTooLarge)
    assert places(found.error) == ["/Order/cac:OrderLine[10001]"]


def test_reading_ends_where_findings_would_only_be_counted() -> None:
    error = refused(order(*["<cac:OrderLine/>"] * 5_000))

    assert len(error.problems) == 100
    assert error.problems[-1].where.startswith("/Order/cac:OrderLine[25]/")


def test_a_line_number_occurs_once() -> None:
    assert places(refused(order(line("1"), line("2"), line("1")))) == [
        "/Order/cac:OrderLine[3]/cac:LineItem/cbc:ID"
    ]


@pytest.mark.parametrize("day", ["2026-02-30", "01.04.2026", "20260401", "2026-W14-3"])
def test_a_date_is_a_day_of_the_calendar(day: str) -> None:
    error = refused(order(head=f"<cbc:ID>PO-1</cbc:ID><cbc:IssueDate>{day}</cbc:IssueDate>"))

    assert places(error) == ["/Order/cbc:IssueDate"]


def test_an_unknown_currency_is_left_to_the_mapping_with_amounts_checked_as_decimals() -> None:
    amount = "<cbc:LineExtensionAmount currencyID='YEN'>{}</cbc:LineExtensionAmount>"
    price = "<cac:Price><cbc:PriceAmount currencyID='YEN'>0.3333</cbc:PriceAmount></cac:Price>"

    found = read(order(line(price=price, amount=amount.format("1.00")), currency="YEN", total="1.00"))
    assert (found.currency, found.total_excl_tax, found.lines[0].amount_excl_tax) == ("YEN", None, None)
    refused(order(line(price=price, amount=amount.format("1.01")), currency="YEN"))


@pytest.mark.parametrize("kind", ["Invoice", "OrderResponse", "OrderResponseSimple"])
def test_another_kind_of_document_is_named(kind: str) -> None:
    data = f"<{kind} xmlns='urn:oasis:names:specification:ubl:schema:xsd:{kind}-2'/>".encode()

    with pytest.raises(DocumentUnsupported, match=f"'{kind}'"):
        UblOrderReader().read(data, name="x.xml")


@pytest.mark.parametrize(
    "data",
    [b"", b"<Order", b"<!DOCTYPE Order [<!ENTITY e 'x'>]><Order>&e;</Order>", b"\xff\xfe", b"a,b\n1,2\n"],
)
def test_what_cannot_be_read_is_a_typed_error(data: bytes) -> None:
    with pytest.raises(DocumentError):
        UblOrderReader().read(data, name="x.xml")


@given(
    quantities=st.lists(st.integers(1, 999_999), min_size=1, max_size=5),
    price=st.decimals(0, 999_999, places=4),
    currency=st.sampled_from([("JPY", 0), ("EUR", 2), ("KWD", 3)]),
)
def test_consistent_orders_are_taken_as_they_are(
    quantities: list[int], price: Decimal, currency: tuple[str, int]
) -> None:
    code, exponent = currency
    amounts = [
        (price * quantity).quantize(Decimal(1).scaleb(-exponent), ROUND_HALF_UP) for quantity in quantities
    ]
    lines = [
        line(
            str(number),
            quantity=f"<cbc:Quantity unitCode='EA'>{quantity}</cbc:Quantity>",
            amount=f"<cbc:LineExtensionAmount currencyID='{code}'>{amount:f}</cbc:LineExtensionAmount>",
            price=f"<cac:Price><cbc:PriceAmount currencyID='{code}'>{price:f}</cbc:PriceAmount></cac:Price>",
        )
        for number, (quantity, amount) in enumerate(zip(quantities, amounts, strict=True), start=1)
    ]

    found = read(order(*lines, currency=code, total=format(sum(amounts), "f")))

    assert [(read.quantity, read.unit_price) for read in found.lines] == [(q, price) for q in quantities]
    assert [read.amount_excl_tax for read in found.lines] == [int(a.scaleb(exponent)) for a in amounts]
    assert found.total_excl_tax == int(sum(amounts).scaleb(exponent))

    wrong = sum(amounts) + Decimal(1).scaleb(-exponent)
    assert isinstance(refused(order(*lines, currency=code, total=format(wrong, "f"))), ValueInvalid)


FULL = order(
    line(
        more=ALLOWANCE.format(0)
        + "<cac:Delivery><cac:RequestedDeliveryPeriod><cbc:EndDate>2026-04-08</cbc:EndDate>"
        "</cac:RequestedDeliveryPeriod></cac:Delivery>"
    ),
    line("2"),
    total="2400",
)
TEXTS = [
    element.getroottree().getpath(element) for element in etree.fromstring(FULL).iter() if len(element) == 0
]


@given(
    path=st.sampled_from(TEXTS),
    text=st.sampled_from(
        ["", "-0", "+.5", "5.", "0." + "9" * 18, "9" * 18, "1e9", "\u0665", "\u200b", "x" * 1001, "a\tb"]
    )
    | st.text(
        st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff"),
        max_size=9,
    ),
    attribute=st.none() | st.sampled_from(["unitCode", "currencyID", "schemeID"]),
)
def test_any_value_in_any_place_is_taken_or_refused_by_a_typed_error(
    path: str, text: str, attribute: str | None
) -> None:
    root = etree.fromstring(FULL)
    (element,) = root.xpath(path, namespaces=PREFIXES)
    if attribute:
        element.set(attribute, text)
    else:
        element.text = text

    (found,) = UblOrderReader().read(etree.tostring(root), name="order.xml")

    if isinstance(found, RejectedPurchaseOrder):
        assert all(problem.where.startswith("/Order/") for problem in found.error.problems)
    else:
        assert all(read.quantity > 0 and read.unit_price >= 0 for read in found.lines)


@pytest.mark.spec("INT-2", "INT-3")
def test_the_originators_document_is_the_requisition_of_every_line() -> None:
    named = "<cac:OriginatorDocumentReference><cbc:ID>R-1</cbc:ID></cac:OriginatorDocumentReference>"
    (found,) = UblOrderReader().read(order(line(), line("2"), more=named), name="a.xml")
    assert isinstance(found, PurchaseOrder), found
    assert [(one.requisition_id, one.requisition_line_id) for one in found.lines] == [("R-1", "")] * 2
