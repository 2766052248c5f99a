"""Tables for finance hold nothing that a spreadsheet would run (ASVS 1.2.10)."""

import csv
from pathlib import Path

import pytest

from askul_connect.adapters.documents.csv_tables import csv_tables
from askul_connect.core.domain.finance import CellKind, FinanceColumn, FinanceTable

HOSTILE = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠A1")


def written(folder: Path, *cells: str | int) -> list[str]:
    columns = tuple(FinanceColumn(f"c{place}", CellKind.TEXT, "", "") for place in range(len(cells)))
    table = FinanceTable(name="table", key=("c0",), columns=columns, en="", ja="")
    with csv_tables(folder).begin([table]) as sink:
        sink.put(table, [cells])
        sink.finish()
    with (folder / "table.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))[1]


@pytest.mark.spec("INT-7")
@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_like_a_formula_is_a_text(tmp_path: Path, text: str) -> None:
    assert written(tmp_path, text) == [f"'{text}"]


def test_numbers_and_other_texts_stay(tmp_path: Path) -> None:
    assert written(tmp_path, -1_200, "A-1", "a=b", "", "総務部") == ["-1200", "A-1", "a=b", "", "総務部"]
