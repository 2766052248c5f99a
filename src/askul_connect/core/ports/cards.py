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


class CardProvider(Protocol):
    """Charges cards; called outside every unit of work."""

    def charge(self, charge: CardCharge) -> str:
        """Charge a card and give the provider's reference.

        A key is charged at most once for ever: the same key again, with whatever token, gives the reference of the
        charge that was made. A charge that was declined is none, so that another card can be tried.

        Raises:
            PartnerRefused: The card was declined, or the token is not known.
            PartnerUnreachable: Nothing was done; it may be tried again.
            OutcomeUnknown: Whether it was charged is not known; the same key finds out.
        """
        ...
