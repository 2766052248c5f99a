"""Orders, shipped lines and closings as the supplier keeps them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from attrs import frozen

from askul_connect.core.domain.allowances import AllowanceCharge, AnticipatedTotals
from askul_connect.core.domain.catalog import Fulfilment
from askul_connect.core.domain.orders import CancelCause, Channel, LineState, OrderState, order_state
from askul_connect.core.domain.tax import TaxCategory, TaxTotal


@frozen(kw_only=True)
class OrderLine:
    """One line of an order; amounts in minor units without tax, quantities in sales units.

    Attributes:
        amount_excl_tax: Quantity times price with the line's allowances and charges.
        ship_to: Where it goes: postcode and address of its department, as they were when it was ordered.
        quantity_shipped: May be more than is left of the quantity, within the supplier's tolerance (ORD-5).
        promised_on: The new day for what is outstanding, once the line is back-ordered (ORD-5).
        cancel_cause, cancel_reason: Why units were last cancelled, and the supplier's words for it.
        agreed: How many of the allowances were agreed with the customer, the first ones; the others are the
            supplier's rules. None where nobody counted them yet.
    """

    line_id: str
    sku: str
    name: str
    quantity: int
    unit: str
    unit_price: Decimal
    amount_excl_tax: int
    tax_category: TaxCategory
    tax_rate: Decimal
    fulfilment: Fulfilment
    lead_days: int
    department: str
    cost_centre: str
    requested_on: date | None
    state: LineState
    quantity_shipped: int = 0
    quantity_cancelled: int = 0
    allowances: tuple[AllowanceCharge, ...] = ()
    ship_to: str | None = None
    promised_on: date | None = None
    cancel_cause: CancelCause | None = None
    cancel_reason: str | None = None
    agreed: int | None = None

    @property
    def outstanding(self) -> int:
        """Units that are neither shipped nor cancelled."""
        return max(0, self.quantity - self.quantity_shipped - self.quantity_cancelled)


@frozen(kw_only=True)
class Order:
    """One order of one account.

    Attributes:
        purchase_order_id, buyer_party, issue_year: The buyer's key, unique for ever within the account (INT-11).
        checkout_id: Links the orders that one checkout became (ORD-2).
        placed_by: User or client credential.
        request_hash: Hash of what was asked for; tells a repeated purchase order from a conflicting one.
        total_excl_tax, total_incl_tax: Minor units, with the allowances and charges.
        allowances: Those of the order as a whole.
        anticipated: The totals the customer stated, as they were stated.
        linked_orders: The other orders of the checkout.
        agreed: How many of the allowances were agreed, as of a line.
    """

    order_number: str
    account_id: str
    purchase_order_id: str
    buyer_party: str
    issue_year: int
    checkout_id: str
    placed_by: str
    request_hash: str
    channel: Channel
    currency: str
    placed_at: datetime
    order_date: date
    lines: tuple[OrderLine, ...]
    tax: tuple[TaxTotal, ...]
    total_excl_tax: int
    total_incl_tax: int
    allowances: tuple[AllowanceCharge, ...] = ()
    anticipated: AnticipatedTotals | None = None
    linked_orders: tuple[str, ...] | None = None
    agreed: int | None = None

    @property
    def state(self) -> OrderState:
        """Derived from the lines."""
        return order_state(tuple(line.state for line in self.lines))


@frozen(kw_only=True)
class ShippedLine:
    """What was shipped of one order line and still has to be billed, or was (BIL-1: exactly once).

    Attributes:
        amount_excl_tax: Quantity times price with ``allowances``.
        invoice_number: Empty until it is billed.
        allowances: The part of the line's allowances and charges that goes with these units.
        order_allowances: The part of the order's that goes with this shipment, kept with its first line so that both
            are billed together; each has its tax category and rate.
    """

    ship_notice_number: str
    account_id: str
    order_number: str
    purchase_order_id: str
    line_id: str
    shipped_on: date
    sku: str
    name: str
    quantity: int
    unit: str
    unit_price: Decimal
    amount_excl_tax: int
    tax_category: TaxCategory
    tax_rate: Decimal
    department: str
    cost_centre: str
    currency: str
    invoice_number: str = ""
    allowances: tuple[AllowanceCharge, ...] = ()
    order_allowances: tuple[AllowanceCharge, ...] = ()


@frozen(kw_only=True)
class IdempotencyRecord:
    """A keyed call that was answered: hash of its request and reference of its result, kept 90 days."""

    account_id: str
    operation: str
    key: str
    request_hash: str
    reference: str
    at: datetime
