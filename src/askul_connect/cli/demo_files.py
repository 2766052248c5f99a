"""The content of the demo's directory: what an ERP would have put there."""

from __future__ import annotations

from collections.abc import Mapping

from askul_connect.cli.demo_orders import CSV_ORDERS, REQUESTED_ON, UBL_ORDERS, DemoOrder
from askul_connect.cli.demo_ubl import ubl_order
from askul_connect.cli.directory_files import (
    BUYER_DATABASE,
    SECRETS,
    SUPPLIER_DATABASE,
    budget_table,
    configuration,
    csv_text,
    mapping_tables,
    order_table,
)
from askul_connect.core.domain.catalog import Item
from askul_connect.settings import FILE_NAME

#: The first line of the demo's configuration; tells it from one that somebody else wrote.
MARK = "# The demo of askul-connect."

_CLOCK = """[clock]
# The demo's calendar: it begins here and goes on by itself to whatever is due next.
kind = "simulated"
start = 2026-04-01T09:00:00+09:00
# What ids, tokens and numbers are derived from, so that the demo's result is the same on any day.
seed = "demo"
"""
_EXCEPTIONS = """
# The second order comes in two parts.
[[suppliers.askul.behaviour.exceptions]]
purchase_order_id = "PO-2026-0002"
parts = 2

# Of the wet wipes, one pack never comes.
[[suppliers.askul.behaviour.exceptions]]
purchase_order_id = "PO-2026-0003"
line_id = "2"
short = 1
"""

#: The month of the demo, and the next one for who goes on from there.
_MONTHS = ("2026-04", "2026-05")
_RECEIVED_ON = "2026-04-14"
_BUDGETS = {"D100": 80_000, "D200": 100_000, "D300": 120_000}


def demo_directory(
    items: Mapping[str, Item], *, database: str = BUYER_DATABASE, supplier_database: str = SUPPLIER_DATABASE
) -> dict[str, str]:
    """The files of the demo's directory, by path.

    Args:
        items: The sample catalog's well-known items by SKU; units and prices are taken from there.
        database: Our own database: a URL or a reference to one. A PostgreSQL URL may hold a password and is
            kept as a secret.
        supplier_database: That of the supplier, likewise.
    """
    secrets: dict[str, str] = {}

    def kept(url: str, name: str) -> str:
        if not url.startswith("postgresql://"):
            return url
        secrets[f"{SECRETS}/{name}"] = f"{url}\n"
        return f"file:{SECRETS}/{name}"

    text = configuration(
        clock=_CLOCK,
        exceptions=_EXCEPTIONS,
        database=kept(database, "buyer-database"),
        supplier_database=kept(supplier_database, "askul-supplier-database"),
    )
    return {
        FILE_NAME: f"{MARK}\n#\n{text}",
        **secrets,
        **mapping_tables(),
        "erp/budgets/2026.csv": budget_table(
            (department, month, yen) for month in _MONTHS for department, yen in _BUDGETS.items()
        ),
        **{f"erp/in/{order.purchase_order_id}.xml": ubl_order(order, items) for order in UBL_ORDERS},
        "erp/in/orders-2026-04-01.csv": _csv(CSV_ORDERS, items),
        "erp/receipts/2026-04-full.csv": _receipts(short=False),
        "erp/receipts/2026-04-short.csv": _receipts(short=True),
    }


def _csv(orders: tuple[DemoOrder, ...], items: Mapping[str, Item]) -> str:
    return order_table(
        (
            order.purchase_order_id,
            str(number),
            line.name or line.sku,
            str(line.quantity),
            line.unit or items[line.sku].unit,
            format(items[line.sku].list_price, "f"),
            items[line.sku].currency,
            order.department,
            "",
            REQUESTED_ON,
        )
        for order in orders
        for number, line in enumerate(order.lines, start=1)
    )


def _receipts(*, short: bool) -> str:
    """Goods receipts of the purchase orders in which something comes short, or of all others."""
    return csv_text(
        ("purchase_order_id", "line_id", "quantity", "received_on"),
        [
            (order.purchase_order_id, str(number), str(line.quantity - line.short), _RECEIVED_ON)
            for order in (*UBL_ORDERS, *CSV_ORDERS)
            if any(line.short for line in order.lines) is short
            for number, line in enumerate(order.lines, start=1)
        ],
    )
