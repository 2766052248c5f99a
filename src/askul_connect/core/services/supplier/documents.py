"""From what the supplier keeps to the documents it sends."""

from __future__ import annotations

from askul_connect.core.domain.accounts import Account, SupplierProfile
from askul_connect.core.domain.sales import Order, OrderLine
from askul_connect.core.messages.documents import OrderDocument, OrderDocumentLine, Party


def supplier_party(profile: SupplierProfile) -> Party:
    """The supplier as its documents name it, with the number that makes an invoice a qualified one (BIL-2)."""
    return Party(
        name=profile.name,
        party_id=profile.party_id,
        registration_number=profile.registration_number,
        postcode=profile.postcode,
        address=profile.address,
    )


def customer_party(account: Account) -> Party:
    """The customer as the supplier's documents name it."""
    return Party(
        name=account.name,
        party_id=account.buyer_party,
        registration_number=account.invoice_registration_number,
        postcode=account.postcode,
        address=account.address,
    )


def _line(line: OrderLine) -> OrderDocumentLine:
    return OrderDocumentLine(
        line_id=line.line_id,
        sku=line.sku,
        name=line.name,
        quantity=line.quantity,
        unit=line.unit,
        unit_price=line.unit_price,
        amount_excl_tax=line.amount_excl_tax,
        tax_category=line.tax_category,
        tax_rate=line.tax_rate,
        fulfilment=line.fulfilment,
        state=line.state,
        quantity_shipped=line.quantity_shipped,
        quantity_cancelled=line.quantity_cancelled,
        department=line.department,
        cost_centre=line.cost_centre,
        allowances=line.allowances,
        ship_to=line.ship_to,
        promised_on=line.promised_on,
        cancel_cause=line.cancel_cause,
        cancel_reason=line.cancel_reason,
    )


def order_document(order: Order) -> OrderDocument:
    """An order as history shows it (ORD-10)."""
    return OrderDocument(
        order_number=order.order_number,
        purchase_order_id=order.purchase_order_id,
        buyer_party=order.buyer_party,
        state=order.state,
        channel=order.channel,
        currency=order.currency,
        placed_at=order.placed_at,
        order_date=order.order_date,
        lines=tuple(_line(line) for line in order.lines),
        tax=order.tax,
        total_excl_tax=order.total_excl_tax,
        total_incl_tax=order.total_incl_tax,
        linked_orders=order.linked_orders or (),
        allowances=order.allowances,
        anticipated=order.anticipated,
    )
