"""A payment provider in memory: the reference implementation of its port, for demonstrations and tests (BIL-9)."""

from __future__ import annotations

import threading
from collections.abc import Collection

from askul_connect.core.errors import PartnerRefused
from askul_connect.core.ports.cards import CardCharge, CardOutcome, CardRefund


class ReferenceCards:
    """Implements the ``CardProvider`` port; thread-safe. No money moves, and what it knows ends with it.

    Args:
        declined: Tokens of cards that are declined.
    """

    def __init__(self, declined: Collection[str] = ()) -> None:
        self.declined = set(declined)
        self._charges: dict[str, tuple[str, CardCharge]] = {}
        self._refunds: dict[str, tuple[str, CardRefund]] = {}
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

    @property
    def refunds(self) -> tuple[CardRefund, ...]:
        """Every refund that was made, in order."""
        return tuple(refund for _, refund in self._refunds.values())

    def refund(self, refund: CardRefund) -> str:
        """Send money back and give the reference; never more than the charge has left."""
        with self._lock:
            known = self._refunds.get(refund.key)
            if known is not None:
                return known[0]
            _, charge = self._charges.get(refund.charge_key, ("", None))
            sent = sum(one.amount for _, one in self._refunds.values() if one.charge_key == refund.charge_key)
            if charge is None or sent + refund.amount > charge.amount:
                raise PartnerRefused("the charge has not so much left")
            reference = f"RF{len(self._refunds) + 1:08d}"
            self._refunds[refund.key] = reference, refund
            return reference

    def look_up(self, key: str) -> CardOutcome | None:
        """What was done under a key."""
        with self._lock:
            reference, done = self._charges.get(key) or self._refunds.get(key) or ("", None)
        return CardOutcome(reference=reference, amount=done.amount) if done else None
