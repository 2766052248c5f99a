"""Who somebody is: what a login presents, and who says whether it proves an identity (AUTH-16)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Protocol

from attrs import field, frozen

from askul_connect.core.domain.secrets import Secret


class PresentedForm(StrEnum):
    """What a login presents."""

    PASSWORD = "password"  # noqa: S105 -- a form, no password
    ASSERTION = "assertion"


class PasswordCheck(Protocol):
    """The stored password of whomever a login ID names, which can be compared and not read."""

    def matches(self, password: Secret) -> bool:
        """Whether it is the one; where nobody is named it does the same work and is never it."""
        ...


@frozen(kw_only=True)
class Presented:
    """What somebody presents to be let in. Nothing of the supplier's can be reached from it.

    Attributes:
        provider: Name of the provider that is asked.
        form: A login ID with a password, or a bearer assertion of somebody else.
        secret: The password, or the assertion.
        login_id: What was typed; empty with an assertion.
        nonce: What the assertion was asked for with; empty when the caller gives none.
        stored: The person's password; only the supplier's own password provider is given it.
    """

    provider: str
    form: PresentedForm
    secret: Secret
    login_id: str = field(default="", repr=False)
    nonce: str = field(default="", repr=False)
    stored: PasswordCheck | None = field(default=None, repr=False)


@frozen(kw_only=True)
class IdentityAssertion:
    """A proved identity.

    Attributes:
        subject: What the provider calls the person.
        email: The person's address; empty where the login ID says who it is.
        email_verified: Whether the provider has made sure that the address is the person's. One that is not verified
            lets nobody in.
        methods: How the person was authenticated, in the words of RFC 8176 (``pwd``, ``otp``, ``hwk``, ``mfa`` ...).
        assertion_id: What is the same for every copy of one assertion; it is accepted once. Empty for a proof that may
            be repeated.
        expires_at: From then on the assertion is refused anyway; needed with an ``assertion_id``.
    """

    subject: str = field(repr=False)
    email: str = field(default="", repr=False)
    email_verified: bool = False
    methods: tuple[str, ...] = ()
    assertion_id: str = field(default="", repr=False)
    expires_at: datetime | None = None


class AuthenticationProvider(Protocol):
    """Proves identities; asked from several threads, outside every transaction."""

    def authenticate(self, presented: Presented) -> IdentityAssertion | None:
        """Who it is, or None when what is presented is not this provider's affair.

        Raises:
            LoginMismatch: It is the provider's affair and proves nothing; the detail is for the login history only.
        """
        ...


@frozen(kw_only=True)
class NamedProvider:
    """A provider under the name that the supplier's configuration gives it.

    Attributes:
        forms: What it is asked about.
    """

    name: str
    forms: frozenset[PresentedForm]
    provider: AuthenticationProvider = field(repr=False)
