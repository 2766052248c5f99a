"""``init``: a new directory that works as it is, and nothing that exists is harmed."""

import json
import re
import stat
import sys
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from askul_connect.cli.application import application
from askul_connect.settings import ClockKind, load_settings


def call(*arguments: str) -> Result:
    return CliRunner().invoke(application, arguments, env={"LC_ALL": "C.UTF-8"}, prog_name="askul-connect")


def contents(directory: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(directory)): path.read_bytes()
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }


def test_the_configuration_is_accepted_and_says_what_each_key_means(tmp_path: Path) -> None:
    result = call("--directory", str(tmp_path / "new"), "init")

    assert result.exit_code == 0
    settings = load_settings(tmp_path / "new")
    assert settings.clock.kind is ClockKind.SYSTEM
    assert settings.suppliers["askul"].kind == "reference"
    account = settings.suppliers["askul"].options["account"]
    assert isinstance(account, dict)
    assert [each["name"] for each in account["departments"]] == ["総務部", "営業部", "開発部"]
    text = (tmp_path / "new" / "askul-connect.toml").read_text(encoding="utf-8")
    assert "$" not in text
    assert text.count("\n#") > 40


def test_the_folders_are_there_and_secrets_are_the_owners(tmp_path: Path) -> None:
    call("--directory", str(tmp_path), "init")

    for folder in ("in", "receipts", "mapping", "budgets", "done", "rejected", "out"):
        assert (tmp_path / "erp" / folder).is_dir()
    assert not list((tmp_path / "erp" / "in").iterdir())
    for folder in ("data", "finance", "secrets", "examples"):
        assert (tmp_path / folder).is_dir()
    if sys.platform != "win32":
        assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700


def test_budgets_are_for_the_year_asked_for(tmp_path: Path) -> None:
    call("--directory", str(tmp_path), "init", "--year", "2031")

    lines = (tmp_path / "erp" / "budgets" / "2031.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "department,period,currency,budget"
    assert len(lines) == 1 + 3 * 12
    assert "D300,2031-12,JPY,300000" in lines


def test_budgets_are_for_the_present_year(tmp_path: Path) -> None:
    call("--directory", str(tmp_path), "init")

    (file,) = (tmp_path / "erp" / "budgets").iterdir()
    assert abs(int(file.stem) - date.today().year) <= 1  # noqa: DTZ011 -- new year's eve elsewhere


def test_each_file_is_listed(tmp_path: Path) -> None:
    paths = json.loads(call("--directory", str(tmp_path), "init", "--json").stdout)

    assert paths == sorted(str(tmp_path / path) for path in contents(tmp_path))


def test_quiet_prints_nothing(tmp_path: Path) -> None:
    result = call("--directory", str(tmp_path), "init", "--quiet")

    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")


def test_a_trial_writes_nothing(tmp_path: Path) -> None:
    result = call("--directory", str(tmp_path / "new"), "init", "--trial")

    assert result.exit_code == 0
    assert "would write" in result.stdout
    assert not (tmp_path / "new").exists()


def test_a_configuration_is_never_overwritten(tmp_path: Path) -> None:
    call("--directory", str(tmp_path), "init")
    before = contents(tmp_path)

    result = call("--directory", str(tmp_path), "init")

    assert result.exit_code == 2
    assert re.search("askul-connect.toml exists, and nothing is overwritten", result.stderr)
    assert contents(tmp_path) == before


def test_another_file_is_never_overwritten(tmp_path: Path) -> None:
    mine = tmp_path / "erp" / "mapping" / "units.csv"
    mine.parent.mkdir(parents=True)
    mine.write_text("unit,code\nmine,EA\n", encoding="utf-8")

    result = call("--directory", str(tmp_path), "init")

    assert result.exit_code == 2
    assert "units.csv exists, and nothing is overwritten" in result.stderr
    assert list(contents(tmp_path)) == ["erp/mapping/units.csv"]


def test_an_interrupted_call_can_be_repeated(tmp_path: Path) -> None:
    call("--directory", str(tmp_path), "init")
    whole = contents(tmp_path)
    (tmp_path / "askul-connect.toml").unlink()

    assert call("--directory", str(tmp_path), "init").exit_code == 0
    assert contents(tmp_path) == whole


def test_a_place_that_cannot_be_written_to(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    result = call("--directory", str(tmp_path / "file" / "below"), "init")

    assert result.exit_code == 2
    assert "cannot be written" in result.stderr


@pytest.mark.spec("INT-2")
def test_an_order_in_the_new_directory_is_placed_without_further_steps(tmp_path: Path) -> None:
    home = ("--directory", str(tmp_path))
    call(*home, "init")
    example = tmp_path / "examples" / "order.csv"
    example.rename(tmp_path / "erp" / "in" / "order.csv")

    result = call(*home, "run")

    assert result.exit_code == 0, result.output
    (order,) = json.loads(call(*home, "orders", "--json").stdout)
    assert order["purchase_order_id"] == "PO-EXAMPLE-1"
    assert [(line["sku"], line["unit"]) for line in order["lines"]] == [
        ("B100-0001", "XCT"),
        ("A100-0001", "XPK"),
    ]
