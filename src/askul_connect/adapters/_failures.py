"""What a caller is told of a call that failed, the same on every face; failures of ours are logged on the way."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable

from askul_connect.core.errors import AskulConnectError, Fault, InternalError, Reported, report_of

NewReference = Callable[[], str]


def random_reference() -> str:
    """A reference number that nobody can guess."""
    return secrets.token_hex(8)


def failure_told(error: Exception, new_reference: NewReference, logger: logging.Logger) -> Reported:
    """What the caller is told; of what nobody planned, nothing but the number it is logged under.

    Args:
        error: What was raised.
        new_reference: Makes the number under which a failure of ours is logged and reported.
        logger: Of the face.
    """
    if not isinstance(error, AskulConnectError):
        reference = new_reference()
        logger.error("an unplanned failure was answered with reference %s", reference, exc_info=error)
        return report_of(InternalError(""), reference=reference)
    if error.fault is not Fault.OURS:
        return report_of(error)
    reference = error.reference or new_reference()
    logger.error("a failure of ours was answered with reference %s: %s", reference, error, exc_info=error)
    return report_of(error, reference=reference)
