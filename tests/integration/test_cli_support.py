"""``askul-connect playbook`` and ``staff add`` (AUTH-20, SUP-3)."""

from __future__ import annotations

import json
import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import pyotp
import pytest
from click.testing import CliRunner, Result

from askul_connect.adapters.server.in_process import InProcessCaller
from askul_connect.bootstrap.serving import supplier_of
from askul_connect.cli.application import application
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.messages.staff import StaffLoginRequest
from askul_connect.core.operations.support import STAFF_LOGIN
from askul_connect.settings import load_settings


def call(home: Path, *arguments: str, language: str = "C.UTF-8") -> Result:
    return CliRunner().invoke(
        application,
        ("--directory", str(home), *arguments),
        env={"LC_ALL": language},
        prog_name="askul-connect",
    )


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory in which one order was placed; its supplier is gone."""
    home = tmp_path_factory.mktemp("support")
    assert call(home, "init", "--quiet").exit_code == 0
    shutil.copy(home / "examples" / "order.csv", home / "erp" / "in" / "order.csv")
    assert call(home, "run", "--quiet").exit_code == 0
    return home


@pytest.fixture
def cut_off(directory: Path, tmp_path: Path) -> Path:
    """The same without the supplier's database: nothing can be asked there."""
    home = tmp_path / "home"
    shutil.copytree(directory, home)
    for database in (home / "data").glob("*supplier*"):
        if database.is_file():
            database.write_bytes(b"no database")
    return home


def ordered(home: Path) -> dict[str, object]:
    orders = json.loads(call(home, "--json", "orders").stdout)
    line: dict[str, object] = orders[0]["lines"][0]
    return line


@pytest.mark.spec("SUP-3")
def test_the_order_form_comes_from_our_own_data_while_the_supplier_is_down(cut_off: Path) -> None:
    line = ordered(cut_off)
    result = call(
        cut_off, "--json", "playbook", "--order-form", f"{line['sku']}=7", "--member-number", "12345678"
    )
    assert result.exit_code == 0, result.output
    book = json.loads(result.stdout)
    assert book["steps"][0]["step"] == "look-at-status"
    assert book["latest_orders"][0]["order_number"]
    form = book["order_form"]
    assert form["head"] == {
        "company": "見本商事株式会社",
        "member_number": "12345678",
        "contact": "見本 次郎",
        "email": "jiro@example.co.jp",
        "phone": "03-0000-0000",
        "deliver_to": "150-0001 東京都渋谷区見本2-2",
    }
    (found,) = form["lines"]
    assert (found["sku"], found["name"], found["quantity"], found["unit"]) == (
        line["sku"],
        line["name"],
        7,
        line["unit"],
    )
    assert form["missing"] == []
    # the supplier itself cannot be opened
    assert call(cut_off, "audit", "heads").exit_code != 0


@pytest.mark.spec("SUP-3")
def test_what_is_missing_is_said_and_can_be_given(cut_off: Path) -> None:
    line = ordered(cut_off)
    result = call(cut_off, "playbook", "--order-form", f"{line['sku']}=1")
    assert result.exit_code == 0
    assert "to be filled in by hand: member_number" in result.stderr
    assert "deliver to: 150-0001" in result.stdout
    japanese = call(cut_off, "playbook", language="ja_JP.UTF-8")
    assert "サービス状況" in japanese.stdout
    given = call(
        cut_off,
        "--json",
        "playbook",
        "--order-form",
        f"{line['sku']}=1",
        "--contact",
        "誰か",
        "--deliver-to",
        "x",
    )
    head = json.loads(given.stdout)["order_form"]["head"]
    assert (head["contact"], head["deliver_to"]) == ("誰か", "x")


@pytest.mark.spec("SUP-3")
@pytest.mark.parametrize(
    "item", ["NO-SUCH=1", "{sku}=0", "{sku}=10000000", "{sku}", "=1", "{sku}=-1", "{sku}=1.5"]
)
def test_an_item_that_was_never_ordered_or_a_strange_quantity_is_refused(directory: Path, item: str) -> None:
    sku = str(ordered(directory)["sku"])
    result = call(directory, "playbook", "--order-form", item.format(sku=sku))
    assert result.exit_code in {1, 2}
    assert "order-form" in result.stderr
    twice = call(directory, "playbook", "--order-form", f"{sku}=1", "--order-form", f"{sku}=2")
    assert twice.exit_code == 2


@pytest.mark.spec("AUTH-20")
def test_the_first_staff_member_is_made_on_the_machine_and_only_a_terminal_shows_the_secrets(
    directory: Path,
) -> None:
    refused = call(directory, "staff", "add", "hanako")
    assert refused.exit_code == 2
    assert "terminal" in refused.stderr
    ours, theirs = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-m", "askul_connect", "--directory", str(directory), "staff", "add", "hanako"],
        stdout=theirs,
        stderr=subprocess.PIPE,
        check=False,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )
    os.close(theirs)
    shown = os.read(ours, 10_000).decode()
    os.close(ours)
    assert done.returncode == 0, done.stderr
    lines = dict(line.split(": ", 1) for line in shown.splitlines() if ": " in line)
    totp = pyotp.parse_uri(lines["authenticator"])
    settings = load_settings(directory)
    supplier = supplier_of(settings, "askul")
    try:
        request = StaffLoginRequest(
            login_name="hanako",
            password=Secret(lines["temporary password"]),
            code=Secret(totp.now()),
            new_password=Secret("Tsubaki-3-ame"),
        )
        answer = InProcessCaller(supplier.dispatcher).call(STAFF_LOGIN, request)
        assert answer.session_token
    finally:
        supplier.close()
