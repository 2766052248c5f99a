"""Everything a plugin's ``connect`` needs, in a directory of its own and without a configuration file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from askul_connect.bootstrap.workbench import Workbench, make_workbench
from askul_connect.plugins.connections import ConnectionSettings

__all__ = ["BUYER_PARTY", "DEPARTMENT", "START", "Workbench", "plugin_workbench", "sample_connection"]

#: Who buys; an invented corporate number.
BUYER_PARTY = "0188:9999999999999"
#: The one department of the sample account.
DEPARTMENT = "D100"

#: Where the time of a workbench begins: a Wednesday, 9 o'clock in Tokyo, at the beginning of a month.
START = datetime.fromisoformat("2026-04-01T09:00:00+09:00")
_ACCOUNT = {
    "name": "見本商事株式会社",
    "representative": "見本 太郎",
    "postcode": "150-0001",
    "address": "東京都渋谷区見本2-2",
    "phone": "03-0000-0000",
    "email": "soumu@example.co.jp",
    "departments": [{"code": DEPARTMENT, "name": "総務部"}],
    "administrator": {"name": "見本 花子", "email": "hanako@example.co.jp"},
    "buyer": {"name": "見本 次郎", "email": "jiro@example.co.jp", "departments": [DEPARTMENT]},
}
#: The well-known items of the sample catalog, and no others.
_ITEMS = 22


def plugin_workbench(directory: Path, *, start: datetime = START, seed: str = "kit") -> Workbench:
    """A toolkit with a simulated clock on a directory.

    Args:
        directory: Empty or of an earlier call, best pytest's ``tmp_path``.
        start: Where the time begins, aware.
        seed: What ids, tokens and numbers are derived from, so that a test gives the same each time.

    Raises:
        PluginFailed: An installed plugin cannot be used.
    """
    return make_workbench(directory, party=BUYER_PARTY, start=start, seed=seed)


def sample_connection(
    name: str = "kit", *, supplier: Mapping[str, object] | None = None, **options: object
) -> ConnectionSettings:
    """Settings of a connection to a supplier built on the reference supplier, in this process.

    Args:
        name: Of the connection.
        supplier: Keys of its ``supplier`` table.
        options: Further keys of the connection's table, such as ``behaviour``.
    """
    return ConnectionSettings(
        name=name,
        credential=f"file:secrets/{name}.credential",
        options={"account": _ACCOUNT, "supplier": {"items": _ITEMS, **(supplier or {})}, **options},
    )
