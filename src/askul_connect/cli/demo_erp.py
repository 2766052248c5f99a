"""``demo --erp``: the demo's month with an ERP of a plugin instead of drop folders."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path

from askul_connect import bootstrap
from askul_connect.cli.demo_files import BUDGETS, MONTHS, RECEIVED_ON
from askul_connect.cli.demo_orders import CSV_ORDERS, ISSUED_ON, REQUESTED_ON, UBL_ORDERS
from askul_connect.cli.invocation import Invocation
from askul_connect.cli.output import print_lines
from askul_connect.cli.running import run_directory
from askul_connect.core.domain.catalog import Item
from askul_connect.core.domain.purchasing import Budget
from askul_connect.core.domain.tax import TaxCategory
from askul_connect.core.errors import UsageError
from askul_connect.plugins.demonstration import DemoArticle, DemoPurchase, ErpDemo, ErpStage
from askul_connect.settings import FILE_NAME

_OPTION = "--erp"
_DEPARTMENTS = {"D100": "総務部", "D200": "営業部", "D300": "開発部"}


def erp_stage(
    invocation: Invocation, directory: Path, kind: str, items: Mapping[str, Item]
) -> AbstractContextManager[ErpStage]:
    """The ERP of a kind, set up for the demo.

    Raises:
        UsageError: No plugin offers that kind, or it cannot be shown.
    """
    found = bootstrap.erp_kind(kind, key=_OPTION)
    if found.demo is None:
        raise UsageError(f"the ERP {kind!r} cannot be set up for a demo", where=_OPTION)
    orders = (*UBL_ORDERS, *CSV_ORDERS)
    codes = {line.sku for order in orders for line in order.lines}
    return found.demo(
        ErpDemo(
            folder=directory / "data" / kind,
            fresh=not (directory / FILE_NAME).exists(),
            http=bootstrap.outbound_http,
            say=lambda text: None if invocation.quiet else print_lines([text], err=True),
            articles=[
                DemoArticle(
                    code=sku,
                    name=items[sku].name,
                    unit=items[sku].unit,
                    list_price=items[sku].list_price,
                    reduced=items[sku].tax_category is TaxCategory.REDUCED,
                )
                for sku in sorted(codes)
            ],
            departments=_DEPARTMENTS,
            budgets=[
                Budget(department=department, period=month, currency="JPY", amount=amount)
                for month in MONTHS
                for department, amount in BUDGETS.items()
            ],
            purchases=[
                DemoPurchase(
                    key=order.purchase_order_id,
                    department=order.department,
                    ordered_on=date.fromisoformat(ISSUED_ON),
                    wanted_on=date.fromisoformat(REQUESTED_ON),
                    lines=[(line.sku, line.quantity) for line in order.lines],
                    note=order.note,
                )
                for order in orders
            ],
        )
    )


def run_with(
    invocation: Invocation, directory: Path, stage: ErpStage, *, over_http: bool
) -> bootstrap.RunReport:
    """The month, what the warehouse does, and what follows from that."""
    report = run_directory(invocation, directory, over_http=over_http)
    if invocation.trial or not stage.receive(date.fromisoformat(RECEIVED_ON)):
        return report
    after = run_directory(invocation, directory, over_http=over_http)
    return report.followed_by(after)
