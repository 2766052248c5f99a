"""Requests and responses of the service status and its notices (AUTH-15)."""

from __future__ import annotations

from datetime import datetime

from attrs import field, frozen

from askul_connect.core.domain.service_status import Disturbance, ServiceFunction


@frozen(kw_only=True)
class GetServiceStatusRequest:
    """Asks whether the service works; needs no login (AUTH-15)."""


@frozen(kw_only=True)
class GetServiceStatusResponse:
    """The status: ``available``, ``limited`` or ``stopped``, with a notice.

    Attributes:
        notice: Japanese text of the disturbance that lasts longest; empty when there is none. ``ListNotices`` has all.
        version: Version of the supplier's program.
        time: The supplier's clock, UTC.
        zone: IANA name of the zone its business dates are in.
    """

    state: str
    notice: str
    version: str
    time: datetime
    zone: str


@frozen(kw_only=True)
class ListNoticesRequest:
    """Asks for present, planned and recent disturbances; needs no login."""


@frozen(kw_only=True)
class Notice:
    """One disturbance.

    Attributes:
        kind: ``maintenance``, ``outage`` or ``orders_stopped``.
        parts: What of the service it stops.
        in_force: Whether it does so now.
        expected_end: When all is expected to work again; None when nobody knows.
    """

    notice_id: str
    kind: str
    parts: tuple[str, ...]
    in_force: bool
    starts_at: datetime
    text_ja: str
    text_en: str
    expected_end: datetime | None = None
    ended_at: datetime | None = None


@frozen(kw_only=True)
class ListNoticesResponse:
    """The disturbances in order of their beginning, and what of the service works now."""

    notices: tuple[Notice, ...]
    working: tuple[str, ...]
    stopped: tuple[str, ...]


@frozen(kw_only=True)
class SetServiceStatusRequest:
    """Announce a disturbance, change one, or declare it to be over.

    Attributes:
        notice_id: One that exists; empty announces a new one.
        parts: What it stops; each must be one that its kind can stop.
        starts_at: None for now.
        over: Declares it to be over; the rest is left as it is.
    """

    notice_id: str = ""
    kind: Disturbance = Disturbance.OUTAGE
    parts: tuple[ServiceFunction, ...] = field(default=())
    starts_at: datetime | None = None
    expected_end: datetime | None = None
    text_ja: str = ""
    text_en: str = ""
    over: bool = False


@frozen(kw_only=True)
class SetServiceStatusResponse:
    """The disturbance that was announced or changed."""

    notice_id: str
