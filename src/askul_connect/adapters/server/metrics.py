"""Counters of a served supplier in Prometheus' text format (SRV-5).

Every label's values are known beforehand: declared operations, faces, codes of the error catalogue, causes. So
nobody can make a label by what he sends, and nothing in one leads to a person, an account or an order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from askul_connect.core.domain.events import Event, LoginCause, LoginTurnedDown, OrderPlaced
from askul_connect.core.domain.outbox import OutboxState
from askul_connect.core.errors import AskulConnectError, all_error_classes
from askul_connect.core.ports.observation import ANSWERED_WELL, Answered

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
UNKNOWN = "unknown"
"""Operation or outcome of a call that named none we know."""

_NANO = 1_000_000_000
#: Seconds. A login is one slow hash, a bulk page some hundred lines.
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class _OutboxGauges(Collector):
    """Asks the database when somebody looks; one that cannot be asked is down, and no figure is made up."""

    def __init__(self, outbox: Callable[[], Mapping[OutboxState, int]]) -> None:
        self._outbox = outbox

    def collect(self) -> Iterator[GaugeMetricFamily]:
        try:
            counts = self._outbox()
        except AskulConnectError:
            yield GaugeMetricFamily("askul_connect_database_up", "Whether the database answers.", value=0)
            return
        yield GaugeMetricFamily("askul_connect_database_up", "Whether the database answers.", value=1)
        messages = GaugeMetricFamily(
            "askul_connect_outbox_messages", "Outgoing messages that are not over.", labels=["state"]
        )
        for state in (OutboxState.PENDING, OutboxState.UNKNOWN, OutboxState.DEAD):
            messages.add_metric([state.value], counts.get(state, 0))
        yield messages

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """Without asking the database, as the registry would at once."""
        return ()


class Metrics:
    """A ``CallObserver`` and an ``EventSink`` that count, in a registry of their own; thread-safe.

    Args:
        operations: Names of the declared operations.
        outbox: Counts the messages of the outbox by state.
    """

    def __init__(self, operations: Iterable[str], outbox: Callable[[], Mapping[OutboxState, int]]) -> None:
        self._operations = frozenset(operations)
        self._codes = frozenset({ANSWERED_WELL, *(one.code for one in all_error_classes())})
        self._registry = registry = CollectorRegistry()
        self._requests = Counter(
            "askul_connect_requests",
            "Calls that a face has answered.",
            ["face", "operation", "outcome"],
            registry=registry,
        )
        self._seconds = Histogram(
            "askul_connect_request_seconds",
            "How long answering a call took.",
            ["face", "operation"],
            buckets=_BUCKETS,
            registry=registry,
        )
        self._logins = Counter(
            "askul_connect_login_refusals", "Logins that were refused.", ["cause"], registry=registry
        )
        self._orders = Counter("askul_connect_orders_placed", "Orders that were taken.", registry=registry)
        for cause in LoginCause:
            # there from the beginning, so that the first one is seen as an increase
            self._logins.labels(cause.value)
        registry.register(_OutboxGauges(outbox))

    def answered(self, call: Answered) -> None:
        """Count a call."""
        operation = call.operation if call.operation in self._operations else UNKNOWN
        outcome = call.code if call.code in self._codes else UNKNOWN
        self._requests.labels(call.channel.value, operation, outcome).inc()
        self._seconds.labels(call.channel.value, operation).observe(call.nanoseconds / _NANO)

    def record(self, event: Event) -> None:
        """Count what happened."""
        if isinstance(event, OrderPlaced):
            self._orders.inc()
        elif isinstance(event, LoginTurnedDown):
            self._logins.labels(event.cause.value).inc()

    def exposition(self) -> bytes:
        """Everything, as Prometheus reads it."""
        return generate_latest(self._registry)
