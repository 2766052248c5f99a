"""UBL 2.1 OrderChange and OrderCancellation to changes of purchase orders; liberal in what is read.

An OrderChange may repeat the whole order. Only quantities can be changed, so what it says of item, unit and price is
kept to be compared with the purchase order, and a line that is to be added is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from askul_connect.adapters.codecs.ubl.order_line import item_number
from askul_connect.adapters.codecs.ubl.parties import BUYER, read_party
from askul_connect.adapters.codecs.ubl.reading import Node, Reading
from askul_connect.adapters.codecs.values import MAXIMUM_QUANTITY, iso_date, unit_price
from askul_connect.core.domain.findings import Findings
from askul_connect.core.domain.purchase_changes import ChangeKind
from askul_connect.core.errors import DocumentError, DocumentTooLarge, ValueInvalid
from askul_connect.core.messages.purchase_order_change import PurchaseOrderChange, PurchaseOrderChangeLine
from askul_connect.core.ports.documents import RejectedPurchaseOrder

#: As an order: a change with more lines than this is to be split.
MAXIMUM_LINES = 10_000
#: A document cancels no more purchase orders than this.
MAXIMUM_REFERENCES = 1_000

#: Of UN/EDIFACT code list 1229, what an OrderChange may say of a line.
_ADDED, _DELETED, _CHANGED, _NO_ACTION = "1", "2", "3", "4"

_Read = tuple[PurchaseOrderChange | RejectedPurchaseOrder, ...]


def read_order_change(document: Node, name: str) -> _Read:
    """The one change of an OrderChange, or why it cannot be taken: every finding by its absolute XPath."""
    findings = Findings(name)
    reading = Reading(findings)
    purchase_order_id = reading.text(document, "cac:OrderReference", "cbc:ID", required=True)
    if not _within(document, "cac:OrderLine", MAXIMUM_LINES, "lines", reading):
        # What is refused anyway is not read any further.
        return (RejectedPurchaseOrder(purchase_order_id=purchase_order_id, error=findings.error()),)
    change_id = reading.text(document, "cbc:ID", required=True)
    if sequence := reading.text(document, "cbc:SequenceNumberID"):
        # Some number the changes of an order, others every document.
        change_id = f"{change_id}/{sequence}"
    buyer_party, _ = read_party(document, BUYER, reading)
    issued_on = _issued_on(document.find("cac:OrderReference"), reading)
    lines: list[PurchaseOrderChangeLine] = []
    named = 0
    for node in document.children("cac:OrderLine"):
        if reading.full:
            break
        named += 1
        if (line := _line(node, reading)) is not None:
            lines.append(line)
    reading.line_id = ""
    _check_line_ids(lines, reading)
    if not lines and not findings:
        detail = "no line of it changes" if named else "it has no line"
        reading.note(DocumentError, detail, f"{document.path}/cac:OrderLine")
    if findings:
        return (RejectedPurchaseOrder(purchase_order_id=purchase_order_id, error=findings.error()),)
    return (
        PurchaseOrderChange(
            change_id=change_id,
            purchase_order_id=purchase_order_id,
            kind=ChangeKind.CHANGE,
            lines=tuple(lines),
            buyer_party=buyer_party,
            issued_on=issued_on,
            where=name,
        ),
    )


def read_order_cancellation(document: Node, name: str) -> _Read:
    """The changes of an OrderCancellation: one for each purchase order that it names, which is cancelled whole."""
    findings = Findings(name)
    reading = Reading(findings)
    number = reading.text(document, "cbc:ID", required=True)
    if not _within(document, "cac:OrderReference", MAXIMUM_REFERENCES, "purchase orders", reading):
        return (RejectedPurchaseOrder(purchase_order_id="", error=findings.error()),)
    buyer_party, _ = read_party(document, BUYER, reading)
    found: dict[str, date | None] = {}
    for node in document.children("cac:OrderReference"):
        purchase_order_id = reading.text(node, "cbc:ID", required=True)
        if purchase_order_id in found:
            reading.note(ValueInvalid, f"{purchase_order_id!r} is named twice", f"{node.path}/cbc:ID")
        found[purchase_order_id] = _issued_on(node, reading)
    if not found:
        reading.note(DocumentError, "it names no purchase order", f"{document.path}/cac:OrderReference")
    if findings:
        # Half of a document that is wrong is not cancelled.
        return tuple(
            RejectedPurchaseOrder(purchase_order_id=one, error=findings.error()) for one in found or ("",)
        )
    return tuple(
        PurchaseOrderChange(
            change_id=number,
            purchase_order_id=purchase_order_id,
            kind=ChangeKind.CANCEL,
            buyer_party=buyer_party,
            issued_on=issued_on,
            where=name,
        )
        for purchase_order_id, issued_on in found.items()
    )


def _within(document: Node, name: str, most: int, what: str, reading: Reading) -> bool:
    count = document.count(name)
    if count > most:
        detail = f"it has {count} {what}; at most {most} are taken"
        reading.note(DocumentTooLarge, detail, f"{document.path}/{name}[{most + 1}]")
    return count <= most


def _issued_on(reference: Node | None, reading: Reading) -> date | None:
    node = reference.find("cbc:IssueDate") if reference is not None else None
    return reading.value(node, iso_date, default=None) if node is not None and node.text else None


def _line(order_line: Node, reading: Reading) -> PurchaseOrderChangeLine | None:
    """A line that changes; None for one of which the document says that nothing is to be done."""
    found = order_line.find("cac:LineItem")
    item = found if found is not None else Node(order_line.element, f"{order_line.path}/cac:LineItem")
    reading.line_id = ""
    reading.line_id = line_id = reading.text(item, "cbc:ID", required=True)
    status = reading.text(item, "cbc:LineStatusCode")
    if status == _NO_ACTION:
        return None
    if status == _ADDED:
        detail = "a change adds no line; order it under a purchase order number of its own"
        reading.note(ValueInvalid, detail, f"{item.path}/cbc:LineStatusCode")
    elif status not in {"", _DELETED, _CHANGED}:
        detail = (
            f"the status of a line is {_DELETED} (deleted), {_CHANGED} (changed) or {_NO_ACTION} (no action)"
        )
        reading.note(ValueInvalid, f"{detail}, not {status[:40]!r}", f"{item.path}/cbc:LineStatusCode")
    places = {
        "line_id": f"{item.path}/cbc:ID",
        "quantity": f"{item.path}/cbc:Quantity",
        "unit": f"{item.path}/cbc:Quantity/@unitCode",
        "sku": f"{item.path}/cac:Item",
        "unit_price": f"{item.path}/cac:Price/cbc:PriceAmount",
    }
    sku, places["sku"] = item_number(item, reading) or ("", places["sku"])
    quantity, unit = (0, "") if status == _DELETED else _quantity(item, reading)
    return PurchaseOrderChangeLine(
        line_id=line_id,
        quantity=quantity,
        sku=sku,
        unit=unit,
        unit_price=_price(item, reading),
        where=order_line.path,
        places=places,
    )


def _quantity(item: Node, reading: Reading) -> tuple[int, str]:
    node = item.find("cbc:Quantity")
    if node is None or not node.text:
        place = node.path if node is not None else f"{item.path}/cbc:Quantity"
        reading.note(DocumentError, "the quantity is missing", place)
        return 0, ""
    value = reading.decimal(node)
    if value is None:
        return 0, ""
    return reading.attempt(lambda: _units(value), node.path, default=0), node.attribute("unitCode")


def _units(value: Decimal) -> int:
    if value != value.to_integral_value() or not 0 <= value <= MAXIMUM_QUANTITY:
        raise ValueInvalid(f"the units wanted are a whole number from 0 to {MAXIMUM_QUANTITY}, not {value}")
    return int(value)


def _price(item: Node, reading: Reading) -> Decimal | None:
    node = item.find("cac:Price", "cbc:PriceAmount")
    amount = reading.decimal(node) if node is not None and node.text else None
    base_node = item.find("cac:Price", "cbc:BaseQuantity")
    base = reading.decimal(base_node) if base_node is not None and base_node.text else Decimal(1)
    if node is None or amount is None or base is None:
        return None
    exact_amount, exact_base = amount, base
    return reading.attempt(lambda: unit_price(exact_amount, exact_base), node.path, default=None)


def _check_line_ids(lines: Sequence[PurchaseOrderChangeLine], reading: Reading) -> None:
    seen: dict[str, str] = {}
    for line in lines:
        place = line.places["line_id"]
        if line.line_id and seen.setdefault(line.line_id, place) != place:
            reading.note(ValueInvalid, f"line {line.line_id!r} stands at {seen[line.line_id]} already", place)
