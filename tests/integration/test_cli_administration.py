"""The commands of staff and administrators: accounts, users, credentials, status."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from askul_connect.cli import confirming
from askul_connect.cli.application import application


def call(home: Path, *arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(
        application,
        ["--directory", str(home), *arguments],
        env={"LC_ALL": "C.UTF-8"},
        input=typed,
        prog_name="askul-connect",
    )


def shown(home: Path, *arguments: str, code: int = 0) -> Any:
    done = call(home, *arguments, "--json")
    assert done.exit_code == code, done.output
    return json.loads(done.stdout)


def refused(home: Path, *arguments: str, code: int = 2, typed: str = "") -> dict[str, Any]:
    done = call(home, *arguments, "--json", typed=typed)
    assert done.exit_code == code, done.output
    assert done.stdout == ""
    found: dict[str, Any] = json.loads(done.stderr[done.stderr.index("{") :])
    return found


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory after its first run, made once."""
    home = tmp_path_factory.mktemp("used")
    assert call(home, "init", "--quiet").exit_code == 0
    assert call(home, "run", "--quiet").exit_code == 0
    return home


@pytest.fixture
def home(used: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "home"
    shutil.copytree(used, copy)
    return copy


def secret(home: Path, name: str) -> str:
    return (home / "secrets" / "askul" / name).read_text(encoding="utf-8").strip()


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody sits at a terminal and can be asked."""
    monkeypatch.setattr(confirming, "somebody_types", lambda: True)


@pytest.mark.spec("ACC-3")
def test_staff_see_the_accounts(home: Path) -> None:
    [account] = shown(home, "accounts", "list")
    assert account["customer_number"] == secret(home, "customer-number")
    assert (account["state"], account["kind"]) == ("active", "corporation")
    assert shown(home, "accounts", "list", "--state", "active") == [account]
    assert shown(home, "accounts", "list", "--state", "withdrawn") == []
    for number in (account["customer_number"], account["member_number"]):
        assert shown(home, "accounts", "show", number) == account
        assert account["name"] in call(home, "accounts", "show", number).stdout
    assert account["member_number"] in call(home, "accounts", "list").stdout
    assert refused(home, "accounts", "show", "0000000000")["code"] == "not-found"


@pytest.mark.spec("ACC-6")
def test_the_administrator_of_the_directory_lists_and_adds_people(home: Path) -> None:
    before = shown(home, "users", "list")
    assert {"administrator", "buyer"} == {one["role"] for one in before}

    options = ("--email", "saburo@example.co.jp", "--name", "見本 三郎", "--role", "accountant")
    added = shown(home, "users", "add", *options, "--department", "D100")
    found = shown(home, "users", "show", "saburo@example.co.jp")
    assert (found["user_id"], found["role"]) == (added["user_id"], "accountant")
    assert found["department_codes"] == ["D100"]
    assert shown(home, "users", "show", added["user_id"]) == found
    assert len(shown(home, "users", "list")) == len(before) + 1

    assert refused(home, "users", "add", *options)["code"] == "duplicate-registration"
    assert refused(home, "users", "show", "nobody@example.co.jp")["code"] == "not-found"
    problems = refused(home, "users", "add", *options, "--department", "D9")["problems"]
    assert problems[0]["code"] == "unknown-department"
    assert "見本 三郎" in call(home, "users", "list").stdout


@pytest.mark.spec("AUTH-20")
@pytest.mark.usefixtures("terminal")
def test_credentials_are_issued_listed_and_revoked(home: Path) -> None:
    issued = shown(home, "credentials", "issue", "--label", "erp2", "--operation", "GetAccount")
    assert issued["credential"].startswith("ac_")
    listed = {one["credential_id"]: one for one in shown(home, "credentials", "list")}
    mine = listed[issued["credential_id"]]
    assert (mine["label"], mine["operations"], mine["revoked_at"]) == ("erp2", ["GetAccount"], None)
    text = call(home, "credentials", "list").stdout + json.dumps(listed)
    assert issued["credential"].rpartition(".")[2] not in text
    assert "secret" not in mine

    revoke = ("credentials", "revoke", issued["credential_id"])
    for typed in ("", "no\n", "y\n"):
        assert refused(home, *revoke, typed=typed)["code"] == "usage"
    assert {one["credential_id"]: one for one in shown(home, "credentials", "list")} == listed
    assert call(home, *revoke, typed="yes\n").exit_code == 0
    again = {one["credential_id"]: one for one in shown(home, "credentials", "list")}
    assert again[issued["credential_id"]]["revoked_at"]
    assert shown(home, *revoke, "--yes")["revoked_at"]
    assert refused(home, "credentials", "revoke", "nosuch", "--yes")["code"] == "not-found"

    plain = call(home, "credentials", "issue", "--label", "x", "--operation", "GetAccount", "--quiet")
    assert plain.stdout.strip().startswith("ac_")
    assert plain.stderr == ""
    wrong = refused(home, "credentials", "issue", "--label", "x", "--operation", "NoSuch")
    assert wrong["problems"][0]["where"] == "operations"


@pytest.mark.spec("AUTH-15")
@pytest.mark.usefixtures("terminal")
def test_a_disturbance_is_announced_shown_changed_and_over(home: Path) -> None:
    calm = shown(home, "status", "show")
    assert (calm["notices"], calm["stopped"]) == ([], [])
    assert {"login", "catalog", "ordering"} <= set(calm["working"])
    options = ("--kind", "outage", "--part", "catalog", "--ja", "障害です", "--en", "It is down")
    notice = shown(home, "status", "set", *options)["notice_id"]
    found = shown(home, "status", "show", code=1)
    assert found["stopped"] == ["catalog"]
    assert found["notices"][0]["text_ja"] == "障害です"
    assert "It is down" in call(home, "status", "show").stdout
    changed = shown(home, "status", "set", *options, "--part", "history", "--notice", notice)
    assert changed["notice_id"] == notice
    assert set(shown(home, "status", "show", code=1)["stopped"]) == {"catalog", "history"}

    assert refused(home, "status", "over", notice, typed="no\n")["code"] == "usage"
    assert shown(home, "status", "show", code=1)["stopped"]
    assert shown(home, "status", "over", notice, "--yes")["notice_id"] == notice
    assert shown(home, "status", "show")["stopped"] == []


@pytest.mark.spec("AUTH-15")
def test_maintenance_is_planned_moved_and_listed(home: Path) -> None:
    texts = ("--part", "ordering", "--ja", "保守", "--en", "maintenance")
    window = ("--from", "2090-11-30T02:00+09:00", "--until", "2090-11-30T05:00+09:00")
    assert refused(home, "status", "plan", *texts)["code"] == "usage"
    notice = shown(home, "status", "plan", *texts, *window)["notice_id"]
    [planned] = shown(home, "status", "list", "--planned")
    assert (planned["kind"], planned["in_force"], planned["parts"]) == ("maintenance", False, ["ordering"])
    later = ("--from", "2090-12-01T02:00+09:00", "--until", "2090-12-01T05:00+09:00")
    assert shown(home, "status", "plan", *texts, *later, "--notice", notice)["notice_id"] == notice
    [moved] = shown(home, "status", "list", "--planned")
    assert moved["starts_at"].startswith("2090-11-30T17:00:00")
    options = ("--kind", "outage", "--part", "catalog", "--ja", "障害です", "--en", "It is down")
    outage = shown(home, "status", "set", *options)["notice_id"]
    for option, found in (
        ("--in-force", {outage}),
        ("--planned", {notice}),
        ("--part=catalog", {outage}),
        ("--part=ordering", {notice}),
        ("--part=login", set()),
    ):
        assert {one["notice_id"] for one in shown(home, "status", "list", option)} == found
    assert "It is down" in call(home, "status", "list").stdout
    shown(home, "status", "over", notice, "--yes")
    assert shown(home, "status", "list", "--planned") == []


@pytest.mark.spec("AUTH-15")
def test_times_of_a_disturbance_have_an_offset(home: Path) -> None:
    options = ("--kind", "maintenance", "--part", "login", "--ja", "保守", "--en", "maintenance")
    for wrong in ("2026-11-30T02:00", "tomorrow", ""):
        assert "offset" in refused(home, "status", "set", *options, "--from", wrong)["detail"]
    times = ("--from", "2090-11-30T02:00+09:00", "--until", "2090-11-30T05:00+09:00")
    shown(home, "status", "set", *options, *times)
    [notice] = shown(home, "status", "show")["notices"]
    assert notice["starts_at"].startswith("2090-11-29T17:00:00")
    backwards = ("--from", "2090-11-30T05:00+09:00", "--until", "2090-11-30T02:00+09:00")
    assert refused(home, "status", "set", *options, *backwards)["code"] == "value-invalid"


@pytest.mark.spec("AUTH-1")
def test_another_person_logs_in_with_a_password_that_is_asked_for_and_not_shown(home: Path) -> None:
    number, password = secret(home, "customer-number"), secret(home, "administrator-password")
    done = call(home, "users", "list", "--login-id", number, typed=f"{password}\n")
    assert done.exit_code == 0, done.output
    assert password not in done.output
    assert "password" in done.stderr

    wrong = refused(home, "users", "list", "--login-id", number, typed="wrong\n")
    assert wrong["code"] == "w:001"
    assert wrong["reference"]
    # a buyer may not
    buyer = secret(home, "buyer-password")
    email = next(one["email"] for one in shown(home, "users", "list") if one["role"] == "buyer")
    assert refused(home, "users", "list", "--login-id", email, typed=f"{buyer}\n")["code"] == "access-denied"


def test_a_password_is_no_argument_of_any_command() -> None:
    for group in ("accounts", "users", "credentials", "status"):
        for one in application.commands[group].commands.values():  # type: ignore[attr-defined]
            names = {option for parameter in one.params for option in parameter.opts}
            assert not {name for name in names if "password" in name or "secret" in name}


def test_without_the_directorys_password_a_login_id_is_needed(home: Path) -> None:
    (home / "secrets" / "askul" / "administrator-password").unlink()
    found = refused(home, "users", "list")
    assert found["code"] == "usage"
    assert "--login-id" in found["detail"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("users", "add", "--email", "x@example.co.jp", "--name", "x", "--role", "buyer"),
        ("credentials", "issue", "--label", "x", "--operation", "GetAccount"),
        ("credentials", "revoke", "x", "--yes"),
        ("status", "set", "--kind", "outage", "--part", "login", "--ja", "x", "--en", "x"),
        ("status", "over", "x", "--yes"),
    ],
)
def test_what_changes_something_says_that_it_has_no_trial(home: Path, arguments: tuple[str, ...]) -> None:
    done = CliRunner().invoke(
        application, ["--directory", str(home), "--trial", *arguments], prog_name="askul-connect"
    )
    assert done.exit_code == 2
    assert "takes no --trial" in done.stderr


@pytest.mark.parametrize("group", ["accounts", "users", "credentials", "status"])
def test_a_group_says_what_it_has(home: Path, group: str) -> None:
    done = call(home, group)
    assert done.exit_code == 2
    assert f"'{group}' needs a command" in done.stderr
    assert call(home, group, "--help").exit_code == 0


@pytest.mark.parametrize("command", [("accounts", "list"), ("users", "list"), ("status", "show")])
def test_an_unknown_supplier_is_wrong_use(home: Path, command: tuple[str, ...]) -> None:
    assert call(home, *command, "--supplier", "nobody").exit_code == 2
