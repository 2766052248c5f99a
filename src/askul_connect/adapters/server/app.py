"""The web application that mounts faces: bytes in, bytes out; the faces decide everything else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from litestar import Litestar, Request, Response, get
from litestar.concurrency import sync_to_thread
from litestar.enums import HttpMethod
from litestar.exceptions import ClientException
from litestar.handlers import HTTPRouteHandler
from litestar.status_codes import HTTP_413_REQUEST_ENTITY_TOO_LARGE

from askul_connect.adapters.server.entrance import joined_headers
from askul_connect.adapters.server.monitoring import Monitoring, monitoring_routes
from askul_connect.adapters.server.problems import problem_response
from askul_connect.adapters.server.refusals import Refusal
from askul_connect.core.errors import DocumentTooLarge, report_of
from askul_connect.core.ports.transport import HttpRequest, HttpResponse

MAXIMUM_BODY = 10_000_000
"""Bytes of one request, refused while it is read."""


class Face(Protocol):
    """What can be mounted; synchronous, it runs in the server's thread pool."""

    def handle(self, request: HttpRequest, *, peer: str = "") -> HttpResponse:
        """Answer one request; ``peer`` is the caller's network address."""
        ...


def create_app(faces: Mapping[str, Face], monitoring: Monitoring | None = None) -> Litestar:
    """The application.

    Args:
        faces: By path, such as ``/soap/1``, or by pattern, such as ``/api/1/{name:str}``; every method of a path
            goes to its face.
        monitoring: What readiness and metrics are answered from; None for an application without them.
    """
    return Litestar(
        route_handlers=[
            _health,
            *(monitoring_routes(monitoring) if monitoring else ()),
            *(_mounted(path, face) for path, face in faces.items()),
        ],
        request_max_body_size=MAXIMUM_BODY,
        exception_handlers={HTTP_413_REQUEST_ENTITY_TOO_LARGE: _too_large},
        openapi_config=None,
        # Logging belongs to whoever runs the server; Litestar would set up the root logger.
        logging_config=None,
        # A face answers its own errors; what is left is routing, and Litestar's answers to that are plain.
        debug=False,
    )


@get(["/health", "/health/live"], media_type="application/json", sync_to_thread=False)
def _health() -> dict[str, str]:
    return {"status": "ok"}


def _mounted(path: str, face: Face) -> HTTPRouteHandler:
    async def handle(request: Request[Any, Any, Any]) -> Response[bytes]:
        taken = HttpRequest(
            method=request.method,
            url=str(request.url),
            headers=joined_headers(request.scope["headers"]),
            body=await request.body(),
        )
        peer = request.client.host if request.client else ""
        return _sent(await sync_to_thread(face.handle, taken, peer=peer))

    return HTTPRouteHandler(path, http_method=list(HttpMethod))(handle)


def _too_large(_request: Request[Any, Any, Any], _error: ClientException) -> Response[bytes]:
    error = DocumentTooLarge(f"a request has at most {MAXIMUM_BODY} bytes")
    return _sent(problem_response(Refusal(kind=DocumentTooLarge, report=report_of(error))))


def _sent(answer: HttpResponse) -> Response[bytes]:
    return Response(
        answer.body,
        status_code=answer.status,
        headers=dict(answer.headers),
        media_type=answer.headers.get("content-type", "application/octet-stream"),
    )
