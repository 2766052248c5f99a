"""The n-th SQL statement fails, commits included: a typed error, nothing half stored, the next run ends as ever.

``STATEMENTS`` says how many n of each kind of failure and each database are tried, 3 without it; every n with
HEAVY=1. What is replaced is the cursor that SQLAlchemy's pool hands out: hot statements do not pass through
SQLAlchemy's own events.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from attrs import define, field, frozen
from sqlalchemy.pool.base import _ConnectionFairy

from askul_connect import open_workspace
from askul_connect.adapters.security.simulated import SimulatedClock
from askul_connect.core.errors import (
    AskulConnectError,
    OutcomeUnknown,
    StorageConflict,
    StorageUnavailable,
)

HEAVY = os.environ.get("HEAVY") == "1"
STATEMENTS = int(os.environ.get("STATEMENTS") or (0 if HEAVY else 3))
#: Instants of trying, which a failure may move, and what differs each time by its nature.
VOLATILE = {
    "outbox": {"attempts", "next_attempt_at", "last_error", "done_at"},
    "users": {"password_hash"},
    "watermarks": {"cursor"},
    "leases": {"holder", "expires_at"},
}
#: What differs after an opening only, which each directory does with a key of its own, and which logs in again when it
#: is taken up again: every attempt is on record, and moves what comes after it.
OPENING_VOLATILE = {"audit_records": {"sequence", "seal"}, "outbox": {"place"}}
ATTEMPTS = {"chains", "login_records", "session_proofs", "sessions"}
#: It may need another temporary password, since the first was told to nobody who still runs.
AGAIN = {"temporary-password-issued", "password-changed"}


@define
class Statements:
    """Counts statements and commits, and lets one of them fail."""

    at: int = 0
    after: bool = False
    conflict: bool = False
    seen: list[str] = field(factory=list)

    @property
    def struck(self) -> bool:
        return 0 < self.at <= len(self.seen)

    def run(self, owner: object, text: str, execute: Callable[[], Any]) -> Any:
        self.seen.append(" ".join(text.split()[:3]))
        if len(self.seen) != self.at:
            return execute()
        if self.after:
            execute()
        raise self._error(type(owner).__module__.startswith("psycopg"))

    def _error(self, postgresql: bool) -> Exception:
        if postgresql:
            return (
                psycopg.errors.SerializationFailure() if self.conflict else psycopg.OperationalError("lost")
            )
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode = sqlite3.SQLITE_BUSY if self.conflict else sqlite3.SQLITE_IOERR
        return error


class Cursor:
    """The driver's cursor, each statement counted."""

    def __init__(self, inner: Any, statements: Statements) -> None:
        self._inner = inner
        self._statements = statements

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def execute(self, text: Any, *values: Any) -> Any:
        return self._statements.run(self._inner, str(text), lambda: self._inner.execute(text, *values))

    def executemany(self, text: Any, *values: Any) -> Any:
        return self._statements.run(self._inner, str(text), lambda: self._inner.executemany(text, *values))


@contextmanager
def counted(statements: Statements) -> Iterator[Statements]:
    cursor = _ConnectionFairy.cursor

    def counted_cursor(fairy: Any, *given: Any, **named: Any) -> Any:
        return Cursor(cursor(fairy, *given, **named), statements)

    def counted_commit(fairy: Any) -> None:
        statements.run(fairy.dbapi_connection, "COMMIT", fairy.dbapi_connection.commit)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(_ConnectionFairy, "cursor", counted_cursor)
        # what is asked of it goes to the driver's own connection
        patched.setattr(_ConnectionFairy, "commit", counted_commit, raising=False)
        patched.setattr(SimulatedClock, "advance", waiting(SimulatedClock.advance, statements))
        yield statements


def waiting(
    advance: Callable[[SimulatedClock, datetime], bool], statements: Statements
) -> Callable[[SimulatedClock, datetime], bool]:
    """Business time stands still from the failure to the next run, or other things would be due by then."""
    return lambda clock, until: not (statements.struck and not statements.conflict) and advance(clock, until)


def run(directory: Path) -> Any:
    with open_workspace(directory) as opened:
        return opened.run()


@frozen
class Left:
    """What is to be the same in the end: the lists, the files, and every row of both databases."""

    views: dict[str, Any]
    posted: dict[str, bytes] = field(repr=False)
    files: dict[str, list[str]]
    rows: dict[str, dict[str, list[dict[str, Any]]]]


def left(place: Any, directory: Path, outcome_of: Callable[[Path], Any], *, opening: bool) -> Left:
    outcome = outcome_of(directory)
    views = {name: json.loads(text) for name, text in outcome.views.items()}
    for message in views["outbox"]:
        # honest: a try that failed was one
        assert message.pop("attempts") >= 1
    return Left(
        views,
        outcome.posted,
        outcome.files,
        {side: steady(place, directory, side, opening=opening and side == "supplier") for side in SIDES},
    )


SIDES = ("buyer", "supplier")


#: Notices about people are known by a digest, by a key that each directory draws for itself.
_KEYED = re.compile(r"(?<=:)[0-9a-f]{16}(?=\"|$)")


def without_digests(row: dict[str, Any]) -> dict[str, Any]:
    if not _KEYED.search(str(row.get("business_key", ""))):
        return row
    # the message's id is made from it
    return {
        name: _KEYED.sub("", value) if isinstance(value, str) else value
        for name, value in row.items()
        if name != "message_id"
    }


def steady(place: Any, directory: Path, side: str, *, opening: bool) -> dict[str, list[dict[str, Any]]]:
    """Every row, without what differs each time; ``opening`` for the supplier's of an account opened meanwhile."""
    return {
        table: [
            steady_row(table, row, opening=opening)
            for row in rows
            # made at random when the first list is read
            if row.get("name") != "cursor-key"
            and not (opening and AGAIN & {row.get("kind"), row.get("action")})
        ]
        for table, rows in place.rows(directory, side).items()
        if not (opening and table in ATTEMPTS)
    }


def steady_row(table: str, row: dict[str, Any], *, opening: bool) -> dict[str, Any]:
    volatile = VOLATILE.get(table, set()) | (OPENING_VOLATILE.get(table, set()) if opening else set())
    kept = without_digests(row) if opening else row
    return {name: value for name, value in kept.items() if name not in volatile}


def differing(one: Left, other: Left) -> list[str]:
    """Where two ends differ, row by row: what pytest shows of whole databases is cut before it says anything."""
    found = [name for name in ("views", "posted", "files") if getattr(one, name) != getattr(other, name)]
    for side in SIDES:
        for table, rows in one.rows[side].items():
            wanted = other.rows[side][table]
            found += [f"{side}.{table}: {row}" for row in rows if row not in wanted]
            found += [f"{side}.{table} lacks: {row}" for row in wanted if row not in rows]
    return found


def struck(directory: Path, statements: Statements) -> list[AskulConnectError]:
    """The errors of a run one of whose statements fails: what it raised, or what it reported and went on."""
    with counted(statements):
        try:
            report = run(directory)
        except AskulConnectError as error:
            return [error]
    return [failure.error for failure in report.failures]


@pytest.fixture(scope="module")
def opened(place: Any) -> Path:
    """A directory with its account open and two purchase orders waiting."""
    directory: Path = place.prepare_opened()
    return directory


@pytest.fixture(scope="module", params=[True, False], ids=["opening", "working"])
def opening(request: pytest.FixtureRequest) -> bool:
    """Whether the account is opened meanwhile."""
    return bool(request.param)


@pytest.fixture(scope="module")
def scenario(place: Any, opened: Path, *, opening: bool) -> Callable[[], Path]:
    """Makes directories: one whose account is to be opened, or one in which orders go through to their invoice."""
    if opening:
        made: Callable[[], Path] = place.prepare_without_orders
        return made
    return lambda: place.copy(opened)  # type: ignore[no-any-return]


@frozen
class Undisturbed:
    left: Left = field(repr=False)
    statements: tuple[str, ...] = field(repr=False)


@pytest.fixture(scope="module")
def undisturbed(
    place: Any, scenario: Callable[[], Path], outcome_of: Callable[[Path], Any], *, opening: bool
) -> Undisturbed:
    directory = scenario()
    with counted(Statements()) as statements:
        assert run(directory).failures == ()
    return Undisturbed(left(place, directory, outcome_of, opening=opening), tuple(statements.seen))


def numbers(statements: int, *, which: int) -> range:
    """Every n, or some that are spread evenly; each kind of failure begins at another."""
    if not STATEMENTS:
        return range(1, statements + 1)
    return range(1 + which, statements + 1, max(1, statements // STATEMENTS))


KINDS = {
    "fails": {},
    # what was asked for is done, and nobody is told
    "answer lost": {"after": True},
    # a conflict is no failure: the unit is repeated
    "conflict": {"conflict": True},
}


@pytest.mark.spec("REL-2", "INT-5", "INT-6", "ORD-2")
@pytest.mark.timeout(36_000 if HEAVY else 300)
@pytest.mark.parametrize("kind", KINDS)
def test_the_nth_statement_fails(
    place: Any,
    scenario: Callable[[], Path],
    undisturbed: Undisturbed,
    outcome_of: Callable[[Path], Any],
    *,
    opening: bool,
    kind: str,
) -> None:
    seen = undisturbed.statements
    for number in numbers(len(seen), which=list(KINDS).index(kind)):
        what = f"{kind}: {seen[number - 1]!r}, statement {number} of {len(seen)}"
        directory = scenario()
        statements = Statements(at=number, **KINDS[kind])
        errors = struck(directory, statements)
        assert statements.struck, what
        assert_typed(kind, errors, what)
        assert_nothing_half_stored(place, directory, what)
        assert run(directory).failures == (), what
        found = left(place, directory, outcome_of, opening=opening)
        assert found == undisturbed.left, f"{what}: {differing(found, undisturbed.left)}"


def assert_typed(kind: str, errors: list[AskulConnectError], what: str) -> None:
    """What is told, if the run did not get over it by itself: our database, or that of the supplier as its partner."""
    allowed: tuple[type[AskulConnectError], ...] = (StorageUnavailable, OutcomeUnknown)
    if kind == "conflict":
        # only preparing a new database is not repeated by itself
        allowed = (StorageConflict,)
    assert all(isinstance(error, allowed) for error in errors), f"{what}: {errors}"
    assert all(error.remedy.en and error.detail for error in errors), what


def assert_nothing_half_stored(place: Any, directory: Path, what: str) -> None:
    """Whatever stands in one table has what belongs to it in the others."""
    ours, theirs = place.rows(directory, "buyer"), place.rows(directory, "supplier")
    for tables, owner in ((ours, "supplier"), (theirs, "account_id")):
        orders = {(row[owner], row["order_number"]) for row in tables.get("orders", ())}
        for part in ("order_lines", "order_tax"):
            assert {(row[owner], row["order_number"]) for row in tables.get(part, ())} == orders, what
    keys = [row["key"] for row in theirs.get("idempotency", ()) if row["operation"] == "PlaceOrder"]
    ordered = [row["purchase_order_id"] for row in theirs.get("orders", ())]
    assert sorted(key.rpartition(":")[2] for key in keys) == sorted(ordered), what
    assert len(set(ordered)) == len(ordered), what
    for feed, number in FEEDS.items():
        listed = {row["key"] for row in theirs.get("changes", ()) if row["feed"] == feed}
        assert listed == {row[number] for row in theirs.get(feed, ())}, what
    notices = {row["business_key"] for row in theirs.get("outbox", ()) if row["kind"] == "order-placed"}
    assert notices == {row["order_number"] for row in theirs.get("orders", ())}, what

    messages = {row["business_key"]: row["state"] for row in ours.get("outbox", ())}
    for row in ours.get("purchase_orders", ()):
        key = f"{row['buyer_party']}:{row['purchase_order_id']}"
        reserved = [move for move in ours["ledger_moves"] if move["purchase_order"] == key]
        assert reserved, what
        placed = row["state"] == "placed"
        assert (messages[key] == "sent") == placed, what
        assert any(move["encumbrance"] for move in reserved) == placed, what
    for budget in ours.get("budgets", ()):
        of = [
            move
            for move in ours["ledger_moves"]
            if (move["department"], move["period"]) == (budget["department"], budget["period"])
        ]
        for column in ("pre_encumbrance", "encumbrance", "actual"):
            assert sum(move[column] for move in of) == budget[column], what
    for feed in ("confirmations", "ship_notices", "invoices"):
        for row in ours.get(feed, ()):
            number = row["invoice_number"] if feed == "invoices" else row["number"]
            assert f"{row['supplier']}/{number}" in messages, what


#: The supplier's lists, and what each record is listed by.
FEEDS = {
    "orders": "order_number",
    "confirmations": "number",
    "ship_notices": "number",
    "invoices": "number",
}
