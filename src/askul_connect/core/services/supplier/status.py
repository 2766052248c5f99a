"""The service status: what works, what does not, and what people are told (AUTH-15)."""

from __future__ import annotations

from datetime import timedelta

from attrs import evolve

from askul_connect.core.domain.service_status import MAY_STOP, ServiceFunction, StatusNotice
from askul_connect.core.errors import NotFound, Problem, ValueInvalid
from askul_connect.core.messages.status import (
    GetServiceStatusRequest,
    GetServiceStatusResponse,
    ListNoticesRequest,
    ListNoticesResponse,
    Notice,
    SetServiceStatusRequest,
    SetServiceStatusResponse,
)
from askul_connect.core.policies.service_status import refusal, stopping, summary
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.findings import finding
from askul_connect.core.services.supplier.records import audit

#: Version of the wire: the major version is in the namespace, this is what was added to it since.
WIRE_VERSION = "1.1"
#: How long a disturbance that is over is still listed.
_RECENT = timedelta(days=7)
_TEXT_LENGTH = 1_000


def require_open(context: Context, function: ServiceFunction) -> None:
    """Let a call go on only when its part of the service is not stopped.

    Raises:
        ServiceStopped, OrdersStopped, FunctionStopped: It is.
    """
    notice = stopping(context.unit.status.current(context.now), function, context.now)
    if notice is not None:
        raise refusal(notice, function, context.now)


def get_service_status(context: Context, _request: GetServiceStatusRequest) -> GetServiceStatusResponse:
    """Whether everything works; the notice is that of the disturbance that lasts longest."""
    notices = [one for one in context.unit.status.current(context.now) if one.in_force(context.now)]
    longest = max(
        notices,
        key=lambda one: (one.expected_end is None, one.expected_end or one.starts_at),
        default=None,
    )
    return GetServiceStatusResponse(
        state=summary(notices, context.now),
        notice=longest.text_ja if longest else "",
        version=WIRE_VERSION,
        time=context.now,
        zone=context.house.profile.zone,
    )


def list_notices(context: Context, _request: ListNoticesRequest) -> ListNoticesResponse:
    """Present, planned and recent disturbances, and what works now."""
    now = context.now
    known = context.unit.status.current(now - _RECENT)
    working = [part for part in ServiceFunction if stopping(known, part, now) is None]
    return ListNoticesResponse(
        notices=tuple(
            Notice(
                notice_id=one.notice_id,
                kind=one.kind.value,
                parts=one.parts,
                in_force=one.in_force(now),
                starts_at=one.starts_at,
                text_ja=one.text_ja,
                text_en=one.text_en,
                expected_end=one.expected_end,
                ended_at=one.ended_at,
            )
            for one in known
        ),
        working=tuple(part.value for part in working),
        stopped=tuple(part.value for part in ServiceFunction if part not in working),
    )


def set_service_status(context: Context, request: SetServiceStatusRequest) -> SetServiceStatusResponse:
    """Announce a disturbance, change one, or declare it to be over; staff only.

    Raises:
        NotFound: There is no such notice.
        ValueInvalid: Parts, times or texts are not acceptable; all findings at once.
    """
    unit = context.unit
    known = unit.status.get(request.notice_id) if request.notice_id else None
    if request.notice_id and known is None:
        raise NotFound("there is no such notice", where="notice_id")
    if known is not None and request.over:
        unit.status.save(evolve(known, ended_at=known.ended_at or context.now))
        audit(context, "service-status-over", known.notice_id, account_id="")
        return SetServiceStatusResponse(notice_id=known.notice_id)
    problems = _problems(request)
    if problems:
        raise ValueInvalid("the disturbance cannot be announced like this", problems=tuple(problems))
    notice_id = known.notice_id if known else context.house.ids.digits("notice-number", 10)
    notice = StatusNotice(
        notice_id=notice_id,
        kind=request.kind,
        parts=tuple(sorted({part.value for part in request.parts})),
        starts_at=request.starts_at or context.now,
        expected_end=request.expected_end,
        text_ja=request.text_ja,
        text_en=request.text_en,
        created_at=known.created_at if known else context.now,
    )
    if known is None:
        unit.status.add(notice)
    else:
        unit.status.save(notice)
    audit(
        context,
        "service-status-set",
        notice_id,
        account_id="",
        detail={"kind": notice.kind.value, "parts": list(notice.parts)},
    )
    return SetServiceStatusResponse(notice_id=notice_id)


def replay_set_service_status(
    _context: Context, _request: SetServiceStatusRequest, notice_id: str
) -> SetServiceStatusResponse:
    """The answer of an earlier call with the same key."""
    return SetServiceStatusResponse(notice_id=notice_id)


def _problems(request: SetServiceStatusRequest) -> list[Problem]:
    allowed = MAY_STOP[request.kind]
    wrong = sorted(part.value for part in request.parts if part not in allowed)
    problems = []
    if wrong or not request.parts:
        accepted = ", ".join(sorted(part.value for part in allowed))
        named = ", ".join(wrong) or "nothing"
        problems.append(
            finding(
                ValueInvalid, f"{request.kind.value} cannot stop {named}; accepted: {accepted}", where="parts"
            )
        )
    start = request.starts_at
    if start is not None and request.expected_end is not None and request.expected_end <= start:
        problems.append(finding(ValueInvalid, "it ends before it begins", where="expected_end"))
    for where, text in (("text_ja", request.text_ja), ("text_en", request.text_en)):
        if not text.strip() or len(text) > _TEXT_LENGTH:
            problems.append(finding(ValueInvalid, f"a text has 1 to {_TEXT_LENGTH} characters", where=where))
    return problems
