"""Letting people in again, and seeing who logged in (AUTH-4, AUTH-7, AUTH-10, AUTH-11, AUTH-20)."""

from __future__ import annotations

import json
import os
import pty
import stat
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from askul_connect.cli.application import application
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.messages.login import LoginRequest
from askul_connect.core.operations.supplier import LOGIN

JIRO = "jiro@example.co.jp"


@pytest.mark.spec("AUTH-4")
def test_a_temporary_password_is_shown_once_and_only_where_that_is_meant(cli: Any) -> None:
    issue = ("users", "issue-temporary-password", JIRO)
    before = cli.audited()
    assert "terminal" in cli.refused(*issue)["detail"]
    assert cli.audited() == before
    shown = cli(*issue, "--show")
    password = shown.stdout.strip()
    assert "\n" not in password
    login = cli.ask(LOGIN, LoginRequest(login_id=JIRO, password=Secret(password)))
    assert login.password_change_required
    found = cli.json(*issue, "--show")
    assert found["temporary_password"] not in ("", password)
    assert password not in shown.stderr
    sent = cli(*issue, "--by-email")
    assert sent.stdout == ""
    assert "by e-mail" in sent.stderr
    assert cli.json(*issue, "--by-email")["temporary_password"] == ""
    assert cli.refused("users", "issue-temporary-password", "nobody", "--show")["code"] == "not-found"
    issued = "temporary-password-issued"
    assert cli.audited().count(issued) == before.count(issued) + 4


@pytest.mark.spec("AUTH-7")
def test_a_person_who_is_paused_is_let_in_again(cli: Any) -> None:
    assert cli("users", "unlock", JIRO).stdout == "nothing stood in the way\n"
    for _ in range(6):
        cli.refused("users", "list", "--login-id", JIRO, typed="wrong\n")
    password = cli.secret("buyer-password")
    refused = cli.refused("users", "list", "--login-id", JIRO, typed=f"{password}\n")
    assert refused["code"] == "too-many-attempts"
    assert refused["reference"]
    answer = cli.json("users", "unlock", JIRO)
    assert answer["failures"] >= 5
    again = cli.json("login-history", "--login-id", JIRO, typed=f"{password}\n")
    assert again[0]["result"] == "success"


@pytest.mark.spec("AUTH-10")
def test_the_login_history_is_filtered_and_each_sees_the_own(cli: Any) -> None:
    wrong = cli.refused("sessions", "list", "--login-id", JIRO, typed="wrong\n")["reference"]
    number = cli.secret("customer-number")
    mine = cli.json("login-history")
    assert {one["login_id"] for one in mine} == {number}
    assert mine[0]["device"] == "askul-connect command line"
    whole = cli.json("login-history", "--account")
    assert {JIRO, number} == {one["login_id"] for one in whole}
    assert whole == sorted(whole, key=lambda one: one["at"], reverse=True)
    [refused] = cli.json("login-history", "--account", "--refused")
    assert (refused["reference"], refused["result"]) == (wrong, "w:001")
    assert [one["reference"] for one in cli.json("login-history", "--account", "--reference", wrong)] == [
        wrong
    ]
    assert {one["login_id"] for one in cli.json("login-history", "--account", "--user", JIRO)} == {JIRO}
    assert len(cli.json("login-history", "--account", "--limit", "2")) == 2
    assert len(cli.json("login-history", "--account", "--limit", "0")) > 2
    assert cli.json("login-history", "--account", "--until", "2020-01-01T00:00+09:00") == []
    assert cli.json("login-history", "--account", "--from", "2090-01-01T00:00+09:00") == []
    assert wrong in cli("login-history", "--account").stdout
    assert "offset" in cli.refused("login-history", "--from", "2026-01-01")["detail"]
    buyer = cli.secret("buyer-password")
    denied = cli.refused("login-history", "--account", "--login-id", JIRO, typed=f"{buyer}\n")
    assert denied["code"] == "access-denied"
    own = cli.json("login-history", "--login-id", JIRO, typed=f"{buyer}\n")
    assert {one["login_id"] for one in own} == {JIRO}


@pytest.mark.spec("AUTH-11")
def test_sessions_are_listed_and_ended_and_a_command_leaves_none(cli: Any) -> None:
    found = cli.json("sessions", "list")["sessions"]
    [current] = [one for one in found if one["current"]]
    others = [one for one in found if not one["current"]]
    again = [one["session_id"] for one in cli.json("sessions", "list")["sessions"]]
    assert current["session_id"] not in again
    number, password = cli.secret("customer-number"), cli.secret("administrator-password")
    request = LoginRequest(login_id=number, password=Secret(password), device="another place")
    cli.ask(LOGIN, request)
    [mine] = [one for one in cli.json("sessions", "list")["sessions"] if one["device"] == "another place"]
    assert "another place" in cli("sessions", "list").stdout
    assert cli.json("sessions", "end", mine["session_id"]) == {"ended": 1}
    assert cli.refused("sessions", "end", mine["session_id"])["code"] == "not-found"
    cli.ask(LOGIN, request)
    assert cli("sessions", "end", "--all-others").stdout == f"ended {len(others) + 1}\n"
    assert len(cli.json("sessions", "list")["sessions"]) == 1
    assert cli.refused("sessions", "end")["where"] == "session_id"


@pytest.mark.spec("AUTH-20")
def test_a_credential_is_written_to_a_file_of_its_owner(cli: Any, tmp_path: Path) -> None:
    file = tmp_path / "erp.credential"
    issue = ("credentials", "issue", "--label", "erp2", "--operation", "GetAccount", "--out", str(file))
    done = cli(*issue)
    credential = file.read_text(encoding="utf-8").strip()
    assert credential.startswith("ac_")
    assert credential not in done.output
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    count = len(cli.json("credentials", "list"))
    assert "overwritten" in cli.refused(*issue)["detail"]
    assert file.read_text(encoding="utf-8").strip() == credential
    away = tmp_path / "no-such-folder" / "x"
    assert cli.refused(*issue[:-1], str(away))["code"] == "usage"
    wrong = tmp_path / "wrong.credential"
    assert cli.refused(*issue[:5], "NoSuch", "--out", str(wrong))["problems"][0]["where"] == "operations"
    assert not wrong.exists()
    assert len(cli.json("credentials", "list")) == count

    [mine] = [one for one in cli.json("credentials", "list") if one["label"] == "erp2"]
    cli("credentials", "revoke", mine["credential_id"], "--yes")
    assert len(cli.json("credentials", "list", "--valid")) == count - 1


@pytest.mark.spec("AUTH-20")
def test_a_credential_is_bound_to_networks(cli: Any) -> None:
    issue = ("credentials", "issue", "--label", "erp3", "--operation", "GetAccount")
    cli(*issue, "--from", "192.0.2.10", "--from", "10.1.0.0/24")
    [mine] = [one for one in cli.json("credentials", "list") if one["label"] == "erp3"]
    assert mine["networks"] == ["192.0.2.10/32", "10.1.0.0/24"]
    assert "10.1.0.0/24" in cli("credentials", "list").stdout
    assert cli.refused(*issue, "--from", "0.0.0.0/0")["problems"][0]["where"] == "networks"


def run(cli: Any, *arguments: str, typed: str = "") -> tuple[int, str]:
    """The program itself, on a terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "askul_connect", "--directory", str(cli.home), *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        start_new_session=True,
    )
    os.close(theirs)
    if typed:
        os.write(ours, typed.encode())
    shown = b""
    try:
        # the other end is closed when the program has ended
        with suppress(OSError):
            while part := os.read(ours, 10_000):
                shown += part
    finally:
        os.close(ours)
    return process.wait(timeout=60), shown.decode()


@pytest.mark.spec("AUTH-4", "ACC-6")
def test_on_a_terminal_the_program_asks_and_shows(cli: Any) -> None:
    code, shown = run(cli, "users", "issue-temporary-password", JIRO, "--quiet")
    assert code == 0, shown
    password = shown.strip()
    assert cli.ask(LOGIN, LoginRequest(login_id=JIRO, password=Secret(password))).password_change_required

    code, shown = run(cli, "users", "remove", JIRO, typed="no\n")
    assert (code, "not confirmed" in shown) == (2, True)
    code, shown = run(cli, "users", "remove", JIRO, typed="yes\n")
    assert code == 0, shown
    assert "Type yes to go on" in shown


@pytest.mark.spec("ACC-6")
def test_without_a_terminal_the_program_refuses_also_a_piped_yes(cli: Any) -> None:
    command = [sys.executable, "-m", "askul_connect", "--directory", str(cli.home), "--json"]
    done = subprocess.run(
        [*command, "users", "remove", JIRO], input=b"yes\n", capture_output=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, b"")
    assert json.loads(done.stderr)["where"] == "yes"
    done = subprocess.run([*command, "users", "remove", JIRO, "--yes"], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["user_id"]


def test_no_command_of_people_takes_a_secret_as_an_argument() -> None:
    def options(group: Any) -> set[str]:
        found: set[str] = set()
        for one in group.commands.values():
            found |= options(one) if hasattr(one, "commands") else set()
            found |= {option for parameter in one.params for option in parameter.opts}
        return found

    for name in ("accounts", "users", "sessions", "credentials", "status", "staff"):
        named = options(application.commands[name])
        assert not {one for one in named if "password" in one or "secret" in one or "token" in one}
