"""SIGKILL to the real program at random instants: the next run ends as if nothing had happened.

``KILLS`` says how often for each database; 5 without it, 200 with HEAVY=1. Which share of a run's work passes until a
kill follows from ``KILL_SEED``; both are printed, so that a failure can be repeated (as far as time can be).
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from attrs import field, frozen
from click.testing import CliRunner

from askul_connect import bootstrap
from askul_connect.cli.application import application
from askul_connect.cli.demo_files import demo_directory
from askul_connect.cli.directory_files import BUYER_DATABASE, SUPPLIER_DATABASE, write_directory

KILLS = int(os.environ.get("KILLS") or (200 if os.environ.get("HEAVY") == "1" else 5))
SEED = os.environ.get("KILL_SEED", "2026-04-01")
#: On one directory, before a run is left to its end.
MOST_IN_A_ROW = 3
#: The share of kills that come before the first line of progress.
EARLY = 0.25
VIEWS = ("orders", "invoices", "budgets", "outbox")
LONGEST_RUN = 300


@frozen(kw_only=True)
class Outcome:
    """What a directory holds after its last run."""

    views: dict[str, str]
    posted: dict[str, bytes] = field(repr=False)


@frozen(kw_only=True)
class Place:
    """Makes directories that are ready for their first run, each on databases of its own."""

    folder: Path
    new_url: Callable[[], str] | None
    made: list[Path] = field(factory=list)

    def prepare(self) -> Path:
        directory = self.folder / str(len(self.made))
        self.made.append(directory)
        ours, theirs = (
            (self.new_url(), self.new_url()) if self.new_url else (BUYER_DATABASE, SUPPLIER_DATABASE)
        )
        files = demo_directory(bootstrap.showcase(), database=ours, supplier_database=theirs)
        write_directory(directory, files)
        return directory


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    new_url = request.getfixturevalue("new_postgresql") if request.param == "postgresql" else None
    return Place(folder=tmp_path, new_url=new_url)


def started(directory: Path) -> subprocess.Popen[bytes]:
    """The program."""
    return subprocess.Popen(
        [sys.executable, "-m", "askul_connect", "--directory", str(directory), "run"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )


def at_work(program: subprocess.Popen[bytes]) -> None:
    """Wait for its first line of progress: what comes before are imports and an empty schema."""
    assert program.stderr is not None
    program.stderr.readline()


def killed(program: subprocess.Popen[bytes], seconds: float) -> bool:
    """Kill it when that many seconds are over; whether it had not ended by then."""
    try:
        _, said = program.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        program.send_signal(signal.SIGKILL)
        _, said = program.communicate()
    assert program.returncode in (-signal.SIGKILL, 0), said.decode()
    return program.returncode == -signal.SIGKILL


def whole(directory: Path) -> tuple[float, float]:
    """A run to its end: the seconds to its first line of progress, and those from there on."""
    begun = time.monotonic()
    program = started(directory)
    at_work(program)
    working = time.monotonic()
    _, said = program.communicate(timeout=LONGEST_RUN)
    assert program.returncode == 0, said.decode()
    return working - begun, time.monotonic() - working


def outcome(directory: Path) -> Outcome:
    views = {}
    for view in VIEWS:
        shown = CliRunner().invoke(application, ["--directory", str(directory), view, "--json"])
        assert shown.exit_code == 0, shown.output
        views[view] = shown.stdout
    out = directory / "erp" / "out"
    posted = {
        str(path.relative_to(out)): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()
    }
    return Outcome(views=views, posted=posted)


@pytest.mark.spec("REL-3", "INT-11", "INT-12")
@pytest.mark.timeout(120 + KILLS * 60)
def test_a_killed_run_is_taken_up_again(place: Place) -> None:
    undisturbed = place.prepare()
    start, work = whole(undisturbed)
    expected = outcome(undisturbed)
    assert expected.posted
    chance = random.Random(SEED)  # noqa: S311 -- chooses instants, no secrets
    print(f"KILLS={KILLS} KILL_SEED={SEED}; undisturbed {start:.2f} s + {work:.2f} s")  # noqa: T201 -- to be repeated

    kills = 0
    while kills < KILLS:
        directory = place.prepare()
        instants: list[str] = []
        for turn in range(min(chance.randint(1, MOST_IN_A_ROW), KILLS - kills)):
            share, early = chance.random(), chance.random() < EARLY
            program = started(directory)
            if not early:
                at_work(program)
            # a run that goes on where another ended has less to do
            seconds = share * start if early else share * work / (turn + 1)
            if killed(program, seconds):
                kills += 1
                instants.append(f"{'start' if early else 'work'}+{seconds:.3f}")
        print(f"{directory.name}: killed at {', '.join(instants) or 'no instant'}; {kills} so far")  # noqa: T201 -- same
        if not instants:
            # the machine was busier at first; a kill has to come before the end
            start, work = 0.7 * start, 0.7 * work
        whole(directory)
        assert outcome(directory) == expected, f"after kills at {', '.join(instants)}"
        assert not list((directory / "erp" / "in").iterdir())
        assert not list((directory / "erp" / "rejected").iterdir())
