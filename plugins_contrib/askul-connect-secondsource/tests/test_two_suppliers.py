"""Two suppliers in one directory: each purchase order goes to the one it names (INT-9)."""

from __future__ import annotations

from pathlib import Path

import pytest

from askul_connect import RunReport, open_workspace

REFERENCE = "1999999999998"
SECOND = "2999999999997"

CONFIGURATION = """
version = 1
[buyer]
party = "0188:9999999999999"
name = "見本商事株式会社"
[clock]
kind = "simulated"
start = 2026-04-01T09:00:00+09:00
seed = "two-suppliers"
"""
CONNECTION = """
[suppliers.{name}]
kind = "{kind}"
credential = "file:secrets/{name}.credential"
[suppliers.{name}.supplier]
items = 22
[suppliers.{name}.account]
name = "見本商事株式会社"
representative = "見本 太郎"
postcode = "150-0001"
address = "東京都渋谷区見本2-2"
phone = "03-0000-0000"
email = "soumu@example.co.jp"
departments = [{{ code = "D100", name = "総務部" }}]
administrator = {{ name = "見本 花子", email = "hanako@example.co.jp" }}
buyer = {{ name = "見本 次郎", email = "jiro@example.co.jp", departments = ["D100"] }}
"""
PARTIES = f"""party,role,supplier
0188:9999999999999,buyer,
0188:{REFERENCE},seller,askul
0188:{SECOND},seller,second
"""
BUDGETS = """department,period,currency,budget
D100,2026-04,JPY,100000
"""
RECEIPTS = """purchase_order_id,line_id,quantity,received_on
{number},1,2,2026-04-14
"""
#: Two cartons of copy paper.
ORDER = """<?xml version="1.0" encoding="UTF-8"?>
<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"
       xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
       xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
  <cbc:CustomizationID>urn:fdc:peppol.eu:poacc:trns:order:3</cbc:CustomizationID>
  <cbc:ProfileID>urn:fdc:peppol.eu:poacc:bis:ordering:3</cbc:ProfileID>
  <cbc:ID>{number}</cbc:ID>
  <cbc:IssueDate>2026-04-01</cbc:IssueDate>
  <cbc:DocumentCurrencyCode>JPY</cbc:DocumentCurrencyCode>
  <cac:BuyerCustomerParty>
    <cac:Party><cbc:EndpointID schemeID="0188">9999999999999</cbc:EndpointID></cac:Party>
  </cac:BuyerCustomerParty>
  <cac:SellerSupplierParty>
    <cac:Party><cbc:EndpointID schemeID="0188">{seller}</cbc:EndpointID></cac:Party>
  </cac:SellerSupplierParty>
  <cac:OrderLine>
    <cac:LineItem>
      <cbc:ID>1</cbc:ID>
      <cbc:Quantity unitCode="XCT">2</cbc:Quantity>
      <cbc:LineExtensionAmount currencyID="JPY">{amount}</cbc:LineExtensionAmount>
      <cbc:AccountingCost>D100</cbc:AccountingCost>
      <cac:Price><cbc:PriceAmount currencyID="JPY">{price}</cbc:PriceAmount></cac:Price>
      <cac:Item>
        <cbc:Name>コピー用紙</cbc:Name>
        <cac:SellersItemIdentification><cbc:ID>B100-0001</cbc:ID></cac:SellersItemIdentification>
      </cac:Item>
    </cac:LineItem>
  </cac:OrderLine>
</Order>
"""


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A directory with both suppliers and no purchase order."""
    connections = [("askul", "reference"), ("second", "secondsource")]
    tables = [CONNECTION.format(name=name, kind=kind) for name, kind in connections]
    files = {
        "askul-connect.toml": "".join([CONFIGURATION, *tables]),
        "erp/mapping/parties.csv": PARTIES,
        "erp/budgets/2026.csv": BUDGETS,
    }
    for folder in ("in", "done", "rejected", "out", "receipts", "mapping", "budgets"):
        (tmp_path / "erp" / folder).mkdir(parents=True)
    for folder in ("data", "finance", "secrets"):
        (tmp_path / folder).mkdir()
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def drop(directory: Path, number: str, *, seller: str, price: int, received: bool = True) -> None:
    order = ORDER.format(number=number, seller=seller, price=price, amount=2 * price)
    (directory / "erp" / "in" / f"{number}.xml").write_text(order, encoding="utf-8")
    if received:
        receipts = RECEIPTS.format(number=number)
        (directory / "erp" / "receipts" / f"{number}.csv").write_text(receipts, encoding="utf-8")


def run(directory: Path) -> RunReport:
    with open_workspace(directory) as workspace:
        return workspace.run()


@pytest.mark.spec("INT-9", "INT-4")
def test_each_order_goes_to_its_supplier_at_its_price_and_its_invoice_matches(directory: Path) -> None:
    drop(directory, "PO-1", seller=REFERENCE, price=4280)
    drop(directory, "PO-2", seller=SECOND, price=4066)

    report = run(directory)

    assert report.exit_code == 0, report
    rows = {row.purchase_order_id: row for row in report.rows}
    assert {number: (row.supplier, row.total_incl_tax, row.match) for number, row in rows.items()} == {
        "PO-1": ("askul", 9416, "matched"),
        "PO-2": ("second", 8945, "matched"),
    }
    with open_workspace(directory) as workspace:
        invoices = {invoice["supplier"]: invoice["total_incl_tax"] for invoice in workspace.invoices()}
        [budget] = workspace.budgets()
    assert invoices == {"askul": 9416, "second": 8945}
    assert (budget["actual"], budget["available"]) == (8560 + 8132, 100_000 - 8560 - 8132)


@pytest.mark.spec("INT-9", "CART-4")
def test_what_one_supplier_refuses_is_no_matter_of_the_other(directory: Path) -> None:
    drop(directory, "PO-1", seller=REFERENCE, price=4280)
    drop(directory, "PO-2", seller=SECOND, price=4280, received=False)

    report = run(directory)

    assert report.exit_code == 1
    [rejection] = report.rejections
    assert rejection.purchase_order_id == "PO-2"
    assert [problem.code for problem in rejection.problems] == ["price-changed"]
    assert {row.purchase_order_id: row.match for row in report.rows} == {"PO-1": "matched", "PO-2": ""}


@pytest.mark.spec("INT-9")
def test_a_second_run_changes_nothing(directory: Path) -> None:
    drop(directory, "PO-1", seller=REFERENCE, price=4280)
    drop(directory, "PO-2", seller=SECOND, price=4066)
    run(directory)

    assert run(directory).changed is False
