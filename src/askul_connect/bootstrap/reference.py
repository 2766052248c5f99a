"""The reference supplier, joined: in this process behind the very bytes a network would carry, or served elsewhere."""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets as randomness
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from attrs import field, frozen

from askul_connect.adapters.documents.notice_files import NoticeFolder
from askul_connect.adapters.security.argon2_hasher import Argon2Hasher
from askul_connect.adapters.security.cipher import AesGcmCipher
from askul_connect.adapters.security.environment_risk import EnvironmentRisk
from askul_connect.adapters.security.holidays import JAPAN, JapaneseHolidays, NoHolidays
from askul_connect.adapters.security.passkeys import WebauthnPasskeys
from askul_connect.adapters.security.password_provider import PasswordProvider
from askul_connect.adapters.security.reference_cards import ReferenceCards
from askul_connect.adapters.security.secret_files import SecretFolder
from askul_connect.adapters.security.totp import PyotpCodes
from askul_connect.adapters.soap.caller import SoapCaller
from askul_connect.adapters.soap.face import SoapFace
from askul_connect.adapters.transports.in_process import InProcessTransport
from askul_connect.bootstrap.reference_options import InProcessOptions
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.messages.canonical import content_hash
from askul_connect.core.operations.registry import Operation, Registry
from askul_connect.core.operations.supplier import SUPPLIER_OPERATIONS
from askul_connect.core.ports.authentication import NamedProvider, PresentedForm
from askul_connect.core.ports.callers import OperationCaller
from askul_connect.core.ports.cards import CardProvider
from askul_connect.core.ports.channel import Channel, InProcessWork
from askul_connect.core.ports.faces import Dispatcher
from askul_connect.core.ports.login_risk import NamedAssessor
from askul_connect.core.ports.notices import NoticeSink
from askul_connect.core.ports.observation import CallObserver, EventSink, Unobserved
from askul_connect.core.ports.price_adjustments import NamedAdjuster
from askul_connect.core.ports.secret_box import SecretBox
from askul_connect.core.ports.supplier_storage import SupplierStorage
from askul_connect.core.ports.system import Clock, Ids, PasswordHasher
from askul_connect.core.ports.transport import Transport
from askul_connect.core.services.buyer.onboarding import onboard
from askul_connect.core.services.supplier.automation import SupplierAutomation
from askul_connect.core.services.supplier.bindings import SUPPLIER_BINDINGS
from askul_connect.core.services.supplier.catalog_index import bring_index_up_to_date
from askul_connect.core.services.supplier.context import House
from askul_connect.core.services.supplier.dispatch import Binding, SupplierDispatcher
from askul_connect.core.services.supplier.opening import open_account, stock_catalog
from askul_connect.core.services.supplier.posting import FILE_NOTIFIER
from askul_connect.core.services.supplier.proving import PASSWORD_PROVIDER
from askul_connect.core.services.supplier.sample_catalog import sample_items
from askul_connect.core.services.units import run_unit

LOGGER = logging.getLogger("askul_connect.supplier")

#: Where an in-process supplier's face "is"; nothing ever connects to it.
IN_PROCESS_ADDRESS = "http://in-process.invalid/soap/1"
SOAP_PATH = "/soap/1"

_ENVIRONMENT = (
    NamedAssessor(name="environment", fails_closed=False, assessor=EnvironmentRisk(), immediate=True),
)
#: Name of the secret that a supplier in this process encrypts and seals with.
KEY_NAME = "database-key"
_CATALOG_FACT = "sample-catalog"
_PASSWORDS = (
    NamedProvider(
        name=PASSWORD_PROVIDER, forms=frozenset({PresentedForm.PASSWORD}), provider=PasswordProvider()
    ),
)
#: What a random text lacks of the four classes of characters that a password must have (AUTH-5).
_ALL_CLASSES = "-Aa7"
_PASSWORD_LENGTH = 32


@frozen(kw_only=True)
class ReferenceSupplier:
    """The whole supplier in this process, without any socket (SRV-1).

    Attributes:
        dispatcher: Carries its operations out.
        automation: What it does by itself.
        front: Stands before the dispatcher on every face; None for the dispatcher itself.
    """

    dispatcher: SupplierDispatcher
    automation: SupplierAutomation
    storage: SupplierStorage = field(repr=False)
    front: Dispatcher | None = field(default=None, repr=False)

    @property
    def faced(self) -> Dispatcher:
        """What faces are made of."""
        return self.front or self.dispatcher

    def soap_face(self, address: str, observer: CallObserver | None = None) -> SoapFace:
        """Its SOAP face, at an address that its WSDL names."""
        return SoapFace(self.faced, address=address, observer=observer)

    def soap_caller(self, through: Callable[[Transport], Transport] | None = None) -> SoapCaller:
        """A SOAP client of it, over bytes in this process.

        Args:
            through: What the bytes pass on their way; nothing if not said.
        """
        face = self.soap_face(IN_PROCESS_ADDRESS)
        way: Transport = InProcessTransport(face.handle)
        return SoapCaller(through(way) if through else way, wsdl=face.description, address=IN_PROCESS_ADDRESS)

    def close(self) -> None:
        """Release the database."""
        self.storage.close()


def make_supplier(
    options: InProcessOptions,
    storage: SupplierStorage,
    *,
    clock: Clock,
    ids: Ids,
    notices: Path,
    hasher: PasswordHasher | None = None,
    key: Secret | None = None,
    risk: tuple[NamedAssessor, ...] | None = None,
    more_operations: tuple[tuple[Operation[Any, Any], Binding], ...] = (),
    stock: bool = True,
    events: EventSink | None = None,
    notifiers: Mapping[str, NoticeSink] | None = None,
    providers: tuple[NamedProvider, ...] = _PASSWORDS,
    adjusters: tuple[NamedAdjuster, ...] = (),
    cards: CardProvider | None = None,
) -> ReferenceSupplier:
    """Join a supplier over a storage, and stock its sample catalog when it is new, unless that is not wanted.

    Args:
        options: Who it is and how it behaves.
        storage: Where it keeps everything.
        clock: Time.
        ids: Identity and tokens.
        notices: Folder of the notices it sends.
        hasher: Of passwords; argon2id by default.
        key: Of at least 256 random bits, kept outside the database: it encrypts secrets and seals records. None
            makes one that ends with this object, for a supplier whose storage does too.
        risk: Who looks at logins (AUTH-9); by default the comparison with the person's past.
        more_operations: Further operations with their functions.
        stock: Whether a new one gets its sample catalog.
        events: Told what has happened, after the commit.
        notifiers: Where notices go instead of the folder, by the notifier's name.
        providers: Who proves identities, in the order they are asked in; the supplier's own passwords by default.
        adjusters: Further rules of prices (PRC-1).
        cards: Who charges cards; by default one in memory, with which no money moves.
    """
    key = key or new_key()
    house = House(
        profile=options.profile,
        tax_table=options.tax_table,
        password_policy=options.password_policy,
        clock=clock,
        ids=ids,
        hasher=hasher or Argon2Hasher(),
        holidays=JapaneseHolidays() if options.profile.zone == JAPAN else NoHolidays(),
        events=events or Unobserved(),
        seal_key=seal_key_of(key),
        cipher=AesGcmCipher(key),
        codes=PyotpCodes(),
        passkeys=WebauthnPasskeys(),
        relying_party=options.relying_party,
        risk=_ENVIRONMENT if risk is None else risk,
        providers=providers,
        security_email=options.security_email,
        selling=options.selling,
        adjusters=adjusters,
        cards=cards or ReferenceCards(),
    )
    registry: Registry = SUPPLIER_OPERATIONS.having(operation for operation, _ in more_operations)
    dispatcher = SupplierDispatcher(
        registry=registry,
        bindings=(*SUPPLIER_BINDINGS, *(binding for _, binding in more_operations)),
        storage=storage,
        house=house,
    )
    bring_index_up_to_date(storage)
    if stock:
        _stock(options, storage)
    return ReferenceSupplier(
        dispatcher=dispatcher,
        automation=SupplierAutomation(
            dispatcher=dispatcher,
            storage=storage,
            behaviour=options.behaviour,
            notices=notifiers if notifiers is not None else {FILE_NOTIFIER: NoticeFolder(notices)},
            files=NoticeFolder(notices),
        ),
        storage=storage,
    )


def seal_key_of(key: Secret) -> Secret:
    """What seals the records of a supplier whose key this is."""
    return Secret(hmac.new(key.reveal().encode(), b"seal", hashlib.sha256).hexdigest())


def known_key(directory: Path, name: str) -> Secret | None:
    """The key of the supplier of a connection, where it has been made; it is outside of every database.

    Raises:
        StorageUnavailable: It cannot be read.
    """
    return SecretFolder(directory / "secrets" / name).get(KEY_NAME)


def new_key() -> Secret:
    """A key for a supplier's secrets and seals."""
    return Secret(randomness.token_urlsafe(32))


def _stock(options: InProcessOptions, storage: SupplierStorage) -> None:
    wanted = f"{options.seed}:{options.items}"
    if options.catalog is not None:
        wanted = f"own:{content_hash(tuple(item for item, _ in options.catalog))}"
    if run_unit(storage, lambda unit: unit.facts.get(_CATALOG_FACT)) == wanted:
        return
    items = (
        sample_items(count=options.items, seed=options.seed) if options.catalog is None else options.catalog
    )
    added = stock_catalog(storage, items)
    run_unit(storage, lambda unit: unit.facts.put(_CATALOG_FACT, wanted))
    LOGGER.info("%d items stocked", added)


class Closing(Protocol):
    """What has to be closed behind a connection."""

    def close(self) -> None:
        """Release it."""
        ...


@frozen(kw_only=True)
class ReferenceConnection:
    """Implements the ``SupplierConnection`` port.

    Attributes:
        way: What the channel leads through, if it is ours.
    """

    channel: Channel
    supplier: ReferenceSupplier | None = None
    way: Closing | None = None

    @property
    def work(self) -> InProcessWork | None:
        """The supplier's own work, if it runs in this process."""
        return self.supplier.automation if self.supplier else None

    def close(self) -> None:
        """Release everything."""
        self.channel.close()
        if self.way:
            self.way.close()
        if self.supplier:
            self.supplier.close()


def first_steps(
    supplier: ReferenceSupplier,
    options: InProcessOptions,
    secrets: SecretBox,
    say: Callable[[str], None],
    *,
    new_caller: Callable[[], OperationCaller] | None = None,
) -> Secret:
    """Open the account of a new supplier and carry out the customer's first steps, up to the client credential.

    The supplier's letter and the passwords that are chosen are put away, so that an interruption is taken up again.

    Args:
        supplier: The new one.
        options: The account, and what its first steps are.
        secrets: Where everything secret is put away.
        say: Told what is done.
        new_caller: The customer's way to the supplier; bytes in this process if nothing is said.
    """
    number, temporary = secrets.get("customer-number"), secrets.get("temporary-password")
    if number is None or temporary is None:
        letter = open_account(supplier.storage, supplier.dispatcher.house, options.opening)
        number, temporary = Secret(letter.customer_number), letter.temporary_password
        secrets.put("temporary-password", temporary)
        secrets.put("customer-number", number)
        say("account opened; the letter with the temporary password is written")
    caller = new_caller() if new_caller else supplier.soap_caller()
    ids = supplier.dispatcher.house.ids
    try:
        return onboard(
            caller,
            secrets,
            options.plan,
            customer_number=number.reveal(),
            temporary_password=temporary,
            new_password=lambda: Secret(ids.token("password").reveal()[:_PASSWORD_LENGTH] + _ALL_CLASSES),
            say=say,
        )
    finally:
        caller.close()
