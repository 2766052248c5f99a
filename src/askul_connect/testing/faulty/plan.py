"""What a supplier is to get wrong, and what of it has happened."""

from __future__ import annotations

import threading
from collections.abc import Callable
from enum import StrEnum

from attrs import evolve, field, frozen, validators

from askul_connect.core.operations.supplier import PLACE_ORDER


class Fault(StrEnum):
    """Everything that a supplier, or the way to it, can be made to get wrong."""

    SHORT_SHIP = "short_ship"
    """Ships ``units`` less of a line than was ordered; they never come."""
    OVER_SHIP = "over_ship"
    """Ships ``units`` more of a line than was ordered, and bills them."""
    REJECT_LINE = "reject_line"
    """Takes the order and rejects one line of it."""
    REJECT_ALL = "reject_all"
    """Takes the order and rejects every line of it."""
    CANCEL_LATE = "cancel_late"
    """Confirms the order and cancels it before it ships."""
    MASS_CANCEL = "mass_cancel"
    """Cancels what has not left of every order, or of every order of one item."""
    DUPLICATE_INVOICE = "duplicate_invoice"
    """Bills what it has billed once more, under another number."""
    OUT_OF_ORDER = "out_of_order"
    """Its lists of orders, confirmations and ship notices lag: invoices come first, the newest of them first."""
    NO_ACKNOWLEDGEMENT = "no_acknowledgement"
    """Does what it is asked, and the connection ends without an answer."""
    CORRUPT = "corrupt"
    """Does what it is asked, and the answer cannot be read."""
    LATE = "late"
    """A gateway gives the call up; it arrives all the same, after the next one."""
    SITE_DOWN = "site_down"
    """Takes no connection, until the fault is lifted."""


#: Made by the supplier itself, through its own operations.
BUSINESS_FAULTS = frozenset(
    {
        Fault.SHORT_SHIP,
        Fault.OVER_SHIP,
        Fault.REJECT_LINE,
        Fault.REJECT_ALL,
        Fault.CANCEL_LATE,
        Fault.MASS_CANCEL,
        Fault.DUPLICATE_INVOICE,
    }
)
#: Strike single calls on their way.
CALL_FAULTS = frozenset({Fault.NO_ACKNOWLEDGEMENT, Fault.CORRUPT, Fault.LATE})
_OF_ONE_LINE = frozenset({Fault.REJECT_LINE})

_not_negative = validators.and_(validators.instance_of(int), validators.ge(0))


@frozen(kw_only=True)
class PlannedFault:
    """One fault, and what it is to strike.

    Attributes:
        purchase_order_id: The order concerned, by the buyer's number; empty for every order.
        line_id: The line concerned; empty for every line.
        sku: The item concerned of a mass cancellation; empty for all.
        units: By how much a shipment is short or over.
        operation: Which calls are struck, for faults on the way.
        times: How many calls are struck; 0 for all, until the fault is lifted.

    Raises:
        ValueError: A line is to be rejected and none is named, or a number is negative.
    """

    fault: Fault = field(validator=validators.instance_of(Fault))
    purchase_order_id: str = ""
    line_id: str = ""
    sku: str = ""
    units: int = field(default=1, validator=_not_negative)
    operation: str = PLACE_ORDER.name
    times: int = field(default=1, validator=_not_negative)

    def __attrs_post_init__(self) -> None:
        if self.fault in _OF_ONE_LINE and not self.line_id:
            message = f"{self.fault} is about one line: name its line_id"
            raise ValueError(message)

    def concerns(self, purchase_order_id: str, line_id: str = "") -> bool:
        """Whether it is about that order, or that line of it."""
        return self.purchase_order_id in {"", purchase_order_id} and (
            not line_id or self.line_id in {"", line_id}
        )


@frozen(kw_only=True)
class StruckFault:
    """A fault that has happened; ``what`` names the order or the call that it struck."""

    fault: Fault
    what: str


class FaultPlan:
    """Faults that are planned, and those that have happened; may be changed while the supplier is in use.

    A test that plans a fault looks at :attr:`struck` too: what was never struck has proved nothing.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._planned: list[PlannedFault] = []
        self._struck: list[StruckFault] = []
        self._watchers: list[Callable[[], None]] = []

    @property
    def struck(self) -> tuple[StruckFault, ...]:
        """What has happened so far, in its order."""
        with self._lock:
            return tuple(self._struck)

    def has_struck(self, fault: Fault, what: str = "") -> bool:
        """Whether a fault has happened (to an order or call, if one is named)."""
        return any(one.fault is fault and what in {"", one.what} for one in self.struck)

    def add(
        self,
        fault: Fault,
        *,
        purchase_order_id: str = "",
        line_id: str = "",
        sku: str = "",
        units: int = 1,
        operation: str = PLACE_ORDER.name,
        times: int = 1,
    ) -> None:
        """Plan a fault; the arguments are the attributes of :class:`PlannedFault`.

        Raises:
            TypeError, ValueError: They are not what a fault can be about.
        """
        planned = PlannedFault(
            fault=fault,
            purchase_order_id=purchase_order_id,
            line_id=line_id,
            sku=sku,
            units=units,
            operation=operation,
            times=times,
        )
        with self._lock:
            self._planned.append(planned)
        self._tell()

    def lift(self, fault: Fault | None = None) -> None:
        """Plan it no more; all of them when none is named."""
        with self._lock:
            self._planned = [one for one in self._planned if fault is not None and one.fault is not fault]
        self._tell()

    def planned(self, *faults: Fault) -> tuple[PlannedFault, ...]:
        """Those of some kinds that are still to strike, in the order they were planned."""
        with self._lock:
            return tuple(one for one in self._planned if one.fault in faults)

    def note(self, fault: Fault, what: str) -> bool:
        """Remember that a fault has happened to something; whether that is new."""
        one = StruckFault(fault=fault, what=what)
        with self._lock:
            if one in self._struck:
                return False
            self._struck.append(one)
            return True

    def strike(self, operation: str, is_about: Callable[[str], bool]) -> Fault | None:
        """The fault that a call meets on its way, if it is to meet one; counts it.

        Args:
            operation: What is called.
            is_about: Whether the call is about a purchase order of that number.
        """
        with self._lock:
            for place, one in enumerate(self._planned):
                if one.fault not in CALL_FAULTS or one.operation != operation:
                    continue
                if one.purchase_order_id and not is_about(one.purchase_order_id):
                    continue
                if one.times == 1:
                    del self._planned[place]
                elif one.times:
                    self._planned[place] = evolve(one, times=one.times - 1)
                self._struck.append(StruckFault(fault=one.fault, what=one.purchase_order_id or operation))
                return one.fault
        return None

    def watch(self, changed: Callable[[], None]) -> None:
        """Have something called whenever the plan is changed."""
        self._watchers.append(changed)

    def _tell(self) -> None:
        for changed in self._watchers:
            changed()
