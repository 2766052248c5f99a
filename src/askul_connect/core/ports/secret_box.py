"""Where secrets lie that this program itself receives or makes."""

from __future__ import annotations

from typing import Protocol

from askul_connect.core.domain.secrets import Secret


class SecretBox(Protocol):
    """Named secrets, readable by their owner only."""

    def get(self, name: str) -> Secret | None:
        """The secret, if there is one of that name."""
        ...

    def put(self, name: str, secret: Secret) -> None:
        """Store or replace, whole or not at all."""
        ...
