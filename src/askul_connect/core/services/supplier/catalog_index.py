"""Keeping what items are searched in level with the items (CAT-2)."""

from __future__ import annotations

from collections.abc import Iterable

from askul_connect.core.domain.catalog import Item
from askul_connect.core.domain.search_text import GRAMS_VERSION
from askul_connect.core.ports.supplier_storage import SupplierStorage, SupplierUnitOfWork
from askul_connect.core.services.units import run_unit

ITEM_FEED = "items"
_BATCH = 500


def publish(unit: SupplierUnitOfWork, items: Iterable[Item]) -> None:
    """Let new or changed items be found, and be reported to whoever follows the catalog."""
    changed = tuple(items)
    if not unit.item_search.version():
        unit.item_search.begin_anew(GRAMS_VERSION)
    unit.item_search.put(changed)
    unit.changes.record("", ITEM_FEED, [item.sku for item in changed])


def bring_index_up_to_date(storage: SupplierStorage) -> int:
    """Make the index anew where another program made it, or none did: after an upgrade, or from a backup.

    Returns:
        How many items were indexed; 0 when there was nothing to do.
    """

    def anew(unit: SupplierUnitOfWork) -> int:
        if unit.item_search.version() == GRAMS_VERSION:
            return 0
        unit.item_search.begin_anew(GRAMS_VERSION)
        # in one unit, so that nobody searches half an index; in the order in which the items came
        place, indexed = 0, 0
        while changes := unit.changes.since("", ITEM_FEED, place, _BATCH):
            skus = [change.key for change in changes if not change.deleted]
            items = unit.catalog.items(skus)
            unit.item_search.put(items[sku] for sku in skus if sku in items)
            place, indexed = changes[-1].sequence, indexed + len(items)
        return indexed

    return run_unit(storage, anew)
