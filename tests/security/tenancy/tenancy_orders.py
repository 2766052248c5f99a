"""Entries of the history of orders, of ordering again and of what staff enter for customers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import attrs
from attrs import evolve
from tenancy_callers import Caller, expected
from tenancy_entry import ABSENT, OWN, Asked, Entry, listed

from askul_connect.core.domain.accounts import Role
from askul_connect.core.domain.order_query import TotalsBy
from askul_connect.core.messages import order_history, reordering, staff_entry
from askul_connect.core.messages.ordering import PlaceOrderRequest
from askul_connect.core.operations.order_history import (
    PLACE_ORDER_FOR_CUSTOMER,
    PROVIDE_HISTORY,
    QUOTE_FOR_CUSTOMER,
)

_LISTED = listed(order_history.SearchOrdersRequest, "SearchOrders")
_NOWHERE = order_history.OrderFilters(quantity_from=2, quantity_to=1)


def _filters(asked: Asked) -> order_history.OrderFilters:
    return order_history.OrderFilters(order_number=asked.order())


def _search(asked: Asked) -> Any:
    return evolve(_LISTED(asked), filters=_filters(asked))


def _member_number(asked: Asked) -> str:
    if asked.whose == ABSENT:
        return "M999999"
    with asked.estate.storage.begin() as unit:
        return str(unit.accounts.get(asked.estate.account_ids[asked.account]).member_number)


def _orderer(asked: Asked) -> str:
    if asked.whose != ABSENT and (asked.account, "orderer") not in asked.estate.people:
        asked.estate.person(asked.account, "orderer", Role.BUYER)
    return asked.user("orderer")


def _for_customer(asked: Asked) -> dict[str, Any]:
    return {
        # an open ticket of the caller's own customer, whomever the request names
        "ticket": asked.estate.people_of.ticket(asked.own, asked.estate.administrators[asked.own])[0],
        "member_number": _member_number(asked),
        "caller_check": staff_entry.CallerCheck.CALLED_BACK,
        "checked": "折り返し確認",
    }


def _entered(kind: Any, **changes: Any) -> Any:
    def make(asked: Asked) -> Any:
        number = f"FAX-{asked.estate.fresh()}"
        order: PlaceOrderRequest = asked.estate.order_request(evolve(asked, whose=OWN).own, number, "D1")
        wanted = {one.name: getattr(order, one.name) for one in attrs.fields(PlaceOrderRequest)}
        return kind(
            user_id=_orderer(asked),
            channel=staff_entry.EntryChannel.FAX,
            order=staff_entry.WantedOrder(**wanted),
            **{**_for_customer(asked), **changes},
        )

    return make


def _history(**changes: Any) -> Any:
    def make(asked: Asked) -> Any:
        period = {"date_from": date(2026, 1, 1), "date_to": date(2026, 12, 31)}
        return staff_entry.ProvideHistoryRequest(**{**period, **_for_customer(asked), **changes})

    return make


def _by_people_only(operation: Any) -> Any:
    """A program checks no caller: the supplier's own is refused what its people may."""

    def refused(caller: Caller) -> str:
        return "access-denied" if caller.staff else expected(operation, caller)

    return refused


ORDER_HISTORY_ENTRIES: Mapping[str, Entry] = {
    "SearchOrders": Entry(
        request=_search,
        reaches=lambda answer, asked: asked.order() in {one.order_number for one in answer.orders},
        names={"cursor", "filters"},
        wrong=(
            lambda _: order_history.SearchOrdersRequest(page_size=0),
            lambda _: order_history.SearchOrdersRequest(cursor="注文"),
            lambda _: order_history.SearchOrdersRequest(filters=_NOWHERE),
        ),
    ),
    "SummariseOrders": Entry(
        request=lambda asked: order_history.SummariseOrdersRequest(
            by=TotalsBy.DEPARTMENT, filters=_filters(asked)
        ),
        reaches=lambda answer, _: answer.orders == 1 and bool(answer.groups),
        names={"filters"},
        wrong=(lambda _: order_history.SummariseOrdersRequest(by=TotalsBy.MONTH, filters=_NOWHERE),),
    ),
    "Reorder": Entry(
        request=lambda asked: reordering.ReorderRequest(order_number=asked.order()),
        reaches=lambda answer, _: bool(answer.lines) and answer.lines[0].ordered_sku == "PEN",
        names={"order_number"},
        free={"line_ids"},
        wrong=(lambda asked: reordering.ReorderRequest(order_number=asked.order(), line_ids=("none-such",)),),
    ),
    "PlaceOrderForCustomer": Entry(
        request=_entered(staff_entry.PlaceOrderForCustomerRequest),
        reaches=lambda answer, _: bool(answer.orders[0].order_number),
        names={"member_number", "user_id"},
        free={"ticket", "checked"},
        wrong=(_entered(staff_entry.PlaceOrderForCustomerRequest, checked=""),),
        refuses=_by_people_only(PLACE_ORDER_FOR_CUSTOMER),
    ),
    "QuoteForCustomer": Entry(
        request=_entered(staff_entry.QuoteForCustomerRequest),
        reaches=lambda answer, _: bool(answer.orders[0].order_number),
        names={"member_number", "user_id"},
        free={"ticket", "checked"},
        wrong=(_entered(staff_entry.QuoteForCustomerRequest, checked=""),),
        refuses=_by_people_only(QUOTE_FOR_CUSTOMER),
    ),
    "ProvideHistory": Entry(
        request=_history(),
        reaches=lambda answer, _: answer.reference.isdigit(),
        names={"member_number"},
        free={"ticket", "checked"},
        wrong=(_history(checked=""),),
        refuses=_by_people_only(PROVIDE_HISTORY),
    ),
}
