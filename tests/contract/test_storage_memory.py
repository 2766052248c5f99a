"""The storage in memory passes the suite, and the suite catches storages that are wrong."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from askul_connect.adapters.storage.memory import buyer_memory, supplier_memory
from askul_connect.core.domain.sales import Order
from askul_connect.core.ports.buyer_storage import BuyerStorage
from askul_connect.core.ports.supplier_storage import SupplierStorage
from askul_connect.testing.storage import BuyerStorageSuite, SupplierStorageSuite


class TestSupplierMemory(SupplierStorageSuite):
    @pytest.fixture
    def storage(self) -> SupplierStorage:
        return supplier_memory()


class TestBuyerMemory(BuyerStorageSuite):
    @pytest.fixture
    def storage(self) -> BuyerStorage:
        return buyer_memory()


class ForgetsRollback:
    """Lets stay whatever was written before the exception."""

    def __init__(self) -> None:
        self._inner: Any = supplier_memory()

    @contextmanager
    def begin(self, *, durable: bool = True) -> Iterator[Any]:
        failed: Exception | None = None
        with self._inner.begin(durable=durable) as unit:
            try:
                yield unit
            except Exception as error:  # noqa: BLE001 -- the defect: it commits all the same
                failed = error
        if failed:
            raise failed


class LeaksTenants:
    """Finds an order whatever account asks."""

    def __init__(self) -> None:
        self._inner: Any = supplier_memory()

    @contextmanager
    def begin(self, *, durable: bool = True) -> Iterator[Any]:
        with self._inner.begin(durable=durable) as unit:
            asked = unit.orders

            class Orders:
                add = asked.add
                many = asked.many
                by_external_id = asked.by_external_id
                get_for_staff = asked.get_for_staff

                def get(self, _account_id: str, order_number: str) -> Order | None:
                    found: Order | None = asked.get_for_staff(order_number)
                    return found

            unit.orders = Orders()
            try:
                yield unit
            finally:
                unit.orders = asked


class LosesUpdates:
    """Lets every thread read before any writes."""

    def __init__(self) -> None:
        self._facts: dict[str, str] = {}

    @contextmanager
    def begin(self, *, durable: bool = True) -> Iterator[Any]:
        seen = dict(self._facts)

        class Facts:
            get = seen.get
            put = seen.__setitem__

        class Unit:
            facts = Facts()

        yield Unit()
        time.sleep(0.0005)
        self._facts = seen


def test_suite_catches_a_storage_that_forgets_to_roll_back() -> None:
    suite = SupplierStorageSuite()
    with pytest.raises(AssertionError):
        suite.test_unit_02_an_exception_takes_everything_back(ForgetsRollback())
    with pytest.raises(AssertionError):
        suite.test_change_05_a_rollback_leaves_no_place(ForgetsRollback())


def test_suite_catches_a_storage_that_leaks_tenants() -> None:
    with pytest.raises(AssertionError):
        SupplierStorageSuite().test_order_02_another_account_does_not_see_it(LeaksTenants())


@pytest.mark.spec("REL-3")
def test_suite_catches_a_storage_that_loses_updates() -> None:
    with pytest.raises(AssertionError):
        SupplierStorageSuite().test_unit_07_no_update_is_lost_between_threads(LosesUpdates())
