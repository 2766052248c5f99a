"""What stands out about a login whose password is right (AUTH-9)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from attrs import field, frozen


class RiskVerdict(StrEnum):
    """What is to be done, from nothing to the strictest."""

    ALLOW = "allow"
    NOTIFY = "notify"
    SECOND_FACTOR = "second_factor"
    REFUSE = "refuse"
    LOCK = "lock"


_SEVERITY = {verdict: place for place, verdict in enumerate(RiskVerdict)}


@frozen(kw_only=True)
class RiskAssessment:
    """A verdict and why.

    Attributes:
        verdict: ``SECOND_FACTOR`` also notifies; it is proved by who has one, device trusted or not. ``LOCK``
            also refuses.
        reasons: Machine-readable, for the login history and the notice; never personal data.
    """

    verdict: RiskVerdict
    reasons: tuple[str, ...] = field(default=())


@frozen(kw_only=True)
class LoginFacts:
    """What an assessment is made from; nothing secret.

    Attributes:
        address: Network address of the caller, empty in process.
        network: Its prefix.
        device: What the caller said of itself.
        remembered: Whether it proved to be a remembered device.
        known_networks, known_devices: From which this person has logged in before, latest first.
        failures: Attempts that failed just before, in a row.
    """

    account_id: str
    user_id: str
    at: datetime
    address: str
    network: str
    device: str
    remembered: bool
    known_networks: tuple[str, ...] = field(default=())
    known_devices: tuple[str, ...] = field(default=())
    failures: int = 0


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
