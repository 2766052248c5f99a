"""Many small units of work that wait for the disk together.

Taking a purchase order, keeping a page, booking a receipt, matching an invoice, marking a document as handed over: each
is a unit of its own, and each of a hundred thousand would wait for the disk. None of them is told to anybody outside
before :func:`wait_for_disk`. A loss of power takes the last of them back together, in order; what caused them is still
there and causes them again. The end of the program alone takes nothing back.

What leaves for a supplier is no such unit: there it has to be known afterwards what was sent.
"""

from __future__ import annotations

from contextlib import AbstractContextManager

from attrs import evolve, frozen

from askul_connect.core.ports.buyer_storage import BuyerStorage, BuyerUnitOfWork
from askul_connect.core.services.buyer.desk import Desk
from askul_connect.core.services.units import run_unit

_FACT = "units-on-disk"
_TEXT = "all"


@frozen(kw_only=True)
class _HurriedStorage:
    storage: BuyerStorage

    def begin(self, *, durable: bool = True) -> AbstractContextManager[BuyerUnitOfWork]:  # noqa: ARG002 -- that is the point
        """A unit that does not wait for the disk."""
        return self.storage.begin(durable=False)

    def reading(self) -> AbstractContextManager[BuyerUnitOfWork]:
        """A unit that only reads."""
        return self.storage.reading()

    def close(self) -> None:
        """Release the database."""
        self.storage.close()


def hurried(desk: Desk) -> Desk:
    """The same desk, whose units do not wait for the disk until :func:`wait_for_disk`."""
    return evolve(desk, storage=_HurriedStorage(storage=desk.storage))


def wait_for_disk(desk: Desk) -> None:
    """Wait until all units before are on the disk.

    Args:
        desk: The one that was hurried, not what was made of it.
    """
    run_unit(desk.storage, lambda unit: unit.facts.put(_FACT, _TEXT))
