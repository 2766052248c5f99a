"""Entries of what happens to an order after it was placed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tenancy_entry import OWN, Asked, Entry, list_entry

from askul_connect.core.domain.orders import LineState
from askul_connect.core.domain.returns import ReturnReason, ReturnState
from askul_connect.core.messages import order_life, returns
from askul_connect.core.operations import order_life as operations


def _order(asked: Asked) -> str:
    """A fresh order to be changed; of another's, one that is done with."""
    return asked.estate.fresh_order(asked.own) if asked.whose == OWN else asked.order()


def _staffs_order(asked: Asked) -> tuple[str, str]:
    """A fresh order and an open ticket of its customer."""
    return asked.estate.fresh_order(asked.own), _ticket(asked)


def _ticket(asked: Asked) -> str:
    return asked.estate.people_of.ticket(asked.own, asked.estate.administrators[asked.own])[0]


def _shipped(asked: Asked) -> tuple[str, str]:
    """An order of which everything has left, and its ship notice."""
    return asked.estate.shipped_order(asked.own)


def _return_request(asked: Asked) -> Any:
    number = _shipped(asked)[0] if asked.whose == OWN else asked.order()
    line = returns.ReturnLineRequest(line_id="1", quantity=1, reason=ReturnReason.DAMAGED)
    return returns.RequestReturnRequest(order_number=number, lines=(line,))


def _return(asked: Asked, *, authorised: bool = False) -> str:
    """A return that waits for an answer, or for its goods."""
    made: str = asked.estate.made_return(asked.own)
    if authorised:
        request = returns.AuthoriseReturnRequest(return_number=made)
        asked.estate.as_staff(operations.AUTHORISE_RETURN, request)
    return made


_LIST = list_entry(returns.ListReturnsRequest, "ListReturns", "return_number")


def _listed(asked: Asked) -> Any:
    # each account has one at least
    for account in ("a", "b"):
        asked.estate.made_return(account)
    return _LIST.request(asked)


ORDER_LIFE_ENTRIES: Mapping[str, Entry] = {
    "CancelOrder": Entry(
        request=lambda asked: order_life.CancelOrderRequest(order_number=_order(asked)),
        reaches=lambda answer, _: answer.order.lines[0].state is LineState.CANCELLED,
        names={"order_number"},
        free={"lines"},
    ),
    "ChangeOrder": Entry(
        request=lambda asked: order_life.ChangeOrderRequest(
            order_number=_order(asked), lines=(order_life.ChangedLine(line_id="1", quantity=1),)
        ),
        reaches=lambda answer, _: answer.order.lines[0].quantity_cancelled == 1,
        names={"order_number"},
        free={"lines"},
    ),
    "RequestReturn": Entry(
        request=_return_request,
        reaches=lambda answer, _: answer.goods_return.state is ReturnState.REQUESTED,
        names={"order_number"},
        free={"lines"},
    ),
    "RejectLines": Entry(
        request=lambda asked: order_life.RejectLinesRequest(
            order_number=(order := _staffs_order(asked))[0],
            lines=(order_life.RejectedLine(line_id="1", reason="廃番"),),
            ticket=order[1],
        ),
        reaches=lambda answer, _: answer.order.lines[0].cancel_reason == "廃番",
        free={"order_number", "lines", "ticket"},
    ),
    "RecordDelivery": Entry(
        request=lambda asked: order_life.RecordDeliveryRequest(
            ship_notice_number=_shipped(asked)[1], ticket=_ticket(asked)
        ),
        reaches=lambda answer, _: answer.order_state == "delivered",
        free={"ship_notice_number", "ticket"},
    ),
    "CancelOrdersInBulk": Entry(
        request=lambda asked: order_life.CancelOrdersInBulkRequest(
            reason="停止", order_numbers=((order := _staffs_order(asked))[0],), ticket=order[1]
        ),
        reaches=lambda answer, _: len(answer.order_numbers) == 1,
        free={"reason", "order_numbers", "sku", "ticket"},
    ),
    "AuthoriseReturn": Entry(
        request=lambda asked: returns.AuthoriseReturnRequest(
            return_number=_return(asked), ticket=_ticket(asked)
        ),
        reaches=lambda answer, _: answer.goods_return.state is ReturnState.AUTHORISED,
        free={"return_number", "ticket"},
    ),
    "RefuseReturn": Entry(
        request=lambda asked: returns.RefuseReturnRequest(
            return_number=_return(asked), answer="開封済み", ticket=_ticket(asked)
        ),
        reaches=lambda answer, _: answer.goods_return.state is ReturnState.REFUSED,
        free={"return_number", "answer", "ticket"},
    ),
    "ReceiveReturn": Entry(
        request=lambda asked: returns.ReceiveReturnRequest(
            return_number=_return(asked, authorised=True),
            lines=(returns.ReceivedLine(line_id="1", quantity=1, sellable=1),),
            ticket=_ticket(asked),
        ),
        reaches=lambda answer, _: answer.goods_return.state is ReturnState.RECEIVED,
        free={"return_number", "lines", "ticket"},
    ),
    "ListReturns": Entry(request=_listed, reaches=_LIST.reaches, names=_LIST.names, wrong=_LIST.wrong),
}
