"""Client credentials that are good from some addresses only, and what is kept of refusals (AUTH-10, AUTH-20)."""

from __future__ import annotations

import json
import re
import threading
from datetime import timedelta
from typing import Any

import pytest
import requests
import sqlalchemy as sa

from askul_connect.adapters.server.api import PATH, ROUTE, JsonFace
from askul_connect.adapters.server.app import create_app
from askul_connect.adapters.server.forwarding import Forwarding
from askul_connect.adapters.server.listener import Listen, Listener
from askul_connect.core.domain.networks import NetworkSet
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import AskulConnectError, NotAuthenticated, ValueInvalid
from askul_connect.core.messages.accounts import GetAccountRequest
from askul_connect.core.messages.administration import ListClientCredentialsRequest
from askul_connect.core.messages.login import IssueClientCredentialRequest, RevokeClientCredentialRequest
from askul_connect.core.messages.sessions import ListLoginHistoryRequest
from askul_connect.core.operations import administration, sessions
from askul_connect.core.operations import supplier as operations

pytestmark = pytest.mark.spec("AUTH-20")

OFFICE, ELSEWHERE = "192.0.2.10", "198.51.100.7"


def issue(world: Any, customer: Any, *networks: str, label: str = "bound") -> Any:
    request = IssueClientCredentialRequest(label=label, operations=("GetAccount",), networks=networks)
    return world.call(operations.ISSUE_CLIENT_CREDENTIAL, request, token=customer.administrator)


def ask(world: Any, token: Secret, address: str) -> Any:
    return world.ask_from(address, operations.GET_ACCOUNT, GetAccountRequest(), token=token)


def refusal(world: Any, token: Secret, address: str) -> AskulConnectError:
    with pytest.raises(NotAuthenticated) as caught:
        ask(world, token, address)
    return caught.value


def history(world: Any, customer: Any) -> list[Any]:
    """What the administrator finds of machines."""
    request = ListLoginHistoryRequest(whole_account=True)
    found = world.call(sessions.LIST_LOGIN_HISTORY, request, token=customer.administrator)
    return [one for one in found.attempts if one.result == "not-authenticated"]


def of_nobody(world: Any) -> list[Any]:
    with world.storage.begin() as unit:
        return list(unit.logins.of_account(""))


def summary(world: Any, customer: Any, credential_id: str) -> Any:
    answer = world.call(
        administration.LIST_CLIENT_CREDENTIALS, ListClientCredentialsRequest(), token=customer.administrator
    )
    (found,) = [one for one in answer.credentials if one.credential_id == credential_id]
    return found


def test_it_is_good_from_its_networks_only_and_says_so_in_the_list(everywhere: Any) -> None:
    world = everywhere
    customer = world.customer()
    made = issue(world, customer, "192.0.2.0/28", "2001:db8:1::/64", " 203.0.113.5 ", "203.0.113.5/32")
    (issued,) = [
        one for one in world.audited("client-credential-issued") if one.subject == made.credential_id
    ]
    kept = ("192.0.2.0/28", "2001:db8:1::/64", "203.0.113.5/32")
    assert tuple(json.loads(issued.detail)["networks"]) == kept
    assert summary(world, customer, made.credential_id).networks == kept
    for address in (OFFICE, "::ffff:192.0.2.10", "2001:db8:1::9", "203.0.113.5"):
        assert ask(world, made.credential, address).name
    for address in (ELSEWHERE, "192.0.2.16", "2001:db8:2::9", "203.0.113.6", "::ffff:198.51.100.7", "office"):
        refusal(world, made.credential, address)
    # in process there is no address to compare; what is not bound is good from anywhere
    assert world.call(operations.GET_ACCOUNT, GetAccountRequest(), token=made.credential).name
    assert ask(world, customer.machine, ELSEWHERE).name
    assert summary(world, customer, customer.machine.reveal()[3:].partition(".")[0]).networks == ()


def test_another_address_answers_like_an_unknown_credential(stored: Any) -> None:
    world = stored
    customer = world.customer()
    made = issue(world, customer, OFFICE)
    unknown = Secret(f"ac_nosuch.{made.credential.reveal().partition('.')[2]}")
    wrong = Secret(made.credential.reveal()[:-1] + "x")
    answers = [refusal(world, token, ELSEWHERE) for token in (made.credential, unknown, wrong)]
    assert len({(type(one), one.code, one.detail, one.where, one.retryable) for one in answers}) == 1
    assert made.credential_id not in str(answers[0])
    # a refused call is no use of it
    assert summary(world, customer, made.credential_id).last_used_at is None


def test_a_refusal_takes_the_same_work_whether_or_not_the_credential_is_known(
    make_world: Any,
) -> None:
    world = make_world("sqlite")
    made = issue(world, world.customer(), OFFICE)
    statements: list[str] = []

    def watch(connection: Any, *_: object) -> None:
        connection.set_trace_callback(statements.append)

    sa.event.listen(world.storage._engine, "checkout", watch)
    found = []
    # the first ones are recorded, those that follow at once are not
    for token in (made.credential, Secret("ac_nosuch.x"), made.credential, Secret("ac_nosuch.x")):
        statements.clear()
        refusal(world, token, ELSEWHERE)
        found.append([re.split(r"\s(?:WHERE|VALUES)\s", one)[0] for one in statements])
    assert (found[0].count("COMMIT"), found[2].count("COMMIT")) == (1, 1)
    assert found[0] == found[1]
    assert found[2] == found[3]


def test_the_administrator_finds_the_refusal_and_others_do_not(stored: Any) -> None:
    world = stored
    customer, other = world.customer(), world.customer("b")
    made = issue(world, customer, OFFICE)
    for _ in range(3):
        refusal(world, made.credential, ELSEWHERE)
    (found,) = history(world, customer)
    assert (found.login_id, found.user_id, found.address) == (made.credential_id, "", ELSEWHERE)
    assert (found.reason, found.at) == ("address-not-allowed", world.clock.now())
    assert history(world, other) == []
    assert of_nobody(world) == []
    # one that goes on is recorded again, and not each time
    world.forward(timedelta(seconds=59))
    refusal(world, made.credential, ELSEWHERE)
    assert len(history(world, customer)) == 1
    world.forward(timedelta(seconds=1))
    refusal(world, made.credential, ELSEWHERE)
    assert len(history(world, customer)) == 2
    ask(world, made.credential, OFFICE)
    assert len(history(world, customer)) == 2


def test_a_revoked_one_is_recorded_and_an_unknown_one_is_nobodys(stored: Any) -> None:
    world = stored
    customer = world.customer()
    made = issue(world, customer)
    revoke = RevokeClientCredentialRequest(credential_id=made.credential_id)
    world.call(operations.REVOKE_CLIENT_CREDENTIAL, revoke, token=customer.administrator)
    refusal(world, made.credential, ELSEWHERE)
    wrong = Secret(made.credential.reveal()[:-1] + "x")
    refusal(world, wrong, ELSEWHERE)
    refusal(world, Secret("ac_Kaede-7-kaze"), ELSEWHERE)
    refusal(world, Secret("ac_nosuch.x"), OFFICE)
    assert [one.reason for one in history(world, customer)] == ["credential-revoked"]
    # what was sent may be a secret in the wrong place; one record a minute from each source
    assert [(one.reason, one.login_id, one.address) for one in of_nobody(world)] == [
        ("unknown-credential", "", ELSEWHERE),
        ("unknown-credential", "", OFFICE),
    ]
    # in process there is nobody to be kept out
    with pytest.raises(NotAuthenticated):
        world.call(operations.GET_ACCOUNT, GetAccountRequest(), token=wrong)
    assert len(of_nobody(world)) == 2


def test_what_is_no_network_is_said_at_once(faced: Any) -> None:
    customer = faced.customer()
    with pytest.raises(ValueInvalid) as caught:
        issue(faced, customer, "0.0.0.0/0", "192.0.2.1/24", "shop.example.jp", OFFICE)
    assert [one.where for one in caught.value.problems] == ["networks"] * 3
    assert "shop.example.jp" in caught.value.problems[2].detail
    many = [f"10.0.{number}.0/24" for number in range(51)]
    with pytest.raises(ValueInvalid) as caught:
        issue(faced, customer, *many)
    assert [one.where for one in caught.value.problems] == ["networks"]
    assert issue(faced, customer, *many[:50]).credential_id


@pytest.mark.parametrize("proxies", [("127.0.0.1",), ()], ids=["proxy", "no proxy"])
def test_behind_a_declared_proxy_the_forwarded_address_counts(world: Any, proxies: tuple[str, ...]) -> None:
    made = issue(world, world.customer(), OFFICE)
    face = JsonFace(world.supplier.dispatcher, address="http://127.0.0.1/api/1")
    forwarding = Forwarding(proxies=NetworkSet.of(proxies))
    listener = Listener(create_app({ROUTE: face}), Listen(port=0, forwarding=forwarding))
    thread = threading.Thread(target=listener.run)
    thread.start()
    try:
        found = {
            address: requests.post(
                f"{listener.address}{PATH}/GetAccount",
                data=b"{}",
                headers={
                    "content-type": "application/json",
                    "authorization": f"Bearer {made.credential.reveal()}",
                    "x-forwarded-for": address,
                    "x-forwarded-proto": "https",
                },
                timeout=10,
            ).status_code
            for address in (OFFICE, ELSEWHERE, f"{OFFICE}, {ELSEWHERE}")
        }
    finally:
        listener.stop()
        thread.join(10)
    # without a proxy the header is anybody's word
    assert found == {OFFICE: 200 if proxies else 401, ELSEWHERE: 401, f"{OFFICE}, {ELSEWHERE}": 401}
