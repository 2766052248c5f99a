"""How the history of orders is searched (ORD-10)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from askul_connect.core.domain.order_query import (
    LineTotal,
    OrderPlace,
    OrderQuery,
    OrderRow,
    OrderTotal,
    TotalsBy,
)


class OrderSearchRepository(Protocol):
    """Orders by what is known of them; reads only."""

    def page(self, query: OrderQuery, after: OrderPlace | None, limit: int) -> Sequence[OrderRow]:
        """Up to ``limit`` orders behind a place, the newest first: by order date, then by number, both descending."""
        ...

    def count(self, query: OrderQuery) -> int:
        """Number of orders."""
        ...

    def total(self, query: OrderQuery) -> OrderTotal:
        """All of them added up."""
        ...

    def totals(self, query: OrderQuery, by: TotalsBy) -> Sequence[LineTotal]:
        """Their lines that fit what the query says of lines, added up by month, department or category, by key."""
        ...
