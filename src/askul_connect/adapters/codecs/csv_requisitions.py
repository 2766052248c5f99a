"""Requisitions as CSV: one row a line, any number of requisitions in a file."""

from __future__ import annotations

from decimal import Decimal

from askul_connect.adapters.codecs.csv_table import Cells, Row, read_table
from askul_connect.adapters.codecs.values import plain_decimal, quantity, unit_price
from askul_connect.core.domain.findings import Findings
from askul_connect.core.errors import ValueInvalid
from askul_connect.core.messages.requisition import RequisitionDocument, RequisitionDocumentLine
from askul_connect.core.ports.documents import RejectedRequisition

COLUMNS = (
    "requisition_id",
    "line_id",
    "quantity",
    "unit_price",
    "currency",
    "department",
    "cost_centre",
    "state",
)
_OPEN, _CANCELLED = "open", "cancelled"


class CsvRequisitionReader:
    """Reads requisitions from CSV; one that is wrong does not stop the others."""

    def read(self, data: bytes, *, name: str) -> tuple[RequisitionDocument | RejectedRequisition, ...]:
        """Each requisition of the file, or why that one cannot be taken.

        Raises:
            DocumentTooLarge: The file is above 10 MB or 15,000 lines.
            DocumentError: It is not UTF-8, no CSV or has another header.
        """
        groups: dict[str, list[Row]] = {}
        for row in read_table(data, name=name, columns=COLUMNS):
            groups.setdefault(row.cells.get("requisition_id", "").strip(), []).append(row)
        return tuple(_requisition(requisition_id, rows, name) for requisition_id, rows in groups.items())


def _requisition(
    requisition_id: str, rows: list[Row], name: str
) -> RequisitionDocument | RejectedRequisition:
    findings = Findings(name)
    lines: dict[str, RequisitionDocumentLine] = {}
    stated: dict[str, set[str]] = {"currency": set(), "state": set()}
    for row in rows:
        if findings.full:
            break
        cells = Cells(row, findings)
        if row.width_problem:
            continue
        cells.text("requisition_id", required=True)
        cells.line_id = cells.text("line_id", required=True)
        for column, known in stated.items():
            text = cells.text(column, required=column == "currency") or _OPEN
            if known and text not in known:
                cells.note(ValueInvalid, f"a requisition has one {column}; here {text!r}", column)
            known.add(text)
        if cells.line_id in lines:
            cells.note(ValueInvalid, f"line {cells.line_id} stands in the file already", "line_id")
        lines[cells.line_id] = RequisitionDocumentLine(
            line_id=cells.line_id,
            quantity=cells.value("quantity", quantity, default=0),
            unit_price=cells.value(
                "unit_price", lambda text: unit_price(plain_decimal(text)), default=Decimal(0)
            ),
            department=cells.text("department"),
            cost_centre=cells.text("cost_centre"),
            where=f"row {row.number}",
        )
        if not stated["state"] <= {_OPEN, _CANCELLED}:
            cells.note(ValueInvalid, f"a state is {_OPEN}, {_CANCELLED} or empty", "state")
    if findings:
        return RejectedRequisition(requisition_id=requisition_id, error=findings.error())
    return RequisitionDocument(
        requisition_id=requisition_id,
        currency=stated["currency"].pop(),
        lines=tuple(lines.values()),
        cancelled=_CANCELLED in stated["state"],
        where=name,
    )
