"""Request and response of the service status."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen


@frozen(kw_only=True)
class GetServiceStatusRequest:
    """Asks whether the service works; needs no login (AUTH-15)."""


@frozen(kw_only=True)
class GetServiceStatusResponse:
    """The status: ``available`` or ``stopped``, with a notice.

    Attributes:
        version: Version of the supplier's program.
        time: The supplier's clock, UTC.
        zone: IANA name of the zone its business dates are in.
    """

    state: str
    notice: str
    version: str
    time: datetime
    zone: str
