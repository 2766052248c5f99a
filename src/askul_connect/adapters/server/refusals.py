"""From whatever an operation raised to what its caller is told; failures of ours are logged on the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from attrs import frozen

from askul_connect.adapters import _json
from askul_connect.adapters._failures import NewReference, failure_told
from askul_connect.core.domain.correlation import correlated_logger
from askul_connect.core.errors import AskulConnectError, InternalError, Reported
from askul_connect.core.operations.registry import Operation

T = TypeVar("T")

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


def answered(work: Callable[[], T], new_reference: NewReference) -> T | Refusal:
    """Do some work and return its result, or why there is none; never raises.

    Args:
        work: Answers one call.
        new_reference: Makes the number under which a failure of ours is logged and reported.
    """
    try:
        return work()
    except Exception as error:  # noqa: BLE001 -- a face answers whatever happened; it is logged there
        kind = type(error) if isinstance(error, AskulConnectError) else InternalError
        return Refusal(kind=kind, report=failure_told(error, new_reference, logger))


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
