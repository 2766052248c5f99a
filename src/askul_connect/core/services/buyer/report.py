"""What a run did, for a person and for a program."""

from __future__ import annotations

from enum import IntEnum

from attrs import define, evolve, field, frozen

from askul_connect.core.domain.purchasing import PurchaseOrderState
from askul_connect.core.errors import AskulConnectError, Fault, Problem
from askul_connect.core.policies.retry import is_setup_wrong

#: State of a purchase order that waits for a person.
HELD = PurchaseOrderState.HELD.value


class ExitCode(IntEnum):
    """How a run that came to its end ended; the number that a process ends with."""

    DONE = 0
    DONE_WITH_FINDINGS = 1
    USAGE = 2
    PARTNER_UNREACHABLE = 3
    OUR_FAULT = 4


@frozen(kw_only=True)
class Rejection:
    """A document, or a part of one, that was not taken.

    Attributes:
        document: Name of the file.
        purchase_order_id: Empty when the whole document could not be read.
        correlation_id: The purchase order's id in the logs, likewise.
    """

    document: str
    purchase_order_id: str
    error: AskulConnectError = field(eq=False)
    correlation_id: str = ""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong and what to do."""
        return self.error.problems


@frozen(kw_only=True)
class ConnectionFailure:
    """A supplier that could not be worked with; the others were.

    Attributes:
        subject: What was being done: ``sync``, ``work`` or a purchase order's key.
    """

    supplier: str
    subject: str
    error: AskulConnectError = field(eq=False)


@frozen(kw_only=True)
class OrderRow:
    """One purchase order, for the table at the end; amounts in minor units.

    Attributes:
        budget_before: Available before the purchase order reserved; None where there is no budget.
        budget_after: What that leaves after everything this purchase order has used so far.
        match: ``matched``, the differences found, ``released`` where a person booked a line all the same, or empty
            before an invoice.
        correlation_id: What the logs of both sides name it by.
        budget_currency: Of its budgets.
    """

    purchase_order_id: str
    order_numbers: tuple[str, ...]
    supplier: str
    state: str
    departments: tuple[str, ...]
    currency: str
    total_incl_tax: int | None
    budget_before: int | None
    budget_after: int | None
    invoices: tuple[str, ...]
    match: str
    correlation_id: str = ""
    budget_currency: str = ""


@frozen(kw_only=True)
class FeedCount:
    """How complete a supplier's list is here (INT-5).

    Attributes:
        stored: Records that are stored.
        promised: Records that the supplier spoke of; None where it says no count.
    """

    supplier: str
    feed: str
    stored: int
    promised: int | None

    @property
    def missing(self) -> int:
        """Records that the supplier spoke of and did not send."""
        return max((self.promised or 0) - self.stored, 0)


@frozen(kw_only=True)
class RunReport:
    """What a run did.

    Attributes:
        accepted: Purchase orders taken from the ERP.
        placed: Orders that suppliers took.
        posted: Documents handed to the ERP.
        open_matches: Lines of invoices and credit notes that do not match at the end of the run.
        changed: Whether the run changed anything at all.
        credit_notes: Credit notes that are new or have changed.
        order_changes: Changes of purchase orders that were carried out.
        feeds: How complete each list is that was read to its end.
        held: Purchase orders that wait for somebody's approval.
    """

    accepted: int
    placed: int
    confirmations: int
    ship_notices: int
    invoices: int
    receipts: int
    posted: int
    rejections: tuple[Rejection, ...]
    warnings: tuple[str, ...]
    failures: tuple[ConnectionFailure, ...]
    open_matches: int
    changed: bool
    trial: bool
    rows: tuple[OrderRow, ...]
    credit_notes: int = 0
    order_changes: int = 0
    feeds: tuple[FeedCount, ...] = ()
    held: int = 0

    @property
    def exit_code(self) -> int:
        """The worst that was met: a wrong set-up, our own fault, a partner's, what a person looks at, or nothing."""
        if any(is_setup_wrong(failure.error) for failure in self.failures):
            return int(ExitCode.USAGE)
        if any(failure.error.fault is Fault.OURS for failure in self.failures):
            return int(ExitCode.OUR_FAULT)
        if self.failures:
            return int(ExitCode.PARTNER_UNREACHABLE)
        if self.rejections or self.open_matches or self.held or any(row.state == HELD for row in self.rows):
            return int(ExitCode.DONE_WITH_FINDINGS)
        return int(ExitCode.DONE)

    def followed_by(self, later: RunReport) -> RunReport:
        """This run and the next one as one: what was counted together, and how things stand at the end."""
        return evolve(
            later,
            **{name: getattr(self, name) + getattr(later, name) for name in _COUNTED},
            rejections=(*self.rejections, *later.rejections),
            warnings=tuple(dict.fromkeys((*self.warnings, *later.warnings))),
            failures=(*self.failures, *later.failures),
            changed=self.changed or later.changed,
        )


_COUNTED = ("accepted", "placed", "confirmations", "ship_notices", "invoices", "receipts", "posted")


@define
class Tally:
    """Counts while a run goes on."""

    accepted: int = 0
    placed: int = 0
    confirmations: int = 0
    ship_notices: int = 0
    invoices: int = 0
    credit_notes: int = 0
    order_changes: int = 0
    receipts: int = 0
    posted: int = 0
    changed: bool = False
    warnings: list[str] = field(factory=list)
    _rejections: dict[tuple[str, str, str], Rejection] = field(factory=dict)
    _failures: dict[tuple[str, str], ConnectionFailure] = field(factory=dict)
    _feeds: dict[tuple[str, str], FeedCount] = field(factory=dict)

    def rejected(
        self, document: str, purchase_order_id: str, error: AskulConnectError, correlation_id: str = ""
    ) -> bool:
        """Note that something was not taken; whether this run did not know it yet."""
        key = (document, purchase_order_id, str(error))
        if key in self._rejections:
            return False
        self._rejections[key] = Rejection(
            document=document,
            purchase_order_id=purchase_order_id,
            error=error,
            correlation_id=correlation_id,
        )
        return True

    def failed(self, supplier: str, subject: str, error: AskulConnectError) -> None:
        """Note that something could not be done with a supplier; the last failure of each subject is kept."""
        self._failures[supplier, subject] = ConnectionFailure(supplier=supplier, subject=subject, error=error)

    def succeeded(self, supplier: str, subject: str) -> None:
        """Note that it could be done after all, so that an earlier failure of this run is over."""
        self._failures.pop((supplier, subject), None)

    def counted(self, found: FeedCount) -> None:
        """Note how complete a list is; the last count of each is kept."""
        self._feeds[found.supplier, found.feed] = found

    def has_failed(self, supplier: str, subject: str) -> bool:
        """Whether it has failed, as far as this run knows."""
        return (supplier, subject) in self._failures

    def report(
        self, *, open_matches: int, rows: tuple[OrderRow, ...], trial: bool = False, held: int = 0
    ) -> RunReport:
        """The report of the finished run."""
        return RunReport(
            accepted=self.accepted,
            placed=self.placed,
            confirmations=self.confirmations,
            ship_notices=self.ship_notices,
            invoices=self.invoices,
            receipts=self.receipts,
            posted=self.posted,
            rejections=tuple(self._rejections.values()),
            warnings=tuple(dict.fromkeys(self.warnings)),
            failures=tuple(self._failures[key] for key in sorted(self._failures)),
            open_matches=open_matches,
            changed=self.changed,
            trial=trial,
            rows=rows,
            credit_notes=self.credit_notes,
            order_changes=self.order_changes,
            feeds=tuple(self._feeds.values()),
            held=held,
        )
