"""A unit of work that serves one account, and the database's part in that."""

from __future__ import annotations

from typing import Protocol


class Confinable(Protocol):
    """What the supplier does as soon as it is known who calls."""

    def confine(self, account_id: str) -> None:
        """Until the unit ends: only the business of this account can be reached, where the database sees to that.

        It is a second line of defence. A repository names the account of what it asks for in any case, and a storage
        that cannot do it does nothing. Records of logins and of what was done can still be added to other accounts.
        """
        ...
