"""People of an account, looked after by its administrator from the command line (ACC-5, ACC-6, ACC-9)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from askul_connect.core.domain.secrets import Secret
from askul_connect.core.messages.people import ConfirmEmailRequest, RegisterUserRequest
from askul_connect.core.operations.people import CONFIRM_EMAIL, REGISTER_USER

SABURO = ("--email", "saburo@example.co.jp", "--name", "見本 三郎", "--role", "buyer")
HEAD = "action,email,name,role,departments,order_limit\n"


@pytest.mark.spec("ACC-5")
def test_a_person_is_added_with_an_order_limit_and_changed(cli: Any) -> None:
    cli("users", "add", *SABURO, "--department", "D100", "--order-limit", "50000")
    found = cli.json("users", "show", "SABURO@example.co.jp")
    assert (found["order_limit"], found["department_codes"]) == (50_000, ["D100"])
    change = ("users", "change", "saburo@example.co.jp")
    answer = cli.json(*change, "--role", "approver", "--department", "D200", "--department", "D300")
    assert answer["confirmation_sent"] is False
    found = cli.json("users", "show", found["user_id"])
    assert (found["name"], found["role"], found["order_limit"]) == ("見本 三郎", "approver", 50_000)
    assert (found["department_codes"], found["version"]) == (["D200", "D300"], answer["version"])
    cli(*change, "--no-departments", "--no-order-limit", "--name", "見本 参郎")
    found = cli.json("users", "show", "saburo@example.co.jp")
    assert (found["name"], found["order_limit"], found["department_codes"]) == ("見本 参郎", None, [])
    assert cli.json(*change, "--email", "saburo2@example.co.jp")["confirmation_sent"] is True
    assert cli.json("users", "show", "saburo@example.co.jp")["user_id"] == found["user_id"]

    stale = cli.refused(*change, "--role", "viewer", "--based-on", "1")
    assert stale["code"] == "version-conflict"
    assert (
        cli.refused("users", "add", *SABURO, "--order-limit", "-1")["problems"][0]["where"] == "order_limit"
    )
    assert cli.refused(*change, "--order-limit", "1", "--no-order-limit")["code"] == "usage"
    assert cli.refused(*change, "--department", "D1", "--no-departments")["code"] == "usage"
    assert cli.refused(*change, "--role", "supplier")["code"] == "usage"
    assert cli.refused("users", "change", "nobody", "--name", "x")["where"] == "user"


@pytest.mark.spec("ACC-6")
def test_people_are_filtered(cli: Any) -> None:
    def emails(*options: str) -> list[str]:
        return [one["email"] for one in cli.json("users", "list", *options)]

    assert emails("--role", "buyer") == ["jiro@example.co.jp"]
    assert emails("--department", "D100") == ["jiro@example.co.jp"]
    assert emails("--state", "removed") == []
    assert emails("--role", "viewer", "--state", "active") == []


@pytest.mark.spec("ACC-6")
def test_a_removal_is_confirmed_and_the_primary_administrator_stays(
    cli: Any, terminal: Callable[[bool], None]
) -> None:
    remove = ("users", "remove", "jiro@example.co.jp")
    for typed in ("", "no\n"):
        assert cli.refused(*remove, typed=typed)["code"] == "usage"
    terminal(False)
    assert "nobody can be asked" in cli.refused(*remove, typed="yes\n")["detail"]
    assert cli.json("users", "show", "jiro@example.co.jp")["state"] == "active"
    terminal(True)
    assert cli(*remove, typed="yes\n").stdout.startswith("removed ")
    assert cli.json("users", "show", "jiro@example.co.jp")["state"] == "removed"
    assert cli.refused("users", "remove", "hanako@example.co.jp", "--yes")["code"] == "last-administrator"


@pytest.mark.spec("ACC-6")
def test_the_administration_is_handed_over_after_a_confirmation(
    cli: Any, terminal: Callable[[bool], None]
) -> None:
    transfer = ("users", "transfer-administration", "jiro@example.co.jp", "--former-role", "viewer")
    assert cli.refused(*transfer, typed="y\n")["code"] == "usage"
    terminal(False)
    assert cli.refused(*transfer)["code"] == "usage"
    answer = cli.json(*transfer, "--yes")
    assert answer["user_id"] != answer["former_user_id"]
    # the number is the other person's now, and so is its password
    assert cli.refused("users", "list")["code"] == "w:001"
    buyer = cli.secret("buyer-password")
    found = cli.json("users", "list", "--login-id", "jiro@example.co.jp", typed=f"{buyer}\n")
    assert {one["email"]: one["role"] for one in found} == {
        "hanako@example.co.jp": "viewer",
        "jiro@example.co.jp": "administrator",
    }


def ask_to_join(cli: Any, email: str) -> None:
    member = cli.json("accounts", "data")["member_number"]
    request = RegisterUserRequest(
        email=email, name="見本 四郎", member_number=member, password=Secret("Tsubaki-3-ame")
    )
    cli.ask(REGISTER_USER, request)
    with cli.supplier() as supplier:
        supplier.automation.work()
    notices = [json.loads(file.read_text("utf-8")) for file in (cli.home / "data").rglob("*.json")]
    [token] = [one["secret"] for one in notices if one.get("to") == email and one.get("secret")]
    cli.ask(CONFIRM_EMAIL, ConfirmEmailRequest(email_token=Secret(token)))


@pytest.mark.spec("ACC-9")
def test_who_asks_to_join_is_approved_or_rejected(cli: Any) -> None:
    assert cli.json("users", "waiting") == []
    ask_to_join(cli, "shiro@example.co.jp")
    [waiting] = cli.json("users", "waiting")
    assert waiting["email"] == "shiro@example.co.jp"
    assert "shiro@example.co.jp" in cli("users", "waiting").stdout
    approve = ("users", "approve", "shiro@example.co.jp", "--role", "buyer")
    assert cli.refused(*approve, "--department", "D9")["problems"][0]["code"] == "unknown-department"
    cli(*approve, "--department", "D100", "--order-limit", "9000")
    found = cli.json("users", "show", "shiro@example.co.jp")
    assert (found["state"], found["order_limit"]) == ("active", 9_000)
    assert cli.refused(*approve)["code"] == "not-found"

    ask_to_join(cli, "goro@example.co.jp")
    cli("users", "reject", "goro@example.co.jp", "--reason", "unknown here")
    assert cli.json("users", "waiting") == []
    assert cli.refused("users", "reject", "goro@example.co.jp")["code"] == "not-found"


@pytest.mark.spec("ACC-6")
def test_a_file_changes_all_or_nothing_and_each_finding_has_row_and_column(cli: Any, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    before = cli.json("users", "list")
    file.write_text(f"{HEAD}add,a@example.co.jp,甲,buyer,D100,\nmove,b@example.co.jp,,,,\n", encoding="utf-8")
    found = cli.refused("users", "import", str(file))
    assert [one["where"] for one in found["problems"]] == ["row 3, column action"]
    file.write_text(f"{HEAD}add,a@example.co.jp,甲,buyer,D9,x\n", encoding="utf-8")
    text = cli("users", "import", str(file), code=2).stderr
    assert "row 2, column order_limit: " in text
    assert "what to do: " in text
    file.write_bytes(f"{HEAD}add,a@example.co.jp,甲,buyer,,\n".encode("cp932"))
    assert "UTF-8" in cli.refused("users", "import", str(file))["detail"]
    assert cli.refused("users", "import", str(tmp_path / "no.csv"))["code"] == "usage"
    assert cli.json("users", "list") == before

    rows = f"{HEAD}add,a@example.co.jp,甲,buyer,D100 D200,7000\nchange,jiro@example.co.jp,,approver,,\n"
    # as a spreadsheet writes it
    file.write_text(rows, encoding="utf-8-sig")
    trial = cli.json("users", "import", str(file), "--trial")
    assert [one["action"] for one in trial["changes"]] == ["add", "change"]
    assert "a@example.co.jp" in cli("users", "import", str(file), "--trial").stdout
    assert cli.json("users", "list") == before
    assert cli.json("users", "import", str(file))["state"] == "done"
    assert cli.json("users", "show", "a@example.co.jp")["order_limit"] == 7_000
    assert cli.json("users", "show", "jiro@example.co.jp")["role"] == "approver"


@pytest.mark.spec("ACC-6")
def test_a_file_waits_for_its_day_and_is_taken_back(cli: Any, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(f"{HEAD}remove,jiro@example.co.jp,,,,\n", encoding="utf-8")
    planned = cli.json("users", "import", str(file), "--on", "2090-04-01")
    assert (planned["state"], planned["effective_on"]) == ("waiting", "2090-04-01")
    [listed] = cli.json("users", "imports")
    assert (listed["import_id"], listed["rows"]) == (planned["import_id"], 1)
    assert cli.json("users", "show", "jiro@example.co.jp")["state"] == "active"
    cli("users", "cancel-import", planned["import_id"])
    assert "cancelled" in cli("users", "imports").stdout
    assert cli.refused("users", "cancel-import", "nosuch")["code"] == "not-found"
    assert cli.refused("users", "import", str(file), "--on", "2020-04-01")["where"] == "effective_on"
    assert "no date" in cli.refused("users", "import", str(file), "--on", "1 April")["detail"]
