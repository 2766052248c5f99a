"""One run per directory at a time (INT-12)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from askul_connect.core.domain.purchasing import Lease
from askul_connect.core.errors import DirectoryBusy
from askul_connect.core.ports.buyer_storage import BuyerStorage, BuyerUnitOfWork
from askul_connect.core.services.units import run_unit

RUN_LEASE = "run"
LEASE_LIFE = timedelta(minutes=5)


def take_lease(storage: BuyerStorage, holder: str, now: datetime, is_gone: Callable[[str], bool]) -> None:
    """Take or renew the directory's lease.

    Args:
        storage: Where it lies.
        holder: Who takes it.
        now: Real time, also where the business runs in simulated time.
        is_gone: Whether a holder is known to be dead, so that nobody waits for a killed run's lease to expire.

    Raises:
        DirectoryBusy: Somebody else holds it and is not known to be gone.
    """

    def take(unit: BuyerUnitOfWork) -> None:
        held = unit.leases.get(RUN_LEASE)
        if held is not None and held.holder != holder and held.expires_at > now and not is_gone(held.holder):
            raise DirectoryBusy(
                f"{held.holder} holds the directory until {held.expires_at:%Y-%m-%d %H:%M:%S} UTC",
                retry_after=int((held.expires_at - now).total_seconds()) + 1,
            )
        unit.leases.put(Lease(name=RUN_LEASE, holder=holder, expires_at=now + LEASE_LIFE))

    run_unit(storage, take)


def give_lease_back(storage: BuyerStorage, holder: str) -> None:
    """Give the lease back, if it is still this holder's."""
    run_unit(storage, lambda unit: unit.leases.remove(RUN_LEASE, holder))
