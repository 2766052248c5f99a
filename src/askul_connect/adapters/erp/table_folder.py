"""The integrator's tables as files of a folder."""

from __future__ import annotations

from pathlib import Path

from askul_connect.adapters.erp import folder as files
from askul_connect.core.domain.mapping import Mapping
from askul_connect.core.errors import ConfigurationError, DocumentError
from askul_connect.core.ports.documents import MappingReader


def read_tables(folder: Path, reader: MappingReader) -> Mapping:
    """The mapping tables of a folder; a file that is missing is an empty table.

    Raises:
        ConfigurationError: A table is not accepted; names file, row, column and what is accepted.
        UsageError: The folder may not be read.
        StorageUnavailable: Reading failed.
    """
    names = files.file_names(folder, required=False)
    return reader.read(table_contents(folder, [name for name in names if name in reader.tables]))


def table_contents(folder: Path, names: list[str]) -> dict[str, bytes]:
    """The content of files by name, without those that are gone.

    Raises:
        ConfigurationError: One is no regular file, or too large.
        StorageUnavailable: Reading failed.
    """
    contents = {}
    for name in names:
        try:
            data = files.read_regular(folder / name)
        except DocumentError as error:
            raise ConfigurationError(error.detail, where=f"{folder.name}/{name}") from error
        if data is not None:
            contents[name] = data
    return contents
