"""Notices to customers and their people: stored with what they are about, sent afterwards (SUP-4, AUTH-17, ORD-1)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from attrs import evolve

from askul_connect.core.domain.accounts import Account
from askul_connect.core.domain.outbox import OutboxMessage, OutboxState
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.domain.stored import StoredForm
from askul_connect.core.ports.supplier_storage import SupplierUnitOfWork
from askul_connect.core.services.supplier.context import Context, House, Note

NOTICE_FORM = StoredForm(name="notice")
ORDER_PLACED = "order-placed"
#: To whom alerts about the supplier itself are: a box by name, whose address is looked up when a notice leaves.
SECURITY_DESK = "supplier:security"
#: Before the id of the person whom a letter is for: its postal address is among the facts, and nobody mails it.
_LETTER_TO = "letter:"
#: Where a body holds what is encrypted until the notice leaves.
_SEALED = "sealed"
#: Where it holds facts that are encrypted until then, and forgotten afterwards.
_PRIVATE = "private"
_PRIVATE_FORM = StoredForm(name="private facts")


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
        "number": number,
        "subject": subject,
        "account": account.member_number,
        "correlation_ids": known,
    }
    _put(context, kind, number, account.email, body, correlations=known)


def notify_person(
    context: Context,
    kind: str,
    key: str,
    to: str,
    facts: Mapping[str, str] | None = None,
    *,
    secret: Secret | None = None,
    private: Mapping[str, str] | None = None,
) -> None:
    """Tell one person, at one address, what happened to the person's login or data (AUTH-17).

    Args:
        context: The call that makes what is told.
        kind: The event in words, for instance ``password-changed``.
        key: What makes the notice one of its own; kind and key are told once. Reference number or id of the event.
        to: The address. Notices about a changed address go to the old and the new one, each by a key of its own.
        facts: What the notice says beside the event: time, device, who did it.
        secret: A token that the notice carries. It is encrypted as long as the notice is in the database.
        private: Further facts, which tell more of somebody than that something happened: encrypted until the notice
            has left, then forgotten.
    """
    body: dict[str, object] = {"key": key, "facts": dict(facts or {})}
    if secret is not None:
        body[_SEALED] = context.house.cipher.encrypt(secret)
    if private:
        body[_PRIVATE] = context.house.cipher.encrypt(Secret(_PRIVATE_FORM.write(private)))
    _put(context, kind, key, to, body)


def letter_to(user_id: str) -> str:
    """Whom a notice is for that is printed and sent by post."""
    return f"{_LETTER_TO}{user_id}"


def has_no_address(to: str) -> bool:
    """Whether a notice is for no e-mail address: the supplier's own box, or a person who gets a letter."""
    return to == SECURITY_DESK or to.startswith(_LETTER_TO)


def opened(house: House, body: str) -> Mapping[str, Any]:
    """A notice's fields as they leave: what was encrypted is readable, as ``secret`` and among the facts."""
    fields = {name: value for name, value in NOTICE_FORM.read(body).items() if name != "schema"}
    if _SEALED in fields:
        fields["secret"] = house.cipher.decrypt(fields.pop(_SEALED)).reveal()
    if _PRIVATE in fields:
        private = _PRIVATE_FORM.read(house.cipher.decrypt(fields.pop(_PRIVATE)).reveal())
        told = {name: value for name, value in private.items() if name != "schema"}
        fields["facts"] = {**fields.get("facts", {}), **told}
    return fields


def forgotten(message: OutboxMessage) -> OutboxMessage:
    """A notice that has left, without its private facts."""
    fields = NOTICE_FORM.read(message.body)
    if _PRIVATE not in fields:
        return message
    kept = {name: value for name, value in fields.items() if name not in {"schema", _PRIVATE}}
    return evolve(message, body=NOTICE_FORM.write(kept, sort_keys=True))


def _put(
    context: Context,
    kind: str,
    key: str,
    to: str,
    body: Mapping[str, object],
    *,
    correlations: Collection[str] = (),
) -> None:
    whole = {"event": kind, "to": to, "at": context.now.isoformat(), **body}
    context.unit.outbox.add(
        OutboxMessage(
            message_id=context.house.ids.new("notice", f"{kind}:{key}"),
            kind=kind,
            business_key=key,
            target="notices",
            body=NOTICE_FORM.write(whole, sort_keys=True),
            state=OutboxState.PENDING,
            attempts=0,
            next_attempt_at=context.now,
            last_error="",
            # a notice about several purchase orders belongs to none of them alone; its body names all
            correlation_id=next(iter(correlations)) if len(correlations) == 1 else "",
            created_at=context.now,
        )
    )


def correlations_of(unit: SupplierUnitOfWork, order_numbers: Iterable[str]) -> tuple[str, ...]:
    """The correlation ids that orders were placed with, each once: their first notice keeps it."""
    placed = (unit.outbox.find(ORDER_PLACED, number) for number in order_numbers)
    return tuple(dict.fromkeys(message.correlation_id for message in placed if message))


def correlations_in(notice: OutboxMessage) -> tuple[str, ...]:
    """The correlation ids of all purchase orders that a stored notice is about."""
    return tuple(NOTICE_FORM.read(notice.body).get("correlation_ids") or ("",))
