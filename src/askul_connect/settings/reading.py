"""Reading ``askul-connect.toml``: every finding names its key and what is accepted; all are told at once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from askul_connect.core.domain.budget_terms import BudgetBasis, BudgetDimension, ConsumedAt, ShippingBasis
from askul_connect.core.domain.currency import currency
from askul_connect.core.domain.findings import Findings
from askul_connect.core.domain.identifiers import normalise_party_id
from askul_connect.core.domain.networks import NETWORK_FORMS, NetworkSet
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import ConfigurationError, UnknownCurrency, UsageError, ValueInvalid
from askul_connect.core.messages.ordering import OnPriceChange
from askul_connect.core.policies.settings import (
    BudgetPeriod,
    BudgetSettings,
    CarryOver,
    IdsRepeat,
    MatchingSettings,
    MatchWay,
    MissingBudget,
    OrderSettings,
    OutboxSettings,
    OverBudget,
    SyncSettings,
)
from askul_connect.plugins.connections import NetworkSettings
from askul_connect.settings.keeping import read_finance, read_retention
from askul_connect.settings.references import (
    DATABASE_FORMS,
    PROXY_FORMS,
    REFERENCE_FORMS,
    is_proxy_address,
    resolve_database_url,
)
from askul_connect.settings.table import Table, one_of, shown
from askul_connect.settings.values import (
    BuyerSettings,
    ClockKind,
    ClockSettings,
    ErpSettings,
    ForwardedBy,
    ServerSettings,
    Settings,
    SupplierSettings,
)

FILE_NAME = "askul-connect.toml"
VERSION = 1
DEFAULT_DATABASE = "sqlite:///data/buyer.sqlite3"

_REFERENCE = re.compile(r"(env|file):.+")
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_MOST = 1_000_000_000
_WHOLE_PERCENT = 100
_MOST_ATTEMPTS = 1_000
_MOST_DAYS = 365
_LONGEST_CALL = 3_600
_LONGEST_WAIT = 30 * 86_400
#: A configuration above this size is none.
_MAXIMUM_BYTES = 100_000
#: The standard library's parser keeps every beginning of a dotted key, so one of 100 kB would take all memory there is.
_MAXIMUM_DOTS = 60
_LONGEST_ZONE = 60


def load_settings(directory: Path | str) -> Settings:
    """Read ``askul-connect.toml`` of a directory.

    Args:
        directory: The directory that the configuration, the ERP's folders and the data are in.

    Raises:
        UsageError: There is no such directory.
        ConfigurationError: The file is missing or broken; a key is missing, unknown or its value not
            accepted. All findings are in its problems.
    """
    home = Path(directory).resolve()
    if not home.is_dir():
        raise UsageError(f"there is no directory {str(directory)!r}", where=str(directory))
    findings = Findings(FILE_NAME)
    settings = _settings(Table(_document(home / FILE_NAME), "", findings), home)
    if findings:
        raise findings.error()
    return settings


def _document(path: Path) -> dict[str, object]:
    try:
        with path.open("rb") as file:
            text = file.read(_MAXIMUM_BYTES + 1).decode("utf-8-sig")
    except FileNotFoundError:
        raise ConfigurationError(
            f"{path} does not exist; accepted: a file as 'askul-connect init' writes it",
            where=FILE_NAME,
        ) from None
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}", where=FILE_NAME) from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(
            f"{path} is not UTF-8 text (byte {error.start + 1}); accepted: TOML 1.0", where=FILE_NAME
        ) from None
    if len(text) > _MAXIMUM_BYTES or any(line.count(".") > _MAXIMUM_DOTS for line in text.split("\n")):
        detail = (
            f"{path} is no configuration; accepted: {_MAXIMUM_BYTES} bytes, {_MAXIMUM_DOTS} points in a line"
        )
        raise ConfigurationError(detail, where=FILE_NAME)
    try:
        return tomllib.loads(text)
    except RecursionError:
        detail = f"{path} has values nested too deep; accepted: tables and arrays as documented"
        raise ConfigurationError(detail, where=FILE_NAME) from None
    except ValueError as error:
        # The parser's own error, or Python's refusal of an integer of more than 4,300 digits.
        raise ConfigurationError(f"{path} is no TOML: {error}; accepted: TOML 1.0", where=FILE_NAME) from None


def _settings(root: Table, directory: Path) -> Settings:
    version = root.value("version", int, str(VERSION), required=True)
    if isinstance(version, int) and version != VERSION:
        root.wrong("version", f"is {shown(version)}; accepted: {VERSION}")
    buyer = _section(root, "buyer", _buyer, required=True)
    database = _section(root, "database", lambda table: _database(table, directory))
    suppliers = _suppliers(root.table("suppliers"))
    settings = Settings(
        directory=directory,
        buyer=buyer,
        database_url=database,
        erp=_section(root, "erp", lambda table: _erp(table, suppliers)),
        budgets=_section(root, "budgets", _budgets),
        orders=_section(root, "orders", _orders),
        matching=_section(root, "matching", lambda table: _matching(table, suppliers)),
        outbox=_section(root, "outbox", _outbox),
        clock=_section(root, "clock", _clock),
        suppliers=suppliers,
        server=_section(root, "server", _server),
        finance=_section(root, "finance", lambda table: read_finance(table, directory, database)),
        retention=_section(root, "retention", read_retention),
        sync=_section(root, "sync", _sync),
    )
    root.end()
    return settings


_Section = TypeVar("_Section")


def _section(
    root: Table, name: str, read: Callable[[Table], _Section], *, required: bool = False
) -> _Section:
    table = root.table(name, required=required)
    section = read(table)
    table.end()
    return section


def _buyer(table: Table) -> BuyerSettings:
    accepted = "scheme:id, such as '0188:7010705000725' (a corporate number)"
    party = table.text("party", accepted=accepted, required=True)
    if party:
        try:
            party = normalise_party_id(party)
        except ValueInvalid:
            table.wrong("party", f"{party!r} is no party id; accepted: {accepted}")
    name = table.text("name", accepted="the buyer's name", required=True)
    zone = table.text("zone", "Asia/Tokyo", accepted="a time zone such as 'Asia/Tokyo'")
    try:
        ZoneInfo(zone if len(zone) <= _LONGEST_ZONE else "")
    except (ValueError, OSError, KeyError):
        table.wrong(
            "zone", f"{zone[:_LONGEST_ZONE]!r} is no time zone; accepted: a name such as 'Asia/Tokyo'"
        )
    return BuyerSettings(party=party, name=name, zone=zone)


def _database(table: Table, directory: Path) -> Secret:
    url = table.text("url", DEFAULT_DATABASE, accepted=DATABASE_FORMS)
    try:
        return resolve_database_url(url, directory, key=table.key("url"))
    except ConfigurationError as error:
        table.wrong("url", error.detail.removeprefix(f"{table.key('url')} "))
    return Secret("")


def _erp(table: Table, suppliers: Mapping[str, SupplierSettings]) -> ErpSettings:
    only = next(iter(suppliers)) if len(suppliers) == 1 else ""
    default = table.text("default_supplier", only, accepted=one_of(suppliers))
    if default and suppliers and default not in suppliers:
        table.wrong("default_supplier", f"{default!r} is no supplier; accepted: {one_of(suppliers)}")
    kind = _name(table, "kind", "files", "the name of an ERP connector plugin, such as 'files'")
    return ErpSettings(
        kind=kind,
        default_supplier=default,
        ids_repeat=table.choice("ids_repeat", IdsRepeat.NEVER),
        options=table.table(kind).rest() if kind in table.rest() else {},
    )


def _budgets(table: Table) -> BudgetSettings:
    code = table.text("currency", accepted="an ISO 4217 code such as 'JPY'")
    if code:
        try:
            code = currency(code).code
        except UnknownCurrency:
            table.wrong("currency", f"{code!r} is no ISO 4217 code; accepted: a code such as 'JPY'")
    return BudgetSettings(
        basis=table.choice("basis", BudgetBasis.EXCL_TAX),
        shipping=table.choice("shipping", ShippingBasis.INCLUDED),
        consumed_at=table.choice("consumed_at", ConsumedAt.INVOICE),
        dimension=table.choice("dimension", BudgetDimension.DEPARTMENT),
        period=table.choice("period", BudgetPeriod.MONTH),
        first_month=table.integer("first_month", 1, least=1, most=12),
        over_budget=table.choice("over_budget", OverBudget.BLOCK),
        requisition_over_budget=table.choice("requisition_over_budget", OverBudget.WARN),
        invoice_over_budget=table.choice("invoice_over_budget", OverBudget.WARN),
        when_missing=table.choice("when_missing", MissingBudget.BLOCK),
        warn_at_percent=table.integer("warn_at_percent", 0, least=0, most=100),
        currency=code,
        carry_over=table.choice("carry_over", CarryOver.NEVER),
    )


def _orders(table: Table) -> OrderSettings:
    return OrderSettings(
        price_tolerance=table.decimal("price_tolerance", Decimal(0)),
        on_price_change=table.choice("on_price_change", OnPriceChange.REFUSE_ORDER),
    )


def _matching(table: Table, suppliers: Mapping[str, SupplierSettings]) -> MatchingSettings:
    by_supplier = table.table("suppliers")
    for name in by_supplier.names():
        if name not in suppliers:
            by_supplier.wrong(name, f"is no supplier; accepted: {one_of(suppliers)}")
    return MatchingSettings(
        price_tolerance=table.decimal("price_tolerance", Decimal(0)),
        price_tolerance_percent=_percent(table, "price_tolerance_percent"),
        quantity_tolerance=table.integer("quantity_tolerance", 0, least=0, most=_MOST),
        quantity_tolerance_percent=_percent(table, "quantity_tolerance_percent"),
        amount_tolerance=table.integer("amount_tolerance", 0, least=0, most=_MOST),
        amount_tolerance_percent=_percent(table, "amount_tolerance_percent"),
        tax_tolerance=table.integer("tax_tolerance", 0, least=0, most=_MOST),
        tax_tolerance_percent=_percent(table, "tax_tolerance_percent"),
        way=table.choice("way", MatchWay.THREE_WAY),
        suppliers=_ways(by_supplier),
        accounts=_ways(table.table("accounts")),
    )


def _percent(table: Table, name: str) -> Decimal:
    percent = table.decimal(name, Decimal(0))
    if percent > _WHOLE_PERCENT:
        table.wrong(name, f"is {percent}; accepted: percent from 0 to {_WHOLE_PERCENT}")
        return Decimal(0)
    return percent


def _ways(table: Table) -> Mapping[str, MatchWay]:
    ways = {name: table.choice(name, MatchWay.THREE_WAY) for name in table.names()}
    table.end()
    return ways


def _outbox(table: Table) -> OutboxSettings:
    first = table.integer("first_retry_seconds", 60, least=1, most=_LONGEST_WAIT)
    longest = table.integer("longest_retry_seconds", 3_600, least=1, most=_LONGEST_WAIT)
    if longest < first:
        table.wrong(
            "longest_retry_seconds", f"is {longest}; accepted: first_retry_seconds ({first}) or more seconds"
        )
    return OutboxSettings(
        attempts=table.integer("attempts", 8, least=1, most=_MOST_ATTEMPTS),
        first_retry_seconds=first,
        longest_retry_seconds=longest,
        stale_after_days=table.integer("stale_after_days", 30, least=0, most=_MOST_DAYS),
    )


def _sync(table: Table) -> SyncSettings:
    return SyncSettings(look_back_days=table.integer("look_back_days", 0, least=0, most=_MOST_DAYS))


def _clock(table: Table) -> ClockSettings:
    kind = table.choice("kind", ClockKind.SYSTEM)
    if kind is ClockKind.SYSTEM:
        for name in ("start", "seed"):
            if table.has(name):
                table.wrong(name, 'is only for a simulated clock; accepted: nothing, or kind = "simulated"')
        return ClockSettings()
    accepted = "a date and time with its offset, not in quotes, such as 2026-04-01T09:00:00+09:00"
    start = table.value("start", datetime, accepted, required=True)
    if isinstance(start, datetime) and start.tzinfo is None:
        table.wrong("start", f"has no offset; accepted: {accepted}")
    return ClockSettings(
        kind=kind,
        start=_utc(start, table) if isinstance(start, datetime) else None,
        seed=table.text("seed", accepted="any text", required=True),
    )


def _server(table: Table) -> ServerSettings:
    token = table.text("metrics_token", accepted=REFERENCE_FORMS)
    if token and not _REFERENCE.fullmatch(token):
        # Not shown: someone may have written the secret itself here.
        table.wrong("metrics_token", f"is no reference to a secret; accepted: {REFERENCE_FORMS}")
    return ServerSettings(
        trusted_proxies=_networks(table, "trusted_proxies"),
        forwarded_by=table.choice("forwarded_by", ForwardedBy.X_FORWARDED),
        metrics_from=_networks(table, "metrics_from"),
        metrics_token=token,
    )


def _networks(table: Table, name: str) -> NetworkSet:
    accepted = f"an array of texts, each {NETWORK_FORMS}"
    texts = table.value(name, list, accepted, required=False)
    if not isinstance(texts, list):
        return NetworkSet()
    if any(type(text) is not str for text in texts):
        table.wrong(name, f"holds something else than texts; accepted: {accepted}")
        return NetworkSet()
    try:
        return NetworkSet.of(texts)
    except ValueInvalid as error:
        table.wrong(name, error.detail)
        return NetworkSet()


def _utc(start: datetime, table: Table) -> datetime | None:
    try:
        return start.astimezone(UTC)
    except OverflowError:
        table.wrong("start", "is out of the calendar in UTC; accepted: a day of this century")
        return None


def _suppliers(tables: Table) -> dict[str, SupplierSettings]:
    suppliers = {}
    for name, table in tables.tables().items():
        if not _NAME.fullmatch(name):
            tables.wrong(name, "is no name; accepted: a lower-case letter, then letters, digits, '-', '_'")
        kind = _name(table, "kind", "", "the name of a supplier plugin, such as 'reference'")
        credential = table.text("credential", accepted=REFERENCE_FORMS, required=True)
        if credential and not _REFERENCE.fullmatch(credential):
            # Not shown: someone may have written the secret itself here.
            table.wrong("credential", f"is no reference to a secret; accepted: {REFERENCE_FORMS}")
        network = _section(table, "network", _network)
        suppliers[name] = SupplierSettings(
            name=name, kind=kind, credential=credential, options=table.rest(), network=network
        )
    if not suppliers and not tables.rest():
        tables.wrong("NAME", "is missing: there is no supplier; accepted: a table [suppliers.NAME]")
    return suppliers


def _network(table: Table) -> NetworkSettings:
    proxy = table.text("proxy", accepted=PROXY_FORMS)
    if proxy and not _REFERENCE.fullmatch(proxy) and not is_proxy_address(proxy):
        # Not shown: it may hold a password.
        table.wrong("proxy", f"is no proxy; accepted: {PROXY_FORMS}")
    usual = NetworkSettings()

    def seconds(name: str) -> int:
        return table.integer(name, getattr(usual, name), least=1, most=_LONGEST_CALL)

    return NetworkSettings(
        connect_timeout_seconds=seconds("connect_timeout_seconds"),
        read_timeout_seconds=seconds("read_timeout_seconds"),
        answer_timeout_seconds=seconds("answer_timeout_seconds"),
        proxy=proxy,
        ca_bundle=table.text("ca_bundle", accepted="the path of a PEM file, relative to the directory"),
    )


def _name(table: Table, key: str, default: str, accepted: str) -> str:
    name = table.text(key, default, accepted=accepted, required=not default)
    if name and not _NAME.fullmatch(name):
        table.wrong(key, f"{name!r} is no plugin's name; accepted: {accepted}")
    return name
