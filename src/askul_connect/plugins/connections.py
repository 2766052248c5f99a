"""A supplier connection: what the configuration says of it, and what a plugin makes of that."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from askul_connect.core.ports.channel import Channel, InProcessWork


@frozen(kw_only=True)
class ConnectionSettings:
    """What the configuration says of one supplier connection.

    Attributes:
        name: Its name, the key of its table.
        credential: Reference to the client credential (``env:`` or ``file:``).
        options: The plugin's own keys of the table, unchecked: the plugin validates them and names the key in
            its error.
    """

    name: str
    credential: str
    options: Mapping[str, object] = field(repr=False)


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
