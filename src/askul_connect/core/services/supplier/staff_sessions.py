"""Sessions of the supplier's own people: those of no account (AUTH-20)."""

from __future__ import annotations

from datetime import datetime, timedelta

from attrs import evolve

from askul_connect.core.domain.accounts import Role, Session
from askul_connect.core.domain.staff import StaffState
from askul_connect.core.policies.staff_access import is_over
from askul_connect.core.ports.supplier_storage import SupplierUnitOfWork
from askul_connect.core.services.supplier.context import Principal

#: How often the last use of a session is written down.
_NOTE_USE_EVERY = timedelta(minutes=1)


def is_staff_session(session: Session) -> bool:
    """Whether it is a staff member's: a customer's always has a home account."""
    return not session.account_id and not session.home_account_id


def staff_principal(unit: SupplierUnitOfWork, session: Session, now: datetime) -> Principal | None:
    """Who calls with a staff session; None when it is over or the person was removed."""
    member = unit.staff.get(session.user_id)
    if member is None or member.state is not StaffState.ACTIVE:
        return None
    if session.ended_at is not None or is_over(session, now):
        return None
    if now - session.last_seen_at >= _NOTE_USE_EVERY:
        session = evolve(session, last_seen_at=now)
        unit.sessions.save(session)
    return Principal(account_id="", actor=member.staff_id, role=Role.SUPPLIER, session=session)
