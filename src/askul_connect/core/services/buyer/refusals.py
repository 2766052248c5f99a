"""Why a supplier did not take a purchase order: kept with it, and told to the ERP as an error again."""

from __future__ import annotations

from collections.abc import Mapping

from askul_connect.core.domain.outbox import OutboxMessage
from askul_connect.core.domain.purchasing import PurchaseOrderRecord
from askul_connect.core.domain.stored import StoredForm
from askul_connect.core.errors import AskulConnectError, Problem, Reported, error_from_report

REFUSAL_FORM = StoredForm(name="refusal")


def refusal_text(error: AskulConnectError) -> str:
    """A supplier's refusal as it is stored with the purchase order."""
    return REFUSAL_FORM.write(
        {
            "code": error.code,
            "detail": error.detail,
            "reference": error.reference,
            "problems": [
                {
                    "code": problem.code,
                    "detail": problem.detail,
                    "where": problem.where,
                    "remedy": problem.remedy,
                    "line_id": problem.line_id,
                }
                for problem in error.problems
            ],
        }
    )


def refusal_code(refusal: str) -> str:
    """The code of a stored refusal."""
    return str(REFUSAL_FORM.read(refusal)["code"])


def refusal_error(
    refusal: str, purchase_order_id: str, places: Mapping[tuple[str, str], str]
) -> AskulConnectError:
    """A stored refusal as an error again, each finding at its place in the ERP's document."""
    stored = REFUSAL_FORM.read(refusal)
    problems = tuple(
        Problem(
            code=entry["code"],
            detail=entry["detail"],
            where=places.get((purchase_order_id, entry["line_id"])) or entry["where"],
            remedy=entry["remedy"],
            line_id=entry["line_id"],
        )
        for entry in stored["problems"]
    )
    return error_from_report(
        Reported(
            code=stored["code"], detail=stored["detail"], reference=stored["reference"], problems=problems
        )
    )


def given_up_error(record: PurchaseOrderRecord, message: OutboxMessage) -> AskulConnectError:
    """Why sending a purchase order was given up, and what to do about it."""
    code, _, detail = message.last_error.partition(": ")
    return error_from_report(
        Reported(
            code=code,
            detail=f"sending {record.key.purchase_order_id} to {record.supplier} was given up after"
            f" {message.attempts} tries; drop the file again to have it tried again; the last one: {detail}",
            where=record.document,
        )
    )
