"""Machines that were not let in, in the login history (AUTH-10, AUTH-20)."""

from __future__ import annotations

from datetime import timedelta

from askul_connect.core.domain.accounts import AccountState, ClientCredential, LoginRecord
from askul_connect.core.domain.login_attempts import AttemptCounter
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import NotAuthenticated
from askul_connect.core.policies.lockout import source_of
from askul_connect.core.policies.machines import is_good_from
from askul_connect.core.ports.faces import Call
from askul_connect.core.ports.supplier_storage import SupplierUnitOfWork
from askul_connect.core.services.supplier.authentication import claimed
from askul_connect.core.services.supplier.context import House
from askul_connect.core.services.supplier.records import add_login_record

#: A machine that goes on trying is recorded this often, and a source of unknown credentials too.
_RECORD_EVERY = timedelta(minutes=1)


def record_refused_machine(unit: SupplierUnitOfWork, house: House, call: Call, token: Secret) -> None:
    """Write down that a machine was refused; the account's administrator finds it in the login history.

    A credential whose secret was right is recorded in its account's history, any other in that of unknown IDs. Both
    take the same queries and one commit, so that the time of a refusal does not tell them apart either.

    Args:
        unit: A unit of its own: the refused call's was taken back.
        house: Clock, ids and seal.
        call: The call that was refused.
        token: Its token.
    """
    now = house.clock.now()
    credential, same = claimed(unit, token)
    proven = credential if credential is not None and same else None
    account = unit.accounts.get(credential.account_id if credential else "")
    reason = _reason(
        proven, call.address, active=account is not None and account.state is AccountState.ACTIVE
    )
    if not reason:
        # it was let in, and what it asked for said the same for another reason
        return
    subject = f"machine:{proven.credential_id}" if proven else f"machine-source:{source_of(call.address)}"
    known = unit.attempts.get(subject)
    due = known is None or now - known.last_at >= _RECORD_EVERY
    unit.attempts.put(
        AttemptCounter(
            subject=subject,
            failures=known.failures + 1 if known else 1,
            last_at=known.last_at if known and not due else now,
        )
    )
    if not due:
        return
    add_login_record(
        unit,
        house,
        LoginRecord(
            reference=house.ids.digits("login-reference", 10),
            at=now,
            # what is no credential may be a part of one, or a password in the wrong place
            login_id=proven.credential_id if proven else "",
            account_id=proven.account_id if proven else "",
            user_id="",
            result=NotAuthenticated.code,
            reason=reason,
            address=call.address,
        ),
    )


def _reason(proven: ClientCredential | None, address: str, *, active: bool) -> str:
    if proven is None:
        return "unknown-credential"
    if proven.revoked_at is not None:
        return "credential-revoked"
    if not active:
        return "account-not-active"
    return "" if is_good_from(proven.networks, address) else "address-not-allowed"
