"""The outage playbook as the supplier tells it (SUP-3)."""

from __future__ import annotations

from askul_connect.core.messages.tickets import (
    FallbackChannel,
    GetOutagePlaybookRequest,
    GetOutagePlaybookResponse,
    InformationItem,
    PlaybookStep,
)
from askul_connect.core.policies.outage_playbook import (
    FALLBACKS,
    FAX_HOURS,
    FAX_TITLE,
    HAVE_READY,
    STEPS,
    Fallback,
)
from askul_connect.core.policies.service_status import summary
from askul_connect.core.policies.support_channels import CHANNELS, is_open
from askul_connect.core.services.supplier.context import Context


def get_outage_playbook(context: Context, _request: GetOutagePlaybookRequest) -> GetOutagePlaybookResponse:
    """Status, steps, other ways, what to have ready; no login, and while all else is stopped."""
    return GetOutagePlaybookResponse(
        state=summary(context.unit.status.current(context.now), context.now),
        steps=tuple(PlaybookStep(step=one.step, text_ja=one.text.ja, text_en=one.text.en) for one in STEPS),
        channels=tuple(_channel(context, one) for one in FALLBACKS),
        have_ready=tuple(
            InformationItem(item=one.item, text_ja=one.text.ja, text_en=one.text.en) for one in HAVE_READY
        ),
    )


def _channel(context: Context, fallback: Fallback) -> FallbackChannel:
    known = next((one for one in CHANNELS if one.channel == fallback.channel), None)
    title, hours = (known.title, known.hours) if known else (FAX_TITLE, FAX_HOURS)
    zone, holiday = context.house.profile.zone, context.house.holidays.is_holiday
    return FallbackChannel(
        channel=fallback.channel,
        title_ja=title.ja,
        title_en=title.en,
        use_ja=fallback.use.ja,
        use_en=fallback.use.en,
        hours_ja=hours.ja,
        hours_en=hours.en,
        open_now=known is None or is_open(known, context.now, zone, holiday),
    )
