"""What further rules of a supplier, from plugins, propose for a cart (PRC-1)."""

from __future__ import annotations

from datetime import date

from attrs import frozen

from askul_connect.core.domain.accounts import AccountKind
from askul_connect.core.domain.carts import PricedLine

#: At most so many percent of what a line costs may be added to it by a plugin.
MOST_ADDED_PERCENT = 20
EXPLANATION_LENGTH = 200


@frozen(kw_only=True)
class AdjustmentFacts:
    """A cart as the supplier's own rules price it, before shipping and tax; nothing of it can be changed.

    Attributes:
        today: Business date of the order.
        kind: Kind of the account.
        currency: ISO 4217 code of all amounts.
        lines: By line id, whatever their order in the cart.
    """

    today: date
    kind: AccountKind
    currency: str
    lines: tuple[PricedLine, ...]


@frozen(kw_only=True)
class ProposedAdjustment:
    """What a rule takes off a line or adds to it.

    Attributes:
        line_id: The line.
        net: Minor units without tax: negative to take off, never more than the line costs; positive to add, at most
            :data:`MOST_ADDED_PERCENT` percent of it.
        explanation: Why, in words for the customer.
    """

    line_id: str
    net: int
    explanation: str


@frozen(kw_only=True)
class Proposal:
    """A proposed adjustment, and whose it is."""

    rule_id: str
    adjustment: ProposedAdjustment
