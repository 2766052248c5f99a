"""Files that only their owner can read, for what is shown once."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from askul_connect.core.errors import UsageError


@contextmanager
def private_file(path: Path) -> Iterator[TextIO]:
    """A new file, made before the secret is; it goes again when there is none to be written.

    Raises:
        UsageError: It is there already, or cannot be made; nothing has been changed.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise UsageError(f"{path} exists, and nothing is overwritten", where=str(path)) from None
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}", where=str(path)) from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise
