"""The ERP's goods receipt: what really arrived."""

from __future__ import annotations

from datetime import date

from attrs import field, frozen


@frozen(kw_only=True)
class GoodsReceipt:
    """Goods of one purchase order line that were received.

    Attributes:
        quantity: Units received, zero or more.
        received_on: Business date of the receipt in the buyer's zone.
        receipt_id: Identifies the receipt, so that reading it again books nothing twice.
        where: Where it stands in its document; not part of the content.
    """

    receipt_id: str
    purchase_order_id: str
    line_id: str
    quantity: int
    received_on: date
    where: str = field(default="", eq=False)
