"""The service status."""

from __future__ import annotations

from askul_connect.core.messages.status import GetServiceStatusRequest, GetServiceStatusResponse
from askul_connect.core.services.supplier.context import Context

#: Version of the wire: the major version is in the namespace, this is what was added to it since.
WIRE_VERSION = "1.0"


def get_service_status(context: Context, _request: GetServiceStatusRequest) -> GetServiceStatusResponse:
    """That the service answers is its status; stopping parts of it comes with the maintenance windows (AUTH-15)."""
    return GetServiceStatusResponse(
        state="available",
        notice="",
        version=WIRE_VERSION,
        time=context.now,
        zone=context.house.profile.zone,
    )
