"""Every attempt is recorded and can be read by those it concerns (AUTH-10, AUTH-2)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from askul_connect.core.domain.accounts import Role
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import AccessDenied, CursorExpired, LoginMismatch, ValueInvalid
from askul_connect.core.messages.sessions import ListLoginHistoryRequest, ResumeSessionRequest
from askul_connect.core.operations.sessions import LIST_LOGIN_HISTORY, RESUME_SESSION
from askul_connect.core.policies.chains import check_chain
from askul_connect.core.services.supplier.records import login_chain, sealed_login

PASSWORD = "Kaede-7-kaze"


def ask(world: Any, token: Secret, **asked: Any) -> Any:
    return world.call(LIST_LOGIN_HISTORY, ListLoginHistoryRequest(**asked), token=token)


@pytest.fixture
def logged(everywhere: Any) -> tuple[Any, Any, Secret]:
    """An account with the attempts of two people, and others' elsewhere."""
    world = everywhere
    customer, stranger = world.customer("a"), world.customer("b")
    buyer = customer.person("b@a.example.co.jp", Role.BUYER)
    for place in range(3):
        world.forward(timedelta(minutes=1))
        world.attempt("b@a.example.co.jp", "wrong", address=f"192.0.2.{place}", device="Firefox")
        world.attempt(stranger.number, "wrong")
        world.attempt("0000000000", "wrong")
    world.attempt(customer.number, "wrong")
    return world, customer, buyer


@pytest.mark.spec("AUTH-10")
def test_people_see_their_own_and_administrators_the_accounts(logged: tuple[Any, Any, Secret]) -> None:
    world, customer, buyer = logged
    own = ask(world, buyer)
    # change of the temporary password, first login, three failures
    assert [one.result for one in own.attempts] == ["success", "success", "w:001", "w:001", "w:001"]
    assert {one.login_id for one in own.attempts} == {"b@a.example.co.jp"}
    assert [one.address for one in own.attempts[2:]] == ["192.0.2.0", "192.0.2.1", "192.0.2.2"]
    assert {one.device for one in own.attempts[2:]} == {"Firefox"}
    assert [one.reason for one in own.attempts[2:]] == ["mismatch"] * 3
    assert own.page.total == 5
    whole = ask(world, customer.administrator, whole_account=True)
    assert {one.user_id for one in whole.attempts} > {one.user_id for one in own.attempts}
    assert len(whole.attempts) == whole.page.total == 8
    mine = ask(world, customer.administrator)
    assert {one.login_id for one in mine.attempts} == {customer.number}
    with pytest.raises(AccessDenied):
        ask(world, buyer, whole_account=True)
    with pytest.raises(AccessDenied):
        ask(world, customer.machine)


@pytest.mark.spec("AUTH-2", "AUTH-10")
def test_the_number_of_a_refusal_is_found(logged: tuple[Any, Any, Secret]) -> None:
    world, customer, buyer = logged
    refused = world.attempt("b@a.example.co.jp", "wrong", device="Edge")
    assert isinstance(refused, LoginMismatch)
    for token, asked in ((buyer, {}), (customer.administrator, {"whole_account": True})):
        (found,) = ask(world, token, reference=refused.reference, **asked).attempts
        assert (found.reference, found.device) == (refused.reference, "Edge")
    # an attempt of somebody else, of another account or of nobody is none
    stranger = world.customer("c")
    foreign = world.attempt(stranger.number, "wrong").reference
    unknown = world.attempt("0000000000", "wrong").reference
    for reference in (foreign, unknown, "0"):
        assert ask(world, customer.administrator, whole_account=True, reference=reference).attempts == ()
    administrators = world.attempt(customer.number, "wrong").reference
    assert ask(world, buyer, reference=administrators).attempts == ()


@pytest.mark.spec("AUTH-10")
@pytest.mark.parametrize("newest_first", [False, True])
def test_pages_of_any_size_make_the_same_list(stored: Any, newest_first: bool) -> None:
    customer = stored.customer()
    for place in range(5):
        stored.attempt(customer.number, f"wrong {place}")
    token = customer.administrator
    whole = ask(stored, token, newest_first=newest_first, page_size=1_000).attempts
    assert len(whole) == 7
    if newest_first:
        assert whole == ask(stored, token, page_size=1_000).attempts[::-1]
    for size in range(1, 9):
        found: tuple[Any, ...] = ()
        cursor, more, first = "", True, True
        while more:
            answer = ask(stored, token, newest_first=newest_first, page_size=size, cursor=cursor)
            assert answer.page.total == (7 if first else None)
            found, cursor, more, first = (
                found + answer.attempts,
                answer.page.next_cursor,
                answer.page.more,
                False,
            )
        assert found == whole
    if not newest_first:
        late = stored.attempt(customer.number, "late").reference
        assert [one.reference for one in ask(stored, token, cursor=cursor).attempts] == [late]


@pytest.mark.spec("AUTH-10")
def test_a_cursor_is_good_for_its_list_person_and_direction_only(stored: Any) -> None:
    customer, stranger = stored.customer("a"), stored.customer("b")
    buyer = customer.person("b@a.example.co.jp", Role.BUYER)
    cursor = ask(stored, customer.administrator, page_size=1).page.next_cursor
    for token, asked in (
        (customer.administrator, {"newest_first": True}),
        (customer.administrator, {"whole_account": True}),
        (buyer, {}),
        (stranger.administrator, {}),
    ):
        with pytest.raises(CursorExpired):
            ask(stored, token, cursor=cursor, **asked)
    for wrong in (f"{cursor}A", "1", cursor[:-1]):
        with pytest.raises(CursorExpired):
            ask(stored, customer.administrator, cursor=wrong)
    for size in (0, -1, 1_001):
        with pytest.raises(ValueInvalid):
            ask(stored, customer.administrator, page_size=size)


@pytest.mark.spec("AUTH-10")
def test_every_attempt_stands_in_a_sealed_chain(stored: Any) -> None:
    customer = stored.customer()
    stored.attempt(customer.number, "wrong")
    stored.call(
        RESUME_SESSION,
        ResumeSessionRequest(
            device_token=stored.attempt(customer.number, PASSWORD, remember=True).device_token
        ),
    )
    for typed in ("0000000000", "x" * 1_000, "a\ud800b", "\x00"):
        stored.attempt(typed, "wrong")
    with stored.storage.begin() as unit:
        owners = ("", *(account.account_id for account in unit.accounts.all()))
        for owner in owners:
            records = unit.logins.of_account(owner)
            assert records
            chain = login_chain(owner)
            entries = [
                (one.sequence, one.seal, sealed_login(stored.supplier.dispatcher.house.seal_key, one))
                for one in records
            ]
            key = stored.supplier.dispatcher.house.seal_key
            assert check_chain(key, chain, entries, stored=unit.chains.get(chain)) == ()
        assert max(len(one.login_id) for one in unit.logins.of_account("")) == 254
