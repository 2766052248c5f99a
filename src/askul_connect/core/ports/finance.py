"""Where finance reads order history and invoices beside the database (INT-7)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol


class FinanceWriter(Protocol):
    """Writes tables as files."""

    def write(self, name: str, columns: Sequence[str], rows: Iterable[Sequence[str | int]]) -> None:
        """Replace one table, whole or not at all; the same rows give the same bytes.

        Raises:
            StorageUnavailable: It could not be written; the old one is still there.
        """
        ...
