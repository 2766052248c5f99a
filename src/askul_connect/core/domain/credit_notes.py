"""What a return takes off what was billed, line by line (BIL-3)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from attrs import frozen

from askul_connect.core.domain.allowances import AllowanceCharge
from askul_connect.core.domain.reductions import Reduction
from askul_connect.core.domain.sales import ShippedLine
from askul_connect.core.domain.tax import TaxCategory

Taxed = tuple[TaxCategory, Decimal, int]


@frozen(kw_only=True)
class ReducedLine:
    """One reduction with its amounts; all reductions of a shipped line together are the line exactly.

    Attributes:
        line: The shipped line it takes from.
        amount_excl_tax: What is given back for the units, minor units without tax, with ``allowances``.
        allowances: The part of the line's own allowances and charges that went with these units.
        taken_back: The part of the order's allowances that the customer had for these units and has not earned; each
            has its tax category and rate.
    """

    reduction: Reduction
    line: ShippedLine
    amount_excl_tax: int
    allowances: tuple[AllowanceCharge, ...] = ()
    taken_back: tuple[AllowanceCharge, ...] = ()

    @property
    def taxed(self) -> Sequence[Taxed]:
        """Category, rate and net amount of what is given back."""
        return [
            (self.line.tax_category, self.line.tax_rate, self.amount_excl_tax),
            *(
                (entry.tax_category, entry.tax_rate, entry.net)
                for entry in self.taken_back
                if entry.tax_category is not None and entry.tax_rate is not None
            ),
        ]
