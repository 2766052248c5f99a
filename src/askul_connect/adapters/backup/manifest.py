"""What a backup holds, sealed: versions, rows and hashes of each table and file.

The seal is a plain hash over everything else of the manifest, which in turn has the hash of every file and of
the rows of every table. It tells damage, not forgery: whoever can write the backup can seal it again.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, TypeVar

import attrs
from attrs import field, frozen, validators

from askul_connect.core.errors import BackupDamaged, SchemaOutOfDate

#: Version of the form of a backup.
FORMAT = 1
MANIFEST_NAME = "manifest.json"

T = TypeVar("T")


def _all(kind: type) -> Any:
    return field(
        validator=validators.deep_iterable(validators.instance_of(kind), validators.instance_of(tuple))
    )


# A manifest comes from a disk: whoever reads it relies on the types of what is in it.
_TEXT: Any = field(validator=validators.instance_of(str))
_NUMBER: Any = field(validator=validators.instance_of(int))


@frozen(kw_only=True)
class TableDigest:
    """A table: how many rows, and the hash of all of them in the order of their key."""

    name: str = _TEXT
    rows: int = _NUMBER
    sha256: str = _TEXT


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

    name: str = _TEXT
    side: str = _TEXT
    file: str = _TEXT
    schema: str = _TEXT
    sha256: str = _TEXT
    tables: tuple[TableDigest, ...] = _all(TableDigest)


@frozen(kw_only=True)
class FileEntry:
    """A file of the directory, by its path there."""

    path: str = _TEXT
    size: int = _NUMBER
    sha256: str = _TEXT


@frozen(kw_only=True)
class Manifest:
    """A whole backup.

    Attributes:
        taken_at: ISO 8601, UTC.
        program: Version of the program that took it.
        folders: Of the directory, also those without a file.
        left_out: What was neither copied as file nor as database: links, pipes and the like.
    """

    backup_id: str = _TEXT
    taken_at: str = _TEXT
    program: str = _TEXT
    with_secrets: bool = field(validator=validators.instance_of(bool))
    databases: tuple[DatabaseEntry, ...] = _all(DatabaseEntry)
    files: tuple[FileEntry, ...] = _all(FileEntry)
    folders: tuple[str, ...] = _all(str)
    left_out: tuple[str, ...] = _all(str)


def write_manifest(manifest: Manifest) -> bytes:
    """The manifest as JSON, with its seal."""
    return sealed({"format": FORMAT, **attrs.asdict(manifest)})


def sealed(content: dict[str, Any]) -> bytes:
    """Content of a manifest as JSON, with its seal."""
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
