"""SIGKILL to the real program at commits, sends, files and any instant: the next run ends as if nothing had happened.

``KILLS`` says how often for each database, 25 without it, 200 with HEAVY=1: a fifth at random instants, which follow
from ``KILL_SEED`` as far as time can, the rest spread over every kind of known instant. With HEAVY=1 every instant
there is has its turn besides.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

HEAVY = os.environ.get("HEAVY") == "1"
KILLS = int(os.environ.get("KILLS") or (200 if HEAVY else 25))
SEED = os.environ.get("KILL_SEED", "2026-04-01")
AT_RANDOM = KILLS // 5
AT_INSTANTS = KILLS - AT_RANDOM
#: On one directory, before a run is left to its end.
MOST_IN_A_ROW = 3
KINDS = ("commit", "file", "send")


@frozen
class Undisturbed:
    """A run that nobody struck: what it leaves, the instants it went through, and the seconds it took."""

    outcome: Any
    instants: tuple[str, ...]
    seconds: float


@pytest.fixture(scope="module")
def undisturbed(place: Any, program: Any, outcome_of: Callable[[Path], Any]) -> Undisturbed:
    """Of the program as a shell starts it, and of ours, which is the same but warm."""
    program.warm(place.prepare())
    shell, ours = place.prepare(), place.prepare()
    subprocess.run(
        [sys.executable, "-m", "askul_connect", "--directory", str(shell), "--quiet", "run"],
        check=True,
        timeout=120,
        stdout=subprocess.DEVNULL,
    )
    begun = time.monotonic()
    whole = program.run(ours)
    seconds = time.monotonic() - begun
    assert whole.code == 0, whole.said
    expected = outcome_of(ours)
    assert outcome_of(shell) == expected
    assert len(expected.posted) == 6
    assert expected.files["in"] == expected.files["rejected"] == []
    seen = Counter(whole.instants)
    assert set(seen) == {f"{when} {what}" for when in ("before", "after") for what in KINDS}
    assert all(seen[f"before {what}"] == seen[f"after {what}"] for what in KINDS)
    return Undisturbed(expected, whole.instants, seconds)


def chosen(instants: Sequence[str], most: int) -> list[int]:
    """Numbers of instants, from 1: each kind's share of ``most``, spread over the run."""
    by_kind = defaultdict(list)
    for number, instant in enumerate(instants, start=1):
        by_kind[instant].append(number)
    found: list[int] = []
    for place, kind in enumerate(sorted(by_kind)):
        numbers = by_kind[kind]
        share = min(len(numbers), most // len(by_kind) + (place < most % len(by_kind)))
        # the middle of each of ``share`` equal parts
        found += [numbers[(2 * part + 1) * len(numbers) // (2 * share)] for part in range(share)]
    return sorted(found)


@pytest.mark.spec("REL-1", "REL-3", "INT-5", "INT-6", "INT-11", "INT-12")
@pytest.mark.timeout(120 + (6_000 if HEAVY else KILLS * 20))
def test_a_run_killed_at_a_commit_a_send_or_a_file_is_taken_up(
    place: Any, program: Any, outcome_of: Callable[[Path], Any], undisturbed: Undisturbed
) -> None:
    instants = undisturbed.instants
    for number in range(1, len(instants) + 1) if HEAVY else chosen(instants, AT_INSTANTS):
        what = f"killed {instants[number - 1]}, instant {number} of {len(instants)}"
        directory = place.prepare()
        struck = program.run(directory, at=number)
        assert struck.killed, f"{what}: {struck.said}"
        again = program.run(directory)
        assert again.code == 0, f"{what}: {again.said}"
        assert outcome_of(directory) == undisturbed.outcome, what


@pytest.mark.spec("REL-1", "REL-3", "INT-5", "INT-6", "INT-11", "INT-12")
@pytest.mark.timeout(120 + KILLS * 20)
def test_a_run_killed_at_random_is_taken_up(
    place: Any, program: Any, outcome_of: Callable[[Path], Any], undisturbed: Undisturbed
) -> None:
    chance = random.Random(SEED)  # noqa: S311 -- chooses instants, no secrets
    seconds, kills = undisturbed.seconds, 0
    while kills < AT_RANDOM:
        directory = place.prepare()
        instants: list[str] = []
        for turn in range(min(chance.randint(1, MOST_IN_A_ROW), AT_RANDOM - kills)):
            running = program.start(directory)
            # a run that goes on where another ended has less to do
            wait = chance.random() * seconds / (turn + 1)
            time.sleep(wait)
            os.kill(running.process, signal.SIGKILL)
            if (ended := running.wait()).killed:
                instants.append(f"{wait:.3f} s")
            else:
                assert ended.code == 0, ended.said
        kills += len(instants)
        if not instants:
            # the machine was busier at first; a kill has to come before the end
            seconds *= 0.7
        again = program.run(directory)
        what = f"KILL_SEED={SEED}, killed after {', '.join(instants) or 'the end'} of {seconds:.3f} s"
        assert again.code == 0, f"{what}: {again.said}"
        assert outcome_of(directory) == undisturbed.outcome, what
