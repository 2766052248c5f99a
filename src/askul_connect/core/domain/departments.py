"""The tree of an account's departments (ACC-5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from askul_connect.core.domain.accounts import Department


def within(departments: Sequence[Department], codes: Iterable[str]) -> frozenset[str]:
    """The codes and those of all departments below them.

    A code that no department has stays in: whoever is limited to a department that is gone sees nothing of the
    others.

    Args:
        departments: All of the account.
        codes: Where to begin.
    """
    children: dict[str, list[str]] = defaultdict(list)
    for one in departments:
        children[one.parent_code].append(one.code)
    found: set[str] = set()
    waiting = [code for code in codes if code]
    while waiting:
        code = waiting.pop()
        if code not in found:
            found.add(code)
            waiting += children[code]
    return frozenset(found)
