"""Where a reference supplier is at home: what its configuration takes, and every mistake by its key."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from askul_connect.bootstrap.reference_terms import Home, read_home
from askul_connect.core.domain.allowances import AgreedTerm
from askul_connect.core.domain.findings import Findings
from askul_connect.core.domain.rounding import Rounding
from askul_connect.core.domain.tax import JAPAN_CONSUMPTION_TAX, TaxCategory
from askul_connect.core.errors import ConfigurationError
from askul_connect.settings.table import Table

CATALOG = (
    "sku,name,unit,unit_price,tax_category,on_hand\nA,Gauze,XBX,12.5000,zero,7\nB,Tape,EA,3,standard,0\n"
)


def home(directory: Path, **values: Any) -> Home:
    findings = Findings("askul-connect.toml")
    table = Table(values, "suppliers.x.supplier", findings)
    made = read_home(table, directory)
    table.end()
    if findings:
        raise findings.error()
    return made


def abroad(directory: Path, **changes: Any) -> Home:
    (directory / "catalog.csv").write_text(CATALOG)
    values = {
        "currency": "NOK",
        "catalog": "catalog.csv",
        "tax_rates": [{"category": "standard", "rate": "25"}],
        **changes,
    }
    return home(directory, **values)


def test_without_keys_it_is_in_japan_and_takes_no_allowance(tmp_path: Path) -> None:
    found = home(tmp_path)

    assert (found.currency.code, found.zone, found.catalog, found.terms) == ("JPY", "Asia/Tokyo", None, ())
    assert found.tax_table is JAPAN_CONSUMPTION_TAX
    assert found.tax_rounding is Rounding.DOWN


def test_every_key_counts(tmp_path: Path) -> None:
    found = abroad(
        tmp_path,
        zone="Europe/Oslo",
        tax_rounding="half_up",
        tax_rates=[
            {"category": "standard", "rate": "24", "valid_to": date(2025, 12, 31)},
            {"category": "standard", "rate": "25", "valid_from": date(2026, 1, 1)},
        ],
        terms=[
            {"kind": "allowance", "reason_code": "95", "at_most_percent": "12.5", "on": "lines"},
            {"kind": "charge", "reason": "Freight", "on": "order"},
        ],
    )

    assert (found.currency.code, found.zone, found.tax_rounding) == ("NOK", "Europe/Oslo", Rounding.HALF_UP)
    rates = [found.tax_table.rate(TaxCategory.STANDARD, date(year, 6, 1)).rate for year in (2013, 2026)]
    assert rates == [Decimal(24), Decimal(25)]
    assert found.terms == (
        AgreedTerm(charge=False, reason_code="95", most_percent=Decimal("12.5"), on_order=False),
        AgreedTerm(charge=True, reason="Freight", on_lines=False),
    )
    assert found.catalog is not None
    assert [(item.sku, item.list_price, item.currency, level.on_hand) for item, level in found.catalog] == [
        ("A", Decimal("12.5"), "NOK", 7),
        ("B", Decimal(3), "NOK", 0),
    ]


@pytest.mark.parametrize(
    ("changes", "key", "word"),
    [
        ({"currency": "QQQ"}, "currency", "QQQ"),
        ({"zone": "Europe/Nowhere"}, "zone", "no zone"),
        ({"zone": "../../etc/passwd"}, "zone", "no zone"),
        ({"tax_rates": [{"category": "standard"}]}, "tax_rates[1].rate", "missing"),
        ({"tax_rates": [{"category": "standard", "rate": 25}]}, "tax_rates[1].rate", "quotes"),
        ({"tax_rates": [{"category": "standard", "rate": "101"}]}, "tax_rates[1].rate", "0 to 100"),
        ({"tax_rates": [{"category": "other", "rate": "1"}]}, "tax_rates[1].category", "unknown"),
        ({"tax_rates": [{"rate": "1"}, {"rate": "2"}]}, "tax_rates", "two enacted"),
        ({"tax_rounding": "nearest"}, "tax_rounding", "unknown"),
        ({"terms": [{"kind": "allowance"}]}, "terms[1].reason_code", "reason"),
        ({"terms": [{"kind": "gift", "reason": "x"}]}, "terms[1].kind", "unknown"),
        ({"terms": [{"reason": "x", "more": 1}]}, "terms[1].more", "unknown"),
        ({"catalog": "none.csv"}, "catalog", "cannot be read"),
    ],
)
def test_a_mistake_is_named_by_its_key(changes: dict[str, Any], key: str, word: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as error:
        abroad(tmp_path, **changes)

    assert any(
        problem.where == f"suppliers.x.supplier.{key}" and word in problem.detail
        for problem in error.value.problems
    ), error.value.problems


def test_abroad_a_catalog_and_a_tax_table_are_needed(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as error:
        home(tmp_path, currency="EUR")

    assert [problem.where.rpartition(".")[2] for problem in error.value.problems] == ["catalog", "tax_rates"]


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ("A,x,EA,1,standard,1", "earlier row"),
        ("C,x,QQQ,1,standard,1", "QQQ"),
        ("C,x,EA,-1,standard,1", "unit price"),
        ("C,x,EA,1,luxury,1", "tax_category"),
        ("C,x,EA,1,standard,1.5", "whole number"),
        (",x,EA,1,standard,1", "empty"),
    ],
)
def test_a_wrong_row_of_the_catalog_is_named(row: str, word: str, tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text(f"{CATALOG}{row}\n")

    with pytest.raises(ConfigurationError) as error:
        abroad(tmp_path, catalog="own.csv")

    assert any("row 4" in problem.detail and word in problem.detail for problem in error.value.problems)
