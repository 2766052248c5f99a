"""Secrets as files that only their owner can read."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import StorageUnavailable


class SecretFolder:
    """One file per secret; satisfies ``SecretBox``.

    Args:
        folder: Made for its owner alone when it is missing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, name: str) -> Secret | None:
        """The secret, if there is one of that name."""
        path = self._folder / name
        try:
            return Secret(path.read_text(encoding="utf-8").strip())
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise StorageUnavailable(f"{path} cannot be read", where=str(path)) from error

    def put(self, name: str, secret: Secret) -> None:
        """Store or replace, whole or not at all."""
        path = self._folder / name
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._folder, prefix=".new.")
            temporary = Path(name)
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as file:
                    file.write(f"{secret.reveal()}\n")
                    file.flush()
                    os.fsync(file.fileno())
                temporary.replace(path)
            except BaseException:
                temporary.unlink(missing_ok=True)
                raise
        except OSError as error:
            raise StorageUnavailable(f"{path} cannot be written", where=str(path)) from error
