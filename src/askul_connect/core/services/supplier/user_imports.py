"""Changes of many users by one file, at once or at a date (ACC-6)."""

from __future__ import annotations

from datetime import datetime

from attrs import evolve

from askul_connect.core.domain.calendar import start_of_day
from askul_connect.core.domain.standing import next_state
from askul_connect.core.domain.user_imports import (
    USER_IMPORT_STEPS,
    UserImport,
    UserImportState,
    UserImportStep,
)
from askul_connect.core.errors import NotFound, ValueInvalid
from askul_connect.core.messages.people import (
    CancelUserImportRequest,
    CancelUserImportResponse,
    ImportUsersRequest,
    ImportUsersResponse,
    ListUserImportsRequest,
    ListUserImportsResponse,
    UserImportSummary,
)
from askul_connect.core.services.supplier.context import Context, House, Tried
from askul_connect.core.services.supplier.people import tell_administrators
from askul_connect.core.services.supplier.records import audit
from askul_connect.core.services.supplier.user_rows import Plan, carry_out, plan_rows


def import_users(
    context: Context, request: ImportUsersRequest
) -> ImportUsersResponse | Tried[ImportUsersResponse]:
    """All rows or none: every finding is named with its row and column.

    A file for a later day is checked against today's users, kept, and checked again when its day begins.

    Raises:
        ValueInvalid: The file, a row or the date is not acceptable; nothing was stored.
    """
    today = context.today
    day = request.effective_on or today
    if day < today:
        raise ValueInvalid(f"{day.isoformat()} is past", where="effective_on")
    plan = _acceptable(plan_rows(context, request.csv_text))
    now = day == today
    state = UserImportState.DONE if now else UserImportState.WAITING
    if request.trial:
        shown = tuple(one.shown for one in plan.changes)
        return Tried(
            ImportUsersResponse(
                import_id="", state=state.value, effective_on=day, rows=len(shown), changes=shown
            )
        )
    if now:
        carry_out(context, plan)
    made = UserImport(
        import_id=context.house.ids.digits("user-import", 10),
        account_id=context.caller.account_id,
        created_by=context.caller.actor,
        created_at=context.now,
        effective_on=day,
        state=state,
        # what was carried out at once is in the audit records, and nowhere twice
        text="" if now else request.csv_text,
        rows=len(plan.changes),
        ended_at=context.now if now else None,
    )
    context.unit.user_imports.add(made)
    report_import(context, "users-imported" if now else "users-import-planned", made)
    return _answer(made)


def _acceptable(plan: Plan) -> Plan:
    if plan.problems:
        raise ValueInvalid("the file cannot be imported; nothing was changed", problems=plan.problems)
    return plan


def report_import(context: Context, action: str, change: UserImport) -> None:
    """An audit record, and a notice to every administrator."""
    facts = {
        "rows": str(change.rows),
        "on": change.effective_on.isoformat(),
        **({"failure": change.failure} if change.failure else {}),
    }
    record = audit(context, action, change.import_id, account_id=change.account_id, detail=facts)
    tell_administrators(context, action, record, facts)


def _answer(change: UserImport) -> ImportUsersResponse:
    return ImportUsersResponse(
        import_id=change.import_id,
        state=change.state.value,
        effective_on=change.effective_on,
        rows=change.rows,
    )


def asked_for(request: ImportUsersRequest) -> ImportUsersRequest:
    """What a key stands for: whether it is a trial does not change what is asked for."""
    return evolve(request, trial=False)


def replay_import_users(
    context: Context, _request: ImportUsersRequest, import_id: str
) -> ImportUsersResponse:
    """The answer of an earlier call with the same key, as the import stands now."""
    return _answer(_import(context, import_id))


def list_user_imports(context: Context, _request: ListUserImportsRequest) -> ListUserImportsResponse:
    """The account's imports and how they ended."""
    return ListUserImportsResponse(
        imports=tuple(
            UserImportSummary(
                import_id=one.import_id,
                state=one.state.value,
                effective_on=one.effective_on,
                rows=one.rows,
                created_by=one.created_by,
                created_at=one.created_at,
                ended_at=one.ended_at,
                failure=one.failure,
            )
            for one in context.unit.user_imports.of_account(context.caller.account_id)
        )
    )


def cancel_user_import(context: Context, request: CancelUserImportRequest) -> CancelUserImportResponse:
    """Take back what waits for its date; taking it back again answers the same.

    Raises:
        NotFound: The account has no such import.
        IllegalStep: It was carried out or failed already.
    """
    change = _import(context, request.import_id)
    if change.state is not UserImportState.CANCELLED:
        end_import(context, change, UserImportStep.CANCEL, "users-import-cancelled")
    return CancelUserImportResponse(import_id=change.import_id)


def _import(context: Context, import_id: str) -> UserImport:
    change = context.unit.user_imports.get(context.caller.account_id, import_id)
    if change is None:
        raise NotFound("there is no such import", where="import_id")
    return change


def end_import(
    context: Context, change: UserImport, step: UserImportStep, action: str, failure: str = ""
) -> None:
    """The last step of an import, recorded and told."""
    ended = evolve(
        change,
        state=next_state(USER_IMPORT_STEPS, change.state, step, "an import of users"),
        # it holds names and addresses of people, and is needed no more
        text="",
        ended_at=context.now,
        failure=failure,
    )
    context.unit.user_imports.save(ended)
    report_import(context, action, ended)


def stop_imports(context: Context, account_id: str, failure: str) -> None:
    """End what waits in an account that works no more; the end of the account says so to its people."""
    for change in context.unit.user_imports.waiting():
        if change.account_id == account_id:
            state = next_state(USER_IMPORT_STEPS, change.state, UserImportStep.FAIL, "an import of users")
            context.unit.user_imports.save(
                evolve(change, state=state, text="", ended_at=context.now, failure=failure)
            )


def due_at(house: House, change: UserImport) -> datetime:
    """When a waiting import is to be carried out: as its business day begins."""
    return start_of_day(change.effective_on, house.profile.zone)


def carry_out_import(context: Context, import_id: str) -> None:
    """Do what waited for its day, in the name of who planned it; the import ends in the same unit of work.

    Whoever comes second finds it ended and does nothing, so that a run that is repeated after a crash does it once.
    """
    change = _import(context, import_id)
    if change.state is not UserImportState.WAITING:
        return
    plan = plan_rows(context, change.text)
    if plan.problems:
        failure = "; ".join(f"{one.where}: {one.detail}" for one in plan.problems)
        end_import(context, change, UserImportStep.FAIL, "users-import-failed", failure)
        return
    carry_out(context, plan)
    end_import(context, change, UserImportStep.CARRY_OUT, "users-imported")
