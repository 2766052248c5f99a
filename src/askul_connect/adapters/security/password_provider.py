"""The supplier's own passwords as an authentication provider (AUTH-16)."""

from __future__ import annotations

from attrs import frozen

from askul_connect.core.ports.authentication import IdentityAssertion, Presented, PresentedForm


@frozen
class PasswordProvider:
    """Implements the ``AuthenticationProvider`` port: whoever knows the stored password of an ID is the person."""

    def authenticate(self, presented: Presented) -> IdentityAssertion | None:
        """Who it is; None when the password is not the one, or what is presented is no password."""
        if presented.form is not PresentedForm.PASSWORD or presented.stored is None:
            return None
        if not presented.stored.matches(presented.secret):
            return None
        return IdentityAssertion(subject=presented.login_id, methods=("pwd",))
