"""Whatever is stored, the database's short way through matching ends where the long one in memory ends (INT-4)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any, cast

import pytest
from attrs import evolve, frozen
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from askul_connect.adapters.security.simulated import SimulatedClock
from askul_connect.adapters.security.system import SeededIds
from askul_connect.adapters.storage.memory import buyer_memory
from askul_connect.adapters.storage.sql.storage import buyer_sql
from askul_connect.core.domain.allowances import AllowanceCharge
from askul_connect.core.domain.catalog import Fulfilment
from askul_connect.core.domain.orders import Channel, LineState, OrderState
from askul_connect.core.domain.purchasing import (
    InvoiceMatch,
    PurchaseLine,
    PurchaseOrderKey,
    PurchaseOrderRecord,
    PurchaseOrderState,
)
from askul_connect.core.domain.tax import JAPAN_CONSUMPTION_TAX, TaxCategory, TaxTotal
from askul_connect.core.messages.documents import (
    Invoice,
    InvoiceAllowance,
    InvoiceLine,
    OrderDocument,
    OrderDocumentLine,
    Party,
)
from askul_connect.core.messages.goods_receipt import GoodsReceipt
from askul_connect.core.policies.settings import (
    BudgetSettings,
    IdsRepeat,
    MatchingSettings,
    OrderSettings,
    OutboxSettings,
)
from askul_connect.core.ports.buyer_storage import BuyerStorage
from askul_connect.core.services.buyer.desk import Desk, DeskRules
from askul_connect.core.services.buyer.invoice_matching import match_invoices
from askul_connect.core.services.buyer.report import Tally

NOW = datetime(2026, 4, 1, tzinfo=UTC)
TEN = Decimal(10)
OFF = AllowanceCharge(charge=False, amount=1)
EXAMPLES = int(os.environ.get("MATCHING_EXAMPLES", "12"))
_suppliers = (f"supplier-{number}" for number in count())


@frozen(kw_only=True)
class Documents:
    """What is stored of one supplier."""

    records: list[PurchaseOrderRecord]
    orders: list[OrderDocument]
    receipts: list[tuple[GoodsReceipt, PurchaseOrderKey]]
    invoices: list[Invoice]

    def put(self, storage: BuyerStorage, supplier: str) -> None:
        with storage.begin() as unit:
            unit.history.put_orders(supplier, self.orders)
            unit.history.put_invoices(supplier, self.invoices)
            for record in self.records:
                unit.purchase_orders.add(_of(record, supplier))
            for receipt, key in self.receipts:
                unit.receipts.add(
                    evolve(receipt, receipt_id=f"{supplier}/{receipt.receipt_id}"), _key(key, supplier)
                )


def _key(key: PurchaseOrderKey, supplier: str) -> PurchaseOrderKey:
    return evolve(key, buyer_party=f"{key.buyer_party}{supplier}")


def _of(record: PurchaseOrderRecord, supplier: str) -> PurchaseOrderRecord:
    return evolve(record, key=_key(record.key, supplier), supplier=supplier)


def purchase(number: str, orders: tuple[str, ...], quantity: int, **changes: Any) -> PurchaseOrderRecord:
    lines = tuple(
        PurchaseLine(
            line_id=line_id,
            sku="A",
            quantity=quantity,
            unit="EA",
            unit_price=Decimal(100),
            amount_excl_tax=100 * quantity,
            department="D",
            cost_centre="",
            account="7420",
            requested_on=None,
            tax_category=None,
            period="2026-04",
        )
        for line_id in ("1", "2")
    )
    return evolve(
        PurchaseOrderRecord(
            key=PurchaseOrderKey(buyer_party="0188:1", purchase_order_id=number),
            content_hash="",
            supplier="",
            currency="JPY",
            state=PurchaseOrderState.PLACED,
            lines=lines,
            accepted_at=NOW,
            correlation_id="",
            document="a.csv",
            order_numbers=orders,
        ),
        **changes,
    )


def order(number: str, of: str, quantity: int, **changes: Any) -> OrderDocument:
    lines = tuple(
        OrderDocumentLine(
            line_id=line_id,
            sku="A",
            name="a",
            quantity=quantity,
            unit="EA",
            unit_price=Decimal(100),
            amount_excl_tax=100 * quantity,
            tax_category=TaxCategory.STANDARD,
            tax_rate=TEN,
            fulfilment=Fulfilment.STOCK,
            state=LineState.SHIPPED,
        )
        for line_id in ("1", "2")
    )
    net = 200 * quantity
    return evolve(
        OrderDocument(
            order_number=number,
            purchase_order_id=of,
            buyer_party="0188:1",
            state=OrderState.SHIPPED,
            channel=Channel.SOAP,
            currency="JPY",
            placed_at=NOW,
            order_date=NOW.date(),
            lines=lines,
            tax=(TaxTotal(category=TaxCategory.STANDARD, rate=TEN, taxable=net, tax=net // 10),),
            total_excl_tax=net,
            total_incl_tax=net + net // 10,
        ),
        **changes,
    )


def invoice(number: str, billed: list[tuple[str, str, str, int]], **changes: Any) -> Invoice:
    """An invoice of purchase order, order, line and units."""
    lines = tuple(
        InvoiceLine(
            line_number=str(place),
            order_number=of,
            purchase_order_id=purchase_order,
            line_id=line_id,
            ship_notice_number=f"S-{of}",
            shipped_on=date(2026, 4, 2),
            sku="A",
            name="a",
            quantity=units,
            unit="EA",
            unit_price=Decimal(100),
            amount_excl_tax=100 * units,
            tax_category=TaxCategory.STANDARD,
            tax_rate=TEN,
        )
        for place, (purchase_order, of, line_id, units) in enumerate(billed)
    )
    net = sum(line.amount_excl_tax for line in lines)
    return evolve(
        Invoice(
            invoice_number=number,
            issued_on=date(2026, 4, 30),
            period_start=date(2026, 4, 1),
            period_end=date(2026, 4, 30),
            due_on=date(2026, 5, 31),
            currency="JPY",
            supplier=Party(name="s"),
            customer=Party(name="c"),
            lines=lines,
            tax=(TaxTotal(category=TaxCategory.STANDARD, rate=TEN, taxable=net, tax=net // 10),),
            total_excl_tax=net,
            total_incl_tax=net + net // 10,
        ),
        **changes,
    )


@st.composite
def invoices_of(draw: st.DrawFn, number: str, shipped: list[tuple[str, str, str, int]]) -> Invoice:
    once = bool(draw(st.integers(0, 4)))
    billed = draw(st.lists(st.sampled_from(shipped), min_size=1, max_size=4, unique=once))
    changes: dict[str, Any] = {}
    if not draw(st.integers(0, 6)):
        changes["total_incl_tax"] = 1
    if not draw(st.integers(0, 6)):
        purchase_order, of, _, _ = billed[0]
        beside = InvoiceAllowance(
            order_number=of, purchase_order_id=purchase_order, ship_notice_number="S", allowance=OFF
        )
        changes["allowances"] = (beside,)
    made = invoice(number, billed, **changes)
    if draw(st.integers(0, 6)):
        return made
    return evolve(made, lines=tuple(evolve(line, line_number="1") for line in made.lines))


@st.composite
def documents(draw: st.DrawFn) -> Documents:
    """Mostly what matches, with one or the other thing that is not plain."""
    records, orders, receipts, shipped = [], [], [], []
    for place in range(draw(st.integers(1, 3))):
        number, quantity = f"PO-{place}", draw(st.integers(1, 4))
        numbers = tuple(f"O-{place}-{part}" for part in range(draw(st.sampled_from([1, 1, 1, 2]))))
        bare: dict[str, Any] = {} if draw(st.integers(0, 5)) else {"allowances": (OFF,)}
        records.append(purchase(number, numbers, quantity, **bare))
        if not draw(st.integers(0, 5)):
            # the number once more, of another year
            again = evolve(records[-1].key, issue_year=2025)
            records.append(evolve(records[-1], key=again, order_numbers=("O-OLD",)))
        for one in numbers:
            if draw(st.integers(0, 6)):
                orders.append(order(one, number, quantity, **(bare if draw(st.booleans()) else {})))
            shipped += [(number, one, line_id, quantity) for line_id in ("1", "2")]
        for line_id in ("1", "2"):
            if draw(st.integers(0, 5)):
                receipt = GoodsReceipt(
                    receipt_id=f"{number}/{line_id}",
                    purchase_order_id=number,
                    line_id=line_id,
                    quantity=quantity,
                    received_on=date(2026, 4, 3),
                )
                receipts.append((receipt, records[-1].key))
    invoices = [draw(invoices_of(f"I-{place}", shipped)) for place in range(draw(st.integers(1, 3)))]
    return Documents(records=records, orders=orders, receipts=receipts, invoices=invoices)


def matched(storage: BuyerStorage, supplier: str) -> list[InvoiceMatch]:
    clock = SimulatedClock(NOW)
    rules = DeskRules(
        own_party="",
        default_supplier="",
        zone="Asia/Tokyo",
        ids_repeat=IdsRepeat.NEVER,
        budgets=BudgetSettings(),
        orders=OrderSettings(),
        matching=MatchingSettings(),
        outbox=OutboxSettings(),
        tax_table=JAPAN_CONSUMPTION_TAX,
    )
    nothing = cast("Any", None)
    desk = Desk(
        rules=rules,
        storage=storage,
        erp=nothing,
        suppliers={},
        finance=(),
        timeline=clock,
        ids=SeededIds("test", clock),
        progress=lambda _step: None,
    )
    # twice: what was open is compared once more
    for _ in range(2):
        match_invoices(desk, Tally())
    with storage.begin() as unit:
        return [
            evolve(one, supplier="", purchase_order=one.purchase_order.replace(supplier, ""))
            for one in unit.matches.all()
            if one.supplier == supplier
        ]


@pytest.fixture(scope="module")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BuyerStorage]:
    storage = buyer_sql(f"sqlite:///{tmp_path_factory.mktemp('short')}/buyer.sqlite3")
    yield storage
    storage.close()


@pytest.mark.spec("INT-4")
@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.too_slow])
@given(documents())
def test_a_database_ends_where_memory_ends(sqlite: BuyerStorage, stored: Documents) -> None:
    supplier = next(_suppliers)
    memory = buyer_memory()
    for storage in (memory, sqlite):
        stored.put(storage, supplier)
    assert matched(sqlite, supplier) == matched(memory, supplier)
    with sqlite.begin() as unit:
        # the next example's run would look at them again
        unit.history.remove(supplier, "invoices", [one.invoice_number for one in stored.invoices])


def plain() -> Documents:
    receipts = [
        (
            GoodsReceipt(
                receipt_id=line_id,
                purchase_order_id="PO-0",
                line_id=line_id,
                quantity=4,
                received_on=date(2026, 4, 3),
            ),
            PurchaseOrderKey(buyer_party="0188:1", purchase_order_id="PO-0"),
        )
        for line_id in ("1", "2")
    ]
    return Documents(
        records=[purchase("PO-0", ("O-0",), 4)],
        orders=[order("O-0", "PO-0", 4)],
        receipts=receipts,
        invoices=[invoice("I-0", [("PO-0", "O-0", "1", 4)]), invoice("I-1", [("PO-0", "O-0", "2", 3)])],
    )


@pytest.mark.spec("INT-4")
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_both_databases_know_what_is_plain(
    database: str, tmp_path: Path, new_postgresql: Callable[..., str]
) -> None:
    url = f"sqlite:///{tmp_path}/b.sqlite3" if database == "sqlite" else new_postgresql()
    storage = buyer_sql(url)
    plain().put(storage, "askul")
    with storage.begin() as unit:
        found = unit.matches.plain_invoices("askul", ["I-1", "I-0", "none"])
        assert [one.invoice_number for one in found] == ["I-0", "I-1"]
        [line] = found[1].lines
        assert (line.quantity, line.ordered, line.received, line.cancelled) == (3, 4, 4, 0)
        assert (line.purchase_order, line.unit_price) == (
            "0188:1askul:PO-0",
            Decimal(100),
        )
        assert unit.matches.plain_invoices("other", ["I-0"]) == []
        # a line that is billed twice is for the long way
        unit.history.put_invoices("askul", [invoice("I-2", [("PO-0", "O-0", "1", 4)])])
        assert [one.invoice_number for one in unit.matches.plain_invoices("askul", ["I-0", "I-1"])] == ["I-1"]
    storage.close()
