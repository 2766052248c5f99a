"""Shipments on their way and goods that come back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa

from askul_connect.adapters.storage.sql import tables_supplier as tables
from askul_connect.adapters.storage.sql.statements import OneOf, Prepared, insert, replace_where
from askul_connect.adapters.storage.sql.transaction import Transaction
from askul_connect.core.domain.returns import GoodsReturn
from askul_connect.core.domain.shipments import Shipment

_SHIPMENTS = tables.shipments.c
_SHIPMENT_INSERT = insert(tables.shipments)
_SHIPMENT_REPLACE = replace_where(tables.shipments, ("account_id", "ship_notice_number"))
_SHIPMENT = Prepared(
    sa.select(tables.shipments).where(_SHIPMENTS.ship_notice_number == sa.bindparam("number"))
)
_SHIPMENTS_OF_ORDER = Prepared(
    sa.select(tables.shipments)
    .where(
        _SHIPMENTS.account_id == sa.bindparam("account_id"),
        _SHIPMENTS.order_number == sa.bindparam("order_number"),
    )
    .order_by(_SHIPMENTS.ship_notice_number)
)
_ON_THE_WAY = Prepared(
    sa.select(tables.shipments).where(tables.ON_THE_WAY).order_by(_SHIPMENTS.ship_notice_number)
)


class SqlShipments:
    """Shipments and whether they have arrived."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, shipment: Shipment) -> None:
        """Store a new one; StorageConflict when its number exists."""
        self._transaction.run(_SHIPMENT_INSERT, tables.SHIPMENT_ROWS.row(shipment))

    def save(self, shipment: Shipment) -> None:
        """Store its new state."""
        self._transaction.run_known(_SHIPMENT_REPLACE, tables.SHIPMENT_ROWS.named(shipment))

    def get_for_staff(self, ship_notice_number: str) -> Shipment | None:
        """By number over all accounts: for the supplier's own work only."""
        row = self._transaction.row(_SHIPMENT, {"number": ship_notice_number})
        return tables.SHIPMENT_ROWS.entity(row) if row else None

    def of_order(self, account_id: str, order_number: str) -> Sequence[Shipment]:
        """All of an order, by number."""
        asked = {"account_id": account_id, "order_number": order_number}
        return [
            tables.SHIPMENT_ROWS.entity(row) for row in self._transaction.rows(_SHIPMENTS_OF_ORDER, asked)
        ]

    def on_the_way(self) -> Sequence[Shipment]:
        """Those of all accounts that have not arrived, by number; staff only."""
        return [tables.SHIPMENT_ROWS.entity(row) for row in self._transaction.rows(_ON_THE_WAY)]


_RETURNS = tables.returns.c
_RETURN_INSERT = insert(tables.returns)
_RETURN_REPLACE = replace_where(tables.returns, ("account_id", "return_number"))
_RETURN = Prepared(sa.select(tables.returns).where(_RETURNS.return_number == sa.bindparam("number")))
_RETURNS_MANY = Prepared(
    sa.select(tables.returns).where(
        _RETURNS.account_id == sa.bindparam("account_id"), OneOf(_RETURNS.return_number, "numbers")
    )
)
_RETURNS_OF_ORDER = Prepared(
    sa.select(tables.returns)
    .where(
        _RETURNS.account_id == sa.bindparam("account_id"),
        _RETURNS.order_number == sa.bindparam("order_number"),
    )
    .order_by(_RETURNS.return_number)
)


class SqlReturns:
    """Returns."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, goods_return: GoodsReturn) -> None:
        """Store a new one; StorageConflict when its number exists."""
        self._transaction.run(_RETURN_INSERT, tables.RETURN_ROWS.row(goods_return))

    def save(self, goods_return: GoodsReturn) -> None:
        """Store its new state."""
        self._transaction.run_known(_RETURN_REPLACE, tables.RETURN_ROWS.named(goods_return))

    def get_for_staff(self, return_number: str) -> GoodsReturn | None:
        """By number over all accounts: for the supplier's own work only."""
        row = self._transaction.row(_RETURN, {"number": return_number})
        return tables.RETURN_ROWS.entity(row) if row else None

    def many(self, account_id: str, return_numbers: Iterable[str]) -> Mapping[str, GoodsReturn]:
        """Those that exist within the account."""
        asked = {"account_id": account_id, "numbers": self._transaction.keys(return_numbers)}
        found = map(tables.RETURN_ROWS.entity, self._transaction.rows(_RETURNS_MANY, asked))
        return {one.return_number: one for one in found}

    def of_order(self, account_id: str, order_number: str) -> Sequence[GoodsReturn]:
        """All of an order, by number."""
        asked = {"account_id": account_id, "order_number": order_number}
        return [tables.RETURN_ROWS.entity(row) for row in self._transaction.rows(_RETURNS_OF_ORDER, asked)]
