"""What plugins offer: factories with a name, whose products satisfy a port of ``core.ports``."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from attrs import frozen

from askul_connect.core.domain.secrets import Secret
from askul_connect.core.ports.buyer_storage import BuyerStorage
from askul_connect.core.ports.channel import Capability, SupplierConnection
from askul_connect.core.ports.erp import ErpConnector
from askul_connect.core.ports.supplier_storage import SupplierStorage
from askul_connect.plugins.connections import ConnectionSettings
from askul_connect.plugins.toolkit import Toolkit


@frozen(kw_only=True)
class SupplierKind:
    """A kind of supplier that can be connected to.

    Attributes:
        name: What ``kind`` of a supplier's table says.
        summary: One sentence.
        capabilities: What a connection of this kind can do at most.
        connect: Opens a connection.
    """

    name: str
    summary: str
    capabilities: frozenset[Capability]
    connect: Callable[[Toolkit, ConnectionSettings], SupplierConnection]


@frozen(kw_only=True)
class ErpKind:
    """A kind of ERP.

    Attributes:
        name: What ``erp.kind`` of the configuration says.
        connect: Opens the ERP of the toolkit's directory.
    """

    name: str
    summary: str
    connect: Callable[[Toolkit], ErpConnector]


class Side(StrEnum):
    """Whose database it is; the two sides meet only as documents."""

    BUYER = "buyer"
    SUPPLIER = "supplier"


@frozen(kw_only=True)
class SchemaState:
    """Which schema version a database has.

    Attributes:
        place: The database's URL without its password.
        text: The state, for a person to read.
    """

    place: str
    up_to_date: bool
    text: str


@frozen(kw_only=True)
class StorageKind:
    """A kind of database.

    Attributes:
        schemes: URL schemes it opens.
        open_buyer, open_supplier: Open a database, made new if it does not exist; one of another schema version is
            refused with the command to run.
        check, upgrade: Look at a database's schema version, or bring it to the present one.
    """

    name: str
    summary: str
    schemes: tuple[str, ...]
    open_buyer: Callable[[Secret], BuyerStorage]
    open_supplier: Callable[[Secret], SupplierStorage]
    check: Callable[[Secret, Side], SchemaState]
    upgrade: Callable[[Secret, Side], SchemaState]
