"""What a table for finance is: columns with a kind, a key and a meaning in both languages (INT-7)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from attrs import field, frozen

#: A cell as it is read from our storage; every writer puts it into its own form.
FinanceCell = str | int | Decimal | date | datetime | None


class CellKind(StrEnum):
    """What the cells of a column are.

    ``AMOUNT`` is minor units of the currency of the row or of its document; ``PRICE`` major units of it and
    ``PERCENT`` per cent, both exact decimals; ``INSTANT`` is UTC.
    """

    TEXT = "text"
    COUNT = "count"
    AMOUNT = "amount"
    PRICE = "price"
    PERCENT = "percent"
    DATE = "date"
    INSTANT = "instant"

    @property
    def is_whole(self) -> bool:
        """Whether the cells are whole numbers of 64 bits."""
        return self in {CellKind.COUNT, CellKind.AMOUNT}

    @property
    def is_decimal(self) -> bool:
        """Whether the cells are exact decimals."""
        return self in {CellKind.PRICE, CellKind.PERCENT}


@frozen
class FinanceColumn:
    """One column.

    Attributes:
        en, ja: What it means.
        empty: Whether a cell may be empty.
    """

    name: str
    kind: CellKind
    en: str
    ja: str
    empty: bool = field(default=False, kw_only=True)


@frozen(kw_only=True)
class FinanceTable:
    """One table.

    Attributes:
        key: Names of the columns that no two rows share; no cell of them is empty.
        en, ja: What its rows are.
        since: Version of the schema it came with.

    Raises:
        ValueError: The key is not of the columns, or a name occurs twice.
    """

    name: str
    key: tuple[str, ...]
    columns: tuple[FinanceColumn, ...]
    en: str
    ja: str
    since: int = 1

    def __attrs_post_init__(self) -> None:
        names = self.names
        required = {column.name for column in self.columns if not column.empty}
        if not self.key or len(set(names)) != len(names) or not required.issuperset(self.key):
            raise ValueError(f"the table {self.name} has no proper key or names a column twice")

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names in order."""
        return tuple(column.name for column in self.columns)
