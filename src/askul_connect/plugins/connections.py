"""A supplier connection: what the configuration says of it, and what a plugin makes of that."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from askul_connect.core.ports.channel import Channel, InProcessWork


@frozen(kw_only=True)
class NetworkSettings:
    """How the network of one connection is used (INT-12).

    Attributes:
        connect_timeout_seconds: Until a connection stands.
        read_timeout_seconds: Without a byte of the answer.
        answer_timeout_seconds: For the whole answer.
        proxy: Address of an HTTP proxy, or a reference to one with a user and password; empty for none.
        ca_bundle: PEM file of the authorities that are trusted instead of the usual ones; empty for those.
    """

    connect_timeout_seconds: int = 10
    read_timeout_seconds: int = 60
    answer_timeout_seconds: int = 300
    proxy: str = ""
    ca_bundle: str = ""


@frozen(kw_only=True)
class ConnectionSettings:
    """What the configuration says of one supplier connection.

    Attributes:
        name: Its name, the key of its table.
        credential: Reference to the client credential (``env:`` or ``file:``).
        options: The plugin's own keys of the table, unchecked: the plugin validates them and names the key in
            its error.
        network: How it is reached; a plugin hands the whole to the toolkit, which obeys it.
    """

    name: str
    credential: str
    options: Mapping[str, object] = field(repr=False)
    network: NetworkSettings = field(factory=NetworkSettings)


@frozen(kw_only=True)
class ErpConnection:
    """What the configuration says of the ERP.

    Attributes:
        key: Where its table stands, for messages: ``erp.`` and the kind's name.
        options: The keys of that table, unchecked: the plugin validates them and names the key in its error.
    """

    key: str
    options: Mapping[str, object] = field(repr=False, factory=dict)


@frozen(kw_only=True)
class NotifierSettings:
    """What the configuration says of one notifier of a supplier in this process.

    Attributes:
        name: Of the notifier.
        connection: Name of the supplier's connection.
        key: Where its table stands, for messages.
        options: The keys of its table, unchecked: the plugin validates them and names the key in its error.
    """

    name: str
    connection: str
    key: str
    options: Mapping[str, object] = field(repr=False, factory=dict)


@frozen(kw_only=True)
class ProviderSettings:
    """What the configuration says of one authentication provider of a supplier in this process.

    Attributes:
        name: Its name there, which accounts allow and logins ask for.
        connection: Name of the supplier's connection.
        key: Where its table stands, for messages.
        options: The plugin's own keys of the table, unchecked: the plugin validates them and names the key in its
            error.
    """

    name: str
    connection: str
    key: str
    options: Mapping[str, object] = field(repr=False, factory=dict)


@frozen(kw_only=True)
class AdjustmentSettings:
    """What the configuration says of one further rule of prices of a supplier in this process.

    Attributes:
        name: Its name there, which explains its amounts.
        connection: Name of the supplier's connection.
        key: Where its table stands, for messages.
        options: The plugin's own keys of the table, unchecked: the plugin validates them and names the key in its
            error.
    """

    name: str
    connection: str
    key: str
    options: Mapping[str, object] = field(repr=False, factory=dict)


@frozen(kw_only=True)
class CardSettings:
    """What the configuration says of the card provider of a supplier in this process.

    Attributes:
        connection: Name of the supplier's connection.
        key: Where its table stands, for messages.
        options: The plugin's own keys of the table, unchecked: the plugin validates them and names the key in its
            error.
    """

    connection: str
    key: str
    options: Mapping[str, object] = field(repr=False, factory=dict)


@frozen(kw_only=True)
class Connection:
    """Implements the ``SupplierConnection`` port for a plugin that has only a channel to give.

    Attributes:
        channel: The way to the supplier.
        work: What the supplier does by itself, if it runs in this process.
    """

    channel: Channel
    work: InProcessWork | None = None

    def close(self) -> None:
        """Close the channel."""
        self.channel.close()
