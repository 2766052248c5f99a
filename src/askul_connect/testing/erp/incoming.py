"""What comes out of an ERP: purchase orders and goods receipts, met again until they are settled."""

from __future__ import annotations

import pytest

from askul_connect.core.domain.mapping import Mapping
from askul_connect.core.errors import UnknownItem
from askul_connect.core.messages.goods_receipt import GoodsReceipt
from askul_connect.core.messages.purchase_order import PurchaseOrder
from askul_connect.core.ports.documents import RejectedGoodsReceipt, RejectedPurchaseOrder
from askul_connect.core.ports.erp import ErpConnector, IncomingDocument, RejectionReport
from askul_connect.testing.erp.bench import ApprovedOrder, ErpBench

#: Stands in the report of a rejection, so that it can be found in the ERP.
_DETAIL = "the item is in no table (kit)"


def waiting(erp: ErpConnector, order: ApprovedOrder) -> list[tuple[IncomingDocument, PurchaseOrder]]:
    """The documents that hold a purchase order, as it is read from each."""
    return [
        (document, found)
        for document in erp.incoming()
        for found in erp.read(document)
        if isinstance(found, PurchaseOrder) and found.purchase_order_id == order.purchase_order_id
    ]


def _receipts(erp: ErpConnector, order: ApprovedOrder) -> list[tuple[IncomingDocument, GoodsReceipt]]:
    return [
        (document, found)
        for document in erp.receipts()
        for found in erp.read_receipts(document)
        if isinstance(found, GoodsReceipt) and found.purchase_order_id == order.purchase_order_id
    ]


def _rejection(order: ApprovedOrder) -> RejectionReport:
    error = UnknownItem(_DETAIL, line_id=order.line_ids[0])
    rejected = RejectedPurchaseOrder(purchase_order_id=order.purchase_order_id, error=error)
    return RejectionReport(rejected=(rejected,))


class IncomingCases:
    """Approved purchase orders (INT-2, INT-6)."""

    @pytest.mark.spec("INT-2")
    def test_incoming_01_an_approved_order_waits_with_its_lines(self, bench: ErpBench) -> None:
        order = bench.approve(3, 2)

        [(_, found)] = waiting(bench.open(), order)

        assert tuple((line.line_id, line.quantity) for line in found.lines) == tuple(
            zip(order.line_ids, (3, 2), strict=True)
        )
        assert found.currency == "JPY"
        assert all(line.unit_price > 0 for line in found.lines)

    @pytest.mark.spec("INT-6")
    def test_incoming_02_it_is_met_again_until_it_is_settled(self, bench: ErpBench) -> None:
        order = bench.approve(1)

        assert len(waiting(bench.open(), order)) == 1
        assert len(waiting(bench.open(), order)) == 1

    @pytest.mark.spec("INT-6")
    def test_incoming_03_what_was_accepted_waits_no_longer(self, bench: ErpBench) -> None:
        order = bench.approve(1)
        erp = bench.open()
        [(document, _)] = waiting(erp, order)

        erp.accepted(document.name)
        erp.accepted(document.name)

        assert waiting(erp, order) == []
        assert waiting(bench.open(), order) == []
        assert bench.told(order) == []

    @pytest.mark.spec("INT-6")
    def test_incoming_04_what_was_rejected_waits_no_longer_and_the_erp_is_told_once(
        self, bench: ErpBench
    ) -> None:
        order = bench.approve(1)
        erp = bench.open()
        [(document, _)] = waiting(erp, order)

        erp.rejected(document.name, _rejection(order))
        # a run that was killed before it could note that does it again
        bench.open().rejected(document.name, _rejection(order))

        assert waiting(bench.open(), order) == []
        [told] = bench.told(order)
        assert _DETAIL in told

    @pytest.mark.spec("INT-6")
    def test_incoming_05_a_document_is_read_by_its_name_alone(self, bench: ErpBench) -> None:
        order = bench.approve(4)
        [(document, found)] = waiting(bench.open(), order)

        again = bench.open().read(IncomingDocument(name=document.name))

        assert found in again

    @pytest.mark.spec("INT-5")
    def test_incoming_06_one_that_waits_is_not_passed_over_for_later_ones(self, bench: ErpBench) -> None:
        early, late = bench.approve(1), bench.approve(2)
        erp = bench.open()
        found = {order: waiting(erp, order) for order in (early, late)}

        [(document, _)] = found[late]
        erp.accepted(document.name)

        assert len(waiting(bench.open(), early)) == 1
        assert waiting(bench.open(), late) == []

    @pytest.mark.spec("INT-2")
    def test_incoming_07_tables_and_budgets_are_given_whole(self, bench: ErpBench) -> None:
        erp = bench.open()

        assert isinstance(erp.mapping(), Mapping)
        budgets = erp.budgets()
        assert len(set(budgets)) == len(budgets)
        assert all(type(budget.amount) is int and budget.amount >= 0 for budget in budgets)

    @pytest.mark.spec("INT-12")
    def test_incoming_08_a_connector_is_closed_twice(self, bench: ErpBench) -> None:
        erp = bench.open()
        erp.mapping()

        erp.close()
        erp.close()


class ReceiptCases:
    """Goods receipts (INT-2, INT-6)."""

    @pytest.mark.spec("INT-2")
    def test_receipts_01_what_was_received_waits_until_it_is_filed(self, bench: ErpBench) -> None:
        order = bench.approve(5, 7)
        bench.receive(order, 1, 4)
        erp = bench.open()

        [(document, found)] = _receipts(erp, order)

        assert (found.line_id, found.quantity) == (order.line_ids[1], 4)
        assert len(_receipts(bench.open(), order)) == 1
        erp.receipts_filed(document.name)
        erp.receipts_filed(document.name)
        assert _receipts(bench.open(), order) == []

    @pytest.mark.spec("INT-6")
    def test_receipts_02_each_has_an_id_of_its_own_that_stays(self, bench: ErpBench) -> None:
        order = bench.approve(5)
        bench.receive(order, 0, 2)
        bench.receive(order, 0, 3)

        first, second = (
            sorted((found.quantity, found.receipt_id) for _, found in _receipts(bench.open(), order))
            for _ in range(2)
        )

        assert first == second
        assert [quantity for quantity, _ in first] == [2, 3]
        assert len({receipt_id for _, receipt_id in first}) == 2

    @pytest.mark.spec("INT-6")
    def test_receipts_03_what_was_rejected_waits_no_longer(self, bench: ErpBench) -> None:
        order = bench.approve(5)
        bench.receive(order, 0, 2)
        erp = bench.open()
        [(document, found)] = _receipts(erp, order)
        rejected = RejectedGoodsReceipt(
            purchase_order_id=order.purchase_order_id, line_id=found.line_id, error=UnknownItem(_DETAIL)
        )

        erp.receipts_rejected(document.name, RejectionReport(rejected=(rejected,)))

        assert _receipts(bench.open(), order) == []
