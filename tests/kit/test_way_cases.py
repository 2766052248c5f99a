"""The reference channel tells what happens on the way as it was; each mistake in telling is caught by a case."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from attrs import evolve, field, frozen

from askul_connect.adapters import builtin
from askul_connect.core.errors import (
    AskulConnectError,
    OutcomeUnknown,
    PartnerAnswerInvalid,
    PartnerUnreachable,
)
from askul_connect.core.messages.ordering import ListOrdersResponse, PlaceOrderResponse
from askul_connect.core.messages.paging import PageInfo
from askul_connect.testing.faulty import FaultySupplier, Way
from askul_connect.testing.supplier import DisturbedWay, WayCases, disturbed_way

[REFERENCE] = builtin.askul_connect_suppliers()


class TestSoap(WayCases):
    kind = REFERENCE


class TestJson(WayCases):
    kind = REFERENCE
    way = Way.JSON

    @pytest.fixture(scope="class")
    @classmethod
    def disturbed(cls, good: DisturbedWay) -> DisturbedWay:  # type: ignore[override]  # one supplier less to open
        return good


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DisturbedWay]:
    folder = tmp_path_factory.mktemp("good")
    with FaultySupplier(folder / "supplier") as supplier:
        settings = WayCases.settings_of(supplier.address(Way.JSON))
        yield from disturbed_way(REFERENCE, supplier, settings, folder)


@frozen
class Broken:
    """A channel with one mistake."""

    inner: Any
    replaced: dict[str, Any]
    state: dict[str, Any] = field(factory=dict)

    def __getattr__(self, name: str) -> Any:
        if name not in self.replaced:
            return getattr(self.inner, name)
        return lambda *given, **named: self.replaced[name](self, *given, **named)


@frozen
class Connection:
    channel: Any
    work: None = None

    def close(self) -> None: ...


def nothing_was_done(channel: Any, request: Any, **named: Any) -> Any:
    """Takes a lost answer for a call that never arrived, so that it is sent again without asking."""
    try:
        return channel.inner.place(request, **named)
    except OutcomeUnknown as error:
        raise PartnerUnreachable(error.detail) from error


def perhaps_done(channel: Any, request: Any, **named: Any) -> Any:
    try:
        return channel.inner.place(request, **named)
    except PartnerUnreachable as error:
        raise OutcomeUnknown(error.detail) from error


def made_up(channel: Any, request: Any, **named: Any) -> Any:
    try:
        return channel.inner.place(request, **named)
    except OutcomeUnknown:
        return PlaceOrderResponse(orders=(), trial=False)


def empty_when_unreadable(channel: Any, cursor: str, page_size: int) -> Any:
    try:
        return channel.inner.orders(cursor, page_size)
    except (OutcomeUnknown, PartnerAnswerInvalid):
        return ListOrdersResponse(orders=(), page=PageInfo(next_cursor=cursor, more=False))


def sent_again_by_itself(channel: Any, request: Any, **named: Any) -> Any:
    """Sends again at once, under a number of its own."""
    try:
        return channel.inner.place(request, **named)
    except OutcomeUnknown:
        again = evolve(request, purchase_order_id=f"{request.purchase_order_id}/2")
        return channel.inner.place(again, **{**named, "key": f"{named['key']}/2"})


def broken_for_good(channel: Any, request: Any, **named: Any) -> Any:
    if "failed" in channel.state:
        raise channel.state["failed"]
    try:
        return channel.inner.place(request, **named)
    except PartnerUnreachable as error:
        channel.state["failed"] = error
        raise


def remembered_page(channel: Any, cursor: str, page_size: int) -> Any:
    """Keeps what it was answered for a cursor."""
    if cursor not in channel.state:
        channel.state[cursor] = channel.inner.orders(cursor, page_size)
    return channel.state[cursor]


MISTAKES = {
    "test_way_01_no_connection_is_unreachable_and_nothing_was_done": {"place": perhaps_done},
    "test_way_02_a_lost_answer_is_an_unknown_outcome": {"place": nothing_was_done},
    "test_way_03_an_answer_that_cannot_be_read_is_an_unknown_outcome": {"place": made_up},
    "test_way_04_a_list_that_cannot_be_read_is_no_empty_list": {"orders": empty_when_unreadable},
    "test_way_05_a_call_that_arrives_late_makes_no_second_order": {"place": sent_again_by_itself},
    "test_way_06_a_connection_that_failed_is_tried_again": {"place": broken_for_good},
    "test_way_07_a_list_that_lagged_is_read_whole_from_the_same_cursor": {"orders": remembered_page},
}


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_is_caught(good: DisturbedWay, case: str) -> None:
    channel = Broken(good.customer.channel, MISTAKES[case])
    broken = evolve(good, customer=evolve(good.customer, connection=Connection(channel)))
    try:
        with pytest.raises((AssertionError, pytest.fail.Exception, AskulConnectError)):
            getattr(WayCases, case)(WayCases(), broken)
    finally:
        good.supplier.plan.lift()


def test_every_case_has_a_mistake_that_it_catches() -> None:
    assert set(MISTAKES) == {name for name in dir(WayCases) if name.startswith("test_")}
