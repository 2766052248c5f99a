"""A reference supplier of its own, apart from any buyer: for tests that break what is between the two."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from attrs import field, frozen

from askul_connect.bootstrap.hosting import SupplierHost
from askul_connect.bootstrap.reference import ReferenceSupplier
from askul_connect.bootstrap.reference_options import reference_options
from askul_connect.bootstrap.workbench import bench_toolkit
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import ConfigurationError
from askul_connect.core.ports.callers import OperationCaller
from askul_connect.core.ports.system import Timeline
from askul_connect.core.ports.transport import Transport
from askul_connect.plugins.connections import ConnectionSettings
from askul_connect.plugins.toolkit import ReferenceRules

__all__ = ["StagedSupplier", "SupplierHost", "caller_through", "stage_supplier"]


@frozen(kw_only=True)
class StagedSupplier:
    """A supplier with an account, on a clock that only its owner moves.

    Attributes:
        credential: Of a buyer's machine at the account.
        clock: Stands still until it is told to go on.
    """

    supplier: ReferenceSupplier
    credential: Secret = field(repr=False)
    clock: Timeline


def stage_supplier(
    directory: Path,
    connection: ConnectionSettings,
    rules: ReferenceRules,
    *,
    party: str,
    start: datetime,
    seed: str,
) -> StagedSupplier:
    """Open a supplier on a directory of its own; its account is opened at the first time.

    Args:
        directory: Where everything is kept: database, secrets, notices.
        connection: Its options, as a configuration would name them; without an address.
        rules: How it differs from the reference supplier.
        party: The buyer's, as ``scheme:id``.
        start: Where the time begins, aware.
        seed: What ids, tokens and numbers are derived from.

    Raises:
        ConfigurationError: An option is not accepted, or it is an address.
    """
    toolkit, clock = bench_toolkit(directory, party=party, start=start, seed=seed)
    options = reference_options(connection, rules, toolkit.directory, party).in_process
    if options is None:
        raise ConfigurationError(
            "a supplier at an address cannot be staged; leave out its address",
            where=f"suppliers.{connection.name}.address",
        )
    supplier, credential = toolkit.supplier_here(connection, options)
    return StagedSupplier(supplier=supplier, credential=credential, clock=clock)


def caller_through(supplier: ReferenceSupplier, through: Callable[[Transport], Transport]) -> OperationCaller:
    """A SOAP client of a supplier of this process, whose bytes pass something on their way."""
    return supplier.soap_caller(through)
