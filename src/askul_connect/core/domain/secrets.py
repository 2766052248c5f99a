"""The one type of secrets: its text never shows in a repr, a log or a traceback."""

from __future__ import annotations

import hashlib
import hmac
from typing import Never, final


@final
class Secret:
    """A password, token or key. ``reveal`` is the only way to its text."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        if not isinstance(text, str):
            message = "a secret is made from text"
            raise TypeError(message)
        self._text = text

    def reveal(self) -> str:
        """The text itself, for the one call that needs it."""
        return self._text

    def fingerprint(self) -> str:
        """SHA-256 in hex: what may be stored of a random token, never of a password."""
        return hashlib.sha256(self._text.encode()).hexdigest()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._text.encode(), other._text.encode())

    def __hash__(self) -> int:
        return hash((Secret, self._text))

    def __repr__(self) -> str:
        return "Secret(****)"

    def __str__(self) -> str:
        return "****"

    def __bool__(self) -> bool:
        return bool(self._text)

    def __reduce__(self) -> Never:
        message = "a secret is not pickled"
        raise TypeError(message)
