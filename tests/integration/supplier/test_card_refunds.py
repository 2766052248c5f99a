"""Cards: money goes back once, what is in doubt is asked about, and who has none orders nothing (BIL-9, BIL-3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from askul_connect.adapters.security.reference_cards import ReferenceCards
from askul_connect.core.domain.accounts import AccountKind
from askul_connect.core.domain.outbox import OutboxState
from askul_connect.core.domain.payments import PaymentMethod
from askul_connect.core.domain.reductions import Reduction
from askul_connect.core.domain.stored_carts import CartAction
from askul_connect.core.errors import CardNotRegistered, OutcomeUnknown, PartnerRefused, PartnerUnreachable
from askul_connect.core.messages.billing import GetInvoiceRequest
from askul_connect.core.messages.cart import CartChange, ChangeCartRequest, CheckOutCartRequest
from askul_connect.core.messages.cart_prices import PriceCartRequest
from askul_connect.core.operations import billing, cart
from askul_connect.core.ports.cards import CardCharge, CardOutcome, CardRefund

INVOICE = "IN00000001"
PASSWORD = "Kaede-7-kaze"


class Provider(ReferenceCards):
    """Fails as it is told to; what it says about unknown outcomes it has done before."""

    def __init__(self, *failures: Exception | None) -> None:
        super().__init__()
        self.failures = list(failures)
        self.calls: list[str] = []

    def _fail(self, act: Callable[[], str]) -> str:
        failure = self.failures.pop(0) if self.failures else None
        if failure is None:
            return act()
        if not isinstance(failure, (PartnerRefused, PartnerUnreachable)):
            act()
        raise failure

    def charge(self, charge: CardCharge) -> str:
        self.calls.append(f"charge {charge.key}")
        return self._fail(lambda: ReferenceCards.charge(self, charge))

    def refund(self, refund: CardRefund) -> str:
        self.calls.append(f"refund {refund.key}")
        return self._fail(lambda: ReferenceCards.refund(self, refund))

    def look_up(self, key: str) -> CardOutcome | None:
        self.calls.append(f"look up {key}")
        return super().look_up(key)


class Shop:
    """An individual who has paid 1,320 yen by card."""

    def __init__(
        self, make_world: Callable[..., Any], provider: Provider, *, storage: str = "memory"
    ) -> None:
        self.world = make_world(storage, cards=provider)
        letter = self.world.letter(kind=AccountKind.INDIVIDUAL)
        self.number = letter.customer_number
        self.token = self.world.first_session(letter.customer_number, letter.temporary_password)
        self.world.pay_by_card(self.token)
        self.order = self.world.place(self.token, "PO-1").orders[0].order_number
        self.world.confirm(self.order)
        self.notice = self.world.ship(self.order, ("1", 10, 0)).ship_notice_number

    def comes_back(self, quantity: int, reduction_id: str = "R-1") -> None:
        with self.world.storage.begin() as unit:
            account = unit.accounts.by_customer_number(self.number)
            today = (self.world.clock.now() + timedelta(hours=9)).date()
            unit.reductions.add(
                [
                    Reduction(
                        reduction_id=reduction_id,
                        account_id=account.account_id,
                        order_number=self.order,
                        line_id="1",
                        ship_notice_number=self.notice,
                        quantity=quantity,
                        returned_on=today,
                        reason="damaged",
                    )
                ]
            )

    def work(self, rounds: int = 1) -> None:
        for _ in range(rounds):
            self.world.supplier.automation.work()
            self.world.forward(timedelta(hours=3))

    def answer(self) -> Any:
        request = GetInvoiceRequest(invoice_number=INVOICE)
        # months have passed since the last login
        token = self.world.login(self.number, PASSWORD).session_token
        return self.world.call(billing.GET_INVOICE, request, token=token)

    def standing(self) -> tuple[int, int, int, int]:
        one = self.answer().standing
        return one.paid, one.credited, one.outstanding, one.in_credit

    def messages(self) -> dict[str, OutboxState]:
        with self.world.storage.begin() as unit:
            return {
                f"{one.kind} {one.business_key}": one.state
                for one in unit.outbox.all()
                if one.target == "cards"
            }


@pytest.mark.spec("BIL-9", "BIL-3")
@pytest.mark.parametrize("storage", ["memory", "sqlite", "postgresql"])
def test_what_came_back_goes_back_to_the_card_once(make_world: Callable[..., Any], storage: str) -> None:
    provider = Provider()
    shop = Shop(make_world, provider, storage=storage)
    shop.work()
    assert shop.standing() == (1320, 0, 0, 0)
    for part, quantity, closed in (("R-1", 3, (2026, 12)), ("R-2", 1, (2027, 1))):
        shop.comes_back(quantity, part)
        shop.world.go_to(*closed, 1, 10)
        # nothing goes back inside of the unit that credits
        shop.work(2)
    assert [(one.key, one.charge_key, one.charge_reference, one.amount) for one in provider.refunds] == [
        ("CN00000001", INVOICE, "CH00000001", 396),
        ("CN00000002", INVOICE, "CH00000001", 132),
    ]
    assert shop.standing() == (792, 528, 0, 0)
    assert [(one.method, one.amount, one.unapplied, one.reference) for one in shop.answer().payments] == [
        (PaymentMethod.CARD, 1320, 0, "CH00000001"),
        (PaymentMethod.CARD, -396, 0, "RF00000001"),
        (PaymentMethod.CARD, -132, 0, "RF00000002"),
    ]
    assert [one["subject"] for one in shop.world.notices("card-refunded")] == [INVOICE] * 2
    assert set(shop.messages().values()) == {OutboxState.SENT}


@pytest.mark.spec("BIL-9")
def test_a_refund_in_doubt_is_asked_about_and_not_repeated(make_world: Callable[..., Any]) -> None:
    provider = Provider(None, PartnerUnreachable("down"), OutcomeUnknown("no answer"))
    shop = Shop(make_world, provider)
    shop.work()
    shop.comes_back(3)
    shop.world.go_to(2026, 12, 1, 10)
    shop.work(4)
    assert provider.calls == [
        f"charge {INVOICE}",
        "refund CN00000001",
        "refund CN00000001",
        "look up CN00000001",
    ]
    assert [one.amount for one in provider.refunds] == [396]
    assert shop.standing() == (924, 396, 0, 0)


@pytest.mark.spec("BIL-9", "REL-1")
def test_a_crash_while_a_card_is_charged_leaves_a_question(make_world: Callable[..., Any]) -> None:
    provider = Provider(KeyboardInterrupt())  # type: ignore[arg-type]
    shop = Shop(make_world, provider)
    with pytest.raises(KeyboardInterrupt):
        shop.work()
    assert shop.messages() == {f"card-charge {INVOICE}": OutboxState.UNKNOWN}
    # what came back since does not change what was charged
    shop.comes_back(3)
    shop.world.go_to(2026, 12, 1, 10)
    shop.work(3)
    assert provider.calls[:2] == [f"charge {INVOICE}", f"look up {INVOICE}"]
    assert [one.amount for one in provider.charges] == [1320]
    assert [(one.key, one.amount) for one in provider.refunds] == [("PA00000001", 396)]
    assert shop.standing() == (924, 396, 0, 0)


@pytest.mark.spec("BIL-9")
def test_what_was_not_done_is_done_with_what_is_open_by_then(make_world: Callable[..., Any]) -> None:
    class Forgets(Provider):
        def look_up(self, key: str) -> CardOutcome | None:
            self._charges.clear()
            return super().look_up(key)

    provider = Forgets(OutcomeUnknown("no answer"))
    shop = Shop(make_world, provider)
    shop.work()
    shop.comes_back(3)
    shop.world.go_to(2026, 12, 1, 10)
    shop.work(2)
    assert [one.amount for one in provider.charges] == [924]
    assert (shop.standing(), provider.refunds) == ((924, 396, 0, 0), ())


@pytest.mark.spec("BIL-9")
def test_a_refund_that_is_refused_stays_the_customers_credit(make_world: Callable[..., Any]) -> None:
    shop = Shop(make_world, Provider(None, PartnerRefused("the card is closed")))
    shop.work()
    shop.comes_back(3)
    shop.world.go_to(2026, 12, 1, 10)
    shop.work(3)
    assert shop.standing() == (1320, 396, 0, 396)
    assert shop.messages()["card-refund CN00000001"] is OutboxState.REFUSED
    assert [one["subject"] for one in shop.world.notices("refund-refused")] == [INVOICE]
    assert [one.reference for one in shop.world.audited("refund-refused")] == ["CN00000001"]
    with shop.world.storage.begin() as unit:
        account = unit.accounts.by_customer_number(shop.number)
        assert unit.billing.receivable(account.account_id, INVOICE).refunding == 0


@pytest.mark.spec("BIL-9")
def test_two_workers_record_one_charge_and_one_refund(make_world: Callable[..., Any]) -> None:
    provider = Provider()
    shop = Shop(make_world, provider)
    other = shop.world.supplier.automation

    class Rival(Provider):
        """While one worker waits for the provider, another one does the same."""

        def charge(self, charge: CardCharge) -> str:
            made = provider.charge(charge)
            other.work()
            return made

        def look_up(self, key: str) -> CardOutcome | None:
            return provider.look_up(key)

    dispatcher = other.dispatcher
    rival = evolve(other, dispatcher=evolve(dispatcher, house=evolve(dispatcher.house, cards=Rival())))
    rival.work()
    assert [one.amount for one in shop.answer().payments] == [1320]


@pytest.mark.spec("BIL-9", "CART-2", "CART-5")
def test_who_pays_by_card_and_has_none_orders_nothing(everywhere: Any, line: Any) -> None:
    world = everywhere
    letter = world.letter(kind=AccountKind.INDIVIDUAL)
    token = world.first_session(letter.customer_number, letter.temporary_password)
    change = CartChange(action=CartAction.ADD, sku="PEN", quantity=10, department="D1")
    world.call(cart.CHANGE_CART, ChangeCartRequest(changes=(change,)), token=token, key=world.fresh())
    priced = world.call(cart.PRICE_CART, PriceCartRequest(), token=token)
    assert [one.code for one in priced.problems] == ["card-not-registered"]

    def checked_out(**changes: Any) -> Any:
        request = CheckOutCartRequest(
            purchase_order_id="PO-2",
            buyer_party="0188:7010705000725",
            expected_version=priced.version,
            expected_total=priced.total_incl_tax,
            **changes,
        )
        return world.call(cart.CHECK_OUT_CART, request, token=token, key=world.fresh())

    for trial in (True, False):
        with pytest.raises(CardNotRegistered):
            world.place(token, "PO-1", line("1", "PEN", 1), trial=trial, key=world.fresh())
        with pytest.raises(CardNotRegistered):
            checked_out(trial=trial)
    world.pay_by_card(token)
    assert world.place(token, "PO-1", line("1", "PEN", 1)).orders
    assert checked_out().orders
