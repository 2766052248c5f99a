"""Departments, their limits and the login settings of an account, from the command line (ACC-5, ACC-11)."""

from __future__ import annotations

from typing import Any

import pytest


def by_code(cli: Any) -> dict[str, Any]:
    return {one["code"]: one for one in cli.json("departments", "list")}


@pytest.mark.spec("ACC-5")
@pytest.mark.usefixtures("terminal")
def test_a_department_is_added_changed_and_removed(cli: Any) -> None:
    before = by_code(cli)
    address = ("--postcode", "530-0001", "--address", "大阪府大阪市北区見本9-9")
    cli("departments", "add", "D900", "--name", "新部門", "--below", "D100", *address)
    made = by_code(cli)["D900"]
    assert (made["name"], made["parent_code"], made["version"]) == ("新部門", "D100", 1)
    assert (made["postcode"], made["address"]) == (address[1], address[3])
    assert "新部門" in cli("departments", "list").stdout
    assert cli.refused("departments", "add", "D900", "--name", "x")["code"] == "duplicate-registration"

    # what is not given stays, the address among it
    assert cli.json("departments", "change", "D900", "--name", "改称", "--below", "")["version"] == 2
    assert by_code(cli)["D900"] == {**made, "name": "改称", "parent_code": "", "version": 2}
    stale = cli.refused("departments", "change", "D900", "--name", "x", "--based-on", "1")
    assert stale["where"] == "version"
    assert cli.refused("departments", "change", "D901", "--name", "x")["code"] == "not-found"

    assert cli.refused("departments", "remove", "D900", typed="no\n")["code"] == "usage"
    assert "D900" in by_code(cli)
    cli("departments", "remove", "D900", typed="yes\n")
    assert by_code(cli) == before
    assert cli.refused("departments", "remove", "D900", "--yes")["code"] == "not-found"


@pytest.mark.spec("ACC-5")
def test_a_limit_is_set_shown_with_what_is_used_and_taken_away(cli: Any) -> None:
    assert cli.json("departments", "limits")["limits"] == []
    assert cli.json("departments", "set-limit", "D100", "--monthly", "500000")["monthly_limit"] == 500_000
    [limit] = cli.json("departments", "limits")["limits"]
    assert (limit["code"], limit["used"] + limit["left"]) == ("D100", 500_000)
    assert "500000" in cli("departments", "limits").stdout
    for wrong in ((), ("--monthly", "1", "--none")):
        assert cli.refused("departments", "set-limit", "D100", *wrong)["code"] == "usage"
    assert cli.refused("departments", "set-limit", "D100", "--monthly", "-1")["where"] == "monthly_limit"
    cli("departments", "set-limit", "D100", "--none")
    assert cli.json("departments", "limits")["limits"] == []


@pytest.mark.spec("ACC-11")
def test_the_login_settings_are_shown_and_set_one_by_one(cli: Any) -> None:
    before = cli.json("login-settings", "show")
    assert before["own_password_days"] == 0
    assert cli.json("login-settings", "set", "--idle-minutes", "45")["changed"] is True
    assert cli.json("login-settings", "show") == {**before, "idle_minutes": 45}
    assert cli.json("login-settings", "set", "--idle-minutes", "45")["changed"] is False
    cli("login-settings", "set", "--no-remember-me", "--password-days", "100")
    after = cli.json("login-settings", "show")
    assert after == {
        **before,
        "idle_minutes": 45,
        "remember_me": False,
        "password_days": 100,
        "own_password_days": 100,
    }
    assert "100 days" in cli("login-settings", "show").stdout
    assert cli.refused("login-settings", "set")["code"] == "usage"
    assert (
        cli.refused("login-settings", "set", "--idle-minutes", "1")["problems"][0]["where"] == "idle_minutes"
    )


@pytest.mark.spec("ACC-11", "AUTH-8")
def test_a_required_second_factor_is_for_the_next_login_too(cli: Any) -> None:
    cli("login-settings", "set", "--second-factor", "required")
    assert cli.refused("login-settings", "show")["code"] == "second-factor-required"
