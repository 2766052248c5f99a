"""Taking the ERP's requisitions: they only reserve, until purchase orders take them over (INT-3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from attrs import evolve

from askul_connect.core.domain import mapping as tables
from askul_connect.core.domain.budget_approvals import BudgetStage
from askul_connect.core.domain.currency import currency
from askul_connect.core.domain.findings import Findings
from askul_connect.core.domain.money import UnitPrice
from askul_connect.core.domain.requisitions import Requisition, RequisitionLine
from askul_connect.core.errors import CallerError, UnknownCurrency, UnknownDepartment
from askul_connect.core.messages.canonical import content_hash
from askul_connect.core.messages.requisition import RequisitionDocument, RequisitionDocumentLine
from askul_connect.core.policies.budget_periods import period_of_day
from askul_connect.core.policies.budgeting import rate_of_day
from askul_connect.core.policies.mapping_amounts import missing_row
from askul_connect.core.ports.buyer_storage import BuyerUnitOfWork
from askul_connect.core.ports.documents import RejectedRequisition
from askul_connect.core.ports.erp import IncomingDocument, RejectionReport, RequisitionSource
from askul_connect.core.services.buyer.approving import ask
from askul_connect.core.services.buyer.budget_checking import BudgetCheck, check_budgets
from askul_connect.core.services.buyer.desk import Desk
from askul_connect.core.services.buyer.report import Tally
from askul_connect.core.services.buyer.settling import account_of, due_of_requisition
from askul_connect.core.services.units import run_unit

Rates = Mapping[tuple[str, str, date], Decimal]


def take_requisitions(desk: Desk, mapping: tables.Mapping, tally: Tally) -> None:
    """Take every requisition that waits in the ERP, if it has any; a bad one does not stop the others.

    Raises:
        OurError: Our storage or the ERP's place fails; nothing of the requisition at hand is stored.
    """
    if not isinstance(desk.erp, RequisitionSource):
        return
    for waiting in desk.erp.requisitions():

        def take(entry: RequisitionDocument, name: str = waiting.name) -> None:
            asked = _translated(desk, name, entry, mapping)
            check = run_unit(desk.storage, lambda unit: _store(desk, unit, asked, mapping.rates))
            _tell(desk, entry, check, tally)

        rejected = _take_document(desk, desk.erp, waiting, take, tally)
        tally.changed = True
        if rejected:
            desk.erp.requisitions_rejected(waiting.name, RejectionReport(rejected=tuple(rejected)))
        else:
            desk.erp.requisitions_filed(waiting.name)


def would_reserve(desk: Desk, unit: BuyerUnitOfWork, mapping: tables.Mapping, tally: Tally) -> None:
    """What :func:`take_requisitions` would do, in a unit of work that is undone; the files stay where they are."""
    if not isinstance(desk.erp, RequisitionSource):
        return
    for waiting in desk.erp.requisitions():

        def take(entry: RequisitionDocument, name: str = waiting.name) -> None:
            check = _store(desk, unit, _translated(desk, name, entry, mapping), mapping.rates)
            _tell(desk, entry, check, tally)

        _take_document(desk, desk.erp, waiting, take, tally)


def _take_document(
    desk: Desk,
    erp: RequisitionSource,
    waiting: IncomingDocument,
    take: Callable[[RequisitionDocument], None],
    tally: Tally,
) -> list[RejectedRequisition]:
    rejected: list[RejectedRequisition] = []
    try:
        found = erp.read_requisitions(waiting)
    except CallerError as error:
        found = (RejectedRequisition(requisition_id="", error=error),)
    for entry in found:
        if isinstance(entry, RejectedRequisition):
            rejected.append(entry)
            continue
        try:
            take(entry)
        except CallerError as error:
            rejected.append(RejectedRequisition(requisition_id=entry.requisition_id, error=error))
    for entry in rejected:
        if tally.rejected(waiting.name, entry.requisition_id, entry.error):
            desk.say("requisition", f"{waiting.name} rejected: {entry.error.detail}")
    return rejected


def _tell(desk: Desk, entry: RequisitionDocument, check: BudgetCheck | None, tally: Tally) -> None:
    if check is None:
        return
    tally.warnings.extend((*check.warnings, *check.over))
    desk.say("requisition", f"{entry.requisition_id} {'cancelled' if entry.cancelled else 'reserves'}")


def _translated(
    desk: Desk, document: str, entry: RequisitionDocument, mapping: tables.Mapping
) -> Requisition:
    findings = Findings(document)
    code = mapping.currencies.get(entry.currency, entry.currency)
    try:
        of = currency(code)
    except UnknownCurrency:
        advice = missing_row("currency", entry.currency, "<ISO 4217 code>")
        findings.add(UnknownCurrency, f"currency {entry.currency!r} is not mapped; {advice}", where=document)
        raise findings.error() from None
    lines = tuple(_line(line, mapping, findings, of.code) for line in entry.lines)
    if findings:
        raise findings.error()
    return Requisition(
        buyer_party=entry.buyer_party or desk.rules.own_party,
        requisition_id=entry.requisition_id,
        content_hash=content_hash((of.code, entry.cancelled, lines)),
        currency=of.code,
        lines=lines,
        cancelled=entry.cancelled,
        document=document,
        taken_at=desk.timeline.now(),
    )


def _line(
    line: RequisitionDocumentLine, mapping: tables.Mapping, findings: Findings, code: str
) -> RequisitionLine:
    department, cost_centre = line.department, line.cost_centre
    found = mapping.departments.get(line.department)
    if found is not None:
        department, cost_centre = found.code, cost_centre or found.cost_centre
    elif mapping.departments and department:
        advice = missing_row("departments", department, "<department code>", cost_centre)
        detail = f"department {department!r} is not mapped; {advice}"
        findings.add(UnknownDepartment, detail, where=line.where, line_id=line.line_id)
    fallback = mapping.accounts.get((department, ""), "")
    return RequisitionLine(
        line_id=line.line_id,
        quantity=line.quantity,
        amount_excl_tax=UnitPrice(line.unit_price, currency(code)).times(line.quantity).minor,
        department=department,
        cost_centre=cost_centre,
        account=mapping.accounts.get((department, cost_centre), fallback),
        tax_category=None,
        # the present one comes when it is stored
        period="",
    )


def _store(desk: Desk, unit: BuyerUnitOfWork, asked: Requisition, rates: Rates) -> BudgetCheck | None:
    """Store a requisition with what it reserves; None when it is known as it is.

    What is known of it keeps its terms, its rate and the periods of its lines.

    Raises:
        BudgetExceeded, BudgetMissing: The settings do not allow it.
        ExchangeRateMissing: Its currency has no rate into that of the budgets.
    """
    known = unit.requisitions.get(asked.buyer_party, asked.requisition_id)
    if known is not None and known.content_hash == asked.content_hash:
        return None
    budgets, today = desk.rules.budgets, desk.today()
    present = period_of_day(today, budgets)
    periods = {line.line_id: line.period for line in known.lines} if known else {}
    same = known is not None and known.currency == asked.currency
    terms = known.terms if known and same else None
    if terms is None:
        terms = budgets.terms(rate=rate_of_day(asked.currency, budgets.currency, today, rates))
    asked = evolve(
        asked,
        terms=terms,
        taken_at=known.taken_at if known else asked.taken_at,
        lines=tuple(evolve(line, period=periods.get(line.line_id, present)) for line in asked.lines),
    )
    moves = due_of_requisition(desk, unit, asked, source=asked.document)
    accounts = [account_of(desk, asked.key, asked.currency, terms, line) for line in asked.lines]
    check = check_budgets(
        desk,
        unit,
        number=asked.requisition_id,
        document=asked.document,
        moves=moves,
        accounts=() if asked.cancelled else accounts,
        action=budgets.requisition_over_budget,
    )
    unit.requisitions.put(asked)
    unit.budgets.move(moves)
    if check.over:
        ask(
            desk,
            unit,
            stage=BudgetStage.REQUISITION,
            document=asked.key,
            number=asked.requisition_id,
            reason="; ".join(check.over),
        )
    return check
