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


class _Reader:
    """Reads the keys one by one and notes what is wrong."""

    def __init__(self, options: Mapping[str, object], key: str) -> None:
        self._options = options
        self._key = key
        self.findings = Findings(key)
        for name in options:
            if name not in _KEYS:
                self.wrong(name, f"is unknown; accepted: {', '.join(_KEYS)}")

    def wrong(self, name: str, detail: str) -> None:
        self.findings.add(ConfigurationError, detail, where=f"{self._key}.{name}")

    def text(self, name: str, default: str = "") -> str:
        value = self._options.get(name, default)
        if not isinstance(value, str) or not value.isprintable():
            self.wrong(name, "is no text on one line")
            return default
        return value.strip()

    def number(self, name: str, default: int, most: int) -> int:
        value = self._options.get(name, default)
        if type(value) is not int or not 1 <= value <= most:
            self.wrong(name, f"is not accepted; accepted: a whole number from 1 to {most}")
            return default
        return value

    def choice(self, name: str, accepted: tuple[str, ...]) -> str:
        value = self.text(name, accepted[0])
        if value not in accepted:
            self.wrong(name, f"is {value!r}; accepted: {', '.join(accepted)}")
            return accepted[0]
        return value

    def host(self) -> str:
        host = self.text("host")
        if not host or any(character.isspace() for character in host):
            self.wrong("host", "is missing or no host's name")
        return host

    def sender(self) -> str:
        try:
            return normalise_email(self.text("sender"))
        except ValueInvalid:
            self.wrong("sender", "is missing or no e-mail address")
            return ""


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
    reader = _Reader(options, key)
    host, sender, ca = reader.host(), reader.sender(), reader.text("ca")
    security = Security(reader.choice("security", tuple(Security)))
    if security is Security.NONE and not _is_loopback(host):
        reader.wrong(
            "security", "is 'none', which is accepted on this machine only (127.0.0.1, ::1, localhost)"
        )
    user, reference = reader.text("user"), reader.text("password")
    if bool(user) != bool(reference):
        reader.wrong("user", "and password belong together")
    port = reader.number("port", 465 if security is Security.TLS else 587, _MOST_PORT)
    seconds = reader.number("timeout_seconds", 20, _MOST_SECONDS)
    language = reader.choice("language", ("ja", "en"))
    if reader.findings:
        raise reader.findings.error()
    return SmtpSettings(
        host=host,
        port=port,
        security=security,
        sender=sender,
        user=user,
        password=secret(reference, f"{key}.password") if reference else Secret(""),
        ca=directory / ca if ca else None,
        timeout_seconds=seconds,
        english=language == "en",
    )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
