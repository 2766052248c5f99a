"""A payment provider in memory: the reference implementation of its port, for demonstrations and tests (BIL-9)."""

from __future__ import annotations

import threading
from collections.abc import Collection

from askul_connect.core.errors import PartnerRefused
from askul_connect.core.ports.cards import CardCharge


class ReferenceCards:
    """Implements the ``CardProvider`` port; thread-safe. No money moves, and what it knows ends with it.

    Args:
        declined: Tokens of cards that are declined.
    """

    def __init__(self, declined: Collection[str] = ()) -> None:
        self.declined = set(declined)
        self._charges: dict[str, tuple[str, CardCharge]] = {}
        self._lock = threading.Lock()

    @property
    def charges(self) -> tuple[CardCharge, ...]:
        """Every charge that was made, in order."""
        return tuple(charge for _, charge in self._charges.values())

    def charge(self, charge: CardCharge) -> str:
        """Charge a card and give the reference; the same key gives the same one."""
        with self._lock:
            known = self._charges.get(charge.key)
            if known is not None:
                return known[0]
            if charge.token.reveal() in self.declined:
                raise PartnerRefused("the card was declined")
            reference = f"CH{len(self._charges) + 1:08d}"
            self._charges[charge.key] = reference, charge
            return reference
