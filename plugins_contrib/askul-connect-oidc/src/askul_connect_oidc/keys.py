"""The key set: which key a token is signed with."""

from __future__ import annotations

import json
from collections.abc import Mapping

import jwt
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from askul_connect import ConfigurationError
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import LoginMismatch

_LEAST_RSA_BITS = 2_048
#: Algorithm -> the type of its keys.
_KEY_TYPES = {"RS256": "RSA", "ES256": "EC"}


def key_of(keys: Secret, *, kid: object, algorithm: str, where: str) -> object:
    """The public key for a token.

    A key of another type, for encryption, or for another algorithm is none. A token without a key id takes the key only
    where there is exactly one that fits.

    Args:
        keys: The JSON Web Key Set.
        kid: What the token's header says.
        algorithm: What it is signed with, one of those that are accepted.
        where: Configuration key of the key set.

    Raises:
        LoginMismatch: There is no such key.
        ConfigurationError: The key set cannot be used.
    """
    fitting = [one for one in _listed(keys, where) if _fits(one, algorithm)]
    found = [one for one in fitting if kid is None or one.get("kid") == kid]
    if len(found) != 1:
        raise LoginMismatch("no key of the key set fits the token")
    return _public(found[0], where)


def _listed(keys: Secret, where: str) -> list[Mapping[str, object]]:
    try:
        document = json.loads(keys.reveal())
    except ValueError:
        document = None
    listed = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise ConfigurationError("is no JSON Web Key Set", where=where)
    return listed


def _fits(key: Mapping[str, object], algorithm: str) -> bool:
    if key.get("kty") != _KEY_TYPES[algorithm] or key.get("alg", algorithm) != algorithm:
        return False
    if key.get("use", "sig") != "sig":
        return False
    operations = key.get("key_ops", ["verify"])
    return isinstance(operations, list) and "verify" in operations


def _public(key: Mapping[str, object], where: str) -> object:
    # the public half is all that is needed, and all that is looked at
    halves = ("kty", "n", "e", "crv", "x", "y")
    text = json.dumps({name: key[name] for name in halves if name in key})
    try:
        made = (RSAAlgorithm if key["kty"] == "RSA" else ECAlgorithm).from_jwk(text)
    except (jwt.InvalidKeyError, ValueError, TypeError):
        raise ConfigurationError("holds a key that cannot be read", where=where) from None
    size = getattr(made, "key_size", 0)
    if key["kty"] == "RSA" and size < _LEAST_RSA_BITS:
        raise ConfigurationError(f"holds an RSA key below {_LEAST_RSA_BITS} bits", where=where)
    if key["kty"] == "EC" and getattr(getattr(made, "curve", None), "name", "") != "secp256r1":
        raise ConfigurationError("holds a key for ES256 that is not on the curve P-256", where=where)
    return made
