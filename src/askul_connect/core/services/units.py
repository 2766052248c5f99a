"""Repeating a unit of work that another one got in the way of."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn, TypeVar

from askul_connect.core.errors import StorageConflict
from askul_connect.core.ports.storage import Storage

U = TypeVar("U")
T = TypeVar("T")

#: Attempts of one unit. Each round of competing units lets at least one through, so a unit that loses this
#: often either repeats something that cannot succeed, such as a key that exists, or meets a database that
#: is overrun.
ATTEMPTS = 20


def run_unit(
    storage: Storage[U],
    work: Callable[[U], T],
    *,
    attempts: int = ATTEMPTS,
    durable: bool = True,
    pause: Callable[[int], None] | None = None,
) -> T:
    """Run a unit of work to its commit, as a whole and again after each conflict (Q-REL-2).

    Args:
        storage: Where it works.
        work: What is done; it runs several times, so it changes nothing but its unit.
        attempts: How often it is tried at most, one or more.
        durable: Whether its commit is waited for, as the port ``Storage`` says.
        pause: Called before a repetition with its number, from 1; None repeats at once.

    Returns:
        What ``work`` returned in the run that was committed.

    Raises:
        StorageConflict: The last attempt met a conflict too.
        StorageUnavailable: The database cannot be used; that is never repeated here.
        ValueError: ``attempts`` is less than one.
    """
    if attempts < 1:
        raise ValueError(f"a unit of work is tried at least once, not {attempts} times")
    for attempt in range(1, attempts):
        try:
            return _once(storage, work, durable=durable)
        except StorageConflict:
            if pause is not None:
                pause(attempt)
    return _once(storage, work, durable=durable)


def _once(storage: Storage[U], work: Callable[[U], T], *, durable: bool) -> T:
    with storage.begin(durable=durable) as unit:
        return work(unit)


class _TakenBack(Exception):
    """Ends a unit of work that is only tried."""


def try_unit(storage: Storage[U], work: Callable[[U], T]) -> T:
    """Run a unit of work and take all of it back: what it would come to.

    Args:
        storage: Where it works.
        work: What is done; it may run several times.

    Returns:
        What ``work`` returned.

    Raises:
        StorageConflict, StorageUnavailable: As :func:`run_unit`.
    """
    found: list[T] = []

    def undo(unit: U) -> NoReturn:
        found.append(work(unit))
        raise _TakenBack

    with suppress(_TakenBack):
        run_unit(storage, undo)
    return found[-1]
