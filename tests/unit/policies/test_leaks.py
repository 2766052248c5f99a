"""Triggers and deadlines of the privacy law (AUTH-18)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from attrs import evolve

from askul_connect.core.domain.leaks import Incident, Trigger
from askul_connect.core.policies.leaks import deadlines, triggers

INCIDENT = Incident(
    starts_at=datetime(2026, 1, 1, tzinfo=UTC),
    ends_at=datetime(2026, 1, 2, tzinfo=UTC),
    accounts=frozenset(),
    fields=frozenset(),
    known_on=date(2026, 2, 26),
    malicious=False,
    sensitive=False,
    financial_harm=False,
)


@pytest.mark.spec("AUTH-18")
@pytest.mark.parametrize(
    ("people", "changes", "expected"),
    [
        (0, {"malicious": True, "sensitive": True, "financial_harm": True}, ()),
        (1, {}, ()),
        (1_000, {}, ()),
        (1_001, {}, (Trigger.MANY_PEOPLE,)),
        (1, {"malicious": True}, (Trigger.MALICIOUS,)),
        (1, {"sensitive": True}, (Trigger.SENSITIVE,)),
        (1, {"financial_harm": True}, (Trigger.FINANCIAL_HARM,)),
    ],
)
def test_triggers(people: int, changes: dict[str, bool], expected: tuple[Trigger, ...]) -> None:
    assert triggers(evolve(INCIDENT, **changes), people) == expected


@pytest.mark.spec("AUTH-18")
def test_deadlines_are_calendar_days() -> None:
    found = deadlines(INCIDENT)
    assert (found.preliminary_from, found.preliminary_by) == (date(2026, 3, 1), date(2026, 3, 3))
    assert found.final_by == date(2026, 3, 28)
    assert deadlines(evolve(INCIDENT, malicious=True)).final_by == date(2026, 4, 27)
