"""What a supplier took back of orders that it had taken: told once, when it becomes known (INT-4, ORD-5)."""

from __future__ import annotations

from askul_connect.core.domain.orders import CancelCause
from askul_connect.core.messages.documents import OrderDocument


def withdrawn(before: OrderDocument | None, now: OrderDocument, supplier: str) -> list[str]:
    """What will not come any more of an order, for a person; nothing for what we cancelled ourselves.

    Args:
        before: The order as it was known; None when it was not.
        now: As the supplier holds it.
        supplier: Name of the connection.
    """
    known = {line.line_id: line.quantity_cancelled for line in before.lines} if before else {}
    told = []
    for line in now.lines:
        more = line.quantity_cancelled - known.get(line.line_id, 0)
        if more <= 0 or line.cancel_cause is CancelCause.CUSTOMER:
            continue
        why = ": ".join(filter(None, (line.cancel_cause or "", line.cancel_reason or "")))
        told.append(
            f"{now.purchase_order_id} line {line.line_id}: {supplier} will not deliver {more} of {line.quantity}"
            + (f" ({why})" if why else "")
        )
    return told
