"""``askul-connect diagnose`` and ``faq``: help without a directory or a supplier (AUTH-3, SUP-5)."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from askul_connect.cli.application import application


def call(*arguments: str, language: str = "C.UTF-8") -> Result:
    return CliRunner().invoke(
        application, arguments, env={"LC_ALL": language, "LANG": language}, prog_name="askul-connect"
    )


@pytest.mark.spec("AUTH-3")
def test_a_code_is_explained_in_both_languages() -> None:
    english, japanese = call("diagnose", "w:001"), call("diagnose", "w:001", language="ja_JP.UTF-8")
    assert (english.exit_code, japanese.exit_code) == (0, 0)
    assert english.stdout.startswith("Wrong ID or password\n  1. Check that the ID")
    assert japanese.stdout.startswith("ID またはパスワードの誤り\n  1. ")


@pytest.mark.spec("AUTH-3")
def test_by_symptom_and_while_disturbed() -> None:
    assert call("diagnose", "--symptom", "blank-page").stdout.startswith("An outage or maintenance")
    assert call("diagnose", "w:001", "--disturbed").stdout.startswith("An outage or maintenance")
    found = json.loads(call("diagnose", "w:004", "--json").stdout)
    assert [one["cause"] for one in found["causes"]] == ["disturbance"]


@pytest.mark.spec("AUTH-3")
@pytest.mark.parametrize("arguments", [(), ("w:999",), ("--symptom", "none")])
def test_what_is_unknown_is_said(arguments: tuple[str, ...]) -> None:
    refused = call("diagnose", *arguments)
    assert refused.exit_code == 2
    assert "blank-page" in refused.stderr or "w:001" in refused.stderr


@pytest.mark.spec("SUP-5")
def test_the_faq() -> None:
    assert call("faq", "password", "forgotten").stdout.startswith("I have forgotten my password.")
    assert call("faq", "xyzzy").exit_code == 1
    assert len(json.loads(call("faq", "--json").stdout)) > 10
