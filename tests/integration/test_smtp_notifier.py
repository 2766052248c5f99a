"""Notices by e-mail, against a mail server of this machine (SUP-4)."""

from __future__ import annotations

import email
import json
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from askul_connect.adapters.transports.smtp import SmtpNotifier
from askul_connect.adapters.transports.smtp_settings import smtp_settings
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import ConfigurationError, PartnerRefused, PartnerUnreachable

NOTICE = {
    "schema": 1,
    "event": "password-reset",
    "to": "hanako@example.co.jp",
    "at": "2026-11-02T00:00:00+00:00",
    "key": "K-1",
    "facts": {"expires_at": "2026-11-02T00:30:00+00:00"},
    "secret": "one-time-token",
}


class Mailbox:
    """A server's handler: keeps what was delivered, refuses whom it is told to."""

    def __init__(self) -> None:
        self.received: list[Any] = []
        self.refused: dict[str, str] = {}
        self.data_answer = "250 kept"

    async def handle_RCPT(  # noqa: N802 -- named by aiosmtpd
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 -- same
        if self.data_answer.startswith("250"):
            self.received.append((session, envelope))
        return self.data_answer

    def messages(self) -> list[Any]:
        return [email.message_from_bytes(one.content, policy=default) for _, one in self.received]


@pytest.fixture
def authority(tmp_path: Path) -> trustme.CA:
    made = trustme.CA()
    made.cert_pem.write_to_path(tmp_path / "ca.pem")
    return made


@pytest.fixture
def serve(authority: trustme.CA) -> Iterator[Callable[..., tuple[Mailbox, int]]]:
    """Starts a mail server for a host's name; gives its mailbox and its port."""
    running: list[Controller] = []

    def start(name: str = "localhost", **options: Any) -> tuple[Mailbox, int]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(name).configure_cert(context)
        mailbox = Mailbox()
        security = options.pop("security", "starttls")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        more: dict[str, Any] = {}
        if security == "starttls":
            more = {"tls_context": context, "require_starttls": True}
        if security == "tls":
            more = {"ssl_context": context}
        controller = Controller(mailbox, hostname="127.0.0.1", port=port, **more, **options)
        controller.start()
        running.append(controller)
        return mailbox, port

    yield start
    for controller in running:
        controller.stop()


@pytest.fixture
def notifier(tmp_path: Path) -> Callable[..., SmtpNotifier]:
    def make(port: int, **changes: Any) -> SmtpNotifier:
        options = {
            "host": "localhost",
            "port": port,
            "sender": "noreply@supplier.example.jp",
            "ca": "ca.pem",
            "timeout_seconds": 5,
            **changes,
        }
        return SmtpNotifier(
            smtp_settings(
                options, "k", tmp_path, lambda reference, _key: Secret(reference.removeprefix("s:"))
            )
        )

    return make


def body(**changes: Any) -> str:
    return json.dumps({**NOTICE, **changes}, ensure_ascii=False)


@pytest.mark.spec("SUP-4")
@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_notice_arrives_over_verified_tls(serve: Any, notifier: Any, security: str, language: str) -> None:
    mailbox, port = serve(security=security)
    notifier(port, security=security, language=language).deliver("m-1", body())
    (message,) = mailbox.messages()
    assert message["To"] == "hanako@example.co.jp"
    assert message["From"] == "noreply@supplier.example.jp"
    assert message["Message-ID"] == "<m-1@supplier.example.jp>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Subject"] == (
        "パスワード再設定のご案内" if language == "ja" else "Setting a new password"
    )
    text = message.get_content()
    assert "one-time-token" in text
    assert "one-time-token" not in str(message.items())
    session, _ = mailbox.received[0]
    assert session.ssl is not None or security == "tls"


@pytest.mark.spec("SUP-4")
def test_the_same_notice_again_has_the_same_id(serve: Any, notifier: Any) -> None:
    mailbox, port = serve()
    sender = notifier(port)
    sender.deliver("m-1", body())
    sender.deliver("m-1", body())
    sender.deliver("m-2", body())
    assert [one["Message-ID"] for one in mailbox.messages()] == [
        "<m-1@supplier.example.jp>",
        "<m-1@supplier.example.jp>",
        "<m-2@supplier.example.jp>",
    ]


@pytest.mark.spec("SUP-4")
def test_a_server_that_is_somebody_else_gets_nothing(serve: Any, notifier: Any, tmp_path: Path) -> None:
    for security in ("starttls", "tls"):
        mailbox, port = serve("another.example.jp", security=security)
        with pytest.raises(PartnerUnreachable):
            notifier(port, security=security).deliver("m-1", body())
        stranger = trustme.CA()
        stranger.cert_pem.write_to_path(tmp_path / "stranger.pem")
        good, port = serve(security=security)
        with pytest.raises(PartnerUnreachable):
            notifier(port, security=security, ca="stranger.pem").deliver("m-1", body())
        with pytest.raises(PartnerUnreachable):
            # not one that the system trusts either
            notifier(port, security=security, ca="").deliver("m-1", body())
        assert not mailbox.received
        assert not good.received


@pytest.mark.spec("SUP-4")
def test_without_starttls_nothing_is_said_in_the_clear(serve: Any, notifier: Any) -> None:
    mailbox, port = serve(security="none")
    with pytest.raises(PartnerUnreachable):
        notifier(port).deliver("m-1", body())
    assert not mailbox.received
    notifier(port, security="none").deliver("m-1", body())
    assert len(mailbox.received) == 1


@pytest.mark.spec("SUP-4")
def test_the_login_is_given_only_after_tls(serve: Any, notifier: Any) -> None:
    seen: list[bytes] = []

    def authenticate(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        seen.append(data.password)
        return AuthResult(success=data.password == b"right", handled=False)

    mailbox, port = serve(authenticator=authenticate, auth_required=True, auth_require_tls=True)
    notifier(port, user="u", password="s:right").deliver("m-1", body())
    with pytest.raises(ConfigurationError, match="login") as caught:
        notifier(port, user="u", password="s:wrong").deliver("m-2", body())
    assert "wrong" not in str(caught.value)
    assert set(seen) == {b"right", b"wrong"}
    assert len(mailbox.received) == 1


@pytest.mark.spec("SUP-4")
@pytest.mark.parametrize(
    ("answer", "error"),
    [("550 no such mailbox hanako@example.co.jp", PartnerRefused), ("451 later", PartnerUnreachable)],
)
@pytest.mark.parametrize("at", ["recipient", "data"])
def test_what_the_server_refuses_is_told_apart(
    serve: Any, notifier: Any, answer: str, error: type[Exception], at: str
) -> None:
    mailbox, port = serve()
    if at == "recipient":
        mailbox.refused["hanako@example.co.jp"] = answer
    else:
        mailbox.data_answer = answer
    with pytest.raises(error) as caught:
        notifier(port).deliver("m-1", body())
    assert "hanako" not in str(caught.value)


@pytest.mark.spec("SUP-4")
def test_a_server_that_is_down_or_silent_is_given_up_in_time(notifier: Any) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        port = silent.getsockname()[1]
        began = time.monotonic()
        with pytest.raises(PartnerUnreachable):
            notifier(port, host="127.0.0.1", security="none", timeout_seconds=1).deliver("m-1", body())
        assert time.monotonic() - began < 5
    with pytest.raises(PartnerUnreachable):
        notifier(port, security="none").deliver("m-1", body())


@pytest.mark.spec("SUP-4")
@pytest.mark.parametrize(
    "to",
    [
        "a@example.jp\nBcc: b@example.jp",
        "a@example.jp\r\n",
        "a@example.jp, b@example.jp",
        "a@example.jp\r\nDATA",
        "",
        "<a@example.jp>",
    ],
)
def test_an_address_adds_no_header_and_no_recipient(serve: Any, notifier: Any, to: str) -> None:
    mailbox, port = serve()
    with pytest.raises(PartnerRefused):
        notifier(port).deliver("m-1", body(to=to))
    assert not mailbox.received


@pytest.mark.spec("SUP-4")
def test_facts_stay_in_the_text(serve: Any, notifier: Any) -> None:
    mailbox, port = serve()
    hostile = "1\r\n.\r\nMAIL FROM:<x@example.jp>\r\n\u202e{secret}"
    notifier(port, language="en").deliver("m-1", body(facts={"expires_at": hostile}))
    notifier(port).deliver("m-2", body(event="of-a-plugin", facts={}))
    first, second = mailbox.messages()
    lines = first.get_content().splitlines()
    assert not [one for one in lines if one.startswith((".", "MAIL"))]
    assert "\u202e" not in first.get_content()
    assert "{secret}" in first.get_content()
    assert first["Subject"] == "Setting a new password"
    assert "of-a-plugin" in second.get_content()


@pytest.mark.spec("SUP-4")
@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"host": ""}, "k.host"),
        ({"host": "mail.example.jp", "security": "none"}, "k.security"),
        ({"security": "ssl"}, "k.security"),
        ({"sender": "nobody"}, "k.sender"),
        ({"sender": "a@example.jp\nBcc: b@example.jp"}, "k.sender"),
        ({"port": 0}, "k.port"),
        ({"port": True}, "k.port"),
        ({"timeout_seconds": 1_000}, "k.timeout_seconds"),
        ({"user": "u"}, "k.user"),
        ({"language": "fr"}, "k.language"),
        ({"hots": "x"}, "k.hots"),
    ],
)
def test_options_that_are_not_accepted_are_named(notifier: Any, changes: Any, where: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        notifier(**{"port": 25, **changes})
    assert where in {one.where for one in caught.value.problems}


@pytest.mark.spec("SUP-4")
def test_a_look_logs_in_and_sends_nothing(serve: Any, notifier: Any) -> None:
    def authenticate(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=data.password == b"right", handled=False)

    mailbox, port = serve(authenticator=authenticate, auth_required=True, auth_require_tls=True)
    assert notifier(port, user="u", password="s:right").look() == f"localhost:{port} answers, logged in as u"
    with pytest.raises(ConfigurationError, match="login"):
        notifier(port, user="u", password="s:wrong").look()
    assert not mailbox.received
    other, port = serve("another.example.jp")
    with pytest.raises(PartnerUnreachable):
        notifier(port).look()
    assert not other.received
