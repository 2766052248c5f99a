"""Faults on the way between two sockets of this machine: real connections, really reset, cut and refused."""

from __future__ import annotations

import re
import socket
import struct
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from enum import StrEnum
from typing import Self

from attrs import define, field

from askul_connect.testing.faulty.plan import Fault, FaultPlan
from askul_connect.testing.faulty.wire import GIVEN_UP, corrupted, is_about, operation_of

_RESET = struct.pack("ii", 1, 0)
_PATIENCE = 30
_CHUNK = 65_536
_DRIP_SECONDS = 0.1
_HEAD_END = b"\r\n\r\n"


class Disturbance(StrEnum):
    """What can happen to one call on its way."""

    RESET_BEFORE = "reset before"
    RESET_AFTER = "reset after"
    TIME_OUT_AFTER_COMMIT = "time out after commit"
    TRUNCATED = "truncated"
    CORRUPT = "corrupt"
    TOO_MANY = "too many"
    FAILED = "failed"
    FAILED_AFTER_COMMIT = "failed after commit"
    BUSY = "busy"
    GIVEN_UP = "given up"
    """A gateway answers that it waits no longer; the call arrives after the next one."""
    DUPLICATED = "duplicated"
    DUPLICATED_LATE = "duplicated late"
    SLOW = "slow"


def _answer(status: int, words: str, *headers: str, body: bytes = b"") -> bytes:
    lines = (
        f"HTTP/1.1 {status} {words}",
        *headers,
        f"content-length: {len(body)}",
        "connection: close",
        "",
        "",
    )
    return "\r\n".join(lines).encode() + body


_ANSWERS = {
    Disturbance.TOO_MANY: _answer(429, "Too Many Requests", "retry-after: 30"),
    Disturbance.FAILED: _answer(500, "Internal Server Error", body=b"oops"),
    Disturbance.BUSY: _answer(503, "Service Unavailable"),
    Disturbance.GIVEN_UP: _answer(GIVEN_UP, "Gateway Timeout", "content-type: text/html", body=b"timed out"),
}
_OF_FAULT = {
    Fault.NO_ACKNOWLEDGEMENT: Disturbance.RESET_AFTER,
    Fault.CORRUPT: Disturbance.CORRUPT,
    Fault.LATE: Disturbance.GIVEN_UP,
}


@define(eq=False)
class FaultyProxy:
    """Hands each HTTP call on to a port of this machine, one after the other, and disturbs those that are chosen.

    Attributes:
        to: The port that answers.
        choose: Gets a call's bytes before they are handed on, and says what happens to it; None for nothing.
        seen: The bytes of every call so far.
        port: Where it listens, once it is open.
    """

    to: int
    choose: Callable[[bytes], Disturbance | None] = lambda _asked: None
    seen: list[bytes] = field(factory=list, repr=False)
    port: int = 0
    _listening: socket.socket | None = None
    _kept: bytes = b""
    _threads: list[threading.Thread] = field(factory=list, repr=False)

    @classmethod
    def following(cls, plan: FaultPlan, *, to: int) -> Self:
        """One that does what a plan says."""
        made = cls(to=to)
        made.choose = lambda asked: _planned(plan, asked)

        def follow() -> None:
            if plan.planned(Fault.SITE_DOWN):
                plan.note(Fault.SITE_DOWN, "http")
                made.close()
            else:
                made.open()

        plan.watch(follow)
        return made

    def open(self) -> None:
        """Take calls, on the same port as before."""
        if self._listening is None:
            self._listening = socket.create_server(("127.0.0.1", self.port))
            self.port = self._listening.getsockname()[1]
            accepting = threading.Thread(target=self._accept, args=(self._listening,), daemon=True)
            accepting.start()
            self._threads.append(accepting)

    def close(self) -> None:
        """Refuse calls; the one that is under way is carried on."""
        if self._listening is not None:
            listening, self._listening = self._listening, None
            # wakes the thread that accepts
            with suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)
            listening.close()

    def end(self) -> None:
        """Refuse calls and wait for the last one.

        Raises:
            RuntimeError: It does not end.
        """
        self.close()
        for thread in self._threads:
            thread.join(_PATIENCE)
            if thread.is_alive():
                message = "the proxy does not end"
                raise RuntimeError(message)

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            # one after the other: the buyer's side makes its calls so
            with connection, suppress(ConnectionError, BrokenPipeError):
                self._serve(connection)

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(_PATIENCE)
        asked = _read_request(connection)
        self.seen.append(asked)
        disturbance = self.choose(asked)
        if disturbance is not None:
            _DISTURB.get(disturbance, _answer_alone)(self, connection, asked, disturbance)
            return
        kept, self._kept = self._kept, b""
        answer = self.ask(asked)
        if kept:
            self.ask(kept)
        connection.sendall(answer)

    def keep(self, asked: bytes) -> None:
        """Hand a call on after the next one."""
        self._kept = asked

    def ask(self, asked: bytes) -> bytes:
        """The answer to a call."""
        with socket.create_connection(("127.0.0.1", self.to), timeout=_PATIENCE) as upstream:
            upstream.sendall(asked.replace(b"\r\n", b"\r\nconnection: close\r\n", 1))
            parts = []
            while part := upstream.recv(_CHUNK):
                parts.append(part)
        return b"".join(parts)


def _answer_alone(proxy: FaultyProxy, connection: socket.socket, asked: bytes, what: Disturbance) -> None:
    if what is Disturbance.FAILED_AFTER_COMMIT:
        proxy.ask(asked)
        what = Disturbance.FAILED
    elif what is Disturbance.GIVEN_UP:
        proxy.keep(asked)
    connection.sendall(_ANSWERS[what])


def _reset(proxy: FaultyProxy, connection: socket.socket, asked: bytes, what: Disturbance) -> None:
    if what is Disturbance.RESET_AFTER:
        proxy.ask(asked)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)


def _say_nothing(proxy: FaultyProxy, connection: socket.socket, asked: bytes, _what: Disturbance) -> None:
    proxy.ask(asked)
    # until the other side gives up
    connection.recv(1)


def _cut(proxy: FaultyProxy, connection: socket.socket, asked: bytes, _what: Disturbance) -> None:
    answer = proxy.ask(asked)
    connection.sendall(answer[: -(len(answer) // 3)])


def _corrupt(proxy: FaultyProxy, connection: socket.socket, asked: bytes, _what: Disturbance) -> None:
    head, end, body = proxy.ask(asked).partition(_HEAD_END)
    connection.sendall(head + end + corrupted(body))


def _double(proxy: FaultyProxy, connection: socket.socket, asked: bytes, what: Disturbance) -> None:
    answer = proxy.ask(asked)
    if what is Disturbance.DUPLICATED:
        answer = proxy.ask(asked)
    else:
        proxy.keep(asked)
    connection.sendall(answer)


def _drip(proxy: FaultyProxy, connection: socket.socket, asked: bytes, _what: Disturbance) -> None:
    pause = threading.Event()
    for byte in proxy.ask(asked):
        connection.sendall(bytes([byte]))
        pause.wait(_DRIP_SECONDS)


_Disturb = Callable[[FaultyProxy, socket.socket, bytes, Disturbance], None]
_DISTURB: Mapping[Disturbance, _Disturb] = {
    Disturbance.RESET_BEFORE: _reset,
    Disturbance.RESET_AFTER: _reset,
    Disturbance.TIME_OUT_AFTER_COMMIT: _say_nothing,
    Disturbance.TRUNCATED: _cut,
    Disturbance.CORRUPT: _corrupt,
    Disturbance.DUPLICATED: _double,
    Disturbance.DUPLICATED_LATE: _double,
    Disturbance.SLOW: _drip,
}


def _planned(plan: FaultPlan, asked: bytes) -> Disturbance | None:
    head, _, body = asked.partition(_HEAD_END)
    lines = head.decode("latin-1").split("\r\n")
    action = next(
        (line.partition(":")[2].strip() for line in lines if line.lower().startswith("soapaction:")), ""
    )
    operation = operation_of(lines[0].split(" ")[1], action)
    fault = plan.strike(operation, lambda number: is_about(body, number))
    return None if fault is None else _OF_FAULT[fault]


def _read_request(connection: socket.socket) -> bytes:
    taken = b""
    while _HEAD_END not in taken:
        part = connection.recv(_CHUNK)
        if not part:
            raise ConnectionError("closed before the request was whole")
        taken += part
    head, _, _ = taken.partition(_HEAD_END)
    length = re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
    while len(taken) < len(head) + len(_HEAD_END) + int(length[1] if length else 0):
        part = connection.recv(_CHUNK)
        if not part:
            raise ConnectionError("closed before the request was whole")
        taken += part
    return taken
