"""What a user sees when something goes wrong: one message, its remedy, one exit code, never a traceback."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from askul_connect import bootstrap
from askul_connect.cli.application import application
from askul_connect.core.errors import (
    AskulConnectError,
    ConfigurationError,
    DirectoryBusy,
    OutcomeUnknown,
    PartnerUnreachable,
    Problem,
    SchemaOutOfDate,
    StorageUnavailable,
    UsageError,
)

JAPANESE = {"LC_ALL": "", "LC_MESSAGES": "", "LANG": "ja_JP.UTF-8"}
ENGLISH = {"LC_ALL": "C.UTF-8", "LC_MESSAGES": "", "LANG": ""}

Failing = Callable[[BaseException], None]


def call(*arguments: str, env: dict[str, str] = ENGLISH) -> Result:
    return CliRunner().invoke(application, arguments, env=env, prog_name="askul-connect")


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    assert call("--directory", str(tmp_path), "init").exit_code == 0
    return tmp_path


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Failing:
    """Make opening the workspace fail with an error of the test's choice."""

    def fail_with(error: BaseException) -> None:
        @contextmanager
        def open_workspace(_settings: object, **_more: object) -> Iterator[None]:
            raise error
            yield

        monkeypatch.setattr(bootstrap, "open_workspace", open_workspace)

    return fail_with


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("x"), 2),
        (ConfigurationError("x"), 2),
        (PartnerUnreachable("x"), 3),
        (OutcomeUnknown("x"), 3),
        (SchemaOutOfDate("x"), 4),
        (StorageUnavailable("x"), 4),
        (DirectoryBusy("x"), 5),
        (RuntimeError("x"), 4),
        (FileNotFoundError("x"), 4),
        (KeyboardInterrupt(), 130),
    ],
)
@pytest.mark.parametrize("command", ["run", "orders"])
@pytest.mark.spec("INT-12")
def test_each_kind_of_error_has_its_exit_code(
    directory: Path, failing: Failing, error: BaseException, code: int, command: str
) -> None:
    failing(error)

    result = call("--directory", str(directory), command)

    assert (result.exit_code, result.stdout) == (code, "")
    assert "Traceback" not in result.stderr


def test_an_error_says_what_where_and_what_to_do(directory: Path, failing: Failing) -> None:
    problems = (
        Problem(code="configuration-invalid", where="buyer.name", detail="is missing"),
        Problem(code="configuration-invalid", where="erp.kind", detail="is a boolean"),
    )
    failing(ConfigurationError("two findings", where="askul-connect.toml", problems=problems))

    lines = call("--directory", str(directory), "run").stderr.splitlines()

    assert lines == [
        f"error: {ConfigurationError.cause.en} [configuration-invalid]",
        "  askul-connect.toml",
        "  buyer.name: is missing",
        "  erp.kind: is a boolean",
        f"  what to do: {ConfigurationError.remedy.en}",
    ]


@pytest.mark.parametrize(
    "env", [JAPANESE, {**JAPANESE, "LC_ALL": "ja_JP.eucJP", "LANG": "C"}, {**JAPANESE, "LC_MESSAGES": "ja"}]
)
def test_the_remedy_is_japanese_where_the_environment_is(
    directory: Path, failing: Failing, env: dict[str, str]
) -> None:
    failing(DirectoryBusy("x"))

    result = call("--directory", str(directory), "run", env=env)

    assert DirectoryBusy.remedy.ja in result.stderr
    assert DirectoryBusy.cause.ja in result.stderr
    assert DirectoryBusy.remedy.en not in result.stderr


def test_lc_all_is_stronger_than_lang(directory: Path, failing: Failing) -> None:
    failing(DirectoryBusy("x"))

    result = call("--directory", str(directory), "run", env={**JAPANESE, "LC_ALL": "en_US.UTF-8"})

    assert DirectoryBusy.remedy.en in result.stderr


@pytest.mark.parametrize("place", ["before", "behind"])
@pytest.mark.parametrize("error", [ConfigurationError("x", where="y"), DirectoryBusy("x"), RuntimeError("x")])
def test_with_json_an_error_is_one_object(
    directory: Path, failing: Failing, error: Exception, place: str
) -> None:
    failing(error)
    home = ("--directory", str(directory))

    result = call(*home, "--json", "run") if place == "before" else call(*home, "run", "--json")

    assert result.stdout == ""
    record = json.loads(result.stderr)
    assert record["exit_code"] == result.exit_code
    assert set(record) >= {"code", "where", "detail", "remedy", "problems"}
    assert set(record["remedy"]) == {"ja", "en"}
    assert record["problems"][0]["detail"] == record["detail"]
    if isinstance(error, AskulConnectError):
        assert (record["code"], record["where"]) == (error.code, error.where)
    else:
        assert record["code"] == "internal-error"


def test_a_defect_has_a_reference_and_its_traceback_is_in_the_log(directory: Path, failing: Failing) -> None:
    failing(RuntimeError("odd: password=hunter2"))

    result = call("--directory", str(directory), "run")

    entry = json.loads((directory / "data" / "askul-connect.log").read_text(encoding="utf-8"))
    reference = entry["message"].rpartition(" ")[2]
    assert f"reference: {reference}" in result.stderr
    assert "unexpected RuntimeError; see " in result.stderr
    assert "Traceback" in entry["exception"]
    assert "hunter2" not in entry["exception"] + result.stderr


def test_a_defect_without_a_directory_is_logged_on_request(tmp_path: Path, failing: Failing) -> None:
    call("--directory", str(tmp_path), "init")
    (tmp_path / "data").rmdir()
    failing(RuntimeError("odd"))

    plain = call("--directory", str(tmp_path), "run")
    logged = call("--directory", str(tmp_path), "--log-json", "run")

    assert "run it again with --log-json" in plain.stderr
    assert "Traceback" in json.loads(logged.stderr.splitlines()[0])["exception"]


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["nonsense"], "No such command 'nonsense'"),
        (["run", "--nonsense"], "No such option"),
        (["serve", "--port", "70000"], "70000 is not in the range"),
        (["serve", "--trial"], "No such option"),
        (["--trial", "serve"], "'serve' takes no --trial"),
        (["--json", "serve"], "'serve' takes no --json"),
        (["--json", "wsdl"], "'wsdl' takes no --json"),
        (["db"], "'db' needs a command: check or upgrade"),
        (["serve", "--key", "pyproject.toml"], "--key"),
        (["init", "--year", "26"], "26 is not in the range"),
    ],
)
def test_wrong_usage_ends_with_2(arguments: list[str], text: str) -> None:
    result = call(*arguments)

    assert result.exit_code == 2
    assert result.stdout == ""
    assert text in result.stderr


def test_no_command_prints_the_help_and_ends_with_2() -> None:
    result = call()

    assert (result.exit_code, result.stdout) == (2, "")
    assert "Usage: askul-connect" in result.stderr


def test_wrong_usage_is_japanese_and_json_too() -> None:
    assert "対処: " in call("nonsense", env=JAPANESE).stderr
    assert json.loads(call("--json", "nonsense").stderr)["code"] == "usage"


@pytest.mark.parametrize("command", ["run", "orders", "invoices", "budgets", "outbox", "serve"])
def test_a_directory_that_is_none(tmp_path: Path, command: str) -> None:
    missing = call("--directory", str(tmp_path / "nowhere"), command)
    empty = call("--directory", str(tmp_path), command)

    assert (missing.exit_code, empty.exit_code) == (2, 2)
    assert "there is no directory" in missing.stderr
    assert "'askul-connect init'" in empty.stderr


def test_texts_of_others_cannot_drive_the_terminal(directory: Path, failing: Failing) -> None:
    failing(UsageError("evil \x1b[2Jname\r\nerror: forged \u202egnp.exe", where="a\nb"))

    result = call("--directory", str(directory), "run")

    assert len(result.stderr.splitlines()) == 3
    assert not set("\x1b\r\u202e") & set(result.stderr)
    assert r"evil \x1b[2Jname\x0d\x0aerror: forged \u202egnp.exe" in result.stderr


def test_an_error_shows_no_token(directory: Path, failing: Failing) -> None:
    token = "ac_" + "x" * 43
    failing(UsageError(f"bad {token} at postgresql://u:hunter2@h/db"))

    text = call("--directory", str(directory), "run").stderr
    record = call("--directory", str(directory), "run", "--json").stderr

    assert token not in text + record
    assert "hunter2" not in text + record


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_real_interruption_ends_with_130_and_one_line(directory: Path) -> None:
    code = (
        "import sys, time\n"
        "from askul_connect import bootstrap\n"
        "from askul_connect.cli import main\n"
        "def wait(_settings, **_more):\n"
        "    print('ready', flush=True)\n"
        "    time.sleep(60)\n"
        "bootstrap.open_workspace = wait\n"
        f"sys.argv[1:] = ['--directory', {str(directory)!r}, 'run']\n"
        "main()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)

    assert process.returncode == 130
    assert len(errors.splitlines()) == 1
