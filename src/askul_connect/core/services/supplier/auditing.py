"""Whether the supplier's data agree with themselves: what ``verify`` looks at beyond the database's own checks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from askul_connect.core.domain.allowances import net_of
from askul_connect.core.ports.supplier_storage import SupplierUnitOfWork
from askul_connect.core.services.supplier.confirming import CONFIRMATION_FEED
from askul_connect.core.services.supplier.invoicing import INVOICE_FEED
from askul_connect.core.services.supplier.ordering import ORDER_FEED
from askul_connect.core.services.supplier.shipping import SHIP_NOTICE_FEED

_PAGE = 1_000


def _feeds(unit: SupplierUnitOfWork) -> Mapping[str, Callable[[str, Iterable[str]], Mapping[str, object]]]:
    return {
        ORDER_FEED: unit.orders.many,
        CONFIRMATION_FEED: unit.documents.confirmations,
        SHIP_NOTICE_FEED: unit.documents.ship_notices,
        INVOICE_FEED: unit.documents.invoices,
    }


def audit_feeds(unit: SupplierUnitOfWork) -> Iterator[str]:
    """Change feeds that name what is not there."""
    for account in unit.accounts.all():
        for feed, find in _feeds(unit).items():
            alive, after = 0, 0
            while changes := unit.changes.since(account.account_id, feed, after, _PAGE):
                named = [change.key for change in changes if not change.deleted]
                there = find(account.account_id, named)
                alive += len(named)
                after = changes[-1].sequence
                for key in named:
                    if key not in there:
                        yield f"the feed {feed} of {account.customer_number} names {key}, which is not stored"
            if alive != (counted := unit.changes.alive(account.account_id, feed)):
                yield f"the feed {feed} of {account.customer_number} counts {counted}, it names {alive}"


def audit_orders(unit: SupplierUnitOfWork) -> Iterator[str]:
    """Orders whose totals or quantities do not add up."""
    for account in unit.accounts.all():
        after = 0
        while changes := unit.changes.since(account.account_id, ORDER_FEED, after, _PAGE):
            after = changes[-1].sequence
            orders = unit.orders.many(account.account_id, [change.key for change in changes])
            for number, order in sorted(orders.items()):
                held = sum(line.amount_excl_tax for line in order.lines) + net_of(order.allowances)
                if held != order.total_excl_tax:
                    yield (
                        f"the order {number} says {order.total_excl_tax}, its lines with the order's allowances"
                        f" and charges {held}"
                    )
                if any(line.outstanding < 0 for line in order.lines):
                    yield f"more of the order {number} was shipped or cancelled than ordered"


def known_orders(unit: SupplierUnitOfWork, numbers: Iterable[str]) -> frozenset[str]:
    """Which of these orders exist, over all accounts."""
    return frozenset(number for number in numbers if unit.orders.get_for_staff(number) is not None)
