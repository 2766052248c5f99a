"""The index of the search is left out of a copy of a database, and made anew behind it (CAT-2)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from askul_connect.adapters.storage.sql.archive import SqlArchive
from askul_connect.adapters.storage.sql.schema import Side
from askul_connect.adapters.storage.sql.storage import supplier_sql
from askul_connect.core.domain.accounts import AccountKind
from askul_connect.core.domain.item_query import ItemQuery, ItemSort, PriceView
from askul_connect.core.services.supplier.catalog_index import bring_index_up_to_date
from askul_connect.core.services.supplier.opening import stock_catalog
from askul_connect.core.services.supplier.sample_catalog import sample_items


def hits(storage: Any) -> list[str]:
    prices = PriceView(account_id="a", on=date(2026, 11, 2), permille=1_000)
    query = ItemQuery(kind=AccountKind.CORPORATION, prices=prices, words=("紙",))
    with storage.begin() as unit:
        return [hit.sku for hit in unit.item_search.page(query, ItemSort.CATALOG, None, 100)]


@pytest.mark.spec("CAT-2", "REL-9")
@pytest.mark.parametrize(("origin", "copy"), [("sqlite", "postgresql"), ("postgresql", "sqlite")])
def test_a_copy_has_no_index_and_finds_the_same_once_it_is_opened(
    tmp_path: Path, request: pytest.FixtureRequest, origin: str, copy: str
) -> None:
    new: Callable[[], str] = request.getfixturevalue("new_postgresql")
    urls = {"sqlite": f"sqlite:///{tmp_path / 'one.sqlite3'}", "postgresql": new()}
    with closing(supplier_sql(urls[origin])) as storage:
        stock_catalog(storage, sample_items(count=300))
        found = hits(storage)
    with SqlArchive(urls[origin], Side.SUPPLIER).snapshot() as snapshot:
        tables = list(snapshot.tables())
        assert not [table.name for table in tables if table.name.startswith(("item_search", "item_grams"))]
        SqlArchive(urls[copy], Side.SUPPLIER).fill(snapshot.schema, tables, hold="held")
    # once more over what is there: it is dropped with its index
    with SqlArchive(urls[origin], Side.SUPPLIER).snapshot() as snapshot:
        SqlArchive(urls[copy], Side.SUPPLIER).fill(snapshot.schema, snapshot.tables(), hold="held")
    assert SqlArchive(urls[copy], Side.SUPPLIER).examine() == []
    with closing(supplier_sql(urls[copy])) as storage:
        assert hits(storage) == []
        assert bring_index_up_to_date(storage) == 300
        assert hits(storage) == found
        assert len(found) > 10
        assert bring_index_up_to_date(storage) == 0
