"""A history of orders into SQLite by hand: one upsert per table and page by executemany, committed with its cursor."""

import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from lxml import etree

NAMESPACE = "{urn:askul-connect:supplier:1}"


def _upsert(table: str, columns: str, keys: str) -> str:
    names = columns.split()
    replaced = ", ".join(f"{name} = excluded.{name}" for name in names if name not in keys.split())
    marks = ", ".join("?" * len(names))
    return (
        f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608 -- constants of this file
        f" ON CONFLICT ({', '.join(keys.split())}) DO UPDATE SET {replaced}"
    )


HEADER = _upsert(
    "orders",
    "supplier order_number purchase_order_id buyer_party state channel currency placed_at order_date"
    " total_excl_tax total_incl_tax linked_orders",
    "supplier order_number",
)
LINE = _upsert(
    "order_lines",
    "supplier order_number position line_id sku name quantity unit unit_price amount_excl_tax tax_category"
    " tax_rate fulfilment state quantity_shipped quantity_cancelled department cost_centre",
    "supplier order_number position",
)
TAX = _upsert(
    "order_tax",
    "supplier order_number position category rate taxable tax",
    "supplier order_number position",
)
MARK = _upsert("watermarks", "supplier feed cursor total", "supplier feed")


def connect(path: str) -> sqlite3.Connection:
    """A connection as durable as ours."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def store_messages(connection: sqlite3.Connection, supplier: str, pages: Iterable[Any]) -> None:
    """Pages of decoded orders into rows."""
    total = None
    for answer in pages:
        headers, lines, taxes = [], [], []
        for order in answer.orders:
            number = order.order_number
            headers.append(
                (
                    supplier,
                    number,
                    order.purchase_order_id,
                    order.buyer_party,
                    order.state.value,
                    order.channel.value,
                    order.currency,
                    order.placed_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
                    order.order_date.isoformat(),
                    order.total_excl_tax,
                    order.total_incl_tax,
                    "[]",
                )
            )
            lines += [
                (
                    supplier,
                    number,
                    position,
                    line.line_id,
                    line.sku,
                    line.name,
                    line.quantity,
                    line.unit,
                    str(line.unit_price),
                    line.amount_excl_tax,
                    line.tax_category.value,
                    str(line.tax_rate),
                    line.fulfilment.value,
                    line.state.value,
                    line.quantity_shipped,
                    line.quantity_cancelled,
                    line.department,
                    line.cost_centre,
                )
                for position, line in enumerate(order.lines)
            ]
            taxes += [
                (supplier, number, position, tax.category.value, str(tax.rate), tax.taxable, tax.tax)
                for position, tax in enumerate(order.tax)
            ]
        total = answer.page.total if answer.page.total is not None else total
        _store(connection, headers, lines, taxes, (supplier, "orders", answer.page.next_cursor, total))


def store_bytes(connection: sqlite3.Connection, supplier: str, pages: Iterable[bytes]) -> None:
    """The bytes of pages into rows: parsed and walked, values checked only where a column needs another form."""
    total = None
    for data in pages:
        answer: Any = etree.fromstring(data)[0][0]
        headers, lines, taxes = [], [], []
        for order in answer.iterfind(NAMESPACE + "orders"):
            at = {child.tag[len(NAMESPACE) :]: child.text for child in order if not len(child)}
            number = at["orderNumber"]
            headers.append(
                (
                    supplier,
                    number,
                    at["purchaseOrderId"],
                    at["buyerParty"],
                    at["state"],
                    at["channel"],
                    at["currency"],
                    datetime.fromisoformat(at["placedAt"]).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
                    at["orderDate"],
                    int(at["totalExclTax"]),
                    int(at["totalInclTax"]),
                    "[]",
                )
            )
            for position, line in enumerate(order.iterfind(NAMESPACE + "lines")):
                v = {child.tag[len(NAMESPACE) :]: child.text for child in line}
                lines.append(
                    (
                        supplier,
                        number,
                        position,
                        v["lineId"],
                        v["sku"],
                        v["name"],
                        int(v["quantity"]),
                        v["unit"],
                        v["unitPrice"],
                        int(v["amountExclTax"]),
                        v["taxCategory"],
                        v["taxRate"],
                        v["fulfilment"],
                        v["state"],
                        int(v["quantityShipped"]),
                        int(v["quantityCancelled"]),
                        v["department"],
                        v["costCentre"],
                    )
                )
            for position, tax in enumerate(order.iterfind(NAMESPACE + "tax")):
                category, rate, taxable, amount = (child.text for child in tax)
                taxes.append((supplier, number, position, category, rate, int(taxable), int(amount)))
        said = answer.findtext(f"{NAMESPACE}page/{NAMESPACE}total")
        total = int(said) if said is not None else total
        cursor = answer.findtext(f"{NAMESPACE}page/{NAMESPACE}nextCursor")
        _store(connection, headers, lines, taxes, (supplier, "orders", cursor, total))


def _store(
    connection: sqlite3.Connection, headers: list[Any], lines: list[Any], taxes: list[Any], mark: Any
) -> None:
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(HEADER, headers)
    connection.executemany(LINE, lines)
    connection.executemany(TAX, taxes)
    connection.execute(MARK, mark)
    connection.execute("COMMIT")
