"""A supplier that works, and what breaks it on purpose."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from attrs import evolve, field, frozen

from askul_connect.adapters import builtin
from askul_connect.core.errors import AskulConnectError
from askul_connect.core.ports.channel import Channel, InProcessWork, SupplierConnection
from askul_connect.testing import plugin_workbench, sample_connection
from askul_connect.testing.supplier import Customer, SupplierSuite

[REFERENCE] = builtin.askul_connect_suppliers()


@frozen
class Broken:
    """A channel with one mistake: some of its methods are other functions, which get the channel that works."""

    inner: Channel
    replaced: dict[str, Any]
    state: dict[Any, Any] = field(factory=dict)

    def __getattr__(self, name: str) -> Any:
        if name not in self.replaced:
            return getattr(self.inner, name)
        found = self.replaced[name]
        return (lambda *given, **named: found(self, *given, **named)) if callable(found) else found


@frozen
class Connection:
    inner: SupplierConnection
    channel: Any
    work: InProcessWork | None
    closing: Callable[[SupplierConnection], None] = lambda inner: inner.close()

    def close(self) -> None:
        self.closing(self.inner)


def run_case(name: str, customer: Customer) -> None:
    case = getattr(SupplierSuite, name)
    choices = {"same_key": False}
    wanted = [each for each in inspect.signature(case).parameters if each not in ("self", "customer")]
    case(SupplierSuite(), customer, **{each: choices[each] for each in wanted})


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Customer]:
    """A customer of the reference supplier."""
    bench = plugin_workbench(tmp_path_factory.mktemp("supplier"))

    def connect() -> SupplierConnection:
        return REFERENCE.connect(bench.toolkit, sample_connection())

    opened = connect()
    yield Customer(kind=REFERENCE, connection=opened, reopen=connect, timeline=bench.timeline)
    opened.close()


@pytest.fixture
def connection() -> type[Connection]:
    """A connection whose parts can be chosen."""
    return Connection


@pytest.fixture
def catch(good: Customer) -> Callable[[str, Customer], None]:
    """Checks that a case fails for a customer of a broken supplier, and passes for the one that works."""

    def caught(case: str, customer: Customer) -> None:
        # what the broken supplier raises itself fails the case too
        with pytest.raises((AssertionError, pytest.fail.Exception, AskulConnectError)):
            run_case(case, customer)
        run_case(case, good)

    return caught


@pytest.fixture
def catch_channel(good: Customer, catch: Callable[[str, Customer], None]) -> Callable[..., None]:
    """Checks that a case fails when some methods of the channel are replaced."""

    def caught(case: str, **replaced: Any) -> None:
        def breaking(opened: SupplierConnection) -> Connection:
            return Connection(opened, Broken(opened.channel, replaced), opened.work)

        catch(
            case,
            evolve(good, connection=breaking(good.connection), reopen=lambda: breaking(good.reopen())),
        )

    return caught
