"""How an answer that cannot be read is understood, the same on every connection.

A read can be repeated. A write may have been executed, so only a status by which a server says that it did not
begin makes it safe to send again; everything else is found out by asking.
"""

from __future__ import annotations

from http import HTTPStatus

from askul_connect.core.errors import (
    AskulConnectError,
    OutcomeUnknown,
    PartnerAnswerInvalid,
    PartnerRefused,
    PartnerUnreachable,
)
from askul_connect.core.operations.registry import Effect
from askul_connect.core.ports.transport import HttpResponse

# Answers by which a server or what stands before it says that it did not begin.
NOT_BEGUN = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.NOT_FOUND})
_LONGEST_WAIT = 86_400


def unclear(
    effect: Effect, response: HttpResponse, form: str, error: AskulConnectError | None = None
) -> AskulConnectError:
    """The error for an answer that is not in the connection's own form, by what its status says.

    Args:
        effect: Of the operation that was called.
        response: The answer.
        form: What was expected, such as ``SOAP``; for the text.
        error: What reading it raised, if it came that far.
    """
    status = response.status
    said = f"HTTP status {status} without a {form} answer"
    if status in NOT_BEGUN or HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return PartnerUnreachable(said, retry_after=retry_after(response))
    if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return PartnerRefused(said)
    detail = f"{said}: {error.detail}" if error else said
    if effect is Effect.WRITE:
        return OutcomeUnknown(detail)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return PartnerUnreachable(detail, retry_after=retry_after(response))
    return PartnerAnswerInvalid(detail)


def retry_after(response: HttpResponse) -> int | None:
    """Seconds, when the answer names them; the form with a date would need the partner's clock."""
    text = response.headers.get("retry-after", "").strip()
    return min(int(text), _LONGEST_WAIT) if text.isascii() and text.isdigit() and len(text) < 10 else None  # noqa: PLR2004
