"""Dropping a document into a folder under a name that its key gives it."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from askul_connect.adapters.erp import folder as files
from askul_connect.core.errors import DocumentError

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")
_LONGEST_PART = 80


def drop(folder: Path, kind: str, key: str, data: bytes, suffix: str) -> str:
    """Write ``<kind>-<key>.<suffix>``, whole or not at all; the same content again changes nothing.

    Args:
        folder: Where; it is made if it is missing.
        kind: What it is.
        key: Its business key; what a file name cannot hold is replaced, and told apart by a hash.
        data: Its bytes.
        suffix: Ending without the dot.

    Returns:
        The file's name.

    Raises:
        StorageUnavailable: It could not be written; nothing is half written.
    """
    name = f"{_safe(kind)}-{_safe(key)}.{_safe(suffix)}"
    path = folder / name
    try:
        unchanged = files.read_regular(path) == data
    except DocumentError:
        # A link in place of our file is replaced, never written through.
        unchanged = False
    if not unchanged:
        files.write_whole(path, data)
    return name


def _safe(text: str) -> str:
    """Text as a part of a file name; what had to be changed or cut gets a hash, so that no two keys meet."""
    safe = _UNSAFE.sub("_", text)[:_LONGEST_PART].lstrip(".")
    if safe == text:
        return safe
    return f"{safe}-{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"
