"""A ship notice in Tryton: a supplier shipment in draft, which proposes to the warehouse what to receive."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from askul_connect.core.errors import ValueInvalid
from askul_connect.core.messages.documents import ShipNotice, ShipNoticeLine
from askul_connect_tryton.client import Record
from askul_connect_tryton.counterpart import Counterpart

_AWAITED = ("quantity", "origin", "from_location", "to_location")


def post_ship_notice(tryton: Counterpart, supplier: str, document: ShipNotice) -> str:
    """Propose its receipt; the same again changes nothing.

    The awaited moves of the purchase's lines go into the shipment with the quantities that are on their way, in one
    call; when the shipment is received, Tryton itself awaits what is still to come. What comes in place of something
    else is left to a person, by a note.

    Returns:
        The shipment's name, or the purchase's where nothing of it can be proposed.

    Raises:
        PurchaseOrderUnknown: Tryton has no such purchase, or no such line.
        ValueInvalid: A line is in another unit than the purchase's.
    """
    purchase = tryton.purchase(document.purchase_order_id)
    lines = tryton.lines([purchase])
    shipped = [line for line in document.lines if line.quantity and not line.substitute_for]
    for line in shipped:
        _check(tryton, line, lines)
    name = f"purchase {purchase['number']}"
    if shipped:
        number = _proposed(tryton, document, purchase) or _propose(tryton, document, purchase, shipped, lines)
        name = f"supplier shipment {number}"
    remarks = [text for line in document.lines if (text := _remark(line))]
    if remarks:
        tryton.note(
            f"purchase.purchase,{purchase['id']}",
            f"[{supplier} ship notice {document.ship_notice_number}]",
            "\n".join(remarks),
        )
    return name


def _check(tryton: Counterpart, line: ShipNoticeLine, lines: Mapping[str, Record]) -> None:
    known = lines.get(line.line_id)
    if known is None:
        detail = f"the purchase has no line {line.line_id!r}"
        raise ValueInvalid(detail, where=f"line {line.line_id}", line_id=line.line_id)
    code = tryton.unit_code(known)
    if code != line.unit:
        detail = f"{line.sku} is shipped in {line.unit!r} and was ordered in {code!r}"
        raise ValueInvalid(detail, where=f"line {line.line_id}", line_id=line.line_id)


def _proposed(tryton: Counterpart, document: ShipNotice, purchase: Record) -> str:
    """Number of the shipment that was made of a notice already; empty when there is none."""
    found = list(
        tryton.client.find(
            "stock.shipment.in",
            [
                ["reference", "=", document.ship_notice_number],
                ["supplier", "=", purchase["party"]],
                ["company", "=", tryton.company],
            ],
            ["number"],
        )
    )
    return str(found[0]["number"]) if found else ""


def _propose(
    tryton: Counterpart,
    document: ShipNotice,
    purchase: Record,
    shipped: list[ShipNoticeLine],
    lines: Mapping[str, Record],
) -> str:
    warehouse = tryton.client.read(
        "stock.location", [purchase["warehouse"]], ["input_location", "storage_location"]
    )[0]
    awaited = _awaited(tryton, [int(line.line_id) for line in shipped])
    incoming: list[list[Any]] = []
    for line in shipped:
        move = awaited.get(int(line.line_id))
        if move is not None:
            if Decimal(move["quantity"]) != line.quantity:
                incoming.append(["write", [move["id"]], {"quantity": line.quantity}])
            incoming.append(["add", [move["id"]]])
        else:
            incoming.append(["create", [_extra(tryton, line, lines[line.line_id], purchase, warehouse)]])
    made = tryton.client.create(
        "stock.shipment.in",
        [
            {
                "reference": document.ship_notice_number,
                "supplier": purchase["party"],
                "company": tryton.company,
                "warehouse": purchase["warehouse"],
                "warehouse_input": warehouse["input_location"],
                "warehouse_storage": warehouse["storage_location"],
                "planned_date": document.shipped_on,
                "incoming_moves": incoming,
            }
        ],
    )
    return str(tryton.client.read("stock.shipment.in", made, ["number"])[0]["number"])


def _awaited(tryton: Counterpart, lines: list[int]) -> dict[int, Record]:
    """The move that waits for each line, where there is one."""
    found = tryton.client.find(
        "stock.move",
        [
            ["origin", "in", [f"purchase.line,{line}" for line in lines]],
            ["state", "=", "draft"],
            ["shipment", "=", None],
        ],
        _AWAITED,
    )
    return {int(str(move["origin"]).partition(",")[2]): move for move in found}


def _extra(
    tryton: Counterpart, line: ShipNoticeLine, ordered: Record, purchase: Record, warehouse: Record
) -> dict[str, Any]:
    """A move of its own: another part of the line was not received yet, or more came than was ordered."""
    party = tryton.client.read("party.party", [purchase["party"]], ["supplier_location"])[0]
    price = tryton.client.read("purchase.line", [ordered["id"]], ["unit_price", "purchase.currency"])[0]
    return {
        "product": ordered["product"],
        "quantity": line.quantity,
        "unit": ordered["unit"],
        "from_location": party["supplier_location"],
        "to_location": warehouse["input_location"],
        "unit_price": price["unit_price"],
        "currency": price["purchase."]["currency"],
        "company": tryton.company,
        "origin": f"purchase.line,{ordered['id']}",
    }


def _remark(line: ShipNoticeLine) -> str:
    where = f"line {line.line_id}"
    parts = []
    if line.substitute_for:
        parts.append(
            f"{line.quantity} of {line.sku} came in place of {line.substitute_for}; receive it by hand"
        )
    if line.quantity_short:
        parts.append(f"{line.quantity_short} never come")
    if line.quantity_outstanding and line.promised_on:
        parts.append(f"{line.quantity_outstanding} follow on {line.promised_on}")
    if not parts:
        return ""
    return f"{where}: {', '.join(parts)}. {line.reason}".rstrip()
