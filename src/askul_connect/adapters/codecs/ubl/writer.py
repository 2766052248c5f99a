"""What a supplier sent, written as UBL 2.1."""

from __future__ import annotations

from askul_connect.adapters.codecs.ubl.credit_note import write_credit_note
from askul_connect.adapters.codecs.ubl.despatch_advice import write_despatch_advice
from askul_connect.adapters.codecs.ubl.invoice import write_invoice
from askul_connect.adapters.codecs.ubl.order_response import write_order_response
from askul_connect.core.messages.credit_notes import CreditNote
from askul_connect.core.messages.documents import Invoice, OrderConfirmation, ShipNotice


class UblWriter:
    """Writes confirmations, ship notices, invoices and credit notes; the same document gives the same bytes."""

    @property
    def suffix(self) -> str:
        """File name ending without the dot."""
        return "xml"

    def confirmation(self, document: OrderConfirmation) -> bytes:
        """An OrderResponse."""
        return write_order_response(document)

    def ship_notice(self, document: ShipNotice) -> bytes:
        """A DespatchAdvice."""
        return write_despatch_advice(document)

    def invoice(self, document: Invoice) -> bytes:
        """An Invoice."""
        return write_invoice(document)

    def credit_note(self, document: CreditNote) -> bytes:
        """A CreditNote."""
        return write_credit_note(document)
