"""A supplier's history into the buyer's database: from messages and from bytes, and what memory that takes."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any, cast

from attrs import frozen

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
from askul_connect.core.ports.transport import HttpRequest, HttpResponse
from askul_connect.core.services.buyer.channel import OperationChannel
from askul_connect.core.services.buyer.desk import Desk, DeskRules
from askul_connect.core.services.buyer.report import Tally
from askul_connect.core.services.buyer.syncing import sync_supplier
from benchmarks import baseline_sync
from benchmarks.contest import Contest, Side
from benchmarks.postgresql import Server, connect, postgresql_server
from benchmarks.samples import START, pages

SUPPLIER = "main"
ADDRESS = "http://bench.invalid/soap/1"
TABLES = ("orders", "order_lines", "order_tax", "watermarks")
LINES = 100_000
Store = baseline_sync.Sqlite | baseline_sync.Postgresql
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
        finance=(),
        suppliers={SUPPLIER: _Connection(channel=channel)},
        timeline=clock,
        ids=SeededIds("bench", clock),
        progress=lambda _step: None,
    )
    tally = Tally()
    sync_supplier(desk, SUPPLIER, tally)
    assert not tally.has_failed(SUPPLIER, "sync")


@frozen(kw_only=True)
class Place:
    """Where both sides find empty databases.

    Attributes:
        fresh: Makes a database that our migration has set up and gives its URL; ``discard`` removes it.
        baseline: Opens the baseline on a URL; the connection is closed with what it returns second.
        query: All rows of a statement on a URL's database.
    """

    fresh: Callable[[], str]
    discard: Callable[[str], None]
    baseline: Callable[[str], tuple[Store, Callable[[], None]]]
    query: Callable[[str, str], list[Any]]


class Databases:
    """Empty databases, one after the other: those opened before are closed and removed.

    Args:
        place: Where they are.
        tables: Those that both sides fill.
    """

    def __init__(self, place: Place, tables: Sequence[str] = TABLES) -> None:
        self._place = place
        self._tables = tables
        self._open: list[Callable[[], None]] = []

    def close(self) -> None:
        """Close and remove what is open."""
        while self._open:
            self._open.pop()()

    def ours(self) -> BuyerStorage:
        """A new one, opened by us."""
        self.close()
        return self._ours(self._url())

    def baseline(self) -> Store:
        """A new one, opened by the driver."""
        self.close()
        return self._baseline(self._url())

    def compare(self, ours: Callable[[BuyerStorage], None], baseline: Callable[[Store], None]) -> None:
        """Raise AssertionError unless both leave the same rows."""
        urls = self._url(), self._url()
        ours(self._ours(urls[0]))
        baseline(self._baseline(urls[1]))
        for table in self._tables:
            first, second = (
                self._place.query(url, f"SELECT * FROM {table} ORDER BY 1, 2, 3")  # noqa: S608
                for url in urls
            )
            assert first, "nothing was stored"
            assert first == second
        self.close()

    def _url(self) -> str:
        url = self._place.fresh()
        self._open.append(lambda: self._place.discard(url))
        return url

    def _ours(self, url: str) -> BuyerStorage:
        storage = buyer_sql(url)
        self._open.append(storage.close)
        return storage

    def _baseline(self, url: str) -> Store:
        store, close = self._place.baseline(url)
        self._open.append(close)
        return store


def sqlite_place(folder: Path) -> Place:
    """SQLite files in a folder, each a copy of one that our migration made."""
    empty = folder / "empty.sqlite3"
    buyer_sql(f"sqlite:///{empty}").close()
    numbers = count()

    def fresh() -> str:
        path = folder / f"sync-{next(numbers)}.sqlite3"
        shutil.copy(empty, path)
        return f"sqlite:///{path}"

    def path_of(url: str) -> Path:
        return Path(url.removeprefix("sqlite:///"))

    def discard(url: str) -> None:
        for suffix in ("", "-wal", "-shm"):
            path = path_of(url)
            path.with_name(path.name + suffix).unlink(missing_ok=True)

    def baseline(url: str) -> tuple[Store, Callable[[], None]]:
        connection = baseline_sync.connect(str(path_of(url)))
        return baseline_sync.Sqlite(connection), connection.close

    def query(url: str, statement: str) -> list[Any]:
        with closing(sqlite3.connect(path_of(url))) as connection:
            return connection.execute(statement).fetchall()

    return Place(fresh=fresh, discard=discard, baseline=baseline, query=query)


def postgresql_place(server: Server) -> Place:
    """Databases of a server, each a copy of one that our migration made."""
    buyer_sql(server.create("empty")).close()

    def baseline(url: str) -> tuple[Store, Callable[[], None]]:
        connection = connect(url)
        return baseline_sync.Postgresql(connection), connection.close

    def query(url: str, statement: str) -> list[Any]:
        with connect(url) as connection:
            return connection.execute(statement).fetchall()  # type: ignore[no-any-return]  # the driver is loaded late

    return Place(fresh=lambda: server.copy("empty"), discard=server.drop, baseline=baseline, query=query)


def _contests(place: Place, title: str, against: str, lines: int, *, from_bytes: bool) -> Iterator[Contest]:
    """From messages, and from bytes."""
    databases = Databases(place)
    messages = list(pages(lines))

    def contest(
        name: str, against: str, ours: Callable[[BuyerStorage], None], baseline: Callable[[Store], None]
    ) -> Contest:
        return Contest(
            name=f"sync, {name} to rows, {lines:,} order lines, {title}",
            against=against,
            ours=Side(prepare=databases.ours, run=ours),
            baseline=Side(prepare=databases.baseline, run=baseline),
            check=lambda: databases.compare(ours, baseline),
            close=databases.close,
            items=lines,
            unit="line",
            reach=REACH,
        )

    yield contest(
        "messages",
        against,
        lambda storage: store_messages(storage, messages),
        lambda store: store.store(baseline_sync.from_messages(SUPPLIER, messages)),
    )
    if not from_bytes:
        return
    description = wsdl(SUPPLIER_OPERATIONS, address=ADDRESS)
    sent = [encoded(answer) for answer in messages]
    yield contest(
        "bytes",
        f"lxml walk + {against}",
        lambda storage: store_bytes(storage, sent, description),
        lambda store: store.store(baseline_sync.from_bytes(SUPPLIER, sent)),
    )


def contests(folder: Path, *, lines: int = LINES) -> Iterator[Contest]:
    """Into SQLite."""
    return _contests(sqlite_place(folder), "SQLite", "executemany upsert", lines, from_bytes=True)


def postgresql_contests(folder: Path, *, lines: int = LINES) -> Iterator[Contest]:
    """Into PostgreSQL; reading the bytes is the same as before."""
    with postgresql_server(folder / "postgresql-sync") as server:
        yield from _contests(postgresql_place(server), "PostgreSQL", "COPY + merge", lines, from_bytes=False)


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


def peak() -> int:
    """Peak resident memory of this process in kB."""
    status = Path("/proc/self/status")
    if status.exists():
        # what the system's own count begins with is the peak of the process that started this one
        return next(
            int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")
        )
    import resource  # noqa: PLC0415 -- not on Windows

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _main() -> None:
    databases = Databases(sqlite_place(Path(sys.argv[1])))
    answers = (encoded(answer) for answer in pages(int(sys.argv[2])))
    store_bytes(databases.ours(), answers, wsdl(SUPPLIER_OPERATIONS, address=ADDRESS))
    databases.close()
    print(peak())


if __name__ == "__main__":
    _main()
