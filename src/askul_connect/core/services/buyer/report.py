"""What a run did, for a person and for a program."""

from __future__ import annotations

from enum import StrEnum

from attrs import define, field, frozen

from askul_connect.core.errors import AccessError, AskulConnectError, Fault, Problem


class ExitCode(StrEnum):
    """How a run ended; the number a process ends with."""

    DONE = "0"
    DONE_WITH_FINDINGS = "1"
    USAGE = "2"
    PARTNER_UNREACHABLE = "3"
    OUR_FAULT = "4"
    BUSY = "5"


@frozen(kw_only=True)
class Rejection:
    """A document, or a part of one, that was not taken.

    Attributes:
        document: Name of the file.
        purchase_order_id: Empty when the whole document could not be read.
    """

    document: str
    purchase_order_id: str
    error: AskulConnectError = field(eq=False)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong and what to do."""
        return self.error.problems


@frozen(kw_only=True)
class ConnectionFailure:
    """A supplier that could not be worked with; the others were."""

    supplier: str
    error: AskulConnectError = field(eq=False)


@frozen(kw_only=True)
class OrderRow:
    """One purchase order, for the table at the end; amounts in minor units.

    Attributes:
        budget_before: Available before the purchase order reserved; None where there is no budget.
        budget_after: What that leaves after everything this purchase order has used so far.
        match: ``matched``, the differences found, or empty before an invoice.
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


@frozen(kw_only=True)
class RunReport:
    """What a run did.

    Attributes:
        accepted: Purchase orders taken from the ERP.
        placed: Orders that suppliers took.
        posted: Documents handed to the ERP.
        open_matches: Invoice lines that do not match at the end of the run.
        changed: Whether the run changed anything at all.
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

    @property
    def exit_code(self) -> int:
        """0 done; 1 something was rejected or unmatched; 2 a credential is refused; 3 a partner is unreachable."""
        if any(isinstance(failure.error, AccessError) for failure in self.failures):
            return int(ExitCode.USAGE)
        if any(failure.error.fault is Fault.OURS for failure in self.failures):
            return int(ExitCode.OUR_FAULT)
        if self.failures:
            return int(ExitCode.PARTNER_UNREACHABLE)
        if self.rejections or self.open_matches:
            return int(ExitCode.DONE_WITH_FINDINGS)
        return int(ExitCode.DONE)


@define
class Tally:
    """Counts while a run goes on."""

    accepted: int = 0
    placed: int = 0
    confirmations: int = 0
    ship_notices: int = 0
    invoices: int = 0
    receipts: int = 0
    posted: int = 0
    changed: bool = False
    rejections: list[Rejection] = field(factory=list)
    warnings: list[str] = field(factory=list)
    failures: dict[str, ConnectionFailure] = field(factory=dict)

    def failed(self, supplier: str, error: AskulConnectError) -> None:
        """Note that a supplier could not be worked with; the last failure of each is kept."""
        self.failures[supplier] = ConnectionFailure(supplier=supplier, error=error)

    def succeeded(self, supplier: str) -> None:
        """Note that a supplier answered, so that an earlier failure of this run is over."""
        self.failures.pop(supplier, None)

    def report(self, *, open_matches: int, rows: tuple[OrderRow, ...], trial: bool = False) -> RunReport:
        """The report of the finished run."""
        return RunReport(
            accepted=self.accepted,
            placed=self.placed,
            confirmations=self.confirmations,
            ship_notices=self.ship_notices,
            invoices=self.invoices,
            receipts=self.receipts,
            posted=self.posted,
            rejections=tuple(self.rejections),
            warnings=tuple(dict.fromkeys(self.warnings)),
            failures=tuple(self.failures[name] for name in sorted(self.failures)),
            open_matches=open_matches,
            changed=self.changed,
            trial=trial,
            rows=rows,
        )
