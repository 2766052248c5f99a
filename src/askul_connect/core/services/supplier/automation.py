"""What the in-process supplier does by itself: confirm, ship, close the month, send its notices (SRV-1).

It is driven by the supplier's clock only, and by the state of its database: run again after any interruption it goes
on where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial

from attrs import field, frozen

from askul_connect.core.domain.accounts import Role
from askul_connect.core.domain.calendar import business_date, closing_date, start_of_day
from askul_connect.core.domain.correlation import correlated
from askul_connect.core.domain.orders import Channel
from askul_connect.core.domain.outbox import OutboxMessage
from askul_connect.core.domain.user_imports import UserImport
from askul_connect.core.messages.fulfilment import (
    CloseBillingRequest,
    ConfirmOrderRequest,
    ShipOrderRequest,
    ShippedLine,
)
from askul_connect.core.messages.order_life import RecordDeliveryRequest
from askul_connect.core.operations.order_life import RECORD_DELIVERY
from askul_connect.core.operations.supplier import CLOSE_BILLING, CONFIRM_ORDER, SHIP_ORDER
from askul_connect.core.policies.fulfilment import Behaviour, PlannedStep, delivery_due, next_step
from askul_connect.core.policies.retention import ENDED, due_erasure
from askul_connect.core.policies.settings import OutboxSettings
from askul_connect.core.ports.faces import Call
from askul_connect.core.ports.notices import NoticeSink
from askul_connect.core.ports.supplier_storage import SupplierStorage, SupplierUnitOfWork
from askul_connect.core.services.holding import require_released
from askul_connect.core.services.supplier.asking import INQUIRIES
from askul_connect.core.services.supplier.card_calls import CardRound
from askul_connect.core.services.supplier.context import Context, Principal
from askul_connect.core.services.supplier.dispatch import LOGGER, SupplierDispatcher
from askul_connect.core.services.supplier.erasing import erase_due
from askul_connect.core.services.supplier.forgetting import forget_old
from askul_connect.core.services.supplier.inquiries import answer
from askul_connect.core.services.supplier.notices import correlations_in, correlations_of
from askul_connect.core.services.supplier.posting import Round
from askul_connect.core.services.supplier.refunding import CARDS
from askul_connect.core.services.supplier.user_imports import carry_out_import, due_at
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
    """The supplier's staff, as far as a behaviour in the configuration replaces it.

    Attributes:
        notices: Where notices go, by the notifier's name.
        posting: How often and how long a notice is tried again.
        files: Takes alerts to the supplier itself that no address is configured for.
    """

    dispatcher: SupplierDispatcher
    storage: SupplierStorage
    behaviour: Behaviour
    notices: Mapping[str, NoticeSink]
    files: NoticeSink
    posting: OutboxSettings = field(factory=OutboxSettings)

    def work(self) -> bool:
        """Do everything that is due by now; whether there was anything.

        Raises:
            CopyOnHold: This is a restored copy that was not told to resume.
        """
        run_unit(self.storage, require_released)
        now = self.dispatcher.house.clock.now()
        worked = False
        while steps := [step for step in self._steps() if step.due <= now]:
            for step in sorted(steps, key=lambda step: (step.due, step.order_number)):
                self._do(step)
            worked = True
        while arrivals := [one for due, one in self._arrivals() if due <= now]:
            for number in arrivals:
                self._deliver(number)
            worked = True
        # closing a period can uncover the next one, when the clock went on by months
        while closings := [closing for closing in self._closings() if closing.due <= now]:
            for closing in closings:
                request = CloseBillingRequest(
                    customer_number=closing.customer_number, closing_date=closing.closing
                )
                self.dispatcher.dispatch_as_staff(CLOSE_BILLING, request, key="")
            worked = True
        waiting, ended = run_unit(self.storage, partial(self._tidy, now=now))
        worked = self._import_users(waiting, now) or worked
        # before notices leave: what is erased does not
        worked = self._erase(ended, now) or worked
        return self._send_notices() or worked

    def next_due(self) -> datetime | None:
        """When the next thing is due; None when nothing is left."""
        closings, imports = run_unit(
            self.storage, lambda unit: (self._closings_in(unit), unit.user_imports.waiting())
        )
        due = [step.due for step in self._steps()] + [closing.due for closing in closings]
        due += [due_at(self.dispatcher.house, one) for one in imports]
        due += [when for when, _ in self._arrivals()]
        return min(due, default=None)

    def _tidy(self, unit: SupplierUnitOfWork, now: datetime) -> tuple[Sequence[UserImport], Sequence[str]]:
        """Forget what is of no use any more; the imports that wait, and the accounts whose people are to be erased.

        These are looked for once a day (ACC-8).
        """
        forget_old(unit, self.dispatcher.house)
        ended: list[str] = []
        if unit.facts.get(_ERASED_ON) != self._day(now):
            accounts = unit.accounts.in_states(*ENDED)
            ended = [one.account_id for one in accounts if due_erasure(one, now) is not None]
            if not ended:
                unit.facts.put(_ERASED_ON, self._day(now))
        return unit.user_imports.waiting(), ended

    def _day(self, now: datetime) -> str:
        return business_date(now, self.dispatcher.house.profile.zone).isoformat()

    def _import_users(self, waiting: Sequence[UserImport], now: datetime) -> bool:
        """Carry out the imports whose day has begun, each in a unit of work of its own."""
        due = [one for one in waiting if due_at(self.dispatcher.house, one) <= now]
        for one in due:
            planner = Principal(account_id=one.account_id, actor=one.created_by, role=Role.ADMINISTRATOR)
            self._in_context(now, partial(carry_out_import, import_id=one.import_id), principal=planner)
        return bool(due)

    def _steps(self) -> list[PlannedStep]:
        house = self.dispatcher.house
        orders = run_unit(self.storage, lambda unit: unit.orders.open_orders())
        planned = (
            next_step(order, self.behaviour, house.profile, house.holidays.is_holiday) for order in orders
        )
        return [step for step in planned if step is not None]

    def _arrivals(self) -> list[tuple[datetime, str]]:
        """Which shipments arrive when, as far as the behaviour records deliveries."""
        if self.behaviour.deliver_after_days is None:
            return []
        house = self.dispatcher.house
        found = run_unit(self.storage, lambda unit: unit.shipments.on_the_way())
        planned = (
            (delivery_due(one, self.behaviour, house.profile, house.holidays.is_holiday), one)
            for one in found
        )
        return sorted((due, one.ship_notice_number) for due, one in planned if due is not None)

    def _deliver(self, number: str) -> None:
        self.dispatcher.dispatch_as_staff(
            RECORD_DELIVERY, RecordDeliveryRequest(ship_notice_number=number), key=number
        )

    def _closings(self) -> list[_Closing]:
        return run_unit(self.storage, self._closings_in)

    def _closings_in(self, unit: SupplierUnitOfWork) -> list[_Closing]:
        zone = self.dispatcher.house.profile.zone
        found = []
        first_days: dict[str, date] = dict(unit.shipped_lines.first_unbilled())
        for account_id, first in unit.reductions.first_uncredited():
            first_days[account_id] = min(first, first_days.get(account_id, first))
        for account_id, first in first_days.items():
            account = unit.accounts.get(account_id)
            if account is None:
                continue
            closing = closing_date(first, account.terms.closing_day)
            due = start_of_day(closing + timedelta(days=1), zone) + timedelta(hours=_CLOSING_HOUR)
            found.append(_Closing(due=due, customer_number=account.customer_number, closing=closing))
        return found

    def _erase(self, due: Sequence[str], now: datetime) -> bool:
        """Erase the people of accounts that have ended, after the stated periods (ACC-8)."""
        erased: list[str] = []

        def work(context: Context, account_id: str) -> None:
            if erase_due(context, account_id) is not None:
                erased.append(account_id)

        for one in due:
            self._in_context(now, partial(work, account_id=one))
        if due:
            run_unit(self.storage, lambda unit: unit.facts.put(_ERASED_ON, self._day(now)))
        return bool(erased)

    def _do(self, step: PlannedStep) -> None:
        # the key names the state the step starts from, so that no later step can have it too
        key = f"{step.order_number}:{step.done}"
        # the purchase order's own id, so that what becomes of it is found under it
        ids = run_unit(self.storage, lambda unit: correlations_of(unit, [step.order_number]))
        correlation_id = ids[0] if ids else ""
        if not step.lines:
            self.dispatcher.dispatch_as_staff(
                CONFIRM_ORDER,
                ConfirmOrderRequest(order_number=step.order_number),
                key=key,
                correlation_id=correlation_id,
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
            SHIP_ORDER,
            ShipOrderRequest(order_number=step.order_number, lines=lines),
            key=key,
            correlation_id=correlation_id,
        )

    def _send_notices(self) -> bool:
        now = self.dispatcher.house.clock.now()
        sent = False
        cards = CardRound(
            provider=self.dispatcher.house.cards, units=partial(self._in_context, now), settings=self.posting
        )
        posting = Round(
            house=self.dispatcher.house, notifiers=self.notices, files=self.files, settings=self.posting
        )
        while due := run_unit(self.storage, lambda unit: unit.outbox.due(now, _NOTICE_BATCH)):
            for message in due:
                if message.target == INQUIRIES:
                    self._answer(message, now)
                    continue
                if message.target == CARDS:
                    cards.carry_out(message, now)
                    continue
                kept = posting.post(message, now, self._keep)
                self._keep(kept)
                for correlation_id in correlations_in(message):
                    with correlated(correlation_id):
                        LOGGER.debug(
                            "notice %s about %s %s", message.kind, message.business_key, kept.state.value
                        )
            sent = True
        return sent

    def _keep(self, message: OutboxMessage) -> None:
        run_unit(self.storage, lambda unit: unit.outbox.save(message))

    def _answer(self, message: OutboxMessage, now: datetime) -> None:
        """Look up what was asked for; the answer is a notice, which leaves with the next ones."""
        self._in_context(now, lambda context: answer(context, message), correlation_id=message.correlation_id)

    def _in_context(
        self,
        now: datetime,
        work: Callable[[Context], None],
        *,
        principal: Principal | None = None,
        correlation_id: str = "",
    ) -> None:
        """Do work of the supplier's own in a unit of work."""
        dispatcher = self.dispatcher
        call = Call(channel=Channel.IN_PROCESS, correlation_id=correlation_id)
        run_unit(
            self.storage,
            lambda unit: work(
                Context(
                    unit=unit,
                    house=dispatcher.house,
                    call=call,
                    now=now,
                    registry=dispatcher.registry,
                    principal=principal,
                )
            ),
        )
