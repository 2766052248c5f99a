"""Finding items in the catalog: the one port that a search engine implements (CAT-2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from askul_connect.core.domain.catalog import Item
from askul_connect.core.domain.item_query import COUNTED_HITS, Hit, HitCounts, HitPlace, ItemQuery, ItemSort


class ItemSearch(Protocol):
    """An index of the catalog.

    What is a hit is said by :func:`askul_connect.core.policies.item_search.is_hit`, and every engine finds exactly
    that. Stock and prices are those of the unit of work that asks.
    """

    def version(self) -> str:
        """What the index was last made for; empty for one that never was."""
        ...

    def begin_anew(self, version: str) -> None:
        """Forget every item, and be an index of that version."""
        ...

    def put(self, items: Iterable[Item]) -> None:
        """Index new items at the end of the catalog's order, and others anew at the place they have."""
        ...

    def page(self, query: ItemQuery, sort: ItemSort, after: HitPlace | None, limit: int) -> Sequence[Hit]:
        """Up to ``limit`` hits behind a place of that order."""
        ...

    def counts(self, query: ItemQuery, *, facets: bool, ceiling: int = COUNTED_HITS) -> HitCounts:
        """How many hits there are and, with ``facets``, of what; exact up to a ceiling, then of so many."""
        ...
