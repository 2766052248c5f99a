"""One session that works in several accounts and departments (ACC-5)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pyotp
import pytest
from attrs import evolve

from askul_connect.core.domain.accounts import LoginSettings, Role, SecondFactorRule
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import (
    NotAuthenticated,
    NotFound,
    OrderRefused,
    SecondFactorRequired,
    UnknownDepartment,
)
from askul_connect.core.messages.accounts import GetAccountRequest, ListUsersRequest, UserSummary
from askul_connect.core.messages.audit import ListAuditRecordsRequest
from askul_connect.core.messages.people import (
    ChangeUserRequest,
    ListContextsRequest,
    SwitchContextRequest,
)
from askul_connect.core.operations import audit, factors, people
from askul_connect.core.operations import supplier as operations

EMAIL = "hanako@a.example.co.jp"


def listed(world: Any, token: Secret) -> dict[str, UserSummary]:
    users = world.call(operations.LIST_USERS, ListUsersRequest(), token=token).users
    return {user.email: user for user in users}


def change_of(user: UserSummary, **changes: Any) -> ChangeUserRequest:
    request = ChangeUserRequest(
        user_id=user.user_id,
        version=user.version,
        email=user.email,
        name=user.name,
        role=user.role,
        department_codes=user.department_codes,
        order_limit=user.order_limit,
    )
    return evolve(request, **changes)


def change(world: Any, token: Secret, user: UserSummary, **changes: Any) -> Any:
    return world.call(people.CHANGE_USER, change_of(user, **changes), token=token, key=world.fresh())


def opened(world: Any, token: Secret) -> str:
    name: str = world.call(operations.GET_ACCOUNT, GetAccountRequest(), token=token).name
    return name


def actions(world: Any, token: Secret) -> list[str]:
    request = ListAuditRecordsRequest(page_size=100)
    return [one.action for one in world.call(audit.LIST_AUDIT_RECORDS, request, token=token).records]


def belongs(world: Any, customer: Any, email: str, **changes: Any) -> None:
    """Make a person a member of a further account."""
    with world.storage.begin() as unit:
        user = unit.users.by_email_key(email)
        account = unit.accounts.by_customer_number(customer.number)
        home = unit.memberships.get(user.account_id, user.user_id)
        unit.memberships.add(
            evolve(home, account_id=account.account_id, **{"department_codes": (), **changes})
        )


def switch(world: Any, token: Secret, number: str, department: str = "") -> Any:
    request = SwitchContextRequest(member_number=number, department_code=department)
    return world.call(people.SWITCH_CONTEXT, request, token=token)


@pytest.mark.spec("ACC-5")
def test_a_session_moves_to_another_account_without_a_login(everywhere: Any) -> None:
    world = everywhere
    home, other = world.customer(), world.customer("b")
    session = home.person(EMAIL, Role.VIEWER)
    number = other.letter.member_number
    for bad in (number, "00000000"):
        with pytest.raises(NotFound):
            switch(world, session, bad)
    belongs(world, other, EMAIL, role=Role.ADMINISTRATOR)
    assert switch(world, session, number).role is Role.ADMINISTRATOR
    assert opened(world, session) == "株式会社見本b"
    assert EMAIL in listed(world, session)
    contexts = world.call(people.LIST_CONTEXTS, ListContextsRequest(), token=session).contexts
    assert [(one.member_number, one.current) for one in contexts] == [
        (home.letter.member_number, False),
        (number, True),
    ]
    switch(world, session, home.letter.member_number)
    assert opened(world, session) == "株式会社見本a"
    assert "context-switched" in actions(world, other.administrator)


@pytest.mark.spec("ACC-5", "ACC-11", "AUTH-8")
def test_the_other_accounts_login_settings_are_in_force(stored: Any) -> None:
    world = stored
    home, other = world.customer(), world.customer("b")
    session = home.person(EMAIL, Role.VIEWER)
    belongs(world, other, EMAIL)
    number = other.letter.member_number

    def settings(**changes: Any) -> None:
        with world.storage.begin() as unit:
            account = unit.accounts.by_customer_number(other.number)
            unit.accounts.save(evolve(account, login=LoginSettings(**changes)))

    settings(second_factor=SecondFactorRule.REQUIRED)
    with pytest.raises(SecondFactorRequired):
        switch(world, session, number)
    assert opened(world, session) == "株式会社見本a"
    begun = world.call(factors.ENROL_TOTP, factors.ENROL_TOTP.request(label="phone"), token=session)
    code = Secret(pyotp.TOTP(begun.seed.reveal()).at(world.clock.now()))
    request = factors.CONFIRM_TOTP.request(factor_id=begun.factor_id, code=code)
    world.call(factors.CONFIRM_TOTP, request, token=session)
    switch(world, session, number)
    settings(idle_minutes=5)
    world.forward(timedelta(minutes=5))
    with pytest.raises(NotAuthenticated):
        opened(world, session)


@pytest.mark.spec("ACC-5")
def test_a_session_narrows_itself_to_a_department_within_reach(stored: Any, line: Any) -> None:
    world = stored
    customer = world.customer()
    session = customer.person(EMAIL, Role.BUYER)
    user = listed(world, customer.administrator)[EMAIL]
    for number, code in (("PO-1", "D1"), ("PO-2", "D2")):
        world.place(customer.machine, number, line("1", "PEN", 1, department=code))
    request = operations.LIST_ORDERS.request()

    def seen() -> list[str]:
        orders = world.call(operations.LIST_ORDERS, request, token=session).orders
        return [order.purchase_order_id for order in orders]

    own = customer.letter.member_number
    assert seen() == ["PO-1", "PO-2"]
    switch(world, session, own, "D2")
    assert seen() == ["PO-2"]
    with pytest.raises(OrderRefused):
        world.place(session, "PO-3", line("1", "PEN", 1, department="D1"))
    switch(world, session, own)
    change(world, customer.administrator, user, department_codes=("D1",))
    assert seen() == ["PO-1"]
    for bad in ("D2", "D9"):
        with pytest.raises(UnknownDepartment):
            switch(world, session, own, bad)
    switch(world, session, own, "D1")
    # a department that goes out of reach afterwards opens nothing
    user = listed(world, customer.administrator)[EMAIL]
    change(world, customer.administrator, user, department_codes=("D2",))
    assert seen() == ["PO-2"]
