"""The version of a database's schema, and bringing it up to date: Alembic, one history for each side.

Alembic works from the installed package: no ``alembic.ini``, no current folder. A migration is one
transaction on both databases, so a database is of one version or of the next.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from attrs import frozen

from askul_connect.adapters.storage.sql.creation import create
from askul_connect.adapters.storage.sql.engine import open_engine, shown
from askul_connect.adapters.storage.sql.failures import translated
from askul_connect.core.errors import SchemaOutOfDate

if TYPE_CHECKING:
    from alembic.config import Config

_MIGRATIONS = Path(__file__).with_name("migrations")
#: PostgreSQL's advisory lock that those who prepare a database queue for; the number only has to be ours.
_PREPARE_LOCK = 4_713_020_001
#: In a script: its own version and the one before; the first script's is None.
_NAMED = re.compile(r'^(revision|down_revision)\b[^=\n]*= *"([^"]+)"', re.MULTILINE)
#: Where Alembic keeps the version.
_VERSION = sa.table("alembic_version", sa.column("version_num"))


class Side(StrEnum):
    """Whose database it is."""

    SUPPLIER = "supplier"
    BUYER = "buyer"


@frozen(kw_only=True)
class SchemaVersion:
    """Where a database stands.

    Attributes:
        place: The database as it may be shown.
        found: Its version; empty for a database without tables.
        wanted: The version of this program.
    """

    place: str
    found: str
    wanted: str

    @property
    def up_to_date(self) -> bool:
        """Whether this program can work with it as it is."""
        return self.found == self.wanted


def schema_check(url: str, side: Side) -> SchemaVersion:
    """Where a database stands; nothing is changed.

    Args:
        url: ``sqlite:///PATH`` or ``postgresql://...``.
        side: Whose database it is.

    Raises:
        ConfigurationError: The URL cannot be used.
        StorageUnavailable: The database cannot be opened.
        SchemaOutOfDate: It holds tables that are not ours.
    """
    engine = open_engine(url)
    place = shown(engine.url)
    try:
        with translated(place), engine.begin() as connection:
            return _version(connection, side, place)
    finally:
        engine.dispose()


def schema_upgrade(url: str, side: Side) -> SchemaVersion:
    """Bring a database up to this program's version; returns where it stood before.

    Args:
        url: ``sqlite:///PATH`` or ``postgresql://...``.
        side: Whose database it is.

    Raises:
        ConfigurationError: The URL cannot be used.
        StorageUnavailable: The database cannot be opened or written.
        SchemaOutOfDate: It is a newer program's, the other side's or another program's.
    """
    engine = open_engine(url)
    try:
        return upgrade(engine, side)
    finally:
        engine.dispose()


def upgrade(engine: sa.Engine, side: Side, *, only_new: bool = False) -> SchemaVersion:
    """As :func:`schema_upgrade`, on an open engine.

    Args:
        engine: The database.
        side: Whose it is.
        only_new: Leave a database alone that has a version, whichever.
    """
    place = shown(engine.url)
    # Not SERIALIZABLE here: whoever waited for the lock must see the tables that were made meanwhile.
    level = None if engine.dialect.name == "sqlite" else "READ COMMITTED"
    bound = engine.execution_options(isolation_level=level) if level else engine
    with translated(place), bound.begin() as connection:
        if level:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_PREPARE_LOCK)))
        version = _version(connection, side, place)
        if version.found and version.found not in revisions(side):
            raise _refusal(version, side)
        if not version.found:
            create(connection, side.value, version.wanted)
        elif not version.up_to_date and not only_new:
            migrate(connection, side, "head")
        return version


def require_known(revision: str, side: Side, place: str) -> None:
    """Refuse a schema version that this program has never had.

    Raises:
        SchemaOutOfDate: It is a newer program's.
    """
    known = revisions(side)
    if revision not in known:
        raise _refusal(SchemaVersion(place=place, found=revision, wanted=known[-1]), side)


def found_version(connection: sa.Connection, side: Side, place: str) -> str:
    """The version of a database that is open; empty for one without tables.

    Raises:
        SchemaOutOfDate: It holds tables that are not ours.
    """
    return _version(connection, side, place).found


def migrate(connection: sa.Connection, side: Side, revision: str) -> None:
    """Bring a database within an open transaction to a version that is known."""
    # Takes longer to import than to open a database.
    from alembic import command  # noqa: PLC0415

    config = _config(side)
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def require_up_to_date(version: SchemaVersion, side: Side) -> None:
    """Refuse a database of another version.

    Raises:
        SchemaOutOfDate: It is; the remedy names the command.
    """
    if not version.up_to_date and version.found:
        raise _refusal(version, side)


def _refusal(version: SchemaVersion, side: Side) -> SchemaOutOfDate:
    return SchemaOutOfDate(
        f"the database has schema {version.found!r}; the {side}'s of this program is {version.wanted!r}",
        where=version.place,
    )


@cache
def revisions(side: Side) -> tuple[str, ...]:
    """The versions of a side's schema, oldest first, read from its scripts.

    Alembic would say the same; but who opens a database that is up to date does without it.
    """
    after: dict[str | None, str] = {}
    for path in (_MIGRATIONS / side.value).glob("*.py"):
        named = dict(_NAMED.findall(path.read_text("utf-8")))
        if "revision" in named:
            after[named.get("down_revision")] = named["revision"]
    found: list[str] = []
    while (following := after.get(found[-1] if found else None)) is not None:
        found.append(following)
    return tuple(found)


def _version(connection: sa.Connection, side: Side, place: str) -> SchemaVersion:
    tables = sa.inspect(connection).get_table_names()
    found = ""
    if _VERSION.name in tables:
        found = connection.execute(sa.select(_VERSION.c.version_num)).scalar() or ""
    if not found and (strange := [name for name in tables if name != _VERSION.name]):
        raise SchemaOutOfDate(
            f"the database has tables and no schema version of ours ({strange[0]!r} and others): "
            "is it another program's?",
            where=place,
        )
    return SchemaVersion(place=place, found=found, wanted=revisions(side)[-1])


def _config(side: Side) -> Config:
    from alembic.config import Config  # noqa: PLC0415 -- as above

    config = Config()
    # A percent sign in a folder's name must not be taken for an interpolation.
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("version_locations", str(_MIGRATIONS / side.value).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    return config
