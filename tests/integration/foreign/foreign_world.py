"""A directory whose supplier is abroad, with the mapping tables that a document from there needs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from attrs import field, frozen

from askul_connect import open_workspace
from askul_connect.bootstrap import RunReport

CONNECTION = "abroad"
CONFIGURATION = """version = 1
[buyer]
party = "{buyer}"
name = "Example buyer"
[budgets]
when_missing = "{when_missing}"
[clock]
kind = "simulated"
start = 2026-04-01T09:00:00+09:00
seed = "foreign"
[suppliers.abroad]
kind = "reference"
credential = "file:secrets/abroad.credential"
[suppliers.abroad.supplier]
database = "sqlite:///data/abroad-supplier.sqlite3"
currency = "{currency}"
zone = "Europe/Stockholm"
catalog = "catalog.csv"
tax_rates = [{rates}]
tax_rounding = "half_up"
terms = [{terms}]
[suppliers.abroad.account]
name = "Example buyer"
representative = "A. Person"
postcode = "150-0001"
address = "Street 1"
phone = "03-0000-0000"
email = "office@example.com"
departments = [{{ code = "D100", name = "Ward" }}]
administrator = {{ name = "B. Person", email = "b@example.com" }}
buyer = {{ name = "C. Person", email = "c@example.com", departments = ["D100"] }}
[suppliers.abroad.behaviour]
{behaviour}
"""
#: Terms that let every allowance and charge pass that the documents of these tests have.
ALL_TERMS = (
    '{ kind = "allowance", reason_code = "95", at_most_percent = "50" }',
    '{ kind = "allowance", reason_code = "65", at_most_percent = "50" }',
    '{ kind = "allowance", reason = "Agreed discount", at_most_percent = "50", on = "order" }',
    '{ kind = "charge", reason_code = "ABK" }',
    '{ kind = "charge", reason_code = "FC" }',
    '{ kind = "charge", reason = "Freight cost", on = "order" }',
)


@frozen(kw_only=True)
class Item:
    """An item of the document, and what the supplier calls it."""

    number: str
    sku: str
    unit: str
    price: str
    tax_category: str = "standard"


@frozen(kw_only=True)
class Abroad:
    """What a document needs to become an order: the mapping that an integrator writes, and the supplier's own tables.

    Attributes:
        taxes: Category and rate of the documents to our tax category.
        rates: The supplier's rate of each of our tax categories.
        departments: What documents charge their lines to.
    """

    buyer: str
    seller: str
    currency: str
    items: tuple[Item, ...]
    taxes: tuple[tuple[str, str, str], ...] = (("S", "25", "standard"),)
    rates: tuple[tuple[str, str], ...] = (("standard", "25"),)
    departments: tuple[str, ...] = ("MAFO", "MAFO-1", "")
    units: tuple[tuple[str, str], ...] = ()
    currencies: tuple[tuple[str, str], ...] = ()
    terms: tuple[str, ...] = field(default=ALL_TERMS)


@frozen
class Directory:
    """A directory and what is done with it."""

    path: Path

    def write(self, name: str, content: str | bytes) -> None:
        target = self.path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)

    def run(self) -> RunReport:
        with open_workspace(self.path) as opened:
            return opened.run()

    def orders(self) -> list[dict[str, Any]]:
        with open_workspace(self.path) as opened:
            return [dict(order) for order in opened.orders()]

    def invoices(self) -> list[dict[str, Any]]:
        with open_workspace(self.path) as opened:
            return [dict(invoice) for invoice in opened.invoices()]

    def budget(self) -> dict[str, Any]:
        with open_workspace(self.path) as opened:
            [found] = [entry for entry in opened.budgets() if entry["period"] == "2026-04"]
            return dict(found)

    def error(self, name: str) -> dict[str, Any]:
        path = self.path / "erp" / "rejected" / f"{name}.error.json"
        assert path.exists(), sorted(each.name for each in self.path.rglob("erp/*/*"))
        found: dict[str, Any] = json.loads(path.read_text("utf-8"))
        return found


def table(*rows: Iterable[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def make_directory(
    path: Path, abroad: Abroad, *, mapped: bool = True, budget: str = "", behaviour: str = ""
) -> Directory:
    """A directory for a document.

    Args:
        path: Of the directory.
        abroad: The mapping and the supplier.
        mapped: Whether the mapping tables are there.
        budget: Of the department in April, major units; else there is none and none is needed.
        behaviour: Keys of the supplier's behaviour.
    """
    made = Directory(path)
    made.write(
        "askul-connect.toml",
        CONFIGURATION.format(
            buyer=abroad.buyer,
            currency=abroad.currency,
            when_missing="block" if budget else "allow",
            rates=", ".join(f'{{ category = "{name}", rate = "{rate}" }}' for name, rate in abroad.rates),
            terms=", ".join(abroad.terms),
            behaviour=behaviour,
        ),
    )
    columns = ("sku", "name", "unit", "unit_price", "tax_category", "on_hand")
    rows = [
        (one.sku, f"Article {one.sku}", one.unit, one.price, one.tax_category, "10000")
        for one in abroad.items
    ]
    made.write("catalog.csv", table(columns, *rows))
    (path / "erp" / "in").mkdir(parents=True)
    (path / "data").mkdir()
    if budget:
        row = ("D100", "2026-04", abroad.currency, budget)
        later = ("D100", "2026-05", abroad.currency, budget)
        made.write("erp/budgets/2026.csv", table(("department", "period", "currency", "budget"), row, later))
    if mapped:
        parties = [(abroad.buyer, "buyer", ""), (abroad.seller, "seller", CONNECTION)]
        made.write("erp/mapping/parties.csv", table(("party", "role", "supplier"), *parties))
        items = [(CONNECTION, one.number, one.sku) for one in abroad.items]
        made.write("erp/mapping/items.csv", table(("supplier", "item", "sku"), *items))
        made.write("erp/mapping/tax.csv", table(("category", "rate", "tax_category"), *abroad.taxes))
        departments = [(name, "D100", "") for name in abroad.departments]
        made.write("erp/mapping/departments.csv", table(("department", "code", "cost_centre"), *departments))
        made.write("erp/mapping/units.csv", table(("unit", "code"), *abroad.units))
        made.write("erp/mapping/currency.csv", table(("currency", "code"), *abroad.currencies))
    return made
