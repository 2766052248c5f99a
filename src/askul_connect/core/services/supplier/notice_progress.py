"""How far each notifier is with a notice, kept in the body of its outbox message (SUP-4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from attrs import evolve, frozen

from askul_connect.core.domain.outbox import OutboxMessage, OutboxState

_NOTIFIERS = "notifiers"
#: Where bodies of earlier versions said which notifiers were done with a notice; the rest shared its attempts.
_DELIVERED, _GIVEN_UP = "delivered", "given_up"
#: The fields of a body that are ours, and never leave with the notice.
PROGRESS_FIELDS = frozenset({_NOTIFIERS, _DELIVERED, _GIVEN_UP})
#: The state of a message is that of the notifier that comes first here.
_FIRST = (OutboxState.PENDING, OutboxState.DEAD, OutboxState.REFUSED, OutboxState.SENT)


@frozen(kw_only=True)
class Standing:
    """One notifier and one notice.

    Attributes:
        state: ``PENDING`` until it has had it, ``REFUSED`` it for good, or is ``DEAD`` after the last attempt.
        attempts: Tries that this notifier made.
        next_attempt_at: Not before this instant.
        last_error: Code and detail of its last failure.
    """

    state: OutboxState = OutboxState.PENDING
    attempts: int = 0
    next_attempt_at: datetime
    last_error: str = ""


def standings(
    body: Mapping[str, Any], message: OutboxMessage, notifiers: Iterable[str]
) -> dict[str, Standing]:
    """Where each of the notifiers stands; one that is configured since then has its tries before it."""
    kept = body.get(_NOTIFIERS, {})
    anew = Standing(next_attempt_at=message.created_at)
    if not kept:
        anew = evolve(anew, attempts=message.attempts, next_attempt_at=message.next_attempt_at)
    found = {}
    for name in notifiers:
        if name in kept:
            found[name] = Standing(
                state=OutboxState(kept[name]["state"]),
                attempts=kept[name]["attempts"],
                next_attempt_at=datetime.fromisoformat(kept[name]["next_attempt_at"]),
                last_error=kept[name]["last_error"],
            )
        elif name in body.get(_DELIVERED, ()):
            found[name] = evolve(anew, state=OutboxState.SENT)
        elif name in body.get(_GIVEN_UP, {}):
            found[name] = evolve(anew, state=OutboxState.REFUSED, last_error=body[_GIVEN_UP][name])
        else:
            found[name] = anew
    return found


def fields_of(found: Mapping[str, Standing]) -> Mapping[str, object]:
    """What a body says of it."""
    return {
        _NOTIFIERS: {
            name: {
                "state": one.state.value,
                "attempts": one.attempts,
                "next_attempt_at": one.next_attempt_at.isoformat(),
                "last_error": one.last_error,
            }
            for name, one in found.items()
        }
    }


def as_far_as(message: OutboxMessage, found: Mapping[str, Standing], now: datetime) -> OutboxMessage:
    """The message, as far as the notifier that is the furthest behind; its error names whose it is."""
    states = {one.state for one in found.values()}
    state = next((one for one in _FIRST if one in states), OutboxState.SENT)
    waiting = [one.next_attempt_at for one in found.values() if one.state is OutboxState.PENDING]
    errors = [
        f"{name}: {one.last_error}"
        for name, one in found.items()
        if one.state is not OutboxState.SENT and one.last_error
    ]
    return evolve(
        message,
        state=state,
        attempts=max((one.attempts for one in found.values()), default=message.attempts),
        next_attempt_at=min(waiting, default=message.next_attempt_at),
        last_error="; ".join(errors),
        done_at=now if state in (OutboxState.SENT, OutboxState.REFUSED) else None,
    )
