"""UBL 2.1 Order (Peppol BIS Ordering 3, transaction T01) to a purchase order; liberal in what it reads.

The same entrance takes changes and cancellations, since an ERP drops them in the same place.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from lxml import etree

from askul_connect.adapters._xml import parse
from askul_connect.adapters.codecs.ubl.allowances import read_allowances, read_totals
from askul_connect.adapters.codecs.ubl.amounts import DocumentCurrency
from askul_connect.adapters.codecs.ubl.names import document_namespace
from askul_connect.adapters.codecs.ubl.order_change import read_order_cancellation, read_order_change
from askul_connect.adapters.codecs.ubl.order_line import OrderHeader, read_line, requested_on
from askul_connect.adapters.codecs.ubl.parties import BUYER, SELLER, read_party
from askul_connect.adapters.codecs.ubl.reading import Node, Reading
from askul_connect.adapters.codecs.values import iso_date
from askul_connect.core.domain.findings import Findings
from askul_connect.core.errors import DocumentError, DocumentTooLarge, DocumentUnsupported, ValueInvalid
from askul_connect.core.messages.purchase_order import PurchaseOrder, PurchaseOrderLine, StatedTotals
from askul_connect.core.messages.purchase_order_change import PurchaseOrderChange
from askul_connect.core.ports.documents import RejectedPurchaseOrder

#: An order with more lines than this is to be split.
MAXIMUM_LINES = 10_000
#: What may stand in the header any number of times, and how often it does in an honest order at most.
_LIMITS = (
    ("cac:OrderLine", MAXIMUM_LINES, "lines"),
    ("cbc:Note", 100, "notes"),
    ("cac:AllowanceCharge", 1_000, "allowances and charges"),
)

#: Kinds of documents about purchase orders beside the Order, and what reads them.
_CHANGES = {"OrderChange": read_order_change, "OrderCancellation": read_order_cancellation}


class UblOrderReader:
    """Reads a UBL Order, OrderChange or OrderCancellation."""

    def read(
        self, data: bytes, *, name: str
    ) -> tuple[PurchaseOrder | PurchaseOrderChange | RejectedPurchaseOrder, ...]:
        """The purchase order or the changes, or why they cannot be taken: every finding by its absolute XPath.

        Args:
            data: The document.
            name: The file's name, for errors.

        Raises:
            DocumentError: It is not well-formed, holds what is never accepted or is beyond the limits.
            DocumentUnsupported: It is another kind of document.
        """
        root = parse(data, where=name)
        tag = etree.QName(root)
        if tag.localname in {"Order", *_CHANGES} and tag.namespace == document_namespace(tag.localname):
            node = Node(root, f"/{tag.localname}")
            read = _CHANGES.get(tag.localname)
            return (_order(node, name),) if read is None else read(node, name)
        raise DocumentUnsupported(
            f"the document is {tag.localname!r} in the namespace {tag.namespace or 'none'!r}; taken are the"
            f" {', '.join(('Order', *_CHANGES))} of UBL 2.1, the first in {document_namespace('Order')!r}",
            where=name,
        )


def _order(order: Node, name: str) -> PurchaseOrder | RejectedPurchaseOrder:
    findings = Findings(name)
    reading = Reading(findings)
    purchase_order_id = reading.text(order, "cbc:ID", required=True)
    if _too_large(order, reading):
        # What is refused anyway is not read any further.
        return RejectedPurchaseOrder(purchase_order_id=purchase_order_id, error=findings.error())
    money = DocumentCurrency(reading.text(order, "cbc:DocumentCurrencyCode", required=True))
    issued_on = _issue_date(order, reading)
    buyer_party, buyer_place = read_party(order, BUYER, reading)
    seller_party, seller_place = read_party(order, SELLER, reading)
    note = " ".join(filter(None, (reading.prose(node) for node in order.children("cbc:Note"))))
    allowances = read_allowances(order, money, reading)
    totals = read_totals(order, money, reading)
    header = OrderHeader(
        money=money,
        department=reading.text(order, "cbc:AccountingCost"),
        requested_on=requested_on(order, reading),
        requisition_id=reading.text(order, "cac:OriginatorDocumentReference", "cbc:ID"),
    )
    lines: list[tuple[PurchaseOrderLine, Decimal | None]] = []
    amounts: list[Decimal | None] = []
    for node in order.children("cac:OrderLine"):
        if reading.full:
            # Of a part of the lines no sum can be checked.
            amounts.append(None)
            break
        lines.append(read_line(node, header, reading))
        amounts.append(lines[-1][1])
    reading.line_id = ""
    _check_line_ids(lines, reading)
    if not lines:
        reading.note(DocumentError, "the order has no line", "/Order/cac:OrderLine")
    total = totals.lines
    _check_sum(totals, amounts, money, reading)
    if findings:
        return RejectedPurchaseOrder(purchase_order_id=purchase_order_id, error=findings.error())
    return PurchaseOrder(
        purchase_order_id=purchase_order_id,
        currency=money.code,
        lines=tuple(line for line, _ in lines),
        buyer_party=buyer_party,
        seller_party=seller_party,
        issued_on=issued_on,
        note=note,
        total_excl_tax=money.minor(total),
        allowances=allowances,
        totals=totals,
        where=name,
        places={
            "purchase_order_id": "/Order/cbc:ID",
            "currency": "/Order/cbc:DocumentCurrencyCode",
            "buyer_party": buyer_place,
            "seller_party": seller_place,
        },
    )


def _too_large(order: Node, reading: Reading) -> bool:
    excess = [(each, count) for each in _LIMITS if (count := order.count(each[0])) > each[1]]
    for (name, most, what), count in excess:
        detail = f"the order has {count} {what}; at most {most} are taken"
        reading.note(DocumentTooLarge, detail, f"/Order/{name}[{most + 1}]")
    return bool(excess)


def _issue_date(order: Node, reading: Reading) -> date | None:
    node = order.find("cbc:IssueDate")
    if node is None or not node.text:
        reading.text(order, "cbc:IssueDate", required=True)
        return None
    return reading.value(node, iso_date, default=None)


def _check_line_ids(lines: Sequence[tuple[PurchaseOrderLine, Decimal | None]], reading: Reading) -> None:
    seen: dict[str, str] = {}
    for line, _ in lines:
        place = line.places["line_id"]
        if line.line_id and seen.setdefault(line.line_id, place) != place:
            reading.note(ValueInvalid, f"line {line.line_id!r} stands at {seen[line.line_id]} already", place)


def _check_sum(
    totals: StatedTotals, amounts: Sequence[Decimal | None], money: DocumentCurrency, reading: Reading
) -> None:
    """Note a stated sum of the lines that is not their sum."""
    known = [amount for amount in amounts if amount is not None]
    computed = sum(known, Decimal(0))
    # A line without an amount has a finding of its own; the sum would only repeat it.
    if totals.lines is not None and len(known) == len(amounts) and not money.agree(totals.lines, computed):
        detail = f"the stated sum of the lines is {totals.lines}, they add up to {computed}"
        reading.note(ValueInvalid, detail, totals.places["lines"])
