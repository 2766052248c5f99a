"""Whoever watches: told what was answered and what happened, afterwards, and deciding nothing (SRV-5)."""

from __future__ import annotations

from typing import Protocol

from attrs import frozen

from askul_connect.core.domain.events import Event
from askul_connect.core.domain.orders import Channel

ANSWERED_WELL = "ok"
"""The code of a call that was not refused."""


@frozen(kw_only=True)
class Answered:
    """One call that a face has answered.

    Attributes:
        channel: The face.
        operation: Name of a declared operation, empty when the request named none.
        code: ``ok``, or the code of the error it was refused with.
        nanoseconds: From the request's last byte to the answer.
    """

    channel: Channel
    operation: str
    code: str
    nanoseconds: int


class CallObserver(Protocol):
    """Told of each call after it was answered."""

    def answered(self, call: Answered) -> None:
        """Take note; raises nothing."""
        ...


class EventSink(Protocol):
    """Told what happened once it is stored: what is rolled back has not happened."""

    def record(self, event: Event) -> None:
        """Take note; raises nothing."""
        ...


class Unobserved:
    """A ``CallObserver`` and an ``EventSink`` where nobody watches."""

    def answered(self, call: Answered) -> None:
        """Nothing."""

    def record(self, event: Event) -> None:
        """Nothing."""
