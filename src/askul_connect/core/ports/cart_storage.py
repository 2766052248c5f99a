"""What the supplier keeps of carts (CART-6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from askul_connect.core.domain.stored_carts import StoredCart


class CartRepository(Protocol):
    """Stored carts, one for each user and account."""

    def get(self, account_id: str, user_id: str) -> StoredCart | None:
        """For who looks only: nobody is kept waiting."""
        ...

    def hold(self, account_id: str, user_id: str) -> StoredCart | None:
        """The cart, held against other writers until the unit ends."""
        ...

    def put(self, cart: StoredCart) -> None:
        """Store or replace."""
        ...

    def of_account(self, account_id: str) -> Sequence[StoredCart]:
        """All of an account, by user."""
        ...

    def remove(self, account_id: str, user_id: str) -> None:
        """Forget one, if there is one."""
        ...

    def forget(self, before: datetime) -> None:
        """Remove those of whichever account that were last changed before an instant."""
        ...
