"""Prices and totals of an order: one pure computation, integers throughout."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache

from attrs import frozen

from askul_connect.core.domain.currency import Currency
from askul_connect.core.domain.money import PRICE_DECIMALS, GrossAmount, NetAmount, TaxAmount, UnitPrice
from askul_connect.core.domain.rounding import Rounding, divide, round_decimal
from askul_connect.core.domain.tax import TaxCategory, TaxTotal, tax_subtotals


@frozen(kw_only=True)
class Totals:
    """Totals of a document.

    Attributes:
        tax: One entry per rate, rounded once each (PRC-3).
    """

    tax: tuple[TaxTotal, ...]
    excl_tax: NetAmount
    incl_tax: GrossAmount


def totals(
    amounts: Iterable[tuple[TaxCategory, Decimal, int]], of: Currency, method: Rounding = Rounding.DOWN
) -> Totals:
    """Totals of line amounts.

    Args:
        amounts: Category, rate in percent and amount without tax in minor units, one entry per line, allowance or
            charge.
        of: The currency of all of them.
        method: How the tax of each rate is rounded.
    """
    entries = tuple(amounts)
    tax = tax_subtotals(entries, method)
    net = NetAmount.total((NetAmount(minor, of) for _, _, minor in entries), of)
    tax_total = TaxAmount.total((TaxAmount(entry.tax, of) for entry in tax), of)
    return Totals(tax=tax, excl_tax=net, incl_tax=net + tax_total)


def contract_price(list_price: UnitPrice, permille: int) -> UnitPrice:
    """A customer's price: thousandths of the list price, rounded half up to the fourth decimal (PRC-5)."""
    units = round_decimal(list_price.value, PRICE_DECIMALS, Rounding.HALF_UP)
    price = divide(units * permille, 1_000, Rounding.HALF_UP)
    return UnitPrice(_major(price), list_price.currency)


@lru_cache(maxsize=4096)
def _major(units: int) -> Decimal:
    """A price from units of its last decimal, without zeros at the end."""
    # written out, because Decimal arithmetic would obey the caller's context
    whole, fraction = divmod(units, 10**PRICE_DECIMALS)
    return Decimal(f"{whole}.{fraction:0{PRICE_DECIMALS}}".rstrip("0").rstrip("."))


def part_amount(price: UnitPrice, before: int, quantity: int) -> int:
    """Amount of a part of a line, minor units without tax, so that all parts add up to the whole line's amount.

    Args:
        price: Price of one unit without tax.
        before: Units of the line that went in earlier parts.
        quantity: Units of this part.
    """
    return price.times(before + quantity).minor - price.times(before).minor
