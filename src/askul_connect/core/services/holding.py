"""A restored copy sends nothing until it is told to resume (INT-12)."""

from __future__ import annotations

from typing import Protocol, TypeVar

from askul_connect.core.domain.hold import HOLD_FACT, Hold, hold_of
from askul_connect.core.errors import CopyOnHold
from askul_connect.core.ports.storage import FactRepository, Storage
from askul_connect.core.services.units import run_unit


class _HasFacts(Protocol):
    facts: FactRepository


U = TypeVar("U", bound=_HasFacts)


def require_released(unit: _HasFacts) -> None:
    """Refuse to go on in a copy that is on hold; asked in the unit of work of whatever sends.

    Raises:
        CopyOnHold: It is.
    """
    hold = hold_of(unit.facts.get(HOLD_FACT))
    if hold is not None:
        raise CopyOnHold(f"this is the copy of {hold.taken_at}, restored from a backup and not resumed")


def hold_in(storage: Storage[U]) -> Hold | None:
    """The hold of a database, if it is on hold."""
    return run_unit(storage, lambda unit: hold_of(unit.facts.get(HOLD_FACT)))


def release(storage: Storage[U]) -> bool:
    """Lift the hold of a database; whether there was one."""

    def lift(unit: U) -> bool:
        held = hold_of(unit.facts.get(HOLD_FACT)) is not None
        if held:
            unit.facts.put(HOLD_FACT, "")
        return held

    return run_unit(storage, lift)
