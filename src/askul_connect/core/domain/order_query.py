"""What the history of orders is asked, and what it answers with (ORD-10)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from attrs import field, frozen

from askul_connect.core.domain.catalog import Fulfilment
from askul_connect.core.domain.orders import Channel, OrderState

#: Names of items that a row of the history shows; an order of more says how many lines it has.
SHOWN_NAMES = 20


class OrderFilter(StrEnum):
    """What the history can be narrowed by."""

    PERIOD = "period"
    DEPARTMENT = "department"
    USER = "user"
    FULFILMENT = "fulfilment"
    SKU = "sku"
    ITEM_NAME = "item_name"
    QUANTITY = "quantity"
    NUMBER = "number"
    STATUS = "status"
    CHANNEL = "channel"
    AMOUNT = "amount"


class TotalsBy(StrEnum):
    """What totals are made by."""

    MONTH = "month"
    DEPARTMENT = "department"
    CATEGORY = "category"


class EmptyCause(StrEnum):
    """Why a search found nothing."""

    NO_ORDERS = "no_orders"
    FILTER = "filter"
    TOGETHER = "together"
    PERIOD_LIMIT = "period_limit"
    DEPARTMENTS = "departments"


@frozen(kw_only=True)
class OrderQuery:
    """Orders of one account; what is empty or None narrows nothing.

    What is said of lines (department, fulfilment, item, quantity) has to hold of one and the same line of an order.

    Attributes:
        account_id: Whose.
        scope: Departments of which every line of an order must be; empty for all of the account (ACC-5).
        first, last: First and last order date.
        placed_by: User or client credential.
        item_words: Folded words that the item's name has, all of them.
        number: The supplier's number, or the purchase order's.
        amount_from, amount_to: Of the order's total with tax, minor units.
    """

    account_id: str
    scope: frozenset[str] = frozenset()
    first: date | None = None
    last: date | None = None
    department: str = ""
    placed_by: str = ""
    fulfilment: Fulfilment | None = None
    sku: str = ""
    item_words: tuple[str, ...] = ()
    quantity_from: int | None = None
    quantity_to: int | None = None
    number: str = ""
    state: OrderState | None = None
    channel: Channel | None = None
    amount_from: int | None = None
    amount_to: int | None = None


#: The fields of a query that each filter sets, with what they are without it.
FILTER_FIELDS: Mapping[OrderFilter, Mapping[str, Any]] = MappingProxyType(
    {
        OrderFilter.PERIOD: {"first": None, "last": None},
        OrderFilter.DEPARTMENT: {"department": ""},
        OrderFilter.USER: {"placed_by": ""},
        OrderFilter.FULFILMENT: {"fulfilment": None},
        OrderFilter.SKU: {"sku": ""},
        OrderFilter.ITEM_NAME: {"item_words": ()},
        OrderFilter.QUANTITY: {"quantity_from": None, "quantity_to": None},
        OrderFilter.NUMBER: {"number": ""},
        OrderFilter.STATUS: {"state": None},
        OrderFilter.CHANNEL: {"channel": None},
        OrderFilter.AMOUNT: {"amount_from": None, "amount_to": None},
    }
)


@frozen(kw_only=True)
class OrderPlace:
    """Where a page of the history ends: newest first, by order date, then number."""

    order_date: date
    order_number: str


@frozen(kw_only=True)
class OrderRow:
    """One order as a row of the history shows it.

    Attributes:
        total_excl_tax, total_incl_tax: Minor units.
        item_names: Of the first lines, in their order, each name once.
        departments: Codes of all lines, sorted.
        lines: How many there are.
        ship_notices, invoices: Numbers of the documents about it, sorted.
    """

    order_number: str
    purchase_order_id: str
    order_date: date
    placed_by: str
    channel: Channel
    currency: str
    total_excl_tax: int
    total_incl_tax: int
    state: OrderState
    item_names: tuple[str, ...]
    departments: tuple[str, ...]
    lines: int
    ship_notices: tuple[str, ...] = field(default=())
    invoices: tuple[str, ...] = field(default=())

    @property
    def place(self) -> OrderPlace:
        """Where it stands."""
        return OrderPlace(order_date=self.order_date, order_number=self.order_number)


@frozen(kw_only=True)
class OrderTotal:
    """Orders added up; minor units."""

    orders: int
    total_excl_tax: int
    total_incl_tax: int


@frozen(kw_only=True)
class LineTotal:
    """Lines of one month, department or category added up.

    Attributes:
        key: ``2026-11``, a department's code or the first step of a category's path; empty where there is none.
        orders: How many have such a line.
        quantity: Sales units that were not cancelled.
        amount_excl_tax: Minor units, as ordered; lines that were cancelled as a whole count nowhere.
    """

    key: str
    orders: int
    lines: int
    quantity: int
    amount_excl_tax: int
