"""What works while something does not (AUTH-15): pure functions of the notices and the time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from askul_connect.core.domain.service_status import Disturbance, ServiceFunction, StatusNotice
from askul_connect.core.errors import AskulConnectError, FunctionStopped, OrdersStopped, ServiceStopped

#: A disturbance this long before or after is near enough to be the cause of what somebody reports.
NEARBY = timedelta(hours=2)


def stopping(notices: Iterable[StatusNotice], part: ServiceFunction, now: datetime) -> StatusNotice | None:
    """What stops a part of the service at an instant, the longest expected one; None when it works."""
    found = [one for one in notices if part.value in one.parts and one.in_force(now)]
    # one without an expected end lasts longest
    return max(
        found, key=lambda one: (one.expected_end is None, one.expected_end or one.starts_at), default=None
    )


def refusal(notice: StatusNotice, part: ServiceFunction, now: datetime) -> AskulConnectError:
    """What an operation of a stopped part answers: what is stopped, until when, and what to do meanwhile."""
    end = notice.expected_end
    wait = max(1, -int((now - end) // timedelta(seconds=1))) if end is not None and end > now else None
    until = f"; expected until {end.isoformat()}" if end is not None else ""
    if part is ServiceFunction.LOGIN:
        return ServiceStopped(f"{notice.kind.value}{until}", reference=notice.notice_id, retry_after=wait)
    if notice.kind is Disturbance.ORDERS_STOPPED:
        return OrdersStopped(
            f"no orders are taken at present{until}", reference=notice.notice_id, retry_after=wait
        )
    return FunctionStopped(
        f"{part.value} cannot be used at present: {notice.kind.value}{until}",
        reference=notice.notice_id,
        retry_after=wait,
    )


def summary(notices: Sequence[StatusNotice], now: datetime) -> str:
    """``available``, ``limited`` while parts are stopped, ``stopped`` while nobody can log in."""
    stopped = {part for one in notices if one.in_force(now) for part in one.parts}
    if not stopped:
        return "available"
    return "stopped" if ServiceFunction.LOGIN.value in stopped else "limited"


def nearby(notices: Iterable[StatusNotice], now: datetime) -> bool:
    """Whether a disturbance is reported at about this time (AUTH-3)."""
    for one in notices:
        end = one.ends_at()
        if one.starts_at - NEARBY <= now and (end is None or now < end + NEARBY):
            return True
    return False
