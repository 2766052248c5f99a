"""One run per directory at a time (INT-12)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta

from attrs import frozen

from askul_connect.core.domain.purchasing import Lease
from askul_connect.core.errors import DirectoryBusy
from askul_connect.core.ports.buyer_storage import BuyerStorage, BuyerUnitOfWork
from askul_connect.core.services.units import run_unit

RUN_LEASE = "run"
LEASE_LIFE = timedelta(minutes=5)


def take_lease(
    storage: BuyerStorage,
    holder: str,
    now: datetime,
    is_gone: Callable[[str], bool],
    *,
    name: str = RUN_LEASE,
) -> None:
    """Take or renew a lease of the directory.

    Args:
        storage: Where it lies.
        holder: Who takes it.
        now: Real time, also where the business runs in simulated time.
        is_gone: Whether a holder is known to be dead, so that nobody waits for a killed run's lease to expire.
        name: Of what is held; the run's if nothing is said.

    Raises:
        DirectoryBusy: Somebody else holds it and is not known to be gone.
    """

    def take(unit: BuyerUnitOfWork) -> None:
        held = unit.leases.get(name)
        if held is not None and held.holder != holder and held.expires_at > now and not is_gone(held.holder):
            raise DirectoryBusy(
                f"{held.holder} holds {_words(name)} until {held.expires_at:%Y-%m-%d %H:%M:%S} UTC",
                retry_after=int((held.expires_at - now).total_seconds()) + 1,
            )
        unit.leases.put(Lease(name=name, holder=holder, expires_at=now + LEASE_LIFE))

    run_unit(storage, take)


def _words(name: str) -> str:
    return "the directory" if name == RUN_LEASE else f"the {name}"


@frozen(kw_only=True)
class LeasedStorage:
    """The buyer's storage in the hands of one run: each unit of work first makes sure that the lease is still its own.

    A process can stand still past its lease's end, on a machine that sleeps or in a call that takes long. Meanwhile
    another run may have taken the directory; then this one changes nothing any more.

    Attributes:
        now: Real time.
        name: Of the lease.
    """

    storage: BuyerStorage
    holder: str
    now: Callable[[], datetime]
    name: str = RUN_LEASE

    @contextmanager
    def begin(self, *, durable: bool = True) -> Iterator[BuyerUnitOfWork]:
        """A unit of work that may write; it renews the lease when half of its life is over.

        Raises:
            DirectoryBusy: Another run took the directory.
        """
        with self.storage.begin(durable=durable) as unit:
            held = unit.leases.get(self.name)
            if held is None or held.holder != self.holder:
                raise DirectoryBusy(
                    f"this run stood still past the end of its lease, and another one took {_words(self.name)}"
                )
            now = self.now()
            if held.expires_at - now < LEASE_LIFE / 2:
                unit.leases.put(Lease(name=self.name, holder=self.holder, expires_at=now + LEASE_LIFE))
            yield unit

    def reading(self) -> AbstractContextManager[BuyerUnitOfWork]:
        """A unit of work that only reads; it changes nothing, so it asks for no lease."""
        return self.storage.reading()

    def close(self) -> None:
        """Release the database."""
        self.storage.close()


def give_lease_back(storage: BuyerStorage, holder: str, *, name: str = RUN_LEASE) -> None:
    """Give the lease back, if it is still this holder's."""
    run_unit(storage, lambda unit: unit.leases.remove(name, holder))
