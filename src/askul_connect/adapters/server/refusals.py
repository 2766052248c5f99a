"""From whatever an operation raised to what its caller is told; failures of ours are logged on the way."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any, TypeVar

from attrs import frozen

from askul_connect.adapters import _json
from askul_connect.core.domain.correlation import correlated_logger
from askul_connect.core.errors import AskulConnectError, Fault, InternalError, Reported, report_of
from askul_connect.core.operations.registry import Operation

T = TypeVar("T")
NewReference = Callable[[], str]

logger = correlated_logger(__name__)


@frozen(kw_only=True)
class Refusal:
    """A call that was not answered.

    Attributes:
        kind: The class that was raised.
        report: What the caller is told.
    """

    kind: type[AskulConnectError]
    report: Reported


def random_reference() -> str:
    """A reference number that nobody can guess."""
    return secrets.token_hex(8)


def answered(work: Callable[[], T], new_reference: NewReference) -> T | Refusal:
    """Do some work and return its result, or why there is none; never raises.

    Args:
        work: Answers one call.
        new_reference: Makes the number under which a failure of ours is logged and reported.
    """
    try:
        return work()
    except AskulConnectError as error:
        reference = error.reference
        if error.fault is Fault.OURS:
            reference = reference or new_reference()
            logger.exception("a failure of ours was answered with reference %s", reference)
        return Refusal(kind=type(error), report=report_of(error, reference=reference))
    except Exception:
        reference = new_reference()
        logger.exception("an unplanned failure was answered with reference %s", reference)
        return Refusal(kind=InternalError, report=report_of(InternalError(""), reference=reference))


def written(operation: Operation[Any, Any], response: object) -> bytes:
    """The response of an operation as JSON.

    Raises:
        InternalError: It is not of the declared class, or cannot be written: the caller cannot help that.
    """
    if not isinstance(response, operation.response):
        raise InternalError(f"{operation.name} returned a {type(response).__name__}")
    try:
        return _json.dumps(response)
    except AskulConnectError as error:
        raise InternalError(f"the response cannot be written: {error}") from error
