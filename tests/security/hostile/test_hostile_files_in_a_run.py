"""Hostile files in the ERP's folders: ``run`` ends with 1 or 2, and every honest document beside them goes through."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from click.testing import CliRunner, Result

from askul_connect.cli.application import application

LARGEST = 200_000


def _corpus() -> ModuleType:
    """The module beside this file; tests are no package."""
    sys.path.insert(0, str(Path(__file__).parent))
    try:
        import corpus

        return corpus
    finally:
        sys.path.pop(0)


CORPUS = _corpus()


def hostile(entrance: str) -> Iterator[bytes]:
    """Cases of an entrance; the largest cost time to make, and are measured elsewhere."""
    for name, case in CORPUS.CASES[entrance].items():
        if not any(
            sign in name
            for sign in (" MB", "million", "00,", "limit", "huge", "quotes", "gzip", "references")
        ):
            data = case()
            if len(data) <= LARGEST:
                yield data


def call(directory: Path, *arguments: str) -> Result:
    return CliRunner().invoke(
        application,
        ["--directory", str(directory), *arguments],
        env={"LC_ALL": "C.UTF-8"},
        prog_name="askul-connect",
    )


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """The demo's directory after the demo, with one more order waiting."""
    assert call(tmp_path, "demo").exit_code == 0
    (tmp_path / "erp/in/zz-honest.csv").write_text(
        f"{CORPUS.ORDER_COLUMNS}\nPO-9,1,PAPER-A4,1,XCT,4280,JPY,D100,,\n", encoding="utf-8"
    )
    return tmp_path


def test_hostile_documents_are_rejected_and_the_honest_one_is_placed(directory: Path) -> None:
    dropped = set()
    for folder, entrance, ending in (
        ("in", "ubl", "xml"),
        ("in", "orders", "csv"),
        ("receipts", "receipts", "csv"),
    ):
        for number, data in enumerate(hostile(entrance)):
            file = directory / "erp" / folder / f"{entrance}-{number}.{ending}"
            file.write_bytes(data)
            dropped.add(file.name)
    assert len(dropped) > 60

    done = call(directory, "run", "--json")

    assert done.exit_code == 1, done.output
    report = json.loads(done.stdout)
    assert report["placed"] == 1
    rejected = {path.name for path in (directory / "erp/rejected").iterdir()}
    assert dropped <= rejected
    assert {f"{name}.error.json" for name in dropped} <= rejected
    assert not list((directory / "erp/in").iterdir())
    assert not list((directory / "erp/receipts").iterdir())


@pytest.mark.parametrize(
    ("entrance", "file"),
    [
        ("mapping", "erp/mapping/items.csv"),
        ("budgets", "erp/budgets/2027.csv"),
        ("toml", "askul-connect.toml"),
    ],
)
def test_a_hostile_configuration_ends_the_run_and_changes_nothing(
    directory: Path, entrance: str, file: str
) -> None:
    path = directory / file
    honest = path.read_bytes() if path.exists() else None
    for data in hostile(entrance):
        path.write_bytes(data)
        done = call(directory, "run", "--json")
        assert done.exit_code == 2, (data[:200], done.output)
        assert json.loads(done.stderr)["fault"] == "caller"
        assert (directory / "erp/in/zz-honest.csv").exists()

    path.unlink()
    if honest is not None:
        path.write_bytes(honest)
    done = call(directory, "run", "--json")
    # 1 where the invoice of the order has no receipt yet.
    assert done.exit_code in {0, 1}, done.output
    assert json.loads(done.stdout)["placed"] == 1
