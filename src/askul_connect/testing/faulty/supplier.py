"""The faulty supplier: the reference supplier on a clock of its own, by every way there is."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any, Self

from attrs import evolve, frozen

from askul_connect.bootstrap.staging import StagedSupplier, SupplierHost, caller_through, stage_supplier
from askul_connect.core.domain.orders import Channel as OrderChannel
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.messages.documents import Invoice, OrderDocument
from askul_connect.core.messages.ordering import ListInvoicesRequest, ListOrdersRequest
from askul_connect.core.operations.registry import Operation
from askul_connect.core.operations.supplier import LIST_INVOICES, LIST_ORDERS
from askul_connect.core.ports.channel import Capability, Channel, SupplierConnection
from askul_connect.core.ports.faces import Call
from askul_connect.core.ports.supplier_storage import SupplierUnitOfWork
from askul_connect.core.ports.system import Timeline
from askul_connect.core.services.buyer.channel import OperationChannel
from askul_connect.core.services.units import run_unit
from askul_connect.plugins.connections import ConnectionSettings
from askul_connect.plugins.hookspecs import hookimpl
from askul_connect.plugins.kinds import SupplierKind
from askul_connect.plugins.toolkit import ReferenceRules, Toolkit
from askul_connect.testing.faulty.lists import LaggingLists
from askul_connect.testing.faulty.plan import FaultPlan
from askul_connect.testing.faulty.proxy import FaultyProxy
from askul_connect.testing.faulty.staff import FaultyStaff
from askul_connect.testing.faulty.wire import FaultyTransport
from askul_connect.testing.workbench import BUYER_PARTY, START, sample_connection

#: Own work that is not done after so many steps never ends.
_MOST_STEPS = 10_000
_PAGE = 1_000
_TOLERANT = {"over_shipment_percent": 100}


class Way(StrEnum):
    """How a buyer reaches the supplier."""

    IN_PROCESS = "in_process"
    """SOAP as bytes in memory."""
    SOAP = "soap"
    """SOAP over HTTP on this machine."""
    JSON = "json"
    """The JSON API over HTTP on this machine."""


@frozen(kw_only=True)
class _Connection:
    """Implements ``SupplierConnection``; the supplier stays its owner's, who also lets it work."""

    channel: Channel
    work: None = None

    def close(self) -> None:
        self.channel.close()


class FaultySupplier:
    """A whole supplier that does wrong what its plan says, and everything else right (SRV-1).

    It runs in this process on a clock of its own: nothing happens until :meth:`work` or :meth:`let_time_pass`. It is
    reached in process through :attr:`plugin`, and over HTTP at :meth:`address`. Close it, or use it in a ``with``
    statement; opened again on the same directory it goes on where it was.

    Args:
        directory: Of its own, not the buyer's: database, secrets, notices.
        plan: What goes wrong; nothing at first, if none is given.
        connection: Its options as those of a connection: ``supplier``, ``account`` and ``behaviour``.
        rules: How it differs from the reference supplier: its price level above all. In nothing, if none are given.
        party: The buyer's, as ``scheme:id``.
        start: Where its time begins, aware.
        seed: What ids, tokens and numbers are derived from, so that a test gives the same each time.

    Raises:
        ConfigurationError: An option of the connection is not accepted.
    """

    def __init__(
        self,
        directory: Path,
        *,
        plan: FaultPlan | None = None,
        connection: ConnectionSettings | None = None,
        rules: ReferenceRules | None = None,
        party: str = BUYER_PARTY,
        start: datetime = START,
        seed: str = "faulty",
    ) -> None:
        self.plan = plan or FaultPlan()
        settings = connection or sample_connection("faulty", supplier=_TOLERANT)
        staged = stage_supplier(
            directory, settings, rules or ReferenceRules(), party=party, start=start, seed=seed
        )
        front = LaggingLists(staged.supplier.dispatcher, self.plan)
        self._staged: StagedSupplier = evolve(staged, supplier=evolve(staged.supplier, front=front))
        self._staff = FaultyStaff(
            dispatcher=staged.supplier.dispatcher, credential=staged.credential, plan=self.plan
        )
        self._host: SupplierHost | None = None
        self._proxy: FaultyProxy | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_reason: object) -> None:
        self.close()

    def close(self) -> None:
        """Leave the ports and release the database."""
        if self._proxy is not None:
            self._proxy.end()
        if self._host is not None:
            self._host.close()
        self._staged.supplier.close()

    @property
    def clock(self) -> Timeline:
        """Its time; ``advance`` moves it on."""
        return self._staged.clock

    @property
    def credential(self) -> Secret:
        """Of the buyer's machine, for every way."""
        return self._staged.credential

    def address(self, way: Way) -> str:
        """Where it is reached over HTTP, on a port of this machine that is taken at the first call.

        Raises:
            ValueError: There is no address in this process.
        """
        if way is Way.IN_PROCESS:
            message = "in process there is no address: give open_workspace the supplier's plugin"
            raise ValueError(message)
        if self._host is None:
            self._host = SupplierHost(self._staged.supplier)
        if self._proxy is None:
            self._proxy = FaultyProxy.following(self.plan, to=_port(self._host.address))
            self._proxy.open()
        there = self._host.address if way is Way.SOAP else self._host.json_address
        return there.replace(f":{_port(there)}/", f":{self._proxy.port}/")

    @property
    def plugin(self) -> types.ModuleType:
        """A plugin with the supplier kind ``faulty``, for ``open_workspace(directory, plugins=[...])``."""
        return faulty_plugin({"": self})

    def channel(self) -> Channel:
        """The way to it in this process."""
        caller = caller_through(self._staged.supplier, lambda way: FaultyTransport(way, self.plan))
        return OperationChannel(caller=caller, credential=self.credential)

    def connect(self, directory: Path, name: str, way: Way) -> str:
        """Let a buyer's directory know it: writes the credential there.

        Args:
            directory: The buyer's.
            name: Of the connection.
            way: How it is to be reached; in process also needs :attr:`plugin`.

        Returns:
            The table of the connection, for ``askul-connect.toml``.
        """
        credential = f"secrets/{name}.credential"
        path = directory / credential
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(self.credential.reveal(), encoding="ascii")
        table = f'[suppliers.{name}]\ncredential = "file:{credential}"\n'
        if way is Way.IN_PROCESS:
            return f'{table}kind = "faulty"\n'
        return f'{table}kind = "reference"\naddress = "{self.address(way)}"\n'

    def work(self) -> None:
        """Do everything that is due by now, mistakes included."""
        for _ in range(_MOST_STEPS):
            made = self._staff.make_mistakes()
            if not (self._staged.supplier.automation.work() or made):
                return
        message = "the supplier's own work never ends"
        raise RuntimeError(message)

    def let_time_pass(self, until: datetime | None = None) -> None:
        """Let the supplier work until an instant, or until nothing is left to do."""
        automation = self._staged.supplier.automation
        for _ in range(_MOST_STEPS):
            self.work()
            due = automation.next_due()
            if due is None or (until is not None and due > until):
                break
            self.clock.advance(due)
        if until is not None:
            self.clock.advance(until)
            self.work()

    def set_stock(self, sku: str, units: int) -> None:
        """Have that many sales units of an item to promise."""
        run_unit(self._staged.supplier.storage, partial(_stock, sku=sku, units=units))

    def orders(self) -> tuple[OrderDocument, ...]:
        """Every order that it holds, as it stands: what it has taken in truth, whatever it answered."""
        return tuple(self._read(LIST_ORDERS, ListOrdersRequest, "orders"))

    def invoices(self) -> tuple[Invoice, ...]:
        """Every invoice that it has issued."""
        return tuple(self._read(LIST_INVOICES, ListInvoicesRequest, "invoices"))

    def _read(self, operation: Operation[Any, Any], request: type[Any], name: str) -> Iterator[Any]:
        """A whole list, past every fault."""
        call = Call(channel=OrderChannel.IN_PROCESS, token=self.credential)
        cursor, more = "", True
        while more:
            asked = request(cursor=cursor, page_size=_PAGE)
            answer = self._staged.supplier.dispatcher.dispatch(operation, asked, call)
            yield from getattr(answer, name)
            cursor, more = answer.page.next_cursor, answer.page.more


def _stock(unit: SupplierUnitOfWork, *, sku: str, units: int) -> None:
    level = unit.catalog.stock([sku])[sku]
    unit.catalog.save_stock([evolve(level, on_hand=level.reserved + units)])


def faulty_plugin(suppliers: Mapping[str, FaultySupplier]) -> types.ModuleType:
    """A plugin with the supplier kind ``faulty``: each connection leads to the supplier of its name."""

    def connect(_toolkit: Toolkit, connection: ConnectionSettings) -> SupplierConnection:
        supplier = suppliers.get(connection.name) or suppliers[""]
        return _Connection(channel=supplier.channel())

    def askul_connect_suppliers() -> Sequence[SupplierKind]:
        return [
            SupplierKind(
                name="faulty",
                summary="The reference supplier in this process, with faults.",
                capabilities=frozenset(Capability),
                connect=connect,
            )
        ]

    module = types.ModuleType("askul_connect_faulty")
    vars(module)["askul_connect_suppliers"] = hookimpl(askul_connect_suppliers)
    return module


def _port(address: str) -> int:
    return int(address.split("/")[2].rpartition(":")[2])
