"""Which departments a person sees and orders for: role, departments and tree decide (ACC-5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from askul_connect.core.domain.accounts import Department, Role
from askul_connect.core.domain.departments import within
from askul_connect.core.domain.permissions import PERMISSIONS, Permission


def is_limited(role: Role, codes: Iterable[str], current: str = "") -> bool:
    """Whether a person sees less than the whole account, so that the tree has to be looked at."""
    return bool(current) or (bool(tuple(codes)) and Permission.WHOLE_ACCOUNT not in PERMISSIONS[role])


def reach(
    role: Role, codes: Iterable[str], departments: Sequence[Department], current: str = ""
) -> frozenset[str]:
    """The departments within reach; empty means all of the account.

    Whoever belongs to departments sees them and those below. Administrators and accountants see all, and so does
    whoever belongs to none.

    Args:
        role: What the person is.
        codes: The departments the person belongs to.
        departments: All of the account.
        current: The one the person works in at present, which narrows the rest; empty for none.
    """
    own = tuple(codes)
    limited = bool(own) and Permission.WHOLE_ACCOUNT not in PERMISSIONS[role]
    whole = within(departments, own) if limited else frozenset()
    if not current:
        return whole
    chosen = within(departments, (current,))
    if not whole:
        return chosen
    # A department that has gone out of reach since it was chosen narrows nothing, and never widens.
    return chosen & whole or whole
