"""Repeating a unit of work."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from askul_connect.core.errors import StorageConflict, StorageUnavailable
from askul_connect.core.services.units import run_unit


class Contended:
    """A storage whose first units meet a conflict when they end."""

    def __init__(self, conflicts: int) -> None:
        self.conflicts = conflicts
        self.begun = 0
        self.durable: list[bool] = []

    @contextmanager
    def begin(self, *, durable: bool = True) -> Iterator[int]:
        self.begun += 1
        self.durable.append(durable)
        yield self.begun
        if self.begun <= self.conflicts:
            raise StorageConflict("another came first")

    def close(self) -> None:
        pass


@pytest.mark.spec("REL-3")
def test_the_whole_unit_is_repeated_until_it_is_committed() -> None:
    assert run_unit(Contended(2), lambda unit: f"unit {unit}") == "unit 3"


@pytest.mark.spec("REL-3")
def test_a_conflict_that_stays_is_raised_after_the_attempts() -> None:
    storage = Contended(9)
    pauses: list[int] = []

    with pytest.raises(StorageConflict):
        run_unit(storage, lambda unit: unit, attempts=4, pause=pauses.append)
    assert (storage.begun, pauses) == (4, [1, 2, 3])


def test_another_error_is_not_repeated() -> None:
    storage = Contended(0)

    def fail(unit: int) -> None:
        raise StorageUnavailable("no database")

    with pytest.raises(StorageUnavailable):
        run_unit(storage, fail)
    assert storage.begun == 1


def test_no_attempt_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="at least once"):
        run_unit(Contended(0), lambda unit: unit, attempts=0)


@pytest.mark.spec("REL-3")
def test_a_unit_is_durable_unless_it_is_said() -> None:
    storage = Contended(1)
    run_unit(storage, lambda _unit: None)
    run_unit(storage, lambda _unit: None, durable=False)
    assert storage.durable == [True, True, False]
