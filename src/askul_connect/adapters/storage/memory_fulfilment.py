"""Shipments on their way and goods that come back, in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from askul_connect.adapters.storage.memory_tables import Journal, MemoryTable, present
from askul_connect.core.domain.returns import GoodsReturn
from askul_connect.core.domain.shipments import Shipment, ShipmentState


class MemoryShipments:
    """Shipments and whether they have arrived."""

    def __init__(self, journal: Journal) -> None:
        self._shipments = MemoryTable[tuple[str, str], Shipment](
            journal, lambda one: (one.account_id, one.ship_notice_number), lambda one: one.ship_notice_number
        )

    def add(self, shipment: Shipment) -> None:
        """Store a new one; StorageConflict when its number exists."""
        self._shipments.insert(shipment)

    def save(self, shipment: Shipment) -> None:
        """Store its new state."""
        self._shipments.replace(shipment)

    def get_for_staff(self, ship_notice_number: str) -> Shipment | None:
        """By number over all accounts: for the supplier's own work only."""
        return self._shipments.find(0, ship_notice_number)

    def of_order(self, account_id: str, order_number: str) -> Sequence[Shipment]:
        """All of an order, by number."""
        found = (
            one for one in self._shipments if (one.account_id, one.order_number) == (account_id, order_number)
        )
        return sorted(found, key=lambda one: one.ship_notice_number)

    def on_the_way(self) -> Sequence[Shipment]:
        """Those of all accounts that have not arrived, by number; staff only."""
        found = (one for one in self._shipments if one.state is ShipmentState.ON_THE_WAY)
        return sorted(found, key=lambda one: one.ship_notice_number)


class MemoryReturns:
    """Returns."""

    def __init__(self, journal: Journal) -> None:
        self._returns = MemoryTable[tuple[str, str], GoodsReturn](
            journal, lambda one: (one.account_id, one.return_number), lambda one: one.return_number
        )

    def add(self, goods_return: GoodsReturn) -> None:
        """Store a new one; StorageConflict when its number exists."""
        self._returns.insert(goods_return)

    def save(self, goods_return: GoodsReturn) -> None:
        """Store its new state."""
        self._returns.replace(goods_return)

    def get_for_staff(self, return_number: str) -> GoodsReturn | None:
        """By number over all accounts: for the supplier's own work only."""
        return self._returns.find(0, return_number)

    def many(self, account_id: str, return_numbers: Iterable[str]) -> Mapping[str, GoodsReturn]:
        """Those that exist within the account."""
        found = present(self._returns, ((account_id, number) for number in return_numbers))
        return {one.return_number: one for one in found}

    def of_order(self, account_id: str, order_number: str) -> Sequence[GoodsReturn]:
        """All of an order, by number."""
        found = (
            one for one in self._returns if (one.account_id, one.order_number) == (account_id, order_number)
        )
        return sorted(found, key=lambda one: one.return_number)
