"""The rule at a supplier of a directory, through the package's public interface (PRC-1)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from askul_connect import ConfigurationError, open_workspace

CONFIGURATION = """
version = 1
[buyer]
party = "0188:9999999999999"
name = "見本商事株式会社"
[clock]
kind = "simulated"
start = 2026-04-01T09:00:00+09:00
seed = "test"
[suppliers.askul]
kind = "reference"
credential = "file:secrets/askul.credential"
[suppliers.askul.supplier]
items = 0
shipping = []
RULE
[suppliers.askul.account]
name = "見本商事株式会社"
representative = "見本 太郎"
postcode = "150-0001"
address = "東京都渋谷区見本2-2"
phone = "03-0000-0000"
email = "soumu@example.co.jp"
departments = [{ code = "D100", name = "総務部" }]
administrator = { name = "見本 花子", email = "hanako@example.co.jp" }
buyer = { name = "見本 次郎", email = "jiro@example.co.jp", departments = ["D100"] }
"""
RULE = """[suppliers.askul.supplier.price_adjustments.midweek]
kind = "weekday-discount"
category = "文具 > ペン"
weekdays = ["wednesday"]
percent = 5
"""
CATALOG = """sku,name,unit,unit_price,tax_category,maker,category,family,on_hand
A4,コピー用紙A4,XPK,500,standard,甲,紙>コピー用紙,コピー用紙,900
A3,コピー用紙A3,XPK,800,standard,甲,紙>コピー用紙,コピー用紙,900
PEN,ボールペン,EA,100,standard,乙,文具>ペン>ボールペン,,900
"""
BUDGETS = "department,period,currency,budget\nD100,2026-04,JPY,900000\n"
HEADER = (
    "purchase_order_id,line_id,sku,quantity,unit,unit_price,currency,department,cost_centre,requested_on\n"
)


def directory(folder: Path, rule: str) -> Path:
    for name in ("erp/in", "erp/budgets", "data"):
        (folder / name).mkdir(parents=True)
    (folder / "askul-connect.toml").write_text(CONFIGURATION.replace("RULE", rule), encoding="utf-8")
    (folder / "erp" / "budgets" / "2026.csv").write_text(BUDGETS, encoding="utf-8")
    return folder


def ordered(folder: Path, *rows: str) -> list[dict[str, Any]]:
    """The orders that a purchase order of these rows becomes, at a supplier with the catalog above."""
    (folder / "more.csv").write_text(CATALOG, encoding="utf-8")
    command = [sys.executable, "-m", "askul_connect", "--directory", str(folder)]
    with open_workspace(folder) as workspace:
        workspace.run()
    subprocess.run([*command, "catalog", "import", str(folder / "more.csv")], check=True, capture_output=True)
    (folder / "erp" / "in" / "a.csv").write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
    with open_workspace(folder) as workspace:
        report = workspace.run()
        assert report.rejections == ()
        found: list[dict[str, Any]] = workspace.orders()
    return found


# 2026-04-01 is a Wednesday
@pytest.mark.parametrize(("days", "pens"), [('["wednesday"]', 9_500), ('["monday", "sunday"]', 10_000)])
def test_a_category_is_cheaper_on_its_days(tmp_path: Path, days: str, pens: int) -> None:
    [order] = ordered(
        directory(tmp_path / "here", RULE.replace('["wednesday"]', days)),
        "PO-1,1,PEN,100,EA,100,JPY,D100,,",
        "PO-1,2,A4,10,XPK,500,JPY,D100,,",
    )
    assert order["total_excl_tax"] == pens + 5_000


@pytest.mark.parametrize(
    ("rule", "key"),
    [
        (RULE.replace("percent", "per_cent"), ""),
        (RULE.replace("文具 > ペン", ">"), ".category"),
        (RULE.replace('"wednesday"', '"mittwoch"'), ".weekdays"),
        (RULE.replace('["wednesday"]', "[]"), ".weekdays"),
        (RULE.replace("percent = 5", "percent = 101"), ".percent"),
        (RULE + 'explanation = " "\n', ".explanation"),
    ],
)
def test_a_rule_that_is_not_accepted_is_named(tmp_path: Path, rule: str, key: str) -> None:
    folder = directory(tmp_path / "here", rule)
    with pytest.raises(ConfigurationError) as caught, open_workspace(folder) as workspace:
        workspace.run()
    assert caught.value.where == f"suppliers.askul.supplier.price_adjustments.midweek{key}"
