"""Looking at the ways by which a supplier in this process tells something, without telling anything (SUP-4)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from askul_connect.adapters.security.system import RandomIds, SystemClock
from askul_connect.bootstrap.reference_options import InProcessOptions
from askul_connect.bootstrap.toolkit import ProjectToolkit
from askul_connect.core.errors import ConfigurationError
from askul_connect.core.ports.notices import Look, Looking
from askul_connect.core.services.supplier.posting import FILE_NOTIFIER
from askul_connect.plugins.connections import NotifierSettings
from askul_connect.plugins.manager import PluginManager
from askul_connect.settings import Settings


def notifier_looks(
    settings: Settings, plugins: PluginManager, name: str, options: InProcessOptions
) -> Iterator[tuple[str, Look]]:
    """What there is to look at, each with its name: every notifier, and where security alerts go.

    Args:
        settings: Of the directory.
        plugins: Those installed.
        name: Of the supplier's connection.
        options: Of the supplier.
    """
    clock = SystemClock()
    toolkit = ProjectToolkit(
        settings=settings, plugins=plugins, clock=clock, ids=RandomIds(clock), say=lambda _step, _text: None
    )
    for one in options.notifiers:
        yield f"notifier {name} {one.name}", partial(_look_at_notifier, toolkit, one)
    yield f"security contact {name}", partial(_look_at_security_contact, name, options)


def _look_at_notifier(toolkit: ProjectToolkit, settings: NotifierSettings) -> str:
    kind = toolkit.plugins.notifier(settings.name, key=f"suppliers.{settings.connection}.supplier.notify")
    # making it reads its table and its secrets
    made = kind.connect(toolkit, settings)
    return made.look() if isinstance(made, Looking) else "is made; it has no look of its own"


def _look_at_security_contact(name: str, options: InProcessOptions) -> str:
    key = f"suppliers.{name}.supplier.security_email"
    if options.security_email:
        return f"security alerts go to {options.security_email}"
    nowhere = f"none: security alerts are files only, in data/{name}-notices"
    if any(one.name != FILE_NOTIFIER for one in options.notifiers):
        raise ConfigurationError(nowhere, where=key)
    return f"{nowhere}; {key} names one"
