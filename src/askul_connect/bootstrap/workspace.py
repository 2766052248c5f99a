"""One directory, opened: what integrators import, and what the command line calls."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from datetime import date, datetime
from functools import partial
from pathlib import Path
from types import ModuleType, TracebackType
from typing import NoReturn, Self, TypeVar, cast

from askul_connect.adapters import builtin
from askul_connect.adapters.documents.kept_files import DirectoryFiles
from askul_connect.adapters.security.holder import is_gone, this_process
from askul_connect.adapters.security.simulated import RealTimeline, SimulatedClock
from askul_connect.adapters.security.system import RandomIds, SeededIds, SystemClock
from askul_connect.bootstrap.exporting import chosen_writers, finance_writers
from askul_connect.bootstrap.toolkit import ProjectToolkit
from askul_connect.bootstrap.unconnected import Unconnected
from askul_connect.core.domain.purchasing import InvoiceMatch
from askul_connect.core.domain.purges import PurgeEntry
from askul_connect.core.domain.tax import JAPAN_CONSUMPTION_TAX
from askul_connect.core.errors import InternalError, UsageError
from askul_connect.core.ports.buyer_storage import BuyerStorage, BuyerUnitOfWork
from askul_connect.core.ports.channel import SupplierConnection
from askul_connect.core.ports.erp import ErpConnector, IncomingDocument
from askul_connect.core.ports.system import Ids, Timeline
from askul_connect.core.services.buyer.approving import decide
from askul_connect.core.services.buyer.backfilling import BackfillReport, backfill
from askul_connect.core.services.buyer.budget_views import approval_view, approval_views, move_views
from askul_connect.core.services.buyer.budgeting import Recount, recount
from askul_connect.core.services.buyer.decisions import Decided, Decision, give_up, repair, resend
from askul_connect.core.services.buyer.desk import Desk, DeskRules, Progress
from askul_connect.core.services.buyer.explaining import explain
from askul_connect.core.services.buyer.feed_views import feed_views
from askul_connect.core.services.buyer.finance import ExportResult, export_tables
from askul_connect.core.services.buyer.lease import RUN_LEASE, LeasedStorage, give_lease_back, take_lease
from askul_connect.core.services.buyer.match_views import match_views
from askul_connect.core.services.buyer.playbook import FormHead, OutagePlaybook, outage_playbook
from askul_connect.core.services.buyer.purging import PurgeReport, PurgeRules, purge_records
from askul_connect.core.services.buyer.releasing import accept_match
from askul_connect.core.services.buyer.report import RunReport
from askul_connect.core.services.buyer.run import POSITION_FACT, run_desk
from askul_connect.core.services.buyer.syncing import FEEDS
from askul_connect.core.services.buyer.trial import try_desk
from askul_connect.core.services.buyer.views import (
    View,
    budget_views,
    credit_note_views,
    invoice_views,
    message_view,
    order_views,
    outbox_views,
)
from askul_connect.core.services.holding import require_released
from askul_connect.core.services.units import run_unit
from askul_connect.plugins.connections import ErpConnection
from askul_connect.plugins.manager import PluginManager
from askul_connect.settings import Settings, load_settings

T = TypeVar("T")


def installed_plugins(*more: ModuleType) -> PluginManager:
    """The plugins of this installation, the built-in ones through the same hooks.

    Args:
        more: Modules with hooks that are not installed.

    Raises:
        PluginFailed: One of them cannot be used.
    """
    return PluginManager([builtin, *more])


def _silent(_progress: Progress) -> None:
    """Nobody watches."""


def _tell(progress: Callable[[Progress], None], step: str, text: str) -> None:
    progress(Progress(step=step, text=text))


class _Unconnected:
    """In place of an ERP that is not asked."""

    def __getattr__(self, name: str) -> NoReturn:
        raise InternalError(f"the ERP is not connected, but {name} was asked of it")


class Workspace:
    """A directory with its configuration, its ERP, its suppliers and its databases.

    Not thread-safe; a second run on the same directory is refused while this one holds its lease (INT-12).
    Close it, or use it in a ``with`` statement.

    Args:
        settings: Of :func:`askul_connect.load_settings`.
        over_http: Whether suppliers of this process are reached over a socket of this machine instead of memory.
        plugins: Modules with hooks that are not installed, such as a test's.

    Raises:
        ConfigurationError: A plugin is not there or an option is not accepted.
        SchemaOutOfDate: A database has another schema version.
        StorageUnavailable: A database cannot be opened.
    """

    def __init__(
        self, settings: Settings, *, over_http: bool = False, plugins: Sequence[ModuleType] = ()
    ) -> None:
        self.settings = settings
        self._over_http = over_http
        self._plugins = installed_plugins(*plugins)
        self._storage = self._open_storage()
        try:
            self._timeline, self._ids = self._time()
        except BaseException:
            self._storage.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Release the database."""
        self._storage.close()

    def run(self, *, trial: bool = False, progress: Callable[[Progress], None] = _silent) -> RunReport:
        """Do the main job: purchase orders out, documents back, budgets and matches kept.

        Args:
            trial: Check everything and ask the suppliers, but store, send and move nothing.
            progress: Told each step while it works.

        Returns:
            What was done; ``exit_code`` says how it ended.

        Raises:
            DirectoryBusy: Another run holds the directory.
            CopyOnHold: The directory is a restored copy that was not told to resume.
            ConfigurationError: Configuration, mapping tables or budgets are not accepted.
            OurError: Our own storage or the ERP's place fails; what was done before is kept.
        """
        # before a supplier is connected to: even opening a connection asks it for something
        run_unit(self._storage, require_released)
        if trial:
            # what changes nothing needs no lease either
            with self._desk(progress, self._storage, trial=True) as desk:
                return try_desk(desk)
        with self._leased() as leased, self._desk(progress, leased) as desk:
            return run_desk(desk)

    def export(
        self,
        form: str = "",
        to: str = "",
        *,
        trial: bool = False,
        progress: Callable[[Progress], None] = _silent,
    ) -> Sequence[ExportResult]:
        """Write the tables for finance, as a run does at its end (INT-7).

        Args:
            form: ``csv``, ``parquet`` or ``sql``; empty for all that the configuration says.
            to: A folder, or for ``sql`` the URL of a database or a reference to it; empty for the configured place.
            trial: Only say what would be written.
            progress: Told what has been read.

        Returns:
            For each place what became of each table.

        Raises:
            UsageError: There is no such form, or nothing says where to.
            ConfigurationError: What the form needs is not installed, or the URL is none.
            StorageUnavailable: The place cannot be written; what was there before still is.
            SchemaOutOfDate: A newer program wrote it, or it is another program's.
        """
        writers = chosen_writers(self.settings, form, to)
        return export_tables(self._storage, writers, trial=trial, say=partial(_tell, progress, "export"))

    def purge(self, *, trial: bool = False, progress: Callable[[Progress], None] = _silent) -> PurgeReport:
        """Remove what is beyond its time of keeping (INT-12).

        Args:
            trial: Only say what would be removed.
            progress: Told how far it is.

        Raises:
            DirectoryBusy: A run holds the directory.
            CopyOnHold: The directory is a restored copy that was not told to resume.
            StorageUnavailable: Storage or a file fails; what was removed stays removed, and the next purge goes on.
        """
        rules = PurgeRules(
            retention=self.settings.retention,
            zone=self.settings.buyer.zone,
            now=self._timeline.now(),
            purge_id=self._ids.new("purge", self._timeline.now().isoformat()),
            holder=this_process(),
        )
        files = DirectoryFiles(directory=self.settings.directory, zone=self.settings.buyer.zone)
        say = partial(_tell, progress, "purge")
        if trial:
            return purge_records(self._storage, files, rules, trial=True, say=say)
        run_unit(self._storage, require_released)
        with self._leased() as leased:
            return purge_records(leased, files, rules, say=say)

    def backfill(
        self,
        supplier: str,
        feeds: Sequence[str] = (),
        *,
        since: date | None = None,
        trial: bool = False,
        progress: Callable[[Progress], None] = _silent,
    ) -> BackfillReport:
        """Read lists of a supplier again from their beginning, also while a run goes on (INT-5).

        Interrupted, it goes on where it stopped when it is called again in the same way.

        Args:
            supplier: Name of the connection.
            feeds: ``orders``, ``confirmations``, ``ship_notices``, ``invoices``; all if none is named.
            since: Store only what is dated on that day or later, or has no date.
            trial: Say what would change, and store nothing.
            progress: Told each page while it works.

        Raises:
            UsageError: There is no such supplier or list.
            DirectoryBusy: Another back-fill of this supplier is at work.
            CapabilityMissing: The supplier does not offer a list that was named.
            PartnerError: The supplier cannot be read; what was stored before is kept.
        """
        self._require_supplier(supplier)
        unknown = set(feeds) - {feed.name for feed in FEEDS}
        if unknown:
            names = ", ".join(feed.name for feed in FEEDS)
            raise UsageError(f"there is no list {min(unknown)!r}; accepted: {names}", where="feed")
        run_unit(self._storage, require_released)
        if trial:
            with self._desk(progress, self._storage, trial=True) as desk:
                return backfill(desk, supplier, feeds, since=since, trial=True)
        with self._leased(f"back-fill of {supplier}") as leased, self._desk(progress, leased) as desk:
            return backfill(desk, supplier, feeds, since=since)

    def _require_supplier(self, supplier: str) -> None:
        if supplier not in self.settings.suppliers:
            names = ", ".join(sorted(self.settings.suppliers))
            raise UsageError(f"there is no supplier {supplier!r}; accepted: {names}", where="supplier")

    @contextmanager
    def _leased(self, name: str = RUN_LEASE) -> Iterator[LeasedStorage]:
        """The storage, held against others of the same kind."""
        # a lease lives in real time, also where the business runs in simulated time
        clock, holder = SystemClock(), this_process()
        take_lease(self._storage, holder, clock.now(), is_gone, name=name)
        try:
            yield LeasedStorage(storage=self._storage, holder=holder, now=clock.now, name=name)
        finally:
            give_lease_back(self._storage, holder, name=name)

    def feeds(self) -> Sequence[View]:
        """Every list of every supplier: what is stored, what the supplier spoke of, how it is read."""
        return self._read(lambda unit: feed_views(unit, sorted(self.settings.suppliers)))

    def purges(self) -> Sequence[PurgeEntry]:
        """Every purge there was, also one that was interrupted."""
        return self._read(lambda unit: unit.purges.all())

    def orders(self) -> Sequence[View]:
        """Every order of the history; amounts in minor units, prices and rates as decimal strings."""
        return self._read(order_views)

    def invoices(self) -> Sequence[View]:
        """Every invoice with the match of each line."""
        return self._read(invoice_views)

    def credit_notes(self) -> Sequence[View]:
        """Every credit note with the match of each line."""
        return self._read(credit_note_views)

    def budgets(self) -> Sequence[View]:
        """Every budget and where it stands, in minor units."""
        return self._read(budget_views)

    def budget_moves(self, number: str = "") -> Sequence[View]:
        """The moves of the ledger in the order they were made, or those of one purchase order or requisition."""
        return self._read(lambda unit: move_views(unit, number))

    def budget_approvals(self, *, everything: bool = False) -> Sequence[View]:
        """What waits for a person because its budget has too little, or everything that ever did."""
        return self._read(lambda unit: approval_views(unit, everything=everything))

    def decide_budget(
        self, number: str, *, approved: bool, by: str, comment: str = "", trial: bool = False
    ) -> View:
        """Approve or refuse what waits under a number; the next run does what follows.

        Args:
            number: Of a purchase order, requisition or invoice, or its key.
            approved: Whether it may go on.
            by: Who says so.
            comment: Told to the ERP with a refusal.
            trial: Say what the answer would be, and keep nothing.

        Raises:
            UsageError: Nothing waits under that number, or several things do.
            DirectoryBusy: A run holds the directory.
            CopyOnHold: The directory is a restored copy that was not told to resume.
        """
        with nullcontext(self._storage) if trial else self._leased() as storage:
            desk = self._unconnected(storage)
            return approval_view(decide(desk, number, approved=approved, by=by, comment=comment, trial=trial))

    def recount_budgets(self, *, put_right: bool = False) -> Recount:
        """Count what every line holds from the documents alone, and compare it with the sums of its moves.

        Args:
            put_right: Append the moves that are missing.

        Raises:
            DirectoryBusy: A run holds the directory, and moves are to be appended.
        """
        if not put_right:
            return recount(self._unconnected(self._storage))
        with self._leased() as storage:
            return recount(self._unconnected(storage), put_right=True)

    def outbox(self) -> Sequence[View]:
        """Every outgoing message and its state."""
        return self._read(outbox_views)

    def matches(self, *, everything: bool = False) -> Sequence[View]:
        """Every invoice line that is not booked, with each difference and what to do; or every line."""
        return self._read(lambda unit: match_views(unit, everything=everything))

    def explain(self, number: str, *, supplier: str = "") -> View:
        """Why an invoice, an order or a purchase order came out as it did (INT-10).

        Raises:
            NumberUnknown: Nothing has that number.
        """
        return self._read(lambda unit: explain(unit, _rules(self.settings), number, supplier))

    def accept_match(
        self,
        invoice_number: str,
        line_number: str,
        *,
        reason: str,
        decided_by: str,
        supplier: str = "",
        trial: bool = False,
    ) -> InvoiceMatch:
        """Book an invoice line that does not match, because a person decides so (INT-4).

        Args:
            invoice_number: The invoice.
            line_number: Its line, by its number in the invoice.
            reason: Why; kept, with the person and the time.
            decided_by: Who.
            supplier: Whose invoice, where several suppliers have that number.
            trial: Check everything, but book nothing.

        Raises:
            ValueInvalid: Reason or person is blank or too long.
            NumberUnknown: There is no such invoice or line.
            NumberAmbiguous: Several suppliers have an invoice with that number.
            MatchNotAccepted: The line is booked already, was not matched yet, or belongs to no purchase order.
            DirectoryBusy: A run holds the directory.
            CopyOnHold: The directory is a restored copy that was not told to resume.
        """
        run_unit(self._storage, require_released)
        # what books a line needs no supplier
        with (
            nullcontext(self._storage) if trial else self._leased() as storage,
            self._desk(_silent, storage, trial=trial, suppliers=()) as desk,
        ):
            return accept_match(
                desk,
                invoice_number,
                line_number,
                reason=reason,
                decided_by=decided_by,
                supplier=supplier,
                trial=trial,
            )

    def message(self, name: str) -> View:
        """One outgoing message with everything that is known about it.

        Args:
            name: Its id, its business key, or the number of its purchase order or document.

        Raises:
            UsageError: There is none of that name, or there are several.
        """
        return self._read(lambda unit: message_view(unit, name))

    def resend(
        self, name: str, decision: Decision, *, progress: Callable[[Progress], None] = _silent
    ) -> Decided:
        """Let a message go with the next run; approves an order that was held (INT-6).

        Raises:
            UsageError: There is no such message, or it is over.
            DirectoryBusy: A run holds the directory.
            CopyOnHold: The directory is a restored copy that was not told to resume.
        """
        return self._decide(decision, progress, lambda desk: resend(desk, name, decision))

    def give_up(
        self, name: str, decision: Decision, *, progress: Callable[[Progress], None] = _silent
    ) -> Decided:
        """Let a message never leave; an order's budget is free again (INT-6).

        Raises:
            UsageError: There is no such message, it is over, or it may have been executed.
            DirectoryBusy: A run holds the directory.
            CopyOnHold: The directory is a restored copy that was not told to resume.
        """
        return self._decide(decision, progress, lambda desk: give_up(desk, name, decision))

    def repair(
        self,
        name: str,
        decision: Decision,
        document: IncomingDocument | None = None,
        *,
        progress: Callable[[Progress], None] = _silent,
    ) -> Decided:
        """Make an order anew from its document, with the mapping tables as they are now (INT-6).

        Args:
            name: Of the message.
            decision: Who, and why.
            document: The purchase order's document; the one that waits in the ERP if none is given.
            progress: Told what was done.

        Raises:
            UsageError: There is no such message, it is over, or nothing would be different.
            CallerError: The document cannot be read or translated, or the budget does not allow it.
            DirectoryBusy: A run holds the directory.
            CopyOnHold: The directory is a restored copy that was not told to resume.
        """
        # where rules choose between suppliers, these are asked what they have
        connected = bool(self.settings.routing.suppliers)
        if connected:
            self._read(require_released)
        return self._decide(
            decision, progress, lambda desk: repair(desk, name, decision, document), connected=connected
        )

    def _decide(
        self,
        decision: Decision,
        progress: Callable[[Progress], None],
        work: Callable[[Desk], Decided],
        *,
        connected: bool = False,
    ) -> Decided:
        if decision.trial:
            with self._desk(progress, self._storage, trial=True, connected=connected) as desk:
                return work(desk)
        with self._leased(RUN_LEASE) as leased, self._desk(progress, leased, connected=connected) as desk:
            return work(desk)

    def playbook(self, supplier: str, head: FormHead, items: Mapping[str, int]) -> OutagePlaybook:
        """What to do while a supplier does not work, from this directory's database alone (SUP-3)."""
        return self._read(lambda unit: outage_playbook(unit, supplier, head, items))

    def _read(self, view: Callable[[BuyerUnitOfWork], T]) -> T:
        return run_unit(self._storage, view)

    def _open_storage(self) -> BuyerStorage:
        url = self.settings.database_url
        scheme = url.reveal().partition(":")[0]
        return self._plugins.storage(scheme, key="database.url").open_buyer(url)

    def _time(self) -> tuple[Timeline, Ids]:
        clock = self.settings.clock
        if clock.start is None:
            system = SystemClock()
            return RealTimeline(system), RandomIds(system)
        position = run_unit(self._storage, lambda unit: unit.facts.get(POSITION_FACT))
        simulated = SimulatedClock(datetime.fromisoformat(position) if position else clock.start)
        return simulated, SeededIds(clock.seed, simulated)

    @contextmanager
    def _desk(
        self,
        progress: Callable[[Progress], None],
        storage: BuyerStorage,
        *,
        trial: bool = False,
        suppliers: Iterable[str] | None = None,
        connected: bool = True,
    ) -> Iterator[Desk]:
        settings = self.settings
        names = settings.suppliers if suppliers is None else suppliers
        toolkit = ProjectToolkit(
            settings=settings,
            plugins=self._plugins,
            clock=self._timeline,
            ids=self._ids,
            say=lambda step, text: progress(Progress(step=step, text=text)),
            trial=trial,
            over_http=self._over_http,
        )
        kind = self._plugins.erp(settings.erp.kind, key="erp.kind")
        connection = ErpConnection(key=f"erp.{settings.erp.kind}", options=settings.erp.options)
        with ExitStack() as opened:
            erp = kind.connect(toolkit, connection)
            opened.callback(erp.close)
            connected_to: dict[str, SupplierConnection] = {
                name: self._connect(toolkit, name, opened) if connected else Unconnected(name=name)
                for name in names
            }
            yield Desk(
                rules=_rules(settings),
                storage=storage,
                erp=erp,
                suppliers=connected_to,
                finance=finance_writers(settings),
                timeline=self._timeline,
                ids=self._ids,
                progress=progress,
            )

    def _unconnected(self, storage: BuyerStorage) -> Desk:
        """A desk for what concerns our own database alone: a restored copy has one too, and a supplier may be down."""
        return Desk(
            rules=_rules(self.settings),
            storage=storage,
            erp=cast("ErpConnector", _Unconnected()),
            suppliers={},
            finance=(),
            timeline=self._timeline,
            ids=self._ids,
            progress=_silent,
        )

    def _connect(self, toolkit: ProjectToolkit, name: str, opened: ExitStack) -> SupplierConnection:
        supplier = self.settings.suppliers[name]
        kind = self._plugins.supplier(supplier.kind, key=f"suppliers.{name}.kind")
        connection = supplier.connection
        made = kind.connect(toolkit, connection)
        opened.callback(made.close)
        return made


def _rules(settings: Settings) -> DeskRules:
    return DeskRules(
        own_party=settings.buyer.party,
        default_supplier=settings.erp.default_supplier,
        zone=settings.buyer.zone,
        ids_repeat=settings.erp.ids_repeat,
        budgets=settings.budgets,
        orders=settings.orders,
        matching=settings.matching,
        outbox=settings.outbox,
        routing=settings.routing,
        tax_table=JAPAN_CONSUMPTION_TAX,
        sync=settings.sync,
    )


def open_workspace(
    directory: Path | str | Settings, *, over_http: bool = False, plugins: Sequence[ModuleType] = ()
) -> Workspace:
    """Open a directory.

    Args:
        directory: A path with an ``askul-connect.toml``, or settings that were loaded already.
        over_http: Whether suppliers of this process are reached over a socket of this machine instead of memory.
        plugins: Modules with hooks that are not installed, such as a test's.

    Raises:
        UsageError: There is no such directory.
        ConfigurationError: The configuration is not accepted; every finding names its key.
        SchemaOutOfDate: A database has another schema version.
        StorageUnavailable: A database cannot be opened.
    """
    settings = directory if isinstance(directory, Settings) else load_settings(Path(directory))
    return Workspace(settings, over_http=over_http, plugins=plugins)
