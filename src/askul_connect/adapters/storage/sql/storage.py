"""A database of one side, opened."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext
from typing import Generic, TypeVar

import sqlalchemy as sa

from askul_connect.adapters.storage.sql.engine import open_engine, shown
from askul_connect.adapters.storage.sql.failures import translated
from askul_connect.adapters.storage.sql.schema import Side, require_up_to_date, upgrade
from askul_connect.adapters.storage.sql.transaction import Transaction
from askul_connect.adapters.storage.sql.unit_of_work import SqlBuyerUnitOfWork, SqlSupplierUnitOfWork
from askul_connect.core.errors import StorageConflict
from askul_connect.core.ports.buyer_storage import BuyerStorage
from askul_connect.core.ports.supplier_storage import SupplierStorage

U = TypeVar("U")


class _LastUnit(threading.local):
    """How this thread's last unit ended."""

    lost = False


class SqlStorage(Generic[U]):
    """Units of work on a database; safe to use from several threads, each with its own unit.

    Threads whose unit lost a conflict repeat it one at a time, and new units wait meanwhile. On PostgreSQL
    all who wait for a row lose at once when it is committed; without this the same thread can lose any
    number of times (with eight writers of one feed, some lost all twenty attempts).
    """

    def __init__(self, engine: sa.Engine, unit: Callable[[Transaction], U]) -> None:
        self._engine = engine
        self._unit = unit
        self._place = shown(engine.url)
        self._queue = threading.RLock()
        self._last_unit = _LastUnit()

    @contextmanager
    def begin(self, *, durable: bool = True) -> Iterator[U]:
        """A unit of work that may write.

        Args:
            durable: Whether its commit waits for the disk, as the port says.

        Raises:
            StorageConflict: (also from leaving the block) another unit came first; repeat the whole unit.
            StorageUnavailable: The database cannot be reached, read or written, or its disk is full.
        """
        with self._queue:
            # A new unit only passes here; one that is repeated keeps the others behind it.
            repeated = self._queue if self._last_unit.lost else nullcontext()
        with repeated:
            self._last_unit.lost = False
            try:
                with translated(self._place), closing(Transaction(self._engine, self._place)) as transaction:
                    transaction.begin(durable=durable)
                    yield self._unit(transaction)
                    transaction.commit()
            except StorageConflict:
                self._last_unit.lost = True
                raise

    @contextmanager
    def reading(self) -> Iterator[U]:
        """A unit of work that only reads, however long; it keeps no writer waiting.

        Raises:
            StorageUnavailable: The database cannot be reached or read.
        """
        with translated(self._place), closing(Transaction(self._engine, self._place)) as transaction:
            transaction.begin_reading()
            unit = self._unit(transaction)
            yield unit
            transaction.require_intact()

    def close(self) -> None:
        """Release connections."""
        self._engine.dispose()


def supplier_sql(url: str) -> SupplierStorage:
    """The supplier's storage in a SQL database; a database without tables is set up.

    Args:
        url: ``sqlite:///PATH`` or ``postgresql://...``.

    Raises:
        ConfigurationError: The URL cannot be used.
        StorageUnavailable: The database cannot be opened.
        SchemaOutOfDate: It has another version than this program, or is not the supplier's.
    """
    return SqlStorage(_opened(url, Side.SUPPLIER), SqlSupplierUnitOfWork)


def buyer_sql(url: str) -> BuyerStorage:
    """The buyer's storage in a SQL database; a database without tables is set up.

    Args:
        url: ``sqlite:///PATH`` or ``postgresql://...``.

    Raises:
        ConfigurationError: The URL cannot be used.
        StorageUnavailable: The database cannot be opened.
        SchemaOutOfDate: It has another version than this program, or is not the buyer's.
    """
    return SqlStorage(_opened(url, Side.BUYER), SqlBuyerUnitOfWork)


def _opened(url: str, side: Side) -> sa.Engine:
    engine = open_engine(url)
    try:
        require_up_to_date(upgrade(engine, side, only_new=True), side)
    except BaseException:
        engine.dispose()
        raise
    return engine
