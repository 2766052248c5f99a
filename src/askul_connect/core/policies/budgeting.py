"""Moves of the budget ledger: facts in, keyed moves out (INT-3).

A line's value is what it uses of a budget, in minor units, with or without tax as the settings say. What it holds is
given back in proportion to its units, the last unit taking the rest, so that a line that is fully shipped, cancelled
and invoiced holds exactly nothing, in whatever order that happened.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from attrs import evolve, frozen

from askul_connect.core.domain.allowances import AllowanceCharge, shares, taxed_amounts
from askul_connect.core.domain.purchasing import LedgerMove, MoveKind, PurchaseLine, PurchaseOrderRecord
from askul_connect.core.domain.rounding import Rounding, divide
from askul_connect.core.domain.tax import TaxCategory, TaxTable, TaxTotal, tax_subtotals
from askul_connect.core.policies.settings import BudgetBasis, BudgetPeriod


def period_of_day(day: date, period: BudgetPeriod) -> str:
    """The budget period a business date belongs to: ``2026-04`` or ``2026``."""
    return f"{day.year:04d}-{day.month:02d}" if period is BudgetPeriod.MONTH else f"{day.year:04d}"


@frozen(kw_only=True)
class TaxedLine:
    """What decides a line's value."""

    line_id: str
    amount_excl_tax: int
    category: TaxCategory
    rate: Decimal


@frozen(kw_only=True)
class Borne:
    """An allowance or charge of an order as a whole, and the lines that bear it; none named means all."""

    entry: AllowanceCharge
    line_ids: frozenset[str] = frozenset()


def line_values(
    lines: Sequence[TaxedLine], tax: Iterable[TaxTotal], basis: BudgetBasis, borne: Iterable[Borne] = ()
) -> dict[str, int]:
    """What each line of a document uses of a budget.

    Allowances and charges of an order as a whole are spread over its lines by their amounts. With tax, the document's
    own tax of each rate (rounded once per rate) is spread over what is taxed at that rate. Both by largest remainder,
    so that the lines' values add up to the document's total exactly, in whatever order the lines are.
    """
    in_order = sorted(lines, key=lambda line: line.line_id)
    values = {line.line_id: line.amount_excl_tax for line in lines}
    taxed: dict[tuple[TaxCategory, Decimal], dict[str, int]] = {}
    for line in in_order:
        taxed.setdefault((line.category, line.rate), {})[line.line_id] = line.amount_excl_tax
    for each in borne:
        bearers = [line for line in in_order if not each.line_ids or line.line_id in each.line_ids]
        parts = shares(each.entry.net, [line.amount_excl_tax for line in bearers]) if bearers else ()
        for line, part in zip(bearers, parts, strict=True):
            values[line.line_id] += part
            own = (line.category, line.rate)
            entry = each.entry
            rate = line.rate if entry.tax_rate is None else entry.tax_rate
            key = own if entry.tax_category is None else (entry.tax_category, rate)
            of_rate = taxed.setdefault(key, {})
            of_rate[line.line_id] = of_rate.get(line.line_id, 0) + part
    if basis is BudgetBasis.EXCL_TAX:
        return values
    for subtotal in tax:
        weights = taxed.get((subtotal.category, subtotal.rate), {})
        if weights:
            # tax on nothing has no proportion: each line bears the same
            parts = shares(subtotal.tax, list(weights.values()))
            for line_id, part in zip(weights, parts, strict=True):
                values[line_id] += part
    return values


def reserved_values(
    lines: Sequence[PurchaseLine],
    table: TaxTable,
    on: date,
    basis: BudgetBasis,
    allowances: Iterable[AllowanceCharge] = (),
) -> dict[str, int]:
    """What the lines of a purchase order use before the supplier has said how they are taxed.

    A line whose tax category the ERP does not state is taken as taxed at the standard rate: a reservation may be
    too high until the order is placed, never too low.
    """
    taxed = []
    for line in lines:
        category = line.tax_category or TaxCategory.STANDARD
        taxed.append(
            TaxedLine(
                line_id=line.line_id,
                amount_excl_tax=line.amount_excl_tax,
                category=category,
                rate=table.rate(category, on).rate,
            )
        )
    rated = [
        entry
        if entry.tax_category is None
        else evolve(entry, tax_rate=table.rate(entry.tax_category, on).rate)
        for entry in allowances
    ]
    amounts = [(line.category, line.rate, line.amount_excl_tax) for line in taxed]
    tax = tax_subtotals(taxed_amounts(amounts, rated))
    return line_values(taxed, tax, basis, [Borne(entry=entry) for entry in rated])


@frozen(kw_only=True)
class LineHold:
    """What one line holds of its budget, from the moves made so far.

    Attributes:
        units: Units of the encumbrance that have been neither given back nor turned into actual.
    """

    pre_encumbrance: int
    encumbrance: int
    units: int


def hold_of(moves: Iterable[LedgerMove], line_id: str) -> LineHold:
    """The hold of one line of a purchase order."""
    pre = held = units = 0
    for move in moves:
        if move.line_id == line_id:
            pre += move.pre_encumbrance
            held += move.encumbrance
            units += {MoveKind.ENCUMBRANCE: move.quantity, MoveKind.PRE_ENCUMBRANCE: 0}.get(
                move.kind, -move.quantity
            )
    return LineHold(pre_encumbrance=pre, encumbrance=held, units=max(units, 0))


def _move(
    kind: MoveKind,
    record: PurchaseOrderRecord,
    line: PurchaseLine,
    *,
    source: str,
    key: str,
    now: datetime,
    quantity: int,
    pre: int = 0,
    held: int = 0,
    actual: int = 0,
) -> LedgerMove:
    return LedgerMove(
        # as JSON, so that no two lists of ids make one key
        move_key=json.dumps([kind, str(record.key), line.line_id, key], ensure_ascii=False),
        kind=kind,
        department=line.department,
        period=line.period,
        currency=record.currency,
        quantity=quantity,
        pre_encumbrance=pre,
        encumbrance=held,
        actual=actual,
        source=source,
        purchase_order=str(record.key),
        line_id=line.line_id,
        at=now,
    )


def reserve(record: PurchaseOrderRecord, values: dict[str, int], now: datetime) -> list[LedgerMove]:
    """The purchase order reserves what its lines use."""
    return [
        _move(
            MoveKind.PRE_ENCUMBRANCE,
            record,
            line,
            source=record.document,
            key=str(record.attempt),
            now=now,
            quantity=line.quantity,
            pre=values[line.line_id],
        )
        for line in record.lines
    ]


@frozen(kw_only=True)
class OrderedLine:
    """What the supplier took of a line: in which order, how many units, and what they use of a budget."""

    order_number: str
    quantity: int
    value: int


def commit(
    record: PurchaseOrderRecord,
    moves: Sequence[LedgerMove],
    taken: Mapping[str, OrderedLine],
    now: datetime,
) -> list[LedgerMove]:
    """The order exists: each line's reservation becomes an encumbrance of the order's own value.

    A line that the supplier left out gives its reservation back.

    Args:
        record: The purchase order.
        moves: Its moves so far.
        taken: By line of the purchase order, what the supplier took.
        now: When.
    """
    made = []
    for line in record.lines:
        reserved = hold_of(moves, line.line_id).pre_encumbrance
        ordered = taken.get(line.line_id)
        kind = MoveKind.RELIEF if ordered is None else MoveKind.ENCUMBRANCE
        made.append(
            _move(
                kind,
                record,
                line,
                source=ordered.order_number if ordered else "left out",
                key=f"placed:{record.attempt}",
                now=now,
                quantity=ordered.quantity if ordered else 0,
                pre=-reserved,
                held=ordered.value if ordered else 0,
            )
        )
    return made


def give_back(record: PurchaseOrderRecord, moves: Sequence[LedgerMove], now: datetime) -> list[LedgerMove]:
    """The supplier refused: every reservation is given back."""
    return [
        _move(
            MoveKind.RELIEF,
            record,
            line,
            source="refused",
            key=f"refused:{record.attempt}",
            now=now,
            quantity=0,
            pre=-hold_of(moves, line.line_id).pre_encumbrance,
        )
        for line in record.lines
    ]


def _share(hold: LineHold, units: int) -> int:
    if units >= hold.units:
        return hold.encumbrance
    return divide(hold.encumbrance * units, hold.units, Rounding.DOWN)


def relieve(
    record: PurchaseOrderRecord,
    line: PurchaseLine,
    moves: Sequence[LedgerMove],
    *,
    order_number: str,
    cancelled: int,
    now: datetime,
) -> list[LedgerMove]:
    """Units that will never come (cancelled, short shipped) give back their part.

    Args:
        record: The purchase order.
        line: Its line.
        moves: The purchase order's moves so far.
        order_number: The supplier's order that says so.
        cancelled: All units of the line cancelled so far, as the order says.
        now: When.
    """
    known = sum(
        move.quantity
        for move in moves
        if move.kind is MoveKind.RELIEF and move.line_id == line.line_id and move.source == order_number
    )
    units = cancelled - known
    if units <= 0:
        return []
    hold = hold_of(moves, line.line_id)
    return [
        _move(
            MoveKind.RELIEF,
            record,
            line,
            source=order_number,
            key=f"{order_number}:{cancelled}",
            now=now,
            quantity=units,
            held=-_share(hold, units),
        )
    ]


def actualise(
    record: PurchaseOrderRecord,
    line: PurchaseLine,
    moves: Sequence[LedgerMove],
    *,
    invoice_line: str,
    units: int,
    value: int,
    now: datetime,
) -> LedgerMove:
    """A matched invoice line: its units' part of the encumbrance goes, its own value becomes actual.

    Args:
        record: The purchase order.
        line: Its line.
        moves: The purchase order's moves so far.
        invoice_line: Supplier, invoice and line number: the key.
        units: Units invoiced.
        value: What the invoice line uses of the budget, minor units.
        now: When.
    """
    return _move(
        MoveKind.ACTUAL,
        record,
        line,
        source=invoice_line,
        key=invoice_line,
        now=now,
        quantity=units,
        held=-_share(hold_of(moves, line.line_id), units),
        actual=value,
    )
