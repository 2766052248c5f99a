"""The provider: an ID token in, an identity out."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import jwt
from attrs import field, frozen

from askul_connect import ProviderSettings, Toolkit
from askul_connect.core.errors import LoginMismatch
from askul_connect.core.ports.authentication import IdentityAssertion, Presented, PresentedForm
from askul_connect_oidc.keys import key_of
from askul_connect_oidc.options import Options, read

_LATEST = 253_402_300_799  # the last second of the year 9999, after which no instant can be told


@frozen(kw_only=True)
class OidcProvider:
    """Implements the ``AuthenticationProvider`` port.

    Attributes:
        key: Where it is configured.
    """

    options: Options
    key: str
    toolkit: Toolkit = field(repr=False)

    def authenticate(self, presented: Presented) -> IdentityAssertion | None:
        """Who the token is about; None for a token of another issuer, and for what is no ID token.

        Raises:
            LoginMismatch: The token is of our issuer and not to be accepted; the detail says why.
            ConfigurationError: The key set cannot be used.
        """
        if presented.form is not PresentedForm.ASSERTION:
            return None
        token = presented.secret.reveal()
        try:
            # only to see whose it is: the signature over these very bytes is verified before anything is believed
            unverified = jwt.decode_complete(token, options={"verify_signature": False})
        except (jwt.PyJWTError, ValueError, RecursionError):
            return None
        if unverified["payload"].get("iss") != self.options.issuer:
            return None
        claims = self._verified(token, unverified["header"])
        self._check(claims, presented.nonce)
        return _identity(claims, token)

    def _verified(self, token: str, header: Mapping[str, Any]) -> Mapping[str, Any]:
        algorithm = header.get("alg")
        # "none" and the keyed hashes are not among them, whatever the configuration says
        if algorithm not in self.options.algorithms:
            raise LoginMismatch(f"signed with {str(algorithm)[:20]!r}, which is not accepted")
        if "crit" in header:
            raise LoginMismatch("the header has critical extensions, which are not understood")
        where = f"{self.key}.keys"
        keys = self.toolkit.secret(self.options.keys, key=where)
        key = key_of(keys, kid=header.get("kid"), algorithm=algorithm, where=where)
        try:
            # times and names are checked below, by the supplier's clock and with reasons
            found: Mapping[str, Any] = jwt.decode(
                token,
                key=key,  # type: ignore[arg-type]  # of the type that the algorithm takes, see keys.py
                algorithms=[algorithm],
                options={
                    "verify_signature": True,
                    "verify_exp": False,
                    "verify_nbf": False,
                    "verify_iat": False,
                    "verify_aud": False,
                    "verify_iss": False,
                    "verify_sub": False,
                    "verify_jti": False,
                },
            )
        except jwt.PyJWTError:
            raise LoginMismatch("the signature is not right") from None
        return found

    def _check(self, claims: Mapping[str, Any], nonce: str) -> None:
        options = self.options
        self._check_audience(claims)
        self._check_times(claims, self.toolkit.clock.now())
        if not isinstance(claims.get("sub"), str) or not claims["sub"]:
            raise LoginMismatch("it names no subject")
        told = claims.get("nonce")
        if nonce or told is not None or options.nonce_required:
            same = isinstance(told, str) and hmac.compare_digest(told.encode(), nonce.encode())
            if not nonce or not same:
                raise LoginMismatch("the nonce is not the one it was asked for with")

    def _check_audience(self, claims: Mapping[str, Any]) -> None:
        told = claims.get("aud")
        audiences = [told] if isinstance(told, str) else told
        if not isinstance(audiences, list) or self.options.audience not in audiences:
            raise LoginMismatch("for another audience")
        others = {str(one) for one in audiences} - {self.options.audience}
        if not others <= self.options.trusted_audiences:
            raise LoginMismatch("for an audience that is not trusted, beside ours")
        party = claims.get("azp")
        if (others or party is not None) and party != self.options.audience:
            raise LoginMismatch("issued to another party")

    def _check_times(self, claims: Mapping[str, Any], now: datetime) -> None:
        leeway, instant = self.options.leeway, now.timestamp()
        if instant >= _time(claims, "exp") + leeway:
            raise LoginMismatch("expired")
        issued = _time(claims, "iat")
        if issued > instant + leeway:
            raise LoginMismatch("issued in the future")
        if instant - issued >= self.options.most_age + leeway:
            raise LoginMismatch("issued too long ago")
        if "nbf" in claims and _time(claims, "nbf") > instant + leeway:
            raise LoginMismatch("not valid yet")


def _time(claims: Mapping[str, Any], name: str) -> int:
    value: object = claims.get(name)
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 <= value <= _LATEST:
        raise LoginMismatch(f"its {name} is no time")
    return int(value)


def _identity(claims: Mapping[str, Any], token: str) -> IdentityAssertion:
    email, methods = claims.get("email"), claims.get("amr")
    # what is signed is the same in every copy of a token; its signature may be written in several ways
    signed = token.rpartition(".")[0]
    return IdentityAssertion(
        subject=claims["sub"],
        email=email if isinstance(email, str) else "",
        email_verified=claims.get("email_verified") is True,
        methods=tuple(str(one) for one in methods) if isinstance(methods, list) else (),
        assertion_id=hashlib.sha256(signed.encode()).hexdigest(),
        expires_at=datetime.fromtimestamp(_time(claims, "exp"), UTC),
    )


def connect(toolkit: Toolkit, settings: ProviderSettings) -> OidcProvider:
    """A provider as it is configured; its key set is looked at once, so that a wrong reference is found at the start.

    Raises:
        ConfigurationError: An option is not accepted, or the key set is not there.
    """
    options = read(settings)
    toolkit.secret(options.keys, key=f"{settings.key}.keys")
    return OidcProvider(options=options, key=settings.key, toolkit=toolkit)
