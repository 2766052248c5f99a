"""How accounts pay, what they owe, what was given back, and closings in batches."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from attrs import evolve

from askul_connect.core.errors import StorageConflict
from askul_connect.core.messages.documents import InvoicePart
from askul_connect.testing.storage.samples import shipped_line
from askul_connect.testing.storage.samples_billing import (
    DAY,
    billing_setting,
    credit_note,
    payment,
    receivable,
)
from askul_connect.testing.storage.samples_documents import invoice, invoice_line
from askul_connect.testing.storage.units import StorageCases, stored


def _refused(storage: Any, work: Callable[[Any], object]) -> None:
    with pytest.raises(StorageConflict):
        stored(storage, work)


class SupplierBillingCases(StorageCases):
    """Settings, receivables, payments, credit notes, long invoices, and shipped lines in batches."""

    @pytest.mark.spec("BIL-9")
    def test_billing_01_how_an_account_pays_is_kept_and_replaced(self, storage: Any) -> None:
        other = billing_setting("account-2", card="")
        with storage.begin() as unit:
            assert unit.billing.setting("account-1") is None
            unit.billing.put_setting(billing_setting())
            unit.billing.put_setting(other)
        changed = billing_setting(card="another")
        stored(storage, lambda unit: unit.billing.put_setting(changed))
        assert stored(storage, lambda unit: unit.billing.setting("account-1")) == changed
        assert stored(storage, lambda unit: unit.billing.setting("account-2")) == other

    @pytest.mark.spec("BIL-1")
    def test_billing_02_what_is_owed_is_found_while_something_is_outstanding(self, storage: Any) -> None:
        second = receivable("I-2", tracked=False)
        with storage.begin() as unit:
            unit.billing.add_receivable(second)
            unit.billing.add_receivable(receivable())
            unit.billing.add_receivable(receivable(account_id="account-2"))
        with storage.begin() as unit:
            assert list(unit.billing.unsettled("account-1")) == [receivable(), second]
            assert unit.billing.receivable("account-1", "I-2") == second
            assert unit.billing.receivable("account-1", "I-3") is None
            unit.billing.save_receivable(receivable(paid=2**40 - 5, credited=5, refunding=3))
        with storage.begin() as unit:
            assert list(unit.billing.unsettled("account-1")) == [second]
            changed = receivable(paid=2**40 - 5, credited=5, refunding=3)
            assert unit.billing.receivable("account-1", "I-1") == changed
            assert unit.billing.receivable("account-2", "I-1") == receivable(account_id="account-2")
        _refused(storage, lambda unit: unit.billing.add_receivable(receivable()))
        _refused(storage, lambda unit: unit.billing.save_receivable(receivable("I-9")))

    @pytest.mark.spec("BIL-1")
    def test_billing_03_payments_are_of_their_invoice(self, storage: Any) -> None:
        with storage.begin() as unit:
            for one in (payment("P-2"), payment(), payment("P-3", invoice_number="I-2")):
                unit.billing.add_payment(one)
            unit.billing.add_payment(payment(account_id="account-2"))
        with storage.begin() as unit:
            assert list(unit.billing.payments_of("account-1", "I-1")) == [payment(), payment("P-2")]
            assert unit.billing.payment("account-1", "P-2") == payment("P-2")
            assert unit.billing.payment("account-2", "P-2") is None
        _refused(storage, lambda unit: unit.billing.add_payment(payment()))

    @pytest.mark.spec("BIL-3")
    def test_billing_04_credit_notes_are_found_by_number_invoice_and_closing(self, storage: Any) -> None:
        later = credit_note("CN-2", period_end=DAY + timedelta(days=31), invoice_number="I-2")
        with storage.begin() as unit:
            unit.billing.add_credit_note("account-1", later)
            unit.billing.add_credit_note("account-1", credit_note())
            unit.billing.add_credit_note("account-2", credit_note("CN-3"))
        with storage.begin() as unit:
            found = unit.billing.credit_notes("account-1", ["CN-2", "CN-1", "CN-3"])
            assert found == {"CN-1": credit_note(), "CN-2": later}
            assert list(unit.billing.credit_notes_of("account-1", "I-1")) == ["CN-1"]
            assert list(unit.billing.credit_notes_closed_on("account-1", DAY)) == [credit_note()]
        _refused(storage, lambda unit: unit.billing.add_credit_note("account-1", credit_note()))

    @pytest.mark.spec("BIL-1")
    def test_billing_05_a_long_invoice_is_read_in_one_piece(self, storage: Any) -> None:
        lines = tuple(invoice_line(str(number)) for number in range(1, 6))
        whole = invoice("I-1", lines=lines)
        with storage.begin() as unit:
            # in whichever order they come
            for number in (2, 10, 1):
                held = {1: lines[:2], 2: lines[2:4], 10: lines[4:]}[number]
                unit.documents.add_invoice_part("account-1", "I-1", number, InvoicePart(lines=held))
            unit.documents.add_invoice("account-1", evolve(whole, lines=()))
            unit.documents.add_invoice_part("account-2", "I-1", 1, InvoicePart(lines=lines))
        assert stored(storage, lambda unit: unit.documents.invoices("account-1", ["I-1"])) == {"I-1": whole}
        closed = stored(
            storage, lambda unit: unit.documents.invoices_closed_on("account-1", whole.period_end)
        )
        assert list(closed) == [evolve(whole, lines=())]
        again = InvoicePart(lines=lines[:1])
        _refused(
            storage,
            lambda unit: unit.documents.add_invoice_part("account-1", "I-1", 2, again),
        )

    @pytest.mark.spec("BIL-1")
    def test_billing_06_what_is_to_be_billed_comes_in_batches_and_is_billed_as_a_whole(
        self, storage: Any
    ) -> None:
        lines = [
            shipped_line(
                f"S-{number % 4}",
                line_id=str(number),
                shipped_on=DAY - timedelta(days=number % 3),
                department=f"D{number % 2}",
            )
            for number in range(11)
        ]
        late = shipped_line("S-9", shipped_on=DAY + timedelta(days=1), department="D1")
        billed = shipped_line("S-8", shipped_on=DAY, invoice_number="I-0", department="D7")
        foreign = shipped_line("S-1", account_id="account-2", shipped_on=DAY, department="D8")
        stored(storage, lambda unit: unit.shipped_lines.add([*lines, late, billed, foreign]))

        def ordered(department: str | None) -> list[Any]:
            own = [one for one in lines if department in {None, one.department}]
            return sorted(own, key=lambda one: (one.shipped_on, one.ship_notice_number, one.line_id))

        for department in (None, "D0", "D1", "D9"):
            found: list[Any] = []
            after = None
            with storage.begin() as unit:
                while batch := unit.shipped_lines.unbilled_batch(
                    "account-1", DAY, 3, after=after, department=department
                ):
                    assert len(batch) <= 3
                    found += batch
                    after = batch[-1]
            assert found == ordered(department)
        assert stored(
            storage, lambda unit: list(unit.shipped_lines.unbilled_departments("account-1", DAY))
        ) == [
            "D0",
            "D1",
        ]
        with storage.begin() as unit:
            assert unit.shipped_lines.bill_all("account-1", DAY, "I-1", department="D1") == len(ordered("D1"))
            assert unit.shipped_lines.bill_all("account-1", DAY, "I-2") == len(ordered("D0"))
            assert unit.shipped_lines.bill_all("account-1", DAY, "I-3") == 0
        with storage.begin() as unit:
            own = unit.shipped_lines.of_notices("account-1", ["S-0", "S-1", "S-2", "S-3", "S-8", "S-9", "x"])
            assert {(one.line_id, one.department, one.invoice_number) for one in own} == {
                *((one.line_id, one.department, "I-1" if one.department == "D1" else "I-2") for one in lines),
                (billed.line_id, "D7", "I-0"),
                (late.line_id, "D1", ""),
            }
            assert list(unit.shipped_lines.shipments_after("account-1", DAY)) == ["S-9"]
            assert list(unit.shipped_lines.shipments_after("account-1", DAY - timedelta(days=1))) == sorted(
                {one.ship_notice_number for one in (*lines, late, billed) if one.shipped_on >= DAY}
            )
            assert list(unit.shipped_lines.shipments_after("account-1", date.max)) == []

    def test_billing_07_a_feed_is_counted_from_the_first_of_some_keys_on(self, storage: Any) -> None:
        with storage.begin() as unit:
            unit.changes.record("account-1", "usage", ["a", "b", "c", "d"])
            unit.changes.record("account-1", "usage", ["c"], deleted=True)
            unit.changes.record("account-2", "usage", ["b"])
        with storage.begin() as unit:
            assert unit.changes.alive_from("account-1", "usage", ["d", "b", "x"]) == 2
            assert unit.changes.alive_from("account-1", "usage", ["a"]) == 3
            assert unit.changes.alive_from("account-1", "usage", ["c"]) == 0
            assert unit.changes.alive_from("account-1", "usage", ["x"]) == 0
            assert unit.changes.alive_from("account-1", "orders", ["a"]) == 0
