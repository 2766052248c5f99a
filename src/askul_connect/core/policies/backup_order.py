"""What of a directory is copied, and in which order, so that a copy of one that is in use can be worked with.

A backup reads the parts of a directory one after the other while runs go on. Whatever the databases say must be
true of what was copied, so each part comes at its place:

1. What the ERP wrote for us, configuration and secrets. A document that was still waiting is known to the buyer's
   database or is taken again; one that was filed away already would be lost to a database that is older.
2. The buyer's database.
3. What was written for the ERP and finance: it is written before the database says so, so nothing is missing.
4. The suppliers' databases. A supplier commits before the buyer hears of it, so the buyer never knows more than
   they do; what only the supplier knows is asked for, or recognised by its key.
5. What an in-process supplier sent: written before its database says so.
"""

from __future__ import annotations

from enum import IntEnum

_FOR_THE_ERP = ("erp/done/", "erp/out/", "erp/rejected/", "finance/")
_OF_SUPPLIERS = "data/"
_SECRETS = "secrets/"
#: Files that are being written, by us or by others.
_UNFINISHED = (".tmp", ".part")
#: What SQLite keeps beside a database.
_BESIDE_DATABASES = ("-wal", "-shm", "-journal")


class Stage(IntEnum):
    """When a file is copied."""

    BEFORE_THE_BUYER = 1
    AFTER_THE_BUYER = 3
    AFTER_THE_SUPPLIERS = 5


def stage_of(path: str) -> Stage:
    """When a file is copied.

    Args:
        path: Relative to the directory, with slashes.
    """
    if path.startswith(_FOR_THE_ERP):
        return Stage.AFTER_THE_BUYER
    return Stage.AFTER_THE_SUPPLIERS if path.startswith(_OF_SUPPLIERS) else Stage.BEFORE_THE_BUYER


def is_secret(path: str, referenced: frozenset[str]) -> bool:
    """Whether a file is one of the secrets, which are copied only when that is asked for.

    Args:
        path: Relative to the directory, with slashes.
        referenced: Files that the configuration names as secrets.
    """
    return path.startswith(_SECRETS) or path in referenced


def is_copied(path: str, databases: frozenset[str]) -> bool:
    """Whether a file is copied as a file at all: not when it is a database or not finished.

    Args:
        path: Relative to the directory, with slashes.
        databases: The files of databases, whose rows are copied.
    """
    if path.lower().endswith(_UNFINISHED) or any(part.startswith(".") for part in path.split("/")):
        return False
    return not any(path in {base, *(base + end for end in _BESIDE_DATABASES)} for base in databases)
