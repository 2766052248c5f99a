"""Taking a question whose answer must not show whether anything was found.

It is stored, encrypted, and looked up and answered afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping

from askul_connect.core.domain.outbox import OutboxMessage, OutboxState
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.domain.stored import StoredForm
from askul_connect.core.errors import ValueInvalid
from askul_connect.core.services.supplier.context import Context

INQUIRIES = "inquiries"
"""Target of the outbox messages that are answered by the supplier's own work."""

#: What is stored, and what is in it, encrypted.
INQUIRY_FORM, QUESTION_FORM = StoredForm(name="inquiry"), StoredForm(name="question")
LONGEST = 254


def take(context: Context, kind: str, asked: Mapping[str, object]) -> str:
    """Store a question; whoever asks gets the same answer after the same work.

    Args:
        context: The call.
        kind: What is asked.
        asked: By what it is to be looked up; encrypted until it is answered, then forgotten.

    Returns:
        The reference number.

    Raises:
        ValueInvalid: A text is too long.
    """
    long = [name for name, value in asked.items() if isinstance(value, str) and len(value) > LONGEST]
    if long:
        raise ValueInvalid(f"at most {LONGEST} characters are taken", where=long[0])
    reference = context.house.ids.digits("inquiry-reference", 10)
    sealed = context.house.cipher.encrypt(Secret(QUESTION_FORM.write(asked)))
    context.unit.outbox.add(
        OutboxMessage(
            message_id=context.house.ids.new("inquiry", reference),
            kind=kind,
            business_key=reference,
            target=INQUIRIES,
            body=INQUIRY_FORM.write({"sealed": sealed}),
            state=OutboxState.PENDING,
            attempts=0,
            next_attempt_at=context.now,
            last_error="",
            correlation_id=context.call.correlation_id,
            created_at=context.now,
        )
    )
    return reference
