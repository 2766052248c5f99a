"""Amounts, allowances and tax categories of a purchase order in the supplier's terms: minor units, our categories."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping as Table
from collections.abc import Sequence
from decimal import Decimal

from attrs import frozen

from askul_connect.core.domain.allowances import (
    AllowanceCharge,
    AnticipatedTotals,
    TotalsField,
    broken_rules,
    disagreements,
)
from askul_connect.core.domain.findings import Findings
from askul_connect.core.domain.mapping import Mapping
from askul_connect.core.domain.money import minor_from_text, minor_to_text
from askul_connect.core.domain.tax import TaxCategory
from askul_connect.core.errors import UnknownTax, ValueInvalid
from askul_connect.core.messages.purchase_order import StatedAllowance, StatedTotals

_TOTALS = ("lines", "allowances", "charges", "excl_tax", "tax", "incl_tax", "prepaid", "rounding", "payable")
_FOLLOWS: Table[TotalsField, str] = {
    TotalsField.LINES: "the lines",
    TotalsField.ALLOWANCES: "the allowances of the order",
    TotalsField.CHARGES: "the charges of the order",
    TotalsField.EXCL_TAX: "the lines less the allowances plus the charges",
    TotalsField.INCL_TAX: "the total without tax plus the tax",
    TotalsField.PAYABLE: "the total with tax less what is prepaid plus the rounding",
}


def missing_row(table: str, *cells: str) -> str:
    """Which line to add to which table, as CSV; a cell that is to be filled in is in angle brackets."""
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(cells)
    return f"add to mapping/{table}.csv: {text.getvalue()}"


def mapped_tax(
    category: str,
    rate: Decimal | None,
    mapping: Mapping,
    findings: Findings,
    *,
    where: str,
    line_id: str = "",
) -> TaxCategory | None:
    """Our tax category of the ERP's, None when none is stated or, which is noted, none is mapped."""
    if not category:
        return None
    found = mapping.taxes.get((category, rate))
    if found is None:
        found = mapping.taxes.get((category, None))
    if found is None:
        stated = "" if rate is None else format(rate, "f")
        accepted = "|".join(TaxCategory)
        detail = f"tax category {category!r} with rate {stated or 'not stated'} is not mapped; " + (
            missing_row("tax", category, stated, f"<{accepted}>")
        )
        findings.add(UnknownTax, detail, where=where, line_id=line_id)
    return found


@frozen(kw_only=True)
class Amounts:
    """Turns what a document states in major units into minor units, and notes what cannot be.

    Attributes:
        currency: ISO 4217 code; empty when the document's is not known, which is a finding already.
        mapping: The integrator's tables.
        findings: Where findings go.
        line_id: The line that is looked at; empty for the order as a whole.
    """

    currency: str
    mapping: Mapping
    findings: Findings
    line_id: str = ""

    def allowance(self, entry: StatedAllowance, place: str) -> AllowanceCharge:
        """One allowance or charge; of no use when something was noted."""
        where = entry.where or place
        base = entry.base_amount
        made = AllowanceCharge(
            charge=entry.charge,
            amount=self._minor(entry.amount, entry.places.get("amount", where)) or 0,
            reason_code=entry.reason_code,
            reason=entry.reason,
            percent=entry.percent,
            base_amount=None if base is None else self._minor(base, entry.places.get("base_amount", where)),
            tax_category=mapped_tax(
                entry.tax_category,
                entry.tax_rate,
                self.mapping,
                self.findings,
                where=entry.places.get("tax_category", where),
                line_id=self.line_id,
            ),
        )
        for detail in broken_rules(made):
            self.findings.add(ValueInvalid, detail, where=where, line_id=self.line_id)
        return made

    def totals(self, stated: StatedTotals, place: str) -> AnticipatedTotals | None:
        """The totals, None when the document states none."""
        found = {
            name: self._minor(value, stated.places.get(name, place))
            for name in _TOTALS
            if (value := getattr(stated, name)) is not None
        }
        return AnticipatedTotals(**found) if found else None

    def check_totals(
        self,
        anticipated: AnticipatedTotals,
        stated: StatedTotals,
        line_amounts: Sequence[int],
        allowances: Sequence[AllowanceCharge],
        place: str,
    ) -> None:
        """Note each total that does not follow from the lines, the allowances and charges and the other totals."""
        for name, found, follows in disagreements(anticipated, line_amounts, allowances):
            detail = (
                f"the total {name} is stated as {minor_to_text(found, self.currency)};"
                f" {minor_to_text(follows, self.currency)} follows from {_FOLLOWS[name]}"
            )
            self.findings.add(ValueInvalid, detail, where=stated.places.get(name, place))

    def _minor(self, value: Decimal, where: str) -> int | None:
        if not self.currency:
            return None
        try:
            return minor_from_text(format(value, "f"), self.currency)
        except ValueInvalid as error:
            # 10.00 in a currency that was unknown when the document was read
            normal = format(value.normalize(), "f")
            try:
                return minor_from_text(normal, self.currency)
            except ValueInvalid:
                self.findings.add(ValueInvalid, error.detail, where=where, line_id=self.line_id)
                return None
