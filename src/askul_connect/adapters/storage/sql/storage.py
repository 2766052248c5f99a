"""A database of one side, opened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

import sqlalchemy as sa

from askul_connect.adapters.storage.sql.engine import open_engine, shown
from askul_connect.adapters.storage.sql.failures import translated
from askul_connect.adapters.storage.sql.schema import Side, require_up_to_date, upgrade
from askul_connect.adapters.storage.sql.transaction import Transaction
from askul_connect.adapters.storage.sql.unit_of_work import SqlBuyerUnitOfWork, SqlSupplierUnitOfWork
from askul_connect.core.ports.buyer_storage import BuyerStorage
from askul_connect.core.ports.supplier_storage import SupplierStorage

U = TypeVar("U")


class SqlStorage(Generic[U]):
    """Units of work on a database; safe to use from several threads, each with its own unit."""

    def __init__(self, engine: sa.Engine, unit: Callable[[Transaction], U]) -> None:
        self._engine = engine
        self._unit = unit
        self._place = shown(engine.url)

    @contextmanager
    def begin(self) -> Iterator[U]:
        """A unit of work that may write.

        Raises:
            StorageConflict: (also from leaving the block) another unit came first; repeat the whole unit.
            StorageUnavailable: The database cannot be reached, read or written, or its disk is full.
        """
        with translated(self._place), self._engine.connect() as connection:
            # Closing the connection without a commit rolls back.
            work = connection.begin()
            transaction = Transaction(connection, self._place)
            yield self._unit(transaction)
            transaction.require_intact()
            work.commit()

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
