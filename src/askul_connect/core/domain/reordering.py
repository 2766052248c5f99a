"""Ordering again (ORD-8)."""

from __future__ import annotations

from enum import StrEnum


class ReorderChange(StrEnum):
    """What is not as it was."""

    PRICE = "price"
    SUBSTITUTE = "substitute"
    UNIT = "unit"
    QUANTITY = "quantity"
    SHORT = "short"
    DEPARTMENT = "department"
    GONE = "gone"
