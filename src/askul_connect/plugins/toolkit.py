"""What a plugin is given: everything a stranger's supplier or ERP needs, and nothing of ours beneath it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from attrs import Attribute, field, frozen, validators

from askul_connect.core.domain import mapping as tables
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.policies.passwords import PasswordPolicy
from askul_connect.core.ports.channel import Capability, Channel, SupplierConnection
from askul_connect.core.ports.system import Clock
from askul_connect.core.ports.transport import Transport
from askul_connect.plugins.connections import ConnectionSettings

#: Keys of a connection's ``supplier`` table that a plugin may have its own defaults for; all are texts but ``items``.
DEFAULTED_KEYS = ("name", "party", "registration_number", "postcode", "address", "seed", "items")


def _is_a_level(_instance: object, _attribute: Attribute[int], level: int) -> None:
    if type(level) is not int or level < 1:
        message = f"price_permille is a whole number from 1 up, not {level!r}; 1000 is the catalog's price"
        raise ValueError(message)


def _are_defaults(
    _instance: object, _attribute: Attribute[Mapping[str, object]], defaults: Mapping[str, object]
) -> None:
    for key, value in defaults.items():
        if key not in DEFAULTED_KEYS:
            message = f"no default can be given for {key!r}; accepted: {', '.join(DEFAULTED_KEYS)}"
            raise ValueError(message)
        if type(value) is not (int if key == "items" else str):
            message = (
                f"the default of {key!r} is {'a whole number' if key == 'items' else 'a text'}, not {value!r}"
            )
            raise ValueError(message)


@frozen(kw_only=True)
class ReferenceRules:
    """How a supplier built on the reference supplier differs from it.

    Attributes:
        price_permille: Its price level, in thousandths of the sample catalog's list prices.
        password_policy: The policy of its customers' passwords where the configuration names none; None for the
            reference supplier's.
        defaults: Values of the ``supplier`` table that its configuration need not name, by
            :data:`DEFAULTED_KEYS`; for the others those of the reference supplier hold.
        lacks: What a connection to it does not offer, though the reference supplier would (INT-1).

    Raises:
        ValueError: The price level is below 1, or a default has an unknown key or another type.
        TypeError: The password policy is none, or what it lacks is no frozenset of capabilities.
    """

    price_permille: int = field(default=1_000, validator=_is_a_level)
    password_policy: PasswordPolicy | None = field(
        default=None, validator=validators.optional(validators.instance_of(PasswordPolicy))
    )
    defaults: Mapping[str, object] = field(factory=dict, validator=_are_defaults)
    lacks: frozenset[Capability] = field(
        factory=frozenset,
        validator=validators.deep_iterable(
            validators.instance_of(Capability), validators.instance_of(frozenset)
        ),
    )


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
        """A logger below ``askul_connect``; what goes there is redacted and never printed by itself."""
        ...

    def secret(self, reference: str, *, key: str) -> Secret:
        """The secret that ``env:NAME`` or ``file:PATH`` refers to.

        Raises:
            ConfigurationError: There is none; names the configuration key given.
        """
        ...

    def http(self) -> Transport:
        """Connections to one partner over HTTP: TLS is verified, redirects are not followed, every wait has an end.

        Whoever takes it closes it.
        """
        ...

    def mapping_tables(self) -> tables.Mapping:
        """The integrator's tables of ``erp/mapping``; a file that is missing is an empty table.

        Raises:
            ConfigurationError: A table is not accepted; names file, row, column and what is accepted.
        """
        ...

    def soap_channel(
        self, address: str, credential: Secret, *, connection: ConnectionSettings | None = None
    ) -> Channel:
        """A channel to a supplier that speaks our operations over SOAP at an address (TLS, or loopback).

        Args:
            address: Of the supplier.
            credential: Of our account there.
            connection: Whose time-outs, proxy and authorities are used; the usual ones without it.

        Raises:
            ConfigurationError: The connection's proxy or authorities cannot be used.
            PartnerUnreachable: (at the first call) its WSDL cannot be fetched.
        """
        ...

    def reference_supplier(self, connection: ConnectionSettings, rules: ReferenceRules) -> SupplierConnection:
        """The reference supplier, in this process or at the connection's address, with other rules.

        Raises:
            ConfigurationError: An option of the connection is not accepted.
        """
        ...
