"""The privacy law's triggers and deadlines, as data (AUTH-18, Q-PRIV-1)."""

from __future__ import annotations

from datetime import timedelta

from askul_connect.core.domain.leaks import Deadlines, Incident, Trigger

#: More people than this make every incident one to be reported.
MANY_PEOPLE = 1_000
PRELIMINARY_FROM = timedelta(days=3)
PRELIMINARY_BY = timedelta(days=5)
FINAL_BY = timedelta(days=30)
#: Where somebody did it on purpose.
FINAL_BY_MALICIOUS = timedelta(days=60)


def triggers(incident: Incident, people: int) -> tuple[Trigger, ...]:
    """Why the incident has to be reported; nothing when it does not."""
    found = {
        Trigger.MANY_PEOPLE: people > MANY_PEOPLE,
        Trigger.MALICIOUS: incident.malicious and people > 0,
        Trigger.SENSITIVE: incident.sensitive and people > 0,
        Trigger.FINANCIAL_HARM: incident.financial_harm and people > 0,
    }
    return tuple(trigger for trigger, met in found.items() if met)


def deadlines(incident: Incident) -> Deadlines:
    """When the authority has to be told, counted from the day it became known."""
    final = FINAL_BY_MALICIOUS if incident.malicious else FINAL_BY
    return Deadlines(
        preliminary_from=incident.known_on + PRELIMINARY_FROM,
        preliminary_by=incident.known_on + PRELIMINARY_BY,
        final_by=incident.known_on + final,
    )
