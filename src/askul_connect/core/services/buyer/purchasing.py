"""Taking purchase orders from the ERP: translate, recognise, check the budget, reserve, store with what must be sent.

One purchase order is one unit of work: it is taken whole or not at all, and a bad one does not stop the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from attrs import evolve, frozen

from askul_connect.core.domain import mapping as tables
from askul_connect.core.domain.allowances import net_of
from askul_connect.core.domain.budget_approvals import BudgetStage
from askul_connect.core.domain.correlation import correlated
from askul_connect.core.domain.currency import currency
from askul_connect.core.domain.money import UnitPrice
from askul_connect.core.domain.purchasing import (
    LedgerMove,
    PurchaseLine,
    PurchaseOrderKey,
    PurchaseOrderRecord,
    PurchaseOrderState,
)
from askul_connect.core.errors import (
    CallerError,
    ConfigurationError,
    PurchaseOrderConflict,
    ValueInvalid,
)
from askul_connect.core.messages.canonical import content_hash
from askul_connect.core.messages.purchase_order import PurchaseOrder
from askul_connect.core.messages.purchase_order_change import PurchaseOrderChange
from askul_connect.core.policies.budget_periods import period_of_day
from askul_connect.core.policies.budgeting import rate_of_day
from askul_connect.core.policies.mapping import MappedOrder, translate
from askul_connect.core.policies.settings import IdsRepeat
from askul_connect.core.ports.buyer_storage import BuyerUnitOfWork
from askul_connect.core.ports.documents import RejectedPurchaseOrder
from askul_connect.core.ports.erp import IncomingDocument
from askul_connect.core.services.buyer.approving import ask, is_refused, post_order, release_if_enough
from askul_connect.core.services.buyer.budget_checking import check_budgets
from askul_connect.core.services.buyer.desk import LOGGER, Desk
from askul_connect.core.services.buyer.outgoing import PLACE_ORDER_KIND, resume_message
from askul_connect.core.services.buyer.report import Tally
from askul_connect.core.services.buyer.settling import account_of, due_moves
from askul_connect.core.services.units import run_unit


@frozen(kw_only=True)
class Taken:
    """What became of one document of the ERP: the purchase orders stored, and what cannot be.

    Attributes:
        places: Where each line stands in the document, by purchase order and line.
        changes: The changes of purchase orders in it, which are taken once all purchase orders are.
        changed: Purchase order and change id of those that were taken.
    """

    document: str
    keys: tuple[PurchaseOrderKey, ...]
    rejected: tuple[RejectedPurchaseOrder, ...]
    places: Mapping[tuple[str, str], str]
    changes: tuple[PurchaseOrderChange, ...] = ()
    changed: tuple[tuple[PurchaseOrderKey, str], ...] = ()


def take_document(desk: Desk, document: IncomingDocument, mapping: tables.Mapping, tally: Tally) -> Taken:
    """Take every purchase order of one document that can be taken.

    Raises:
        OurError: Our storage fails; nothing of the purchase order at hand is stored.
    """
    try:
        found = desk.erp.read(document)
    except CallerError as error:
        unread = RejectedPurchaseOrder(purchase_order_id="", error=error)
        return Taken(document=document.name, keys=(), rejected=(unread,), places={})
    keys: list[PurchaseOrderKey] = []
    rejected: list[RejectedPurchaseOrder] = []
    places: dict[tuple[str, str], str] = {}
    changes: list[PurchaseOrderChange] = []
    for entry in found:
        if isinstance(entry, RejectedPurchaseOrder):
            # what could not be read as far as its buyer is taken for one of ours
            correlation_id = _correlation_id(desk, entry.purchase_order_id)
            rejected.append(evolve(entry, correlation_id=correlation_id))
            continue
        if isinstance(entry, PurchaseOrderChange):
            changes.append(entry)
            continue
        places.update({(entry.purchase_order_id, line.line_id): line.where for line in entry.lines})
        correlation_id = correlation_of(desk, entry)
        try:
            with correlated(correlation_id):
                keys.append(_take(desk, document.name, entry, mapping, tally))
        except CallerError as error:
            rejected.append(
                RejectedPurchaseOrder(
                    purchase_order_id=entry.purchase_order_id, error=error, correlation_id=correlation_id
                )
            )
    return Taken(
        document=document.name,
        keys=tuple(keys),
        rejected=tuple(rejected),
        places=places,
        changes=tuple(changes),
    )


def correlation_of(desk: Desk, po: PurchaseOrder | PurchaseOrderChange) -> str:
    """The id of a purchase order in the logs: its key, known before anything of it is translated."""
    return _correlation_id(desk, po.purchase_order_id, po.buyer_party, po.issued_on)


def _correlation_id(
    desk: Desk, purchase_order_id: str, buyer_party: str = "", issued_on: date | None = None
) -> str:
    if not purchase_order_id:
        return ""
    yearly = desk.rules.ids_repeat is not IdsRepeat.NEVER
    return str(
        PurchaseOrderKey(
            buyer_party=buyer_party or desk.rules.own_party,
            purchase_order_id=purchase_order_id,
            issue_year=issued_on.year if yearly and issued_on else 0,
        )
    )


def _take(
    desk: Desk, document: str, po: PurchaseOrder, mapping: tables.Mapping, tally: Tally
) -> PurchaseOrderKey:
    record = prepare(desk, document, po, mapping)
    accepted, warnings = run_unit(desk.storage, lambda unit: accept(desk, unit, record))
    if accepted:
        tally.accepted += 1
        tally.changed = True
        tally.warnings.extend(warnings)
        LOGGER.info("purchase order %s taken from %s", record.key, document)
        desk.say(
            "purchase order",
            f"{po.purchase_order_id} accepted, {len(record.lines)} lines, for {record.supplier}",
        )
    return record.key


def prepare(desk: Desk, document: str, po: PurchaseOrder, mapping: tables.Mapping) -> PurchaseOrderRecord:
    """The purchase order in the supplier's terms, ready to be accepted.

    Raises:
        UnmappedValue: Something in it is in no mapping table; all findings are listed.
        ConfigurationError: It is for a supplier connection that is not configured.
        ValueInvalid: Its key cannot be made.
        ExchangeRateMissing: Its currency has no rate into that of the budgets.
    """
    mapped = translate(
        po, mapping, default_supplier=desk.rules.default_supplier, own_party=desk.rules.own_party
    )
    if mapped.supplier not in desk.suppliers:
        names = ", ".join(sorted(desk.suppliers)) or "none"
        raise ConfigurationError(
            f"there is no supplier connection {mapped.supplier!r}; configured: {names}", where="suppliers"
        )
    key = PurchaseOrderKey(
        buyer_party=mapped.buyer_party,
        purchase_order_id=mapped.purchase_order_id,
        issue_year=_issue_year(desk, mapped),
    )
    return _record(desk, document, mapped, key, mapping)


def _issue_year(desk: Desk, mapped: MappedOrder) -> int:
    if desk.rules.ids_repeat is IdsRepeat.NEVER:
        return 0
    if mapped.issued_on is None:
        raise ValueInvalid(
            "the document has no issue date, but erp.ids_repeat says that numbers start again each year;"
            " use a format with an issue date, or set it to 'never'",
            where="issue date",
        )
    return mapped.issued_on.year


def _record(
    desk: Desk, document: str, mapped: MappedOrder, key: PurchaseOrderKey, mapping: tables.Mapping
) -> PurchaseOrderRecord:
    of = currency(mapped.currency)
    today, budgets = desk.today(), desk.rules.budgets
    period = period_of_day(today, budgets)
    rate = rate_of_day(mapped.currency, budgets.currency, today, mapping.rates)
    return PurchaseOrderRecord(
        key=key,
        content_hash=_bought(mapped),
        supplier=mapped.supplier,
        currency=mapped.currency,
        state=PurchaseOrderState.ACCEPTED,
        lines=tuple(
            PurchaseLine(
                line_id=line.line_id,
                sku=line.sku,
                quantity=line.quantity,
                unit=line.unit,
                unit_price=line.unit_price,
                amount_excl_tax=UnitPrice(line.unit_price, of).times(line.quantity).minor
                + net_of(line.allowances),
                department=line.department,
                cost_centre=line.cost_centre,
                account=line.account,
                requested_on=line.requested_on,
                tax_category=line.tax_category,
                period=period,
                allowances=line.allowances,
                requisition_id=line.requisition_id,
                requisition_line_id=line.requisition_line_id,
            )
            for line in mapped.lines
        ),
        accepted_at=desk.timeline.now(),
        correlation_id=str(key),
        document=document,
        allowances=mapped.allowances,
        anticipated=mapped.anticipated,
        terms=budgets.terms(rate=rate),
    )


def _bought(mapped: MappedOrder) -> str:
    """Hash of what is bought, and of nothing else.

    The same order in another format, in other rows or with other accounts in the mapping tables is the same order.
    """
    lines = tuple(
        (
            line.line_id,
            line.sku,
            line.quantity,
            line.unit,
            line.unit_price,
            line.department,
            line.cost_centre,
            line.requested_on,
        )
        for line in mapped.lines
    )
    bought: tuple[object, ...] = (mapped.supplier, mapped.currency, lines)
    taken_off = tuple((line.line_id, line.allowances) for line in mapped.lines if line.allowances)
    if mapped.allowances or taken_off:
        # an order without them hashes as it did before there were any
        bought = (*bought, mapped.allowances, taken_off)
    return content_hash(bought)


def accept(desk: Desk, unit: BuyerUnitOfWork, record: PurchaseOrderRecord) -> tuple[bool, list[str]]:
    """Store a purchase order with its reservation and its message to the supplier.

    One that the supplier refused may be corrected and dropped again under its number; one whose sending was given up
    is sent again when it is dropped again. One that waits for a person is sent once its budgets have enough.

    Returns:
        Whether there is something new to send, and warnings. Else the same content again changes nothing.

    Raises:
        PurchaseOrderConflict: The key exists with other content.
        BudgetExceeded, BudgetMissing: The budget does not allow it; all budgets concerned are listed.
    """
    known = unit.purchase_orders.get(record.key)
    if known is not None and known.state is PurchaseOrderState.GIVEN_UP:
        # its document still waits to be told so; dropped again after that, it is taken anew
        return False, []
    if known is not None and known.state is not PurchaseOrderState.REFUSED:
        if known.content_hash == record.content_hash:
            if known.state is PurchaseOrderState.HELD:
                return release_if_enough(desk, unit, known), []
            return resume_message(desk, unit, PLACE_ORDER_KIND, str(record.key)), []
        raise PurchaseOrderConflict(
            f"{record.key.purchase_order_id} of {record.key.buyer_party} was taken from {known.document}"
            f" on {known.accepted_at:%Y-%m-%d} with other content",
            where="purchase_order_id",
        )
    if known is not None and known.content_hash == record.content_hash and is_refused(unit, str(record.key)):
        return False, []
    record = evolve(record, attempt=1 if known is None else known.attempt + 1)
    moves = due_moves(desk, unit, record, source=record.document)
    check = check_budgets(
        desk,
        unit,
        number=record.key.purchase_order_id,
        document=record.document,
        moves=moves,
        accounts=[
            account_of(desk, str(record.key), record.currency, record.terms, line) for line in record.lines
        ],
        action=desk.rules.budgets.over_budget,
    )
    record = evolve(
        record,
        budget_before=_before(check.available, moves, str(record.key)),
        state=PurchaseOrderState.HELD if check.over else PurchaseOrderState.ACCEPTED,
    )
    if known is None:
        unit.purchase_orders.add(record)
    else:
        unit.purchase_orders.save(record)
    unit.budgets.move(moves)
    if check.over:
        ask(
            desk,
            unit,
            stage=BudgetStage.ORDER,
            document=str(record.key),
            number=record.key.purchase_order_id,
            reason="; ".join(check.over),
        )
    else:
        post_order(desk, unit, record)
    return True, check.warnings


def _before(available: int | None, moves: list[LedgerMove], document: str) -> int | None:
    """What was available before, with what is taken over from requisitions."""
    if available is None:
        return None
    taken_over = [move for move in moves if move.purchase_order != document]
    return available - sum(move.pre_encumbrance + move.encumbrance + move.actual for move in taken_over)
