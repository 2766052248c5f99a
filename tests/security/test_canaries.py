"""Fifty planted secrets and personal data go through real flows with every logger at DEBUG: none comes out (SRV-5).

Every canary is a text that occurs nowhere else. Some flow for real (logins, credentials, documents, references of the
configuration, a proxy, a database), the others are what a library or a plugin could log: headers, bodies, exceptions.
Whatever the program writes is searched: its log as text and as JSON, the file of its failures, both output streams,
and every `repr`.
"""

from __future__ import annotations

import io
import json
import logging
import shutil
import threading
import traceback
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

import attrs
import pytest
import requests
from click.testing import CliRunner

from askul_connect import load_settings
from askul_connect.adapters.server.json_caller import JsonCaller
from askul_connect.adapters.soap.caller import SoapCaller
from askul_connect.adapters.transports.http import HttpSettings, HttpTransport
from askul_connect.bootstrap import SupplierServer
from askul_connect.cli.application import application
from askul_connect.cli.log import FAILURE_LOG, logging_to
from askul_connect.cli.safety import redacted
from askul_connect.core.domain import accounts as account_entities
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import AskulConnectError
from askul_connect.core.messages import accounts, login
from askul_connect.core.operations import supplier as operations
from askul_connect.core.ports.callers import OperationCaller
from askul_connect.core.ports.transport import HttpRequest

LOGGERS = (
    *("askul_connect", "askul_connect.buyer", "askul_connect.server", "askul_connect.supplier"),
    *("zeep", "zeep.transports", "zeep.wsdl", "urllib3", "urllib3.connectionpool", "requests", "http.client"),
    *("sqlalchemy", "sqlalchemy.engine", "sqlalchemy.engine.Engine", "sqlalchemy.pool", "alembic"),
    *("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi", "litestar", "asyncio", "click", "argon2"),
)

#: What only has to be known by its form, planted as a library or a plugin could write it; `{}` is the canary.
HEADERS = (
    "Authorization: Bearer {}",
    "authorization: bearer {}",
    "AUTHORIZATION : Basic {}",
    "Authorization: Token {}",
    'Authorization: Digest username="u", realm="r", response="{}"',
    "authorization={}",
    "Proxy-Authorization: Basic {}",
    "{{'Authorization': 'Token {}', 'x': '1'}}",
    "(b'authorization', b'Negotiate {}')",
    "X-Api-Key: {}",
    "Cookie: a=1; sid={}",
    "Set-Cookie: sid={}; Secure",
)
BODIES = (
    "<ns:password>{}</ns:password>",
    '<sessionToken xmlns="urn:x">{}</sessionToken>',
    "<password><![CDATA[{}<]]></password>",
    '{{"new_password": "{}"}}',
    '{{\\"client_secret\\": \\"{}\\"}}',
    "LoginRequest(login_id='x', password='{}')",
    "password={}&login_id=1",
    "temporary_password: '{}'",
)
URLS = (
    "postgresql://user:{}@db.example.com/askul",
    "postgresql+psycopg://user:p@{}/x@db/askul",
    "https://user:{}@proxy.example.com:3128",
    "https://supplier.example.com/soap/1?token={}",
)
PERSONAL = (
    ("e-mail address", "kanarienvogel.{}@example.co.jp"),
    ("e-mail address in angle brackets", "Kanari <kanarienvogel+{}@mail.example.com>"),
)
FIXED = {
    "telephone": "03-4427-7313",
    "mobile": "090-4427-7314",
    "mobile without hyphens": "08044277315",
    "international": "+81 3-4427-7316",
    "free call": "0120-442-7317",
    "card": "4539 5787 6362 1486",
    "card without spaces": "5425233430109903",
    "card of 15 digits": "378282246310005",
}

_REQUEST = HttpRequest(method="GET", url="https://supplier.example.com/", headers={})
_numbers = count(1)


def canary() -> str:
    """A text that occurs nowhere else; long enough for every rule about tokens, good enough for every password."""
    return f"Kanari-{next(_numbers):02}-zwitscher-Qx7"


@attrs.define
class Aviary:
    """The canaries by what they are, and all that was written."""

    birds: dict[str, str] = attrs.field(factory=dict)
    written: list[str] = attrs.field(factory=list)

    def plant(self, what: str, text: str = "") -> str:
        """A new canary; or a text that is one."""
        assert what not in self.birds
        self.birds[what] = text or canary()
        return self.birds[what]

    def escaped(self) -> list[str]:
        """What was planted and can be read in what was written."""
        everything = "\n".join(self.written)
        return [what for what, bird in self.birds.items() if bird in everything]


@pytest.fixture
def aviary() -> Aviary:
    return Aviary()


@contextmanager
def logged(aviary: Aviary, directory: Path) -> Iterator[None]:
    """Everything at DEBUG, as text, as JSON and into the file of failures, and afterwards what was written."""
    with ExitStack() as opened:
        streams = [io.StringIO(), io.StringIO()]
        for stream, as_json in zip(streams, (False, True), strict=True):
            opened.enter_context(logging_to(stream, as_json=as_json, quiet=False, directory=directory))
        opened.enter_context(at_debug())
        try:
            yield
        finally:
            aviary.written += [stream.getvalue() for stream in streams]
            kept = directory / "data" / FAILURE_LOG
            aviary.written.append(kept.read_text(encoding="utf-8") if kept.exists() else "")


@contextmanager
def at_debug() -> Iterator[None]:
    loggers = [logging.getLogger(), *(logging.getLogger(name) for name in LOGGERS)]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory whose supplier has opened the account."""
    directory = tmp_path_factory.mktemp("made") / "supplier"
    runner = CliRunner()
    assert runner.invoke(application, ["--directory", str(directory), "init", "--quiet"]).exit_code == 0
    file = directory / "askul-connect.toml"
    text = file.read_text(encoding="utf-8").replace("items = 2400", "items = 40")
    file.write_text(text, encoding="utf-8")
    assert runner.invoke(application, ["--directory", str(directory), "run", "--quiet"]).exit_code == 0
    return directory


@pytest.fixture
def directory(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "supplier"))


@contextmanager
def served(directory: Path) -> Iterator[tuple[str, str]]:
    server = SupplierServer(load_settings(directory), "askul")
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server.address, server.json_address
    finally:
        server.stop()
        thread.join(20)
        assert not thread.is_alive()


def callers(addresses: tuple[str, str]) -> Mapping[str, OperationCaller]:
    soap, api = addresses
    return {
        "SOAP": SoapCaller(HttpTransport(), wsdl=f"{soap}?wsdl", address=soap),
        "JSON": JsonCaller(HttpTransport(), address=api),
    }


def secret_of(directory: Path, name: str) -> str:
    return (directory / "secrets" / "askul" / name).read_text(encoding="utf-8").strip()


def opened(aviary: Aviary, directory: Path) -> None:
    """A served supplier opens the account at its first start, with everybody whom the configuration names."""
    for what, text in (
        ("representative", "見本 太郎"),
        ("administrator", "見本 花子"),
        ("buyer", "見本 次郎"),
        ("account's address", "soumu@example.co.jp"),
        ("account's telephone", "03-0000-0000"),
    ):
        aviary.plant(what, text)
    CliRunner().invoke(application, ["--directory", str(directory), "init", "--quiet"])
    file = directory / "askul-connect.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("items = 2400", "items = 40"), encoding="utf-8")
    assert all(bird in file.read_text(encoding="utf-8") for bird in aviary.birds.values())
    with served(directory):
        pass
    aviary.plant("password of the first steps", secret_of(directory, "administrator-password"))
    aviary.plant("temporary password of the letter", secret_of(directory, "temporary-password"))


def people(aviary: Aviary, directory: Path, addresses: tuple[str, str]) -> None:
    """Logins, right and wrong, a user, passwords and a credential, over both faces; refusals are looked at too."""
    number = aviary.plant("customer's password", secret_of(directory, "administrator-password"))
    password = Secret(number)
    for face, caller in callers(addresses).items():

        def refused(
            operation: Any, request: Any, token: Secret | None = None, caller: OperationCaller = caller
        ) -> None:
            with pytest.raises(AskulConnectError) as caught:
                caller.call(operation, request, token=token)
            aviary.written += [str(caught.value), repr(caught.value)]

        who = secret_of(directory, "customer-number")
        wrong = Secret(aviary.plant(f"wrong password over {face}"))
        refused(operations.LOGIN, login.LoginRequest(login_id=who, password=wrong))
        mistyped = aviary.plant(f"login id over {face}", f"wer.{canary()}@example.co.jp".replace("-", ""))
        refused(operations.LOGIN, login.LoginRequest(login_id=mistyped, password=wrong))
        unknown = Secret(aviary.plant(f"session token over {face} that is none"))
        refused(operations.LIST_USERS, accounts.ListUsersRequest(), unknown)
        session = caller.call(operations.LOGIN, login.LoginRequest(login_id=who, password=password))
        token = session.session_token
        aviary.plant(f"session token over {face}", token.reveal())
        weak = Secret(aviary.plant(f"new password over {face} that is refused", f"kanari{face.lower()}weak"))
        refused(
            operations.CHANGE_PASSWORD,
            login.ChangePasswordRequest(login_id=who, current_password=password, new_password=weak),
            token,
        )
        user = caller.call(
            operations.ADD_USER,
            accounts.AddUserRequest(
                email=aviary.plant(f"user's address over {face}", f"u{face.lower()}.kanari@example.co.jp"),
                name=aviary.plant(f"user's name over {face}", f"金糸雀{face}子"),
                role=account_entities.Role.BUYER,
            ),
            token=token,
            idempotency_key=f"user over {face}",
        )
        temporary = caller.call(
            operations.ISSUE_TEMPORARY_PASSWORD,
            login.IssueTemporaryPasswordRequest(user_id=user.user_id),
            token=token,
        )
        aviary.plant(f"temporary password over {face}", temporary.temporary_password.reveal())
        credential = caller.call(
            operations.ISSUE_CLIENT_CREDENTIAL,
            login.IssueClientCredentialRequest(label=f"kanari {face}", operations=("ListOrders",)),
            token=token,
        )
        aviary.plant(f"client credential over {face}", credential.credential.reveal())
        aviary.written += [repr(session), repr(temporary), repr(credential), repr(caller)]
        caller.close()


def broken(aviary: Aviary, addresses: tuple[str, str]) -> None:
    """Requests that nobody of ours would write: the faces refuse them and say why."""
    soap, api = addresses
    begin = (
        "<soap:Envelope xmlns:soap='http://schemas.xmlsoap.org/soap/envelope/'><soap:Body>"
        "<Login xmlns='urn:askul-connect:supplier:1'>"
    )
    end = "</Login></soap:Body></soap:Envelope>"
    texts = [
        f"{begin}<password>{aviary.plant('in broken XML')}",
        f"{begin}<password>{aviary.plant('in an unknown element')}</password><pin>1</pin>{end}",
    ]
    for text in texts:
        answer = requests.post(soap, data=text.encode(), headers={"content-type": "text/xml"}, timeout=10)
        assert answer.status_code in {400, 500}
        aviary.written.append(answer.text)
    bodies = [
        f'{{"login_id": 1, "password": "{aviary.plant("in broken JSON")}"',
        f'{{"login_id": "1", "password": ["{aviary.plant("in JSON of another type")}"]}}',
        f'{{"login_id": "1", "password": "x", "pin": "{aviary.plant("in an unknown member")}"}}',
    ]
    for body in bodies:
        answer = requests.post(
            f"{api}/Login",
            data=body,
            headers={
                "content-type": "application/json",
                "authorization": f"Bearer {aviary.birds['in broken XML']}",
            },
            timeout=10,
        )
        assert answer.status_code == 400
        aviary.written.append(answer.text)


def refused_places(aviary: Aviary, monkeypatch: pytest.MonkeyPatch, directory: Path) -> None:
    """References of the configuration, a proxy and a database that cannot be reached: the command line says why."""
    proxy = aviary.plant("password of a proxy")
    transport = HttpTransport(
        HttpSettings(proxy=f"http://user:{proxy}@127.0.0.1:9", connect_timeout=1, read_timeout=1)
    )
    aviary.written.append(repr(transport))
    request = attrs.evolve(_REQUEST, headers={"authorization": f"Bearer {proxy}"})
    aviary.written.append(repr(request))
    with pytest.raises(AskulConnectError) as caught:
        transport.send(request)
    aviary.written += ["".join(traceback.format_exception(caught.value)), str(caught.value)]
    transport.close()
    file = directory / "askul-connect.toml"
    text = file.read_text(encoding="utf-8")
    database = aviary.plant("password of a database")
    monkeypatch.setenv("KANARI_DB", f"postgresql://user:{database}@127.0.0.1:9/askul")
    monkeypatch.setenv("KANARI_TOKEN", aviary.plant("secret of an environment variable"))
    (directory / "secrets" / "kanari").write_text(aviary.plant("secret of a file"), encoding="utf-8")
    changed = (
        text.replace('url = "sqlite:///data/buyer.sqlite3"', 'url = "env:KANARI_DB"')
        .replace("metrics_from = []", 'metrics_token = "file:secrets/kanari"')
        .replace('credential = "file:secrets/askul.credential"', 'credential = "env:KANARI_TOKEN"')
    )
    assert changed.count("KANARI") == 2
    plain = aviary.plant("secret written where a reference belongs")
    for configuration in (changed, changed.replace("env:KANARI_TOKEN", plain)):
        file.write_text(configuration, encoding="utf-8")
        for arguments in (
            ["run"],
            ["--json", "run"],
            ["--log-json", "orders"],
            ["doctor"],
            ["db", "check"],
        ):
            result = CliRunner().invoke(application, ["--directory", str(directory), *arguments])
            assert result.exit_code
            aviary.written += [result.stdout, result.stderr]
        with suppress(AskulConnectError):
            aviary.written.append(repr(load_settings(directory)))
    file.write_text(text, encoding="utf-8")


def what_others_log(aviary: Aviary) -> None:
    """The forms in which a library, a plugin or a defect could log one, at every level and in every place."""
    forms = [*HEADERS, *BODIES, *URLS]
    for number, form in enumerate(forms):
        text = form.format(aviary.plant(f"form {form}"))
        log = logging.getLogger(LOGGERS[number % len(LOGGERS)])
        log.debug(text)
        log.debug("sent %r and %s", {"x": text}, text.encode())
        log.warning("refused", extra={"correlation_id": text, "code": text})
        _fail(log, text)
    for what, form in PERSONAL:
        bird = aviary.plant(what, canary().replace("-", ""))
        _fail(logging.getLogger("zeep"), form.format(bird))
    for what, text in FIXED.items():
        aviary.plant(what, text)
        logging.getLogger("sqlalchemy.engine").info("[parameters] %r", (text, 1))
        _fail(logging.getLogger("uvicorn.error"), f"of {text}, they say")


def _fail(log: logging.Logger, text: str) -> None:
    """An exception with causes, and one whose traceback shows the locals of each frame."""
    try:
        _raise(text)
    except KeyError as error:
        log.exception("it failed, says %s", text)
        shown = traceback.TracebackException.from_exception(error, capture_locals=True)
        log.warning("with locals:\n%s", "".join(shown.format()))


def _raise(text: str) -> None:
    try:
        int(text)
    except ValueError as error:
        raise KeyError({"body": text}) from error


@pytest.mark.spec("SRV-5")
def test_no_canary_is_written_anywhere(
    aviary: Aviary, directory: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    with logged(aviary, directory):
        opened(aviary, directory.parent / "fresh")
        with served(directory) as addresses:
            people(aviary, directory, addresses)
            broken(aviary, addresses)
        refused_places(aviary, monkeypatch, directory)
        what_others_log(aviary)
    aviary.written += capfd.readouterr()

    assert len(aviary.birds) >= 50
    assert aviary.escaped() == []
    # and the loggers did write: every library that was asked for, and both sides
    log = aviary.written[-4]
    seen = {json.loads(line)["logger"].partition(".")[0] for line in log.splitlines()}
    assert seen >= {"askul_connect", "urllib3", "sqlalchemy", "alembic", "uvicorn", "zeep", "litestar"}


def test_a_canary_that_flies_is_seen(aviary: Aviary, tmp_path: Path) -> None:
    with logged(aviary, tmp_path):
        logging.getLogger("zeep").debug("%s sings", aviary.plant("a plain one"))

    assert aviary.escaped() == ["a plain one"]


def test_what_is_no_secret_stays_readable() -> None:
    line = (
        "purchase order 0188:7010705000725:PO-2026-0001 of 2026-04-01 placed as 4012345678, 61,402 JPY,"
        " item 4901234567894, trace 0192f0c1-0120-7abc-8000-0123456789ab, http://127.0.0.1:8437/soap/1"
    )

    assert redacted(line) == line
