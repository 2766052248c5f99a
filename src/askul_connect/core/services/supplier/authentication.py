"""From the token of a call to who calls: sessions of people, credentials of machines."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta

from attrs import evolve

from askul_connect.core.domain.accounts import (
    AccountState,
    ClientCredential,
    Membership,
    Session,
    SessionStage,
    UserState,
)
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import (
    AccessDenied,
    AskulConnectError,
    NotAuthenticated,
    PasswordChangeRequired,
    SecondFactorRequired,
)
from askul_connect.core.operations.registry import ANYONE, Operation
from askul_connect.core.policies.machines import is_good_from
from askul_connect.core.policies.reach import is_limited, reach
from askul_connect.core.policies.sessions import is_over, is_to_be_noted
from askul_connect.core.ports.supplier_storage import SupplierUnitOfWork
from askul_connect.core.services.supplier.context import Principal
from askul_connect.core.services.supplier.staff_sessions import is_staff_session, staff_principal

CREDENTIAL_MARK = "ac_"

#: How often the last use of a credential is written down.
_NOTE_USE_EVERY = timedelta(minutes=1)


def principal_of(unit: SupplierUnitOfWork, token: Secret, now: datetime, address: str) -> Principal:
    """Who a token belongs to.

    Args:
        unit: The unit of work.
        token: What the caller sent.
        now: The present.
        address: Where the call comes from, empty in process.

    Raises:
        NotAuthenticated: It is unknown, ended, expired, revoked or of another address; all answer alike.
    """
    if is_credential(token):
        return _machine(unit, token, now, address)
    return _person(unit, token, now)


def is_credential(token: Secret) -> bool:
    """Whether a token is, or would be, a machine's."""
    return token.reveal().startswith(CREDENTIAL_MARK)


def claimed(unit: SupplierUnitOfWork, token: Secret) -> tuple[ClientCredential | None, bool]:
    """The credential that a machine's token names, and whether its secret is the right one."""
    credential_id, _, secret = token.reveal().removeprefix(CREDENTIAL_MARK).partition(".")
    credential = unit.credentials.get(credential_id)
    given = Secret(secret).fingerprint()
    # compared even when there is no such credential, so that both answers take the same work
    same = hmac.compare_digest(given, credential.secret_hash if credential else Secret("").fingerprint())
    return credential, same


def _refuse() -> NotAuthenticated:
    return NotAuthenticated("the session or client credential is not valid")


def _machine(unit: SupplierUnitOfWork, token: Secret, now: datetime, address: str) -> Principal:
    credential, same = claimed(unit, token)
    # asked for even when there is no such credential, for the same reason
    account = unit.accounts.get(credential.account_id if credential else "")
    if credential is None or not same or credential.revoked_at is not None:
        raise _refuse()
    if account is None or account.state is not AccountState.ACTIVE:
        raise _refuse()
    if not is_good_from(credential.networks, address):
        raise _refuse()
    if credential.last_used_at is None or now - credential.last_used_at >= _NOTE_USE_EVERY:
        unit.credentials.save(evolve(credential, last_used_at=now))
    return Principal(
        account_id=credential.account_id,
        actor=credential.credential_id,
        role=None,
        operations=frozenset(credential.operations),
        departments=frozenset(credential.departments),
        account=account,
    )


def _person(unit: SupplierUnitOfWork, token: Secret, now: datetime) -> Principal:
    session = unit.sessions.get(token.fingerprint())
    if session is None or session.ended_at is not None:
        raise _refuse()
    if is_staff_session(session):
        staff = staff_principal(unit, session, now)
        if staff is None:
            raise _refuse()
        return staff
    user = unit.users.get(session.home_account_id, session.user_id)
    membership = unit.memberships.get(session.account_id, session.user_id)
    account = unit.accounts.get(session.account_id)
    if user is None or user.state is not UserState.ACTIVE or account is None:
        raise _refuse()
    if membership is None or membership.state is not UserState.ACTIVE:
        raise _refuse()
    if account.state is not AccountState.ACTIVE:
        raise _refuse()
    if is_over(session, account, now):
        raise _refuse()
    if is_to_be_noted(session, account, now):
        session = evolve(session, last_seen_at=now)
        unit.sessions.save(session)
    return Principal(
        account_id=membership.account_id,
        actor=user.user_id,
        role=membership.role,
        session=session,
        account=account,
        departments=_departments(unit, membership, session),
    )


def _departments(unit: SupplierUnitOfWork, membership: Membership, session: Session) -> frozenset[str]:
    """What a person sees and orders for; empty means all of the account (ACC-5)."""
    role, codes, current = membership.role, membership.department_codes, session.department_code
    if not is_limited(role, codes, current):
        return frozenset()
    return reach(role, codes, unit.departments.of_account(membership.account_id), current)


def authorise(operation: Operation[object, object], principal: Principal | None) -> None:
    """Whether the caller may call the operation.

    Raises:
        NotAuthenticated: It needs a login and there is none.
        PasswordChangeRequired, SecondFactorRequired: The session is not there yet (AUTH-4, AUTH-8).
        AccessDenied: The role, or the scope of the credential, does not include it.
    """
    if operation.access == ANYONE:
        return
    if principal is None:
        raise NotAuthenticated("this operation needs a login or a client credential")
    if principal.session is not None and principal.session.stage not in (
        SessionStage.FULL,
        *operation.stages,
    ):
        raise _unfinished(principal.session)
    if principal.operations is not None:
        allowed = operation.machines and operation.name in principal.operations
    else:
        allowed = principal.role in operation.access
    if operation.automation and principal.session is not None:
        raise AccessDenied(f"{operation.name} is for the supplier's own program, not for its people")
    if not allowed:
        raise AccessDenied(f"this login or client credential does not include {operation.name}")


def _unfinished(session: Session) -> AskulConnectError:
    """What a session lacks that may not do everything yet."""
    if session.stage is SessionStage.PASSWORD_CHANGE:
        return PasswordChangeRequired("this session may only set a new password")
    if session.stage is SessionStage.SECOND_FACTOR:
        return SecondFactorRequired("this session may only prove the second factor")
    return SecondFactorRequired("this session may only enrol a second factor, which the account requires")
