"""Goods receipts as CSV."""

from __future__ import annotations

import hashlib
import re
from datetime import date

from askul_connect.adapters.codecs.csv_table import Cells, Row, read_table
from askul_connect.adapters.codecs.values import iso_date
from askul_connect.core.domain.findings import Findings
from askul_connect.core.errors import ValueInvalid
from askul_connect.core.messages.goods_receipt import GoodsReceipt
from askul_connect.core.ports.documents import RejectedGoodsReceipt

COLUMNS = ("purchase_order_id", "line_id", "quantity", "received_on")

_UNITS = re.compile(r"[0-9]{1,9}")


class CsvReceiptReader:
    """Reads goods receipts from CSV; one that is wrong does not stop the others."""

    def read(self, data: bytes, *, name: str) -> tuple[GoodsReceipt | RejectedGoodsReceipt, ...]:
        """Each row as a goods receipt, or why that one cannot be taken.

        A receipt's id is made from the file's content and the row, whatever the file is called: reading the
        same file again gives the same ids.

        Args:
            data: The file, UTF-8.
            name: The file's name, for errors.

        Raises:
            DocumentTooLarge: The file is above 10 MB or 15,000 lines.
            DocumentError: It is not UTF-8, no CSV or has another header.
        """
        content = hashlib.sha256(data).hexdigest()
        return tuple(_receipt(row, content, name) for row in read_table(data, name=name, columns=COLUMNS))


def _receipt(row: Row, content: str, name: str) -> GoodsReceipt | RejectedGoodsReceipt:
    findings = Findings(name)
    cells = Cells(row, findings)
    purchase_order_id = cells.text("purchase_order_id", required=True)
    cells.line_id = cells.text("line_id", required=True)
    quantity = cells.value("quantity", _units, default=0)
    received_on = cells.value("received_on", iso_date, default=date.min)
    if findings:
        return RejectedGoodsReceipt(
            purchase_order_id=purchase_order_id, line_id=cells.line_id, error=findings.error()
        )
    return GoodsReceipt(
        receipt_id=hashlib.sha256(f"{content}:{row.number}".encode()).hexdigest()[:32],
        purchase_order_id=purchase_order_id,
        line_id=cells.line_id,
        quantity=quantity,
        received_on=received_on,
        where=f"{name}: row {row.number}",
    )


def _units(text: str) -> int:
    if not _UNITS.fullmatch(text):
        raise ValueInvalid(f"received units are a whole number, zero or more, in ASCII digits, not {text!r}")
    return int(text)
