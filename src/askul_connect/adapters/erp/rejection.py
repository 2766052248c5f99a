"""The report beside a rejected file: what is wrong, where, and what to do, in both languages."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from askul_connect.core.errors import Problem, concrete_errors
from askul_connect.core.ports.documents import (
    RejectedGoodsReceipt,
    RejectedPurchaseOrder,
    RejectedRequisition,
)
from askul_connect.core.ports.erp import RejectionReport


def rejection_json(name: str, report: RejectionReport, *, rejected_at: datetime) -> bytes:
    """The report as JSON.

    Args:
        name: The rejected file.
        report: What of it was not taken, and what was.
        rejected_at: When, aware.
    """
    problems = [
        _problem(rejected, problem) for rejected in report.rejected for problem in rejected.error.problems
    ]
    document = {
        "file": name,
        "rejected_at": rejected_at.isoformat(),
        "problems": problems,
        "accepted": list(report.accepted),
    }
    text = json.dumps(document, ensure_ascii=False, indent=2)
    # A file name that is no UTF-8 reaches us with surrogates, which UTF-8 cannot hold.
    return f"{text}\n".encode("utf-8", "backslashreplace")


Rejected = RejectedPurchaseOrder | RejectedGoodsReceipt | RejectedRequisition


def _problem(rejected: Rejected, problem: Problem) -> dict[str, Any]:
    remedy = concrete_errors().get(problem.code, type(rejected.error)).remedy
    line_id = rejected.line_id if isinstance(rejected, RejectedGoodsReceipt) else ""
    about: dict[str, Any] = (
        {"purchase_order_id": "", "requisition_id": rejected.requisition_id}
        if isinstance(rejected, RejectedRequisition)
        else {"purchase_order_id": rejected.purchase_order_id}
    )
    return {
        **about,
        "code": problem.code,
        "where": problem.where or rejected.error.where,
        "detail": problem.detail,
        "remedy": {"ja": remedy.ja, "en": problem.remedy or remedy.en},
        "line_id": problem.line_id or line_id,
        "correlation_id": "" if isinstance(rejected, RejectedRequisition) else rejected.correlation_id,
    }
