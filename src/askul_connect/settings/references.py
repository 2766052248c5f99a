"""Secrets and database URLs, which may stand outside the configuration; never shown in a message."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import urlsplit

from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import ConfigurationError

DATABASE_FORMS = "'sqlite:///PATH', 'postgresql://USER:PASSWORD@HOST/NAME', 'env:NAME' or 'file:PATH'"
REFERENCE_FORMS = "'env:NAME' (an environment variable) or 'file:PATH' (a file, relative to the directory)"
PROXY_FORMS = (
    "'http://HOST:PORT' without a user, or, for one with a user and password, 'env:NAME' or 'file:PATH'"
)

#: A dialect of SQLAlchemy, with or without a driver, and whatever that takes.
_ANY_URL = re.compile(r"(?!sqlite|postgresql)[a-z][a-z0-9_]*(\+[a-z][a-z0-9_]*)?://[^\s]+")
_SQLITE = "sqlite:///"
_POSTGRESQL = "postgresql://"


def resolve_secret(reference: str, directory: Path, *, key: str) -> Secret:
    """The secret that a reference leads to.

    Args:
        reference: ``env:NAME`` or ``file:PATH``; a relative path is below the directory.
        directory: The configuration's directory.
        key: Configuration key the reference stands at, for the message.

    Raises:
        ConfigurationError: It is no such reference, or it leads nowhere or to nothing.
    """
    scheme, _, name = reference.partition(":")
    if scheme not in {"env", "file"} or not name:
        raise ConfigurationError(f"{key} is no reference to a secret; accepted: {REFERENCE_FORMS}", where=key)
    if scheme == "env":
        text, source = os.environ.get(name, ""), f"the environment variable {name}"
    else:
        text, source = _secret_file(directory / name, key), f"the file {name}"
    if not text.strip():
        raise ConfigurationError(f"{key} leads to {source}, which is not set or empty", where=key)
    return Secret(text.strip())


def is_proxy_address(text: str, *, with_user: bool = False) -> bool:
    """Whether a text is the address of a proxy.

    Args:
        text: ``http://HOST:PORT`` or ``https://HOST:PORT``.
        with_user: Whether it may hold a user and password.
    """
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    if parts.scheme not in {"http", "https"} or not parts.hostname or port is None:
        return False
    if parts.username is not None and not with_user:
        return False
    return parts.path in {"", "/"} and not parts.query and not parts.fragment


def resolve_proxy(text: str, directory: Path, *, key: str) -> Secret:
    """The address of a proxy, resolved; empty for none.

    Args:
        text: An address, or a reference to one that is kept as a secret.
        directory: The configuration's directory.
        key: Configuration key it stands at, for the message.

    Raises:
        ConfigurationError: The reference leads nowhere, or to no address of a proxy.
    """
    if not text.startswith(("env:", "file:")):
        return Secret(text)
    found = resolve_secret(text, directory, key=key)
    if not is_proxy_address(found.reveal(), with_user=True):
        raise ConfigurationError(f"{key} leads to no address of a proxy; accepted: {PROXY_FORMS}", where=key)
    return found


def resolve_database_url(text: str, directory: Path, *, key: str) -> Secret:
    """The URL of a database, resolved and with an absolute path.

    Args:
        text: A URL, or a reference to one that is kept as a secret.
        directory: The configuration's directory; relative SQLite paths are below it.
        key: Configuration key it stands at, for the message.

    Raises:
        ConfigurationError: It is no URL of a database that is supported, or the reference leads nowhere.
    """
    url = resolve_secret(text, directory, key=key).reveal() if text.startswith(("env:", "file:")) else text
    if url.startswith(_POSTGRESQL) and len(url) > len(_POSTGRESQL):
        return Secret(url)
    path = url.removeprefix(_SQLITE)
    if not url.startswith(_SQLITE) or not path or path.startswith(":") or "?" in path:
        # The text itself is not shown: it may hold a password.
        raise ConfigurationError(f"{key} is no database URL; accepted: {DATABASE_FORMS}", where=key)
    home = directory.resolve()
    found = (home / path).resolve()
    if not Path(path).is_absolute() and not found.is_relative_to(home):
        raise ConfigurationError(
            f"{key} leads out of the directory: {path!r}; accepted: a path below it, or an absolute one",
            where=key,
        )
    return Secret(f"{_SQLITE}{found.as_posix()}")


def resolve_finance_url(text: str, directory: Path, *, key: str) -> Secret:
    """The URL of a database for finance, which may be of any kind that SQLAlchemy has a dialect for.

    Args:
        text: A URL, or a reference to one that is kept as a secret.
        directory: The configuration's directory; relative SQLite paths are below it.
        key: Configuration key it stands at, for the message.

    Raises:
        ConfigurationError: It is no URL, or the reference leads nowhere.
    """
    url = resolve_secret(text, directory, key=key).reveal() if text.startswith(("env:", "file:")) else text
    if url.startswith((_SQLITE, _POSTGRESQL)) or not _ANY_URL.fullmatch(url):
        return resolve_database_url(url, directory, key=key)
    return Secret(url)


def _secret_file(path: Path, key: str) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ConfigurationError(f"{key} leads to {path}, which does not exist", where=key) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"{key} leads to {path}, which cannot be read: {type(error).__name__}", where=key
        ) from error
