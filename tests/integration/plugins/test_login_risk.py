"""A plugin that assesses logins: held to its port, asked by the supplier of the installation (AUTH-9)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from askul_connect.adapters import builtin
from askul_connect.adapters.storage.sql.storage import SqlStorage
from askul_connect.core.domain.login_risk import LoginFacts, RiskAssessment, RiskVerdict
from askul_connect.core.errors import LoginRefused, PluginFailed, ValueInvalid
from askul_connect.plugins.factories import GuardedAssessor, guarded_login_risk
from askul_connect.plugins.kinds import LoginRiskKind
from askul_connect.testing import plugin_workbench, sample_connection

PLUGIN = "the plugin 'acme' of acme-office"
TOOLKIT: Any = None
FACTS = LoginFacts(
    account_id="a",
    user_id="u",
    at=datetime(2026, 11, 2, tzinfo=UTC),
    address="",
    network="",
    device="",
    remembered=False,
)
WATCH = """
from askul_connect.core.domain.login_risk import RiskAssessment, RiskVerdict
from askul_connect.plugins.kinds import LoginRiskKind

ASKED = []

class Watch:
    def assess(self, facts):
        ASKED.append(facts)
        {behaviour}

@hookimpl
def askul_connect_assess_login_risk():
    return [
        LoginRiskKind(
            name="watch",
            summary="a test",
            fails_closed={fails_closed},
            connect=lambda toolkit: Watch(),
            immediate={immediate},
        )
    ]
"""


class Assessor:
    def __init__(self, act: Callable[[], Any]) -> None:
        self.act = act

    def assess(self, _facts: LoginFacts) -> Any:
        return self.act()


def kind(connect: Callable[..., Any], **more: Any) -> LoginRiskKind:
    made = LoginRiskKind(name="acme", summary="a test", connect=connect, **{"fails_closed": False, **more})
    return guarded_login_risk(made, PLUGIN)


def raising(error: BaseException) -> Callable[..., Any]:
    def act(*_given: object) -> Any:
        raise error

    return act


@pytest.mark.parametrize(
    "act",
    [
        raising(RuntimeError("oops")),
        raising(SystemExit(1)),
        lambda: None,
        lambda: RiskVerdict.ALLOW,
        lambda: True,
    ],
)
def test_whatever_an_assessor_does_wrong_is_typed_and_names_the_plugin(act: Callable[[], Any]) -> None:
    with pytest.raises(PluginFailed, match="acme-office"):
        kind(lambda _toolkit: Assessor(act)).connect(TOOLKIT).assess(FACTS)


def test_errors_of_ours_go_through() -> None:
    with pytest.raises(ValueInvalid):
        kind(lambda _toolkit: Assessor(raising(ValueInvalid("x")))).connect(TOOLKIT).assess(FACTS)
    good = RiskAssessment(verdict=RiskVerdict.NOTIFY)
    assert kind(lambda _toolkit: Assessor(lambda: good)).connect(TOOLKIT).assess(FACTS) is good


@pytest.mark.parametrize("connect", [lambda _toolkit: object(), raising(RuntimeError("oops"))])
def test_what_cannot_assess_is_refused_when_it_is_connected(connect: Callable[..., Any]) -> None:
    with pytest.raises(PluginFailed, match="acme-office"):
        kind(connect).connect(TOOLKIT)


def test_whether_it_fails_closed_is_said() -> None:
    with pytest.raises(TypeError):
        kind(lambda _toolkit: object(), fails_closed="no")
    with pytest.raises(TypeError):
        kind(lambda _toolkit: object(), immediate="no")


def connect_reference(folder: Path) -> None:
    """Open the reference supplier of a new directory: its customer's first steps are logins."""
    bench = plugin_workbench(folder)
    [reference] = builtin.askul_connect_suppliers()
    reference.connect(bench.toolkit, sample_connection()).close()


@pytest.mark.spec("AUTH-9")
@pytest.mark.parametrize(
    ("behaviour", "fails_closed", "let_in"),
    [
        ("return RiskAssessment(verdict=RiskVerdict.ALLOW)", False, True),
        ("return RiskAssessment(verdict=RiskVerdict.REFUSE, reasons=('no',))", False, False),
        ("raise RuntimeError('oops')", False, True),
        ("raise RuntimeError('oops')", True, False),
        ("return None", True, False),
    ],
)
def test_the_supplier_of_the_installation_asks_it(
    install: Callable[..., str], tmp_path: Path, behaviour: str, fails_closed: bool, let_in: bool
) -> None:
    install(WATCH.format(behaviour=behaviour, fails_closed=fails_closed, immediate=False))
    if let_in:
        connect_reference(tmp_path / "shop")
    else:
        with pytest.raises(LoginRefused, match="unusual"):
            connect_reference(tmp_path / "shop")
    asked = sys.modules["acme_office"].ASKED
    assert asked
    assert all(type(one) is LoginFacts for one in asked)


@pytest.mark.spec("AUTH-9", "PERF-10")
@pytest.mark.parametrize("immediate", [False, True])
def test_a_plugin_that_may_wait_is_asked_outside_of_units(
    install: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, immediate: bool
) -> None:
    behaviour = "return RiskAssessment(verdict=RiskVerdict.ALLOW)"
    install(WATCH.format(behaviour=behaviour, fails_closed=True, immediate=immediate))
    under_way, seen = [0], set()
    begin, assess = SqlStorage.begin, GuardedAssessor.assess

    @contextmanager
    def watched(storage: Any, **how: Any) -> Iterator[Any]:
        with begin(storage, **how) as unit:
            under_way[0] += 1
            try:
                yield unit
            finally:
                under_way[0] -= 1

    def asked(assessor: Any, facts: LoginFacts) -> RiskAssessment:
        seen.add(under_way[0])
        return assess(assessor, facts)

    monkeypatch.setattr(SqlStorage, "begin", watched)
    monkeypatch.setattr(GuardedAssessor, "assess", asked)
    connect_reference(tmp_path / "shop")
    assert seen == {int(immediate)}
