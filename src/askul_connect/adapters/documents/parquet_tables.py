"""Tables for finance as Parquet files (INT-7): every column has its type, and says what it means."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from askul_connect.adapters.documents.table_files import FileTables
from askul_connect.core.domain.finance import CellKind, FinanceColumn, FinanceTable
from askul_connect.core.domain.finance_tables import SCHEMA_VERSION
from askul_connect.core.errors import ConfigurationError, ValueInvalid
from askul_connect.core.ports.finance import FinanceRows

if typing.TYPE_CHECKING:
    import pyarrow as pa

#: Rows of a row group, all that is held of a table.
_GROUP = 10_000
#: Digits in all and behind the point: a price has 4, a percentage what its document says.
_DIGITS, _PLACES = 38, 10


def parquet_tables(folder: Path) -> FileTables:
    """Writes each table to one Parquet file of a folder.

    Args:
        folder: Made when it is missing.

    Raises:
        ConfigurationError: pyarrow is not installed.
    """
    try:
        import pyarrow.parquet  # noqa: F401, PLC0415 -- an extra, and heavy
    except ModuleNotFoundError:
        raise ConfigurationError("Parquet needs pyarrow: pip install 'askul-connect[parquet]'") from None
    return FileTables(folder, ".parquet", _ParquetFile)


class _ParquetFile:
    """One file, written in groups of rows."""

    def __init__(self, table: FinanceTable, file: IO[bytes]) -> None:
        from pyarrow import parquet  # noqa: PLC0415 -- as above

        self._table = table
        self._schema = arrow_schema(table)
        self._writer: Any = parquet.ParquetWriter(file, self._schema, compression="zstd")
        self._waiting: list[Any] = []

    def add(self, rows: FinanceRows) -> None:
        """More rows."""
        self._waiting += rows
        while len(self._waiting) >= _GROUP:
            self._write(self._waiting[:_GROUP])
            del self._waiting[:_GROUP]

    def end(self) -> None:
        """The last rows and the footer."""
        if self._waiting:
            self._write(self._waiting)
            self._waiting = []
        self._writer.close()

    def close(self) -> None:
        """End a file that nobody will read; left open, it would be ended when its file is gone."""
        import pyarrow as pa  # noqa: PLC0415 -- as above

        with suppress(OSError, pa.ArrowException):
            self._writer.close()
        self._writer.is_open = False

    def _write(self, rows: FinanceRows) -> None:
        import pyarrow as pa  # noqa: PLC0415 -- as above

        try:
            columns = [
                pa.array(cells, type=field.type)
                for cells, field in zip(zip(*rows, strict=True), self._schema, strict=True)
            ]
        except (pa.ArrowInvalid, OverflowError) as error:
            raise ValueInvalid(
                f"a value of {self._table.name} does not fit into its column: {error}", where=self._table.name
            ) from None
        self._writer.write_table(pa.Table.from_arrays(columns, schema=self._schema))


def arrow_schema(table: FinanceTable) -> pa.Schema:
    """The columns of a table with their types; what they mean is in their metadata."""
    import pyarrow as pa  # noqa: PLC0415 -- as above

    decimal = pa.decimal128(_DIGITS, _PLACES)
    types: Mapping[CellKind, Any] = {
        CellKind.TEXT: pa.string(),
        CellKind.COUNT: pa.int64(),
        CellKind.AMOUNT: pa.int64(),
        CellKind.PRICE: decimal,
        CellKind.PERCENT: decimal,
        CellKind.DATE: pa.date32(),
        CellKind.INSTANT: pa.timestamp("us", tz="UTC"),
    }
    fields = [
        pa.field(column.name, types[column.kind], nullable=column.empty, metadata=_meaning(column))
        for column in table.columns
    ]
    about = {
        "askul_connect.schema_version": str(SCHEMA_VERSION),
        "askul_connect.key": " ".join(table.key),
        "en": table.en,
        "ja": table.ja,
    }
    return pa.schema(fields, metadata=about)


def _meaning(column: FinanceColumn) -> dict[str, str]:
    return {"kind": column.kind.value, "en": column.en, "ja": column.ja}
