"""How complete each supplier's lists are, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from askul_connect.core.ports.buyer_storage import BuyerUnitOfWork
from askul_connect.core.services.buyer.backfilling import backfill_in_progress
from askul_connect.core.services.buyer.completeness import feed_count
from askul_connect.core.services.buyer.syncing import FEEDS
from askul_connect.core.services.buyer.views import View


def feed_views(unit: BuyerUnitOfWork, suppliers: Iterable[str]) -> Sequence[View]:
    """Every list of those suppliers that was ever read."""
    views = []
    for supplier in suppliers:
        waiting = backfill_in_progress(unit, supplier)
        for feed in FEEDS:
            mark = unit.watermarks.get(supplier, feed.name)
            if mark is None:
                continue
            count = feed_count(unit, supplier, feed)
            views.append(
                {
                    "supplier": supplier,
                    "feed": feed.name,
                    "stored": count.stored,
                    "promised": count.promised,
                    "missing": count.missing,
                    "reading": mark.reading.value,
                    "backfill": feed.name in waiting,
                }
            )
    return views
