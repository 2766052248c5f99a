"""Notifiers of a configuration: found by name, given their table, held to their port (SUP-4)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from askul_connect.bootstrap.inspection import diagnose
from askul_connect.bootstrap.serving import supplier_of
from askul_connect.cli.application import application
from askul_connect.core.domain.orders import Channel
from askul_connect.core.errors import ConfigurationError, PluginFailed
from askul_connect.core.messages.tickets import OpenTicketRequest
from askul_connect.core.operations.support import OPEN_TICKET
from askul_connect.core.ports.faces import Call
from askul_connect.settings import load_settings

PLUGIN = """
from askul_connect import NotifierKind, hookimpl

class Room:
    def __init__(self, path):
        self.path = path
    def deliver(self, message_id, body):
        {deliver}

def connect(toolkit, settings):
    {connect}
    return Room(toolkit.directory / str(settings.options.get("room", "room")))

@hookimpl
def askul_connect_notifiers():
    return [NotifierKind(name="chat", summary="a test", connect=connect)]
"""


def plugin(deliver: str = "self.path.write_text(body)", connect: str = "pass") -> str:
    return PLUGIN.format(deliver=deliver, connect=connect)


@pytest.fixture
def configured(tmp_path: Path) -> Callable[[str, str], Path]:
    """A directory whose supplier notifies as it is told to."""

    def make(notify: str, tables: str = "") -> Path:
        home = tmp_path / "home"
        done = CliRunner().invoke(application, ["--directory", str(home), "init", "--quiet"])
        assert done.exit_code == 0, done.output
        file = home / "askul-connect.toml"
        text = file.read_text("utf-8")
        heading = "[suppliers.askul.supplier]\n"
        assert heading in text
        file.write_text(text.replace(heading, f"{heading}{notify}\n") + f"\n{tables}\n", "utf-8")
        return home

    return make


def tell(home: Path) -> Any:
    """Open a ticket at the supplier, and let it do its own work; the message of the outbox."""
    supplier = supplier_of(load_settings(home), "askul")
    try:
        request = OpenTicketRequest(
            message="x", company="c", contact_name="n", contact_email="a@example.jp", contact_phone="1"
        )
        supplier.dispatcher.dispatch(OPEN_TICKET, request, Call(channel=Channel.IN_PROCESS))
        supplier.automation.work()
        with supplier.storage.begin() as unit:
            return unit.outbox.all()[-1]
    finally:
        supplier.close()


def in_files(home: Path) -> list[str]:
    return [
        json.loads(one.read_text("utf-8"))["event"]
        for one in (home / "data" / "askul-notices").glob("*.json")
    ]


@pytest.mark.spec("SUP-4")
def test_without_a_word_notices_are_files(configured: Any) -> None:
    home = configured("")
    assert tell(home).state == "sent"
    assert "ticket-opened" in in_files(home)


@pytest.mark.spec("SUP-4")
def test_a_plugins_notifier_gets_its_table_and_every_notice(configured: Any, install: Any) -> None:
    install(plugin(), prelude="")
    home = configured('notify = ["chat", "file"]', '[suppliers.askul.supplier.notifiers.chat]\nroom = "here"')
    assert tell(home).state == "sent"
    assert json.loads((home / "here").read_text("utf-8"))["event"] == "ticket-opened"
    assert "ticket-opened" in in_files(home)


@pytest.mark.spec("SUP-4")
def test_a_plugins_defect_is_its_own(configured: Any, install: Any) -> None:
    install(plugin(deliver="raise KeyError('oops')"), prelude="")
    home = configured('notify = ["chat", "file"]')
    message = tell(home)
    assert message.state == "pending"
    assert message.last_error.startswith("chat: plugin-failed: the plugin 'acme'")
    assert "ticket-opened" in in_files(home)


@pytest.mark.spec("SUP-4")
@pytest.mark.parametrize("connect", ["raise KeyError('oops')", "return object()"])
def test_a_notifier_that_cannot_be_made_is_named(configured: Any, install: Any, connect: str) -> None:
    install(plugin(connect=connect), prelude="")
    home = configured('notify = ["chat"]')
    with pytest.raises(PluginFailed, match="acme"):
        supplier_of(load_settings(home), "askul")


@pytest.mark.spec("SUP-4")
@pytest.mark.parametrize(
    ("notify", "tables", "said"),
    [
        ('notify = ["pigeon"]', "", "'pigeon'"),
        ("notify = []", "", "empty"),
        ('notify = ["file", "file"]', "", "twice"),
        ('notify = "file"', "", "an array"),
        ('notify = ["file"]', "[suppliers.askul.supplier.notifiers.smtp]\nhost = 'x'", "smtp"),
        ('notify = ["file"]', "[suppliers.askul.supplier.notifiers.file]\nfolder = 'x'", "folder"),
        ('notify = ["smtp"]', "", "host"),
        ('security_email = "nobody"', "", "security_email"),
    ],
)
def test_what_is_not_accepted_is_named(configured: Any, notify: str, tables: str, said: str) -> None:
    home = configured(notify, tables)
    with pytest.raises(ConfigurationError, match=said):
        supplier_of(load_settings(home), "askul")


@pytest.mark.spec("AUTH-9", "SUP-4")
@pytest.mark.parametrize(
    ("keys", "well", "said"),
    [
        ("", True, "files only"),
        ('security_email = "soc@supplier.example.jp"', True, "soc@supplier.example.jp"),
        ('notify = ["file", "chat"]', False, "files only"),
        ('notify = ["file", "chat"]\nsecurity_email = "soc@supplier.example.jp"', True, "soc@supplier"),
    ],
)
def test_doctor_says_where_security_alerts_go(
    configured: Any, install: Any, keys: str, well: bool, said: str
) -> None:
    install(plugin(), prelude="")
    found = {one.name: one for one in diagnose(configured(keys))}["security contact askul"]
    assert found.ok is well
    assert said in found.detail


def looked(home: Path, name: str) -> Any:
    return {one.name: one for one in diagnose(home)}[f"notifier askul {name}"]


@pytest.mark.spec("SUP-4")
def test_doctor_looks_at_the_folder_of_notices_and_leaves_nothing(configured: Any) -> None:
    home = configured("")
    found = looked(home, "file")
    assert (found.ok, found.detail) == (True, f"{home / 'data' / 'askul-notices'} can be written")
    assert not (home / "data" / "askul-notices").exists()
    # a file stands where the folder should be
    (home / "data").mkdir(exist_ok=True)
    (home / "data" / "askul-notices").write_text("x", "utf-8")
    found = looked(home, "file")
    assert not found.ok
    assert "cannot be written" in found.detail
    assert found.remedy


@pytest.mark.spec("SUP-4")
def test_doctor_misses_the_secret_of_a_mail_server(configured: Any) -> None:
    table = """[suppliers.askul.supplier.notifiers.smtp]
host = "localhost"
port = 9
sender = "noreply@supplier.example.jp"
user = "u"
password = "file:secrets/smtp.password"
"""
    home = configured('notify = ["smtp"]', table)
    found = looked(home, "smtp")
    assert not found.ok
    assert "suppliers.askul.supplier.notifiers.smtp.password" in found.detail
    (home / "secrets" / "smtp.password").write_text("p", "utf-8")
    (home / "secrets" / "smtp.password").chmod(0o600)
    found = looked(home, "smtp")
    # the secret is there; nobody listens at that port
    assert not found.ok
    assert "localhost:9 cannot be mailed through" in found.detail


@pytest.mark.spec("SUP-4")
@pytest.mark.parametrize(
    ("method", "well", "said"),
    [
        ("", True, "no look of its own"),
        ("def look(self): return 'the room is there'", True, "the room is there"),
        ("def look(self): raise KeyError('oops')", False, "the plugin 'acme'"),
        ("def look(self): return 7", False, "returned a int"),
    ],
)
def test_doctor_asks_a_plugins_notifier(
    configured: Any, install: Any, method: str, well: bool, said: str
) -> None:
    text = plugin().replace("    def deliver", f"    {method}\n    def deliver")
    install(text, prelude="")
    found = looked(configured('notify = ["chat"]'), "chat")
    assert found.ok is well
    assert said in found.detail
