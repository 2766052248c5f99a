"""Tickets: opened with and without a login, answered, kept, limited; and what they let staff see (AUTH-19, SUP-2)."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from attrs import evolve

from askul_connect.core.domain.accounts import Role
from askul_connect.core.domain.orders import Channel
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.domain.service_status import Disturbance, ServiceFunction
from askul_connect.core.domain.tickets import TicketChannel
from askul_connect.core.errors import (
    AccessDenied,
    IllegalStep,
    LoginMismatch,
    NotAuthenticated,
    NotFound,
    TooManyTickets,
    ValueInvalid,
)
from askul_connect.core.messages.staff import (
    AddStaffRequest,
    FindLoginAttemptRequest,
    StaffLoginRequest,
    ViewCustomerRequest,
)
from askul_connect.core.messages.status import SetServiceStatusRequest
from askul_connect.core.messages.tickets import (
    AttachedFile,
    CloseTicketRequest,
    GetOutagePlaybookRequest,
    GetTicketRequest,
    Language,
    LinkTicketRequest,
    ListTicketsRequest,
    OpenTicketRequest,
    ReplyTicketRequest,
)
from askul_connect.core.operations import status as status_operations
from askul_connect.core.operations import support
from askul_connect.core.ports.faces import Call

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"0" * 20).decode()
STRANGER = OpenTicketRequest(
    message="ログインできません",
    company="株式会社見本a",
    member_number="99999999",
    contact_name="誰か",
    contact_email="Someone@a.example.co.jp",
    contact_phone="03-1111-2222",
    error_code="w:001",
)


def staff(world: Any, name: str = "hanako") -> Secret:
    """A session of a staff member."""
    made = world.as_staff(support.ADD_STAFF, AddStaffRequest(login_name=name, name="支援"))
    seed = made.enrolment_uri.reveal().partition("secret=")[2].partition("&")[0]
    answer = world.call(
        support.STAFF_LOGIN,
        StaffLoginRequest(
            login_name=name,
            password=made.temporary_password,
            code=Secret(pyotp.TOTP(seed).at(world.clock.now())),
            new_password=Secret("Tsubaki-3-ame"),
        ),
    )
    token: Secret = answer.session_token
    return token


def opened(world: Any, token: Secret | None = None, **changes: Any) -> Any:
    request = STRANGER if token is None else OpenTicketRequest(message="納品書が見えません")
    return world.call(support.OPEN_TICKET, evolve(request, **changes), token=token)


def read(
    world: Any, ticket: str, token: Secret | None = None, secret: Secret | None = None, **more: Any
) -> Any:
    request = GetTicketRequest(ticket=ticket, secret=secret, **more)
    return world.call(support.GET_TICKET, request, token=token)


def reply(world: Any, ticket: str, text: str, token: Secret | None = None, **more: Any) -> Any:
    return world.call(
        support.REPLY_TICKET, ReplyTicketRequest(ticket=ticket, message=text, **more), token=token
    )


def close(world: Any, ticket: str, token: Secret) -> Any:
    return world.call(support.CLOSE_TICKET, CloseTicketRequest(ticket=ticket), token=token)


def listed(world: Any, token: Secret) -> set[str]:
    answer = world.call(support.LIST_TICKETS, ListTicketsRequest(), token=token)
    return {one.ticket for one in answer.tickets}


def notices(world: Any) -> list[tuple[str, str]]:
    world.supplier.automation.work()
    found = [json.loads(path.read_text("utf-8")) for path in (world.folder / "notices").glob("*.json")]
    return sorted((one["event"], one["to"]) for one in found if one["event"].startswith("ticket"))


def audited(world: Any, number: str) -> list[Any]:
    with world.storage.begin() as unit:
        account = unit.accounts.by_customer_number(number)
        return list(unit.audit.of_account(account.account_id if account else ""))


@pytest.mark.spec("SUP-2")
def test_a_customer_asks_staff_answer_and_the_history_is_kept(everywhere: Any) -> None:
    world = everywhere
    customer, desk = world.customer(), staff(world)
    made = opened(
        world,
        customer.administrator,
        order_number="O-1",
        error_code="w:004",
        happened_at=world.clock.now(),
        attachments=(AttachedFile(name="画面.png", content=PNG),),
    )
    assert not made.secret
    assert made.first_answer == ""
    ticket = made.ticket
    assert reply(world, ticket, "どの注文ですか", desk, ask=True).state == "waiting"
    assert reply(world, ticket, "O-1 です", customer.administrator).state == "open"
    # the same again is the same message
    again = reply(world, ticket, "O-1 です", customer.administrator)
    assert (again.number, again.state) == (3, "open")
    assert reply(world, ticket, "直しました", desk).state == "answered"
    found = read(world, ticket, customer.administrator)
    assert [(one.number, one.author, one.text) for one in found.messages] == [
        (1, "customer", "納品書が見えません"),
        (2, "staff", "どの注文ですか"),
        (3, "customer", "O-1 です"),
        (4, "staff", "直しました"),
    ]
    assert (found.company, found.contact_email) == ("株式会社見本a", "Admin@a.example.co.jp")
    assert (found.order_number, found.error_code, found.happened_at) == ("O-1", "w:004", world.clock.now())
    assert [(one.name, one.media_type, one.size, one.content) for one in found.attachments] == [
        ("画面.png", "image/png", 28, "")
    ]
    whole = read(world, ticket, desk, with_attachments=True)
    assert whole.attachments[0].content == PNG
    closed = close(world, ticket, customer.administrator)
    assert close(world, ticket, customer.administrator) == closed
    for token in (desk, customer.administrator):
        with pytest.raises(IllegalStep):
            reply(world, ticket, "もう一つ", token)
    assert notices(world) == [
        ("ticket-answered", "Admin@a.example.co.jp"),
        ("ticket-answered", "Admin@a.example.co.jp"),
        ("ticket-opened", "Admin@a.example.co.jp"),
    ]
    actions = [one.action for one in audited(world, customer.number)]
    assert actions[-6:] == [
        "ticket-opened",
        "ticket-ask",
        "ticket-reply",
        "ticket-answer",
        "ticket-read",
        "ticket-closed",
    ]


@pytest.mark.spec("SUP-2")
def test_who_is_not_logged_in_reads_and_answers_with_the_secret_only(everywhere: Any) -> None:
    world = everywhere
    customer, desk = world.customer(), staff(world)
    made = opened(world, member_number=world.letter("b").member_number)
    assert len(made.secret.reveal()) >= 43
    reply(world, made.ticket, "折り返します", desk)
    found = read(world, made.ticket, secret=made.secret)
    assert [one.author for one in found.messages] == ["customer", "staff"]
    assert reply(world, made.ticket, "待っています", secret=made.secret).number == 3
    for secret in (Secret("x"), Secret(made.secret.reveal() + "x")):
        with pytest.raises(NotFound):
            read(world, made.ticket, secret=secret)
        with pytest.raises(NotFound):
            reply(world, made.ticket, "?", secret=secret)
    with pytest.raises(NotAuthenticated):
        read(world, made.ticket)
    with pytest.raises(NotFound):
        read(world, made.ticket, customer.administrator)
    # one that was opened with a login has no secret that could be guessed
    own = opened(world, customer.administrator)
    with pytest.raises(NotAuthenticated):
        read(world, own.ticket, secret=Secret(""))
    with pytest.raises(NotFound):
        read(world, own.ticket, secret=Secret("x"))
    # the secret itself is nowhere
    assert made.secret.reveal() not in repr(world.dump())


@pytest.mark.spec("SUP-2")
def test_without_a_login_nothing_of_the_member_is_shown_or_looked_up(stored: Any) -> None:
    world = stored
    letter = world.letter()
    for number in (letter.member_number, "99999999"):
        made = opened(world, member_number=number, contact_email=f"x{number}@example.jp")
        found = read(world, made.ticket, secret=made.secret)
        assert (found.company, found.member_number) == (STRANGER.company, number)
    assert not [one for one in audited(world, letter.customer_number) if one.action.startswith("ticket")]


@pytest.mark.spec("SUP-2")
def test_own_tickets_the_accounts_and_all(faced: Any) -> None:
    world = faced
    customer, other, desk = world.customer(), world.customer("b"), staff(world)
    one, two = (customer.person(f"p{n}@a.example.co.jp", Role.BUYER) for n in (1, 2))
    first, second = opened(world, one).ticket, opened(world, two).ticket
    foreign, unknown = opened(world, other.administrator).ticket, opened(world).ticket
    assert listed(world, one) == {first}
    assert listed(world, two) == {second}
    assert listed(world, customer.administrator) == {first, second}
    assert listed(world, other.administrator) == {foreign}
    assert listed(world, desk) == {first, second, foreign, unknown}
    for token, ticket in ((two, first), (one, foreign), (customer.administrator, foreign), (one, unknown)):
        for ask in (
            lambda: read(world, ticket, token),  # noqa: B023 -- called at once
            lambda: reply(world, ticket, "?", token),  # noqa: B023 -- called at once
            lambda: close(world, ticket, token),  # noqa: B023 -- called at once
        ):
            with pytest.raises(NotFound) as caught:
                ask()
            with pytest.raises(NotFound) as absent:
                read(world, "0000000000", token)
            assert caught.value.detail == absent.value.detail
    assert read(world, first, customer.administrator).ticket == first
    with pytest.raises(ValueInvalid, match="support desk"):
        reply(world, first, "?", one, ask=True)
    # machines have no tickets
    with pytest.raises(NotFound):
        read(world, first, customer.machine)
    with pytest.raises(AccessDenied):
        listed(world, customer.machine)


@pytest.mark.spec("SUP-2")
def test_an_old_token_does_not_keep_anybody_from_the_support_desk(faced: Any) -> None:
    world = faced
    customer = world.customer()
    world.forward(timedelta(hours=13))
    made = world.call(support.OPEN_TICKET, STRANGER, token=customer.administrator)
    assert made.secret
    with pytest.raises(NotAuthenticated):
        read(world, made.ticket, customer.administrator)
    assert read(world, made.ticket, customer.administrator, made.secret).ticket == made.ticket


@pytest.mark.spec("AUTH-3", "SUP-2")
@pytest.mark.parametrize(("language", "expected"), [(Language.JA, "自動応答"), (Language.EN, "automatic")])
def test_a_chat_is_answered_at_once_by_diagnosis_and_faq(
    faced: Any, language: Language, expected: str
) -> None:
    world = faced
    made = opened(world, channel=TicketChannel.CHAT, language=language)
    assert expected in made.first_answer
    assert "1. " in made.first_answer
    found = read(world, made.ticket, secret=made.secret)
    assert found.state == "answered"
    assert [one.author for one in found.messages] == ["customer", "automatic"]
    assert found.messages[1].text == made.first_answer
    reply(world, made.ticket, "それでもだめです", secret=made.secret)
    assert read(world, made.ticket, secret=made.secret).state == "open"
    # an unknown code and words that nobody asked before
    strange = opened(
        world,
        channel=TicketChannel.CHAT,
        language=language,
        error_code="E-77",
        message="zzz",
        contact_email="y@x.jp",
    )
    assert expected in strange.first_answer
    assert "1. " not in strange.first_answer


@pytest.mark.spec("AUTH-3", "AUTH-15", "SUP-2", "SUP-3")
def test_while_all_is_stopped_the_desk_and_the_playbook_work(faced: Any) -> None:
    world = faced
    customer = world.customer()
    playbook = world.call(support.GET_OUTAGE_PLAYBOOK, GetOutagePlaybookRequest())
    assert playbook.state == "available"
    world.as_staff(
        status_operations.SET_SERVICE_STATUS,
        SetServiceStatusRequest(
            kind=Disturbance.OUTAGE,
            parts=tuple(one for one in ServiceFunction if one is not ServiceFunction.STATUS),
            text_ja="障害",
            text_en="outage",
        ),
    )
    world.forward(timedelta(minutes=1))
    playbook = world.call(support.GET_OUTAGE_PLAYBOOK, GetOutagePlaybookRequest())
    assert playbook.state == "stopped"
    assert [one.step for one in playbook.steps][:2] == ["look-at-status", "sort-by-urgency"]
    assert {one.channel for one in playbook.channels} >= {"fax", "phone", "form"}
    assert all(one.text_ja and one.text_en for one in (*playbook.steps, *playbook.have_ready))
    made = opened(world, customer.administrator, channel=TicketChannel.CHAT, error_code="x")
    assert "障害" in made.first_answer
    assert staff(world)


@pytest.mark.spec("SUP-2")
@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"message": " "}, "message"),
        ({"message": "x" * 4_001}, "message"),
        ({"company": ""}, "company"),
        ({"contact_email": "nobody"}, "contact_email"),
        ({"contact_phone": ""}, "contact_phone"),
        ({"contact_name": "a\nb"}, "contact_name"),
        ({"error_code": "x" * 255}, "error_code"),
        ({"attachments": (AttachedFile(name="a.exe", content=PNG),)}, "attachments[1].content"),
        ({"attachments": (AttachedFile(name="a.jpg", content=PNG),)}, "attachments[1].content"),
        ({"attachments": (AttachedFile(name="x/../a.png", content=PNG),)}, "attachments[1].name"),
        ({"attachments": (AttachedFile(name=".a.png", content=PNG),)}, "attachments[1].name"),
        ({"attachments": (AttachedFile(name="a.png", content="@@@"),)}, "attachments[1].content"),
        ({"attachments": (AttachedFile(name="a.png", content=""),)}, "attachments[1].content"),
        ({"attachments": (AttachedFile(name="a.svg", content="PHN2Zz4="),)}, "attachments[1].content"),
        ({"attachments": (AttachedFile(name="a.png", content=PNG),) * 4}, "attachments"),
    ],
)
def test_what_is_not_accepted_is_named(world: Any, changes: Any, where: str) -> None:
    with pytest.raises(ValueInvalid) as caught:
        opened(world, **changes)
    assert where in {one.where for one in caught.value.problems}
    with world.storage.begin() as unit:
        assert not list(unit.changes.since("", "tickets", 0, 10))


@pytest.mark.spec("SUP-2")
def test_files_have_a_limit_each_and_together(world: Any) -> None:
    large = base64.b64encode(b"%PDF-" + b"0" * 1_900_000).decode()
    too_large = base64.b64encode(b"%PDF-" + b"0" * 2_000_000).decode()
    with pytest.raises(ValueInvalid, match="2,000,000"):
        opened(world, attachments=(AttachedFile(name="a.pdf", content=too_large),))
    made = opened(world, attachments=(AttachedFile(name="a.pdf", content=large),) * 2)
    with pytest.raises(ValueInvalid, match="5,000,000"):
        reply(
            world,
            made.ticket,
            "x",
            secret=made.secret,
            attachments=(AttachedFile(name="b.pdf", content=large),),
        )


@pytest.mark.spec("SUP-2")
def test_nobody_floods_the_desk_or_a_mailbox(stored: Any) -> None:
    world = stored
    for _ in range(5):
        opened(world)
    with pytest.raises(TooManyTickets) as caught:
        opened(world, contact_email="SOMEONE@a.example.co.jp")
    assert caught.value.retry_after == 3600

    def from_source(number: int, address: str) -> None:
        request = evolve(STRANGER, contact_email=f"n{number}@example.jp")
        call = Call(channel=Channel.IN_PROCESS, address=address)
        world.supplier.dispatcher.dispatch(support.OPEN_TICKET, request, call)

    for number in range(20):
        from_source(number, "192.0.2.7")
    with pytest.raises(TooManyTickets):
        from_source(20, "192.0.2.7")
    from_source(21, "192.0.2.8")
    world.forward(timedelta(hours=1, seconds=1))
    opened(world)
    from_source(22, "192.0.2.7")


# --- what a ticket lets staff see


def view(world: Any, customer: str, ticket: str, token: Secret) -> Any:
    return world.call(
        support.VIEW_CUSTOMER, ViewCustomerRequest(customer=customer, ticket=ticket), token=token
    )


@pytest.mark.spec("AUTH-19")
def test_staff_see_a_customer_with_a_ticket_only_and_it_is_recorded(everywhere: Any) -> None:
    world = everywhere
    customer, other, desk = world.customer(), world.customer("b"), staff(world)
    ticket = opened(world, customer.administrator).ticket
    foreign, unlinked = opened(world, other.administrator).ticket, opened(world).ticket
    shut = opened(world, customer.administrator).ticket
    close(world, shut, desk)
    for wrong in ("", "0000000000", foreign, unlinked, shut):
        with pytest.raises(AccessDenied) as caught:
            view(world, customer.number, wrong, desk)
        with pytest.raises(AccessDenied) as absent:
            view(world, "9999999999", wrong, desk)
        assert caught.value.detail == absent.value.detail
    with pytest.raises(AccessDenied):
        view(world, "9999999999", ticket, desk)
    assert not [one for one in audited(world, customer.number) if one.action == "data-read-by-staff"]

    found = view(world, customer.number, ticket, desk)
    assert (found.name, found.customer_number) == ("株式会社見本a", customer.number)
    assert [(one.email, one.role, one.password_state) for one in found.users] == [
        ("Admin@a.example.co.jp", "administrator", "chosen")
    ]
    assert found.attempts[0].result == "success"
    assert view(world, found.member_number, ticket, desk) == found
    record = next(one for one in audited(world, customer.number) if one.action == "data-read-by-staff")
    with world.storage.begin() as unit:
        member = unit.staff.by_login_key("hanako")
    assert (record.actor, record.reference) == (member.staff_id, ticket)
    assert "users" in json.loads(record.detail)["fields"]


@pytest.mark.spec("AUTH-2", "AUTH-19")
def test_staff_find_the_attempt_that_a_refusal_numbered(faced: Any) -> None:
    world = faced
    customer, other, desk = world.customer(), world.customer("b"), staff(world)
    ticket = opened(world, customer.administrator).ticket
    references = []
    for login_id in (customer.number, other.number, "nobody@example.jp", "hanako"):
        with pytest.raises(LoginMismatch) as caught:
            world.login(login_id, "wrong")
        references.append(caught.value.reference)

    def find(reference: str, with_ticket: str = ticket) -> Any:
        request = FindLoginAttemptRequest(reference=reference, ticket=with_ticket)
        return world.call(support.FIND_LOGIN_ATTEMPT, request, token=desk).attempt

    assert (find(references[0]).login_id, find(references[0]).reason) == (customer.number, "mismatch")
    assert find(references[2]).login_id == "nobody@example.jp"
    for foreign in (references[1], "0000000000"):
        with pytest.raises(NotFound):
            find(foreign)
    shut = opened(world, customer.administrator).ticket
    close(world, shut, desk)
    for wrong in ("", "0000000000", shut):
        with pytest.raises(AccessDenied):
            find(references[0], wrong)
    # the supplier's own logins are no customer's affair
    with pytest.raises(LoginMismatch) as own:
        world.call(
            support.STAFF_LOGIN,
            StaffLoginRequest(login_name="hanako", password=Secret("x"), code=Secret("x")),
        )
    with pytest.raises(NotFound):
        find(own.value.reference)
    reads = [one for one in audited(world, customer.number) if one.action == "data-read-by-staff"]
    assert {one.reference for one in reads} == {ticket}


@pytest.mark.spec("AUTH-19")
def test_a_ticket_without_a_login_becomes_a_customers_once_that_was_made_sure(everywhere: Any) -> None:
    world = everywhere
    customer, other, desk = world.customer(), world.customer("b"), staff(world)
    made = opened(world)

    def link(number: str, checked: str = "登録電話番号に折り返して確認", ticket: str = made.ticket) -> Any:
        request = LinkTicketRequest(ticket=ticket, customer=number, checked=checked)
        return world.call(support.LINK_TICKET, request, token=desk)

    with pytest.raises(ValueInvalid, match="made sure"):
        link(customer.number, " ")
    for number, ticket in (("9999999999", made.ticket), (customer.number, "0000000000")):
        with pytest.raises(NotFound):
            link(number, ticket=ticket)
    link(customer.number)
    assert link(customer.number).ticket == made.ticket
    with pytest.raises(IllegalStep):
        link(other.number)
    assert view(world, customer.number, made.ticket, desk).customer_number == customer.number
    assert made.ticket in listed(world, customer.administrator)
    assert ("ticket-linked", "info@a.example.co.jp") in notices(world)
    record = next(one for one in audited(world, customer.number) if one.action == "ticket-linked")
    assert json.loads(record.detail) == {"schema": 1, "checked": "登録電話番号に折り返して確認"}
    shut = opened(world, contact_email="z@example.jp")
    close(world, shut.ticket, desk)
    with pytest.raises(IllegalStep):
        link(customer.number, ticket=shut.ticket)


@pytest.mark.spec("AUTH-19", "SUP-2")
def test_staff_reading_tickets_is_recorded(world: Any) -> None:
    customer, desk = world.customer(), staff(world)
    ticket, unknown = opened(world, customer.administrator).ticket, opened(world).ticket
    read(world, ticket, desk)
    read(world, unknown, desk)
    listed(world, desk)
    assert [one.action for one in audited(world, customer.number)][-1] == "ticket-read"
    assert [one.action for one in audited(world, "9999999999")][-2:] == ["ticket-read", "tickets-listed"]
