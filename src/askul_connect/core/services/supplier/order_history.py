"""Finding orders of the last years by whatever is known of them, and adding them up (ORD-10)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import date

from attrs import evolve

from askul_connect.core.domain.order_query import OrderPlace, OrderQuery, OrderRow
from askul_connect.core.domain.search_text import words_of
from askul_connect.core.errors import AskulConnectError, Problem, ValueInvalid
from askul_connect.core.messages.canonical import content_hash
from askul_connect.core.messages.order_history import (
    EmptyExplanation,
    OrderFilters,
    OrderGroup,
    OrderSummary,
    SearchOrdersRequest,
    SearchOrdersResponse,
    SummariseOrdersRequest,
    SummariseOrdersResponse,
)
from askul_connect.core.messages.paging import PageInfo
from askul_connect.core.operations.registry import ACCOUNTANTS
from askul_connect.core.policies.empty_texts import empty_text
from askul_connect.core.policies.order_history import (
    EmptyFacts,
    EmptyReason,
    asked_filters,
    day_before,
    explain_empty,
    online_since,
    without_filter,
)
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.cursors import check_page_size, opened_cursor, sealed_cursor
from askul_connect.core.services.supplier.findings import finding

MAXIMUM_WORDS = 10
_TEXT_LENGTH = 200
#: What both databases take for an integer.
_HIGHEST = 2**63 - 1
_INVOICES = "ListInvoices"


def search_orders(context: Context, request: SearchOrdersRequest) -> SearchOrdersResponse:
    """One page of the orders that meet every filter, the newest first.

    A page goes on behind the last order of the page before, wherever that stands by then: what is ordered meanwhile
    comes in front and moves nothing.

    Raises:
        CursorExpired: The cursor is not one of these filters.
        ValueInvalid: A filter is out of range; every finding is named.
    """
    check_page_size(request)
    filters = request.filters or OrderFilters()
    query = order_query(context, filters)
    feed = f"order-search:{content_hash(filters)}"
    after = _place(opened_cursor(context, feed, request.cursor)) if request.cursor else None
    search = context.unit.order_search
    found = search.page(query, after, request.page_size + 1)
    shown = found[: request.page_size]
    last = shown[-1].place if shown else after
    first_page = not request.cursor
    return SearchOrdersResponse(
        orders=tuple(_summary(context, row) for row in shown),
        page=PageInfo(
            next_cursor=sealed_cursor(context, feed, _text(last)) if last else "",
            more=len(found) > len(shown),
            total=search.count(query) if first_page else None,
        ),
        empty_because=tuple(map(_explained, _reasons(context, filters, query)))
        if first_page and not shown
        else (),
    )


def summarise_orders(context: Context, request: SummariseOrdersRequest) -> SummariseOrdersResponse:
    """The orders that a search would find, added up; their lines by month, department or category.

    Raises:
        ValueInvalid: A filter is out of range; every finding is named.
    """
    query = order_query(context, request.filters or OrderFilters())
    total = context.unit.order_search.total(query)
    return SummariseOrdersResponse(
        currency=context.house.profile.currency,
        orders=total.orders,
        total_excl_tax=total.total_excl_tax,
        total_incl_tax=total.total_incl_tax,
        groups=tuple(
            OrderGroup(
                key=one.key,
                orders=one.orders,
                lines=one.lines,
                quantity=one.quantity,
                amount_excl_tax=one.amount_excl_tax,
            )
            for one in context.unit.order_search.totals(query, request.by)
        ),
    )


def order_query(context: Context, filters: OrderFilters) -> OrderQuery:
    """What the storage is asked for a caller: of its account and departments only, and no further back than online.

    Raises:
        ValueInvalid: A filter is out of range; every finding is named.
    """
    problems = tuple(_problems(filters))
    if problems:
        raise ValueInvalid("the filters cannot be searched by", problems=problems)
    number = _plain(filters.order_number)
    since = online_since(context.today)
    return OrderQuery(
        account_id=context.caller.account_id,
        scope=context.caller.departments,
        first=filters.date_from if number else max(filters.date_from or since, since),
        last=filters.date_to,
        department=filters.department,
        placed_by=filters.placed_by,
        fulfilment=filters.fulfilment,
        sku=_plain(filters.sku),
        item_words=words_of(filters.item_name),
        quantity_from=filters.quantity_from,
        quantity_to=filters.quantity_to,
        number=number,
        state=filters.status,
        channel=filters.channel,
        amount_from=filters.amount_from,
        amount_to=filters.amount_to,
    )


def _plain(code: str) -> str:
    """A code as it is typed, in full width or with spaces around."""
    return unicodedata.normalize("NFKC", code).strip()


def _problems(filters: OrderFilters) -> Iterator[Problem]:
    for name in ("department", "placed_by", "sku", "item_name", "order_number"):
        if len(getattr(filters, name)) > _TEXT_LENGTH:
            yield _finding(ValueInvalid, f"at most {_TEXT_LENGTH} characters are searched", name)
    if len(words_of(filters.item_name)) > MAXIMUM_WORDS:
        yield _finding(ValueInvalid, f"at most {MAXIMUM_WORDS} words are searched", "item_name")
    for name in ("date", "quantity", "amount"):
        first, last = getattr(filters, f"{name}_from"), getattr(filters, f"{name}_to")
        if first is not None and last is not None and first > last:
            yield _finding(ValueInvalid, f"{first} is behind {last}", f"{name}_from")
    for name in ("quantity_from", "quantity_to", "amount_from", "amount_to"):
        if not 0 <= (getattr(filters, name) or 0) <= _HIGHEST:
            yield _finding(ValueInvalid, "this is no quantity or amount", name)


def _finding(kind: type[AskulConnectError], detail: str, name: str) -> Problem:
    return finding(kind, detail, where=f"filters/{name}")


def _text(place: OrderPlace) -> str:
    return f"{place.order_date} {place.order_number}"


def _place(text: str) -> OrderPlace:
    day, _, number = text.partition(" ")
    return OrderPlace(order_date=date.fromisoformat(day), order_number=number)


def _summary(context: Context, row: OrderRow) -> OrderSummary:
    return OrderSummary(
        order_number=row.order_number,
        purchase_order_id=row.purchase_order_id,
        order_date=row.order_date,
        status=row.state,
        channel=row.channel,
        placed_by=row.placed_by,
        currency=row.currency,
        total_excl_tax=row.total_excl_tax,
        total_incl_tax=row.total_incl_tax,
        item_names=row.item_names,
        departments=row.departments,
        lines=row.lines,
        ship_notices=row.ship_notices,
        invoices=row.invoices if _reads_invoices(context) else (),
    )


def _reads_invoices(context: Context) -> bool:
    caller = context.caller
    if caller.operations is not None:
        return _INVOICES in caller.operations
    return caller.role in ACCOUNTANTS


def _reasons(context: Context, filters: OrderFilters, query: OrderQuery) -> Iterator[EmptyReason]:
    """Why nothing was found: counted without each filter, among what the caller may see and nothing else."""
    search, since = context.unit.order_search, online_since(context.today)
    asked = asked_filters(query, period=bool(filters.date_from or filters.date_to))
    limited = query.first is not None
    older = evolve(query, first=filters.date_from, last=min(query.last or date.max, day_before(since)))
    everything = OrderQuery(account_id=query.account_id, scope=query.scope, first=since)
    facts = EmptyFacts(
        without={name: search.count(without_filter(query, name, since)) for name in asked},
        visible=search.count(everything),
        older=search.count(older) if limited else 0,
        online_since=since,
        scope=query.scope,
    )
    yield from explain_empty(facts)


def _explained(reason: EmptyReason) -> EmptyExplanation:
    text = empty_text(reason)
    return EmptyExplanation(
        cause=reason.cause,
        filter=reason.filter,
        orders=reason.orders,
        online_since=reason.online_since,
        departments=reason.departments,
        message=text.en,
        message_ja=text.ja,
    )
