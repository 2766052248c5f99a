"""The history of orders in memory: every order is looked at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from askul_connect.adapters.storage.memory_catalog import MemoryCatalog
from askul_connect.adapters.storage.memory_supplier import (
    MemoryOrders,
    MemoryShippedLines,
    MemorySupplierDocuments,
)
from askul_connect.core.domain.order_query import (
    SHOWN_NAMES,
    LineTotal,
    OrderPlace,
    OrderQuery,
    OrderRow,
    OrderTotal,
    TotalsBy,
)
from askul_connect.core.domain.orders import LineState
from askul_connect.core.domain.sales import Order, OrderLine
from askul_connect.core.policies.order_history import fits, fitting_lines


class MemoryOrderSearch:
    """Orders by what is known of them."""

    def __init__(
        self,
        orders: MemoryOrders,
        shipped_lines: MemoryShippedLines,
        documents: MemorySupplierDocuments,
        catalog: MemoryCatalog,
    ) -> None:
        self._orders = orders._orders  # noqa: SLF001 -- the tables of one storage
        self._shipped = shipped_lines._lines  # noqa: SLF001 -- the tables of one storage
        self._ship_notices = documents._ship_notices  # noqa: SLF001 -- the tables of one storage
        self._catalog = catalog

    def page(self, query: OrderQuery, after: OrderPlace | None, limit: int) -> Sequence[OrderRow]:
        """Up to ``limit`` orders behind a place, the newest first."""
        end = (after.order_date, after.order_number) if after else None
        found = sorted(((order.order_date, order.order_number), order) for order in self._found(query))
        behind = [order for place, order in reversed(found) if end is None or place < end]
        return [self._row(order) for order in behind[:limit]]

    def count(self, query: OrderQuery) -> int:
        """Number of orders."""
        return sum(1 for _ in self._found(query))

    def total(self, query: OrderQuery) -> OrderTotal:
        """All of them added up."""
        found = list(self._found(query))
        return OrderTotal(
            orders=len(found),
            total_excl_tax=sum(order.total_excl_tax for order in found),
            total_incl_tax=sum(order.total_incl_tax for order in found),
        )

    def totals(self, query: OrderQuery, by: TotalsBy) -> Sequence[LineTotal]:
        """Their lines that fit what the query says of lines, added up, by key."""
        groups = defaultdict[str, list[tuple[str, OrderLine]]](list)
        for order in self._found(query):
            for line in fitting_lines(query, order):
                if line.state is not LineState.CANCELLED:
                    groups[self._key(by, order, line)].append((order.order_number, line))
        return [_added_up(key, lines) for key, lines in sorted(groups.items())]

    def _found(self, query: OrderQuery) -> Iterator[Order]:
        return (order for order in self._orders if fits(query, order))

    def _key(self, by: TotalsBy, order: Order, line: OrderLine) -> str:
        if by is TotalsBy.MONTH:
            return f"{order.order_date:%Y-%m}"
        if by is TotalsBy.DEPARTMENT:
            return line.department
        item = self._catalog.items([line.sku]).get(line.sku)
        return next(iter(item.category if item else ()), "")

    def _row(self, order: Order) -> OrderRow:
        shipped = (
            line
            for line in self._shipped
            if (line.account_id, line.order_number) == (order.account_id, order.order_number)
        )
        notices = (
            notice.ship_notice_number
            for owner, notice in self._ship_notices
            if (owner, notice.order_number) == (order.account_id, order.order_number)
        )
        return OrderRow(
            order_number=order.order_number,
            purchase_order_id=order.purchase_order_id,
            order_date=order.order_date,
            placed_by=order.placed_by,
            channel=order.channel,
            currency=order.currency,
            total_excl_tax=order.total_excl_tax,
            total_incl_tax=order.total_incl_tax,
            state=order.state,
            item_names=tuple(dict.fromkeys(line.name for line in order.lines[:SHOWN_NAMES])),
            departments=tuple(sorted({line.department for line in order.lines})),
            lines=len(order.lines),
            ship_notices=tuple(sorted(notices)),
            invoices=tuple(sorted({line.invoice_number for line in shipped if line.invoice_number})),
        )


def _added_up(key: str, lines: Iterable[tuple[str, OrderLine]]) -> LineTotal:
    known = list(lines)
    return LineTotal(
        key=key,
        orders=len({number for number, _ in known}),
        lines=len(known),
        quantity=sum(line.quantity - line.quantity_cancelled for _, line in known),
        amount_excl_tax=sum(line.amount_excl_tax for _, line in known),
    )
