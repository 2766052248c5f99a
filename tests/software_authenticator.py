"""A passkey in software: ES256 keys, no attestation, counters; and every way in which one can lie.

It answers what a browser would be given, and gives what a browser's ``credential.toJSON()`` would.
"""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from attrs import define, evolve, field, frozen
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

USER_PRESENT, USER_VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def cbor(value: Any) -> bytes:
    """The little of CBOR (RFC 8949) that an authenticator writes."""
    if isinstance(value, int):
        return _head(0, value) if value >= 0 else _head(1, -1 - value)
    if isinstance(value, bytes):
        return _head(2, len(value)) + value
    if isinstance(value, str):
        return _head(3, len(value.encode())) + value.encode()
    return _head(5, len(value)) + b"".join(cbor(key) + cbor(one) for key, one in value.items())


def _head(major: int, number: int) -> bytes:
    if number < 24:
        return bytes([major << 5 | number])
    size = 1 if number < 0x100 else 2 if number < 0x10000 else 4
    return bytes([major << 5 | (23 + size.bit_length())]) + number.to_bytes(size, "big")


@frozen(kw_only=True)
class Key:
    """One passkey."""

    credential_id: bytes
    private: ec.EllipticCurvePrivateKey = field(repr=False)
    user_handle: bytes

    @property
    def id(self) -> str:
        return encoded(self.credential_id)

    def cose(self) -> bytes:
        point = self.private.public_key().public_numbers()
        x, y = point.x.to_bytes(32, "big"), point.y.to_bytes(32, "big")
        return cbor({1: 2, 3: -7, -1: 1, -2: x, -3: y})


@define(kw_only=True)
class SoftwareAuthenticator:
    """Holds passkeys; a copy of it (``clone``) goes on counting by itself.

    Attributes:
        origin: Where its browser believes to be.
        flags: What it says of the person: present and verified.
        count: Signatures so far; None for one that never counts.
    """

    origin: str = "http://localhost"
    flags: int = USER_PRESENT | USER_VERIFIED
    count: int | None = 0
    keys: list[Key] = field(factory=list)

    def clone(self) -> SoftwareAuthenticator:
        return evolve(self, keys=list(self.keys))

    def create(
        self, options: str, *, rp_id: str = "", challenge: str = "", kind: str = "webauthn.create"
    ) -> str:
        """A new passkey, as creation options ask for it; the arguments lie."""
        asked = json.loads(options)
        assert asked["attestation"] == "none"
        assert asked["authenticatorSelection"]["userVerification"] == "required"
        assert -7 in {one["alg"] for one in asked["pubKeyCredParams"]}
        assert not {one["id"] for one in asked["excludeCredentials"]} & {one.id for one in self.keys}
        key = Key(
            credential_id=hashlib.sha256(f"{asked['challenge']}:{len(self.keys)}".encode()).digest(),
            private=ec.generate_private_key(ec.SECP256R1()),
            user_handle=decoded(asked["user"]["id"]),
        )
        self.keys.append(key)
        return self.create_again(
            key,
            options,
            rp_id=rp_id or asked["rp"]["id"],
            challenge=challenge or asked["challenge"],
            kind=kind,
        )

    def create_again(
        self, key: Key, options: str, *, rp_id: str = "", challenge: str = "", kind: str = ""
    ) -> str:
        """The answer for a key that exists already."""
        asked = json.loads(options)
        attested = bytes(16) + len(key.credential_id).to_bytes(2, "big") + key.credential_id + key.cose()
        data = self._data(rp_id or asked["rp"]["id"], ATTESTED) + attested
        client = self._client(kind or "webauthn.create", challenge or asked["challenge"])
        return self._credential(
            key,
            {
                "clientDataJSON": encoded(client),
                "attestationObject": encoded(cbor({"fmt": "none", "attStmt": {}, "authData": data})),
            },
        )

    def get(
        self,
        options: str,
        *,
        rp_id: str = "",
        challenge: str = "",
        kind: str = "webauthn.get",
        key: Key | None = None,
        user_handle: bytes | None = None,
        signed_by: Key | None = None,
        **client: Any,
    ) -> str:
        """The answer to request options by a passkey they allow; the arguments lie."""
        asked = json.loads(options)
        assert asked["userVerification"] == "required"
        allowed = {one["id"] for one in asked["allowCredentials"]}
        key = key or next(one for one in self.keys if one.id in allowed)
        if self.count is not None:
            self.count += 1
        data = self._data(rp_id or asked["rpId"], 0)
        said = self._client(kind, challenge or asked["challenge"], **client)
        signature = (signed_by or key).private.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(SHA256()))
        handle = key.user_handle if user_handle is None else user_handle
        return self._credential(
            key,
            {
                "clientDataJSON": encoded(said),
                "authenticatorData": encoded(data),
                "signature": encoded(signature),
                "userHandle": encoded(handle),
            },
        )

    def _data(self, rp_id: str, more: int) -> bytes:
        flags = bytes([self.flags | more])
        return hashlib.sha256(rp_id.encode()).digest() + flags + (self.count or 0).to_bytes(4, "big")

    def _client(self, kind: str, challenge: str, **more: Any) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False, **more}
        return json.dumps(said).encode()

    @staticmethod
    def _credential(key: Key, response: dict[str, str]) -> str:
        return json.dumps(
            {
                "id": key.id,
                "rawId": key.id,
                "type": "public-key",
                "response": response,
                "clientExtensionResults": {},
                "authenticatorAttachment": "platform",
            }
        )
