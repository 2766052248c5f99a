"""A supplier's notices by e-mail, over verified TLS (SUP-4)."""

from __future__ import annotations

import json
import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from email.utils import format_datetime
from typing import Any

from askul_connect.adapters.transports.smtp_settings import Security, SmtpSettings
from askul_connect.core.domain.identifiers import normalise_email
from askul_connect.core.errors import (
    ConfigurationError,
    PartnerRefused,
    PartnerUnreachable,
    ValueInvalid,
)
from askul_connect.core.policies.notice_texts import notice_text

_PERMANENT = 500
#: Facts of a notice that stand beside its ``facts``.
_BESIDE = ("number", "subject", "secret", "at")


class SmtpNotifier:
    """Sends each notice as a message of its own; satisfies ``NoticeSink``, thread-safe.

    The same notice again has the same ``Message-ID``, by which mail programs know it for a repeat.
    """

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings

    def deliver(self, message_id: str, body: str) -> None:
        """Send one notice.

        Raises:
            PartnerRefused: The server refuses the recipient or the message for good.
            PartnerUnreachable: The server cannot be reached, does not prove who it is, or asks to come back later.
            ConfigurationError: It does not accept our login.
        """
        message = self._message(message_id, json.loads(body))
        with self._session() as session:
            session.send_message(message)

    def look(self) -> str:
        """Reach the server, let it prove who it is and log in; nothing is sent.

        Raises:
            PartnerUnreachable: It cannot be reached, or does not prove who it is.
            ConfigurationError: It does not accept our login.
        """
        settings = self._settings
        with self._session() as session:
            session.noop()
        login = f", logged in as {settings.user}" if settings.user else ""
        return f"{settings.host}:{settings.port} answers{login}"

    def _message(self, message_id: str, notice: Mapping[str, Any]) -> EmailMessage:
        facts = {str(name): str(fact) for name, fact in notice.get("facts", {}).items()}
        facts |= {name: str(notice[name]) for name in _BESIDE if name in notice and name not in facts}
        language = facts.get("language", "")
        english = language == "en" if language else self._settings.english
        subject, text = notice_text(str(notice["event"]), facts, english=english)
        message = EmailMessage(policy=WIRE)
        try:
            message["From"] = self._settings.sender
            # an address with a line break would add headers of its own
            message["To"] = _one_address(str(notice["to"]))
            message["Subject"] = subject
            message["Date"] = format_datetime(datetime.fromisoformat(notice["at"]))
            message["Message-ID"] = f"<{message_id}@{self._settings.sender.rpartition('@')[2]}>"
            # so that no absence note answers it
            message["Auto-Submitted"] = "auto-generated"
            message.set_content(text)
        except (ValueInvalid, MessageError, ValueError, TypeError) as error:
            raise PartnerRefused(
                f"the notice cannot be addressed: {type(error).__name__}", where=self._settings.host
            ) from None
        return message

    @contextmanager
    def _session(self) -> Iterator[smtplib.SMTP]:
        settings = self._settings
        try:
            with self._connected() as session:
                if settings.user:
                    session.login(settings.user, settings.password.reveal())
                yield session
        except smtplib.SMTPAuthenticationError as error:
            raise ConfigurationError(
                f"{settings.host} does not accept our login ({error.smtp_code})", where=settings.host
            ) from None
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            raise self._said(max(codes, default=_PERMANENT), "the recipient") from None
        except smtplib.SMTPResponseException as error:
            raise self._said(error.smtp_code, "the message") from None
        except (smtplib.SMTPException, OSError) as error:
            # a server without STARTTLS, and one that is somebody else, are like none at all
            raise PartnerUnreachable(
                f"{settings.host}:{settings.port} cannot be mailed through: {type(error).__name__}",
                where=settings.host,
            ) from error

    def _said(self, code: int, what: str) -> PartnerRefused | PartnerUnreachable:
        # the server's own words may hold the address; the code is enough
        detail = f"{self._settings.host} refuses {what} ({code})"
        if code >= _PERMANENT:
            return PartnerRefused(detail, where=self._settings.host)
        return PartnerUnreachable(detail, where=self._settings.host)

    def _connected(self) -> smtplib.SMTP:
        settings = self._settings
        if settings.security is Security.TLS:
            return smtplib.SMTP_SSL(
                settings.host, settings.port, timeout=settings.timeout_seconds, context=self._tls()
            )
        session = smtplib.SMTP(settings.host, settings.port, timeout=settings.timeout_seconds)
        if settings.security is Security.STARTTLS:
            try:
                session.starttls(context=self._tls())
            except BaseException:
                session.close()
                raise
        return session

    def _tls(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=str(self._settings.ca) if self._settings.ca else None)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context


def _one_address(address: str) -> str:
    if any(not character.isprintable() for character in address):
        raise ValueInvalid("an address is one line")
    return normalise_email(address)
