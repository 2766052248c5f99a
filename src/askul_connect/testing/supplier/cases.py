"""What a class of supplier cases needs: the kind under test, and fixtures to override."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, ClassVar, TypeVar

import pytest

from askul_connect.core.ports.channel import Capability, SupplierConnection
from askul_connect.plugins.connections import ConnectionSettings
from askul_connect.plugins.kinds import SupplierKind
from askul_connect.testing.supplier.customer import Customer
from askul_connect.testing.workbench import Workbench, plugin_workbench, sample_connection

Case = TypeVar("Case", bound=Callable[..., None])

_NEEDS = "needs_of_case"
_DRIVEN = "case_is_driven"


def needs(*capabilities: Capability) -> Callable[[Case], Case]:
    """Say which capabilities, besides placing, a case is about."""

    def mark(case: Case) -> Case:
        vars(case)[_NEEDS] = frozenset(capabilities)
        return case

    return mark


def driven(case: Case) -> Case:
    """Say that a case lets the supplier do its own work."""
    vars(case)[_DRIVEN] = True
    return case


class SupplierCases:
    """The kind under test and how it is connected.

    Cases of capabilities that the kind does not declare are not collected, and neither are those that let time pass
    when the supplier does not work in this process: what a plugin does not claim is not a skipped test. What was left
    out and why stands in :attr:`not_asked`, and in the properties of a JUnit report.

    Attributes:
        kind: To be overridden.
        works_in_process: Whether its connections have ``work``.
        not_asked: The cases left out, and why.
    """

    kind: ClassVar[SupplierKind]
    works_in_process: ClassVar[bool] = True
    not_asked: ClassVar[Mapping[str, str]] = MappingProxyType({})

    def __init_subclass__(cls, **more: Any) -> None:
        """Take out the cases that the kind is not asked for."""
        super().__init_subclass__(**more)
        kind = getattr(cls, "kind", None)
        left_out: dict[str, str] = {}
        for name in dir(cls):
            case = getattr(cls, name)
            if kind is None or case is None or not name.startswith("test_"):
                continue
            unclaimed = vars(case).get(_NEEDS, frozenset()) - kind.capabilities
            if unclaimed:
                left_out[name] = f"not declared: {', '.join(sorted(unclaimed))}"
            elif _DRIVEN in vars(case) and not cls.works_in_process:
                left_out[name] = "the supplier does not work in this process"
            if name in left_out:
                setattr(cls, name, None)
        cls.not_asked = MappingProxyType({**cls.not_asked, **left_out})

    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def tell_what_is_not_asked(cls, record_testsuite_property: Callable[[str, object], None]) -> None:
        """Have the cases that are left out in the report."""
        for name, reason in cls.not_asked.items():
            record_testsuite_property(f"{cls.__name__}.{name}", reason)

    @pytest.fixture(scope="class")
    @classmethod
    def workbench(cls, tmp_path_factory: pytest.TempPathFactory) -> Workbench:
        """A toolkit with a simulated clock; one for all cases, since cases never rely on an empty account."""
        return plugin_workbench(tmp_path_factory.mktemp("supplier"))

    @pytest.fixture(scope="class")
    @classmethod
    def connection_settings(cls) -> ConnectionSettings:
        """What a configuration would say; override it for a supplier with options of its own."""
        return sample_connection()

    @pytest.fixture(scope="class")
    @classmethod
    def connect(
        cls, workbench: Workbench, connection_settings: ConnectionSettings
    ) -> Callable[[], SupplierConnection]:
        """Opens a connection to the account, as often as it is called."""
        return lambda: cls.kind.connect(workbench.toolkit, connection_settings)

    @pytest.fixture(scope="class")
    @classmethod
    def connection(cls, connect: Callable[[], SupplierConnection]) -> Iterator[SupplierConnection]:
        """The connection that the cases use."""
        opened = connect()
        yield opened
        opened.close()

    @pytest.fixture
    def customer(
        self,
        workbench: Workbench,
        connection: SupplierConnection,
        connect: Callable[[], SupplierConnection],
    ) -> Customer:
        """Who tries the supplier; override it where other goods are sold."""
        return Customer(kind=self.kind, connection=connection, reopen=connect, timeline=workbench.timeline)
