"""Documents kept whole: JSON text beside the version of its form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TypeVar

from askul_connect.adapters import _json
from askul_connect.core.domain.coupons import Coupon, RecommendedItems
from askul_connect.core.domain.stored import StoredForm
from askul_connect.core.domain.stored_carts import StoredCart
from askul_connect.core.messages.credit_notes import CreditNote
from askul_connect.core.messages.documents import Invoice, InvoicePart, OrderConfirmation, ShipNotice

D = TypeVar("D")

#: The form of each kind of document. Its version is raised when the class changes so that old text does not fit,
#: with an upgrade from the version before.
FORMS: Mapping[type, StoredForm] = {
    OrderConfirmation: StoredForm(name="OrderConfirmation"),
    ShipNotice: StoredForm(name="ShipNotice"),
    Invoice: StoredForm(name="Invoice"),
    StoredCart: StoredForm(name="StoredCart"),
    Coupon: StoredForm(name="Coupon"),
    RecommendedItems: StoredForm(name="RecommendedItems"),
    InvoicePart: StoredForm(name="InvoicePart"),
    CreditNote: StoredForm(name="CreditNote"),
}


def body_schema(kind: type) -> int:
    """Version of the form that is written."""
    return FORMS[kind].version


def write_body(document: object) -> str:
    """The text of a document in its present form."""
    return _json.dumps(document).decode()


def read_body(kind: type[D], schema: int, body: str) -> D:
    """The document of a text, whichever version of this program wrote it.

    Raises:
        SchemaOutOfDate: It was written by a newer program.
    """
    form = FORMS[kind]
    if schema != form.version:
        body = json.dumps(form.upgraded(schema, json.loads(body)), ensure_ascii=False)
    return _json.loads(kind, body.encode())
