"""Composition of time-ordered ids: UUID version 7 (RFC 9562, section 5.7); time and bits are given."""

from __future__ import annotations

import hashlib
import hmac
import uuid

from askul_connect.core.errors import ValueInvalid

#: Bytes of randomness that one id takes (74 bits of them are kept).
RANDOM_BYTES = 10
_MILLISECONDS_LIMIT = 1 << 48


def time_ordered_id(milliseconds: int, random: bytes) -> str:
    """A UUID version 7 as text; ids of later milliseconds sort after earlier ones.

    Args:
        milliseconds: Since 1970-01-01T00:00:00Z.
        random: Ten unpredictable bytes, of which six bits give way to version and variant.

    Raises:
        ValueInvalid: The time lies outside 48 bits, or it is another number of bytes.
    """
    if type(milliseconds) is not int or not 0 <= milliseconds < _MILLISECONDS_LIMIT:
        raise ValueInvalid(f"{milliseconds!r} is no number of milliseconds since 1970 within 48 bits")
    if len(random) != RANDOM_BYTES:
        raise ValueInvalid(f"an id takes {RANDOM_BYTES} random bytes, not {len(random)}")
    bits = milliseconds << 80 | int.from_bytes(random, "big")
    bits = bits & ~(0xF << 76) | 0x7 << 76
    bits = bits & ~(0x3 << 62) | 0x2 << 62
    return str(uuid.UUID(int=bits))


def deterministic_id(milliseconds: int, kind: str, business_key: str, seed: bytes = b"") -> str:
    """A UUID version 7 whose random part comes from a kind and key: the same input gives the same id.

    Only as unpredictable as the seed; for simulations and for ids that have to be found again.

    Args:
        milliseconds: Since 1970-01-01T00:00:00Z.
        kind: What the id is of, for instance ``order``.
        business_key: What it is the id of, unique within the kind.
        seed: Key of the HMAC-SHA-256, so that runs of different seeds differ.

    Raises:
        ValueInvalid: The time lies outside 48 bits.
    """
    # The length in front keeps ("a", "bc") and ("ab", "c") apart.
    name = f"{milliseconds}:{len(kind)}:{kind}{business_key}".encode("utf-8", "surrogatepass")
    digest = hmac.new(seed, name, hashlib.sha256).digest()
    return time_ordered_id(milliseconds, digest[:RANDOM_BYTES])
