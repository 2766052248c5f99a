"""``demo --erp tryton``, as a shell runs it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from askul_connect.cli.application import application
from askul_connect.core.errors import PartnerUnreachable
from askul_connect_tryton.sandbox import environment

pytestmark = pytest.mark.timeout(900)


def demo(directory: Path, *more: str) -> Result:
    return CliRunner().invoke(
        application,
        ("--directory", str(directory), "demo", "--erp", "tryton", *more),
        env={"LC_ALL": "C.UTF-8"},
        prog_name="askul-connect",
    )


@pytest.mark.spec("INT-2", "INT-10")
def test_the_demos_month_in_tryton(
    tryton_is_here: None, all_tests: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # as most people call it; Tryton works in another folder
    monkeypatch.chdir(tmp_path)
    first = demo(Path("here"), "--json")
    assert first.exit_code == 0, first.output
    report: dict[str, Any] = json.loads(first.stdout)
    assert (report["accepted"], report["placed"], report["failures"], report["open_matches"]) == (5, 5, [], 0)
    assert {row["match"] for row in report["rows"]} == {"matched"}

    second = json.loads(demo(Path("here"), "--json").stdout)
    assert second["changed"] is False


def test_an_erp_that_nobody_offers_is_a_typed_error(tmp_path: Path) -> None:
    result = CliRunner().invoke(
        application,
        ("--directory", str(tmp_path / "here"), "demo", "--erp", "abacus"),
        prog_name="askul-connect",
    )

    assert result.exit_code == 2
    assert "abacus" in result.stderr
    assert "tryton" in result.stderr
    assert not (tmp_path / "here").exists()


def test_drop_folders_are_not_set_up_by_name(tmp_path: Path) -> None:
    assert demo(tmp_path / "here", "--erp", "files", "--trial").exit_code == 0


def test_where_tryton_cannot_be_installed_the_error_says_what_pip_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    # an environment whose pip fails is made quicker than a registry that cannot be reached
    program = tmp_path / "python"
    program.write_text("#!/bin/sh\necho 'no matching distribution' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setattr(environment.sys, "executable", str(program))

    with pytest.raises(PartnerUnreachable, match="no matching distribution"):
        environment.tryton_environment()
    result = demo(tmp_path / "here")

    assert result.exit_code == 3
    assert "no matching distribution" in result.stderr
    assert not (tmp_path / "here").exists()
