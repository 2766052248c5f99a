"""One run on a directory at a time: a lease in the buyer's database, with real processes (INT-12)."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

BUSY = 5
#: The lease lives five minutes.
LATER = 5 * 60 + 1


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory, new_place: Callable[[Path], Any]) -> Any:
    place = new_place(tmp_path_factory.mktemp("lease"))
    return place, place.prepare_opened()


@pytest.fixture
def directory(opened: Any) -> Path:
    place, original = opened
    copied: Path = place.copy(original)
    return copied


def stopped(program: Any, directory: Path, **order: Any) -> Any:
    """A run that stands still in the middle of its work, between two units of it."""
    running = program.start(directory, at=4, kind="after send", signal=signal.SIGSTOP, **order)
    end = time.monotonic() + 60
    while "\nState:\tT" not in Path(f"/proc/{running.process}/status").read_text(encoding="utf-8"):
        assert time.monotonic() < end
        time.sleep(0.02)
    return running


def go_on(running: Any) -> Any:
    os.kill(running.process, signal.SIGCONT)
    return running.wait()


@pytest.mark.spec("INT-12")
def test_a_second_run_is_refused_while_the_first_one_lives(
    program: Any, directory: Path, outcome_of: Callable[[Path], Any]
) -> None:
    first = stopped(program, directory)
    second = program.run(directory)

    assert (second.code, "directory-busy" in second.said) == (BUSY, True)
    assert go_on(first).code == 0
    assert len(outcome_of(directory).posted) == 6
    assert program.run(directory).code == 0, "the lease was given back"


@pytest.mark.spec("INT-12")
def test_a_killed_run_is_recognised_on_its_own_machine(program: Any, directory: Path) -> None:
    assert program.run(directory, at=4, kind="after send").killed
    assert program.run(directory).code == 0


@pytest.mark.spec("INT-12")
def test_the_lease_of_a_run_killed_on_another_machine_expires(program: Any, directory: Path) -> None:
    assert program.run(directory, at=4, kind="after send", host="another.example").killed

    here = program.run(directory)
    assert (here.code, "another.example" in here.said) == (BUSY, True)
    assert program.run(directory, ahead=LATER).code == 0


@pytest.mark.spec("INT-12")
def test_a_run_that_slept_past_its_lease_does_nothing_more(
    program: Any, directory: Path, outcome_of: Callable[[Path], Any]
) -> None:
    asleep = stopped(program, directory)
    assert program.run(directory, ahead=LATER).code == 0
    expected = outcome_of(directory)

    woken = go_on(asleep)

    assert (woken.code, "directory-busy" in woken.said) == (BUSY, True)
    assert outcome_of(directory) == expected
    assert len(expected.posted) == 6
