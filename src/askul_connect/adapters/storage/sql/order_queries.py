"""The text of a search in the history, made from which things are asked for; their values are parameters."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from attrs import frozen

from askul_connect.core.domain.order_query import OrderQuery, TotalsBy
from askul_connect.core.domain.orders import OrderState

#: States of lines from the least advanced on; a cancelled line has no rank.
_RANKED = (
    OrderState.DRAFT,
    OrderState.AWAITING_APPROVAL,
    OrderState.PLACED,
    OrderState.CONFIRMED,
    OrderState.PARTLY_SHIPPED,
    OrderState.SHIPPED,
    OrderState.DELIVERED,
    OrderState.RETURNED,
)
_RANK: Mapping[OrderState, int] = MappingProxyType(
    {state: place for place, state in enumerate(_RANKED)} | {OrderState.CANCELLED: -1}
)
_SAME = "{0}.account_id = o.account_id AND {0}.order_number = o.order_number"
_KEYS: Mapping[TotalsBy, Mapping[str, str]] = MappingProxyType(
    {
        TotalsBy.MONTH: dict.fromkeys(("sqlite", "postgresql"), "SUBSTR(o.order_date, 1, 7)"),
        TotalsBy.DEPARTMENT: dict.fromkeys(("sqlite", "postgresql"), "l.department"),
        TotalsBy.CATEGORY: {
            "sqlite": "COALESCE(JSON_EXTRACT(i.category, '$[0]'), '')",
            "postgresql": "COALESCE(CAST(i.category AS JSON) ->> 0, '') COLLATE \"C\"",
        },
    }
)
_VALUES = (
    "department",
    "placed_by",
    "sku",
    "number",
    "quantity_from",
    "quantity_to",
    "amount_from",
    "amount_to",
)


def rank_of(state: OrderState) -> int:
    """What stands in the column of an order's state."""
    return _RANK[state]


@frozen(kw_only=True)
class Shape:
    """Which things a query asks for.

    Attributes:
        words: How many words of an item's name.
        few: What the orders are found by, where few have it: ``sku``, ``department`` or ``scope``; else they
            are walked through from the newest on.
    """

    scope: bool
    first: bool
    last: bool
    department: bool
    placed_by: bool
    fulfilment: bool
    sku: bool
    words: int
    quantity_from: bool
    quantity_to: bool
    number: bool
    state: bool
    channel: bool
    amount_from: bool
    amount_to: bool
    few: str = ""


def shape_of(query: OrderQuery, few: str = "") -> Shape:
    """The shape of a query."""
    return Shape(
        scope=bool(query.scope),
        first=query.first is not None,
        last=query.last is not None,
        department=bool(query.department),
        placed_by=bool(query.placed_by),
        fulfilment=query.fulfilment is not None,
        sku=bool(query.sku),
        words=len(query.item_words),
        quantity_from=query.quantity_from is not None,
        quantity_to=query.quantity_to is not None,
        number=bool(query.number),
        state=query.state is not None,
        channel=query.channel is not None,
        amount_from=query.amount_from is not None,
        amount_to=query.amount_to is not None,
        few=few,
    )


def parameters_of(query: OrderQuery) -> dict[str, Any]:
    """The values of a query but its scope; those that its text does not name are left alone."""
    found: dict[str, Any] = {name: getattr(query, name) for name in _VALUES}
    found |= {f"word{place}": word for place, word in enumerate(query.item_words)}
    return found | {
        "account_id": query.account_id,
        "first": query.first and query.first.isoformat(),
        "last": query.last and query.last.isoformat(),
        "fulfilment": query.fulfilment and query.fulfilment.value,
        "channel": query.channel and query.channel.value,
        "state": None if query.state is None else rank_of(query.state),
    }


def candidates(query: OrderQuery) -> tuple[str, ...]:
    """What few orders may have of what is asked for, to be tried in this order."""
    found = []
    if query.sku:
        found.append("sku")
    if query.department:
        found.append("department")
    if query.scope:
        found.append("scope")
    return tuple(found)


def few_query(dialect: str, few: str) -> str:
    """The number of lines that have something, up to a limit."""
    return f"SELECT COUNT(*) FROM (SELECT 1 AS one FROM {_few_lines(dialect, few)} LIMIT :limit) AS few"  # noqa: S608 -- our own parts, values are parameters


def page_query(dialect: str, shape: Shape, *, behind: bool) -> str:
    """Orders of a page, without their lines."""
    conditions = _orders(dialect, shape)
    if behind:
        conditions.append("(o.order_date, o.order_number) < (:after_date, :after_number)")
    return (
        "SELECT o.order_number, o.purchase_order_id, o.order_date, o.placed_by, o.channel, o.currency,"  # noqa: S608 -- our own parts, values are parameters
        f" o.total_excl_tax, o.total_incl_tax FROM {_source(dialect, shape)}"
        f" WHERE {' AND '.join([*conditions, *_with_line(dialect, shape)])}"
        " ORDER BY o.order_date DESC, o.order_number DESC LIMIT :limit"
    )


def total_query(dialect: str, shape: Shape) -> str:
    """Number of orders and their totals."""
    return (
        "SELECT COUNT(*), COALESCE(SUM(o.total_excl_tax), 0), COALESCE(SUM(o.total_incl_tax), 0)"  # noqa: S608 -- our own parts, values are parameters
        f" FROM {_source(dialect, shape)} WHERE {' AND '.join([*_orders(dialect, shape), *_with_line(dialect, shape)])}"
    )


def count_query(dialect: str, shape: Shape) -> str:
    """Number of orders; of all in a period an index alone tells it."""
    return (
        f"SELECT COUNT(*) FROM {_source(dialect, shape)}"  # noqa: S608 -- our own parts, values are parameters
        f" WHERE {' AND '.join([*_orders(dialect, shape), *_with_line(dialect, shape)])}"
    )


def totals_query(dialect: str, shape: Shape, by: TotalsBy) -> str:
    """Lines added up: key, orders, lines, quantity, amount."""
    key = _KEYS[by][dialect]
    items = " LEFT JOIN items AS i ON i.sku = l.sku" if by is TotalsBy.CATEGORY else ""
    conditions = [*_orders(dialect, shape), *_line(dialect, shape), "l.state <> 'cancelled'"]
    return (
        f"SELECT {key} AS key, COUNT(DISTINCT o.order_number), COUNT(*),"  # noqa: S608 -- our own parts, values are parameters
        " SUM(l.quantity - l.quantity_cancelled), SUM(l.amount_excl_tax)"
        f" FROM {_source(dialect, shape)}"
        f" JOIN order_lines AS l ON {_SAME.format('l')}"
        f"{items} WHERE {' AND '.join(conditions)} GROUP BY key ORDER BY key"
    )


def _source(dialect: str, shape: Shape) -> str:
    if not shape.few:
        return "orders AS o"
    # CROSS JOIN: SQLite goes through the few first
    return (
        f"(SELECT DISTINCT f.order_number FROM {_few_lines(dialect, shape.few)}) AS few"  # noqa: S608 -- our own parts, values are parameters
        " CROSS JOIN orders AS o"
    )


def _few_lines(dialect: str, few: str) -> str:
    condition = {
        "sku": "f.sku = :sku",
        "department": "f.department = :department",
        "scope": _within_scope(dialect, "f.department"),
    }[few]
    return f"order_lines AS f WHERE f.account_id = :account_id AND {condition}"


def _within_scope(dialect: str, column: str) -> str:
    if dialect == "sqlite":
        return f"{column} IN (SELECT value FROM json_each(:scope))"  # noqa: S608 -- our own parts, values are parameters
    return f"{column} = ANY(CAST(:scope AS TEXT[]))"


def _orders(dialect: str, shape: Shape) -> list[str]:
    foreign = f"NOT {_within_scope(dialect, 'v.department')}"
    asked = {
        "o.order_date >= :first": shape.first,
        "o.order_date <= :last": shape.last,
        "o.placed_by = :placed_by": shape.placed_by,
        "(o.order_number = :number OR o.purchase_order_id = :number)": shape.number,
        "o.channel = :channel": shape.channel,
        "o.total_incl_tax >= :amount_from": shape.amount_from,
        "o.total_incl_tax <= :amount_to": shape.amount_to,
        "o.state_rank = :state": shape.state,
        f"NOT EXISTS (SELECT 1 FROM order_lines AS v WHERE {_SAME.format('v')} AND {foreign})": shape.scope,  # noqa: S608 -- our own parts, values are parameters
        "o.order_number = few.order_number": bool(shape.few),
    }
    return ["o.account_id = :account_id", *(text for text, wanted in asked.items() if wanted)]


def _line(dialect: str, shape: Shape) -> list[str]:
    asked = {
        "l.department = :department": shape.department,
        "l.fulfilment = :fulfilment": shape.fulfilment,
        "l.sku = :sku": shape.sku,
        "l.quantity >= :quantity_from": shape.quantity_from,
        "l.quantity <= :quantity_to": shape.quantity_to,
    }
    find = "INSTR" if dialect == "sqlite" else "STRPOS"
    words = [f"{find}(l.name_key, :word{place}) > 0" for place in range(shape.words)]
    return [*(text for text, wanted in asked.items() if wanted), *words]


def _with_line(dialect: str, shape: Shape) -> list[str]:
    conditions = _line(dialect, shape)
    if not conditions:
        return []
    return [f"EXISTS (SELECT 1 FROM order_lines AS l WHERE {' AND '.join([_SAME.format('l'), *conditions])})"]  # noqa: S608 -- our own parts, values are parameters
