"""The lines of a supplier invoice in Tryton, with the document's own amounts."""

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
from askul_connect.core.messages.credit_notes import CreditNoteLine
from askul_connect.core.messages.documents import InvoiceAllowance, InvoiceLine
from askul_connect_tryton.client import Record
from askul_connect_tryton.counterpart import Counterpart


@frozen(kw_only=True)
class Bill:
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


@frozen(kw_only=True)
class DraftLines:
    """Makes the lines of one document.

    Attributes:
        ordered: The purchase lines it is about, by our line id.
        analytic: The analytic entries of each of them, as new ones.
    """

    tryton: Counterpart
    bill: Bill
    supplier: str
    purchases: Mapping[str, Record]
    ordered: Mapping[str, Record]
    analytic: Mapping[int, Sequence[Mapping[str, Any]]]

    @classmethod
    def of(
        cls, tryton: Counterpart, bill: Bill, supplier: str, purchases: Mapping[str, Record]
    ) -> Iterator[dict[str, Any]]:
        """The lines as Tryton takes them."""
        ordered = tryton.lines(list(purchases.values()))
        made = cls(
            tryton=tryton,
            bill=bill,
            supplier=supplier,
            purchases=purchases,
            ordered=ordered,
            analytic=_analytic(tryton, ordered),
        )
        left = bill.total_excl_tax
        for line in bill.lines:
            yield from made._line(line)
            left -= line.amount_excl_tax
        for entry in bill.allowances:
            amount = entry.allowance.amount if entry.allowance.charge else -entry.allowance.amount
            if amount:
                yield _more(_reason(entry.allowance), bill.amount(amount), made._held(made._first_of(entry)))
            left -= amount
        if left:
            # the document's own total is kept, whatever its parts add up to
            yield _more("請求書合計との差額", bill.amount(left), made._held(bill.lines[0]))

    def _line(self, line: InvoiceLine | CreditNoteLine) -> Iterator[dict[str, Any]]:
        known = self._known(line)
        held = self._held(line)
        yield {
            "type": "line",
            "product": known["product"] if known and self._is_ordered(line, known) else None,
            "description": f"{line.sku} {line.name} {line.shipped_on} {line.ship_notice_number}".strip(),
            "quantity": self.bill.sign * line.quantity,
            "unit": known["unit"] if known else None,
            "unit_price": line.unit_price,
            "origin": f"purchase.line,{known['id']}" if known else None,
            **held,
        }
        exact = line.unit_price * line.quantity
        # as Tryton rounds
        reckoned = exact.quantize(Decimal(1).scaleb(-currency(self.bill.currency).exponent), ROUND_HALF_EVEN)
        difference = self.bill.amount(line.amount_excl_tax) - self.bill.sign * reckoned
        if difference:
            yield _more(f"{line.sku} 値引・端数", difference, held)

    def _known(self, line: InvoiceLine | CreditNoteLine) -> Record | None:
        """The purchase line that is billed; None where the order did not come from this Tryton."""
        return self.ordered.get(line.line_id) if line.purchase_order_id in self.purchases else None

    def _is_ordered(self, line: InvoiceLine | CreditNoteLine, known: Record) -> bool:
        """Whether what is billed is what was ordered, in the same unit, and not something in its place."""
        code = (known.get("product.") or {}).get("code") or ""
        sku = self.tryton.mapping.items.get((self.supplier, code), code)
        return sku == line.sku and self.tryton.unit_code(known) == line.unit

    def _held(self, line: InvoiceLine | CreditNoteLine) -> dict[str, Any]:
        """The account and the department that bear an amount."""
        known = self._known(line)
        entries = self.analytic.get(known["id"], ()) if known else ()
        return {
            "account": self.tryton.account(line.department, line.cost_centre),
            "analytic_accounts": [["create", list(entries)]],
        }

    def _first_of(self, entry: InvoiceAllowance) -> InvoiceLine | CreditNoteLine:
        """What belongs to an order as a whole is borne by its first line in the document."""
        lines = self.bill.lines
        return next((line for line in lines if line.order_number == entry.order_number), lines[0])


def _more(description: str, amount: Decimal, held: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "line", "description": description, "quantity": 1, "unit_price": amount, **held}


def _reason(entry: AllowanceCharge) -> str:
    return entry.reason or ("追加料金" if entry.charge else "値引")


def _analytic(tryton: Counterpart, ordered: Mapping[str, Record]) -> dict[int, list[dict[str, Any]]]:
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
