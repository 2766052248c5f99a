"""Opening a database: which ones there are, how each is set up, how it may be shown.

SQLite: a write transaction starts with ``BEGIN IMMEDIATE`` (SQLAlchemy's default lost three of four
concurrent increments), write-ahead log, every commit on the disk, foreign keys on. PostgreSQL: SERIALIZABLE
(Q-REL-1, Q-REL-2).
"""

from __future__ import annotations

import sqlite3
import time
from typing import Any

import sqlalchemy as sa

from askul_connect.core.errors import ConfigurationError

#: How long a SQLite connection waits for another writer before the unit of work has to be repeated.
BUSY_MILLISECONDS = 10_000
#: For a path that stays quiet: how long a PostgreSQL connection may take to be made.
_CONNECT_SECONDS = 10
#: What begins a unit of work on SQLite; psycopg begins one by itself with the first statement.
SQLITE_BEGIN = "BEGIN IMMEDIATE"
#: For one that only reads: it sees one state of the write-ahead log, and no writer waits for it.
SQLITE_BEGIN_READING = "BEGIN DEFERRED"
#: The same: never cancelled, and it sees a state that some order of the transactions explains.
POSTGRESQL_READING = "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE, READ ONLY, DEFERRABLE"
#: A commit waits for the disk.
SQLITE_DURABLE = "PRAGMA synchronous=FULL"
#: A commit does not; the next one that does takes it along, since both go through one log, in order. With the
#: write-ahead log the database stays whole either way.
SQLITE_NOT_DURABLE = "PRAGMA synchronous=NORMAL"
#: The same for the one transaction it is said in.
POSTGRESQL_NOT_DURABLE = "SET LOCAL synchronous_commit = off"
_PRAGMAS = (
    f"PRAGMA busy_timeout={BUSY_MILLISECONDS}",
    "PRAGMA journal_mode=WAL",
    SQLITE_DURABLE,
    "PRAGMA foreign_keys=ON",
)
#: Together as long as the busy timeout, which SQLite does not keep for a change of the journal's mode.
_WAL_TRIES = 200
_WAL_PAUSE_SECONDS = 0.05
_FORMS = "sqlite:///PATH or postgresql://USER@HOST/DATABASE"


def open_engine(url: str) -> sa.Engine:
    """An engine for a database URL; nothing is connected yet.

    Args:
        url: ``sqlite:///PATH`` or ``postgresql://...``.

    Raises:
        ConfigurationError: The URL is neither, or the driver is not installed.
    """
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError:
        raise ConfigurationError(f"the database URL cannot be read; write {_FORMS}") from None
    match parsed.drivername:
        case "sqlite" | "sqlite+pysqlite":
            return _sqlite(parsed)
        case "postgresql" | "postgresql+psycopg":
            return _postgresql(parsed.set(drivername="postgresql+psycopg"))
    raise ConfigurationError(f"no storage for {parsed.drivername!r}; write {_FORMS}")


def open_reading_engine(url: str) -> sa.Engine:
    """An engine whose transactions read one state of the database and keep no writer waiting.

    SQLite: a deferred transaction, which the write-ahead log gives one state. PostgreSQL: SERIALIZABLE, READ
    ONLY, DEFERRABLE, which is never cancelled and sees a state that some order of the transactions explains.

    Raises:
        ConfigurationError: As :func:`open_engine`.
    """
    engine = open_engine(url)
    if engine.dialect.name == "sqlite":
        sa.event.remove(engine, "begin", _begin_immediate)
        sa.event.listen(engine, "begin", _begin_deferred)
        return engine
    return engine.execution_options(postgresql_readonly=True, postgresql_deferrable=True)


def shown(url: sa.URL) -> str:
    """The database as it may be shown: the path of a file, or the URL without password and options."""
    if url.get_backend_name() == "sqlite":
        return url.database or ""
    plain = sa.URL.create(
        url.get_backend_name(), username=url.username, host=url.host, port=url.port, database=url.database
    )
    return plain.render_as_string()


def _sqlite(url: sa.URL) -> sa.Engine:
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise ConfigurationError("a SQLite database is a file: sqlite:///PATH")
    # A pool without limit: a thread that waits for SQLite's lock waits there, with a time limit, not for a
    # connection.
    engine = sa.create_engine(url, hide_parameters=True, max_overflow=-1)
    sa.event.listen(engine, "connect", _set_up_sqlite)
    sa.event.listen(engine, "begin", _begin_immediate)
    return engine


def _set_up_sqlite(connection: Any, _record: object) -> None:
    # The driver must not begin transactions by itself: it would begin them too late and without IMMEDIATE.
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        _execute_patiently(connection, pragma)


def _execute_patiently(connection: Any, pragma: str) -> None:
    """Turning a new database to WAL does not wait for another program that does the same; so we do."""
    for _ in range(_WAL_TRIES):
        try:
            connection.execute(pragma)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            time.sleep(_WAL_PAUSE_SECONDS)
        else:
            return
    connection.execute(pragma)


def _begin_immediate(connection: sa.Connection) -> None:
    connection.exec_driver_sql(SQLITE_BEGIN)


def _begin_deferred(connection: sa.Connection) -> None:
    connection.exec_driver_sql(SQLITE_BEGIN_READING)


def _postgresql(url: sa.URL) -> sa.Engine:
    try:
        engine = sa.create_engine(
            url,
            hide_parameters=True,
            isolation_level="SERIALIZABLE",
            max_overflow=40,
            paramstyle="format",
            pool_pre_ping=True,
            connect_args={"connect_timeout": _CONNECT_SECONDS},
        )
    except ModuleNotFoundError:
        raise ConfigurationError(
            "PostgreSQL needs its driver: pip install 'askul-connect[postgres]'"
        ) from None
    return engine
