"""A limit on the time of a whole answer.

The time-outs of sockets are for one read each: an answer of one byte a second would keep all of them and never end.
"""

from __future__ import annotations

import io
import socket
import time
from functools import partial
from http.client import HTTPResponse
from typing import TYPE_CHECKING, Any

from requests.adapters import HTTPAdapter

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


class DeadlineAdapter(HTTPAdapter):
    """Sends over connections whose every answer has to be whole in time; sends nothing twice by itself.

    Args:
        seconds: From the request's end to the answer's.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        # Retrying is decided above, where it is known what may be sent twice.
        super().__init__(max_retries=0)

    def get_connection_with_tls_context(self, *given: Any, **named: Any) -> Any:
        """The pool of a host, its connections with the limit."""
        pool: Any = super().get_connection_with_tls_context(*given, **named)
        if not isinstance(vars(pool.ConnectionCls).get("response_class"), staticmethod):
            limited = staticmethod(partial(_LimitedResponse, seconds=self._seconds))
            kind = pool.ConnectionCls
            pool.ConnectionCls = type(kind.__name__, (kind,), {"response_class": limited})
        return pool


class _LimitedResponse(HTTPResponse):
    """The standard library's response, which reads from the socket in time or not at all."""

    def __init__(self, sock: socket.socket, *given: Any, seconds: float, **named: Any) -> None:
        super().__init__(sock, *given, **named)
        unlimited = self.fp
        self.fp = io.BufferedReader(_LimitedReader(sock, seconds))
        unlimited.close()


class _LimitedReader(io.RawIOBase):
    def __init__(self, sock: socket.socket, seconds: float) -> None:
        self._socket = sock
        self._inner = sock.makefile("rb", buffering=0)
        self._end = time.monotonic() + seconds
        self._pause = sock.gettimeout()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int | None:
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError("the answer takes too long")
        self._socket.settimeout(left if self._pause is None else min(left, self._pause))
        return self._inner.readinto(buffer)

    def close(self) -> None:
        self._inner.close()
        super().close()
