"""What every supplier plugin must do, as a class of tests: inherit it and name the kind.

.. code-block:: python

    class TestMySupplier(SupplierSuite):
        kind = MY_KIND

A supplier that is built on the reference supplier needs no more. Another one overrides the fixture
``connection_settings`` (its options), ``customer`` where it sells other goods, and sets ``works_in_process = False``
when it runs elsewhere. Only the ports are used, and no case relies on an empty account: a supplier's sandbox will do.

A kind that can be told an address takes :class:`WayCases` too: its channel is disturbed on its way to a supplier.
"""

from __future__ import annotations

from askul_connect.testing.supplier.changes import CancellationCases, ChangeCases, CreditNoteCases
from askul_connect.testing.supplier.customer import Customer, Goods
from askul_connect.testing.supplier.feeds import FeedCases
from askul_connect.testing.supplier.fulfilment import FulfilmentCases
from askul_connect.testing.supplier.offers import OfferCases
from askul_connect.testing.supplier.ordering import (
    ConnectionCases,
    FindingCases,
    PlacingCases,
    RefusalCases,
    TrialCases,
)
from askul_connect.testing.supplier.way import DisturbedWay, WayCases, disturbed_way


class SupplierSuite(
    ConnectionCases,
    PlacingCases,
    RefusalCases,
    TrialCases,
    FindingCases,
    ChangeCases,
    CancellationCases,
    CreditNoteCases,
    FeedCases,
    FulfilmentCases,
    OfferCases,
):
    """Every case."""


__all__ = ["Customer", "DisturbedWay", "Goods", "SupplierSuite", "WayCases", "disturbed_way"]
