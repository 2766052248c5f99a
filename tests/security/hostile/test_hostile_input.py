"""Hostile input at every entrance: refused with a typed error, in a second and 150 MB, nothing opened or asked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import askul_connect

SECONDS = 1
MEGABYTES = 150
PROGRAM = Path(__file__).with_name("measure.py")
SOURCE = Path(askul_connect.__file__).parents[1]


@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="limits and figures of a process as Linux has them"
)
@pytest.mark.timeout(300)
@pytest.mark.parametrize("entrance", ["soap", "ubl", "orders", "receipts", "mapping", "budgets", "toml"])
def test_each_hostile_case_is_refused_within_the_limits(entrance: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(PROGRAM), entrance, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)

    missed = {
        case: found
        for case, found in report.items()
        if not found["outcome"].startswith("refused:")
        or found["seconds"] >= SECONDS
        or found["megabytes"] >= MEGABYTES
        or found["seen"]
    }
    assert len(report) > 20
    assert not missed
