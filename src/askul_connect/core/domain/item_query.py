"""What a catalog is searched for, in which order, and what is counted beside it (CAT-2)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import NamedTuple

from attrs import frozen

from askul_connect.core.domain.accounts import AccountKind
from askul_connect.core.domain.catalog import Fulfilment

#: Hits up to which counts are exact.
COUNTED_HITS = 10_000
#: Bands of prices that hits are counted in, by their lower ends in major units.
PRICE_BANDS = (0, 500, 1_000, 3_000, 10_000, 30_000)


class ItemSort(StrEnum):
    """The order of hits; those that are equal stand in the order of the catalog."""

    CATALOG = "catalog"
    NEWEST = "newest"
    PRICE = "price"
    PRICE_DOWN = "price_down"
    NAME = "name"
    SKU = "sku"


@frozen(kw_only=True)
class PriceView:
    """Whose prices are meant, and of which day.

    Attributes:
        permille: Thousandths of a list price that the account pays where it has no contract price.
    """

    account_id: str
    on: date
    permille: int


@frozen(kw_only=True)
class ItemQuery:
    """A search. An item is a hit when it meets everything that is given.

    Attributes:
        words: Folded words; each is part of the item's names or maker, or is its SKU or JAN.
        category: Path; items at and below it.
        makers: One of them.
        issue, page: Of the printed catalog; page 0 stands for the whole issue.
        kind: Who looks; what is not sold to that kind is no hit.
        in_stock: Whether what is asked for has, or has no, stock.
        price_from, price_below: Of what the account pays, in ten-thousandths of the major unit.
        discontinued: Whether items that are no longer sold are hits too.
    """

    kind: AccountKind
    prices: PriceView
    words: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    makers: tuple[str, ...] = ()
    issue: str = ""
    page: int = 0
    family: str = ""
    fulfilment: Fulfilment | None = None
    in_stock: bool | None = None
    recommended: bool = False
    price_from: int | None = None
    price_below: int | None = None
    discontinued: bool = False


@frozen(kw_only=True)
class HitPlace:
    """Where a hit stands in an order: what it is sorted by, then its place in the catalog.

    Attributes:
        by: Text or number that it is sorted by; 0 for the orders of the catalog itself.
    """

    by: str | int
    place: int


class Hit(NamedTuple):
    """An item that was found, with its place as in :class:`HitPlace`.

    A tuple, because a page has many and an engine does little else for each.
    """

    sku: str
    by: str | int
    place: int

    @property
    def at(self) -> HitPlace:
        """Where it stands; few are asked."""
        return HitPlace(by=self.by, place=self.place)


@frozen(kw_only=True)
class HitCounts:
    """How many hits have what.

    Attributes:
        total: Hits, at most :data:`COUNTED_HITS`.
        exact: Whether these are all; else every number says "at least".
        categories: By whole path.
        bands: By index in :data:`PRICE_BANDS`.
    """

    total: int
    exact: bool
    categories: tuple[tuple[tuple[str, ...], int], ...] = ()
    makers: tuple[tuple[str, int], ...] = ()
    bands: tuple[tuple[int, int], ...] = ()
    in_stock: int = 0
    direct: int = 0
