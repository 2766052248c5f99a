"""The toolkit that plugins are given, implemented."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from attrs import field, frozen

from askul_connect.adapters.security.secret_files import SecretFolder
from askul_connect.bootstrap.hosting import WayToSupplier
from askul_connect.bootstrap.reference import (
    KEY_NAME,
    ReferenceConnection,
    ReferenceSupplier,
    first_steps,
    make_supplier,
    new_key,
)
from askul_connect.bootstrap.reference_options import InProcessOptions, reference_options
from askul_connect.core.domain import mapping as tables
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import ConfigurationError
from askul_connect.core.ports.authentication import NamedProvider, PresentedForm
from askul_connect.core.ports.callers import OperationCaller
from askul_connect.core.ports.cards import CardProvider
from askul_connect.core.ports.channel import Capability, Channel, SupplierConnection
from askul_connect.core.ports.login_risk import NamedAssessor
from askul_connect.core.ports.notices import NoticeSink
from askul_connect.core.ports.observation import EventSink
from askul_connect.core.ports.price_adjustments import NamedAdjuster
from askul_connect.core.ports.system import Clock, Ids
from askul_connect.core.ports.transport import Transport
from askul_connect.core.services.buyer.channel import OperationChannel
from askul_connect.core.services.holding import require_released
from askul_connect.core.services.supplier.proving import PASSWORD_PROVIDER
from askul_connect.core.services.units import run_unit
from askul_connect.plugins.connections import ConnectionSettings, ProviderSettings
from askul_connect.plugins.manager import PluginManager
from askul_connect.plugins.toolkit import ReferenceRules
from askul_connect.settings import Settings, resolve_secret

_FILE = "file:"


@frozen(kw_only=True)
class ProjectToolkit:
    """Implements the ``Toolkit`` of one directory.

    Attributes:
        say: Told what is done while a connection is opened.
        trial: Whether nothing may be changed anywhere (INT-10).
        over_http: Whether suppliers of this process are reached over a socket of this machine.
        events: Told what happens at suppliers of this process.
    """

    settings: Settings
    plugins: PluginManager = field(repr=False)
    clock: Clock = field(repr=False)
    ids: Ids = field(repr=False)
    say: Callable[[str, str], None] = field(repr=False)
    trial: bool = False
    over_http: bool = False
    events: EventSink | None = None
    logger: logging.Logger = field(factory=lambda: logging.getLogger("askul_connect.plugins"), repr=False)

    @property
    def directory(self) -> Path:
        """The directory of the configuration."""
        return self.settings.directory

    def secret(self, reference: str, *, key: str) -> Secret:
        """The secret behind a reference."""
        return resolve_secret(reference, self.directory, key=key)

    def http(self) -> Transport:
        """Connections to one partner over HTTP."""
        from askul_connect.adapters.transports.http import HttpTransport

        return HttpTransport()

    def mapping_tables(self) -> tables.Mapping:
        """The integrator's tables of ``erp/mapping``."""
        from askul_connect.adapters.codecs.csv_mapping import CsvMappingReader
        from askul_connect.adapters.erp.table_folder import read_tables

        return read_tables(self.directory / "erp" / "mapping", CsvMappingReader())

    def soap_channel(
        self, address: str, credential: Secret, *, connection: ConnectionSettings | None = None
    ) -> Channel:
        """A channel to a supplier served over SOAP."""
        from askul_connect.adapters.soap.caller import SoapCaller
        from askul_connect.bootstrap.reaching import http_transport

        transport = http_transport(connection, self.directory)
        caller = SoapCaller(transport, wsdl=f"{address}?wsdl", address=address)
        return OperationChannel(caller=caller, credential=credential)

    def _served(
        self, address: str, credential: Secret, connection: ConnectionSettings, offers: frozenset[Capability]
    ) -> Channel:
        """A channel to a served reference supplier: its address says by which of its faces."""
        from askul_connect.adapters.server.api import PATH
        from askul_connect.adapters.server.json_caller import JsonCaller
        from askul_connect.adapters.soap.caller import SoapCaller
        from askul_connect.bootstrap.reaching import http_transport

        transport = http_transport(connection, self.directory)
        caller: OperationCaller = (
            JsonCaller(transport, address=address)
            if address.rstrip("/").endswith(PATH)
            else SoapCaller(transport, wsdl=f"{address}?wsdl", address=address)
        )
        return OperationChannel(caller=caller, credential=credential, capabilities=offers)

    def reference_supplier(self, connection: ConnectionSettings, rules: ReferenceRules) -> SupplierConnection:
        """The reference supplier, in this process or at the connection's address."""
        options = reference_options(connection, rules, self.directory, self.settings.buyer.party)
        key = f"suppliers.{connection.name}.credential"
        offers = frozenset(Capability) - rules.lacks
        if options.in_process is None:
            return ReferenceConnection(
                channel=self._served(
                    options.address, self.secret(connection.credential, key=key), connection, offers
                ),
            )
        way = WayToSupplier(over_http=self.over_http)
        try:
            if self.trial and self._unopened(connection):
                supplier, credential = self._rehearsal(connection, options.in_process, way)
            else:
                supplier, credential = self.supplier_here(connection, options.in_process, way)
            try:
                channel = OperationChannel(
                    caller=way.caller(supplier), credential=credential, capabilities=offers
                )
            except BaseException:
                supplier.close()
                raise
        except BaseException:
            way.close()
            raise
        return ReferenceConnection(channel=channel, supplier=supplier, way=way)

    def supplier_here(
        self, connection: ConnectionSettings, options: InProcessOptions, way: WayToSupplier | None = None
    ) -> tuple[ReferenceSupplier, Secret]:
        """The supplier of a connection in this process, and the credential of our account there.

        At first use its catalog is stocked, the account opened and the customer's first steps are taken.

        Args:
            connection: Whose supplier.
            options: What it is made of.
            way: How the customer reaches it for the first steps; bytes in this process if nothing is said.

        Raises:
            CopyOnHold: Its database is a restored copy that was not told to resume.
        """
        reach = way or WayToSupplier(over_http=False)
        key = f"suppliers.{connection.name}"
        storages = self.plugins.storage(_scheme(options.database), key=f"{key}.supplier.database")
        storage = storages.open_supplier(options.database)
        secrets = SecretFolder(self.directory / "secrets" / connection.name)
        try:
            run_unit(storage, require_released)
            supplier = make_supplier(
                options,
                storage,
                clock=self.clock,
                ids=self.ids,
                notices=self._notices(connection),
                stock=not self.trial,
                events=self.events,
                key=self._key(secrets),
                risk=tuple(
                    NamedAssessor(
                        name=kind.name,
                        fails_closed=kind.fails_closed,
                        assessor=kind.connect(self),
                        immediate=kind.immediate,
                    )
                    for kind in self.plugins.login_risks()
                ),
                notifiers=self._notifiers(connection, options),
                providers=self._providers(connection, options),
                adjusters=self._adjusters(options),
                cards=self._cards(options),
            )
            say = partial(self._say_of_account, connection)
            credential = self._credential(
                connection,
                f"{key}.credential",
                lambda: first_steps(
                    supplier, options, secrets, say, new_caller=lambda: reach.caller(supplier)
                ),
            )
        except BaseException:
            storage.close()
            raise
        return supplier, credential

    def _key(self, secrets: SecretFolder) -> Secret:
        """What encrypts the supplier's secrets and seals its records; made at first use, never in a trial."""
        known = secrets.get(KEY_NAME)
        if known is None and not self.trial:
            known = new_key()
            secrets.put(KEY_NAME, known)
        return known or new_key()

    def _credential(self, connection: ConnectionSettings, key: str, make: Callable[[], Secret]) -> Secret:
        """The connection's credential; that of a supplier in this process is made at first use, where it belongs."""
        if self._unopened(connection):
            path = self._credential_file(connection)
            SecretFolder(path.parent).put(path.name, make())
        return self.secret(connection.credential, key=key)

    def _unopened(self, connection: ConnectionSettings) -> bool:
        """Whether the account of a supplier in this process has still to be opened."""
        return connection.credential.startswith(_FILE) and not self._credential_file(connection).exists()

    def _credential_file(self, connection: ConnectionSettings) -> Path:
        return self.directory / connection.credential.removeprefix(_FILE)

    def _rehearsal(
        self, connection: ConnectionSettings, options: InProcessOptions, way: WayToSupplier
    ) -> tuple[ReferenceSupplier, Secret]:
        """A supplier like the one that a run would open, in memory: it can be asked, and nothing is left of it."""
        from askul_connect.adapters.security.system import RandomIds
        from askul_connect.adapters.storage.memory import supplier_memory

        supplier = make_supplier(
            options,
            supplier_memory(),
            clock=self.clock,
            # the run's own ids go on as if there had been no trial
            ids=RandomIds(self.clock),
            notices=self._notices(connection),
        )
        credential = first_steps(
            supplier,
            options,
            _MemorySecrets(),
            lambda _text: None,
            new_caller=lambda: way.caller(supplier),
        )
        self._say_of_account(connection, f"a run would open the account of {options.opening.name} first")
        return supplier, credential

    def _notifiers(
        self, connection: ConnectionSettings, options: InProcessOptions
    ) -> Mapping[str, NoticeSink] | None:
        """What carries the supplier's notices; None for options that were made without a configuration."""
        key = f"suppliers.{connection.name}.supplier.notify"
        made = {
            one.name: self.plugins.notifier(one.name, key=key).connect(self, one) for one in options.notifiers
        }
        return made or None

    def _providers(
        self, connection: ConnectionSettings, options: InProcessOptions
    ) -> tuple[NamedProvider, ...]:
        """Who proves identities at the supplier: its own passwords, then what the configuration names."""
        kind = self.plugins.authentication(PASSWORD_PROVIDER, key="")
        passwords = ProviderSettings(
            name=PASSWORD_PROVIDER, connection=connection.name, key=f"suppliers.{connection.name}.supplier"
        )
        made = [
            NamedProvider(name=PASSWORD_PROVIDER, forms=kind.forms, provider=kind.connect(self, passwords))
        ]
        for one in options.sign_on:
            where = f"{one.settings.key}.kind"
            kind = self.plugins.authentication(one.kind, key=where)
            if PresentedForm.ASSERTION not in kind.forms:
                raise ConfigurationError(f"{one.kind!r} takes no assertions to sign on with", where=where)
            provider = kind.connect(self, one.settings)
            made.append(NamedProvider(name=one.settings.name, forms=kind.forms, provider=provider))
        return tuple(made)

    def _adjusters(self, options: InProcessOptions) -> tuple[NamedAdjuster, ...]:
        """The further rules of prices that the configuration names, in its order."""
        return tuple(
            NamedAdjuster(
                name=one.settings.name,
                adjuster=self.plugins.price_adjustment(one.kind, key=f"{one.settings.key}.kind").connect(
                    self, one.settings
                ),
            )
            for one in options.price_adjustments
        )

    def _cards(self, options: InProcessOptions) -> CardProvider | None:
        """Who charges cards; None for options that were made without a configuration."""
        named = options.cards
        if named is None:
            return None
        kind = self.plugins.card_provider(named.kind, key=f"{named.settings.key}.kind")
        return kind.connect(self, named.settings)

    def _notices(self, connection: ConnectionSettings) -> Path:
        return self.directory / "data" / f"{connection.name}-notices"

    def _say_of_account(self, connection: ConnectionSettings, text: str) -> None:
        self.say("account", f"{connection.name}: {text}")


class _MemorySecrets:
    """A ``SecretBox`` that nothing is left of."""

    def __init__(self) -> None:
        self._secrets: dict[str, Secret] = {}

    def get(self, name: str) -> Secret | None:
        """The secret, if there is one of that name."""
        return self._secrets.get(name)

    def put(self, name: str, secret: Secret) -> None:
        """Store or replace."""
        self._secrets[name] = secret


def _scheme(url: Secret) -> str:
    return url.reveal().partition(":")[0]
