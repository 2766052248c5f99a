"""Append-only records, sealed as they are written (AUTH-10, AUTH-17)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence

from attrs import evolve

from askul_connect.core.domain.accounts import LoginRecord
from askul_connect.core.domain.audit import AuditRecord
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.domain.stored import StoredForm
from askul_connect.core.messages.canonical import content_hash
from askul_connect.core.policies.chains import seal
from askul_connect.core.ports.supplier_storage import SupplierUnitOfWork
from askul_connect.core.services.supplier.context import Context, House

#: Further facts of an audit record.
DETAIL_FORM = StoredForm(name="audit detail")
_LOGIN_CHAIN = "logins:"
_AUDIT_CHAIN = "audit:"


def login_chain(account_id: str) -> str:
    """Name of the chain of an account's login history; of unknown IDs' without one."""
    return f"{_LOGIN_CHAIN}{account_id}"


def audit_chain(account_id: str) -> str:
    """Name of the chain of an account's audit records; of the supplier's own without one."""
    return f"{_AUDIT_CHAIN}{account_id}"


def personal_digest(key: Secret, record: LoginRecord) -> str:
    """What stands under the seal for the personal data of a login record, so that these can be erased (ACC-8).

    It is keyed: without the key nobody finds the data again by trying, nor forges an erasure.
    """
    if record.personal:
        return record.personal
    text = content_hash((record.login_id, record.address, record.device))
    return hmac.new(key.reveal().encode(), text.encode(), hashlib.sha256).hexdigest()


def sealed_login(key: Secret, record: LoginRecord) -> Sequence[object]:
    """What a login record's seal covers, beside its place."""
    return (
        record.reference,
        record.at,
        personal_digest(key, record),
        record.account_id,
        record.user_id,
        record.result,
        record.reason,
        record.risk,
    )


def sealed_audit(record: AuditRecord) -> Sequence[object]:
    """What an audit record's seal covers, beside its place."""
    return (
        record.account_id,
        record.at,
        record.actor,
        record.action,
        record.subject,
        record.detail,
        record.reference,
    )


def add_login_record(unit: SupplierUnitOfWork, house: House, record: LoginRecord) -> LoginRecord:
    """Append to the login history of the record's account; returns the record with place and seal."""
    chain = login_chain(record.account_id)
    head = seal(house.seal_key, unit.chains.get(chain), chain, sealed_login(house.seal_key, record))
    sealed = evolve(record, sequence=head.sequence, seal=head.seal)
    unit.logins.add(sealed)
    unit.chains.put(head)
    return sealed


def audit(
    context: Context,
    action: str,
    subject: str,
    *,
    account_id: str | None = None,
    actor: str | None = None,
    reference: str = "",
    detail: Mapping[str, object] | None = None,
) -> AuditRecord:
    """Append to the audit records, in the unit of work that does what is recorded (AUTH-17).

    Args:
        context: The call.
        action: What was done, as ``noun-verb``.
        subject: Id of what it was done to.
        account_id: Whose record it is; the caller's own account by default, ``""`` for the supplier's own.
        actor: Who did it; the caller by default. Given where nobody is logged in.
        reference: The number under which the caller knows of it.
        detail: Further facts, never a secret.

    Returns:
        The record with its place and seal.
    """
    caller = context.principal
    owner = account_id if account_id is not None else (caller.account_id if caller else "")
    chain = audit_chain(owner)
    record = AuditRecord(
        account_id=owner,
        sequence=0,
        at=context.now,
        actor=actor if actor is not None else (caller.actor if caller else ""),
        action=action,
        subject=subject,
        detail=DETAIL_FORM.write(detail or {}, sort_keys=True),
        reference=reference,
        seal="",
    )
    head = seal(context.house.seal_key, context.unit.chains.get(chain), chain, sealed_audit(record))
    sealed = evolve(record, sequence=head.sequence, seal=head.seal)
    context.unit.audit.add(sealed)
    context.unit.chains.put(head)
    return sealed
