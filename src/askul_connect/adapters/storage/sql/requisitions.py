"""Requisitions of the ERP, and what persons decided about budgets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from askul_connect.adapters.storage.sql import tables_buyer as tables
from askul_connect.adapters.storage.sql.statements import Prepared, insert, upsert
from askul_connect.adapters.storage.sql.transaction import Transaction
from askul_connect.core.domain.budget_approvals import BudgetApproval, BudgetStage
from askul_connect.core.domain.requisitions import Requisition

_HEADERS = tables.requisitions
_LINES = tables.requisition_lines
_KEY = tables.REQUISITION_KEY


def _of_one(table: sa.Table) -> list[sa.ColumnElement[bool]]:
    return [table.c[name] == sa.bindparam(name) for name in _KEY]


def _read_lines(*where: sa.ColumnElement[bool]) -> Prepared:
    return Prepared(
        sa.select(_LINES).where(*where).order_by(*(_LINES.c[name] for name in (*_KEY, "position")))
    )


_PUT = upsert(_HEADERS)
_LINE_INSERT = insert(_LINES)
_LINES_DELETE = Prepared(sa.delete(_LINES).where(*_of_one(_LINES)))
_GET = (Prepared(sa.select(_HEADERS).where(*_of_one(_HEADERS))), _read_lines(*_of_one(_LINES)))
_ALL = (
    Prepared(sa.select(_HEADERS).order_by(*(_HEADERS.c[name] for name in _KEY))),
    _read_lines(),
)


class SqlRequisitions:
    """Requisitions of the ERP."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def put(self, requisition: Requisition) -> None:
        """Store or replace by buyer and number."""
        key = (requisition.buyer_party, requisition.requisition_id)
        self._transaction.run_many(_PUT, [tables.REQUISITION_ROWS.row(requisition)])
        self._transaction.run(_LINES_DELETE, list(key))
        rows = (
            (*key, place, *tables.REQUISITION_LINE_ROWS.row(line))
            for place, line in enumerate(requisition.lines)
        )
        self._transaction.run_many(_LINE_INSERT, rows)

    def get(self, buyer_party: str, requisition_id: str) -> Requisition | None:
        """By buyer and number."""
        found = self._read(_GET, {"buyer_party": buyer_party, "requisition_id": requisition_id})
        return found[0] if found else None

    def all(self) -> Sequence[Requisition]:
        """Every one, by buyer and number."""
        return self._read(_ALL, {})

    def _read(
        self, statements: tuple[Prepared, Prepared], parameters: dict[str, Any]
    ) -> Sequence[Requisition]:
        headers, line_rows = (self._transaction.rows(statement, parameters) for statement in statements)
        lines: dict[tuple[str, str], list[Any]] = defaultdict(list)
        start = len(_KEY)
        for row in line_rows:
            lines[row[0], row[1]].append(tables.REQUISITION_LINE_ROWS.entity(row[start + 1 :]))
        return [tables.REQUISITION_ROWS.entity(row, lines=tuple(lines[row[0], row[1]])) for row in headers]


_APPROVALS = tables.budget_approvals
_APPROVAL_PUT = upsert(_APPROVALS)
_APPROVAL = Prepared(
    sa.select(_APPROVALS).where(
        _APPROVALS.c.stage == sa.bindparam("stage"), _APPROVALS.c.document == sa.bindparam("document")
    )
)
_ALL_APPROVALS = Prepared(
    sa.select(_APPROVALS).order_by(*(_APPROVALS.c[name] for name in ("asked_at", "stage", "document")))
)


class SqlBudgetApprovals:
    """What was asked of persons about budgets, and their answers."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def put(self, approval: BudgetApproval) -> None:
        """Store or replace by stage and document."""
        self._transaction.run_many(_APPROVAL_PUT, [tables.APPROVAL_ROWS.row(approval)])

    def get(self, stage: BudgetStage, document: str) -> BudgetApproval | None:
        """By stage and document."""
        row = self._transaction.row(_APPROVAL, {"stage": stage.value, "document": document})
        return tables.APPROVAL_ROWS.entity(row) if row else None

    def all(self) -> Sequence[BudgetApproval]:
        """Every one, by the instant it was asked, then stage and document."""
        return [tables.APPROVAL_ROWS.entity(row) for row in self._transaction.rows(_ALL_APPROVALS)]
