"""The whole loop: purchase orders of an ERP out, confirmations, ship notices and invoices back, matched and booked.

One process, a directory as an integrator has it, the reference supplier in it, both databases SQLite on the disk. The
time of each stage is what the run spends in it, less what the supplier takes to answer, which is a stage of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from unittest.mock import patch

from askul_connect import open_workspace
from askul_connect.adapters.transports.in_process import InProcessTransport
from askul_connect.core.services.buyer import run as loop

LINES_OF_ORDER = 5
ORDERS_OF_FILE = 200
ITEMS = 500
SUPPLIER = "the supplier's own part"
#: What a run calls, by what it is for.
STAGES = {
    "take_document": "take purchase orders",
    "take_changes": "take changes",
    "_send_orders": "place orders",
    "file_documents": "file documents",
    "sync_supplier": "sync",
    "receive_goods": "receive goods",
    "match_invoices": "match and book",
    "match_credit_notes": "match credit notes",
    "_deliver_documents": "documents to the ERP",
    "order_rows": "report",
    "export_tables": "tables for finance",
}
CONFIGURATION = """version = 1
[buyer]
party = "0188:9999999999999"
name = "bench"
[clock]
kind = "simulated"
start = 2026-04-01T09:00:00+09:00
seed = "bench"
[suppliers.askul]
kind = "reference"
credential = "file:secrets/askul.credential"
[suppliers.askul.supplier]
catalog = "catalog.csv"
[suppliers.askul.account]
name = "bench"
representative = "bench"
postcode = "150-0001"
address = "Tokyo"
phone = "03-0000-0000"
email = "bench@example.co.jp"
departments = [{ code = "D100", name = "D100" }, { code = "D200", name = "D200" }]
administrator = { name = "a", email = "a@example.co.jp" }
buyer = { name = "b", email = "b@example.co.jp", departments = ["D100", "D200"] }
"""


def write_directory(home: Path, lines: int) -> None:
    """A directory with so many lines of purchase orders in its drop folder, and receipts of all of them."""
    for folder in ("erp/in", "erp/receipts", "erp/budgets", "data"):
        (home / folder).mkdir(parents=True)
    (home / "askul-connect.toml").write_text(CONFIGURATION, "utf-8")
    items = [f"SK{n:05},Item {n},H87,{100 + n},standard,9999999" for n in range(ITEMS)]
    _csv(home / "catalog.csv", "sku,name,unit,unit_price,tax_category,on_hand", items)
    budgets = [f"{d},2026-0{m},JPY,900000000000" for d in ("D100", "D200") for m in (4, 5)]
    _csv(home / "erp/budgets/2026.csv", "department,period,currency,budget", budgets)
    orders = [_order(number) for number in range(-(-lines // LINES_OF_ORDER))]
    header = (
        "purchase_order_id,line_id,sku,quantity,unit,unit_price,currency,department,cost_centre,requested_on"
    )
    for start in range(0, len(orders), ORDERS_OF_FILE):
        of_file = [row for rows in orders[start : start + ORDERS_OF_FILE] for row in rows]
        _csv(home / f"erp/in/orders-{start:06}.csv", header, of_file)
    received = [
        f"PO-{number:06},{line + 1},{1 + line},2026-04-14"
        for number in range(len(orders))
        for line in range(LINES_OF_ORDER)
    ]
    _csv(home / "erp/receipts/all.csv", "purchase_order_id,line_id,quantity,received_on", received)


def _order(number: int) -> list[str]:
    department = ("D100", "D200")[number % 2]
    rows = []
    for line in range(LINES_OF_ORDER):
        item = (number * 7 + line * 13) % ITEMS
        rows.append(
            f"PO-{number:06},{line + 1},SK{item:05},{1 + line},H87,{100 + item},JPY,{department},CC-1,"
        )
    return rows


def _csv(path: Path, header: str, rows: list[str]) -> None:
    path.write_text("\n".join((header, *rows, "")), "utf-8")


class Stages:
    """Time of each stage, without that of the stages within it."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()
        self._inner = [0.0]

    def timed(self, name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, timed."""

        def run(*args: Any, **named: Any) -> Any:
            self._inner.append(0.0)
            start = time.perf_counter()
            try:
                return work(*args, **named)
            finally:
                took = time.perf_counter() - start
                self.seconds[name] += took - self._inner.pop()
                self._inner[-1] += took

        return run


def measure(home: Path) -> dict[str, Any]:
    """Run a directory once: seconds in all, of each stage, and what came of it."""
    stages = Stages()
    with ExitStack() as patched:
        for attribute, name in STAGES.items():
            work = getattr(loop, attribute)
            patched.enter_context(patch.object(loop, attribute, stages.timed(name, work)))
        for owner, attribute in ((InProcessTransport, "send"), (loop, "_work"), (loop, "_next_work")):
            work = getattr(owner, attribute)
            patched.enter_context(patch.object(owner, attribute, stages.timed(SUPPLIER, work)))
        start = time.perf_counter()
        with open_workspace(home) as workspace:
            report = workspace.run()
            seconds = time.perf_counter() - start
            billed = sum(len(one["lines"]) for one in workspace.invoices())
    assert report.exit_code == 0, report.rejections or report.failures or report.open_matches
    return {
        "seconds": seconds,
        "stages": dict(stages.seconds),
        "placed": report.placed,
        "billed": billed,
        "open": report.open_matches,
    }


def table_lines(folder: Path, lines: int) -> list[str]:
    """A table of where the time goes, in a process of its own whose peak memory is shown."""
    home = folder / f"loop-{lines}"
    write_directory(home, lines)
    done = subprocess.run(  # noqa: S603 -- ourselves
        [sys.executable, "-m", "benchmarks.bench_loop", str(home)],
        check=True,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[1],
    )
    found = json.loads(done.stdout)
    assert (found["placed"], found["open"]) == (-(-lines // LINES_OF_ORDER), 0)
    assert found["billed"] == found["placed"] * LINES_OF_ORDER, (
        "every line came back as a matched invoice line"
    )
    seconds = found["seconds"]
    made = [
        f"{lines:,} lines in {seconds:.1f} s: {lines / seconds:,.0f} lines/s; peak {found['peak'] / 1024:.0f} MB",
        "",
        "| stage | s | share | µs a line |",
        "|---|---|---|---|",
    ]
    stages = {**found["stages"], "the rest": seconds - sum(found["stages"].values())}
    for name, took in sorted(stages.items(), key=lambda one: -one[1]):
        made.append(f"| {name} | {took:.2f} | {took / seconds:.0%} | {took / lines * 1e6:.0f} |")
    return made


def loop_lines(folder: Path) -> list[str]:
    """The table at the size of ``LOOP_LINES``."""
    return table_lines(folder, int(os.environ.get("LOOP_LINES", "2000")))


def peak() -> int:
    """Peak resident memory of this process in kB."""
    import resource  # noqa: PLC0415 -- Windows has none

    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used // 1024 if sys.platform == "darwin" else used


def _main() -> None:
    print(json.dumps({**measure(Path(sys.argv[1])), "peak": peak()}))


if __name__ == "__main__":
    _main()
