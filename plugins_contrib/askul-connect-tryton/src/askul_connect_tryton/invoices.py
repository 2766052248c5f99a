"""A supplier's invoice or credit note in Tryton: a supplier invoice in draft, with the document's own totals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from attrs import field, frozen

from askul_connect.core.domain.allowances import AllowanceCharge
from askul_connect.core.domain.currency import currency
from askul_connect.core.domain.money import minor_to_text
from askul_connect.core.domain.tax import TaxTotal
from askul_connect.core.errors import PartnerAnswerInvalid, ValueInvalid
from askul_connect.core.messages.credit_notes import CreditNote, CreditNoteLine
from askul_connect.core.messages.documents import Invoice, InvoiceAllowance, InvoiceLine
from askul_connect_tryton.client import Record
from askul_connect_tryton.counterpart import Counterpart

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
    [made] = known or tryton.client.create("account.invoice", [_draft(tryton, bill, party)])
    _check_totals(tryton, made, bill)
    return f"supplier invoice {made} ({bill.number})"


@frozen(kw_only=True)
class _Bill:
    """What both kinds of document have in common.

    Attributes:
        sign: 1 for what is to be paid, -1 for what is given back.
        due_on: None for a credit note.
    """

    number: str
    sign: int
    issued_on: date
    due_on: date | None
    currency: str
    lines: Sequence[InvoiceLine | CreditNoteLine] = field(repr=False)
    allowances: Sequence[InvoiceAllowance] = field(repr=False)
    tax: Sequence[TaxTotal] = field(repr=False)
    total_excl_tax: int
    total_incl_tax: int
    about: str

    def amount(self, minor: int) -> Decimal:
        """An amount in Tryton's units and with its sign."""
        return Decimal(minor_to_text(self.sign * minor, self.currency))


def _bill(document: Invoice | CreditNote) -> _Bill:
    credit = isinstance(document, CreditNote)
    return _Bill(
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


def _draft(tryton: Counterpart, bill: _Bill, party: Record) -> dict[str, Any]:
    purchases = tryton.purchases(
        [
            *(line.purchase_order_id for line in bill.lines),
            *(entry.purchase_order_id for entry in bill.allowances),
        ]
    )
    for purchase in purchases.values():
        if purchase["invoice_method"] != "manual":
            detail = (
                f"purchase {purchase['number']} makes its own invoice in Tryton (method {purchase['invoice_method']!r});"
                " the supplier's would be a second one: set the method of such purchases to 'manual'"
            )
            raise ValueInvalid(detail, where=bill.number)
    lines = [*_lines(tryton, bill, purchases)]
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


def _comment(bill: _Bill) -> str:
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


def _lines(tryton: Counterpart, bill: _Bill, purchases: Mapping[str, Record]) -> Iterator[dict[str, Any]]:
    ordered = tryton.lines(list(purchases.values()))
    analytic = _analytic(tryton, ordered)
    of = currency(bill.currency)
    left = bill.total_excl_tax
    for line in bill.lines:
        known = ordered.get(line.line_id) if line.purchase_order_id in purchases else None
        held = {
            "account": tryton.account(line.department, line.cost_centre),
            "origin": f"purchase.line,{known['id']}" if known else None,
            "analytic_accounts": [["create", analytic.get(known["id"], ()) if known else ()]],
        }
        yield {
            "type": "line",
            "product": known["product"] if known and not _another(line, tryton, known) else None,
            "description": f"{line.sku} {line.name} {line.shipped_on} {line.ship_notice_number}".strip(),
            "quantity": bill.sign * line.quantity,
            "unit": known["unit"] if known else None,
            "unit_price": line.unit_price,
            **held,
        }
        left -= line.amount_excl_tax
        reckoned = (line.unit_price * line.quantity).quantize(
            Decimal(1).scaleb(-of.exponent), ROUND_HALF_EVEN
        )
        difference = bill.amount(line.amount_excl_tax) - bill.sign * reckoned
        if difference:
            yield _more(f"{line.sku} 値引・端数", difference, held)
    for entry in bill.allowances:
        amount = entry.allowance.amount if entry.allowance.charge else -entry.allowance.amount
        if amount:
            yield _more(
                _reason(entry.allowance),
                bill.amount(amount),
                _held_by(tryton, bill, entry, purchases, ordered, analytic),
            )
        left -= amount
    if left:
        # the document's own total is kept, whatever its parts add up to
        yield _more("請求書合計との差額", bill.amount(left), {"account": _first_account(tryton, bill)})


def _another(line: InvoiceLine | CreditNoteLine, tryton: Counterpart, known: Record) -> bool:
    """Whether what is billed is not in the unit that the product was ordered in."""
    return tryton.unit_code(known) != line.unit


def _more(description: str, amount: Decimal, held: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "line",
        "description": description,
        "quantity": 1,
        "unit_price": amount,
        **held,
        "origin": None,
    }


def _reason(entry: AllowanceCharge) -> str:
    return entry.reason or ("追加料金" if entry.charge else "値引")


def _held_by(
    tryton: Counterpart,
    bill: _Bill,
    entry: InvoiceAllowance,
    purchases: Mapping[str, Record],
    ordered: Mapping[str, Record],
    analytic: Mapping[int, Sequence[Mapping[str, Any]]],
) -> dict[str, Any]:
    """Account and department of what belongs to an order as a whole: those of its first line in the document."""
    line = next((one for one in bill.lines if one.order_number == entry.order_number), bill.lines[0])
    known = ordered.get(line.line_id) if line.purchase_order_id in purchases else None
    return {
        "account": tryton.account(line.department, line.cost_centre),
        "analytic_accounts": [["create", analytic.get(known["id"], ()) if known else ()]],
    }


def _first_account(tryton: Counterpart, bill: _Bill) -> int:
    return tryton.account(bill.lines[0].department, bill.lines[0].cost_centre)


def _analytic(tryton: Counterpart, ordered: Mapping[str, Record]) -> dict[int, list[dict[str, Any]]]:
    """The analytic entries of purchase lines, as new ones."""
    ids = sorted({entry for line in ordered.values() for entry in line["analytic_accounts"] or ()})
    entries = {
        one["id"]: one for one in tryton.client.read("analytic.account.entry", ids, ["root", "account"])
    }
    return {
        line["id"]: [
            {"root": entries[entry]["root"], "account": entries[entry]["account"]}
            for entry in line["analytic_accounts"] or ()
            if entry in entries
        ]
        for line in ordered.values()
    }


def _tax(tryton: Counterpart, bill: _Bill, entry: TaxTotal) -> dict[str, Any]:
    tax = tryton.tax(entry.category, entry.rate)
    return {
        "manual": True,
        "tax": tax["id"],
        "description": tax["description"],
        "account": tax["invoice_account" if bill.sign > 0 else "credit_note_account"],
        "base": bill.amount(entry.taxable),
        "amount": bill.amount(entry.tax),
    }


def _check_totals(tryton: Counterpart, invoice: int, bill: _Bill) -> None:
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
