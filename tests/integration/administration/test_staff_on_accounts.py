"""What the supplier's staff do on accounts from the command line (ACC-3, ACC-4, ACC-8, AUTH-18, AUTH-19)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest


@pytest.mark.spec("ACC-3")
def test_an_application_is_entered_approved_suspended_and_reinstated(cli: Any) -> None:
    member = cli.registered()
    [listed] = cli.json("accounts", "list", "--state", "pending_approval")
    assert (listed["member_number"], listed["name"]) == (member, "架空事務株式会社")
    assert cli.json("accounts", "approve", member)["state"] == "active"
    assert cli.refused("accounts", "suspend", member)["code"] == "usage"
    done = cli.json("accounts", "suspend", member, "--reason", "unpaid")
    assert done == {"member_number": member, "state": "suspended"}
    assert cli.json("accounts", "show", member)["state_reason"] == "unpaid"
    assert cli("accounts", "reinstate", member, "--reason", "paid").stdout == f"{member} is active\n"
    assert {"account-approved", "account-suspended", "account-reinstated"} <= set(cli.audited())
    wrong = cli.refused("accounts", "reinstate", "00000000", "--reason", "x")
    assert (wrong["code"], wrong["where"]) == ("not-found", "member_number")
    assert wrong["remedy"]["en"]


@pytest.mark.spec("ACC-3")
def test_an_application_is_turned_down(cli: Any) -> None:
    member = cli.registered()
    assert cli.json("accounts", "reject", member, "--reason", "no such company")["state"] == "rejected"
    assert cli.refused("accounts", "approve", member)["code"] == "illegal-step"


@pytest.mark.spec("ACC-3")
def test_wrong_registered_data_are_all_named(cli: Any) -> None:
    wrong = ("--postcode", "1", "--email", "nobody", "--corporate-number", "123")
    found = cli.refused("accounts", "register", *_company(), *wrong)
    assert {"postcode", "email", "corporate_number"} <= {one["where"] for one in found["problems"]}
    text = cli("accounts", "register", *_company(), *wrong, code=2).stderr
    assert "corporate_number: " in text
    assert "what to do: " in text


def _company() -> tuple[str, ...]:
    return (
        *("--kind", "corporation", "--name", "x", "--address", "y", "--representative", "z"),
        *("--phone", "06-0000-0000"),
    )


@pytest.mark.spec("ACC-3")
def test_accounts_are_filtered_and_paged_through_the_list_contract(cli: Any) -> None:
    cli.registered()
    assert len(cli.json("accounts", "list")) == 2
    assert [one["name"] for one in cli.json("accounts", "list", "--name", "架空")] == ["架空事務株式会社"]
    assert cli.json("accounts", "list", "--kind", "individual") == []
    first = cli.json("accounts", "list", "--page-size", "1")
    assert (len(first["accounts"]), first["page"]["more"], first["page"]["total"]) == (1, True, 2)
    second = cli.json("accounts", "list", "--page-size", "1", "--cursor", first["page"]["next_cursor"])
    assert (len(second["accounts"]), second["page"]["more"]) == (1, False)
    assert second["accounts"] != first["accounts"]
    assert "--cursor" in cli("accounts", "list", "--page-size", "1").stderr
    assert cli.refused("accounts", "list", "--cursor", "made-up")["code"] == "cursor-expired"
    assert cli.refused("accounts", "list", "--page-size", "0")["code"] == "value-invalid"
    assert cli.refused("accounts", "list", "--page-size", "many")["code"] == "usage"


@pytest.mark.spec("ACC-4")
def test_a_merge_shows_what_moves_and_is_done_when_it_is_confirmed(
    cli: Any, terminal: Callable[[bool], None]
) -> None:
    [first] = cli.json("accounts", "list")
    second = cli.opened("--name", first["name"], "--phone", "03-0000-0000", "--postcode", "150-0001")
    [pair] = cli.json("accounts", "duplicates")
    assert (pair["older"], pair["newer"], pair["reasons"]) == (
        first["member_number"],
        second,
        ["phone", "postcode"],
    )
    before = cli.audited()
    merge = ("accounts", "merge", second, first["member_number"])
    shown = cli.json(*merge, "--trial")
    moved = {one["kind"]: one["count"] for one in shown["moved"]}
    assert moved["orders"] == 1
    assert cli.audited() == before
    assert cli.json("accounts", "show", first["member_number"])["state"] == "active"

    asked = cli(*merge, typed="no\n", code=2)
    assert "orders: 1" in asked.stderr
    terminal(False)
    assert "nobody can be asked" in cli.refused(*merge, typed="yes\n")["detail"]
    assert cli.audited() == before
    terminal(True)
    assert "moved" in cli(*merge, typed="yes\n").stdout
    assert cli.json(*merge, "--yes") == shown
    assert cli.json("accounts", "show", first["member_number"])["state"] == "withdrawn"
    assert cli.refused("accounts", "merge", second, second, "--yes")["problems"][0]["where"] == "absorbed"


@pytest.mark.spec("ACC-8")
def test_a_withdrawal_is_refused_with_the_list_of_what_is_open(
    cli: Any, terminal: Callable[[bool], None]
) -> None:
    [account] = cli.json("accounts", "list")
    [order] = cli.json("orders")
    withdraw = ("accounts", "withdraw", account["member_number"])
    terminal(False)
    assert cli.refused(*withdraw)["code"] == "usage"
    found = cli.refused(*withdraw, "--yes")
    assert found["code"] == "account-in-use"
    assert order["order_number"] in [one["where"] for one in found["problems"]]
    text = cli(*withdraw, "--yes", code=2).stderr
    assert f"{order['order_number']}: order {order['order_number']} is under way" in text
    assert cli.json("accounts", "show", account["member_number"])["state"] == "active"


@pytest.mark.spec("ACC-8")
def test_an_account_without_open_business_ends_and_its_people_are_erased(
    cli: Any, terminal: Callable[[bool], None]
) -> None:
    member = cli.opened()
    assert cli.refused("accounts", "erase", member, "--yes")["code"] == "account-in-use"
    assert cli.refused("accounts", "withdraw", member, typed="y\n")["code"] == "usage"
    assert cli("accounts", "withdraw", member, "--reason", "closed", typed="yes\n").exit_code == 0
    terminal(False)
    assert cli.refused("accounts", "erase", member)["code"] == "usage"
    assert len(cli.json("accounts", "view", member)["users"][0]["name"]) > 0
    erased = cli.json("accounts", "erase", member, "--yes")
    assert len(erased["people"]) == 1
    view = cli.json("accounts", "view", member)
    assert (view["users"][0]["name"], view["email"]) == ("", "")
    assert view["users"][0]["email"] == "ichiro@kakuu.example.co.jp"
    cli("accounts", "erase", member, "--everything", "--yes")
    assert cli.json("accounts", "view", member)["users"][0]["email"].startswith("erased:")


@pytest.mark.spec("AUTH-18")
def test_a_leak_is_reported_and_answered(cli: Any, terminal: Callable[[bool], None]) -> None:
    [account] = cli.json("accounts", "list")
    scope = (
        *("--from", "2020-01-01T00:00+09:00", "--until", "2090-01-01T00:00+09:00"),
        *("--field", "login_id", "--field", "name", "--known-on", "2026-11-10", "--malicious"),
        *("--account", account["member_number"]),
    )
    report = cli.json("accounts", "report-leak", *scope)
    assert {"hanako@example.co.jp", "jiro@example.co.jp"} <= {one["email"] for one in report["people"]}
    assert (report["triggers"], report["final_by"]) == (["malicious"], "2027-01-09")
    text = cli("accounts", "report-leak", *scope).stdout
    assert "final report by 2027-01-09" in text
    assert "to be reported because of: malicious" in text

    terminal(False)
    assert "give --yes" in cli.refused("accounts", "respond-to-leak", *scope)["detail"]
    terminal(True)
    done = cli("accounts", "respond-to-leak", *scope, typed="yes\n")
    assert f"{len(report['people'])} people" in done.stdout
    assert f"answered for {len(report['people'])} people" in done.stderr
    assert cli.refused("users", "list")["code"] == "password-change-required"

    for wrong in (("--from", "yesterday"), ("--known-on", "10.11.2026"), ("--field", "soul")):
        assert cli.refused("accounts", "report-leak", *scope, *wrong)["code"] == "usage"


@pytest.mark.spec("AUTH-2", "AUTH-19")
def test_support_looks_at_a_customer_and_finds_a_login_attempt(cli: Any) -> None:
    number = cli.secret("customer-number")
    reference = cli.refused("users", "list", "--login-id", number, typed="wrong\n")["reference"]
    found = cli.json("accounts", "login-attempt", reference)
    assert (found["reference"], found["login_id"]) == (reference, number)
    assert reference in cli("accounts", "login-attempt", reference).stdout
    view = cli.json("accounts", "view", number)
    assert view["attempts"][0]["reference"] == reference
    text = cli("accounts", "view", view["member_number"]).stdout
    assert "hanako@example.co.jp" in text
    assert "data-read-by-staff" in cli.audited()
    assert cli.refused("accounts", "login-attempt", "0")["code"] == "not-found"
    secrets = {cli.secret(name) for name in ("administrator-password", "buyer-password")}
    assert not any(secret in json.dumps(view) for secret in secrets)
