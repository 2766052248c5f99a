"""The history of orders on a database.

The text of a query depends only on what is asked for, not on its values; each such shape is compiled once. Orders are
walked through from the newest on, unless something is asked for that few lines have: then these are found first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from askul_connect.adapters.storage.sql import tables_supplier as tables
from askul_connect.adapters.storage.sql.order_queries import (
    Shape,
    candidates,
    count_query,
    few_query,
    page_query,
    parameters_of,
    shape_of,
    total_query,
    totals_query,
)
from askul_connect.adapters.storage.sql.statements import OneOf, Prepared
from askul_connect.adapters.storage.sql.transaction import Row, Transaction
from askul_connect.core.domain.order_query import (
    SHOWN_NAMES,
    LineTotal,
    OrderPlace,
    OrderQuery,
    OrderRow,
    OrderTotal,
    TotalsBy,
)
from askul_connect.core.domain.orders import Channel, LineState, order_state

#: Up to so many lines are found first; beyond, so many orders have it that a page is full soon.
FEW_LINES = 5_000

_LINES = tables.order_lines.c
_NUMBERS = "order_numbers"
_LINES_OF = Prepared(
    sa.select(_LINES.order_number, _LINES.name, _LINES.department, _LINES.state)
    .where(_LINES.account_id == sa.bindparam("account_id"), OneOf(_LINES.order_number, _NUMBERS))
    .order_by(_LINES.order_number, _LINES.position)
)
_NOTICES = tables.ship_notices.c
_NOTICES_OF = Prepared(
    sa.select(_NOTICES.order_number, _NOTICES.number)
    .where(_NOTICES.account_id == sa.bindparam("account_id"), OneOf(_NOTICES.order_number, _NUMBERS))
    .order_by(_NOTICES.number)
)
_SHIPPED = tables.shipped_lines.c
_INVOICES_OF = Prepared(
    sa.select(_SHIPPED.order_number, _SHIPPED.invoice_number)
    .where(_SHIPPED.account_id == sa.bindparam("account_id"), OneOf(_SHIPPED.order_number, _NUMBERS))
    .distinct()
    .order_by(_SHIPPED.invoice_number)
)
_CHANNELS = {channel.value: channel for channel in Channel}
_STATES = {state.value: state for state in LineState}
_prepared: dict[Hashable, Prepared] = {}


def _statement(key: Hashable, write: Callable[[str], str]) -> Prepared:
    found = _prepared.get(key)
    if found is None:
        found = _prepared[key] = Prepared(lambda dialect: sa.text(write(dialect)))
    return found


class SqlOrderSearch:
    """Orders by what is known of them."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def page(self, query: OrderQuery, after: OrderPlace | None, limit: int) -> Sequence[OrderRow]:
        """Up to ``limit`` orders behind a place, the newest first."""
        shape = self._shape(query)
        statement = _statement(
            ("page", shape, after is None), lambda name: page_query(name, shape, behind=after is not None)
        )
        parameters = self._parameters(query) | {"limit": limit}
        if after is not None:
            parameters |= {"after_date": after.order_date.isoformat(), "after_number": after.order_number}
        headers = self._transaction.rows(statement, parameters)
        return self._rows(query.account_id, headers) if headers else []

    def count(self, query: OrderQuery) -> int:
        """Number of orders."""
        shape = self._shape(query)
        statement = _statement(("count", shape), lambda name: count_query(name, shape))
        return self._transaction.number(statement, self._parameters(query))

    def total(self, query: OrderQuery) -> OrderTotal:
        """All of them added up."""
        shape = self._shape(query)
        statement = _statement(("total", shape), lambda name: total_query(name, shape))
        [(orders, excl_tax, incl_tax)] = self._transaction.rows(statement, self._parameters(query))
        return OrderTotal(orders=orders, total_excl_tax=int(excl_tax), total_incl_tax=int(incl_tax))

    def totals(self, query: OrderQuery, by: TotalsBy) -> Sequence[LineTotal]:
        """Their lines that fit what the query says of lines, added up, by key."""
        shape = self._shape(query)
        statement = _statement(("totals", shape, by), lambda name: totals_query(name, shape, by))
        return [
            LineTotal(key=key, orders=orders, lines=lines, quantity=int(units), amount_excl_tax=int(amount))
            for key, orders, lines, units, amount in self._transaction.rows(
                statement, self._parameters(query)
            )
        ]

    def _parameters(self, query: OrderQuery) -> dict[str, Any]:
        return parameters_of(query) | {"scope": self._transaction.keys(sorted(query.scope))}

    def _shape(self, query: OrderQuery) -> Shape:
        """The shape, with what few lines have: a database without statistics would not know."""
        if not query.number:
            parameters = self._parameters(query) | {"limit": FEW_LINES + 1}
            for few in candidates(query):
                statement = _statement(("few", few), lambda name, few=few: few_query(name, few))  # type: ignore[misc]  # mypy knows no type of a default in a lambda
                if self._transaction.number(statement, parameters) <= FEW_LINES:
                    return shape_of(query, few)
        return shape_of(query)

    def _rows(self, account_id: str, headers: Sequence[Row]) -> Sequence[OrderRow]:
        run = self._transaction
        parameters = {"account_id": account_id, _NUMBERS: run.keys([row[0] for row in headers])}
        lines = defaultdict[str, list[Row]](list)
        for row in run.rows(_LINES_OF, parameters):
            lines[row[0]].append(row)
        notices = defaultdict[str, list[str]](list)
        for order, number in run.rows(_NOTICES_OF, parameters):
            notices[order].append(number)
        invoices = defaultdict[str, list[str]](list)
        for order, number in run.rows(_INVOICES_OF, parameters):
            if number:
                invoices[order].append(number)
        return [
            OrderRow(
                order_number=number,
                purchase_order_id=purchase_order_id,
                order_date=date.fromisoformat(day),
                placed_by=placed_by,
                channel=_CHANNELS[channel],
                currency=currency,
                total_excl_tax=excl_tax,
                total_incl_tax=incl_tax,
                state=order_state(tuple(_STATES[line[3]] for line in lines[number])),
                item_names=tuple(dict.fromkeys(line[1] for line in lines[number][:SHOWN_NAMES])),
                departments=tuple(sorted({line[2] for line in lines[number]})),
                lines=len(lines[number]),
                ship_notices=tuple(notices[number]),
                invoices=tuple(invoices[number]),
            )
            for number, purchase_order_id, day, placed_by, channel, currency, excl_tax, incl_tax in headers
        ]
