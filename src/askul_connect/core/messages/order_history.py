"""Requests and responses of the history of orders (ORD-10)."""

from __future__ import annotations

from datetime import date

from attrs import frozen

from askul_connect.core.domain.catalog import Fulfilment
from askul_connect.core.domain.order_query import EmptyCause, OrderFilter, TotalsBy
from askul_connect.core.domain.orders import Channel, OrderState
from askul_connect.core.messages.paging import ListRequest, PageInfo


@frozen(kw_only=True)
class OrderFilters:
    """What orders are narrowed by; an order is found when it meets everything that is given.

    What is said of lines (department, fulfilment, item, quantity) has to hold of one and the same line of an order.

    Attributes:
        date_from, date_to: First and last order date. What is older than three years is found by its number only.
        placed_by: Id of the user or machine identity that placed it.
        fulfilment: Who ships: the supplier's own stock, or the maker directly.
        item_name: Words, each a part of the item's name; widths, kana and case do not matter.
        quantity_from, quantity_to: Of a line, in sales units.
        order_number: The supplier's number or the purchase order's.
        amount_from, amount_to: Of the order's total with tax, minor units.
    """

    date_from: date | None = None
    date_to: date | None = None
    department: str = ""
    placed_by: str = ""
    fulfilment: Fulfilment | None = None
    sku: str = ""
    item_name: str = ""
    quantity_from: int | None = None
    quantity_to: int | None = None
    order_number: str = ""
    status: OrderState | None = None
    channel: Channel | None = None
    amount_from: int | None = None
    amount_to: int | None = None


@frozen(kw_only=True)
class SearchOrdersRequest(ListRequest):
    """A search in the history; the cursor is good for the same filters only.

    Attributes:
        filters: None for all orders of the last three years.
    """

    filters: OrderFilters | None = None


@frozen(kw_only=True)
class OrderSummary:
    """One order as a row of the history.

    Attributes:
        total_excl_tax, total_incl_tax: Minor units.
        item_names: Of its first twenty lines, each name once.
        departments: Codes of all its lines, sorted.
        lines: How many it has.
        ship_notices: Numbers of its delivery notes.
        invoices: Numbers of the invoices it is on; only for callers who may read invoices.
    """

    order_number: str
    purchase_order_id: str
    order_date: date
    status: OrderState
    channel: Channel
    placed_by: str
    currency: str
    total_excl_tax: int
    total_incl_tax: int
    item_names: tuple[str, ...]
    departments: tuple[str, ...]
    lines: int
    ship_notices: tuple[str, ...]
    invoices: tuple[str, ...]


@frozen(kw_only=True)
class EmptyExplanation:
    """One reason why nothing was found; every number counts only what the caller may see.

    Attributes:
        filter: The filter that alone leaves nothing.
        orders: How many there would be without it, or how many are older than what the history shows.
        online_since: The first order date that the history shows.
        departments: The departments that the caller is limited to.
        message: The reason in a sentence, in English and in Japanese.
    """

    cause: EmptyCause
    filter: OrderFilter | None
    orders: int | None
    online_since: date | None
    departments: tuple[str, ...]
    message: str
    message_ja: str


@frozen(kw_only=True)
class SearchOrdersResponse:
    """One page of the history, the newest first.

    Attributes:
        empty_because: Why nothing was found; on an empty first page only.
    """

    orders: tuple[OrderSummary, ...]
    page: PageInfo
    empty_because: tuple[EmptyExplanation, ...] = ()


@frozen(kw_only=True)
class SummariseOrdersRequest:
    """Add up what a search would find.

    Attributes:
        by: What the lines are added up by.
        filters: None for all orders of the last three years.
    """

    by: TotalsBy
    filters: OrderFilters | None = None


@frozen(kw_only=True)
class OrderGroup:
    """The lines of one month, department or category that fit the filters; amounts in minor units.

    Attributes:
        key: ``2026-11``, a department's code or the first step of a category's path; empty where there is none.
        orders: How many have such a line.
        quantity: Sales units that were not cancelled.
        amount_excl_tax: As ordered, without what was cancelled as a whole.
    """

    key: str
    orders: int
    lines: int
    quantity: int
    amount_excl_tax: int


@frozen(kw_only=True)
class SummariseOrdersResponse:
    """The totals.

    Attributes:
        orders, total_excl_tax, total_incl_tax: Of all orders that a search would find, as a whole.
        groups: Of their lines, by key.
    """

    currency: str
    orders: int
    total_excl_tax: int
    total_incl_tax: int
    groups: tuple[OrderGroup, ...]
