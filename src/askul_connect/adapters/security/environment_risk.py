"""The built-in assessment of logins: network and device compared with the person's past (AUTH-9)."""

from __future__ import annotations

from askul_connect.core.domain.login_risk import LoginFacts, RiskAssessment
from askul_connect.core.policies.login_risk import assess_environment


class EnvironmentRisk:
    """The ``LoginRiskAssessor`` port on the policy that needs nothing else."""

    def assess(self, facts: LoginFacts) -> RiskAssessment:
        """What is new about the environment."""
        return assess_environment(facts)
