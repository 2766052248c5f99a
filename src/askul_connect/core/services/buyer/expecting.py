"""What is wanted of a purchase order now: what the supplier's orders hold, and what changes on their way ask for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from attrs import evolve

from askul_connect.core.domain.allowances import net_of
from askul_connect.core.domain.currency import currency
from askul_connect.core.domain.money import UnitPrice
from askul_connect.core.domain.purchase_changes import ChangeState, OrderChange
from askul_connect.core.domain.purchasing import PurchaseLine, PurchaseOrderRecord, PurchaseOrderState
from askul_connect.core.messages.documents import OrderDocument
from askul_connect.core.ports.buyer_storage import BuyerUnitOfWork


def orders_of(unit: BuyerUnitOfWork, record: PurchaseOrderRecord) -> tuple[OrderDocument, ...]:
    """The supplier's orders of a purchase order that are stored, in their order."""
    found = unit.history.many(record.supplier, "orders", record.order_numbers) if record.order_numbers else {}
    return tuple(found[number] for number in record.order_numbers if number in found)


def live_units(unit: BuyerUnitOfWork, record: PurchaseOrderRecord) -> dict[str, int]:
    """Units of each line that are ordered and not cancelled; what the supplier left out has none."""
    if record.state is not PurchaseOrderState.PLACED:
        return {line.line_id: line.quantity for line in record.lines}
    units = Counter({line.line_id: 0 for line in record.lines})
    for order in orders_of(unit, record):
        for line in order.lines:
            units[line.line_id] += line.quantity - line.quantity_cancelled
    return dict(units)


def expected_units(
    unit: BuyerUnitOfWork, record: PurchaseOrderRecord, changes: Iterable[OrderChange]
) -> dict[str, int]:
    """Units of each line once every change that is on its way is carried out.

    Args:
        unit: The unit of work.
        record: The purchase order.
        changes: Its changes, by sequence.
    """
    units = live_units(unit, record)
    for change in changes:
        if change.state is ChangeState.WAITING:
            units.update({one.line_id: one.quantity for one in change.lines})
    return units


def amended(record: PurchaseOrderRecord, quantities: Mapping[str, int]) -> PurchaseOrderRecord:
    """A purchase order with other quantities, at its own prices and with the allowances of its lines."""
    code = currency(record.currency)
    lines = []
    for line in record.lines:
        quantity = quantities.get(line.line_id, line.quantity)
        if quantity != line.quantity:
            amount = UnitPrice(line.unit_price, code).times(quantity).minor + net_of(line.allowances)
            line = evolve(line, quantity=quantity, amount_excl_tax=amount if quantity else 0)  # noqa: PLW2901 -- it is that line, changed
        lines.append(line)
    return evolve(record, lines=tuple(lines))


def further_lines(record: PurchaseOrderRecord, more: Mapping[str, int]) -> tuple[PurchaseLine, ...]:
    """What is wanted more, as lines of its own; lines that do not want more are left out."""
    code = currency(record.currency)
    return tuple(
        evolve(
            line,
            quantity=more[line.line_id],
            amount_excl_tax=UnitPrice(line.unit_price, code).times(more[line.line_id]).minor,
            allowances=(),
        )
        for line in record.lines
        if more.get(line.line_id, 0) > 0
    )


def pending_lines(unit: BuyerUnitOfWork, record: PurchaseOrderRecord) -> tuple[PurchaseLine, ...]:
    """What changes on their way would add to a purchase order."""
    changes = [one for one in unit.order_changes.of_order(record.key) if one.state is ChangeState.WAITING]
    if not changes:
        return ()
    live = live_units(unit, record)
    expected = expected_units(unit, record, changes)
    return further_lines(record, {line_id: units - live[line_id] for line_id, units in expected.items()})
