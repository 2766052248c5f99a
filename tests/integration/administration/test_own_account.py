"""Registered data, seen, changed and put back by the account's administrator (ACC-7, ACC-8)."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from askul_connect.core.domain.secrets import Secret
from askul_connect.core.messages.login import ChangePasswordRequest
from askul_connect.core.operations.supplier import CHANGE_PASSWORD

EMAIL = "ichiro@kakuu.example.co.jp"
PASSWORD = Secret("Tsubaki-3-ame")
COMPANY = (
    *("--kind", "corporation", "--name", "架空事務株式会社", "--postcode", "530-0001"),
    *("--address", "大阪府大阪市北区見本1-1", "--representative", "架空 一郎"),
    *("--phone", "06-0000-0000", "--email", EMAIL),
)


@pytest.mark.spec("ACC-7")
def test_a_change_is_previewed_done_kept_exported_and_put_back(cli: Any, tmp_path: Path) -> None:
    before = cli.json("accounts", "data")
    [order] = cli.json("orders")
    change = ("accounts", "change", "--phone", "03-1111-2222", "--contact", "")
    preview = cli.json(*change, "--trial")
    assert {one["field"]: (one["before"], one["after"]) for one in preview["differences"]} == {
        "phone": (before["phone"], "03-1111-2222"),
        "contact": (before["contact"], ""),
    }
    assert preview["open_orders"] == [order["order_number"]]
    text = cli(*change, "--trial").stdout
    assert f"phone: {before['phone']} -> 03-1111-2222" in text
    assert f"contact: {before['contact']} -> (empty)" in text
    assert f"open orders: {order['order_number']}" in text
    assert cli.json("accounts", "data") == before

    changed = cli.json(*change)
    assert changed["version"] == before["version"] + 1
    after = cli.json("accounts", "data")
    assert (after["phone"], after["contact"]) == ("03-1111-2222", "")
    assert "phone: 03-1111-2222" in cli("accounts", "data").stdout

    [snapshot] = cli.json("accounts", "snapshots", "list")
    assert snapshot["version"] == before["version"]
    assert str(before["version"]) in cli("accounts", "snapshots", "list").stdout
    exported = cli("accounts", "snapshots", "export", str(before["version"])).stdout
    assert exported == f"{snapshot['body']}\n"
    assert before["phone"] in exported
    kept = tmp_path / "kept.json"
    cli("accounts", "snapshots", "export", str(before["version"]), "--out", str(kept))
    assert kept.read_text(encoding="utf-8") == exported
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600

    assert cli.json("accounts", "snapshots", "restore", str(before["version"]))["version"] == 3
    again = cli.json("accounts", "data")
    assert again == {**before, "version": 3}
    assert cli.refused("accounts", "snapshots", "export", "99")["code"] == "not-found"
    assert cli.refused("accounts", "snapshots", "restore", "99")["code"] == "not-found"


@pytest.mark.spec("ACC-7")
def test_wrong_data_are_named_in_the_preview_and_refused_in_the_change(cli: Any) -> None:
    change = ("accounts", "change", "--postcode", "1", "--corporate-number", "7")
    preview = cli.json(*change, "--trial", code=1)
    assert {one["where"] for one in preview["findings"]} == {"postcode", "corporate_number"}
    assert "would be refused: postcode: " in cli(*change, "--trial", code=1).stderr
    found = cli.refused(*change)
    assert {"postcode", "corporate_number"} <= {one["where"] for one in found["problems"]}
    assert cli.json("accounts", "data")["version"] == 1


@pytest.mark.spec("ACC-7")
def test_who_is_not_up_to_date_is_told_what_differs(cli: Any) -> None:
    cli("accounts", "change", "--phone", "03-1111-2222", "--quiet")
    found = cli.refused("accounts", "change", "--phone", "03-3333-4444", "--based-on", "1")
    assert found["code"] == "version-conflict"
    assert any("03-1111-2222" in one["detail"] for one in found["problems"])
    assert cli.json("accounts", "data")["phone"] == "03-1111-2222"


@pytest.mark.spec("ACC-8", "ACC-10")
def test_an_account_is_withdrawn_with_its_application_number(cli: Any) -> None:
    registered = cli.json("accounts", "register", *COMPANY)
    member, number = registered["member_number"], registered["application_number"]
    cli("accounts", "approve", member)
    with cli.supplier() as supplier:
        supplier.automation.work()
    letters = [json.loads(file.read_text("utf-8")) for file in (cli.home / "data").rglob("*.json")]
    [letter] = [Secret(one["secret"]) for one in letters if one["event"] == "account-approved"]
    cli.ask(
        CHANGE_PASSWORD, ChangePasswordRequest(login_id=EMAIL, current_password=letter, new_password=PASSWORD)
    )
    withdraw = ("accounts", "withdraw", member, "--login-id", EMAIL, "--yes")
    typed = f"{PASSWORD.reveal()}\n"
    found = cli.refused(*withdraw, "--application-number", "0000000000", typed=typed)
    assert found["where"] == "application_number"
    change = ("accounts", "change", "--name", "新架空株式会社", "--login-id", EMAIL)
    preview = cli.json(*change, "--trial", typed=typed)
    assert preview["application_number_needed"] is True
    assert "needs: the application number" in cli(*change, "--trial", typed=typed).stdout
    assert cli.refused(*change, typed=typed)["problems"][0]["where"] == "application_number"
    done = cli.json(*withdraw, "--application-number", number, typed=typed)
    assert done["state"] == "withdrawn"
    assert cli.refused("users", "list", "--login-id", EMAIL, typed=typed)["code"] == "login-refused"


@pytest.mark.spec("ACC-8")
def test_an_administrator_withdraws_the_own_account_only(cli: Any, terminal: Callable[[bool], None]) -> None:
    own = cli.json("accounts", "data")["member_number"]
    other = cli.opened()
    assert cli.refused("accounts", "withdraw", other, "--own", "--yes")["where"] == "member_number"
    found = cli.refused("accounts", "withdraw", own, "--own", typed="yes\n")
    assert found["code"] == "account-in-use"
    assert cli.refused("accounts", "withdraw", own, "--own", "--staff", "x", "--yes")["code"] == "usage"
    terminal(False)
    assert cli.refused("accounts", "withdraw", own, "--own")["code"] == "usage"
    assert {one["state"] for one in cli.json("accounts", "list")} == {"active"}
