"""Items, their stock and their dated prices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa

from askul_connect.adapters.storage.sql import tables_supplier as tables
from askul_connect.adapters.storage.sql.statements import BulkUpsert, OneOf, Prepared, insert, replace_where
from askul_connect.adapters.storage.sql.transaction import Transaction
from askul_connect.adapters.storage.sql.values import read_account_kinds
from askul_connect.core.domain.accounts import AccountKind
from askul_connect.core.domain.catalog import DatedPrice, Item, StockLevel
from askul_connect.core.policies.item_prices import price_units

_ITEM_INSERT = insert(tables.items)
_ITEM_REPLACE = replace_where(tables.items, ("sku",))
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
_LEVELS = Prepared(sa.select(tables.stock).where(OneOf(tables.stock.c.sku, "skus")))
_PRICES_PUT = BulkUpsert(tables.item_prices)
_PRICES = Prepared(
    sa.select(tables.item_prices)
    .where(
        sa.or_(
            tables.item_prices.c.account_id == sa.bindparam("account_id"),
            # a constant that the text holds, not a parameter
            tables.item_prices.c.account_id == sa.literal_column("''"),
        ),
        OneOf(tables.item_prices.c.sku, "skus"),
    )
    .order_by(tables.item_prices.c.account_id, tables.item_prices.c.valid_from)
)
_COUNT = Prepared(sa.select(sa.func.count()).select_from(tables.items))

_LIMITED = Prepared(
    sa.select(tables.items.c.kinds, sa.func.count())
    .where(tables.FOR_SOME_KINDS)
    .group_by(tables.items.c.kinds)
)


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

    def levels(self, skus: Iterable[str]) -> Mapping[str, StockLevel]:
        """Stock of those that exist, for who looks only: nobody is kept waiting."""
        rows = self._transaction.rows(_LEVELS, {"skus": self._transaction.keys(skus)})
        return {row[0]: tables.STOCK_ROWS.entity(row) for row in rows}

    def save_stock(self, levels: Iterable[StockLevel]) -> None:
        """Store new levels."""
        rows = [(level.on_hand, level.reserved, level.sku) for level in levels]
        if self._transaction.run_many(_STOCK_REPLACE, rows) != len(rows):
            raise self._transaction.conflict("stock of an item that is not there")

    def save_many(self, items: Iterable[Item]) -> None:
        """Store new states of items; StorageConflict when one does not exist."""
        # the key comes first among the columns, and last among the parameters
        rows = [(*row[1:], row[0]) for row in map(tables.ITEM_ROWS.row, items)]
        if self._transaction.run_many(_ITEM_REPLACE, rows) != len(rows):
            raise self._transaction.conflict("an item that is not there")

    def put_prices(self, prices: Iterable[DatedPrice]) -> None:
        """Store dated prices, or replace those of the same account, item and first day."""
        latest = {(one.account_id, one.sku, one.valid_from): one for one in prices}
        rows = [[*tables.DATED_PRICE_ROWS.row(one), price_units(one.price)] for one in latest.values()]
        self._transaction.put_many(_PRICES_PUT, rows)

    def prices(self, account_id: str, skus: Iterable[str]) -> Mapping[str, Sequence[DatedPrice]]:
        """Dated prices by SKU: those of everybody and those of the account, by account and first day."""
        parameters = {"account_id": account_id, "skus": self._transaction.keys(skus)}
        found = defaultdict[str, list[DatedPrice]](list)
        for row in self._transaction.rows(_PRICES, parameters):
            price = tables.DATED_PRICE_ROWS.entity(row[:-1])
            found[price.sku].append(price)
        return found

    def count(self) -> int:
        """Number of items."""
        return self._transaction.number(_COUNT)

    def limited(self) -> Mapping[tuple[AccountKind, ...], int]:
        """Number of items that are for some kinds of accounts only, by these kinds."""
        return {read_account_kinds(kinds): number for kinds, number in self._transaction.rows(_LIMITED)}
