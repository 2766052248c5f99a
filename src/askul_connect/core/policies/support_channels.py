"""The ways to support and their hours, as data (SUP-1)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

from attrs import frozen

from askul_connect.core.domain.calendar import is_business_day, zone_of
from askul_connect.core.errors import Text

#: No break of the calendar is longer.
_LONGEST_BREAK = 60


@frozen(kw_only=True)
class Channel:
    """One way to support.

    Attributes:
        opens, closes: Local hours on business days; None for day and night.
        urgent: Whether it is meant for what cannot wait.
    """

    channel: str
    title: Text
    hours: Text
    opens: time | None = None
    closes: time | None = None
    urgent: bool = False


_OFFICE = Text(ja="平日 9:00-18:00 (祝日を除く)", en="weekdays 9:00 to 18:00, not on holidays")
_ALWAYS = Text(ja="24時間", en="day and night")

CHANNELS: tuple[Channel, ...] = (
    Channel(
        channel="phone",
        title=Text(ja="電話サポート", en="Phone"),
        hours=_OFFICE,
        opens=time(9),
        closes=time(18),
        urgent=True,
    ),
    Channel(
        channel="corporate_chat",
        title=Text(ja="法人専用チャット", en="Corporate chat"),
        hours=_OFFICE,
        opens=time(9),
        closes=time(18),
        urgent=True,
    ),
    Channel(
        channel="chat",
        title=Text(ja="チャットサポート (最初の回答は自動)", en="Chat (answered by itself at first)"),
        hours=_ALWAYS,
    ),
    Channel(
        channel="form",
        title=Text(ja="問い合わせフォーム (画面の写しを添付可)", en="Form (takes screenshots)"),
        hours=_ALWAYS,
    ),
    Channel(channel="email", title=Text(ja="メール", en="E-mail"), hours=_ALWAYS),
)


def is_open(channel: Channel, now: datetime, zone: str, is_holiday: Callable[..., bool]) -> bool:
    """Whether somebody can be reached on it at an instant."""
    if channel.opens is None or channel.closes is None:
        return True
    local = now.astimezone(zone_of(zone))
    return is_business_day(local.date(), is_holiday) and channel.opens <= local.time() < channel.closes


def opens_at(channel: Channel, now: datetime, zone: str, is_holiday: Callable[..., bool]) -> datetime | None:
    """When it opens next, UTC; None for one that is open."""
    if channel.opens is None or is_open(channel, now, zone, is_holiday):
        return None
    local = now.astimezone(zone_of(zone))
    for days in range(_LONGEST_BREAK):
        day = local.date() + timedelta(days=days)
        begins = datetime.combine(day, channel.opens, tzinfo=zone_of(zone))
        if begins > local and is_business_day(day, is_holiday):
            return begins.astimezone(UTC)
    return None
