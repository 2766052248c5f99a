"""A supplier's own catalog as CSV, in place of the sample catalog."""

from __future__ import annotations

import re

from askul_connect.adapters.codecs.csv_table import Cells, configuration_table
from askul_connect.adapters.codecs.values import plain_decimal, quantity, unit_price
from askul_connect.core.domain.catalog import Fulfilment, Item, StockLevel
from askul_connect.core.domain.currency import Currency
from askul_connect.core.domain.findings import Findings
from askul_connect.core.domain.tax import TaxCategory
from askul_connect.core.domain.units import unit
from askul_connect.core.errors import ConfigurationError, ValueInvalid

COLUMNS = ("sku", "name", "unit", "unit_price", "tax_category", "on_hand")

_WHOLE = re.compile(r"[0-9]{1,9}")


def read_catalog(data: bytes, *, name: str, of: Currency) -> tuple[tuple[Item, StockLevel], ...]:
    """The items of a catalog with their stock.

    Args:
        data: The file, UTF-8.
        name: The file's name, for errors.
        of: Currency of the prices, which are without tax.

    Raises:
        ConfigurationError: The file is no such table, a value is not accepted, or a SKU occurs twice.
    """
    findings = Findings(name)
    found: dict[str, tuple[Item, StockLevel]] = {}
    for row in configuration_table(data, name=name, columns=COLUMNS):
        if findings.full:
            break
        cells = Cells(row, findings, report_as=ConfigurationError)
        item, level = _item(cells, of)
        if item.sku in found:
            cells.note(ConfigurationError, f"the item {item.sku!r} stands in an earlier row already", "sku")
        found[item.sku] = (item, level)
    if findings:
        raise findings.error()
    return tuple(found.values())


def _item(cells: Cells, of: Currency) -> tuple[Item, StockLevel]:
    sku = cells.text("sku", required=True)
    price = cells.value(
        "unit_price", lambda text: unit_price(plain_decimal(text)), default=unit_price(plain_decimal("0"))
    )
    item = Item(
        sku=sku,
        jan="",
        name=cells.text("name", required=True),
        name_en="",
        maker="",
        category=(),
        unspsc="",
        tax_category=cells.value("tax_category", _tax_category, default=TaxCategory.STANDARD),
        currency=of.code,
        list_price=price,
        unit=cells.value("unit", lambda text: unit(text).code, default=""),
        content_quantity=1,
        fulfilment=Fulfilment.STOCK,
    )
    return item, StockLevel(sku=sku, on_hand=cells.value("on_hand", _on_hand, default=0))


def _tax_category(text: str) -> TaxCategory:
    try:
        return TaxCategory(text)
    except ValueError:
        raise ValueInvalid(f"a tax_category is one of {', '.join(TaxCategory)}, not {text!r}") from None


def _on_hand(text: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise ValueInvalid(f"what is on hand is a whole number of units from 0 up, not {text!r}")
    return 0 if not int(text) else quantity(text)
