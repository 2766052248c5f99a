"""The real program, struck where a test says: at the n-th commit, send or file that comes to stand, or by a full disk.

Run as a program. Everything is loaded once; then each line of the standard input asks for one run of the command
line, which is done by a process of its own. So a kill is the kernel's, of a whole process, and costs no imports. One
line of the standard output answers each: the process, how it ended, and the instants it went through.

Nothing in the package knows of this: what is replaced are methods that the package calls of SQLAlchemy, pathlib and
of a transport, and each replacement calls the original.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import resource
import signal
import socket
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import alembic.command
import argon2
import cattrs
import jpholiday
import lxml.etree
import psycopg
import rich.console
import rich.table
import zeep
from attrs import define, field
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.pool.base import _ConnectionFairy

from askul_connect import bootstrap
from askul_connect.adapters.security.simulated import SimulatedClock
from askul_connect.adapters.security.system import SystemClock
from askul_connect.adapters.transports.http import HttpTransport
from askul_connect.adapters.transports.in_process import InProcessTransport
from askul_connect.bootstrap import reference, toolkit, workspace
from askul_connect.cli import main
from askul_connect.core.services.buyer.report import Tally

#: Loaded before the first run, so that a run does not wait for them.
LOADED = (alembic.command, argon2, cattrs, jpholiday, lxml.etree, psycopg, rich.console, rich.table, zeep)
MORE = (postgresql, sqlite, bootstrap, reference, toolkit, workspace)


@define
class Instants:
    """Counts what a run goes through, and stops it at the one it is to be struck at."""

    at: int
    signal: int
    #: Only this kind counts for ``at``.
    kind: str
    seen: list[str] = field(factory=list)

    def reach(self, what: str) -> None:
        self.seen.append(what)
        counted = self.seen.count(self.kind) if self.kind else len(self.seen)
        if counted == self.at and self.kind in {"", what}:
            os.kill(os.getpid(), self.signal)

    @contextmanager
    def around(self, what: str) -> Iterator[None]:
        self.reach(f"before {what}")
        yield
        self.reach(f"after {what}")


def watch(owner: type, method: str, what: str, instants: Instants) -> None:
    """Go through an instant before and after each call of a method."""
    original = getattr(owner, method)

    def watched(*given: Any, **named: Any) -> Any:
        with instants.around(what):
            return original(*given, **named)

    setattr(owner, method, watched)


def set_up(order: dict[str, Any]) -> Instants:
    """What the order wants to be different from a plain run."""
    instants = Instants(order.get("at", 0), order.get("signal", signal.SIGKILL), order.get("kind", ""))
    # A unit of work commits on the driver's connection, by way of the pool's; a migration by SQLAlchemy's.
    _ConnectionFairy.commit = lambda fairy: fairy.dbapi_connection.commit()
    watch(_ConnectionFairy, "commit", "commit", instants)
    watch(InProcessTransport, "send", "send", instants)
    watch(HttpTransport, "send", "send", instants)
    watch(Path, "replace", "file", instants)
    if "host" in order:
        socket.gethostname = lambda: order["host"]
    if "ahead" in order:
        SystemClock.now = _ahead(SystemClock.now, timedelta(seconds=order["ahead"]))  # type: ignore[method-assign]
    if order.get("patient"):
        wait_after_a_failure()
    if "largest_file" in order:
        resource.setrlimit(resource.RLIMIT_FSIZE, (order["largest_file"], resource.RLIM_INFINITY))
    return instants


def wait_after_a_failure() -> None:
    """Business time stands still from the first failure on, or other things would be due before the next run."""
    failed, advance = Tally.failed, SimulatedClock.advance
    met: list[bool] = []

    def noted(tally: Tally, *given: Any) -> None:
        met.append(True)
        failed(tally, *given)

    Tally.failed = noted  # type: ignore[method-assign]
    SimulatedClock.advance = lambda clock, due: not met and advance(clock, due)  # type: ignore[method-assign]


def _ahead(now: Callable[[SystemClock], datetime], by: timedelta) -> Callable[[SystemClock], datetime]:
    return lambda clock: now(clock) + by


def run(order: dict[str, Any]) -> int:
    """The command line, as its entry point runs it; the exit code."""
    instants = set_up(order)
    sys.argv = ["askul-connect", *order["arguments"]]
    try:
        main()
    except SystemExit as end:
        code = end.code
    finally:
        if "instants" in order:
            Path(order["instants"]).write_text("\n".join(instants.seen), encoding="utf-8")
    return code if isinstance(code, int) else int(code is not None)


def in_a_process(order: dict[str, Any]) -> None:
    """Fork, run there; never returns in the new process."""
    process = os.fork()
    if process:
        print(json.dumps({"process": process}), flush=True)  # noqa: T201 -- the answer
        return
    code = 70
    try:
        for number, name in ((1, "stdout"), (2, "stderr")):
            target = os.open(order[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            os.dup2(target, number)
            os.close(target)
        # a buffer of the parent's must not be written a second time
        sys.stdout = io.TextIOWrapper(io.FileIO(1, "w", closefd=False), encoding="utf-8")
        sys.stderr = io.TextIOWrapper(io.FileIO(2, "w", closefd=False), encoding="utf-8", write_through=True)
        code = run(order)
        sys.stdout.flush()
    except BaseException:  # noqa: BLE001 -- whatever it was, it must not go on as the parent
        traceback.print_exc()
    finally:
        os._exit(code)


def warm(order: dict[str, Any]) -> int:
    """A run in this very process: what it compiles and caches, those to come find done."""
    sys.argv = ["askul-connect", *order["arguments"]]
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        try:
            main()
        except SystemExit as end:
            return int(bool(end.code))
    return 0


def serve() -> None:
    """One run for each line, until there are no more; how it ended is told on request."""
    for line in sys.stdin:
        order = json.loads(line)
        if "warm" in order:
            print(json.dumps({"code": warm(order)}), flush=True)  # noqa: T201 -- the answer
        elif "wait" in order:
            _, status = os.waitpid(order["wait"], 0)
            print(json.dumps({"code": os.waitstatus_to_exitcode(status)}), flush=True)  # noqa: T201 -- the answer
        else:
            in_a_process(order)


if __name__ == "__main__":
    serve()
