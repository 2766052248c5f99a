"""Requests and responses of signing on with another's assertion (AUTH-16)."""

from __future__ import annotations

from attrs import field, frozen

from askul_connect.core.domain.secrets import Secret
from askul_connect.core.messages.growth import NEW_IN_REQUEST


@frozen(kw_only=True)
class LoginWithAssertionRequest:
    """Log in by an assertion of a provider that the account's administrator has allowed.

    Attributes:
        provider: Which one; empty asks all in the order of the supplier's configuration, and the first result wins.
        assertion: What the provider gave the person, such as an OIDC ID token.
        nonce: What it was asked for with, if the caller had sent one along.
        device: What the caller calls its device, for the list of sessions and the comparison with the past.
    """

    assertion: Secret
    provider: str = ""
    nonce: str = field(default="", repr=False)
    device: str = field(default="", metadata=NEW_IN_REQUEST)


@frozen(kw_only=True)
class ListSignOnProvidersRequest:
    """The providers of the supplier, and those that the account allows."""


@frozen(kw_only=True)
class SignOnProvider:
    """One provider."""

    name: str
    allowed: bool


@frozen(kw_only=True)
class ListSignOnProvidersResponse:
    """The providers, in the order they are asked in."""

    providers: tuple[SignOnProvider, ...]


@frozen(kw_only=True)
class SetSignOnProvidersRequest:
    """Which providers the people of the account may sign on by; none is named to allow none."""

    providers: tuple[str, ...] = ()


@frozen(kw_only=True)
class SetSignOnProvidersResponse:
    """Those that are allowed now, sorted."""

    providers: tuple[str, ...]
