"""One-time codes and passkeys: what core asks of the libraries that know them (AUTH-8)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from attrs import frozen

from askul_connect.core.domain.factors import RelyingParty
from askul_connect.core.domain.secrets import Secret


class OneTimeCodes(Protocol):
    """Time-based one-time codes of RFC 6238: SHA-1, six digits, 30 seconds, as every authenticator has them."""

    def uri(self, seed: Secret, *, issuer: str, name: str) -> Secret:
        """The ``otpauth`` URI that an authenticator scans.

        Args:
            seed: Base32.
            issuer: Who asks for the codes.
            name: Whose they are.
        """
        ...

    def step_of(self, seed: Secret, code: Secret, at: datetime) -> int | None:
        """The time step that the code belongs to, at most one before or after the instant; None for a wrong code."""
        ...


@frozen(kw_only=True)
class Presented:
    """What a passkey's answer says of itself; nothing of it is proved yet.

    Attributes:
        challenge: As it was given out.
        credential_id: base64url.
        user_handle: The user id that the passkey keeps; empty when it sent none.
    """

    challenge: str
    credential_id: str
    user_handle: str


@frozen(kw_only=True)
class NewPasskey:
    """A passkey that was made just now.

    Attributes:
        credential_id, public_key: base64url.
    """

    credential_id: str
    public_key: str
    sign_count: int


class Passkeys(Protocol):
    """The ceremonies of WebAuthn. User verification is always required.

    Every method raises ConfigurationError when the library is not installed, and those that read an answer
    FactorRejected when it is not what it has to be.
    """

    def creation_options(
        self,
        party: RelyingParty,
        *,
        challenge: str,
        user_id: str,
        name: str,
        display: str,
        known: Sequence[str],
    ) -> str:
        """What a browser makes a passkey from, JSON.

        Args:
            party: For whom.
            challenge: base64url.
            user_id: Kept by the passkey; no personal data.
            name: What the person logs in with.
            display: What the person is called.
            known: Ids of the person's passkeys, which are not made a second time.
        """
        ...

    def request_options(self, party: RelyingParty, *, challenge: str, allowed: Sequence[str]) -> str:
        """What a browser asks a passkey for, JSON; ``allowed`` are the ids of those that may answer."""
        ...

    def presented(self, answer: str) -> Presented:
        """What an answer says of itself."""
        ...

    def made(self, party: RelyingParty, challenge: str, answer: str) -> NewPasskey:
        """The passkey that an answer to :meth:`creation_options` has made."""
        ...

    def signed(self, party: RelyingParty, challenge: str, answer: str, public_key: str) -> int:
        """The counter of a passkey whose answer to :meth:`request_options` is signed as it has to be."""
        ...
