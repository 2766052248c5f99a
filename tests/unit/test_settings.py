"""Reading askul-connect.toml: what is accepted, and that every finding names its key and what is accepted."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from askul_connect.core.domain.budget_terms import BudgetBasis, BudgetDimension, ConsumedAt, ShippingBasis
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import ConfigurationError, UsageError
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
)
from askul_connect.settings import ClockKind, load_settings, resolve_database_url, resolve_secret

MINIMAL = """
version = 1
[buyer]
party = "0188:7010705000725"
name = "見本商事"
[suppliers.askul]
kind = "reference"
credential = "file:secrets/askul.credential"
"""

pytestmark = pytest.mark.spec("INT-12")


def write(directory: Path, text: str) -> Path:
    (directory / "askul-connect.toml").write_text(text, encoding="utf-8")
    return directory


def findings(directory: Path, text: str) -> dict[str, str]:
    with pytest.raises(ConfigurationError) as caught:
        load_settings(write(directory, text))
    return {problem.where: problem.detail for problem in caught.value.problems}


def test_what_is_left_out_has_its_default(tmp_path: Path) -> None:
    settings = load_settings(write(tmp_path, MINIMAL))

    assert settings.directory == tmp_path.resolve()
    assert (settings.buyer.party, settings.buyer.name) == ("0188:7010705000725", "見本商事")
    assert settings.buyer.zone == "Asia/Tokyo"
    assert settings.database_url.reveal() == f"sqlite:///{tmp_path.resolve()}/data/buyer.sqlite3"
    assert (settings.erp.kind, settings.erp.default_supplier) == ("files", "askul")
    assert settings.erp.ids_repeat is IdsRepeat.NEVER
    assert settings.budgets == BudgetSettings()
    assert settings.orders == OrderSettings()
    assert settings.matching == MatchingSettings()
    assert settings.outbox == OutboxSettings()
    assert settings.clock.kind is ClockKind.SYSTEM
    assert settings.suppliers["askul"].options == {}


def test_every_value_is_taken(tmp_path: Path) -> None:
    settings = load_settings(
        write(
            tmp_path,
            MINIMAL
            + """
address = ""
[suppliers.askul.supplier]
items = 10
[suppliers.other]
kind = "other-supplier"
credential = "env:OTHER"
[database]
url = "postgresql://u:p@h/db"
[erp]
kind = "tryton"
default_supplier = "other"
ids_repeat = "yearly"
[budgets]
basis = "incl_tax"
period = "year"
over_budget = "warn"
when_missing = "allow"
shipping = "excluded"
consumed_at = "shipment"
dimension = "cost_centre"
first_month = 4
requisition_over_budget = "ask"
invoice_over_budget = "block"
warn_at_percent = 80
currency = "JPY"
carry_over = "year"
[orders]
price_tolerance = "0.25"
on_price_change = "drop_line"
[matching]
price_tolerance = "1.5"
price_tolerance_percent = "2.5"
quantity_tolerance = 2
quantity_tolerance_percent = "10"
amount_tolerance = 5
amount_tolerance_percent = "0.1"
tax_tolerance = 3
tax_tolerance_percent = "100"
way = "two_way"
suppliers = { other = "three_way" }
accounts = { "7420" = "three_way", "6150" = "two_way" }
[outbox]
attempts = 1
first_retry_seconds = 2
longest_retry_seconds = 2
[clock]
kind = "simulated"
start = 2026-04-01T09:00:00+09:00
seed = "demo"
""",
        )
    )

    assert settings.database_url == Secret("postgresql://u:p@h/db")
    assert settings.erp.default_supplier == "other"
    assert settings.erp.ids_repeat is IdsRepeat.YEARLY
    assert settings.budgets == BudgetSettings(
        basis=BudgetBasis.INCL_TAX,
        period=BudgetPeriod.YEAR,
        over_budget=OverBudget.WARN,
        when_missing=MissingBudget.ALLOW,
        shipping=ShippingBasis.EXCLUDED,
        consumed_at=ConsumedAt.SHIPMENT,
        dimension=BudgetDimension.COST_CENTRE,
        first_month=4,
        requisition_over_budget=OverBudget.ASK,
        invoice_over_budget=OverBudget.BLOCK,
        warn_at_percent=80,
        currency="JPY",
        carry_over=CarryOver.YEAR,
    )
    assert settings.orders == OrderSettings(
        price_tolerance=Decimal("0.25"), on_price_change=OnPriceChange.DROP_LINE
    )
    assert settings.matching == MatchingSettings(
        price_tolerance=Decimal("1.5"),
        price_tolerance_percent=Decimal("2.5"),
        quantity_tolerance=2,
        quantity_tolerance_percent=Decimal(10),
        amount_tolerance=5,
        amount_tolerance_percent=Decimal("0.1"),
        tax_tolerance=3,
        tax_tolerance_percent=Decimal(100),
        way=MatchWay.TWO_WAY,
        suppliers={"other": MatchWay.THREE_WAY},
        accounts={"7420": MatchWay.THREE_WAY, "6150": MatchWay.TWO_WAY},
    )
    assert settings.outbox == OutboxSettings(attempts=1, first_retry_seconds=2, longest_retry_seconds=2)
    assert settings.clock.start == datetime(2026, 4, 1, 0, 0, tzinfo=UTC)
    assert settings.clock.seed == "demo"
    assert list(settings.suppliers) == ["askul", "other"]
    assert settings.suppliers["askul"].options == {"address": "", "supplier": {"items": 10}}
    assert settings.suppliers["other"].credential == "env:OTHER"


def test_a_byte_order_mark_is_no_obstacle(tmp_path: Path) -> None:
    assert load_settings(write(tmp_path, "\ufeff" + MINIMAL)).buyer.name == "見本商事"


def test_the_only_supplier_is_the_default_and_of_two_none(tmp_path: Path) -> None:
    two = MINIMAL + '[suppliers.other]\nkind = "other"\ncredential = "env:X"\n'

    assert load_settings(write(tmp_path, MINIMAL)).erp.default_supplier == "askul"
    assert load_settings(write(tmp_path, two)).erp.default_supplier == ""


BUYER = '[buyer]\nparty = "0188:7010705000725"\nname = "n"\n'
SUPPLIER = '[suppliers.askul]\nkind = "reference"\ncredential = "env:X"\n'

# (what is added to a minimal configuration, key that is named, part of the text: what is accepted)
WRONG = [
    ("[budget]", "budget", "did you mean 'budgets'?"),
    ("[nonsense]", "nonsense", "accepted keys: version, buyer, "),
    ("database = 1", "database", "is a whole number; accepted: a table [database]"),
    ("budgets = []", "budgets", "is an array; accepted: a table [budgets]"),
    ("[database]\npath = 'x'", "database.path", "accepted keys: url"),
    ("[database]\nurl = 5", "database.url", "is a whole number; accepted: 'sqlite:///PATH'"),
    ("[database]\nurl = ''", "database.url", "is blank"),
    ("[database]\nurl = 'mysql://u:geheim@h/d'", "database.url", "accepted: 'sqlite:///PATH'"),
    ("[database]\nurl = 'sqlite:///'", "database.url", "is no database URL"),
    ("[database]\nurl = 'sqlite:///:memory:'", "database.url", "is no database URL"),
    ("[database]\nurl = 'sqlite:///../x.sqlite3'", "database.url", "leads out of the directory"),
    ("[database]\nurl = 'postgresql://'", "database.url", "is no database URL"),
    ("[database]\nurl = 'env:ASKUL_CONNECT_TEST_UNSET'", "database.url", "ASKUL_CONNECT_TEST_UNSET"),
    ("[database]\nurl = 'file:nowhere'", "database.url", "does not exist"),
    ("[erp]\nkind = true", "erp.kind", "is a boolean; accepted: the name of an ERP connector plugin"),
    ("[erp]\nkind = 'Files!'", "erp.kind", "'Files!' is no plugin's name"),
    ("[erp]\nids_repeat = 'sometimes'", "erp.ids_repeat", "accepted: 'never', 'yearly'"),
    ("[erp]\ndefault_supplier = 'amazon'", "erp.default_supplier", "accepted: 'askul'"),
    ("[budgets]\nbasis = 'net'", "budgets.basis", "accepted: 'excl_tax', 'incl_tax'"),
    ("[budgets]\nbasis = 1", "budgets.basis", "is a whole number; accepted: 'excl_tax', 'incl_tax'"),
    ("[budgets]\nperiod = 'week'", "budgets.period", "accepted: 'month', 'quarter', 'half_year', 'year'"),
    (
        "[budgets]\nover_budget = false",
        "budgets.over_budget",
        "is a boolean; accepted: 'block', 'ask', 'warn', 'allow'",
    ),
    ("[budgets]\ncurrency = 'YEN'", "budgets.currency", "is no ISO 4217 code"),
    ("[budgets]\nfirst_month = 13", "budgets.first_month", "from 1 to 12"),
    ("[budgets]\nwhen_missing = 'warn'", "budgets.when_missing", "accepted: 'block', 'allow'"),
    ("[budgets]\nperiods = 'month'", "budgets.periods", "did you mean 'period'?"),
    (
        "[orders]\nprice_tolerance = 0.5",
        "orders.price_tolerance",
        'write it in quotes: price_tolerance = "0.5"',
    ),
    ("[orders]\nprice_tolerance = 1", "orders.price_tolerance", 'in quotes: price_tolerance = "1"'),
    (
        "[orders]\nprice_tolerance = true",
        "orders.price_tolerance",
        "is a boolean; accepted: a decimal",
    ),
    ("[orders]\nprice_tolerance = '-1'", "orders.price_tolerance", "'-1' is no such number"),
    ("[orders]\nprice_tolerance = '1e3'", "orders.price_tolerance", "'1e3' is no such number"),
    ("[orders]\nprice_tolerance = 'NaN'", "orders.price_tolerance", "'NaN' is no such number"),
    ("[orders]\nprice_tolerance = '0.00001'", "orders.price_tolerance", "at most 4 decimals"),
    ("[orders]\nprice_tolerance = '\uff11'", "orders.price_tolerance", "is no such number"),
    ("[orders]\non_price_change = 'ignore'", "orders.on_price_change", "'refuse_order', 'drop_line'"),
    ("[matching]\nprice_tolerance = 0.0", "matching.price_tolerance", "write it in quotes"),
    ("[matching]\nquantity_tolerance = -1", "matching.quantity_tolerance", "a whole number from 0 to"),
    (
        "[matching]\nquantity_tolerance = true",
        "matching.quantity_tolerance",
        "is a boolean; accepted: a whole",
    ),
    ("[matching]\nquantity_tolerance = 1.0", "matching.quantity_tolerance", "is a float; accepted: a whole"),
    (
        "[matching]\ntax_tolerance_percent = '100.5'",
        "matching.tax_tolerance_percent",
        "percent from 0 to 100",
    ),
    ("[matching]\namount_tolerance_percent = 1.5", "matching.amount_tolerance_percent", "write it in quotes"),
    ("[matching]\nway = 'four_way'", "matching.way", "accepted: 'three_way', 'two_way'"),
    ("[matching.suppliers]\nnobody = 'two_way'", "matching.suppliers.nobody", "is no supplier"),
    ("[matching.accounts]\n7420 = 2", "matching.accounts.7420", "accepted: 'three_way', 'two_way'"),
    ("[matching]\ntax_tolerance = '1'", "matching.tax_tolerance", "is a text; accepted: a whole number"),
    ("[outbox]\nattempts = 0", "outbox.attempts", "is 0; accepted: a whole number from 1 to 1000"),
    ("[outbox]\nfirst_retry_seconds = 0", "outbox.first_retry_seconds", "a whole number from 1 to"),
    (
        "[outbox]\nfirst_retry_seconds = 90\nlongest_retry_seconds = 60",
        "outbox.longest_retry_seconds",
        "(90)",
    ),
    ("[clock]\nkind = 'atomic'", "clock.kind", "accepted: 'system', 'simulated'"),
    ("[clock]\nseed = 'x'", "clock.seed", "is only for a simulated clock"),
    ("[clock]\nstart = 2026-04-01T09:00:00Z", "clock.start", "is only for a simulated clock"),
    ("[clock]\nkind = 'simulated'\nseed = 's'", "clock.start", "is missing; accepted: a date and time"),
    ("[clock]\nkind = 'simulated'\nstart = 2026-04-01T09:00:00Z", "clock.seed", "is missing"),
    ("[clock]\nkind = 'simulated'\nseed = 's'\nstart = 2026-04-01T09:00:00", "clock.start", "has no offset"),
    (
        "[clock]\nkind = 'simulated'\nseed = 's'\nstart = 2026-04-01",
        "clock.start",
        "is a date or time",
    ),
    ("[clock]\nkind = 'simulated'\nseed = 's'\nstart = '2026-04-01T09:00:00Z'", "clock.start", "is a text"),
    ("[suppliers.other]\ncredential = 'env:X'", "suppliers.other.kind", "is missing; accepted: the name of"),
    ("[suppliers.other]\nkind = 'x'", "suppliers.other.credential", "is missing; accepted: 'env:NAME'"),
    ("[suppliers.Other]\nkind = 'x'\ncredential = 'env:X'", "suppliers.Other", "is no name; accepted"),
    ("[suppliers.other]\nkind = 'x'\ncredential = 'file:'", "suppliers.other.credential", "is no reference"),
]


@pytest.mark.parametrize(("added", "key", "text"), WRONG)
def test_a_wrong_value_is_named_with_what_is_accepted(
    tmp_path: Path, added: str, key: str, text: str
) -> None:
    # A plain key has to stand before the tables.
    content = added + MINIMAL if "=" in added.partition("\n")[0] else MINIMAL + added

    assert text in findings(tmp_path, content)[key]


@pytest.mark.parametrize(
    ("content", "key", "text"),
    [
        (BUYER + SUPPLIER, "version", "is missing; accepted: 1"),
        ("version = 2\n" + BUYER + SUPPLIER, "version", "is 2; accepted: 1"),
        ("version = true\n" + BUYER + SUPPLIER, "version", "is a boolean; accepted: 1"),
        ("version = '1'\n" + BUYER + SUPPLIER, "version", "is a text; accepted: 1"),
        ("version = 1\n" + SUPPLIER, "buyer", "is missing; accepted: a table [buyer]"),
        ("version = 1\n" + BUYER, "suppliers.NAME", "there is no supplier; accepted: a table"),
        ("version = 1\nsuppliers = 1\n" + BUYER, "suppliers", "is a whole number; accepted: a table"),
        ("version = 1\n[buyer]\nparty = '0188:1'\n" + SUPPLIER, "buyer.name", "is missing"),
        ("version = 1\n[buyer]\nname = 'n'\n" + SUPPLIER, "buyer.party", "is missing; accepted: scheme:id"),
        ("version = 1\n[buyer]\nname = 'n'\nparty = 'x'\n" + SUPPLIER, "buyer.party", "'x' is no party id"),
        ("version = 1\n[buyer]\nname = ' '\nparty = '0188:1'\n" + SUPPLIER, "buyer.name", "is blank"),
        ("version = 1\n" + BUYER + "zone = 'Mars/Olympus'\n" + SUPPLIER, "buyer.zone", "is no time zone"),
        ("version = 1\n" + BUYER + "zone = '../etc'\n" + SUPPLIER, "buyer.zone", "is no time zone"),
    ],
)
def test_what_is_required(tmp_path: Path, content: str, key: str, text: str) -> None:
    assert text in findings(tmp_path, content)[key]


def test_all_findings_are_told_at_once(tmp_path: Path) -> None:
    found = findings(
        tmp_path, "[buyer]\nname = 1\n[budgets]\nbasis = 'x'\nperiod = 2\n[suppliers.a]\nkind = 'Q?'\n"
    )

    assert set(found) == {
        "version",
        "buyer.name",
        "buyer.party",
        "budgets.basis",
        "budgets.period",
        "suppliers.a.kind",
        "suppliers.a.credential",
    }


def test_the_error_itself_names_the_first_key(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"budgets\.basis: 'net' is unknown") as caught:
        load_settings(write(tmp_path, MINIMAL + "[budgets]\nbasis = 'net'\n"))

    assert caught.value.where == "askul-connect.toml"


def test_a_directory_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no directory"):
        load_settings(tmp_path / "nowhere")


def test_a_file_in_place_of_the_directory(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(UsageError, match="there is no directory"):
        load_settings(tmp_path / "file")


def test_a_directory_without_a_configuration(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"does not exist; .*'askul-connect init'"):
        load_settings(tmp_path)


@pytest.mark.parametrize("text", ["a = 1\nb = [\n", "a = 1\n[b]\nname 5\n", "a = 1\na = 2\n"])
def test_broken_toml_is_named_with_its_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"is no TOML: .*(line \d+|end of document)"):
        load_settings(write(tmp_path, text))


def test_a_file_that_is_no_utf8(tmp_path: Path) -> None:
    (tmp_path / "askul-connect.toml").write_bytes(b'name = "' + "見本".encode("cp932") + b'"\n')

    with pytest.raises(ConfigurationError, match="is not UTF-8 text"):
        load_settings(tmp_path)


def test_a_configuration_that_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "askul-connect.toml").mkdir()

    with pytest.raises(ConfigurationError, match="cannot be read"):
        load_settings(tmp_path)


@pytest.mark.parametrize(
    "secret", ["hunter2-hunter2", "plain:hunter2-hunter2", "mysql://u:hunter2-hunter2@h/d"]
)
def test_what_may_be_a_secret_is_never_shown(tmp_path: Path, secret: str) -> None:
    content = MINIMAL.replace("file:secrets/askul.credential", secret) + f"[database]\nurl = '{secret}'\n"

    with pytest.raises(ConfigurationError) as caught:
        load_settings(write(tmp_path, content))

    assert {problem.where for problem in caught.value.problems} == {
        "suppliers.askul.credential",
        "database.url",
    }
    assert "hunter2" not in repr(caught.value.problems) + str(caught.value)


def test_settings_do_not_show_the_database_password(tmp_path: Path) -> None:
    content = MINIMAL + "[database]\nurl = 'postgresql://u:hunter2@h/db'\n"

    assert "hunter2" not in repr(load_settings(write(tmp_path, content)))


def test_a_secret_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASKUL_CONNECT_TEST_SECRET", "ac_0123")

    assert resolve_secret("env:ASKUL_CONNECT_TEST_SECRET", tmp_path, key="k") == Secret("ac_0123")


@pytest.mark.parametrize("path", ["secrets/x", "absolute"])
def test_a_secret_from_a_file(tmp_path: Path, path: str) -> None:
    (tmp_path / "secrets").mkdir()
    file = tmp_path / "secrets" / "x"
    file.write_text("ac_0123\n", encoding="utf-8")
    reference = f"file:{file if path == 'absolute' else path}"

    assert resolve_secret(reference, tmp_path, key="k") == Secret("ac_0123")


@pytest.mark.parametrize(
    ("reference", "text"),
    [
        (
            "env:ASKUL_CONNECT_TEST_UNSET",
            "variable ASKUL_CONNECT_TEST_UNSET, which is not set",
        ),
        ("file:missing", "which does not exist"),
        ("file:empty", "the file empty, which is not set or empty"),
        ("file:folder", "cannot be read: IsADirectoryError"),
        ("file:binary", "cannot be read: UnicodeDecodeError"),
        ("vault:x", "accepted: 'env:NAME'"),
        ("env:", "accepted: 'env:NAME'"),
        ("", "accepted: 'env:NAME'"),
    ],
)
def test_a_reference_that_leads_nowhere(tmp_path: Path, reference: str, text: str) -> None:
    (tmp_path / "empty").write_text(" \n", encoding="utf-8")
    (tmp_path / "folder").mkdir()
    (tmp_path / "binary").write_bytes(b"\xff\xfe\xfa")

    with pytest.raises(ConfigurationError) as caught:
        resolve_secret(reference, tmp_path, key="suppliers.askul.credential")

    assert text in caught.value.detail
    assert caught.value.where == "suppliers.askul.credential"


def test_a_database_url_that_is_kept_as_a_secret(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("postgresql://u:p@h/db\n", encoding="utf-8")

    assert resolve_database_url("file:url", tmp_path, key="k") == Secret("postgresql://u:p@h/db")


def test_an_absolute_sqlite_path_may_be_anywhere(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere" / "x.sqlite3"

    url = resolve_database_url(f"sqlite:///{elsewhere}", tmp_path / "home", key="k")

    assert url.reveal() == f"sqlite:///{elsewhere}"
