"""Looking at an installation and a directory without working in it: plugins, schemas, and whether all is fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path

from attrs import frozen

from askul_connect.adapters.security.system import SystemClock
from askul_connect.bootstrap.notifying import notifier_looks
from askul_connect.bootstrap.reference_options import InProcessOptions, reference_options
from askul_connect.bootstrap.workspace import installed_plugins
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import AskulConnectError, ConfigurationError, PluginFailed
from askul_connect.core.ports.archive import DatabaseArchive
from askul_connect.plugins.kinds import SchemaState, Side
from askul_connect.plugins.manager import PluginInfo, PluginManager
from askul_connect.settings import Settings, load_settings, resolve_secret

#: A clock before this program was written is wrong.
_EARLIEST = datetime.fromisoformat("2026-01-01T00:00:00+00:00")


@frozen(kw_only=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        detail: What was found.
        remedy: What to do; empty when all is well.
    """

    name: str
    ok: bool
    detail: str
    remedy: str = ""


def plugin_report(settings: Settings | None) -> tuple[PluginInfo, ...]:
    """What the plugins of this installation offer.

    Args:
        settings: A configuration whose kinds must be among them; None looks at the installation only.

    Raises:
        PluginFailed: A plugin cannot be used.
        ConfigurationError: The configuration names a kind that nobody offers.
    """
    plugins = installed_plugins()
    if settings is not None:
        plugins.erp(settings.erp.kind, key="erp.kind")
        for name, supplier in settings.suppliers.items():
            plugins.supplier(supplier.kind, key=f"suppliers.{name}.kind")
    return plugins.infos()


def databases_of(settings: Settings, plugins: PluginManager) -> Iterator[tuple[str, Secret, Side]]:
    """Label, URL and side of each database of a configuration, the buyer's first."""
    yield "buyer", settings.database_url, Side.BUYER
    for name, options in _suppliers_here(settings, plugins):
        yield f"supplier {name}", options.database, Side.SUPPLIER


def _suppliers_here(settings: Settings, plugins: PluginManager) -> Iterator[tuple[str, InProcessOptions]]:
    """Name and options of each supplier that is the reference supplier in this process."""
    for name, supplier in settings.suppliers.items():
        rules = plugins.supplier(supplier.kind, key=f"suppliers.{name}.kind").rules
        if rules is None:
            # not built on the reference supplier: what it has is its own affair
            continue
        connection = supplier.connection
        options = reference_options(connection, rules, settings.directory, settings.buyer.party)
        if options.in_process is not None:
            yield name, options.in_process


def _schemas(
    settings: Settings, act: Callable[[PluginManager, Secret, Side], SchemaState]
) -> tuple[tuple[str, str, str], ...]:
    plugins = installed_plugins()
    found = []
    for label, url, side in databases_of(settings, plugins):
        state = act(plugins, url, side)
        found.append((label, state.place, state.text))
    return tuple(found)


def archive_of(plugins: PluginManager, url: Secret, side: Side) -> DatabaseArchive:
    """A database as something to copy.

    Raises:
        PluginFailed: Its kind of database cannot be copied.
    """
    kind = plugins.storage(scheme_of(url), key="database.url")
    if kind.archive is None:
        raise PluginFailed(f"databases of the kind {kind.name!r} cannot be backed up, restored or verified")
    return kind.archive(url, side)


def scheme_of(url: Secret) -> str:
    """What says which kind of database it is."""
    return url.reveal().partition(":")[0]


def database_check(settings: Settings) -> tuple[tuple[str, str, str], ...]:
    """Label, place and schema state of each database of a configuration; nothing is changed."""
    return _schemas(
        settings,
        lambda plugins, url, side: plugins.storage(scheme_of(url), key="database.url").check(url, side),
    )


def database_upgrade(settings: Settings) -> tuple[tuple[str, str, str], ...]:
    """Bring each database of a configuration to the present schema; label, place and state of each."""
    return _schemas(
        settings,
        lambda plugins, url, side: plugins.storage(scheme_of(url), key="database.url").upgrade(url, side),
    )


def diagnose(directory: Path) -> tuple[Finding, ...]:
    """Look at configuration, plugins, folders, credentials, databases, notifiers and clock, and say what to do."""
    checks: list[Finding] = []

    def check(name: str, look: Callable[[], str]) -> bool:
        try:
            checks.append(Finding(name=name, ok=True, detail=look()))
        except AskulConnectError as error:
            details = "; ".join(f"{p.where}: {p.detail}" if p.where else p.detail for p in error.problems)
            checks.append(Finding(name=name, ok=False, detail=details, remedy=error.remedy.en))
            return False
        return True

    if not check(
        "configuration", lambda: f"{load_settings(directory).directory / 'askul-connect.toml'} is accepted"
    ):
        return tuple(checks)
    settings = load_settings(directory)
    if check("plugins", lambda: f"{len(plugin_report(settings))} offers"):
        plugins = installed_plugins()
        for label, url, side in databases_of(settings, plugins):
            check(f"database {label}", partial(_look_at_schema, plugins, url, side))
        for name, options in _suppliers_here(settings, plugins):
            for label, look in notifier_looks(settings, plugins, name, options):
                check(label, look)
    check("folders", lambda: _look_at_folders(settings))
    for name, supplier in settings.suppliers.items():
        check(f"credential {name}", partial(_look_at_credential, settings, name, supplier.credential))
    check("clock", lambda: _look_at_clock(settings))
    return tuple(checks)


def _look_at_schema(plugins: PluginManager, url: Secret, side: Side) -> str:
    state = plugins.storage(scheme_of(url), key="database.url").check(url, side)
    if not state.up_to_date:
        raise ConfigurationError(f"{state.place}: {state.text}; run 'askul-connect db upgrade'")
    return f"{state.place}: {state.text}"


def _look_at_folders(settings: Settings) -> str:
    folders = [settings.directory / "erp" / name for name in ("in", "mapping", "budgets", "receipts")]
    missing = [str(folder) for folder in folders if not folder.is_dir()]
    if missing:
        raise ConfigurationError(f"missing: {', '.join(missing)}; 'askul-connect init' makes a new directory")
    return f"{settings.directory / 'erp'} is complete"


def _look_at_credential(settings: Settings, name: str, reference: str) -> str:
    key = f"suppliers.{name}.credential"
    path = settings.directory / reference.removeprefix("file:")
    supplier = settings.suppliers[name]
    kind = installed_plugins().supplier(supplier.kind, key=f"suppliers.{name}.kind")
    # only the reference supplier, in this process, opens our account by itself
    made_here = kind.rules is not None and not supplier.options.get("address")
    if reference.startswith("file:") and made_here and not path.exists():
        return f"{reference} is made at the first run"
    resolve_secret(reference, settings.directory, key=key)
    return f"{reference} is there"


def _look_at_clock(settings: Settings) -> str:
    now = SystemClock().now()
    if now < _EARLIEST:
        raise ConfigurationError(f"the system's clock says {now:%Y-%m-%d}; set it")
    if settings.clock.start is not None:
        return f"simulated, from {settings.clock.start.isoformat()}"
    return f"the system's, {now:%Y-%m-%d %H:%M} UTC"
