"""Goods that came back after they were shipped: what has to be credited, or was (ORD-6, BIL-3)."""

from __future__ import annotations

from datetime import date

from attrs import frozen


@frozen(kw_only=True)
class Reduction:
    """Units of one shipped line that came back, from one return.

    Attributes:
        reduction_id: Unique.
        ship_notice_number: With ``line_id`` names the shipped line, whose amount and invoice it takes from.
        quantity: Units, above zero; all reductions of a shipped line together are at most what was shipped.
        returned_on: Business day of the receipt.
        reason: Code of why the goods came back, never free text.
        credit_note_number: Empty until it is credited (BIL-3: exactly once).
    """

    reduction_id: str
    account_id: str
    order_number: str
    line_id: str
    ship_notice_number: str
    quantity: int
    returned_on: date
    reason: str
    credit_note_number: str = ""
