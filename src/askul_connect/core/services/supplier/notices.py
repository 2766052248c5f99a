"""Notices to a customer: stored with what they are about, sent afterwards (SUP-4, ORD-1)."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from askul_connect.core.domain.accounts import Account
from askul_connect.core.domain.outbox import OutboxMessage, OutboxState
from askul_connect.core.domain.stored import StoredForm
from askul_connect.core.ports.supplier_storage import SupplierUnitOfWork
from askul_connect.core.services.supplier.context import Context, Note

NOTICE_FORM = StoredForm(name="notice")
ORDER_PLACED = "order-placed"


def notify_customer(
    context: Context,
    kind: str,
    number: str,
    account: Account,
    subject: str,
    *,
    order_numbers: Collection[str] = (),
) -> None:
    """Put a notice into the outbox of the same unit of work.

    Args:
        context: The call that makes what is told.
        kind: The event in words, for instance ``order-placed``.
        number: Number of the document it is about; kind and number are told once.
        account: Who is told, at the contact address.
        subject: What the customer calls it, for instance the purchase order's number.
        order_numbers: The orders it is about, when that is not the one the call is about.
    """
    ids = correlations_of(context.unit, order_numbers) if order_numbers else (context.call.correlation_id,)
    known = [one for one in ids if one]
    context.notes.extend(
        Note(text=f"{kind} {number} ({subject})", correlation_id=one) for one in known or ("",)
    )
    body = {
        "event": kind,
        "number": number,
        "subject": subject,
        "account": account.member_number,
        "to": account.email,
        "at": context.now.isoformat(),
        "correlation_ids": known,
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
            # a notice about several purchase orders belongs to none of them alone; its body names all
            correlation_id=known[0] if len(known) == 1 else "",
            created_at=context.now,
        )
    )


def correlations_of(unit: SupplierUnitOfWork, order_numbers: Iterable[str]) -> tuple[str, ...]:
    """The correlation ids that orders were placed with, each once: their first notice keeps it."""
    placed = (unit.outbox.find(ORDER_PLACED, number) for number in order_numbers)
    return tuple(dict.fromkeys(message.correlation_id for message in placed if message))
