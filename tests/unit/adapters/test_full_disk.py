"""What is written whole or not at all leaves nothing behind on a full disk (REL-7)."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from askul_connect.adapters.documents.csv_tables import csv_tables
from askul_connect.adapters.documents.notice_files import NoticeFolder
from askul_connect.adapters.security.secret_files import SecretFolder
from askul_connect.core.domain.finance_tables import TABLES
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import StorageUnavailable

TABLE = next(one for one in TABLES if one.name == "input_tax")


def exported(folder: Path, text: str) -> None:
    """One table with one row."""
    with csv_tables(folder).begin([TABLE]) as sink:
        sink.put(TABLE, [[text] * len(TABLE.columns)])
        sink.finish()


WRITERS = {
    "secret": lambda folder, text: SecretFolder(folder).put("name", Secret(text)),
    "notice": lambda folder, text: NoticeFolder(folder).deliver("name", text),
    "table": exported,
}


@pytest.mark.spec("REL-7")
@pytest.mark.parametrize("kind", WRITERS)
def test_a_full_disk_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    WRITERS[kind](tmp_path, "before")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(StorageUnavailable):
            WRITERS[kind](tmp_path, "after")

    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert len(before) == 1
    WRITERS[kind](tmp_path, "after")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} != before
