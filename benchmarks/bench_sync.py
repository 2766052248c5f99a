"""A supplier's history into the buyer's SQLite: from messages and from bytes, and what memory that takes."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from pathlib import Path
from typing import Any, cast

from attrs import frozen

from askul_connect.adapters.codecs.ubl.writer import UblWriter
from askul_connect.adapters.security.simulated import SimulatedClock
from askul_connect.adapters.security.system import SeededIds
from askul_connect.adapters.soap.caller import SoapCaller
from askul_connect.adapters.soap.codec import encode
from askul_connect.adapters.soap.envelope import SOAP11, wrap
from askul_connect.adapters.soap.wsdl import wsdl
from askul_connect.adapters.storage.sql.storage import buyer_sql
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.domain.tax import JAPAN_CONSUMPTION_TAX
from askul_connect.core.messages.ordering import ListOrdersResponse
from askul_connect.core.operations.supplier import SUPPLIER_OPERATIONS
from askul_connect.core.policies.settings import (
    BudgetSettings,
    IdsRepeat,
    MatchingSettings,
    OrderSettings,
    OutboxSettings,
)
from askul_connect.core.ports.buyer_storage import BuyerStorage
from askul_connect.core.ports.channel import Capability, Channel
from askul_connect.core.ports.erp import ErpConnector
from askul_connect.core.ports.finance import FinanceWriter
from askul_connect.core.ports.transport import HttpRequest, HttpResponse
from askul_connect.core.services.buyer.channel import OperationChannel
from askul_connect.core.services.buyer.desk import Desk, DeskRules
from askul_connect.core.services.buyer.report import Tally
from askul_connect.core.services.buyer.syncing import sync_supplier
from benchmarks import baseline_sync
from benchmarks.contest import Contest, Side
from benchmarks.samples import START, pages

SUPPLIER = "main"
ADDRESS = "http://bench.invalid/soap/1"
TABLES = ("orders", "order_lines", "order_tax", "watermarks")
#: 0.4x the rate of the baseline.
REACH = 2.5


@frozen(kw_only=True)
class _Connection:
    """A supplier that has a channel and nothing to do by itself."""

    channel: Channel
    work: None = None

    def close(self) -> None:
        """Nothing is held."""


class _MessageChannel:
    """A channel that answers with pages of messages."""

    capabilities = frozenset({Capability.HISTORY})

    def __init__(self, answers: Iterable[ListOrdersResponse]) -> None:
        self._answers = iter(answers)

    def orders(self, cursor: str, page_size: int) -> ListOrdersResponse:  # noqa: ARG002 -- the port's
        return next(self._answers)


class _Replay:
    """A transport that answers with the bytes of pages."""

    def __init__(self, answers: Iterable[bytes]) -> None:
        self._answers = iter(answers)

    def send(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002 -- the port's
        return HttpResponse(status=200, headers={"content-type": "text/xml"}, body=next(self._answers))

    def close(self) -> None:
        """Nothing is held."""


def encoded(answer: ListOrdersResponse) -> bytes:
    """A page as the supplier sends it."""
    return wrap(SOAP11, encode(answer, "ListOrdersResponse"))


def store_messages(storage: BuyerStorage, answers: Iterable[ListOrdersResponse]) -> None:
    """Our way from messages: the service that `run` calls."""
    _sync(storage, cast("Channel", _MessageChannel(answers)))


def store_bytes(storage: BuyerStorage, answers: Iterable[bytes], description: bytes) -> None:
    """Our way from bytes: the same with the SOAP channel before it."""
    caller = SoapCaller(_Replay(answers), wsdl=description, address=ADDRESS)
    history = frozenset({Capability.HISTORY})
    _sync(storage, OperationChannel(caller=caller, credential=Secret("ac_x.y"), capabilities=history))


def _sync(storage: BuyerStorage, channel: Channel) -> None:
    clock = SimulatedClock(START)
    desk = Desk(
        rules=DeskRules(
            own_party="",
            default_supplier=SUPPLIER,
            zone="Asia/Tokyo",
            ids_repeat=IdsRepeat.NEVER,
            budgets=BudgetSettings(),
            orders=OrderSettings(),
            matching=MatchingSettings(),
            outbox=OutboxSettings(),
            tax_table=JAPAN_CONSUMPTION_TAX,
        ),
        storage=storage,
        # reading a history needs neither
        erp=cast("ErpConnector", None),
        finance=cast("FinanceWriter", None),
        suppliers={SUPPLIER: _Connection(channel=channel)},
        writer=UblWriter(),
        timeline=clock,
        ids=SeededIds("bench", clock),
        progress=lambda _step: None,
    )
    tally = Tally()
    sync_supplier(desk, SUPPLIER, tally)
    assert not tally.has_failed(SUPPLIER, "sync")


class Databases:
    """Empty databases, each a copy of one that our migration made."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._empty = folder / "empty.sqlite3"
        buyer_sql(f"sqlite:///{self._empty}").close()
        self._numbers = count()
        self._open: list[Callable[[], None]] = []

    def path(self) -> Path:
        """A new one; those opened before are closed and removed."""
        while self._open:
            self._open.pop()()
        path = self._folder / f"sync-{next(self._numbers)}.sqlite3"
        shutil.copy(self._empty, path)
        self._open.append(lambda: _remove(path))
        return path

    def ours(self) -> BuyerStorage:
        """A new one, opened by us."""
        storage = buyer_sql(f"sqlite:///{self.path()}")
        self._open.append(storage.close)
        return storage

    def baseline(self) -> sqlite3.Connection:
        """A new one, opened by the driver."""
        connection = baseline_sync.connect(str(self.path()))
        self._open.append(connection.close)
        return connection


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def rows(path: Path) -> dict[str, list[Any]]:
    """Everything a database holds."""
    connection = sqlite3.connect(path)
    try:
        found = {
            table: connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2, 3").fetchall()  # noqa: S608
            for table in TABLES
        }
    finally:
        connection.close()
    assert all(found.values()), "nothing was stored"
    return found


def contests(folder: Path, *, lines: int = 100_000) -> Iterator[Contest]:
    """From messages, and from bytes."""
    databases = Databases(folder)
    description = wsdl(SUPPLIER_OPERATIONS, address=ADDRESS)
    messages = list(pages(lines))
    sent = [encoded(answer) for answer in messages]

    def equal(
        ours: Callable[[BuyerStorage], None], baseline: Callable[[sqlite3.Connection], None]
    ) -> Callable[[], None]:
        def check() -> None:
            first = folder / "ours.sqlite3"
            storage = buyer_sql(f"sqlite:///{first}")
            ours(storage)
            storage.close()
            second = folder / "baseline.sqlite3"
            buyer_sql(f"sqlite:///{second}").close()
            connection = baseline_sync.connect(str(second))
            baseline(connection)
            connection.close()
            assert rows(first) == rows(second)
            _remove(first)
            _remove(second)

        return check

    def contest(name: str, against: str, ours: Any, baseline: Any) -> Contest:
        return Contest(
            name=f"{name}, {lines:,} order lines, SQLite",
            against=against,
            ours=Side(prepare=databases.ours, run=ours),
            baseline=Side(prepare=databases.baseline, run=baseline),
            check=equal(ours, baseline),
            items=lines,
            unit="line",
            reach=REACH,
        )

    yield contest(
        "sync, messages to rows",
        "executemany upsert",
        lambda storage: store_messages(storage, messages),
        lambda connection: baseline_sync.store_messages(connection, SUPPLIER, messages),
    )
    yield contest(
        "sync, bytes to rows",
        "lxml walk + executemany upsert",
        lambda storage: store_bytes(storage, sent, description),
        lambda connection: baseline_sync.store_bytes(connection, SUPPLIER, sent),
    )


def peak_memory(folder: Path, lines: int) -> int:
    """Peak resident memory, in kB, of a process that syncs so many lines from bytes made as they are read."""
    done = subprocess.run(  # noqa: S603 -- ourselves
        [sys.executable, "-m", "benchmarks.bench_sync", str(folder), str(lines)],
        check=True,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[1],
    )
    return int(done.stdout)


def memory_lines(folder: Path) -> list[str]:
    """Peak memory at growing sizes."""
    sizes = (10_000, 100_000, 1_000_000) if os.environ.get("HEAVY") == "1" else (10_000, 100_000)
    return [f"- {lines:,} lines: {peak_memory(folder, lines) / 1024:.1f} MB" for lines in sizes]


def _main() -> None:
    import resource  # noqa: PLC0415 -- not on Windows

    databases = Databases(Path(sys.argv[1]))
    answers = (encoded(answer) for answer in pages(int(sys.argv[2])))
    store_bytes(databases.ours(), answers, wsdl(SUPPLIER_OPERATIONS, address=ADDRESS))
    databases.path()
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


if __name__ == "__main__":
    _main()
