"""What goes into an ERP: suppliers' documents, each once however often it is handed over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from attrs import evolve

from askul_connect.core.domain.tax import TaxCategory, TaxTotal
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
from askul_connect.core.ports.erp import SupplierDocument
from askul_connect.testing.erp.bench import ApprovedOrder, ErpBench

_DAY = date(2026, 4, 6)
_NOW = datetime(2026, 4, 6, 1, tzinfo=UTC)
_SUPPLIER = Party(name="見本事務機株式会社", registration_number="T1999999999998")
_CUSTOMER = Party(name="見本商事株式会社")
_PRICE = Decimal(100)


def _confirmation(bench: ErpBench, order: ApprovedOrder) -> OrderConfirmation:
    line = ConfirmationLine(
        line_id=order.line_ids[0],
        sku=bench.sku,
        name="見本",
        quantity=5,
        unit=bench.unit,
        unit_price=_PRICE,
        quantity_confirmed=4,
        promised_on=_DAY,
        reason="在庫不足",
    )
    return OrderConfirmation(
        confirmation_number=f"KIT-OC-{order.purchase_order_id}",
        order_number=f"KIT-{order.purchase_order_id}",
        purchase_order_id=order.purchase_order_id,
        currency="JPY",
        confirmed_at=_NOW,
        confirmed_on=_DAY,
        lines=(line,),
        supplier=_SUPPLIER,
        customer=_CUSTOMER,
    )


def _ship_notice(bench: ErpBench, order: ApprovedOrder) -> ShipNotice:
    line = ShipNoticeLine(line_id=order.line_ids[0], sku=bench.sku, name="見本", quantity=4, unit=bench.unit)
    return ShipNotice(
        ship_notice_number=f"KIT-SN-{order.purchase_order_id}",
        order_number=f"KIT-{order.purchase_order_id}",
        purchase_order_id=order.purchase_order_id,
        shipped_at=_NOW,
        shipped_on=_DAY,
        lines=(line,),
        supplier=_SUPPLIER,
        customer=_CUSTOMER,
    )


def _invoice(bench: ErpBench, order: ApprovedOrder) -> Invoice:
    line = InvoiceLine(
        line_number="1",
        order_number=f"KIT-{order.purchase_order_id}",
        purchase_order_id=order.purchase_order_id,
        line_id=order.line_ids[0],
        ship_notice_number=f"KIT-SN-{order.purchase_order_id}",
        shipped_on=_DAY,
        sku=bench.sku,
        name="見本",
        quantity=4,
        unit=bench.unit,
        unit_price=_PRICE,
        # not quantity times price: the document says so, and its word counts
        amount_excl_tax=398,
        tax_category=TaxCategory.STANDARD,
        tax_rate=Decimal(10),
        department=bench.department,
    )
    return Invoice(
        invoice_number=f"KIT-IN-{order.purchase_order_id}",
        issued_on=_DAY,
        period_start=_DAY,
        period_end=_DAY,
        due_on=date(2026, 5, 31),
        currency="JPY",
        supplier=_SUPPLIER,
        customer=_CUSTOMER,
        lines=(line,),
        tax=(TaxTotal(category=TaxCategory.STANDARD, rate=Decimal(10), taxable=399, tax=38),),
        # one yen more than its lines, and a tax of its own
        total_excl_tax=399,
        total_incl_tax=437,
    )


def _credit_note(bench: ErpBench, order: ApprovedOrder) -> CreditNote:
    line = CreditNoteLine(
        line_number="1",
        order_number=f"KIT-{order.purchase_order_id}",
        purchase_order_id=order.purchase_order_id,
        line_id=order.line_ids[0],
        ship_notice_number=f"KIT-SN-{order.purchase_order_id}",
        shipped_on=_DAY,
        returned_on=_DAY,
        sku=bench.sku,
        name="見本",
        quantity=1,
        unit=bench.unit,
        unit_price=_PRICE,
        amount_excl_tax=99,
        tax_category=TaxCategory.STANDARD,
        tax_rate=Decimal(10),
        reduction_id=f"KIT-R-{order.purchase_order_id}",
        department=bench.department,
    )
    return CreditNote(
        credit_note_number=f"KIT-CN-{order.purchase_order_id}",
        issued_on=_DAY,
        period_end=_DAY,
        invoice_number=f"KIT-IN-{order.purchase_order_id}",
        invoice_issued_on=_DAY,
        currency="JPY",
        supplier=_SUPPLIER,
        customer=_CUSTOMER,
        lines=(line,),
        tax=(TaxTotal(category=TaxCategory.STANDARD, rate=Decimal(10), taxable=99, tax=9),),
        total_excl_tax=99,
        total_incl_tax=108,
    )


_DOCUMENTS: tuple[Callable[[ErpBench, ApprovedOrder], SupplierDocument], ...] = (
    _confirmation,
    _ship_notice,
    _invoice,
    _credit_note,
)


class PostingCases:
    """Suppliers' documents (INT-2, INT-4, INT-6)."""

    @pytest.mark.spec("INT-6")
    @pytest.mark.parametrize("make", _DOCUMENTS)
    def test_posting_01_a_document_is_there_once_however_often_it_is_handed_over(
        self, bench: ErpBench, make: Callable[[ErpBench, ApprovedOrder], SupplierDocument]
    ) -> None:
        order = bench.approve(5)
        document, before = make(bench, order), bench.held()

        name = bench.open().post(bench.supplier, document)
        after = bench.held()
        again = bench.open().post(bench.supplier, document)

        assert after != before
        assert (again, bench.held()) == (name, after)

    @pytest.mark.spec("INT-6")
    def test_posting_02_documents_of_other_numbers_are_others(self, bench: ErpBench) -> None:
        order = bench.approve(5)
        document, erp = _invoice(bench, order), bench.open()

        first = erp.post(bench.supplier, document)
        one = bench.held()
        second = erp.post(bench.supplier, evolve(document, invoice_number=f"{document.invoice_number}-B"))

        assert first != second
        assert bench.held() != one
