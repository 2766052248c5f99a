"""What the in-process supplier does by itself: confirm, ship, close the month, send its notices (SRV-1).

It is driven by the supplier's clock only, and by the state of its database: run again after any interruption it goes
on where it was.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial

from attrs import evolve, frozen

from askul_connect.core.domain.calendar import business_date, closing_date, start_of_day
from askul_connect.core.domain.orders import Channel
from askul_connect.core.domain.outbox import OutboxMessage, OutboxState
from askul_connect.core.messages.fulfilment import (
    CloseBillingRequest,
    ConfirmOrderRequest,
    ShipOrderRequest,
    ShippedLine,
)
from askul_connect.core.operations.supplier import CLOSE_BILLING, CONFIRM_ORDER, SHIP_ORDER
from askul_connect.core.policies.fulfilment import Behaviour, PlannedStep, next_step
from askul_connect.core.policies.retention import due_erasure
from askul_connect.core.ports.faces import Call
from askul_connect.core.ports.notices import NoticeSink
from askul_connect.core.ports.supplier_storage import SupplierStorage, SupplierUnitOfWork
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.dispatch import SupplierDispatcher
from askul_connect.core.services.supplier.erasing import erase_due
from askul_connect.core.services.supplier.inquiries import INQUIRIES, answer
from askul_connect.core.services.supplier.notices import opened
from askul_connect.core.services.units import run_unit

_CLOSING_HOUR = 9
_NOTICE_BATCH = 100
#: Name of the fact that says on which day the erasures that were due were made.
_ERASED_ON = "erased-on"


@frozen(kw_only=True)
class _Closing:
    due: datetime
    customer_number: str
    closing: date


@frozen(kw_only=True)
class SupplierAutomation:
    """The supplier's staff, as far as a behaviour in the configuration replaces it."""

    dispatcher: SupplierDispatcher
    storage: SupplierStorage
    behaviour: Behaviour
    notices: NoticeSink

    def work(self) -> bool:
        """Do everything that is due by now; whether there was anything."""
        now = self.dispatcher.house.clock.now()
        worked = False
        while steps := [step for step in self._steps() if step.due <= now]:
            for step in sorted(steps, key=lambda step: (step.due, step.order_number)):
                self._do(step)
            worked = True
        # closing a period can uncover the next one, when the clock went on by months
        while closings := [closing for closing in self._closings() if closing.due <= now]:
            for closing in closings:
                request = CloseBillingRequest(
                    customer_number=closing.customer_number, closing_date=closing.closing
                )
                self.dispatcher.dispatch_as_staff(CLOSE_BILLING, request, key="")
            worked = True
        # before notices leave: what is erased does not
        worked = self._erase(now) or worked
        return self._send_notices() or worked

    def next_due(self) -> datetime | None:
        """When the next thing is due; None when nothing is left."""
        due = [step.due for step in self._steps()] + [closing.due for closing in self._closings()]
        return min(due, default=None)

    def _steps(self) -> list[PlannedStep]:
        house = self.dispatcher.house
        orders = run_unit(self.storage, lambda unit: unit.orders.open_orders())
        planned = (
            next_step(order, self.behaviour, house.profile, house.holidays.is_holiday) for order in orders
        )
        return [step for step in planned if step is not None]

    def _closings(self) -> list[_Closing]:
        zone = self.dispatcher.house.profile.zone

        def find(unit: SupplierUnitOfWork) -> list[_Closing]:
            found = []
            for account_id, first in unit.shipped_lines.first_unbilled():
                account = unit.accounts.get(account_id)
                if account is None:
                    continue
                closing = closing_date(first, account.terms.closing_day)
                due = start_of_day(closing + timedelta(days=1), zone) + timedelta(hours=_CLOSING_HOUR)
                found.append(_Closing(due=due, customer_number=account.customer_number, closing=closing))
            return found

        return run_unit(self.storage, find)

    def _erase(self, now: datetime) -> bool:
        """Erase the people of accounts that have ended, after the stated periods; looked for once a day (ACC-8)."""
        day = business_date(now, self.dispatcher.house.profile.zone).isoformat()

        def find(unit: SupplierUnitOfWork) -> list[str]:
            if unit.facts.get(_ERASED_ON) == day:
                return []
            return [one.account_id for one in unit.accounts.all() if due_erasure(one, now) is not None]

        def work(unit: SupplierUnitOfWork, account_id: str) -> bool:
            return erase_due(self._context(unit, "", now), account_id) is not None

        due = run_unit(self.storage, find)
        erased = [one for one in due if run_unit(self.storage, partial(work, account_id=one))]
        if due:
            run_unit(self.storage, lambda unit: unit.facts.put(_ERASED_ON, day))
        return bool(erased)

    def _do(self, step: PlannedStep) -> None:
        # the key names the state the step starts from, so that no later step can have it too
        key = f"{step.order_number}:{step.done}"
        if not step.lines:
            self.dispatcher.dispatch_as_staff(
                CONFIRM_ORDER, ConfirmOrderRequest(order_number=step.order_number), key=key
            )
            return
        lines = tuple(
            ShippedLine(
                line_id=line.line_id,
                quantity=line.quantity,
                quantity_short=line.short,
                reason="out of stock" if line.short else "",
            )
            for line in step.lines
        )
        self.dispatcher.dispatch_as_staff(
            SHIP_ORDER, ShipOrderRequest(order_number=step.order_number, lines=lines), key=key
        )

    def _send_notices(self) -> bool:
        now = self.dispatcher.house.clock.now()
        sent = False
        while due := run_unit(self.storage, lambda unit: unit.outbox.due(now, _NOTICE_BATCH)):
            for message in due:
                if message.target == INQUIRIES:
                    self._answer(message, now)
                    continue
                self.notices.deliver(message.message_id, opened(self.dispatcher.house, message.body))
                self._mark_sent(message, now)
            sent = True
        return sent

    def _answer(self, message: OutboxMessage, now: datetime) -> None:
        """Look up what was asked for; the answer is a notice, which leaves with the next ones."""
        run_unit(self.storage, lambda unit: answer(self._context(unit, message.correlation_id, now), message))

    def _context(self, unit: SupplierUnitOfWork, correlation_id: str, now: datetime) -> Context:
        return Context(
            unit=unit,
            house=self.dispatcher.house,
            call=Call(channel=Channel.IN_PROCESS, correlation_id=correlation_id),
            now=now,
            registry=self.dispatcher.registry,
            principal=None,
        )

    def _mark_sent(self, message: OutboxMessage, now: datetime) -> None:
        sent = evolve(message, state=OutboxState.SENT, attempts=message.attempts + 1, done_at=now)
        run_unit(self.storage, lambda unit: unit.outbox.save(sent))
