"""Taking changes of purchase orders from the ERP: recognise, check, and do at once what no supplier has to agree to.

A purchase order that has not left is amended. One that a supplier has is changed by a message of its own (INT-11).
What the ERP no longer waits for, and waits for again, is between it and the budget.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import asdict, evolve, frozen

from askul_connect.core.domain import mapping as tables
from askul_connect.core.domain.correlation import correlated
from askul_connect.core.domain.findings import Findings
from askul_connect.core.domain.outbox import OutboxState
from askul_connect.core.domain.purchase_changes import ChangeKind, ChangeState, OrderChange, WantedUnits
from askul_connect.core.domain.purchasing import (
    PurchaseLine,
    PurchaseOrderKey,
    PurchaseOrderRecord,
    PurchaseOrderState,
)
from askul_connect.core.errors import (
    CallerError,
    CapabilityMissing,
    IllegalStep,
    PurchaseOrderConflict,
    PurchaseOrderUnknown,
    ValueInvalid,
)
from askul_connect.core.messages.canonical import content_hash
from askul_connect.core.messages.purchase_order_change import PurchaseOrderChange, PurchaseOrderChangeLine
from askul_connect.core.policies.settings import OverBudget
from askul_connect.core.ports.buyer_storage import BuyerUnitOfWork
from askul_connect.core.ports.channel import Capability
from askul_connect.core.ports.documents import RejectedPurchaseOrder
from askul_connect.core.services.buyer.approving import release_if_enough, withdraw_question
from askul_connect.core.services.buyer.budget_checking import check_budgets
from askul_connect.core.services.buyer.channel import require
from askul_connect.core.services.buyer.desk import LOGGER, Desk
from askul_connect.core.services.buyer.expecting import amended, expected_units
from askul_connect.core.services.buyer.outgoing import (
    CANCEL_ORDER_KIND,
    CHANGE_ORDER_KIND,
    PLACE_ORDER_KIND,
    post_message,
)
from askul_connect.core.services.buyer.placing import channel_of
from askul_connect.core.services.buyer.purchasing import Taken, correlation_of
from askul_connect.core.services.buyer.report import Tally
from askul_connect.core.services.buyer.routing import known_parts
from askul_connect.core.services.buyer.settling import due_moves
from askul_connect.core.services.units import run_unit

#: A change in one of these states is not taken again.
_SETTLED = frozenset({ChangeState.WAITING, ChangeState.DONE})
#: Nothing of a purchase order in one of these states is to be changed.
_OVER = frozenset({PurchaseOrderState.REFUSED, PurchaseOrderState.CANCELLED})


def take_changes(desk: Desk, taken: Taken, mapping: tables.Mapping, tally: Tally) -> Taken:
    """Take every change of one document that can be taken; its purchase orders were taken before.

    Raises:
        OurError: Our storage fails; nothing of the change at hand is stored.
    """
    changed: list[tuple[PurchaseOrderKey, str]] = []
    rejected = list(taken.rejected)
    places = dict(taken.places)
    for change in taken.changes:
        places.update({(change.purchase_order_id, line.line_id): line.where for line in change.lines})
        correlation_id = correlation_of(desk, change)
        try:
            with correlated(correlation_id):
                accepted = _take(desk, taken.document, change, mapping, tally)
        except (CallerError, CapabilityMissing) as error:
            rejected.append(
                RejectedPurchaseOrder(
                    purchase_order_id=change.purchase_order_id, error=error, correlation_id=correlation_id
                )
            )
        else:
            changed += ((one.record.key, one.change.change_id) for one in accepted)
    return evolve(taken, rejected=tuple(rejected), places=places, changed=tuple(changed))


def _take(
    desk: Desk, document: str, change: PurchaseOrderChange, mapping: tables.Mapping, tally: Tally
) -> Sequence[Accepted]:
    taken = run_unit(desk.storage, lambda unit: accept_change(desk, unit, document, change, mapping))
    for accepted in taken:
        if not accepted.new:
            continue
        tally.changed = True
        tally.warnings.extend(accepted.warnings)
        waits = accepted.change.state is ChangeState.WAITING
        if not waits:
            tally.order_changes += 1
        LOGGER.info("change %s of %s taken from %s", change.change_id, accepted.record.key, document)
        outcome = f"goes to {accepted.record.supplier}" if waits else "done"
        number = accepted.record.key.purchase_order_id
        desk.say("order change", f"{change.change_id} of {number}: {change.kind} {outcome}")
    return taken


@frozen(kw_only=True)
class Accepted:
    """A change that is stored.

    Attributes:
        new: Whether this call stored it; else it was known already and nothing was done.
    """

    record: PurchaseOrderRecord
    change: OrderChange
    new: bool
    warnings: Sequence[str] = ()


def accept_change(
    desk: Desk, unit: BuyerUnitOfWork, document: str, change: PurchaseOrderChange, mapping: tables.Mapping
) -> Sequence[Accepted]:
    """Store a change with all that follows from it here, and its message when a supplier has to be asked.

    One that was refused, or whose sending was given up, may be dropped again under its number. What was divided over
    suppliers is changed part by part, each by the lines that it has, and all of them or none.

    Raises:
        PurchaseOrderUnknown: There is no such purchase order.
        PurchaseOrderConflict: The purchase order has a change of this number with other content.
        ValueInvalid: A line is unknown, or the document changes what cannot be changed; all findings are listed.
        IllegalStep: The state of the purchase order does not allow it.
        BudgetExceeded, BudgetMissing: What more is wanted is not in the budget.
        CapabilityMissing: The supplier takes no changes.
        ConfigurationError: Its connection is no longer configured.
    """
    parts = known_parts(unit, _record(desk, unit, change).key)
    hashed = _asked(change)
    known = [unit.order_changes.get(record.key, change.change_id) for record in parts]
    for one in known:
        if one is not None and one.state in _SETTLED and one.content_hash != hashed:
            raise PurchaseOrderConflict(
                f"change {change.change_id} of {change.purchase_order_id} was taken from {one.document}"
                f" on {one.taken_at:%Y-%m-%d} with other content",
                where="change_id",
            )
    return [
        _accept(desk, unit, document, mine, mapping, record=record, hashed=hashed)
        for record, mine in _of_parts(parts, change)
    ]


def _of_parts(
    parts: Sequence[PurchaseOrderRecord], change: PurchaseOrderChange
) -> Sequence[tuple[PurchaseOrderRecord, PurchaseOrderChange]]:
    """What of a change is about which part; what is about none is for the first, which says so."""
    if len(parts) == 1:
        return [(parts[0], change)]
    if not change.lines:
        alive = [record for record in parts if record.state not in _OVER]
        return [(record, change) for record in alive or parts[:1]]
    # the latest part that has a line: an earlier one was refused, and divided anew
    owners = {line.line_id: record for record in parts for line in record.lines if record.state not in _OVER}
    wanted: dict[PurchaseOrderKey, list[PurchaseOrderChangeLine]] = {}
    for line in change.lines:
        owner = owners.get(line.line_id) or _refused_owner(parts, line.line_id)
        wanted.setdefault(owner.key, []).append(line)
    return [
        (record, evolve(change, lines=tuple(wanted[record.key]))) for record in parts if record.key in wanted
    ]


def _refused_owner(parts: Sequence[PurchaseOrderRecord], line_id: str) -> PurchaseOrderRecord:
    owners = (one for one in parts if any(line.line_id == line_id for line in one.lines))
    return next(owners, parts[0])


def _accept(
    desk: Desk,
    unit: BuyerUnitOfWork,
    document: str,
    change: PurchaseOrderChange,
    mapping: tables.Mapping,
    *,
    record: PurchaseOrderRecord,
    hashed: str,
) -> Accepted:
    known = unit.order_changes.get(record.key, change.change_id)
    if known is not None and known.state in _SETTLED:
        return Accepted(record=record, change=known, new=False)
    others = unit.order_changes.of_order(record.key)
    expected = expected_units(unit, record, others)
    made = OrderChange(
        key=record.key,
        change_id=change.change_id,
        kind=change.kind,
        state=ChangeState.DONE,
        content_hash=hashed,
        lines=_wanted(record, change, mapping, expected),
        document=document,
        taken_at=desk.timeline.now(),
        sequence=max((other.sequence for other in others), default=0) + 1,
        attempt=known.attempt + 1 if known else 1,
    )
    step = _Step(desk=desk, unit=unit, record=record, change=made, expected=expected)
    waits = any(other.state is ChangeState.WAITING for other in others)
    return step.take(waits=waits)


def _record(desk: Desk, unit: BuyerUnitOfWork, change: PurchaseOrderChange) -> PurchaseOrderRecord:
    """The purchase order of a change."""
    party = change.buyer_party or desk.rules.own_party
    year = change.issued_on.year if change.issued_on else 0
    found = [
        record
        for record in unit.purchase_orders.by_id(change.purchase_order_id)
        if record.key.buyer_party == party and (not year or record.key.issue_year in {0, year})
    ]
    if not found:
        raise PurchaseOrderUnknown(
            f"there is no purchase order {change.purchase_order_id!r} of {party} that could be changed",
            where="purchase_order_id",
        )
    if len(found) > 1:
        years = ", ".join(str(record.key.issue_year) for record in found)
        raise ValueInvalid(
            f"there are purchase orders {change.purchase_order_id!r} of {years}; the change must say which, by"
            " the issue date of the order it refers to",
            where="issue date",
        )
    return found[0]


def _asked(change: PurchaseOrderChange) -> str:
    """Hash of what a change asks for, whatever its format repeats beside it."""
    lines = tuple((line.line_id, line.quantity) for line in change.lines)
    return content_hash((change.kind.value, lines))


def _wanted(
    record: PurchaseOrderRecord,
    change: PurchaseOrderChange,
    mapping: tables.Mapping,
    expected: Mapping[str, int],
) -> tuple[WantedUnits, ...]:
    """The lines that are to change, all findings at once."""
    known = {line.line_id: line for line in record.lines}
    findings = Findings(change.where)
    wanted: list[WantedUnits] = []
    for line in change.lines:
        purchase = known.get(line.line_id)
        if purchase is None:
            detail = f"purchase order {record.document_id} has no line {line.line_id!r}"
            findings.add(
                ValueInvalid, detail, where=line.places.get("line_id", line.where), line_id=line.line_id
            )
            continue
        _check_repeated(record, purchase, line, mapping, findings)
        if change.kind is ChangeKind.REOPEN and line.line_id not in record.closed_lines:
            detail = f"line {line.line_id} is not closed"
            findings.add(
                ValueInvalid, detail, where=line.places.get("line_id", line.where), line_id=line.line_id
            )
        wanted.append(WantedUnits(line_id=line.line_id, quantity=line.quantity or 0))
    if findings:
        raise findings.error()
    if not change.lines:
        chosen = record.closed_lines if change.kind is ChangeKind.REOPEN else tuple(known)
        wanted = [WantedUnits(line_id=line_id, quantity=0) for line_id in chosen]
    if change.kind in {ChangeKind.CHANGE, ChangeKind.CANCEL}:
        # a document may repeat lines that stay as they are
        return tuple(one for one in wanted if one.quantity != expected[one.line_id])
    return tuple(wanted)


def _check_repeated(
    record: PurchaseOrderRecord,
    purchase: PurchaseLine,
    line: PurchaseOrderChangeLine,
    mapping: tables.Mapping,
    findings: Findings,
) -> None:
    """Note what a document changes beside the quantity."""
    sku = mapping.items.get((record.supplier, line.sku), line.sku)
    unit = mapping.units.get(line.unit, line.unit)
    for name, stated, ordered in (
        ("sku", sku, purchase.sku),
        ("unit", unit, purchase.unit),
        ("unit_price", line.unit_price, purchase.unit_price),
    ):
        if stated and stated != ordered:
            findings.add(
                ValueInvalid,
                f"only quantities can be changed; the {name} was {ordered} and would be {stated}",
                where=line.places.get(name, line.where),
                line_id=line.line_id,
            )


@frozen(kw_only=True)
class _Step:
    """One change in the unit of work that stores it; ``expected`` holds the units wanted until now."""

    desk: Desk
    unit: BuyerUnitOfWork
    record: PurchaseOrderRecord
    change: OrderChange
    expected: Mapping[str, int]

    def take(self, *, waits: bool) -> Accepted:
        """Do what the state of the purchase order allows.

        Args:
            waits: Whether another change of the purchase order is on its way, which this one must not overtake.
        """
        state, number = self.record.state, self.record.key.purchase_order_id
        if state in _OVER:
            raise IllegalStep(
                f"purchase order {number} is {state}; there is nothing left to {self.change.kind}"
            )
        if self.change.kind in {ChangeKind.CLOSE, ChangeKind.REOPEN}:
            if state is not PurchaseOrderState.PLACED:
                raise IllegalStep(
                    f"purchase order {number} is not placed yet; possible: {ChangeKind.CHANGE}, {ChangeKind.CANCEL}"
                )
            return self._close()
        if not self.change.lines:
            return self._stored(self.record, ())
        if state is PurchaseOrderState.HELD:
            return self._amend()
        if state is PurchaseOrderState.ACCEPTED and not waits and self._has_not_left():
            return self._amend()
        return self._send()

    def _stored(self, record: PurchaseOrderRecord, warnings: Sequence[str]) -> Accepted:
        self.unit.order_changes.put(self.change)
        return Accepted(record=record, change=self.change, new=True, warnings=warnings)

    def _has_not_left(self) -> bool:
        if self.record.state is not PurchaseOrderState.ACCEPTED:
            return False
        message = self.unit.outbox.find(PLACE_ORDER_KIND, str(self.record.key))
        return message is not None and message.state in {OutboxState.PENDING, OutboxState.DEAD}

    def _amend(self) -> Accepted:
        """Let the purchase order leave as it is wanted now, or not at all."""
        wanted = {one.line_id: one.quantity for one in self.change.lines}
        record = amended(self.record, wanted)
        if any(line.amount_excl_tax < 0 for line in record.lines):
            raise ValueInvalid("a line's allowances would be more than what is left of it", where="quantity")
        # the totals that the document anticipated were those of other quantities
        record = evolve(record, anticipated=None)
        held = record.state is PurchaseOrderState.HELD
        if not any(line.quantity for line in record.lines):
            record = evolve(record, state=PurchaseOrderState.CANCELLED)
            self._withdraw()
        self.unit.purchase_orders.save(record)
        # one that waits for a person's word on its budget is over it already
        warnings = self._settle(record, OverBudget.ALLOW if held else self._over_budget())
        if held and record.state is not PurchaseOrderState.CANCELLED:
            release_if_enough(self.desk, self.unit, record)
        return self._stored(record, warnings)

    def _over_budget(self) -> OverBudget:
        """What happens to a change that needs more than there is; no person is asked about a part of an order."""
        action = self.desk.rules.budgets.over_budget
        return OverBudget.BLOCK if action is OverBudget.ASK else action

    def _settle(self, record: PurchaseOrderRecord, action: OverBudget) -> Sequence[str]:
        """Move what the stored facts move, if the budgets have it; less is always allowed."""
        moves = due_moves(self.desk, self.unit, record, source=self.change.document)
        check = check_budgets(
            self.desk,
            self.unit,
            number=record.key.purchase_order_id,
            document=self.change.document,
            moves=moves,
            accounts=(),
            action=action,
        )
        self.unit.budgets.move(moves)
        return check.warnings

    def _withdraw(self) -> None:
        withdraw_question(self.desk, self.unit, self.record)
        message = self.unit.outbox.find(PLACE_ORDER_KIND, str(self.record.key))
        if message is not None:
            self.unit.outbox.save(
                evolve(
                    message,
                    state=OutboxState.REFUSED,
                    last_error="the ERP cancelled the purchase order before it was sent",
                    done_at=self.desk.timeline.now(),
                )
            )

    def _close(self) -> Accepted:
        """Relieve what is left of lines, or take that back."""
        named = [one.line_id for one in self.change.lines]
        if self.change.kind is ChangeKind.CLOSE:
            closed = tuple(dict.fromkeys((*self.record.closed_lines, *named)))
        else:
            closed = tuple(one for one in self.record.closed_lines if one not in named)
        record = evolve(self.record, closed_lines=closed)
        self.unit.purchase_orders.save(record)
        return self._stored(record, self._settle(record, self._over_budget()))

    def _send(self) -> Accepted:
        """Have the supplier asked; what is wanted more is reserved until it has answered."""
        channel = channel_of(self.desk, self.record)
        for capability, needed in (
            (Capability.CHANGE, any(one.quantity for one in self.change.lines)),
            (Capability.CANCEL, any(not one.quantity for one in self.change.lines)),
        ):
            if needed:
                require(channel, capability, self.record.supplier)
        made = evolve(self.change, state=ChangeState.WAITING)
        # what it asks for more is reserved from here on
        self.unit.order_changes.put(made)
        warnings = self._settle(self.record, self._over_budget())
        post_message(
            self.desk,
            self.unit,
            CANCEL_ORDER_KIND if made.kind is ChangeKind.CANCEL else CHANGE_ORDER_KIND,
            made.business_key,
            content={**asdict(made.key), "change_id": made.change_id},
            target=self.record.supplier,
            correlation_id=self.record.correlation_id,
        )
        return Accepted(record=self.record, change=made, new=True, warnings=warnings)
