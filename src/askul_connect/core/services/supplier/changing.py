"""Changing registered data: preview, change, snapshots, restoring them (ACC-7, ACC-10)."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from datetime import date

from attrs import evolve, frozen

from askul_connect.core.domain.account_records import AccountSnapshot
from askul_connect.core.domain.accounts import Account, SecondFactorRule
from askul_connect.core.domain.findings import Findings
from askul_connect.core.domain.orders import OrderState
from askul_connect.core.domain.payments import Receivable
from askul_connect.core.domain.registered_data import (
    REGISTERED_FIELDS,
    SENSITIVE_FIELDS,
    Difference,
    RegisteredData,
    data_of,
    differences,
    proofs_of,
    read,
    with_data,
    written,
)
from askul_connect.core.errors import NotFound, ValueInvalid, VersionConflict
from askul_connect.core.messages.account_changes import (
    AccountChange,
    ChangeAccountRequest,
    ChangeAccountResponse,
    ChangeFinding,
    FieldDifference,
    ListAccountSnapshotsRequest,
    ListAccountSnapshotsResponse,
    PlannedNotice,
    PreviewAccountChangeRequest,
    PreviewAccountChangeResponse,
    RestoreAccountSnapshotRequest,
    RestoreAccountSnapshotResponse,
    SnapshotEntry,
)
from askul_connect.core.policies.registered_data import check_registered_data
from askul_connect.core.services.supplier.account_list import save_account
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.findings import finding
from askul_connect.core.services.supplier.notices import notify_person
from askul_connect.core.services.supplier.records import audit

_NOTICE = "account-changed"
_PROMISED = (OrderState.CONFIRMED, OrderState.PARTLY_SHIPPED)


@frozen(kw_only=True)
class _Plan:
    """A change before it is made."""

    account: Account
    data: RegisteredData
    changed: tuple[Difference, ...]
    warnings: tuple[str, ...]
    findings: Findings

    @property
    def sensitive(self) -> bool:
        return bool(self.account.application_number) and any(
            one.field in SENSITIVE_FIELDS for one in self.changed
        )

    @property
    def addresses(self) -> tuple[str, ...]:
        """The contact of before and the one of now."""
        return tuple(dict.fromkeys((self.account.email, self.data.email)))


def _plan(account: Account, data: RegisteredData) -> _Plan:
    findings = Findings("account")
    before = data_of(account)
    checked = check_registered_data(account.kind, data, findings)
    changed = differences(before, checked.data)
    if not changed and not findings:
        findings.add(ValueInvalid, "nothing differs from what is registered", where="version")
    return _Plan(
        account=account, data=checked.data, changed=changed, warnings=checked.warnings, findings=findings
    )


def _asked(account: Account, request: AccountChange) -> RegisteredData:
    given = {name: getattr(request, name) for name in REGISTERED_FIELDS}
    return evolve(data_of(account), **{name: text for name, text in given.items() if text is not None})


def _check_version(context: Context, account: Account, version: int) -> None:
    """Refuse what is based on data that are not the present ones, with what differs."""
    if version == account.version:
        return
    based_on = context.unit.snapshots.get(account.account_id, version)
    found = differences(read(based_on.body), data_of(account)) if based_on and based_on.body else ()
    problems = tuple(
        finding(VersionConflict, f"it was {one.before!r} and is {one.after!r}", where=one.field)
        for one in found
    )
    raise VersionConflict(
        f"the change is based on version {version}, the present one is {account.version}",
        where="version",
        problems=problems,
    )


def preview_account_change(
    context: Context, request: PreviewAccountChangeRequest
) -> PreviewAccountChangeResponse:
    """What a change would do, with everything it touches; nothing is done.

    Raises:
        VersionConflict: It is based on data that were changed since.
    """
    account = context.account()
    _check_version(context, account, request.version)
    plan = _plan(account, _asked(account, request))
    found = plan.findings.error().problems if plan.findings else ()
    orders = context.unit.orders.open_of_account(account.account_id)
    return PreviewAccountChangeResponse(
        version=account.version,
        differences=_shown(plan.changed),
        findings=tuple(ChangeFinding(code=one.code, where=one.where, detail=one.detail) for one in found),
        warnings=plan.warnings,
        application_number_needed=plan.sensitive,
        documents_needed=proofs_of(plan.changed),
        open_orders=tuple(order.order_number for order in orders),
        deliveries=tuple(order.order_number for order in orders if order.state in _PROMISED),
        invoices=tuple(one.invoice_number for one in open_invoices(context, account)),
        unbilled_lines=len(context.unit.shipped_lines.unbilled(account.account_id, date.max)),
        notices=tuple(PlannedNotice(kind=_NOTICE, to=to) for to in plan.addresses),
        factors=factors_in_force(account),
    )


def open_invoices(context: Context, account: Account) -> Sequence[Receivable]:
    """What the account still has to pay, by invoice number."""
    unsettled = context.unit.billing.unsettled(account.account_id)
    return [one for one in unsettled if one.is_open(context.today)]


def factors_in_force(account: Account) -> tuple[str, ...]:
    """What proves a login to the account."""
    required = account.login.second_factor is SecondFactorRule.REQUIRED
    return ("password", "second-factor-required" if required else "second-factor-optional")


def change_account(context: Context, request: ChangeAccountRequest) -> ChangeAccountResponse:
    """Change registered data at once; what they were before is kept.

    Raises:
        VersionConflict: The change is based on data that were changed since.
        ValueInvalid: Data break their rules, the application number is wrong, or documents are missing.
    """
    account = context.account()
    _check_version(context, account, request.version)
    plan = _plan(account, _asked(account, request))
    changed = _apply(context, plan, request.application_number, request.documents, "account-changed")
    return ChangeAccountResponse(
        version=changed.version,
        differences=_shown(plan.changed),
        warnings=plan.warnings,
        notices=tuple(PlannedNotice(kind=_NOTICE, to=to) for to in plan.addresses),
    )


def _apply(
    context: Context, plan: _Plan, application_number: str, documents: Sequence[str], action: str
) -> Account:
    account, findings = plan.account, plan.findings
    given = application_number.strip().encode()
    if plan.sensitive and not hmac.compare_digest(given, account.application_number.encode()):
        findings.add(
            ValueInvalid, "the application number is not that of the account", where="application_number"
        )
    missing = [one for one in proofs_of(plan.changed) if one not in documents]
    if missing:
        findings.add(ValueInvalid, f"documents are missing: {', '.join(missing)}", where="documents")
    if findings:
        raise findings.error()
    context.unit.snapshots.add(
        AccountSnapshot(
            account_id=account.account_id,
            version=account.version,
            at=context.now,
            actor=context.caller.actor,
            body=written(data_of(account)),
        )
    )
    changed = evolve(with_data(account, plan.data), version=account.version + 1)
    save_account(context.unit, changed)
    names = [one.field for one in plan.changed]
    detail = {"version": changed.version, "fields": names, "documents": sorted(documents)}
    record = audit(context, action, account.account_id, detail=detail)
    facts = {"fields": ", ".join(names), "at": record.at.isoformat(), "member_number": account.member_number}
    for to in plan.addresses:
        key = f"{account.account_id}:{changed.version}:{'new' if to == plan.data.email else 'old'}"
        notify_person(context, _NOTICE, key, to, facts)
    return changed


def replay_change_account(
    context: Context, _request: ChangeAccountRequest, reference: str
) -> ChangeAccountResponse:
    """The answer of an earlier call with the same key."""
    changed, notices = _made_before(context, int(reference))
    return ChangeAccountResponse(version=int(reference), differences=changed, warnings=(), notices=notices)


def replay_restore_account_snapshot(
    context: Context, _request: RestoreAccountSnapshotRequest, reference: str
) -> RestoreAccountSnapshotResponse:
    """The answer of an earlier call with the same key."""
    changed, notices = _made_before(context, int(reference))
    return RestoreAccountSnapshotResponse(
        version=int(reference), differences=changed, warnings=(), notices=notices
    )


def _made_before(
    context: Context, version: int
) -> tuple[tuple[FieldDifference, ...], tuple[PlannedNotice, ...]]:
    """What the change to a version was."""
    account = context.account()
    before = context.unit.snapshots.get(account.account_id, version - 1)
    later = context.unit.snapshots.get(account.account_id, version)
    if before is None or not before.body or (later is not None and not later.body):
        raise NotFound("what was changed under this key is erased")
    old, new = read(before.body), read(later.body) if later else data_of(account)
    notices = tuple(PlannedNotice(kind=_NOTICE, to=to) for to in dict.fromkeys((old.email, new.email)))
    return _shown(differences(old, new)), notices


def _shown(changed: Sequence[Difference]) -> tuple[FieldDifference, ...]:
    return tuple(FieldDifference(field=one.field, before=one.before, after=one.after) for one in changed)


def list_account_snapshots(
    context: Context, _request: ListAccountSnapshotsRequest
) -> ListAccountSnapshotsResponse:
    """The registered data of the caller's account as they were before each change."""
    found = context.unit.snapshots.of_account(context.caller.account_id)
    return ListAccountSnapshotsResponse(
        snapshots=tuple(
            SnapshotEntry(version=one.version, at=one.at, actor=one.actor, body=one.body) for one in found
        )
    )


def restore_account_snapshot(
    context: Context, request: RestoreAccountSnapshotRequest
) -> RestoreAccountSnapshotResponse:
    """Put registered data back as they were.

    Raises:
        NotFound: The account has no such snapshot, or it was erased.
        VersionConflict, ValueInvalid: As for a change.
    """
    account = context.account()
    _check_version(context, account, request.version)
    snapshot = context.unit.snapshots.get(account.account_id, request.snapshot)
    if snapshot is None or not snapshot.body:
        raise NotFound("there is no such snapshot", where="snapshot")
    plan = _plan(account, read(snapshot.body))
    changed = _apply(context, plan, request.application_number, request.documents, "account-restored")
    return RestoreAccountSnapshotResponse(
        version=changed.version,
        differences=_shown(plan.changed),
        warnings=plan.warnings,
        notices=tuple(PlannedNotice(kind=_NOTICE, to=to) for to in plan.addresses),
    )
