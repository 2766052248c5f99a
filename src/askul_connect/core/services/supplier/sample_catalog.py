"""The sample catalog of the reference supplier: a plausible office-supply house, made from a seed (CAT-1).

Everything is derived from the seed by hashing, so the same seed gives the same catalog on every machine and
day, and a longer catalog begins with the shorter one.
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from hashlib import sha256
from itertools import chain, islice
from itertools import count as count_from
from itertools import product as combinations
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from askul_connect.core.domain.catalog import Fulfilment, Item, StockLevel
from askul_connect.core.domain.rounding import Rounding, divide, round_decimal
from askul_connect.core.errors import ValueInvalid
from askul_connect.core.services.supplier.sample_shelves_facility import FACILITY_SHELVES
from askul_connect.core.services.supplier.sample_shelves_office import OFFICE_SHELVES
from askul_connect.core.services.supplier.sample_showcase import SHOWCASE, SHOWCASE_STOCK, in_store_jan
from askul_connect.core.services.supplier.sample_vocabulary import (
    MAKERS,
    PACKS,
    UNIT_WORDS,
    VARIANTS,
    Shelf,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["SHOWCASE", "sample_items"]

_SHELVES = (*OFFICE_SHELVES, *FACILITY_SHELVES)
#: A maker offers at most so many variants of a product.
_MOST_VARIANTS = 4
#: Percent of the single piece's price for the second, third ... pack of a product.
_PACK_PERCENT = (100, 94, 88)
#: Percent of the items that have run out, and that have nearly.
_EMPTY_PERCENT, _LOW_PERCENT = 5, 10
#: From this price on little is kept.
_DEAR = Decimal(10_000)
#: A yen in the millionths that hundredths and two percentages multiply to.
_YEN = 1_000_000
#: Numbers of generated items begin here; those below belong to the showcase.
_FIRST_NUMBER = 1001


@frozen(kw_only=True)
class _Family:
    """One product of one maker: all its variants in all its packs."""

    key: str
    shelf: Shelf
    maker: tuple[str, str]
    name: str
    name_en: str
    #: Price of one piece in hundredths of a yen.
    piece_hundredths: int
    variants: tuple[str, ...]
    packs: str


def sample_items(*, count: int = 2400, seed: str = "askul-connect") -> Iterator[tuple[Item, StockLevel]]:
    """Items of the sample catalog with their stock, the showcase first.

    Args:
        count: How many items, zero or more. The first items of a longer catalog are the shorter one.
        seed: What the choices are derived from; the showcase does not depend on it.

    Returns:
        An iterator of ``count`` items of unique SKU, JAN and name.

    Raises:
        ValueInvalid: The count is negative.
    """
    if count < 0:
        raise ValueInvalid(f"a catalog has zero or more items, not {count}", where="count")
    return islice(chain(SHOWCASE_STOCK, _generated(seed)), count)


def _generated(seed: str) -> Iterator[tuple[Item, StockLevel]]:
    """All further items; the makers bring out a new edition of each product when the words are used up."""
    numbers: Counter[str] = Counter()
    position = len(SHOWCASE_STOCK)
    for edition in count_from(1):
        for family in sorted(_families(edition), key=lambda family: _digest(seed, family.key)):
            for item in _members(family, seed):
                numbers[family.shelf.code] += 1
                sku = f"{family.shelf.code}-{_FIRST_NUMBER - 1 + numbers[family.shelf.code]:04}"
                # Goods a maker sends are often known by the maker's number only.
                bare = item.fulfilment is Fulfilment.DIRECT and _draw(4, seed, sku, "jan") == 0
                jan = "" if bare else in_store_jan(position)
                yield evolve(item, sku=sku, jan=jan), _stock(item, sku, seed)
                position += 1


def _families(edition: int) -> Iterator[_Family]:
    for shelf in _SHELVES:
        for line in shelf.products.strip().splitlines():
            name, name_en, yen, variants, packs = (cell.strip() for cell in line.split("|"))
            for maker in MAKERS[shelf.makers]:
                later = edition > 1
                yield _Family(
                    key=f"{shelf.code}:{name}:{maker[0]}:{edition}",
                    shelf=shelf,
                    maker=maker,
                    name=f"{name} {edition}型" if later else name,
                    name_en=f"{name_en} mark {edition}" if later else name_en,
                    piece_hundredths=round_decimal(Decimal(yen), 2, Rounding.DOWN),
                    variants=tuple(variants.split()),
                    packs=packs,
                )


def _members(family: _Family, seed: str) -> Iterator[Item]:
    """The family's items; SKU and JAN are given when their place in the catalog is known."""
    shelf, key = family.shelf, family.key
    counter, packs = PACKS[family.packs]
    maker_percent = 88 + _draw(30, seed, key, "price")
    shortest, longest = shelf.lead_days
    lead_days = shortest + _draw(longest - shortest + 1, seed, key, "lead")
    for variant in _variants(family, seed):
        words = " ".join((family.name, *(ja for ja, _, _ in variant)))
        words_en = " ".join((family.name_en, *(en for _, en, _ in variant)))
        percent = maker_percent
        for _, _, more in variant:
            percent = percent * more // 100
        discontinued = _draw(50, seed, key, words, "discontinued") == 0
        for rank, pack in enumerate(packs.split()):
            unit, pieces, step = _pack(pack)
            unit_ja, unit_en = UNIT_WORDS[unit]
            yield Item(
                sku="",
                jan="",
                name=f"{family.maker[0]} {words} {unit_ja.format(n=pieces, c=counter)}",
                name_en=f"{family.maker[1]} {words_en}, {unit_en.format(n=pieces)}",
                maker=family.maker[0],
                category=shelf.path,
                unspsc=shelf.unspsc,
                tax_category=shelf.tax_category,
                currency="JPY",
                list_price=_shelf_price(family.piece_hundredths * pieces * percent * _PACK_PERCENT[rank]),
                unit=unit,
                content_quantity=pieces,
                fulfilment=Fulfilment.DIRECT if longest else Fulfilment.STOCK,
                minimum=step,
                multiple=step,
                lead_days=lead_days,
                discontinued=discontinued,
            )


def _variants(family: _Family, seed: str) -> list[tuple[tuple[str, str, int], ...]]:
    every = list(combinations(*(VARIANTS[kind] for kind in family.variants)))
    chosen = sorted(range(len(every)), key=lambda n: _digest(seed, family.key, str(n)))[:_MOST_VARIANTS]
    return [every[n] for n in sorted(chosen)]


def _pack(text: str) -> tuple[str, int, int]:
    """Unit, pieces and order step of a pack such as XBX100 or EA1/100."""
    unit_and_pieces, _, step = text.partition("/")
    unit = unit_and_pieces.rstrip("0123456789")
    return unit, int(unit_and_pieces.removeprefix(unit)), int(step or 1)


def _shelf_price(millionths: int) -> Decimal:
    """A price as shops write them: quarters of a yen for what is sold by the hundred, else round numbers."""
    if millionths < 20 * _YEN:
        # Up, so that the single piece never undercuts its pack.
        whole, quarters = divmod(divide(millionths, _YEN // 4, Rounding.UP), 4)
        return Decimal(f"{whole}{('', '.25', '.5', '.75')[quarters]}")
    step = 1 if millionths < 1_000 * _YEN else 10 if millionths < 20_000 * _YEN else 100
    return Decimal(divide(millionths, step * _YEN, Rounding.HALF_UP) * step)


def _stock(item: Item, sku: str, seed: str) -> StockLevel:
    """Some items have run out, some nearly; the others lie in plenty, the cheaper the more."""
    luck = _draw(100, seed, sku, "luck")
    if luck < _EMPTY_PERCENT or item.discontinued:
        return StockLevel(sku=sku, on_hand=0)
    most = 9 if luck < _EMPTY_PERCENT + _LOW_PERCENT else 60 if item.list_price >= _DEAR else 2_000
    return StockLevel(sku=sku, on_hand=item.multiple * (1 + _draw(most, seed, sku, "on hand")))


def _digest(*parts: str) -> str:
    return sha256("\n".join(parts).encode()).hexdigest()


def _draw(sides: int, *parts: str) -> int:
    """A number from 0 to ``sides`` - 1 that only the parts decide."""
    return int(_digest(*parts), 16) % sides
