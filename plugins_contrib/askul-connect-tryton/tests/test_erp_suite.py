"""A real Tryton passes the suite for ERPs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

from askul_connect import ErpConnection
from askul_connect.core.ports.erp import ErpConnector
from askul_connect.settings import load_settings
from askul_connect.testing import plugin_workbench
from askul_connect.testing.erp import ErpBench, ErpSuite
from askul_connect.testing.erp.bench import ApprovedOrder
from askul_connect_tryton.connector import TrytonConnector

pytestmark = pytest.mark.timeout(900)


@frozen
class TrytonBench:
    """People who work in Tryton."""

    erp: Any
    directory: Path

    supplier = "askul"
    sku = "B100-0001"
    unit = "XCT"
    department = "D100"

    def open(self) -> ErpConnector:
        options = load_settings(self.directory).erp.options
        toolkit = plugin_workbench(self.directory).toolkit
        return TrytonConnector(toolkit, ErpConnection(key="erp.tryton", options=options))

    def approve(self, *quantities: int) -> ApprovedOrder:
        number = self.erp.approve("D100", *(("PAPER-A4", quantity, "100") for quantity in quantities))
        [purchase] = self.erp.client.find("purchase.purchase", [["number", "=", number]], ["lines"])
        return ApprovedOrder(
            purchase_order_id=number, line_ids=tuple(str(line) for line in purchase["lines"])
        )

    def receive(self, order: ApprovedOrder, line: int, quantity: int) -> None:
        client = self.erp.client
        origin = f"purchase.line,{order.line_ids[line]}"
        domain = [["origin", "=", origin], ["state", "=", "draft"], ["shipment", "=", None]]
        [move] = client.find("stock.move", domain, ["to_location"])
        fields = ["party", "warehouse"]
        [purchase] = client.find("purchase.purchase", [["number", "=", order.purchase_order_id]], fields)
        [storage] = client.read("stock.location", [purchase["warehouse"]], ["storage_location"])
        shipment = {
            "supplier": purchase["party"],
            "warehouse": purchase["warehouse"],
            "warehouse_input": move["to_location"],
            "warehouse_storage": storage["storage_location"],
            "company": client.context["company"],
            "incoming_moves": [["write", [move["id"]], {"quantity": quantity}], ["add", [move["id"]]]],
        }
        client.create("stock.shipment.in", [shipment])
        self.erp.buyer.receive(date(2026, 4, 1))

    def told(self, order: ApprovedOrder) -> Sequence[str]:
        return [note for note in self.erp.notes(order.purchase_order_id) if note.startswith("[askul-connect")]

    def held(self) -> object:
        fields = ["reference", "untaxed_amount", "tax_amount", "total_amount", "lines", "taxes"]
        invoices = {one["id"]: one for one in self.erp.client.find("account.invoice", [], fields)}
        purchases = self.erp.client.find("purchase.purchase", [], ["reference"])
        return self.erp.counts(), invoices, {one["id"]: one["reference"] for one in purchases}


@pytest.fixture(scope="module")
def bench(all_tests: None, erp: Any, directory: Path) -> ErpBench:
    return TrytonBench(erp, directory)


class TestTryton(ErpSuite):
    """The cases share one Tryton."""
