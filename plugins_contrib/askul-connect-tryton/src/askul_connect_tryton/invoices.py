"""A supplier's invoice or credit note in Tryton: a supplier invoice in draft, with the document's own totals."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from askul_connect.core.domain.tax import TaxTotal
from askul_connect.core.errors import PartnerAnswerInvalid, ValueInvalid
from askul_connect.core.messages.credit_notes import CreditNote
from askul_connect.core.messages.documents import Invoice
from askul_connect_tryton.client import Record
from askul_connect_tryton.counterpart import Counterpart
from askul_connect_tryton.invoice_lines import Bill, DraftLines

_TOTALS = ("untaxed_amount", "tax_amount", "total_amount")
_DRAFT = "draft"


def post_invoice(tryton: Counterpart, supplier: str, document: Invoice | CreditNote) -> str:
    """Make a draft of it; the same again changes nothing.

    Amounts are the document's: taxes are entered by hand as it states them, and where its line is not quantity times
    price a second line holds the difference. The draft's totals are read back and compared.

    Returns:
        The invoice's name.

    Raises:
        ConfigurationError: A table has no account, tax or party for it.
        ValueInvalid: A purchase of it makes its own invoice in Tryton.
        PartnerAnswerInvalid: The draft has other totals than the document.
    """
    bill = _bill(document)
    party = tryton.supplier(supplier)
    known = tryton.client.call(
        "model.account.invoice.search",
        [
            ["type", "=", "in"],
            ["party", "=", party["id"]],
            ["reference", "=", bill.number],
            ["company", "=", tryton.company],
            ["state", "!=", "cancelled"],
        ],
        0,
        1,
        None,
    )
    [made] = known or tryton.client.create("account.invoice", [_draft(tryton, supplier, bill, party)])
    _check_totals(tryton, made, bill)
    return f"supplier invoice {made} ({bill.number})"


def _bill(document: Invoice | CreditNote) -> Bill:
    credit = isinstance(document, CreditNote)
    return Bill(
        number=document.credit_note_number if isinstance(document, CreditNote) else document.invoice_number,
        sign=-1 if credit else 1,
        issued_on=document.issued_on,
        due_on=None if isinstance(document, CreditNote) else document.due_on,
        currency=document.currency,
        lines=document.lines,
        allowances=document.allowances,
        tax=document.tax,
        total_excl_tax=document.total_excl_tax,
        total_incl_tax=document.total_incl_tax,
        about=f"適格返還請求書 ({document.invoice_number})"
        if isinstance(document, CreditNote)
        else "適格請求書",
    )


def _draft(tryton: Counterpart, supplier: str, bill: Bill, party: Record) -> dict[str, Any]:
    purchases = tryton.purchases(
        [
            *(line.purchase_order_id for line in bill.lines),
            *(entry.purchase_order_id for entry in bill.allowances),
        ]
    )
    for purchase in purchases.values():
        if purchase["invoice_method"] != "manual":
            detail = (
                f"purchase {purchase['number']} makes its own invoice in Tryton, by the method"
                f" {purchase['invoice_method']!r}, and the supplier's would be a second one; such purchases need the"
                " method 'manual'"
            )
            raise ValueInvalid(detail, where=bill.number)
    lines = list(DraftLines.of(tryton, bill, supplier, purchases))
    return {
        "type": "in",
        "company": tryton.company,
        "party": party["id"],
        "invoice_address": party["addresses"][0] if party["addresses"] else None,
        "account": tryton.payable(party),
        "payment_term": party["supplier_payment_term"],
        "currency": tryton.currency(bill.currency),
        "journal": _journal(tryton),
        "reference": bill.number,
        "description": bill.about,
        "invoice_date": bill.issued_on,
        "comment": _comment(bill),
        "lines": [["create", lines]],
        "taxes": [["create", [_tax(tryton, bill, entry) for entry in bill.tax]]],
    }


def _comment(bill: Bill) -> str:
    """What an invoice of Tryton has no field for."""
    totals = (
        ("税抜合計", bill.total_excl_tax),
        *((f"消費税 {entry.rate.normalize():f}%", entry.tax) for entry in bill.tax),
        ("税込合計", bill.total_incl_tax),
    )
    due = [f"支払期日 {bill.due_on}"] if bill.due_on else []
    return "\n".join([*due, *(f"{name} {bill.amount(amount)} {bill.currency}" for name, amount in totals)])


def _journal(tryton: Counterpart) -> int:
    found = tryton.client.call(
        "model.account.journal.search", [["type", "=", "expense"]], 0, 1, [["id", "ASC"]]
    )
    return int(found[0])


def _tax(tryton: Counterpart, bill: Bill, entry: TaxTotal) -> dict[str, Any]:
    tax = tryton.tax(entry.category, entry.rate)
    return {
        "manual": True,
        "tax": tax["id"],
        "description": tax["description"],
        "account": tax["invoice_account" if bill.sign > 0 else "credit_note_account"],
        "base": bill.amount(entry.taxable),
        "amount": bill.amount(entry.tax),
    }


def _check_totals(tryton: Counterpart, invoice: int, bill: Bill) -> None:
    found = tryton.client.read("account.invoice", [invoice], ["state", *_TOTALS])[0]
    if found["state"] != _DRAFT:
        # an accountant has worked on it since
        return
    expected = (
        bill.amount(bill.total_excl_tax),
        bill.amount(bill.total_incl_tax - bill.total_excl_tax),
        bill.amount(bill.total_incl_tax),
    )
    if tuple(Decimal(found[name]) for name in _TOTALS) != expected:
        detail = f"the draft of {bill.number} has the totals {found}, the document has {expected}"
        raise PartnerAnswerInvalid(detail, where=f"account.invoice,{invoice}")
