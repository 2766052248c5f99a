"""Password hashing by argon2id (AUTH-6)."""

from __future__ import annotations

import logging
import re
import threading
import unicodedata
from base64 import b64encode
from typing import TYPE_CHECKING

from askul_connect.core.errors import InternalError

if TYPE_CHECKING:
    from askul_connect.core.domain.secrets import Secret

_log = logging.getLogger(__name__)
_SALT_BYTES = 16
_HASH_BYTES = 32
_ENCODED = re.compile(
    r"\$argon2id\$v=[0-9]+\$m=[0-9]+,t=[0-9]+,p=[0-9]+\$[A-Za-z0-9+/]{11,}\$[A-Za-z0-9+/]{16,}"
)


class Argon2Hasher:
    """The ``PasswordHasher`` port on argon2-cffi; thread-safe.

    The defaults are the floor of the OWASP Password Storage Cheat Sheet. Passwords are hashed as typed, in
    composed form (NFC), so that two keyboards that compose a letter differently agree.

    Args:
        memory_kib: Memory of one hash in KiB.
        passes: Iterations.
        lanes: Parallelism.
        at_once: Hashes computed at the same time; others wait, so that many logins cannot fill the memory.
    """

    def __init__(
        self, *, memory_kib: int = 19_456, passes: int = 2, lanes: int = 1, at_once: int = 4
    ) -> None:
        # Loading argon2 takes its time, and most processes that import this module never hash.
        import argon2  # noqa: PLC0415

        self._argon2 = argon2
        self._hasher = argon2.PasswordHasher(
            time_cost=passes,
            memory_cost=memory_kib,
            parallelism=lanes,
            hash_len=_HASH_BYTES,
            salt_len=_SALT_BYTES,
        )
        self._room = threading.BoundedSemaphore(at_once)
        # The hash of nothing: well formed, of today's parameters, and no password leads to it.
        salt, digest = (b64encode(bytes(size)).rstrip(b"=").decode() for size in (_SALT_BYTES, _HASH_BYTES))
        today = f"$argon2id$v=19$m={memory_kib},t={passes},p={lanes}$"
        self._nobody = f"{today}{salt}${digest}"
        # a pattern, since argon2's own look at the parameters takes ten times as long and every login needs one
        self._of_today = re.compile(
            rf"{re.escape(today)}[A-Za-z0-9+/]{{{len(salt)}}}\$[A-Za-z0-9+/]{{{len(digest)}}}"
        )

    def hash(self, password: Secret) -> str:
        """The encoded hash with its parameters and a random salt."""
        with self._room:
            return self._hasher.hash(_typed(password))

    def verify(self, encoded: str, password: Secret) -> bool:
        """Whether the password is the one.

        An empty or unreadable ``encoded`` takes the work of a real one and is never it, so that the time does
        not tell whether an ID exists (AUTH-2).

        Raises:
            InternalError: argon2 itself failed, for instance for lack of memory.
        """
        typed = _typed(password)
        if _ENCODED.fullmatch(encoded):
            return self._matches(encoded, typed)
        if encoded:
            _log.error("a stored password hash is unreadable; its user has to reset the password")
        return self._matches(self._nobody, typed)

    def outdated(self, encoded: str) -> bool:
        """Whether the hash was made with other parameters than today's, or cannot be read."""
        return not self._of_today.fullmatch(encoded)

    def _matches(self, encoded: str, typed: bytes) -> bool:
        try:
            with self._room:
                return self._hasher.verify(encoded, typed)
        except self._argon2.exceptions.VerifyMismatchError:
            return False
        except self._argon2.exceptions.VerificationError as failure:
            raise InternalError(f"argon2 could not verify a password: {failure}") from failure


def _typed(password: Secret) -> bytes:
    # A lone surrogate is no text, but JSON can carry one; it has to end as a mismatch, not as a crash.
    return unicodedata.normalize("NFC", password.reveal()).encode("utf-8", "surrogatepass")
