"""Notices to customers and their people: stored with what they are about, sent afterwards (SUP-4, AUTH-17, ORD-1)."""

from __future__ import annotations

import json
from collections.abc import Mapping

from askul_connect.core.domain.accounts import Account
from askul_connect.core.domain.outbox import OutboxMessage, OutboxState
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.services.supplier.context import Context, House

NOTICE_SCHEMA = 1
#: Where a body holds what is encrypted until the notice leaves.
_SEALED = "sealed"


def notify_customer(context: Context, kind: str, number: str, account: Account, subject: str) -> None:
    """Put a notice into the outbox of the same unit of work.

    Args:
        context: The call that makes what is told.
        kind: The event in words, for instance ``order-placed``.
        number: Number of the document it is about; kind and number are told once.
        account: Who is told, at the contact address.
        subject: What the customer calls it, for instance the purchase order's number.
    """
    body = {"number": number, "subject": subject, "account": account.member_number}
    _put(context, kind, number, account.email, body)


def notify_person(
    context: Context,
    kind: str,
    key: str,
    to: str,
    facts: Mapping[str, str] | None = None,
    *,
    secret: Secret | None = None,
) -> None:
    """Tell one person, at one address, what happened to the person's login or data (AUTH-17).

    Args:
        context: The call that makes what is told.
        kind: The event in words, for instance ``password-changed``.
        key: What makes the notice one of its own; kind and key are told once. Reference number or id of the event.
        to: The address. Notices about a changed address go to the old and the new one, each by a key of its own.
        facts: What the notice says beside the event: time, device, who did it.
        secret: A token that the notice carries. It is encrypted as long as the notice is in the database.
    """
    body: dict[str, object] = {"key": key, "facts": dict(facts or {})}
    if secret is not None:
        body[_SEALED] = context.house.cipher.encrypt(secret)
    _put(context, kind, key, to, body)


def opened(house: House, body: str) -> str:
    """A notice's body as it leaves: what was encrypted is readable, as ``secret``."""
    found = json.loads(body)
    if _SEALED not in found:
        return body
    found["secret"] = house.cipher.decrypt(found.pop(_SEALED)).reveal()
    return json.dumps(found, ensure_ascii=False, sort_keys=True)


def _put(context: Context, kind: str, key: str, to: str, body: Mapping[str, object]) -> None:
    whole = {"schema": NOTICE_SCHEMA, "event": kind, "to": to, "at": context.now.isoformat(), **body}
    context.unit.outbox.add(
        OutboxMessage(
            message_id=context.house.ids.new("notice", f"{kind}:{key}"),
            kind=kind,
            business_key=key,
            target="notices",
            body=json.dumps(whole, ensure_ascii=False, sort_keys=True),
            state=OutboxState.PENDING,
            attempts=0,
            next_attempt_at=context.now,
            last_error="",
            correlation_id=context.call.correlation_id,
            created_at=context.now,
        )
    )
