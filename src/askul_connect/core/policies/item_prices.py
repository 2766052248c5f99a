"""What an account pays for an item on a day, and what one piece of it costs (CAT-1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from attrs import frozen

from askul_connect.core.domain.catalog import DatedPrice
from askul_connect.core.domain.item_query import PriceView
from askul_connect.core.domain.money import PRICE_DECIMALS
from askul_connect.core.domain.rounding import Rounding, divide, round_decimal

#: Ten-thousandths of a major unit, which prices are compared in.
PRICE_UNITS = 10**PRICE_DECIMALS
#: Hundredths of a percent in the whole.
_WHOLE = 10_000
_DAY = timedelta(days=1)


def price_units(price: Decimal) -> int:
    """A price in ten-thousandths of its major unit."""
    return round_decimal(price, PRICE_DECIMALS, Rounding.HALF_UP)


def price_of_units(units: int) -> Decimal:
    """A price from ten-thousandths, without zeros at the end."""
    # written out, because Decimal arithmetic would obey the caller's context
    whole, fraction = divmod(units, PRICE_UNITS)
    return Decimal(f"{whole}.{fraction:0{PRICE_DECIMALS}}".rstrip("0").rstrip("."))


@frozen(kw_only=True)
class PricesInForce:
    """The dated prices of an item that count for an account on a day; None where there is none."""

    contract: DatedPrice | None
    listed: DatedPrice | None


def prices_in_force(own: Iterable[DatedPrice], account_id: str, on: date) -> PricesInForce:
    """Of several that are in force, the one that began last counts; other accounts' count for nothing."""
    latest: dict[str, DatedPrice] = {}
    for one in sorted(own, key=lambda price: price.valid_from):
        if one.in_force(on):
            latest[one.account_id] = one
    return PricesInForce(contract=latest.get(account_id) if account_id else None, listed=latest.get(""))


def paid_units(list_units: int, own: Iterable[DatedPrice], view: PriceView) -> int:
    """What an account pays for an item, in ten-thousandths: its contract price, else its part of the list price.

    Args:
        list_units: The item's list price where no dated one is in force.
        own: The item's dated prices.
        view: Whose price, of which day.
    """
    found = prices_in_force(own, view.account_id, view.on)
    if found.contract is not None:
        return price_units(found.contract.price)
    listed = list_units if found.listed is None else price_units(found.listed.price)
    return divide(listed * view.permille, 1_000, Rounding.HALF_UP)


def price_until(own: Iterable[DatedPrice], account_id: str, on: date) -> date | None:
    """The last day on which what is in force stays so; None without end."""
    prices = tuple(own)
    now = prices_in_force(prices, account_id, on)
    turns = {one.valid_from for one in prices}
    turns |= {one.valid_to + _DAY for one in prices if one.valid_to is not None and one.valid_to < date.max}
    for day in sorted(turns):
        if day > on:
            then = prices_in_force(prices, account_id, day)
            if (then.contract or then.listed) != (now.contract or now.listed):
                return day - _DAY
    return None


def per_piece(paid: int, pieces: int, tax_rate: Decimal = Decimal(0)) -> Fraction:
    """What one piece costs, in ten-thousandths, exactly: what is compared must not be rounded first.

    Args:
        paid: Price of the sales unit, in ten-thousandths.
        pieces: Pieces in it.
        tax_rate: Percent that is added.
    """
    rate = round_decimal(tax_rate, 2, Rounding.HALF_UP)
    return Fraction(paid * (_WHOLE + rate), _WHOLE * pieces)


def rounded(units: Fraction) -> Decimal:
    """Ten-thousandths as a price, half up to four decimals."""
    return price_of_units(divide(units.numerator, units.denominator, Rounding.HALF_UP))
