"""Asking the authentication providers of the supplier (AUTH-16)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from attrs import field, frozen

from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import InternalError
from askul_connect.core.ports.authentication import (
    IdentityAssertion,
    NamedProvider,
    Presented,
    PresentedForm,
)
from askul_connect.core.services.supplier.context import House

#: Name under which the supplier's own passwords are registered.
PASSWORD_PROVIDER = "password"  # noqa: S105 -- a name, no password


@frozen(kw_only=True)
class Proved:
    """An identity, and the provider that proved it."""

    provider: str
    identity: IdentityAssertion


@frozen(kw_only=True)
class _Stored:
    """Implements the ``PasswordCheck`` port; the hash itself is not to be had from it."""

    matches: Callable[[Secret], bool] = field(repr=False)


def first_result(providers: Iterable[NamedProvider], presented: Presented) -> Proved | None:
    """Ask one provider after the other; the first that knows what is presented wins.

    Whatever one raises ends the login: the next is not asked instead, so that nobody gets in by making one fail.

    Raises:
        LoginMismatch: One says that it proves nothing.
        PluginFailed: One failed.
    """
    for one in providers:
        if presented.form not in one.forms:
            continue
        asked = Presented(
            provider=one.name,
            form=presented.form,
            secret=presented.secret,
            login_id=presented.login_id,
            nonce=presented.nonce,
            stored=presented.stored if one.name == PASSWORD_PROVIDER else None,
        )
        identity = one.provider.authenticate(asked)
        if identity is not None:
            return Proved(provider=one.name, identity=identity)
    return None


def password_matches(house: House, encoded: str, login_id: str, password: Secret) -> bool:
    """Whether the password is the one of the person a login ID names, as the provider of passwords says.

    Args:
        house: Its providers and hasher.
        encoded: The stored hash; empty when the ID names nobody, which takes the same work.
        login_id: What was typed.
        password: What was typed.
    """
    own = [one for one in house.providers if one.name == PASSWORD_PROVIDER]
    if not own:
        raise InternalError("the supplier has no provider of passwords")
    presented = Presented(
        provider=PASSWORD_PROVIDER,
        form=PresentedForm.PASSWORD,
        secret=password,
        login_id=login_id,
        stored=_Stored(matches=lambda typed: house.hasher.verify(encoded, typed)),
    )
    return first_result(own, presented) is not None
