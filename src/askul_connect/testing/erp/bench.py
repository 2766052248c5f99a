"""The ERP under test, as people work in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from attrs import frozen

from askul_connect.core.ports.erp import ErpConnector


@frozen(kw_only=True)
class ApprovedOrder:
    """A purchase order that somebody approved in the ERP.

    Attributes:
        purchase_order_id: Its number there.
        line_ids: Those of its lines as the connector names them, in the order of the quantities asked for.
    """

    purchase_order_id: str
    line_ids: tuple[str, ...]


class ErpBench(Protocol):
    """What the cases need done in the ERP.

    Attributes:
        supplier: Name of the supplier connection that its purchase orders are for.
        sku, unit: The item and unit of its purchase orders in the supplier's terms.
        department: Whom they are for.
    """

    @property
    def supplier(self) -> str: ...

    @property
    def sku(self) -> str: ...

    @property
    def unit(self) -> str: ...

    @property
    def department(self) -> str: ...

    def open(self) -> ErpConnector:
        """A connector that knows no more than what the ERP and the directory keep: as after a killed run."""
        ...

    def approve(self, *quantities: int) -> ApprovedOrder:
        """Approve a purchase order with a line of each quantity, in yen."""
        ...

    def receive(self, order: ApprovedOrder, line: int, quantity: int) -> None:
        """Receive units of a line of a purchase order, by its position."""
        ...

    def told(self, order: ApprovedOrder) -> Sequence[str]:
        """Every report about a purchase order that was not taken, as the ERP keeps it."""
        ...

    def held(self) -> object:
        """What the ERP holds of suppliers' documents, in a form that can be compared."""
        ...
