"""The ERP's change of a purchase order it has sent, in no format at all: other quantities, none, or the end of waiting.

A change says what is wanted all in all, never by how much: read twice or late, it means the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from attrs import field, frozen

from askul_connect.core.domain.purchase_changes import ChangeKind


@frozen(kw_only=True)
class PurchaseOrderChangeLine:
    """One line that a change is about.

    Attributes:
        line_id: The line's number in the purchase order.
        quantity: Units wanted all in all, of a ``CHANGE`` only; zero cancels the line.
        sku, unit, unit_price: As the document repeats them, empty or None where it does not. They cannot be changed.
        where: Where the line stands in its document; not part of the content.
        places: Where each field stands in the document, by field name; not part of the content.
    """

    line_id: str
    quantity: int | None = None
    sku: str = ""
    unit: str = ""
    unit_price: Decimal | None = None
    where: str = field(default="", eq=False)
    places: Mapping[str, str] = field(factory=dict, eq=False, repr=False)


@frozen(kw_only=True)
class PurchaseOrderChange:
    """A change of one purchase order.

    Attributes:
        change_id: The ERP's number of the change; with the purchase order's key it is the change's own key.
        purchase_order_id: The purchase order it is about.
        lines: The lines concerned; none means all of them, of every kind but ``CHANGE``.
        buyer_party: ``scheme:id`` of the buyer's party; empty in formats that have none (CSV).
        issued_on: Business date of issue of the purchase order, where the document states it.
        where: The document's name; not part of the content.
    """

    change_id: str
    purchase_order_id: str
    kind: ChangeKind
    lines: tuple[PurchaseOrderChangeLine, ...] = ()
    buyer_party: str = ""
    issued_on: date | None = None
    where: str = field(default="", eq=False)
