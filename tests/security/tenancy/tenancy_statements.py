"""What a call says to the database, statement by statement, and which accounts each statement is limited to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from attrs import evolve, field, frozen

#: The columns that say whose a row is.
ACCOUNT_COLUMNS = frozenset({"account_id", "home_account_id"})
_PLACE = re.compile(r"\?|%s")
_TABLE = re.compile(r"(?:\bFROM|\bJOIN|\bUPDATE|\bINTO|,)\s+(\w+)(?:\s+AS\s+(\w+))?")
_EQUAL = re.compile(r'^(\w+)\."?(\w+)"? = (?:(:\d+)(?:::[\w ]+)?(?: COLLATE "C")?|(\w+)\."?(\w+)"?)$')
_ONE_OF = re.compile(
    r'^(\w+)\."?(\w+)"? (?:IN \(#\d+ of (:\d+)\)|= ANY ?\(CAST\((:\d+)::VARCHAR AS TEXT\[\]\)\))$'
)
_SHARED = re.compile(r"^\w+\.account_id = ''$")
_WITHIN = re.compile(r'^(\w+)\."?\w+"? IN \(#(\d+)\)$')
_WHERE_ENDS = re.compile(r"\b(?:GROUP BY|ORDER BY|LIMIT|RETURNING|FOR UPDATE)\b")


@frozen
class Said:
    """One statement as it went to the driver, and what came back."""

    text: str
    values: tuple[Any, ...]
    rows: tuple[Any, ...] = ()


@frozen(kw_only=True)
class Limit:
    """One table of a statement and what limits its rows.

    Attributes:
        alias: What the table is called there.
        equal: Column to the number of the parameter that it must equal, or be one of.
        joined: Column to the alias and the column it must equal.
        within: The tables of the queries whose results a column must be among.
    """

    verb: str
    table: str
    alias: str
    equal: Mapping[str, int]
    joined: Mapping[str, tuple[str, str]]
    within: tuple[tuple[Limit, ...], ...] = ()

    @property
    def accounts(self) -> list[int]:
        """The parameters that are accounts this table is limited to."""
        return [place for column, place in self.equal.items() if column in ACCOUNT_COLUMNS]


@frozen
class Analysis:
    """A statement taken apart."""

    limits: tuple[Limit, ...] = field()

    def limited(self, one: Limit) -> bool:
        """Whether a table is limited to an account, by a parameter or by another table that is."""
        met, todo = set(), [one]
        while todo:
            limit = todo.pop()
            if limit.accounts or any(map(_all_limited, limit.within)):
                return True
            met.add(limit.alias)
            for column, (alias, other) in limit.joined.items():
                if column in ACCOUNT_COLUMNS and other in ACCOUNT_COLUMNS and alias not in met:
                    todo += [each for each in self.limits if each.alias == alias]
        return False


def _all_limited(inner: tuple[Limit, ...]) -> bool:
    found = Analysis(inner)
    return bool(inner) and all(map(found.limited, inner))


def analysed(text: str) -> Analysis:
    """Take a SELECT, UPDATE or DELETE apart, with the queries within it; an INSERT has no limits of its own."""
    numbers = iter(range(10_000))
    numbered = _PLACE.sub(lambda _: f":{next(numbers)}", " ".join(text.split()))
    return Analysis(tuple(_limits(numbered)))


def _limits(text: str) -> Iterator[Limit]:
    inner: list[str] = []
    while (start := text.find("(SELECT ")) >= 0:
        end = _closing(text, start)
        query = text[start + 1 : end]
        inner.append(query)
        place = re.search(r":\d+", query) if "FROM json_each(" in query else None
        mark = f"#{len(inner)} of {place.group()}" if place else f"#{len(inner)}"
        text = f"{text[:start]}({mark}){text[end + 1 :]}"
    queries = [tuple(_limits(query)) for query in inner]
    for limits in queries:
        yield from limits
    verb = text.split()[0]
    if verb not in {"SELECT", "UPDATE", "DELETE"}:
        return
    head, _, where = text.partition(" WHERE ")
    if verb == "SELECT":
        head = head[head.find(" FROM ") :] if " FROM " in head else ""
    if verb == "UPDATE":
        head = head.partition(" SET ")[0]
    tables = _WHERE_ENDS.split(head)[0]
    assert "OUTER JOIN" not in tables, "an outer join limits one side only: teach this reader"
    conditions = [one.partition(" ON ")[2] for one in tables.split(" JOIN ")[1:]]
    conditions.append(_WHERE_ENDS.split(where)[0])
    parts = [part for one in conditions for part in _conjuncts(one)]
    for table, alias in _TABLE.findall(tables if verb == "SELECT" else f"{head} "):
        if table != "json_each":
            found = _limit(verb, table, alias or table, parts)
            places = [one[2] for part in parts if (one := _WITHIN.match(part)) and one[1] == found.alias]
            yield evolve(found, within=tuple(queries[int(place) - 1] for place in places))


def _limit(verb: str, table: str, alias: str, parts: list[str]) -> Limit:
    equal: dict[str, int] = {}
    joined: dict[str, tuple[str, str]] = {}
    for each in parts:
        part = _of_own_or_shared(each)
        if found := _EQUAL.match(part):
            one, column, place, other, others = found.groups()
            if one == alias and place:
                equal[column] = int(place[1:])
            elif one == alias:
                joined[column] = (other, others)
            elif other == alias:
                joined[others] = (one, column)
        elif (found := _ONE_OF.match(part)) and found[1] == alias:
            equal[found[2]] = int((found[3] or found[4])[1:])
    return Limit(verb=verb, table=table, alias=alias, equal=equal, joined=joined)


def _of_own_or_shared(part: str) -> str:
    """Of a condition that takes an account's rows and those without one, the part about the account."""
    both = part.split(" OR ")
    shared = [one for one in both if _SHARED.match(one)]
    rest = [one for one in both if one not in shared]
    return rest[0] if shared and len(rest) == 1 else part


def _closing(text: str, start: int) -> int:
    depth = 0
    for place in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        if depth == 0:
            return place
    raise AssertionError(f"brackets do not match: {text}")


def _conjuncts(condition: str) -> Iterator[str]:
    """What must all hold; a condition with OR on its outermost level is one, and limits nothing."""
    condition = condition.strip()
    while condition.startswith("(") and _closing(condition, 0) == len(condition) - 1:
        condition = condition[1:-1]
    split = {" AND ": [0], " OR ": [0]}
    depth = 0
    for place, letter in enumerate(condition):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        for word, places in split.items():
            if depth == 0 and condition.startswith(word, place):
                places += [place, place + len(word)]
    if len(split[" OR "]) > 1:
        yield condition
        return
    places = [*split[" AND "], len(condition)]
    for start, end in zip(places[::2], places[1::2], strict=True):
        part = condition[start:end].strip()
        if part != condition and part.startswith("("):
            yield from _conjuncts(part)
        elif part:
            yield part


class Listener:
    """Notes every statement of a SQL storage while it is asked to."""

    def __init__(self, storage: Any) -> None:
        self.heard: list[Said] = []
        self._storage = storage

    @contextmanager
    def listening(self) -> Iterator[list[Said]]:
        """The statements said from here on."""
        engine = self._storage._engine
        self.heard = []
        self._storage._engine = _Heard(engine, self.heard)
        try:
            yield self.heard
        finally:
            self._storage._engine = engine


class _Passed:
    """Does what another one does, but for what a subclass does itself."""

    def __init__(self, real: Any, heard: list[Said]) -> None:
        self._real, self._heard = real, heard

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


class _Heard(_Passed):
    """An engine, and the connections it gives."""

    def raw_connection(self) -> _Heard:
        return _Heard(self._real.raw_connection(), self._heard)

    def cursor(self) -> _Cursor:
        return _Cursor(self._real.cursor(), self._heard)


class _Cursor(_Passed):
    def execute(self, text: str, values: Any = ()) -> None:
        self._real.execute(text, values)
        if not text.startswith("BEGIN"):
            self._heard.append(Said(text, tuple(values)))

    def executemany(self, text: str, batch: Any) -> None:
        self._real.executemany(text, batch)
        self._heard += [Said(text, tuple(values)) for values in batch]

    def fetchall(self) -> Any:
        rows = self._real.fetchall()
        last = self._heard.pop()
        self._heard.append(Said(last.text, last.values, tuple(rows)))
        return rows
