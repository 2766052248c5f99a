"""The buyer's purchase orders, goods receipts, watermarks and leases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from askul_connect.adapters.storage.sql import tables_buyer as tables
from askul_connect.adapters.storage.sql.statements import (
    OneOf,
    Prepared,
    insert,
    insert_or_ignore,
    replace_where,
    upsert,
)
from askul_connect.adapters.storage.sql.transaction import Row, Transaction
from askul_connect.adapters.storage.sql.values import write_instant
from askul_connect.core.domain.purchasing import (
    Lease,
    PurchaseOrderKey,
    PurchaseOrderRecord,
    Watermark,
)
from askul_connect.core.domain.purges import PurgeEntry
from askul_connect.core.messages.goods_receipt import GoodsReceipt

_HEADERS = tables.purchase_orders
_LINES = tables.purchase_order_lines
_KEY = tables.PURCHASE_ORDER_KEY


def _with_key(table: sa.Table) -> list[sa.ColumnElement[bool]]:
    return [table.c[name] == sa.bindparam(name, type_=table.c[name].type) for name in _KEY]


def _lines(*where: sa.ColumnElement[bool]) -> Prepared:
    same = sa.and_(*(_LINES.c[name] == _HEADERS.c[name] for name in _KEY))
    joined = sa.select(_LINES).join(_HEADERS, same).where(*where)
    return Prepared(joined.order_by(*(_LINES.c[name] for name in (*_KEY, "position"))))


def _newest(where: sa.ColumnElement[bool]) -> tuple[Prepared, Prepared]:
    headers = sa.select(_HEADERS).where(where)
    order = (_HEADERS.c.accepted_at.desc(), *(_HEADERS.c[name] for name in _KEY))
    return Prepared(headers.order_by(*order)), _lines(where)


_NAMING = _LINES.alias("naming")
_INSERT = insert(_HEADERS)
_REPLACE = replace_where(_HEADERS, _KEY)
_LINE_INSERT = insert(_LINES)
_LINES_DELETE = Prepared(sa.delete(_LINES).where(*_with_key(_LINES)))
_GET = (Prepared(sa.select(_HEADERS).where(*_with_key(_HEADERS))), _lines(*_with_key(_HEADERS)))
_NEWEST = _newest(_HEADERS.c.purchase_order_id == sa.bindparam("purchase_order_id"))
_NEWEST_OF_MANY = _newest(OneOf(_HEADERS.c.purchase_order_id, "purchase_order_ids"))
_TAKING_OVER = _newest(
    sa.exists(
        sa.select(sa.text("1"))
        .select_from(_NAMING)
        .where(
            *(_NAMING.c[name] == _HEADERS.c[name] for name in _KEY),
            _NAMING.c.requisition_id == sa.bindparam("requisition_id"),
        )
    )
)
_ALL = (
    Prepared(sa.select(_HEADERS).order_by(_HEADERS.c.accepted_at, *(_HEADERS.c[name] for name in _KEY))),
    _lines(),
)
_KEY_COLUMNS = sa.tuple_(*(_HEADERS.c[name] for name in _KEY))
_OLD = sa.and_(
    sa.tuple_(*(sa.bindparam(f"after_{name}", type_=_HEADERS.c[name].type) for name in _KEY)) < _KEY_COLUMNS,
    _HEADERS.c.accepted_at < sa.bindparam("accepted_before"),
    _HEADERS.c.purged_on.is_(None),
)
_OLD_HEADERS = Prepared(
    sa.select(_HEADERS)
    .where(_OLD)
    .order_by(*(_HEADERS.c[name] for name in _KEY))
    .limit(sa.bindparam("limit"))
)
_LINES_BETWEEN = _lines(
    sa.tuple_(*(sa.bindparam(f"first_{name}", type_=_HEADERS.c[name].type) for name in _KEY)) <= _KEY_COLUMNS,
    sa.tuple_(*(sa.bindparam(f"last_{name}", type_=_HEADERS.c[name].type) for name in _KEY)) >= _KEY_COLUMNS,
)
_NAMED = Prepared(
    sa.select(_HEADERS.c.document)
    .distinct()
    .where(OneOf(_HEADERS.c.document, "documents"), _HEADERS.c.accepted_at >= sa.bindparam("since"))
)
_FIRST_KEY = PurchaseOrderKey(buyer_party="", purchase_order_id="", issue_year=-1)


class SqlPurchaseOrders:
    """Purchase orders that were taken from the ERP."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, record: PurchaseOrderRecord) -> None:
        """Store a new one; StorageConflict when the key exists."""
        self._transaction.run(_INSERT, tables.PURCHASE_ORDER_ROWS.row(record))
        self._add_lines(record)

    def save(self, record: PurchaseOrderRecord) -> None:
        """Store its new state."""
        named = tables.PURCHASE_ORDER_ROWS.named(record)
        self._transaction.run_known(_REPLACE, named)
        self._transaction.run(_LINES_DELETE, [named[name] for name in _KEY])
        self._add_lines(record)

    def get(self, key: PurchaseOrderKey) -> PurchaseOrderRecord | None:
        """By key."""
        found = self._read(_GET, tables.KEY_ROWS.named(key))
        return found[0] if found else None

    def by_id(self, purchase_order_id: str) -> Sequence[PurchaseOrderRecord]:
        """All with that id, whatever buyer or year, newest first."""
        return self._read(_NEWEST, {"purchase_order_id": purchase_order_id})

    def by_ids(self, purchase_order_ids: Iterable[str]) -> Mapping[str, Sequence[PurchaseOrderRecord]]:
        """As :meth:`by_id` for several ids at once, by id; ids without a purchase order are left out."""
        found: dict[str, list[PurchaseOrderRecord]] = defaultdict(list)
        keys = self._transaction.keys(purchase_order_ids)
        for record in self._read(_NEWEST_OF_MANY, {"purchase_order_ids": keys}):
            found[record.key.purchase_order_id].append(record)
        return dict(found)

    def all(self) -> Sequence[PurchaseOrderRecord]:
        """Every one, by acceptance, then key."""
        return self._read(_ALL, {})

    def old(
        self, accepted_before: datetime, after: PurchaseOrderKey | None, limit: int
    ) -> Sequence[PurchaseOrderRecord]:
        """The next ones behind a key that were accepted before an instant and are not purged."""
        behind = tables.KEY_ROWS.named(after or _FIRST_KEY)
        headers = self._transaction.rows(
            _OLD_HEADERS,
            {
                **{f"after_{name}": value for name, value in behind.items()},
                "accepted_before": write_instant(accepted_before),
                "limit": limit,
            },
        )
        if not headers:
            return []
        ends = (("first", headers[0]), ("last", headers[-1]))
        between = {
            f"{end}_{name}": value for end, row in ends for name, value in zip(_KEY, row, strict=False)
        }
        return self._records(headers, self._transaction.rows(_LINES_BETWEEN, between))

    def named(self, documents: Iterable[str], since: datetime) -> frozenset[str]:
        """Those of the documents that a purchase order came in which was accepted at an instant or later."""
        asked = {"documents": self._transaction.keys(documents), "since": write_instant(since)}
        rows = self._transaction.rows(_NAMED, asked)
        return frozenset(row[0] for row in rows)

    def taking_over(self, requisition_id: str) -> Sequence[PurchaseOrderRecord]:
        """Those with a line that names the requisition, whatever buyer, newest first."""
        return self._read(_TAKING_OVER, {"requisition_id": requisition_id})

    def _add_lines(self, record: PurchaseOrderRecord) -> None:
        key = tables.KEY_ROWS.row(record.key)
        rows = (
            (*key, place, *tables.PURCHASE_LINE_ROWS.row(line)) for place, line in enumerate(record.lines)
        )
        self._transaction.run_many(_LINE_INSERT, rows)

    def _read(
        self, statements: tuple[Prepared, Prepared], parameters: Mapping[str, Any]
    ) -> Sequence[PurchaseOrderRecord]:
        headers, line_rows = (self._transaction.rows(statement, parameters) for statement in statements)
        return self._records(headers, line_rows)

    @staticmethod
    def _records(headers: Sequence[Row], line_rows: Sequence[Row]) -> Sequence[PurchaseOrderRecord]:
        lines: dict[PurchaseOrderKey, list[Any]] = defaultdict(list)
        start = len(_KEY)
        for row in line_rows:
            key = tables.KEY_ROWS.entity(row[:start])
            lines[key].append(tables.PURCHASE_LINE_ROWS.entity(row[start + 1 :]))
        return [
            tables.PURCHASE_ORDER_ROWS.entity(row, lines=tuple(lines[tables.KEY_ROWS.entity(row[:start])]))
            for row in headers
        ]


_RECEIPT_INSERT = insert_or_ignore(tables.goods_receipts)
_RECEIVED = Prepared(
    sa.select(sa.cast(sa.func.sum(tables.goods_receipts.c.quantity), sa.BigInteger())).where(
        *_with_key(tables.goods_receipts), tables.goods_receipts.c.line_id == sa.bindparam("line_id")
    )
)
_RECEIPTS = tables.goods_receipts.c
_RECEIVED_OF = Prepared(
    sa.select(
        *(_RECEIPTS[name] for name in _KEY),
        _RECEIPTS.line_id,
        sa.cast(sa.func.sum(_RECEIPTS.quantity), sa.BigInteger()),
    )
    .where(OneOf(_RECEIPTS.purchase_order_id, "purchase_order_ids"))
    .group_by(*(_RECEIPTS[name] for name in _KEY), _RECEIPTS.line_id)
)
_RECEIPTS_OF_ORDER = Prepared(
    sa.select(tables.goods_receipts)
    .where(*_with_key(tables.goods_receipts))
    .order_by(tables.goods_receipts.c.receipt_id)
)
_RECEIPTS_REMOVE = Prepared(sa.delete(tables.goods_receipts).where(*_with_key(tables.goods_receipts)))
_RECEIPT_PAGE = Prepared(
    sa.select(tables.goods_receipts)
    .where(tables.goods_receipts.c.receipt_id > sa.bindparam("after"))
    .order_by(tables.goods_receipts.c.receipt_id)
    .limit(sa.bindparam("limit"))
)


class SqlGoodsReceipts:
    """Goods receipts of the ERP."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, receipt: GoodsReceipt, key: PurchaseOrderKey) -> bool:
        """Store; False when its receipt id is known, and nothing changes."""
        values = (
            receipt.receipt_id,
            *tables.KEY_ROWS.row(key),
            receipt.line_id,
            receipt.quantity,
            receipt.received_on.isoformat(),
        )
        return self._transaction.run(_RECEIPT_INSERT, values) == 1

    def received(self, key: PurchaseOrderKey, line_id: str) -> int | None:
        """Units received of a line so far; None when no receipt was ever booked for it."""
        row = self._transaction.row(_RECEIVED, {**tables.KEY_ROWS.named(key), "line_id": line_id})
        return row[0] if row else None

    def received_of(self, purchase_order_ids: Iterable[str]) -> Mapping[tuple[PurchaseOrderKey, str], int]:
        """Units received of all lines of the purchase orders with those ids, by key and line."""
        named = {"purchase_order_ids": self._transaction.keys(purchase_order_ids)}
        return {
            (tables.KEY_ROWS.entity(key), line_id): units
            for *key, line_id, units in self._transaction.rows(_RECEIVED_OF, named)
        }

    def of_order(self, key: PurchaseOrderKey) -> Sequence[GoodsReceipt]:
        """Those of a purchase order, by receipt id."""
        rows = self._transaction.rows(_RECEIPTS_OF_ORDER, tables.KEY_ROWS.named(key))
        return [_receipt(row)[1] for row in rows]

    def remove(self, key: PurchaseOrderKey) -> int:
        """Forget those of a purchase order; returns how many there were."""
        return self._transaction.run_named(_RECEIPTS_REMOVE, tables.KEY_ROWS.named(key))

    def page(self, after: str, limit: int) -> Sequence[tuple[PurchaseOrderKey, GoodsReceipt]]:
        """The next ones behind a receipt id, by receipt id."""
        rows = self._transaction.rows(_RECEIPT_PAGE, {"after": after, "limit": limit})
        return [_receipt(row) for row in rows]


def _receipt(row: Sequence[Any]) -> tuple[PurchaseOrderKey, GoodsReceipt]:
    receipt_id, *key, line_id, quantity, received_on = row
    found = tables.KEY_ROWS.entity(key)
    receipt = GoodsReceipt(
        receipt_id=receipt_id,
        purchase_order_id=found.purchase_order_id,
        line_id=line_id,
        quantity=quantity,
        received_on=date.fromisoformat(received_on),
    )
    return found, receipt


_WATERMARK_PUT = upsert(tables.watermarks)
_WATERMARK = Prepared(
    sa.select(tables.watermarks).where(
        tables.watermarks.c.supplier == sa.bindparam("supplier"),
        tables.watermarks.c.feed == sa.bindparam("feed"),
    )
)


class SqlWatermarks:
    """How far each supplier's lists have been read."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def get(self, supplier: str, feed: str) -> Watermark | None:
        """The watermark, if the list was ever read."""
        row = self._transaction.row(_WATERMARK, {"supplier": supplier, "feed": feed})
        return tables.WATERMARK_ROWS.entity(row) if row else None

    def put(self, watermark: Watermark) -> None:
        """Store or replace."""
        self._transaction.run(_WATERMARK_PUT, tables.WATERMARK_ROWS.row(watermark))


_LEASE_PUT = upsert(tables.leases)
_LEASE = Prepared(sa.select(tables.leases).where(tables.leases.c.name == sa.bindparam("name")))
_LEASE_REMOVE = Prepared(
    sa.delete(tables.leases).where(
        tables.leases.c.name == sa.bindparam("name"), tables.leases.c.holder == sa.bindparam("holder")
    )
)


class SqlLeases:
    """One run per directory (INT-12)."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def get(self, name: str) -> Lease | None:
        """The lease, expired or not."""
        row = self._transaction.row(_LEASE, {"name": name})
        return tables.LEASE_ROWS.entity(row) if row else None

    def put(self, lease: Lease) -> None:
        """Store or replace."""
        self._transaction.run(_LEASE_PUT, tables.LEASE_ROWS.row(lease))

    def remove(self, name: str, holder: str) -> None:
        """Give it back, if it is still the holder's."""
        self._transaction.run(_LEASE_REMOVE, (name, holder))


_PURGE_PUT = upsert(tables.purges)
_PURGES = Prepared(sa.select(tables.purges).order_by(tables.purges.c.started_at, tables.purges.c.purge_id))


class SqlPurges:
    """What was removed because its time was over."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def put(self, entry: PurgeEntry) -> None:
        """Store or replace by its id."""
        self._transaction.run(_PURGE_PUT, tables.PURGE_ROWS.row(entry))

    def all(self) -> Sequence[PurgeEntry]:
        """Every one, by its beginning, then its id."""
        return [tables.PURGE_ROWS.entity(row) for row in self._transaction.rows(_PURGES)]
