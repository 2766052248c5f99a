"""The payment provider that charges cards, which it knows by tokens (BIL-9)."""

from __future__ import annotations

from typing import Protocol

from attrs import frozen

from askul_connect.core.domain.secrets import Secret


@frozen(kw_only=True)
class CardCharge:
    """What is to be charged.

    Attributes:
        key: Our name of the charge.
        token: The provider's token of the card.
        amount: Minor units of the currency, with tax.
    """

    key: str
    token: Secret
    amount: int
    currency: str


@frozen(kw_only=True)
class CardRefund:
    """What is to be sent back to the card that was charged.

    Attributes:
        key: Our name of the refund, other than that of every charge.
        charge_key: Our name of the charge.
        charge_reference: The provider's reference of the charge.
        amount: Minor units of the currency, at most what the charge has left.
    """

    key: str
    charge_key: str
    charge_reference: str
    amount: int
    currency: str


@frozen(kw_only=True)
class CardOutcome:
    """What was done under a key.

    Attributes:
        reference: The provider's.
        amount: Minor units that moved.
    """

    reference: str
    amount: int


class CardProvider(Protocol):
    """Charges cards; called outside every unit of work, from several threads.

    A key is used at most once for ever: the same key again gives the reference of what was done under it. What was
    declined was not done.
    """

    def charge(self, charge: CardCharge) -> str:
        """Charge a card and give the provider's reference, 1 to 200 characters.

        Raises:
            PartnerRefused: The card was declined, or the token is not known; nothing was charged.
            PartnerUnreachable: Nothing was done; it may be tried again.
            OutcomeUnknown: Whether it was charged is not known. So is after any other error of the partner's or ours.
        """
        ...

    def refund(self, refund: CardRefund) -> str:
        """Send money back to the card of a charge and give the provider's reference; errors as those of a charge."""
        ...

    def look_up(self, key: str) -> CardOutcome | None:
        """What was done under the key of a charge or refund; None when nothing was and nothing is under way.

        Asked before a key whose outcome is not known is used again.

        Raises:
            PartnerUnreachable: It cannot be said now.
        """
        ...
