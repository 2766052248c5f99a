"""The outage playbook from the buyer's own data: what to do, and an order form, with no supplier to ask (SUP-3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from difflib import get_close_matches

from attrs import field, frozen

from askul_connect.core.domain.outbox import OutboxState
from askul_connect.core.errors import Problem, Text, ValueInvalid
from askul_connect.core.messages.documents import OrderDocument
from askul_connect.core.policies.outage_playbook import (
    FALLBACKS,
    HAVE_READY,
    STEPS,
    Fallback,
    Information,
    Step,
)
from askul_connect.core.ports.buyer_storage import BuyerUnitOfWork

_LATEST = 5
_MOST_QUANTITY = 9_999_999
_WAITING = frozenset({OutboxState.PENDING, OutboxState.UNKNOWN, OutboxState.HELD})


@frozen(kw_only=True)
class FormHead:
    """Who orders and where to; empty is what nobody has said.

    Attributes:
        deliver_to: Address with its postcode.
    """

    company: str = ""
    member_number: str = ""
    contact: str = ""
    email: str = ""
    phone: str = ""
    deliver_to: str = ""


@frozen(kw_only=True)
class FormLine:
    """One line of the order form, as it was last ordered.

    Attributes:
        unit_price: Decimal text, of the last order; the supplier decides today's.
    """

    sku: str
    name: str
    quantity: int
    unit: str
    unit_price: str
    currency: str
    department: str
    last_ordered_on: date


@frozen(kw_only=True)
class OrderForm:
    """What a faxed order says.

    Attributes:
        missing: Names of the fields of the head that are still to be filled in by hand.
    """

    supplier: str
    head: FormHead
    lines: tuple[FormLine, ...]
    missing: tuple[str, ...] = field(default=())


@frozen(kw_only=True)
class LatestOrder:
    """An order that was synchronised: what support asks for first."""

    order_number: str
    purchase_order_id: str
    ordered_on: date
    state: str


@frozen(kw_only=True)
class OutagePlaybook:
    """What to do while a supplier does not work, and what of it is known here.

    Attributes:
        waiting: Purchase orders that are still in the outbox: they are sent by themselves later, so none of them
            should be ordered by fax as well without taking it out.
        order_form: None when nothing was asked for.
    """

    supplier: str
    steps: tuple[Step, ...]
    channels: tuple[Fallback, ...]
    have_ready: tuple[Information, ...]
    latest_orders: tuple[LatestOrder, ...]
    waiting: tuple[str, ...]
    order_form: OrderForm | None = None


def outage_playbook(
    unit: BuyerUnitOfWork, supplier: str, head: FormHead, items: Mapping[str, int]
) -> OutagePlaybook:
    """The playbook for one supplier, from this database alone.

    Args:
        unit: The buyer's.
        supplier: Name of the connection.
        head: Who orders and where to.
        items: Item number -> quantity, for the order form; none for no form.

    Raises:
        ValueInvalid: An item was never ordered there, or a quantity is not accepted; all findings at once.
    """
    orders = [order for name, order in unit.history.orders() if name == supplier]
    orders.sort(key=lambda order: (order.placed_at, order.order_number), reverse=True)
    waiting = (
        message.business_key
        for message in unit.outbox.all()
        if message.target == supplier and message.state in _WAITING
    )
    return OutagePlaybook(
        supplier=supplier,
        steps=STEPS,
        channels=FALLBACKS,
        have_ready=HAVE_READY,
        latest_orders=tuple(
            LatestOrder(
                order_number=order.order_number,
                purchase_order_id=order.purchase_order_id,
                ordered_on=order.order_date,
                state=order.state.value,
            )
            for order in orders[:_LATEST]
        ),
        waiting=tuple(waiting),
        order_form=_form(supplier, head, items, orders) if items else None,
    )


def _form(
    supplier: str, head: FormHead, items: Mapping[str, int], newest_first: Sequence[OrderDocument]
) -> OrderForm:
    known: dict[str, FormLine] = {}
    for order in newest_first:
        for line in order.lines:
            known.setdefault(
                line.sku,
                FormLine(
                    sku=line.sku,
                    name=line.name,
                    quantity=items.get(line.sku, 0),
                    unit=line.unit,
                    unit_price=format(line.unit_price, "f"),
                    currency=order.currency,
                    department=line.department,
                    last_ordered_on=order.order_date,
                ),
            )
    problems = [*_unknown(items, known), *_wrong(items)]
    if problems:
        raise ValueInvalid(
            "the order form cannot be filled in", where="--order-form", problems=tuple(problems)
        )
    values = {
        name: getattr(head, name) for name in ("company", "member_number", "contact", "phone", "deliver_to")
    }
    return OrderForm(
        supplier=supplier,
        head=head,
        lines=tuple(known[sku] for sku in items),
        missing=tuple(name for name, value in values.items() if not value),
    )


def _unknown(items: Mapping[str, int], known: Mapping[str, FormLine]) -> list[Problem]:
    found = []
    for sku in items:
        if sku not in known:
            near = get_close_matches(sku, known, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            found.append(_problem(f"{sku!r} was never ordered from this supplier{hint}", sku))
    return found


def _wrong(items: Mapping[str, int]) -> list[Problem]:
    return [
        _problem(f"a quantity is 1 to {_MOST_QUANTITY:,}, not {quantity}", sku)
        for sku, quantity in items.items()
        if not 1 <= quantity <= _MOST_QUANTITY
    ]


def _problem(detail: str, sku: str) -> Problem:
    return Problem(code=ValueInvalid.code, detail=detail, where=f"--order-form {sku}", remedy=_REMEDY.en)


_REMEDY = Text(
    ja="注文履歴にある品番と数量を指定してください。",
    en="Give an item number of the order history, and a quantity.",
)
