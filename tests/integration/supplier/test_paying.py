"""Payments of invoices, and cards that are known by their tokens only (BIL-1, BIL-9)."""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from askul_connect.adapters.security.reference_cards import ReferenceCards
from askul_connect.core.domain.accounts import AccountKind, Role
from askul_connect.core.domain.payments import PaymentMethod
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import (
    AccessDenied,
    CardNumberRefused,
    NotFound,
    OutcomeUnknown,
    PartnerUnreachable,
    PaymentMethodUnavailable,
    ValueInvalid,
)
from askul_connect.core.messages.accounts import GetAccountRequest
from askul_connect.core.messages.billing import (
    ChangePaymentMethodRequest,
    GetInvoiceRequest,
    ListUsageRequest,
    RecordPaymentRequest,
)
from askul_connect.core.messages.ordering import ListInvoicesRequest
from askul_connect.core.operations import billing
from askul_connect.core.operations import supplier as operations
from askul_connect.core.ports.cards import CardCharge

TOKEN = Secret("tok_見本".encode().hex() + "_visa")
OTHER = Secret("tok_other_card_b")
NOVEMBER = date(2026, 11, 30)
PASSWORD = "Kaede-7-kaze"


def sell(world: Any, token: Any, number: str, *lines: Any) -> str:
    order: str = world.place(token, number, *lines).orders[0].order_number
    world.confirm(order)
    return str(world.ship(order, *((one.line_id, one.quantity, 0) for one in lines)).ship_notice_number)


def invoiced(world: Any, customer: Any, line: Any) -> Any:
    """An invoice of 1,320 yen."""
    sell(world, customer.machine, "PO-1", line("1", "PEN", 10))
    world.go_to(2026, 12, 1, 9)
    [invoice] = world.close_billing(customer, NOVEMBER)
    assert invoice.total_incl_tax == 1320
    return invoice


def standing(world: Any, token: Any, number: str) -> Any:
    request = GetInvoiceRequest(invoice_number=number)
    return world.call(billing.GET_INVOICE, request, token=token)


@pytest.mark.spec("BIL-1")
def test_an_invoice_is_paid_in_parts_and_what_is_too_much_is_kept(everywhere: Any, line: Any) -> None:
    world, customer = everywhere, everywhere.customer()
    invoice = invoiced(world, customer, line)
    first = world.pay(customer, invoice, 1000, reference="振込 1")
    assert (first.applied, first.unapplied, first.outstanding) == (1000, 0, 320)
    second = world.pay(customer, invoice, 500)
    assert (second.applied, second.unapplied, second.outstanding) == (320, 180, 0)
    late = world.pay(customer, invoice, 70)
    assert (late.applied, late.unapplied, late.outstanding) == (0, 70, 0)
    answer = standing(world, customer.machine, invoice.invoice_number)
    assert (answer.standing.paid, answer.standing.outstanding, answer.standing.in_credit) == (1320, 0, 0)
    assert [(one.amount, one.unapplied, one.reference, one.method) for one in answer.payments] == [
        (1000, 0, "振込 1", PaymentMethod.TERMS),
        (500, 180, "", PaymentMethod.TERMS),
        (70, 70, "", PaymentMethod.TERMS),
    ]
    assert [one.subject for one in world.audited("payment-recorded")] == [invoice.invoice_number] * 3


@pytest.mark.spec("BIL-1")
def test_a_payment_is_refused_for_what_it_says(faced: Any, line: Any) -> None:
    world, customer = faced, faced.customer()
    invoice = invoiced(world, customer, line)
    for changes, error in (
        ({"amount": -1}, ValueInvalid),
        ({"received_on": date(2026, 12, 2)}, ValueInvalid),
        ({"reference": "x" * 201}, ValueInvalid),
        ({"invoice_number": "IN99999999"}, NotFound),
    ):
        with pytest.raises(error):
            world.pay(customer, invoice, **changes)
    # of another account, who has no such invoice
    with pytest.raises(NotFound):
        world.pay(world.customer("b"), invoice)
    assert standing(world, customer.machine, invoice.invoice_number).standing.paid == 0


@pytest.mark.spec("BIL-1")
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_key_pays_once_and_payments_at_once_lose_nothing(
    kind: str, make_world: Callable[..., Any], together: Callable[..., Counter[str]], line: Any
) -> None:
    world = make_world(kind)
    customer = world.customer()
    invoice = invoiced(world, customer, line)
    with world.storage.begin() as unit:
        member = unit.accounts.by_customer_number(customer.number).member_number
    request = RecordPaymentRequest(
        member_number=member, invoice_number=invoice.invoice_number, amount=300, received_on=NOVEMBER
    )
    outcome = together(8, lambda place: world.as_staff(billing.RECORD_PAYMENT, request, f"key-{place % 2}"))
    assert outcome == Counter(success=8)
    answer = standing(world, customer.machine, invoice.invoice_number)
    assert (len(answer.payments), answer.standing.paid, answer.standing.outstanding) == (2, 600, 720)


@pytest.mark.spec("BIL-1", "AUTH-19")
def test_staff_need_a_ticket_of_the_account(faced: Any, line: Any) -> None:
    world, customer = faced, faced.customer()
    invoice = invoiced(world, customer, line)
    customer.administrator = world.login(customer.number, PASSWORD).session_token
    with world.storage.begin() as unit:
        member = unit.accounts.by_customer_number(customer.number).member_number
    desk = world.desk_session()
    request = RecordPaymentRequest(
        member_number=member, invoice_number=invoice.invoice_number, amount=300, received_on=NOVEMBER
    )
    for ticket in ("", world.open_ticket(desk)):
        with pytest.raises(AccessDenied):
            world.call(billing.RECORD_PAYMENT, evolve(request, ticket=ticket), token=desk, key=world.fresh())
    for token in (customer.administrator, customer.machine):
        with pytest.raises(AccessDenied):
            world.call(billing.RECORD_PAYMENT, request, token=token, key=world.fresh())
    ticket = world.open_ticket(desk, member)
    done = world.call(billing.RECORD_PAYMENT, evolve(request, ticket=ticket), token=desk, key="once")
    assert done.outstanding == 1020
    assert world.call(billing.RECORD_PAYMENT, evolve(request, ticket=ticket), token=desk, key="once") == done


@pytest.mark.spec("BIL-1")
def test_usage_is_there_the_next_business_day(everywhere: Any, line: Any) -> None:
    world, customer = everywhere, everywhere.customer()

    def usage(**changes: Any) -> Any:
        return world.call(billing.LIST_USAGE, ListUsageRequest(**changes), token=customer.machine)

    world.go_to(2026, 11, 5, 9)
    thursday = sell(world, customer.machine, "PO-1", line("1", "PEN", 10), line("2", "TEA", 2))
    assert usage().usage == ()
    assert usage().page.total == 0
    world.go_to(2026, 11, 6, 0)
    first = usage()
    assert [one.ship_notice_number for one in first.usage] == [thursday]
    assert (first.usage[0].shipped_on, first.usage[0].closing_on) == (date(2026, 11, 5), NOVEMBER)
    assert [one.amount_excl_tax for one in first.usage[0].lines] == [1200, 197]
    friday = sell(world, customer.machine, "PO-2", line("1", "PEN", 1))
    world.go_to(2026, 11, 8, 23)
    # Saturday and Sunday are no business days; what waits is not counted
    again = usage(cursor=first.page.next_cursor)
    assert (again.usage, again.page.more) == ((), False)
    assert usage().page.total == 1
    world.go_to(2026, 11, 9, 0)
    later = usage(cursor=again.page.next_cursor)
    assert [one.ship_notice_number for one in later.usage] == [friday]
    assert usage(page_size=1).page.total == 2
    other = world.customer("b")
    assert world.call(billing.LIST_USAGE, ListUsageRequest(), token=other.machine).usage == ()


# --- cards


def card(
    world: Any, token: Any, given: Secret | None = TOKEN, method: PaymentMethod = PaymentMethod.CARD
) -> Any:
    request = ChangePaymentMethodRequest(method=method, card_token=given)
    return world.call(billing.CHANGE_PAYMENT_METHOD, request, token=token)


def person(world: Any) -> Any:
    """The session of an individual."""
    letter = world.letter(kind=AccountKind.INDIVIDUAL)
    return world.first_session(letter.customer_number, letter.temporary_password)


def invoices_of(world: Any) -> list[Any]:
    """Every receivable of every account, by number."""
    with world.storage.begin() as unit:
        return [
            (
                unit.documents.invoices(account.account_id, [number])[number],
                unit.billing.receivable(account.account_id, number),
            )
            for account in unit.accounts.all()
            for number in [
                change.key for change in unit.changes.since(account.account_id, "invoices", 0, 100)
            ]
        ]


@pytest.mark.spec("BIL-9")
def test_an_individual_is_billed_at_each_shipment_and_charged_once(
    make_world: Callable[..., Any], line: Any
) -> None:
    cards = ReferenceCards()
    world = make_world("sqlite", cards=cards)
    token = person(world)
    assert world.call(operations.GET_ACCOUNT, GetAccountRequest(), token=token).payment_method == "card"
    card(world, token)
    assert world.call(operations.GET_ACCOUNT, GetAccountRequest(), token=token).card_registered
    order = world.place(token, "PO-1", line("1", "PEN", 10)).orders[0].order_number
    world.confirm(order)
    for part in (4, 6):
        world.ship(order, ("1", part, 0))
    found = invoices_of(world)
    assert [(one.total_incl_tax, one.payment_method, one.due_on) for one, _ in found] == [
        (528, PaymentMethod.CARD, date(2026, 11, 2)),
        (792, PaymentMethod.CARD, date(2026, 11, 2)),
    ]
    # nothing was charged inside a unit of work
    assert cards.charges == ()
    world.supplier.automation.work()
    world.supplier.automation.work()
    assert [(one.key, one.amount, one.token.reveal()) for one in cards.charges] == [
        (one.invoice_number, one.total_incl_tax, TOKEN.reveal()) for one, _ in found
    ]
    answer = standing(world, token, found[0][0].invoice_number)
    assert (answer.standing.outstanding, answer.standing.paid) == (0, 528)
    assert [(one.method, one.reference) for one in answer.payments] == [(PaymentMethod.CARD, "CH00000001")]
    # the closing finds nothing left
    world.go_to(2026, 12, 1, 10)
    assert not world.supplier.automation.work()
    assert len(invoices_of(world)) == 2


@pytest.mark.spec("BIL-9")
def test_a_declined_card_leaves_the_invoice_open_until_another_is_there(
    make_world: Callable[..., Any], line: Any
) -> None:
    cards = ReferenceCards(declined=[TOKEN.reveal()])
    world = make_world(cards=cards)
    token = person(world)
    card(world, token)
    order = world.place(token, "PO-1", line("1", "PEN", 1)).orders[0].order_number
    with world.storage.begin() as unit:
        # as an order is that was placed before a card was asked for
        [account] = unit.accounts.all()
        unit.billing.put_setting(evolve(unit.billing.setting(account.account_id), card=""))
    world.confirm(order)
    world.ship(order, ("1", 1, 0))
    # without a card the customer is told
    assert [one["number"] for one in world.notices("card-needed")] == ["IN00000001"]
    card(world, token)
    world.supplier.automation.work()
    assert [one["subject"] for one in world.notices("card-declined")] == ["IN00000001"]
    assert standing(world, token, "IN00000001").standing.outstanding == 132
    world.supplier.automation.work()
    assert len(world.notices("card-declined")) == 1
    card(world, token, OTHER)
    world.supplier.automation.work()
    assert standing(world, token, "IN00000001").standing.outstanding == 0
    assert [one.token.reveal() for one in cards.charges] == [OTHER.reveal()]


class _Shaky(ReferenceCards):
    """Charges, and then says that it does not know."""

    def __init__(self, *failures: Exception) -> None:
        super().__init__()
        self.failures = list(failures)

    def charge(self, charge: CardCharge) -> str:
        if self.failures:
            failure = self.failures.pop(0)
            if isinstance(failure, OutcomeUnknown):
                super().charge(charge)
            raise failure
        return super().charge(charge)


@pytest.mark.spec("BIL-9")
def test_a_charge_whose_outcome_is_unknown_is_made_once(make_world: Callable[..., Any], line: Any) -> None:
    cards = _Shaky(PartnerUnreachable("down"), OutcomeUnknown("no answer"))
    world = make_world(cards=cards)
    token = person(world)
    card(world, token)
    sell(world, token, "PO-1", line("1", "PEN", 1))
    for _ in range(3):
        world.supplier.automation.work()
        world.forward(timedelta(hours=2))
    assert [one.key for one in cards.charges] == ["IN00000001"]
    with world.storage.begin() as unit:
        [account] = unit.accounts.all()
        assert len(unit.billing.payments_of(account.account_id, "IN00000001")) == 1


@pytest.mark.spec("BIL-9")
def test_a_company_pays_by_terms_until_it_chooses_a_card(everywhere: Any, line: Any) -> None:
    world, customer = everywhere, everywhere.customer()
    account = world.call(operations.GET_ACCOUNT, GetAccountRequest(), token=customer.administrator)
    assert (account.payment_method, account.card_registered) == (PaymentMethod.TERMS, False)
    sell(world, customer.machine, "PO-1", line("1", "PEN", 10))
    with pytest.raises(ValueInvalid):
        card(world, customer.administrator, None)
    card(world, customer.administrator)
    # the card stays when only the rest is changed
    assert card(world, customer.administrator, None).method is PaymentMethod.CARD
    sell(world, customer.machine, "PO-2", line("1", "PEN", 1))
    listed = world.call(operations.LIST_INVOICES, ListInvoicesRequest(), token=customer.machine).invoices
    assert [(one.total_incl_tax, one.payment_method) for one in listed] == [(132, PaymentMethod.CARD)]
    with pytest.raises(ValueInvalid):
        card(world, customer.administrator, TOKEN, PaymentMethod.TERMS)
    card(world, customer.administrator, None, PaymentMethod.TERMS)
    world.go_to(2026, 12, 1, 9)
    assert [one.total_incl_tax for one in world.close_billing(customer, NOVEMBER)] == [1320]
    assert [one["facts"]["method"] for one in world.notices("payment-method-changed")] == [
        "card",
        "card",
        "terms",
    ]
    buyer = world.login(customer.number, PASSWORD).session_token
    customer.administrator = buyer
    viewer = customer.person("v@a.example.co.jp", Role.ACCOUNTANT)
    for token in (viewer, customer.machine):
        with pytest.raises(AccessDenied):
            card(world, token)


@pytest.mark.spec("BIL-9", "ACC-1")
def test_an_individual_has_no_terms(faced: Any) -> None:
    token = person(faced)
    with pytest.raises(PaymentMethodUnavailable):
        card(faced, token, None, PaymentMethod.TERMS)


@pytest.mark.spec("BIL-9")
def test_a_supplier_without_a_provider_takes_no_cards(world: Any) -> None:
    customer = world.customer()
    dispatcher = world.supplier.dispatcher
    world.supplier = evolve(
        world.supplier, dispatcher=evolve(dispatcher, house=evolve(dispatcher.house, cards=None))
    )
    world.caller = world.caller_of(world.supplier)
    with pytest.raises(PaymentMethodUnavailable):
        card(world, customer.administrator)


#: Numbers of test cards in many spellings, and what is no number.
NUMBERS = (
    "4111111111111111",
    "4111 1111 1111 1111",
    "4111-1111-1111-1111",
    "４１１１１１１１１１１１１１１１",
    "٤١١١١١١١١١١١١١١١",
    "tok_4111111111111111",
    "card:4111.1111.1111.1111",
    "5555555555554444",
    "378282246310005",
    "30569309025904",
    "4111111111111112",
    "12345678",
)


@pytest.mark.spec("BIL-9")
@pytest.mark.parametrize("face", ["in process", "soap"])
def test_a_cards_number_is_refused_and_is_nowhere_afterwards(
    make_world: Callable[..., Any], face: str, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    world = make_world("sqlite", face)
    customer = world.customer()
    with caplog.at_level(logging.DEBUG):
        for number in NUMBERS:
            with pytest.raises(CardNumberRefused) as caught:
                card(world, customer.administrator, Secret(number))
            assert number not in f"{caught.value!r} {caught.value} {caught.value.problems}"
            assert number not in repr(
                ChangePaymentMethodRequest(method=PaymentMethod.CARD, card_token=Secret(number))
            )
        world.supplier.automation.work()
    everything = [
        caplog.text.encode(),
        *(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()),
    ]
    for number in NUMBERS:
        assert not any(number.encode() in found for found in everything), number
    account = world.call(operations.GET_ACCOUNT, GetAccountRequest(), token=customer.administrator)
    assert not account.card_registered
    for strange in ("short", "tok with spaces", "tok_\u3042\u3042\u3042\u3042\u3042\u3042", "x" * 201):
        with pytest.raises(ValueInvalid):
            card(world, customer.administrator, Secret(strange))


@pytest.mark.spec("BIL-9", "ACC-8")
def test_a_token_is_stored_encrypted_and_forgotten_with_the_account(
    make_world: Callable[..., Any], caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    from askul_connect.core.messages.account_ends import WithdrawAccountRequest
    from askul_connect.core.operations import accounts

    world = make_world("sqlite")
    customer = world.customer()
    with caplog.at_level(logging.DEBUG):
        card(world, customer.administrator)
        world.supplier.automation.work()
    everything = [
        caplog.text.encode(),
        *(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()),
    ]
    assert not any(TOKEN.reveal().encode() in found for found in everything)
    assert TOKEN.reveal() not in json.dumps(world.notices("payment-method-changed"))
    with world.storage.begin() as unit:
        account = unit.accounts.by_customer_number(customer.number)
        assert unit.billing.setting(account.account_id).card
    request = WithdrawAccountRequest(member_number=account.member_number)
    world.call(accounts.WITHDRAW_ACCOUNT, request, token=customer.administrator)
    with world.storage.begin() as unit:
        assert unit.billing.setting(account.account_id).card == ""


@pytest.mark.spec("BIL-1", "ACC-4")
@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_a_merge_takes_invoices_payments_and_usage_along(
    make_world: Callable[..., Any], kind: str, line: Any
) -> None:
    from askul_connect.core.messages.registration import MergeAccountsRequest
    from askul_connect.core.operations import accounts

    world = make_world(kind)
    customer, other = world.customer(), world.customer("b")
    card(world, customer.administrator)
    sell(world, customer.machine, "PO-0", line("1", "PEN", 1))
    card(world, customer.administrator, None, PaymentMethod.TERMS)
    invoice = invoiced(world, customer, line)
    world.pay(customer, invoice, 20)
    with world.storage.begin() as unit:
        members = [unit.accounts.by_customer_number(one.number).member_number for one in (other, customer)]
    request = MergeAccountsRequest(surviving=members[0], absorbed=members[1], ticket="T-1")
    world.as_staff(accounts.MERGE_ACCOUNTS, request)
    answer = standing(world, other.machine, invoice.invoice_number)
    assert (answer.invoice, answer.standing.paid) == (invoice, 20)
    assert [one.amount for one in answer.payments] == [20]
    usage = world.call(billing.LIST_USAGE, ListUsageRequest(), token=other.machine).usage
    assert [one.purchase_order_id for one in usage] == ["PO-0", "PO-1"]
    # what was to be charged to the card of the account that is gone stays open
    world.supplier.automation.work()
    assert standing(world, other.machine, "IN00000001").standing.outstanding == 132
