"""The whole loop against a real Tryton, and a recount of what is in it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from askul_connect import open_workspace
from askul_connect.bootstrap import RunReport
from askul_connect_tryton.sandbox.buying import WantedLine, WantedPurchase

pytestmark = pytest.mark.timeout(900)


def run(directory: Path) -> RunReport:
    with open_workspace(directory) as opened:
        return opened.run()


def wanted(department: str, *lines: tuple[str, int, str]) -> WantedPurchase:
    return WantedPurchase(
        department=department,
        ordered_on=date(2026, 4, 1),
        wanted_on=date(2026, 4, 10),
        lines=[
            WantedLine(item=item, quantity=quantity, unit_price=Decimal(price))
            for item, quantity, price in lines
        ],
    )


def test_a_month(erp, tmp_path: Path) -> None:
    directory = erp.configure(tmp_path / "here")
    erp.buyer.approve(
        [
            wanted("D100", ("PAPER-A4", 10, "4280"), ("G100-0001", 5, "1980")),
            wanted("D200", ("D100-0001", 4, "540")),
        ]
    )
    report = run(directory)
    print(report)
    print(erp.buyer.receive(date(2026, 4, 14)))
    print(run(directory))
    print(run(directory))
    assert 0
