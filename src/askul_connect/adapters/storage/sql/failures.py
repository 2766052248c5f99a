"""What a database says, as an error of ours: a conflict, an unusable database, a bad value.

Texts of statements and their parameters stay out of every message: they may hold personal data and hashes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from askul_connect.core.errors import AskulConnectError, StorageConflict, StorageUnavailable, ValueInvalid

#: SQLITE_BUSY and SQLITE_LOCKED: another connection writes.
_SQLITE_BUSY = (5, 6)
#: PostgreSQL: serialization failure, deadlock, lock not available.
_POSTGRESQL_BUSY = ("40001", "40P01", "55P03")
#: PostgreSQL: the table or schema exists already; two programs prepared a new database at once.
_POSTGRESQL_RACE = ("42P07", "42P06", "42710")


def failure(error: Exception, place: str) -> AskulConnectError:
    """The error to raise for one of the driver's.

    Args:
        error: What the driver raised, wrapped by SQLAlchemy or not.
        place: The database as it may be shown: a path, or a URL without its password.
    """
    if isinstance(error, OverflowError | UnicodeError | sa.exc.DataError):
        return ValueInvalid(f"a value does not fit into its column: {_said(error)}", where=place)
    if isinstance(error, sa.exc.IntegrityError):
        return StorageConflict(f"a key exists already: {_constraint(error)}", where=place)
    if _busy(getattr(error, "orig", error)):
        return StorageConflict(f"another transaction came first: {_said(error)}", where=place)
    return StorageUnavailable(f"the database cannot be used: {_said(error)}", where=place)


@contextmanager
def translated(place: str) -> Iterator[None]:
    """Raise what the block raises of a database as an error of ours."""
    try:
        yield
    except (sa.exc.DBAPIError, sa.exc.TimeoutError, sqlite3.Error, OverflowError, UnicodeError) as error:
        raise failure(error, place) from None


def _busy(original: object) -> bool:
    if isinstance(original, sqlite3.Error):
        code = getattr(original, "sqlite_errorcode", 0)
        return (code & 0xFF) in _SQLITE_BUSY
    return getattr(original, "sqlstate", None) in (*_POSTGRESQL_BUSY, *_POSTGRESQL_RACE)


def _constraint(error: sa.exc.IntegrityError) -> str:
    diagnostics = getattr(error.orig, "diag", None)
    return (diagnostics and diagnostics.constraint_name) or str(error.orig)


def _said(error: Exception) -> str:
    """The driver's main message in one line."""
    original = error.orig if isinstance(error, sa.exc.DBAPIError) else error
    diagnostics = getattr(original, "diag", None)
    text = (diagnostics and diagnostics.message_primary) or str(original)
    return " ".join(text.split()) or type(original).__name__
