"""What is known of a login whose password is right, and a verdict about it (AUTH-9)."""

from __future__ import annotations

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
