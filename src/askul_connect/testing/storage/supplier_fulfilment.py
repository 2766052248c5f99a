"""Changes of what was ordered, shipments on their way, and goods that come back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve

from askul_connect.core.domain.allowances import AllowanceCharge
from askul_connect.core.domain.orders import CancelCause, LineState
from askul_connect.core.domain.returns import GoodsReturn, ReturnLine, ReturnReason, ReturnState
from askul_connect.core.domain.shipments import Shipment, ShipmentState
from askul_connect.core.domain.tax import TaxCategory, TaxTotal
from askul_connect.core.errors import StorageConflict
from askul_connect.testing.storage.samples import NOW, order, order_line
from askul_connect.testing.storage.units import StorageCases, stored

SHIPMENT = Shipment(
    ship_notice_number="S-1",
    account_id="account-1",
    order_number="O-1",
    shipped_on=date(2026, 11, 20),
    state=ShipmentState.ON_THE_WAY,
)
RETURN = GoodsReturn(
    return_number="R-1",
    account_id="account-1",
    order_number="O-1",
    requested_by="user-1",
    requested_at=NOW,
    state=ReturnState.REQUESTED,
    lines=(
        ReturnLine(line_id="1", ship_notice_number="S-1", quantity=2**40, reason=ReturnReason.DAMAGED),
        ReturnLine(
            line_id="二", ship_notice_number="S-2", quantity=2, reason=ReturnReason.LATE, quantity_received=1
        ),
    ),
)


class SupplierFulfilmentCases(StorageCases):
    """Orders that are amended, shipments, returns."""

    @pytest.mark.spec("ORD-5")
    def test_amend_01_stores_quantities_amounts_tax_and_totals(self, storage: Any) -> None:
        tax = (TaxTotal(category=TaxCategory.STANDARD, rate=Decimal(10), taxable=7, tax=1),)
        changed = order(
            lines=(
                order_line(
                    "1",
                    quantity=99,
                    amount_excl_tax=7,
                    quantity_cancelled=3,
                    state=LineState.PLACED,
                    allowances=(AllowanceCharge(charge=False, amount=2**40, reason="割引"),),
                    agreed=0,
                ),
                order_line("2"),
            ),
            tax=tax,
            allowances=(AllowanceCharge(charge=True, amount=3, reason_code="FC"),),
            agreed=1,
            total_excl_tax=7,
            total_incl_tax=8,
        )
        with storage.begin() as unit:
            unit.orders.add(order(lines=(order_line("1"), order_line("2"))))
            unit.orders.add(order("O-2"))
            unit.orders.add(order("O-3", "account-2"))
            unit.orders.amend(evolve(changed, currency="USD"))
        with storage.begin() as unit:
            assert unit.orders.get("account-1", "O-1") == changed
            assert unit.orders.get("account-1", "O-2") == order("O-2")
            assert unit.orders.get("account-2", "O-3") == order("O-3", "account-2")

    @pytest.mark.parametrize("number", ["O-1", "none"])
    def test_amend_02_refuses_lines_it_does_not_have(self, storage: Any, number: str) -> None:
        stored(storage, lambda unit: unit.orders.add(order()))
        unknown = order(number, lines=(order_line("1"), order_line("9")))
        with pytest.raises(StorageConflict):
            stored(storage, lambda unit: unit.orders.amend(unknown))
        assert stored(storage, lambda unit: unit.orders.get("account-1", "O-1")) == order()

    @pytest.mark.spec("ORD-5")
    def test_amend_03_why_units_come_later_or_never_is_saved(self, storage: Any) -> None:
        late = order_line("1", promised_on=date(2026, 12, 1))
        never = order_line("2", cancel_cause=CancelCause.REJECTED, cancel_reason="廃番")
        with storage.begin() as unit:
            unit.orders.add(order(lines=(order_line("1"), order_line("2"))))
            unit.orders.save(order(lines=(late, never)))
            unit.orders.add(order("O-2", lines=(late, never)))
        with storage.begin() as unit:
            assert unit.orders.get("account-1", "O-1") == order(lines=(late, never))
            assert unit.orders.get("account-1", "O-2") == order("O-2", lines=(late, never))

    @pytest.mark.spec("ORD-1")
    def test_shipment_01_is_stored_and_saved(self, storage: Any) -> None:
        arrived = evolve(SHIPMENT, state=ShipmentState.DELIVERED, delivered_on=date(2026, 11, 21))
        other = evolve(SHIPMENT, ship_notice_number="S-0", account_id="account-2")
        second = evolve(SHIPMENT, ship_notice_number="S-2")
        with storage.begin() as unit:
            for one in (
                SHIPMENT,
                second,
                other,
                evolve(SHIPMENT, ship_notice_number="S-3", order_number="O-2"),
            ):
                unit.shipments.add(one)
        with storage.begin() as unit:
            assert [one.ship_notice_number for one in unit.shipments.on_the_way()] == [
                "S-0",
                "S-1",
                "S-2",
                "S-3",
            ]
            unit.shipments.save(arrived)
        with storage.begin() as unit:
            assert list(unit.shipments.of_order("account-1", "O-1")) == [arrived, second]
            assert list(unit.shipments.of_order("account-2", "O-1")) == [other]
            assert unit.shipments.get_for_staff("S-1") == arrived
            assert unit.shipments.get_for_staff("none") is None
            assert [one.ship_notice_number for one in unit.shipments.on_the_way()] == ["S-0", "S-2", "S-3"]
        with pytest.raises(StorageConflict):
            stored(storage, lambda unit: unit.shipments.add(evolve(SHIPMENT, account_id="account-2")))
        with pytest.raises(StorageConflict):
            stored(storage, lambda unit: unit.shipments.save(evolve(SHIPMENT, account_id="account-2")))

    @pytest.mark.spec("ORD-6")
    def test_return_01_keeps_every_field(self, storage: Any) -> None:
        refused = evolve(RETURN, state=ReturnState.REFUSED, answer="期限切れ", lines=RETURN.lines[:1])
        other = evolve(RETURN, return_number="R-0", account_id="account-2")
        second = evolve(RETURN, return_number="R-2")
        with storage.begin() as unit:
            for one in (second, RETURN, other, evolve(RETURN, return_number="R-3", order_number="O-2")):
                unit.returns.add(one)
        with storage.begin() as unit:
            assert unit.returns.get_for_staff("R-1") == RETURN
            unit.returns.save(refused)
        with storage.begin() as unit:
            assert list(unit.returns.of_order("account-1", "O-1")) == [refused, second]
            assert unit.returns.many("account-1", ["R-0", "R-1", "none"]) == {"R-1": refused}
            assert unit.returns.many("account-1", []) == {}
            assert unit.returns.get_for_staff("R-0") == other
            assert unit.returns.get_for_staff("none") is None
        with pytest.raises(StorageConflict):
            stored(storage, lambda unit: unit.returns.add(evolve(RETURN, account_id="account-2")))
        with pytest.raises(StorageConflict):
            stored(storage, lambda unit: unit.returns.save(evolve(RETURN, account_id="account-2")))
