"""An account's login policy: set by its administrator, in force at once (ACC-11)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from askul_connect.core.domain.accounts import Role, SecondFactorRule, SessionStage
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import NotAuthenticated, SecondFactorRequired, ValueInvalid
from askul_connect.core.operations import factors

PASSWORD = "Kaede-7-kaze"
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
STANDARD = {"second_factor": SecondFactorRule.OPTIONAL, "remember_me": True, "idle_minutes": 30}


def set_policy(world: Any, token: Secret, **fields: Any) -> Any:
    request = factors.SET_LOGIN_POLICY.request(**{**STANDARD, **fields})
    return world.call(factors.SET_LOGIN_POLICY, request, token=token)


def get_policy(world: Any, token: Secret) -> Any:
    return world.call(factors.GET_LOGIN_POLICY, factors.GET_LOGIN_POLICY.request(), token=token)


@pytest.mark.spec("ACC-11", "AUTH-17")
def test_it_is_set_told_and_recorded(everywhere: Any) -> None:
    world = everywhere
    customer = world.customer()
    second = world.person(customer, Role.ADMINISTRATOR, "q@a.example.co.jp")
    world.person(customer)
    strangers = world.customer("b")
    before = get_policy(world, customer.administrator)
    assert (before.second_factor, before.remember_me, before.idle_minutes) == tuple(STANDARD.values())
    assert (before.password_days, before.least_password_days, before.most_password_days) == (180, 90, 180)
    assert before.people_without_factor == 3

    done = set_policy(world, customer.administrator, remember_me=False, idle_minutes=10, password_days=90)
    assert (done.changed, done.sessions_affected) == (True, 0)
    after = get_policy(world, second.token)
    assert (after.remember_me, after.idle_minutes, after.password_days) == (False, 10, 90)
    # the same again changes nothing and tells nobody
    again = set_policy(world, customer.administrator, remember_me=False, idle_minutes=10, password_days=90)
    assert not again.changed
    notices = world.notices("login-policy-changed")
    assert {one["to"] for one in notices} == {"Admin@a.example.co.jp", "q@a.example.co.jp"}
    assert notices[0]["facts"] == {
        "idle_minutes": "30 -> 10",
        "password_days": "0 -> 90",
        "remember_me": "True -> False",
    }
    (record,) = world.audited("login-policy-changed")
    assert all(one["key"].startswith(record.reference) for one in notices)
    assert get_policy(world, strangers.administrator).idle_minutes == 30


@pytest.mark.spec("ACC-11")
@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"idle_minutes": 4}, ["idle_minutes"]),
        ({"idle_minutes": 721}, ["idle_minutes"]),
        ({"password_days": 89}, ["password_days"]),
        ({"password_days": 181}, ["password_days"]),
        ({"password_days": -1, "idle_minutes": -1}, ["idle_minutes", "password_days"]),
    ],
)
def test_values_out_of_range_are_refused_all_at_once(
    faced: Any, fields: dict[str, int], where: list[str]
) -> None:
    customer = faced.customer()
    with pytest.raises(ValueInvalid) as caught:
        set_policy(faced, customer.administrator, **fields)
    assert [one.where for one in caught.value.problems] == where
    assert get_policy(faced, customer.administrator).idle_minutes == 30
    assert faced.notices("login-policy-changed") == []


@pytest.mark.spec("ACC-11")
@pytest.mark.parametrize(
    "fields", [{"idle_minutes": 5}, {"idle_minutes": 720}, {"password_days": 90}, {"password_days": 180}]
)
def test_the_ends_of_the_ranges_are_accepted(world: Any, fields: dict[str, int]) -> None:
    assert set_policy(world, world.customer().administrator, **fields).changed


@pytest.mark.spec("ACC-11", "AUTH-11")
def test_the_idle_time_is_in_force_at_once(stored: Any) -> None:
    world = stored
    customer = world.customer()
    person = world.person(customer)
    set_policy(world, customer.administrator, idle_minutes=5)
    world.forward(5 * MINUTE - timedelta(seconds=1))
    person.ask(factors.LIST_FACTORS)
    world.forward(5 * MINUTE)
    with pytest.raises(NotAuthenticated):
        person.ask(factors.LIST_FACTORS)


@pytest.mark.spec("ACC-11", "AUTH-5")
def test_password_days_count_for_passwords_in_use_and_for_new_ones(stored: Any) -> None:
    world = stored
    customer = world.customer()
    person = world.person(customer)
    set_policy(world, customer.administrator, password_days=90)
    world.forward(90 * DAY - timedelta(seconds=1))
    assert not world.login(person.login_id, PASSWORD).password_change_required
    world.forward(timedelta(seconds=1))
    assert world.login(person.login_id, PASSWORD).password_change_required
    changed = world.set_password(person.login_id, PASSWORD, "Momiji-9-yama")
    assert changed.password_expires_at == world.clock.now() + 90 * DAY
    # and back to the policy's own
    world.set_password(customer.number, PASSWORD, "Momiji-9-yama")
    admin = world.login(customer.number, "Momiji-9-yama").session_token
    set_policy(world, admin, password_days=0)
    with world.storage.begin() as unit:
        user = unit.users.by_email_key(person.login_id)
    assert user.password_expires_at == world.clock.now() + 180 * DAY


@pytest.mark.spec("ACC-11", "AUTH-4")
def test_password_days_do_not_change_a_temporary_password(world: Any) -> None:
    customer = world.customer()
    user_id = customer.add_user("q@a.example.co.jp", Role.VIEWER)
    customer.temporary_password(user_id)
    set_policy(world, customer.administrator, password_days=90)
    with world.storage.begin() as unit:
        user = unit.users.by_email_key("q@a.example.co.jp")
    assert user.password_expires_at == world.clock.now() + DAY


@pytest.mark.spec("ACC-11", "AUTH-8")
def test_requiring_a_factor_is_in_force_for_sessions_that_are_open(
    everywhere: Any, software_authenticator: Any
) -> None:
    world = everywhere
    customer = world.customer()
    none = world.person(customer)
    proved = world.person(customer, Role.BUYER, "q@a.example.co.jp")
    proved.enrol_passkey(software_authenticator())
    unproved = world.person(customer, Role.BUYER, "r@a.example.co.jp")
    unproved.enrol_totp()
    strangers = world.person(world.customer("b"), Role.VIEWER, "s@b.example.co.jp")
    # such as a remembered device opens, without a factor
    with world.storage.begin() as unit:
        session = unit.sessions.get(unproved.token.fingerprint())
        unit.sessions.add(evolve(session, token_hash=Secret("resumed").fingerprint(), session_id="resumed"))

    done = set_policy(world, customer.administrator, second_factor=SecondFactorRule.REQUIRED)
    # two of the person without one, the administrator's, and the one without a proof
    assert done.sessions_affected == 4

    def stage(person: Any, token: Secret | None = None) -> SessionStage:
        found: SessionStage = person.ask(factors.LIST_FACTORS, token).stage
        return found

    assert stage(none) is SessionStage.FACTOR_ENROLMENT
    assert stage(proved) is SessionStage.FULL
    assert stage(unproved) is SessionStage.FULL
    assert stage(unproved, Secret("resumed")) is SessionStage.SECOND_FACTOR
    assert stage(strangers) is SessionStage.FULL
    # the administrator's own session as well
    with pytest.raises(SecondFactorRequired):
        get_policy(world, customer.administrator)
    none.enrol_totp()
    assert stage(none) is SessionStage.FULL
    assert stage(none, none.log_in()) is SessionStage.SECOND_FACTOR


@pytest.mark.spec("ACC-11", "AUTH-8")
def test_a_factor_that_is_optional_is_asked_for_where_there_is_one(world: Any) -> None:
    customer = world.customer()
    with_one, without = world.person(customer), world.person(customer, Role.BUYER, "q@a.example.co.jp")
    with_one.enrol_totp()
    assert with_one.ask(factors.LIST_FACTORS, with_one.log_in()).stage is SessionStage.SECOND_FACTOR
    assert without.ask(factors.LIST_FACTORS, without.log_in()).stage is SessionStage.FULL
