"""Operations of finding, comparing and filling in the catalog (CAT-2, CAT-3, CAT-6)."""

from __future__ import annotations

from askul_connect.core.messages import catalog_import, item_search
from askul_connect.core.operations.registry import (
    CUSTOMERS,
    SUPPLIER,
    Effect,
    Idempotency,
    Operation,
    ServiceFunction,
)

SEARCH_ITEMS = Operation(
    name="SearchItems",
    request=item_search.SearchItemsRequest,
    response=item_search.SearchItemsResponse,
    access=CUSTOMERS,
    effect=Effect.READ,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.CATALOG,
    summary="Items by words, codes, category, printed page, price and stock, with counts of what the hits have.",
    machines=True,
)
GET_AVAILABILITY = Operation(
    name="GetAvailability",
    request=item_search.GetAvailabilityRequest,
    response=item_search.GetAvailabilityResponse,
    access=CUSTOMERS,
    effect=Effect.READ,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.CATALOG,
    summary="Price, stock and orderable quantities of a list of items.",
    machines=True,
)
COMPARE_ITEMS = Operation(
    name="CompareItems",
    request=item_search.CompareItemsRequest,
    response=item_search.CompareItemsResponse,
    access=CUSTOMERS,
    effect=Effect.READ,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.CATALOG,
    summary="Items or the variants of a family by what one piece costs with tax.",
    machines=True,
)
IMPORT_CATALOG = Operation(
    name="ImportCatalog",
    request=catalog_import.ImportCatalogRequest,
    response=catalog_import.ImportCatalogResponse,
    access=SUPPLIER,
    effect=Effect.WRITE,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.CATALOG,
    summary="Add and change items, list prices, contract prices and stock; all rows or none.",
)

CATALOG_OPERATIONS = (SEARCH_ITEMS, GET_AVAILABILITY, COMPARE_ITEMS, IMPORT_CATALOG)
