"""Writes the dump of the present schema that later versions have to be able to take over: ``make kept-dump``.

A dump is a backup of a small invented directory in the middle of its month, in a folder named after the schema
versions of both sides, with what is to be found in it in ``expected.json``. The dump of the present versions is
replaced; those of earlier ones are never touched. See README.md beside this file.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from askul_connect import load_settings, open_workspace
from askul_connect.bootstrap import Progress, back_up, showcase
from askul_connect.cli.demo_files import demo_directory
from askul_connect.cli.directory_files import write_directory

HERE = Path(__file__).resolve().parent
EXPECTED = "expected.json"
VIEWS = ("orders", "invoices", "budgets", "outbox")
_ITEMS = 30
#: Orders are placed and confirmed, ship notices are stored and some of them handed over.
_STEPS = 26
_WAITING = """purchase_order_id,line_id,sku,quantity,unit,unit_price,currency,department,cost_centre,requested_on
PO-2026-0099,1,A100-0001,1,パック,1040,JPY,D100,,
"""


class _Enough(Exception):
    """The middle of the month."""


def make_directory(directory: Path) -> None:
    """A directory whose first run was interrupted, and with an order that nobody has taken yet."""
    texts = demo_directory(showcase())
    configuration = texts["askul-connect.toml"]
    texts["askul-connect.toml"] = configuration.replace("items = 2400", f"items = {_ITEMS}")
    write_directory(directory, texts)
    told = 0

    def stop(_progress: Progress) -> None:
        nonlocal told
        told += 1
        if told == _STEPS:
            raise _Enough

    with open_workspace(load_settings(directory)) as opened:
        try:
            opened.run(progress=stop)
        except _Enough:
            (directory / "erp" / "in" / "waiting.csv").write_text(_WAITING, encoding="utf-8")
            return
    message = f"the run ended before step {_STEPS}"
    raise RuntimeError(message)


def contents(directory: Path) -> dict[str, Any]:
    """What integrators read of a directory."""
    with open_workspace(load_settings(directory)) as opened:
        views: dict[str, Any] = json.loads(json.dumps({name: getattr(opened, name)() for name in VIEWS}))
    return views


def main() -> int:
    """Write the dump of the present versions; returns the exit code."""
    with tempfile.TemporaryDirectory(prefix="askul-connect-dump-") as folder:
        directory, made = Path(folder) / "directory", Path(folder) / "dump"
        make_directory(directory)
        manifest = back_up(load_settings(directory), made, with_secrets=True)
        tables = {each.name: {table.name: table.rows for table in each.tables} for each in manifest.databases}
        expected = {"tables": tables, **contents(directory)}
        (made / EXPECTED).write_text(json.dumps(expected, ensure_ascii=False, indent=1) + "\n", "utf-8")
        target = HERE / "-".join(each.schema for each in manifest.databases)
        if target.exists():
            shutil.rmtree(target)
        shutil.copytree(made, target)
    size = sum(path.stat().st_size for path in target.rglob("*") if path.is_file())
    sys.stdout.write(f"wrote {target.name}, {size // 1024} KiB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
