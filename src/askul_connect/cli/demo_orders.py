"""The demo's purchase orders: both tax rates, a direct-ship item, an order in parts, a line one short."""

from __future__ import annotations

from attrs import frozen

ISSUED_ON = "2026-04-01"
REQUESTED_ON = "2026-04-10"


@frozen(kw_only=True)
class DemoLine:
    """One line.

    Attributes:
        sku: An item of the sample catalog's showcase.
        unit, name: The ERP's words, where it has its own.
        short: Units that never come.
    """

    sku: str
    quantity: int
    unit: str = ""
    name: str = ""
    short: int = 0


@frozen(kw_only=True)
class DemoOrder:
    """One purchase order; the whole of it is for one department."""

    purchase_order_id: str
    department: str
    lines: tuple[DemoLine, ...]
    note: str = ""


UBL_ORDERS = (
    DemoOrder(
        purchase_order_id="PO-2026-0001",
        department="D100",
        note="総務部 4月分 (標準税率と軽減税率)",
        lines=(
            DemoLine(sku="B100-0001", quantity=10),
            DemoLine(sku="G100-0001", quantity=5),
            DemoLine(sku="A100-0001", quantity=3),
        ),
    ),
    DemoOrder(
        purchase_order_id="PO-2026-0002",
        department="D200",
        note="営業部 提案書用 (分納あり)",
        lines=(DemoLine(sku="D100-0001", quantity=40), DemoLine(sku="C100-0001", quantity=4)),
    ),
)
CSV_ORDERS = (
    DemoOrder(
        purchase_order_id="PO-2026-0003",
        department="D300",
        lines=(
            DemoLine(sku="M100-0001", quantity=6, unit="箱"),
            DemoLine(sku="K200-0001", quantity=12, unit="パック", short=1),
        ),
    ),
    DemoOrder(
        purchase_order_id="PO-2026-0004",
        department="D300",
        lines=(
            DemoLine(sku="H100-0001", quantity=2, unit="脚"),
            DemoLine(sku="J100-0001", quantity=2, unit="台"),
        ),
    ),
    DemoOrder(
        purchase_order_id="PO-2026-0005",
        department="D200",
        lines=(
            DemoLine(sku="G110-0001", quantity=4, unit="パック"),
            DemoLine(sku="E100-0001", quantity=500, unit="枚"),
            DemoLine(sku="B100-0001", quantity=1, unit="ケース", name="PAPER-A4"),
        ),
    ),
)
