"""Notices leave through notifiers: each by itself, tried again after failures, given up in the end (SUP-4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from attrs import evolve, field, frozen

from askul_connect.core.domain.outbox import OutboxMessage, OutboxState
from askul_connect.core.errors import AskulConnectError, PartnerRefused
from askul_connect.core.policies.retry import after_failure, is_connection_lost
from askul_connect.core.policies.settings import OutboxSettings
from askul_connect.core.ports.notices import NoticeSink
from askul_connect.core.services.supplier.context import House
from askul_connect.core.services.supplier.notices import NOTICE_FORM, SECURITY_DESK, opened

#: Where a body says which notifiers are done with it.
_DONE = "delivered"
_GIVEN_UP = "given_up"
#: Name of the notifier that writes files: the one that needs no address.
FILE_NOTIFIER = "file"


@frozen(kw_only=True)
class Round:
    """One round of posting what is due.

    Attributes:
        house: Opens what was encrypted.
        notifiers: By name.
        files: Takes what the supplier tells itself as long as no address is configured for it.
        settings: How often and how long.
        down: Notifiers that cannot reach anybody at present, with what they said: the rest of the round passes them
            over, so that a hundred notices do not each wait for the same time-out.
    """

    house: House
    notifiers: Mapping[str, NoticeSink]
    files: NoticeSink
    settings: OutboxSettings
    down: dict[str, AskulConnectError] = field(factory=dict)

    def post(self, message: OutboxMessage, now: datetime) -> OutboxMessage:
        """Give a notice to every notifier that has not had it; the message as it is to be kept.

        One notifier's failure keeps no other from getting it. A refusal for good is not tried again; everything else
        is, later and later, until it waits for a person.
        """
        # what leaves is in the present form, and nothing leaves that a newer program wrote
        body = dict(NOTICE_FORM.read(message.body))
        done, given_up = list(body.get(_DONE, [])), dict(body.get(_GIVEN_UP, {}))
        plain = {name: value for name, value in body.items() if name not in {_DONE, _GIVEN_UP}}
        address = self._address(str(plain.get("to", "")))
        homeless = address == SECURITY_DESK
        fields = {**opened(self.house, NOTICE_FORM.write(plain)), "to": address}
        outgoing = NOTICE_FORM.write(fields, sort_keys=True)
        notifiers = {FILE_NOTIFIER: self.files, **self.notifiers} if homeless else self.notifiers
        failure: AskulConnectError | None = None
        for name, sink in notifiers.items():
            if name in done or name in given_up:
                continue
            error = self._deliver(name, sink, message.message_id, outgoing)
            # who can only write to addresses has nothing to do with a notice that has none
            if error is None or (homeless and isinstance(error, PartnerRefused)):
                done.append(name)
            elif isinstance(error, PartnerRefused):
                given_up[name] = f"{error.code}: {error.detail}"
            else:
                failure = error
        if failure is None and not given_up:
            return evolve(message, state=OutboxState.SENT, attempts=message.attempts + 1, done_at=now)
        progress = {**({_DONE: done} if done else {}), **({_GIVEN_UP: given_up} if given_up else {})}
        kept = evolve(message, body=NOTICE_FORM.write({**body, **progress}, sort_keys=True))
        if failure is None:
            last = "; ".join(f"{name}: {error}" for name, error in given_up.items())
            return evolve(
                kept,
                state=OutboxState.REFUSED,
                attempts=message.attempts + 1,
                last_error=last,
                done_at=now,
            )
        tried = after_failure(kept, failure, now, self.settings)
        # a notice that arrives twice does no harm, so that not knowing is no reason to go on for ever
        state = OutboxState.DEAD if tried.attempts >= self.settings.attempts else OutboxState.PENDING
        return evolve(tried, state=state)

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
