"""The toolkit that plugins are given, implemented."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from attrs import field, frozen

from askul_connect.adapters.security.secret_files import SecretFolder
from askul_connect.bootstrap.reference import (
    ReferenceConnection,
    ReferenceSupplier,
    connect_in_process,
    first_steps,
    make_supplier,
)
from askul_connect.bootstrap.reference_options import InProcessOptions, reference_options
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.ports.channel import Channel, SupplierConnection
from askul_connect.core.ports.system import Clock, Ids
from askul_connect.core.services.buyer.channel import OperationChannel
from askul_connect.plugins.connections import ConnectionSettings
from askul_connect.plugins.manager import PluginManager
from askul_connect.plugins.toolkit import ReferenceRules
from askul_connect.settings import Settings, resolve_secret

_FILE = "file:"


@frozen(kw_only=True)
class ProjectToolkit:
    """Implements the ``Toolkit`` of one directory.

    Attributes:
        say: Told what is done while a connection is opened.
    """

    settings: Settings
    plugins: PluginManager = field(repr=False)
    clock: Clock = field(repr=False)
    ids: Ids = field(repr=False)
    say: Callable[[str, str], None] = field(repr=False)
    logger: logging.Logger = field(factory=lambda: logging.getLogger("askul_connect.plugins"), repr=False)

    @property
    def directory(self) -> Path:
        """The directory of the configuration."""
        return self.settings.directory

    def secret(self, reference: str, *, key: str) -> Secret:
        """The secret behind a reference."""
        return resolve_secret(reference, self.directory, key=key)

    def soap_channel(self, address: str, credential: Secret) -> Channel:
        """A channel to a supplier served over SOAP."""
        from askul_connect.adapters.soap.caller import SoapCaller
        from askul_connect.adapters.transports.http import HttpTransport

        caller = SoapCaller(HttpTransport(), wsdl=f"{address}?wsdl", address=address)
        return OperationChannel(caller=caller, credential=credential)

    def reference_supplier(self, connection: ConnectionSettings, rules: ReferenceRules) -> SupplierConnection:
        """The reference supplier, in this process or at the connection's address."""
        options = reference_options(connection, rules, self.directory, self.settings.buyer.party)
        key = f"suppliers.{connection.name}.credential"
        if options.in_process is None:
            return ReferenceConnection(
                channel=self.soap_channel(options.address, self.secret(connection.credential, key=key))
            )
        supplier, credential = self.supplier_here(connection, options.in_process)
        return connect_in_process(supplier, credential)

    def supplier_here(
        self, connection: ConnectionSettings, options: InProcessOptions
    ) -> tuple[ReferenceSupplier, Secret]:
        """The supplier of a connection in this process, and the credential of our account there.

        At first use its catalog is stocked, the account opened and the customer's first steps are taken.
        """
        key = f"suppliers.{connection.name}"
        storages = self.plugins.storage(_scheme(options.database), key=f"{key}.supplier.database")
        storage = storages.open_supplier(options.database)
        try:
            supplier = make_supplier(
                options,
                storage,
                clock=self.clock,
                ids=self.ids,
                notices=self.directory / "data" / f"{connection.name}-notices",
            )
            secrets = SecretFolder(self.directory / "secrets" / connection.name)

            def say(text: str) -> None:
                self.say("account", f"{connection.name}: {text}")

            credential = self._credential(
                connection, f"{key}.credential", lambda: first_steps(supplier, options, secrets, say)
            )
        except BaseException:
            storage.close()
            raise
        return supplier, credential

    def _credential(self, connection: ConnectionSettings, key: str, make: Callable[[], Secret]) -> Secret:
        """The connection's credential; that of a supplier in this process is made at first use, where it belongs."""
        name = connection.credential.removeprefix(_FILE)
        path = self.directory / name
        if connection.credential.startswith(_FILE) and not path.exists():
            SecretFolder(path.parent).put(path.name, make())
        return self.secret(connection.credential, key=key)


def _scheme(url: Secret) -> str:
    return url.reveal().partition(":")[0]
