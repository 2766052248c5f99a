"""The id that follows a purchase order through the logs of both sides, from its file to its invoice (SRV-5).

Whoever works on one purchase order says so with :func:`correlated`; every line that is logged meanwhile has its id,
also those of libraries, where the handler has the filter. The two sides share nothing: a supplier in this process
sets what came with the call, like one that is served elsewhere.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_PRESENT: ContextVar[str] = ContextVar("correlation_id", default="")


@contextmanager
def correlated(correlation_id: str) -> Iterator[None]:
    """Work on the purchase order of this id, or on none when it is empty."""
    before = _PRESENT.set(correlation_id)
    try:
        yield
    finally:
        _PRESENT.reset(before)


class Correlation(logging.Filter):
    """Gives each record the id of what is worked on, unless it came with one."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Complete the record; it always passes."""
        if not getattr(record, "correlation_id", ""):
            record.correlation_id = _PRESENT.get()
        return True


_FILTER = Correlation()


def correlated_logger(name: str) -> logging.Logger:
    """The logger of that name; its records have the id whatever handler they reach."""
    logger = logging.getLogger(name)
    logger.addFilter(_FILTER)
    return logger
