"""How the partner of one connection is reached: time-outs, proxy, authorities (INT-12)."""

from __future__ import annotations

import ssl
from pathlib import Path

from askul_connect.adapters.transports.http import HttpSettings, HttpTransport
from askul_connect.core.errors import ConfigurationError
from askul_connect.plugins.connections import ConnectionSettings, NetworkSettings
from askul_connect.settings.references import resolve_proxy


def http_transport(connection: ConnectionSettings | None, directory: Path) -> HttpTransport:
    """The way to the partner of a connection; with the usual settings where none is given.

    Raises:
        ConfigurationError: Its proxy or its authorities cannot be used.
    """
    network = connection.network if connection else NetworkSettings()
    key = f"suppliers.{connection.name if connection else ''}.network"
    return HttpTransport(
        HttpSettings(
            connect_timeout=network.connect_timeout_seconds,
            read_timeout=network.read_timeout_seconds,
            longest_answer=network.answer_timeout_seconds,
            ca_bundle=_authorities(network.ca_bundle, directory, key=f"{key}.ca_bundle"),
            proxy=resolve_proxy(network.proxy, directory, key=f"{key}.proxy").reveal(),
        )
    )


def _authorities(path: str, directory: Path, *, key: str) -> str:
    """The absolute path of a file of authorities, which was read once."""
    if not path:
        return ""
    file = directory / path
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(cafile=str(file))
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError(
            f"{key} leads to {file}, which holds no certificates in PEM form: {type(error).__name__}",
            where=key,
        ) from None
    return str(file)
