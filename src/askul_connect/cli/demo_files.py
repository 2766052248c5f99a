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
from askul_connect.plugins.demonstration import ErpStage
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
purchase_order_id = "{parts}"
parts = 2

# Of the wet wipes, one pack never comes.
[[suppliers.askul.behaviour.exceptions]]
purchase_order_id = "{short}"
line_id = "{line}"
short = 1
"""
_IN_PARTS, _SHORT, _SHORT_LINE = "PO-2026-0002", "PO-2026-0003", "2"

#: The month of the demo, and the next one for who goes on from there.
MONTHS = ("2026-04", "2026-05")
RECEIVED_ON = "2026-04-14"
BUDGETS = {"D100": 80_000, "D200": 100_000, "D300": 120_000}


def demo_directory(
    items: Mapping[str, Item],
    *,
    database: str = BUYER_DATABASE,
    supplier_database: str = SUPPLIER_DATABASE,
    erp_kind: str = "files",
    stage: ErpStage | None = None,
) -> dict[str, str]:
    """The files of the demo's directory, by path.

    Args:
        items: The sample catalog's well-known items by SKU; units and prices are taken from there.
        database: Our own database: a URL or a reference to one. A PostgreSQL URL may hold a password and is
            kept as a secret.
        supplier_database: That of the supplier, likewise.
        erp_kind: The ERP connector.
        stage: The ERP that is shown, with the purchases in it; None for drop folders with files.
    """
    secrets: dict[str, str] = {}

    def kept(url: str, name: str) -> str:
        if not url.startswith("postgresql://"):
            return url
        secrets[f"{SECRETS}/{name}"] = f"{url}\n"
        return f"file:{SECRETS}/{name}"

    numbered = stage.purchases if stage else {}
    short = numbered.get(_SHORT)
    text = configuration(
        clock=_CLOCK,
        exceptions=_EXCEPTIONS.format(
            parts=numbered[_IN_PARTS].number if stage else _IN_PARTS,
            short=short.number if short else _SHORT,
            line=short.line_ids[int(_SHORT_LINE) - 1] if short else _SHORT_LINE,
        ),
        database=kept(database, "buyer-database"),
        supplier_database=kept(supplier_database, "askul-supplier-database"),
        erp_kind=erp_kind,
        erp_options=stage.options if stage else {},
    )
    head = {FILE_NAME: f"{MARK}\n#\n{text}", **secrets}
    if stage is not None:
        return {
            **head,
            **{f"{SECRETS}/{name}": secret.reveal() for name, secret in stage.secrets.items()},
            **mapping_tables(),
            **{f"erp/mapping/{name}": table for name, table in stage.tables.items()},
        }
    return {
        **head,
        **mapping_tables(),
        "erp/budgets/2026.csv": budget_table(
            (department, month, yen) for month in MONTHS for department, yen in BUDGETS.items()
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
            (order.purchase_order_id, str(number), str(line.quantity - line.short), RECEIVED_ON)
            for order in (*UBL_ORDERS, *CSV_ORDERS)
            if any(line.short for line in order.lines) is short
            for number, line in enumerate(order.lines, start=1)
        ],
    )
