"""What it costs to begin: the import, and the first order of a new process."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from benchmarks.bench_order import set_up
from benchmarks.contest import Contest, Side

ROOT = Path(__file__).parents[1]
HEAVY = ("zeep", "lxml", "sqlalchemy", "alembic", "litestar", "requests", "argon2", "click", "rich")
_TIMED_IMPORT = """
import sys, time
started = time.perf_counter()
import askul_connect
print(time.perf_counter() - started)
loaded = {heavy} & {{name.partition(".")[0] for name in sys.modules}}
assert not loaded, loaded
"""
_FIRST_ORDER = """
import sys, time
started = time.perf_counter()
from pathlib import Path
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.operations.supplier import PLACE_ORDER
from benchmarks.bench_order import open_supplier
from benchmarks.samples import purchase
folder = Path(sys.argv[1])
supplier = open_supplier(f"sqlite:///{folder}/first.sqlite3", folder)
caller = supplier.soap_caller()
number = time.time_ns() % 10**12
answer = caller.call(PLACE_ORDER, purchase(number), token=Secret(sys.argv[2]), idempotency_key=str(number))
assert answer.orders
print(time.perf_counter() - started)
"""


def _run(*arguments: str) -> float:
    done = subprocess.run(  # noqa: S603 -- this interpreter
        [sys.executable, *arguments],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=_as_installed(),
    )
    return float(done.stdout)


def _as_installed() -> dict[str, str]:
    """The environment, with byte code kept, as an installed package has it; the first run writes it."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return environment | {"PYTHONPYCACHEPREFIX": _byte_code().name}


@cache
def _byte_code() -> tempfile.TemporaryDirectory[str]:
    # removed with the process
    return tempfile.TemporaryDirectory()


def import_ours() -> float:
    """Seconds to import the package in a new process; fails when something heavy came with it."""
    return _run("-c", _TIMED_IMPORT.format(heavy=set(HEAVY)))


def import_baseline() -> float:
    """Seconds to import what it cannot do without."""
    return _run(str(Path(__file__).with_name("baseline_import.py")))


def contests(folder: Path) -> Iterator[Contest]:
    """The import against attrs and pluggy; the first order against the clock."""
    yield Contest(
        name="import askul_connect",
        against="import attrs, pluggy",
        ours=Side(run=lambda _: import_ours(), seconds=float),
        baseline=Side(run=lambda _: import_baseline(), seconds=float),
        unit="process",
        reach=1.5,
    )
    token = set_up(f"sqlite:///{folder}/first.sqlite3", folder).reveal()
    yield Contest(
        name="first order over SOAP in a new process, existing SQLite",
        against="",
        ours=Side(run=lambda _: _run("-c", _FIRST_ORDER, str(folder), token), seconds=float),
        baseline=None,
        unit="process",
        reach=1.5,
    )
