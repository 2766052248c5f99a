"""A credit note in UBL whose totals say what lies between its lines and what is given back."""

from __future__ import annotations

from decimal import Decimal

import pytest
from lxml import etree

from askul_connect.adapters.codecs.ubl.writer import UblWriter
from askul_connect.core.domain.allowances import AllowanceCharge
from askul_connect.core.domain.tax import TaxCategory, TaxTotal
from askul_connect.core.messages.documents import InvoiceAllowance
from askul_connect.testing.storage.samples_billing import credit_note


@pytest.mark.spec("BIL-3", "INT-4")
def test_what_is_taken_back_with_the_goods_is_in_the_totals() -> None:
    off = AllowanceCharge(
        charge=False, amount=95, tax_category=TaxCategory.STANDARD, tax_rate=Decimal(10), reason="coupon"
    )
    note = credit_note(
        allowances=(
            InvoiceAllowance(
                order_number="O-1", purchase_order_id="PO-1", ship_notice_number="S-1", allowance=off
            ),
        ),
        tax=(TaxTotal(category=TaxCategory.STANDARD, rate=Decimal(10), taxable=200, tax=20),),
        total_excl_tax=200,
        total_incl_tax=220,
    )

    root = etree.fromstring(UblWriter().credit_note(note))
    [total] = root.findall("{*}LegalMonetaryTotal")

    assert [(etree.QName(one).localname, one.text) for one in total] == [
        ("LineExtensionAmount", "295"),
        ("TaxExclusiveAmount", "200"),
        ("TaxInclusiveAmount", "220"),
        ("AllowanceTotalAmount", "95"),
        ("ChargeTotalAmount", "0"),
        ("PayableAmount", "220"),
    ]
