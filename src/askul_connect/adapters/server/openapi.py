"""The OpenAPI 3.1 document of a registry of operations. Same registry and address, same bytes."""

from __future__ import annotations

import json
from typing import Any

from askul_connect.adapters.server.headers import CORRELATION_ID, IDEMPOTENCY_KEY
from askul_connect.adapters.server.problems import MEDIA_TYPE, PROBLEM_SCHEMAS, STATUSES
from askul_connect.adapters.server.schemas import Schema, Schemas
from askul_connect.core.operations.registry import ANYONE, Idempotency, Operation, Registry

VERSION = "1"
"""The major version of the wire; the path of the face ends with it."""

_TITLE = "JSON API of the supplier"
_DESCRIPTION = """\
Every operation is a POST of its request to a path of its name. Unknown fields, floats and repeated fields are refused.
An amount of money is an integer in minor units of its document's currency. A decimal is text. An instant is UTC.
A list starts without a cursor and goes on with the next_cursor of the page before."""
# Bare, a String or a Display String, of at most 200 characters each.
_HEADER_TEXT = r'([!#$&-~][!-~]{0,199}|"([ !#-\[\]-~]|\\["\\]){1,200}"|%"([ !#$&-~]|%[0-9a-f]{2}){1,2000}")'
_HEADERS: dict[str, Schema] = {
    "IdempotencyKey": {
        "name": IDEMPOTENCY_KEY,
        "in": "header",
        "required": True,
        "description": 'Unique for this intent: bare, "in quotes", or %"..." for what is not ASCII (RFC 9651).',
        "schema": {"type": "string", "pattern": f"^{_HEADER_TEXT}$"},
    },
    "CorrelationId": {
        "name": CORRELATION_ID,
        "in": "header",
        "required": False,
        "description": "Follows a purchase order through the logs of both sides; in the same forms.",
        "schema": {"type": "string", "pattern": f"^{_HEADER_TEXT}?$"},
    },
}


def openapi(registry: Registry, *, address: str) -> bytes:
    """The description of all operations.

    Args:
        registry: The operations.
        address: URL of the face, as the buyer reaches it.

    Returns:
        UTF-8.

    Raises:
        TypeError: A message cannot be sent, or two share a name; the text names class and field.
    """
    schemas = Schemas((one.request for one in registry), (one.response for one in registry))
    components = schemas.components()
    if clash := components.keys() & PROBLEM_SCHEMAS.keys():
        raise TypeError(f"a message has the name of what a refusal is made of: {', '.join(sorted(clash))}")
    document = {
        "openapi": "3.1.0",
        "info": {"title": _TITLE, "version": VERSION, "description": _DESCRIPTION},
        "servers": [{"url": address}],
        "paths": {f"/{one.name}": {"post": _operation(one, schemas)} for one in registry},
        "components": {
            "schemas": components | PROBLEM_SCHEMAS,
            "parameters": _HEADERS,
            "responses": {"Refused": _refused()},
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "Session token or client credential.",
                }
            },
        },
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _operation(operation: Operation[Any, Any], schemas: Schemas) -> Schema:
    headers = ["CorrelationId"]
    if operation.idempotency is Idempotency.KEYED:
        headers.insert(0, "IdempotencyKey")
    responses: Schema = {
        "200": {
            "description": "Done.",
            "content": {"application/json": {"schema": schemas.reference(operation.response, request=False)}},
        }
    }
    responses |= {str(int(status)): {"$ref": "#/components/responses/Refused"} for status in STATUSES}
    return {
        "operationId": operation.name,
        "summary": operation.summary,
        "description": _who(operation),
        "tags": [operation.function.value],
        "security": [] if operation.access == ANYONE else [{"token": []}],
        "parameters": [{"$ref": f"#/components/parameters/{name}"} for name in headers],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": schemas.reference(operation.request, request=True)}},
        },
        "responses": responses,
    }


def _who(operation: Operation[Any, Any]) -> str:
    who = ", ".join(sorted(role.value for role in operation.access)) or "anyone"
    machines = "; client credentials" if operation.machines else ""
    return f"Who: {who}{machines}. Effect: {operation.effect.value}."


def _refused() -> Schema:
    return {
        "description": "Refused: problem details (RFC 9457).",
        "headers": {
            "Retry-After": {
                "description": "Seconds, where it is known when a retry helps.",
                "schema": {"type": "integer", "minimum": 0},
            }
        },
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
