"""Notices to a customer: stored with what they are about, sent afterwards (SUP-4, ORD-1)."""

from __future__ import annotations

from askul_connect.core.domain.accounts import Account
from askul_connect.core.domain.outbox import OutboxMessage, OutboxState
from askul_connect.core.domain.stored import StoredForm
from askul_connect.core.services.supplier.context import Context

NOTICE_FORM = StoredForm(name="notice")


def notify_customer(context: Context, kind: str, number: str, account: Account, subject: str) -> None:
    """Put a notice into the outbox of the same unit of work.

    Args:
        context: The call that makes what is told.
        kind: The event in words, for instance ``order-placed``.
        number: Number of the document it is about; kind and number are told once.
        account: Who is told, at the contact address.
        subject: What the customer calls it, for instance the purchase order's number.
    """
    body = {
        "event": kind,
        "number": number,
        "subject": subject,
        "account": account.member_number,
        "to": account.email,
        "at": context.now.isoformat(),
    }
    context.unit.outbox.add(
        OutboxMessage(
            message_id=context.house.ids.new("notice", f"{kind}:{number}"),
            kind=kind,
            business_key=number,
            target="notices",
            body=NOTICE_FORM.write(body, sort_keys=True),
            state=OutboxState.PENDING,
            attempts=0,
            next_attempt_at=context.now,
            last_error="",
            correlation_id=context.call.correlation_id,
            created_at=context.now,
        )
    )
