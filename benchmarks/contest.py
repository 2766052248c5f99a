"""One row of the table: our way and the bare tool's, proved equal, then timed in turns."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from typing import Any

from attrs import field, frozen

RUNS = 7


def _nothing() -> None:
    """No preparation is needed."""


@frozen(kw_only=True)
class Side:
    """One of the two ways.

    Attributes:
        prepare: Makes what a run needs, outside the time; its result is given to ``run``.
        run: What is timed.
        seconds: For work in another process: reads the time from what ``run`` returns.
    """

    run: Callable[[Any], Any]
    prepare: Callable[[], Any] = _nothing
    seconds: Callable[[Any], float] | None = None

    def once(self) -> float:
        """Seconds of one run."""
        given = self.prepare()
        gc.collect()
        started = time.perf_counter()
        result = self.run(given)
        elapsed = time.perf_counter() - started
        return self.seconds(result) if self.seconds else elapsed


@frozen(kw_only=True)
class Contest:
    """One row.

    Attributes:
        name: What is done.
        against: What the baseline is.
        ours, baseline: The two ways; a row without a baseline has an absolute reach.
        check: Raises AssertionError unless both ways come to the same result.
        close: Called at the end.
        items: How many things one run works on; times are shown per thing.
        unit: What a thing is.
        reach: Largest accepted ratio of our time to the baseline's; for a row without baseline, seconds; None for a
            row that explains another one.
        beyond: Seconds per thing that are accepted beside that multiple, where a run is so short that opening a
            transaction is most of it.
    """

    name: str
    against: str
    ours: Side
    baseline: Side | None
    check: Callable[[], None] = field(default=_nothing)
    close: Callable[[], object] = field(default=_nothing)
    items: int = 1
    unit: str = "run"
    reach: float | None = None
    beyond: float = 0.0


@frozen(kw_only=True)
class Timing:
    """Seconds per thing of several runs."""

    runs: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle run."""
        return statistics.median(self.runs)

    def __str__(self) -> str:
        spread = (max(self.runs) - min(self.runs)) / 2 / self.median * 100
        return f"{_shown(self.median)} ±{spread:.0f} %"


@frozen(kw_only=True)
class Outcome:
    """What a contest came to."""

    contest: Contest
    ours: Timing
    baseline: Timing | None

    @property
    def measure(self) -> float:
        """Our time as a multiple of the baseline's; seconds where there is no baseline."""
        return self.ours.median / self.baseline.median if self.baseline else self.ours.median

    def row(self) -> tuple[str, ...]:
        """The cells of its row."""
        contest = self.contest
        sign = "x" if self.baseline else " s"
        reach, reached = "", ""
        if contest.reach is not None:
            reach = f"≤ {contest.reach:g}{sign}" + (f" + {_shown(contest.beyond)}" if contest.beyond else "")
            accepted = contest.reach + (contest.beyond / self.baseline.median if self.baseline else 0)
            reached = "yes" if self.measure <= accepted else f"no, by {self.measure / accepted:.1f}"
        return (
            contest.name,
            contest.unit,
            str(self.ours),
            contest.against,
            str(self.baseline) if self.baseline else "",
            f"{self.measure:.3g}{sign}",
            reach,
            reached,
        )


HEADINGS = ("what", "per", "ours", "against", "baseline", "ours / baseline", "reach", "reached")


def hold(contest: Contest, *, runs: int = RUNS) -> Outcome:
    """Check that both ways are equal, then time them in turns, after one run each that does not count."""
    contest.check()
    sides = [contest.ours, *([contest.baseline] if contest.baseline else [])]
    for side in sides:
        side.once()
    seconds: list[list[float]] = [[] for _ in sides]
    for turn in range(runs):
        # who goes first changes, so that neither always finds the caches warm
        for place in range(len(sides)) if turn % 2 else reversed(range(len(sides))):
            seconds[place].append(sides[place].once() / contest.items)
    contest.close()
    timings = [Timing(runs=tuple(each)) for each in seconds]
    return Outcome(contest=contest, ours=timings[0], baseline=timings[1] if contest.baseline else None)


def _shown(seconds: float) -> str:
    for factor, unit in ((1, "s"), (1e3, "ms")):
        if seconds * factor >= 1:
            return f"{seconds * factor:.3g} {unit}"
    return f"{seconds * 1e6:.3g} µs"
