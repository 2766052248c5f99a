"""One shipment on its way to the customer (ORD-1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from attrs import frozen


class ShipmentState(StrEnum):
    """State of one shipment."""

    ON_THE_WAY = "on_the_way"
    DELIVERED = "delivered"


class ShipmentStep(StrEnum):
    """What can happen to a shipment."""

    DELIVER = "deliver"


#: (state, step) -> next state. A pair that is not here is illegal.
SHIPMENT_STEPS: Mapping[tuple[ShipmentState, ShipmentStep], ShipmentState] = MappingProxyType(
    {(ShipmentState.ON_THE_WAY, ShipmentStep.DELIVER): ShipmentState.DELIVERED}
)


@frozen(kw_only=True)
class Shipment:
    """One shipment; what is in it is in its ship notice."""

    ship_notice_number: str
    account_id: str
    order_number: str
    shipped_on: date
    state: ShipmentState
    delivered_on: date | None = None
