"""Finding help: diagnosis, FAQ, ways to support; no login, and while all else is stopped (AUTH-3, SUP-1, SUP-5)."""

from __future__ import annotations

from datetime import UTC, datetime

from askul_connect.core.messages.guidance import (
    DiagnosedCause,
    DiagnoseRequest,
    DiagnoseResponse,
    FaqAnswer,
    ListSupportChannelsRequest,
    ListSupportChannelsResponse,
    SearchFaqRequest,
    SearchFaqResponse,
    SupportChannel,
)
from askul_connect.core.policies.diagnosis import diagnose as judged
from askul_connect.core.policies.faq import FAQ, search
from askul_connect.core.policies.login_causes import Symptom
from askul_connect.core.policies.service_status import NEARBY, nearby
from askul_connect.core.policies.support_channels import CHANNELS, is_open, opens_at
from askul_connect.core.services.supplier.context import Context

_LATEST = datetime.max.replace(tzinfo=UTC)


def diagnose(context: Context, request: DiagnoseRequest) -> DiagnoseResponse:
    """Causes and remedies; while a disturbance is reported nearby, that comes first (AUTH-3)."""
    disturbed = nearby(context.unit.status.current(context.now - NEARBY), context.now)
    return diagnosis(request, disturbance_nearby=disturbed)


def diagnosis(request: DiagnoseRequest, *, disturbance_nearby: bool) -> DiagnoseResponse:
    """The same without a supplier: for a customer whose supplier cannot be reached."""
    causes = judged(request.code, request.symptom, disturbance_nearby=disturbance_nearby)
    return DiagnoseResponse(
        causes=tuple(
            DiagnosedCause(
                cause=cause.cause,
                title_ja=cause.title.ja,
                title_en=cause.title.en,
                symptoms=tuple(symptom.value for symptom in cause.symptoms),
                steps_ja=tuple(step.ja for step in cause.steps),
                steps_en=tuple(step.en for step in cause.steps),
                channel=cause.channel,
                faq=tuple(one.faq for one in FAQ if cause.cause in one.causes),
            )
            for cause in causes
        ),
        disturbance_nearby=disturbance_nearby,
        symptoms=tuple(symptom.value for symptom in Symptom),
    )


def search_faq(_context: Context, request: SearchFaqRequest) -> SearchFaqResponse:
    """The questions that hold most of the words."""
    return found_answers(request.words)


def found_answers(words: str) -> SearchFaqResponse:
    """The same without a supplier."""
    return SearchFaqResponse(
        answers=tuple(
            FaqAnswer(
                faq=one.faq,
                question_ja=one.question.ja,
                question_en=one.question.en,
                answer_ja=one.answer.ja,
                answer_en=one.answer.en,
                causes=one.causes,
            )
            for one in search(words)
        )
    )


def list_support_channels(
    context: Context, _request: ListSupportChannelsRequest
) -> ListSupportChannelsResponse:
    """Who can be reached now: open ones first, the urgent ones before the others."""
    zone, holiday = context.house.profile.zone, context.house.holidays.is_holiday
    found = [
        SupportChannel(
            channel=one.channel,
            title_ja=one.title.ja,
            title_en=one.title.en,
            hours_ja=one.hours.ja,
            hours_en=one.hours.en,
            open_now=is_open(one, context.now, zone, holiday),
            urgent=one.urgent,
            opens_at=opens_at(one, context.now, zone, holiday),
        )
        for one in CHANNELS
    ]
    found.sort(key=lambda one: (not one.open_now, not one.urgent, one.opens_at or _LATEST))
    return ListSupportChannelsResponse(channels=tuple(found))
