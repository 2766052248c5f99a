"""Faults on the way in this process: the bytes that a network would carry, disturbed."""

from __future__ import annotations

from http import HTTPStatus

from askul_connect.core.errors import OutcomeUnknown, PartnerUnreachable
from askul_connect.core.ports.transport import HttpRequest, HttpResponse, Transport
from askul_connect.testing.faulty.plan import Fault, FaultPlan

_PLACE = "in process"
GIVEN_UP = HTTPStatus.GATEWAY_TIMEOUT


def operation_of(url: str, soap_action: str) -> str:
    """Which operation a request calls: SOAP names it in the action, JSON in the path."""
    named = soap_action.strip('"').rstrip("/") or url.partition("?")[0].rstrip("/")
    return named.replace(":", "/").rpartition("/")[2]


def is_about(body: bytes, purchase_order_id: str) -> bool:
    """Whether a message holds a purchase order's number as a whole value, in XML or in JSON."""
    value = purchase_order_id.encode()
    return any(opening + value + closing in body for opening, closing in ((b">", b"<"), (b'"', b'"')))


def corrupted(body: bytes) -> bytes:
    """The same number of bytes, of which the second half says nothing."""
    half = len(body) // 2
    return body[:half] + b"\xff" * (len(body) - half)


class FaultyTransport:
    """A ``Transport`` that meets the faults of a plan before another one carries what is left.

    Args:
        inner: Carries the bytes.
        plan: Says which calls meet what.
    """

    def __init__(self, inner: Transport, plan: FaultPlan) -> None:
        self._inner = inner
        self._plan = plan
        self._on_its_way: HttpRequest | None = None

    def send(self, request: HttpRequest) -> HttpResponse:
        """Send one request.

        Raises:
            PartnerUnreachable: The site is down.
            OutcomeUnknown: It was done, and the answer is lost.
        """
        if self._plan.planned(Fault.SITE_DOWN):
            self._plan.note(Fault.SITE_DOWN, _PLACE)
            raise PartnerUnreachable("no connection: the site is down", where=_PLACE)
        fault = self._plan.strike(
            operation_of(request.url, request.headers.get("soapaction", "")),
            lambda number: is_about(request.body, number),
        )
        if fault is Fault.LATE:
            self._on_its_way = request
            return HttpResponse(status=GIVEN_UP, headers={"content-type": "text/html"}, body=b"timed out")
        answer = self._inner.send(request)
        late, self._on_its_way = self._on_its_way, None
        if late is not None:
            self._inner.send(late)
        if fault is Fault.NO_ACKNOWLEDGEMENT:
            raise OutcomeUnknown("no whole answer came: the connection was reset", where=_PLACE)
        if fault is Fault.CORRUPT:
            return HttpResponse(status=answer.status, headers=answer.headers, body=corrupted(answer.body))
        return answer

    def close(self) -> None:
        """Release what carries the bytes."""
        self._inner.close()
