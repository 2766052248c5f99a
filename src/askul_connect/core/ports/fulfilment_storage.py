"""What the supplier keeps of shipments on their way and of goods that come back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from askul_connect.core.domain.returns import GoodsReturn
from askul_connect.core.domain.shipments import Shipment


class ShipmentRepository(Protocol):
    """Shipments and whether they have arrived."""

    def add(self, shipment: Shipment) -> None:
        """Store a new one; StorageConflict when its number exists."""
        ...

    def save(self, shipment: Shipment) -> None:
        """Store its new state."""
        ...

    def get_for_staff(self, ship_notice_number: str) -> Shipment | None:
        """By number over all accounts: for the supplier's own work only."""
        ...

    def of_order(self, account_id: str, order_number: str) -> Sequence[Shipment]:
        """All of an order, by number."""
        ...

    def on_the_way(self) -> Sequence[Shipment]:
        """Those of all accounts that have not arrived, by number; staff only."""
        ...


class ReturnRepository(Protocol):
    """Returns."""

    def add(self, goods_return: GoodsReturn) -> None:
        """Store a new one; StorageConflict when its number exists."""
        ...

    def save(self, goods_return: GoodsReturn) -> None:
        """Store its new state."""
        ...

    def get_for_staff(self, return_number: str) -> GoodsReturn | None:
        """By number over all accounts: for the supplier's own work only."""
        ...

    def many(self, account_id: str, return_numbers: Iterable[str]) -> Mapping[str, GoodsReturn]:
        """Those that exist within the account."""
        ...

    def of_order(self, account_id: str, order_number: str) -> Sequence[GoodsReturn]:
        """All of an order, by number."""
        ...
