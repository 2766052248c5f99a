"""How far was read: whatever is settled in whatever order, nothing that waits is passed over."""

from __future__ import annotations

import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from askul_connect import ConfigurationError, ErpConnection
from askul_connect.core.errors import StorageUnavailable
from askul_connect.testing import plugin_workbench
from askul_connect_tryton.connector import TrytonConnector
from askul_connect_tryton.progress import Progress, Seen

START = datetime(2026, 4, 1)  # noqa: DTZ001 -- as Tryton has it
KIND = "purchase"


def at(minute: int) -> datetime:
    return START + timedelta(minutes=minute)


@pytest.mark.spec("INT-5")
@settings(max_examples=25, deadline=None)
@given(st.data())
def test_what_waits_is_met_again_and_what_is_settled_is_not(data: Any) -> None:
    """A model of Tryton: records change, are listed from the mark on, and some of those that wait are settled."""
    look_back = data.draw(st.sampled_from([0, 3]))
    with tempfile.TemporaryDirectory() as folder:
        records: dict[int, int] = {}
        settled: dict[int, int] = {}
        for round_number in range(data.draw(st.integers(1, 4))):
            for record in data.draw(st.lists(st.integers(1, 5), max_size=4)):
                records[record] = max([*records.values(), 0]) + data.draw(st.integers(1, 9))
            progress = Progress(Path(folder) / "p.sqlite3", timedelta(minutes=look_back))
            since = progress.begin(KIND)
            listed = sorted(
                (minute, record) for record, minute in records.items() if since is None or at(minute) >= since
            )
            met = [
                record
                for minute, record in listed
                if progress.meet(KIND, Seen(record=record, changed_at=at(minute), content=f"{round_number}"))
            ]
            assert set(met) == {record for record, minute in records.items() if settled.get(record) != minute}
            for record in data.draw(st.permutations(met)):
                if data.draw(st.booleans()):
                    seen = Seen(record=record, changed_at=at(records[record]), content=f"{round_number}")
                    progress.settle(KIND, seen)
                    settled[record] = records[record]


@pytest.mark.spec("INT-5")
def test_one_that_waits_holds_the_mark_back(tmp_path: Path) -> None:
    progress = Progress(tmp_path / "p.sqlite3", timedelta(0))
    early, late = Seen(record=1, changed_at=at(1)), Seen(record=2, changed_at=at(5))
    progress.begin(KIND)
    assert progress.meet(KIND, early)
    assert progress.meet(KIND, late)

    progress.settle(KIND, late)

    assert Progress(tmp_path / "p.sqlite3", timedelta(0)).begin(KIND) == at(1)
    progress.settle(KIND, early)
    assert progress.begin(KIND) == at(5)


@pytest.mark.spec("INT-5")
def test_the_same_content_is_not_met_again_but_a_rejected_one_is(tmp_path: Path) -> None:
    progress = Progress(tmp_path / "data" / "p.sqlite3", timedelta(0))
    progress.settle(KIND, Seen(record=1, changed_at=at(1), content="a"))
    progress.settle(KIND, Seen(record=2, changed_at=at(1), content=""))

    progress.begin(KIND)

    assert not progress.meet(KIND, Seen(record=1, changed_at=at(2), content="a"))
    assert progress.meet(KIND, Seen(record=1, changed_at=at(2), content="b"))
    assert progress.meet(KIND, Seen(record=2, changed_at=at(2), content=""))
    assert not progress.meet(KIND, Seen(record=2, changed_at=at(1), content=""))


def test_a_file_that_is_none_is_a_typed_error(tmp_path: Path) -> None:
    (tmp_path / "p.sqlite3").write_bytes(b"something else, and long enough to be looked at" * 10)

    with pytest.raises(StorageUnavailable):
        Progress(tmp_path / "p.sqlite3", timedelta(0)).begin(KIND)


OPTIONS: dict[str, object] = {
    "address": "https://erp.example",
    "database": "company",
    "user": "u",
    "password": "file:secrets/p",
}


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"address": ""}, "erp.tryton.address"),
        ({"database": 5}, "erp.tryton.database"),
        ({"user": None}, "erp.tryton.user"),
        ({"password": "env:THERE_IS_NO_SUCH_VARIABLE"}, "erp.tryton.password"),
        ({"look_back_seconds": -1}, "erp.tryton.look_back_seconds"),
        ({"look_back_seconds": "60"}, "erp.tryton.look_back_seconds"),
        ({"departements": "DEPT"}, "erp.tryton.departements"),
    ],
)
def test_a_key_that_is_not_accepted_is_named(tmp_path: Path, changes: dict[str, object], where: str) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "p").write_text("x")
    toolkit = plugin_workbench(tmp_path).toolkit
    TrytonConnector(toolkit, ErpConnection(key="erp.tryton", options=OPTIONS)).close()

    with pytest.raises(ConfigurationError) as caught:
        TrytonConnector(toolkit, ErpConnection(key="erp.tryton", options=OPTIONS | changes))
    assert caught.value.where == where
