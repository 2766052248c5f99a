"""Items and their stock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import sqlalchemy as sa

from askul_connect.adapters.storage.sql import tables_supplier as tables
from askul_connect.adapters.storage.sql.statements import OneOf, Prepared, insert, replace_where
from askul_connect.adapters.storage.sql.transaction import Transaction
from askul_connect.core.domain.catalog import Item, StockLevel

_ITEM_INSERT = insert(tables.items)
_STOCK_INSERT = insert(tables.stock)
_STOCK_REPLACE = replace_where(tables.stock, ("sku",))
_ITEMS = Prepared(sa.select(tables.items).where(OneOf(tables.items.c.sku, "skus")))
# In one order for all writers, so that two orders of the same items cannot block each other on PostgreSQL;
# on SQLite the transaction holds the whole database and FOR UPDATE is left out.
_STOCK = Prepared(
    sa.select(tables.stock)
    .where(OneOf(tables.stock.c.sku, "skus"))
    .order_by(tables.stock.c.sku)
    .with_for_update()
)
_COUNT = Prepared(sa.select(sa.func.count()).select_from(tables.items))


class SqlCatalog:
    """Items and their stock."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add_many(self, items: Iterable[tuple[Item, StockLevel]]) -> None:
        """Store new items with their stock; StorageConflict when a SKU exists."""
        new = list(items)
        self._transaction.run_many(_ITEM_INSERT, (tables.ITEM_ROWS.row(item) for item, _ in new))
        self._transaction.run_many(_STOCK_INSERT, (tables.STOCK_ROWS.row(level) for _, level in new))

    def items(self, skus: Iterable[str]) -> Mapping[str, Item]:
        """Those that exist."""
        rows = self._transaction.rows(_ITEMS, {"skus": self._transaction.keys(skus)})
        return {row[0]: tables.ITEM_ROWS.entity(row) for row in rows}

    def stock(self, skus: Iterable[str]) -> Mapping[str, StockLevel]:
        """Stock of those that exist, held against other writers until the unit ends."""
        rows = self._transaction.rows(_STOCK, {"skus": self._transaction.keys(skus)})
        return {row[0]: tables.STOCK_ROWS.entity(row) for row in rows}

    def save_stock(self, levels: Iterable[StockLevel]) -> None:
        """Store new levels."""
        rows = [(level.on_hand, level.reserved, level.sku) for level in levels]
        if self._transaction.run_many(_STOCK_REPLACE, rows) != len(rows):
            raise self._transaction.conflict("stock of an item that is not there")

    def count(self) -> int:
        """Number of items."""
        return self._transaction.number(_COUNT)
