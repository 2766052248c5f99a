"""What a card gets back, and what of it the invoice had taken (BIL-9)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from askul_connect.core.domain.payments import Payment, PaymentMethod, Receivable, refundable, refunded

DAY = date(2026, 12, 1)


def owed(**changes: int) -> Receivable:
    amounts = {"total": 1_000, **changes}
    return Receivable(
        account_id="a", invoice_number="IN1", issued_on=DAY, due_on=DAY, currency="JPY", **amounts
    )


def by_card(amount: int, applied: int) -> Payment:
    return Payment(
        payment_id=f"PA{amount}",
        account_id="a",
        invoice_number="IN1",
        amount=amount,
        applied=applied,
        method=PaymentMethod.CARD,
        received_on=DAY,
        reference="CH1",
        recorded_at=datetime(2026, 12, 1, tzinfo=UTC),
        recorded_by="supplier",
    )


@pytest.mark.spec("BIL-9")
@pytest.mark.parametrize(
    ("receivable", "payments", "back"),
    [
        (owed(paid=1_000), [by_card(1_000, 1_000)], 0),
        (owed(paid=1_000, credited=300), [by_card(1_000, 1_000)], 300),
        # what is under way is not sent again
        (owed(paid=1_000, credited=300, refunding=300), [by_card(1_000, 1_000)], 0),
        (owed(paid=1_000, credited=400, refunding=300), [by_card(1_000, 1_000)], 100),
        (owed(paid=700, credited=400), [by_card(1_000, 1_000), by_card(-300, -300)], 100),
        # never more than the card has paid; the rest came by other ways
        (owed(paid=1_000, credited=900), [by_card(400, 400)], 400),
        (owed(paid=1_000, credited=900), [], 0),
        # charged while something came back
        (owed(paid=700, credited=300), [by_card(1_000, 700)], 300),
    ],
)
def test_what_goes_back(receivable: Receivable, payments: list[Payment], back: int) -> None:
    assert refundable(receivable, payments) == back


@pytest.mark.spec("BIL-9")
@pytest.mark.parametrize(
    ("amount", "unapplied", "paid", "applied"),
    [(300, 0, 700, 300), (300, 300, 1_000, 0), (300, 100, 800, 200), (300, -5, 700, 300)],
)
def test_first_goes_back_what_was_never_applied(amount: int, unapplied: int, paid: int, applied: int) -> None:
    after, taken = refunded(owed(paid=1_000, credited=500), amount, unapplied)
    assert (after.paid, taken) == (paid, applied)
