"""The two messages that are SOAP's own: the header of a call and the detail of a fault."""

from __future__ import annotations

from attrs import frozen

from askul_connect.adapters._lexical import carried_report
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import AskulConnectError, Problem, Reported, all_error_classes

CALL_HEADER = "callHeader"
PROBLEM = "problem"


@frozen(kw_only=True)
class CallHeader:
    """Travels beside a request.

    Attributes:
        token: Session token or client credential.
        idempotency_key: The caller's key of a keyed operation.
        correlation_id: Follows a purchase order through both sides' logs.
    """

    token: Secret | None = None
    idempotency_key: str = ""
    correlation_id: str = ""


@frozen(kw_only=True)
class ProblemDetail:
    """Detail of a fault: the error's code, what it says in both languages, and all findings.

    Attributes:
        retry_after: Seconds after which a retry makes sense, None when that is not known.
    """

    code: str
    message_ja: str
    message_en: str
    detail: str
    where: str = ""
    remedy: str = ""
    line_id: str = ""
    reference: str = ""
    retry_after: int | None = None
    problems: tuple[Problem, ...] = ()


def error_class(code: str) -> type[AskulConnectError]:
    """The class of an error that was raised on this side."""
    return next(cls for cls in all_error_classes() if cls.code == code)


def detail_of(report: Reported) -> ProblemDetail:
    """What is sent of a problem; the texts are the catalogue's."""
    error = error_class(report.code)
    report = carried_report(report)
    return ProblemDetail(
        code=report.code,
        message_ja=error.cause.ja,
        message_en=error.cause.en,
        detail=report.detail,
        where=report.where,
        remedy=error.remedy.en,
        line_id=report.line_id,
        reference=report.reference,
        retry_after=report.retry_after,
        problems=report.problems,
    )


def report_of_detail(detail: ProblemDetail) -> Reported:
    """The problem that was sent."""
    return Reported(
        code=detail.code,
        detail=detail.detail,
        where=detail.where,
        reference=detail.reference,
        line_id=detail.line_id,
        retry_after=detail.retry_after,
        problems=detail.problems,
    )
