"""Allowances and charges from the ERP's document to the last invoice, with documents of our own (issue 3)."""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import evolve
from foreign_checks import assert_same
from foreign_documents import DOCUMENTS, EVERYTHING, NORWAY
from foreign_reading import read_order
from foreign_world import Directory, make_directory

from askul_connect.adapters._xml import parse

PARTS = 'part_interval_days = 1\nexceptions = [{ purchase_order_id = "PO/7", parts = 5 }]'
RECEIPT = "purchase_order_id,line_id,quantity,received_on\n"


@pytest.mark.spec("INT-2")
@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_becomes_the_order_it_says(name: str, tmp_path: Path) -> None:
    text, abroad = DOCUMENTS[name]
    directory = make_directory(tmp_path, abroad)
    directory.write("erp/in/order.xml", text)

    report = directory.run()

    assert not report.rejections, report.rejections
    assert not report.warnings
    [order] = directory.orders()
    assert_same(order, read_order(text.encode()), abroad)
    assert sum(entry["total_excl_tax"] for entry in directory.invoices()) == order["total_excl_tax"]


@pytest.fixture(scope="module")
def shipped_in_parts(tmp_path_factory: pytest.TempPathFactory) -> Directory:
    """An order that left in five parts, and was received and invoiced."""
    directory = make_directory(
        tmp_path_factory.mktemp("parts") / "here", NORWAY, budget="2000", behaviour=PARTS
    )
    directory.write("erp/in/order.xml", EVERYTHING)
    quantities = {"10": 12, "20": 7, "30": 3}
    rows = [f"PO/7,{line},{quantity},2026-04-20\n" for line, quantity in quantities.items()]
    directory.run()
    directory.write("erp/receipts/r.csv", RECEIPT + "".join(rows))
    directory.run()
    return directory


@pytest.mark.spec("BIL-1")
def test_in_parts_everything_is_billed_once(shipped_in_parts: Directory) -> None:
    [order] = shipped_in_parts.orders()
    invoices = shipped_in_parts.invoices()
    lines = [line for invoice in invoices for line in invoice["lines"]]
    billed = [entry for invoice in invoices for entry in invoice["allowances"]]

    assert len({line["ship_notice_number"] for line in lines}) == 5
    assert len(billed) > len(order["allowances"])
    for kind, code in (("allowance", "95"), ("charge", "FC")):
        parts = [entry["amount"] for entry in billed if (entry["kind"], entry["reason_code"]) == (kind, code)]
        [whole] = [entry["amount"] for entry in order["allowances"] if entry["kind"] == kind]
        assert sum(parts) == whole
    for line in order["lines"]:
        parts = [part for part in lines if part["order_line_id"] == line["line_id"]]
        assert sum(part["amount_excl_tax"] for part in parts) == line["amount_excl_tax"]
        for entry in line["allowances"]:
            amounts = [
                part["amount"]
                for each in parts
                for part in each["allowances"]
                if part["reason_code"] == entry["reason_code"]
            ]
            assert sum(amounts) == entry["amount"]
    assert sum(invoice["total_excl_tax"] for invoice in invoices) == order["total_excl_tax"] == 127_874


@pytest.mark.spec("INT-4")
def test_in_parts_every_invoice_line_matches(shipped_in_parts: Directory) -> None:
    results = [match for invoice in shipped_in_parts.invoices() for match in invoice["match"]]

    assert {match["result"] for match in results} == {"matched"}, results


@pytest.mark.spec("INT-3")
def test_the_budget_moves_by_what_is_to_be_paid(shipped_in_parts: Directory) -> None:
    budget = shipped_in_parts.budget()

    assert (budget["pre_encumbrance"], budget["encumbrance"]) == (0, 0)
    invoiced = sum(invoice["total_incl_tax"] for invoice in shipped_in_parts.invoices())
    net = sum(invoice["total_excl_tax"] for invoice in shipped_in_parts.invoices())
    assert budget["actual"] in {invoiced, net}
    assert budget["available"] == 200_000 - budget["actual"]


@pytest.mark.spec("INT-7")
def test_finance_reads_them_beside_the_orders(shipped_in_parts: Directory) -> None:
    written = (shipped_in_parts.path / "finance" / "order_allowances.csv").read_text("utf-8-sig")
    rows = [row.split(",") for row in written.splitlines()]

    assert [row[2:6] for row in rows[1:]] == [
        ["10", "allowance", "3000", "95"],
        ["10", "charge", "2502", "ABK"],
        ["", "allowance", "13319", "95"],
        ["", "charge", "8001", "FC"],
    ]
    invoiced = (shipped_in_parts.path / "finance" / "invoice_allowances.csv").read_text("utf-8-sig")
    assert len(invoiced.splitlines()) > len(rows)


@pytest.mark.spec("BIL-2")
def test_the_invoice_for_the_erp_has_them_and_adds_up(shipped_in_parts: Directory) -> None:
    cac = "{urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2}"
    cbc = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
    documents = [
        parse(path.read_bytes(), where=path.name)
        for path in (shipped_in_parts.path / "erp" / "out").iterdir()
        if b"<Invoice" in path.read_bytes()
    ]
    assert documents
    for root in documents:
        entries = root.findall(f"{cac}AllowanceCharge")
        assert all(entry.find(f"{cac}TaxCategory") is not None for entry in entries)
        total = root.find(f"{cac}LegalMonetaryTotal")
        assert total is not None

        def minor(name: str, within: object = total) -> int:
            found = within.findtext(f"{cbc}{name}")  # type: ignore[attr-defined]  # an element of lxml
            return int(found.replace(".", ""))

        signed = sum(
            minor("Amount", entry) * (1 if entry.findtext(f"{cbc}ChargeIndicator") == "true" else -1)
            for entry in entries
        )
        assert minor("ChargeTotalAmount") - minor("AllowanceTotalAmount") == signed
        assert minor("LineExtensionAmount") + signed == minor("TaxExclusiveAmount")


@pytest.mark.spec("CART-4")
def test_a_supplier_takes_no_discount_that_it_has_not_agreed_to(tmp_path: Path) -> None:
    """The default is to refuse; nothing stays reserved."""
    directory = make_directory(tmp_path, evolve(NORWAY, terms=()), budget="2000")
    directory.write("erp/in/order.xml", EVERYTHING)

    directory.run()

    assert not directory.orders()
    problems = directory.error("order.xml")["problems"]
    assert [problem["code"] for problem in problems] == ["allowance-refused"] * 4
    assert [problem["line_id"] for problem in problems] == ["10", "10", "", ""]
    assert directory.budget()["available"] == 200_000
