"""The short way through matching for what is beyond doubt: most invoices match in every respect (INT-4).

What is said here is said by :func:`~askul_connect.core.policies.matching.match_line` too; whatever is not plain goes
there. It exists for speed alone, and a property of the tests holds the two together.
"""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

from askul_connect.core.domain.currency import currency
from askul_connect.core.domain.matches import PlainInvoice, PlainLine
from askul_connect.core.domain.tax import TaxCategory
from askul_connect.core.policies.matching import NOT_COMPARED, matched_text, receipts_count
from askul_connect.core.policies.matching_tax import rates_that_add_up
from askul_connect.core.policies.settings import MatchingSettings


def plainly_matched(invoice: PlainInvoice, supplier: str, settings: MatchingSettings) -> list[str] | None:
    """What was compared for each line of an invoice that matches without any tolerance; None when one may not.

    Tolerances are not asked: what needs one is not plain.
    """
    rates = rates_that_add_up(
        [(line.tax_category, line.tax_rate, line.amount_excl_tax) for line in invoice.lines],
        (),
        invoice.tax,
        (invoice.total_excl_tax, invoice.total_incl_tax),
        settings,
    )
    exponent = currency(invoice.currency).exponent
    ways: dict[str, bool] = {}
    texts = []
    for line in invoice.lines:
        if line.account not in ways:
            ways[line.account] = receipts_count(settings, supplier, line.account)
        three_way = ways[line.account]
        if line.ordered_currency != invoice.currency or not _fits(line, exponent, rates, three_way=three_way):
            return None
        ordered = line.ordered - line.cancelled
        texts.append(
            matched_text(
                line.quantity,
                line.unit_price,
                line.quantity,
                line.received if three_way else NOT_COMPARED,
                ordered,
            )
        )
    return texts


def _fits(
    line: PlainLine, exponent: int, rates: Collection[tuple[TaxCategory, Decimal]], *, three_way: bool
) -> bool:
    price, quantity = line.unit_price, line.quantity
    if exponent:
        price = price.scaleb(exponent)
    return (
        0 <= quantity <= line.ordered - line.cancelled
        and (not three_way or quantity <= (line.received or 0))
        and line.unit_price == line.ordered_price
        and -1 < price * quantity - line.amount_excl_tax < 1
        and line.tax_category is line.ordered_category
        and line.tax_rate == line.ordered_rate
        and (line.tax_category, line.tax_rate) in rates
    )
