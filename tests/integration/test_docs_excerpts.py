"""What README and tutorial show of the demo's table is what the demo prints."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = ("README.md", "docs/tutorial/first-run.md")


def rows(text: str) -> dict[str, list[str]]:
    """Give the cells of each row of the table, by purchase order."""
    found = [re.split(r" {2,}", line.strip()) for line in text.splitlines()]
    return {cells[0]: cells[1:] for cells in found if re.fullmatch(r"PO-2026-\d{4}", cells[0])}


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    command = [
        sys.executable,
        "-m",
        "askul_connect",
        "--directory",
        str(tmp_path_factory.mktemp("demo")),
        "demo",
    ]
    done = subprocess.run(command, capture_output=True, check=True)
    return rows(done.stdout.decode())


@pytest.mark.parametrize("page", PAGES)
def test_excerpts_are_what_the_demo_prints(page: str, printed: dict[str, list[str]]) -> None:
    shown = rows((ROOT / page).read_text(encoding="utf-8"))

    assert shown
    for order, cells in shown.items():
        # Columns may be left out, but none is changed or moved.
        rest = iter(printed[order])
        assert all(cell in rest for cell in cells), (order, cells, printed[order])
