"""Why a search in the history found nothing, in the two languages of the product (ORD-10)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from askul_connect.core.domain.order_query import EmptyCause, OrderFilter
from askul_connect.core.errors import Text
from askul_connect.core.policies.order_history import EmptyReason

FILTER_NAMES: Mapping[OrderFilter, Text] = MappingProxyType(
    {
        OrderFilter.PERIOD: Text(ja="期間", en="the period"),
        OrderFilter.DEPARTMENT: Text(ja="部署", en="the department"),
        OrderFilter.USER: Text(ja="注文者", en="the person who ordered"),
        OrderFilter.FULFILMENT: Text(ja="出荷元", en="who ships"),
        OrderFilter.SKU: Text(ja="商品番号", en="the item"),
        OrderFilter.ITEM_NAME: Text(ja="商品名", en="the item's name"),
        OrderFilter.QUANTITY: Text(ja="数量", en="the quantity"),
        OrderFilter.NUMBER: Text(ja="注文番号", en="the number"),
        OrderFilter.STATUS: Text(ja="状況", en="the status"),
        OrderFilter.CHANNEL: Text(ja="注文経路", en="the channel"),
        OrderFilter.AMOUNT: Text(ja="金額", en="the amount"),
    }
)


def empty_text(reason: EmptyReason) -> Text:
    """A reason in words."""
    since, count = reason.online_since, reason.orders
    if reason.cause is EmptyCause.FILTER and reason.filter is not None:
        name = FILTER_NAMES[reason.filter]
        return Text(
            ja=f"「{name.ja}」の条件を外すと {count} 件あります。",
            en=f"Without {name.en} there would be {_orders(count)}.",
        )
    if reason.cause is EmptyCause.PERIOD_LIMIT:
        return Text(
            ja=f"{since} より前の注文が {count} 件あります。番号を指定すると見つかります。",
            en=f"{_orders(count)} from before {since} can be found by number.",
        )
    if reason.cause is EmptyCause.DEPARTMENTS:
        codes = ", ".join(reason.departments)
        return Text(
            ja=f"閲覧できるのは部署 {codes} の注文だけです。ほかの部署のことは管理者に尋ねてください。",
            en=f"You see orders of {codes} only; ask your administrator about other departments.",
        )
    if reason.cause is EmptyCause.TOGETHER:
        return Text(
            ja=f"{count} 件の注文がありますが、すべての条件を満たすものはありません。条件を減らしてください。",
            en=f"Of {_orders(count)} none meets all filters together; try fewer.",
        )
    return Text(
        ja=f"{since} 以降の注文はまだありません。",
        en=f"There are no orders since {since} yet.",
    )


def _orders(count: int | None) -> str:
    return "1 order" if count == 1 else f"{count} orders"
