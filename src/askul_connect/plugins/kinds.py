"""What plugins offer: factories with a name, whose products satisfy a port of ``core.ports``."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from enum import StrEnum

from attrs import field, frozen, validators

from askul_connect.core.domain.secrets import Secret
from askul_connect.core.ports.archive import DatabaseArchive
from askul_connect.core.ports.authentication import AuthenticationProvider, PresentedForm
from askul_connect.core.ports.buyer_storage import BuyerStorage
from askul_connect.core.ports.cards import CardProvider
from askul_connect.core.ports.channel import Capability, SupplierConnection
from askul_connect.core.ports.erp import ErpConnector
from askul_connect.core.ports.login_risk import LoginRiskAssessor
from askul_connect.core.ports.notices import NoticeSink
from askul_connect.core.ports.price_adjustments import PriceAdjuster
from askul_connect.core.ports.supplier_storage import SupplierStorage
from askul_connect.plugins.connections import (
    AdjustmentSettings,
    CardSettings,
    ConnectionSettings,
    ErpConnection,
    NotifierSettings,
    ProviderSettings,
)
from askul_connect.plugins.demonstration import ErpDemo, ErpStage
from askul_connect.plugins.toolkit import ReferenceRules, Toolkit

#: What a configuration can name: lower-case letters, digits and hyphens.
_is_name = validators.matches_re(r"[a-z][a-z0-9-]{0,39}")
_is_text = validators.and_(validators.instance_of(str), validators.min_len(1))


@frozen(kw_only=True)
class SupplierKind:
    """A kind of supplier that can be connected to.

    Attributes:
        name: What ``kind`` of a supplier's table says: lower-case letters, digits and hyphens.
        summary: One sentence.
        capabilities: What a connection of this kind can do at most.
        connect: Opens a connection. It may raise errors of ``askul_connect`` (a ``ConfigurationError`` that names
            the key for an option that is not accepted); whatever else it raises becomes ``plugin-failed``.
        rules: For a kind that is the reference supplier with other rules: those that ``connect`` uses. Then
            ``serve`` and ``db`` know its connections too. None for every other kind.

    Raises:
        TypeError, ValueError: A field is not what it should be.
    """

    name: str = field(validator=_is_name)
    summary: str = field(validator=_is_text)
    capabilities: frozenset[Capability] = field(
        validator=validators.deep_iterable(
            validators.instance_of(Capability), validators.instance_of(frozenset)
        )
    )
    connect: Callable[[Toolkit, ConnectionSettings], SupplierConnection] = field(
        validator=validators.is_callable()
    )
    rules: ReferenceRules | None = field(
        default=None, validator=validators.optional(validators.instance_of(ReferenceRules))
    )


@frozen(kw_only=True)
class ErpKind:
    """A kind of ERP.

    Attributes:
        name: What ``erp.kind`` of the configuration says: lower-case letters, digits and hyphens.
        summary: One sentence.
        connect: Opens the ERP, by the keys of the table ``[erp.NAME]``; errors as those of a supplier's ``connect``.
            Nothing is sent before the connector is first asked for something.
        demo: Sets up an ERP of this kind for ``demo --erp``, while the context lasts; None where that is not possible.

    Raises:
        TypeError, ValueError: A field is not what it should be.
    """

    name: str = field(validator=_is_name)
    summary: str = field(validator=_is_text)
    connect: Callable[[Toolkit, ErpConnection], ErpConnector] = field(validator=validators.is_callable())
    demo: Callable[[ErpDemo], AbstractContextManager[ErpStage]] | None = field(
        default=None, validator=validators.optional(validators.is_callable())
    )


@frozen(kw_only=True)
class LoginRiskKind:
    """An assessment of logins at a supplier of this installation (AUTH-9); all that are offered are asked.

    Attributes:
        name: Lower-case letters, digits and hyphens; stands in the login history when it fails.
        summary: One sentence.
        fails_closed: Whether a login is refused when the assessment raises or returns something else. False lets
            such logins in as if there were no assessment.
        connect: Makes what assesses; errors as those of a supplier's ``connect``. What it makes is asked before a
            login is let in, outside every transaction, from several threads; the login waits for it.
        immediate: Whether what it makes only calculates: it reads no file, asks no service, waits for nothing. Where
            all do, they are asked within the transaction that lets somebody in, which makes a login quicker; one that
            waits there would hold up every writer.

    Raises:
        TypeError, ValueError: A field is not what it should be.
    """

    name: str = field(validator=_is_name)
    summary: str = field(validator=_is_text)
    fails_closed: bool = field(validator=validators.instance_of(bool))
    connect: Callable[[Toolkit], LoginRiskAssessor] = field(validator=validators.is_callable())
    immediate: bool = field(default=False, validator=validators.instance_of(bool))


@frozen(kw_only=True)
class PriceAdjustmentKind:
    """A kind of rule that takes something off carts, or adds to them (PRC-1).

    Attributes:
        name: What ``kind`` of a rule's table says: lower-case letters, digits and hyphens.
        summary: One sentence.
        connect: Makes the rule; errors as those of a supplier's ``connect``. What it makes is asked for every cart,
            from several threads and inside a transaction: it answers from its arguments alone.

    Raises:
        TypeError, ValueError: A field is not what it should be.
    """

    name: str = field(validator=_is_name)
    summary: str = field(validator=_is_text)
    connect: Callable[[Toolkit, AdjustmentSettings], PriceAdjuster] = field(
        validator=validators.is_callable()
    )


@frozen(kw_only=True)
class CardProviderKind:
    """A payment provider that charges the cards of a supplier's customers (BIL-9).

    Attributes:
        name: What ``kind`` of the table ``[suppliers.NAME.supplier.cards]`` says: lower-case letters, digits and
            hyphens.
        summary: One sentence.
        connect: Makes the provider; errors as those of a supplier's ``connect``. What it makes is called from several
            threads and outside every transaction, and opens nothing before its first call.

    Raises:
        TypeError, ValueError: A field is not what it should be.
    """

    name: str = field(validator=_is_name)
    summary: str = field(validator=_is_text)
    connect: Callable[[Toolkit, CardSettings], CardProvider] = field(validator=validators.is_callable())


@frozen(kw_only=True)
class NotifierKind:
    """A way by which notices leave.

    Attributes:
        name: What ``supplier.notify`` of a connection says: lower-case letters, digits and hyphens.
        summary: One sentence.
        connect: Makes what delivers; errors as those of a supplier's ``connect``. It opens nothing before the first
            notice.

    Raises:
        TypeError, ValueError: A field is not what it should be.
    """

    name: str = field(validator=_is_name)
    summary: str = field(validator=_is_text)
    connect: Callable[[Toolkit, NotifierSettings], NoticeSink] = field(validator=validators.is_callable())


#: Seconds that a provider may take at most, whatever its kind says.
_LONGEST = 60


@frozen(kw_only=True)
class AuthenticationKind:
    """A kind of authentication provider (AUTH-16).

    Attributes:
        name: What ``kind`` of a table ``[suppliers.NAME.supplier.sign_on.PROVIDER]`` says: lower-case letters, digits
            and hyphens.
        summary: One sentence.
        forms: What it can be asked about.
        answers_within: Seconds after which a login does not wait for it any longer and is refused; 0 for one that only
            computes, which is then asked in the login's own thread.
        connect: Makes a provider; errors as those of a supplier's ``connect``. The provider is asked from several
            threads, outside every transaction.

    Raises:
        TypeError, ValueError: A field is not what it should be.
    """

    name: str = field(validator=_is_name)
    summary: str = field(validator=_is_text)
    forms: frozenset[PresentedForm] = field(
        validator=[
            validators.deep_iterable(
                validators.instance_of(PresentedForm), validators.instance_of(frozenset)
            ),
            validators.min_len(1),
        ]
    )
    connect: Callable[[Toolkit, ProviderSettings], AuthenticationProvider] = field(
        validator=validators.is_callable()
    )
    answers_within: int = field(
        default=10, validator=[validators.instance_of(int), validators.ge(0), validators.le(_LONGEST)]
    )


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
        schemes: URL schemes it opens, at least one.
        open_buyer, open_supplier: Open a database, made new if it does not exist; one of another schema version is
            refused with the command to run.
        check, upgrade: Look at a database's schema version, or bring it to the present one.
        archive: A database as something to back up, restore and verify; None for a kind that cannot be.

    Raises:
        TypeError, ValueError: A field is not what it should be.
    """

    name: str = field(validator=_is_name)
    summary: str = field(validator=_is_text)
    schemes: tuple[str, ...] = field(
        validator=[
            validators.deep_iterable(_is_name, validators.instance_of(tuple)),
            validators.min_len(1),
        ]
    )
    open_buyer: Callable[[Secret], BuyerStorage] = field(validator=validators.is_callable())
    open_supplier: Callable[[Secret], SupplierStorage] = field(validator=validators.is_callable())
    check: Callable[[Secret, Side], SchemaState] = field(validator=validators.is_callable())
    upgrade: Callable[[Secret, Side], SchemaState] = field(validator=validators.is_callable())
    archive: Callable[[Secret, Side], DatabaseArchive] | None = field(
        default=None, validator=validators.optional(validators.is_callable())
    )
