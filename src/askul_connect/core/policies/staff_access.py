"""Rules for the logins of the supplier's own people: pauses and the lives of sessions (AUTH-20)."""

from __future__ import annotations

from datetime import datetime, timedelta

from attrs import evolve

from askul_connect.core.domain.accounts import Session
from askul_connect.core.domain.staff import StaffMember

IDLE = timedelta(minutes=15)
LIFE = timedelta(hours=8)

_FREE_FAILURES = 5
_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(minutes=15)


def is_paused(member: StaffMember, now: datetime) -> bool:
    """Whether nothing is accepted at present, whatever is typed."""
    return member.paused_until is not None and now < member.paused_until


def after_failure(member: StaffMember, now: datetime) -> StaffMember:
    """The member after a login that failed: from the fifth in a row on there is a pause, each twice as long.

    What comes during a pause is not looked at, and does not count.
    """
    if is_paused(member, now):
        return member
    failures = member.failures + 1
    if failures < _FREE_FAILURES:
        return evolve(member, failures=failures)
    # more doublings than these reach the longest pause anyway
    doublings = min(failures - _FREE_FAILURES, 8)
    pause = min(_FIRST_PAUSE * (1 << doublings), _LONGEST_PAUSE)
    return evolve(member, failures=failures, paused_until=now + pause)


def is_over(session: Session, now: datetime) -> bool:
    """Whether a staff session has ended by itself."""
    return now >= session.expires_at or now - session.last_seen_at >= IDLE
