"""Requests and responses of the supplier's own work: confirming, shipping, closing the month."""

from __future__ import annotations

from datetime import date

from attrs import field, frozen

from askul_connect.core.messages.credit_notes import CreditNote
from askul_connect.core.messages.documents import Invoice, OrderConfirmation, ShipNotice
from askul_connect.core.messages.growth import NEW_IN_REQUEST, NEW_IN_RESPONSE


@frozen(kw_only=True)
class ConfirmOrderRequest:
    """Confirm all lines of an order that are placed."""

    order_number: str
    promised_on: date | None = None


@frozen(kw_only=True)
class ConfirmOrderResponse:
    """The confirmation."""

    confirmation: OrderConfirmation


@frozen(kw_only=True)
class ShippedLine:
    """What leaves now of one line; ``quantity_short`` will never come and is cancelled (ORD-5).

    Attributes:
        promised_on: New day for what stays outstanding: the line is back-ordered.
        substitute_sku: The item that leaves in the place of the one that was ordered; empty for that one itself.
    """

    line_id: str
    quantity: int
    quantity_short: int = 0
    reason: str = ""
    promised_on: date | None = field(default=None, metadata=NEW_IN_REQUEST)
    substitute_sku: str = field(default="", metadata=NEW_IN_REQUEST)


@frozen(kw_only=True)
class ShipOrderRequest:
    """Ship some or all of an order."""

    order_number: str
    lines: tuple[ShippedLine, ...]


@frozen(kw_only=True)
class ShipOrderResponse:
    """The ship notice."""

    ship_notice: ShipNotice


@frozen(kw_only=True)
class CloseBillingRequest:
    """Invoice what an account was shipped up to a closing date (BIL-1); repeating it makes nothing new."""

    customer_number: str
    closing_date: date


@frozen(kw_only=True)
class CloseBillingResponse:
    """The invoices of that closing date; none when nothing was shipped.

    Attributes:
        invoices: Those of up to 1,000 lines; a longer one is read with GetInvoice or ListInvoices.
        invoice_numbers: Of all of them.
        credit_notes: For what came back of earlier invoices (BIL-3).
    """

    invoices: tuple[Invoice, ...]
    invoice_numbers: tuple[str, ...] = field(default=(), metadata=NEW_IN_RESPONSE)
    credit_notes: tuple[CreditNote, ...] = field(default=(), metadata=NEW_IN_RESPONSE)
