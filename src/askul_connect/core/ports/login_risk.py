"""Assessments of logins, which plugins may bring (AUTH-9)."""

from __future__ import annotations

from typing import Protocol

from attrs import field, frozen

from askul_connect.core.domain.login_risk import LoginFacts, RiskAssessment


class LoginRiskAssessor(Protocol):
    """Looks at a login whose password is right, before it is let in.

    No transaction is open meanwhile, unless it is an immediate one: see :class:`NamedAssessor`.
    """

    def assess(self, facts: LoginFacts) -> RiskAssessment:
        """The verdict. Called from several threads at once.

        Raises:
            AskulConnectError: It cannot say.
        """
        ...


@frozen(kw_only=True)
class NamedAssessor:
    """An assessor, and what its failure means.

    Attributes:
        name: Stands in the login history when it fails.
        fails_closed: Whether a login is refused then; otherwise it is as if there were no such assessor.
        immediate: Whether it only calculates, without waiting for anything. Where all do, they are asked in the unit
            of work that lets somebody in, which saves one.
    """

    name: str
    fails_closed: bool
    assessor: LoginRiskAssessor = field(repr=False)
    immediate: bool = False
