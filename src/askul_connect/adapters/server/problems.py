"""Problem details (RFC 9457): how the JSON API says no."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import attrs

from askul_connect.adapters._lexical import carried_report
from askul_connect.adapters.server.refusals import Refusal
from askul_connect.core import errors
from askul_connect.core.errors import AskulConnectError
from askul_connect.core.ports.transport import HttpResponse

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:askul-connect:problem:"
_REFERENCE_PREFIX = "urn:askul-connect:reference:"

#: A class that is not here has the status of the nearest class above it.
_STATUS: dict[type[AskulConnectError], HTTPStatus] = {
    AskulConnectError: HTTPStatus.INTERNAL_SERVER_ERROR,
    # what the supplier's rules refuse
    errors.CallerError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.LoginError: HTTPStatus.UNAUTHORIZED,
    errors.TooManyAttempts: HTTPStatus.TOO_MANY_REQUESTS,
    errors.ServiceStopped: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.PasswordChangeRequired: HTTPStatus.FORBIDDEN,
    errors.SecondFactorRequired: HTTPStatus.FORBIDDEN,
    errors.ProofRequired: HTTPStatus.FORBIDDEN,
    errors.FactorRejected: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.FactorNeeded: HTTPStatus.CONFLICT,
    errors.PasswordRejected: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.AccessError: HTTPStatus.FORBIDDEN,
    errors.NotAuthenticated: HTTPStatus.UNAUTHORIZED,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.UnknownOperation: HTTPStatus.NOT_FOUND,
    errors.TooManyTickets: HTTPStatus.TOO_MANY_REQUESTS,
    # what is not written as it should be
    errors.DocumentError: HTTPStatus.BAD_REQUEST,
    errors.DocumentTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.DocumentUnsupported: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    errors.IdempotencyKeyMissing: HTTPStatus.BAD_REQUEST,
    # what something else stands in the way of
    errors.IdempotencyInFlight: HTTPStatus.CONFLICT,
    errors.PurchaseOrderConflict: HTTPStatus.CONFLICT,
    errors.DuplicateRegistration: HTTPStatus.CONFLICT,
    errors.IllegalStep: HTTPStatus.CONFLICT,
    errors.TooLateToChange: HTTPStatus.CONFLICT,
    errors.VersionConflict: HTTPStatus.CONFLICT,
    errors.LastAdministrator: HTTPStatus.CONFLICT,
    errors.DepartmentInUse: HTTPStatus.CONFLICT,
    errors.AccountInUse: HTTPStatus.CONFLICT,
    errors.TooManyRegistrations: HTTPStatus.TOO_MANY_REQUESTS,
    # what is stopped, and goes on later
    errors.FunctionStopped: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.OrdersStopped: HTTPStatus.SERVICE_UNAVAILABLE,
    # ours, and a retry helps
    errors.StorageUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.StorageConflict: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.DirectoryBusy: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.PartnerError: HTTPStatus.BAD_GATEWAY,
}

STATUSES = tuple(sorted(set(_STATUS.values())))
"""Every status that a call can be refused with, in ascending order."""

_TEXT = {"type": "string"}
_BOTH_LANGUAGES = {
    "type": "object",
    "properties": {"ja": _TEXT, "en": _TEXT},
    "required": ["ja", "en"],
}
PROBLEM_SCHEMAS: dict[str, dict[str, Any]] = {
    "Problem": {
        "type": "object",
        "properties": {
            "type": {"type": "string", "format": "uri"},
            "title": _TEXT,
            "status": {"type": "integer"},
            "detail": _TEXT,
            "instance": {"type": "string", "format": "uri"},
            "code": _TEXT,
            "message": _BOTH_LANGUAGES,
            "remedy": _BOTH_LANGUAGES,
            "where": _TEXT,
            "line_id": _TEXT,
            "reference": _TEXT,
            "retry_after": {"type": "integer", "minimum": 0},
            "problems": {"type": "array", "items": {"$ref": "#/components/schemas/Finding"}},
        },
        "required": ["type", "title", "status", "code", "message", "remedy", "problems"],
    },
    "Finding": {
        "type": "object",
        "properties": {one.name: _TEXT for one in attrs.fields(errors.Problem)},
        "required": [one.name for one in attrs.fields(errors.Problem)],
    },
}
"""JSON Schemas of a problem and of what it is made of; what is empty is left out of a problem."""

_SECURITY = {"cache-control": "no-store", "x-content-type-options": "nosniff"}


def status_of(kind: type[AskulConnectError]) -> HTTPStatus:
    """The HTTP status of an error."""
    return next(_STATUS[cls] for cls in kind.__mro__ if cls in _STATUS)


def problem_response(refusal: Refusal, *, status: HTTPStatus | None = None, allow: str = "") -> HttpResponse:
    """The answer to a call that was refused.

    Args:
        refusal: Why.
        status: Instead of the error's own.
        allow: Methods that are taken, when another one was used.
    """
    status = status or status_of(refusal.kind)
    headers = {}
    if refusal.report.retry_after is not None:
        headers["retry-after"] = str(refusal.report.retry_after)
    if status is HTTPStatus.UNAUTHORIZED:
        # RFC 9110, 15.5.2: every 401 says how to authenticate
        headers["www-authenticate"] = "Bearer"
    if allow:
        headers["allow"] = allow
    members = {name: value for name, value in _members(refusal, status).items() if value not in ("", None)}
    body = json.dumps(members, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    return response(body, status=status, media_type=MEDIA_TYPE, headers=headers)


def response(
    body: bytes,
    *,
    status: int = HTTPStatus.OK,
    media_type: str = "application/json",
    headers: dict[str, str] | None = None,
) -> HttpResponse:
    """An answer with the headers that each has: it is never stored, and nothing else is made of its type."""
    kept = {"content-type": media_type, **_SECURITY, **(headers or {})}
    return HttpResponse(status=status, headers=kept, body=body)


def _members(refusal: Refusal, status: HTTPStatus) -> dict[str, Any]:
    """RFC 9457's members, then ours; the texts in two languages are the catalogue's."""
    kind, report = refusal.kind, carried_report(refusal.report)
    reference = quote(report.reference, safe="")
    return {
        "type": TYPE_PREFIX + report.code,
        "title": kind.cause.en,
        "status": int(status),
        "detail": report.detail,
        "instance": _REFERENCE_PREFIX + reference if reference else "",
        "code": report.code,
        "message": attrs.asdict(kind.cause),
        "remedy": attrs.asdict(kind.remedy),
        "where": report.where,
        "line_id": report.line_id,
        "reference": report.reference,
        "retry_after": report.retry_after,
        "problems": [attrs.asdict(one) for one in report.problems],
    }
