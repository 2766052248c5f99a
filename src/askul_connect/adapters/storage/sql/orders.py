"""Orders with their lines, and shipped lines until they are billed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from askul_connect.adapters.storage.sql import tables_supplier as tables
from askul_connect.adapters.storage.sql.order_queries import rank_of
from askul_connect.adapters.storage.sql.statements import OneOf, Prepared, insert
from askul_connect.adapters.storage.sql.transaction import Transaction
from askul_connect.core.domain.orders import LineState
from askul_connect.core.domain.sales import Order, OrderLine, ShippedLine
from askul_connect.core.domain.search_text import fold
from askul_connect.core.domain.stored_carts import PastQuantity

_ORDERS = tables.orders.c
#: The same names are ordered time and again.
_folded = lru_cache(maxsize=10_000)(fold)
_INSERT = insert(tables.orders)
_LINE_INSERT = insert(tables.order_lines)
_TAX_INSERT = insert(tables.order_tax)

_ONE_LINE = sa.update(tables.order_lines).where(
    tables.order_lines.c.account_id == sa.bindparam("own"),
    tables.order_lines.c.order_number == sa.bindparam("order"),
    tables.order_lines.c.position == sa.bindparam("place", type_=sa.BigInteger()),
    tables.order_lines.c.line_id == sa.bindparam("line"),
)
#: What may change of a line once the order is stored.
_STATE = ("state", "quantity_shipped", "quantity_cancelled", "promised_on", "cancel_cause", "cancel_reason")
_LINE_UPDATE = Prepared(_ONE_LINE, columns=_STATE)
#: What a change of the order itself changes too.
_AMENDED = ("quantity", "amount_excl_tax", "allowances", "agreed")
_LINE_AMEND = Prepared(_ONE_LINE, columns=_AMENDED)
_ORDER_AMENDED = ("total_excl_tax", "total_incl_tax", "allowances", "agreed")
_TOTALS_AMEND = Prepared(
    sa.update(tables.orders).where(
        _ORDERS.account_id == sa.bindparam("own"), _ORDERS.order_number == sa.bindparam("order")
    ),
    columns=_ORDER_AMENDED,
)
_RANK_UPDATE = Prepared(
    sa.update(tables.orders).where(
        _ORDERS.account_id == sa.bindparam("own"), _ORDERS.order_number == sa.bindparam("order")
    ),
    columns=["state_rank"],
)
_TAX_REMOVE = Prepared(
    sa.delete(tables.order_tax).where(
        tables.order_tax.c.account_id == sa.bindparam("own"),
        tables.order_tax.c.order_number == sa.bindparam("order"),
    )
)

_OWN = _ORDERS.account_id == sa.bindparam("account_id")
_KEYS = sa.tuple_(_ORDERS.account_id, _ORDERS.order_number)


class _Selection:
    """One choice of orders: the queries of their headers, their lines and their tax."""

    def __init__(self, *where: sa.ColumnElement[bool]) -> None:
        self.headers = Prepared(sa.select(tables.orders).where(*where).order_by(_ORDERS.order_number))
        self.lines = Prepared(_parts(tables.order_lines, where, tables.ORDER_LINE))
        self.tax = Prepared(_parts(tables.order_tax, where))


def _parts(
    table: sa.Table, where: Sequence[sa.ColumnElement[bool]], columns: Sequence[sa.Column[Any]] = ()
) -> sa.Select[Any]:
    same = sa.and_(table.c.account_id == _ORDERS.account_id, table.c.order_number == _ORDERS.order_number)
    return (
        sa.select(*(columns or table.columns))
        .select_from(table)
        .join(tables.orders, same)
        .where(*where)
        .order_by(_ORDERS.order_number, table.c.position)
    )


_BY_NUMBER = _Selection(_OWN, _ORDERS.order_number == sa.bindparam("order_number"))
_FOR_STAFF = _Selection(_ORDERS.order_number == sa.bindparam("order_number"))
_MANY = _Selection(_OWN, OneOf(_ORDERS.order_number, "order_numbers"))
_LATEST = Prepared(
    sa.select(_ORDERS.order_number)
    .where(_OWN)
    .order_by(_ORDERS.order_date.desc(), _ORDERS.order_number.desc())
    .limit(sa.bindparam("limit", type_=sa.BigInteger()))
)
# In no order: asked for one, SQLite reads all orders of the account, which have it, to find the few.
_BY_EXTERNAL_ID = Prepared(
    sa.select(_ORDERS.order_number).where(
        _OWN,
        _ORDERS.purchase_order_id == sa.bindparam("purchase_order_id"),
        _ORDERS.buyer_party == sa.bindparam("buyer_party"),
        _ORDERS.issue_year == sa.bindparam("issue_year", type_=sa.BigInteger()),
    )
)
# Numbers first: one query with the lines in a subquery of its own found no lines on SQLite, whose planner went wrong.
_NUMBERS_OF_DEPARTMENT = Prepared(
    sa.select(_ORDERS.order_number)
    .join(
        tables.order_lines,
        sa.and_(
            tables.order_lines.c.account_id == _ORDERS.account_id,
            tables.order_lines.c.order_number == _ORDERS.order_number,
        ),
    )
    .where(
        _OWN,
        _ORDERS.order_date >= sa.bindparam("first"),
        _ORDERS.order_date <= sa.bindparam("last"),
        tables.order_lines.c.department == sa.bindparam("department"),
    )
    .distinct()
)
# The index holds the numbers of an item's orders in their order: as many lines are read as are wanted.
_LINES = tables.order_lines.c
_QUANTITIES = Prepared(
    sa.select(_ORDERS.placed_by, _LINES.department, _LINES.quantity)
    .join(
        tables.orders,
        sa.and_(_ORDERS.account_id == _LINES.account_id, _ORDERS.order_number == _LINES.order_number),
    )
    .select_from(tables.order_lines)
    .where(
        _LINES.account_id == sa.bindparam("account_id"),
        _LINES.sku == sa.bindparam("sku"),
        _LINES.state != LineState.CANCELLED.value,
    )
    .order_by(_LINES.order_number.desc(), _LINES.position.desc())
    .limit(sa.bindparam("limit", type_=sa.BigInteger()))
)
_ANY = Prepared(
    sa.select(tables.order_lines.c.order_number)
    .where(
        tables.order_lines.c.account_id == sa.bindparam("account_id"),
        tables.order_lines.c.state != LineState.CANCELLED.value,
    )
    .limit(1)
)
_OPEN_OF_ACCOUNT = _Selection(
    _OWN,
    _ORDERS.order_number.in_(
        sa.select(tables.order_lines.c.order_number)
        .where(tables.order_lines.c.account_id == sa.bindparam("account_id"), tables.OPEN_LINE)
        .correlate(None)
    ),
)
_OPEN = _Selection(
    _KEYS.in_(
        sa.select(tables.order_lines.c.account_id, tables.order_lines.c.order_number)
        .where(tables.OPEN_LINE)
        .correlate(None)
    )
)


class SqlOrders:
    """Orders."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, order: Order) -> None:
        """Store a new one; StorageConflict when the number exists."""
        key = (order.account_id, order.order_number)
        self._transaction.run(_INSERT, (*tables.ORDER_ROWS.row(order), rank_of(order.state)))
        self._transaction.run_many(
            _LINE_INSERT,
            ((*key, place, *_line_row(line)) for place, line in enumerate(order.lines)),
        )
        self._transaction.run_many(
            _TAX_INSERT, ((*key, place, *tables.TAX_ROWS.row(tax)) for place, tax in enumerate(order.tax))
        )

    def save(self, order: Order) -> None:
        """Store the new state of its lines."""
        self._update(order, _LINE_UPDATE, _state_row)
        key = (order.account_id, order.order_number)
        self._transaction.run(_RANK_UPDATE, (rank_of(order.state), *key))

    def amend(self, order: Order) -> None:
        """Store the new state of its lines with their quantities and amounts, its tax and its totals."""
        key = (order.account_id, order.order_number)
        self.save(order)
        self._update(order, _LINE_AMEND, _amended_row)
        row = tables.ORDER_ROWS.named(order)
        self._transaction.run(_TOTALS_AMEND, (*(row[name] for name in _ORDER_AMENDED), *key))
        self._transaction.run(_TAX_REMOVE, key)
        self._transaction.run_many(
            _TAX_INSERT, ((*key, place, *tables.TAX_ROWS.row(tax)) for place, tax in enumerate(order.tax))
        )

    def _update(
        self, order: Order, statement: Prepared, values: Callable[[OrderLine], tuple[Any, ...]]
    ) -> None:
        rows = [
            (*values(line), order.account_id, order.order_number, place, line.line_id)
            for place, line in enumerate(order.lines)
        ]
        if self._transaction.run_many(statement, rows) != len(rows):
            raise self._transaction.conflict("the order or one of its lines is not there")

    def get(self, account_id: str, order_number: str) -> Order | None:
        """By number within the account."""
        return _only(self._read(_BY_NUMBER, {"account_id": account_id, "order_number": order_number}))

    def get_for_staff(self, order_number: str) -> Order | None:
        """By number over all accounts: for the supplier's own work only."""
        return _only(self._read(_FOR_STAFF, {"order_number": order_number}))

    def many(self, account_id: str, order_numbers: Iterable[str]) -> Mapping[str, Order]:
        """Those that exist within the account."""
        keys = self._transaction.keys(order_numbers)
        found = self._read(_MANY, {"account_id": account_id, "order_numbers": keys})
        return {order.order_number: order for order in found}

    def by_external_id(
        self, account_id: str, buyer_party: str, purchase_order_id: str, issue_year: int
    ) -> Sequence[Order]:
        """The orders of a purchase order, by number."""
        parameters = {
            "account_id": account_id,
            "buyer_party": buyer_party,
            "purchase_order_id": purchase_order_id,
            "issue_year": issue_year,
        }
        numbers = [number for (number,) in self._transaction.rows(_BY_EXTERNAL_ID, parameters)]
        found = self.many(account_id, numbers) if numbers else {}
        return [found[number] for number in sorted(found)]

    def of_department(
        self, account_id: str, department: str, first: date, last: date | None = None
    ) -> Sequence[Order]:
        """An account's orders with a line of a department, whose order date lies between, by number."""
        parameters = {
            "account_id": account_id,
            "department": department,
            "first": first.isoformat(),
            "last": (last or date.max).isoformat(),
        }
        numbers = [row[0] for row in self._transaction.rows(_NUMBERS_OF_DEPARTMENT, parameters)]
        found = self.many(account_id, numbers)
        return [found[number] for number in sorted(found)]

    def open_of_account(self, account_id: str) -> Sequence[Order]:
        """Those of an account with a line that is placed, confirmed or partly shipped, by number."""
        return self._read(_OPEN_OF_ACCOUNT, {"account_id": account_id})

    def latest_of_account(self, account_id: str, limit: int) -> Sequence[Order]:
        """Up to ``limit`` of an account, by order date and number, the latest first."""
        rows = self._transaction.rows(_LATEST, {"account_id": account_id, "limit": limit})
        numbers = [row[0] for row in rows]
        found = self.many(account_id, numbers)
        return [found[number] for number in numbers]

    def quantities_of(self, account_id: str, sku: str, limit: int) -> Sequence[PastQuantity]:
        """How many of an item an account ordered in up to ``limit`` of its latest lines, the latest first."""
        asked = {"account_id": account_id, "sku": sku, "limit": limit}
        return [
            PastQuantity(placed_by=placed_by, department=department, quantity=quantity)
            for placed_by, department, quantity in self._transaction.rows(_QUANTITIES, asked)
        ]

    def any_of_account(self, account_id: str) -> bool:
        """Whether the account has an order of which not everything was cancelled."""
        return self._transaction.row(_ANY, {"account_id": account_id}) is not None

    def open_orders(self) -> Sequence[Order]:
        """Orders of all accounts with a line placed, confirmed or partly shipped, by number; staff only."""
        return self._read(_OPEN, {})

    def _read(self, selection: _Selection, parameters: Mapping[str, Any]) -> Sequence[Order]:
        headers = self._transaction.rows(selection.headers, parameters)
        if not headers:
            return []
        lines: dict[str, list[Any]] = defaultdict(list)
        for row in self._transaction.rows(selection.lines, parameters):
            lines[row[1]].append(tables.ORDER_LINE_ROWS.entity(row[3:]))
        tax: dict[str, list[Any]] = defaultdict(list)
        for row in self._transaction.rows(selection.tax, parameters):
            tax[row[1]].append(tables.TAX_ROWS.entity(row[3:]))
        return [
            tables.ORDER_ROWS.entity(row, lines=tuple(lines[row[0]]), tax=tuple(tax[row[0]]))
            for row in headers
        ]


def _state_row(line: OrderLine) -> tuple[Any, ...]:
    return (
        line.state.value,
        line.quantity_shipped,
        line.quantity_cancelled,
        line.promised_on and line.promised_on.isoformat(),
        line.cancel_cause and line.cancel_cause.value,
        line.cancel_reason,
    )


def _line_row(line: OrderLine) -> list[Any]:
    row = tables.ORDER_LINE_ROWS.row(line)
    # in the order of the columns, of which the name's key is older than the last one
    row.insert(-1, _folded(line.name))
    return row


def _amended_row(line: OrderLine) -> tuple[Any, ...]:
    row = tables.ORDER_LINE_ROWS.named(line)
    return tuple(row[name] for name in _AMENDED)


def _only(orders: Sequence[Order]) -> Order | None:
    return orders[0] if orders else None


_SHIPPED = tables.shipped_lines.c
_SHIPPED_INSERT = insert(tables.shipped_lines)
_UNBILLED = Prepared(
    sa.select(tables.shipped_lines)
    .where(
        _SHIPPED.account_id == sa.bindparam("account_id"),
        _SHIPPED.shipped_on <= sa.bindparam("up_to"),
        tables.UNBILLED,
    )
    .order_by(_SHIPPED.shipped_on, _SHIPPED.ship_notice_number, _SHIPPED.line_id)
)
_PLACE = (_SHIPPED.shipped_on, _SHIPPED.ship_notice_number, _SHIPPED.line_id)
_DEPARTMENT = _SHIPPED.department == sa.bindparam("department")


def _to_bill(*more: sa.ColumnElement[bool]) -> tuple[sa.ColumnElement[bool] | sa.TextClause, ...]:
    own = _SHIPPED.account_id == sa.bindparam("account_id")
    return own, *more, _SHIPPED.shipped_on <= sa.bindparam("up_to"), tables.UNBILLED


def _batch(*more: sa.ColumnElement[bool]) -> Prepared:
    behind = sa.tuple_(*_PLACE) > sa.tuple_(*(sa.bindparam(f"after_{one.name}") for one in _PLACE))
    return Prepared(
        sa.select(tables.shipped_lines)
        .where(*_to_bill(*more), behind)
        .order_by(*_PLACE)
        .limit(sa.bindparam("limit", type_=sa.BigInteger()))
    )


_BATCH, _BATCH_OF_DEPARTMENT = _batch(), _batch(_DEPARTMENT)
_BILL_ALL = Prepared(sa.update(tables.shipped_lines).where(*_to_bill()), columns=["invoice_number"])
_BILL_ALL_OF_DEPARTMENT = Prepared(
    sa.update(tables.shipped_lines).where(*_to_bill(_DEPARTMENT)), columns=["invoice_number"]
)
_UNBILLED_DEPARTMENTS = Prepared(
    sa.select(_SHIPPED.department).where(*_to_bill()).distinct().order_by(_SHIPPED.department)
)
_OF_NOTICES = Prepared(
    sa.select(tables.shipped_lines)
    .where(
        _SHIPPED.account_id == sa.bindparam("account_id"),
        OneOf(_SHIPPED.ship_notice_number, "ship_notice_numbers"),
    )
    .order_by(_SHIPPED.ship_notice_number, _SHIPPED.line_id)
)
_SHIPMENTS_AFTER = Prepared(
    sa.select(_SHIPPED.ship_notice_number)
    .where(_SHIPPED.account_id == sa.bindparam("account_id"), _SHIPPED.shipped_on > sa.bindparam("day"))
    .distinct()
    .order_by(_SHIPPED.ship_notice_number)
)
_FIRST_UNBILLED = Prepared(
    sa.select(_SHIPPED.account_id, sa.func.min(_SHIPPED.shipped_on))
    .where(tables.UNBILLED)
    .group_by(_SHIPPED.account_id)
    .order_by(_SHIPPED.account_id)
)
_BILL = Prepared(
    sa.update(tables.shipped_lines).where(
        _SHIPPED.account_id == sa.bindparam("account_id"),
        _SHIPPED.ship_notice_number == sa.bindparam("ship_notice_number"),
        _SHIPPED.line_id == sa.bindparam("line_id"),
        tables.UNBILLED,
    ),
    columns=["invoice_number"],
)


class SqlShippedLines:
    """Shipped lines and whether they are billed."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, lines: Iterable[ShippedLine]) -> None:
        """Store new ones; StorageConflict when notice and line exist."""
        self._transaction.run_many(_SHIPPED_INSERT, map(tables.SHIPPED_LINE_ROWS.row, lines))

    def unbilled(self, account_id: str, up_to: date) -> Sequence[ShippedLine]:
        """Lines of an account shipped up to that day without an invoice, by day, notice and line."""
        rows = self._transaction.rows(_UNBILLED, {"account_id": account_id, "up_to": up_to.isoformat()})
        return [tables.SHIPPED_LINE_ROWS.entity(row) for row in rows]

    def unbilled_batch(
        self,
        account_id: str,
        up_to: date,
        limit: int,
        *,
        after: ShippedLine | None = None,
        department: str | None = None,
    ) -> Sequence[ShippedLine]:
        """Up to ``limit`` of the lines without an invoice, in the same order, behind one of them."""
        parameters = {
            "account_id": account_id,
            "up_to": up_to.isoformat(),
            "limit": limit,
            "after_shipped_on": after.shipped_on.isoformat() if after else "",
            "after_ship_notice_number": after.ship_notice_number if after else "",
            "after_line_id": after.line_id if after else "",
            **({} if department is None else {"department": department}),
        }
        statement = _BATCH if department is None else _BATCH_OF_DEPARTMENT
        rows = self._transaction.rows(statement, parameters)
        return [tables.SHIPPED_LINE_ROWS.entity(row) for row in rows]

    def unbilled_departments(self, account_id: str, up_to: date) -> Sequence[str]:
        """The departments that have lines without an invoice, in order."""
        parameters = {"account_id": account_id, "up_to": up_to.isoformat()}
        return [name for (name,) in self._transaction.rows(_UNBILLED_DEPARTMENTS, parameters)]

    def of_notices(self, account_id: str, ship_notice_numbers: Iterable[str]) -> Sequence[ShippedLine]:
        """All lines of some shipments of an account, billed or not, by notice and line."""
        keys = self._transaction.keys(ship_notice_numbers)
        parameters = {"account_id": account_id, "ship_notice_numbers": keys}
        return [
            tables.SHIPPED_LINE_ROWS.entity(row) for row in self._transaction.rows(_OF_NOTICES, parameters)
        ]

    def shipments_after(self, account_id: str, day: date) -> Sequence[str]:
        """Numbers of the shipments of an account that left after that day, in order."""
        parameters = {"account_id": account_id, "day": day.isoformat()}
        return [number for (number,) in self._transaction.rows(_SHIPMENTS_AFTER, parameters)]

    def first_unbilled(self) -> Sequence[tuple[str, date]]:
        """Account id and its earliest unbilled shipping day, for every account that has one; staff only."""
        rows = self._transaction.rows(_FIRST_UNBILLED)
        return [(account_id, date.fromisoformat(day)) for account_id, day in rows]

    def bill(self, lines: Iterable[ShippedLine], invoice_number: str) -> None:
        """Mark as billed; StorageConflict when one of them is already."""
        rows = [(invoice_number, line.account_id, line.ship_notice_number, line.line_id) for line in lines]
        if self._transaction.run_many(_BILL, rows) != len(rows):
            raise self._transaction.conflict("a shipped line is billed already, or not there")

    def bill_all(
        self, account_id: str, up_to: date, invoice_number: str, *, department: str | None = None
    ) -> int:
        """Mark as billed every line that ``unbilled_batch`` gives; how many there were."""
        parameters = {"invoice_number": invoice_number, "account_id": account_id, "up_to": up_to.isoformat()}
        if department is None:
            return self._transaction.run_named(_BILL_ALL, parameters)
        return self._transaction.run_named(_BILL_ALL_OF_DEPARTMENT, {**parameters, "department": department})
