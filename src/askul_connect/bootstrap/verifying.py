"""``verify``: whether a directory or a backup is whole and agrees with itself (REL-9)."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TypeVar

from attrs import field, frozen

from askul_connect.adapters.backup.folder import BackupReader
from askul_connect.adapters.backup.manifest import TableDigest
from askul_connect.adapters.backup.rows import write_tables
from askul_connect.bootstrap import workspace
from askul_connect.bootstrap.inspection import Finding, archive_of, databases_of
from askul_connect.bootstrap.reference import KEY_NAME, known_key, seal_key_of
from askul_connect.bootstrap.restoring import fill_directory, opened_buyer, opened_supplier
from askul_connect.core.domain.hold import Hold
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import AskulConnectError, BackupDamaged, SchemaOutOfDate
from askul_connect.core.ports.archive import DatabaseArchive
from askul_connect.core.ports.buyer_storage import BuyerUnitOfWork
from askul_connect.core.ports.supplier_storage import SupplierStorage, SupplierUnitOfWork
from askul_connect.core.services.buyer.auditing import (
    audit_ledger,
    audit_matches,
    audit_outbox,
    orders_by_supplier,
)
from askul_connect.core.services.buyer.desk import Progress
from askul_connect.core.services.holding import hold_in
from askul_connect.core.services.supplier.audit_trail import check_chains
from askul_connect.core.services.supplier.auditing import audit_feeds, audit_orders, known_orders
from askul_connect.core.services.units import run_unit
from askul_connect.plugins.kinds import Side
from askul_connect.plugins.manager import PluginManager
from askul_connect.settings import Settings, load_settings

U = TypeVar("U")

_STEP = "verify"
_BACKUP = "backup"
_SHOWN = 5
_REMEDY = "restore the last backup that verifies, and keep this one for whoever looks into it"
_BUYER_AUDITS: tuple[tuple[str, Callable[[BuyerUnitOfWork], Iterable[str]]], ...] = (
    ("ledger", audit_ledger),
    ("outbox", audit_outbox),
    ("matches", audit_matches),
)
_SUPPLIER_AUDITS: tuple[tuple[str, Callable[[SupplierUnitOfWork], Iterable[str]]], ...] = (
    ("feeds", audit_feeds),
    ("orders", audit_orders),
)


@frozen(kw_only=True)
class DatabaseDigest:
    """The rows of a database: equal digests are equal data, whichever kind of database holds them."""

    database: str
    schema: str
    tables: tuple[TableDigest, ...]


@frozen(kw_only=True)
class Verification:
    """What was found.

    Attributes:
        on_hold: When the backup was taken that this is a copy of; empty unless it is on hold.
    """

    findings: tuple[Finding, ...]
    databases: tuple[DatabaseDigest, ...]
    on_hold: str = ""

    @property
    def ok(self) -> bool:
        """Whether all is well."""
        return all(finding.ok for finding in self.findings)


def verify(
    settings: Settings, *, progress: Callable[[Progress], None] = lambda _progress: None
) -> Verification:
    """Check a directory: its databases by themselves, with themselves and with each other.

    Each check is one unit of work; a SQLite database is not written by anybody else meanwhile.

    Raises:
        ConfigurationError: A database is not accepted.
        PluginFailed: A kind of database cannot be verified.
    """
    plugins = workspace.installed_plugins()
    verifier = _Verifier(plugins=plugins, directory=settings.directory)
    for label, url, side in databases_of(settings, plugins):
        progress(Progress(step=_STEP, text=label))
        if verifier.look_at_rows(label, archive_of(plugins, url, side)):
            verifier.look_inside(label, url, side)
    return Verification(
        findings=tuple(verifier.findings),
        databases=tuple(verifier.digests),
        on_hold=next(iter(verifier.holds), ""),
    )


@frozen(kw_only=True)
class _Verifier:
    """Looks at one database after the other, the buyer's first, and notes what it found.

    Attributes:
        directory: Of the configuration.
        known: Numbers of the orders that the buyer knows, by supplier connection.
    """

    plugins: PluginManager
    directory: Path
    findings: list[Finding] = field(factory=list)
    digests: list[DatabaseDigest] = field(factory=list)
    holds: list[str] = field(factory=list)
    known: dict[str, frozenset[str]] = field(factory=dict)

    def look_at_rows(self, label: str, archive: DatabaseArchive) -> bool:
        """What can be seen without knowing what the rows mean; whether it is worth while to look further."""

        def digest() -> Iterable[str]:
            with archive.snapshot() as snapshot:
                tables = write_tables(snapshot.tables(), None)
                self.digests.append(DatabaseDigest(database=label, schema=snapshot.schema, tables=tables))
            return ()

        readable = self._note(f"{label}: rows", digest)
        self._note(f"{label}: database", archive.examine)
        return readable and bool(self.digests[-1].schema)

    def look_inside(self, label: str, url: Secret, side: Side) -> None:
        """What the rows say."""
        inside = self._buyer if side is Side.BUYER else self._supplier
        self._note(f"{label}: opens", lambda: inside(label, url))

    def _buyer(self, label: str, url: Secret) -> Iterable[str]:
        with opened_buyer(self.plugins, url) as storage:
            self._note_hold(hold_in(storage))
            for name, audit in _BUYER_AUDITS:
                self._note(f"{label}: {name}", partial(run_unit, storage, _listed(audit)))
            self.known.update(run_unit(storage, orders_by_supplier))
        return ()

    def _supplier(self, label: str, url: Secret) -> Iterable[str]:
        name = label.partition(" ")[2]
        orders = self.known.get(name, frozenset())
        with opened_supplier(self.plugins, url) as storage:
            hold = hold_in(storage)
            self._note_hold(hold)
            for audited, audit in _SUPPLIER_AUDITS:
                self._note(f"{label}: {audited}", partial(run_unit, storage, _listed(audit)))
            self._note_seals(label, storage, name, copy=hold is not None)
            there = run_unit(storage, lambda unit: known_orders(unit, orders))
        self._note(
            f"{label}: what the buyer knows",
            lambda: [f"it does not have the order {number}" for number in sorted(orders - there)],
        )
        return ()

    def _note_seals(self, label: str, storage: SupplierStorage, name: str, *, copy: bool) -> None:
        """Whether login history and audit records are as they were sealed.

        The key is a secret, which a backup holds only when it was taken with secrets: in such a copy nobody can tell,
        and it says so. Anywhere else a key that is gone is a finding, as are records that it did not seal.
        """
        key = known_key(self.directory, name)
        sealed = run_unit(storage, lambda unit: len(unit.chains.all()))
        looked = f"{sealed} chains of sealed records"
        if key is None and copy and sealed:
            self.findings.append(
                Finding(
                    name=f"{label}: seals",
                    ok=True,
                    detail=f"{looked} were not looked at: the copy has no key, it was taken without secrets",
                )
            )
            return

        def check() -> list[str]:
            if key is None:
                missing = f"the key of {looked} is missing: secrets/{name}/{KEY_NAME}"
                return [missing] if sealed else []
            report = check_chains(storage, seal_key_of(key))
            return [f"{one.chain}: {one.what}" for one in report.breaks]

        self._note(f"{label}: seals", check)

    def _note_hold(self, hold: Hold | None) -> None:
        if hold is not None:
            self.holds.append(hold.taken_at)

    def _note(self, name: str, check: Callable[[], Iterable[str]]) -> bool:
        try:
            found = list(check())
        except AskulConnectError as error:
            found = [f"{error.where}: {error.detail}" if error.where else error.detail]
        more = f"; and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        detail = "; ".join(found[:_SHOWN]) + more
        self.findings.append(
            Finding(name=name, ok=not found, detail=detail or "all is well", remedy=_REMEDY if found else "")
        )
        return not found


def _listed(audit: Callable[[U], Iterable[str]]) -> Callable[[U], list[str]]:
    """The audit, all of it within its unit of work."""
    return lambda unit: list(audit(unit))


def verify_backup(
    source: Path, *, progress: Callable[[Progress], None] = lambda _progress: None
) -> Verification:
    """Check a backup: every byte, and whether what it restores to agrees with itself.

    It is restored into SQLite below the system's temporary folder, which is removed afterwards.

    Raises:
        UsageError: There is no backup.
        StorageUnavailable: It cannot be read, or the temporary folder not written.
    """

    def say(text: str) -> None:
        progress(Progress(step=_STEP, text=text))

    with tempfile.TemporaryDirectory(prefix="askul-connect-verify-") as folder:
        directory = Path(folder) / "copy"
        try:
            backup = BackupReader(source, say)
            names = [
                entry.name.partition(" ")[2]
                for entry in backup.manifest.databases
                if entry.side == Side.SUPPLIER.value
            ]
            elsewhere = {name: f"sqlite:///data/{name}-supplier.sqlite3" for name in names}
            fill_directory(backup, directory, "sqlite:///data/buyer.sqlite3", elsewhere, say)
        except (BackupDamaged, SchemaOutOfDate) as error:
            where = f"{error.where}: " if error.where else ""
            broken = Finding(name=_BACKUP, ok=False, detail=where + error.detail, remedy=error.remedy.en)
            return Verification(findings=(broken,), databases=())
        manifest = backup.manifest
        detail = (
            f"{len(manifest.files)} files and {len(manifest.databases)} databases of {manifest.taken_at}"
            " are as they were written"
        )
        inner = verify(load_settings(directory), progress=progress)
        whole = Finding(name=_BACKUP, ok=True, detail=detail)
        return Verification(findings=(whole, *inner.findings), databases=inner.databases)
