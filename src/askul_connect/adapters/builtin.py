"""What comes with the package, registered through the same hooks as any plugin."""

from __future__ import annotations

from askul_connect.adapters.codecs.csv_budgets import CsvBudgetReader
from askul_connect.adapters.codecs.csv_mapping import CsvMappingReader
from askul_connect.adapters.codecs.csv_orders import CsvOrderReader
from askul_connect.adapters.codecs.csv_receipts import CsvReceiptReader
from askul_connect.adapters.codecs.csv_requisitions import CsvRequisitionReader
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import ConfigurationError
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
from askul_connect.plugins.hookspecs import hookimpl
from askul_connect.plugins.kinds import (
    AuthenticationKind,
    CardProviderKind,
    ErpKind,
    LoginRiskKind,
    NotifierKind,
    PriceAdjustmentKind,
    SchemaState,
    Side,
    StorageKind,
    SupplierKind,
)
from askul_connect.plugins.toolkit import ReferenceRules, Toolkit

_RULES = ReferenceRules()


def _reference(toolkit: Toolkit, connection: ConnectionSettings) -> SupplierConnection:
    return toolkit.reference_supplier(connection, _RULES)


def _files(toolkit: Toolkit, settings: ErpConnection) -> ErpConnector:
    from askul_connect.adapters.codecs.ubl.order import UblOrderReader
    from askul_connect.adapters.codecs.ubl.writer import UblWriter
    from askul_connect.adapters.erp.files import FilesConnector

    for name in settings.options:
        raise ConfigurationError(f"{name!r} is unknown; drop folders have no keys", where=settings.key)
    return FilesConnector(
        toolkit.directory / "erp",
        order_readers={".xml": UblOrderReader(), ".csv": CsvOrderReader()},
        receipt_reader=CsvReceiptReader(),
        mapping_reader=CsvMappingReader(),
        budget_reader=CsvBudgetReader(),
        requisition_reader=CsvRequisitionReader(),
        writer=UblWriter(),
        clock=toolkit.clock,
    )


def _notice_files(toolkit: Toolkit, settings: NotifierSettings) -> NoticeSink:
    from askul_connect.adapters.documents.notice_files import NoticeFolder

    for name in settings.options:
        raise ConfigurationError(f"{name!r} is unknown; the file notifier has no keys", where=settings.key)
    return NoticeFolder(toolkit.directory / "data" / f"{settings.connection}-notices")


def _smtp(toolkit: Toolkit, settings: NotifierSettings) -> NoticeSink:
    from askul_connect.adapters.transports.smtp import SmtpNotifier
    from askul_connect.adapters.transports.smtp_settings import smtp_settings

    return SmtpNotifier(
        smtp_settings(
            settings.options,
            settings.key,
            toolkit.directory,
            lambda reference, key: toolkit.secret(reference, key=key),
        )
    )


def _small_lines(_toolkit: Toolkit, settings: AdjustmentSettings) -> PriceAdjuster:
    from askul_connect.adapters.pricing.small_lines import small_line_charge

    return small_line_charge(settings)


def _reference_cards(_toolkit: Toolkit, settings: CardSettings) -> CardProvider:
    from askul_connect.adapters.security.reference_cards import ReferenceCards

    for name in settings.options:
        raise ConfigurationError(
            f"{name!r} is unknown; the reference card provider has no keys", where=settings.key
        )
    return ReferenceCards()


def _open_buyer(url: Secret) -> BuyerStorage:
    from askul_connect.adapters.storage.sql.storage import buyer_sql

    return buyer_sql(url.reveal())


def _open_supplier(url: Secret) -> SupplierStorage:
    from askul_connect.adapters.storage.sql.storage import supplier_sql

    return supplier_sql(url.reveal())


def _check(url: Secret, side: Side) -> SchemaState:
    from askul_connect.adapters.storage.sql import schema

    version = schema.schema_check(url.reveal(), schema.Side(side.value))
    if version.up_to_date:
        text = f"schema {version.found}, up to date"
    elif version.found:
        text = f"schema {version.found}, wanted is {version.wanted}"
    else:
        text = f"empty; schema {version.wanted} is made at the first run"
    return SchemaState(place=version.place, up_to_date=version.up_to_date or not version.found, text=text)


def _upgrade(url: Secret, side: Side) -> SchemaState:
    from askul_connect.adapters.storage.sql import schema

    before = schema.schema_upgrade(url.reveal(), schema.Side(side.value))
    text = f"schema {before.wanted}" + (
        "" if before.up_to_date else f", upgraded from {before.found or 'nothing'}"
    )
    return SchemaState(place=before.place, up_to_date=True, text=text)


def _archive(url: Secret, side: Side) -> DatabaseArchive:
    from askul_connect.adapters.storage.sql import archive, schema

    return archive.SqlArchive(url.reveal(), schema.Side(side.value))


def _environment_risk(_toolkit: Toolkit) -> LoginRiskAssessor:
    from askul_connect.adapters.security.environment_risk import EnvironmentRisk

    return EnvironmentRisk()


def _passwords(_toolkit: Toolkit, _settings: ProviderSettings) -> AuthenticationProvider:
    from askul_connect.adapters.security.password_provider import PasswordProvider

    return PasswordProvider()


@hookimpl
def askul_connect_suppliers() -> list[SupplierKind]:
    """The reference supplier."""
    return [
        SupplierKind(
            name="reference",
            summary="The reference supplier, in this process or served elsewhere, over SOAP.",
            capabilities=frozenset(Capability),
            connect=_reference,
            rules=_RULES,
        )
    ]


@hookimpl
def askul_connect_erps() -> list[ErpKind]:
    """Drop folders."""
    return [ErpKind(name="files", summary="Drop folders with UBL and CSV files.", connect=_files)]


@hookimpl
def askul_connect_storages() -> list[StorageKind]:
    """SQL databases."""
    return [
        StorageKind(
            name="sql",
            summary="SQLite and PostgreSQL.",
            schemes=("sqlite", "postgresql"),
            open_buyer=_open_buyer,
            open_supplier=_open_supplier,
            check=_check,
            upgrade=_upgrade,
            archive=_archive,
        )
    ]


@hookimpl
def askul_connect_assess_login_risk() -> list[LoginRiskKind]:
    """Network and device, compared with the person's past."""
    return [
        LoginRiskKind(
            name="environment",
            summary="Tells people of logins from a new network or device; both new ask for the second factor.",
            fails_closed=False,
            immediate=True,
            connect=_environment_risk,
        )
    ]


@hookimpl
def askul_connect_price_adjustments() -> list[PriceAdjustmentKind]:
    """A handling charge."""
    return [
        PriceAdjustmentKind(
            name="small-line-charge",
            summary="A handling charge in percent on lines that cost less than an amount.",
            connect=_small_lines,
        )
    ]


@hookimpl
def askul_connect_card_providers() -> list[CardProviderKind]:
    """A card provider in memory."""
    return [
        CardProviderKind(
            name="reference",
            summary="Takes every card and moves no money; what it knows ends with the process.",
            connect=_reference_cards,
        )
    ]


@hookimpl
def askul_connect_notifiers() -> list[NotifierKind]:
    """Files and e-mail."""
    return [
        NotifierKind(name="file", summary="Notices as files in the directory.", connect=_notice_files),
        NotifierKind(name="smtp", summary="Notices by e-mail, over verified TLS.", connect=_smtp),
    ]


@hookimpl
def askul_connect_authenticate() -> list[AuthenticationKind]:
    """The supplier's own passwords."""
    return [
        AuthenticationKind(
            name="password",
            summary="The passwords that the supplier keeps, as argon2id hashes.",
            forms=frozenset({PresentedForm.PASSWORD}),
            connect=_passwords,
            # a hash at a time, capped by the hasher itself: a storm of logins queues and is no failure
            answers_within=0,
        )
    ]
