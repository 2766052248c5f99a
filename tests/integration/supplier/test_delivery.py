"""What a confirmation promises: by the address of the department, the hour and the region (ORD-4)."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from askul_connect.core.domain.accounts import SupplierProfile
from askul_connect.core.domain.delivery import DeliveryArea, DeliveryTerms
from askul_connect.core.messages.accounts import AddDepartmentRequest
from askul_connect.core.operations import supplier as operations

TERMS = DeliveryTerms(
    areas=(DeliveryArea(postcodes="1", days=0), DeliveryArea(postcodes="90", days=3), DeliveryArea())
)


@pytest.mark.spec("ORD-4", "CART-1")
@pytest.mark.parametrize(
    ("at", "promised"),
    [
        ((2026, 11, 9, 11, 0, 0), ["2026-11-09", "2026-11-12", "2026-11-09"]),
        ((2026, 11, 9, 12, 0, 0), ["2026-11-10", "2026-11-13", "2026-11-10"]),
    ],
    ids=["before noon", "from noon on"],
)
def test_each_line_by_the_address_of_its_department(
    make_world: Any, face: str, line: Any, at: tuple[int, ...], promised: list[str]
) -> None:
    profile = SupplierProfile(
        name="見本", party_id="0188:1", registration_number="T1", postcode="", address="", delivery=TERMS
    )
    world = make_world("memory", face, profile=profile)
    world.go_to(*at)
    customer = world.customer()
    far = AddDepartmentRequest(code="D9", name="沖縄支店", postcode="〒９００－０００１", address="那覇市")
    world.call(operations.ADD_DEPARTMENT, far, token=customer.administrator, key="far")
    # D1 and D2 have no address of their own: what is for them goes to the account's
    lines = (
        evolve(line("1", "PEN", 1), department="D1"),
        evolve(line("2", "PEN", 1), department="D9"),
        evolve(line("3", "PEN", 1), department="D2"),
    )
    order = world.place(customer.machine, "PO-1", *lines).orders[0].order_number
    assert [str(one.promised_on) for one in world.confirm(order).lines] == promised
