"""Calls of the card provider: outside every unit of work, and none repeated before it was asked about (BIL-9)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from attrs import evolve, field, frozen

from askul_connect.core.domain.outbox import OutboxMessage, OutboxState
from askul_connect.core.errors import AskulConnectError, PartnerRefused, PartnerUnreachable
from askul_connect.core.policies.retry import after_failure
from askul_connect.core.policies.settings import OutboxSettings
from askul_connect.core.ports.cards import CardCharge, CardOutcome, CardProvider, CardRefund
from askul_connect.core.services.supplier.charging import (
    charged,
    declined,
    put_away,
    what_to_charge,
)
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.refunding import (
    REFUND,
    refund_refused,
    sent_back,
    what_to_send_back,
)

_OPEN = (OutboxState.PENDING, OutboxState.UNKNOWN)


class Units(Protocol):
    """Runs work in a unit of the supplier's own."""

    def __call__(self, work: Callable[[Context], None], /) -> None:
        """Run it; it may be run again from the beginning."""
        ...


@frozen(kw_only=True)
class CardRound:
    """What is asked of the card provider for one message after another.

    Before the provider is called the message is stored as unknown, so that a crash in between leaves a question and
    not a second charge.

    Attributes:
        provider: None where none is set up.
        units: Runs units of work.
    """

    provider: CardProvider | None = field(repr=False)
    units: Units = field(repr=False)
    settings: OutboxSettings

    def carry_out(self, message: OutboxMessage, now: datetime) -> None:
        """Do what a message asks for, or find out what became of it."""
        try:
            if self.provider is None:
                raise PartnerUnreachable("no card provider is set up")
            if message.state is OutboxState.UNKNOWN:
                found = self.provider.look_up(message.business_key)
                if found is not None:
                    self._done(message, found)
                    return
        except AskulConnectError as error:
            self._failed(message, error, now)
            return
        # nothing was done under the key, which is as good as never having tried
        tried = evolve(message, state=OutboxState.PENDING)
        wanted = self._wanted(tried)
        if wanted is None:
            return
        try:
            reference = self._called(self.provider, wanted)
        except PartnerRefused as error:
            self._refused(tried, error)
        except AskulConnectError as error:
            self._failed(tried, error, now)
        else:
            self._done(tried, CardOutcome(reference=reference, amount=wanted.amount))

    def _wanted(self, message: OutboxMessage) -> CardCharge | CardRefund | None:
        """What is to be asked for now; None when nothing is, or somebody else has done it."""
        wanted: list[CardCharge | CardRefund | None] = []

        def work(context: Context) -> None:
            wanted.clear()
            if not _is_open(context, message):
                return
            found = (what_to_send_back if message.kind == REFUND else what_to_charge)(context, message)
            if found is None:
                put_away(context, message)
                return
            context.unit.outbox.save(evolve(message, state=OutboxState.UNKNOWN))
            wanted.append(found)

        self.units(work)
        return wanted[0] if wanted else None

    def _called(self, provider: CardProvider, wanted: CardCharge | CardRefund) -> str:
        if isinstance(wanted, CardRefund):
            return provider.refund(wanted)
        return provider.charge(wanted)

    def _done(self, message: OutboxMessage, outcome: CardOutcome) -> None:
        def work(context: Context) -> None:
            if not _is_open(context, message):
                return
            (sent_back if message.kind == REFUND else charged)(context, message, outcome)
            context.unit.outbox.save(
                evolve(
                    message,
                    state=OutboxState.SENT,
                    attempts=message.attempts + 1,
                    done_at=context.now,
                )
            )

        self.units(work)

    def _refused(self, message: OutboxMessage, error: PartnerRefused) -> None:
        def work(context: Context) -> None:
            if not _is_open(context, message):
                return
            (refund_refused if message.kind == REFUND else declined)(context, message, error)
            context.unit.outbox.save(
                evolve(
                    message,
                    state=OutboxState.REFUSED,
                    attempts=message.attempts + 1,
                    last_error=f"{error.code}: {error.detail}",
                    done_at=context.now,
                )
            )

        self.units(work)

    def _failed(self, message: OutboxMessage, error: AskulConnectError, now: datetime) -> None:
        kept = after_failure(message, error, now, self.settings)

        def work(context: Context) -> None:
            if _is_open(context, message):
                context.unit.outbox.save(kept)

        self.units(work)


def _is_open(context: Context, message: OutboxMessage) -> bool:
    """Whether nobody else has finished with it."""
    known = context.unit.outbox.find(message.kind, message.business_key)
    return known is not None and known.state in _OPEN
