"""Bad input of every kind: told where, what and what to do, in both languages; the other documents go through."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from askul_connect.adapters.security.holder import this_process
from askul_connect.adapters.security.system import SystemClock
from askul_connect.adapters.storage.sql.storage import buyer_sql
from askul_connect.core.services.buyer.lease import give_lease_back, take_lease

GOOD = "PO-GOOD,1,K200-0001,12,XPK,298,JPY,D100,,"
ROW = "PO-BAD,1,G100-0001,2,XCT,1980,JPY,D200,,"
CSV_HEADER = (
    "purchase_order_id,line_id,sku,quantity,unit,unit_price,currency,department,cost_centre,requested_on"
)
NAMESPACES = (
    'xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"'
    ' xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"'
    ' xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"'
)


def row(**changes: str) -> bytes:
    """The bad order's CSV with some cells changed."""
    cells = dict(zip(CSV_HEADER.split(","), ROW.split(","), strict=True)) | changes
    return f"{CSV_HEADER}\n{','.join(cells.values())}\n".encode()


def ubl(**changes: str) -> bytes:
    """A UBL order with some of its values changed."""
    values = {
        "buyer": "9999999999999",
        "seller": "1999999999998",
        "quantity": "2",
        "unit": "XCT",
        "price": "1980",
        "amount": "3960",
        "currency": "JPY",
        "doctype": "",
    } | changes
    return """<?xml version="1.0" encoding="UTF-8"?>{doctype}
<Order {namespaces}>
  <cbc:CustomizationID>urn:fdc:peppol.eu:poacc:trns:order:3</cbc:CustomizationID>
  <cbc:ID>PO-BAD</cbc:ID><cbc:IssueDate>2026-04-01</cbc:IssueDate>
  <cbc:DocumentCurrencyCode>{currency}</cbc:DocumentCurrencyCode>
  <cbc:AccountingCost>D200</cbc:AccountingCost>
  <cac:BuyerCustomerParty><cac:Party><cbc:EndpointID schemeID="0188">{buyer}</cbc:EndpointID></cac:Party>
  </cac:BuyerCustomerParty>
  <cac:SellerSupplierParty><cac:Party><cbc:EndpointID schemeID="0188">{seller}</cbc:EndpointID></cac:Party>
  </cac:SellerSupplierParty>
  <cac:OrderLine><cac:LineItem><cbc:ID>1</cbc:ID><cbc:Quantity unitCode="{unit}">{quantity}</cbc:Quantity>
    <cbc:LineExtensionAmount currencyID="{currency}">{amount}</cbc:LineExtensionAmount>
    <cac:Price><cbc:PriceAmount currencyID="{currency}">{price}</cbc:PriceAmount></cac:Price>
    <cac:Item><cbc:Name>tea</cbc:Name>
      <cac:SellersItemIdentification><cbc:ID>G100-0001</cbc:ID></cac:SellersItemIdentification></cac:Item>
  </cac:LineItem></cac:OrderLine>
</Order>
""".format(namespaces=NAMESPACES, **values).encode()


def prepare(place: Any) -> Any:
    """A good order that ends with exit code 0 when nothing bad lies beside it."""
    place.write(
        "erp/mapping/parties.csv",
        "party,role,supplier\n0188:9999999999999,buyer,\n0188:1999999999998,seller,askul\n",
    )
    place.write("erp/mapping/departments.csv", "department,code,cost_centre\nD100,D100,\nD200,D200,\n")
    place.write(
        "erp/receipts/r.csv", "purchase_order_id,line_id,quantity,received_on\nPO-GOOD,1,12,2026-04-14\n"
    )
    place.order("z-good.csv", GOOD)
    return place


@pytest.fixture
def shop(place: Any) -> Any:
    """A directory with a good order and its receipt."""
    return prepare(place)


def has_kana(text: str) -> bool:
    return bool(re.search("[ぁ-んァ-ン一-龥]", text))


CASES = {
    "broken XML": ("bad.xml", ubl()[:-40], "document-malformed", "line"),
    "no XML at all": ("bad.xml", b"\x00\x01", "document-malformed", ""),
    "DOCTYPE": (
        "bad.xml",
        ubl(doctype='<!DOCTYPE Order [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
        "document-forbidden",
        "",
    ),
    "another kind of XML": ("bad.xml", b"<Invoice xmlns='urn:x'/>", "document-unsupported", ""),
    "another ending": ("bad.pdf", b"%PDF", "document-unsupported", "bad.pdf"),
    "not UTF-8": ("bad.csv", row(sku="茶").decode().encode("cp932"), "document-malformed", "bad.csv"),
    "broken CSV": ("bad.csv", f'{CSV_HEADER}\n"PO-BAD,1\n'.encode(), "document-malformed", "bad.csv"),
    "unknown column": ("bad.csv", row().replace(b"\n", b",article\n"), "document-malformed", "article"),
    "a row too short": ("bad.csv", row()[:-3] + b"\n", "document-malformed", "row 2"),
    "no rows": ("bad.csv", f"{CSV_HEADER}\n".encode(), "document-malformed", "bad.csv"),
    "unknown item": ("bad.csv", row(sku="NO-SUCH"), "unknown-item", "row 2"),
    "unknown unit": ("bad.csv", row(unit="furlong"), "unknown-unit", "row 2"),
    "another unit than it is sold by": ("bad.csv", row(unit="EA"), "unknown-unit", "row 2"),
    "unknown buyer": ("bad.xml", ubl(buyer="1234567890123"), "unknown-party", "EndpointID"),
    "unknown seller": ("bad.xml", ubl(seller="1234567890123"), "unknown-party", "EndpointID"),
    "unknown currency": ("bad.csv", row(currency="ZZZ"), "unknown-currency", "row 2"),
    "a currency that is not sold in": ("bad.csv", row(currency="USD"), "budget-missing", "department"),
    "unknown department": ("bad.csv", row(department="D999"), "unknown-department", "row 2"),
    "negative quantity": ("bad.csv", row(quantity="-2"), "value-invalid", "row 2"),
    "fractional quantity": ("bad.csv", row(quantity="1.5"), "value-invalid", "row 2"),
    "fractional quantity in UBL": (
        "bad.xml",
        ubl(quantity="1.5", amount="2970"),
        "value-invalid",
        "Quantity",
    ),
    "negative quantity in UBL": ("bad.xml", ubl(quantity="-2", amount="-3960"), "value-invalid", "Quantity"),
    "float money": ("bad.csv", row(unit_price="1.98e3"), "value-invalid", "row 2"),
    "a price with too many decimals": ("bad.csv", row(unit_price="1980.00001"), "value-invalid", "row 2"),
    "money that is no amount": ("bad.xml", ubl(amount="3960.5"), "value-invalid", "LineExtensionAmount"),
    "an amount that is not the product": (
        "bad.xml",
        ubl(amount="4000"),
        "value-invalid",
        "LineExtensionAmount",
    ),
    "over budget": ("bad.csv", row(quantity="60"), "budget-exceeded", "department"),
    "price changed": ("bad.csv", row(unit_price="1900"), "price-changed", "row 2"),
    "no multiple": (
        "bad.csv",
        row(sku="E100-0001", unit="EA", unit_price="12.5", quantity="150"),
        "quantity-not-sold",
        "row 2",
    ),
    "formula": ("bad.csv", row(sku="=1+1"), "unknown-item", "row 2"),
    "too long an id": ("bad.csv", row(line_id="x" * 101), "value-invalid", "row 2"),
}


FILES = {case: f"{number:02}-{CASES[case][0]}" for number, case in enumerate(CASES)}


@pytest.fixture(scope="module")
def rejected(module_place: Any) -> Any:
    """All of it at once beside a good order, each under a number of its own; and the result of the run."""
    shop = prepare(module_place)
    for case, file in FILES.items():
        shop.write(f"erp/in/{file}", CASES[case][1].replace(b"PO-BAD", f"PO-{file}".encode()))
    return shop, shop.cli("run")


@pytest.mark.spec("INT-2", "INT-3")
@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_rejected_with_what_where_and_what_to_do(rejected: Any, case: str) -> None:
    _, data, code, place = CASES[case]
    shop, result = rejected
    name = FILES[case]

    assert f"rejected: {name}" in result.stderr
    kept = (shop.directory / "erp" / "rejected" / name).read_bytes()
    assert kept == data.replace(b"PO-BAD", f"PO-{name}".encode())
    report = shop.error(name)
    assert report["file"] == name
    problem = report["problems"][0]
    assert {each["code"] for each in report["problems"]} == {code}
    assert problem["where"]
    assert problem["detail"]
    assert place in f"{problem['where']} {problem['detail']}"
    assert has_kana(problem["remedy"]["ja"])
    assert problem["remedy"]["en"]
    assert not has_kana(problem["remedy"]["en"])


@pytest.mark.spec("INT-2", "INT-3")
def test_the_other_documents_go_through(rejected: Any) -> None:
    shop, result = rejected

    assert result.exit_code == 1
    assert shop.names("done") == ["r.csv", "z-good.csv"]
    assert shop.names("rejected") == sorted(
        name for file in FILES.values() for name in (file, f"{file}.error.json")
    )
    assert [(order["purchase_order_id"], order["state"]) for order in shop.view("orders")] == [
        ("PO-GOOD", "shipped")
    ]
    assert [match["result"] for match in shop.view("invoices")[0]["match"]] == ["matched"]
    assert shop.budget("D200")["available"] == 100_000
    again = shop.run()
    assert (again.changed, again.exit_code) == (False, 0)


@pytest.mark.spec("CART-2")
def test_too_little_in_stock_is_refused(shop: Any) -> None:
    shop.write("erp/budgets/2026.csv", "department,period,currency,budget\nD100,2026-04,JPY,9999999\n")
    shop.order("bad.csv", "PO-BAD,1,C100-0001,65,EA,9800,JPY,D100,,")

    assert shop.cli("run").exit_code == 1

    [problem] = shop.error("bad.csv")["problems"]
    assert (problem["code"], problem["where"]) == ("out-of-stock", "row 2")


def test_the_good_order_alone_ends_with_0(shop: Any) -> None:
    assert shop.cli("run").exit_code == 0
    assert shop.names("rejected") == []


@pytest.mark.spec("INT-11")
def test_a_corrected_file_under_the_same_number_goes_through(shop: Any) -> None:
    shop.write("erp/in/bad.csv", row(unit_price="1900"))
    shop.run()
    refused = [entry["state"] for entry in shop.view("outbox") if entry["business_key"].endswith("BAD")]
    shop.write("erp/in/bad.csv", row())

    report = shop.run()

    assert refused == ["refused"]
    assert (report.accepted, report.placed, report.rejections) == (1, 1, ())
    assert shop.names("done") == ["bad.csv", "r.csv", "z-good.csv"]
    # the first run went on to the end of the month
    used = shop.budget("D200", "2026-05")
    assert (used["pre_encumbrance"], used["encumbrance"] + used["actual"]) == (0, 3960)


@pytest.mark.spec("INT-11")
def test_the_same_purchase_order_again_changes_nothing(shop: Any) -> None:
    shop.run()
    before = {**shop.state(), "done": None}
    # the same order: as it was, in other rows, and in another format
    shop.order("again.csv", GOOD)

    report = shop.run()

    assert (report.accepted, report.placed, report.exit_code) == (0, 0, 0)
    assert {**shop.state(), "done": None} == before
    assert "again.csv" in shop.names("done")


@pytest.mark.spec("INT-11")
def test_the_same_order_in_another_format_is_the_same(shop: Any) -> None:
    shop.write("erp/in/bad.csv", b"\xef\xbb\xbf" + row(unit_price="1980.00"))
    shop.run()
    shop.write("erp/in/bad.xml", ubl())
    # other accounts in the mapping tables do not make it another order either
    shop.write("erp/mapping/accounts.csv", "department,cost_centre,account\nD200,,消耗品費\n")

    report = shop.run()

    assert (report.accepted, report.rejections) == (0, ())
    assert shop.names("done") == ["bad.csv", "bad.xml", "r.csv", "z-good.csv"]


@pytest.mark.spec("INT-11")
def test_the_same_number_with_other_content_is_a_conflict(shop: Any) -> None:
    shop.run()
    shop.order("other.csv", GOOD.replace(",12,", ",13,"))

    result = shop.cli("run")

    assert result.exit_code == 1
    [problem] = shop.error("other.csv")["problems"]
    assert problem["code"] == "purchase-order-conflict"
    assert "z-good.csv" in problem["detail"]
    assert len(shop.view("orders")) == 1


@pytest.mark.spec("INT-2")
def test_a_file_that_is_partly_good_is_rejected_and_says_what_was_taken(shop: Any) -> None:
    shop.order(
        "mixed.csv", ROW, "PO-OTHER,1,NO-SUCH,1,EA,1,JPY,D100,,", "PO-THIRD,1,K200-0001,x,XPK,1,JPY,D100,,"
    )

    assert shop.cli("run").exit_code == 1

    report = shop.error("mixed.csv")
    assert report["accepted"] == ["PO-BAD"]
    assert {problem["purchase_order_id"]: problem["code"] for problem in report["problems"]} == {
        "PO-OTHER": "unknown-item",
        "PO-THIRD": "value-invalid",
    }


@pytest.mark.spec("INT-2")
@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ("PO-NONE,1,1,2026-04-14", "purchase-order-unknown"),
        ("PO-GOOD,9,1,2026-04-14", "purchase-order-unknown"),
        ("PO-GOOD,1,-1,2026-04-14", "value-invalid"),
        ("PO-GOOD,1,1,14.04.2026", "value-invalid"),
        ("PO-GOOD,1", "document-malformed"),
    ],
)
def test_a_bad_goods_receipt_is_rejected(shop: Any, rows: str, code: str) -> None:
    shop.write("erp/receipts/x.csv", f"purchase_order_id,line_id,quantity,received_on\n{rows}\n")

    assert shop.cli("run").exit_code == 1

    report = shop.error("x.csv")
    assert report["file"] == "x.csv"
    problem = report["problems"][0]
    assert problem["code"] == code
    assert "row 2" in problem["where"]


@pytest.mark.spec("INT-2")
def test_a_bad_receipt_is_told_although_another_waits_for_its_day(shop: Any) -> None:
    shop.write(
        "erp/receipts/x.csv",
        "purchase_order_id,line_id,quantity,received_on\nPO-NONE,1,1,2026-04-01\nPO-GOOD,1,0,2026-04-20\n",
    )

    report = shop.run()

    assert [rejection.error.code for rejection in report.rejections] == ["purchase-order-unknown"]
    assert "x.csv" in shop.names("rejected")


def broken_mapping(place: Any) -> None:
    place.write("erp/mapping/units.csv", "unit,code\n箱,NO-UNIT\n")


def broken_budgets(place: Any) -> None:
    place.write("erp/budgets/x.csv", "department,period,currency,budget\nD100,April,JPY,1\n")


def broken_configuration(place: Any) -> None:
    place.configure(settings='[budgets]\nbasis = "gross"\n')


def no_folder(place: Any) -> None:
    (place.directory / "erp" / "in").rename(place.directory / "elsewhere")


@pytest.mark.spec("INT-12")
@pytest.mark.parametrize(
    ("spoil", "code", "text"),
    [
        (broken_mapping, "configuration-invalid", "mapping/units.csv"),
        (broken_budgets, "configuration-invalid", "x.csv"),
        (broken_configuration, "configuration-invalid", "budgets.basis"),
        (no_folder, "usage", "erp/in"),
    ],
)
def test_what_nothing_can_be_done_without_ends_with_2(
    shop: Any, spoil: Callable[[Any], None], code: str, text: str
) -> None:
    spoil(shop)

    result = shop.cli("run")

    assert result.exit_code == 2
    assert f"[{code}]" in result.stderr
    assert text in result.stderr
    assert "what to do" in result.stderr


def test_a_missing_directory_ends_with_2_in_a_shell(shop: Any) -> None:
    shell = subprocess.run(
        [sys.executable, "-m", "askul_connect", "--directory", str(shop.directory / "none"), "run"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert shell.returncode == 2
    assert "[usage]" in shell.stderr


@pytest.mark.spec("INT-12")
def test_a_directory_that_another_run_holds_ends_with_5(shop: Any) -> None:
    another = f"{this_process().partition(':')[0]}:somebody-else"
    storage = buyer_sql(f"sqlite:///{shop.directory}/data/buyer.sqlite3")
    take_lease(storage, another, SystemClock().now(), lambda _: False)
    storage.close()

    result = shop.cli("run")

    assert result.exit_code == 5
    assert "[directory-busy]" in result.stderr
    # looking is allowed, and so is trying
    assert shop.cli("orders").exit_code == 0
    assert shop.cli("run", "--trial").exit_code == 0
    storage = buyer_sql(f"sqlite:///{shop.directory}/data/buyer.sqlite3")
    give_lease_back(storage, another)
    storage.close()
    assert shop.cli("run").exit_code == 0
