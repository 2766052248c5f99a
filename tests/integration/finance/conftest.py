"""A small history in memory, with everything that there is a table for."""

from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve

from askul_connect.adapters.storage.memory import buyer_memory
from askul_connect.core.domain.allowances import AllowanceCharge
from askul_connect.core.domain.purchase_changes import ChangeKind, ChangeState, OrderChange, WantedUnits
from askul_connect.core.domain.purchasing import Budget
from askul_connect.core.domain.tax import TaxCategory
from askul_connect.core.messages.documents import InvoiceAllowance
from askul_connect.testing.storage.samples import NOW
from askul_connect.testing.storage.samples_billing import credit_note
from askul_connect.testing.storage.samples_documents import (
    KEY,
    confirmation,
    invoice,
    invoice_line,
    match,
    move,
    order_document,
    order_document_line,
    receipt,
    ship_notice,
)

CHARGE = AllowanceCharge(
    charge=True,
    amount=300,
    reason="=送料",
    percent=Decimal("2.50"),
    base_amount=12_000,
    tax_category=TaxCategory.STANDARD,
    tax_rate=Decimal(10),
)


@pytest.fixture
def storage() -> Any:
    made = buyer_memory()
    with made.begin() as unit:
        fill(unit)
    return made


def fill(unit: Any) -> None:
    lines = tuple(order_document_line(str(number), unit_price=Decimal("98.50")) for number in (1, 2, 3))
    unit.history.put_orders(
        "askul", [order_document(f"O-{n}", lines=lines, allowances=(CHARGE,)) for n in range(1, 5)]
    )
    unit.history.put_orders("other", [order_document("O-1", lines=lines[:1])])
    unit.history.put_confirmations("askul", [confirmation()])
    unit.history.put_ship_notices("askul", [ship_notice()])
    part = InvoiceAllowance(
        order_number="O-1", purchase_order_id="PO-1", ship_notice_number="S-1", allowance=CHARGE
    )
    billed = (invoice_line("1", allowances=(evolve(CHARGE, charge=False),)), invoice_line("2"))
    unit.history.put_invoices("askul", [invoice("I-1", lines=billed, allowances=(part,)), invoice("I-2")])
    unit.history.put_credit_notes("askul", [credit_note()])
    unit.order_changes.put(
        OrderChange(
            key=KEY,
            change_id="C-1",
            kind=ChangeKind.CHANGE,
            state=ChangeState.DONE,
            content_hash="sha",
            lines=(WantedUnits(line_id="1", quantity=8), WantedUnits(line_id="2", quantity=0)),
            document="c.csv",
            taken_at=NOW,
            sequence=1,
        )
    )
    unit.receipts.add(receipt(), KEY)
    unit.matches.put([match("1"), match("2", detail="+81")])
    unit.budgets.put([Budget(department="A-10", period="2026-04", currency="JPY", amount=90_000)])
    unit.budgets.move([move("a"), move("b", actual=-7)])
