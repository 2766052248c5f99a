"""What a backup holds, sealed: versions, rows and hashes of each table and file.

The seal is a plain hash over everything else of the manifest, which in turn has the hash of every file and of
the rows of every table. It tells damage, not forgery: whoever can write the backup can seal it again.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, TypeVar

import attrs
from attrs import field, frozen

from askul_connect.core.errors import BackupDamaged, SchemaOutOfDate

#: Version of the form of a backup.
FORMAT = 1
MANIFEST_NAME = "manifest.json"

T = TypeVar("T")


@frozen(kw_only=True)
class TableDigest:
    """A table: how many rows, and the hash of all of them in the order of their key."""

    name: str
    rows: int
    sha256: str


@frozen(kw_only=True)
class DatabaseEntry:
    """A database.

    Attributes:
        name: ``buyer`` or ``supplier NAME``.
        side: ``buyer`` or ``supplier``.
        file: Its rows, below the backup.
        schema: Its schema version; empty for one without tables.
        sha256: Of the file.
    """

    name: str
    side: str
    file: str
    schema: str
    sha256: str
    tables: tuple[TableDigest, ...]


@frozen(kw_only=True)
class FileEntry:
    """A file of the directory, by its path there."""

    path: str
    size: int
    sha256: str


@frozen(kw_only=True)
class Manifest:
    """A whole backup.

    Attributes:
        taken_at: ISO 8601, UTC.
        program: Version of the program that took it.
        folders: Of the directory, also those without a file.
        left_out: What was neither copied as file nor as database: links, pipes and the like.
    """

    backup_id: str
    taken_at: str
    program: str
    with_secrets: bool
    databases: tuple[DatabaseEntry, ...]
    files: tuple[FileEntry, ...]
    folders: tuple[str, ...]
    left_out: tuple[str, ...] = field(default=())


def write_manifest(manifest: Manifest) -> bytes:
    """The manifest as JSON, with its seal."""
    content = {"format": FORMAT, **attrs.asdict(manifest)}
    sealed = {**content, "seal": _seal(content)}
    return (json.dumps(sealed, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "surrogatepass")


def read_manifest(data: bytes) -> Manifest:
    """The manifest in a file.

    Raises:
        BackupDamaged: It is none, or its seal is broken.
        SchemaOutOfDate: It was written by a newer program.
    """
    try:
        content = json.loads(data.decode("utf-8", "surrogatepass"))
        seal = content.pop("seal")
        if seal != _seal(content):
            raise BackupDamaged("the manifest is not what was written", where=MANIFEST_NAME)
        version = content.pop("format")
        if version != FORMAT:
            raise SchemaOutOfDate(
                f"the backup has form {version}, this program reads form {FORMAT}", where=MANIFEST_NAME
            )
        databases = [
            _made(DatabaseEntry, {**entry, "tables": tuple(_made(TableDigest, t) for t in entry["tables"])})
            for entry in content.pop("databases")
        ]
        files = [_made(FileEntry, entry) for entry in content.pop("files")]
        lists = {"folders": tuple(content.pop("folders")), "left_out": tuple(content.pop("left_out"))}
        return _made(Manifest, {"databases": tuple(databases), "files": tuple(files), **lists, **content})
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise BackupDamaged("this is no manifest of a backup", where=MANIFEST_NAME) from error


def _made(kind: type[T], fields: dict[str, Any]) -> T:
    return kind(**fields)


def _seal(content: object) -> str:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
