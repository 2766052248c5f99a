"""A plan strikes what it names, as often as it says, and remembers it; the rest is let through."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from askul_connect.core.errors import OutcomeUnknown, PartnerUnreachable
from askul_connect.core.ports.transport import HttpRequest, HttpResponse
from askul_connect.testing.faulty import CALL_FAULTS, Fault, FaultPlan
from askul_connect.testing.faulty.wire import FaultyTransport, corrupted, is_about, operation_of


def about(number: str) -> Callable[[str], bool]:
    return lambda wanted: wanted == number


@pytest.mark.parametrize("fault", sorted(CALL_FAULTS))
def test_a_fault_strikes_its_order_as_often_as_planned(fault: Fault) -> None:
    plan = FaultPlan()
    plan.add(fault, purchase_order_id="PO-1", times=2)

    assert plan.strike("PlaceOrder", about("PO-2")) is None
    assert plan.strike("ListOrders", about("PO-1")) is None
    assert [plan.strike("PlaceOrder", about("PO-1")) for _ in range(3)] == [fault, fault, None]
    assert [one.what for one in plan.struck] == ["PO-1", "PO-1"]
    assert plan.planned(fault) == ()


def test_without_a_number_of_times_it_strikes_until_it_is_lifted() -> None:
    plan = FaultPlan()
    plan.add(Fault.CORRUPT, operation="ListOrders", times=0)
    plan.add(Fault.SITE_DOWN)
    assert {plan.strike("ListOrders", about("")) for _ in range(5)} == {Fault.CORRUPT}
    plan.lift(Fault.CORRUPT)
    assert plan.strike("ListOrders", about("")) is None
    assert plan.planned(Fault.SITE_DOWN)
    plan.lift()
    assert not plan.planned(*Fault)


def test_what_no_fault_can_be_about_is_refused() -> None:
    plan = FaultPlan()
    with pytest.raises(ValueError, match="line_id"):
        plan.add(Fault.REJECT_LINE, purchase_order_id="PO-1")
    with pytest.raises(ValueError, match="times"):
        plan.add(Fault.LATE, times=-1)
    with pytest.raises(TypeError):
        plan.add("late")  # type: ignore[arg-type]  # what a reader of the documentation may try
    assert plan.planned(*Fault) == ()


@pytest.mark.parametrize(
    ("url", "action", "operation"),
    [
        ("http://here/api/1/PlaceOrder", "", "PlaceOrder"),
        ("http://here/api/1/PlaceOrder?x=1", "", "PlaceOrder"),
        ("http://here/soap/1", '"urn:askul-connect:supplier:1/PlaceOrder"', "PlaceOrder"),
        ("http://here/soap/1", '"urn:askul-connect:supplier:1:PlaceOrder"', "PlaceOrder"),
        ("http://here/soap/1?wsdl", "", "1"),
    ],
)
def test_the_operation_of_a_call(url: str, action: str, operation: str) -> None:
    assert operation_of(url, action) == operation


def test_a_number_is_a_whole_value() -> None:
    assert is_about(b"<id>PO-1</id>", "PO-1")
    assert is_about(b'{"id": "PO-1"}', "PO-1")
    assert not is_about(b"<id>PO-10</id>", "PO-1")
    assert not is_about(b'{"id": "XPO-1"}', "PO-1")


class Answering:
    """A transport that counts what reaches it."""

    def __init__(self) -> None:
        self.reached: list[bytes] = []

    def send(self, request: HttpRequest) -> HttpResponse:
        self.reached.append(request.body)
        return HttpResponse(status=200, headers={}, body=b"answered")

    def close(self) -> None: ...


@pytest.mark.spec("INT-6")
def test_in_process_the_same_happens_as_on_a_network() -> None:
    plan, inner = FaultPlan(), Answering()
    way = FaultyTransport(inner, plan)

    def call(number: str) -> HttpResponse:
        body = f'{{"id": "{number}"}}'.encode()
        return way.send(HttpRequest(method="POST", url="http://here/api/1/PlaceOrder", headers={}, body=body))

    plan.add(Fault.SITE_DOWN)
    with pytest.raises(PartnerUnreachable):
        call("PO-0")
    plan.lift()
    assert inner.reached == [], "nothing was done"
    for fault, number in ((Fault.NO_ACKNOWLEDGEMENT, "PO-1"), (Fault.CORRUPT, "PO-2"), (Fault.LATE, "PO-3")):
        plan.add(fault, purchase_order_id=number)
    with pytest.raises(OutcomeUnknown):
        call("PO-1")
    assert call("PO-2").body == corrupted(b"answered")
    assert len(inner.reached) == 2, "both were done"
    assert call("PO-3").status == 504
    assert len(inner.reached) == 2, "it is still on its way"
    assert call("PO-4").body == b"answered"
    assert inner.reached[2:] == [b'{"id": "PO-4"}', b'{"id": "PO-3"}']
