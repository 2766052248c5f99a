"""The options of the e-mail notifier, checked as a whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path

from attrs import field, frozen

from askul_connect.core.domain.findings import Findings
from askul_connect.core.domain.identifiers import normalise_email
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import ConfigurationError, ValueInvalid

_KEYS = ("host", "port", "security", "sender", "user", "password", "ca", "timeout_seconds", "language")
_MOST_PORT = 65_535
_MOST_SECONDS = 120


class Security(StrEnum):
    """How the connection is protected; ``NONE`` never leaves this machine."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@frozen(kw_only=True)
class SmtpSettings:
    """A mail server and what we say to it.

    Attributes:
        sender: The address that notices come from.
        user, password: Empty for a server that asks for none.
        ca: PEM file of the authorities to trust instead of the system's; None for the system's.
        english: Whether texts are English where a notice does not say.
    """

    host: str
    port: int
    security: Security
    sender: str
    user: str = ""
    password: Secret = field(factory=lambda: Secret(""))
    ca: Path | None = None
    timeout_seconds: int = 20
    english: bool = False


def smtp_settings(
    options: Mapping[str, object], key: str, directory: Path, secret: Callable[[str, str], Secret]
) -> SmtpSettings:
    """Read the options.

    Args:
        options: The table of the configuration.
        key: Where it stands.
        directory: Relative paths are below it.
        secret: From a reference and its key to the secret.

    Raises:
        ConfigurationError: A key is missing, unknown or its value not accepted; all findings are listed.
    """
    findings = Findings(key)

    def wrong(name: str, detail: str) -> None:
        findings.add(ConfigurationError, detail, where=f"{key}.{name}")

    def text(name: str, default: str = "") -> str:
        value = options.get(name, default)
        if not isinstance(value, str) or not value.isprintable():
            wrong(name, "is no text on one line")
            return default
        return value.strip()

    def number(name: str, default: int, most: int) -> int:
        value = options.get(name, default)
        if type(value) is not int or not 1 <= value <= most:
            wrong(name, f"is not accepted; accepted: a whole number from 1 to {most}")
            return default
        return value

    for name in options:
        if name not in _KEYS:
            wrong(name, f"is unknown; accepted: {', '.join(_KEYS)}")
    host, security, sender = text("host"), text("security", "starttls"), text("sender")
    if not host or any(character.isspace() for character in host):
        wrong("host", "is missing or no host's name")
    if security not in set(Security):
        wrong("security", f"is {security!r}; accepted: starttls, tls, none")
        security = Security.STARTTLS
    if security == Security.NONE and not _is_loopback(host):
        wrong("security", "is 'none', which is accepted on this machine only (127.0.0.1, ::1, localhost)")
    try:
        sender = normalise_email(sender)
    except ValueInvalid:
        wrong("sender", "is missing or no e-mail address")
    user, reference = text("user"), text("password")
    if bool(user) != bool(reference):
        wrong("user", "and password belong together")
    language = text("language", "ja")
    if language not in {"ja", "en"}:
        wrong("language", f"is {language!r}; accepted: ja, en")
    ca = text("ca")
    made = SmtpSettings(
        host=host,
        port=number("port", 465 if security == Security.TLS else 587, _MOST_PORT),
        security=Security(security),
        sender=sender,
        user=user,
        ca=directory / ca if ca else None,
        timeout_seconds=number("timeout_seconds", 20, _MOST_SECONDS),
        english=language == "en",
        password=secret(reference, f"{key}.password") if reference and not findings else Secret(""),
    )
    if findings:
        raise findings.error()
    return made


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
