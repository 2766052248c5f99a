"""Changes of purchase orders as CSV: one row a line, any number of changes in a file."""

from __future__ import annotations

import codecs
import re

from attrs import define, field

from askul_connect.adapters.codecs.csv_table import Cells, Row, RowPlaces, read_table
from askul_connect.adapters.codecs.values import MAXIMUM_QUANTITY
from askul_connect.core.domain.findings import Findings
from askul_connect.core.domain.purchase_changes import ChangeKind
from askul_connect.core.errors import DocumentError, ValueInvalid
from askul_connect.core.messages.purchase_order_change import PurchaseOrderChange, PurchaseOrderChangeLine
from askul_connect.core.ports.documents import RejectedPurchaseOrder

COLUMNS = ("change_id", "purchase_order_id", "kind", "line_id", "quantity")

#: Where a header ends at the latest: the names of all columns there are need less.
_HEADER_BYTES = 1_000
#: Of further rejected changes in a file only the first finding is told.
_FULLY_REPORTED = 1_000
_UNITS = re.compile(r"[0-9]{1,12}")


def is_change_table(data: bytes) -> bool:
    """Whether a CSV file is one of changes: its header names the column that only they have."""
    start = data[:_HEADER_BYTES].removeprefix(codecs.BOM_UTF8)
    return COLUMNS[0].encode() in re.split(rb"[\r\n]", start, maxsplit=1)[0]


def read_changes(data: bytes, *, name: str) -> tuple[PurchaseOrderChange | RejectedPurchaseOrder, ...]:
    """Each change in the order of its first row, or why that one cannot be taken.

    Args:
        data: The file, UTF-8.
        name: The file's name, for errors.

    Raises:
        DocumentTooLarge: The file is above 10 MB or 15,000 lines.
        DocumentError: It is not UTF-8, no CSV, has another header or no rows.
    """
    rows = read_table(data, name=name, columns=COLUMNS)
    if not rows:
        raise DocumentError("the file has no rows below its header", where=name)
    by_change: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        key = tuple(row.cells.get(column, "").strip() for column in ("purchase_order_id", "change_id"))
        by_change.setdefault((key[0], key[1]), []).append(row)
    changes: list[PurchaseOrderChange | RejectedPurchaseOrder] = []
    rejected = 0
    for (purchase_order_id, change_id), group in by_change.items():
        changes.append(_change(purchase_order_id, change_id, group, name, brief=rejected >= _FULLY_REPORTED))
        rejected += isinstance(changes[-1], RejectedPurchaseOrder)
    return tuple(changes)


def _change(
    purchase_order_id: str, change_id: str, rows: list[Row], name: str, *, brief: bool
) -> PurchaseOrderChange | RejectedPurchaseOrder:
    findings = Findings(name)
    read = _Rows(alone=len(rows) == 1)
    for position, row in enumerate(rows):
        if findings and (brief or (findings.full and position >= _FULLY_REPORTED)):
            break
        cells = Cells(row, findings, brief=brief)
        # Which cell is which is not known in a row of another width.
        if not row.width_problem:
            read.add(cells)
    if findings:
        return RejectedPurchaseOrder(purchase_order_id=purchase_order_id, error=findings.error())
    return PurchaseOrderChange(
        change_id=change_id,
        purchase_order_id=purchase_order_id,
        kind=next(iter(read.kinds)),
        lines=tuple(read.lines),
        where=name,
    )


@define
class _Rows:
    """What the rows of one change say.

    Attributes:
        alone: Whether there is only one.
        kinds: Each kind and the row that says it first.
    """

    alone: bool
    lines: list[PurchaseOrderChangeLine] = field(factory=list)
    kinds: dict[ChangeKind, int] = field(factory=dict)
    _places: dict[str, int] = field(factory=dict)

    def add(self, cells: Cells) -> None:
        """Read one more; what is wrong with it is noted."""
        for column in ("change_id", "purchase_order_id"):
            cells.text(column, required=True)
        kind = cells.value("kind", _kind, default=None)
        if kind is None:
            return
        if self.kinds and kind not in self.kinds:
            first, number = next(iter(self.kinds.items()))
            cells.note(ValueInvalid, f"a change is of one kind; row {number} says {first}", "kind")
        self.kinds.setdefault(kind, cells.row.number)
        line = _line(cells, kind)
        if line is not None:
            self._add(line, cells)
        elif not self.alone:
            cells.note(ValueInvalid, "a row without a line is the only one of its change", "line_id")

    def _add(self, line: PurchaseOrderChangeLine, cells: Cells) -> None:
        if line.line_id in self._places:
            detail = f"line {line.line_id} stands in row {self._places[line.line_id]} already"
            cells.note(ValueInvalid, detail, "line_id")
        self._places.setdefault(line.line_id, cells.row.number)
        self.lines.append(line)


def _line(cells: Cells, kind: ChangeKind) -> PurchaseOrderChangeLine | None:
    """The line of a row; None when the row is about all lines."""
    changes = kind is ChangeKind.CHANGE
    cells.line_id = cells.text("line_id", required=changes)
    quantity = cells.value("quantity", _units, default=None, required=changes)
    if quantity is not None and not changes:
        cells.note(ValueInvalid, f"a quantity is said of a change only, not when you {kind}", "quantity")
    if not cells.line_id:
        return None
    return PurchaseOrderChangeLine(
        line_id=cells.line_id,
        quantity=quantity,
        where=f"row {cells.row.number}",
        places=RowPlaces(cells.row.number, COLUMNS),
    )


def _kind(text: str) -> ChangeKind:
    try:
        return ChangeKind(text)
    except ValueError:
        accepted = ", ".join(ChangeKind)
        raise ValueInvalid(f"a change is one of {accepted}, not {text[:40]!r}") from None


def _units(text: str) -> int:
    if not _UNITS.fullmatch(text) or int(text) > MAXIMUM_QUANTITY:
        raise ValueInvalid(
            f"the units wanted are a whole number from 0 to {MAXIMUM_QUANTITY} in ASCII digits, not {text!r}"
        )
    return int(text)
