"""What the demo needs of an ERP plugin before there is any directory."""

from __future__ import annotations

from askul_connect.bootstrap import workspace
from askul_connect.core.ports.transport import Transport
from askul_connect.plugins.kinds import ErpKind


def erp_kind(name: str, *, key: str) -> ErpKind:
    """The kind of ERP with a name.

    Raises:
        ConfigurationError: No plugin offers it; says which there are.
        PluginFailed: A plugin cannot be used.
    """
    return workspace.installed_plugins().erp(name, key=key)


def outbound_http() -> Transport:
    """Connections over HTTP, as a toolkit gives them."""
    from askul_connect.adapters.transports.http import HttpTransport

    return HttpTransport()
