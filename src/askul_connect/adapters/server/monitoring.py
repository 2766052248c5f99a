"""What watches a served supplier: whether it is alive, whether it is ready, and its metrics (SRV-5)."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import attrs
from attrs import field, frozen
from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler

from askul_connect.adapters.server.entrance import DIRECT
from askul_connect.adapters.server.headers import token_of
from askul_connect.adapters.server.metrics import MEDIA_TYPE, Metrics
from askul_connect.adapters.server.problems import problem_response
from askul_connect.adapters.server.refusals import Refusal
from askul_connect.core.domain.networks import NetworkSet, parse_address
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import AccessDenied, NotAuthenticated, ValueInvalid, report_of

_UNCACHED = {"cache-control": "no-store"}


@frozen(kw_only=True)
class Readiness:
    """Whether the supplier can work.

    Attributes:
        database: ``reachable`` or ``unreachable``.
        schema: ``current``, ``out_of_date``, or ``unknown`` while the database is unreachable.
    """

    database: str
    schema: str

    @property
    def ready(self) -> bool:
        """Whether it can."""
        return self.database == "reachable" and self.schema == "current"


@frozen(kw_only=True)
class Monitoring:
    """What is answered from, and who may read the metrics.

    Attributes:
        readiness: Looks at the database.
        metrics: The counters.
        token: Lets its bearer read the metrics; None where there is none.
        allowed: Addresses that may read them without it. This machine may in any case, when it asks directly.
    """

    readiness: Callable[[], Readiness]
    metrics: Metrics
    token: Secret | None = None
    allowed: NetworkSet = field(factory=NetworkSet)

    def admits(self, peer: str, headers: dict[str, str], *, direct: bool) -> bool:
        """Whether a caller may read the metrics.

        Args:
            peer: Address of the caller.
            headers: By lower-case name.
            direct: Whether nobody forwarded the request.
        """
        try:
            address = parse_address(peer)
        except ValueInvalid:
            return self._holds_token(headers)
        if address in self.allowed or (direct and address.is_loopback):
            return True
        return self._holds_token(headers)

    def _holds_token(self, headers: dict[str, str]) -> bool:
        if not self.token:
            return False
        try:
            given = token_of(headers)
        except NotAuthenticated:
            return False
        # compared in constant time, by the type of secrets
        return given is not None and given == self.token


def monitoring_routes(monitoring: Monitoring) -> tuple[HTTPRouteHandler, ...]:
    """The handlers of readiness and metrics."""

    @get("/health/ready", sync_to_thread=True)
    def ready() -> Response[dict[str, str]]:
        found = monitoring.readiness()
        body = {"status": "ready" if found.ready else "not_ready", **attrs.asdict(found)}
        status = HTTPStatus.OK if found.ready else HTTPStatus.SERVICE_UNAVAILABLE
        return Response(body, status_code=status, headers=_UNCACHED, media_type="application/json")

    @get("/metrics", sync_to_thread=True)
    def metrics(request: Request[Any, Any, Any]) -> Response[bytes]:
        peer = request.client.host if request.client else ""
        direct = bool(request.scope.get(DIRECT, False))
        if not monitoring.admits(peer, dict(request.headers), direct=direct):
            error = AccessDenied(
                "metrics are for this machine, the addresses of server.metrics_from and the bearer of"
                " server.metrics_token",
                where="metrics",
            )
            answer = problem_response(Refusal(kind=AccessDenied, report=report_of(error)))
            return Response(answer.body, status_code=answer.status, headers=dict(answer.headers))
        # named as a header, since Litestar would add a charset to the media type
        headers = {**_UNCACHED, "content-type": MEDIA_TYPE}
        return Response(monitoring.metrics.exposition(), headers=headers, media_type=MEDIA_TYPE)

    return ready, metrics
