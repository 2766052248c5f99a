"""What a plugin is given, without a configuration file and in simulated time: for trying plugins out."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from attrs import frozen

from askul_connect.adapters.security.simulated import SimulatedClock
from askul_connect.adapters.security.system import SeededIds
from askul_connect.bootstrap.toolkit import ProjectToolkit
from askul_connect.bootstrap.workspace import installed_plugins
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.policies.settings import (
    BudgetSettings,
    MatchingSettings,
    OrderSettings,
    OutboxSettings,
)
from askul_connect.core.ports.system import Timeline
from askul_connect.plugins.toolkit import Toolkit
from askul_connect.settings import BuyerSettings, ClockKind, ClockSettings, ErpSettings, Settings


@frozen(kw_only=True)
class Workbench:
    """A toolkit, and the time it lives in.

    Attributes:
        toolkit: First argument of a plugin's ``connect``.
        timeline: Its clock, which stands still until it is told to go on.
    """

    toolkit: Toolkit
    timeline: Timeline


def make_workbench(directory: Path, *, party: str, start: datetime, seed: str) -> Workbench:
    """A workbench on a directory of its own.

    Args:
        directory: Where everything is kept: databases, secrets, notices.
        party: The buyer's, as ``scheme:id``.
        start: Where the time begins, aware.
        seed: What ids, tokens and numbers are derived from.

    Raises:
        PluginFailed: An installed plugin cannot be used.
        ValueInvalid: The start has no time zone.
    """
    toolkit, timeline = bench_toolkit(directory, party=party, start=start, seed=seed)
    return Workbench(toolkit=toolkit, timeline=timeline)


def bench_toolkit(
    directory: Path, *, party: str, start: datetime, seed: str
) -> tuple[ProjectToolkit, SimulatedClock]:
    """The toolkit of a workbench and its clock, as :func:`make_workbench` has them."""
    timeline = SimulatedClock(start)
    # as `init` would have made it
    (directory / "data").mkdir(parents=True, exist_ok=True)
    settings = Settings(
        directory=directory.resolve(),
        buyer=BuyerSettings(party=party, name="askul-connect"),
        database_url=Secret(f"sqlite:///{directory.resolve().as_posix()}/data/buyer.sqlite3"),
        erp=ErpSettings(),
        budgets=BudgetSettings(),
        orders=OrderSettings(),
        matching=MatchingSettings(),
        outbox=OutboxSettings(),
        clock=ClockSettings(kind=ClockKind.SIMULATED, start=start, seed=seed),
        suppliers={},
    )
    toolkit = ProjectToolkit(
        settings=settings,
        plugins=installed_plugins(),
        clock=timeline,
        ids=SeededIds(seed, timeline),
        say=lambda _step, _text: None,
    )
    return toolkit, timeline
