"""``catalog import``: a file of any size into the supplier of a directory, in constant memory (CAT-3)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from askul_connect.cli.application import application

HEAVY = os.environ.get("HEAVY") == "1"
HEADER = "sku,name,unit,unit_price,maker,category,jan,content_quantity,on_hand"


def call(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(
        application,
        ["--directory", str(home), *arguments],
        env={"LC_ALL": "C.UTF-8"},
        prog_name="askul-connect",
    )


def imported(home: Path, file: Path, *more: str, code: int = 0) -> dict[str, Any]:
    done = call(home, "catalog", "import", str(file), "--json", *more)
    assert done.exit_code == code, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def lines(number: int, first: int = 0) -> Iterator[str]:
    for place in range(first, first + number):
        kind = f"見本{place % 7},用紙 > 紙{place % 50}"
        yield f"N-{place:07},コピー用紙 {place},NMP,{100 + place % 900}.5,{kind},,500,{place % 30}"


def write(path: Path, rows: Iterator[str], encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="\n") as file:
        file.write(f"{HEADER}\n")
        file.writelines(f"{row}\n" for row in rows)
    return path


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("catalog")
    assert call(made, "init", "--quiet").exit_code == 0
    return made


@pytest.mark.spec("CAT-3")
@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp932"])
def test_a_file_is_imported_and_again_changes_nothing(home: Path, tmp_path: Path, encoding: str) -> None:
    first = 10_000 if encoding == "cp932" else 0
    file = write(tmp_path / "items.csv", lines(1_200, first), encoding)
    would = imported(home, file, "--trial")
    assert (would["rows"], would["added"]) == (1_200, 1_200)
    done = imported(home, file)
    assert (done["taken"], done["added"], done["changed"], done["unchanged"]) == (1_200, 1_200, 0, 0)
    again = imported(home, file)
    assert (again["taken"], again["added"], again["changed"], again["unchanged"]) == (1_200, 0, 0, 1_200)
    assert (again["prices"], again["stock"], again["findings"]) == (0, 0, 0)


@pytest.mark.spec("CAT-3")
def test_a_batch_with_a_finding_is_left_out_whole_and_every_finding_has_its_place(
    home: Path, tmp_path: Path
) -> None:
    rows = list(lines(2_500, 50_000))
    rows[1_100] = "B-1,x,NMP,1e5,,,,,-"
    rows[1_200] = "B-2,x,NMP,1,,,4912345678905,500,"
    file = write(tmp_path / "items.csv", iter(rows))
    done = imported(home, file, code=1)
    assert (done["rows"], done["taken"], done["refused"], done["findings"]) == (2_500, 1_500, 1_000, 3)
    assert [one["where"] for one in done["problems"]] == [
        "line 1102, column unit_price",
        "line 1102, column on_hand",
        "line 1202, column jan",
    ]
    shown = call(home, "catalog", "import", str(file))
    assert shown.exit_code == 1
    assert "1500 of 2500 rows taken: 0 items added, 0 changed, 1500 unchanged" in shown.stdout
    assert "line 1202, column jan" in shown.stderr
    rows[1_100:1_201:100] = lines(2, 60_000)
    mended = imported(home, write(tmp_path / "mended.csv", iter(rows)))
    assert (mended["added"], mended["unchanged"]) == (1_000, 1_500)


@pytest.mark.spec("CAT-3")
def test_what_cannot_be_read_is_refused(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "items.csv"
    file.write_bytes(b"sku;unit_price\n")
    for path, code in ((file, "document-malformed"), (tmp_path / "none.csv", "usage"), (tmp_path, "usage")):
        done = call(home, "catalog", "import", str(path), "--json")
        assert done.exit_code == 2
        assert code in json.loads(done.stderr[done.stderr.index("{") :])["code"]


#: Imports a file in a process of its own and prints the most memory it had, in KiB, after the first batches and at
#: the end.
_MEASURED = """
import json, resource, sys
from pathlib import Path
from askul_connect import bootstrap
from askul_connect.bootstrap.catalog_import import BATCH

def most():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

seen = []
settings = bootstrap.load_settings(Path(sys.argv[1]))
with bootstrap.staff_of(settings, "askul") as ask:
    def progress(line, of):
        seen.append((line, most()))
    found = bootstrap.import_catalog(ask, Path(sys.argv[2]), progress=progress)
warm = next(memory for line, memory in seen if line > 5 * BATCH)
print(json.dumps({"added": found.added, "warm": warm, "end": most(), "told": len(seen)}))
"""


@pytest.mark.spec("CAT-3")
@pytest.mark.timeout(3_600 if HEAVY else 120)
def test_memory_stays_flat_however_long_the_file_is(tmp_path: Path) -> None:
    """12,000 rows; with HEAVY=1 a million."""
    number = 1_000_000 if HEAVY else 12_000
    home = tmp_path / "home"
    assert call(home, "init", "--quiet").exit_code == 0
    file = write(tmp_path / "items.csv", lines(number))
    program = [sys.executable, "-c", _MEASURED, str(home), str(file)]
    done = subprocess.run(program, capture_output=True, text=True, check=True)
    measured = json.loads(done.stdout)
    assert measured["added"] == number
    assert measured["told"] > number // 1_000
    # the rows of a batch come and go; SQLite's own cache of 2 MB is filled by then
    assert measured["end"] < measured["warm"] + 16 * 1024, measured
