"""Registered data, seen, changed and put back by the account's administrator (ACC-7, ACC-8)."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


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


@pytest.mark.spec("ACC-10")
def test_sensitive_data_need_the_application_number(cli: Any) -> None:
    answer = json.loads(cli("--json", "accounts", "register", *_company()).stdout)
    cli("accounts", "approve", answer["member_number"])
    assert answer["application_number"]
    assert cli.refused("accounts", "withdraw", answer["member_number"], "--own", "--yes")["code"] == "not-found"


def _company() -> tuple[str, ...]:
    return (
        *("--kind", "corporation", "--name", "架空事務株式会社", "--postcode", "530-0001"),
        *("--address", "大阪府大阪市北区見本1-1", "--representative", "架空 一郎"),
        *("--phone", "06-0000-0000", "--email", "ichiro@kakuu.example.co.jp"),
    )


@pytest.mark.spec("ACC-8")
def test_an_administrator_withdraws_the_own_account_only(
    cli: Any, terminal: Callable[[bool], None]
) -> None:
    own = cli.json("accounts", "data")["member_number"]
    other = cli.opened()
    assert cli.refused("accounts", "withdraw", other, "--own", "--yes")["where"] == "member_number"
    found = cli.refused("accounts", "withdraw", own, "--own", typed="yes\n")
    assert found["code"] == "account-in-use"
    assert cli.refused("accounts", "withdraw", own, "--own", "--staff", "x", "--yes")["code"] == "usage"
    terminal(False)
    assert cli.refused("accounts", "withdraw", own, "--own")["code"] == "usage"
    assert {one["state"] for one in cli.json("accounts", "list")} == {"active"}
