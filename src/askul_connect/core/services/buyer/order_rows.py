"""Where each purchase order stands, for the table at the end of a run.

Everything is read page by page: what is held at once are the rows themselves and a few words about each.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime

from attrs import field, frozen

from askul_connect.core.domain.matches import MatchResult
from askul_connect.core.domain.purchasing import PurchaseOrderKey, PurchaseOrderRecord
from askul_connect.core.messages.documents import OrderDocument
from askul_connect.core.ports.buyer_storage import BuyerUnitOfWork
from askul_connect.core.services.buyer.report import OrderRow

_PAGE = 500
#: Invoices may have thousands of lines.
_INVOICES = 20
_SMALL = 2_000
_ALWAYS = datetime.max.replace(tzinfo=UTC)


def order_rows(unit: BuyerUnitOfWork) -> tuple[OrderRow, ...]:
    """Every purchase order that is not purged, by acceptance, then key."""
    about = _About.of(unit)
    found = []
    for records in _records(unit):
        orders = _orders(unit, records)
        found += [(record.accepted_at, record.key, _row(record, orders, about)) for record in records]
    found.sort(key=lambda one: (one[0], _parts(one[1])))
    return tuple(row for _, _, row in found)


@frozen(kw_only=True)
class _About:
    """What is known of purchase orders and orders beside themselves.

    Attributes:
        invoices: Numbers by supplier and order.
        results: What matching found, by purchase order.
        used: What is held of budgets, by purchase order.
    """

    invoices: Mapping[tuple[str, str], AbstractSet[str]] = field(repr=False)
    results: Mapping[str, AbstractSet[str]] = field(repr=False)
    used: Mapping[str, int] = field(repr=False)

    @classmethod
    def of(cls, unit: BuyerUnitOfWork) -> _About:
        """Read it."""
        invoices: dict[tuple[str, str], set[str]] = defaultdict(set)
        after = ("", "")
        while page := unit.history.page("invoices", after, _INVOICES):
            after = page[-1][:2]
            for supplier, number, invoice in page:
                for order in {line.order_number for line in invoice.lines}:
                    invoices[supplier, order].add(number)
        results: dict[str, set[str]] = defaultdict(set)
        last = ("", "", "")
        while matches := unit.matches.page(last, _SMALL):
            end = matches[-1]
            last = (end.supplier, end.invoice_number, end.line_number)
            for match in matches:
                results[match.purchase_order].add(match.standing)
        used: Counter[str] = Counter()
        place = 0
        while moves := unit.budgets.page(place, _SMALL):
            place = moves[-1][0]
            for _, move in moves:
                used[move.purchase_order] += move.pre_encumbrance + move.encumbrance + move.actual
        return cls(invoices=invoices, results=results, used=used)


def _records(unit: BuyerUnitOfWork) -> Iterator[Sequence[PurchaseOrderRecord]]:
    after: PurchaseOrderKey | None = None
    while records := unit.purchase_orders.old(_ALWAYS, after, _PAGE):
        yield records
        after = records[-1].key


def _orders(
    unit: BuyerUnitOfWork, records: Sequence[PurchaseOrderRecord]
) -> Mapping[tuple[str, str], OrderDocument]:
    numbers: dict[str, list[str]] = defaultdict(list)
    for record in records:
        numbers[record.supplier] += record.order_numbers
    return {
        (supplier, number): order
        for supplier, asked in numbers.items()
        for number, order in unit.history.many(supplier, "orders", asked).items()
    }


def _parts(key: PurchaseOrderKey) -> tuple[str, str, int]:
    return key.buyer_party, key.purchase_order_id, key.issue_year


def _row(
    record: PurchaseOrderRecord, orders: Mapping[tuple[str, str], OrderDocument], about: _About
) -> OrderRow:
    numbers = [(record.supplier, number) for number in record.order_numbers]
    placed = [orders[number] for number in numbers if number in orders]
    used = about.used.get(str(record.key), 0)
    results = about.results.get(str(record.key), frozenset())
    differing = sorted(results - {MatchResult.MATCHED.value})
    billed = {invoice for number in numbers for invoice in about.invoices.get(number, ())}
    return OrderRow(
        purchase_order_id=record.key.purchase_order_id,
        order_numbers=record.order_numbers,
        supplier=record.supplier,
        state=", ".join(sorted({order.state.value for order in placed})) or record.state.value,
        departments=tuple(sorted({line.department for line in record.lines})),
        currency=record.currency,
        total_incl_tax=sum(order.total_incl_tax for order in placed) if placed else None,
        budget_before=record.budget_before,
        budget_after=None if record.budget_before is None else record.budget_before - used,
        invoices=tuple(sorted(billed)),
        match=", ".join(differing) or (MatchResult.MATCHED.value if results else ""),
        correlation_id=record.correlation_id,
        budget_currency=(record.terms.currency if record.terms else "") or record.currency,
    )
