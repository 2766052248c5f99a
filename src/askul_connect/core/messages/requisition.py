"""The ERP's requisition: what somebody asks for before it is a purchase order."""

from __future__ import annotations

from decimal import Decimal

from attrs import field, frozen


@frozen(kw_only=True)
class RequisitionDocumentLine:
    """One line as the ERP names things.

    Attributes:
        quantity: Units, above zero.
        unit_price: What one unit is thought to cost without tax, major units with up to 4 decimals.
        where: Where it stands in its document; not part of the content.
    """

    line_id: str
    quantity: int
    unit_price: Decimal
    department: str = ""
    cost_centre: str = ""
    where: str = field(default="", eq=False)


@frozen(kw_only=True)
class RequisitionDocument:
    """A requisition as it is now; the next one under its number takes its place.

    Attributes:
        buyer_party: ``scheme:id``; empty in formats that have none (CSV).
        cancelled: It will not become a purchase order any more.
    """

    requisition_id: str
    currency: str
    lines: tuple[RequisitionDocumentLine, ...]
    buyer_party: str = ""
    cancelled: bool = False
    where: str = field(default="", eq=False)
