"""Documents and the buyer's entities to store."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from attrs import evolve
from hypothesis import strategies as st

from askul_connect.core.domain.allowances import AnticipatedTotals
from askul_connect.core.domain.budget_terms import BudgetTerms, ShippingBasis
from askul_connect.core.domain.catalog import Fulfilment
from askul_connect.core.domain.matches import (
    DecisionKind,
    DifferenceKind,
    MatchDecision,
    MatchFinding,
    MatchResult,
)
from askul_connect.core.domain.orders import Channel, LineState, OrderState
from askul_connect.core.domain.purchasing import (
    InvoiceMatch,
    LedgerMove,
    MoveKind,
    PurchaseLine,
    PurchaseOrderKey,
    PurchaseOrderRecord,
    PurchaseOrderState,
)
from askul_connect.core.domain.requisitions import Requisition, RequisitionLine
from askul_connect.core.domain.tax import TaxCategory, TaxTotal
from askul_connect.core.messages.documents import (
    ConfirmationLine,
    Invoice,
    InvoiceAllowance,
    InvoiceLine,
    OrderConfirmation,
    OrderDocument,
    OrderDocumentLine,
    Party,
    ShipNotice,
    ShipNoticeLine,
)
from askul_connect.core.messages.goods_receipt import GoodsReceipt
from askul_connect.testing.storage.samples import (
    ALLOWANCE,
    CHARGE,
    NOW,
    TODAY,
    allowances,
    anticipated_totals,
    counts,
    days,
    instants,
    minors,
    prices,
    rates,
    some_allowances,
    texts,
    totals,
)

SUPPLIER = Party(
    name="見本商会",
    party_id="0188:9876543210987",
    registration_number="T9876543210987",
    postcode="135-0061",
    address="東京都江東区豊洲1-1",
)
CUSTOMER = Party(name="株式会社見本")
KEY = PurchaseOrderKey(buyer_party="0188:1234567890123", purchase_order_id="PO-1", issue_year=2026)
_TAX = (TaxTotal(category=TaxCategory.STANDARD, rate=Decimal(10), taxable=985, tax=98),)


def confirmation(number: str = "C-1", **changes: Any) -> OrderConfirmation:
    """A confirmation."""
    values: dict[str, Any] = {
        "confirmation_number": number,
        "order_number": "O-1",
        "purchase_order_id": "PO-1",
        "currency": "JPY",
        "confirmed_at": NOW,
        "confirmed_on": TODAY,
        "lines": (
            ConfirmationLine(
                line_id="1",
                sku="100001",
                name="油性ボールペン 黒",
                quantity=10,
                unit="EA",
                unit_price=Decimal("98.50"),
                quantity_confirmed=8,
                promised_on=TODAY,
                reason="在庫不足",
            ),
        ),
        "supplier": SUPPLIER,
        "customer": CUSTOMER,
    }
    return OrderConfirmation(**{**values, **changes})


def ship_notice(number: str = "S-1", **changes: Any) -> ShipNotice:
    """A ship notice."""
    values: dict[str, Any] = {
        "ship_notice_number": number,
        "order_number": "O-1",
        "purchase_order_id": "PO-1",
        "shipped_at": NOW,
        "shipped_on": TODAY,
        "lines": (
            ShipNoticeLine(
                line_id="1",
                sku="100001",
                name="油性ボールペン 黒",
                quantity=4,
                unit="EA",
                quantity_outstanding=5,
                quantity_short=1,
                reason="欠品",
            ),
        ),
        "supplier": SUPPLIER,
        "customer": CUSTOMER,
    }
    return ShipNotice(**{**values, **changes})


def invoice_line(line_number: str = "1", **changes: Any) -> InvoiceLine:
    """A line of an invoice."""
    values: dict[str, Any] = {
        "line_number": line_number,
        "order_number": "O-1",
        "purchase_order_id": "PO-1",
        "line_id": "1",
        "ship_notice_number": "S-1",
        "shipped_on": TODAY,
        "sku": "100001",
        "name": "油性ボールペン 黒",
        "quantity": 10,
        "unit": "EA",
        "unit_price": Decimal("98.5"),
        "amount_excl_tax": 985,
        "tax_category": TaxCategory.STANDARD,
        "tax_rate": Decimal(10),
        "department": "A-10",
        "cost_centre": "4711",
    }
    return InvoiceLine(**{**values, **changes})


def invoice(number: str = "I-1", **changes: Any) -> Invoice:
    """An invoice."""
    values: dict[str, Any] = {
        "invoice_number": number,
        "issued_on": TODAY,
        "period_start": TODAY,
        "period_end": TODAY,
        "due_on": TODAY,
        "currency": "JPY",
        "supplier": SUPPLIER,
        "customer": CUSTOMER,
        "lines": (invoice_line(),),
        "tax": _TAX,
        "total_excl_tax": 985,
        "total_incl_tax": 1083,
    }
    return Invoice(**{**values, **changes})


def order_document_line(line_id: str = "1", **changes: Any) -> OrderDocumentLine:
    """A line of an order of the history."""
    values: dict[str, Any] = {
        "line_id": line_id,
        "sku": "100001",
        "name": "油性ボールペン 黒",
        "quantity": 10,
        "unit": "EA",
        "unit_price": Decimal("98.5"),
        "amount_excl_tax": 985,
        "tax_category": TaxCategory.STANDARD,
        "tax_rate": Decimal(10),
        "fulfilment": Fulfilment.STOCK,
        "state": LineState.PLACED,
    }
    return OrderDocumentLine(**{**values, **changes})


def order_document(number: str = "O-1", **changes: Any) -> OrderDocument:
    """An order of the history."""
    values: dict[str, Any] = {
        "order_number": number,
        "purchase_order_id": "PO-1",
        "buyer_party": "0188:1234567890123",
        "state": OrderState.PLACED,
        "channel": Channel.SOAP,
        "currency": "JPY",
        "placed_at": NOW,
        "order_date": TODAY,
        "lines": (order_document_line("1"), order_document_line("2")),
        "tax": _TAX,
        "total_excl_tax": 1970,
        "total_incl_tax": 2167,
        "linked_orders": ("O-2",),
    }
    return OrderDocument(**{**values, **changes})


def purchase_line(line_id: str = "1", **changes: Any) -> PurchaseLine:
    """A line of a purchase order."""
    values: dict[str, Any] = {
        "line_id": line_id,
        "sku": "100001",
        "quantity": 10,
        "unit": "EA",
        "unit_price": Decimal("98.5"),
        "amount_excl_tax": 985,
        "department": "A-10",
        "cost_centre": "4711",
        "account": "7420",
        "requested_on": None,
        "tax_category": None,
        "period": "2026-04",
    }
    return PurchaseLine(**{**values, **changes})


def purchase_order(key: PurchaseOrderKey = KEY, **changes: Any) -> PurchaseOrderRecord:
    """A purchase order that was taken."""
    values: dict[str, Any] = {
        "key": key,
        "content_hash": "sha",
        "supplier": "askul",
        "currency": "JPY",
        "state": PurchaseOrderState.ACCEPTED,
        "lines": (
            purchase_line("1"),
            purchase_line("2", allowances=(ALLOWANCE,), requested_on=TODAY, tax_category=TaxCategory.REDUCED),
        ),
        "accepted_at": NOW,
        "correlation_id": "correlation-1",
        "document": "PO-1.xml",
        "allowances": (ALLOWANCE, CHARGE),
        "anticipated": AnticipatedTotals(lines=1_970, rounding=-1),
    }
    return PurchaseOrderRecord(**{**values, **changes})


def requisition(number: str = "R-1", **changes: Any) -> Requisition:
    """A requisition that was taken."""
    line = RequisitionLine(
        line_id="1",
        quantity=10,
        amount_excl_tax=985,
        department="A-10",
        cost_centre="4711",
        account="",
        tax_category=TaxCategory.REDUCED,
        period="2026-04",
    )
    values: dict[str, Any] = {
        "buyer_party": KEY.buyer_party,
        "requisition_id": number,
        "content_hash": "sha",
        "currency": "JPY",
        "lines": (line, evolve(line, line_id="2", tax_category=None)),
        "cancelled": False,
        "document": "R.csv",
        "taken_at": NOW,
        "terms": BudgetTerms(shipping=ShippingBasis.EXCLUDED),
    }
    return Requisition(**{**values, **changes})


def receipt(receipt_id: str = "R-1", quantity: int = 4, line_id: str = "1") -> GoodsReceipt:
    """A goods receipt."""
    return GoodsReceipt(
        receipt_id=receipt_id,
        purchase_order_id=KEY.purchase_order_id,
        line_id=line_id,
        quantity=quantity,
        received_on=TODAY,
    )


def move(key: str = "move-1", **changes: Any) -> LedgerMove:
    """A move that encumbers 100."""
    values: dict[str, Any] = {
        "move_key": key,
        "kind": MoveKind.ENCUMBRANCE,
        "department": "A-10",
        "period": "2026-04",
        "currency": "JPY",
        "quantity": 10,
        "pre_encumbrance": 0,
        "encumbrance": 100,
        "actual": 0,
        "source": "O-1",
        "purchase_order": str(KEY),
        "line_id": "1",
        "at": NOW,
    }
    return LedgerMove(**{**values, **changes})


def match(line_number: str = "1", **changes: Any) -> InvoiceMatch:
    """The match of an invoice's line."""
    values: dict[str, Any] = {
        "supplier": "askul",
        "invoice_number": "I-1",
        "line_number": line_number,
        "purchase_order": str(KEY),
        "line_id": "1",
        "result": MatchResult.MATCHED,
        "detail": "10 = 10",
    }
    values |= changes
    return InvoiceMatch(**{"booked": values["result"] is MatchResult.MATCHED, **values})


def finding(**changes: Any) -> MatchFinding:
    """A difference."""
    values: dict[str, Any] = {
        "kind": DifferenceKind.UNIT_PRICE,
        "amount": -12,
        "facts": {"invoiced": "97.3", "ordered": "98.5", "tolerance": '見本 " \\'},
    }
    return MatchFinding(**{**values, **changes})


def decision(**changes: Any) -> MatchDecision:
    """A line was released."""
    values: dict[str, Any] = {
        "supplier": "askul",
        "invoice_number": "I-1",
        "line_number": "1",
        "decision": DecisionKind.ACCEPTED,
        "result": MatchResult.PRICE_DIFFERENCE,
        "decided_by": "経理 花子",
        "decided_at": NOW,
        "reason": "agreed by telephone",
    }
    return MatchDecision(**{**values, **changes})


parties = st.builds(
    Party, name=texts, party_id=texts, registration_number=texts, postcode=texts, address=texts
)
order_document_lines = st.builds(
    OrderDocumentLine,
    line_id=texts,
    sku=texts,
    name=texts,
    quantity=counts,
    unit=texts,
    unit_price=prices,
    amount_excl_tax=minors,
    tax_category=st.sampled_from(TaxCategory),
    tax_rate=rates,
    fulfilment=st.sampled_from(Fulfilment),
    state=st.sampled_from(LineState),
    quantity_shipped=counts,
    quantity_cancelled=counts,
    department=texts,
    cost_centre=texts,
    allowances=some_allowances,
)
order_documents = st.builds(
    OrderDocument,
    order_number=texts,
    purchase_order_id=texts,
    buyer_party=texts,
    state=st.sampled_from(OrderState),
    channel=st.sampled_from(Channel),
    currency=st.sampled_from(["JPY", "USD"]),
    placed_at=instants,
    order_date=days,
    lines=st.lists(order_document_lines, max_size=4).map(tuple),
    tax=st.lists(totals, max_size=3).map(tuple),
    total_excl_tax=minors,
    total_incl_tax=minors,
    linked_orders=st.lists(texts, max_size=3).map(tuple),
    allowances=some_allowances,
    anticipated=anticipated_totals,
)
invoice_lines = st.builds(
    InvoiceLine,
    line_number=texts,
    order_number=texts,
    purchase_order_id=texts,
    line_id=texts,
    ship_notice_number=texts,
    shipped_on=days,
    sku=texts,
    name=texts,
    quantity=counts,
    unit=texts,
    unit_price=prices,
    amount_excl_tax=minors,
    tax_category=st.sampled_from(TaxCategory),
    tax_rate=rates,
    department=texts,
    cost_centre=texts,
    allowances=some_allowances,
)
invoice_allowances = st.builds(
    InvoiceAllowance,
    order_number=texts,
    purchase_order_id=texts,
    ship_notice_number=texts,
    allowance=allowances,
)
invoices = st.builds(
    Invoice,
    invoice_number=texts,
    issued_on=days,
    period_start=days,
    period_end=days,
    due_on=days,
    currency=st.sampled_from(["JPY", "USD"]),
    supplier=parties,
    customer=parties,
    lines=st.lists(invoice_lines, max_size=4).map(tuple),
    tax=st.lists(totals, max_size=3).map(tuple),
    total_excl_tax=minors,
    total_incl_tax=minors,
    allowances=st.lists(invoice_allowances, max_size=2).map(tuple),
)
