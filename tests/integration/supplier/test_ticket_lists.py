"""Lists of tickets, and who opens them for whom (SUP-2)."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from askul_connect.core.domain.accounts import Role
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import AccessDenied, CursorExpired, PasswordChangeRequired, ValueInvalid
from askul_connect.core.messages.tickets import ListTicketsRequest, OpenTicketRequest, ReplyTicketRequest
from askul_connect.core.operations import support


def opened(world: Any, token: Secret, number: int = 1) -> Any:
    request = OpenTicketRequest(
        message=f"{number}",
        company="c",
        contact_name="n",
        contact_email=f"n{number}@a.example.co.jp",
        contact_phone="1",
    )
    return world.call(support.OPEN_TICKET, request, token=token)


def pages(world: Any, token: Secret, size: int) -> tuple[list[str], list[Any]]:
    request, found, infos = ListTicketsRequest(page_size=size), [], []
    while True:
        answer = world.call(support.LIST_TICKETS, request, token=token)
        found += [one.ticket for one in answer.tickets]
        infos.append(answer.page)
        if not answer.page.more:
            return found, infos
        request = evolve(request, cursor=answer.page.next_cursor)


@pytest.mark.spec("SUP-2")
def test_pages_of_any_size_make_the_same_list_and_changes_come_again(everywhere: Any) -> None:
    world = everywhere
    customer, other = world.customer(), world.customer("b")
    tickets = [opened(world, customer.administrator, number).ticket for number in range(5)]
    opened(world, other.administrator, 9)
    for size in (1, 2, 5, 100):
        found, infos = pages(world, customer.administrator, size)
        assert found == tickets
        assert [one.total for one in infos] == [5] + [None] * (len(infos) - 1)
    cursor = infos[-1].next_cursor
    reply = ReplyTicketRequest(ticket=tickets[1], message="まだです")
    world.call(support.REPLY_TICKET, reply, token=customer.administrator)
    request = ListTicketsRequest(cursor=cursor)
    again = world.call(support.LIST_TICKETS, request, token=customer.administrator).tickets
    assert [one.ticket for one in again] == [tickets[1]]
    with pytest.raises(CursorExpired):
        world.call(support.LIST_TICKETS, request, token=other.administrator)
    with pytest.raises(ValueInvalid):
        world.call(support.LIST_TICKETS, ListTicketsRequest(page_size=0), token=customer.administrator)


@pytest.mark.spec("SUP-2")
def test_the_total_says_nothing_of_what_one_cannot_see(faced: Any) -> None:
    world = faced
    customer = world.customer()
    buyer = customer.person("p@a.example.co.jp", Role.BUYER)
    for number in range(3):
        opened(world, customer.administrator, number)
    own = opened(world, buyer, 4).ticket
    found, infos = pages(world, buyer, 1)
    assert found == [own]
    assert {one.total for one in infos} == {None}


@pytest.mark.spec("AUTH-20", "SUP-2")
def test_a_machine_opens_tickets_for_nobody(faced: Any) -> None:
    world = faced
    customer = world.customer()
    made = opened(world, customer.machine)
    assert made.secret
    assert pages(world, customer.administrator, 10)[0] == []
    with pytest.raises(AccessDenied):
        pages(world, customer.machine, 10)


@pytest.mark.spec("AUTH-4", "SUP-2")
def test_an_unfinished_session_speaks_for_nobody(faced: Any) -> None:
    world = faced
    customer = world.customer()
    user_id = customer.add_user("p@a.example.co.jp", Role.BUYER)
    session = world.login("p@a.example.co.jp", customer.temporary_password(user_id)).session_token
    assert opened(world, session).secret
    assert pages(world, customer.administrator, 10)[0] == []
    with pytest.raises(PasswordChangeRequired):
        pages(world, session, 10)
