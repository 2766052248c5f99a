"""An authentication provider of the estate: whoever shows ``vouched`` and an address is the owner of the address."""

from __future__ import annotations

from askul_connect.adapters.security.password_provider import PasswordProvider
from askul_connect.core.ports.authentication import (
    IdentityAssertion,
    NamedProvider,
    Presented,
    PresentedForm,
)

PROVIDER = "corp"
_MARK = "vouched "


class Vouching:
    """Proves whom an assertion names."""

    def authenticate(self, presented: Presented) -> IdentityAssertion | None:
        mark, _, email = presented.secret.reveal().partition(_MARK)
        if mark or not email:
            return None
        return IdentityAssertion(subject=email, email=email, email_verified=True, methods=("pwd",))


def assertion(email: str) -> str:
    """What the provider gives the owner of an address."""
    return f"{_MARK}{email}"


PROVIDERS = (
    NamedProvider(name="password", forms=frozenset({PresentedForm.PASSWORD}), provider=PasswordProvider()),
    NamedProvider(name=PROVIDER, forms=frozenset({PresentedForm.ASSERTION}), provider=Vouching()),
)
