"""The options of a connection to the reference supplier, checked as a whole."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from attrs import field, frozen

from askul_connect.bootstrap.reference_delivery import read_delivery
from askul_connect.bootstrap.reference_selling import read_selling_terms
from askul_connect.bootstrap.reference_terms import read_home
from askul_connect.core.domain.accounts import AccountKind, BillingTerms, SupplierProfile
from askul_connect.core.domain.catalog import Item, StockLevel
from askul_connect.core.domain.factors import RelyingParty
from askul_connect.core.domain.findings import Findings
from askul_connect.core.domain.identifiers import normalise_email
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.domain.selling_terms import SellingTerms
from askul_connect.core.domain.tax import JAPAN_CONSUMPTION_TAX, TaxTable
from askul_connect.core.errors import ValueInvalid
from askul_connect.core.policies.fulfilment import Behaviour, FulfilmentException
from askul_connect.core.policies.passwords import ASKUL_GUIDE, PASSWORD_POLICIES, PasswordPolicy
from askul_connect.core.services.buyer.onboarding import OnboardingPlan
from askul_connect.core.services.supplier.opening import AccountOpening, DepartmentOpening
from askul_connect.core.services.supplier.proving import PASSWORD_PROVIDER
from askul_connect.plugins.connections import (
    AdjustmentSettings,
    CardSettings,
    ConnectionSettings,
    NotifierSettings,
    ProviderSettings,
)
from askul_connect.plugins.toolkit import ReferenceRules
from askul_connect.settings import resolve_database_url
from askul_connect.settings.table import Table

_MOST_ITEMS = 10_000_000
_MOST_MINUTES = 60 * 24 * 30
_MOST_DAYS = 365
_MOST_UNITS = 1_000_000
#: The one host that browsers make passkeys for without TLS.
_LOOPBACK = "localhost"
#: As a browser writes it: lower case, no path, no standard port.
_ORIGIN = re.compile(r"(https?)://([a-z0-9.-]+)(?::[0-9]{1,5})?")
_PROVIDER_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
_SUPPLIER_DEFAULTS = {
    "name": "見本文具サプライ株式会社",
    "party": "0188:1999999999998",
    "registration_number": "T1999999999998",
    "postcode": "100-0001",
    "address": "東京都千代田区見本1-1",
    "items": 2400,
    "seed": "askul-connect",
}


@frozen(kw_only=True)
class SignOnOptions:
    """An authentication provider of the supplier: of which kind, and its own settings (AUTH-16)."""

    kind: str
    settings: ProviderSettings


@frozen(kw_only=True)
class AdjustmentOptions:
    """A further rule of the supplier's prices: of which kind, and its own settings (PRC-1)."""

    kind: str
    settings: AdjustmentSettings


@frozen(kw_only=True)
class CardOptions:
    """The card provider of the supplier: of which kind, and its own settings (BIL-9)."""

    kind: str
    settings: CardSettings


@frozen(kw_only=True)
class InProcessOptions:
    """The supplier itself, when it runs in this process.

    Attributes:
        catalog: Its own items, None for the sample catalog of ``items`` and ``seed``.
        security_email: Where alerts to the supplier itself are sent; empty for files only.
        cards: Who charges cards; None for the one in memory.
    """

    database: Secret
    items: int
    seed: str
    profile: SupplierProfile
    opening: AccountOpening
    plan: OnboardingPlan
    behaviour: Behaviour
    tax_table: TaxTable = JAPAN_CONSUMPTION_TAX
    catalog: tuple[tuple[Item, StockLevel], ...] | None = None
    password_policy: PasswordPolicy = ASKUL_GUIDE
    relying_party: RelyingParty = field(factory=RelyingParty)
    notifiers: tuple[NotifierSettings, ...] = ()
    sign_on: tuple[SignOnOptions, ...] = ()
    security_email: str = ""
    selling: SellingTerms = field(factory=SellingTerms)
    price_adjustments: tuple[AdjustmentOptions, ...] = ()
    cards: CardOptions | None = None


@frozen(kw_only=True)
class ReferenceOptions:
    """A connection: an address, or what runs in this process."""

    address: str
    in_process: InProcessOptions | None


def reference_options(
    connection: ConnectionSettings, rules: ReferenceRules, directory: Path, buyer_party: str
) -> ReferenceOptions:
    """Read the options of a connection.

    Raises:
        ConfigurationError: A key is missing, unknown or its value not accepted; all findings are listed.
    """
    path = f"suppliers.{connection.name}"
    findings = Findings("askul-connect.toml")
    root = Table(connection.options, path, findings)
    address = root.text("address") if connection.options.get("address") else ""
    root.has("address")
    in_process = None
    if address:
        for name in ("supplier", "account", "behaviour"):
            root.has(name)
    else:
        in_process = _in_process(root, connection.name, rules, directory, buyer_party)
    root.end()
    if findings:
        raise findings.error()
    return ReferenceOptions(address=address, in_process=in_process)


def _in_process(
    root: Table, name: str, rules: ReferenceRules, directory: Path, buyer_party: str
) -> InProcessOptions:
    supplier = root.table("supplier")
    defaults: Mapping[str, object] = {**_SUPPLIER_DEFAULTS, **(rules.defaults or {})}

    def text(key: str) -> str:
        return supplier.text(key, str(defaults[key]))

    database = supplier.text("database", f"sqlite:///data/{name}-supplier.sqlite3")
    items = supplier.integer("items", int(str(defaults["items"])), least=0, most=_MOST_ITEMS)
    seed = text("seed")
    home = read_home(supplier, directory)
    profile = SupplierProfile(
        name=text("name"),
        party_id=text("party"),
        registration_number=text("registration_number"),
        postcode=text("postcode"),
        address=text("address"),
        price_factor_permille=rules.price_permille,
        zone=home.zone,
        currency=home.currency.code,
        tax_rounding=home.tax_rounding,
        terms=home.terms,
        delivery=read_delivery(supplier),
        **_order_rules(supplier),
    )
    policy = _password_policy(supplier, rules)
    relying_party = _relying_party(supplier, profile.name)
    notifiers = _notifiers(supplier, name)
    sign_on = _sign_on(supplier, name)
    security_email = _security_email(supplier)
    selling = read_selling_terms(supplier, home.currency)
    price_adjustments = _price_adjustments(supplier, name)
    cards = _cards(supplier, name)
    supplier.end()
    opening, plan = _account(root.table("account", required=True), buyer_party)
    return InProcessOptions(
        database=resolve_database_url(database, directory, key=supplier.key("database")),
        items=items,
        seed=seed,
        profile=profile,
        opening=opening,
        plan=plan,
        behaviour=_behaviour(root.table("behaviour")),
        tax_table=home.tax_table,
        catalog=home.catalog,
        password_policy=policy,
        relying_party=relying_party,
        notifiers=notifiers,
        sign_on=sign_on,
        security_email=security_email,
        selling=selling,
        price_adjustments=price_adjustments,
        cards=cards,
    )


def _order_rules(supplier: Table) -> dict[str, int]:
    """Until when and how far an order may change (ORD-5, ORD-6); the profile says what holds without a key."""
    most = {"changes_until_hour": 24, "over_shipment_percent": 100, "return_days": _MOST_DAYS}
    return {
        key: supplier.integer(key, 0, least=0, most=limit) for key, limit in most.items() if supplier.has(key)
    }


def _password_policy(supplier: Table, rules: ReferenceRules) -> PasswordPolicy:
    """The one that is named; else that of the plugin; else the guide's (AUTH-5)."""
    if not supplier.has("password_policy"):
        return rules.password_policy or ASKUL_GUIDE
    name = supplier.text("password_policy")
    known = PASSWORD_POLICIES.get(name)
    if known is None:
        supplier.wrong("password_policy", f"is {name!r}; accepted: {', '.join(PASSWORD_POLICIES)}")
    return known or ASKUL_GUIDE


def _relying_party(supplier: Table, name: str) -> RelyingParty:
    """For whom passkeys are made; a browser makes none for an origin that is not of the domain."""
    domain = supplier.text("passkey_domain", _LOOPBACK)
    accepted = f"an array of origins of {domain}: https://HOST[:PORT], or http://{_LOOPBACK}[:PORT]"
    if not supplier.has("passkey_origins"):
        origins = [f"https://{domain}"] if domain != _LOOPBACK else [f"http://{_LOOPBACK}"]
        return RelyingParty(domain=domain, name=name, origins=tuple(origins))
    given = supplier.value("passkey_origins", list, accepted, required=True)
    if not isinstance(given, list):
        return RelyingParty(domain=domain, name=name)
    if not given or not all(_is_origin(one, domain) for one in given):
        supplier.wrong("passkey_origins", f"is empty or names another origin; accepted: {accepted}")
        return RelyingParty(domain=domain, name=name)
    return RelyingParty(domain=domain, name=name, origins=tuple(given))


def _is_origin(text: object, domain: str) -> bool:
    parts = _ORIGIN.fullmatch(text) if isinstance(text, str) else None
    if parts is None:
        return False
    scheme, host = parts.groups()
    return (host == domain or host.endswith(f".{domain}")) and (scheme == "https" or host == _LOOPBACK)


def _notifiers(supplier: Table, connection: str) -> tuple[NotifierSettings, ...]:
    """Those that are named, each with its own table; files by default (SUP-4)."""
    accepted = 'an array of names of notifier plugins, such as ["file", "smtp"], each once'
    named = supplier.value("notify", list, accepted, required=False)
    tables = supplier.table("notifiers")
    names = [str(name) for name in named] if isinstance(named, list) else ["file"]
    if not names or len(set(names)) != len(names):
        supplier.wrong("notify", f"is empty or names one twice; accepted: {accepted}")
    found = tuple(
        NotifierSettings(
            name=name, connection=connection, key=tables.key(name), options=tables.table(name).rest()
        )
        for name in names
    )
    tables.end()
    return found


def _security_email(supplier: Table) -> str:
    """The box of the supplier's own security alerts (AUTH-9)."""
    if not supplier.has("security_email"):
        return ""
    given = supplier.text("security_email")
    try:
        return normalise_email(given)
    except ValueInvalid:
        supplier.wrong("security_email", f"is {given!r}; accepted: an e-mail address")
        return ""


def _sign_on(supplier: Table, connection: str) -> tuple[SignOnOptions, ...]:
    """The providers that are named, in their order; the rest of each table is its plugin's."""
    found = []
    providers = supplier.table("sign_on")
    for name, table in providers.tables().items():
        if not _PROVIDER_NAME.fullmatch(name) or name == PASSWORD_PROVIDER:
            accepted = f"lower-case letters, digits and hyphens, up to 40, other than {PASSWORD_PROVIDER!r}"
            providers.wrong(name, f"is no name of a provider; accepted: {accepted}")
        kind = table.text("kind", name)
        key = providers.key(name)
        found.append(
            SignOnOptions(
                kind=kind,
                settings=ProviderSettings(name=name, connection=connection, key=key, options=table.rest()),
            )
        )
    return tuple(found)


def _price_adjustments(supplier: Table, connection: str) -> tuple[AdjustmentOptions, ...]:
    """The rules that are named, in their order; the rest of each table is its plugin's."""
    found = []
    rules = supplier.table("price_adjustments")
    for name, table in rules.tables().items():
        if not _PROVIDER_NAME.fullmatch(name):
            rules.wrong(
                name, "is no name of a rule; accepted: lower-case letters, digits and hyphens, up to 40"
            )
        kind = table.text("kind", name)
        settings = AdjustmentSettings(
            name=name, connection=connection, key=rules.key(name), options=table.rest()
        )
        found.append(AdjustmentOptions(kind=kind, settings=settings))
    return tuple(found)


def _cards(supplier: Table, connection: str) -> CardOptions:
    """The card provider that is named; the rest of the table is its plugin's."""
    table = supplier.table("cards")
    kind = table.text("kind", "reference")
    settings = CardSettings(connection=connection, key=supplier.key("cards"), options=table.rest())
    return CardOptions(kind=kind, settings=settings)


def _account(table: Table, buyer_party: str) -> tuple[AccountOpening, OnboardingPlan]:
    departments = []
    for entry in table.entries("departments"):
        departments.append(
            DepartmentOpening(code=entry.text("code", required=True), name=entry.text("name", required=True))
        )
        entry.end()
    administrator = table.table("administrator", required=True)
    buyer = table.table("buyer", required=True)
    name = table.text("name", required=True)
    registration = table.text("registration_number") if table.has("registration_number") else ""
    corporate = table.text("corporate_number") if table.has("corporate_number") else ""
    opening = AccountOpening(
        kind=table.choice("kind", AccountKind.CORPORATION),
        name=name,
        name_kana=table.text("name_kana") if table.has("name_kana") else "",
        postcode=table.text("postcode", required=True),
        address=table.text("address", required=True),
        representative=table.text("representative", required=True),
        phone=table.text("phone", required=True),
        email=table.text("email", required=True),
        corporate_number=corporate,
        invoice_registration_number=registration,
        buyer_party=buyer_party,
        terms=_terms(table),
        administrator_name=administrator.text("name", required=True),
        administrator_email=administrator.text("email", required=True),
        departments=tuple(departments),
    )
    codes = _codes(buyer, [department.code for department in departments])
    plan = OnboardingPlan(
        buyer_name=buyer.text("name", required=True),
        buyer_email=buyer.text("email", required=True),
        buyer_departments=codes,
        departments=tuple((department.code, department.name) for department in departments),
    )
    for part in (administrator, buyer, table):
        part.end()
    return opening, plan


def _terms(table: Table) -> BillingTerms:
    closing_day = table.integer("closing_day", 31, least=10, most=31)
    if closing_day not in {10, 20, 31}:
        table.wrong("closing_day", f"is {closing_day}; accepted: 10, 20, or 31 for the last day of the month")
        closing_day = 31
    return BillingTerms(closing_day=closing_day)


def _codes(buyer: Table, known: list[str]) -> tuple[str, ...]:
    accepted = f"an array of department codes of this account: {', '.join(known)}"
    codes = buyer.value("departments", list, accepted, required=False)
    if not isinstance(codes, list):
        return ()
    if any(code not in known for code in codes):
        buyer.wrong("departments", f"names a department that the account does not have; accepted: {accepted}")
        return ()
    return tuple(codes)


def _behaviour(table: Table) -> Behaviour:
    exceptions = []
    for entry in table.entries("exceptions"):
        exceptions.append(
            FulfilmentException(
                purchase_order_id=entry.text("purchase_order_id", required=True),
                line_id=entry.text("line_id") if entry.has("line_id") else "",
                parts=entry.integer("parts", 0, least=1, most=_MOST_DAYS),
                short=entry.integer("short", 0, least=0, most=_MOST_UNITS),
            )
        )
        entry.end()
    standard = Behaviour()
    behaviour = Behaviour(
        confirm_after_minutes=table.integer(
            "confirm_after_minutes", standard.confirm_after_minutes, least=0, most=_MOST_MINUTES
        ),
        ship_after_days=table.integer("ship_after_days", standard.ship_after_days, least=0, most=_MOST_DAYS),
        part_interval_days=table.integer(
            "part_interval_days", standard.part_interval_days, least=1, most=_MOST_DAYS
        ),
        deliver_after_days=table.integer("deliver_after_days", 0, least=0, most=_MOST_DAYS)
        if table.has("deliver_after_days")
        else None,
        exceptions=tuple(exceptions),
    )
    table.end()
    return behaviour
