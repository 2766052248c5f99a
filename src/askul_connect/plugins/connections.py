"""What the configuration says of a supplier connection."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen


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
