"""The ceremonies of WebAuthn, from the webauthn package (AUTH-8)."""

from __future__ import annotations

import importlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from askul_connect.core.domain.factors import RelyingParty
from askul_connect.core.errors import ConfigurationError, FactorRejected
from askul_connect.core.policies.factors import CHALLENGE_LIFE
from askul_connect.core.ports.factors import NewPasskey, Presented

T = TypeVar("T")

#: Characters of an answer; a passkey's is below two thousand.
_LONGEST = 64_000
_MILLISECONDS = 1000


class WebauthnPasskeys:
    """The ``Passkeys`` port; thread-safe. The library is looked for on first use."""

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
        """What a browser makes a passkey from, JSON."""
        webauthn, structs = _library(), _library(".helpers.structs")
        options = webauthn.generate_registration_options(
            rp_id=party.domain,
            rp_name=party.name,
            user_id=user_id.encode(),
            user_name=name,
            user_display_name=display,
            challenge=_bytes(challenge),
            timeout=_timeout(),
            attestation=structs.AttestationConveyancePreference.NONE,
            authenticator_selection=structs.AuthenticatorSelectionCriteria(
                resident_key=structs.ResidentKeyRequirement.PREFERRED,
                user_verification=structs.UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=_descriptors(structs, known),
        )
        return str(webauthn.options_to_json(options))

    def request_options(self, party: RelyingParty, *, challenge: str, allowed: Sequence[str]) -> str:
        """What a browser asks a passkey for, JSON."""
        webauthn, structs = _library(), _library(".helpers.structs")
        options = webauthn.generate_authentication_options(
            rp_id=party.domain,
            challenge=_bytes(challenge),
            timeout=_timeout(),
            allow_credentials=_descriptors(structs, allowed),
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        )
        return str(webauthn.options_to_json(options))

    def presented(self, answer: str) -> Presented:
        """What an answer says of itself."""
        return _unless_malformed(lambda: _presented(answer))

    def made(self, party: RelyingParty, challenge: str, answer: str) -> NewPasskey:
        """The passkey that an answer to :meth:`creation_options` has made."""
        webauthn, helpers = _library(), _library(".helpers")

        def verified() -> Any:
            found = webauthn.verify_registration_response(
                credential=answer,
                expected_challenge=_bytes(challenge),
                expected_rp_id=party.domain,
                expected_origin=list(party.origins),
                require_user_verification=True,
            )
            # without an attestation nothing has used the key yet: one that cannot be used would lock the person out
            key = helpers.decode_credential_public_key(found.credential_public_key)
            helpers.decoded_public_key_to_cryptography(key)
            return found

        found = _unless_malformed(verified)
        return NewPasskey(
            credential_id=_text(found.credential_id),
            public_key=_text(found.credential_public_key),
            sign_count=found.sign_count,
        )

    def signed(self, party: RelyingParty, challenge: str, answer: str, public_key: str) -> int:
        """The counter of a passkey whose answer to :meth:`request_options` is signed as it has to be."""
        webauthn = _library()
        found = _unless_malformed(
            lambda: webauthn.verify_authentication_response(
                credential=answer,
                expected_challenge=_bytes(challenge),
                expected_rp_id=party.domain,
                expected_origin=list(party.origins),
                credential_public_key=_bytes(public_key),
                # what a counter means is judged by core, which has more to do than to refuse
                credential_current_sign_count=0,
                require_user_verification=True,
            )
        )
        return int(found.new_sign_count)


def _library(part: str = "") -> Any:
    try:
        return importlib.import_module(f"webauthn{part}")
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"passkeys need {error.name}: pip install 'askul-connect[passkeys]'", where="passkeys"
        ) from error


def _presented(answer: str) -> Presented:
    if len(answer) > _LONGEST:
        raise ValueError(f"{len(answer)} characters")
    read = json.loads(answer)
    response = read["response"]
    client = json.loads(_bytes(response["clientDataJSON"]))
    if client.get("crossOrigin") is True:
        raise ValueError("it was made within another site's page")
    challenge, credential_id = client["challenge"], read["id"]
    handle = response.get("userHandle") or ""
    if not all(isinstance(one, str) for one in (challenge, credential_id, handle)):
        raise ValueError("a member has another type")
    return Presented(
        challenge=challenge,
        credential_id=credential_id,
        user_handle=_bytes(handle).decode() if handle else "",
    )


def _unless_malformed(read: Callable[[], T]) -> T:
    try:
        return read()
    except ConfigurationError:
        raise
    except Exception as error:
        # whatever a stranger's bytes make the library raise is one refusal
        raise FactorRejected(f"the passkey's answer is not accepted: {type(error).__name__}") from error


def _descriptors(structs: Any, ids: Sequence[str]) -> list[Any]:
    return [structs.PublicKeyCredentialDescriptor(id=_bytes(one)) for one in ids]


def _timeout() -> int:
    return int(CHALLENGE_LIFE.total_seconds()) * _MILLISECONDS


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
