"""Encryption of secrets at rest: AES-256-GCM, from the cryptography package (AUTH-19)."""

from __future__ import annotations

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from typing import TYPE_CHECKING

from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import InternalError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12
_MARK = "v1."


class AesGcmCipher:
    """The ``SecretCipher`` port; thread-safe.

    Args:
        key: Random text of at least 256 bits, from outside the database.
    """

    def __init__(self, key: Secret) -> None:
        # What is encrypted is bound to this use of the key; other uses derive another one from it.
        self._key = sha256(b"askul-connect secrets at rest:" + key.reveal().encode()).digest()

    def encrypt(self, secret: Secret) -> str:
        """The secret as text that may be stored; never the same twice."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._aead().encrypt(nonce, secret.reveal().encode(), None)
        return _text(nonce + sealed)

    def decrypt(self, text: str) -> Secret:
        """The secret again.

        Raises:
            InternalError: The text was made by another key, or changed.
        """
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 -- few processes ever decrypt

        raw = _raw(text)
        try:
            return Secret(self._aead().decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], None).decode())
        except (InvalidTag, ValueError) as error:
            raise InternalError(
                "a stored secret cannot be decrypted: it was changed, or the key outside the database is another one"
            ) from error

    def _aead(self) -> AESGCM:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 -- same

        return AESGCM(self._key)


def _raw(text: str) -> bytes:
    """The bytes of a text that ``encrypt`` wrote; nothing of any other text."""
    try:
        raw = urlsafe_b64decode(text.removeprefix(_MARK))
    except ValueError:
        return b""
    # A decoder overlooks foreign characters and the unused bits of the last one: several texts would be one secret.
    return raw if text == _text(raw) else b""


def _text(raw: bytes) -> str:
    return _MARK + urlsafe_b64encode(raw).decode()
