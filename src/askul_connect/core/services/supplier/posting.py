"""Notices leave through notifiers: each by itself, tried again after failures, given up in the end (SUP-4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from attrs import evolve, field, frozen

from askul_connect.core.domain.outbox import OutboxMessage, OutboxState
from askul_connect.core.errors import AskulConnectError, PartnerRefused
from askul_connect.core.policies.retry import after_failure, is_connection_lost
from askul_connect.core.policies.settings import OutboxSettings
from askul_connect.core.ports.notices import NoticeSink
from askul_connect.core.services.supplier.context import House
from askul_connect.core.services.supplier.notice_progress import (
    PROGRESS_FIELDS,
    Standing,
    as_far_as,
    fields_of,
    standings,
)
from askul_connect.core.services.supplier.notices import (
    NOTICE_FORM,
    SECURITY_DESK,
    forgotten,
    has_no_address,
    opened,
)

Keep = Callable[[OutboxMessage], None]

#: Name of the notifier that writes files: the one that needs no address.
FILE_NOTIFIER = "file"


@frozen(kw_only=True)
class Round:
    """One round of posting what is due.

    Attributes:
        house: Opens what was encrypted.
        notifiers: By name.
        files: Takes letters to be printed, and what the supplier tells itself where no address is configured for it.
        settings: How often and how long.
        down: Notifiers that cannot reach anybody at present, with what they said: the rest of the round passes them
            over, so that a hundred notices do not each wait for the same time-out.
    """

    house: House
    notifiers: Mapping[str, NoticeSink]
    files: NoticeSink
    settings: OutboxSettings
    down: dict[str, AskulConnectError] = field(factory=dict)

    def post(self, message: OutboxMessage, now: datetime, keep: Keep) -> OutboxMessage:
        """Give a notice to every notifier that is due for it; the message as it is to be kept.

        One notifier's failure neither keeps another from getting it nor costs it a try: each has its own count, its
        own waiting time and its own end. A refusal for good is not tried again; everything else is, later and later,
        until it waits for a person.

        Args:
            message: What is due for one of them at least.
            now: When.
            keep: Stores the message on the way: when one has got the notice and others are still to be tried, so
                that an interruption repeats it for none that has it.
        """
        # what leaves is in the present form, and nothing leaves that a newer program wrote
        body = NOTICE_FORM.read(message.body)
        plain = {name: value for name, value in body.items() if name not in PROGRESS_FIELDS}
        address = self._address(str(plain.get("to", "")))
        homeless = has_no_address(address)
        fields = {**opened(self.house, NOTICE_FORM.write(plain)), "to": address}
        outgoing = NOTICE_FORM.write(fields, sort_keys=True)
        notifiers = {FILE_NOTIFIER: self.files, **self.notifiers} if homeless else self.notifiers
        found = standings(body, message, notifiers)
        due = [name for name, one in found.items() if _is_due(one, now)]
        for name in due:
            error = self._deliver(name, notifiers[name], message.message_id, outgoing)
            if homeless and isinstance(error, PartnerRefused):
                # who can only write to addresses has nothing to do with a notice that has none
                error = None
            found[name] = self._after(message, found[name], error, now)
            if error is None and name != due[-1]:
                keep(_kept(message, plain, found, now))
        return _kept(message, plain, found, now)

    def _after(
        self, message: OutboxMessage, standing: Standing, error: AskulConnectError | None, now: datetime
    ) -> Standing:
        """Where a notifier stands after a try."""
        attempts = standing.attempts + 1
        if error is None:
            return evolve(standing, state=OutboxState.SENT, attempts=attempts, last_error="")
        if isinstance(error, PartnerRefused):
            said = f"{error.code}: {error.detail}"
            return evolve(standing, state=OutboxState.REFUSED, attempts=attempts, last_error=said)
        own = evolve(message, attempts=standing.attempts, next_attempt_at=standing.next_attempt_at)
        tried = after_failure(own, error, now, self.settings)
        # a notice that arrives twice does no harm, so that not knowing is no reason to go on for ever
        state = OutboxState.DEAD if tried.attempts >= self.settings.attempts else OutboxState.PENDING
        return Standing(
            state=state,
            attempts=tried.attempts,
            next_attempt_at=tried.next_attempt_at,
            last_error=tried.last_error,
        )

    def _address(self, to: str) -> str:
        """Whom a notice is for, as notifiers are told: the supplier's own box by its address, if it has one."""
        return self.house.security_email or to if to == SECURITY_DESK else to

    def _deliver(self, name: str, sink: NoticeSink, message_id: str, body: str) -> AskulConnectError | None:
        if name in self.down:
            return self.down[name]
        try:
            sink.deliver(message_id, body)
        except AskulConnectError as error:
            if is_connection_lost(error):
                self.down[name] = error
            return error
        return None


def _kept(
    message: OutboxMessage, plain: Mapping[str, object], found: Mapping[str, Standing], now: datetime
) -> OutboxMessage:
    """The message with how far each notifier is; also when those it waited for are configured no more."""
    body = NOTICE_FORM.write({**plain, **fields_of(found)}, sort_keys=True)
    kept = as_far_as(evolve(message, body=body), found, now)
    return forgotten(kept) if kept.state is OutboxState.SENT else kept


def _is_due(standing: Standing, now: datetime) -> bool:
    """Whether a notifier is tried now: it has not had the notice, is not through with it and need not wait."""
    return standing.state is OutboxState.PENDING and standing.next_attempt_at <= now
