"""The web application that mounts faces: bytes in, bytes out; the faces decide everything else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from litestar import Litestar, Request, Response, get
from litestar.concurrency import sync_to_thread
from litestar.handlers import HTTPRouteHandler

from askul_connect.core.ports.transport import HttpRequest, HttpResponse

MAXIMUM_BODY = 10_000_000
"""Bytes of one request, refused while it is read."""


class Face(Protocol):
    """What can be mounted; synchronous, it runs in the server's thread pool."""

    def handle(self, request: HttpRequest, *, peer: str = "") -> HttpResponse:
        """Answer one request; ``peer`` is the caller's network address."""
        ...


def create_app(faces: Mapping[str, Face]) -> Litestar:
    """The application.

    Args:
        faces: By path, such as ``/soap/1``.
    """
    return Litestar(
        route_handlers=[_health, *(_mounted(path, face) for path, face in faces.items())],
        request_max_body_size=MAXIMUM_BODY,
        openapi_config=None,
        # Logging belongs to whoever runs the server; Litestar would set up the root logger.
        logging_config=None,
        # A face answers its own errors; what is left is routing, and Litestar's answers to that are plain.
        debug=False,
    )


@get("/health", media_type="application/json", sync_to_thread=False)
def _health() -> dict[str, str]:
    return {"status": "ok"}


def _mounted(path: str, face: Face) -> HTTPRouteHandler:
    async def handle(request: Request[Any, Any, Any]) -> Response[bytes]:
        taken = HttpRequest(
            method=request.method,
            url=str(request.url),
            headers={name.lower(): value for name, value in request.headers.items()},
            body=await request.body(),
        )
        peer = request.client.host if request.client else ""
        answer = await sync_to_thread(face.handle, taken, peer=peer)
        return Response(
            answer.body,
            status_code=answer.status,
            headers=dict(answer.headers),
            media_type=answer.headers.get("content-type", "application/octet-stream"),
        )

    return HTTPRouteHandler(path, http_method=["GET", "POST"])(handle)
