"""What stands out about a login whose password is right (AUTH-9)."""

from __future__ import annotations

from collections.abc import Iterable

from askul_connect.core.domain.login_risk import LoginFacts, RiskAssessment, RiskVerdict

_SEVERITY = {verdict: place for place, verdict in enumerate(RiskVerdict)}


def assess_environment(facts: LoginFacts) -> RiskAssessment:
    """Compare network and device with the person's past; a person without a past has nothing to compare with.

    One of them new is told to the person; both new demand the second factor besides. A remembered device is known,
    whatever it says of itself.
    """
    if not facts.known_networks and not facts.known_devices:
        return RiskAssessment(verdict=RiskVerdict.ALLOW)
    new = []
    if facts.network not in facts.known_networks:
        new.append("new-network")
    if not facts.remembered and facts.device not in facts.known_devices:
        new.append("new-device")
    verdicts = (RiskVerdict.ALLOW, RiskVerdict.NOTIFY, RiskVerdict.SECOND_FACTOR)
    return RiskAssessment(verdict=verdicts[len(new)], reasons=tuple(new))


def strictest(assessments: Iterable[RiskAssessment]) -> RiskAssessment:
    """The strictest verdict of several, with all reasons, each once."""
    found = tuple(assessments)
    verdict = max((one.verdict for one in found), key=_SEVERITY.__getitem__, default=RiskVerdict.ALLOW)
    reasons = dict.fromkeys(reason for one in found for reason in one.reasons)
    return RiskAssessment(verdict=verdict, reasons=tuple(reasons))
