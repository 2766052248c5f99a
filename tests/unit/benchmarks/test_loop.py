"""The benchmark of the whole loop times what a run really calls."""

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from askul_connect.core.services.buyer import run

ROOT = Path(__file__).parents[3]


@pytest.fixture
def loop(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(sys, "path", [str(ROOT), *sys.path])
    return import_module("benchmarks.bench_loop")


def test_every_stage_is_a_step_of_a_run(loop: Any) -> None:
    assert all(callable(getattr(run, name)) for name in loop.STAGES)


def test_the_time_of_a_stage_is_without_the_stages_within_it(loop: Any) -> None:
    stages = loop.Stages()
    inner = stages.timed("inner", lambda: sum(range(500_000)))
    stages.timed("outer", inner)()
    assert stages.seconds["inner"] > stages.seconds["outer"] > 0
