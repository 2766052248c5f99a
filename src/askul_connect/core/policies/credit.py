"""What an order still has to be invoiced for: what may yet leave, and what left and did not come back (ACC-1)."""

from __future__ import annotations

from collections.abc import Iterable

from askul_connect.core.domain.credit_notes import ReducedLine, Taxed
from askul_connect.core.domain.currency import Currency
from askul_connect.core.domain.rounding import Rounding
from askul_connect.core.domain.sales import Order, ShippedLine
from askul_connect.core.policies.parts import line_amount, order_allowances
from askul_connect.core.policies.pricing import totals


def owed_for(
    order: Order,
    unbilled: Iterable[ShippedLine],
    returned: Iterable[ReducedLine],
    of: Currency,
    method: Rounding = Rounding.DOWN,
) -> int:
    """Minor units with tax that the order will still be invoiced for.

    Units that were cancelled are not owed, units that are invoiced are owed by their invoice.

    Args:
        order: As it stands.
        unbilled: What of it was shipped and is in no invoice.
        returned: What came back of that and is in no document yet.
        of: The currency.
        method: How the tax of each rate is rounded.
    """
    shipped = list(unbilled)
    if not shipped and not any(line.quantity_shipped or line.quantity_cancelled for line in order.lines):
        return order.total_incl_tax
    amounts = [*_outstanding(order, of)]
    for line in shipped:
        amounts.append((line.tax_category, line.tax_rate, line.amount_excl_tax))
        amounts += [
            (entry.tax_category, entry.tax_rate, entry.net)
            for entry in line.order_allowances
            if entry.tax_category is not None and entry.tax_rate is not None
        ]
    amounts += [(category, rate, -net) for one in returned for category, rate, net in one.taxed]
    return max(0, totals(amounts, of, method).incl_tax.minor) if amounts else 0


def _outstanding(order: Order, of: Currency) -> Iterable[Taxed]:
    """What may yet leave, with the part of the order's allowances and charges that would go with it."""
    leaving = {line.line_id: line.outstanding for line in order.lines if line.outstanding}
    for line in order.lines:
        if line.line_id in leaving:
            part = line_amount(line, of.code, line.quantity_shipped, leaving[line.line_id])
            yield line.tax_category, line.tax_rate, part
    rates = {line.tax_category: line.tax_rate for line in order.lines}
    rates |= {
        entry.tax_category: entry.tax_rate
        for entry in order.allowances
        if entry.tax_category is not None and entry.tax_rate is not None
    }
    for entry in order_allowances(order, leaving, rates) if leaving else ():
        if entry.tax_category is not None and entry.tax_rate is not None:
            yield entry.tax_category, entry.tax_rate, entry.net
