"""What a plugin is given: everything a stranger's supplier or ERP needs, and nothing of ours beneath it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from attrs import frozen

from askul_connect.core.domain.secrets import Secret
from askul_connect.core.ports.channel import Channel, SupplierConnection
from askul_connect.core.ports.system import Clock
from askul_connect.plugins.connections import ConnectionSettings


@frozen(kw_only=True)
class ReferenceRules:
    """How a supplier built on the reference supplier differs from it.

    Attributes:
        price_permille: Its price level, in thousandths of the sample catalog's list prices.
        defaults: Values of the ``supplier`` table that its configuration need not name (name, party,
            registration_number, postcode, address, ...).
    """

    price_permille: int = 1_000
    defaults: Mapping[str, object] | None = None


class Toolkit(Protocol):
    """First argument of every factory."""

    @property
    def directory(self) -> Path:
        """The directory of the configuration."""
        ...

    @property
    def clock(self) -> Clock:
        """The time: the system's, or a simulation's."""
        ...

    @property
    def logger(self) -> logging.Logger:
        """A logger of the one tree, under the plugin's own name."""
        ...

    def secret(self, reference: str, *, key: str) -> Secret:
        """The secret that ``env:NAME`` or ``file:PATH`` refers to.

        Raises:
            ConfigurationError: There is none; names the configuration key given.
        """
        ...

    def soap_channel(self, address: str, credential: Secret) -> Channel:
        """A channel to a supplier that speaks our operations over SOAP at an address (TLS, or loopback).

        Raises:
            PartnerUnreachable: (at the first call) its WSDL cannot be fetched.
        """
        ...

    def reference_supplier(self, connection: ConnectionSettings, rules: ReferenceRules) -> SupplierConnection:
        """The reference supplier, in this process or at the connection's address, with other rules.

        Raises:
            ConfigurationError: An option of the connection is not accepted.
        """
        ...
