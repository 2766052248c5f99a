"""The history of orders as pure functions: what fits, how far back it goes, why nothing was found (ORD-10)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import TypeVar

from attrs import evolve, frozen

from askul_connect.core.domain.order_query import FILTER_FIELDS, EmptyCause, OrderFilter, OrderQuery
from askul_connect.core.domain.sales import Order, OrderLine
from askul_connect.core.domain.search_text import fold

V = TypeVar("V", int, date)

YEARS_ONLINE = 3


def online_since(today: date) -> date:
    """The first order date that the history shows; what is older is found by its number only."""
    year = today.year - YEARS_ONLINE
    try:
        return today.replace(year=year)
    except ValueError:
        return date(year, 2, 28)


def fitting_lines(query: OrderQuery, order: Order) -> tuple[OrderLine, ...]:
    """The lines of an order that fit what the query says of lines."""
    return tuple(line for line in order.lines if _fits_line(query, line))


def fits(query: OrderQuery, order: Order) -> bool:
    """Whether an order is among what is asked for."""
    return (
        order.account_id == query.account_id
        and (not query.scope or all(line.department in query.scope for line in order.lines))
        and _within(order.order_date, query.first, query.last)
        and (not query.placed_by or order.placed_by == query.placed_by)
        and (not query.number or query.number in {order.order_number, order.purchase_order_id})
        and (query.state is None or order.state is query.state)
        and (query.channel is None or order.channel is query.channel)
        and _within(order.total_incl_tax, query.amount_from, query.amount_to)
        and (not order.lines or bool(fitting_lines(query, order)))
    )


def _fits_line(query: OrderQuery, line: OrderLine) -> bool:
    name = fold(line.name)
    return (
        (not query.department or line.department == query.department)
        and (query.fulfilment is None or line.fulfilment is query.fulfilment)
        and (not query.sku or line.sku == query.sku)
        and all(word in name for word in query.item_words)
        and _within(line.quantity, query.quantity_from, query.quantity_to)
    )


def _within(value: V, first: V | None, last: V | None) -> bool:
    return (first is None or first <= value) and (last is None or value <= last)


# --- why nothing was found ------------------------------------------------------------------------------------


@frozen(kw_only=True)
class EmptyReason:
    """One reason.

    Attributes:
        filter: The filter that alone leaves nothing.
        orders: How many there would be without it, or how many are older than what the history shows; of what the
            caller may see, always.
        online_since: The first day that the history shows.
        departments: The departments that the caller sees.
    """

    cause: EmptyCause
    filter: OrderFilter | None = None
    orders: int | None = None
    online_since: date | None = None
    departments: tuple[str, ...] = ()


@frozen(kw_only=True)
class EmptyFacts:
    """What was counted of a search that found nothing, all of it among what the caller may see.

    Attributes:
        without: How many there would be without each filter.
        visible: How many there are without any.
        older: How many the same filters would find before ``online_since``.
        scope: Departments the caller is limited to.
    """

    without: Mapping[OrderFilter, int]
    visible: int
    older: int
    online_since: date
    scope: Collection[str] = ()


def asked_filters(query: OrderQuery, *, period: bool) -> tuple[OrderFilter, ...]:
    """The filters that a query has; ``period`` says whether the caller gave one."""
    return tuple(
        name
        for name, fields in FILTER_FIELDS.items()
        if (
            period
            if name is OrderFilter.PERIOD
            else any(getattr(query, field) != empty for field, empty in fields.items())
        )
    )


def without_filter(query: OrderQuery, name: OrderFilter, since: date) -> OrderQuery:
    """The query without one filter; how far back the history goes stays, and without a number it begins to count."""
    plain: OrderQuery = evolve(query, **FILTER_FIELDS[name])
    if name in {OrderFilter.PERIOD, OrderFilter.NUMBER} and not plain.number:
        return evolve(plain, first=max(plain.first or since, since))
    return plain


def explain_empty(facts: EmptyFacts) -> Sequence[EmptyReason]:
    """Why a search found nothing.

    That the caller is limited to departments is said whenever it is so and never with a number, so that the answer is
    the same whether others have orders or not.
    """
    reasons = [
        EmptyReason(cause=EmptyCause.FILTER, filter=name, orders=found)
        for name, found in facts.without.items()
        if found
    ]
    if facts.older:
        reasons.append(
            EmptyReason(cause=EmptyCause.PERIOD_LIMIT, orders=facts.older, online_since=facts.online_since)
        )
    if not facts.visible:
        reasons.append(EmptyReason(cause=EmptyCause.NO_ORDERS, online_since=facts.online_since))
    elif not reasons:
        reasons.append(EmptyReason(cause=EmptyCause.TOGETHER, orders=facts.visible))
    if facts.scope:
        reasons.append(EmptyReason(cause=EmptyCause.DEPARTMENTS, departments=tuple(sorted(facts.scope))))
    return reasons


def day_before(day: date) -> date:
    """The last day of what is older."""
    return day - timedelta(days=1)
