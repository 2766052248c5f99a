"""What is not needed any more is forgotten, so that nobody can fill the database with it (AUTH-7, CART-6)."""

from __future__ import annotations

from datetime import timedelta

from askul_connect.core.domain.calendar import business_date
from askul_connect.core.policies.lockout import forgotten_before
from askul_connect.core.ports.supplier_storage import SupplierUnitOfWork
from askul_connect.core.services.supplier.context import House

_DONE_FACT = "logins-forgotten-on"
#: How long a device that is not remembered any more still tells that one of its tokens came again.
_DEVICE_AFTERLIFE = timedelta(days=90)
#: How long a cart is kept that nobody changes (CART-6).
CART_AFTERLIFE = timedelta(days=90)
#: How long an invitation is still shown after its time; it holds an address.
_INVITATION_AFTERLIFE = timedelta(days=90)
#: How long a one-time token, or an assertion that was used, stays after its end. Until its end it has to be there, so
#: that it is good once; after it a provider's clock may be minutes late, and for a month a person who asks support
#: about a link can still be told what became of it.
TOKEN_AFTERLIFE = timedelta(days=30)


def forget_old(unit: SupplierUnitOfWork, house: House) -> bool:
    """Forget what has had its time; once a day, whether it was done now."""
    now = house.clock.now()
    today = business_date(now, house.profile.zone).isoformat()
    if unit.facts.get(_DONE_FACT) == today:
        return False
    unit.facts.put(_DONE_FACT, today)
    before, locked_before = forgotten_before(house.lockout, now)
    unit.attempts.forget(before, locked_before)
    unit.sources.forget(now - timedelta(minutes=house.lockout.watched_minutes))
    unit.devices.forget(now - _DEVICE_AFTERLIFE)
    unit.invitations.forget(now - _INVITATION_AFTERLIFE)
    unit.carts.forget(now - CART_AFTERLIFE)
    unit.one_time_tokens.forget(now - TOKEN_AFTERLIFE)
    return True
