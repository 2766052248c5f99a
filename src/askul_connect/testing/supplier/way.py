"""What a channel makes of faults on its way: nothing done, perhaps done, or an answer; never one of them for another.

For a supplier kind that can be told an address. The faulty supplier of :mod:`askul_connect.testing.faulty` is served on
this machine, and the kind connects to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest
from attrs import frozen

from askul_connect.core.errors import OutcomeUnknown, PartnerAnswerInvalid, PartnerUnreachable
from askul_connect.core.operations.supplier import LIST_ORDERS
from askul_connect.core.ports.channel import Capability, SupplierConnection
from askul_connect.plugins.connections import ConnectionSettings
from askul_connect.plugins.kinds import SupplierKind
from askul_connect.testing.faulty import Fault, FaultySupplier, Way
from askul_connect.testing.supplier.cases import SupplierCases, needs
from askul_connect.testing.supplier.customer import Customer
from askul_connect.testing.workbench import plugin_workbench

_NAME = "way"


@frozen(kw_only=True)
class DisturbedWay:
    """A customer of a supplier that is reached over HTTP, and the supplier, whose plan disturbs the way."""

    customer: Customer
    supplier: FaultySupplier

    def held(self, number: str) -> int:
        """How many orders of a purchase order the supplier holds in truth."""
        return sum(order.purchase_order_id == number for order in self.supplier.orders())


class WayCases(SupplierCases):
    """What happens on the way is told as what it was.

    Attributes:
        way: Which of the faulty supplier's faces the kind speaks to.
    """

    way: ClassVar[Way] = Way.SOAP

    @classmethod
    def settings_of(cls, address: str) -> ConnectionSettings:
        """What a configuration would say to connect to an address; override it for other options."""
        return ConnectionSettings(
            name=_NAME, credential=f"file:secrets/{_NAME}.credential", options={"address": address}
        )

    @pytest.fixture(scope="class")
    @classmethod
    def disturbed(cls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DisturbedWay]:
        """One supplier for all cases; no case relies on an empty account."""
        folder = tmp_path_factory.mktemp("way")
        with FaultySupplier(folder / "supplier") as supplier:
            yield from disturbed_way(cls.kind, supplier, cls.settings_of(supplier.address(cls.way)), folder)

    @pytest.fixture
    def way_to_supplier(self, disturbed: DisturbedWay) -> Iterator[DisturbedWay]:
        """The same, with nothing wrong at the beginning."""
        yield disturbed
        disturbed.supplier.plan.lift()

    @pytest.mark.spec("INT-6")
    def test_way_01_no_connection_is_unreachable_and_nothing_was_done(
        self, way_to_supplier: DisturbedWay
    ) -> None:
        customer, supplier = way_to_supplier.customer, way_to_supplier.supplier
        request = customer.request(customer.goods[0])
        supplier.plan.add(Fault.SITE_DOWN)
        with pytest.raises(PartnerUnreachable):
            customer.place(request)
        assert way_to_supplier.held(request.purchase_order_id) == 0

    @pytest.mark.spec("INT-6")
    def test_way_02_a_lost_answer_is_an_unknown_outcome(self, way_to_supplier: DisturbedWay) -> None:
        customer, supplier = way_to_supplier.customer, way_to_supplier.supplier
        request = customer.request(customer.goods[0])
        supplier.plan.add(Fault.NO_ACKNOWLEDGEMENT, purchase_order_id=request.purchase_order_id)
        with pytest.raises(OutcomeUnknown):
            customer.place(request)
        assert way_to_supplier.held(request.purchase_order_id) == 1

    @pytest.mark.spec("INT-6")
    @needs(Capability.FIND)
    def test_way_03_an_answer_that_cannot_be_read_is_an_unknown_outcome(
        self, way_to_supplier: DisturbedWay
    ) -> None:
        customer, supplier = way_to_supplier.customer, way_to_supplier.supplier
        request = customer.request(customer.goods[0])
        supplier.plan.add(Fault.CORRUPT, purchase_order_id=request.purchase_order_id)
        with pytest.raises((OutcomeUnknown, PartnerAnswerInvalid)):
            customer.place(request)
        [found] = customer.find(request)
        assert found.purchase_order_id == request.purchase_order_id

    @pytest.mark.spec("INT-5", "INT-6")
    @needs(Capability.HISTORY)
    def test_way_04_a_list_that_cannot_be_read_is_no_empty_list(self, way_to_supplier: DisturbedWay) -> None:
        customer, supplier = way_to_supplier.customer, way_to_supplier.supplier
        end = customer.end(Capability.HISTORY)
        [placed] = customer.place(customer.request(customer.goods[0]))
        supplier.plan.add(Fault.CORRUPT, operation=LIST_ORDERS.name)
        with pytest.raises((OutcomeUnknown, PartnerAnswerInvalid)):
            customer.read(Capability.HISTORY, end)
        assert customer.read(Capability.HISTORY, end) == [placed]

    @pytest.mark.spec("INT-6", "INT-11")
    @needs(Capability.FIND)
    def test_way_05_a_call_that_arrives_late_makes_no_second_order(
        self, way_to_supplier: DisturbedWay
    ) -> None:
        customer, supplier = way_to_supplier.customer, way_to_supplier.supplier
        request = customer.request(customer.goods[0])
        supplier.plan.add(Fault.LATE, purchase_order_id=request.purchase_order_id)
        with pytest.raises(OutcomeUnknown):
            customer.place(request)
        assert customer.find(request) == (), "it is still on its way"
        [placed] = customer.place(request)
        assert placed.purchase_order_id == request.purchase_order_id
        assert way_to_supplier.held(request.purchase_order_id) == 1

    @pytest.mark.spec("INT-6")
    def test_way_06_a_connection_that_failed_is_tried_again(self, way_to_supplier: DisturbedWay) -> None:
        customer, supplier = way_to_supplier.customer, way_to_supplier.supplier
        request = customer.request(customer.goods[0])
        supplier.plan.add(Fault.SITE_DOWN)
        with pytest.raises(PartnerUnreachable):
            customer.place(request)
        supplier.plan.lift(Fault.SITE_DOWN)
        assert len(customer.place(request)) == 1

    @pytest.mark.spec("INT-5")
    @needs(Capability.HISTORY)
    def test_way_07_a_list_that_lagged_is_read_whole_from_the_same_cursor(
        self, way_to_supplier: DisturbedWay
    ) -> None:
        customer, supplier = way_to_supplier.customer, way_to_supplier.supplier
        end = customer.end(Capability.HISTORY)
        supplier.plan.add(Fault.OUT_OF_ORDER)
        [placed] = customer.place(customer.request(customer.goods[0]))
        nothing, page = customer.page(Capability.HISTORY, end, 10)
        assert (list(nothing), page.more) == ([], False)
        supplier.plan.lift(Fault.OUT_OF_ORDER)
        assert customer.read(Capability.HISTORY, page.next_cursor) == [placed]


def disturbed_way(
    kind: SupplierKind, supplier: FaultySupplier, settings: ConnectionSettings, folder: Path
) -> Iterator[DisturbedWay]:
    """A kind, connected to a supplier by settings, until the generator is closed.

    Args:
        kind: Which.
        supplier: Stays its owner's to close.
        settings: Of the connection; its credential is written to ``secrets`` below the folder.
        folder: An empty one.
    """
    bench = plugin_workbench(folder / "bench")
    supplier.connect(folder / "bench", settings.name, Way.SOAP)

    def connect() -> SupplierConnection:
        return kind.connect(bench.toolkit, settings)

    connection = connect()
    try:
        customer = Customer(kind=kind, connection=connection, reopen=connect, timeline=supplier.clock)
        yield DisturbedWay(customer=customer, supplier=supplier)
    finally:
        connection.close()
