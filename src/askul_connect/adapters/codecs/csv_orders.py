"""Purchase orders as CSV: one row a line, any number of purchase orders in a file.

The same entrance takes changes of them (:mod:`csv_changes`), since an ERP drops them in the same place.
"""

from __future__ import annotations

from decimal import Decimal

from askul_connect.adapters.codecs.csv_changes import is_change_table, read_changes
from askul_connect.adapters.codecs.csv_table import Cells, Row, RowPlaces, read_table
from askul_connect.adapters.codecs.values import iso_date, plain_decimal, quantity, unit_price
from askul_connect.core.domain.findings import Findings
from askul_connect.core.errors import DocumentError, ValueInvalid
from askul_connect.core.messages.purchase_order import PurchaseOrder, PurchaseOrderLine
from askul_connect.core.messages.purchase_order_change import PurchaseOrderChange
from askul_connect.core.ports.documents import RejectedPurchaseOrder

COLUMNS = (
    "purchase_order_id",
    "line_id",
    "sku",
    "quantity",
    "unit",
    "unit_price",
    "currency",
    "department",
    "cost_centre",
    "requested_on",
)
#: Columns of an ERP that has requisitions.
OPTIONAL = ("requisition_id", "requisition_line_id")
_ALL = (*COLUMNS, *OPTIONAL)

#: Of further rejected purchase orders in a file only the first finding is told, and further lines of one are not even
#: counted: nobody reads thousands.
_FULLY_REPORTED = 1_000


class CsvOrderReader:
    """Reads purchase orders, or changes of them, from CSV; one that is wrong does not stop the others."""

    def read(
        self, data: bytes, *, name: str
    ) -> tuple[PurchaseOrder | PurchaseOrderChange | RejectedPurchaseOrder, ...]:
        """Each purchase order or change in the order of its first row, or why that one cannot be taken.

        Args:
            data: The file, UTF-8.
            name: The file's name, for errors.

        Raises:
            DocumentTooLarge: The file is above 10 MB or 15,000 lines.
            DocumentError: It is not UTF-8, no CSV, has another header or no rows.
        """
        if is_change_table(data):
            return read_changes(data, name=name)
        rows = read_table(data, name=name, columns=COLUMNS, optional=OPTIONAL)
        if not rows:
            raise DocumentError("the file has no rows below its header", where=name)
        by_order: dict[str, list[Row]] = {}
        for row in rows:
            by_order.setdefault(row.cells.get("purchase_order_id", "").strip(), []).append(row)
        orders: list[PurchaseOrder | RejectedPurchaseOrder] = []
        rejected = 0
        for order_id, group in by_order.items():
            orders.append(_order(order_id, group, name, brief=rejected >= _FULLY_REPORTED))
            rejected += isinstance(orders[-1], RejectedPurchaseOrder)
        return tuple(orders)


def _order(
    purchase_order_id: str, rows: list[Row], name: str, *, brief: bool
) -> PurchaseOrder | RejectedPurchaseOrder:
    findings = Findings(name)
    lines = []
    currencies: dict[str, str] = {}
    line_ids: dict[str, int] = {}
    for position, row in enumerate(rows):
        if findings and (brief or (findings.full and position >= _FULLY_REPORTED)):
            break
        cells = Cells(row, findings, brief=brief)
        if row.width_problem:
            # Which cell is which is not known in such a row.
            continue
        cells.text("purchase_order_id", required=True)
        cells.line_id = cells.text("line_id", required=True)
        if cells.line_id in line_ids:
            cells.note(
                ValueInvalid,
                f"line {cells.line_id} stands in row {line_ids[cells.line_id]} already",
                "line_id",
            )
        line_ids.setdefault(cells.line_id, row.number)
        currency = cells.text("currency", required=True)
        if currencies and currency not in currencies:
            first, place = next(iter(currencies.items()))
            cells.note(
                ValueInvalid,
                f"a purchase order has one currency; here {currency!r}, {first!r} in {place}",
                "currency",
            )
        currencies.setdefault(currency, row.place("currency"))
        lines.append(_line(cells))
    if findings:
        return RejectedPurchaseOrder(purchase_order_id=purchase_order_id, error=findings.error())
    (currency, place), *_ = currencies.items()
    return PurchaseOrder(
        purchase_order_id=purchase_order_id,
        currency=currency,
        lines=tuple(lines),
        where=name,
        places={"purchase_order_id": rows[0].place("purchase_order_id"), "currency": place},
    )


def _line(cells: Cells) -> PurchaseOrderLine:
    return PurchaseOrderLine(
        line_id=cells.line_id,
        sku=cells.text("sku", required=True),
        quantity=cells.value("quantity", quantity, default=0),
        unit=cells.text("unit", required=True),
        unit_price=cells.value("unit_price", _price, default=Decimal(0)),
        department=cells.text("department"),
        cost_centre=cells.text("cost_centre"),
        requested_on=cells.value("requested_on", iso_date, default=None, required=False),
        where=f"row {cells.row.number}",
        requisition_id=cells.text("requisition_id"),
        requisition_line_id=cells.text("requisition_line_id"),
        places=RowPlaces(cells.row.number, _ALL),
    )


def _price(text: str) -> Decimal:
    return unit_price(plain_decimal(text))
