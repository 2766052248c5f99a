"""The entries of finding, comparing and filling in the catalog."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from tenancy_entry import Asked, Entry, listed

from askul_connect.core.messages import catalog_import, item_search


def _rows(asked: Asked) -> catalog_import.ImportCatalogRequest:
    row = catalog_import.CatalogRow(
        sku=f"NEW-{asked.estate.fresh()}", name="封筒", unit="H87", unit_price=Decimal(10)
    )
    return catalog_import.ImportCatalogRequest(rows=(row,))


def _wrong_row(**changes: object) -> catalog_import.ImportCatalogRequest:
    row = catalog_import.CatalogRow(sku="PEN", unit_price=Decimal(10), **changes)  # type: ignore[arg-type]  # of its fields
    return catalog_import.ImportCatalogRequest(rows=(row,))


CATALOG_ENTRIES: Mapping[str, Entry] = {
    "SearchItems": Entry(
        request=listed(item_search.SearchItemsRequest, "SearchItems"),
        reaches=lambda answer, _: "PEN" in {one.sku for one in answer.items},
        names={"cursor"},
        free={"text", "category", "makers", "catalog_issue", "family"},
        wrong=(
            lambda _: item_search.SearchItemsRequest(page_size=0),
            lambda _: item_search.SearchItemsRequest(cursor="注文"),
            lambda _: item_search.SearchItemsRequest(catalog_page=3, makers=("",)),
        ),
    ),
    "GetAvailability": Entry(
        request=lambda asked: item_search.GetAvailabilityRequest(
            skus=("PEN", "ない"), department=asked.department
        ),
        reaches=lambda answer, _: answer.items[0].sku == "PEN" and answer.unknown == ("ない",),
        names={"department"},
        free={"skus"},
        wrong=(lambda _: item_search.GetAvailabilityRequest(skus=()),),
    ),
    "CompareItems": Entry(
        request=lambda _: item_search.CompareItemsRequest(skus=("PEN",)),
        reaches=lambda answer, _: answer.items[0].sku == "PEN",
        free={"skus", "family"},
        wrong=(lambda _: item_search.CompareItemsRequest(),),
    ),
    "ImportCatalog": Entry(
        request=_rows,
        reaches=lambda answer, _: answer.added == 1,
        # whose price a row says is the supplier's own to say
        free={"rows"},
        wrong=(
            lambda _: catalog_import.ImportCatalogRequest(rows=()),
            lambda _: _wrong_row(customer="none-such"),
            lambda _: _wrong_row(name="ペン", unit="個", jan="4912345678901"),
        ),
    ),
}
