"""The system's clock, and ids: random ones for real work, seeded ones for repeatable runs."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from askul_connect.core.domain.ids import RANDOM_BYTES, deterministic_id, time_ordered_id
from askul_connect.core.domain.secrets import Secret

if TYPE_CHECKING:
    from askul_connect.core.ports.system import Clock

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TOKEN_BYTES = 32


def _milliseconds(clock: Clock) -> int:
    # Integer division of timedeltas: timestamp() is a float.
    return (clock.now() - _EPOCH) // timedelta(milliseconds=1)


class SystemClock:
    """The ``Clock`` port on the machine's clock."""

    def now(self) -> datetime:
        """The present instant, aware, UTC."""
        return datetime.now(UTC)


class RandomIds:
    """The ``Ids`` port on the operating system's randomness; thread-safe.

    Args:
        clock: Gives the time that ids are ordered by.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def new(self, kind: str, business_key: str) -> str:  # noqa: ARG002  the port has them for seeded sources
        """A UUID version 7."""
        return time_ordered_id(_milliseconds(self._clock), secrets.token_bytes(RANDOM_BYTES))

    def token(self, kind: str) -> Secret:  # noqa: ARG002
        """A secret of 256 random bits, URL-safe text."""
        return Secret(secrets.token_urlsafe(_TOKEN_BYTES))

    def digits(self, kind: str, count: int) -> str:  # noqa: ARG002
        """That many unpredictable decimal digits."""
        return "".join(secrets.choice("0123456789") for _ in range(count))


class SeededIds:
    """The ``Ids`` port for simulations; thread-safe. Whoever knows the seed knows every id, token and number.

    An id depends on seed, kind, key and time only. A token or number depends on seed, kind, time and how many
    of its kind were drawn before, so a second run on the same data, whose clock is later, repeats none.

    Args:
        seed: Text that the run is named by.
        clock: Gives the time; a simulated one makes the run repeatable.
    """

    def __init__(self, seed: str, clock: Clock) -> None:
        self._seed = seed.encode("utf-8", "surrogatepass")
        self._clock = clock
        self._drawn: Counter[str] = Counter()
        self._lock = threading.Lock()

    def new(self, kind: str, business_key: str) -> str:
        """A UUID version 7, the same for the same kind, key and time."""
        return deterministic_id(_milliseconds(self._clock), kind, business_key, self._seed)

    def token(self, kind: str) -> Secret:
        """The next token of the kind, 256 bits, URL-safe text."""
        return Secret(self._next(f"token:{kind}").hex())

    def digits(self, kind: str, count: int) -> str:
        """The next number of the kind, in that many decimal digits."""
        # 32 bytes hold 77 digits; more are drawn than asked for, so that no digit is likelier than another.
        drawn = ""
        while len(drawn) < count:
            drawn += f"{int.from_bytes(self._next(f'digits:{kind}'), 'big') % 10**40:040}"
        return drawn[:count]

    def _next(self, kind: str) -> bytes:
        with self._lock:
            self._drawn[kind] += 1
            number = self._drawn[kind]
        text = f"{_milliseconds(self._clock)}:{number}:{kind}"
        return hmac.new(self._seed, text.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()
