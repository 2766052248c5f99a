"""An order confirmation in Tryton: numbers at the purchase, days at what is awaited, differences as a note."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from askul_connect.core.messages.documents import OrderConfirmation
from askul_connect_tryton.counterpart import Counterpart

_SEPARATOR = ", "


def post_confirmation(tryton: Counterpart, supplier: str, document: OrderConfirmation) -> str:
    """Write it to the purchase that it is about; the same again changes nothing.

    The promised day goes to the moves that are awaited. The line's own day stays what was wanted.

    Returns:
        The purchase's name.

    Raises:
        PurchaseOrderUnknown: Tryton has no such purchase.
    """
    purchase = tryton.purchase(document.purchase_order_id)
    numbers = [one for one in (purchase["reference"] or "").split(_SEPARATOR) if one]
    if document.order_number not in numbers:
        together = _SEPARATOR.join([*numbers, document.order_number])
        tryton.client.write("purchase.purchase", [purchase["id"]], {"reference": together})
    promised: dict[date, list[int]] = defaultdict(list)
    for line in document.lines:
        if line.promised_on is not None and line.line_id.isdecimal():
            promised[line.promised_on].append(int(line.line_id))
    for day, lines in sorted(promised.items()):
        _promise(tryton, day, [line for line in lines if line in purchase["lines"]])
    differences = [
        f"line {line.line_id} ({line.sku}): {line.quantity_confirmed} of {line.quantity}. {line.reason}".rstrip()
        for line in document.lines
        if line.quantity_confirmed != line.quantity or line.reason
    ]
    if differences:
        tryton.note(
            f"purchase.purchase,{purchase['id']}",
            f"[{supplier} confirmation {document.confirmation_number}]",
            "\n".join(differences),
        )
    return f"purchase {purchase['number']}"


def _promise(tryton: Counterpart, day: date, lines: list[int]) -> None:
    awaited = tryton.client.call(
        "model.stock.move.search",
        [
            ["origin", "in", [f"purchase.line,{line}" for line in lines]],
            ["state", "=", "draft"],
            ["shipment", "=", None],
            ["OR", ["planned_date", "=", None], ["planned_date", "!=", day]],
        ],
        0,
        None,
        None,
    )
    if awaited:
        tryton.client.write("stock.move", awaited, {"planned_date": day})
