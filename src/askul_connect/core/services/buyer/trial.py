"""A run without effect: everything is checked, and nothing is stored, sent or moved (INT-10)."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import field, frozen

from askul_connect.core.domain.correlation import correlated
from askul_connect.core.domain.mapping import Mapping
from askul_connect.core.domain.purchase_changes import ChangeState, OrderChange
from askul_connect.core.domain.purchasing import PurchaseOrderKey, PurchaseOrderRecord, PurchaseOrderState
from askul_connect.core.errors import AskulConnectError, CallerError, CapabilityMissing
from askul_connect.core.messages.documents import OrderDocument
from askul_connect.core.messages.purchase_order import PurchaseOrder
from askul_connect.core.messages.purchase_order_change import PurchaseOrderChange
from askul_connect.core.policies.retry import is_refusal
from askul_connect.core.ports.buyer_storage import BuyerUnitOfWork
from askul_connect.core.ports.channel import Capability
from askul_connect.core.ports.documents import RejectedPurchaseOrder
from askul_connect.core.services.buyer.altering import try_change
from askul_connect.core.services.buyer.budgeting import budgets_of_erp
from askul_connect.core.services.buyer.changing import accept_change
from askul_connect.core.services.buyer.channel import require
from askul_connect.core.services.buyer.desk import Desk
from askul_connect.core.services.buyer.expecting import orders_of
from askul_connect.core.services.buyer.placing import place_request
from askul_connect.core.services.buyer.preparing import prepare
from askul_connect.core.services.buyer.purchasing import accept_parts, correlation_of
from askul_connect.core.services.buyer.report import OrderRow, RunReport, Tally
from askul_connect.core.services.buyer.requisitioning import would_reserve
from askul_connect.core.services.buyer.routing import Router
from askul_connect.core.services.holding import require_released
from askul_connect.core.services.units import run_unit, try_unit


@frozen(kw_only=True)
class _Tried:
    """What would be sent to the suppliers.

    Attributes:
        reserved: What each purchase order would reserve, minor units.
        changes: What would be changed, with the supplier's orders concerned.
    """

    records: list[PurchaseOrderRecord] = field(factory=list)
    changes: list[tuple[PurchaseOrderRecord, OrderChange, Sequence[OrderDocument]]] = field(factory=list)
    reserved: dict[PurchaseOrderKey, int] = field(factory=dict)
    tally: Tally = field(factory=Tally)


def try_desk(desk: Desk) -> RunReport:
    """What a run would take from the ERP and what the suppliers would answer, as they stand now.

    Raises:
        OurError: Our own storage fails.
        ConfigurationError: The mapping tables or budgets are not accepted.
        CopyOnHold: This is a restored copy that was not told to resume.
    """
    run_unit(desk.storage, require_released)
    tried = _would_accept(desk)
    rows = tuple(_ask(desk, record, tried) for record in tried.records)
    for record, change, orders in tried.changes:
        with correlated(record.correlation_id):
            _try_change(desk, record, change, orders, tried.tally)
    return tried.tally.report(open_matches=0, rows=rows, trial=True)


@frozen(kw_only=True)
class _Prepared:
    """A purchase order that was read, and what of it would be accepted, or why nothing."""

    document: str
    entry: PurchaseOrder
    records: tuple[PurchaseOrderRecord, ...] = ()
    error: CallerError | None = None


@frozen(kw_only=True)
class _Incoming:
    """What waits in the ERP, read and prepared.

    Attributes:
        unreadable: Document, purchase order and why.
        changes: With their documents.
    """

    unreadable: list[tuple[str, str, AskulConnectError]] = field(factory=list)
    orders: list[_Prepared] = field(factory=list)
    changes: list[tuple[str, PurchaseOrderChange]] = field(factory=list)


def _would_accept(desk: Desk) -> _Tried:
    """Accept everything in one unit, so that purchase orders of one budget are checked together, and undo it."""
    router = Router(desk, desk.erp.mapping())
    # suppliers may be asked here, so no unit is open
    incoming = _read_all(desk, router)

    return try_unit(desk.storage, lambda unit: _accept_all(desk, unit, incoming, router.mapping))


def _prepare(desk: Desk, document: str, entry: PurchaseOrder, router: Router) -> _Prepared:
    try:
        records = prepare(desk, document, entry, router)
    except CallerError as error:
        return _Prepared(document=document, entry=entry, error=error)
    return _Prepared(document=document, entry=entry, records=records)


def _accept_all(
    desk: Desk,
    unit: BuyerUnitOfWork,
    incoming: _Incoming,
    mapping: Mapping,
) -> _Tried:
    tried = _Tried()
    for name, number, unread in incoming.unreadable:
        tried.tally.rejected(name, number, unread)
    unit.budgets.put(budgets_of_erp(desk))
    would_reserve(desk, unit, mapping, tried.tally)
    keys: list[PurchaseOrderKey] = []
    for one in incoming.orders:
        try:
            if one.error is not None:
                raise one.error
            taken = accept_parts(desk, unit, one.records)
        except CallerError as error:
            correlation_id = correlation_of(desk, one.entry)
            tried.tally.rejected(one.document, one.entry.purchase_order_id, error, correlation_id)
            continue
        for record, (new, warnings) in zip(one.records, taken, strict=True):
            tried.tally.warnings.extend(warnings)
            tried.tally.accepted += new and not record.part_of
            keys.append(record.key)
    for name, change in incoming.changes:
        _accept_change(desk, unit, name, change, mapping, tried)
    # as the changes have left them
    for key in dict.fromkeys(keys):
        stored = unit.purchase_orders.get(key)
        if stored is not None and stored.state is PurchaseOrderState.HELD:
            tried.tally.warnings.append(f"{key.purchase_order_id} would wait for a person's word")
        if stored is not None and stored.state is PurchaseOrderState.ACCEPTED:
            tried.records.append(stored)
            moves = unit.budgets.moves(str(key))
            tried.reserved[key] = sum(move.pre_encumbrance for move in moves)
    return tried


def _accept_change(  # noqa: PLR0917 -- one change and all it is looked at with
    desk: Desk,
    unit: BuyerUnitOfWork,
    name: str,
    change: PurchaseOrderChange,
    mapping: Mapping,
    tried: _Tried,
) -> None:
    try:
        parts = accept_change(desk, unit, name, change, mapping)
    except (CallerError, CapabilityMissing) as error:
        tried.tally.rejected(name, change.purchase_order_id, error, correlation_of(desk, change))
        return
    for accepted in parts:
        tried.tally.warnings.extend(accepted.warnings)
        if accepted.change.state is ChangeState.WAITING:
            orders = orders_of(unit, accepted.record)
            tried.changes.append((accepted.record, accepted.change, orders))
    if any(one.new and one.change.state is not ChangeState.WAITING for one in parts):
        tried.tally.order_changes += 1


def _try_change(
    desk: Desk,
    record: PurchaseOrderRecord,
    change: OrderChange,
    orders: Sequence[OrderDocument],
    tally: Tally,
) -> None:
    number = record.key.purchase_order_id
    what = f"{change.change_id} of {number}"
    if record.state is not PurchaseOrderState.PLACED:
        desk.say("trial", f"{what} waits until {record.supplier} has answered the purchase order")
        return
    try:
        try_change(desk, record, change, orders)
    except AskulConnectError as error:
        if is_refusal(error):
            tally.rejected(change.document, record.document_id, error, record.correlation_id)
        else:
            tally.failed(record.supplier, change.business_key, error)
        desk.say("trial", f"{what} would not be carried out: {error.detail}")
    else:
        tally.order_changes += 1
        desk.say("trial", f"{what} would be carried out by {record.supplier}")


def _read_all(desk: Desk, router: Router) -> _Incoming:
    incoming = _Incoming()
    for document in desk.erp.incoming():
        try:
            found = desk.erp.read(document)
        except CallerError as error:
            incoming.unreadable.append((document.name, "", error))
            continue
        for entry in found:
            if isinstance(entry, RejectedPurchaseOrder):
                incoming.unreadable.append((document.name, entry.purchase_order_id, entry.error))
            elif isinstance(entry, PurchaseOrderChange):
                incoming.changes.append((document.name, entry))
            else:
                incoming.orders.append(_prepare(desk, document.name, entry, router))
    return incoming


def _ask(desk: Desk, record: PurchaseOrderRecord, tried: _Tried) -> OrderRow:
    with correlated(record.correlation_id):
        return _asked(desk, record, tried)


def _asked(desk: Desk, record: PurchaseOrderRecord, tried: _Tried) -> OrderRow:
    number, channel = record.key.purchase_order_id, desk.suppliers[record.supplier].channel
    orders: tuple[OrderDocument, ...] = ()
    state = "would be placed"
    try:
        require(channel, Capability.TRIAL, record.supplier)
        request = place_request(desk, record, trial=True)
        orders = channel.place(
            request, key=f"trial:{record.key}", correlation_id=record.correlation_id
        ).orders
        desk.say("trial", f"{number} would be placed at {record.supplier}")
    except AskulConnectError as error:
        if is_refusal(error):
            tried.tally.rejected(record.document, record.document_id, error, record.correlation_id)
            state = "would be refused"
        else:
            tried.tally.failed(record.supplier, str(record.key), error)
            state = "not known"
        desk.say("trial", f"{number} {state}: {error.detail}")
    return OrderRow(
        purchase_order_id=number,
        order_numbers=(),
        supplier=record.supplier,
        state=state,
        departments=tuple(sorted({line.department for line in record.lines})),
        currency=record.currency,
        total_incl_tax=sum(order.total_incl_tax for order in orders) if orders else None,
        budget_before=record.budget_before,
        budget_after=None
        if record.budget_before is None
        else record.budget_before - tried.reserved[record.key],
        invoices=(),
        match="",
        correlation_id=record.correlation_id,
        budget_currency=(record.terms.currency if record.terms else "") or record.currency,
    )
