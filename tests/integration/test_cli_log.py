"""The log of the command line: redacted, one line each, as text or as JSON."""

import io
import json
import logging
from pathlib import Path

import pytest

from askul_connect.cli.log import logging_to
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import DirectoryBusy

LOG = logging.getLogger("askul_connect.tests.cli")
TOKEN = "ac_0123456789abcdefghijklmnopqrstuvwxyz-_ABCD"


def logged(message: str, *values: object, as_json: bool = False, quiet: bool = False, **more: object) -> str:
    stream = io.StringIO()
    with logging_to(stream, as_json=as_json, quiet=quiet, directory=None):
        LOG.warning(message, *values, **more)  # type: ignore[arg-type]
    return stream.getvalue()


@pytest.mark.parametrize(
    "text",
    [
        "password=hunter2",
        "password = 'hunter2 and more'",
        'new_password: "hunter2 \\" more"',
        '{"client_secret": "hunter2"}',
        "Authorization: Bearer hunter2hunter2",
        "authorization=Basic aHVudGVyMjpodW50ZXIy hunter",
        "<ns0:NewPassword>hunter2</ns0:NewPassword>",
        '<Token kind="x">hunter2</Token>',
        "postgresql://user:hunter2@host/db",
        "https://:hunter2@host/",
        "Set-Cookie: hunter2",
        "api-key:hunter2",
        f"use {TOKEN} now",
        f"({TOKEN})",
    ],
)
@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize("how", ["message", "argument", "correlation"])
def test_secrets_never_reach_the_log(text: str, as_json: bool, how: str) -> None:
    if how == "message":
        line = logged(text.replace("%", "%%"), as_json=as_json)
    elif how == "argument":
        line = logged("got %s", text, as_json=as_json)
    else:
        line = logged("got", as_json=as_json, extra={"correlation_id": text})

    assert line
    assert "hunter2" not in line
    assert "aHVudGVyMjpodW50ZXIy" not in line
    assert TOKEN not in line


def test_a_secret_object_never_reaches_the_log() -> None:
    assert "hunter2" not in logged("got %s and %r", Secret("hunter2"), Secret("hunter2"))


def test_what_is_no_secret_stays() -> None:
    text = "purchase order PO-2026-0001 of 0188:7010705000725 placed as 4012345678, 61,402 JPY"

    assert text in logged(text)


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize(
    "text",
    ["a\nERROR: forged", "a\r\nb", "a\x1b[31mb", "a\u202eb", "a\u2028b", "a\x00b", "a\x85b", "a\x9b31mb"],
)
def test_a_value_cannot_forge_a_line_or_drive_the_terminal(text: str, as_json: bool) -> None:
    output = logged("got %s", text, as_json=as_json)

    assert output.count("\n") == 1
    assert output.endswith("\n")
    assert output.rstrip("\n").isprintable()


def caught(error: Exception) -> Exception:
    try:
        raise error
    except type(error) as raised:
        return raised


def test_a_plain_line_has_no_traceback() -> None:
    output = logged("failed", exc_info=caught(RuntimeError("password=hunter2")))

    assert output == "warning: askul_connect.tests.cli: failed\n"


def test_a_json_line_has_its_fields() -> None:
    error = caught(DirectoryBusy("held by \x1b[1m password=hunter2"))
    entry = json.loads(logged("failed", as_json=True, exc_info=error, extra={"correlation_id": "c-1"}))

    assert entry["time"].endswith("+00:00")
    assert (entry["level"], entry["logger"]) == ("WARNING", "askul_connect.tests.cli")
    assert (entry["message"], entry["correlation_id"]) == ("failed", "c-1")
    assert entry["code"] == "directory-busy"
    assert entry["exception"].startswith("Traceback")
    assert "hunter2" not in entry["exception"]
    assert "\x1b" not in entry["exception"]


def test_a_code_can_be_given_without_an_exception() -> None:
    assert json.loads(logged("x", as_json=True, extra={"code": "unknown-item"}))["code"] == "unknown-item"


def test_levels() -> None:
    def levels(*, as_json: bool, quiet: bool) -> list[str]:
        stream = io.StringIO()
        with logging_to(stream, as_json=as_json, quiet=quiet, directory=None):
            for level in ("debug", "info", "warning", "error"):
                getattr(LOG, level)(level)
            logging.getLogger("zeep").info("envelope")
        return stream.getvalue().splitlines()

    assert len(levels(as_json=False, quiet=False)) == 2
    assert len(levels(as_json=False, quiet=True)) == 1
    assert len(levels(as_json=True, quiet=False)) == 3


def test_what_libraries_say_is_redacted_too() -> None:
    stream = io.StringIO()
    with logging_to(stream, as_json=False, quiet=False, directory=None):
        logging.getLogger("urllib3").warning("retrying https://u:hunter2@host/")

    assert stream.getvalue() == "warning: urllib3: retrying https://u:****@host/\n"


def test_logging_is_left_as_it_was_found() -> None:
    root = logging.getLogger()
    before = root.handlers[:], root.level

    logged("x")

    assert (root.handlers, root.level) == before


def test_failures_are_kept_in_the_directory(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with logging_to(io.StringIO(), as_json=False, quiet=False, directory=tmp_path):
        LOG.warning("not this")
        assert not (tmp_path / "data" / "askul-connect.log").exists()
        LOG.error("but this, %s", f"token {TOKEN}")

    (line,) = (tmp_path / "data" / "askul-connect.log").read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["message"] == "but this, token ****"


def test_a_directory_without_data_gets_no_file(tmp_path: Path) -> None:
    with logging_to(io.StringIO(), as_json=False, quiet=False, directory=tmp_path):
        LOG.error("x")

    assert list(tmp_path.iterdir()) == []
