"""A supplier that gets things wrong on purpose, for the tests of integrators and of plugins (INT-4, INT-6, INT-11).

.. code-block:: python

    with FaultySupplier(tmp_path / "supplier") as supplier:
        supplier.plan.add(Fault.NO_ACKNOWLEDGEMENT, purchase_order_id="PO-1")
        table = supplier.connect(directory, "askul", Way.JSON)

It is the reference supplier, so that everything it does not get wrong is right. Mistakes of the business are made
through its own operations; what goes wrong on the way happens to bytes: on real sockets, or in memory in process.
"""

from __future__ import annotations

from askul_connect.testing.faulty.plan import (
    BUSINESS_FAULTS,
    CALL_FAULTS,
    Fault,
    FaultPlan,
    PlannedFault,
    StruckFault,
)
from askul_connect.testing.faulty.proxy import Disturbance, FaultyProxy
from askul_connect.testing.faulty.supplier import FaultySupplier, Way, faulty_plugin

__all__ = [
    "BUSINESS_FAULTS",
    "CALL_FAULTS",
    "Disturbance",
    "Fault",
    "FaultPlan",
    "FaultyProxy",
    "FaultySupplier",
    "PlannedFault",
    "StruckFault",
    "Way",
    "faulty_plugin",
]
