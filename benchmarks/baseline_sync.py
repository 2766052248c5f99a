"""A history of orders into a database by hand; each page is committed with its cursor.

SQLite: one upsert per table and page by executemany. PostgreSQL: COPY into a temporary table, then one merge.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
from lxml import etree

NAMESPACE = "{urn:askul-connect:supplier:1}"


HEADER = (
    "orders",
    (
        "supplier order_number purchase_order_id buyer_party state channel currency placed_at order_date"
        " total_excl_tax total_incl_tax linked_orders"
    ),
    "supplier order_number",
)
LINE = (
    "order_lines",
    (
        "supplier order_number position line_id sku name quantity unit unit_price amount_excl_tax tax_category"
        " tax_rate fulfilment state quantity_shipped quantity_cancelled department cost_centre"
    ),
    "supplier order_number position",
)
TAX = (
    "order_tax",
    "supplier order_number position category rate taxable tax",
    "supplier order_number position",
)
MARK = ("watermarks", "supplier feed cursor total", "supplier feed")
#: Rows of orders, of their lines and of their tax, and the watermark's.
Page = tuple[list[Any], list[Any], list[Any], Any]


def _insert(table: tuple[str, str, str], source: str) -> str:
    name, columns, keys = table[0], table[1].split(), table[2].split()
    replaced = ", ".join(f"{column} = excluded.{column}" for column in columns if column not in keys)
    return (
        f"INSERT INTO {name} ({', '.join(columns)}) {source}"
        f" ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {replaced}"
    )


def _upsert(table: tuple[str, str, str], mark: str) -> str:
    return _insert(table, f"VALUES ({', '.join([mark] * len(table[1].split()))})")


def connect(path: str) -> sqlite3.Connection:
    """A connection as durable as ours."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


class Sqlite:
    """The tables in SQLite."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self._statements = [_upsert(table, "?") for table in (HEADER, LINE, TAX)]
        self._mark = _upsert(MARK, "?")

    def store(self, pages: Iterable[Page]) -> None:
        """Store pages."""
        for *parts, mark in pages:
            self.connection.execute("BEGIN IMMEDIATE")
            for statement, rows in zip(self._statements, parts, strict=True):
                self.connection.executemany(statement, rows)
            self.connection.execute(self._mark, mark)
            self.connection.execute("COMMIT")


class Postgresql:
    """The tables in PostgreSQL; a page is loaded into temporary tables, which a commit empties, and merged."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._cursor: Any = connection.cursor()
        self._statements = []
        for table in (HEADER, LINE, TAX):
            name, columns = table[0], ", ".join(table[1].split())
            self._cursor.execute(
                f"CREATE TEMP TABLE new_{name} (LIKE {name} INCLUDING DEFAULTS) ON COMMIT DELETE ROWS"
            )
            self._statements.append(
                (
                    f"COPY new_{name} ({columns}) FROM STDIN",
                    _insert(table, f"SELECT {columns} FROM new_{name}"),  # noqa: S608 -- constants of this file
                )
            )
        self._mark = _upsert(MARK, "%s")

    def store(self, pages: Iterable[Page]) -> None:
        """Store pages."""
        for *parts, mark in pages:
            self._cursor.execute("BEGIN ISOLATION LEVEL SERIALIZABLE")
            for (load, merge), rows in zip(self._statements, parts, strict=True):
                with self._cursor.copy(load) as copy:
                    for row in rows:
                        copy.write_row(row)
                self._cursor.execute(merge)
            self._cursor.execute(self._mark, mark)
            self._cursor.execute("COMMIT")


def from_messages(supplier: str, pages: Iterable[Any]) -> Iterator[Page]:
    """The rows of pages of decoded orders."""
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
        yield headers, lines, taxes, (supplier, "orders", answer.page.next_cursor, total)


def from_bytes(supplier: str, pages: Iterable[bytes]) -> Iterator[Page]:
    """The rows in the bytes of pages: parsed and walked, values checked only where a column needs another form."""
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
        yield headers, lines, taxes, (supplier, "orders", cursor, total)
