"""The documents a supplier sends: order history, confirmation, ship notice and invoice.

Amounts are integers in minor units of the document's currency; ``_excl_tax`` and ``_incl_tax`` say which side of
the tax they stand on. Unit prices are without tax, in major units with up to 4 decimals. Totals are data: the buyer
keeps them as they are and never recomputes them (INT-4).
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from attrs import field, frozen

from askul_connect.core.domain.allowances import AllowanceCharge, AnticipatedTotals
from askul_connect.core.domain.catalog import Fulfilment
from askul_connect.core.domain.orders import CancelCause, Channel, LineState, OrderState
from askul_connect.core.domain.payments import PaymentMethod
from askul_connect.core.domain.tax import TaxCategory, TaxTotal
from askul_connect.core.messages.growth import NEW_IN_RESPONSE


@frozen(kw_only=True)
class Party:
    """A party as a document names it."""

    name: str
    party_id: str = ""
    registration_number: str = ""
    postcode: str = ""
    address: str = ""


@frozen(kw_only=True)
class OrderDocumentLine:
    """One line of an order as the supplier holds it; ``line_id`` is the buyer's.

    Attributes:
        amount_excl_tax: Quantity times price with the line's allowances and charges.
        ship_to: Where it goes: postcode and address of its department; None when they are not known.
        promised_on: The new day for what is outstanding, once the line is back-ordered.
        cancel_cause, cancel_reason: Why units were last cancelled, and the supplier's words for it.
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
    state: LineState
    quantity_shipped: int = 0
    quantity_cancelled: int = 0
    department: str = ""
    cost_centre: str = ""
    allowances: tuple[AllowanceCharge, ...] = field(default=(), metadata=NEW_IN_RESPONSE)
    ship_to: str | None = field(default=None, metadata=NEW_IN_RESPONSE)
    promised_on: date | None = field(default=None, metadata=NEW_IN_RESPONSE)
    cancel_cause: CancelCause | None = field(default=None, metadata=NEW_IN_RESPONSE)
    cancel_reason: str | None = field(default=None, metadata=NEW_IN_RESPONSE)


@frozen(kw_only=True)
class OrderDocument:
    """One order of the history (ORD-10).

    Attributes:
        allowances: Those of the order as a whole; they are in the totals and in the tax.
        anticipated: The totals the buyer's document stated.
    """

    order_number: str
    purchase_order_id: str
    buyer_party: str
    state: OrderState
    channel: Channel
    currency: str
    placed_at: datetime
    order_date: date
    lines: tuple[OrderDocumentLine, ...]
    tax: tuple[TaxTotal, ...]
    total_excl_tax: int
    total_incl_tax: int
    linked_orders: tuple[str, ...] = ()
    allowances: tuple[AllowanceCharge, ...] = field(default=(), metadata=NEW_IN_RESPONSE)
    anticipated: AnticipatedTotals | None = field(default=None, metadata=NEW_IN_RESPONSE)


@frozen(kw_only=True)
class ConfirmationLine:
    """What the supplier promises for one line: quantity and day, or why not."""

    line_id: str
    sku: str
    name: str
    quantity: int
    unit: str
    unit_price: Decimal
    quantity_confirmed: int
    promised_on: date | None = None
    reason: str = ""


@frozen(kw_only=True)
class OrderConfirmation:
    """The supplier's answer to an order (UBL OrderResponse)."""

    confirmation_number: str
    order_number: str
    purchase_order_id: str
    currency: str
    confirmed_at: datetime
    confirmed_on: date
    lines: tuple[ConfirmationLine, ...]
    supplier: Party
    customer: Party


@frozen(kw_only=True)
class ShipNoticeLine:
    """What is in the shipment of one order line; ``quantity_outstanding`` still follows, short is never coming.

    Attributes:
        sku, name: Of what is in the parcel.
        substitute_for: SKU that was ordered, where another item came instead (ORD-5).
        promised_on: The day for what is outstanding, where the supplier has named a new one.
    """

    line_id: str
    sku: str
    name: str
    quantity: int
    unit: str
    quantity_outstanding: int = 0
    quantity_short: int = 0
    reason: str = ""
    substitute_for: str = field(default="", metadata=NEW_IN_RESPONSE)
    promised_on: date | None = field(default=None, metadata=NEW_IN_RESPONSE)


@frozen(kw_only=True)
class ShipNotice:
    """Notice of one shipment (UBL DespatchAdvice)."""

    ship_notice_number: str
    order_number: str
    purchase_order_id: str
    shipped_at: datetime
    shipped_on: date
    lines: tuple[ShipNoticeLine, ...]
    supplier: Party
    customer: Party


@frozen(kw_only=True)
class InvoiceLine:
    """One shipped order line of an invoice; billed exactly once (BIL-1).

    Attributes:
        amount_excl_tax: Quantity times price with this part's share of the line's allowances and charges.
        allowances: That share, with its own amounts.
    """

    line_number: str
    order_number: str
    purchase_order_id: str
    line_id: str
    ship_notice_number: str
    shipped_on: date
    sku: str
    name: str
    quantity: int
    unit: str
    unit_price: Decimal
    amount_excl_tax: int
    tax_category: TaxCategory
    tax_rate: Decimal
    department: str = ""
    cost_centre: str = ""
    allowances: tuple[AllowanceCharge, ...] = field(default=(), metadata=NEW_IN_RESPONSE)


@frozen(kw_only=True)
class InvoiceAllowance:
    """The part of an order's allowance or charge that goes with one shipment; billed exactly once (BIL-1).

    Attributes:
        reduction_id: Of the return that this takes off before it was ever billed (BIL-3); empty for what was agreed
            with the order.
    """

    order_number: str
    purchase_order_id: str
    ship_notice_number: str
    allowance: AllowanceCharge
    reduction_id: str = field(default="", metadata=NEW_IN_RESPONSE)


@frozen(kw_only=True)
class Invoice:
    """A qualified invoice (BIL-2): issuer with registration number, dates, lines, tax once per rate.

    The content's reduced-rate mark is each line's ``tax_category``.

    Attributes:
        period_end: The closing it was made at.
        allowances: Parts of the orders' allowances and charges; they are in the totals and in the tax.
        payment_method: How it is paid (BIL-9).
        department: The one it is for, where each department is invoiced by itself.
    """

    invoice_number: str
    issued_on: date
    period_start: date
    period_end: date
    due_on: date
    currency: str
    supplier: Party
    customer: Party
    lines: tuple[InvoiceLine, ...]
    tax: tuple[TaxTotal, ...]
    total_excl_tax: int
    total_incl_tax: int
    allowances: tuple[InvoiceAllowance, ...] = field(default=(), metadata=NEW_IN_RESPONSE)
    payment_method: PaymentMethod = field(default=PaymentMethod.TERMS, metadata=NEW_IN_RESPONSE)
    department: str = field(default="", metadata=NEW_IN_RESPONSE)


@frozen(kw_only=True)
class InvoicePart:
    """Some of the lines and allowances of an invoice that is too long for one piece, as a store keeps it."""

    lines: tuple[InvoiceLine, ...] = ()
    allowances: tuple[InvoiceAllowance, ...] = ()
