"""Staff see a customer's latest orders with a ticket of that customer, and it is recorded (SUP-2, AUTH-19)."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pyotp
import pytest

from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import AccessDenied
from askul_connect.core.messages.staff import AddStaffRequest, StaffLoginRequest, ViewCustomerRequest
from askul_connect.core.messages.tickets import OpenTicketRequest
from askul_connect.core.operations import support


def staff(world: Any) -> Secret:
    """A session of a staff member."""
    made = world.as_staff(support.ADD_STAFF, AddStaffRequest(login_name="hanako", name="支援"))
    seed = made.enrolment_uri.reveal().partition("secret=")[2].partition("&")[0]
    request = StaffLoginRequest(
        login_name="hanako",
        password=made.temporary_password,
        code=Secret(pyotp.TOTP(seed).at(world.clock.now())),
        new_password=Secret("Tsubaki-3-ame"),
    )
    token: Secret = world.call(support.STAFF_LOGIN, request).session_token
    return token


def orders(world: Any, customer: Any, ticket: str, desk: Secret) -> Any:
    request = ViewCustomerRequest(customer=customer.number, ticket=ticket)
    return world.call(support.VIEW_CUSTOMER, request, token=desk).orders


@pytest.mark.spec("SUP-2", "SUP-3", "AUTH-19")
def test_staff_see_the_latest_orders_of_the_tickets_customer(everywhere: Any) -> None:
    world = everywhere
    customer, other = world.customer(), world.customer("b")
    ticket = world.call(
        support.OPEN_TICKET, OpenTicketRequest(message="納品書が見えません"), token=customer.administrator
    ).ticket
    first = world.place(customer.machine, "PO-1").orders[0]
    world.place(other.machine, "PO-1")
    world.forward(timedelta(days=1))
    last = world.place(customer.machine, "PO-2").orders[0]
    desk = staff(world)
    found = orders(world, customer, ticket, desk)
    assert [(one.order_number, one.purchase_order_id, one.status) for one in found] == [
        (last.order_number, "PO-2", "placed"),
        (first.order_number, "PO-1", "placed"),
    ]
    assert [one.order_date for one in found] == [date(2026, 11, 3), date(2026, 11, 2)]
    assert {(one.currency, one.total_incl_tax) for one in found} == {("JPY", last.total_incl_tax)}
    (record,) = world.audited("data-read-by-staff")
    assert record.reference == ticket
    assert "orders" in json.loads(record.detail)["fields"]
    # without a ticket of that customer nobody sees them
    with pytest.raises(AccessDenied):
        orders(world, other, ticket, desk)
    for number in range(3, 25):
        world.place(customer.machine, f"PO-{number}")
    found = orders(world, customer, ticket, desk)
    assert len(found) == 20
    assert found[0].purchase_order_id == "PO-24"
