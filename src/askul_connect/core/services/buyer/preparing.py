"""Purchase orders in their suppliers' terms, ready to be accepted: translated, routed and divided by what is stored."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve

from askul_connect.core.domain import mapping as tables
from askul_connect.core.domain.allowances import net_of
from askul_connect.core.domain.currency import currency
from askul_connect.core.domain.money import UnitPrice
from askul_connect.core.domain.purchasing import (
    PurchaseLine,
    PurchaseOrderKey,
    PurchaseOrderRecord,
    PurchaseOrderState,
    part_key,
)
from askul_connect.core.errors import ConfigurationError, PurchaseOrderConflict, ValueInvalid
from askul_connect.core.messages.canonical import content_hash
from askul_connect.core.messages.purchase_order import PurchaseOrder
from askul_connect.core.policies.budget_periods import period_of_day
from askul_connect.core.policies.budgeting import rate_of_day
from askul_connect.core.policies.mapping import MappedOrder, item_of, translate
from askul_connect.core.policies.settings import IdsRepeat
from askul_connect.core.services.buyer.desk import Desk
from askul_connect.core.services.buyer.routing import Part, Router, known_parts
from askul_connect.core.services.units import run_unit


def prepare(desk: Desk, document: str, po: PurchaseOrder, router: Router) -> tuple[PurchaseOrderRecord, ...]:
    """The purchase order in its suppliers' terms, ready to be accepted: one record for each supplier.

    Suppliers are asked where rules decide; nothing of our database is held open meanwhile.

    Raises:
        UnmappedValue: Something in it is in no mapping table; all findings are listed.
        ConfigurationError: It is for a supplier connection that is not configured.
        ValueInvalid: Its key cannot be made, or it may not be divided and has to be.
        ExchangeRateMissing: Its currency has no rate into that of the budgets.
        PurchaseOrderConflict: A part of it was taken with other content.
    """
    routed = router.decides(po)
    mapped = router.translated(po) if routed else _for_one(desk, po, router)
    key = _key(desk, mapped)
    known = run_unit(desk.storage, lambda unit: known_parts(unit, key)) if routed else ()
    alive = [record for record in known if record.state is not PurchaseOrderState.REFUSED]
    if alive and not alive[0].routing:
        # it was taken before there were rules, and goes on where it is
        mapped = translate(
            po, router.mapping, default_supplier=alive[0].supplier, own_party=desk.rules.own_party
        )
    elif routed:
        return _routed(router, document, po, key, known)
    _check_supplier(desk, mapped.supplier)
    return (_record(desk, document, mapped, key, router.mapping, content=_bought(mapped)),)


def _for_one(desk: Desk, po: PurchaseOrder, router: Router) -> MappedOrder:
    return translate(
        po, router.mapping, default_supplier=desk.rules.default_supplier, own_party=desk.rules.own_party
    )


def _check_supplier(desk: Desk, supplier: str) -> None:
    if supplier not in desk.suppliers:
        names = ", ".join(sorted(desk.suppliers)) or "none"
        raise ConfigurationError(
            f"there is no supplier connection {supplier!r}; configured: {names}", where="suppliers"
        )


def _routed(
    router: Router,
    document: str,
    po: PurchaseOrder,
    key: PurchaseOrderKey,
    known: Sequence[PurchaseOrderRecord],
) -> tuple[PurchaseOrderRecord, ...]:
    """One record for each supplier that the rules choose; of what is known already, only what was refused is moved."""
    desk, mapped = router.desk, router.translated(po)
    content = _bought(_in_the_erps_words(po, mapped))
    alive = [record for record in known if record.state is not PurchaseOrderState.REFUSED]
    if alive:
        if alive[0].content_hash != content:
            raise conflict_with(key, alive[0])
        held = {line.line_id for record in alive for line in record.lines}
        return tuple(
            record if record in alive else _again(desk, document, record, router)
            for record in known
            # one of an earlier division, whose lines have gone to others since, is over
            if record in alive or not held.issuperset(line.line_id for line in record.lines)
        )
    parts = router.parts(po, mapped)
    for part in parts:
        _check_supplier(desk, part.supplier)
    return tuple(
        _part_record(
            router, document, mapped, part, part_key(key, number), content=content, alone=len(parts) == 1
        )
        for number, part in enumerate(parts, start=1)
    )


def _part_record(
    router: Router,
    document: str,
    mapped: MappedOrder,
    part: Part,
    key: PurchaseOrderKey,
    *,
    content: str,
    alone: bool,
) -> PurchaseOrderRecord:
    mine = evolve(
        mapped,
        supplier=part.supplier,
        lines=part.lines,
        # a part's totals are not those that the document states
        anticipated=mapped.anticipated if alone else None,
    )
    record = _record(router.desk, document, mine, key, router.mapping, content=content)
    further = key.purchase_order_id != mapped.purchase_order_id
    return evolve(record, part_of=mapped.purchase_order_id if further else "", routing=part.routing)


def prepare_again(
    desk: Desk, document: str, po: PurchaseOrder, router: Router, known: PurchaseOrderRecord
) -> PurchaseOrderRecord | None:
    """What was taken before, as its document, tables and rules say now; None when the document is not of it.

    Of a divided purchase order it is the part alone, at whoever can deliver it now.

    Raises:
        UnmappedValue, ConfigurationError, ValueInvalid, ExchangeRateMissing: As :func:`prepare`.
        PurchaseOrderConflict: It is divided, and the document says something else than the parts were taken from.
    """
    if po.purchase_order_id != known.document_id:
        return None
    if not (known.routing and router.decides(po)):
        mapped = _for_one(desk, po, router)
        key = _key(desk, mapped)
        _check_supplier(desk, mapped.supplier)
        record = _record(desk, document, mapped, key, router.mapping, content=_bought(mapped))
        return record if key == known.key else None
    mapped = router.translated(po)
    key = _key(desk, mapped)
    if key != whole_key(known):
        return None
    content = _bought(_in_the_erps_words(po, mapped))
    parts = run_unit(desk.storage, lambda unit: known_parts(unit, key))
    if len(parts) > 1:
        if content != known.content_hash:
            raise conflict_with(key, known)
        ids = {line.line_id for line in known.lines}
        mapped = evolve(mapped, lines=tuple(line for line in mapped.lines if line.line_id in ids))
    [part] = router.parts(po, mapped, together=True)
    _check_supplier(desk, part.supplier)
    return _part_record(router, document, mapped, part, known.key, content=content, alone=len(parts) == 1)


def _again(desk: Desk, document: str, record: PurchaseOrderRecord, router: Router) -> PurchaseOrderRecord:
    """A part that its supplier refused, at whoever can deliver it now: the same one if there is nobody else."""
    moved = router.elsewhere(record, why="refused it") or record
    today, budgets = desk.today(), desk.rules.budgets
    period = period_of_day(today, budgets)
    rate = rate_of_day(moved.currency, budgets.currency, today, router.mapping.rates)
    return evolve(
        moved,
        state=PurchaseOrderState.ACCEPTED,
        lines=tuple(evolve(line, period=period) for line in moved.lines),
        accepted_at=desk.timeline.now(),
        document=document,
        order_numbers=(),
        refusal="",
        terms=budgets.terms(rate=rate),
    )


def _in_the_erps_words(po: PurchaseOrder, mapped: MappedOrder) -> MappedOrder:
    """What is bought, whoever will sell it."""
    items = {line.line_id: item_of(line) for line in po.lines}
    lines = tuple(evolve(line, sku=items[line.line_id]) for line in mapped.lines)
    return evolve(mapped, supplier="", lines=lines)


def _key(desk: Desk, mapped: MappedOrder) -> PurchaseOrderKey:
    return PurchaseOrderKey(
        buyer_party=mapped.buyer_party,
        purchase_order_id=mapped.purchase_order_id,
        issue_year=_issue_year(desk, mapped),
    )


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
    desk: Desk,
    document: str,
    mapped: MappedOrder,
    key: PurchaseOrderKey,
    mapping: tables.Mapping,
    *,
    content: str,
) -> PurchaseOrderRecord:
    of = currency(mapped.currency)
    today, budgets = desk.today(), desk.rules.budgets
    period = period_of_day(today, budgets)
    rate = rate_of_day(mapped.currency, budgets.currency, today, mapping.rates)
    return PurchaseOrderRecord(
        key=key,
        content_hash=content,
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


def whole_key(record: PurchaseOrderRecord) -> PurchaseOrderKey:
    """The ERP's key of what a part is of."""
    return evolve(record.key, purchase_order_id=record.document_id)


def conflict_with(key: PurchaseOrderKey, known: PurchaseOrderRecord) -> PurchaseOrderConflict:
    """That a purchase order was taken with other content."""
    whole = f", as a part of {known.part_of}," if known.part_of else ""
    return PurchaseOrderConflict(
        f"{key.purchase_order_id} of {key.buyer_party} was taken from {known.document}{whole}"
        f" on {known.accepted_at:%Y-%m-%d} with other content",
        where="purchase_order_id",
    )
