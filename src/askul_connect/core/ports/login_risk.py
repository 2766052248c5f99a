"""Assessments of logins, which plugins may bring (AUTH-9)."""

from __future__ import annotations

from typing import Protocol

from askul_connect.core.policies.login_risk import LoginFacts, RiskAssessment


class LoginRiskAssessor(Protocol):
    """Looks at a login whose password is right, before it is let in. No transaction is open meanwhile."""

    @property
    def name(self) -> str:
        """Stands in the login history when it fails."""
        ...

    @property
    def fails_closed(self) -> bool:
        """Whether a login is refused when the assessment fails; otherwise it is as if there were none."""
        ...

    def assess(self, facts: LoginFacts) -> RiskAssessment:
        """The verdict.

        Raises:
            AskulConnectError: It cannot say.
        """
        ...
