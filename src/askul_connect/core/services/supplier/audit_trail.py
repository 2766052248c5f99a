"""Reading audit records, exporting the heads of their chains, and verifying both (AUTH-10, AUTH-17)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from attrs import frozen

from askul_connect.core.domain.audit import ChainHead
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import ValueInvalid
from askul_connect.core.messages.audit import (
    AuditEntry,
    AuditHead,
    ExportAuditHeadRequest,
    ExportAuditHeadResponse,
    ListAuditRecordsRequest,
    ListAuditRecordsResponse,
)
from askul_connect.core.messages.canonical import content_hash
from askul_connect.core.policies.chains import Break, check_chain
from askul_connect.core.ports.supplier_storage import SupplierStorage, SupplierUnitOfWork
from askul_connect.core.services.supplier.context import Context, House
from askul_connect.core.services.supplier.cursors import sequence_page
from askul_connect.core.services.supplier.records import (
    audit_chain,
    login_chain,
    sealed_audit,
    sealed_login,
)
from askul_connect.core.services.units import run_unit

_AUDIT_LIST = "audit"
_BATCH = 1_000

_Entry = tuple[int, str, Sequence[object]]


def list_audit_records(context: Context, request: ListAuditRecordsRequest) -> ListAuditRecordsResponse:
    """The records of the caller's account, oldest first."""
    account_id = context.caller.account_id
    head = context.unit.chains.get(audit_chain(account_id))
    found, info = sequence_page(
        context,
        _AUDIT_LIST,
        request,
        lambda after, limit: context.unit.audit.of_account(account_id, after, limit),
        lambda record: record.sequence,
        head.sequence if head else 0,
    )
    return ListAuditRecordsResponse(
        records=tuple(
            AuditEntry(
                sequence=one.sequence,
                at=one.at,
                actor=one.actor,
                action=one.action,
                subject=one.subject,
                detail=one.detail,
                reference=one.reference,
                seal=one.seal,
            )
            for one in found
        ),
        page=info,
    )


def export_audit_head(context: Context, _request: ExportAuditHeadRequest) -> ExportAuditHeadResponse:
    """Every head, signed: kept elsewhere, it shows later that no chain was cut or made anew."""
    heads = tuple(
        AuditHead(chain=one.chain, sequence=one.sequence, seal=one.seal) for one in context.unit.chains.all()
    )
    signature = _signature(context.house.seal_key, context.now, heads)
    return ExportAuditHeadResponse(at=context.now, heads=heads, signature=signature)


def _signature(key: Secret, at: datetime, heads: tuple[AuditHead, ...]) -> str:
    text = content_hash(("heads", at, heads))
    return hmac.new(key.reveal().encode(), text.encode(), hashlib.sha256).hexdigest()


@frozen(kw_only=True)
class ChainReport:
    """What verifying all chains found.

    Attributes:
        chains: How many there are.
        entries: How many entries were checked.
        unsealed: Entries from before there were seals.
        breaks: Where a chain does not hold.
    """

    chains: int
    entries: int
    unsealed: int
    breaks: tuple[Break, ...]


def verify_chains(
    storage: SupplierStorage,
    house: House,
    exported: ExportAuditHeadResponse | None = None,
    *,
    progress: Callable[[int], None] = lambda _entries: None,
) -> ChainReport:
    """As :func:`check_chains`, with a house's key."""
    return check_chains(storage, house.seal_key, exported, progress=progress)


def check_chains(
    storage: SupplierStorage,
    key: Secret,
    exported: ExportAuditHeadResponse | None = None,
    *,
    progress: Callable[[int], None] = lambda _entries: None,
) -> ChainReport:
    """Check every chain of login history and audit records, page by page; nothing is changed.

    Args:
        storage: The supplier's.
        key: That sealed them.
        exported: Heads that were kept elsewhere.
        progress: Told the number of entries checked so far.

    Raises:
        ValueInvalid: The exported heads are not signed by this supplier's key, or were changed.
    """
    kept = _kept(key, exported)
    heads, owners = run_unit(storage, _beginnings)
    names = {name for owner in owners for name in (audit_chain(owner), login_chain(owner))}
    counted = [0, 0]
    breaks: list[Break] = []
    present = 0
    for name in sorted(names | set(heads) | set(kept)):

        def entries(name: str = name) -> Iterator[_Entry]:
            # what is appended meanwhile is not looked at
            until = heads[name].sequence if name in heads else None
            for entry in _entries(storage, key, name, until):
                counted[0] += 1
                counted[1] += not entry[1]
                yield entry
            progress(counted[0])

        before = counted[0]
        breaks += check_chain(key, name, entries(), stored=heads.get(name), exported=kept.get(name))
        present += name in heads or counted[0] > before
    return ChainReport(chains=present, entries=counted[0], unsealed=counted[1], breaks=tuple(breaks))


def _kept(key: Secret, exported: ExportAuditHeadResponse | None) -> Mapping[str, ChainHead]:
    if exported is None:
        return {}
    right = _signature(key, exported.at, exported.heads)
    if not hmac.compare_digest(right.encode(), exported.signature.encode()):
        raise ValueInvalid("the exported heads were changed, or are another supplier's", where="signature")
    return {
        one.chain: ChainHead(chain=one.chain, sequence=one.sequence, seal=one.seal) for one in exported.heads
    }


def _beginnings(unit: SupplierUnitOfWork) -> tuple[Mapping[str, ChainHead], Sequence[str]]:
    heads = {head.chain: head for head in unit.chains.all()}
    return heads, ["", *(account.account_id for account in unit.accounts.all())]


def _entries(storage: SupplierStorage, key: Secret, chain: str, until: int | None) -> Iterator[_Entry]:
    kind, _, owner = chain.partition(":")

    def page(unit: SupplierUnitOfWork, after: int) -> list[_Entry]:
        if kind == "audit":
            records = unit.audit.of_account(owner, after, _BATCH)
            return [(one.sequence, one.seal, sealed_audit(one)) for one in records]
        found = unit.logins.of_account(owner, after, _BATCH)
        return [(one.sequence, one.seal, sealed_login(key, one)) for one in found]

    after = 0
    while batch := run_unit(storage, lambda unit, after=after: page(unit, after)):  # type: ignore[misc]  # a lambda's default has no type
        for entry in batch:
            if until is None or entry[0] <= until:
                yield entry
        after = batch[-1][0]
        if until is not None and after >= until:
            return
